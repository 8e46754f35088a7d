"""A CSV file to link, all text: what its header says, and its columns as Parquet.

DuckDB reads the rows; delimiter and header are found here, so that nothing is guessed from the content of rows.
"""

from __future__ import annotations

import csv
import gzip
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

import duckdb

from jangkau.complaints import Complaint, Text
from jangkau.files.dialect import find_delimiter

_LOOKED_AT = 1 << 16
_SAVE = Text(
    "Simpan berkasnya sebagai CSV UTF-8 (di Excel: 'CSV UTF-8') dan coba lagi.",
    "Save the file as UTF-8 CSV (in Excel: 'CSV UTF-8') and try again.",
)


@dataclass(frozen=True)
class Header:
    """The names of the columns, and what parts them."""

    names: tuple[str, ...]
    delimiter: str


def header(*, path: Path) -> Header:
    """The first line of a CSV file. Complaint when there is none, or when it is no text in UTF-8."""
    try:
        with _opened(path) as file:
            start = file.read(_LOOKED_AT)
    except (OSError, EOFError, gzip.BadGzipFile):
        raise _complaint(
            path,
            Text("Berkas tidak dapat dibuka.", "The file cannot be opened."),
            Text("Berkasnya rusak atau tidak boleh dibaca.", "It is broken, or may not be read."),
            Text("Minta berkasnya dikirim lagi.", "Ask for the file to be sent again."),
        ) from None
    if not start.strip(b"\xef\xbb\xbf \t\r\n"):
        raise _complaint(
            path,
            Text("Berkas ini kosong.", "This file is empty."),
            Text("Tidak ada judul kolom dan tidak ada baris.", "There are no column names and no rows."),
            Text("Periksa berkasnya, atau minta dikirim lagi.", "Check the file, or ask for it to be sent again."),
        )
    if b"\0" in start:
        raise _complaint(
            path,
            Text("Berkas ini bukan CSV UTF-8.", "This file is no UTF-8 CSV."),
            Text(
                "Isinya bukan teks biasa: mungkin buku kerja, UTF-16, atau Parquet yang terpotong.",
                "What is in it is no plain text: perhaps a workbook, UTF-16, or a Parquet file cut off.",
            ),
            _SAVE,
        )
    start = start.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    text = start[: start.rfind(b"\n") + 1] or start + b"\n"
    try:
        lines = text.decode("utf-8").splitlines(keepends=True)
    except UnicodeDecodeError as error:
        raise _not_utf8(path, text[: error.start].count(b"\n") + 1) from None
    delimiter = find_delimiter(sample=text)
    names = next(csv.reader(lines, delimiter=delimiter), [])
    return Header(tuple(name.strip() for name in names), delimiter)


def to_parquet(
    *, path: Path, found: Header, columns: Sequence[str], scratch: Path, settings: Mapping[str, str | int]
) -> Path:
    """The named columns as text in a Parquet file in ``scratch``. Complaint for a line that does not fit."""
    target = scratch / f"{sha256(str(path).encode()).hexdigest()[:16]}.parquet"
    wanted = ", ".join(f'"c{found.names.index(name)}" AS {_name(name)}' for name in dict.fromkeys(columns))
    types = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(len(found.names)))
    zipped = ", compression = 'gzip'" if path.suffix == ".gz" else ""

    def copy(strict: str) -> None:
        connection.execute(
            f"COPY (SELECT {wanted} FROM read_csv({_text(str(path))}, auto_detect = false, header = true, "
            f"columns = {{{types}}}, delim = {_text(found.delimiter)}, quote = '\"', escape = '\"'{zipped}, "
            f"strict_mode = {strict})) TO {_text(str(target))} "
            "(FORMAT parquet, COMPRESSION snappy, ROW_GROUP_SIZE 131072)"
        )

    with duckdb.connect(":memory:", config=dict(settings)) as connection:
        try:
            try:
                copy("true")
            except duckdb.InvalidInputException as error:
                if "state machine" not in str(error):
                    raise
                copy("false")  # line ends of several kinds in one file are against the strict rules
        except (duckdb.InvalidInputException, duckdb.ConversionException) as error:
            raise _explained(path, str(error), len(found.names)) from None
    return target


def _opened(path: Path) -> BinaryIO:
    return gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")  # type: ignore[return-value]


def _name(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _explained(path: Path, error: str, columns: int) -> Complaint:
    """DuckDB's error in an office's words. Its text may hold a row, so only the numbers are taken from it."""
    if "unicode" in error.lower() or "utf-8" in error.lower():
        return _not_utf8(path, _first_line_not_utf8(path))
    at = re.search(r"CSV Error on Line: (\d+)", error)
    cells = re.search(r"Found: (\d+)", error)
    why = Text(
        "Tanda kutipnya tidak ditutup, atau barisnya terlalu panjang.", "A quote is not closed, or it is too long."
    )
    if cells:
        why = Text(
            f"Ada {cells[1]} isian, padahal judulnya {columns}.", f"It has {cells[1]} cells, the header has {columns}."
        )
    line = at[1] if at else "?"
    return _complaint(
        path,
        Text(f"Baris {line} tidak sesuai dengan judul kolom.", f"Line {line} does not fit the header."),
        why,
        Text(
            "Perbaiki baris itu; isian yang memuat pemisah harus di antara tanda kutip.",
            "Mend that line; a cell that holds the delimiter must stand in quotes.",
        ),
    )


def _first_line_not_utf8(path: Path) -> int:
    with _opened(path) as file:
        for number, line in enumerate(file, start=1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                return number
    return 1


def _not_utf8(path: Path, line: int) -> Complaint:
    return _complaint(
        path,
        Text("Huruf dalam berkas ini bukan UTF-8.", "The letters in this file are not UTF-8."),
        Text(f"Yang pertama ada di baris {line}.", f"The first one is in line {line}."),
        _SAVE,
    )


def _complaint(path: Path, what: Text, why: Text, do: Text) -> Complaint:
    return Complaint(what=what, where=path.name, why=why, do=do)
