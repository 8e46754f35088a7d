"""A small link from end to end, with invented people and known slips: what reports and explanations are tested on."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from jangkau.linkage.link import Outcome, Settings, link

Row = Mapping[str, str | None]
_FIRST = "BUDI SITI AGUS DEWI EKO RINA RAHMAN WAHYU YANTI JOKO RATNA HENDRA MAYA SURYA INDAH FAJAR LESTARI GALIH"
_LAST = "SANTOSO WIJAYA KUSUMA PRATAMA HIDAYAT NUGROHO SAPUTRA UTAMI PERMANA WULANDARI SETIAWAN HARTONO MULYANI"
FIRST, LAST = _FIRST.split(), _LAST.split()
FIELDS: list[dict[str, object]] = [
    {"name": "nik", "kind": "nik"},
    {"name": "nama", "kind": "person_name"},
    {"name": "tanggal_lahir", "kind": "date", "inside": "nik"},
    {"name": "jenis_kelamin", "kind": "sex", "inside": "nik"},
    {"name": "kode_wilayah", "kind": "region"},
    {"name": "no_hp", "kind": "phone"},
]


def people(*, count: int, seed: int = 3) -> list[dict[str, str | None]]:
    """Invented people; nobody's NIK."""
    draw = random.Random(seed)
    made: list[dict[str, str | None]] = []
    for k in range(count):
        woman = draw.random() < 0.5
        year, month, day = draw.randint(1950, 2003), draw.randint(1, 12), draw.randint(1, 28)
        region = f"{draw.choice([31, 32, 33, 35])}{draw.randint(1, 9):02}"
        made.append(
            {
                "nik": f"{region}{draw.randint(1, 20):02}{day + 40 * woman:02}{month:02}{year % 100:02}{k + 1:04}",
                "nama": f"{draw.choice(FIRST)} {draw.choice(FIRST)} {draw.choice(LAST)}",
                "tanggal_lahir": f"{year}-{month:02}-{day:02}",
                "jenis_kelamin": "P" if woman else "L",
                "kode_wilayah": region,
                "no_hp": f"0812{draw.randint(10**7, 10**8 - 1)}" if k % 3 else None,
            }
        )
    return made


KNOWN: dict[str, tuple[dict[str, str | None], dict[str, str | None]]] = {
    "digit": ({"nik": "3301054506900017"}, {"nik": "3301054507900017"}),
    "swap": ({"nik": "3302051205810023"}, {"nik": "3302051205810032"}),
    "moh": ({"nama": "Moh. RIZAL HARTONO"}, {"nama": "Muhammad RIZAL HARTONO"}),
    "held": ({"nama": "SITI NURLELA"}, {"nama": "SITI NURLELA KUSUMA"}),
    "title": ({"nama": "Hj. RATNA MULYANI"}, {"nama": "RATNA MULYANI"}),
    "day": ({"tanggal_lahir": "1971-03-04"}, {"tanggal_lahir": "1971-03-14"}),
    "typed": ({"nama": "3301054506900017 GALIH"}, {"nama": "3301054506900017 FAJAR"}),
}
"""Rows of the left whose one slip is known, with their partner on the right (its id has R- before it)."""


def tables(*, count: int = 600) -> tuple[list[dict[str, str | None]], list[dict[str, str | None]]]:
    """Left and right rows: half of the left is on the right too, one in eight with a slip."""
    draw = random.Random(5)
    everybody = people(count=count)
    left, right = [], []
    for k, one in enumerate(everybody):
        if k % 3 != 2:
            left.append({"id": f"L{k:04}", **one})
        if k % 3 != 1:
            other = dict(one)
            slip = draw.randrange(24)
            if slip == 0:
                other["nik"] = None
            elif slip == 1:
                other["nama"] = (one["nama"] or "").rsplit(" ", 1)[0]
            elif slip == 2:
                other["kode_wilayah"] = "5171"
            right.append({"id": f"R{k:04}", **other})
    for (name, (ours, theirs)), one in zip(KNOWN.items(), people(count=len(KNOWN), seed=9), strict=True):
        left.append({"id": name, **one, **ours})
        right.append({"id": f"R-{name}", **one, **theirs})
    left.append({"id": "empty", **dict.fromkeys(one)})
    return left, right


def made(
    *,
    folder: Path,
    left: list[dict[str, str | None]] | None = None,
    right: list[dict[str, str | None]] | None = None,
    one_file: bool = False,
    fields: list[dict[str, object]] | None = None,
    **words: object,
) -> Outcome:
    """Write the tables beside ``folder``/out and link them; without tables, those of ``tables``."""
    folder.mkdir(parents=True, exist_ok=True)
    if left is None:
        left, right = tables()
    sides = {"left": left} if one_file or right is None else {"left": left, "right": right}
    for name, rows in sides.items():
        columns = {column: pa.array([row[column] for row in rows], pa.string()) for column in rows[0]}
        pq.write_table(pa.table(columns), folder / f"{name}.parquet")
    method = {"left_id": "id", "fields": fields or FIELDS, "review": {"low": 0.1, "high": 0.9}, **words}
    (folder / "method.yaml").write_text(yaml.safe_dump(method), encoding="utf-8")
    return link(
        left=folder / "left.parquet",
        right=folder / "right.parquet" if "right" in sides else None,
        method=folder / "method.yaml",
        out=folder / "out",
        settings=Settings(threads=1),
        clock=time.monotonic,
    )
