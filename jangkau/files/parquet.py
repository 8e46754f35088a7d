"""Parquet: columns of any type that a list can use, as text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from jangkau.files import faults
from jangkau.files.cells import as_text, checked, kind_of
from jangkau.files.source import Source
from jangkau.files.table import Batch, Kind, Piece, Preview, Row

BATCH_ROWS = 122_880
# Bytes per cell, dictionaries included, below which the words of a column repeat.
_REPEATS = 3


class ParquetTable:
    """A Parquet file. Its header is line 0, so that rows are counted from 1."""

    format: str = "parquet"
    encoding: str = "utf-8"

    def __init__(self, source: Source) -> None:
        self._source = source
        with self._faults():
            path = source.local_file()
            with pq.ParquetFile(path) as file:
                repeating = _repeating(file)
            self._file = pq.ParquetFile(path, memory_map=False, pre_buffer=False, read_dictionary=repeating)
            self._schema = self._file.schema_arrow
            first = next(self._file.iter_batches(batch_size=60), None)
            texts = [as_text(pa.chunked_array([c]))[0].to_pylist() for c in first.columns] if first is not None else []
        header = Row(0, tuple(self._schema.names), 0)
        rows = [Row(n + 1, tuple(cells), n + 1) for n, cells in enumerate(zip(*texts, strict=True))]
        self.previews = (Preview(None, (header, *rows)),)

    def close(self) -> None:
        self._file.close()

    def kind(self, *, column: int) -> Kind:
        return kind_of(self._schema.field(column).type)

    def formula_errors(self, *, sheet: str | None, columns: frozenset[int]) -> tuple[str, ...]:
        return ()

    def pieces(self, *, sheet: str | None, after: int, columns: int) -> Iterator[Piece]:
        total = max(self._file.metadata.num_rows, 1)
        line = 1
        with self._faults():
            for batch in _of_some_size(self._file.iter_batches(batch_size=BATCH_ROWS, use_threads=False)):
                rows = batch.num_rows
                # Names of columns may stand in the first rows, where a CSV was converted without care.
                skip = min(max(after - line + 1, 0), rows)
                lines = np.arange(line + skip, line + rows)
                yield Piece(partial(_batch, batch.slice(skip), lines), self._source.size * (line - 1 + rows) // total)
                line += rows

    @property
    def count(self) -> int:
        return int(self._file.metadata.num_rows)

    def column(self, *, column: int, after: int) -> Iterator[tuple[int, pa.Array]]:
        line, name = 1, self._schema.names[column]
        with self._faults():
            # By the name "No" the file also gives the column "No. Kartu".
            for batch in self._file.iter_batches(batch_size=BATCH_ROWS, columns=[name], use_threads=False):
                cells = batch.column(batch.schema.names.index(name))
                skip = min(max(after - line + 1, 0), batch.num_rows)
                yield line + skip, as_text(pa.chunked_array([cells.slice(skip)]))[0]
                line += batch.num_rows

    def rows(self, *, lines: npt.NDArray[np.int64]) -> Iterator[Batch]:
        sizes = [self._file.metadata.row_group(n).num_rows for n in range(self._file.num_row_groups)]
        ends = np.cumsum([0, *sizes])
        with self._faults():
            for group in np.unique(np.searchsorted(ends, lines) - 1).tolist():
                line = int(ends[group]) + 1
                for batch in self._file.iter_batches(batch_size=BATCH_ROWS, row_groups=[group]):
                    some = lines[(lines >= line) & (lines < line + batch.num_rows)]
                    if len(some):
                        yield _batch(batch.take(pa.array(some - line)), some)
                    line += batch.num_rows

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except (pa.ArrowException, OSError, ValueError):
            raise faults.corrupt(self._source.where, "Parquet") from None


def _repeating(file: pq.ParquetFile) -> list[str]:
    """Columns of texts that the file holds mostly as numbers of words in a dictionary, to be read as such."""
    size: Counter[str] = Counter()
    names = [field.name for field in file.schema_arrow if pa.types.is_string(field.type)]
    for group in range(file.num_row_groups):
        columns = file.metadata.row_group(group)
        for number in range(columns.num_columns):
            column = columns.column(number)
            size[column.path_in_schema] += column.total_uncompressed_size
    return [name for name in names if 0 < size[name] < _REPEATS * file.metadata.num_rows]


def _of_some_size(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Small batches joined: with dictionaries they end where a part of the file (row group) ends."""
    waiting: list[pa.RecordBatch] = []
    for batch in batches:
        waiting.append(batch)
        if sum(part.num_rows for part in waiting) * 2 >= BATCH_ROWS:
            yield _joined(waiting)
            waiting = []
    if waiting:
        yield _joined(waiting)


def _joined(batches: list[pa.RecordBatch]) -> pa.RecordBatch:
    if len(batches) == 1:
        return batches[0]
    table = pa.Table.from_batches(batches).unify_dictionaries().combine_chunks()
    return pa.RecordBatch.from_arrays([column.chunk(0) for column in table.columns], schema=table.schema)


def _batch(batch: pa.RecordBatch, lines: npt.NDArray[np.int64]) -> Batch:
    texts = [as_text(pa.chunked_array([column])) for column in batch.columns]
    numbers = {position: mask for position, (_, mask) in enumerate(texts) if mask is not None}
    return checked(columns=[text for text, _ in texts], line=lines, numbers=numbers)
