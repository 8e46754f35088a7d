"""Dates as people write them, day before month: with Indonesian and English month names, Excel serials, years alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

_MONTH_WORDS = (
    "januari january jan",
    "februari february pebruari feb peb febr",
    "maret march mar mrt",
    "april apr",
    "mei may",
    "juni june jun",
    "juli july jul",
    "agustus august agt agu ags aug agst agus",
    "september sept sep",
    "oktober october okt oct",
    "november nopember nov nop",
    "desember december des dec",
)
MONTHS = {word: number for number, words in enumerate(_MONTH_WORDS, start=1) for word in words.split()}
_TIME = re.compile(
    r"(?:T|\s+)\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:[.,]\d+)?)?\s*(?:WIB|WITA|WIT|AM|PM|Z|[+-]\d\d:?\d\d)?$", re.I
)
_BEFORE = re.compile(r"^[^\d,]*,\s*(?=\d)|^(?:[^\W\d]+[\s.,/-]+)+(?=\d)")
_PARTS = re.compile(r"[\s\-/.,_]+")
_EXCEL_ZERO = date(1899, 12, 30)
# Systems write this year for "no end".
_NEVER = 2999


@dataclass(frozen=True)
class Rule:
    """Which years are possible, and the century of a year of two digits: if ``past``, the latest that is not after
    ``pivot`` (else ``latest``); otherwise 20xx. ``may_be_never``: a year from 2999 on says that there is no date
    yet."""

    latest: date
    earliest: date
    past: bool
    pivot: date | None = None
    may_be_never: bool = False


@dataclass(frozen=True)
class Found:
    """``day`` is None when the cell says that there is no date. ``precision``: day, month or year."""

    day: date | None
    precision: str = "day"


def read(*, text: str, rule: Rule) -> Found | None:
    """The date in a cell that is not empty; None if there is no such date."""
    bare = _TIME.sub("", text.strip().strip("'’`")).strip()
    bare = _without_words_before(bare)
    if not bare.isascii():
        return None
    if re.fullmatch(r"[0\s\-/.]+", bare):
        return Found(None)
    found = _one_number(bare) if re.fullmatch(r"\d+(?:[.,]\d+)?", bare) else _parts(bare, rule)
    if found is None or found.day is None:
        return found
    if rule.may_be_never and found.day.year >= _NEVER:
        return Found(None)
    return found if rule.earliest <= found.day <= rule.latest else None


def _without_words_before(text: str) -> str:
    """``Medan, 17-08-1985`` and ``Sabtu, 17 Agustus 1985`` without the place and the weekday; a month stays."""
    before = _BEFORE.match(text)
    if not before or any(word.casefold() in MONTHS for word in _PARTS.split(before.group())):
        return text
    return text[before.end() :]


def _one_number(text: str) -> Found | None:
    """A year, an Excel serial (31276), or eight digits in either order."""
    whole, _, fraction = text.replace(",", ".").partition(".")
    if len(whole) == 4 and not fraction.strip("0"):
        return _day(int(whole), 1, 1, "year") if whole[:2] in ("19", "20") else None
    if len(whole) == 5:
        return Found(_EXCEL_ZERO + timedelta(days=int(whole)))
    if len(whole) == 8 and not fraction.strip("0"):
        year_first = whole[:2] in ("19", "20") and int(whole[4:6]) <= 12
        if year_first:
            return _numbers(int(whole[:4]), int(whole[4:6]), int(whole[6:]))
        return _numbers(int(whole[4:]), int(whole[2:4]), int(whole[:2]))
    return None


def _parts(text: str, rule: Rule) -> Found | None:
    parts = [part.strip("'’`") for part in _PARTS.split(text) if part]
    if len(parts) == 1 and (joined := re.fullmatch(r"(\d{1,2})([A-Za-z]+)(\d{2,4})", parts[0])):
        parts = list(joined.groups())
    if len(parts) == 2:
        parts = [*parts, "0"] if len(parts[0]) == 4 and parts[0].isdecimal() else ["0", *parts]
    if len(parts) != 3:
        return None
    first, middle, last = parts
    if len(first) == 4 and first.isdecimal():
        year, month, day = first, middle, last
    elif first.casefold() in MONTHS:
        year, month, day = last, first, middle
    else:
        year, month, day = last, middle, first
    number = MONTHS.get(month.casefold()) or (int(month) if month.isdecimal() and len(month) <= 2 else None)
    if number is None or not (year.isdecimal() and day.isdecimal() and len(day) <= 2 and len(year) in (2, 4)):
        return None
    return _numbers(_century(year, rule), number, int(day))


def _century(year: str, rule: Rule) -> int:
    if len(year) == 4:
        return int(year)
    recent = 2000 + int(year)
    return recent - 100 if rule.past and recent > (rule.pivot or rule.latest).year else recent


def _numbers(year: int, month: int, day: int) -> Found | None:
    if month == 0:
        return _day(year, 1, 1, "year") if day == 0 else None
    return _day(year, month, day or 1, "day" if day else "month")


def _day(year: int, month: int, day: int, precision: str) -> Found | None:
    try:
        return Found(date(year, month, day), precision)
    except ValueError:
        return None
