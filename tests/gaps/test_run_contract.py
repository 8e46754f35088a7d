"""The contract of files and columns that the issue spells out, on a folder with a file of every kind."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import re

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from .office import BUDI, COLUMNS, CROWD, JONI, RINA, SITI, Folder, Result, as_csv

PEOPLE = "person_id nik name birth_date sex region_code lists status probability kpj segment paid_until duty"
LINKS = "file line person_id kpj probability decision reason"
SUMMARY = (
    "as_of rows register people status in_grace not_working unprotected duty waterfall linkage_quality "
    "by_list by_institution by_region by_branch by_kur_type by_period cost"
)


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """Lists of every format, each with Budi on a line that its sender would call by another number than a program."""
    folder = Folder(tmp_path_factory.mktemp("contract") / "kantor")
    folder.register(BUDI.row("register"), SITI.row("register", lunas_sampai="2019-01"))
    impossible = JONI.row("kur", tanggal_akad="2021-02-31")
    rows = [SITI.row("kur", nama='SITI AMINAH\n"PURBA"'), impossible, BUDI.row("kur"), RINA.row("kur", pekerjaan="TNI")]
    folder.write("kur.csv", "Daftar debitur\n\n" + as_csv(rows, COLUMNS["kur"]))
    txt = as_csv([SITI.row("prakerja"), {}, BUDI.row("prakerja")], COLUMNS["prakerja"], "|").replace("\n", "\r\n")
    folder.write("prakerja.txt.gz", gzip.compress(txt.encode("utf-16")))
    folder.write("non_asn.xlsx", workbook())
    table = [BUDI.row("village"), *(somebody.row("village") for somebody in CROWD[:3])]
    pq.write_table(pa.Table.from_pylist(table), folder.path / "desa.parquet")
    folder.lists = [{"file": name} for name in ("kur.csv", "prakerja.txt.gz", "non_asn.xlsx", "desa.parquet")]
    return folder.run()


def workbook() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["Pemerintah Kota"])
    sheet.append([])
    sheet.append(COLUMNS["non_asn"])
    sheet.append(list(SITI.row("non_asn").values()))
    sheet.append([])
    sheet.append(list(BUDI.row("non_asn").values()))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "columns"),
    [
        ("people", PEOPLE),
        ("links", LINKS),
        (
            "gaps",
            "person_id nik name birth_date sex region_code region_name branches lists status probability kpj segment "
            "paid_until duty phone kur_type plafon last_list_date not_working",
        ),
    ],
)
def test_columns_stand_in_the_order_of_the_contract(result: Result, name: str, columns: str) -> None:
    assert pq.read_schema(result.out / f"{name}.parquet").names == columns.split()


def test_the_summary_has_its_keys_in_order(result: Result) -> None:
    assert list(result.summary) == SUMMARY.split()
    assert list(result.summary["rows"]) == list(result.summary["register"]) == ["read", "accepted", "refused"]
    assert list(result.summary["status"]) == ["protected", "lapsed", "not_found", "doubtful", "not_eligible"]
    assert list(result.summary["duty"]) == ["unmet", "met", "may", "none", "unknown"]
    assert list(result.summary["unprotected"]) == [
        "estimate",
        "low",
        "high",
        "level",
        "method",
        "alternatives",
        "sensitivity",
    ]
    own = {
        "by_list": ["file", "institution"],
        "by_institution": ["institution", "himbara"],
        "by_region": ["region_code", "name"],
        "by_branch": ["branch"],
        "by_kur_type": ["skema"],
        "by_period": ["quarter"],
    }
    for name, keys in own.items():
        for entry in result.summary[name]:
            assert list(entry) == [*keys, "people", "status", "unprotected", "duty"]


def test_people_and_summary_say_the_same(result: Result) -> None:
    statuses = [person["status"] for person in result.people]
    assert {status: statuses.count(status) for status in result.summary["status"]} == result.summary["status"]
    assert len(statuses) == result.summary["people"]
    duties = [person["duty"] for person in result.people]
    assert {duty: duties.count(duty) for duty in result.summary["duty"]} == result.summary["duty"]


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("kur.csv", 7),  # two lines above the header, a cell that is two lines, a refused line
        ("prakerja.txt.gz", 4),  # an empty row before him
        ("non_asn.xlsx", 6),
        ("desa.parquet", 1),
    ],
)
def test_a_line_is_what_its_sender_calls_it(result: Result, name: str, line: int) -> None:
    budi = result.person(BUDI)["person_id"]
    found = [row["line"] for row in result.rows("links") if row["file"] == name and row["person_id"] == budi]
    assert found == [line]


def test_each_accepted_row_has_one_link(result: Result) -> None:
    links = result.rows("links")
    assert len(links) == len({(row["file"], row["line"]) for row in links}) == result.summary["rows"]["accepted"]
    assert {row["person_id"] for row in links} == {person["person_id"] for person in result.people}


def test_rows_read_are_accepted_or_refused(result: Result) -> None:
    rows = result.summary["rows"]
    assert (rows["read"], rows["accepted"], rows["refused"]) == (12, 11, 1)
    register = result.summary["register"]
    assert register["read"] == register["accepted"] + register["refused"]


def test_a_refused_row_is_as_it_was_sent_with_line_column_and_reasons(result: Result) -> None:
    (path,) = (result.out / "refused").iterdir()
    assert path.name == "kur.csv.csv"
    (row,) = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""))
    sent = JONI.row("kur", tanggal_akad="2021-02-31")
    assert {name: row[name] for name in sent} == sent
    assert (row["_baris"], row["_kolom"]) == ("6", "tanggal_akad")
    assert row["_alasan"] and row["_reason"] and row["_alasan"] != row["_reason"]


def test_the_gap_is_those_neither_protected_nor_out_of_scope(result: Result) -> None:
    gap = {person["person_id"] for person in result.people if person["status"] in ("lapsed", "not_found", "doubtful")}
    assert {row["person_id"] for row in result.rows("gaps")} == gap
    books = sorted((result.out / "gaps").iterdir())
    niks = set()
    for book in books:
        assert re.fullmatch(r"(\d{4}|tanpa-wilayah)-\d\d\.xlsx", book.name)
        cells = [cell for row in openpyxl.load_workbook(book).worksheets[0].iter_rows() for cell in row]
        assert {type(cell.value) for cell in cells} <= {str, type(None)}
        niks |= {cell.value for cell in cells}
    assert {row["nik"] for row in result.rows("gaps")} <= niks


def test_more_people_than_workbooks_are_for_get_none_unless_asked(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jangkau.gaps.run.MOST_IN_WORKBOOKS", 1)
    folder.register().list("kur", BUDI.row("kur"), SITI.row("kur"))
    assert folder.jangkau() == 0
    assert not (folder.path / "out" / "gaps").exists()
    assert folder.jangkau("--xlsx") == 0
    assert (folder.path / "out" / "gaps" / "1272-01.xlsx").is_file()


def test_the_manifest_digests_every_output_but_itself_and_the_report(result: Result) -> None:
    manifest = result.json("manifest.json")
    there = {path.relative_to(result.out).as_posix() for path in result.out.rglob("*") if path.is_file()}
    assert set(manifest["outputs"]) == there - {"manifest.json", "report.html"}
    for name, digest in manifest["outputs"].items():
        assert hashlib.sha256((result.out / name).read_bytes()).hexdigest() == digest
    inputs = {name: hashlib.sha256((result.out.parent / name).read_bytes()).hexdigest() for name in manifest["inputs"]}
    assert manifest["inputs"] == inputs
    assert set(inputs) == {"register.csv", "kur.csv", "prakerja.txt.gz", "non_asn.xlsx", "desa.parquet"}
    assert set(manifest) >= {"as_of", "versions", "seed", "timings"}
    assert {"jangkau", "code", "law", "method"} <= set(manifest["versions"])


def test_nothing_else_is_left(result: Result) -> None:
    names = {path.name for path in result.out.iterdir()}
    assert names == {
        *("summary.json", "people.parquet", "links.parquet", "gaps.parquet", "doubtful.parquet"),
        *("gaps", "refused", "state", "manifest.json", "report.html"),
    }
    beside = {path.name for path in result.out.parent.iterdir()}
    assert beside <= {"out", ".out.lock", "run.yaml", *result.json("manifest.json")["inputs"]}


def test_no_time_path_or_version_is_in_the_summary(result: Result) -> None:
    text = (result.out / "summary.json").read_text(encoding="utf-8")
    assert str(result.out.parent) not in text
    assert not re.search(r"\d\d:\d\d|/tmp|version|thread|seconds", text)


def test_no_person_is_in_the_report_or_the_name_of_a_file(result: Result) -> None:
    text = (result.out / "report.html").read_text(encoding="utf-8")
    names = " ".join(path.name for path in result.out.rglob("*"))
    for somebody in (BUDI, SITI, JONI, RINA, *CROWD):
        assert somebody.nik not in text + names
        assert somebody.name not in text + names
