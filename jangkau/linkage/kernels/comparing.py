"""How two records agree, field by field: the levels of each kind, and likeness of names.

A program has one row a field: kind, first word, up to two words of another field that it looks at, and the level that
each level counts as (``counts_as``: a method may put some together). Levels are
numbered from best to worst; 0 is missing. ``kinds.py`` describes them.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from jangkau.linkage.kernels.bits import joined, ones, ones64

NIK, IDENTIFIER, NAME, DATE, SEX, REGION, PHONE, CODE, TEXT = range(9)
ALIKE, RATHER_ALIKE = 0.93, 0.86
TEXT_ALIKE = 0.90
LONGEST_COMPARED = 64
SHORTEST_HEAD = 6
FIRST, SECOND, TURNED, PLACES, ROOM = 64, 96, 128, 256, 256 + 8 * 256
"""Places in the uint8 array that comparing works in; it is made once, not for every pair, of zeros."""
HASHED = np.uint32(1 << 31)
COUNTS_AS = 4
DATE_BITS = np.uint32((1 << 30) - 1)
BEGINNING = np.uint32(0x7FFF00)


@njit(cache=True, nogil=True, error_model="numpy")
def jaro_winkler(a, a0, n, b, b0, m, room):  # type: ignore[no-untyped-def]
    """Jaro-Winkler similarity of the first LONGEST_COMPARED bytes of a[a0:a0+n] and b[b0:b0+m] (Winkler 1990; prefix 4,
    0.1).

    The places of each letter of b are the bits of a word, so that a letter finds its match in a few steps."""
    n, m = min(n, LONGEST_COMPARED), min(m, LONGEST_COMPARED)
    if n == 0 or m == 0:
        return 0.0
    places = room[PLACES:ROOM].view(np.uint64)  # all 0 here, and again before the end
    one, every = np.uint64(1), ~np.uint64(0)
    for j in range(m):
        places[b[b0 + j]] |= one << np.uint64(j)
    reach = max(max(n, m) // 2 - 1, 0)
    taken = np.uint64(0)
    matched = np.uint64(0)
    for i in range(n):
        window = (every >> np.uint64(64 - min(m, i + reach + 1))) & (every << np.uint64(max(0, i - reach)))
        free = places[a[a0 + i]] & window & ~taken
        taken |= free & (~free + one)  # the first of them
        matched |= np.uint64(1 if free else 0) << np.uint64(i)
    for j in range(m):
        places[b[b0 + j]] = 0
    common = ones64(taken)
    if common == 0:
        return 0.0
    out = 0
    while taken:
        i, j = ones64((matched & (~matched + one)) - one), ones64((taken & (~taken + one)) - one)
        out += 1 if a[a0 + i] != b[b0 + j] else 0
        matched &= matched - one
        taken &= taken - one
    jaro = (common / n + common / m + (common - out / 2) / common) / 3.0
    prefix = 0
    while prefix < 4 and prefix < n and prefix < m and a[a0 + prefix] == b[b0 + prefix]:
        prefix += 1
    return jaro + prefix * 0.1 * (1.0 - jaro)


@njit(inline="always", cache=True, error_model="numpy")
def _marked(x):  # type: ignore[no-untyped-def]
    """The lowest bit of each group of four that is not zero."""
    x |= x >> np.uint64(2)
    x |= x >> np.uint64(1)
    return x & np.uint64(0x1111111111111111)


@njit(forceinline=True, cache=True, nogil=True, error_model="numpy")
def digit_slips(x, y, room):  # type: ignore[no-untyped-def]
    """Optimal string alignment distance of two packed digit strings, 3 for three or more."""
    diff = _marked(x ^ y)
    n, m = ones64(_marked(x)), ones64(_marked(y))
    if n == m:
        unlike = ones64(diff)
        if unlike <= 1:
            return unlike
        if unlike > 2:
            return 3
        if diff & (diff >> np.uint64(4)):  # two digits next to each other: swapped?
            s2 = np.uint64(0)
            while (diff >> s2) & np.uint64(15) == 0:
                s2 += np.uint64(4)
            s1 = s2 + np.uint64(4)
            if (x >> s1) & np.uint64(15) == (y >> s2) & np.uint64(15) and (x >> s2) & np.uint64(15) == (
                y >> s1
            ) & np.uint64(15):
                return 1
        return 2
    if abs(n - m) > 2:
        return 3
    for k in range(16):
        room[FIRST + k] = (x >> np.uint64(60 - 4 * k)) & np.uint64(15)
        room[SECOND + k] = (y >> np.uint64(60 - 4 * k)) & np.uint64(15)
    return slips(room, n, m)


@njit(cache=True, nogil=True, error_model="numpy")
def slips(room, n, m):  # type: ignore[no-untyped-def]
    """Optimal string alignment distance (insert, delete, change, swap neighbours) of the first n and m letters in
    room from FIRST and SECOND on; 3 for three or more."""
    if abs(n - m) > 2:
        return 3
    for j in range(m + 1):
        room[0 * 20 + j] = j
    for i in range(1, n + 1):
        now, before, two = i % 3, (i - 1) % 3, (i - 2) % 3
        room[now * 20 + 0] = i
        for j in range(1, m + 1):
            cost = 0 if room[FIRST + i - 1] == room[SECOND + j - 1] else 1
            best = min(room[before * 20 + j] + 1, room[now * 20 + j - 1] + 1, room[before * 20 + j - 1] + cost)
            if (
                i > 1
                and j > 1
                and room[FIRST + i - 1] == room[SECOND + j - 2]
                and room[FIRST + i - 2] == room[SECOND + j - 1]
            ):
                best = min(best, room[two * 20 + j - 2] + 1)
            room[now * 20 + j] = best
    return min(room[(n % 3) * 20 + m], 3)


@njit(cache=True, nogil=True, error_model="numpy")
def _next(x, y):  # type: ignore[no-untyped-def]
    """Are the serials of two packed NIKs neighbours; 0000 is no serial, so it is nobody's neighbour."""
    a = b = np.int64(0)
    for k in range(4):
        shift = np.uint64(12 - 4 * k)
        a = 10 * a + np.int64((x >> shift) & np.uint64(15)) - 1
        b = 10 * b + np.int64((y >> shift) & np.uint64(15)) - 1
    return abs(a - b) == 1 and a > 0 and b > 0


@njit(forceinline=True, cache=True, nogil=True, error_model="numpy")
def nik_level(x, y, room):  # type: ignore[no-untyped-def]
    if x == 0 or y == 0:
        return 0
    if x == y:
        return 1
    if (
        x & np.uint64(15) and y & np.uint64(15) and ones64(_marked(x ^ y)) > 2
    ):  # 16 digits, most unlike: nearly all pairs
        # 0009 and 0010 differ in two digits, 0099 and 0100 in three, but are next to each other
        return 4 if x >> np.uint64(16) == y >> np.uint64(16) and _next(x, y) else 6
    apart = digit_slips(x, y, room)
    if apart > 2:
        return 6
    # strangers of one district and day have serials next to each other: no slip of the hand
    whole = x & np.uint64(15) != 0 and y & np.uint64(15) != 0
    if whole and x >> np.uint64(16) == y >> np.uint64(16):
        return 4 if _next(x, y) else (3 if apart == 1 else 5)
    return 2 if apart == 1 else 5


@njit(cache=True, nogil=True, error_model="numpy")
def _letters_of(lines, i, word, room, row):  # type: ignore[no-untyped-def]
    n = 0
    for part in range(3):
        for k in range(5):
            letter = (lines[i, word + part] >> np.uint32(24 - 6 * k)) & np.uint32(63)
            if letter:
                room[row + n] = letter
                n += 1
    return n


@njit(cache=True, nogil=True, error_model="numpy")
def code_slips(x, i, y, j, word, room):  # type: ignore[no-untyped-def]
    """Slips between two codes of at most 15 letters; 3 for three or more, or when one is longer than that."""
    if (x[i, word + 1] | y[j, word + 1]) & HASHED:
        return 3
    return slips(room, _letters_of(x, i, word, room, FIRST), _letters_of(y, j, word, room, SECOND))


@njit(inline="always", cache=True, error_model="numpy")
def _no_code(lines, i, word):  # type: ignore[no-untyped-def]
    return lines[i, word] == 0


@njit(inline="always", cache=True, error_model="numpy")
def _same_code(x, i, y, j, word):  # type: ignore[no-untyped-def]
    return x[i, word] == y[j, word] and x[i, word + 1] == y[j, word + 1] and x[i, word + 2] == y[j, word + 2]


@njit(forceinline=True, cache=True, nogil=True, error_model="numpy")
def identifier_level(x, i, y, j, word, room):  # type: ignore[no-untyped-def]
    if _no_code(x, i, word) or _no_code(y, j, word):
        return 0
    if _same_code(x, i, y, j, word):
        return 1
    return 1 + code_slips(x, i, y, j, word, room)


@njit(forceinline=True, cache=True, nogil=True, error_model="numpy")
def code_level(x, i, y, j, word, room):  # type: ignore[no-untyped-def]
    if _no_code(x, i, word) or _no_code(y, j, word):
        return 0
    if _same_code(x, i, y, j, word):
        return 1
    if code_slips(x, i, y, j, word, room) == 1:
        return 2
    return 3 if x[i, word] >> np.uint32(18) == y[j, word] >> np.uint32(18) else 4  # the first two letters


@njit(forceinline=True, cache=True, nogil=True, error_model="numpy")
def date_level(x, y):  # type: ignore[no-untyped-def]
    if x == 0 or y == 0:
        return 0
    year1, year2 = x // 10000, y // 10000
    if x % 100 == 0 or y % 100 == 0:
        return 4 if year1 == year2 else 6
    if x == y:
        return 1
    month1, day1 = x // 100 % 100, x % 100
    month2, day2 = y // 100 % 100, y % 100
    if year1 == year2 and day1 == month2 and month1 == day2:
        return 2
    if (1 if year1 == year2 else 0) + (1 if month1 == month2 else 0) + (1 if day1 == day2 else 0) == 2:
        return 3
    return 5 if year1 == year2 else 6


@njit(inline="always", cache=True, error_model="numpy")
def region_level(x, y):  # type: ignore[no-untyped-def]
    if x == 0 or y == 0:
        return 0
    if x == y:
        return 1
    return 2 if (x | y) & HASHED == 0 and x // np.uint32(100) == y // np.uint32(100) else 3


@njit(cache=True, nogil=True, error_model="numpy")
def _next_word(text, at, end):  # type: ignore[no-untyped-def]
    while at < end and text[at] != 32:
        at += 1
    return at


@njit(cache=True, nogil=True, error_model="numpy")
def shared_words(a, a0, n, b, b0, m, initials):  # type: ignore[no-untyped-def]
    """How many words of the first text stand in the second one too, each once, and how many it has. With ``initials`` a
    single letter stands for a word that begins with it, as long as one whole word is shared."""
    used = np.uint64(0)
    shared = words = whole = 0
    i, a_end, b_end = a0, a0 + n, b0 + m
    while i < a_end:
        i2 = _next_word(a, i, a_end)
        words += 1
        j, place = b0, 0
        while j < b_end:
            j2 = _next_word(b, j, b_end)
            free = (used >> np.uint64(place)) & np.uint64(1) == 0
            if free and (j2 - j == i2 - i or (initials and i2 - i == 1)):
                same = True
                for k in range(i2 - i):
                    if a[i + k] != b[j + k]:
                        same = False
                        break
                if same:
                    used |= np.uint64(1) << np.uint64(place)
                    shared += 1
                    whole += 1 if i2 - i > 1 else 0
                    break
            j = j2 + 1
            place += 1
        i = i2 + 1
    return shared if whole or not initials else 0, words


@njit(cache=True, nogil=True, error_model="numpy")
def _starts_with(a, a0, n, b, b0, m):  # type: ignore[no-untyped-def]
    if n < SHORTEST_HEAD or m < n:
        return False
    for k in range(n):  # noqa: SIM110
        if a[a0 + k] != b[b0 + k]:
            return False
    return True


@njit(cache=True, nogil=True, error_model="numpy")
def _turned(a, a0, n, room, last_first):  # type: ignore[no-untyped-def]
    """The words with the last one first, or the first one last."""
    cut = a0
    if last_first:
        cut = a0 + n
        while cut > a0 and a[cut - 1] != 32:
            cut -= 1
    else:
        cut = _next_word(a, a0, a0 + n) + 1
    k = 0
    for i in range(cut, a0 + n):
        room[TURNED + k] = a[i]
        k += 1
    if cut - 1 > a0 and k < n:
        room[TURNED + k] = 32
        k += 1
        for i in range(a0, cut - 1):
            room[TURNED + k] = a[i]
            k += 1
    return k


@njit(forceinline=True, cache=True, nogil=True, error_model="numpy")
def _turns(x, i, y, j, w):  # type: ignore[no-untyped-def]
    """Does a word stand at one end of a text and at the other end of the other one."""
    return x[i, w + 2] == y[j, w + 3] or x[i, w + 3] == y[j, w + 2]


@njit(forceinline=True, cache=True, nogil=True, error_model="numpy")
def prefix_of(x, i, y, j, w):  # type: ignore[no-untyped-def]
    """The most that an equal beginning can add to the likeness of two texts, by their first three letters."""
    unlike = (x[i, w + 6] ^ y[j, w + 6]) & BEGINNING
    if unlike == 0 or _turns(x, i, y, j, w):
        return np.float32(0.4)
    return np.float32(0.0) if unlike >> np.uint32(18) else np.float32(0.1 if unlike >> np.uint32(13) else 0.2)


@njit(forceinline=True, cache=True, nogil=True, error_model="numpy")
def most_alike(x, i, y, j, w):  # type: ignore[no-untyped-def]
    """The most that ``likeness`` can be, by which letters there are and the first three of them."""
    n, m = np.int64(x[i, w + 6] & np.uint32(255)), np.int64(y[j, w + 6] & np.uint32(255))
    common = min(n - ones(x[i, w + 4] & ~y[j, w + 4]), m - ones(y[j, w + 4] & ~x[i, w + 4]))
    if n > LONGEST_COMPARED or m > LONGEST_COMPARED:
        return 1.0
    if common <= 0:
        return 0.0
    most = (common / n + common / m + 1.0) / 3.0
    return most + prefix_of(x, i, y, j, w) * (1.0 - most)


@njit(forceinline=True, cache=True, nogil=True, error_model="numpy")
def likeness(x, i, hx, y, j, hy, w, least, room):  # type: ignore[no-untyped-def]
    """Jaro-Winkler of two texts, a word moved from end to end allowed; 0 when the letters alone rule ``least`` out."""
    if most_alike(x, i, y, j, w) < least:
        return 0.0
    n, m = np.int64(x[i, w + 6] & np.uint32(255)), np.int64(y[j, w + 6] & np.uint32(255))
    a0, b0 = np.int64(x[i, w + 5]), np.int64(y[j, w + 5])
    best = jaro_winkler(hx, a0, n, hy, b0, m, room)
    if best < ALIKE and n < 64 and m < 64 and _turns(x, i, y, j, w):
        size = _turned(hy, b0, m, room, x[i, w + 2] == y[j, w + 3])
        best = max(best, jaro_winkler(hx, a0, n, room, TURNED, size, room))
    return best


@njit(forceinline=True, cache=True, nogil=True, error_model="numpy")
def name_level(x, i, hx, y, j, hy, w, room):  # type: ignore[no-untyped-def]
    """Level of two names, and which of them is held by the other (1 first, 2 second, 0 none)."""
    if x[i, w + 6] == 0 or y[j, w + 6] == 0:
        return 0, 0
    if x[i, w] == y[j, w] and x[i, w + 1] == y[j, w + 1]:
        return 1, 0
    n, m = np.int64(x[i, w + 6] & np.uint32(255)), np.int64(y[j, w + 6] & np.uint32(255))
    a0, b0 = np.int64(x[i, w + 5]), np.int64(y[j, w + 5])
    if x[i, w + 4] & ~y[j, w + 4] == 0:
        shared, words = shared_words(hx, a0, n, hy, b0, m, True)
        if shared == words or _starts_with(hx, a0, n, hy, b0, m):
            return 2, 1
    if y[j, w + 4] & ~x[i, w + 4] == 0:
        shared, words = shared_words(hy, b0, m, hx, a0, n, True)
        if shared == words or _starts_with(hy, b0, m, hx, a0, n):
            return 2, 2
    alike = likeness(x, i, hx, y, j, hy, w, RATHER_ALIKE, room)
    if alike >= ALIKE:
        return 3, 0
    if alike >= RATHER_ALIKE:
        return 4, 0
    return (5, 0) if x[i, w + 2] == y[j, w + 2] or x[i, w + 3] == y[j, w + 3] else (6, 0)


@njit(forceinline=True, cache=True, nogil=True, error_model="numpy")
def text_level(x, i, hx, y, j, hy, w, room):  # type: ignore[no-untyped-def]
    if x[i, w + 6] == 0 or y[j, w + 6] == 0:
        return 0
    if x[i, w] == y[j, w] and x[i, w + 1] == y[j, w + 1]:
        return 1
    if likeness(x, i, hx, y, j, hy, w, TEXT_ALIKE, room) >= TEXT_ALIKE:
        return 2
    n, m = np.int64(x[i, w + 6] & np.uint32(255)), np.int64(y[j, w + 6] & np.uint32(255))
    shared, words = shared_words(hx, np.int64(x[i, w + 5]), n, hy, np.int64(y[j, w + 5]), m, False)
    return 3 if 2 * shared >= min(words, np.int64(y[j, w + 6] >> np.uint32(24))) else 4


@njit(forceinline=True, cache=True, nogil=True, error_model="numpy")
def plain_level(x, i, y, j, program, f, levels, room):  # type: ignore[no-untyped-def]
    """The level of a field that is not text: what is quick to compare."""
    kind, w = program[f, 0], program[f, 1]
    if kind == NIK:
        return nik_level(joined(x[i, w], x[i, w + 1]), joined(y[j, w], y[j, w + 1]), room)
    if kind == DATE:
        a, b = x[i, w], y[j, w]
        nik = program[f, 2]
        if nik >= 0 and (levels[nik] == 0 or levels[nik] == 6):
            # the date inside a NIK is evidence only where the NIKs themselves say nothing or are far apart
            inside = program[f, 3]
            a = x[i, inside] & DATE_BITS if a == 0 else a
            b = y[j, inside] & DATE_BITS if b == 0 else b
        return date_level(a, b)
    if kind == SEX:
        return 0 if x[i, w] == 0 or y[j, w] == 0 else (1 if x[i, w] == y[j, w] else 2)
    if kind == REGION:
        return region_level(x[i, w], y[j, w])
    if kind == PHONE:
        if x[i, w] | x[i, w + 1] == 0 or y[j, w] | y[j, w + 1] == 0:
            return 0
        return 1 if x[i, w] == y[j, w] and x[i, w + 1] == y[j, w + 1] else 2
    if kind == IDENTIFIER:
        return identifier_level(x, i, y, j, w, room)
    return code_level(x, i, y, j, w, room)


@njit(cache=True, nogil=True, error_model="numpy")
def compare(x, i, hx, y, j, hy, program, levels, room):  # type: ignore[no-untyped-def]
    """Levels of all fields of two lines; returns the pattern (decimal digits, first field first; 9 is missing) and the
    side whose name the other one holds (of the field whose program says so)."""
    held = 0
    for f in range(len(program)):
        kind = program[f, 0]
        if kind == NAME:
            levels[f], side = name_level(x, i, hx, y, j, hy, program[f, 1], room)
            levels[f] = program[f, COUNTS_AS + levels[f]]
            if program[f, 2]:
                held = side
        elif kind == TEXT:
            levels[f] = program[f, COUNTS_AS + text_level(x, i, hx, y, j, hy, program[f, 1], room)]
        else:
            levels[f] = program[f, COUNTS_AS + plain_level(x, i, y, j, program, f, levels, room)]
    return pattern_of(levels, len(program)), held


@njit(forceinline=True, cache=True, nogil=True, error_model="numpy")
def pattern_of(levels, fields):  # type: ignore[no-untyped-def]
    pattern = np.int64(0)
    for f in range(fields):
        pattern = pattern * 10 + (levels[f] if levels[f] else 9)
    return pattern


@njit(forceinline=True, cache=True, nogil=True, error_model="numpy")
def least_level(x, i, y, j, program, f):  # type: ignore[no-untyped-def]
    """The worst level two texts can have, from their hashes alone: 1 equal, for names 5 one word equal."""
    w = program[f, 1]
    if x[i, w + 6] == 0 or y[j, w + 6] == 0:
        return 0
    if x[i, w] == y[j, w] and x[i, w + 1] == y[j, w + 1]:
        return 1
    if program[f, 0] == TEXT:
        return 4
    return 5 if x[i, w + 2] == y[j, w + 2] or x[i, w + 3] == y[j, w + 3] else 6
