"""One cell as text -> its value: the plain definition of every repair, flag and refusal that a single cell can
cause."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from jangkau.lists import dates
from jangkau.lists.flags import flag, repair

Value = str | int | bool | date | None


class Cell(NamedTuple):
    """``repairs`` and ``flags`` are bit masks; ``extra`` is the precision of a birth date."""

    value: Value
    repairs: int = 0
    flags: int = 0
    refusal: str | None = None
    extra: str | None = None


# What people write into a cell that they mean to leave empty.
PLACEHOLDERS = frozenset(
    [
        "-",
        "--",
        "---",
        ".",
        "..",
        "?",
        "*",
        "NULL",
        "(NULL)",
        "<NULL>",
        "N/A",
        "#N/A",
        "#REF!",
        "#VALUE!",
        "#NAME?",
        "#DIV/0!",
        "#NUM!",
        "#NULL!",
        "NONE",
        "NIL",
    ]
)
LONGEST_PLACEHOLDER = max(map(len, PLACEHOLDERS))
_SPACES = re.compile(r"\s+")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\ufeff\u00ad]")
_APOSTROPHES = "'’‘`´ʼ\""
_LOST = "�␀"
_EXPONENT = re.compile(r"\d+(?:[.,]\d+)?E\+?\d+", re.IGNORECASE)

_UNICODE, _SPACE, _PLACEHOLDER = repair("unicode"), repair("spaces"), repair("placeholder")


def text(*, cell: str) -> Cell:
    """Trimmed, in Unicode's composed form."""
    value = unicodedata.normalize("NFC", _INVISIBLE.sub("", cell))
    repairs = _UNICODE if value != cell else 0
    trimmed = value.strip()
    repairs |= _SPACE if trimmed != value and trimmed else 0
    if not trimmed:
        return Cell(None)
    if trimmed.upper() in PLACEHOLDERS:
        return Cell(None, _PLACEHOLDER)
    return Cell(trimmed, repairs, flag("character_lost") if any(c in trimmed for c in _LOST) else 0)


def name(*, cell: str) -> Cell:
    """A name: one space between words, capitals."""
    plain = text(cell=cell)
    if plain.value is None:
        return plain
    spaced = _SPACES.sub(" ", str(plain.value))
    value = unicodedata.normalize("NFC", spaced.upper())
    repairs = plain.repairs | (_SPACE if spaced != plain.value else 0) | (repair("case") if value != spaced else 0)
    return Cell(value, repairs, plain.flags)


def _number_text(cell: str) -> tuple[str, int]:
    """Text of a number with compatible digits (full-width and the like) as ASCII, no spaces, no apostrophe before
    it."""
    folded = unicodedata.normalize("NFKC", _INVISIBLE.sub("", cell))
    value = _SPACES.sub("", folded)
    repairs = (_UNICODE if folded != cell.replace("\xa0", " ") else 0) | (_SPACE if value and value != folded else 0)
    # ="1272..." is how some programs keep Excel from making a number of it.
    bare = value.removeprefix("=").strip(_APOSTROPHES)
    return bare, repairs | (repair("apostrophe") if bare and bare != value else 0)


def digits(*, cell: str) -> Cell:
    """A number that identifies: digits when there is nothing but digits, separators and an apostrophe; else as sent."""
    trimmed = text(cell=cell)
    if trimmed.value is None:
        return trimmed
    bare, repairs = _number_text(cell)
    if bare[-2:] == ".0" and bare[:-2].isdecimal():
        bare, repairs = bare[:-2], repairs | repair("decimal_zero")
    plain = re.sub(r"[.\-–/_]", "", bare)
    if plain.isascii() and plain.isdecimal():
        return Cell(plain, repairs | (repair("dots") if plain != bare else 0))
    return trimmed


def nik(*, cell: str, number: bool = False) -> Cell:
    """A NIK: 16 digits, or the trimmed text as sent. ``number``: the cell was a number, as spreadsheets round to 15
    digits.

    A NIK read from a number (or written ``...0.0`` or ``3.51E+15``) that ends in 0 has probably lost its last digit.
    """
    found = digits(cell=cell)
    if found.value is None or found.value == "0":
        return Cell(None, found.repairs or _PLACEHOLDER * (found.value == "0"), flag("nik_missing"))
    value = str(found.value)
    number = number or bool(found.repairs & repair("decimal_zero"))
    if len(value) == 16 and value.isascii() and value.isdecimal():
        rounded = number and (value[-1] == "0" or int(value) > 2**53)
        return Cell(value, found.repairs, flag("nik_rounded") if rounded else 0)
    as_sent = text(cell=cell)
    exponent = _EXPONENT.fullmatch(value.replace(" ", ""))
    rounded = bool(exponent) or (number and value.endswith("00"))
    return Cell(as_sent.value, as_sent.repairs, as_sent.flags | (flag("nik_rounded") if rounded else 0))


def phone(*, cell: str) -> Cell:
    """A telephone number as ``62`` and 8 to 13 digits; of several in one cell the first."""
    plain = text(cell=cell)
    if plain.value is None or plain.value == "0":
        return Cell(None, plain.repairs)
    first = re.split(r"[/;,|]|\bdan\b|\batau\b", str(plain.value), maxsplit=1)[0]
    bare, _ = _number_text(first)
    bare = bare[:-2] if bare.endswith(".0") else bare
    number = re.sub(r"[().\-–_]", "", bare).removeprefix("+")
    if number.isascii() and number.isdecimal():
        number = number.removeprefix("00")
        number = "62" + (number[2:].lstrip("0") if number.startswith("62") else number.lstrip("0"))
        if 10 <= len(number) <= 15:
            return Cell(number)
    return Cell(None, 0, flag("phone_unreadable"))


def region(*, cell: str) -> Cell:
    """A region code as digits. Whether it is in the table is seen later, where the table is."""
    found = digits(cell=cell)
    if found.value is None or found.value == "0":
        return Cell(None, found.repairs)
    value = str(found.value)
    if value.isascii() and value.isdecimal():
        known_length = len(value) in (2, 4, 6, 10)
        return Cell(value, found.repairs, 0 if known_length else flag("region_unknown"))
    return Cell(None, 0, flag("region_unknown"))


def amount(*, cell: str, most: int | None) -> Cell:
    """Whole rupiah. ``50.000.000``, ``50,000,000.00``, ``Rp 50.000.000,-`` and ``50 juta`` are fifty million."""
    plain = text(cell=cell)
    if plain.value is None:
        return plain
    value = unicodedata.normalize("NFKC", str(plain.value)).upper()
    bare = re.sub(r"^(RP|IDR)\.?|\s|['’]|(RP|IDR|RUPIAH)$", "", value.replace(" ", ""))
    bare = re.sub(r"[,.]?[-–=]+$", "", bare) if re.search(r"[,.][-–=]+$", bare) else bare
    negative = bare.startswith(("-", "–", "(")) or bare.endswith("-")
    bare = bare.strip("-–+()")
    bare = re.sub(r"^(RP|IDR)\.?", "", bare)
    factor = 1
    if word := re.search(r"(JUTA|JT)$", bare):
        bare, factor = bare[: word.start()], 1_000_000
    number = _decimal(bare)
    if number is None:
        return Cell(None, refusal="amount_unreadable")
    number = (number * factor).to_integral_value(rounding="ROUND_HALF_UP")
    if negative and number:
        return Cell(None, refusal="amount_negative")
    if number > (most or 10**15):
        return Cell(None, refusal="amount_absurd")
    repairs = (plain.repairs & _SPACE) | (repair("thousands") if bare != str(plain.value) else 0)
    return Cell(int(number), repairs, flag("amount_rounded") if "E" in bare else 0)


def _decimal(bare: str) -> Decimal | None:
    """A number in Indonesian or English writing. One separator with three digits behind it parts thousands."""
    if not bare or not bare.isascii() or not re.fullmatch(r"[0-9.,]+|[0-9]+(?:[.,][0-9]+)?E\+?[0-9]{1,3}", bare):
        return None
    if "E" in bare:
        return Decimal(bare.replace(",", "."))
    last = max(bare.rfind("."), bare.rfind(","))
    whole, fraction = bare, ""
    if last >= 0:
        mark, behind = bare[last], bare[last + 1 :]
        both = "." in bare and "," in bare
        if bare.count(mark) == 1 and (both or len(behind) != 3) and behind.isdecimal():
            whole, fraction = bare[:last], behind
    groups = re.split(r"[.,]", whole)
    if len(groups) > 1 and (not groups[0] or len(groups[0]) > 3 or any(len(g) != 3 for g in groups[1:])):
        return None
    try:
        return Decimal("".join(groups) + "." + (fraction or "0"))
    except InvalidOperation:
        return None


def months(*, cell: str) -> Cell:
    """A term in months; years are turned into months."""
    return _small_number(cell, r"(BULAN|BLN|BL|MONTHS?)?", r"(TAHUN|THN|TH|YEARS?)", 600)


def wave(*, cell: str) -> Cell:
    """The number of a Prakerja intake (gelombang)."""
    return _small_number(re.sub(r"(?i)^\s*(gelombang|gel|batch)\.?\s*(ke)?[\s\-.]*", "", cell), "", None, 999)


def _small_number(cell: str, unit: str, years: str | None, most: int) -> Cell:
    plain = text(cell=cell)
    if plain.value is None:
        return plain
    value = str(plain.value).upper().replace(" ", "").strip(_APOSTROPHES)
    if found := re.fullmatch(rf"([0-9]{{1,4}})(?:[.,]0+)?{unit}", value):
        number = int(found[1])
    elif years and (found := re.fullmatch(rf"([0-9]{{1,3}}){years}", value)):
        number = 12 * int(found[1])
    else:
        return Cell(None, 0, flag("number_unreadable"))
    return Cell(number, plain.repairs) if number <= most else Cell(None, 0, flag("number_unreadable"))


def _date(cell: str, how: dates.Rule) -> Cell:
    plain = text(cell=cell)
    if plain.value is None:
        return plain
    found = dates.read(text=str(plain.value), rule=how)
    if found is None:
        return Cell(None, refusal="impossible_date")
    if found.day is None:
        return Cell(None, _PLACEHOLDER)
    return Cell(found.day, plain.repairs & ~_UNICODE, extra=found.precision)


def birth_date(*, cell: str, latest: date) -> Cell:
    """A birth date, its precision beside it; never after ``latest``."""
    found = _date(cell, dates.Rule(latest=latest, earliest=date(latest.year - 120, 1, 1), past=True))
    incomplete = found.extra in ("year", "month")
    return found._replace(flags=flag("birth_year_only") if incomplete else 0)


def event_date(*, cell: str, latest: date, past: bool, may_be_never: bool = False) -> Cell:
    """A date of a contract or membership. What is not precise enough is kept out of the row and flagged.

    ``past``: a year of two digits is the latest that is not after ``latest``; otherwise it is of this century.
    """
    # Lists may be younger than the day of the run, and memberships may end far ahead, but not loans begin in 2099.
    last = date(2100 if may_be_never else latest.year + 10, 12, 31)
    rule = dates.Rule(latest=last, earliest=date(1930, 1, 1), past=past, pivot=latest, may_be_never=may_be_never)
    found = _date(cell, rule)
    if found.value is not None and found.extra != "day":
        return Cell(None, 0, flag("date_incomplete"))
    return found._replace(extra=None)


def month(*, cell: str) -> Cell:
    """A month as its first day: ``2021-04``, ``04/2021``, ``202104``, ``April 2021``, or any date in it."""
    compact = re.fullmatch(r"\s*((?:19|20)\d\d)(\d\d)\s*", cell)
    rule = dates.Rule(latest=date(2100, 1, 1), earliest=date(1930, 1, 1), past=False)
    found = _date(f"{compact[1]}-{compact[2]}" if compact else cell, rule)
    if found.extra == "year":
        return Cell(None, 0, flag("date_incomplete"))
    day = found.value
    return found._replace(value=day.replace(day=1) if isinstance(day, date) else None, extra=None)
