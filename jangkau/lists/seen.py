"""Numbers seen before in a file of any length: NIKs and KPJs as integers, in sorted runs behind a bitmap."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

# Runs longer than this are not merged: their copies would double the memory.
LONGEST_RUN = 8 * 2**20
# Three bits in one word of 32 (a blocked Bloom filter): with 16 to 32 bits per number at most 1 % of new numbers are
# searched for in the runs. Beyond the most bits (128 MiB) more are, and only speed suffers.
_LEAST_BITS, _MOST_BITS = 20, 30
_CHUNK = 2**20
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # 2**64 / golden ratio: spreads neighbours (Knuth, TAOCP 6.4)


class Seen:
    """Eight bytes per number, and up to two for the bitmap."""

    def __init__(self) -> None:
        self._runs: list[Numbers] = []
        self._count = 0
        self._bits = _LEAST_BITS
        self._map = np.zeros(2 ** (self._bits - 5), np.uint32)

    def again(self, numbers: Numbers) -> Mask:
        """For each number whether it came before, in this call or an earlier one; 0 is no number."""
        result = self._before(numbers)
        fresh = np.sort(numbers[~result & (numbers != 0)])
        same = fresh[1:] == fresh[:-1]
        if same.any():
            result |= _not_first(numbers, np.unique(fresh[1:][same]))
            fresh = fresh[np.concatenate(([True], ~same))]
        self._add(fresh)
        return result

    def _before(self, numbers: Numbers) -> Mask:
        """Whether each number came in an earlier call."""
        place, bits = self._place(numbers)
        known: Mask = (self._map[place] & bits) == bits
        known &= numbers != 0
        perhaps = np.flatnonzero(known)
        if not len(perhaps):
            return known
        # Sorted, because neighbours lie on the same way through a run.
        order = np.argsort(numbers[perhaps])
        perhaps = perhaps[order]
        for run in self._runs:
            wanted = numbers[perhaps]
            at = np.searchsorted(run, wanted)
            at[at == len(run)] = 0
            perhaps = perhaps[run[at] != wanted]
        known[perhaps] = False
        return known

    def _place(self, numbers: Numbers) -> tuple[Numbers, npt.NDArray[np.uint32]]:
        """The word of each number, and its bits there."""
        spread = _spread(numbers, 59)
        place = (spread >> np.uint64(64 - self._bits)).astype(np.int64)
        bits = np.zeros(len(numbers), np.uint32)
        for shift in (18, 23, 28):  # below the bits that choose the word, above those that hardly mix
            bits |= np.uint32(1) << ((spread >> np.uint64(shift)) & np.uint64(31)).astype(np.uint32)
        return place, bits

    def _mark(self, numbers: Numbers) -> None:
        place, bits = self._place(numbers)
        while len(place):
            self._map[place] |= bits
            lost = (self._map[place] & bits) != bits  # of several numbers in one word only the last was written
            place, bits = place[lost], bits[lost]

    def _add(self, run: Numbers) -> None:
        """Runs are merged as in a binary counter, so that a number is copied a few times at most."""
        if not len(run):
            return
        self._count += len(run)
        if self._count > 2 ** (self._bits - 4) and self._bits < _MOST_BITS:
            self._grow()
        self._mark(run)
        while self._runs and len(self._runs[-1]) <= min(2 * len(run), LONGEST_RUN):
            run = np.concatenate((self._runs.pop(), run))
            run.sort(kind="stable")
        self._runs.append(run)

    def _grow(self) -> None:
        while self._count > 2 ** (self._bits - 5) and self._bits < _MOST_BITS:
            self._bits += 1
        self._map = np.zeros(2 ** (self._bits - 5), np.uint32)
        for run in self._runs:
            self._mark(run)


def _spread(numbers: Numbers, bits: int) -> npt.NDArray[np.uint64]:
    return np.asarray((numbers.view(np.uint64) * _MULTIPLIER) >> np.uint64(64 - bits))


def positions_repeated(*, numbers: Numbers) -> Numbers:
    """Where all numbers stand that come more than once; 0 is no number. Takes a quarter of their memory beside them."""
    chunks = np.array_split(numbers, len(numbers) // _CHUNK + 1)
    repeated = []
    for part in range(8):
        some = np.concatenate([chunk[_spread(chunk, 3) == part] for chunk in chunks])
        some.sort()
        repeated.append(np.unique(some[1:][(some[1:] == some[:-1]) & (some[1:] != 0)]))
    among = np.concatenate(repeated)
    return np.flatnonzero(np.concatenate([_members(chunk, among) for chunk in chunks]))


def _members(numbers: Numbers, among: Numbers) -> Mask:
    """Which numbers are ``among`` others, where few are: most are told by one look into a small table."""
    bits = min(16 + len(among).bit_length() // 2, 24)
    sieve = np.zeros(2**bits, bool)
    sieve[_spread(among, bits)] = True
    result = sieve[_spread(numbers, bits)]
    rows = np.flatnonzero(result)
    result[rows] = np.isin(numbers[rows], among)
    return result


def _not_first(numbers: Numbers, repeated: Numbers) -> Mask:
    """Of the numbers that stand in ``repeated`` all but the first of each."""
    result = _members(numbers, repeated)
    rows = np.flatnonzero(result)
    result[rows[np.unique(numbers[rows], return_index=True)[1]]] = False
    return result
