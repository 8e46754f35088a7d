"""From weights to probabilities: of each pair, and of each row of the left side that it is on the right side at all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

ITERATIONS = 200


@dataclass(frozen=True)
class Rows:
    """One line for each row of the left side: the probability that it is on the right at all, the place (among the
    pairs) of its best match or -1, that pair's probability, and how many right rows are as good."""

    probability: Floats
    best: Ints
    best_probability: Floats
    ties: Ints
    coverage: float


def of_rows(*, a: Ints, ratio: Floats, p: Floats, left_rows: int, right_rows: float, found: float) -> Rows:
    """P = pi S / (1 - pi + pi S), with S the sum of the candidates' likelihood ratios over the size of the right side:
    ten weak candidates do not add up to a sure one.

    ``a`` (sorted): left row of each pair; ``ratio``: log likelihood ratios; ``found``: the share of true matches that
    have a candidate at all, so that a row without any is not called absent for certain. pi is the fixed point of
    pi = mean P (EM for one rate).
    """
    total = totals(a=a, ratio=ratio, left_rows=left_rows, right_rows=right_rows, found=found)
    coverage = coverage_of(total=total)
    best, best_p, ties = best_of(a=a, p=p, left_rows=left_rows)
    return Rows(present(total=total, coverage=coverage), best, best_p, ties, coverage)


def totals(*, a: Ints, ratio: Floats, left_rows: int, right_rows: float, found: float) -> Floats:
    """S of each left row, with the share that is missed."""
    missed = max(1.0 - found, 0.0)
    sums = np.bincount(a, weights=np.exp(np.minimum(ratio, 60.0)) / right_rows, minlength=left_rows)
    return sums.astype(np.float64) + missed


def present(*, total: Floats, coverage: float) -> Floats:
    """The probability that a left row is on the right, given its S."""
    return coverage * total / (1 - coverage + coverage * total)


def coverage_of(*, total: Floats, count: Floats | None = None) -> float:
    """pi: where it equals the mean probability. ``count``: how many rows have each S, 1 when left out."""
    rows = float(len(total)) if count is None else float(count.sum())
    coverage = 0.5
    for _ in range(ITERATIONS):
        before = coverage
        p = present(total=total, coverage=coverage)
        coverage = float(np.sum(p if count is None else p * count) / rows) if rows else 0.0
        coverage = min(max(coverage, 1e-9), 1 - 1e-9)
        if abs(coverage - before) < 1e-9:
            break
    return coverage


def best_of(*, a: Ints, p: Floats, left_rows: int) -> tuple[Ints, Floats, Ints]:
    """Of each left row: the place (among the pairs) of its first best match or -1, its probability, and how many
    are as good."""
    best = np.full(left_rows, -1, np.int64)
    best_p = np.zeros(left_rows)
    ties = np.zeros(left_rows, np.int64)
    if len(a):
        np.maximum.at(best_p, a, p)
        top = np.flatnonzero(p >= best_p[a] - 1e-12)
        ties += np.bincount(a[top], minlength=left_rows)
        best[a[top[::-1]]] = top[::-1]
    return best, best_p, ties


def one_to_one(*, a: Ints, b: Ints, p: Floats) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """When each row has at most one partner: probabilities with the competitors counted in, and the pairs chosen
    (the likeliest first, each row once)."""
    odds = np.minimum(p / np.maximum(1.0 - p, 1e-15), 1e15)
    by_a = np.bincount(a, weights=odds, minlength=int(a.max(initial=-1)) + 1)
    by_b = np.bincount(b, weights=odds, minlength=int(b.max(initial=-1)) + 1)
    shared = odds / (1.0 + np.maximum(by_a[a], by_b[b]))
    chosen = np.zeros(len(p), dtype=bool)
    used_a: set[int] = set()
    used_b: set[int] = set()
    for k in np.lexsort((b, a, -shared)).tolist():
        x, y = int(a[k]), int(b[k])
        if x not in used_a and y not in used_b:
            chosen[k] = True
            used_a.add(x)
            used_b.add(y)
    return shared, chosen
