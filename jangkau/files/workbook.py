"""XLSX and XLS: the cells of a sheet as text, rows numbered as Excel shows them."""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import islice

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from jangkau.files import faults, sheet_errors
from jangkau.files.cells import checked
from jangkau.files.source import Source
from jangkau.files.table import PREVIEW_ROWS, Batch, Kind, Piece, Preview, Row, blank

BATCH_ROWS = 20_000
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


class WorkbookTable:
    """The visible sheets of a workbook. Hidden ones hold lookups, not lists."""

    encoding: str = "utf-8"

    def __init__(self, source: Source) -> None:
        self._source = source
        self._kept: CalamineSheet | None = None
        self.format = "xlsx" if source.content == "workbook" else "xls"
        self._path = source.local_file()
        if self.format == "xls" and _ENCRYPTED in self._path.read_bytes():
            raise faults.encrypted(source.where)
        with self._faults(), self._quiet():
            self._book = CalamineWorkbook.from_path(str(self._path))
            names = [
                sheet.name
                for sheet in self._book.sheets_metadata
                if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
            ]
            self.previews = tuple(preview for name in names if (preview := self._preview(name)).rows)
        if not self.previews:
            raise faults.empty(source.where)

    def close(self) -> None:
        self._book.close()

    def kind(self, *, column: int) -> Kind:
        return "text"

    def _sheet(self, name: str) -> CalamineSheet:
        """A sheet, which the library reads as a whole: the last one is kept, and only that."""
        if self._kept is None or self._kept.name != name:
            self._kept = None
            with self._quiet():
                self._kept = self._book.get_sheet_by_name(name)
        return self._kept

    @contextmanager
    def _quiet(self) -> Iterator[None]:
        """The library's reader of XLS may panic over a damaged file, and then writes a trace to the error stream by
        itself.

        Only for XLS, which is small: meanwhile the stream is deaf for the whole process.
        """
        if self.format != "xls":
            yield
            return
        kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nowhere, 2)
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            os.close(nowhere)

    def formula_errors(self, *, sheet: str | None, columns: frozenset[int]) -> tuple[str, ...]:
        if self.format == "xls" or sheet is None:
            return ()
        offset = self._sheet(sheet).start or (0, 0)
        wanted = frozenset(column + offset[1] for column in columns)
        return sheet_errors.find(path=self._path, sheet=sheet, columns=wanted)

    def _preview(self, name: str) -> Preview:
        sheet = self._sheet(name)
        rows = (
            Row(number, cells, number)
            for number, values in enumerate(sheet.iter_rows(), start=1)
            if not blank(cells := tuple(cell_text(value) for value in values))
        )
        return Preview(name, tuple(islice(rows, PREVIEW_ROWS)))

    def pieces(self, *, sheet: str | None, after: int, columns: int) -> Iterator[Piece]:
        with self._faults():
            opened = self._sheet(str(sheet))
            total = max(opened.total_height, 1)
            rows = islice(opened.iter_rows(), after, None)
            line = after + 1
            while values := list(islice(rows, BATCH_ROWS)):
                yield Piece(partial(_batch, values, line, columns), self._source.size * (line + len(values)) // total)
                line += len(values)

    @contextmanager
    def _faults(self) -> Iterator[None]:
        try:
            yield
        except PasswordError:
            raise faults.encrypted(self._source.where) from None
        except (CalamineError, OSError, ValueError):
            raise faults.corrupt(self._source.where, self.format.upper()) from None
        except BaseException as error:
            if type(error).__name__ != "PanicException":  # the Rust side gave up; it derives from BaseException
                raise
            raise faults.corrupt(self._source.where, self.format.upper()) from None


def cell_text(value: object) -> str:
    """A cell as text: whole numbers without a decimal point, dates as YYYY-MM-DD."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ")
    return str(value)


def _batch(values: Sequence[Sequence[object]], line: int, columns: int) -> Batch:
    texts: list[pa.Array] = []
    numbers: dict[int, npt.NDArray[np.bool_]] = {}
    for position in range(columns):
        column = [row[position] if position < len(row) else "" for row in values]
        texts.append(pa.array([cell_text(value) for value in column], pa.string()))
        is_number = np.fromiter((type(value) in (float, int) for value in column), bool, len(column))
        if is_number.any():
            numbers[position] = is_number
    return checked(columns=texts, line=np.arange(line, line + len(values)), numbers=numbers)
