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
import pyarrow.compute as pc

from jangkau.complaints import Complaint, Text
from jangkau.linkage.engine import check_kinds, check_unique
from jangkau.linkage.kernels import looking, searching
from jangkau.linkage.lines import Lines, Shape, joined, pack
from jangkau.linkage.lookup_files import HEAP, LINES, NAMES, PIECES, RECORDS, WORDS
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
    """One batch of the register, packed by a worker. ``few``: the lines of the rows drawn."""

    columns: list[pa.Array]
    lines: Lines
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
    with _Files(folder, [source.id_column, *method.columns]) as written:
        for piece in _pieces(source, method, shape, threads):
            if shape.name >= 0:
                looking.count_names(piece.lines.words, shape.name, names)
                searching.count_words(piece.lines.words, piece.lines.heap, shape.name, words)
                people += int(np.count_nonzero(piece.lines.words[:, shape.name + 6]))
            _add_base(piece.lines.words, method, shape, letters)
            written.add(piece.columns, piece.lines)
            given += piece.given
            understood += filled(lines=piece.lines, method=method, shape=shape)
            ids[first : first + len(piece.lines)] = piece.hashes
            rows_drawn.append(piece.drawn + first)
            few.append(piece.few)
            first, letters = first + len(piece.lines), letters + len(piece.lines.heap)
            if letters >= MOST_LETTERS:
                raise _too_large(source)
            progress(first, source.rows)
    if not first:
        raise _no_rows(source)
    check_unique(hashes=ids, source=source)
    check_kinds(method=method, given=given, understood=understood, source=source)
    words.tofile(folder / WORDS)
    names.tofile(folder / NAMES)
    drawn = Drawn(np.concatenate(rows_drawn), joined(pieces=few, shape=shape, method=method))
    return Read(first, letters, understood, people, len(words), len(names), drawn)


def _pieces(source: Source, method: Method, shape: Shape, threads: int) -> Iterator[_Piece]:
    """Batches packed on all threads, in the order of the file."""
    every = np.uint64(max(1, source.rows // DRAWN))

    def one(columns: list[pa.Array]) -> _Piece:
        ids = hashes(columns[0])
        drawn = np.flatnonzero(ids % every == 0)
        some = [column.take(pa.array(drawn)) for column in columns[1:]]
        by_name = dict(zip(method.columns, columns[1:], strict=True))
        there = [max(_not_empty(by_name[name]) for name in field.columns) for field in method.fields]
        return _Piece(
            columns,
            pack(columns=columns[1:], method=method, shape=shape),
            ids,
            np.array(there, np.int64),
            drawn,
            pack(columns=some, method=method, shape=shape),
        )

    running: deque[Future[_Piece]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        for columns in source.batches():
            running.append(pool.submit(one, columns))
            while len(running) > threads + 1:
                yield running.popleft().result()
        while running:
            yield running.popleft().result()


def _add_base(words: npt.NDArray[np.uint32], method: Method, shape: Shape, base: int) -> None:
    """Letters of one piece stand behind those of the pieces before."""
    for place, one in enumerate(method.fields):
        if one.kind.name in ("person_name", "text"):
            words[:, shape.at[place] + 5] += np.uint32(base)


class _Files:
    """The files that grow while the register is read."""

    def __init__(self, folder: Path, columns: list[str]) -> None:
        self.names = list(dict.fromkeys(columns))
        self.columns = columns
        self.folder = folder
        self.lines = (folder / LINES).open("wb")
        self.heap = (folder / HEAP).open("wb")
        schema = pa.schema([pa.field(name, pa.string()) for name in self.names])
        options = pa.ipc.IpcWriteOptions(compression="lz4", use_threads=False)
        self.records = pa.ipc.new_file(str(folder / RECORDS), schema, options=options)
        self.starts = [0]

    def add(self, columns: list[pa.Array], lines: Lines) -> None:
        lines.words.tofile(self.lines)
        lines.heap.tofile(self.heap)
        by_name = dict(zip(self.columns, columns, strict=True))
        whole = pa.RecordBatch.from_arrays([by_name[name] for name in self.names], names=self.names)
        for start in range(0, len(whole), PIECE):
            piece = whole.slice(start, PIECE)
            self.records.write_batch(piece)
            self.starts.append(self.starts[-1] + len(piece))

    def __enter__(self) -> _Files:
        return self

    def __exit__(self, *_: object) -> None:
        self.lines.close()
        self.heap.close()
        self.records.close()
        np.save(self.folder / PIECES, np.array(self.starts, np.int64))


def _not_empty(column: pa.Array) -> int:
    return int(pc.sum(pc.greater(pc.binary_length(column), 0)).as_py() or 0)


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
