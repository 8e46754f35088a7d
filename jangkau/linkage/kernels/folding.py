"""Names folded as ``persons.names.fold`` folds them, many at a time.

``persons.names`` says why each rule is there; a test holds the two to the same answer. Works on ASCII bytes.
"""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt
from numba import njit

from jangkau.linkage.kernels.bits import FNV_PRIME, GOLDEN, LOW, hash_bytes, is_there, mix
from jangkau.persons import names

BEFORE, AFTER, MUHAMMAD, SITI, ABDUL, SPACED = 1, 2, 4, 8, 16, 32
LONGEST_TOKEN, MOST_TOKENS = 64, 24
MEMO_LETTERS, MEMO_BITS = 16, 12
"""Words that are folded once and looked up then: no title or short form is longer."""
LONGEST_SPACED = max(len(title) for title in names.spaced_titles())
"""A title with a space for each dot; what is longer need not be looked up."""
_SLOTS = 2048


def known_words() -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint8]]:
    """A hash table (keys, meanings) of titles and short forms, from the lists in ``persons.names``."""
    meaning: dict[bytes, int] = {}
    for words, bit in (
        (names.TITLES_BEFORE, BEFORE),
        (names.TITLES_AFTER, AFTER),
        (names.MUHAMMAD, MUHAMMAD),
        (names.SITI, SITI),
        (names.ABDUL, ABDUL),
        ({s for title in names.spaced_titles() for s in _spacings(title)}, SPACED),
    ):
        for word in words:
            meaning[word.encode()] = meaning.get(word.encode(), 0) | bit
    keys, values = np.zeros(_SLOTS, np.uint64), np.zeros(_SLOTS, np.uint8)
    for letters, bits in sorted(meaning.items()):
        key = int(hash_bytes(np.frombuffer(letters, np.uint8), 0, len(letters)))
        slot = key & (_SLOTS - 1)
        while keys[slot]:
            slot = (slot + 1) & (_SLOTS - 1)
        keys[slot], values[slot] = key, bits
    return keys, values


def _spacings(title: str) -> list[str]:
    """S.PD.I as SPDI, S PDI, SPD I and S PD I."""
    forms = [""]
    for part in re.split(r"(\.)", title):
        forms = [form + sign for form in forms for sign in (("", " ") if part == "." else (part,))]
    return forms


@njit(inline="always", cache=True)
def _meaning(keys, values, h):  # type: ignore[no-untyped-def]
    slot = h & np.uint64(_SLOTS - 1)
    while keys[slot] != 0:
        if keys[slot] == h:
            return values[slot]
        slot = (slot + np.uint64(1)) & np.uint64(_SLOTS - 1)
    return np.uint8(0)


@njit(cache=True, nogil=True)
def _letters(b, n):  # type: ignore[no-untyped-def]
    m = np.uint32(0)
    for k in range(n):
        if b[k] >= 65:
            m |= np.uint32(1) << np.uint32(b[k] - 65)
    return m


@njit(inline="always", cache=True)
def _has(m, letter):  # type: ignore[no-untyped-def]
    return (m >> np.uint32(letter - 65)) & np.uint32(1) == 1


@njit(cache=True, nogil=True)
def _pairs(b, n, first, second, to):  # type: ignore[no-untyped-def]
    """Each pair of letters becomes one, from left to right."""
    w = 0
    k = 0
    while k < n:
        if k + 1 < n and b[k] == first and b[k + 1] == second:
            b[w] = to
            k += 2
        else:
            b[w] = b[k]
            k += 1
        w += 1
    return w


@njit(cache=True, nogil=True)
def fold_letters(b, n):  # type: ignore[no-untyped-def]
    """The letter rules of ``persons.names.LETTERS`` on b[:n], in place; returns the new length."""
    A = 65  # noqa: N806
    C, D, E, F, G, H, J = A + 2, A + 3, A + 4, A + 5, A + 6, A + 7, A + 9  # noqa: N806
    I, K, L, N, O, P, Q = A + 8, A + 10, A + 11, A + 13, A + 14, A + 15, A + 16  # noqa: N806, E741
    S, T, U, V, X, Y, Z = A + 18, A + 19, A + 20, A + 21, A + 23, A + 24, A + 25  # noqa: N806
    m = _letters(b, n)
    if n >= 3 and b[0] == J and b[1] == O and b[2] == E:
        b[0], b[1] = Y, U
        for k in range(2, n - 1):
            b[k] = b[k + 1]
        n -= 1
        m |= np.uint32(1) << np.uint32(24)
    if _has(m, O) and _has(m, E):
        n = _pairs(b, n, O, E, U)
    if _has(m, J):
        if _has(m, D):
            n = _pairs(b, n, D, J, J)
        if _has(m, T):
            n = _pairs(b, n, T, J, C)
            m |= np.uint32(1) << np.uint32(2)
    if _has(m, S):
        w = 0
        k = 0
        while k < n:
            b[w] = b[k]
            k += 2 if (b[k] == S and k + 1 < n and (b[k + 1] == J or b[k + 1] == Y)) else 1
            w += 1
        n = w
    if _has(m, J):
        for k in range(n - 1):
            if b[k] == N and b[k + 1] == J:
                b[k + 1] = I
        for k in range(1, n - 1):
            if b[k] == H and b[k + 1] == J:
                b[k + 1] = Y
        m |= np.uint32(1) << np.uint32(24)
    if _has(m, H):
        w = 0
        k = 0
        while k < n:
            if k + 1 < n and b[k + 1] == H and (b[k] == K or b[k] == C or b[k] == G):
                b[w] = H
                k += 2
            else:
                b[w] = b[k]
                k += 1
            w += 1
        n = w
    if _has(m, D) and (_has(m, H) or _has(m, L)):
        w = 0
        k = 0
        while k < n:
            b[w] = b[k]
            k += 2 if (b[k] == D and k + 1 < n and (b[k + 1] == H or b[k + 1] == L)) else 1
            w += 1
        n = w
    if _has(m, T) and _has(m, H):
        n = _pairs(b, n, T, H, T)
    w = 0
    last = 0
    for k in range(n):
        c = b[k]
        if c == Y:
            c = I
        elif c == F or c == V:  # noqa: SIM109 - compiled
            c = P
        elif c == Z:
            c = S
        elif c == Q:
            c = K
        elif c == O:
            c = U
        elif c == X:  # KS, both halves seen by the rule of double letters
            if last != K:
                b[LONGEST_TOKEN + w] = K
                w += 1
            c = S
            last = K
        if c == last and c >= A:
            continue
        b[LONGEST_TOKEN + w] = c
        w += 1
        last = c
    for k in range(w):
        b[k] = b[LONGEST_TOKEN + k]
    n = w
    if n >= 2 and b[n - 1] == H:
        n -= 1
    return n


@njit(cache=True, nogil=True)
def _clean(data, start, end, out):  # type: ignore[no-untyped-def]
    """Upper case, apostrophes dropped, everything else but letters and digits one space; returns the length."""
    n = 0
    gap = False
    for k in range(start, end):
        c = data[k]
        if c == 39 or c == 96:
            continue
        if 97 <= c <= 122:
            c -= 32
        if (65 <= c <= 90) or (48 <= c <= 57):
            if gap and n:
                out[n] = 32
                n += 1
            gap = False
            out[n] = c
            n += 1
        else:
            gap = True
        if n >= len(out) - 2:
            break
    return n


@njit(cache=True, nogil=True)
def _put(heap, at, text, start, end):  # type: ignore[no-untyped-def]
    for k in range(start, end):
        heap[at] = text[k]
        at += 1
    return at


@njit(cache=True, nogil=True)
def _set_of_letters(heap, start, stop):  # type: ignore[no-untyped-def]
    m = np.uint32(0)
    for k in range(start, stop):
        c = heap[k]
        if c >= 65:
            m |= np.uint32(1) << np.uint32(c - 65)
        elif c >= 48:
            m |= np.uint32(1) << np.uint32(26 + (c - 48) % 6)
    return m


@njit(inline="always", cache=True)
def _packed(text, start, end):  # type: ignore[no-untyped-def]
    """Up to eight letters in one word."""
    value = np.uint64(0)
    for k in range(start, end):
        value = (value << np.uint64(8)) | np.uint64(text[k])
    return value


@njit(inline="always", cache=True)
def _unpack(heap, at, one, other, size):  # type: ignore[no-untyped-def]
    middle = min(size, 8)
    for k in range(middle):
        heap[at + k] = (one >> np.uint64(8 * (middle - 1 - k))) & np.uint64(255)
    for k in range(middle, size):
        heap[at + k] = (other >> np.uint64(8 * (size - 1 - k))) & np.uint64(255)
    return at + size


@njit(cache=True, nogil=True)
def _known(clean, start, end, keys, values, as_name, buf, memo, known):  # type: ignore[no-untyped-def]
    """The row of ``memo`` and ``known`` that holds this token, folded now where it was not; -1 when it has no room.

    The same few thousand words are nearly all names there are. A row of ``memo``: letters (two), folded letters (two),
    hash; of ``known``: meaning, folded size, set of letters."""
    size = end - start
    if size > MEMO_LETTERS:
        return np.int64(-1)
    middle = min(end, start + 8)
    one, other = _packed(clean, start, middle), _packed(clean, middle, end)
    row = np.int64(((one ^ (other * FNV_PRIME)) * GOLDEN) >> np.uint64(64 - MEMO_BITS))
    if memo[row, 0] != one or memo[row, 1] != other:
        for q in range(size):
            buf[q] = clean[start + q]
        folded = fold_letters(buf, size) if as_name else size
        if folded > MEMO_LETTERS:
            return np.int64(-1)
        middle = min(folded, 8)
        memo[row, 0], memo[row, 1] = one, other
        memo[row, 2], memo[row, 3] = _packed(buf, 0, middle), _packed(buf, middle, folded)
        memo[row, 4] = mix(hash_bytes(buf, 0, folded))
        known[row, 0] = _meaning(keys, values, hash_bytes(clean, start, end)) if as_name else np.uint8(0)
        known[row, 1], known[row, 2] = folded, _set_of_letters(buf, 0, folded)
    return row


@njit(cache=True, nogil=True)
def fold_many(offsets, data, valid, skip, count, keys, values, as_name, lines, word, heap, used):  # type: ignore[no-untyped-def]
    """Fold ``count`` strings of an Arrow array into ``heap`` from ``used`` on and describe each in its line.

    Words from ``word``: hash of the words in any order (two), hash of the first, of the last, set of letters, place in
    the heap, length | first three letters << 8, five bits each | number of words << 24. All zero where there is no
    name. Without ``as_name`` only the case and the signs are folded. Returns the new end of the heap.
    """
    clean = np.empty(512, np.uint8)
    buf = np.empty(3 * LONGEST_TOKEN, np.uint8)
    begin = np.empty(MOST_TOKENS + 1, np.int64)
    finish = np.empty(MOST_TOKENS + 1, np.int64)
    ok = np.empty(MOST_TOKENS + 2, np.bool_)
    muhamad = np.array([77, 85, 72, 65, 77, 65, 68], np.uint8)
    siti = np.array([83, 73, 84, 73], np.uint8)
    abdul = np.array([65, 66, 68, 85, 76], np.uint8)
    memo = np.zeros((1 << MEMO_BITS, 5), np.uint64)
    known = np.zeros((1 << MEMO_BITS, 3), np.uint32)
    for i in range(count):
        if not is_there(valid, skip, i):
            continue
        n = _clean(data, offsets[i], offsets[i + 1], clean)
        if n == 0:
            continue
        tokens = 0
        k = 0
        while k < n and tokens < MOST_TOKENS:
            begin[tokens] = k
            while k < n and clean[k] != 32:
                k += 1
            finish[tokens] = k
            tokens += 1
            k += 1
        head = 0
        tail = tokens
        if as_name:
            while head < tokens - 1:
                row = _known(clean, begin[head], finish[head], keys, values, as_name, buf, memo, known)
                if row < 0 or known[row, 0] & BEFORE == 0:
                    break
                head += 1
            ok[tokens] = True
            for t in range(tokens - 1, head, -1):
                ok[t] = False
                for e in range(t, min(t + 3, tokens)):
                    if finish[e] - begin[t] > LONGEST_SPACED:
                        break
                    if ok[e + 1] and _meaning(keys, values, hash_bytes(clean, begin[t], finish[e])) & SPACED:
                        ok[t] = True
                        break
            for t in range(head + 1, tokens):
                if ok[t]:
                    tail = t
                    break
        at = used
        letters = np.uint32(0)
        whole = np.uint64(0)
        first = np.uint64(0)
        last = np.uint64(0)
        written = 0
        for t in range(head, tail):
            row = _known(clean, begin[t], finish[t], keys, values, as_name, buf, memo, known)
            m = known[row, 0] if row >= 0 else np.uint32(0)
            if m & AFTER and t > head:
                continue
            start = at + (1 if written else 0)
            size = finish[t] - begin[t]
            if m & MUHAMMAD and (t == head or size > 1):
                stop, row = _put(heap, start, muhamad, 0, 7), -1
            elif m & SITI:
                stop, row = _put(heap, start, siti, 0, 4), -1
            elif m & ABDUL:
                stop, row = _put(heap, start, abdul, 0, 5), -1
            elif row >= 0:
                stop = _unpack(heap, start, memo[row, 2], memo[row, 3], np.int64(known[row, 1]))
            elif as_name and size <= LONGEST_TOKEN:
                for q in range(size):
                    buf[q] = clean[begin[t] + q]
                stop = _put(heap, start, buf, 0, fold_letters(buf, size))
            else:
                stop = _put(heap, start, clean, begin[t], finish[t])
            if stop == start:
                continue
            if written:
                heap[at] = 32
            h = memo[row, 4] if row >= 0 else mix(hash_bytes(heap, start, stop))
            letters |= known[row, 2] if row >= 0 else _set_of_letters(heap, start, stop)
            whole += h
            if not written:
                first = h
            last = h
            at = stop
            written += 1
        if written == 0:
            at = _put(heap, used, clean, 0, n)
            letters = _set_of_letters(heap, used, at)
            whole = first = last = mix(hash_bytes(clean, 0, n))
            written = 1
        size = min(at - used, 255)
        if whole == 0:
            whole = np.uint64(1)
        lines[i, word] = np.uint32(whole >> np.uint64(32))
        lines[i, word + 1] = np.uint32(whole & LOW)
        lines[i, word + 2] = np.uint32(first & LOW) | np.uint32(1)
        lines[i, word + 3] = np.uint32(last & LOW) | np.uint32(1)
        if at - used > size:
            letters = _set_of_letters(heap, used, used + size)
        lines[i, word + 4] = letters
        lines[i, word + 5] = np.uint32(used)
        beginning = np.int64(0)
        for k in range(3):
            c = np.int64(heap[used + k]) if k < size else 0
            beginning = 32 * beginning + (c - 64 if c >= 65 else (27 + c % 5 if c else 0))
        lines[i, word + 6] = (
            np.uint32(size) | (np.uint32(beginning) << np.uint32(8)) | (np.uint32(written) << np.uint32(24))
        )
        used = at
    return used
