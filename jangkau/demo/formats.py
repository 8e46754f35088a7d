"""The files people send: header words, date and number habits, encodings; writers that know their line."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import IO, Any, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq
import xlsxwriter

from jangkau.demo.senders import BNI, BRI, MANDIRI, NON_ASN, PRAKERJA_2020, PRAKERJA_2021, REGIONAL, VILLAGE

_EPOCH = date(1970, 1, 1)
_FIRST_DAY, _LAST_DAY = -14_600, 20_500  # 1930 to 2026
_MONTHS = [
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
]
XLSX_LIMIT = 20_000


@dataclass(frozen=True)
class Habit:
    """How one sender writes a list. `columns` are pairs of header and canonical column."""

    file: int
    layout: str
    suffix: str
    columns: tuple[tuple[str, str], ...]
    delimiter: str = ","
    encoding: str = "utf-8"
    titles: tuple[str, ...] = ()
    dates: str = "iso"
    regions: str = "four"
    upper: bool = True
    dotted_amounts: bool = False
    long_sex: bool = False
    line_end: str = "\n"


HABITS = (
    Habit(
        file=BRI,
        layout="kur",
        suffix=".txt",
        delimiter="|",
        dates="day_dash",
        columns=(
            *(
                ("NIK", "nik"),
                ("NAMA_DEBITUR", "nama"),
                ("TGL_LAHIR", "tanggal_lahir"),
                ("JENIS_KELAMIN", "jenis_kelamin"),
            ),
            *(("ALAMAT", "alamat"), ("KODE_WILAYAH", "kode_wilayah"), ("NO_HP", "no_hp"), ("PEKERJAAN", "pekerjaan")),
            *(("SKEMA", "skema"), ("PLAFON", "plafon"), ("TGL_AKAD", "tanggal_akad"), ("TENOR_BULAN", "tenor_bulan")),
            *(("BANK", "bank"), ("KODE_CABANG", "kode_cabang"), ("SEKTOR", "sektor")),
        ),
    ),
    Habit(
        file=MANDIRI,
        layout="kur",
        suffix=".csv",
        delimiter=";",
        encoding="cp1252",
        titles=("Daftar Debitur KUR – Bank Mandiri", "Periode Januari 2020 s.d. April 2021", ""),
        dates="day_slash",
        regions="dotted_six",
        upper=False,
        dotted_amounts=True,
        long_sex=True,
        line_end="\r\n",
        columns=(
            *(
                ("No. KTP", "nik"),
                ("Nama Debitur", "nama"),
                ("Tgl Lahir", "tanggal_lahir"),
                ("Jenis Kelamin", "jenis_kelamin"),
            ),
            *(("Alamat", "alamat"), ("Kode Wilayah", "kode_wilayah"), ("No. HP", "no_hp"), ("Skema", "skema")),
            *(("Plafon", "plafon"), ("Tanggal Akad", "tanggal_akad"), ("Tenor Bulan", "tenor_bulan"), ("Bank", "bank")),
            *(("Kode Cabang", "kode_cabang"), ("Sektor", "sektor")),
        ),
    ),
    Habit(
        file=BNI,
        layout="kur",
        suffix=".csv",
        encoding="utf-8-sig",
        regions="dotted_four",
        columns=(
            *(
                ("NO_KTP", "nik"),
                ("NAMA_LENGKAP", "nama"),
                ("TANGGAL_LAHIR", "tanggal_lahir"),
                ("JENIS_KELAMIN", "jenis_kelamin"),
            ),
            *(
                ("KODE_WILAYAH", "kode_wilayah"),
                ("NO_HP", "no_hp"),
                ("PEKERJAAN", "pekerjaan"),
                ("SKEMA", "skema"),
                ("PLAFON", "plafon"),
            ),
            *(
                ("TANGGAL_AKAD", "tanggal_akad"),
                ("BANK", "bank"),
                ("KODE_CABANG", "kode_cabang"),
                ("MENINGGAL", "meninggal"),
            ),
        ),
    ),
    Habit(
        file=REGIONAL,
        layout="kur",
        suffix=".csv",
        delimiter="\t",
        dates="day_short",
        upper=False,
        dotted_amounts=True,
        columns=(
            *(
                ("Nama Lengkap", "nama"),
                ("NIK", "nik"),
                ("Tgl Lahir", "tanggal_lahir"),
                ("Alamat", "alamat"),
                ("Kode Wilayah", "kode_wilayah"),
            ),
            *(
                ("Skema", "skema"),
                ("Plafon", "plafon"),
                ("Tgl Akad", "tanggal_akad"),
                ("Bank", "bank"),
                ("Kode Cabang", "kode_cabang"),
            ),
        ),
    ),
    Habit(
        file=PRAKERJA_2020,
        layout="prakerja",
        suffix=".csv",
        delimiter=";",
        encoding="utf-16",
        dates="words",
        regions="ten",
        upper=False,
        long_sex=True,
        line_end="\r\n",
        columns=(
            *(
                ("NIK", "nik"),
                ("No KK", "no_kk"),
                ("Nama Lengkap", "nama"),
                ("Tanggal Lahir", "tanggal_lahir"),
                ("Jenis Kelamin", "jenis_kelamin"),
            ),
            *(
                ("No HP", "no_hp"),
                ("Email", "email"),
                ("Gelombang", "gelombang"),
                ("Tanggal Penetapan", "tanggal_penetapan"),
            ),
            *(("Kode Wilayah", "kode_wilayah"), ("Status Bekerja", "status_bekerja"), ("Pekerjaan", "pekerjaan")),
        ),
    ),
    Habit(
        file=PRAKERJA_2021,
        layout="prakerja",
        suffix=".csv",
        regions="six",
        columns=(
            *(
                ("nik", "nik"),
                ("no_kk", "no_kk"),
                ("nama", "nama"),
                ("tanggal_lahir", "tanggal_lahir"),
                ("jenis_kelamin", "jenis_kelamin"),
            ),
            *(
                ("no_hp", "no_hp"),
                ("email", "email"),
                ("gelombang", "gelombang"),
                ("tanggal_penetapan", "tanggal_penetapan"),
            ),
            *(("kode_wilayah", "kode_wilayah"), ("status_bekerja", "status_bekerja")),
        ),
    ),
    Habit(
        file=NON_ASN,
        layout="non_asn",
        suffix=".xlsx",
        titles=("DAFTAR TENAGA NON ASN", "Keadaan April 2021"),
        columns=(
            *(
                ("NIK", "nik"),
                ("Nama Lengkap", "nama"),
                ("Tanggal Lahir", "tanggal_lahir"),
                ("Jenis Kelamin", "jenis_kelamin"),
            ),
            *(
                ("Instansi", "instansi"),
                ("Unit Kerja", "unit_kerja"),
                ("Jabatan", "jabatan"),
                ("Upah", "upah"),
                ("Tanggal Mulai", "tanggal_mulai"),
            ),
            *(("Kode Wilayah", "kode_wilayah"), ("Meninggal", "meninggal")),
        ),
    ),
    Habit(
        file=VILLAGE,
        layout="village",
        suffix=".csv.gz",
        delimiter=";",
        dates="day_slash",
        upper=False,
        columns=(
            *(
                ("NIK", "nik"),
                ("Nama", "nama"),
                ("Tanggal Lahir", "tanggal_lahir"),
                ("Jenis Kelamin", "jenis_kelamin"),
                ("Jabatan", "jabatan"),
            ),
            *(("Kode Desa", "kode_desa"), ("Sumber Dana", "sumber_dana"), ("Meninggal", "meninggal")),
        ),
    ),
)


@cache
def days(style: str) -> pa.Array:
    """Text of every day of 1930 to 2026 in one style; dates become a lookup."""
    every = [_EPOCH + timedelta(days=number) for number in range(_FIRST_DAY, _LAST_DAY)]
    shapes: dict[str, Callable[[date], str]] = {
        "iso": lambda d: d.isoformat(),
        "day_dash": lambda d: f"{d.day:02d}-{d.month:02d}-{d.year}",
        "day_slash": lambda d: f"{d.day:02d}/{d.month:02d}/{d.year}",
        "day_short": lambda d: f"{d.day:02d}-{d.month:02d}-{d.year % 100:02d}",
        "words": lambda d: f"{d.day} {_MONTHS[d.month - 1]} {d.year}",
    }
    return pa.array([shapes[style](day) for day in every])


def dated(*, day: npt.NDArray[Any], style: str) -> pa.Array:
    return days(style).take(pa.array(day.astype(np.int64) - _FIRST_DAY))


def dotted(amounts: pa.Array) -> pa.Array:
    """50000000 -> '50.000.000'."""
    coded = amounts.dictionary_encode()
    return pa.array([f"{value:,}".replace(",", ".") for value in coded.dictionary.to_pylist()]).take(coded.indices)


class Sheet(Protocol):
    """A list being written. `line` is that of the last row written, as the sender's program shows it."""

    line: int

    def rows(self, table: pa.Table) -> None: ...

    def refused(self, cells: Sequence[str], raw: bytes | None = None) -> None: ...

    def close(self) -> None: ...


class TextSheet:
    """CSV and TXT in any encoding and delimiter, plain or gz (without a time in it)."""

    def __init__(self, *, path: Path, habit: Habit) -> None:
        self._habit = habit
        self._file: IO[bytes] = path.open("wb")
        self._sink: IO[bytes] = self._file
        if path.suffix == ".gz":
            self._sink = gzip.GzipFile(filename="", mode="wb", fileobj=self._file, mtime=0, compresslevel=6)  # type: ignore[assignment]
        self.line = 0
        self._encoding = {"utf-16": "utf-16-le", "utf-8-sig": "utf-8"}.get(habit.encoding, habit.encoding)
        self._sink.write({"utf-16": b"\xff\xfe", "utf-8-sig": b"\xef\xbb\xbf"}.get(habit.encoding, b""))
        for title in (*habit.titles, habit.delimiter.join(header for header, _ in habit.columns)):
            self._text(title + "\n")
            self.line += 1

    def _text(self, text: str) -> None:
        self._sink.write(text.replace("\n", self._habit.line_end).encode(self._encoding))

    def rows(self, table: pa.Table) -> None:
        # Only a comma also stands inside values (", S.Pd."); elsewhere nobody quotes.
        quoting = "needed" if self._habit.delimiter == "," else "none"
        for batch in table.to_batches(max_chunksize=200_000):
            buffer = pa.BufferOutputStream()
            pyarrow.csv.write_csv(
                pa.Table.from_batches([batch]),
                buffer,
                pyarrow.csv.WriteOptions(include_header=False, delimiter=self._habit.delimiter, quoting_style=quoting),
            )
            content = buffer.getvalue().to_pybytes()
            if self._encoding == "utf-8" and self._habit.line_end == "\n":
                self._sink.write(content)
            else:
                self._text(content.decode("utf-8"))
        self.line += table.num_rows

    def refused(self, cells: Sequence[str], raw: bytes | None = None) -> None:
        self._sink.write(raw) if raw else self._text(self._habit.delimiter.join(cells) + "\n")
        self.line += 1

    def close(self) -> None:
        self._sink.close()
        self._file.close()


class ExcelSheet:
    """XLSX written row by row, with a fixed date in its properties; dates as Excel dates, NIK as text."""

    def __init__(self, *, path: Path, habit: Habit) -> None:
        self._habit = habit
        self._book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "default_date_format": "dd/mm/yyyy"})
        self._book.set_properties({"created": datetime(2021, 4, 30, tzinfo=UTC).replace(tzinfo=None)})
        self._sheet = self._book.add_worksheet("Data")
        self._date = self._book.add_format({"num_format": "dd/mm/yyyy"})
        self.line = 0
        for title in habit.titles:
            self._write([title])
        self._write([header for header, _ in habit.columns])

    def _write(self, cells: Sequence[object]) -> None:
        for column, cell in enumerate(cells):
            if isinstance(cell, date):
                self._sheet.write_datetime(self.line, column, cell, self._date)
            elif isinstance(cell, str):
                self._sheet.write_string(self.line, column, cell)
            elif cell is not None:
                self._sheet.write_number(self.line, column, cell)
        self.line += 1

    def rows(self, table: pa.Table) -> None:
        for cells in zip(*(column.to_pylist() for column in table.columns), strict=True):
            self._write(cells)

    def refused(self, cells: Sequence[str], raw: bytes | None = None) -> None:
        self._write(cells)

    def close(self) -> None:
        self._book.close()


class ParquetSheet:
    """Parquet with text columns, as an export of everything-as-text; `line` is the 1-based row."""

    def __init__(self, *, path: Path, habit: Habit) -> None:
        self._schema = pa.schema([(header, pa.string()) for header, _ in habit.columns])
        self._writer = pq.ParquetWriter(path, self._schema, compression="zstd")
        self.line = 0

    def rows(self, table: pa.Table) -> None:
        self._writer.write_table(table.cast(self._schema), row_group_size=250_000)
        self.line += table.num_rows

    def refused(self, cells: Sequence[str], raw: bytes | None = None) -> None:
        self.rows(pa.table([pa.array([cell or None], pa.string()) for cell in cells], schema=self._schema))

    def close(self) -> None:
        self._writer.close()


def open_sheet(*, path: Path, habit: Habit) -> Sheet:
    if path.suffix == ".parquet":
        return ParquetSheet(path=path, habit=habit)
    return ExcelSheet(path=path, habit=habit) if path.suffix == ".xlsx" else TextSheet(path=path, habit=habit)


def excel_dates(*, day: npt.NDArray[Any]) -> pa.Array:
    return pc.cast(pa.array(day.astype(np.int32)), pa.date32())
