"""A CSV that says how many workers each region has: read whole, with every mistake and its line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from jangkau.complaints import Text
from jangkau.places import known_region_codes, provinces

MOST_BYTES = 1_000_000
MOST_MISTAKES = 50
COUNTRY = ("", "00", "ID")
_NAMES = {
    "region": ("wilayah", "kode_wilayah", "region", "region_code"),
    "year": ("tahun", "year"),
    "eligible": ("pekerja", "eligible"),
    "participants": ("peserta", "participants"),
    "source": ("sumber", "source"),
}
_NEEDED = ("region", "year", "eligible", "source")
_SOURCE = 200
_YEARS = (2000, 2100)


@dataclass(frozen=True)
class Stated:
    """Workers of a region in a year, and how many were active participants (None: not said)."""

    line: int
    region: str
    year: int
    eligible: int
    participants: int | None
    source: str


@dataclass(frozen=True)
class Mistake:
    """What is wrong in a line of the sender's file, and what was expected there."""

    line: int
    column: str
    why: Text


@dataclass(frozen=True)
class Reading:
    """What a file says. Nothing of a file with mistakes is taken."""

    rows: tuple[Stated, ...]
    mistakes: tuple[Mistake, ...]


def read(*, data: bytes) -> Reading:
    """Rows of a CSV with the columns wilayah, tahun, pekerja, peserta (may be empty) and sumber, in any order, parted
    by comma, semicolon or tab. ``wilayah``: empty for the country, two digits of a province, four of a regency."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        return Reading((), (Mistake(line, "", Text("bukan UTF-8; ekspor ulang sebagai CSV UTF-8",
                                                   "not UTF-8; export it as CSV UTF-8")),))  # fmt: skip
    first = text.partition("\n")[0]
    mark = max(",;\t", key=first.count)
    lines = csv.reader(io.StringIO(text.replace("\0", "")), delimiter=mark)
    places: dict[str, int] = {}
    rows: list[Stated] = []
    mistakes: list[Mistake] = []
    try:
        places = _places(next(lines, []))
        missing = [name for name in _NEEDED if name not in places]
        if missing:
            wanted = ", ".join(_NAMES[name][0] for name in missing)
            return Reading((), (Mistake(1, wanted, Text("kolom ini tidak ada", "this column is missing")),))
        for cells in lines:
            if any(cell.strip() for cell in cells):
                _take(lines.line_num, cells, places, rows, mistakes)
    except csv.Error:
        mistakes.append(Mistake(lines.line_num, "", Text("baris ini tidak dapat dibaca", "this line cannot be read")))
    mistakes.extend(_twice(rows))
    if not rows and not mistakes:
        mistakes.append(Mistake(1, "", Text("tidak ada baris di bawah judul", "there are no lines below the heading")))
    return Reading(tuple(rows), tuple(sorted(mistakes, key=lambda one: one.line)[:MOST_MISTAKES]))


def _places(heading: list[str]) -> dict[str, int]:
    known = {name: ours for ours, names in _NAMES.items() for name in names}
    found = [known.get(cell.strip().lower().replace(" ", "_"), "") for cell in heading]
    return {name: number for number, name in enumerate(found) if name}


def _take(
    line: int, cells: list[str], places: dict[str, int], rows: list[Stated], mistakes: list[Mistake]
) -> None:  # fmt: skip
    """Add a line to the rows, or what is wrong with it to the mistakes."""
    said = {name: cells[at].strip() if at < len(cells) else "" for name, at in places.items()}
    wrong = list(_wrong(said))
    if wrong:
        mistakes.extend(Mistake(line, _NAMES[name][0], why) for name, why in wrong)
        return
    told = said.get("participants", "")
    region = "" if said["region"].upper() in COUNTRY else said["region"].replace(".", "")
    participants = _number(told) if told else None
    eligible = _number(said["eligible"])
    assert eligible is not None  # noqa: S101 - looked at above
    rows.append(Stated(line, region, int(said["year"]), eligible, participants, said["source"]))


def _wrong(said: dict[str, str]) -> Iterator[tuple[str, Text]]:
    region = said["region"].replace(".", "")
    if said["region"].upper() not in COUNTRY and region not in _known():
        yield "region", Text("kode Kemendagri: 2 angka provinsi, 4 angka kabupaten/kota, kosong untuk Indonesia",
                             "code of the Home Ministry: 2 digits, 4, or none: the country")  # fmt: skip
    if not (said["year"].isascii() and said["year"].isdigit() and _YEARS[0] <= int(said["year"][:9]) < _YEARS[1]):
        yield "year", Text("tahun dengan empat angka", "a year of four digits")
    eligible = _number(said["eligible"])
    if not eligible:
        yield "eligible", Text("jumlah orang lebih dari nol, misalnya 125000 atau 125.000",
                               "a number of people above nought, such as 125000")  # fmt: skip
    told = said.get("participants", "")
    participants = _number(told) if told else None
    if told and participants is None:
        yield "participants", Text("jumlah orang, atau kosong", "a number of people, or empty")
    elif participants is not None and eligible and participants > eligible:
        yield "participants", Text("peserta lebih banyak daripada pekerja", "more participants than workers")
    if not said["source"] or len(said["source"]) > _SOURCE:
        yield "source", Text(f"sumbernya harus ditulis, paling banyak {_SOURCE} huruf",
                             f"the source must be said, in {_SOURCE} letters at most")  # fmt: skip


def _known() -> frozenset[str]:
    return known_region_codes() | {one.code for one in provinces(on=date.max)}


def _number(text: str) -> int | None:
    """1234567, 1.234.567 or 1 234 567; None for anything else. A comma is no part of a number of people."""
    parts = text.replace("\N{NO-BREAK SPACE}", ".").replace(" ", ".").split(".")
    whole = len(parts) == 1 or (1 <= len(parts[0]) <= 3 and all(len(part) == 3 for part in parts[1:]))
    digits = "".join(parts)
    return int(digits) if whole and digits.isascii() and digits.isdigit() and len(digits) < 12 else None


def _twice(rows: list[Stated]) -> Iterator[Mistake]:
    first: dict[tuple[str, int], int] = {}
    for row in rows:
        before = first.setdefault((row.region, row.year), row.line)
        if before != row.line:
            yield Mistake(row.line, "wilayah", Text(f"sama dengan baris {before}", f"the same as line {before}"))
