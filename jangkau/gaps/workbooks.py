"""Workbooks of the people not protected, one or more per region, for the branch that will call on them.

XlsxWriter makes each workbook with its heading; the rows are put in by DuckDB as text, since writing 200,000 people
cell by cell takes 20 seconds and this takes 3.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from jangkau.complaints import Language, Text

# What SIPP takes in one upload (docs/reference/run.md).
ROWS = 10_000
WITHOUT_REGION = "tanpa-wilayah"
SHEET = Text("Belum terlindungi", "Not protected")
# Zip entries carry a date; the same bytes for the same people need one that never changes. Zip knows none older.
_DATE = (1980, 1, 1, 0, 0, 0)
_CREATED = datetime(1980, 1, 1, tzinfo=UTC)
_MARK = "@row@"

_YES_NO = {"true": Text("ya", "yes"), "false": Text("tidak", "no")}
_STATUS = {
    "not_found": Text("belum terdaftar", "in no register"),
    "lapsed": Text("pernah terdaftar, tidak aktif", "registered once, not active"),
    "doubtful": Text("perlu diperiksa", "somebody must look"),
}
_DUTY = {
    "unmet": Text("wajib, belum dipenuhi", "must join, has not"),
    "met": Text("wajib, sudah dipenuhi", "must join, has joined"),
    "may": Text("boleh mendaftar", "may join"),
    "none": Text("tidak ada", "none"),
    "unknown": Text("tidak diketahui", "not known"),
}
_KUR = {
    "super_mikro": Text("super mikro", "super micro"),
    "mikro": Text("mikro", "micro"),
    "kecil": Text("kecil", "small"),
    "khusus": Text("khusus", "special"),
    "pmi": Text("PMI", "migrant worker"),
}


@dataclass(frozen=True)
class _Column:
    """A column of the workbook: its heading, the DuckDB expression over gaps.parquet that gives its text, its width."""

    title: Text
    source: str
    width: int


def _worded(column: str, words: dict[str, Text], language: Language) -> str:
    cases = " ".join(f"WHEN '{code}' THEN '{text.in_(language)}'" for code, text in words.items())
    return f"CASE CAST({column} AS VARCHAR) {cases} ELSE CAST({column} AS VARCHAR) END"


def _columns(language: Language) -> tuple[_Column, ...]:
    """What a branch needs to find a person and to know why he is on the list, most needed first."""
    return (
        _Column(Text("NIK", "NIK"), "nik", 18),
        _Column(Text("Nama", "Name"), "name", 30),
        _Column(Text("Tanggal Lahir", "Birth date"), "strftime(birth_date, '%d-%m-%Y')", 13),
        _Column(Text("Jenis Kelamin", "Sex"), "sex", 7),
        _Column(Text("No. HP", "Phone"), "phone", 16),
        _Column(Text("Kode Wilayah", "Region code"), "region_code", 8),
        _Column(Text("Kabupaten/Kota", "Regency or city"), "region_name", 24),
        _Column(Text("Cabang", "Branch"), "branches", 20),
        _Column(Text("Status", "Status"), _worded("status", _STATUS, language), 26),
        _Column(
            Text("Peluang Terlindungi (%)", "Chance of protection (%)"),
            "CAST(CAST(round(100 * probability) AS INTEGER) AS VARCHAR)",
            12,
        ),
        _Column(Text("KPJ", "KPJ"), "kpj", 14),
        _Column(Text("Segmen", "Segment"), "segment", 8),
        _Column(Text("Lunas Sampai", "Paid until"), "paid_until", 12),
        _Column(Text("Kewajiban KUR", "Duty by KUR"), _worded("duty", _DUTY, language), 20),
        _Column(Text("Skema KUR", "KUR type"), _worded("kur_type", _KUR, language), 12),
        _Column(Text("Plafon", "Loan ceiling"), "CAST(plafon AS VARCHAR)", 12),
        _Column(Text("Daftar", "Lists"), "lists", 30),
        _Column(Text("Tanggal Daftar Terakhir", "Latest list date"), "strftime(last_list_date, '%d-%m-%Y')", 13),
        _Column(Text("Tidak Bekerja", "Not working"), _worded("not_working", _YES_NO, language), 9),
        _Column(Text("ID Orang", "Person ID"), "person_id", 24),
    )


def write_workbooks(*, gaps: Path, folder: Path, language: Language = "id") -> list[Path]:
    """Write `1272-01.xlsx`, `1272-02.xlsx`, ... into a folder: at most 10,000 people each, every cell text.

    People are ordered by name within their region; who has none is in `tanpa-wilayah-01.xlsx`. The same people give the
    same bytes, in whatever order they stand in `gaps`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    columns = _columns(language)
    heading = _Heading(columns=columns, language=language)
    written = []
    with duckdb.connect() as connection:
        for region, number, rows in _books(connection, gaps, columns):
            path = folder / f"{region}-{number:02d}.xlsx"
            heading.write(path=path, rows=rows)
            written.append(path)
    return written


def _books(
    connection: duckdb.DuckDBPyConnection, gaps: Path, columns: tuple[_Column, ...]
) -> Iterator[tuple[str, int, list[pa.Array]]]:
    """Region, number of the workbook and its rows as sheet text; a region's people arrive together, in order."""
    kinds = {
        name: kind for name, kind, *_ in connection.execute("DESCRIBE FROM read_parquet(?)", [str(gaps)]).fetchall()
    }
    cells = " || ".join(_cell(place, _plain(column.source, kinds)) for place, column in enumerate(columns))
    # Numbered and sorted first, turned into text after: the text is ten times as large.
    people = connection.sql(
        f"""
        WITH ordered AS (
            SELECT *, coalesce(CAST(region_code AS VARCHAR), '{WITHOUT_REGION}') AS region,
                row_number() OVER (PARTITION BY region_code ORDER BY name NULLS LAST, person_id) - 1 AS place
            FROM read_parquet(?)
        ), numbered AS (
            SELECT *, place // {ROWS} + 1 AS book, place % {ROWS} + 2 AS line FROM ordered ORDER BY region, book, line
        )
        SELECT region, book, '<row r="' || line || '">' || {cells} || '</row>' AS row FROM numbered
        """,
        params=[str(gaps)],
    )
    waiting: list[pa.Array] = []
    current: tuple[str, int] | None = None
    for batch in people.to_arrow_reader(ROWS):
        for region, book, rows in _runs(batch):
            if current is not None and current != (region, book):
                yield *current, waiting
                waiting = []
            current = (region, book)
            waiting.append(rows)
    if current is not None:
        yield *current, waiting


def _runs(batch: pa.RecordBatch) -> Iterator[tuple[str, int, pa.Array]]:
    """A batch cut where the workbook changes."""
    ends = pa.table({"region": batch["region"], "book": batch["book"]}).group_by(["region", "book"], use_threads=False)
    start = 0
    for group in ends.aggregate([([], "count_all")]).to_pylist():
        yield group["region"], group["book"], batch["row"].slice(start, group["count_all"])
        start += group["count_all"]


def _plain(source: str, kinds: dict[str, str]) -> str:
    """A column as text: lists of files or branches joined, months without their day."""
    kind = kinds.get(source, "VARCHAR")
    if kind.endswith("[]"):
        return f"array_to_string({source}, ', ')"
    return f"strftime({source}, '%m-%Y')" if kind == "DATE" else source


def _cell(place: int, source: str) -> str:
    """The DuckDB expression of one cell; an empty one where there is nothing."""
    text = f"CAST({source} AS VARCHAR)"
    # XML 1.0 has no control characters.
    text = rf"regexp_replace({text}, '[\x00-\x08\x0B\x0C\x0E-\x1F\x{{FFFE}}\x{{FFFF}}]', '', 'g')"
    text = f"replace(replace(replace({text}, '&', '&amp;'), '<', '&lt;'), '>', '&gt;')"
    column = xl_col_to_name(place)
    before, after = f'<c r="{column}', '" s="1" t="inlineStr"><is><t xml:space="preserve">'
    return f"coalesce('{before}' || line || '{after}' || nullif({text}, '') || '</t></is></c>', '')"


class _Heading:
    """Makes workbooks that have a heading and everything else but their people."""

    def __init__(self, *, columns: tuple[_Column, ...], language: Language) -> None:
        self._columns, self._language = columns, language

    def write(self, *, path: Path, rows: list[pa.Array]) -> None:
        count = sum(len(part) for part in rows)
        with (
            zipfile.ZipFile(io.BytesIO(self._empty(rows=count))) as source,
            zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target,
        ):
            for name in source.namelist():
                entry = zipfile.ZipInfo(name, _DATE)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.create_system = 0  # else the bytes would say whether they were made on Windows
                content = source.read(name)
                if name != "xl/worksheets/sheet1.xml":
                    target.writestr(entry, content)
                    continue
                before, after = _around_the_mark(content, last=f"{xl_col_to_name(len(self._columns) - 1)}{count + 1}")
                with target.open(entry, "w") as sheet:
                    sheet.write(before)
                    for part in rows:
                        sheet.write("".join(part.to_pylist()).encode())
                    sheet.write(after)

    def _empty(self, *, rows: int) -> bytes:
        """A workbook with the heading and one row that holds the mark."""
        content = io.BytesIO()
        with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
            book.set_properties({"created": _CREATED})
            text = book.add_format({"num_format": "@"})  # so that digits a clerk types stay as typed
            bold = book.add_format({"num_format": "@", "bold": True, "bottom": 1})
            sheet = book.add_worksheet(SHEET.in_(self._language))
            for place, column in enumerate(self._columns):
                sheet.set_column(place, place, column.width, text)
                sheet.write_string(0, place, column.title.in_(self._language), bold)
            sheet.write_string(1, 0, _MARK, text)
            sheet.freeze_panes(1, 2)
            sheet.autofilter(0, 0, rows, len(self._columns) - 1)
        return content.getvalue()


def _around_the_mark(sheet: bytes, *, last: str) -> tuple[bytes, bytes]:
    """The text of a sheet before and after the row with the mark, the sheet's extent set to what it will hold."""
    start = sheet.index(b'<row r="2"')
    end = sheet.index(b"</row>", start) + len(b"</row>")
    extent_start = sheet.index(b'<dimension ref="') + len(b'<dimension ref="')
    extent_end = sheet.index(b'"', extent_start)
    return sheet[:extent_start] + f"A1:{last}".encode() + sheet[extent_end:start], sheet[end:]
