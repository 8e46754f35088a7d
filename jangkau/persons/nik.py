"""The NIK (nomor induk kependudukan): 16 digits, what they encode, in Python and in SQL.

``RRRRRR DDMMYY SSSS``: district of first issue, birth date (40 added to a woman's day), serial. No check digit;
the century is not written. Source: shared reference README, after Dukcapil practice (UU 24/2013).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class NikParts:
    """What a well-formed NIK says. ``region6`` is where it was first issued, never where the person lives."""

    region6: str
    born: tuple[date, ...]
    sex: str
    serial: str


def decode(*, nik: str) -> NikParts | None:
    """Parts of a NIK; None when it is not 16 digits, has serial 0000 or no such day exists in either century."""
    if len(nik) != 16 or not nik.isascii() or not nik.isdigit() or nik[12:] == "0000":
        return None
    day, month, year = int(nik[6:8]), int(nik[8:10]), int(nik[10:12])
    sex = "P" if day > 40 else "L"
    born = tuple(d for century in (1900, 2000) if (d := _date(century + year, month, day - 40 * (day > 40))))
    return NikParts(nik[:6], born, sex, nik[12:]) if born else None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def is_sixteen_digits(nik: str) -> str:
    """SQL: does the text column hold 16 ASCII digits."""
    return f"(length({nik}) = 16 AND regexp_full_match({nik}, '[0-9]{{16}}'))"


def ddmmyy(nik: str) -> str:
    """SQL: 'DDMMYY' of a 16-digit NIK with the 40 taken off a woman's day; not yet known to be a date."""
    day = f"TRY_CAST(substr({nik}, 7, 2) AS INTEGER)"
    return (
        f"(lpad(CAST(CASE WHEN {day} > 40 THEN {day} - 40 ELSE {day} END AS VARCHAR), 2, '0') || substr({nik}, 9, 4))"
    )


def sex(nik: str) -> str:
    """SQL: 'L' or 'P' as a 16-digit NIK has it."""
    return f"(CASE WHEN substr({nik}, 7, 2) > '40' THEN 'P' ELSE 'L' END)"


def birth_date(nik: str, latest: date) -> str:
    """SQL: birth date of a 16-digit NIK, in the latest century that is not after ``latest``; NULL when no such day."""
    text = ddmmyy(nik)
    year, month, day = (f"substr({text}, {start}, 2)" for start in (5, 3, 1))
    centuries = (latest.year // 100, latest.year // 100 - 1)
    after = f"{year} || {month} || {day} > '{latest:%y%m%d}'"
    century = f"(CASE WHEN {after} THEN '{centuries[1]}' ELSE '{centuries[0]}' END)"
    return f"TRY_CAST({century} || {year} || '-' || {month} || '-' || {day} AS DATE)"


def is_valid(nik: str) -> str:
    """SQL: 16 digits, a serial that is not 0000 and a day that exists in one century at least."""
    text = ddmmyy(nik)
    day = f"'-' || substr({text}, 3, 2) || '-' || substr({text}, 1, 2) AS DATE)"
    either = " OR ".join(f"TRY_CAST('{c}' || substr({text}, 5, 2) || {day} IS NOT NULL" for c in (20, 19))
    return f"({is_sixteen_digits(nik)} AND substr({nik}, 13, 4) <> '0000' AND ({either}))"
