"""Rows of a look-up index by their keys of one block, so that those who are compared together stand together.

Whoever shares a birth date, a sex and a first name is one of up to two thousand; read from as many places they cost ten
times what comparing them takes. So the rows are laid out by the key of the block that brings most comparisons: first
into buckets by its high bits, while the register is read, then each bucket is sorted. `order.bin` says which row of the
register each one was.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

from jangkau.linkage.kernels import looking
from jangkau.linkage.lines import Lines, Shape, pack
from jangkau.linkage.lookup_files import HEAP, LINES, ORDER
from jangkau.linkage.method import Method
from jangkau.linkage.sources import Source, as_text

Ints = npt.NDArray[np.int64]
BUCKETS_BITS = 6
BUCKETS = 1 << BUCKETS_BITS
SAMPLES, SAMPLED = 32, 1_000
"""Places of the file that are looked at, and rows at each, to see which block brings most comparisons."""
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class Moved:
    """Lines in another order: ``rows``: their numbers in the register; ``letters``: where each one's begin, and their
    end; ``bounds``: where each bucket begins."""

    lines: Lines
    rows: npt.NDArray[np.uint32]
    letters: Ints
    bounds: Ints


@dataclass(frozen=True)
class Layout:
    """By which block rows are laid out, and which words of a line say where letters are."""

    shape: Shape
    block: int
    texts: Ints

    def keys(self, words: npt.NDArray[np.uint32], rows: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint64]:
        """The key of each row; rows without one are spread, not heaped into one bucket."""
        keys = np.empty(len(words), np.uint64)
        looking.keys_of_lines(words, self.shape.parts, self.shape.blocks, self.block, keys, 0)
        return np.where(keys == 0, (rows.astype(np.uint64) + np.uint64(1)) * _GOLDEN, keys)

    def moved(self, lines: Lines, rows: npt.NDArray[np.uint32], by: npt.NDArray[np.uint64]) -> Moved:
        """Lines and their letters in rising order of ``by``, equal ones as they were."""
        order = np.argsort(by, kind="stable")
        words, heap = np.empty_like(lines.words), np.empty_like(lines.heap)
        letters = np.zeros(len(lines) + 1, np.int64)
        looking.move(lines.words, lines.heap, order, self.texts, words, heap, letters)
        bounds = np.searchsorted(by[order], np.arange(BUCKETS + 1, dtype=np.uint64))
        return Moved(Lines(words, heap[: letters[-1]]), rows[order], letters, bounds)

    def into_buckets(self, lines: Lines, first: int) -> Moved:
        """A piece of the register, its rows by bucket."""
        rows = np.arange(first, first + len(lines), dtype=np.uint32)
        return self.moved(lines, rows, self.keys(lines.words, rows) >> np.uint64(64 - BUCKETS_BITS))


def layout(*, source: Source, method: Method, shape: Shape) -> Layout:
    """Lay rows out by the block in which most pairs of a sample have the same key."""
    texts = [at for at, one in zip(shape.at, method.fields, strict=True) if one.kind.name in ("person_name", "text")]
    pairs = np.zeros(len(shape.blocks), np.int64)
    words = np.concatenate([np.zeros((0, shape.width), np.uint32), *_sample(source, method, shape)])
    for b in range(len(shape.blocks)):
        keys = np.zeros(len(words), np.uint64)
        looking.keys_of_lines(words, shape.parts, shape.blocks, b, keys, 0)
        _, times = np.unique(keys[keys != 0], return_counts=True)
        # a value that a tenth of all rows share will be left out of the block
        pairs[b] = int((times * (times - 1))[times * 10 <= len(words)].sum())
    return Layout(shape, int(np.argmax(pairs)), np.array(texts, np.int64))


def _sample(source: Source, method: Method, shape: Shape) -> Iterator[npt.NDArray[np.uint32]]:
    """Lines from places spread over the file."""
    with pq.ParquetFile(source.path) as file:
        groups = np.unique(np.linspace(0, max(file.num_row_groups - 1, 0), SAMPLES).astype(int)).tolist()
        for group in groups if file.num_row_groups else []:
            batches = file.iter_batches(
                batch_size=SAMPLED, row_groups=[group], columns=list(method.columns), use_threads=False
            )
            for batch in batches:
                columns = [as_text(batch.column(name)) for name in method.columns]
                yield pack(columns=columns, method=method, shape=shape).words
                break


class Buckets:
    """The files of the buckets, while the register is read."""

    def __init__(self, *, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder
        self._files = {
            (p, name): self._path(p, name).open("wb") for p in range(BUCKETS) for name in (LINES, HEAP, ORDER)
        }
        self._letters = [0] * BUCKETS

    def _path(self, p: int, name: str) -> Path:
        return self.folder / f"{p:02d}-{name}"

    def add(self, *, moved: Moved, texts: Ints) -> None:
        """Append a piece, bucket by bucket."""
        for p in range(BUCKETS):
            start, end = moved.bounds[p], moved.bounds[p + 1]
            if start == end:
                continue
            words = moved.lines.words[start:end]
            begin, stop = moved.letters[start], moved.letters[end]
            for at in texts:
                words[:, at + 5] += np.uint32((self._letters[p] - begin) % 2**32)
            self._letters[p] += int(stop - begin)
            words.tofile(self._files[p, LINES])
            moved.lines.heap[begin:stop].tofile(self._files[p, HEAP])
            moved.rows[start:end].tofile(self._files[p, ORDER])

    def close(self) -> None:
        for file in self._files.values():
            file.close()

    def read(self, *, p: int, width: int) -> tuple[Lines, npt.NDArray[np.uint32]]:
        """One bucket; its files are deleted."""
        paths = [self._path(p, name) for name in (LINES, HEAP, ORDER)]
        words, rows = (np.fromfile(path, np.uint32) for path in (paths[0], paths[2]))
        heap = np.fromfile(paths[1], np.uint8)
        for path in paths:
            path.unlink()
        return Lines(words.reshape(-1, width), heap), rows


def write_sorted(*, buckets: Buckets, layout: Layout, folder: Path, threads: int) -> int:
    """Sort each bucket and write lines, letters and order of the whole register; returns the letters."""

    def one(p: int) -> Moved:
        lines, rows = buckets.read(p=p, width=layout.shape.width)
        return layout.moved(lines, rows, layout.keys(lines.words, rows))

    letters = 0
    with (
        ThreadPoolExecutor(threads) as pool,
        (folder / LINES).open("wb") as lines,
        (folder / HEAP).open("wb") as heap,
        (folder / ORDER).open("wb") as order,
    ):
        for first in range(0, BUCKETS, threads):
            for moved in pool.map(one, range(first, min(first + threads, BUCKETS))):
                letters += _append(moved, layout.texts, letters, lines, heap, order)
    return letters


def _append(moved: Moved, texts: Ints, base: int, lines: BinaryIO, heap: BinaryIO, order: BinaryIO) -> int:
    for at in texts:
        moved.lines.words[:, at + 5] += np.uint32(base)
    moved.lines.words.tofile(lines)
    moved.lines.heap.tofile(heap)
    moved.rows.tofile(order)
    return len(moved.lines.heap)


def rows_of(*, folder: Path, register_rows: Ints, rows: int) -> Ints:
    """Where rows of the register (rising) stand in the index."""
    order = np.fromfile(folder / ORDER, np.uint32)
    wanted = np.zeros(rows, dtype=bool)
    wanted[register_rows] = True
    here = np.flatnonzero(wanted[order])
    return here[np.argsort(order[here], kind="stable")]
