"""Keys to block on: parts of fields read from a line, and the key that several parts make. 0 means missing."""

from __future__ import annotations

import numpy as np
from numba import njit

from jangkau.linkage.kernels.bits import GOLDEN, joined, mix

ONE, TWO, THREE, NIK_WITHOUT, DATE_UNORDERED, YEAR, MONTH_DAY, YEAR_MONTH, YEAR_DAY, DAY = range(10)


@njit(inline="always", cache=True)
def part(lines, i, operation, w, digits):  # type: ignore[no-untyped-def]
    """The value of one part; ``digits`` is the mask of a NIK's digits that count."""
    if operation == ONE:
        return np.uint64(lines[i, w])
    if operation == TWO:
        return joined(lines[i, w], lines[i, w + 1])
    if operation == THREE:
        if lines[i, w] == 0:
            return np.uint64(0)
        return mix(joined(lines[i, w], lines[i, w + 1]) + GOLDEN * np.uint64(lines[i, w + 2])) | np.uint64(1)
    if operation == NIK_WITHOUT:
        value = joined(lines[i, w], lines[i, w + 1])
        return value & np.uint64(digits) if value & np.uint64(15) else np.uint64(0)  # 16 digits only
    date = lines[i, w]
    if operation == YEAR:
        return np.uint64(date // np.uint32(10000))
    if date % np.uint32(100) == 0:
        return np.uint64(0)
    if operation == DAY:
        return np.uint64(date)
    year, month, day = date // np.uint32(10000), date // np.uint32(100) % np.uint32(100), date % np.uint32(100)
    if operation == DATE_UNORDERED:
        return np.uint64(year * np.uint32(10000) + min(day, month) * np.uint32(100) + max(day, month))
    if operation == MONTH_DAY:
        return np.uint64(month * np.uint32(100) + day)
    if operation == YEAR_MONTH:
        return np.uint64(year * np.uint32(100) + month)
    return np.uint64(year * np.uint32(100) + day)


@njit(cache=True, nogil=True)
def parts_of(lines, first, count, parts, out):  # type: ignore[no-untyped-def]
    """The values of all parts of ``count`` lines into out[0:count]; a row of ``parts``: operation, word, mask."""
    for p in range(len(parts)):
        operation, w, digits = parts[p, 0], parts[p, 1], parts[p, 2]
        for k in range(count):
            out[k, p] = part(lines, first + k, operation, w, digits)


@njit(inline="always", cache=True)
def key_of(values, row, blocks, b):  # type: ignore[no-untyped-def]
    """The key of block b: a row of ``blocks`` holds the places of its parts, filled up with -1."""
    key = np.uint64(0)
    for k in range(blocks.shape[1]):
        p = blocks[b, k]
        if p < 0:
            break
        if values[row, p] == 0:
            return np.uint64(0)
        key = mix(key * GOLDEN + values[row, p] + GOLDEN)
    return key | np.uint64(1)


@njit(inline="always", cache=True)
def share_block(lines, i, values, row, parts, blocks, b):  # type: ignore[no-untyped-def]
    """Do line i and the line whose parts are values[row] have the same key of block b."""
    for k in range(blocks.shape[1]):
        p = blocks[b, k]
        if p < 0:
            return True
        value = values[row, p]
        if value == 0 or part(lines, i, parts[p, 0], parts[p, 1], parts[p, 2]) != value:
            return False
    return True
