"""Errors come together: who spoils the name or the birth date of a person spoils the identifier more often too.

Of the pairs that match, two things are counted: how often levels of name and birth date come together where the
identifier is equal, and how much more often it is unlike or missing where one of them is damaged or missing. Both
damaged: the product, which is cautious. docs/explanation/linkage.md has the formulae.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jangkau.linkage.kinds import KINDS, MISSING
from jangkau.linkage.weights import GROUP, Floats, Ints, Levels, Patterns, Weights

ROUNDS = 5
WORTH = 2.0
"""What it is worth that fields err independently, in pairs for each figure that is counted."""
EQUAL, SLIP, UNLIKE, GONE = range(4)
NEXT = 4
"""The level of NIKs with the next serial: those of twins."""


@dataclass(frozen=True)
class Care:
    """``care`` as :func:`weights.by_care` wants it; ``joint``: by level of name and birth date, how much more often
    matches of equal identifiers have both than if they were independent."""

    care: Floats
    joint: Floats


def independent() -> Care:
    """Nothing comes together."""
    return Care(np.zeros((6, MISSING + 1)), np.ones((MISSING + 1, MISSING + 1)))


def counted(*, weights: Weights, seen: Patterns, match: Floats, found: Floats) -> Care:
    """Counted on the pairs of each pattern that match (``found``), against as many as there would be if fields erred
    independently (``match``)."""
    at = weights.places
    assert at.anchor is not None  # noqa: S101
    kind = kinds(weights=weights)[seen.of(at.anchor)]
    name, born = seen.of(at.name), seen.of(at.born)
    joint = _joint(name, born, kind, match, found)
    n, d = GROUP[name], GROUP[born]
    code = (kind * 3 + n) * 3 + d
    slips = seen.of(at.anchor) != of_twins(weights=weights)
    there, here = (
        np.bincount(code, weights=w * slips, minlength=36).reshape(4, 3, 3) for w in (found, match * joint[name, born])
    )
    by_name, by_born = np.ones((4, 3)), np.ones((4, 3))
    for _ in range(ROUNDS):
        by_name = (there.sum(axis=2) + WORTH) / ((here * by_born[:, None, :]).sum(axis=2) + WORTH)
        by_name[EQUAL] = 1.0
        by_born = (there.sum(axis=1) + WORTH) / ((here * by_name[:, :, None]).sum(axis=1) + WORTH)
        by_born[EQUAL] = 1.0
    care = np.zeros((2, 3, MISSING + 1))
    for row, by in enumerate((by_name, by_born)):
        care[row] = np.log(by[kinds(weights=weights)]).T
    return Care(care.reshape(6, MISSING + 1), joint)


def kinds(*, weights: Weights) -> Ints:
    """What each level of the anchor is: equal, a slip or two, unlike, missing."""
    assert weights.places.anchor is not None  # noqa: S101
    out = np.full(MISSING + 1, SLIP)
    out[[1, len(KINDS[weights.kinds[weights.places.anchor]].levels), MISSING]] = (EQUAL, UNLIKE, GONE)
    return out


def of_twins(*, weights: Weights) -> int:
    """The level of the anchor that says more of twins than of slips."""
    return NEXT if weights.places.anchor == weights.places.nik else 0


def _joint(name: Levels, born: Levels, kind: Ints, match: Floats, found: Floats) -> Floats:
    code = (name * 10 + born.astype(np.int64))[kind == EQUAL]
    there, here = (np.bincount(code, weights=w[kind == EQUAL], minlength=100) for w in (found, match))
    ratio: Floats = ((there + WORTH) / (here + WORTH)).reshape(10, 10)
    return ratio
