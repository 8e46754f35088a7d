"""The search: records of the other side stream past an index of one side; what agrees enough is kept, all is counted.

Memory: an index entry is a row number with as many bits of the key as 4 bytes have room for; work is laid out
in batches, so that look-ups in memory run beside each other instead of one after the other.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from jangkau.linkage.kernels.bits import bare, joined, mix
from jangkau.linkage.kernels.comparing import (
    ALIKE,
    COUNTS_AS,
    NAME,
    RATHER_ALIKE,
    ROOM,
    TEXT,
    compare,
    least_level,
    most_alike,
    name_level,
    pattern_of,
    plain_level,
    text_level,
)
from jangkau.linkage.kernels.keys import key_of, part, parts_of, share_block
from jangkau.linkage.kernels.sifting import AT_ONCE, sift

BATCH = 4096
TOLD_ROW_BITS = 27
_START = 1 << 14


@njit(cache=True, nogil=True, error_model="numpy")
def keys_of_block(lines, parts, blocks, b, keys):  # type: ignore[no-untyped-def]
    """The key of one block for every line; 0 where a part is missing."""
    values = np.zeros((1, len(parts)), np.uint64)
    for i in range(len(lines)):
        for k in range(blocks.shape[1]):
            p = blocks[b, k]
            if p >= 0:
                values[0, p] = part(lines, i, parts[p, 0], parts[p, 1], parts[p, 2])
        keys[i] = key_of(values, 0, blocks, b)


@njit(cache=True, nogil=True, error_model="numpy")
def count_buckets(keys, shift, starts):  # type: ignore[no-untyped-def]
    """How many keys fall into each bucket, then where each bucket ends (so that filling backwards leaves its start)."""
    for i in range(len(keys)):
        if keys[i]:
            starts[keys[i] >> shift] += 1
    total = 0
    for b in range(len(starts)):
        total += starts[b]
        starts[b] = total
    return total


@njit(inline="always", cache=True)
def tag_of(key, row_bits):  # type: ignore[no-untyped-def]
    """The bits of a key that an entry of the index has room for, in front of its row."""
    return np.uint32((key >> np.uint64(1)) << np.uint64(row_bits))


@njit(cache=True, nogil=True, error_model="numpy")
def fill_buckets(keys, shift, starts, entries, row_bits, base):  # type: ignore[no-untyped-def]
    for i in range(len(keys) - 1, -1, -1):
        if keys[i]:
            b = keys[i] >> shift
            starts[b] -= 1
            entries[base + starts[b]] = np.uint32(i) | tag_of(keys[i], row_bits)


@njit(cache=True, nogil=True, error_model="numpy")
def mark_seen(keys, shift, seen):  # type: ignore[no-untyped-def]
    """Set the bit of every key."""
    for i in range(len(keys)):
        if keys[i]:
            bit = keys[i] >> shift
            seen[bit >> np.uint64(6)] |= np.uint64(1) << (bit & np.uint64(63))


@njit(cache=True, nogil=True, error_model="numpy")
def mark_reached(keys, dropped, keyed, usable):  # type: ignore[no-untyped-def]
    """Mark the rows that have a key, and those whose key is not left out; marks are only set: threads share them."""
    for i in range(len(keys)):
        if keys[i]:
            keyed[i] = 1
            if dropped[i] == 0:
                usable[i] = 1


@njit(cache=True, nogil=True, error_model="numpy")
def drop_large(keys, shift, starts, entries, row_bits, base, largest, dropped, bit):  # type: ignore[no-untyped-def]
    """Mark the rows whose key is shared by more than ``largest``; returns (keys left out, rows under them)."""
    a_row = (np.uint32(1) << np.uint32(row_bits)) - np.uint32(1)
    left_out = 0
    under = 0
    for b in range(len(starts) - 1):
        size = np.int64(starts[b + 1]) - np.int64(starts[b])
        if size <= largest:
            continue
        here = np.empty(size, np.uint64)
        rows = np.empty(size, np.uint32)
        for k in range(size):
            rows[k] = entries[base + starts[b] + k] & a_row
            here[k] = keys[rows[k]]
        order = np.argsort(here)
        k = 0
        while k < size:
            end = k
            while end < size and here[order[end]] == here[order[k]]:
                end += 1
            if end - k > largest:
                left_out += 1
                under += end - k
                for q in range(k, end):
                    dropped[rows[order[q]]] |= np.uint32(1) << np.uint32(bit)
            k = end
    return left_out, under


@njit(cache=True, nogil=True, error_model="numpy")
def common_names(lines, word, slots):  # type: ignore[no-untyped-def]
    """An open hash table of the whole names of some lines: tags by slot, 0 empty."""
    size = np.uint64(len(slots))
    for i in range(len(lines)):
        h = joined(lines[i, word], lines[i, word + 1])
        if h == 0:
            continue
        tag = np.uint32(h & np.uint64(0xFFFFFFFF)) | np.uint32(1)
        slot = mix(h) % size
        while slots[slot] != 0 and slots[slot] != tag:
            slot = (slot + np.uint64(1)) % size
        slots[slot] = tag


@njit(cache=True, nogil=True, error_model="numpy")
def count_names(lines, word, slots, counts):  # type: ignore[no-untyped-def]
    """Add these lines to the counts of the names that the table knows."""
    size = np.uint64(len(slots))
    places = np.empty(BATCH, np.uint64)
    tags = np.empty(BATCH, np.uint32)
    for first in range(0, len(lines), BATCH):
        n = min(BATCH, len(lines) - first)
        for k in range(n):
            h = joined(lines[first + k, word], lines[first + k, word + 1])
            tags[k] = np.uint32(h & np.uint64(0xFFFFFFFF)) | np.uint32(1) if h else np.uint32(0)
            places[k] = mix(h) % size
        for k in range(n):
            if tags[k] == 0:
                continue
            slot = places[k]
            while slots[slot] != 0 and slots[slot] != tags[k]:
                slot = (slot + np.uint64(1)) % size
            if slots[slot]:
                counts[slot] += 1


@njit(cache=True, nogil=True, error_model="numpy")
def look_up_names(lines, word, slots, counts, out):  # type: ignore[no-untyped-def]
    """The count of each line's name; 0 where the table does not know it."""
    size = np.uint64(len(slots))
    for i in range(len(lines)):
        h = joined(lines[i, word], lines[i, word + 1])
        if h == 0:
            continue
        tag = np.uint32(h & np.uint64(0xFFFFFFFF)) | np.uint32(1)
        slot = mix(h) % size
        while slots[slot] != 0 and slots[slot] != tag:
            slot = (slot + np.uint64(1)) % size
        out[i] = counts[slot] if slots[slot] else 0


@njit(cache=True, nogil=True, error_model="numpy")
def _tally(patterns, counts, pattern, filled):  # type: ignore[no-untyped-def]
    size = np.uint64(len(patterns))
    slot = mix(np.uint64(pattern)) % size
    while patterns[slot] != 0 and patterns[slot] != pattern:
        slot = (slot + np.uint64(1)) % size
    if patterns[slot] == 0:
        patterns[slot] = pattern
        filled += 1
    counts[slot] += 1
    return filled


@njit(cache=True, nogil=True, error_model="numpy")
def _twice(old_patterns, old_counts):  # type: ignore[no-untyped-def]
    patterns = np.zeros(2 * len(old_patterns), np.int64)
    counts = np.zeros(2 * len(old_patterns), np.int64)
    filled = 0
    for s in range(len(old_patterns)):
        if old_patterns[s]:
            filled = _tally(patterns, counts, old_patterns[s], filled)
            slot = mix(np.uint64(old_patterns[s])) % np.uint64(len(patterns))
            while patterns[slot] != old_patterns[s]:
                slot = (slot + np.uint64(1)) % np.uint64(len(patterns))
            counts[slot] = old_counts[s]
    return patterns, counts, filled


@njit(cache=True, nogil=True, error_model="numpy")
def compare_pairs(a, b, x, hx, y, hy, program, patterns, sides):  # type: ignore[no-untyped-def]
    """The pattern of each pair (a[k] of x, b[k] of y), and whose name is held in the other one."""
    levels = np.zeros(len(program), np.int64)
    room = np.zeros(ROOM, np.uint8)
    for k in range(len(a)):
        patterns[k], sides[k] = compare(x, a[k], hx, y, b[k], hy, program, levels, room)


@njit(forceinline=True, cache=True, nogil=True, error_model="numpy")
def _found_before(x, i, values, k, parts, blocks, b, left_out):  # type: ignore[no-untyped-def]
    """Each pair counts once: for the first block that has it and is not left out. True also where b has it not."""
    for q in range(b):
        if (left_out >> np.uint32(q)) & np.uint32(1) == 0 and share_block(x, i, values, k, parts, blocks, q):
            return True
    return not share_block(x, i, values, k, parts, blocks, b)


@njit(forceinline=True, cache=True, nogil=True, error_model="numpy")
def _blocks_of(x, i, values, k, parts, blocks, agree):  # type: ignore[no-untyped-def]
    """The blocks (bits) that line i and the line whose parts are values[k] share; ``agree``: room, a place a part."""
    for p in range(len(parts)):
        value = values[k, p]
        agree[p] = value != 0 and part(x, i, parts[p, 0], parts[p, 1], parts[p, 2]) == value
    found = np.uint32(0)
    for b in range(len(blocks)):
        shared = True
        for q in range(blocks.shape[1]):
            if blocks[b, q] >= 0:
                shared &= agree[blocks[b, q]]
        found |= np.uint32(shared) << np.uint32(b)
    return found


@njit(forceinline=True, cache=True, nogil=True, error_model="numpy")
def _most_of_name(x, i, y, j, w, level, belief, by_rarity, rarity_x, rarity_y):  # type: ignore[no-untyped-def]
    """The most that two names can say, from their hashes and letters alone: equal, held only where all letters are."""
    if level == 1:
        return by_rarity[1, rarity_x[i, 0]]
    most = belief[level]
    alike = most_alike(x, i, y, j, w)
    if alike >= RATHER_ALIKE:
        most = max(most, belief[4])
    if alike >= ALIKE:
        most = max(most, belief[3])
    if x[i, w + 4] & ~y[j, w + 4] == 0:
        most = max(most, by_rarity[2, rarity_x[i, 1]])
    if y[j, w + 4] & ~x[i, w + 4] == 0:
        most = max(most, by_rarity[2, rarity_y[j, 1]])
    return most


@njit(cache=True, nogil=True, error_model="numpy")
def search(  # type: ignore[no-untyped-def]
    lines_x, heap_x, lines_y, heap_y, first_y, same, fields, block_parts, block_rows, index_starts, index_entries,
    row_bits, bases, shift, index_seen, bit_shift, dropped, rarity_x, rarity_y,
    belief, by_rarity, name_field, least, counted, told,
):  # fmt: skip
    """Compare every line of ``lines_y`` with those of ``lines_x`` that share a block with it, each pair once.

    ``first_y``: number of the first line of y; with ``same`` both are one file, and only pairs x < y count.
    ``belief``: (fields, levels) log likelihood ratios, ``by_rarity``: those of a name equal or held, by class.
    Pairs whose sum reaches ``least`` are kept; texts are looked at only where the sum can still reach it, else the
    worst level that their hashes allow is counted. Pairs are counted for the lines that ``counted`` marks, and with
    ``told`` each of them is told too. Returns a, b, patterns, rarity classes, blocks, tally (patterns, counts), pairs
    by block (found first by it), and of each pair counted: a with the block in its five highest bits, b, pattern.
    """
    x, hx, y, hy = bare(lines_x), bare(heap_x), bare(lines_y), bare(heap_y)
    program, parts, blocks = bare(fields), bare(block_parts), bare(block_rows)
    starts, entries = bare(index_starts), bare(index_entries)
    seen = bare(index_seen)
    best = np.zeros(len(program), np.float32)
    for f in range(len(program)):
        best[f] = belief[f].max()
        if f == name_field:
            best[f] = by_rarity.max()
    out_a = np.empty(_START, np.uint32)
    out_b = np.empty(_START, np.uint32)
    out_pattern = np.empty(_START, np.int64)
    out_rarity = np.empty(_START, np.uint8)
    out_blocks = np.empty(_START, np.uint32)
    kept = 0
    patterns = np.zeros(1 << 12, np.int64)
    counts = np.zeros(1 << 12, np.int64)
    filled = 0
    n_blocks = len(blocks)
    by_block = np.zeros(n_blocks, np.int64)
    own = (np.empty((BATCH, len(parts)), np.uint64), np.zeros(len(program), np.int64), np.zeros(ROOM, np.uint8))
    values, levels, room = bare(own[0]), bare(own[1]), bare(own[2])
    keys = np.empty(BATCH + 1, np.uint64)
    who = np.empty(BATCH + 1, np.uint32)
    begin = np.empty(BATCH, np.int64)
    end = np.empty(BATCH, np.int64)
    pair_a = np.empty(_START, np.uint32)
    pair_b = np.empty(_START, np.uint32)
    agree = np.zeros(len(parts), np.bool_)
    sums, niks = np.empty(AT_ONCE, np.float32), np.empty(AT_ONCE, np.uint8)
    told_a = np.empty(_START, np.uint32)
    told_b = np.empty(_START, np.uint32)
    told_pattern = np.empty(_START, np.int64)
    telling = 0
    touched = np.uint32(0)
    n_fields = len(program)
    plain_name = name_field >= 0
    for level in range(1, 7):
        plain_name &= program[name_field, COUNTS_AS + level] == level
    a_row = (np.uint32(1) << np.uint32(row_bits)) - np.uint32(1)
    for first in range(0, len(y), BATCH):
        n = min(BATCH, len(y) - first)
        parts_of(y, first, n, parts, values)
        for b in range(n_blocks):
            there = 0
            for k in range(n):
                key = key_of(values, k, blocks, b)
                keys[there] = key
                who[there] = k
                bit = key >> bit_shift
                # most keys are in no line: one bit settles that before anything else is read
                if key and (seen[b, bit >> np.uint64(6)] >> (bit & np.uint64(63))) & np.uint64(1):
                    there += 1
            for k in range(there):
                bucket = keys[k] >> shift
                begin[k] = starts[b, bucket]
                end[k] = starts[b, bucket + 1]
            pairs = 0
            for k in range(there):
                tag = tag_of(keys[k], row_bits)
                if pairs + end[k] - begin[k] >= len(pair_a):
                    more = 2 * (pairs + end[k] - begin[k])
                    grown_a = np.empty(more, np.uint32)
                    grown_b = np.empty(more, np.uint32)
                    grown_a[:pairs] = pair_a[:pairs]
                    grown_b[:pairs] = pair_b[:pairs]
                    pair_a, pair_b = grown_a, grown_b
                for e in range(bases[b] + begin[k], bases[b] + end[k]):
                    pair_a[pairs] = entries[e] & a_row
                    pair_b[pairs] = who[k]
                    pairs += 1 if entries[e] & ~a_row == tag else 0
            pairs = sift(
                x, hx, y, first, pair_a, pair_b, pairs, counted, program, belief, by_rarity, best, name_field,
                plain_name, least, rarity_x, rarity_y, sums, niks, room,
            )  # fmt: skip
            for p in range(pairs):
                i, k = np.int64(pair_a[p]), np.int64(pair_b[p])  # type: ignore[assignment]
                j = first + k
                if same and i >= first_y + j:
                    continue
                # each pair once: for the first block that has it and is not left out
                left_out = dropped[i]
                if (left_out >> np.uint32(b)) & np.uint32(1):
                    continue
                found = np.uint32(0)
                if counted[j]:
                    if _found_before(x, i, values, k, parts, blocks, b, left_out):
                        continue
                    by_block[b] += 1
                else:  # what was sifted is a match more often than not, and found by many blocks
                    found = _blocks_of(x, i, values, k, parts, blocks, agree) & ~left_out
                    if found & ((np.uint32(2) << np.uint32(b)) - np.uint32(1)) != np.uint32(1) << np.uint32(b):
                        continue
                score = np.float32(0.0)
                most = np.float32(0.0)
                for f in range(n_fields):
                    kind = program[f, 0]
                    if kind == NAME or kind == TEXT:  # noqa: SIM109 - compiled
                        levels[f] = program[f, COUNTS_AS + least_level(x, i, y, j, program, f)]
                        if levels[f]:
                            if f == name_field and plain_name and not counted[j]:
                                most += _most_of_name(
                                    x, i, y, j, program[f, 1], levels[f], belief[f], by_rarity, rarity_x, rarity_y
                                )
                            else:
                                most += best[f]
                    else:
                        levels[f] = program[f, COUNTS_AS + plain_level(x, i, y, j, program, f, levels, room)]
                        score += belief[f, levels[f]]
                rarity = np.uint8(0)
                if score + most >= least:
                    for f in range(n_fields):
                        kind = program[f, 0]
                        if kind == TEXT:
                            if levels[f] > 1:
                                level = text_level(x, i, hx, y, j, hy, program[f, 1], room)
                                levels[f] = program[f, COUNTS_AS + level]
                            score += belief[f, levels[f]]
                        elif kind == NAME:
                            held = 0
                            if levels[f] > 1:
                                level, held = name_level(x, i, hx, y, j, hy, program[f, 1], room)
                                levels[f] = program[f, COUNTS_AS + level]
                            if f == name_field and 1 <= levels[f] <= 2:
                                if levels[f] == 1:
                                    rarity = rarity_x[i, 0]
                                else:
                                    rarity = rarity_x[i, 1] if held == 1 else rarity_y[j, 1]
                                score += by_rarity[levels[f], rarity]
                            else:
                                score += belief[f, levels[f]]
                else:
                    score = -np.float32(1e30)
                if counted[j]:
                    filled = _tally(patterns, counts, pattern_of(levels, n_fields), filled)
                    if 2 * filled > len(patterns):
                        patterns, counts, filled = _twice(patterns, counts)
                    if told:
                        if telling == len(told_a):
                            grown = np.empty(2 * telling, np.uint32)
                            grown[:telling] = told_a
                            told_a = grown
                            grown = np.empty(2 * telling, np.uint32)
                            grown[:telling] = told_b
                            told_b = grown
                            grown_p = np.empty(2 * telling, np.int64)
                            grown_p[:telling] = told_pattern
                            told_pattern = grown_p
                        told_a[telling] = np.uint32(i) | (np.uint32(b) << np.uint32(TOLD_ROW_BITS))
                        told_b[telling] = j
                        told_pattern[telling] = pattern_of(levels, n_fields)
                        telling += 1
                if score < least:
                    continue
                if counted[j]:
                    found = _blocks_of(x, i, values, k, parts, blocks, agree) & ~left_out
                if kept == len(out_a):
                    more = 2 * kept
                    grown = np.empty(more, np.uint32)
                    grown[:kept] = out_a
                    out_a = grown
                    grown = np.empty(more, np.uint32)
                    grown[:kept] = out_b
                    out_b = grown
                    grown = np.empty(more, np.uint32)
                    grown[:kept] = out_blocks
                    out_blocks = grown
                    grown_p = np.empty(more, np.int64)
                    grown_p[:kept] = out_pattern
                    out_pattern = grown_p
                    grown_r = np.empty(more, np.uint8)
                    grown_r[:kept] = out_rarity
                    out_rarity = grown_r
                out_a[kept] = i
                out_b[kept] = j
                out_pattern[kept] = pattern_of(levels, n_fields)
                out_rarity[kept] = rarity
                out_blocks[kept] = found
                kept += 1
    touched ^= np.uint32(own[0][0, 0]) ^ np.uint32(own[1][0]) ^ np.uint32(own[2][0])  # they live until here
    return (
        out_a[:kept].copy(), out_b[:kept].copy(), out_pattern[:kept].copy(), out_rarity[:kept].copy(),
        out_blocks[:kept].copy(), patterns, counts, by_block, touched,
        told_a[:telling].copy(), told_b[:telling].copy(), told_pattern[:telling].copy(),
    )  # fmt: skip


@njit(cache=True, nogil=True, error_model="numpy")
def count_words(lines, heap, word, sketch):  # type: ignore[no-untyped-def]
    """Add the words of folded names to a table of counts by hash."""
    size = np.uint64(len(sketch))
    for i in range(len(lines)):
        n = np.int64(lines[i, word + 6] & np.uint32(255))
        at = np.int64(lines[i, word + 5])
        h = np.uint64(14695981039346656037)
        for k in range(at, at + n + 1):
            if k == at + n or heap[k] == 32:
                sketch[mix(h) % size] += 1
                h = np.uint64(14695981039346656037)
            else:
                h = (h ^ np.uint64(heap[k])) * np.uint64(1099511628211)


@njit(cache=True, nogil=True, error_model="numpy")
def word_rarity(lines, heap, word, sketch, weight, out, column, last):  # type: ignore[no-untyped-def]
    """How rare it is that a name holds all words of each line's name, in half powers of ten: out[:, column].

    ``weight``: twentieths of a power of ten by count, for counts up to its length, in whole numbers.
    """
    size = np.uint64(len(sketch))
    top = len(weight) - 1
    for i in range(len(lines)):
        n = np.int64(lines[i, word + 6] & np.uint32(255))
        if n == 0:
            continue
        at = np.int64(lines[i, word + 5])
        h = np.uint64(14695981039346656037)
        total = 0
        for k in range(at, at + n + 1):
            if k == at + n or heap[k] == 32:
                count = np.int64(sketch[mix(h) % size])
                scale = 0
                while count > top:
                    count >>= 1
                    scale += 6  # twentieths of a power of ten in a factor of two
                total += max(weight[count] - scale, 0)
                h = np.uint64(14695981039346656037)
            else:
                h = (h ^ np.uint64(heap[k])) * np.uint64(1099511628211)
        out[i, column] = min(total // 10, last)
