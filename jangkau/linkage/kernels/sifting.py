"""Which pairs of a block are worth comparing in full: most are strangers, and a few words of each line show it.

Field after field the sum of what the levels say grows for all pairs that are still in; as soon as the best of the
fields to come could not bring it to what a pair must reach, the pair is out. Levels that need letters count as the
best that hashes allow, so that no pair is lost that a full comparison would keep.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from jangkau.linkage.kernels.bits import joined, ones
from jangkau.linkage.kernels.comparing import (
    ALIKE,
    CODE,
    COUNTS_AS,
    DATE,
    DATE_BITS,
    IDENTIFIER,
    LONGEST_COMPARED,
    NAME,
    NIK,
    PHONE,
    RATHER_ALIKE,
    REGION,
    SEX,
    TEXT,
    date_level,
    nik_level,
    prefix_of,
    region_level,
)

AT_ONCE = 1024
ROUNDING = np.float32(1e-3)
_STAYS = np.float32(1e30)
_WORST = 9
_ORDER = (NAME, NIK, PHONE, DATE, REGION, SEX, CODE, IDENTIFIER, TEXT)
"""What tells strangers apart soonest comes first; a date is read after the NIK that it may stand in."""


@njit(cache=True, nogil=True, error_model="numpy")
def bring_nearer(x, a, pairs, rarity, room):  # type: ignore[no-untyped-def]
    """Read the first and the last word of every line: memory answers many at a time."""
    touched = np.uint32(0)
    last = x.shape[1] - 1
    for p in range(pairs):
        touched ^= x[a[p], 0] ^ x[a[p], last] ^ np.uint32(rarity[a[p], 0])
    room[0] = touched & np.uint32(255)  # or the compiler would leave the loop out


@njit(cache=True, nogil=True, error_model="numpy")
def bring_letters_nearer(x, hx, a, pairs, w, room):  # type: ignore[no-untyped-def]
    touched = np.uint8(0)
    for p in range(pairs):
        at = np.int64(x[a[p], w + 5])
        touched ^= hx[at] if at < len(hx) else np.uint8(0)
    room[0] = touched


@njit(cache=True, nogil=True, error_model="numpy")
def add_names(x, y, first, a, b, pairs, sums, w, says, by_rarity, rarity_x, rarity_y, parts):  # type: ignore[no-untyped-def]
    """Equal, or the most that the letters and the first three of them allow (``comparing.most_alike``): one name is
    held in the other only where all its letters are, and alike only where most of them are. ``parts``: 1/n by n."""
    for p in range(pairs):
        i, j = np.int64(a[p]), np.int64(first + b[p])
        if x[i, w] == y[j, w] and x[i, w + 1] == y[j, w + 1]:
            sums[p] += by_rarity[1, rarity_x[i, 0]] if x[i, w + 6] else says[0]
            continue
        if x[i, w + 6] == 0 or y[j, w + 6] == 0:
            sums[p] += says[0]
            continue
        more, other = x[i, w + 4] & ~y[j, w + 4], y[j, w + 4] & ~x[i, w + 4]
        n, m = np.int64(x[i, w + 6] & np.uint32(255)), np.int64(y[j, w + 6] & np.uint32(255))
        common = max(min(n - ones(more), m - ones(other)), 1 if n > LONGEST_COMPARED or m > LONGEST_COMPARED else 0)
        alike = (common * (parts[n] + parts[m]) + np.float32(1.0)) / np.float32(3.0)
        alike += prefix_of(x, i, y, j, w) * (np.float32(1.0) - alike) + ROUNDING
        ends = x[i, w + 2] == y[j, w + 2] or x[i, w + 3] == y[j, w + 3]
        most = says[5] if ends else says[6]
        most = max(most, says[4]) if alike >= RATHER_ALIKE else most
        most = max(most, says[3]) if alike >= ALIKE else most
        most = max(most, by_rarity[2, rarity_x[i, 1]]) if more == 0 else most
        most = max(most, by_rarity[2, rarity_y[j, 1]]) if other == 0 else most
        sums[p] += most


@njit(cache=True, nogil=True, error_model="numpy")
def add_niks(x, y, first, a, b, pairs, sums, levels, w, says, counts_as, room):  # type: ignore[no-untyped-def]
    for p in range(pairs):
        i, j = np.int64(a[p]), np.int64(first + b[p])
        level = nik_level(joined(x[i, w], x[i, w + 1]), joined(y[j, w], y[j, w + 1]), room)
        levels[p] = counts_as[level]
        sums[p] += says[level]


@njit(cache=True, nogil=True, error_model="numpy")
def add_dates(x, y, first, a, b, pairs, sums, niks, w, inside, says):  # type: ignore[no-untyped-def]
    for p in range(pairs):
        i, j = np.int64(a[p]), np.int64(first + b[p])
        one, other = x[i, w], y[j, w]
        if inside >= 0 and (niks[p] == 0 or niks[p] == 6):
            one = x[i, inside] & DATE_BITS if one == 0 else one
            other = y[j, inside] & DATE_BITS if other == 0 else other
        sums[p] += says[date_level(one, other)]


@njit(cache=True, nogil=True, error_model="numpy")
def add_words(x, y, first, a, b, pairs, sums, w, words, says, below):  # type: ignore[no-untyped-def]
    """Fields that are equal when their first ``words`` words are, and missing when those are all 0."""
    for p in range(pairs):
        i, j = np.int64(a[p]), np.int64(first + b[p])
        unlike, one, other = np.uint32(0), np.uint32(0), np.uint32(0)
        for k in range(w, w + words):
            unlike |= x[i, k] ^ y[j, k]
            one |= x[i, k]
            other |= y[j, k]
        if one != 0 and other != 0:
            sums[p] += below if unlike else says[1]


@njit(cache=True, nogil=True, error_model="numpy")
def _add_regions(x, y, first, a, b, pairs, sums, w, says):  # type: ignore[no-untyped-def]
    for p in range(pairs):
        sums[p] += says[region_level(x[np.int64(a[p]), w], y[np.int64(first + b[p]), w])]


@njit(cache=True, nogil=True, error_model="numpy")
def still_in(a, b, pairs, sums, niks, least):  # type: ignore[no-untyped-def]
    stays = 0
    for p in range(pairs):
        a[stays], b[stays], sums[stays], niks[stays] = a[p], b[p], sums[p], niks[p]
        stays += 1 if sums[p] >= least else 0
    return stays


@njit(cache=True, nogil=True, error_model="numpy")
def _sift(  # type: ignore[no-untyped-def]
    x, y, first, a, b, pairs, sums, niks, counted, program, belief, by_rarity, best, name_field, plain_name, least,
    rarity_x, rarity_y, room,
):  # fmt: skip
    bring_nearer(x, a, pairs, rarity_x, room)
    coming = np.float32(0.0)
    for f in range(len(program)):
        coming += best[f]
    for p in range(pairs):
        sums[p] = _STAYS if counted[first + b[p]] else np.float32(0.0)
        niks[p] = 0
    says, parts = np.zeros(_WORST + 1, np.float32), np.zeros(256, np.float32)
    for n in range(1, 256):  # of longer names only the beginnings are compared: no bound
        parts[n] = np.float32(1.0) / np.float32(n) if n <= LONGEST_COMPARED else np.float32(n)
    for kind in _ORDER:
        for f in range(len(program)):
            if program[f, 0] != kind:
                continue
            w = program[f, 1]
            below = np.float32(-1e30)
            for level in range(_WORST + 1):
                says[level] = belief[f, program[f, COUNTS_AS + level]]
            for level in range(2, _WORST):
                below = max(below, says[level])
            coming -= best[f]
            if f == name_field and plain_name:
                add_names(x, y, first, a, b, pairs, sums, w, says, by_rarity, rarity_x, rarity_y, parts)
            elif kind == NAME:
                if f == name_field:
                    says[1] = below = best[f]
                add_words(x, y, first, a, b, pairs, sums, w, 2, says, below)
            elif kind == NIK:
                add_niks(x, y, first, a, b, pairs, sums, niks, w, says, program[f, COUNTS_AS:], room)
            elif kind == DATE:
                inside = program[f, 3] if program[f, 2] >= 0 else np.int64(-1)
                add_dates(x, y, first, a, b, pairs, sums, niks, w, inside, says)
            elif kind == REGION:
                _add_regions(x, y, first, a, b, pairs, sums, w, says)
            elif kind == TEXT:
                add_words(x, y, first, a, b, pairs, sums, w, 2, says, below)
            else:
                words = 1 if kind == SEX else (2 if kind == PHONE else 3)
                add_words(x, y, first, a, b, pairs, sums, w, words, says, below)
            pairs = still_in(a, b, pairs, sums, niks, least - coming - ROUNDING)
    return pairs


@njit(cache=True, nogil=True, error_model="numpy")
def sift(  # type: ignore[no-untyped-def]
    x, hx, y, first, a, b, pairs, counted, program, belief, by_rarity, best, name_field, plain_name, least, rarity_x,
    rarity_y, sums, niks, room,
):  # fmt: skip
    """Leave in ``a`` and ``b``, in their order, the pairs that may reach ``least`` and all of ``counted`` lines of y.

    ``best``: the most that each field can say. Some pairs at a time, so that their lines stay near. Returns how many
    are left.
    """
    stays = 0
    for start in range(0, pairs, AT_ONCE):
        n = min(AT_ONCE, pairs - start)
        some_a, some_b = a[start:], b[start:]
        n = _sift(
            x, y, first, some_a, some_b, n, sums, niks, counted, program, belief, by_rarity, best, name_field,
            plain_name, least, rarity_x, rarity_y, room,
        )  # fmt: skip
        for p in range(n):
            a[stays], b[stays] = some_a[p], some_b[p]
            stays += 1
    if name_field >= 0:
        bring_letters_nearer(x, hx, a, stays, program[name_field, 1], room)
    return stays
