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


def known_region(*, column: pa.Array) -> Mask:
    """Whether each code (2 digits, or 4 and more) is in the table; True for null."""
    four, two = _known()
    digits = pc.and_(pc.ascii_is_decimal(column), pc.greater_equal(pc.binary_length(column), 2))
    safe = pc.if_else(pc.fill_null(digits, False), column, "0000")
    head = pc.binary_slice(safe.cast(pa.binary()), 0, 4).cast(pa.string()).cast(pa.int32()).to_numpy()
    short = np.asarray(pc.fill_null(pc.equal(pc.binary_length(column), 2), False))
    known = np.where(short, two[np.minimum(head, 99)], four[head])
    known |= np.asarray(pc.is_null(column))
    return np.asarray(known)
