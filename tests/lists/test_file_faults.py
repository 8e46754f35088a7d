"""Every fault of a whole file: one message that says what, where, why and what to do."""

from __future__ import annotations

import gzip
import io
import os
import zipfile
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
import xlwt

from jangkau.complaints import Complaint
from jangkau.files import source
from jangkau.lists import recognise

from .desk import BUDI, KUR, SITI, Desk, change, kur


def complaint(desk: Desk, data: bytes | str | Path, name: str = "list.csv", layout: str | None = None) -> Complaint:
    with pytest.raises(Complaint) as caught:
        desk.read(data, name, layout)
    message = caught.value.message("id") + caught.value.message("en")
    assert caught.value.where == name
    assert all(len(line) > 15 for line in message.splitlines())
    assert BUDI[0] not in message
    return caught.value


def workbook(rows: list[tuple[object, ...]]) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet("Data")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return stream.getvalue()


def zipped(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return stream.getvalue()


def edited(path: Path, old: bytes, new: bytes) -> Path:
    """A workbook with something in its sheet replaced."""
    target = path.with_name("edited.xlsx")
    with zipfile.ZipFile(path) as before, zipfile.ZipFile(target, "w") as after:
        for name in before.namelist():
            after.writestr(name, before.read(name).replace(old, new))
    return target


def encrypted_workbook() -> bytes:
    """What Excel writes with a password: an OLE container with a stream of this name."""
    return bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 1000 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 3000


@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf", b" \r\n"])
@pytest.mark.parametrize("name", ["list.csv", "list.xlsx", "list.parquet", "list.txt"])
def test_an_empty_file(desk: Desk, data: bytes, name: str) -> None:
    assert complaint(desk, data, name).what.en == "The file is empty."


def test_a_file_with_a_header_only(desk: Desk) -> None:
    assert "header only" in complaint(desk, kur()).what.en
    assert "header only" in complaint(desk, workbook([KUR]), "list.xlsx").what.en


def test_a_parquet_without_rows(desk: Desk) -> None:
    table = pa.table({name: pa.array([], pa.string()) for name in KUR})
    pq.write_table(table, desk.folder / "list.parquet")
    assert "header only" in complaint(desk, desk.folder / "list.parquet", "list.parquet").what.en


@pytest.mark.parametrize(
    "text", ["just words\nand more\n", "a,b,c\n1,2,3\n", ",".join(BUDI) + "\n" + ",".join(SITI), "x" * 5000]
)
def test_no_recognisable_header(desk: Desk, text: str) -> None:
    found = complaint(desk, text)
    assert found.what.en == "No recognisable header."
    assert "move it out of this folder" in found.do.en


def test_a_required_column_missing_says_which_and_what_looks_like_it(desk: Desk) -> None:
    header = ("NIK", "Nama", "Tanggal Lahir", "Skema", "Plafom", "Tgl Akat", "Bank")
    found = complaint(desk, kur(BUDI, header=header), layout="kur")
    assert found.what.en == "Required column missing: plafon, tanggal_akad."
    assert "“Plafom” looks like plafon." in found.why.en
    assert "“Tgl Akat” looks like tanggal_akad." in found.why.en
    assert "“Plafom” mirip dengan plafon." in found.why.id


def test_a_required_column_missing_is_said_without_a_layout_named(desk: Desk) -> None:
    header = ("NIK", "Nama", "Tanggal Lahir", "Skema", "Plafon", "Tanggal Akad", "???")
    assert complaint(desk, kur(BUDI, header=header)).what.en == "Required column missing: bank."


@pytest.mark.parametrize(("misspelt", "column"), [("Intansi", "instansi"), ("Kode Dsea", "kode_desa")])
def test_the_layout_that_lacks_least_is_meant(desk: Desk, misspelt: str, column: str) -> None:
    found = complaint(desk, f"NIK,Nama,Tgl Lahir,{misspelt}\n1272011708850001,BUDI SANTOSO,17/08/1985,x\n")
    assert found.what.en == f"Required column missing: {column}."
    assert f"“{misspelt}” looks like {column}." in found.why.en
    assert "name its layout in run.yaml" in found.do.en


@pytest.mark.parametrize("again", ["NIK", "No. KTP", "nik "])
def test_the_same_column_twice(desk: Desk, again: str) -> None:
    found = complaint(desk, kur((*BUDI, BUDI[0]), header=(*KUR, again)))
    assert found.what.en == "The same column twice: nik."
    assert again.strip() in found.why.en


def test_two_telephone_columns_are_no_fault(desk: Desk) -> None:
    desk.read(kur((*BUDI, "0622123456", "081234567890"), header=(*KUR, "No Telp", "No HP")))
    assert desk.rows()[0]["no_hp"] == "6281234567890"


@pytest.mark.parametrize("name", ["list.xlsx", "list.xls", "list.csv"])
def test_a_workbook_with_a_password(desk: Desk, name: str) -> None:
    assert "password" in complaint(desk, encrypted_workbook(), name).what.en


def test_a_corrupt_workbook(desk: Desk) -> None:
    whole = workbook([KUR, BUDI])
    for data in (whole[: len(whole) // 2], whole[:100] + b"X" * 400 + whole[500:], b"PK\x03\x04 no zip at all"):
        found = complaint(desk, data, "list.xlsx")
        assert "corrupt" in found.what.en
        assert "  " not in found.why.en


def test_a_corrupt_old_workbook(desk: Desk) -> None:
    assert "corrupt" in complaint(desk, bytes.fromhex("d0cf11e0a1b11ae1") + b"\7" * 900, "list.xls").what.en


def test_formulas_with_errors_in_a_required_column(desk: Desk) -> None:
    path = desk.folder / "list.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Data")
        for number, row in enumerate([KUR, BUDI, SITI]):
            sheet.write_row(number + 2, 1, row)
        sheet.write_formula("B5", "=VLOOKUP(1,A1:A2,9)", None, "#REF!")
    found = complaint(desk, path, "list.xlsx")
    assert "Formulas with errors" in found.what.en
    assert "B5" in found.why.en


def test_formulas_that_were_never_calculated_in_a_required_column(desk: Desk) -> None:
    book = openpyxl.Workbook()
    for row in (KUR, BUDI, ("=A2", *SITI[1:])):
        book.worksheets[0].append(row)
    book.save(desk.folder / "list.xlsx")
    assert "A3" in complaint(desk, desk.folder / "list.xlsx", "list.xlsx").why.en


def test_errors_written_as_such_in_a_required_column(desk: Desk) -> None:
    book = openpyxl.Workbook()
    for row in (KUR, BUDI, ("#N/A", *SITI[1:])):
        book.worksheets[0].append(row)
    book.save(desk.folder / "list.xlsx")
    assert "A3" in complaint(desk, desk.folder / "list.xlsx", "list.xlsx").why.en


def test_formulas_with_a_value_are_read(desk: Desk) -> None:
    path = desk.folder / "list.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Data")
        for number, row in enumerate([KUR, BUDI, SITI]):
            sheet.write_row(number, 0, row)
        sheet.write_formula("A2", '=TEXT(1,"0")', None, BUDI[0])
        sheet.write_formula("B3", '=""', None, "EMPTY")
    desk.read(edited(path, b"<v>EMPTY</v>", b"<v></v>"))
    assert [(row["nik"], row["nama"]) for row in desk.rows()] == [(BUDI[0], BUDI[1]), (SITI[0], None)]


def test_formulas_with_errors_elsewhere_are_read_as_empty(desk: Desk) -> None:
    path = desk.folder / "list.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Data")
        for number, row in enumerate([(*KUR, "Alamat", "Catatan"), BUDI]):
            sheet.write_row(number, 0, row)
        sheet.write_formula("H2", "=1/0", None, "#DIV/0!")
        sheet.write_formula("I2", "=1/0", None, "#DIV/0!")
    assert desk.read(path).counts.accepted == 1


@pytest.mark.parametrize("name", ["../list.csv", "/etc/list.csv", "a/../../list.csv", "C:\\list.csv", "..\\list.csv"])
def test_a_zip_with_a_path_outside(desk: Desk, name: str) -> None:
    assert "path outside" in complaint(desk, zipped(**{name: kur(BUDI).encode()}), "list.zip").why.en


def test_a_zip_that_is_a_bomb(desk: Desk) -> None:
    assert "bomb" in complaint(desk, zipped(**{"list.csv": b"0" * (source.BOMB_FROM + 1)}), "list.zip").what.en


def test_a_zip_that_lies_about_its_size_is_not_followed(desk: Desk) -> None:
    size = source.BOMB_FROM + 1
    data = zipped(**{"list.csv": b"0" * size})
    lying = data.replace(size.to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    assert lying != data
    assert complaint(desk, lying, "list.zip")


def test_a_gz_that_is_a_bomb(desk: Desk) -> None:
    data = kur(BUDI).encode() + b"0" * (2 * source.BOMB_FROM)
    assert "bomb" in complaint(desk, gzip.compress(data), "list.csv.gz").what.en


def test_a_workbook_that_is_a_bomb(desk: Desk) -> None:
    stream = io.BytesIO(workbook([KUR, BUDI]))
    with zipfile.ZipFile(stream, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/more.xml", b" " * (source.BOMB_FROM + 1))
    assert "bomb" in complaint(desk, stream.getvalue(), "list.xlsx").what.en


def test_a_zip_with_several_files(desk: Desk) -> None:
    found = complaint(desk, zipped(**{"a.csv": b"x", "b.csv": b"y"}), "list.zip")
    assert "several files" in found.what.en
    assert "a.csv, b.csv" in found.why.en


def test_a_zip_inside_a_zip(desk: Desk) -> None:
    inner = zipped(**{"list.csv": kur(BUDI).encode()})
    assert "inside a compressed file" in complaint(desk, zipped(**{"inner.zip": inner}), "list.zip").what.en


def test_a_zip_with_a_password(desk: Desk) -> None:
    data = bytearray(zipped(**{"list.csv": kur(BUDI).encode()}))
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + offset] |= 1
    assert "password" in complaint(desk, bytes(data), "list.zip").what.en


def test_a_truncated_gz(desk: Desk) -> None:
    data = gzip.compress(kur(*[BUDI] * 500).encode() + os.urandom(10_000).hex().encode())
    assert "cut short" in complaint(desk, data[:-200], "list.csv.gz").what.en
    assert "cut short" in complaint(desk, data[:-4], "list.csv.gz").what.en


def test_a_corrupt_gz(desk: Desk) -> None:
    data = gzip.compress(os.urandom(5000).hex().encode())
    assert "corrupt" in complaint(desk, data[:1000] + b"XXXX" + data[1004:], "list.csv.gz").what.en


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("NIK", pa.array([[1272011708850001]])),
        ("NIK", pa.array([True])),
        ("Tanggal Lahir", pa.array([{"y": 1985}])),
        ("Tanggal Lahir", pa.array([True])),
        ("Plafon", pa.array([[b"x"]])),
        ("Tanggal Akad", pa.array([3], pa.time32("s"))),
    ],
)
def test_a_parquet_whose_types_cannot_be_converted(desk: Desk, column: str, values: pa.Array) -> None:
    table = pa.table(
        {name: values if name == column else pa.array([cell]) for name, cell in zip(KUR, BUDI, strict=True)}
    )
    pq.write_table(table, desk.folder / "list.parquet")
    assert "cannot be converted" in complaint(desk, desk.folder / "list.parquet", "list.parquet").what.en


def test_a_corrupt_parquet(desk: Desk) -> None:
    pq.write_table(pa.table({name: [cell] * 1000 for name, cell in zip(KUR, BUDI, strict=True)}), desk.folder / "a")
    whole = (desk.folder / "a").read_bytes()
    for data in (whole[:-100], whole[:4], whole[:40] + b"\xff" * 200 + whole[240:]):
        assert "corrupt" in complaint(desk, data, "list.parquet").what.en


def test_all_rows_of_a_file_refused(desk: Desk) -> None:
    found = complaint(desk, kur(change(BUDI, plafon="-1"), change(SITI, plafon="-2")))
    assert "All rows" in found.what.en
    assert "The amount is negative." in found.why.en
    assert "line 2" in found.why.en


@pytest.mark.parametrize("name", ["list.csv", "list.csv.gz", "list.xlsx", "list.parquet"])
def test_a_file_that_changes_while_it_is_read(desk: Desk, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = desk.folder / name
    if name.endswith("parquet"):
        pq.write_table(pa.table({h: [c] for h, c in zip(KUR, BUDI, strict=True)}), path)
    else:
        text = kur(BUDI).encode()
        path.write_bytes({"list.csv": text, "list.csv.gz": gzip.compress(text)}.get(name) or workbook([KUR, BUDI]))
    from jangkau.lists import reading

    def meanwhile(*_: object) -> None:
        with path.open("ab") as stream:
            stream.write(b"more")

    monkeypatch.setattr(reading, "_check_table", meanwhile)
    assert "changed while it was read" in complaint(desk, path, name).what.en


@pytest.mark.parametrize(
    "data", [b"%PDF-1.7 ...", b"\x89PNG\r\n", b"<html><table></table></html>", b"Rar!\x1a\x07", b"{\\rtf1"]
)
def test_a_file_that_is_no_table(desk: Desk, data: bytes) -> None:
    assert complaint(desk, data, "list.xls").what.en == "The file is not a table."


def test_a_word_document(desk: Desk) -> None:
    data = zipped(**{"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"})
    assert complaint(desk, data, "list.docx").what.en == "The file is not a table."


def test_a_layout_that_does_not_exist(desk: Desk) -> None:
    assert complaint(desk, kur(BUDI), layout="kurr").what.en == "There is no layout “kurr”."


def test_a_file_that_is_not_there(desk: Desk) -> None:
    with pytest.raises(Complaint) as caught:
        recognise(path=desk.folder / "none.csv")
    assert caught.value.what.en == "The file is not there."


def test_a_folder_in_place_of_a_file(desk: Desk) -> None:
    with pytest.raises(Complaint):
        recognise(path=desk.folder)


def test_several_sheets_with_lists(desk: Desk) -> None:
    book = openpyxl.Workbook()
    for name in ("Medan", "Manado"):
        sheet = book.create_sheet(name)
        sheet.append(KUR)
        sheet.append(BUDI)
    book.save(desk.folder / "list.xlsx")
    assert "Several sheets" in complaint(desk, desk.folder / "list.xlsx", "list.xlsx").what.en


def test_an_old_workbook_is_read(desk: Desk) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Data")
    for number, row in enumerate([KUR, BUDI, SITI]):
        for column, cell in enumerate(row):
            sheet.write(number, column, cell)
    book.save(str(desk.folder / "list.xls"))
    reading = desk.read(desk.folder / "list.xls")
    assert (reading.counts.accepted, reading.profile.format) == (2, "xls")
