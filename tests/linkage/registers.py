"""Small invented registers to look people up in."""

from __future__ import annotations

import csv
import time
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from jangkau.linkage.lookup_build import Built, Settings, build

COLUMNS = ("kpj", "nik", "nama", "tanggal_lahir", "jenis_kelamin", "kode_wilayah", "no_hp")
Row = dict[str, str | None]
_GIVEN = "BUDI SITI AGUS DEWI JOKO RINA WAHYU INDAH BAMBANG YULI EKO RATNA HENDRA LESTARI SLAMET NUR"
_SECOND = "ADI PUTRI RAHMAT AYU CAHYA INTAN SURYA MEGA GALIH TIRTA FAJAR WULAN"
_FAMILY = "SANTOSO HANDAYANI PRASETYO LUBIS SIREGAR WIJAYA KUSUMA HARAHAP NASUTION SUSANTI GUNAWAN"
_FIRST, _MIDDLE, _LAST = _GIVEN.split(), _SECOND.split(), _FAMILY.split()
_REGIONS = ("3271", "3174", "1271", "7371", "5171")


def person(k: int) -> Row:
    """The k-th invented person; nobody is like another in more than two or three things."""
    woman = k % 2 == 1
    year, month, day = 1960 + k % 41, 1 + k % 12, 1 + (7 * k) % 28
    region = _REGIONS[k % len(_REGIONS)]
    nik = f"{region}{1 + k % 9:02d}{day + 40 * woman:02d}{month:02d}{year % 100:02d}{1 + k % 97:04d}"
    name = f"{_FIRST[k % len(_FIRST)]} {_MIDDLE[k // 3 % len(_MIDDLE)]} {_LAST[k // 7 % len(_LAST)]}"
    return {
        "kpj": f"{20_000_000_000 + 37 * k}",
        "nik": nik,
        "nama": name,
        "tanggal_lahir": f"{year}-{month:02d}-{day:02d}",
        "jenis_kelamin": "P" if woman else "L",
        "kode_wilayah": region,
        "no_hp": f"0812{10_000_000 + 7919 * k}",
    }


def people(count: int) -> list[Row]:
    return [person(k) for k in range(count)]


def asked(row: Row, **changes: str | None) -> Row:
    """What somebody else says of a person of the register: without the KPJ, with changes."""
    return {name: value for name, value in {**row, **changes}.items() if name != "kpj"}


def as_parquet(path: Path, rows: Sequence[Row]) -> Path:
    columns = list(rows[0]) if rows else list(COLUMNS)
    pq.write_table(
        pa.table({name: pa.array([row[name] for row in rows], pa.string()) for name in columns}),
        path,
        row_group_size=100,
    )
    return path


def as_csv(path: Path, rows: Sequence[Row]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return path


def index(register: Path, out: Path, method: Path | None = None, settings: Settings | None = None) -> Built:
    return build(
        register=register, method=method, out=out, settings=settings or Settings(threads=1), clock=time.monotonic
    )
