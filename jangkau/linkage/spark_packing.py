"""Rows packed where they are read: chunks of a few thousand lines as one row of bytes each, which is all that moves on.

A chunk is whole: words, folded letters, hashes of ids and the ids themselves. Nothing else of a record leaves the task
that read it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jangkau.linkage import checks, search
from jangkau.linkage.lines import Lines, Shape, pack, shape_of
from jangkau.linkage.method import Method
from jangkau.linkage.sources import as_text

Ints = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]
SCHEMA = (
    "zone long, first long, rows int, words binary, heap binary, hashes binary, ids binary, "
    "filled array<long>, given array<long>"
)


@dataclass(frozen=True)
class Sizes:
    """Rows to a chunk, to a zone (left rows whose pairs one task judges) and to a slice (left rows of one index); each
    a multiple of the one before. None of them changes a figure."""

    chunk: int = 1 << 14
    zone: int = 1 << 18
    slice: int = 1 << 24


def sizes_for(*, memory: int | None, threads: int, method: Method) -> Sizes:
    """Slices that so many tasks may build beside each other: Python has two thirds of the memory, Java the rest."""
    sizes = Sizes()
    if memory is None:
        return sizes
    a_row = 3 * (4 * shape_of(method=method).width + 30) + 30 * len(method.blocks)
    rows = memory * 2 // 3 // threads // a_row
    return replace(sizes, slice=min(sizes.slice, max(rows // sizes.zone, 1) * sizes.zone))


@dataclass(frozen=True)
class Chunk:
    """Lines of one side that stand behind each other."""

    first: int
    lines: Lines
    hashes: Hashes
    ids: pa.Array


def packed(*, rows: Any, method: Method, sizes: Sizes) -> Any:
    """Numbered rows (`row`, `id`, columns) as chunks."""
    return rows.mapInArrow(packer(method=method, sizes=sizes), SCHEMA)


def packer(*, method: Method, sizes: Sizes) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """The task that packs: batches of numbered rows to batches of chunks."""

    def work(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        shape = shape_of(method=method)
        for batch in batches:
            for start, end in _runs(batch.column("row").to_numpy(), sizes.chunk):
                yield _chunk(batch.slice(start, end - start), method, shape, sizes)

    return work


def _runs(rows: Ints, chunk: int) -> Iterator[tuple[int, int]]:
    """Stretches of rows that follow each other and lie in one chunk."""
    breaks = np.flatnonzero((np.diff(rows) != 1) | (np.diff(rows // chunk) != 0)) + 1
    edges = [0, *breaks.tolist(), len(rows)]
    return ((a, b) for a, b in pairwise(edges) if b > a)


def _chunk(batch: pa.RecordBatch, method: Method, shape: Shape, sizes: Sizes) -> pa.RecordBatch:
    ids = batch.column("id")
    columns = [as_text(batch.column(f"c{k}")) for k in range(len(method.columns))]
    lines = pack(columns=columns, method=method, shape=shape)
    first = int(batch.column("row")[0].as_py())
    return pa.RecordBatch.from_pydict(
        {
            "zone": pa.array([first // sizes.zone], pa.int64()),
            "first": pa.array([first], pa.int64()),
            "rows": pa.array([len(lines)], pa.int32()),
            "words": bytes_of(array=lines.words),
            "heap": bytes_of(array=lines.heap),
            "hashes": bytes_of(array=search.hashes(as_text(ids))),
            "ids": pa.array([_written(ids)], pa.binary()),
            "filled": pa.array([search.filled(lines=lines, method=method, shape=shape).tolist()], pa.list_(pa.int64())),
            "given": pa.array([checks.given_rows(columns=columns, method=method).tolist()], pa.list_(pa.int64())),
        }
    )


def bytes_of(*, array: npt.NDArray[Any]) -> pa.Array:
    """One binary value."""
    return pa.array([array.tobytes()], pa.binary())


def _written(ids: pa.Array) -> bytes:
    batch = pa.RecordBatch.from_arrays([ids], names=["id"])
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    return sink.getvalue().to_pybytes()  # type: ignore[no-any-return]


def chunks(*, batches: Iterator[pa.RecordBatch], shape: Shape) -> Iterator[Chunk]:
    """The chunks in batches of packed rows."""
    for batch in batches:
        for k in range(batch.num_rows):
            words = array_of(value=batch.column("words")[k], kind=np.uint32).reshape(-1, shape.width)
            heap = array_of(value=batch.column("heap")[k], kind=np.uint8)
            hashes = array_of(value=batch.column("hashes")[k], kind=np.uint64)
            yield Chunk(
                batch.column("first")[k].as_py(), Lines(words, heap), hashes, ids_of(value=batch.column("ids")[k])
            )


def array_of(*, value: pa.BinaryScalar, kind: type[np.generic]) -> npt.NDArray[Any]:
    """The array in a binary value; a copy, because compiled code is made anew for arrays that cannot be written."""
    return np.frombuffer(value.as_buffer(), kind).copy()


def ids_of(*, value: pa.BinaryScalar) -> pa.Array:
    """The ids of a chunk, of the type that they have in the file."""
    with pa.ipc.open_stream(value.as_buffer()) as reader:
        return reader.read_all().column(0).combine_chunks()


def spread_hashes(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The hashes of ids, one a row."""
    for batch in batches:
        for one in batch.column("hashes"):
            yield pa.RecordBatch.from_arrays([pa.array(array_of(value=one, kind=np.int64))], names=["hash"])
