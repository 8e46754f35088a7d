"""The register read once for a look-up index: its lines, its letters and its own words on disk, its names counted."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jangkau.complaints import Complaint, Text
from jangkau.linkage.checks import check_kinds, check_unique, given_rows
from jangkau.linkage.kernels import looking, searching
from jangkau.linkage.lines import Lines, Shape, joined, pack
from jangkau.linkage.lookup_files import NAMES, PIECES, RECORDS, WORDS
from jangkau.linkage.lookup_order import Buckets, Layout, Moved, layout, rows_of, write_sorted
from jangkau.linkage.lookup_weights import Drawn
from jangkau.linkage.method import Method
from jangkau.linkage.search import filled, hashes
from jangkau.linkage.sources import Source

DRAWN = 10_000
"""Rows of the register that are looked up in it to see how strangers agree."""
SKETCH = 1 << 22
PIECE = 2048
"""Rows of the register's own words that are packed together: a look-up reads one piece for each person it shows."""
MOST_LETTERS = 1 << 32
BUCKETS = ".buckets"


@dataclass(frozen=True)
class Read:
    """What reading leaves beside the files: rows, letters, rows that have each field, rows that have a name, sizes of
    the tables of words and names, and the rows drawn."""

    rows: int
    heap: int
    filled: npt.NDArray[np.int64]
    people: int
    words: int
    names: int
    drawn: Drawn


@dataclass(frozen=True)
class _Piece:
    """One batch of the register, packed by a worker, its lines by bucket. ``given``: rows that have something in each
    field, ``filled``: those of which it could be understood; ``few``: the lines of the rows ``drawn``."""

    columns: list[pa.Array]
    moved: Moved
    filled: npt.NDArray[np.int64]
    hashes: npt.NDArray[np.uint64]
    given: npt.NDArray[np.int64]
    drawn: npt.NDArray[np.int64]
    few: Lines


def read_register(
    *, source: Source, method: Method, shape: Shape, folder: Path, threads: int, progress: Callable[[int, int], None]
) -> Read:
    """Write what is read to ``folder``. Complaint for a register without rows, for ids that are not unique, and for
    values that are not what their kind can hold."""
    given, understood = np.zeros((2, len(method.fields)), np.int64)
    words = np.zeros(SKETCH, np.uint32)
    names = np.zeros(1 << max(10, source.rows.bit_length()), np.uint32)
    ids = np.zeros(source.rows, np.uint64)
    rows_drawn, few = [], []
    first = letters = people = 0
    order = layout(source=source, method=method, shape=shape)
    buckets = Buckets(folder=folder / BUCKETS)
    with _Records(folder, [source.id_column, *method.columns]) as records:
        for piece in _pieces(source, method, order, threads):
            lines = piece.moved.lines
            if shape.name >= 0:
                looking.count_names(lines.words, shape.name, names)
                searching.count_words(lines.words, lines.heap, shape.name, words)
                people += int(np.count_nonzero(lines.words[:, shape.name + 6]))
            buckets.add(moved=piece.moved, texts=order.texts)
            records.add(piece.columns)
            given += piece.given
            understood += piece.filled
            ids[first : first + len(lines)] = piece.hashes
            rows_drawn.append(piece.drawn + first)
            few.append(piece.few)
            first, letters = first + len(lines), letters + len(lines.heap)
            if letters >= MOST_LETTERS:
                raise _too_large(source)
            progress(first, source.rows)
    buckets.close()
    if not first:
        raise _no_rows(source)
    check_unique(hashes=ids, source=source)
    check_kinds(method=method, given=given, understood=understood, source=source)
    words.tofile(folder / WORDS)
    names.tofile(folder / NAMES)
    del ids
    write_sorted(buckets=buckets, layout=order, folder=folder, threads=threads)
    where = rows_of(folder=folder, register_rows=np.concatenate(rows_drawn), rows=first)
    drawn = Drawn(where, joined(pieces=few, shape=shape, method=method))
    return Read(first, letters, understood, people, len(words), len(names), drawn)


def _pieces(source: Source, method: Method, order: Layout, threads: int) -> Iterator[_Piece]:
    """Batches packed on all threads, in the order of the file."""
    shape = order.shape
    every = np.uint64(max(1, source.rows // DRAWN))

    def one(columns: list[pa.Array], first: int) -> _Piece:
        ids = hashes(columns[0])
        drawn = np.flatnonzero(ids % every == 0)
        some = [column.take(pa.array(drawn)) for column in columns[1:]]
        lines = pack(columns=columns[1:], method=method, shape=shape)
        return _Piece(
            columns,
            order.into_buckets(lines, first),
            filled(lines=lines, method=method, shape=shape),
            ids,
            given_rows(columns=columns[1:], method=method),
            drawn,
            pack(columns=some, method=method, shape=shape),
        )

    running: deque[Future[_Piece]] = deque()
    first = 0
    with ThreadPoolExecutor(threads) as pool:
        for columns in source.batches():
            running.append(pool.submit(one, columns, first))
            first += len(columns[0])
            while len(running) > threads + 1:
                yield running.popleft().result()
        while running:
            yield running.popleft().result()


class _Records:
    """The register's own words, as they are read."""

    def __init__(self, folder: Path, columns: list[str]) -> None:
        self.names = list(dict.fromkeys(columns))
        self.columns = columns
        self.folder = folder
        schema = pa.schema([pa.field(name, pa.string()) for name in self.names])
        options = pa.ipc.IpcWriteOptions(compression="lz4", use_threads=False)
        self.file = pa.ipc.new_file(str(folder / RECORDS), schema, options=options)
        self.starts = [0]

    def add(self, columns: list[pa.Array]) -> None:
        by_name = dict(zip(self.columns, columns, strict=True))
        whole = pa.RecordBatch.from_arrays([by_name[name] for name in self.names], names=self.names)
        for start in range(0, len(whole), PIECE):
            piece = whole.slice(start, PIECE)
            self.file.write_batch(piece)
            self.starts.append(self.starts[-1] + len(piece))

    def __enter__(self) -> _Records:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()
        np.save(self.folder / PIECES, np.array(self.starts, np.int64))


def _no_rows(source: Source) -> Complaint:
    return Complaint(
        what=Text("Register ini tidak berisi baris.", "This register has no rows."),
        where=source.name,
        why=Text("Tidak ada yang dapat dicari.", "There is nobody to find."),
        do=Text("Periksa berkasnya.", "Check the file."),
    )


def _too_large(source: Source) -> Complaint:
    return Complaint(
        what=Text("Register ini terlalu besar untuk satu indeks.", "This register is too large for one index."),
        where=source.name,
        why=Text("Nama-namanya lebih dari 4 GB.", "Its names take more than 4 GB."),
        do=Text("Bagi menurut provinsi, satu indeks untuk setiap bagian.", "Split it by province, one index for each."),
    )
