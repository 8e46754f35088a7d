"""Files of people to take away, as CSV or XLSX: marked with who asked, what for and when; no cell of them runs."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlsxwriter

from jangkau.platform.intake.refused_rows import safe
from jangkau.platform.registry.models import Export

A_SHEET = 1_000_000
"""Rows of a sheet; a workbook has as many sheets as it needs."""
A_CELL = 32_000
"""Letters of a cell of a workbook; a spreadsheet holds no more."""
Row = tuple[str, ...]


@dataclass(frozen=True)
class Shape:
    """What a file is about: ``mark`` stands above the rows and in the footer; ``title`` names a sheet, with its number
    where it says {}; ``widths`` of columns in letters."""

    mark: str
    title: str
    headings: Row
    widths: Sequence[int]


@contextmanager
def beside(*, export: Export) -> Iterator[Path]:
    """Where to write the file of an export; it takes its place when all of it is there. What a worker that was killed
    has left of it is removed."""
    for left in export.path.parent.glob(f"{export.path.stem}.*.part"):
        left.unlink(missing_ok=True)
    path = export.path.with_suffix(f".{os.getpid()}.part")
    try:
        yield path
        path.replace(export.path)
    finally:
        path.unlink(missing_ok=True)


def write(*, path: Path, kind: str, shape: Shape, rows: Iterator[Row], most: int) -> tuple[int, bool]:
    """Write at most so many rows as ``kind``, xlsx or csv; how many, and whether there are more."""
    return (_workbook if kind == "xlsx" else _text)(path, shape, rows, most)


def _text(path: Path, shape: Shape, rows: Iterator[Row], most: int) -> tuple[int, bool]:
    many = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([safe(cell=shape.mark)])
        writer.writerow(shape.headings)
        for many, row in enumerate(rows, start=1):
            if many > most:
                break
            writer.writerow([safe(cell=cell) for cell in row])
        writer.writerow([safe(cell=shape.mark)])
    return min(many, most), many > most


def _workbook(path: Path, shape: Shape, rows: Iterator[Row], most: int) -> tuple[int, bool]:
    many = 0
    options = {"constant_memory": True, "tmpdir": str(path.parent), "strings_to_formulas": False,
               "strings_to_urls": False, "strings_to_numbers": False}  # fmt: skip
    with xlsxwriter.Workbook(str(path), options) as book:
        sheet = _sheet(book, 1, shape)
        for many, row in enumerate(rows, start=1):
            if many > most:
                break
            number, at = divmod(many - 1, A_SHEET)
            if at == 0 and number:
                sheet = _sheet(book, number + 1, shape)
            for column, cell in enumerate(row):
                sheet.write_string(at + 2, column, safe(cell=cell)[:A_CELL])
    return min(many, most), many > most


def _sheet(book: Any, number: int, shape: Shape) -> Any:
    sheet = book.add_worksheet(shape.title.format(number))
    sheet.set_footer(f"&L{shape.mark.replace('&', '&&')[:240]}&R&P/&N")
    sheet.set_landscape()
    for column, width in enumerate(shape.widths):
        sheet.set_column(column, column, width)
    sheet.write_string(0, 0, shape.mark, book.add_format({"italic": True, "font_color": "#7a3410"}))
    bold = book.add_format({"bold": True, "bg_color": "#e6efee", "bottom": 1})
    for column, heading in enumerate(shape.headings):
        sheet.write_string(1, column, heading, bold)
    sheet.freeze_panes(2, 1)
    return sheet
