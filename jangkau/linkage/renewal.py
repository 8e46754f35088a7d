"""The search again after some rows changed: what an earlier link found for the others is taken as it stands.

The pairs of a right row hang on itself, on the left rows that share a block with it, and on how common names are. So
a right row is searched anew when it was not there or said something else, or when the words of its name fall into
another class of rarity; every other one only against the left rows that are new or compared in another way now (other
content, another class of rarity, a value that was left out or no longer is). Counts are sums over right rows, and the
state holds the part of each. The result is that of a full search to the last bit.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jangkau.complaints import Text
from jangkau.linkage import index as indexes
from jangkau.linkage import lines as line_shapes
from jangkau.linkage import search, state
from jangkau.linkage.kernels import renewing
from jangkau.linkage.kernels.searching import TOLD_ROW_BITS
from jangkau.linkage.lines import Lines, pack
from jangkau.linkage.search import Found, Kept, Reuse, Searcher

Ints = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.uint32]
Digests = npt.NDArray[np.uint64]
CLASS_BITS = 28
"""Marks of a right row: one bit for each field that it has, and above them the class of the words of its name."""
MOST_CHANGED = 0.3
"""When more left rows than this changed, everything is searched anew: that is no slower then."""
ROW_MASK = np.uint32((1 << TOLD_ROW_BITS) - 1)


@dataclass(frozen=True)
class Keeping:
    """Where to keep what is found for the next link, and what the one before this kept; ``why_not``: why nothing."""

    folder: Path
    earlier: state.Earlier | None = None
    why_not: Text | None = None


@dataclass(frozen=True)
class Basis:
    """What the search of a row rests on beside the rows themselves; it must be the same for what was found to hold.
    ``names``: the tables in which names are counted; where they differ, classes and counts of names are made anew."""

    code: str
    method: str
    least: float
    step: int
    names: str

    def as_dict(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in ("code", "method", "least", "step", "names")}


def basis_of(*, searcher: Searcher, rows: int) -> Basis:
    names = sha256(f"{searcher.names.people}".encode())
    names.update(searcher.names.sketch.data)
    names.update(searcher.names.slots.data)
    return Basis(
        code=state.code_digest(),
        method=sha256(repr(searcher.method).encode()).hexdigest(),
        least=float(searcher.belief.least),
        step=search.tally_step(rows=rows),
        names=names.hexdigest(),
    )


def signs(*, searcher: Searcher, digests: Digests) -> Digests:
    """A digest of each left row as it is compared: what it says, what of it counts as missing, which of its keys are
    left out, and its classes of rarity."""
    out = digests.copy()
    lines, shape, method = searcher.index.lines, searcher.shape, searcher.method
    heap = {at + 5 for at, one in zip(shape.at, method.fields, strict=True) if one.kind.name in ("person_name", "text")}
    columns = np.array([k for k in range(shape.width) if k not in heap], np.int64)
    renewing.add_words(lines.words, columns, out)
    more = np.column_stack([searcher.index.dropped, searcher.index_rarity.astype(np.uint32)])
    renewing.add_words(np.ascontiguousarray(more, np.uint32), np.arange(more.shape[1]), out)
    return out


@dataclass(frozen=True)
class Before:
    """The earlier link, seen from the rows of now. ``left``: the number that each of its left rows has now (NOWHERE: it
    is gone or compared in another way); ``changed``: the left rows that are to be searched for every right row."""

    earlier: state.Earlier
    right: state.Known
    left: Numbers
    changed: Ints
    same_names: bool

    @cached_property
    def marks(self) -> Numbers:
        return self.earlier.array("marks")

    @cached_property
    def slots(self) -> Numbers:
        return self.earlier.array("slots")

    @cached_property
    def pairs(self) -> tuple[npt.NDArray[np.int64], Numbers, npt.NDArray[np.uint16]]:
        """Pairs compared: where those of each right row start, left rows with blocks, numbers of patterns."""
        return self.earlier.starts, self.earlier.array("pairs_a"), self.earlier.array("pairs_pattern")


def before(*, keeping: Keeping, basis: Basis, now: Digests) -> tuple[Before | None, Text | None]:
    """The earlier link, or why it is of no use."""
    earlier = keeping.earlier
    if earlier is None:
        return None, keeping.why_not
    about = earlier.about
    if about["code"] != basis.code:
        return None, Text("dibuat oleh versi lain", "made by another version")
    if about["method"] != basis.method:
        return None, Text("dibuat dengan metode atau kolom lain", "made with another method or other columns")
    if (about["least"], about["step"]) != (basis.least, basis.step):
        return None, Text("ukuran berkas jauh berbeda", "the files are of another size")
    if basis.step == 1 and not about["paired"]:
        return None, Text("terlalu banyak pasangan untuk disimpan", "it had too many pairs to keep")
    was = state.Known(digests=earlier.array("left")).rows(digests=now, start=0)
    changed = np.flatnonzero(was < 0)
    if len(changed) > MOST_CHANGED * len(was):
        return None, Text("terlalu banyak baris kiri yang berubah", "too many left rows have changed")
    left = np.full(earlier.about["left_rows"], renewing.NOWHERE, np.uint32)
    kept = np.flatnonzero(was >= 0)
    left[was[kept]] = kept
    right = state.Known(digests=earlier.array("rows"))
    return Before(earlier, right, left, changed, about["names"] == basis.names), None


@dataclass(frozen=True)
class Piece:
    """What one batch brings. ``old``: the number of each right row in the earlier link, -1 where it was searched anew;
    ``pattern``: of pairs compared, in the order of their rows: a number of the earlier link, or -1 - a place in
    ``patterns``."""

    ids: Digests
    digests: Digests
    old: Ints
    marks: Numbers
    slots: Numbers
    sample: Lines
    kept: list[Kept]
    tallies: list[tuple[Ints, Ints]]
    by_block: Ints
    many: Numbers
    pairs_a: Numbers
    pattern: npt.NDArray[np.int32]
    patterns: Ints


class Renewal:
    """The work on batches; ``work`` on any thread, ``add`` on one and in order."""

    def __init__(
        self, *, searcher: Searcher, before: Before | None, step: int, every: int, paired: bool, threads: int
    ) -> None:
        self.searcher = searcher
        self.before = before
        self.step, self.every = np.uint64(step), np.uint64(every)
        self.paired = paired
        self.counts = [np.zeros(len(searcher.names.slots), np.uint32) for _ in range(threads)]
        self.free = list(range(threads))
        self.few = None
        if before is not None and len(before.changed):
            self.few = _only(searcher, before.changed, threads)

    def work(self, columns: list[pa.Array], first: int) -> Piece:
        """Search what has to be searched of one batch (id, then the method's columns)."""
        ids, digests = search.hashes(columns[0]), search.row_digests(columns)
        sample = self._pack(columns, np.flatnonzero(ids % self.every == 0))
        counted = ids % self.step == 0
        old = self._old(digests, counted, first)
        whole = self.before is None or not self.before.same_names or self.few is not None
        lines = self._pack(columns, None if whole else np.flatnonzero(old < 0))
        own = search.rarity_of(lines, self.searcher)
        classes = own[:, 1]
        if self.before is not None and whole:
            known = np.flatnonzero(old >= 0)
            other = self.before.marks[old[known]] >> np.uint32(CLASS_BITS) != classes[known]
            old[known[other]] = -1
        fresh, rest = np.flatnonzero(old < 0), np.flatnonzero(old >= 0)
        here = fresh if whole and len(rest) else slice(None)
        results = [self._searched(self.searcher, _some(lines, here), own[here], fresh, counted, None)]
        if self.few is not None and self.before is not None and len(rest):
            changed = self.before.changed
            results.append(self._searched(self.few, _some(lines, rest), own[rest], rest, counted, changed))
        marks = self._marks(lines, classes, None if whole else old)
        slots = self._slots(lines, None if whole else old)
        many, pairs_a, pattern, patterns, earlier = self._pairs(results, old)
        by_block = sum((result.by_block for result in results), earlier[1])
        tallies = [result.tally for result in results] + [earlier[0]]
        return Piece(
            ids, digests, old, marks, slots, sample, [_moved(result.kept, first) for result in results], tallies,
            by_block, many, pairs_a, pattern, patterns,
        )  # fmt: skip

    def _old(self, digests: Digests, counted: npt.NDArray[np.bool_], first: int) -> Ints:
        if self.before is None:
            return np.full(len(digests), -1, np.int64)
        old = self.before.right.rows(digests=digests, start=first)
        if not self.paired:
            old[counted] = -1  # what was counted for them is not known by row
        return old

    def _pack(self, columns: list[pa.Array], which: Ints | None) -> Lines:
        texts = columns[1:]
        if which is not None and len(which) < len(columns[0]):
            places = pa.array(which)
            texts = [column.take(places) for column in texts]
        return pack(columns=texts, method=self.searcher.method, shape=self.searcher.shape)

    def _searched(
        self,
        searcher: Searcher,
        lines: Lines,
        own: npt.NDArray[np.uint8],
        rows: Ints,
        counted: npt.NDArray[np.bool_],
        left: Ints | None,
    ) -> Searched:
        """``rows``: the number of each line in its batch; ``left``: of each left row of a smaller index."""
        found: tuple[Any, ...] = searcher.batch(
            lines=lines, first=0, counted=counted[rows], told=self.paired, own=np.ascontiguousarray(own)
        )
        a, b, pattern, rarity, blocks, patterns, counts, by_block, _, told_a, told_b, told = found
        if left is not None:
            a = left[a].astype(np.uint32)
            told_a = left[told_a & ROW_MASK].astype(np.uint32) | (told_a & ~ROW_MASK)
        some = patterns != 0
        kept = Kept(a, rows[b], pattern, rarity, blocks)
        return Searched(kept, (patterns[some], counts[some]), by_block, told_a, rows[told_b], told)

    def _marks(self, lines: Lines, classes: npt.NDArray[np.uint8], old: Ints | None) -> Numbers:
        mine = classes.astype(np.uint32) << np.uint32(CLASS_BITS)
        there = search.there(lines=lines, method=self.searcher.method, shape=self.searcher.shape)
        for place, one in enumerate(there):
            mine |= one.astype(np.uint32) << np.uint32(place)
        return mine if old is None or self.before is None else _filled_in(self.before.marks, old, mine)

    def _slots(self, lines: Lines, old: Ints | None) -> Numbers:
        """Where the name of each row is counted, and it is counted there."""
        out = np.full(len(lines), renewing.NOWHERE, np.uint32)
        word = self.searcher.shape.name
        if word < 0:
            return out if old is None else np.full(len(old), renewing.NOWHERE, np.uint32)
        mine = self.free.pop()
        renewing.name_slots(lines.words, word, self.searcher.names.slots, self.counts[mine], out)
        if old is not None and self.before is not None:
            renewing.count_slots(self.before.slots[old[old >= 0]], self.counts[mine])
            out = _filled_in(self.before.slots, old, out)
        self.free.append(mine)
        return out

    def _pairs(
        self, results: list[Searched], old: Ints
    ) -> tuple[Numbers, Numbers, npt.NDArray[np.int32], Ints, tuple[tuple[Ints, Ints], Ints]]:
        """All pairs compared in the order of their rows, those of the earlier link with the numbers of now; and the
        tally and the blocks of the latter."""
        blocks = len(self.searcher.method.blocks)
        many = np.zeros(len(old), np.uint32)
        patterns = np.unique(np.concatenate([result.tally[0] for result in results]))
        nothing = (np.zeros(0, np.int64), np.zeros(0, np.int64))
        if not self.paired:
            return many, many[:0], many[:0].astype(np.int32), patterns, (nothing, np.zeros(blocks, np.int64))
        for result in results:
            renewing.count_by_row(result.told_b, many)
        if self.before is not None:
            starts, pairs_a, numbers = self.before.pairs
            renewing.count_earlier(old, starts, pairs_a, ROW_MASK, self.before.left, many)
        ends = np.concatenate([[0], np.cumsum(many, dtype=np.int64)])
        out_a, out_pattern = np.empty(ends[-1], np.uint32), np.empty(ends[-1], np.int32)
        ends = ends[:-1].copy()
        earlier = nothing, np.zeros(blocks, np.int64)
        if self.before is not None:
            renewing.place_earlier(old, starts, pairs_a, numbers, ROW_MASK, self.before.left, ends, out_a, out_pattern)
        for result in results:
            number = (-1 - np.searchsorted(patterns, result.told)).astype(np.int32)
            renewing.place_by_row(result.told_a, result.told_b, number, ends, out_a, out_pattern)
        if self.before is not None:
            ours = out_pattern >= 0
            seen = np.bincount(out_pattern[ours])
            there = np.flatnonzero(seen)
            block = np.bincount(out_a[ours] >> np.uint32(TOLD_ROW_BITS), minlength=blocks)
            earlier = (np.asarray(self.before.earlier.array("patterns"))[there], seen[there]), block
        return many, out_a, out_pattern, patterns, earlier


@dataclass(frozen=True)
class Searched:
    """What one search of a batch brings; rows by their number in the batch."""

    kept: Kept
    tally: tuple[Ints, Ints]
    by_block: Ints
    told_a: Numbers
    told_b: Ints
    told: Ints


def _moved(kept: Kept, first: int) -> Kept:
    return replace(kept, b=kept.b + first)


def _some(lines: Lines, which: Ints | slice) -> Lines:
    return Lines(lines.words[which], lines.heap)


def _filled_in(earlier: Numbers, old: Ints, fresh: Numbers) -> Numbers:
    """Values of the earlier link where there are any, fresh ones elsewhere."""
    out = np.empty(len(old), np.uint32)
    known = old >= 0
    out[known] = earlier[old[known]]
    out[~known] = fresh
    return out


def _only(searcher: Searcher, rows: Ints, threads: int) -> Searcher:
    """The same search over some left rows. Keys that are left out of the whole index are left out here."""
    index = searcher.index
    some = Lines(index.lines.words[rows], index.lines.heap)
    small = indexes.build(
        lines=some,
        method=searcher.method,
        shape=searcher.shape,
        threads=threads,
        dropped_before=index.dropped[rows],
    )
    return replace(searcher, index=small, index_rarity=searcher.index_rarity[rows])


def stream(
    *,
    searcher: Searcher,
    batches: Iterator[list[pa.Array]],
    rows: int,
    threads: int,
    digests: Digests,
    keeping: Keeping,
    progress: Callable[[int], None] | None = None,
) -> Found:
    """As `search.stream`, using what an earlier link kept and keeping it for the next. ``digests``: of left rows."""
    basis = basis_of(searcher=searcher, rows=rows)
    now = signs(searcher=searcher, digests=digests)
    known, why_not = before(keeping=keeping, basis=basis, now=now)
    paired = len(now) <= int(ROW_MASK) and (known is None or known.earlier.about["paired"])
    every = max(1, rows // search.SAMPLED)
    renewal = Renewal(searcher=searcher, before=known, step=basis.step, every=every, paired=paired, threads=threads)
    gathered = Gathered(renewal=renewal, writer=state.Writer(folder=keeping.folder))
    first = 0
    with ThreadPoolExecutor(threads) as pool:
        running: deque[tuple[int, Future[Piece]]] = deque()

        def finish() -> None:
            start, future = running.popleft()
            piece = future.result()
            gathered.add(piece, start)
            if progress:
                progress(start + len(piece.ids))

        for columns in batches:
            running.append((first, pool.submit(renewal.work, columns, first)))
            first += len(columns[0])
            while len(running) > threads + 1:
                finish()
        while running:
            finish()
    found = gathered.found(why_not)
    gathered.write(found=found, basis=basis, now=now)
    return found


class Gathered:
    """Pieces put together in their order, and written as they come."""

    def __init__(self, *, renewal: Renewal, writer: state.Writer) -> None:
        self.renewal, self.writer = renewal, writer
        searcher = renewal.searcher
        self.kept: list[Kept] = []
        self.tally: dict[int, int] = {}
        self.by_block = np.zeros(len(searcher.method.blocks), np.int64)
        self.filled = np.zeros(len(searcher.method.fields), np.int64)
        self.ids: list[Digests] = []
        self.samples: list[Lines] = []
        self.rows = self.reused = 0
        self.paired = renewal.paired
        known = renewal.before
        self.number = dict(zip(known.earlier.array("patterns").tolist(), range(1 << 30))) if known else {}  # noqa: B905
        # four bytes a row: of sixty million rows this is in memory beside all else
        self.places = np.full(len(known.right.digests) if known else 0, renewing.NOWHERE, np.uint32)

    def add(self, piece: Piece, first: int) -> None:
        """One batch, in its turn."""
        self.kept += piece.kept
        for patterns, counts in piece.tallies:
            for one, many in zip(patterns.tolist(), counts.tolist(), strict=True):
                self.tally[one] = self.tally.get(one, 0) + many
        self.by_block += piece.by_block
        for place in range(len(self.filled)):
            self.filled[place] += np.count_nonzero(piece.marks & np.uint32(1 << place))
        self.ids.append(piece.ids)
        self.samples.append(piece.sample)
        self.rows += len(piece.ids)
        known = np.flatnonzero(piece.old >= 0)
        self.reused += len(known)
        if len(self.places):
            self.places[piece.old[known]] = first + known
        self.writer.add("rows", piece.digests)
        self.writer.add("marks", piece.marks)
        if self.renewal.searcher.shape.name >= 0:
            self.writer.add("slots", piece.slots)
        if self.paired:
            self._write_pairs(piece)

    def _write_pairs(self, piece: Piece) -> None:
        fresh = np.array([self.number.setdefault(one, len(self.number)) for one in piece.patterns.tolist()], np.int64)
        most = self.writer.sizes.get("pairs_a", 0) + len(piece.pairs_a)
        if most > state.MOST_PAIRS or len(self.number) > np.iinfo(np.uint16).max:
            self.paired = False
            self.writer.forget_pairs()
            return
        pattern = piece.pattern.astype(np.int64)
        new = np.flatnonzero(pattern < 0)
        pattern[new] = fresh[-1 - pattern[new]]
        self.writer.add("many", piece.many)
        self.writer.add("pairs_a", piece.pairs_a)
        self.writer.add("pairs_pattern", pattern)

    def found(self, why_not: Text | None) -> Found:
        """As a full search would give it."""
        searcher, known = self.renewal.searcher, self.renewal.before
        counts = self.renewal.counts[0]
        for other in self.renewal.counts[1:]:
            counts += other
        kept = [*self.kept, *([_kept_before(known, self.places)] if known else [])]
        pieces = self.samples or [Lines(np.zeros((0, searcher.shape.width), np.uint32), np.zeros(0, np.uint8))]
        step = search.tally_step(rows=self.rows)
        return Found(
            kept=search.together(kept),
            tally=self.tally,
            pairs_by_block=tuple(int(n) * step for n in self.by_block),
            left_out=searcher.index.left_out,
            bearers=counts,
            rows=self.rows,
            filled=self.filled,
            id_hashes=search.in_one_piece(self.ids),
            sample=line_shapes.joined(pieces=pieces, shape=searcher.shape, method=searcher.method),
            unreached=searcher.index.unreached,
            reuse=Reuse(self.reused, why_not),
        )

    def write(self, *, found: Found, basis: Basis, now: Digests) -> None:
        """The state for the next link."""
        self.writer.add("left", now)
        if self.paired:
            self.writer.add("patterns", np.array(list(self.number), np.int64))
        about: dict[str, Any] = {**basis.as_dict(), "paired": self.paired, "left_rows": len(now)}
        self.writer.finish(kept=found.kept, about=about)


def _kept_before(known: Before, places: Numbers) -> Kept:
    """The pairs that the earlier link kept, of rows that are both still there as they were."""
    a, b, pattern, rarity, blocks = (np.asarray(known.earlier.array(name)) for name in state.KEPT_ARRAYS)
    a, b = known.left[a], places[b]
    still = (a != renewing.NOWHERE) & (b != renewing.NOWHERE)
    return Kept(a, b.astype(np.int64), pattern, rarity, blocks).chosen(which=still)
