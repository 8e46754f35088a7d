"""One KPJ for different people, in registers that are read by column and in others."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jangkau.lists import kpj

from .desk import Desk

HEADER = ("KPJ", "NIK", "Nama", "Tanggal Lahir", "Segmen", "Tanggal Mulai", "Lunas Sampai", "No")


def person(number: str, serial: int, name: str = "AGUS", born: str = "1980-01-01") -> tuple[str, ...]:
    return (number, f"127201010180{serial:04d}", name, born, "PU", "2020-01-01", "2021-04", str(serial))


ROWS = [
    person("501", 1),
    person("502", 2),
    person("502", 3, "BUDI"),  # another man
    person("", 4),
    person("", 5, "SITI"),  # no KPJ is not the same KPJ
    person("503", 6),
    person("503", 7, "AGUS"),  # the same name and birth date: a NIK mistyped
    person("504", 8),
    person("504", 9, "CITRA", "1980-13-01"),  # refused for its date: 504 is of one man
    person("0", 10),
    person("0", 11, "DEWI"),
    person("A-7", 12),
    person("A-7", 13, "EKO"),
    person("502", 14, "FAJAR"),
]
SHARED = {3, 4, 11, 12, 13, 14, 15}


def as_csv(rows: list[tuple[str, ...]]) -> str:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows([HEADER, *rows])
    return stream.getvalue()


def as_parquet(path: Path, rows: list[tuple[str, ...]]) -> Path:
    table = pa.table({name: [row[i] or None for row in rows] for i, name in enumerate(HEADER)})
    pq.write_table(table, path, row_group_size=5)
    return path


@pytest.mark.parametrize("at_most", [2_000_000, 3])
def test_register_is_read_alike_from_csv_and_parquet(desk: Desk, monkeypatch: pytest.MonkeyPatch, at_most: int) -> None:
    monkeypatch.setattr(kpj, "_MOST_ROWS", at_most)
    text = desk.read(as_csv(ROWS), layout="register")
    rows, refused = desk.rows(), desk.refused_rows()
    assert {int(row["_baris"]) for row in refused} == SHARED | {10}
    file = desk.read(as_parquet(desk.folder / "register.parquet", ROWS), layout="register")
    # A CSV counts its header as line 1.
    assert desk.rows() == [row | {"line": row["line"] - 1} for row in rows]
    assert desk.refused_rows() == [row | {"_baris": str(int(row["_baris"]) - 1)} for row in refused]
    assert file.profile.as_dict() == text.profile.as_dict() | {"file": "register.parquet", "format": "parquet"}
    assert file.profile.refusals == {"impossible_date": 1, "kpj_shared": 7}


def test_a_parquet_register_is_written_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(kpj, "lines_shared", lambda **_: told.append("again"))
    desk.read(as_parquet(desk.folder / "register.parquet", ROWS), layout="register")
    assert not told
