"""A list of people as a workbook or CSV: within what its asker sees, marked with who asked and when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from django.db import connection, transaction
from django.utils import timezone

from jangkau.charts import wording
from jangkau.places import region_name
from jangkau.platform import scope
from jangkau.platform.offices.events import record
from jangkau.platform.registry import bitmaps, sheets, words
from jangkau.platform.registry.filters import read_filters, sight, where
from jangkau.platform.registry.models import Export
from jangkau.platform.registry.queries import people_at, walk_of

MOST = {"analyst": 1_000_000, "regional_office": 200_000, "branch_head": 100_000, "branch_officer": 50_000}
"""People that one export may hold, by role."""
MOST_OTHERS = 50_000
HEADINGS = (
    "Nama", "NIK (disamarkan)", "Tanggal lahir", "Jenis kelamin", "Wilayah", "Nama wilayah", "Status", "Kewajiban",
    "Jenis KUR", "Plafon", "Telepon", "Tanggal daftar terakhir", "Nomor orang",
)  # fmt: skip
WIDTHS = (28, 19, 13, 8, 9, 24, 24, 22, 14, 14, 16, 14, 38)
_COLUMNS = "name, nik_hint, birth_date, sex, region, status, duty, kur_type, plafon, phone, last_list_date, person"
_BATCH = 5_000


def write_export(*, export: Export) -> None:
    """Write the file that was asked for; safe to repeat. As the owner, but reading as the web for its asker, so that
    row security holds here as on a page."""
    with sheets.beside(export=export) as path, transaction.atomic():
        _read_as(export)
        people, cut = _write(export, path)
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
    shape = sheets.Shape(mark, "Kesenjangan", HEADINGS, WIDTHS)
    return sheets.write(path=path, kind=export.kind, shape=shape, rows=_rows(export, most + 1), most=most)


def _rows(export: Export, most: int) -> Iterator[tuple[str, ...]]:
    seen = sight()
    filters = seen.allowed(filters=read_filters(query=dict(parse_qsl(export.query))))
    narrowed = where(filters=filters, sight=seen, run=export.run_id)
    walk = walk_of(run=export.run, filters=filters, narrowed=narrowed)
    while most > 0 and (met := bitmaps.places(walk=walk, most=min(most, _BATCH))):
        found = people_at(walk=walk, places=met, sight=seen, columns=_COLUMNS)
        yield from (_cells(row) for row in found)
        most, walk = most - len(met), replace(walk, beyond=met[-1])


def _cells(row: tuple[Any, ...]) -> tuple[str, ...]:
    name, nik, birth, sex, region, status, duty, kur, plafon, phone, listed, person = row
    return (
        name, f"{nik[:4]}**********{nik[4:]}" if nik else "", birth.isoformat() if birth else "", sex, region,
        region_name(region) or "" if region else "", words.STATUS[status].id, words.DUTY[duty].id,
        words.KUR_TYPE[kur].id if kur else "", wording.count(value=plafon).id if plafon else "", phone,
        listed.isoformat() if listed else "", str(person),
    )  # fmt: skip
