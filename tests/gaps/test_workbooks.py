"""Workbooks of people not protected: per region, of a size people can send, the same bytes for the same people."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jangkau.gaps.workbooks import ROWS, write_workbooks
from jangkau.outputs import sha256, write_parquet

SCHEMA = pa.schema(
    [
        ("person_id", pa.string()),
        ("nik", pa.string()),
        ("name", pa.string()),
        ("birth_date", pa.date32()),
        ("sex", pa.string()),
        ("region_code", pa.string()),
        ("region_name", pa.string()),
        ("branches", pa.list_(pa.string())),
        ("lists", pa.list_(pa.string())),
        ("status", pa.string()),
        ("probability", pa.float64()),
        ("kpj", pa.string()),
        ("segment", pa.string()),
        ("paid_until", pa.date32()),
        ("duty", pa.string()),
        ("phone", pa.string()),
        ("kur_type", pa.string()),
        ("plafon", pa.int64()),
        ("last_list_date", pa.date32()),
        ("not_working", pa.bool_()),
    ]
)
PERSON = {
    "person_id": "p1",
    "nik": "0000000000000017",
    "name": "SITI AMINAH",
    "birth_date": date(1985, 8, 17),
    "sex": "P",
    "region_code": "1272",
    "region_name": "Kota Pematangsiantar",
    "branches": ["Pematangsiantar"],
    "lists": ["kur_bri.txt", "prakerja.csv"],
    "status": "lapsed",
    "probability": 0.034,
    "kpj": "00012345678",
    "segment": "BPU",
    "paid_until": date(2020, 5, 1),
    "duty": "may",
    "phone": "628120000001",
    "kur_type": "mikro",
    "plafon": 50_000_000,
    "last_list_date": date(2020, 7, 3),
    "not_working": False,
}


def gaps(path: Path, *people: Mapping[str, object]) -> Path:
    write_parquet(table=pa.Table.from_pylist([{**PERSON, **person} for person in people], schema=SCHEMA), path=path)
    return path


def rows(path: Path) -> list[dict[str, object]]:
    sheet = openpyxl.load_workbook(path).worksheets[0]
    head, *body = sheet.iter_rows(values_only=True)
    return [dict(zip(map(str, head), row, strict=True)) for row in body]


def test_a_person_is_written_as_a_branch_reads_it(tmp_path: Path) -> None:
    written = write_workbooks(gaps=gaps(tmp_path / "g", {}), folder=tmp_path / "gaps")
    assert [path.name for path in written] == ["1272-01.xlsx"]
    assert rows(written[0]) == [
        {
            "NIK": "0000000000000017",
            "Nama": "SITI AMINAH",
            "Tanggal Lahir": "17-08-1985",
            "Jenis Kelamin": "P",
            "No. HP": "628120000001",
            "Kode Wilayah": "1272",
            "Kabupaten/Kota": "Kota Pematangsiantar",
            "Cabang": "Pematangsiantar",
            "Status": "pernah terdaftar, tidak aktif",
            "Peluang Terlindungi (%)": "3",
            "KPJ": "00012345678",
            "Segmen": "BPU",
            "Lunas Sampai": "05-2020",
            "Kewajiban KUR": "boleh mendaftar",
            "Skema KUR": "mikro",
            "Plafon": "50000000",
            "Daftar": "kur_bri.txt, prakerja.csv",
            "Tanggal Daftar Terakhir": "03-07-2020",
            "Tidak Bekerja": "tidak",
            "ID Orang": "p1",
        }
    ]


def test_every_cell_is_text(tmp_path: Path) -> None:
    (path,) = write_workbooks(gaps=gaps(tmp_path / "g", {}), folder=tmp_path / "gaps")
    sheet = openpyxl.load_workbook(path).worksheets[0]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} == {"s"}
    assert {cell.number_format for row in sheet.iter_rows() for cell in row} == {"@"}


def test_what_is_not_known_is_an_empty_cell(tmp_path: Path) -> None:
    nothing = {name: None for name in SCHEMA.names if name not in ("person_id", "status")}
    (path,) = write_workbooks(gaps=gaps(tmp_path / "g", nothing), folder=tmp_path / "gaps")
    assert {name: cell for name, cell in rows(path)[0].items() if cell is not None} == {
        "Status": "pernah terdaftar, tidak aktif",
        "ID Orang": "p1",
    }


def test_people_without_a_region_have_a_workbook_of_their_own(tmp_path: Path) -> None:
    path = gaps(tmp_path / "g", {"person_id": "p1"}, {"person_id": "p2", "region_code": None})
    written = write_workbooks(gaps=path, folder=tmp_path / "gaps")
    assert [path.name for path in written] == ["1272-01.xlsx", "tanpa-wilayah-01.xlsx"]
    assert [rows(path)[0]["ID Orang"] for path in written] == ["p1", "p2"]


def test_a_large_region_is_split_and_nobody_is_lost(tmp_path: Path) -> None:
    people: list[dict[str, object]] = []
    for n in range(2 * ROWS + 1):
        people.append({"person_id": f"p{n:06d}", "name": f"ORANG {n * 7919 % 100_003:06d}"})
    people += [{"person_id": f"q{n}", "region_code": "7171"} for n in range(3)]
    written = write_workbooks(gaps=gaps(tmp_path / "g", *people), folder=tmp_path / "gaps")
    assert [path.name for path in written] == ["1272-01.xlsx", "1272-02.xlsx", "1272-03.xlsx", "7171-01.xlsx"]
    found = [rows(path) for path in written]
    assert [len(book) for book in found] == [ROWS, ROWS, 1, 3]
    names = [row["Nama"] for book in found[:3] for row in book]
    assert names == sorted(str(person["name"]) for person in people[:-3])
    assert {row["ID Orang"] for book in found for row in book} == {person["person_id"] for person in people}


def test_lines_are_numbered_from_the_heading_on(tmp_path: Path) -> None:
    (path,) = write_workbooks(gaps=gaps(tmp_path / "g", {}, {"person_id": "p2"}), folder=tmp_path / "gaps")
    with zipfile.ZipFile(path) as book:
        tree = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))  # noqa: S314 - our own file
    name = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
    assert [row.get("r") for row in tree.iter(f"{name}row")] == ["1", "2", "3"]
    dimension = tree.find(f"{name}dimension")
    assert dimension is not None
    assert dimension.get("ref") == "A1:T3"


def test_the_same_people_give_the_same_bytes_in_any_order(tmp_path: Path) -> None:
    people = [{"person_id": f"p{n}", "region_code": str(1271 + n % 3)} for n in range(300)]
    first = write_workbooks(gaps=gaps(tmp_path / "a", *people), folder=tmp_path / "first")
    second = write_workbooks(gaps=gaps(tmp_path / "b", *reversed(people)), folder=tmp_path / "second")
    assert [sha256(path=path) for path in first] == [sha256(path=path) for path in second]


def test_no_time_is_in_a_workbook(tmp_path: Path) -> None:
    (path,) = write_workbooks(gaps=gaps(tmp_path / "g", {}), folder=tmp_path / "gaps")
    with zipfile.ZipFile(path) as book:
        assert {entry.date_time for entry in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"1980-01-01T00:00:00Z" in book.read("docProps/core.xml")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("A & B <C> \"D\" 'E'", "A & B <C> \"D\" 'E'"),
        ("  DUA SPASI  ", "  DUA SPASI  "),
        ("=1+1", "=1+1"),
        ("A\x07B\x1fC", "ABC"),
        ("ÉLISE ✓ 😀", "ÉLISE ✓ 😀"),
    ],
)
def test_a_name_is_shown_as_it_is(tmp_path: Path, name: str, shown: str) -> None:
    (path,) = write_workbooks(gaps=gaps(tmp_path / "g", {"name": name}), folder=tmp_path / "gaps")
    assert rows(path)[0]["Nama"] == shown


def test_nobody_gives_no_workbook(tmp_path: Path) -> None:
    empty = tmp_path / "g"
    pq.write_table(SCHEMA.empty_table(), empty)
    assert write_workbooks(gaps=empty, folder=tmp_path / "gaps") == []


def test_headings_can_be_english(tmp_path: Path) -> None:
    (path,) = write_workbooks(gaps=gaps(tmp_path / "g", {}), folder=tmp_path / "gaps", language="en")
    assert rows(path)[0]["Status"] == "registered once, not active"
