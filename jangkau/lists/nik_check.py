"""What 16-digit NIKs say, for a whole column: valid, birth date, sex, region; the rule is `persons.nik`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jangkau.places import known_region_codes

Mask = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int32]
_FIRST_DAY, _DAYS_KNOWN = -62_091, 146_097  # 1800-01-01; 400 years
_DAYS = np.array([0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])


@dataclass(frozen=True)
class Niks:
    """``number`` is 0 where the text is not 16 digits. ``same_digit`` are stand-ins such as sixteen zeros."""

    sixteen: Mask
    same_digit: Mask
    number: npt.NDArray[np.int64]
    valid: Mask
    day: Ints
    month: Ints
    year: Ints
    female: Mask

    @property
    def born(self) -> Ints:
        """Year, month and day as one number, YYMMDD."""
        return self.year * 10_000 + self.month * 100 + self.day


def parts(*, column: pa.Array) -> Niks:
    """Parts of each NIK; years of two digits."""
    sixteen = _is_sixteen_digits(column)
    number = np.zeros(len(column), np.int64)
    number[sixteen] = column.filter(pa.array(sixteen)).cast(pa.int64()).to_numpy()
    # Halves of eight digits: division of small numbers is several times faster than of large ones.
    head = (number // 10**8).astype(np.int32)
    tail = (number - head.astype(np.int64) * 10**8).astype(np.int32)
    # head = RRRRRRDD, tail = MMYYSSSS
    month = tail // 10**6
    two_digit_year = tail // 10**4 % 100
    day = head % 100
    serial = tail % 10_000
    female = day > 40
    day = day - 40 * female
    real_month = (month >= 1) & (month <= 12)
    days = _DAYS[np.where(real_month, month, 0)]
    leap = two_digit_year % 4 == 0
    days = np.where((month == 2) & ~leap, 28, days)
    valid = sixteen & real_month & (day >= 1) & (day <= days) & (serial != 0)
    same = sixteen & (number % 1_111_111_111_111_111 == 0)
    return Niks(sixteen, same, number, valid & ~same, day, month, two_digit_year, female)


def _is_sixteen_digits(column: pa.Array) -> Mask:
    long = pc.equal(pc.binary_length(column), 16)
    return np.asarray(pc.fill_null(pc.and_(long, pc.ascii_is_decimal(column)), False))


@cache
def _known() -> tuple[Mask, Mask]:
    """Which four-digit and which two-digit codes are in the table."""
    four, two = np.zeros(10_000, bool), np.zeros(100, bool)
    codes = np.array([int(code) for code in known_region_codes()])
    four[codes] = True
    two[codes // 100] = True
    return four, two


def known_prefix(*, niks: Niks) -> Mask:
    """Whether the first four digits are a regency of any of the tables."""
    return _known()[0][niks.number // 10**12]


@cache
def _calendar() -> Ints:
    """YYMMDD of each day from 1800 on."""
    days = np.arange(_FIRST_DAY, _FIRST_DAY + _DAYS_KNOWN).astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    year, month = np.divmod(months.astype(np.int64) + 12 * 1970, 12)
    day = (days - months).astype(np.int64)
    dates: Ints = (year % 100 * 10_000 + (month + 1) * 100 + day + 1).astype(np.int32)
    return dates


def two_digit_dates(*, days: npt.NDArray[np.int32]) -> Ints:
    """Days since 1970 as YYMMDD. Days of no list, before 1800 or after 2200, are 0."""
    at = days - np.int32(_FIRST_DAY)
    inside = (at >= 0) & (at < _DAYS_KNOWN)
    dates: Ints = np.where(inside, _calendar()[np.where(inside, at, 0)], np.int32(0))
    return dates


def known_region(*, column: pa.Array) -> Mask:
    """Whether each code (2 digits, or 4 and more) is in the table; True for null."""
    found = column.dictionary_encode()
    words = found.dictionary.to_pylist()
    four, two = _known()
    known = [_is_known(code, four, two) for code in words]
    at = pc.fill_null(found.indices, len(words)).to_numpy()
    result: Mask = np.array([*known, True])[at]
    return result


def _is_known(code: str, four: Mask, two: Mask) -> bool:
    if len(code) < 2 or not (code.isascii() and code.isdecimal()):
        return False
    return bool(two[int(code)] if len(code) == 2 else four[int(code[:4])])
