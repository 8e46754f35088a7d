"""One person looked up in a register: who it may be, how sure that is, and why.

`jangkau lookup build` makes the folder that `open_register` opens. Its arrays are mapped into memory: opening reads
nothing, looking up reads the pages it needs, and the system keeps those as long as it has room.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jangkau.complaints import Complaint, Text
from jangkau.linkage import index as indexes
from jangkau.linkage import lookup_files, lookup_weights, method_file
from jangkau.linkage.evidence import Evidence, Record, Weighed, weigh
from jangkau.linkage.index import CLASSES
from jangkau.linkage.kernels import looking, searching
from jangkau.linkage.lines import Lines, Shape, pack, shape_of
from jangkau.linkage.lookup_files import Facts, Mapped
from jangkau.linkage.method import Method
from jangkau.linkage.method_file import near
from jangkau.linkage.search import filled
from jangkau.linkage.weights import Patterns, Weights, spread

Person = Mapping[str, str | int | None]
"""What is known of somebody, by the columns of the method."""
MOST = 10
"""People told at most; the likeliest ones."""


@dataclass(frozen=True)
class Found:
    """Somebody of the register: ``probability`` that it is the person looked up, ``decision`` (match, review or no) by
    the limits of the method, what was ``weighed`` for it, ``record``: the register's own words."""

    id: str
    probability: float
    decision: str
    weighed: Weighed
    record: Mapping[str, str | None]

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """What each field says, in words and bits, the strongest for the person first."""
        return self.weighed.evidence


@dataclass(frozen=True)
class Answer:
    """Who may be meant, the likeliest first; ``present``: the probability that the person is in the register at all;
    ``compared``: rows looked at; ``more``: how many others are likely enough but not told; ``notes``: what could not be
    used of what was given."""

    found: tuple[Found, ...]
    present: float
    compared: int
    more: int
    notes: tuple[Text, ...]


def open_register(*, folder: Path) -> Register:
    """Open the index of a register. Complaint when the folder is none, is not whole, or is of another version."""
    facts = lookup_files.read_facts(folder=folder)
    method = method_file.read(path=folder / lookup_files.METHOD)
    shape = shape_of(method=method)
    lookup_files.check_fingerprint(folder=folder, facts=facts, method=method, shape=shape)
    try:
        value = json.loads((folder / lookup_files.WEIGHTS).read_text(encoding="utf-8"))
        weights = lookup_weights.read(value=value, method=method)
    except (ValueError, KeyError, TypeError):
        raise lookup_files.not_whole(path=folder / lookup_files.WEIGHTS) from None
    weights = lookup_weights.of_one_person(weights=weights, coverage=facts.coverage, rows=facts.rows)
    register = Register(folder=folder, facts=facts, method=method, shape=shape, weights=weights)
    # the compiled loops are loaded now, not when the first person waits for an answer
    register.answer(person=lookup_files.invented(method=method))
    return register


class Register:
    """A register open for looking people up, from any number of threads at once."""

    def __init__(self, *, folder: Path, facts: Facts, method: Method, shape: Shape, weights: Weights) -> None:
        self.facts, self.method, self.weights = facts, method, weights
        self._shape = shape
        self._arrays: Mapped | None = lookup_files.mapped(folder=folder, facts=facts)
        self._records: _Records | None = _Records(folder)
        self._large = _large(folder)
        self._missed_by: dict[tuple[int, ...], float] = {}
        self._names = indexes.Names(
            self._arrays.words, np.zeros(0, np.uint32), indexes._weights(max(facts.people, 1)), max(facts.people, 1)
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the files; look-ups under way in other threads still end well."""
        self._arrays = self._records = None

    def look_up(self, *, person: Person) -> tuple[Found, ...]:
        """Those whom the person may be, the likeliest first; empty when nobody is likely enough (``review.low`` of the
        method). Complaint when what is given cannot be searched by. ValueError when the register is closed."""
        return self.answer(person=person).found

    def answer(self, *, person: Person) -> Answer:
        """As ``look_up``, with the probability that the person is in the register at all and what could not be used."""
        arrays, records = self._arrays, self._records
        if arrays is None or records is None:
            raise ValueError("the register is closed")
        line, notes = self._line(person)
        keys = looking.keys_of_one(line.words, 0, self._shape.parts, self._shape.blocks)
        if not keys.any():
            raise _nothing_to_search_by(self.method, notes)
        shared = [b for b, key in enumerate(keys.tolist()) if (b, key) in self._large]
        notes += tuple(_left_out(self.method.blocks[b].name, self._large[b, int(keys[b])]) for b in shared)
        shape = self._shape
        rows, patterns, held, _ = looking.look_up(
            line.words, line.heap, 0, looking.NOBODY, arrays.lines, arrays.heap, shape.program, shape.parts,
            shape.blocks, arrays.starts, arrays.entries, arrays.bases, arrays.shift, arrays.row_bits,
        )  # fmt: skip
        seen = self._patterns(arrays, line, rows, patterns, held)
        odds = np.where(self._vetoed(seen), -np.inf, self.weights.log_odds(patterns=seen))
        order = np.argsort(-odds, kind="stable")
        likely = int(np.count_nonzero(odds >= np.log(self.method.low / (1.0 - self.method.low))))
        told = order[: min(likely, MOST)]
        found = tuple(
            self._found(person, record, patterns[k], seen.rarity[k])
            for k, record in zip(told, records.read(rows=arrays.order[rows[told]].astype(np.int64)), strict=True)
        )
        searched = tuple(b for b, key in enumerate(keys.tolist()) if key and b not in shared)
        if searched not in self._missed_by:
            self._missed_by[searched] = self._missed(searched)
        return Answer(found, self._present(odds, self._missed_by[searched]), len(rows), likely - len(told), notes)

    def _line(self, person: Person) -> tuple[Lines, tuple[Text, ...]]:
        """The person as a line, and a note for each field that is given but cannot be understood. Complaint for unknown
        columns."""
        for word in person:
            if word not in self.method.columns:
                raise _unknown(word, self.method)
        given = {name: text for name, value in person.items() if (text := "" if value is None else str(value).strip())}
        columns = [pa.array([given.get(name)], pa.string()) for name in self.method.columns]
        line = pack(columns=columns, method=self.method, shape=self._shape)
        there = filled(lines=line, method=self.method, shape=self._shape)
        return line, tuple(
            Text(
                f"{one.name} tidak dapat dipahami dan tidak dipakai{_form(one.format, one.kind.name, 'id')}.",
                f"{one.name} cannot be understood and is not used{_form(one.format, one.kind.name, 'en')}.",
            )
            for one, n in zip(self.method.fields, there.tolist(), strict=True)
            if not n and any(name in given for name in one.columns)
        )

    def _patterns(
        self,
        arrays: Mapped,
        line: Lines,
        rows: npt.NDArray[np.uint32],
        patterns: npt.NDArray[np.int64],
        held: npt.NDArray[np.uint8],
    ) -> Patterns:
        """Patterns with how rare the name is that agrees."""
        levels = spread(patterns=patterns, fields=len(self.method.fields))
        rarity = np.zeros(len(patterns), np.uint8)
        name = self.method.first("person_name")
        if name is not None and len(patterns):
            level = levels[:, name]
            if (level == 1).any():
                own = np.zeros(1, np.uint32)
                looking.bearers(line.words, self._shape.name, arrays.names, own)
                rarity[level == 1] = indexes.whole_class(bearers=own, people=self._names.people)[0]
            rarity[(level == 2) & (held == 1)] = self._words_class(line.words, line.heap)[0]
            theirs = np.flatnonzero((level == 2) & (held == 2))
            if len(theirs):
                rarity[theirs] = self._words_class(arrays.lines[rows[theirs]], arrays.heap)
        return Patterns(levels, rarity, np.ones(len(patterns)))

    def _words_class(self, words: npt.NDArray[np.uint32], heap: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
        out = np.zeros((len(words), 2), np.uint8)
        names = self._names
        searching.word_rarity(words, heap, self._shape.name, names.sketch, names.weight, out, 1, CLASSES - 1)
        return out[:, 1]

    def _vetoed(self, patterns: Patterns) -> npt.NDArray[np.bool_]:
        out = np.zeros(len(patterns), dtype=bool)
        where = {one.name: place for place, one in enumerate(self.method.fields)}
        for veto in self.method.vetoes:
            here = np.ones(len(patterns), dtype=bool)
            for name, levels in veto.levels:
                here &= np.isin(patterns.of(where[name]), levels)
            out |= here
        return out

    def _found(self, person: Person, record: Record, pattern: np.int64, rarity: np.uint8) -> Found:
        """One pair in words."""
        weighed = weigh(
            method=self.method,
            weights=self.weights,
            pattern=int(pattern),
            rarity=int(rarity),
            left={name: None if value is None else str(value) for name, value in person.items()},
            right=record,
        )
        p = weighed.probability
        return Found(record[self.facts.id_column] or "", p, self._decision(p), weighed, record)

    def _decision(self, p: float) -> str:
        return "match" if p >= self.method.high else "review" if p >= self.method.low else "no"

    def _missed(self, blocks: tuple[int, ...]) -> float:
        """The share of people in the register whom none of these blocks would find: every field of a block has to be
        there in the register and equal, fields apart from each other. Too high, as parts of a field forgive slips."""
        parts = [{name for name, _ in self.method.blocks[b].parts} for b in blocks]
        names = sorted(set().union(*parts))
        where = {one.name: place for place, one in enumerate(self.method.fields)}
        equal = [
            float(self.weights.m[where[name]][1]) * self.facts.filled[where[name]] / self.facts.rows for name in names
        ]
        missed = 0.0
        for there in product((False, True), repeat=len(names)):
            agree = {name for name, yes in zip(names, there, strict=True) if yes}
            if not any(part <= agree for part in parts):
                missed += float(np.prod([share if yes else 1 - share for share, yes in zip(equal, there, strict=True)]))
        return missed

    def _present(self, odds: npt.NDArray[np.float64], missed: float) -> float:
        """P = pi S / (1 - pi + pi S), with S the sum of the likelihood ratios over the size of the register."""
        ratio = np.minimum(odds - self.weights.prior_log_odds, 60.0)
        total = float(np.exp(ratio).sum()) / self.facts.rows + missed
        coverage = self.facts.coverage
        return coverage * total / (1 - coverage + coverage * total)


class _Records:
    """The register's own words, read piece by piece."""

    def __init__(self, folder: Path) -> None:
        self._lock = Lock()  # Arrow does not promise that two threads may read one file
        try:
            self._starts = np.load(folder / lookup_files.PIECES)
            options = pa.ipc.IpcReadOptions(use_threads=False)
            self._file = pa.ipc.open_file(pa.memory_map(str(folder / lookup_files.RECORDS)), options=options)
        except (pa.ArrowException, OSError, ValueError, EOFError):
            raise lookup_files.not_whole(path=folder / lookup_files.RECORDS) from None

    def read(self, *, rows: npt.NDArray[np.int64]) -> list[dict[str, str | None]]:
        pieces = np.searchsorted(self._starts, rows, side="right") - 1
        told = []
        for row, piece in zip(rows.tolist(), pieces.tolist(), strict=True):
            with self._lock:
                batch = self._file.get_batch(piece)
            told.append(batch.slice(row - int(self._starts[piece]), 1).to_pylist()[0])
        return told


def _large(folder: Path) -> dict[tuple[int, int], int]:
    """Keys that too many rows share: (block, key) -> rows."""
    try:
        return {(b, key): rows for b, key, rows in np.load(folder / lookup_files.LARGE).tolist()}
    except (ValueError, TypeError, OSError, EOFError):
        raise lookup_files.not_whole(path=folder / lookup_files.LARGE) from None


def _form(form: str, kind: str, language: str) -> str:
    if kind != "date":
        return ""
    letters = {"%Y": "TTTT", "%m": "BB", "%d": "HH"} if language == "id" else {"%Y": "YYYY", "%m": "MM", "%d": "DD"}
    for sign, said in letters.items():
        form = form.replace(sign, said)
    return f" (tulis sebagai {form})" if language == "id" else f" (write it as {form})"


def _left_out(block: str, rows: int) -> Text:
    return Text(
        f"Tidak dicari lewat {block}: {rows} baris register memakai nilai yang sama.",
        f"Not searched by {block}: {rows} rows of the register share this value.",
    )


def _unknown(word: str, method: Method) -> Complaint:
    return Complaint(
        what=Text(f"Kolom {word!r} tidak dikenal.", f"The column {word!r} is not known."),
        where=lookup_files.METHOD,
        why=Text(f"Yang dikenal: {', '.join(method.columns)}.", f"Known are: {', '.join(method.columns)}."),
        do=near(word=word, known=method.columns) or Text("Pakai nama kolom itu.", "Use the names of those columns."),
    )


def _nothing_to_search_by(method: Method, notes: tuple[Text, ...]) -> Complaint:
    ways = "; ".join(dict.fromkeys(" + ".join(dict.fromkeys(n for n, _ in block.parts)) for block in method.blocks))
    return Complaint(
        what=Text("Orang ini tidak dapat dicari.", "This person cannot be looked up."),
        where=", ".join(method.columns),
        why=Text(
            " ".join([*(note.id for note in notes), "Yang diisi tidak cukup untuk mencari."]),
            " ".join([*(note.en for note in notes), "What is given is not enough to search by."]),
        ),
        do=Text(f"Isi salah satu: {ways}.", f"Give one of: {ways}."),
    )
