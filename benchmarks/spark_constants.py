"""The constants from which docs/scale.md reckons what a cluster takes.

    python -m benchmarks.spark_constants [--scale 0.1] [--threads 2] [--whole]

The very functions that Spark runs in its tasks are run here on one core, on invented list rows and register: seconds
are of the processor (not of the clock, so that other work on the machine hardly shows), bytes are of what a task hands
on. How many pairs are compared follows from the sizes of both sides: three sizes show how they grow. With --whole the
linkage is also run from end to end by both engines, the largest size, seconds of the clock. With --growth pairs are
counted against up to 13 million left rows (8 GB of memory; makes 13M x 60M invented rows first).
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.invented import Pair, invented_pair
from benchmarks.processes import METHODS, link_command, measured
from benchmarks.rows import Row, Size, size_flags, size_of, table
from jangkau.linkage import index as indexes
from jangkau.linkage import method_file, search, spark_packing, spark_search, spark_slices
from jangkau.linkage.lines import Lines, joined, shape_of
from jangkau.linkage.method import Method

LEFT, RIGHT = 1_000_000, 5_000_000
STEPS = (0.25, 0.5, 1.0)
NATIONAL_LEFT, NATIONAL_RIGHT = 13_000_000, 60_000_000
GROWTH = ((0.08, 200), (0.32, 200), (1.0, 200), (1.0, 9))
"""Shares of the left side, and `largest_block`: 9 among 13 million rows is as common as 200 among 300 million."""
_BATCH = 1 << 17


@dataclass(frozen=True)
class Constants:
    """Of one size; seconds of one core."""

    left: int
    right: int
    pack: float
    row_bytes: float
    index: float
    index_bytes: float
    probe: float
    compare: float
    compared: int
    kept: int
    kept_bytes: float


def constants(*, pair: Pair, method: Method) -> Constants:
    """Pack both sides, index the left one, search with the right one."""
    began = time.process_time()
    left = _packed(pair.left, method.left_id, method)
    right = _packed(pair.right, method.right_id, method)
    rows = pair.left_rows + pair.right_rows
    pack = (time.process_time() - began) / rows
    size = sum(batch.nbytes for batch in (*left, *right)) / rows
    shape = shape_of(method=method)
    began = time.process_time()
    pieces = list(spark_packing.chunks(batches=iter(left), shape=shape))
    lines = joined(pieces=[piece.lines for piece in pieces], shape=shape, method=method)
    index = indexes.build(lines=lines, method=method, shape=shape, threads=1)
    names, counts = indexes.count_names(pieces=[lines], known=lines, shape=shape)
    rarity = indexes.rarity(lines=lines, names=names, counts=counts, shape=shape)
    built = (time.process_time() - began) / pair.left_rows
    belief = search.belief(method=method, left_rows=pair.left_rows, right_rows=pair.right_rows)
    searcher = search.Searcher(method, shape, index, names, rarity, belief, same=False)
    piece = spark_slices.Slice(0, index, rarity, pa.concat_arrays([piece.ids for piece in pieces]))
    whole, compared, kept, size_kept = _searched(right, searcher, piece)
    nothing = replace(index, seen=np.zeros_like(index.seen))
    blind = search.Searcher(method, shape, nothing, names, rarity, belief, same=False)
    probe, *_ = _searched(right, blind, piece)
    return Constants(
        left=pair.left_rows,
        right=pair.right_rows,
        pack=pack,
        row_bytes=size,
        index=built,
        index_bytes=(index.nbytes + rarity.nbytes) / pair.left_rows,
        probe=probe / pair.right_rows,
        compare=(whole - probe) / max(compared, 1),
        compared=compared,
        kept=kept,
        kept_bytes=size_kept / max(kept, 1),
    )


def _packed(path: Path, id_column: str, method: Method) -> list[pa.RecordBatch]:
    """What the packing tasks of a side hand on."""
    return list(spark_packing.packer(method=method, sizes=spark_packing.Sizes())(_numbered(path, id_column, method)))


def _numbered(path: Path, id_column: str, method: Method) -> Iterator[pa.RecordBatch]:
    first = 0
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(_BATCH, columns=[id_column, *method.columns]):
            columns = [pa.array(np.arange(first, first + batch.num_rows)), batch.column(id_column)]
            columns += [batch.column(name) for name in method.columns]
            names = ["row", "id", *(f"c{k}" for k in range(len(method.columns)))]
            yield pa.RecordBatch.from_arrays(columns, names=names)
            first += batch.num_rows


def _searched(
    right: list[pa.RecordBatch], searcher: search.Searcher, piece: spark_slices.Slice
) -> tuple[float, int, int, int]:
    """Seconds, pairs compared, pairs kept and their bytes."""
    compared = kept = size = 0
    began = time.process_time()
    for chunk in spark_packing.chunks(batches=iter(right), shape=searcher.shape):
        counted = np.zeros(len(chunk.lines), dtype=bool)
        found = searcher.batch(lines=chunk.lines, first=0, counted=counted)
        compared += int(np.asarray(found[7], np.int64).sum())
        kept += len(found[0])
        if len(found[0]):
            size += spark_search.pairs_of(found=found, chunk=chunk, piece=piece, shape=searcher.shape).nbytes
    return time.process_time() - began, compared, kept, size


def growth(*, pair: Pair, method: Method, steps: tuple[tuple[float, int], ...] = GROWTH) -> list[Row]:
    """Pairs compared by one right row, with more and more left rows in the index: shares of the left side drawn by the
    hash of their ids, against one right row in a hundred."""
    shape, rows = shape_of(method=method), []
    right = list(_chunks(pair.right, method.right_id, method, every=100))
    left = list(_chunks(pair.left, method.left_id, method))
    for step, largest in steps:
        pieces = []
        for chunk in left:
            drawn = chunk.hashes % np.uint64(1000) < np.uint64(round(1000 * step))
            pieces.append(Lines(chunk.lines.words[drawn], chunk.lines.heap))
        lines = joined(pieces=pieces, shape=shape, method=method)
        del pieces
        blocked = replace(method, largest_block=largest)
        index = indexes.build(lines=lines, method=blocked, shape=shape, threads=1)
        names, counts = indexes.count_names(pieces=[lines], known=lines, shape=shape)
        rarity = indexes.rarity(lines=lines, names=names, counts=counts, shape=shape)
        belief = search.belief(method=method, left_rows=pair.left_rows, right_rows=pair.right_rows)
        searcher = search.Searcher(method, shape, index, names, rarity, belief, same=False)
        began = time.process_time()
        compared = sum(_compared(chunk, searcher) for chunk in right)
        spent = time.process_time() - began
        asked = sum(len(chunk.lines) for chunk in right)
        at = f"{len(lines) / 1e6:.1f}M left rows, largest_block {largest}"
        rows += [
            Row(f"{at}: pairs compared, per right row", f"{compared / asked:.2f}"),
            Row(f"{at}: look up and compare, seconds a million right rows", f"{spent / asked * 1e6:.2f}"),
            Row(f"{at}: rows under keys left out, of all keys", f"{_left_out(index, len(lines)):.2%}"),
        ]
        rows += [
            Row(f"{at}, block {one.block}: left out", f"{one.keys} keys, {one.rows / len(lines):.2%} of the rows")
            for one in index.left_out
            if one.keys
        ]
        del index, lines, searcher
    return rows


def _chunks(path: Path, id_column: str, method: Method, every: int = 1) -> Iterator[spark_packing.Chunk]:
    packer = spark_packing.packer(method=method, sizes=spark_packing.Sizes())
    batches = (batch.take(pa.array(range(0, batch.num_rows, every))) for batch in _numbered(path, id_column, method))
    return spark_packing.chunks(batches=packer(map(_renumbered, batches)), shape=shape_of(method=method))


def _renumbered(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Rows that follow each other, so that they stay in one chunk."""
    return batch.set_column(0, "row", pa.array(np.arange(batch.num_rows)))


def _compared(chunk: spark_packing.Chunk, searcher: search.Searcher) -> int:
    counted = np.zeros(len(chunk.lines), dtype=bool)
    return int(np.asarray(searcher.batch(lines=chunk.lines, first=0, counted=counted)[7], np.int64).sum())


def _left_out(index: indexes.Index, rows: int) -> float:
    return sum(one.rows for one in index.left_out) / max(rows * len(index.left_out), 1)


def measure(size: Size, *, whole: bool = False) -> list[Row]:
    """Constants at three sizes, then both engines from end to end."""
    method = method_file.read(path=METHODS / "people.yaml")
    rows: list[Row] = []
    pair = None
    for step in STEPS:
        left, right = size.rows(round(LEFT * step)), size.rows(round(RIGHT * step))
        pair = invented_pair(folder=size.folder / f"{left}x{right}", left_rows=left, right_rows=right, seed=1)
        if not rows:
            constants(pair=pair, method=method)  # compiles what is not yet compiled
        found = constants(pair=pair, method=method)
        rows += _rows(found)
    if whole and pair is not None:
        rows += _whole(pair, size.threads)
    return rows


def _rows(found: Constants) -> list[Row]:
    at = f"{found.left / 1e6:g}M x {found.right / 1e6:g}M"
    return [
        Row(f"{at}: pack, seconds a million rows", f"{found.pack * 1e6:.2f}"),
        Row(f"{at}: bytes of a packed row", f"{found.row_bytes:.0f}"),
        Row(f"{at}: index, seconds a million left rows", f"{found.index * 1e6:.2f}"),
        Row(f"{at}: index, bytes a left row", f"{found.index_bytes:.0f}"),
        Row(f"{at}: look up the keys, seconds a million right rows", f"{found.probe * 1e6:.2f}"),
        Row(f"{at}: pairs compared, per right row", f"{found.compared / found.right:.2f}"),
        Row(f"{at}: a comparison, ns", f"{found.compare * 1e9:.0f}"),
        Row(f"{at}: pairs kept, per left row", f"{found.kept / found.left:.2f}"),
        Row(f"{at}: bytes of a kept pair", f"{found.kept_bytes:.0f}"),
    ]


def _whole(pair: Pair, threads: int) -> list[Row]:
    rows = []
    with tempfile.TemporaryDirectory() as name:
        for engine in ("duckdb", "spark"):
            out = Path(name) / engine
            command = link_command(files=[pair.left, pair.right], method="people", out=out, threads=threads)
            done = measured(command=[*command, "--engine", engine])
            rows.append(Row(f"from end to end, {engine}, {threads} threads, seconds", f"{done.seconds:.1f}"))
            shutil.rmtree(out, ignore_errors=True)
    return rows


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    size_flags(parser)
    parser.add_argument("--whole", action="store_true", help="run both engines from end to end too")
    parser.add_argument("--growth", action="store_true", help="count pairs against up to 13 million left rows")
    arguments = parser.parse_args()
    size = size_of(arguments)
    if arguments.growth:
        left, right = size.rows(NATIONAL_LEFT), size.rows(NATIONAL_RIGHT)
        pair = invented_pair(folder=size.folder / f"{left}x{right}", left_rows=left, right_rows=right, seed=1)
        print(table(growth(pair=pair, method=method_file.read(path=METHODS / "people.yaml"))), flush=True)
        return
    print(table(measure(size, whole=arguments.whole)), flush=True)


if __name__ == "__main__":
    main()
