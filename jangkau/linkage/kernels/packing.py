"""Identifiers, dates and codes as 32-bit words of a line. All zero: missing, or not what the kind can hold.

Every function reads ``count`` strings of an Arrow array (offsets, data, bitmap, first bit) and writes from ``word`` on.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from jangkau.linkage.kernels.bits import LOW, hash_bytes, is_there, mix

DIGIT_0, DIGIT_9 = 48, 57
LONGEST_CODE = 15  # five letters of six bits in each of three words
DATE_BITS = np.uint32((1 << 30) - 1)
PRECISE = 100  # a date of which only the year is known has month and day 0


@njit(cache=True, nogil=True)
def month_days(year, month):  # type: ignore[no-untyped-def]
    if month == 2:
        return 29 if (year % 4 == 0 and year % 100 != 0) or year % 400 == 0 else 28
    return 30 if month == 4 or month == 6 or month == 9 or month == 11 else 31


@njit(cache=True, nogil=True)
def _digits(data, start, end, out):  # type: ignore[no-untyped-def]
    """The digits of data[start:end] without spaces, dots, dashes and apostrophes; -1 when anything else is in it."""
    n = 0
    for k in range(start, end):
        c = data[k]
        if DIGIT_0 <= c <= DIGIT_9:
            if n < len(out):
                out[n] = c - DIGIT_0
            n += 1
        elif not (c == 32 or c == 46 or c == 45 or c == 39 or c == 96 or c == 43):
            return -1
    return n


@njit(cache=True, nogil=True)
def _packed(digits, n):  # type: ignore[no-untyped-def]
    """Up to 16 digits, each plus one in four bits, the first one highest."""
    value = np.uint64(0)
    for k in range(16):
        value = (value << np.uint64(4)) | (np.uint64(digits[k] + 1) if k < n else np.uint64(0))
    return value


@njit(cache=True, nogil=True)
def _all_one(digits, n):  # type: ignore[no-untyped-def]
    for k in range(1, n):  # noqa: SIM110
        if digits[k] != digits[0]:
            return False
    return True


@njit(cache=True, nogil=True)
def pack_nik(offsets, data, valid, skip, count, latest, lines, word):  # type: ignore[no-untyped-def]
    """Two words of digits, one of what is inside: birth date (yyyymmdd, not after ``latest``) and sex << 30.

    13 to 18 digits are a NIK, right or damaged; one digit over and over is none. Birth date and sex are read from 16
    digits whose serial is not 0000 and whose day exists.
    """
    digits = np.zeros(20, np.int64)
    for i in range(count):
        if not is_there(valid, skip, i):
            continue
        n = _digits(data, offsets[i], offsets[i + 1], digits)
        if n < 13 or n > 18 or _all_one(digits, n):
            continue
        value = _packed(digits, n)
        lines[i, word] = np.uint32(value >> np.uint64(32))
        lines[i, word + 1] = np.uint32(value & LOW)
        if n != 16 or digits[12] + digits[13] + digits[14] + digits[15] == 0:
            continue
        day = digits[6] * 10 + digits[7]
        woman = day > 40
        if woman:
            day -= 40
        month = digits[8] * 10 + digits[9]
        year = latest // 1000000 * 100 + digits[10] * 10 + digits[11]
        if year * 10000 + month * 100 + day > latest:
            year -= 100
        if 1 <= month <= 12 and 1 <= day <= month_days(year, month):
            lines[i, word + 2] = np.uint32(year * 10000 + month * 100 + day) | np.uint32((2 if woman else 1) << 30)


@njit(cache=True, nogil=True)
def pack_phone(offsets, data, valid, skip, count, lines, word):  # type: ignore[no-untyped-def]
    """Two words: the digits after +62 or 0; fewer than eight, or one digit over and over, are no number."""
    digits = np.zeros(20, np.int64)
    for i in range(count):
        if not is_there(valid, skip, i):
            continue
        n = _digits(data, offsets[i], offsets[i + 1], digits)
        if n < 8 or n > 18:
            continue
        start = 2 if digits[0] == 6 and digits[1] == 2 else 0
        while start < n and digits[start] == 0:
            start += 1
        n -= start
        if n < 8 or _all_one(digits[start + 1 :], n - 1):
            continue
        value = _packed(digits[start:], min(n, 16))
        lines[i, word] = np.uint32(value >> np.uint64(32))
        lines[i, word + 1] = np.uint32(value & LOW)


@njit(cache=True, nogil=True)
def pack_code(offsets, data, valid, skip, count, lines, word):  # type: ignore[no-untyped-def]
    """Three words: letters and digits, five in each, upper case, the first one highest; signs are left out.

    Of more than 15, or with letters that are not ASCII, the first five stay and a hash of all: equality is exact, slips
    are not seen.
    """
    out = np.zeros(256, np.uint8)
    for i in range(count):
        if not is_there(valid, skip, i):
            continue
        n = 0
        foreign = False
        for k in range(offsets[i], min(offsets[i + 1], offsets[i] + 256)):
            c = data[k]
            foreign |= c >= 128
            if 97 <= c <= 122:
                c -= 32
            if (DIGIT_0 <= c <= DIGIT_9) or (65 <= c <= 90) or c >= 128:
                out[n] = c
                n += 1
        if n == 0:
            continue
        for part in range(3):
            value = np.uint32(0)
            for k in range(part * 5, part * 5 + 5):
                letter = np.uint32(0)
                if k < n:
                    c = out[k]
                    letter = np.uint32(c - DIGIT_0 + 1 if c <= DIGIT_9 else (c - 54 if c < 128 else 37 + c % 26))
                value = (value << np.uint32(6)) | letter
            lines[i, word + part] = value
        if n > LONGEST_CODE or foreign:
            rest = mix(hash_bytes(out, 0, n))
            lines[i, word + 1] = np.uint32(rest >> np.uint64(32)) | np.uint32(1 << 31)
            lines[i, word + 2] = np.uint32(rest & LOW)


@njit(cache=True, nogil=True)
def pack_date(offsets, data, valid, skip, count, order, widths, lines, word):  # type: ignore[no-untyped-def]
    """One word yyyymmdd. ``order``: which number stands where (0 year, 1 month, 2 day); ``widths``: digits of each when
    nothing parts them, else 0. A day that does not exist is missing; a bare year is kept with month and day 0."""
    part = np.zeros(3, np.int64)
    for i in range(count):
        if not is_there(valid, skip, i):
            continue
        k, end = np.int64(offsets[i]), np.int64(offsets[i + 1])
        part[:] = 0
        found = 0
        for place in range(len(order)):
            while k < end and not (DIGIT_0 <= data[k] <= DIGIT_9):
                k += 1
            value, size = 0, 0
            while k < end and DIGIT_0 <= data[k] <= DIGIT_9 and (widths[place] == 0 or size < widths[place]):
                value = value * 10 + (data[k] - DIGIT_0)
                k += 1
                size += 1
            if size:
                part[order[place]] = value
                found += 1
        year, month, day = part[0], part[1], part[2]
        if year < 1850 or year > 2150:
            continue
        if (found == 1 and len(order) > 1) or len(order) == 1:
            lines[i, word] = year * 10000
        elif 1 <= month <= 12 and 1 <= day <= month_days(year, month):
            lines[i, word] = year * 10000 + month * 100 + day


@njit(cache=True, nogil=True)
def pack_sex(offsets, data, valid, skip, count, lines, word):  # type: ignore[no-untyped-def]
    """One word: 1 for L, Lk, M, 1, laki-laki, male, pria; 2 for P, Pr, F, W, 2, perempuan, wanita, female."""
    for i in range(count):
        if not is_there(valid, skip, i):
            continue
        start, end = offsets[i], offsets[i + 1]
        while start < end and data[start] == 32:
            start += 1
        while end > start and data[end - 1] == 32:
            end -= 1
        if start == end:
            continue
        c = data[start] & 0xDF if data[start] >= 65 else data[start]
        # Pr is short for perempuan: only the third letter tells it from pria
        pria = c == 80 and end - start > 2 and data[start + 1] & 0xDF == 82 and data[start + 2] & 0xDF == 73
        digit = c < 65 and end - start == 1  # 1970 is no man
        if c == 76 or c == 77 or (c == 49 and digit) or pria:
            lines[i, word] = 1
        elif c == 80 or c == 70 or c == 87 or (c == 50 and digit):
            lines[i, word] = 2


@njit(cache=True, nogil=True)
def pack_region(offsets, data, valid, skip, count, lines, word):  # type: ignore[no-untyped-def]
    """One word: the regency, four digits; of anything but digits a hash, which is equal or not."""
    digits = np.zeros(20, np.int64)
    for i in range(count):
        if not is_there(valid, skip, i) or offsets[i + 1] == offsets[i]:
            continue
        n = _digits(data, offsets[i], offsets[i + 1], digits)
        if n >= 4:
            lines[i, word] = digits[0] * 1000 + digits[1] * 100 + digits[2] * 10 + digits[3]
        elif n < 0:
            lines[i, word] = np.uint32(hash_bytes(data, offsets[i], offsets[i + 1]) & LOW) | np.uint32(1 << 31)


@njit(cache=True, nogil=True)
def fill_date(lines, count, word, given, inside):  # type: ignore[no-untyped-def]
    """The date to block on: the given one when it is to the day, else the one inside the NIK."""
    for i in range(count):
        value = lines[i, given]
        if value % PRECISE == 0 and lines[i, inside] != 0:
            value = lines[i, inside] & DATE_BITS
        lines[i, word] = value


@njit(cache=True, nogil=True)
def fill_sex(lines, count, word, inside):  # type: ignore[no-untyped-def]
    """The sex inside the NIK where none is given."""
    for i in range(count):
        if lines[i, word] == 0:
            lines[i, word] = lines[i, inside] >> np.uint32(30)
