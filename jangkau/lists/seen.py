"""Numbers seen before in a file of any length: NIKs and KPJs as integers, in sorted runs behind a bitmap."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

# Runs longer than this are not merged: their copies would double the memory.
LONGEST_RUN = 8 * 2**20
# A bitmap of 8 to 16 bits per number lets 6 to 12 % of new numbers through to the search in the runs; beyond the
# most bits (128 MiB) more do, and only speed suffers.
_LEAST_BITS, _MOST_BITS = 20, 30
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # 2**64 / golden ratio: spreads neighbours (Knuth, TAOCP 6.4)


class Seen:
    """Eight bytes per number, and up to two for the bitmap."""

    def __init__(self) -> None:
        self._runs: list[Numbers] = []
        self._count = 0
        self._bits = _LEAST_BITS
        self._map = np.zeros(2 ** (self._bits - 3), np.uint8)

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
        place, bit = self._place(numbers)
        known: Mask = (self._map[place] & bit) != 0
        known &= numbers != 0
        perhaps = np.flatnonzero(known)
        if not len(perhaps):
            return known
        # Sorted, because neighbours lie on the same way through a run.
        order = np.argsort(numbers[perhaps])
        perhaps = perhaps[order]
        wanted = numbers[perhaps]
        found = np.zeros(len(wanted), bool)
        for run in self._runs:
            at = np.searchsorted(run, wanted)
            at[at == len(run)] = 0
            found |= run[at] == wanted
        known[perhaps] = found
        return known

    def _place(self, numbers: Numbers) -> tuple[Numbers, npt.NDArray[np.uint8]]:
        spread = _spread(numbers, self._bits)
        return (spread >> np.uint64(3)).astype(np.int64), np.uint8(1) << (spread & np.uint64(7)).astype(np.uint8)

    def _mark(self, numbers: Numbers) -> None:
        place, bit = self._place(numbers)
        while len(place):
            self._map[place] |= bit
            lost = (self._map[place] & bit) == 0  # of several bits for one byte only the last was written
            place, bit = place[lost], bit[lost]

    def _add(self, run: Numbers) -> None:
        """Runs are merged as in a binary counter, so that a number is copied a few times at most."""
        if not len(run):
            return
        self._count += len(run)
        if self._count > 2 ** (self._bits - 3) and self._bits < _MOST_BITS:
            self._grow()
        self._mark(run)
        while self._runs and len(self._runs[-1]) <= min(2 * len(run), LONGEST_RUN):
            run = np.concatenate((self._runs.pop(), run))
            run.sort(kind="stable")
        self._runs.append(run)

    def _grow(self) -> None:
        while self._count > 2 ** (self._bits - 4) and self._bits < _MOST_BITS:
            self._bits += 1
        self._map = np.zeros(2 ** (self._bits - 3), np.uint8)
        for run in self._runs:
            self._mark(run)


def _spread(numbers: Numbers, bits: int) -> npt.NDArray[np.uint64]:
    return np.asarray((numbers.view(np.uint64) * _MULTIPLIER) >> np.uint64(64 - bits))


def members(*, numbers: Numbers, among: Numbers) -> Mask:
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
    result = members(numbers=numbers, among=repeated)
    rows = np.flatnonzero(result)
    result[rows[np.unique(numbers[rows], return_index=True)[1]]] = False
    return result
