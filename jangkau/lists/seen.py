"""Numbers seen before in a file of any length: NIKs and KPJs as integers, in sorted runs."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


class Seen:
    """Eight bytes per number. Runs are merged as in a binary counter, so that a number is copied a few times at
    most."""

    def __init__(self) -> None:
        self._runs: list[npt.NDArray[np.int64]] = []

    def again(self, numbers: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """For each number whether it came before, in this call or an earlier one; 0 is no number."""
        order = np.argsort(numbers, kind="stable")
        ordered = numbers[order]
        before = np.zeros(len(numbers), bool)
        before[1:] = ordered[1:] == ordered[:-1]
        fresh = ordered[~before & (ordered != 0)]
        known = np.zeros(len(fresh), bool)
        for run in self._runs:
            at = np.searchsorted(run, fresh)
            at[at == len(run)] = 0
            known |= run[at] == fresh
        before |= np.isin(ordered, fresh[known], assume_unique=False) if known.any() else False
        self._add(fresh[~known])
        result = np.empty(len(numbers), bool)
        result[order] = before & (ordered != 0)
        return result

    def _add(self, run: npt.NDArray[np.int64]) -> None:
        if not len(run):
            return
        while self._runs and len(self._runs[-1]) <= 2 * len(run):
            run = np.concatenate((self._runs.pop(), run))
            run.sort(kind="stable")
        self._runs.append(run)
