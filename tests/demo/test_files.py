"""The files of a demo are of the kinds people send, and the truth points at the right line of each."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest
import yaml

from jangkau import places
from jangkau.demo.invent import invent
from tests.demo.conftest import LISTS, REGISTER, Demo

ENCODINGS = {
    "kur_bri.txt": ("utf-8", "|"),
    "kur_mandiri.csv": ("cp1252", ";"),
    "kur_bni.csv": ("utf-8-sig", ","),
    "kur_bank_sumut.csv": ("utf-8", "\t"),
    "kur_bank_sulutgo.csv": ("utf-8", "\t"),
    "prakerja_2020.csv": ("utf-16", ";"),
    "prakerja_2021.csv": ("utf-8", ","),
    "perangkat_desa.csv.gz": ("utf-8", ";"),
}


def lines_of(path: Path) -> list[list[str]]:
    """Cells of every physical line, read the simplest way there is; XLSX by another library."""
    if path.suffix == ".xlsx":
        sheet = openpyxl.load_workbook(path, read_only=True).active
        assert sheet is not None
        return [["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    encoding, delimiter = ENCODINGS[path.name]
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    text = content.decode(encoding, errors="replace")
    return [next(csv.reader([line], delimiter=delimiter), []) for line in text.replace("\r\n", "\n").split("\n")]


def digits(cell: str) -> str:
    return "".join(letter for letter in cell if letter.isdigit())


def test_as_many_rows_are_written_as_were_asked_for(demo: Demo) -> None:
    register = demo.written.files["register.parquet"]
    assert register == REGISTER == pq.read_metadata(demo.folder / "register.parquet").num_rows
    assert sum(demo.written.files.values()) - register == LISTS


def test_run_yaml_names_every_list_and_no_other(demo: Demo) -> None:
    settings = yaml.safe_load((demo.folder / "run.yaml").read_text(encoding="utf-8"))
    assert str(settings["as_of"]) == "2021-04-30"
    listed = {entry["file"] for entry in settings["lists"]}
    assert listed | {settings["register"]["file"]} == set(demo.written.files)
    assert {entry["layout"] for entry in settings["lists"]} == {"kur", "prakerja", "non_asn", "village"}


@pytest.mark.parametrize("file", [*ENCODINGS, "tenaga_non_asn.xlsx"])
def test_each_line_of_the_truth_is_that_persons_line(demo: Demo, file: str) -> None:
    lines = lines_of(demo.folder / file)
    nik_of = dict(zip(*(demo.truth("people")[name].to_pylist() for name in ("person", "nik")), strict=True))
    header = next(row for row in lines if sum(map(bool, row)) > 5)
    column = next(place for place, name in enumerate(header) if name.lower() in ("nik", "no. ktp", "no_ktp"))
    rows, errors = demo.truth("list_rows"), demo.truth("errors")
    pairs = zip(rows.to_pylist(), errors["nik"].to_pylist(), strict=True)
    right = [row for row, fate in pairs if row["file"] == file and fate == "right"]
    assert len(right) > 100
    assert all(digits(lines[row["line"] - 1][column]) == nik_of[row["person"]] for row in right)


@pytest.mark.parametrize("file", [*ENCODINGS, "tenaga_non_asn.xlsx"])
def test_rows_to_be_refused_are_where_the_truth_says_and_are_nobodys(demo: Demo, file: str) -> None:
    lines = lines_of(demo.folder / file)
    refused = [row for row in demo.truth("refused_rows").to_pylist() if row["file"] == file]
    assert {"impossible_date", "neither_nik_nor_name_and_birth"} <= {row["reason"] for row in refused}
    for row in refused:
        assert any("BARIS" in cell for cell in lines[row["line"] - 1])
    of_people = {row["line"] for row in demo.truth("list_rows").to_pylist() if row["file"] == file}
    assert not of_people & {row["line"] for row in refused}


def test_the_kinds_of_encodings_are_on_disk(demo: Demo) -> None:
    assert (demo.folder / "kur_bni.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert (demo.folder / "prakerja_2020.csv").read_bytes().startswith(b"\xff\xfe")
    assert "–".encode("cp1252") in (demo.folder / "kur_mandiri.csv").read_bytes()[:200]
    assert b'"' not in (demo.folder / "kur_bri.txt").read_bytes()


def test_register_rows_of_the_truth_carry_the_kpj_of_that_row(demo: Demo) -> None:
    kpj = pq.read_table(demo.folder / "register.parquet")["kpj"].to_pylist()
    rows = demo.truth("register_rows").to_pylist()
    assert all(kpj[row["line"] - 1] == row["kpj"] for row in rows)
    assert len({row["kpj"] for row in rows}) == len(rows) == REGISTER - 3


def test_every_regency_has_a_branch_and_only_the_known_ones_are_not_invented(demo: Demo) -> None:
    rows = list(csv.DictReader((demo.folder / "branches.csv").open(encoding="utf-8")))
    expected = {regency.code for regency in places.regencies() if regency.province in ("12", "71")}
    assert {row["region_code"] for row in rows} == expected
    known = {(row["branch"], row["region_code"]) for row in rows if row["invented"] == "false"}
    assert known == {("Pematangsiantar", "1272"), ("Pematangsiantar", "1208"), ("Manado", "7171")}
    assert len(rows) > len(expected), "no region is served by two branches"


def test_parquet_lists_count_rows_from_one(tmp_path: Path) -> None:
    written = invent(folder=tmp_path / "demo", register=2_000, lists=1_000, seed=3, provinces=("71",), form="parquet")
    assert {Path(file).suffix for file in written.files} == {".parquet"}
    rows = pq.read_table(tmp_path / "demo" / "truth" / "list_rows.parquet").to_pylist()
    people = {row["person"]: row for row in pq.read_table(tmp_path / "demo" / "truth" / "people.parquet").to_pylist()}
    errors = pq.read_table(tmp_path / "demo" / "truth" / "errors.parquet").to_pylist()
    bri = pq.read_table(tmp_path / "demo" / "kur_bri.parquet")["NIK"].to_pylist()
    pairs = [(row, error) for row, error in zip(rows, errors, strict=True) if row["file"] == "kur_bri.parquet"]
    assert [row["line"] for row, _ in pairs] == list(range(1, len(bri) + 1))
    right = [row for row, error in pairs if error["nik"] == "right"]
    assert right
    assert all(digits(bri[row["line"] - 1]) == people[row["person"]]["nik"] for row in right)
