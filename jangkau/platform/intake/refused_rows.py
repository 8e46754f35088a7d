"""Refused rows to take away, correct and send again; nothing in them runs when a spreadsheet opens them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from jangkau.platform.intake.checking import REFUSED
from jangkau.platform.intake.models import Delivery

MOST_IN_A_WORKBOOK = 100_000
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_BLOCK = 500


def there_are(*, delivery: Delivery) -> bool:
    """Are there refused rows to take away? Not after retention."""
    return bool(delivery.rows_refused) and (delivery.checked / REFUSED).exists()


def safe(*, cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe stands before it, which we take off again."""
    return f"'{cell}" if cell.lstrip(" ").startswith(_STARTS) else cell


def as_csv(*, delivery: Delivery) -> Iterator[bytes]:
    """The rows as UTF-8 CSV with a mark, for Excel; block by block."""
    yield b"\xef\xbb\xbf"
    stream = io.StringIO()
    writer = csv.writer(stream)
    for at, row in enumerate(rows(delivery=delivery), 1):
        writer.writerow([safe(cell=cell) for cell in row])
        if at % _BLOCK == 0:
            yield stream.getvalue().encode("utf-8", "replace")
            stream.seek(0)
            stream.truncate()
    yield stream.getvalue().encode("utf-8", "replace")


def as_workbook(*, delivery: Delivery, path: Path) -> None:
    """Write the rows as XLSX, every cell as text, so that no NIK is rounded."""
    import xlsxwriter

    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Ditolak")
        text, head = book.add_format({"num_format": "@"}), book.add_format({"bold": True})
        sheet.set_column(0, 60, 18, text)
        sheet.freeze_panes(1, 0)
        for at, row in enumerate(rows(delivery=delivery)):
            for position, cell in enumerate(row):
                sheet.write_string(at, position, safe(cell=cell)[:32_000], head if at == 0 else text)


def rows(*, delivery: Delivery) -> Iterator[list[str]]:
    """The heading and the refused rows, as they are kept."""
    csv.field_size_limit(2**31 - 1)
    with (delivery.checked / REFUSED).open(encoding="utf-8-sig", newline="", errors="replace") as file:
        yield from csv.reader(file)
