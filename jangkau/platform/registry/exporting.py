"""A list of people as a workbook or CSV: within what its asker sees, marked with who asked and when."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import xlsxwriter
from django.db import connection, transaction
from django.utils import timezone

from jangkau.charts import wording
from jangkau.places import region_name
from jangkau.platform import scope
from jangkau.platform.offices.events import record
from jangkau.platform.registry import words
from jangkau.platform.registry.filters import SORTS, read_filters, sight, where
from jangkau.platform.registry.models import Export
from jangkau.platform.registry.queries import conditions_of

MOST = {"analyst": 1_000_000, "regional_office": 200_000, "branch_head": 100_000, "branch_officer": 50_000}
"""People that one export may hold, by role."""
MOST_OTHERS = 50_000
HEADINGS = (
    "Nama", "NIK (disamarkan)", "Tanggal lahir", "Jenis kelamin", "Wilayah", "Nama wilayah", "Status", "Kewajiban",
    "Jenis KUR", "Plafon", "Telepon", "Tanggal daftar terakhir", "Nomor orang",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_BATCH = 5_000


def write_export(*, export: Export) -> None:
    """Write the file that was asked for; safe to repeat. As the owner, but reading as the web for its asker, so that
    row security holds here as on a page."""
    for part in export.path.parent.glob(f"{export.path.stem}.*.part"):  # of a worker that was killed
        part.unlink(missing_ok=True)
    beside = export.path.with_suffix(f".{os.getpid()}.part")
    try:
        with transaction.atomic():
            _read_as(export)
            people, cut = _write(export, beside)
        beside.replace(export.path)
    finally:
        beside.unlink(missing_ok=True)
    with transaction.atomic():
        Export.objects.filter(pk=export.pk).update(
            state=Export.State.READY, people=people, cut=cut, finished_at=timezone.now()
        )
        record(verb="exported", thing="export", thing_id=export.pk, purpose=export.purpose, by=export.by, people=people)


def _read_as(export: Export) -> None:
    scope.enter(kind="user", number=export.by_id)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE jangkau_web")


def _write(export: Export, path: Path) -> tuple[int, bool]:
    most = MOST.get(export.by.role, MOST_OTHERS)
    mark = (
        f"Jangkau. Diekspor oleh {export.by.name} ({export.by.kind.name.id}) pada "
        f"{timezone.localtime():%Y-%m-%d %H:%M}. Tujuan: {export.purpose}. Hitungan {export.run_id} per "
        f"{export.run.as_of:%Y-%m-%d}. Data pribadi: jangan diteruskan."
    )
    rows = _rows(export, most + 1)
    return (_workbook if export.kind == "xlsx" else _text)(path, mark, rows, most)


def _rows(export: Export, most: int) -> Iterator[tuple[str, ...]]:
    seen = sight()
    filters = seen.allowed(filters=read_filters(query=dict(parse_qsl(export.query))))
    narrowed = where(filters=filters, sight=seen, run=export.run_id)
    conditions, values = conditions_of(run=export.run, filters=filters, narrowed=narrowed)
    with connection.cursor() as cursor:
        cursor.execute(
            "DECLARE people NO SCROLL CURSOR FOR SELECT name, nik_hint, birth_date, sex, region, status, duty, "
            f"kur_type, plafon, phone, last_list_date, person FROM {seen.people} WHERE {' AND '.join(conditions)} "
            f"ORDER BY {SORTS[filters.sort]} LIMIT {most}",
            values,
        )
        while True:
            cursor.execute(f"FETCH {_BATCH} FROM people")
            found = cursor.fetchall()
            if not found:
                return
            yield from (_cells(row) for row in found)


def _cells(row: tuple[Any, ...]) -> tuple[str, ...]:
    name, nik, birth, sex, region, status, duty, kur, plafon, phone, listed, person = row
    return (
        name, f"{nik[:4]}**********{nik[4:]}" if nik else "", birth.isoformat() if birth else "", sex, region,
        region_name(region) or "" if region else "", words.STATUS[status].id, words.DUTY[duty].id,
        words.KUR_TYPE[kur].id if kur else "", wording.count(value=plafon).id if plafon else "", phone,
        listed.isoformat() if listed else "", str(person),
    )  # fmt: skip


def safe(*, text: str) -> str:
    """A cell that a spreadsheet takes for text, never for a formula.

    >>> safe(text="=HYPERLINK(1)"), safe(text="Budi")
    ("'=HYPERLINK(1)", 'Budi')
    """
    return "'" + text if text.startswith(_FORMULA) else text


def _text(path: Path, mark: str, rows: Iterator[tuple[str, ...]], most: int) -> tuple[int, bool]:
    many = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([safe(text=mark)])
        writer.writerow(HEADINGS)
        for many, row in enumerate(rows, start=1):
            if many > most:
                break
            writer.writerow([safe(text=cell) for cell in row])
        writer.writerow([safe(text=mark)])
    return min(many, most), many > most


def _workbook(path: Path, mark: str, rows: Iterator[tuple[str, ...]], most: int) -> tuple[int, bool]:
    many = 0
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(str(path), options) as book:
        sheet = book.add_worksheet("Kesenjangan")
        bold = book.add_format({"bold": True, "bg_color": "#e6efee", "bottom": 1})
        quiet = book.add_format({"italic": True, "font_color": "#7a3410"})
        sheet.set_footer(f"&L{mark.replace('&', '&&')[:240]}&R&P/&N")
        sheet.set_landscape()
        for column, width in enumerate((28, 19, 13, 8, 9, 24, 24, 22, 14, 14, 16, 14, 38)):
            sheet.set_column(column, column, width)
        sheet.write_string(0, 0, mark, quiet)
        for column, heading in enumerate(HEADINGS):
            sheet.write_string(1, column, heading, bold)
        sheet.freeze_panes(2, 1)
        for many, row in enumerate(rows, start=1):
            if many > most:
                break
            for column, cell in enumerate(row):
                sheet.write_string(many + 1, column, safe(text=cell))
    return min(many, most), many > most
