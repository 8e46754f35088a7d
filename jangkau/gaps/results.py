"""What a run says of each person, as columns that can be had for any of them in any order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jangkau.gaps.evidence import WORDS
from jangkau.gaps.figures import Files, places_in
from jangkau.gaps.gap import DUTIES, STATUSES, Members, People
from jangkau.gaps.membership import Matches
from jangkau.gaps.pairs import FIELDS
from jangkau.linkage.method import Method

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]

Number = TypeVar("Number", np.int32, np.int64)

BATCH_ROWS = 122_880
DECISIONS = ("match", "doubtful", "none")
NONE = DECISIONS.index("none")
NOBODY = "tidak ada calon di register"


@dataclass(frozen=True)
class Register:
    """What is told of the register rows at hand, in the order of their record ids, which begin with ``first``."""

    first: int
    kpj: pa.Array
    segment: pa.Array
    paid_until: pa.Array


def register_of(*, connection: duckdb.DuckDBPyConnection, first: int) -> Register:
    """Reads protection."""
    table = connection.sql("SELECT rid, kpj, segmen, paid_through FROM protection").to_arrow_table()
    order = pa.array(np.argsort(table.column("rid").to_numpy(), kind="stable"))
    kpj, segment, paid = (table.column(name).combine_chunks() for name in ("kpj", "segmen", "paid_through"))
    return Register(first, kpj.take(order), segment.dictionary_encode().take(order), paid.take(order))


@dataclass(frozen=True)
class Results:
    """Each person by his place among the labels. ``candidate``: the register row that comes nearest, -1 without one;
    ``reason``: a place in ``reasons``."""

    person_id: pa.Array
    status: npt.NDArray[np.int8]
    probability: Floats
    linked: Floats
    candidate: Codes
    decision: npt.NDArray[np.int8]
    reason: Codes
    reasons: pa.Array
    duty: npt.NDArray[np.int8]
    not_working: npt.NDArray[np.bool_]
    register: Register

    def of_people(self, *, place: Codes) -> dict[str, pa.Array]:
        """Columns of people.parquet and gaps.parquet. Whose membership it may be; a candidate that was turned down
        lends nobody his dates."""
        candidate = np.where(self.decision[place] == NONE, -1, self.candidate[place])
        return {
            "person_id": self.person_id.take(pa.array(place)),
            "status": _words(self.status[place], STATUSES),
            "probability": pa.array(self.probability[place]),
            "kpj": _of_register(self.register.kpj, candidate),
            "segment": _of_register(self.register.segment, candidate).cast(pa.string()),
            "paid_until": _of_register(self.register.paid_until, candidate),
            "duty": _words(self.duty[place], DUTIES),
            "not_working": pa.array(self.not_working[place]),
        }

    def of_rows(self, *, place: Codes) -> dict[str, pa.Array]:
        """Columns of links.parquet, with the best candidate whatever was decided. ``place``: of each row's person."""
        return {
            "person_id": self.person_id.take(pa.array(place)),
            "kpj": _of_register(self.register.kpj, self.candidate[place]),
            "probability": pa.array(self.linked[place]),
            "decision": _words(self.decision[place], DECISIONS),
            "reason": pa.DictionaryArray.from_arrays(pa.array(self.reason[place]), self.reasons).cast(pa.string()),
        }


def _words(code: npt.NDArray[np.int8], words: tuple[str, ...]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(pa.array(code), pa.array(words, pa.string())).cast(pa.string())


def _of_register(column: pa.Array, row: Codes) -> pa.Array:
    return column.take(pa.array(row, mask=row < 0))


def results(
    *,
    connection: duckdb.DuckDBPyConnection,
    people: People,
    matches: Matches,
    members: Members,
    protected: Floats,
    method: Method,
    lists: int,
) -> Results:
    """Put together what was decided. ``lists``: how many list rows there are. Reads person_name and protection."""
    has = people.top >= 0
    top = np.maximum(people.top, 0)
    candidate = np.where(has, matches.record[top], -1) if len(matches.record) else np.full(len(has), -1)
    linked = people.linked >= method.high
    candidate = np.where(linked & has, members.best_row[np.maximum(candidate, 0)], candidate)
    levels = {
        f: matches.levels.of(FIELDS.index(f))[top] if len(matches.record) else np.zeros(len(has), np.uint8)
        for f in ("nik", "name", "born", "region")
    }
    reason, reasons = _reasons(has, levels)
    decision = np.where(linked, 0, np.where(people.linked > method.low, 1, NONE))
    names = connection.sql("SELECT person, person_id FROM person_name").to_arrow_table()
    order = pa.array(np.argsort(names.column("person").to_numpy(), kind="stable"))
    return Results(
        person_id=names.column("person_id").combine_chunks().take(order),
        status=places_in(values=people.status, names=STATUSES),
        probability=np.round(protected, 6),
        linked=np.round(people.linked, 6),
        candidate=np.where(candidate < 0, -1, candidate - lists).astype(np.int32),
        decision=decision.astype(np.int8),
        reason=reason,
        reasons=reasons,
        duty=places_in(values=people.duty, names=DUTIES),
        not_working=people.not_working,
        register=register_of(connection=connection, first=lists),
    )


def _reasons(has: npt.NDArray[np.bool_], levels: dict[str, npt.NDArray[np.uint8]]) -> tuple[Codes, pa.Array]:
    """What the best candidate's fields say, in words, numbered; people without a candidate have none."""
    code = np.zeros(len(has), np.uint16)
    for level in levels.values():
        code = code << np.uint16(4) | level
    seen = np.zeros(1 << 16, dtype=bool)
    seen[code[has]] = True
    codes = np.flatnonzero(seen)
    number = np.zeros(1 << 16, np.int32)
    number[codes] = np.arange(1, len(codes) + 1)
    words = [NOBODY]
    for one in codes.tolist():
        shifts = range(4 * (len(levels) - 1), -1, -4)
        said = (WORDS[field][one >> shift & 15] for field, shift in zip(levels, shifts, strict=True))
        words.append("; ".join(said))
    return np.where(has, number[code], np.int32(0)), pa.array(words, pa.string())


def in_batches(*, place: npt.NDArray[Number]) -> Iterator[npt.NDArray[Number]]:
    """Places a batch at a time, so that columns of a whole country never stand in memory at once."""
    for start in range(0, max(len(place), 1), BATCH_ROWS):
        yield place[start : start + BATCH_ROWS]


@dataclass(frozen=True)
class Order:
    """The list rows in the order of links.parquet: by name of file and line. ``rid``: their record ids."""

    rid: Ints
    line: Ints
    file: Codes
    files: Files

    def file_names(self, *, rid: Ints) -> pa.Array:
        return pa.DictionaryArray.from_arrays(pa.array(self.file[rid]), pa.array(self.files.names, pa.string())).cast(
            pa.string()
        )


def order_of(*, connection: duckdb.DuckDBPyConnection, file: Codes, files: Files) -> Order:
    """``file``: number of the file of each list row."""
    line = connection.execute("SELECT line FROM list_row_read").fetchnumpy()["line"].astype(np.int64)
    names = sorted(range(len(files.names)), key=lambda number: files.names[number].encode())
    rank = np.zeros(max(len(names), 1), np.int64)
    rank[names] = np.arange(len(names))
    return Order(np.argsort(rank[file] << 40 | line, kind="stable"), line, file, files)
