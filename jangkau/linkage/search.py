"""One side streams past the index of the other: pairs that agree enough are kept, every pair compared is counted."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jangkau.complaints import Text
from jangkau.linkage import lines as line_shapes
from jangkau.linkage.index import CLASSES, Index, LeftOut, Names, Unreached
from jangkau.linkage.kernels import renewing, sampling, searching
from jangkau.linkage.lines import Lines, Shape, pack
from jangkau.linkage.method import Method

Ints = npt.NDArray[np.int64]
SLACK = 7.0
"""A pair is kept when, by belief, it is at most exp(7) times less likely than a match has to be."""
SAMPLED, TALLIED = 100_000, 1_000_000
"""Rows drawn for random pairs, and rows of the other side whose comparisons are tallied; by the hash of their ids."""


@dataclass(frozen=True)
class Kept:
    """Pairs worth keeping: rows of either side, pattern, rarity class of the name that agrees, blocks (bit mask)."""

    a: npt.NDArray[np.uint32]
    b: Ints
    pattern: Ints
    rarity: npt.NDArray[np.uint8]
    blocks: npt.NDArray[np.uint32]

    def __len__(self) -> int:
        return len(self.a)

    def chosen(self, *, which: npt.NDArray[np.bool_] | Ints | slice) -> Kept:
        return Kept(self.a[which], self.b[which], self.pattern[which], self.rarity[which], self.blocks[which])


@dataclass(frozen=True)
class Reuse:
    """How many rows of the other side were taken from an earlier link, or why none could be."""

    rows: int
    why_not: Text | None = None


@dataclass(frozen=True)
class Found:
    """What a search brings. ``tally``: pattern -> pairs compared of the rows tallied; ``bearers``: of the names of the
    index, counted on the other side; ``sample``: lines of the other side drawn by the hash of their ids."""

    kept: Kept
    tally: dict[int, int]
    pairs_by_block: tuple[int, ...]
    left_out: tuple[LeftOut, ...]
    bearers: npt.NDArray[np.uint32]
    rows: int
    filled: Ints
    id_hashes: npt.NDArray[np.uint64]
    sample: Lines
    unreached: Unreached | None = None
    reuse: Reuse | None = None


@dataclass(frozen=True)
class Belief:
    """Log likelihood ratios believed before the data, for what is worth keeping; float32 tables by level."""

    by_level: npt.NDArray[np.float32]
    by_rarity: npt.NDArray[np.float32]
    least: np.float32


def belief(*, method: Method, left_rows: int, right_rows: int) -> Belief:
    """What a pair must reach to be kept follows from the larger side, in whole powers of two."""
    by_level = np.zeros((len(method.fields), 10), np.float32)
    for place, one in enumerate(method.fields):
        m, u = np.array(one.m or one.kind.m), np.array(one.u or one.kind.u)
        by_level[place, 1 : len(m) + 1] = np.log(m / u)
    by_rarity = np.zeros((3, CLASSES), np.float32)
    name = method.first("person_name")
    if name is not None:
        m = np.array(method.fields[name].m or method.fields[name].kind.m)
        classes = np.arange(CLASSES)
        by_rarity[1] = np.log(m[0]) + classes / 2 * np.log(10)
        by_rarity[2] = np.log(m[1]) + (classes + 0.5) / 2 * np.log(10)
    size = np.log(2.0) * int(max(left_rows, right_rows, 1)).bit_length()
    return Belief(by_level, by_rarity, np.float32(size - SLACK))


@dataclass(frozen=True)
class Searcher:
    """What every batch needs."""

    method: Method
    shape: Shape
    index: Index
    names: Names
    index_rarity: npt.NDArray[np.uint8]
    belief: Belief
    same: bool

    def batch(
        self,
        *,
        lines: Lines,
        first: int,
        counted: npt.NDArray[np.bool_],
        told: bool = False,
        own: npt.NDArray[np.uint8] | None = None,
    ) -> tuple[npt.NDArray[np.generic], ...]:
        """Search one batch of lines whose first has the number ``first``; ``told``: with each pair that is counted;
        ``own``: the classes of rarity of the lines, where they are known."""
        own = rarity_of(lines, self) if own is None else own
        index, belief = self.index, self.belief
        name = self.method.first("person_name")
        return searching.search(  # type: ignore[no-any-return]
            index.lines.words, index.lines.heap, lines.words, lines.heap, first, self.same, self.shape.program,
            self.shape.parts, self.shape.blocks, index.starts, index.entries, index.row_bits, index.bases, index.shift,
            index.seen, index.seen_shift,
            index.dropped, self.index_rarity, own, belief.by_level, belief.by_rarity,
            -1 if name is None else name, belief.least, counted, told,
        )  # fmt: skip


def rarity_of(lines: Lines, searcher: Searcher) -> npt.NDArray[np.uint8]:
    out = np.zeros((len(lines), 2), np.uint8)
    if searcher.shape.name >= 0:
        names = searcher.names
        searching.word_rarity(
            lines.words, lines.heap, searcher.shape.name, names.sketch, names.weight, out, 1, CLASSES - 1
        )
    return out


class Collected:
    """Gathers batches in their order, so that threads change nothing."""

    def __init__(self, *, searcher: Searcher, threads: int) -> None:
        self.searcher = searcher
        self.kept: list[Kept] = []
        self.tally: dict[int, int] = {}
        self.by_block = np.zeros(len(searcher.method.blocks), np.int64)
        self.filled = np.zeros(len(searcher.method.fields), np.int64)
        self.rows = 0
        self.counts = [np.zeros(len(searcher.names.slots), np.uint32) for _ in range(threads)]
        self.free = list(range(threads))

    def search(self, lines: Lines, first: int, counted: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[np.generic], ...]:
        """On a worker: names counted into the worker's own table, then the search."""
        if self.searcher.shape.name >= 0:
            mine = self.free.pop()
            searching.count_names(lines.words, self.searcher.shape.name, self.searcher.names.slots, self.counts[mine])
            self.free.append(mine)
        return self.searcher.batch(lines=lines, first=first, counted=counted)

    def add(self, lines: Lines, first: int, result: tuple[npt.NDArray[np.generic], ...]) -> None:
        """On the main thread, in order."""
        a, b, pattern, kept_rarity, blocks, patterns, counts, by_block = result[:8]
        if len(a):
            self.kept.append(Kept(a, b.astype(np.int64) + first, pattern, kept_rarity, blocks))  # type: ignore[arg-type]
        some = patterns != 0
        for one, many in zip(patterns[some].tolist(), counts[some].tolist(), strict=True):
            self.tally[one] = self.tally.get(one, 0) + many
        self.by_block += by_block  # type: ignore[arg-type]
        self.filled += filled(lines=lines, method=self.searcher.method, shape=self.searcher.shape)
        self.rows += len(lines)

    def together(self) -> Kept:
        return together(self.kept)


def together(pieces: Sequence[Kept]) -> Kept:
    """Pairs of several pieces behind each other."""
    if not pieces:
        nothing = np.zeros(0, np.int64)
        return Kept(nothing.astype(np.uint32), nothing, nothing, nothing.astype(np.uint8), nothing.astype(np.uint32))
    return Kept(
        a=np.concatenate([k.a for k in pieces]),
        b=np.concatenate([k.b for k in pieces]),
        pattern=np.concatenate([k.pattern for k in pieces]),
        rarity=np.concatenate([k.rarity for k in pieces]),
        blocks=np.concatenate([k.blocks for k in pieces]),
    )


def filled(*, lines: Lines, method: Method, shape: Shape) -> Ints:
    """How many lines have each field."""
    return np.array([np.count_nonzero(one) for one in there(lines=lines, method=method, shape=shape)], np.int64)


def there(*, lines: Lines, method: Method, shape: Shape) -> Iterator[npt.NDArray[np.bool_]]:
    """For each field: which lines have it."""
    words = lines.words
    for place, one in enumerate(method.fields):
        at = shape.at[place]
        if one.kind.name in ("person_name", "text"):
            yield words[:, at + 6] != 0
        elif one.kind.name in ("nik", "phone", "date"):
            yield (words[:, at] | words[:, at + 1]) != 0
        else:
            yield words[:, at] != 0


def tally_step(*, rows: int) -> int:
    """Of how many rows of the other side one is tallied."""
    return max(1, rows // TALLIED)


def hashes(ids: pa.Array) -> npt.NDArray[np.uint64]:
    """A 64-bit hash of each id."""
    out = np.zeros(len(ids), np.uint64)
    valid, offsets, data = line_shapes.buffers(ids)
    sampling.hash_texts(offsets, data, valid, ids.offset % 8 if len(valid) else 0, len(ids), out)
    return out


def row_digests(columns: Sequence[pa.Array]) -> npt.NDArray[np.uint64]:
    """A 64-bit digest of each row: its id and everything that is compared."""
    out = np.zeros(len(columns[0]), np.uint64)
    for column in columns:
        valid, offsets, data = line_shapes.buffers(column)
        renewing.add_texts(offsets, data, valid, column.offset % 8 if len(valid) else 0, len(column), out)
    return out


def stream(
    *,
    searcher: Searcher,
    batches: Iterator[list[pa.Array]],
    rows: int,
    threads: int,
    progress: Callable[[int], None] | None = None,
) -> Found:
    """Search all batches (id, then the method's columns) of the other side."""
    collected = Collected(searcher=searcher, threads=threads)
    every, tallied = np.uint64(max(1, rows // SAMPLED)), np.uint64(tally_step(rows=rows))
    pieces: list[Lines] = []
    all_hashes: list[npt.NDArray[np.uint64]] = []
    method, shape = searcher.method, searcher.shape

    def work(columns: list[pa.Array], first: int) -> tuple[Lines, Lines, npt.NDArray[np.uint64], tuple]:  # type: ignore[type-arg]
        lines = pack(columns=columns[1:], method=method, shape=shape)
        ids = hashes(columns[0])
        drawn = pa.array(np.flatnonzero(ids % every == 0))
        few = pack(columns=[column.take(drawn) for column in columns[1:]], method=method, shape=shape)
        return lines, few, ids, collected.search(lines, first, ids % tallied == 0)

    first = 0
    with ThreadPoolExecutor(threads) as pool:
        running: deque[tuple[int, Future]] = deque()  # type: ignore[type-arg]

        def finish() -> None:
            start, future = running.popleft()
            lines, few, ids, result = future.result()
            collected.add(lines, start, result)
            pieces.append(few)
            all_hashes.append(ids)
            if progress:
                progress(start + len(lines))

        for columns in batches:
            running.append((first, pool.submit(work, columns, first)))
            first += len(columns[0])
            while len(running) > threads + 1:
                finish()
        while running:
            finish()
    return _found(collected, searcher, pieces, all_hashes)


def in_one_piece(pieces: list[npt.NDArray[np.uint64]]) -> npt.NDArray[np.uint64]:
    """All pieces behind each other; each is given up once it is copied, so that they are never in memory twice."""
    if len(pieces) == 1:
        return pieces.pop()
    out = np.empty(sum(len(piece) for piece in pieces), np.uint64)
    end = len(out)
    while pieces:
        piece = pieces.pop()
        out[end - len(piece) : end] = piece
        end -= len(piece)
    return out


def within(*, searcher: Searcher, threads: int, id_hashes: npt.NDArray[np.uint64]) -> Found:
    """Search the index with its own lines: each pair of rows of one file once."""
    lines = searcher.index.lines
    collected = Collected(searcher=searcher, threads=threads)
    size = 1 << 16
    parts = [(s, Lines(lines.words[s : s + size], lines.heap)) for s in range(0, len(lines), size)]
    with ThreadPoolExecutor(threads) as pool:
        tallied = id_hashes % np.uint64(tally_step(rows=len(lines))) == 0
        results = pool.map(lambda part: collected.search(part[1], part[0], tallied[part[0] : part[0] + size]), parts)
        for (start, part), result in zip(parts, results, strict=True):
            collected.add(part, start, result)
    every = np.uint64(max(1, len(lines) // SAMPLED))
    drawn = np.flatnonzero(id_hashes % every == 0)
    return _found(collected, searcher, [Lines(lines.words[drawn], lines.heap)], [id_hashes])


def _found(
    collected: Collected, searcher: Searcher, pieces: list[Lines], all_hashes: list[npt.NDArray[np.uint64]]
) -> Found:
    counts = collected.counts[0]
    for other in collected.counts[1:]:
        counts += other
    pieces = pieces or [Lines(np.zeros((0, searcher.shape.width), np.uint32), np.zeros(0, np.uint8))]
    return Found(
        kept=collected.together(),
        tally=collected.tally,
        pairs_by_block=tuple(int(n) * tally_step(rows=collected.rows) for n in collected.by_block),
        left_out=searcher.index.left_out,
        bearers=counts,
        rows=collected.rows,
        filled=collected.filled,
        id_hashes=in_one_piece(all_hashes),
        sample=pieces[0]
        if len(pieces) == 1
        else line_shapes.joined(pieces=pieces, shape=searcher.shape, method=searcher.method),
        unreached=searcher.index.unreached,
    )
