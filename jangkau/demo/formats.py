"""Writers of the files people send, which know the line they are on; dates and amounts as text."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import IO, Any, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq
import xlsxwriter

from jangkau.demo.habits import Habit

_EPOCH = date(1970, 1, 1)
_FIRST_DAY, _LAST_DAY = -25_567, 20_500  # 1900 to 2026
_MONTHS = [
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
]


@cache
def days(style: str) -> pa.Array:
    """Text of every day of 1900 to 2026 in one style; dates become a lookup."""
    every = [_EPOCH + timedelta(days=number) for number in range(_FIRST_DAY, _LAST_DAY)]
    shapes: dict[str, Callable[[date], str]] = {
        "iso": lambda d: d.isoformat(),
        "day_dash": lambda d: f"{d.day:02d}-{d.month:02d}-{d.year}",
        "day_slash": lambda d: f"{d.day:02d}/{d.month:02d}/{d.year}",
        "day_short": lambda d: f"{d.day:02d}-{d.month:02d}-{d.year % 100:02d}",
        "words": lambda d: f"{d.day} {_MONTHS[d.month - 1]} {d.year}",
    }
    return pa.array([shapes[style](day) for day in every])


def dated(*, day: npt.NDArray[Any], style: str) -> pa.Array:
    return days(style).take(pa.array(day.astype(np.int64) - _FIRST_DAY))


def dotted(amounts: pa.Array) -> pa.Array:
    """50000000 -> '50.000.000'."""
    coded = amounts.dictionary_encode()
    return pa.array([f"{value:,}".replace(",", ".") for value in coded.dictionary.to_pylist()]).take(coded.indices)


class Sheet(Protocol):
    """A list being written. `line` is that of the last row written, as the sender's program shows it."""

    line: int

    def rows(self, table: pa.Table) -> None: ...

    def refused(self, cells: Sequence[str], raw: bytes | None = None) -> None: ...

    def close(self) -> None: ...


class TextSheet:
    """CSV and TXT in any encoding and delimiter, plain or gz (without a time in it)."""

    def __init__(self, *, path: Path, habit: Habit) -> None:
        self._habit = habit
        self._file: IO[bytes] = path.open("wb")
        self._sink: IO[bytes] = self._file
        if path.suffix == ".gz":
            self._sink = gzip.GzipFile(filename="", mode="wb", fileobj=self._file, mtime=0, compresslevel=6)  # type: ignore[assignment]
        self.line = 0
        self._encoding = {"utf-16": "utf-16-le", "utf-8-sig": "utf-8"}.get(habit.encoding, habit.encoding)
        self._sink.write({"utf-16": b"\xff\xfe", "utf-8-sig": b"\xef\xbb\xbf"}.get(habit.encoding, b""))
        for title in (*habit.titles, habit.delimiter.join(header for header, _ in habit.columns)):
            self._text(title + "\n")
            self.line += 1

    def _text(self, text: str) -> None:
        self._sink.write(text.replace("\n", self._habit.line_end).encode(self._encoding))

    def rows(self, table: pa.Table) -> None:
        # Only a comma also stands inside values (", S.Pd."); elsewhere nobody quotes.
        quoting = "needed" if self._habit.delimiter == "," else "none"
        for batch in table.to_batches(max_chunksize=200_000):
            buffer = pa.BufferOutputStream()
            pyarrow.csv.write_csv(
                pa.Table.from_batches([batch]),
                buffer,
                pyarrow.csv.WriteOptions(include_header=False, delimiter=self._habit.delimiter, quoting_style=quoting),
            )
            content = buffer.getvalue().to_pybytes()
            if self._encoding == "utf-8" and self._habit.line_end == "\n":
                self._sink.write(content)
            else:
                self._text(content.decode("utf-8"))
        self.line += table.num_rows

    def refused(self, cells: Sequence[str], raw: bytes | None = None) -> None:
        self._sink.write(raw) if raw else self._text(self._habit.delimiter.join(cells) + "\n")
        self.line += 1

    def close(self) -> None:
        self._sink.close()
        self._file.close()


class ExcelSheet:
    """XLSX written row by row, with a fixed date in its properties; dates as Excel dates, NIK as text."""

    def __init__(self, *, path: Path, habit: Habit) -> None:
        self._habit = habit
        self._book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "default_date_format": "dd/mm/yyyy"})
        self._book.set_properties({"created": datetime(2021, 4, 30, tzinfo=UTC).replace(tzinfo=None)})
        self._sheet = self._book.add_worksheet("Data")
        self._date = self._book.add_format({"num_format": "dd/mm/yyyy"})
        self.line = 0
        for title in habit.titles:
            self._write([title])
        self._write([header for header, _ in habit.columns])

    def _write(self, cells: Sequence[object]) -> None:
        for column, cell in enumerate(cells):
            if isinstance(cell, date):
                self._sheet.write_datetime(self.line, column, cell, self._date)
            elif isinstance(cell, str):
                self._sheet.write_string(self.line, column, cell)
            elif cell is not None:
                self._sheet.write_number(self.line, column, cell)
        self.line += 1

    def rows(self, table: pa.Table) -> None:
        for cells in zip(*(column.to_pylist() for column in table.columns), strict=True):
            self._write(cells)

    def refused(self, cells: Sequence[str], raw: bytes | None = None) -> None:
        self._write(cells)

    def close(self) -> None:
        self._book.close()


class ParquetSheet:
    """Parquet with text columns, as an export of everything-as-text; `line` is the 1-based row."""

    def __init__(self, *, path: Path, habit: Habit) -> None:
        self._schema = pa.schema([(header, pa.string()) for header, _ in habit.columns])
        self._writer = pq.ParquetWriter(path, self._schema, compression="zstd")
        self.line = 0

    def rows(self, table: pa.Table) -> None:
        self._writer.write_table(table.cast(self._schema), row_group_size=250_000)
        self.line += table.num_rows

    def refused(self, cells: Sequence[str], raw: bytes | None = None) -> None:
        self.rows(pa.table([pa.array([cell or None], pa.string()) for cell in cells], schema=self._schema))

    def close(self) -> None:
        self._writer.close()


def open_sheet(*, path: Path, habit: Habit) -> Sheet:
    if path.suffix == ".parquet":
        return ParquetSheet(path=path, habit=habit)
    return ExcelSheet(path=path, habit=habit) if path.suffix == ".xlsx" else TextSheet(path=path, habit=habit)


def excel_dates(*, day: npt.NDArray[Any]) -> pa.Array:
    return pc.cast(pa.array(day.astype(np.int32)), pa.date32())
