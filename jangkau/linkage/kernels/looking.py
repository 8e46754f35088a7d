"""One record looked up in a large index: keys counted and placed block by block, candidates fetched and compared.

An entry of the index is one 32-bit word: the row number in the low bits, as much of its key as there is room for above
it. Everything may be mapped from disk, so nothing is written to what is looked up in, and each block costs one page of
starts and one of entries.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from jangkau.linkage.kernels.bits import bare, joined, mix
from jangkau.linkage.kernels.comparing import ROOM, compare
from jangkau.linkage.kernels.keys import key_of, part, parts_of, share_block

_START = 1024
NOBODY = -1


@njit(cache=True, nogil=True, error_model="numpy")
def keys_of_lines(lines, parts, blocks, b, keys, first):  # type: ignore[no-untyped-def]
    """The key of block b of every line into keys[first:]; 0 where a part is missing."""
    values = np.zeros((1, len(parts)), np.uint64)
    for i in range(len(lines)):
        for k in range(blocks.shape[1]):
            p = blocks[b, k]
            if p >= 0:
                values[0, p] = part(lines, i, parts[p, 0], parts[p, 1], parts[p, 2])
        keys[first + i] = key_of(values, 0, blocks, b)


@njit(inline="always", cache=True, error_model="numpy")
def _tag(key, row_bits):  # type: ignore[no-untyped-def]
    """The low bits of a key, moved above the row number; its lowest bit is always set and says nothing."""
    return np.uint32(((key >> np.uint64(1)) << row_bits) & np.uint64(0xFFFFFFFF))


@njit(cache=True, nogil=True, error_model="numpy")
def place_keys(keys, shift, row_bits, starts, entries):  # type: ignore[no-untyped-def]
    """Put every key into its bucket: ``starts`` (zeros, one more than buckets) gets where each begins. Returns how many
    there are."""
    for i in range(len(keys)):
        if keys[i]:
            starts[keys[i] >> shift] += np.uint32(1)
    total = np.uint32(0)
    for s in range(len(starts)):
        total += starts[s]
        starts[s] = total
    for i in range(len(keys) - 1, -1, -1):
        if keys[i]:
            s = keys[i] >> shift
            starts[s] -= np.uint32(1)
            entries[starts[s]] = np.uint32(i) | _tag(keys[i], row_bits)
    return np.int64(total)


@njit(cache=True, nogil=True, error_model="numpy")
def leave_out_large(keys, row_bits, starts, entries, largest, large_keys, large_rows):  # type: ignore[no-untyped-def]
    """Take out the rows whose key more than ``largest`` rows share, and close the gaps. The keys and how many rows each
    has go to ``large_keys`` and ``large_rows``. Returns (entries left, keys taken out)."""
    row_mask = np.uint32((np.uint64(1) << row_bits) - np.uint64(1))
    kept = np.int64(0)
    taken = 0
    begin = np.int64(starts[0])
    for s in range(len(starts) - 1):
        end = np.int64(starts[s + 1])
        size = end - begin
        starts[s] = kept
        if size <= largest:
            for e in range(begin, end):
                entries[kept] = entries[e]
                kept += 1
        else:
            here = np.empty(size, np.uint64)
            for k in range(size):
                here[k] = keys[entries[begin + k] & row_mask]
            order = np.argsort(here, kind="mergesort")
            out = np.zeros(size, np.uint8)
            k = 0
            while k < size:
                stop = k
                while stop < size and here[order[stop]] == here[order[k]]:
                    stop += 1
                if stop - k > largest:
                    large_keys[taken] = here[order[k]]
                    large_rows[taken] = stop - k
                    taken += 1
                    for q in range(k, stop):
                        out[order[q]] = 1
                k = stop
            for k in range(size):
                if out[k] == 0:
                    entries[kept] = entries[begin + k]
                    kept += 1
        begin = end
    starts[len(starts) - 1] = kept
    return kept, taken


@njit(cache=True, nogil=True, error_model="numpy")
def keys_of_one(line, place, parts, blocks):  # type: ignore[no-untyped-def]
    """The keys of all blocks of one line."""
    values = np.zeros((1, len(parts)), np.uint64)
    keys = np.zeros(len(blocks), np.uint64)
    parts_of(line, place, 1, parts, values)
    for b in range(len(blocks)):
        keys[b] = key_of(values, 0, blocks, b)
    return keys


@njit(cache=True, nogil=True, error_model="numpy")
def look_up(  # type: ignore[no-untyped-def]
    one_line, one_heap, place, myself, lines, heap, program, parts, blocks, starts, entries, bases, shift, row_bits
):  # fmt: skip
    """Compare line ``place`` of ``one_line`` with every row that shares a block with it, but not with row ``myself``.

    Returns rows (rising), their patterns, which name is held in the other (1 the one looked up, 2 the row's), and the
    blocks that each row was found by.
    """
    x, hx, y, hy = bare(one_line), bare(one_heap), bare(lines), bare(heap)
    found_in, found = bare(starts), bare(entries)
    row_mask = np.uint32((np.uint64(1) << row_bits) - np.uint64(1))
    values = np.zeros((1, len(parts)), np.uint64)
    parts_of(x, place, 1, parts, values)
    near = np.empty(_START, np.uint32)
    count = 0
    for b in range(len(blocks)):
        key = key_of(values, 0, blocks, b)
        if key == 0:
            continue
        bucket = key >> shift
        tag = _tag(key, row_bits)
        begin = bases[b] + np.int64(found_in[b, bucket])
        end = bases[b] + np.int64(found_in[b, bucket + 1])
        if count + end - begin > len(near):
            grown = np.empty(2 * (count + end - begin), np.uint32)
            grown[:count] = near[:count]
            near = grown
        for e in range(begin, end):
            near[count] = found[e] & row_mask
            count += 1 if found[e] & ~row_mask == tag else 0
    ordered = np.sort(near[:count])
    some = np.empty(count, np.uint32)
    masks = np.empty(count, np.uint32)
    many = 0
    for k in range(count):
        j = np.int64(ordered[k])
        if j == myself or (k and ordered[k] == ordered[k - 1]):
            continue
        mask = np.uint32(0)
        for b in range(len(blocks)):
            if share_block(y, j, values, 0, parts, blocks, b):
                mask |= np.uint32(1) << np.uint32(b)
        if mask:
            some[many] = j
            masks[many] = mask
            many += 1
    patterns = np.empty(many, np.int64)
    held = np.empty(many, np.uint8)
    levels = np.zeros(len(program), np.int64)
    room = np.zeros(ROOM, np.uint8)
    for k in range(many):
        patterns[k], held[k] = compare(x, place, hx, y, np.int64(some[k]), hy, program, levels, room)
    return some[:many].copy(), patterns, held, masks[:many].copy()


@njit(cache=True, nogil=True, error_model="numpy")
def count_names(lines, word, counts):  # type: ignore[no-untyped-def]
    """Add the whole names of some lines to a table of counts by hash; its length is a power of two."""
    last = np.uint64(len(counts) - 1)
    for i in range(len(lines)):
        h = joined(lines[i, word], lines[i, word + 1])
        if h:
            counts[mix(h) & last] += np.uint32(1)


@njit(cache=True, nogil=True, error_model="numpy")
def bearers(lines, word, counts, out):  # type: ignore[no-untyped-def]
    """How many bear the whole name of each line, at most: names of one place in the table are counted together."""
    last = np.uint64(len(counts) - 1)
    for i in range(len(lines)):
        h = joined(lines[i, word], lines[i, word + 1])
        out[i] = counts[mix(h) & last] if h else np.uint32(0)


@njit(cache=True, nogil=True, error_model="numpy")
def compare_pairs(a, b, lines, heap, program):  # type: ignore[no-untyped-def]
    """The pattern of each pair of lines."""
    x, hx = bare(lines), bare(heap)
    patterns = np.zeros(len(a), np.int64)
    levels = np.zeros(len(program), np.int64)
    room = np.zeros(ROOM, np.uint8)
    for k in range(len(a)):
        patterns[k], _ = compare(x, a[k], hx, x, b[k], hx, program, levels, room)
    return patterns


@njit(cache=True, nogil=True, error_model="numpy")
def move(lines, heap, order, texts, out_lines, out_heap, letters):  # type: ignore[no-untyped-def]
    """Lines in another order, with their letters: ``texts`` has the first word of each field that has letters;
    ``letters`` gets where those of each line begin, and at last where all end."""
    used = np.int64(0)
    for k in range(len(order)):
        letters[k] = used
        i = order[k]
        for w in range(lines.shape[1]):
            out_lines[k, w] = lines[i, w]
        for t in range(len(texts)):
            w = texts[t]
            at, size = np.int64(lines[i, w + 5]), np.int64(lines[i, w + 6] & np.uint32(255))
            out_lines[k, w + 5] = np.uint32(used)
            for c in range(size):
                out_heap[used + c] = heap[at + c]
            used += size
    letters[len(order)] = used
