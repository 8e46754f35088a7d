"""The difference estimator: the sum of P(not protected) over everybody, plus what a random sample differs from it.

    U = sum over everybody of p  +  sum over strata h of N_h * mean over the answered of (y - p)

Unbiased whatever p is, as long as p was fixed before the sample was drawn (Sarndal, Swensson and Wretman 1992,
section 6.3). docs/explanation/estimate.md has the formulae.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

SURPRISED = 0.5
"""An answer this far from what was expected is a surprise: the linkage would have decided otherwise."""


@dataclass(frozen=True)
class Difference:
    """The estimated total and its variance. By stratum: ``shift``, the mean of y - p; ``weight``, people per answer."""

    total: float
    variance: float
    shift: Floats
    weight: Floats
    answered: int


def difference(*, people: Ints, expected: Floats, stratum: Ints, p: Floats, y: Floats) -> Difference:
    """``people`` and ``expected`` (sum of p) by stratum; ``stratum``, ``p`` and ``y`` over the people drawn.

    y is 1 for a person found to be unprotected, 0 for a protected one, NaN where nobody could tell or nobody looked:
    those are taken to be like the others of their stratum. A stratum with fewer than two answers is taken together
    with its neighbour.
    """
    known = ~np.isnan(y)
    stratum, gap = stratum[known], (y - p)[known]
    answers = np.bincount(stratum, minlength=len(people))
    total, variance = float(expected.sum()), 0.0
    shift, weight = np.zeros(len(people)), np.zeros(len(people))
    for together in _together(people, answers):
        here = gap[np.isin(stratum, together)]
        size, n = int(people[together].sum()), len(here)
        if not n:
            continue
        mean = float(here.mean())
        total += size * mean
        shift[together], weight[together] = mean, size / n
        variance += size**2 * (1.0 - n / size) * _spread(here) / n
    return Difference(total, variance, shift, weight, int(known.sum()))


def _together(people: Ints, answers: Ints) -> list[Ints]:
    """Strata in order, those with too few answers joined to the next one (the last to the one before)."""
    joined: list[list[int]] = []
    waiting: list[int] = []
    for h in np.flatnonzero(people).tolist():
        waiting.append(h)
        n, size = int(answers[waiting].sum()), int(people[waiting].sum())
        if n >= 2 or n == size:
            joined.append(waiting)
            waiting = []
    if waiting and joined:
        joined[-1] += waiting
    elif waiting:
        joined.append(waiting)
    return [np.array(group) for group in joined]


def _spread(gap: Floats) -> float:
    """Variance of y - p in a stratum.

    Where the linkage is sure, a small sample often holds no surprise at all, and its own variance would be nought: the
    variance of surprises at a rate of (seen + 1) / (n + 2) is the least that is granted.
    """
    n = len(gap)
    rate = (np.count_nonzero(np.abs(gap) > SURPRISED) + 1.0) / (n + 2.0)
    own = float(gap.var(ddof=1)) if n > 1 else 0.25
    return max(own, rate * (1.0 - rate))
