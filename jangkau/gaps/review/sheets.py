"""The blind sheets: each person beside members he may be, no probability, no decision, no more NIK than is needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import xlsxwriter

from jangkau.complaints import Language, Text
from jangkau.gaps.review.frame import SHOWN

CODE, LETTER, DECISION, PROTECTED, KPJ = "kode", "calon", "keputusan", "terlindungi", "kpj ditemukan"
NOBODY = "-"
"""The letter of a line without a member."""
HIDDEN = "•"
SERIAL = 4
"""The last digits of a NIK; the others say district, birth date and sex, which the sheet shows anyway."""
SAME, DIFFERENT, CANNOT_TELL = Text("sama", "same"), Text("beda", "different"), Text("tidak tahu", "cannot tell")
YES, NO = Text("ya", "yes"), Text("tidak", "no")

_FIELDS = {
    "nik": ("NIK", 18),
    "nama": ("Nama", 28),
    "tanggal_lahir": ("Tgl lahir", 12),
    "jenis_kelamin": ("L/P", 6),
    "kode_wilayah": ("Wilayah", 10),
    "no_hp": ("HP", 15),
}
_SIDES = (" (daftar)", " (register)")
_CREATED = datetime(1980, 1, 1, tzinfo=UTC)
_HOW = (
    Text(
        "Tiap kode adalah satu orang dari daftar. Tiap baris membandingkannya dengan satu peserta di register.",
        "Each code is one person of the lists. Each line compares him with one member of the register.",
    ),
    Text(
        "Kolom 'keputusan': sama, beda, atau tidak tahu. Putuskan dari data, jangan menebak.",
        "Column 'keputusan': same, different, or cannot tell. Decide from the data, do not guess.",
    ),
    Text(
        "Bila tidak seorang pun sama (atau calon '-'): cari orang itu di aplikasi kepesertaan menurut nama, tanggal "
        "lahir dan NIK. Isi 'terlindungi' (ya, tidak, tidak tahu) dan 'kpj ditemukan' bila ia ternyata peserta.",
        "If nobody is the same (or the letter is '-'): look the person up in the membership system by name, birth date "
        "and NIK. Fill 'terlindungi' (yes, no, cannot tell), and 'kpj ditemukan' if he turns out to be a member.",
    ),
    Text(
        "Terlindungi berarti: iuran berlaku atau masih dalam tenggang pada tanggal acuan {as_of}.",
        "Protected means: contributions in force, or within the grace, on {as_of}.",
    ),
    Text(
        f"Pada NIK, {HIDDEN} adalah angka nomor urut yang sama di kedua pihak; angka yang berbeda ditampilkan.",
        f"In a NIK, {HIDDEN} stands for a digit of the serial that is the same on both sides; others are shown.",
    ),
    Text(
        "Beberapa nilai dipisah dengan garis miring: baris-baris orang itu menuliskannya berbeda.",
        "Several values stand with a slash between: the rows of that person write it differently.",
    ),
    Text(
        "Boleh mengurutkan baris dan menambah kolom; jangan mengubah 'kode' dan 'calon'. Lembar ini berisi data "
        "pribadi.",
        "Rows may be sorted and columns added; leave 'kode' and 'calon' as they are. This sheet holds personal data.",
    ),
)


@dataclass(frozen=True)
class Line:
    """One line of a sheet: a person and a member (None: nobody came near)."""

    code: str
    letter: str
    person: dict[str, tuple[str, ...]]
    member: dict[str, tuple[str, ...]] | None


def write_sheet(*, lines: Sequence[Line], path: Path, as_of: str, language: Language) -> None:
    """Write one reviewer's copy, in the order of ``lines``. The same lines give the same bytes."""
    with xlsxwriter.Workbook(path, {"in_memory": True}) as book:
        book.set_properties({"created": _CREATED})
        text, bold = book.add_format({"num_format": "@", "valign": "top"}), book.add_format({"bold": True})
        fill = book.add_format({"num_format": "@", "valign": "top", "bg_color": "#FFF6D6", "border": 1})
        sheet = book.add_worksheet("Telaah")
        headings = [CODE, LETTER, *(name + side for name, _ in _FIELDS.values() for side in _SIDES)]
        answers = [DECISION, PROTECTED, KPJ, "catatan"]
        widths = [14, 7, *(width for _, width in _FIELDS.values() for _ in _SIDES), 13, 13, 16, 30]
        for place, (heading, width) in enumerate(zip([*headings, *answers], widths, strict=True)):
            sheet.set_column(place, place, width, text)
            sheet.write_string(0, place, heading, bold)
        for row, line in enumerate(lines, start=1):
            for place, value in enumerate(_cells(line)):
                sheet.write_string(row, place, value, text)
            for place in range(len(headings), len(headings) + len(answers)):
                sheet.write_blank(row, place, None, fill)
        for place, words in ((len(headings), (SAME, DIFFERENT)), (len(headings) + 1, (YES, NO))):
            choice = {"validate": "list", "source": [word.in_(language) for word in (*words, CANNOT_TELL)]}
            sheet.data_validation(1, place, max(len(lines), 1), place, choice)
        sheet.freeze_panes(1, 2)
        how = book.add_worksheet("Petunjuk" if language == "id" else "Instructions")
        how.set_column(0, 0, 120)
        for row, sentence in enumerate(_HOW):
            how.write_string(row, 0, sentence.format(as_of=as_of).in_(language))


def _cells(line: Line) -> list[str]:
    sides = dict(line.person), dict(line.member or {})
    if line.member is not None:
        sides[0]["nik"], sides[1]["nik"] = masked(left=line.person["nik"], right=line.member["nik"])
    shown = [" / ".join(side.get(name, ())) for name in SHOWN for side in sides]
    return [line.code, line.letter, *shown]


def masked(*, left: Sequence[str], right: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """NIKs of both sides with those digits of the serial hidden in which all agree.

    What differs is shown, so that a slip of the hand can be told from another person; NIKs of other lengths stand as
    they are, since their digits cannot be laid side by side. A NIK that has none to compare with loses its serial.
    """
    every = [*left, *right]
    if any(len(nik) != 16 for nik in every):
        return tuple(left), tuple(right)
    hidden = {place for place in range(16 - SERIAL, 16) if len({nik[place] for nik in every}) == 1}

    def mask(nik: str) -> str:
        return "".join(HIDDEN if place in hidden else digit for place, digit in enumerate(nik))

    return tuple(map(mask, left)), tuple(map(mask, right))
