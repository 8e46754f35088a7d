"""The same list in every kind of file gives the same rows."""

from __future__ import annotations

import datetime
import gzip
import io
import zipfile

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
import xlwt

from .desk import BUDI, KUR, SITI, Desk, change, kur

RENE = change(SITI, nama="RENÉE – SITI", plafon="60.000.000")
PLAIN = kur(BUDI, RENE)


def people(desk: Desk) -> list[tuple[object, ...]]:
    keys = ("nik", "nama", "tanggal_lahir", "plafon", "tanggal_akad", "skema", "bank")
    return [tuple(row[key] for key in keys) for row in desk.rows()]


def expected() -> list[tuple[object, ...]]:
    day = datetime.date
    return [
        (BUDI[0], "BUDI SANTOSO", day(1985, 8, 17), 25_000_000, day(2021, 1, 5), "mikro", "BRI"),
        (SITI[0], "RENÉE – SITI", day(1990, 4, 12), 60_000_000, day(2021, 2, 6), "kecil", "BRI"),
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "|", "\t"])
@pytest.mark.parametrize(
    ("encoding", "named"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16-le"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("windows-1252", "windows-1252"),
    ],
)
def test_text_of_any_delimiter_and_encoding(desk: Desk, delimiter: str, encoding: str, named: str) -> None:
    reading = desk.read(kur(BUDI, RENE, delimiter=delimiter).encode(encoding), "list.txt")
    assert people(desk) == expected()
    assert reading.profile.encoding == named


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
@pytest.mark.parametrize("closed", [True, False])
def test_text_with_any_line_ends(desk: Desk, end: str, closed: bool) -> None:
    text = PLAIN if closed else PLAIN.rstrip("\n")
    desk.read(text.replace("\n", end).encode())
    assert people(desk) == expected()
    assert [row["line"] for row in desk.rows()] == [2, 3]


def test_utf_16_with_a_big_endian_mark(desk: Desk) -> None:
    desk.read(b"\xfe\xff" + PLAIN.encode("utf-16-be"))
    assert people(desk) == expected()


def test_quotes_around_every_cell_and_line_breaks_inside(desk: Desk) -> None:
    row = change(BUDI, nama="BUDI\nSANTOSO", bank='BANK "BRI", Tbk')
    text = "\n".join(",".join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in r) for r in (KUR, row, SITI))
    desk.read(text)
    first, second = desk.rows()
    assert (first["line"], first["nama"], first["bank"]) == (2, "BUDI SANTOSO", 'BANK "BRI", Tbk')
    assert (second["line"], second["nama"]) == (4, "SITI AMINAH")


def test_quotes_inside_words_are_letters(desk: Desk) -> None:
    rows = (change(BUDI, nama='BUDI "UDIN" S'), change(SITI, nama='SITI 5" AMINAH'))
    desk.read("\n".join("|".join(row) for row in (KUR, *rows)), "list.txt")
    assert [row["nama"] for row in desk.rows()] == ['BUDI "UDIN" S', 'SITI 5" AMINAH']


@pytest.mark.parametrize("inner", ["csv", "xlsx", "xls", "parquet"])
@pytest.mark.parametrize("outer", ["", "zip", "gz"])
def test_every_kind_of_file_also_compressed(desk: Desk, inner: str, outer: str) -> None:
    data = {"csv": PLAIN.encode, "xlsx": xlsx, "xls": xls, "parquet": parquet}[inner]()
    if outer == "gz":
        data = gzip.compress(data)
    elif outer == "zip":
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr(f"folder/list.{inner}", data)
            archive.writestr("__MACOSX/folder/._list", b"clutter")
            archive.writestr("folder/.DS_Store", b"clutter")
        data = stream.getvalue()
    reading = desk.read(data, f"list.{inner}.{outer}".rstrip("."))
    assert people(desk) == expected()
    assert reading.profile.format == inner
    assert [row["line"] for row in desk.rows()] == ([1, 2] if inner == "parquet" else [2, 3])


def test_what_a_file_holds_counts_not_what_it_is_called(desk: Desk) -> None:
    desk.read(PLAIN.encode(), "list.xls")
    assert people(desk) == expected()


def xlsx() -> bytes:
    """Typed cells: dates, numbers, text."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "dd/mm/yyyy"})
        for number, row in enumerate([KUR, BUDI, RENE]):
            sheet.write_row(number, 0, row)
        for number, row in ((1, BUDI), (2, RENE)):
            for column in (2, 5):
                sheet.write_datetime(number, column, datetime.datetime.fromisoformat(row[column]), day)
        sheet.write_number(1, 4, 25_000_000)
    return stream.getvalue()


def xls() -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Data")
    day = xlwt.easyxf(num_format_str="DD/MM/YYYY")
    for number, row in enumerate([KUR, BUDI, RENE]):
        for column, cell in enumerate(row):
            if number and column in (2, 5):
                sheet.write(number, column, datetime.date.fromisoformat(cell), day)
            else:
                sheet.write(number, column, cell)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def parquet() -> bytes:
    """Typed columns, all of which convert without loss."""
    table = pa.table(
        {
            "NIK": pa.array([int(BUDI[0]), int(SITI[0])]),
            "Nama": pa.array([BUDI[1], RENE[1]]).dictionary_encode(),
            "Tanggal Lahir": pa.array([datetime.date.fromisoformat(r[2]) for r in (BUDI, SITI)]),
            "Skema": pa.array([BUDI[3], SITI[3]], pa.large_string()),
            "Plafon": pa.array([25_000_000.0, 60_000_000.0]),
            "Tanggal Akad": pa.array([datetime.datetime.fromisoformat(r[5]) for r in (BUDI, SITI)], pa.timestamp("us")),
            "Bank": pa.array([b"BRI", b"BRI"], pa.binary()),
            "Lain": pa.array([[1], [2]]),
        }
    )
    stream = io.BytesIO()
    pq.write_table(table, stream)
    return stream.getvalue()


def test_a_nik_that_was_a_number_in_a_workbook_is_flagged_when_it_ends_in_zero(desk: Desk) -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([KUR, BUDI, SITI, SITI]):
            sheet.write_row(number, 0, row)
        sheet.write_number(1, 0, 1272011708850001)
        sheet.write_number(2, 0, 1272015204900000)
        sheet.write_string(3, 0, "1272015204900010")
    desk.read(stream.getvalue(), "list.xlsx")
    exact, rounded, text = desk.rows()
    assert (exact["nik"], exact["nik_valid"], exact["flags"]) == ("1272011708850001", True, set())
    assert (rounded["nik"], rounded["nik_valid"]) == ("1272015204900000", False)
    assert {"nik_damaged", "nik_rounded"} <= set(rounded["flags"])
    assert (text["nik_valid"], text["flags"]) == (True, set())


def test_bad_cells_of_a_parquet_are_refused_like_those_of_a_csv(desk: Desk) -> None:
    names = pa.array([b"BUDI", b"BU\0DI", b"BU\xffDI", b"X" * 30_001, None], pa.binary())
    table = pa.table({h: names if h == "Nama" else pa.array([c] * 5) for h, c in zip(KUR, BUDI, strict=True)})
    stream = io.BytesIO()
    pq.write_table(table, stream)
    reading = desk.read(stream.getvalue(), "list.parquet")
    assert reading.profile.refusals == {"broken_text": 1, "cell_too_long": 1, "nul_byte": 1}
    assert [row["_baris"] for row in desk.refused_rows()] == ["2", "3", "4"]
    assert [row["line"] for row in desk.rows()] == [1, 5]


def test_a_parquet_whose_first_row_is_its_header_is_read(desk: Desk) -> None:
    table = pa.table({f"column{i}": cells for i, cells in enumerate(zip(KUR, BUDI, SITI, strict=True))})
    pq.write_table(table, desk.folder / "list.parquet")
    desk.read(desk.folder / "list.parquet")
    assert [(row["line"], row["nama"]) for row in desk.rows()] == [(2, "BUDI SANTOSO"), (3, "SITI AMINAH")]


def test_a_line_that_tells_excel_the_delimiter_is_passed_over(desk: Desk) -> None:
    desk.read("sep=;\r\n" + kur(BUDI, RENE, delimiter=";").replace("\n", "\r\n"))
    assert people(desk) == expected()


def test_dates_in_a_csv_may_be_excel_serials(desk: Desk) -> None:
    assert desk.row(tanggal_lahir="31276")["tanggal_lahir"] == datetime.date(1985, 8, 17)
