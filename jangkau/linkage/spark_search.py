"""The other side streams past the slices, on all machines: what leaves a task is kept pairs and counts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache, reduce
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jangkau.linkage import search
from jangkau.linkage.index import Names
from jangkau.linkage.lines import Lines, Shape, joined, shape_of
from jangkau.linkage.method import Method
from jangkau.linkage.spark_fillers import digit, without
from jangkau.linkage.spark_names import Common, Counted, whole_hashes
from jangkau.linkage.spark_packing import Chunk, array_of, chunks
from jangkau.linkage.spark_slices import Slice, Slices, open_slice

Ints = npt.NDArray[np.int64]
PAIR, TALLY, BLOCK = 0, 1, 2
_COLUMNS = "kind byte, a long, b long, pattern long, rarity int, blocks long, name long, left_id {}, right_id {}"
_NUMBERS = ("kind", "a", "b", "pattern", "rarity", "blocks", "name")
_TYPES = (pa.int8(), pa.int64(), pa.int64(), pa.int64(), pa.int32(), pa.int64(), pa.int64())
_SAMPLE = "first long, words binary, heap binary, hashes binary"


@dataclass(frozen=True)
class Job:
    """What every search task needs; pickled once. ``step``: one line in so many is tallied."""

    method: Method
    folder: Path
    belief: search.Belief
    same: bool
    step: int

    def searcher(self, *, piece: Slice, names: Names, shape: Shape) -> search.Searcher:
        return search.Searcher(self.method, shape, piece.index, names, piece.rarity, self.belief, self.same)


def schema(*, left_id: str, right_id: str) -> str:
    """Columns of what a search leaves, with ids of the types that they have in the files."""
    return _COLUMNS.format(left_id, right_id)


def find(*, right: Any, slices: Slices, job: Job, counted: Counted, left_id: str, right_id: str) -> Any:
    """Kept pairs and counts of all slices, as a data frame of :func:`schema`."""
    np.savez(job.folder / "names.npz", sketch=counted.words.sketch, people=counted.words.people)
    wanted = right.select("first", "words", "heap", "hashes", "ids")
    as_said = schema(left_id=left_id, right_id=right_id)
    parts = [wanted.mapInArrow(_searching(k, job), as_said) for k in range(slices.number)]
    if not parts:
        return right.sparkSession.createDataFrame([], as_said)
    return reduce(lambda one, other: one.union(other), parts)


def _searching(number: int, job: Job) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    def work(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        shape = shape_of(method=job.method)
        names, piece = _words(str(job.folder / "names.npz"), _stamp(job.folder)), None
        tally: dict[int, int] = {}
        by_block = np.zeros(len(job.method.blocks), np.int64)
        ids = pa.string()
        for chunk in chunks(batches=batches, shape=shape):
            piece = piece or open_slice(folder=job.folder, number=number)
            ids = chunk.ids.type
            if job.same and chunk.first + len(chunk.lines) <= piece.first:
                continue  # all its lines stand before the slice: those pairs are found the other way round
            counted = chunk.hashes % np.uint64(job.step) == 0
            first = chunk.first - piece.first if job.same else 0
            searcher = job.searcher(piece=piece, names=names, shape=shape)
            found = searcher.batch(lines=chunk.lines, first=first, counted=counted)
            patterns, counts = found[5], found[6]
            for one, many in zip(patterns[patterns != 0].tolist(), counts[patterns != 0].tolist(), strict=True):
                tally[one] = tally.get(one, 0) + many
            by_block += np.asarray(found[7], np.int64)
            if len(found[0]):
                yield pairs_of(found=found, chunk=chunk, piece=piece, shape=shape)
        if piece is not None:
            each = np.array(list(tally.items()), np.int64).reshape(-1, 2)
            yield _counts(TALLY, each[:, 0], each[:, 1], piece.ids.type, ids)
            yield _counts(BLOCK, np.arange(len(by_block)), by_block * job.step, piece.ids.type, ids)

    return work


def _stamp(folder: Path) -> int:
    return (folder / "names.npz").stat().st_mtime_ns


@lru_cache(maxsize=1)
def _words(path: str, _version: int) -> Names:
    from jangkau.linkage import index as indexes

    held = np.load(path)
    people = int(held["people"])
    return Names(held["sketch"], np.zeros(0, np.uint32), indexes._weights(people), people)


def pairs_of(*, found: tuple[npt.NDArray[Any], ...], chunk: Chunk, piece: Slice, shape: Shape) -> pa.RecordBatch:
    """The kept pairs of one chunk, as they leave the task."""
    a, b, pattern, rarity, blocks = found[:5]
    names = np.zeros(len(a), np.int64)
    if shape.name >= 0:
        names = whole_hashes(lines=Lines(piece.index.lines.words[a], piece.index.lines.heap), shape=shape).view(
            np.int64
        )
    columns = (
        np.zeros(len(a), np.int8),
        a.astype(np.int64) + piece.first,
        b.astype(np.int64) + chunk.first,
        pattern,
        rarity,
        blocks,
        names,
    )
    return _batch(columns, piece.ids.take(pa.array(a)), chunk.ids.take(pa.array(b)))


def _counts(
    kind: int, what: npt.NDArray[Any], counts: npt.NDArray[Any], left: pa.DataType, right: pa.DataType
) -> pa.RecordBatch:
    """Counts in the clothes of pairs: `a` is what was counted, `b` how often."""
    nothing = np.zeros(len(what), np.int64)
    columns = (np.full(len(what), kind), what, counts, nothing, nothing, nothing, nothing)
    return _batch(columns, pa.nulls(len(what), left), pa.nulls(len(what), right))


def _batch(numbers: tuple[npt.NDArray[Any], ...], left_ids: pa.Array, right_ids: pa.Array) -> pa.RecordBatch:
    columns = [pa.array(one).cast(kind) for one, kind in zip(numbers, _TYPES, strict=True)]
    return pa.RecordBatch.from_arrays([*columns, left_ids, right_ids], names=[*_NUMBERS, "left_id", "right_id"])


def counts_of(*, found: Any, blocks: int) -> tuple[dict[int, int], tuple[int, ...]]:
    """Tally by pattern and pairs by block, summed over all tasks."""
    from pyspark.sql import functions as f

    sums = found.filter(f.col("kind") != PAIR).groupBy("kind", "a").agg(f.sum("b").alias("n")).toArrow().to_pylist()
    by_block = {row["a"]: row["n"] for row in sums if row["kind"] == BLOCK}
    tally = {row["a"]: row["n"] for row in sums if row["kind"] == TALLY}
    return tally, tuple(by_block.get(block, 0) for block in range(blocks))


def pairs_in(*, found: Any) -> Any:
    """The kept pairs, without the counts."""
    return found.filter(found.kind == PAIR)


def reweighed(
    *, pairs: Any, common: Common, dominated: dict[int, Ints], method: Method, left_id: str, right_id: str
) -> Any:
    """Kept pairs as they are weighed: the rarity of whole names as it is now that both sides are counted, and numbers
    missing where a left row has that of too many on the right (``dominated``, by field)."""
    as_said = schema(left_id=left_id, right_id=right_id)
    return pairs.mapInArrow(_reweighing(method, common, dominated), as_said)


def _reweighing(
    method: Method, common: Common, dominated: dict[int, Ints]
) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    place = method.first("person_name")

    def work(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            pattern, rarity = batch.column("pattern").to_numpy(), batch.column("rarity").to_numpy()
            pattern = without(a=batch.column("a").to_numpy(), pattern=pattern, dominated=dominated, method=method)
            if place is not None:
                equal = pattern // digit(place=place, method=method) % 10 == 1
                names = batch.column("name").to_numpy().view(np.uint64)
                rarity = np.where(equal, common.of(hashes=names), rarity).astype(np.int32)
            for name, column in (("pattern", pattern), ("rarity", rarity)):
                at = batch.schema.get_field_index(name)
                batch = batch.set_column(at, batch.schema.field(at), pa.array(column))
            yield batch

    return work


def sample_of(*, side: Any, every: int, method: Method, shape: Shape) -> tuple[Lines, npt.NDArray[np.uint64]]:
    """Lines of a packed side drawn by the hash of their ids, in the order of their rows, with these hashes."""
    drawn = side.select("first", "words", "heap", "hashes", "ids").mapInArrow(_drawing(method, every), _SAMPLE)
    rows = sorted(zip(*(drawn.toArrow().column(k) for k in range(4)), strict=True), key=lambda row: row[0].as_py())
    pieces = [
        Lines(array_of(value=words, kind=np.uint32).reshape(-1, shape.width), array_of(value=heap, kind=np.uint8))
        for _, words, heap, _ in rows
    ]
    if not pieces:
        return Lines(np.zeros((0, shape.width), np.uint32), np.zeros(0, np.uint8)), np.zeros(0, np.uint64)
    hashes = np.concatenate([array_of(value=one, kind=np.uint64) for *_, one in rows])
    return joined(pieces=pieces, shape=shape, method=method), hashes


def _drawing(method: Method, every: int) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    def work(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        shape = shape_of(method=method)
        for chunk in chunks(batches=batches, shape=shape):
            here = np.flatnonzero(chunk.hashes % np.uint64(every) == 0)
            if len(here):
                few = _alone(Lines(chunk.lines.words[here], chunk.lines.heap), shape, method)
                parts = [one.tobytes() for one in (few.words, few.heap, chunk.hashes[here])]
                columns = [pa.array([chunk.first], pa.int64()), *(pa.array([part], pa.binary()) for part in parts)]
                yield pa.RecordBatch.from_arrays(columns, names=["first", "words", "heap", "hashes"])

    return work


def _alone(lines: Lines, shape: Shape, method: Method) -> Lines:
    """The same lines with a heap that holds their own letters and no others."""
    words, pieces, used = lines.words.copy(), [], 0
    for at, one in zip(shape.at, method.fields, strict=True):
        if one.kind.name in ("person_name", "text"):
            starts, sizes = words[:, at + 5].astype(np.int64), (words[:, at + 6] & np.uint32(255)).astype(np.int64)
            ends = np.cumsum(sizes)
            letters = np.repeat(starts - (ends - sizes), sizes) + np.arange(int(ends[-1]))
            pieces.append(lines.heap[letters])
            words[:, at + 5] = np.where(sizes > 0, used + ends - sizes, 0).astype(np.uint32)
            used += int(ends[-1])
    heap = np.concatenate(pieces) if pieces else np.zeros(0, np.uint8)
    return Lines(words, heap)


def found_of(
    *,
    slices: Slices,
    tally: dict[int, int],
    by_block: tuple[int, ...],
    rows: int,
    filled: npt.NDArray[np.int64],
    sample: Lines,
) -> search.Found:
    """What a search on one machine brings, but for the pairs, which stay where they are."""
    none = np.zeros(0, np.int64)
    kept = search.Kept(none.astype(np.uint32), none, none, none.astype(np.uint8), none.astype(np.uint32))
    found = search.Found(
        kept, tally, by_block, slices.left_out, np.zeros(0, np.uint32), rows, filled, np.zeros(0, np.uint64), sample
    )
    return replace(found, unreached=slices.unreached)
