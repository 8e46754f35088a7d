"""Rows known again: digests of whole rows, where an earlier run had them, and what it counted for them."""

from __future__ import annotations

import numpy as np
from numba import njit

from jangkau.linkage.kernels.bits import GOLDEN, is_there, joined, mix

MIXER = np.uint64(0x9DDFEA08EB382D69)  # CityHash's
ONE = np.uint64(1)
NOWHERE = np.uint32(0xFFFFFFFF)


@njit(inline="always", cache=True)
def _eight(data, k):  # type: ignore[no-untyped-def]
    """Eight bytes as one number; written out so that the compiler reads them at once (unsigned: no check for signs)."""
    return (
        np.uint64(data[k])
        | np.uint64(data[k + ONE]) << np.uint64(8)
        | np.uint64(data[k + np.uint64(2)]) << np.uint64(16)
        | np.uint64(data[k + np.uint64(3)]) << np.uint64(24)
        | np.uint64(data[k + np.uint64(4)]) << np.uint64(32)
        | np.uint64(data[k + np.uint64(5)]) << np.uint64(40)
        | np.uint64(data[k + np.uint64(6)]) << np.uint64(48)
        | np.uint64(data[k + np.uint64(7)]) << np.uint64(56)
    )


@njit(inline="always", cache=True)
def _hash(data, start, end):  # type: ignore[no-untyped-def]
    """A hash of data[start:end], eight bytes at a time."""
    k, stop = np.uint64(start), np.uint64(end)
    h = (stop - k) * MIXER ^ GOLDEN  # the empty text is not null, and lengths lie far apart
    while k + np.uint64(8) <= stop:
        h = (h ^ _eight(data, k)) * MIXER
        h ^= h >> np.uint64(32)
        k += np.uint64(8)
    word = np.uint64(0)
    if k < stop and stop - np.uint64(start) >= np.uint64(8):
        word, k = _eight(data, stop - np.uint64(8)), stop  # some bytes again, instead of one by one
    shift = np.uint64(0)
    while k < stop:
        word |= np.uint64(data[k]) << shift
        shift += np.uint64(8)
        k += ONE
    return mix((h ^ word) * MIXER)


@njit(cache=True, nogil=True)
def add_texts(offsets, data, valid, skip, count, out):  # type: ignore[no-untyped-def]
    """Mix each string of an Arrow array into the digest of its row; null is not the empty string."""
    for i in range(count):
        h = _hash(data, offsets[i], offsets[i + 1]) if is_there(valid, skip, i) else np.uint64(0)
        out[i] = mix((out[i] + GOLDEN) ^ h)


@njit(cache=True, nogil=True)
def add_words(lines, columns, out):  # type: ignore[no-untyped-def]
    """Mix some words of each line into the digest of its row."""
    for i in range(len(lines)):
        h = out[i]
        for k in range(len(columns)):
            h = mix((h + GOLDEN) ^ np.uint64(lines[i, columns[k]]))
        out[i] = h


@njit(cache=True, nogil=True)
def file_rows(digests, places):  # type: ignore[no-untyped-def]
    """An open hash table of row numbers by digest; NOWHERE is free. ``places`` has a power of two of them."""
    last = np.uint64(len(places) - 1)
    for i in range(len(digests)):
        at = mix(digests[i]) & last
        while places[at] != NOWHERE:
            at = (at + np.uint64(1)) & last
        places[at] = i


@njit(cache=True, nogil=True)
def find_rows(digests, known, places, start, out):  # type: ignore[no-untyped-def]
    """The row that had each digest, or -1. Most rows stand right after the one before them: that is tried first."""
    last = np.uint64(len(places) - 1)
    guess = start
    for i in range(len(digests)):
        out[i] = -1
        if guess < len(known) and known[guess] == digests[i]:
            out[i] = guess
        else:
            at = mix(digests[i]) & last
            while places[at] != NOWHERE:
                if known[places[at]] == digests[i]:
                    out[i] = places[at]
                    break
                at = (at + np.uint64(1)) & last
        guess = out[i] + 1 if out[i] >= 0 else guess + 1


@njit(cache=True, nogil=True)
def name_slots(lines, word, slots, counts, out):  # type: ignore[no-untyped-def]
    """Count lines by name as `searching.count_names` does, and say where each was counted (NOWHERE: not at all)."""
    size = np.uint64(len(slots))
    for i in range(len(lines)):
        out[i] = NOWHERE
        h = joined(lines[i, word], lines[i, word + 1])
        if h == 0:
            continue
        tag = np.uint32(h & np.uint64(0xFFFFFFFF)) | np.uint32(1)
        slot = mix(h) % size
        while slots[slot] != 0 and slots[slot] != tag:
            slot = (slot + np.uint64(1)) % size
        if slots[slot]:
            counts[slot] += 1
            out[i] = np.uint32(slot)


@njit(cache=True, nogil=True)
def count_slots(slots, counts):  # type: ignore[no-untyped-def]
    for i in range(len(slots)):
        if slots[i] != NOWHERE:
            counts[slots[i]] += 1


@njit(cache=True, nogil=True)
def count_by_row(b, many):  # type: ignore[no-untyped-def]
    """How many pairs each row has."""
    for k in range(len(b)):
        many[b[k]] += 1


@njit(cache=True, nogil=True)
def place_by_row(a, b, pattern, ends, out_a, out_pattern):  # type: ignore[no-untyped-def]
    """Pairs in the order of their rows; ``ends``: where the next pair of each row goes."""
    for k in range(len(b)):
        at = ends[b[k]]
        out_a[at] = a[k]
        out_pattern[at] = pattern[k]
        ends[b[k]] = at + 1


@njit(cache=True, nogil=True)
def count_earlier(old, starts, pairs_a, mask, now, many):  # type: ignore[no-untyped-def]
    """How many pairs of an earlier run each row still has; ``now``: the left rows of then (NOWHERE: gone)."""
    for i in range(len(old)):
        if old[i] >= 0:
            for k in range(starts[old[i]], starts[old[i] + 1]):
                if now[pairs_a[k] & mask] != NOWHERE:
                    many[i] += 1


@njit(cache=True, nogil=True)
def place_earlier(old, starts, pairs_a, pairs_pattern, mask, now, ends, out_a, out_pattern):  # type: ignore[no-untyped-def]
    """Those pairs, with the left rows of now."""
    for i in range(len(old)):
        if old[i] >= 0:
            at = ends[i]
            for k in range(starts[old[i]], starts[old[i] + 1]):
                row = now[pairs_a[k] & mask]
                if row != NOWHERE:
                    out_a[at] = row | (pairs_a[k] & ~mask)
                    out_pattern[at] = pairs_pattern[k]
                    at += 1
            ends[i] = at
