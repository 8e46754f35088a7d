"""Parquet: columns of any type that a list can use, as text."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from jangkau.files import faults
from jangkau.files.cells import as_text, checked, kind_of
from jangkau.files.source import Source
from jangkau.files.table import Batch, Kind, Piece, Preview, Row

BATCH_ROWS = 122_880


class ParquetTable:
    """A Parquet file. Its header is line 0, so that rows are counted from 1."""

    format: str = "parquet"
    encoding: str = "utf-8"

    def __init__(self, source: Source) -> None:
        self._source = source
        with self._faults():
            self._file = pq.ParquetFile(source.local_file(), memory_map=False, pre_buffer=False)
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
            for batch in self._file.iter_batches(batch_size=BATCH_ROWS, use_threads=False):
                rows = batch.num_rows
                # Names of columns may stand in the first rows, where a CSV was converted without care.
                skip = min(max(after - line + 1, 0), rows)
                yield Piece(
                    partial(_batch, batch.slice(skip), line + skip), self._source.size * (line - 1 + rows) // total
                )
                line += rows

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except (pa.ArrowException, OSError, ValueError):
            raise faults.corrupt(self._source.where, "Parquet") from None


def _batch(batch: pa.RecordBatch, line: int) -> Batch:
    texts = [as_text(pa.chunked_array([column])) for column in batch.columns]
    numbers = {position: mask for position, (_, mask) in enumerate(texts) if mask is not None}
    lines = np.arange(line, line + batch.num_rows)
    return checked(columns=[text for text, _ in texts], line=lines, numbers=numbers)
