"""How many matches nobody saw: two passes as two captures (Chapman 1951), and the blocks as many captures (Chao 1987).

Expected numbers throughout: each pair counts with its probability. docs/explanation/linkage.md has the formulae.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from jangkau.linkage.kinds import MISSING
from jangkau.linkage.method import Method
from jangkau.linkage.weights import Patterns, Weights

Floats = npt.NDArray[np.float64]
ENOUGH_BLOCKS = 6
"""With fewer blocks, the number of them that found a match says nothing of those that none did."""


@dataclass(frozen=True)
class Passes:
    """Matches by the pass that caught them; ``blind``: those without an identifier on a side, which only the
    description can catch; ``unseen``: those that neither caught, if the two fail independently."""

    both: float
    identifier: float
    description: float
    blind: float

    @property
    def unseen(self) -> float:
        failing = self.identifier / (self.both + self.identifier + 1.0)
        alike = self.identifier * self.description / (self.both + 1.0)
        return alike + self.blind * failing / max(1.0 - failing, 0.1)


def passes(
    *, method: Method, weights: Weights, patterns: Patterns, blocks: npt.NDArray[np.uint32], p: Floats
) -> Passes:
    """The identifier and the description as two captures; without an identifier there is but one."""
    anchor = method.anchor
    if anchor is None:
        return Passes(0.0, 0.0, 0.0, float(p.sum()))
    alone = 1.0 / (1.0 + np.exp(-weights.log_odds(patterns=patterns, without=(anchor,))))
    described = ((blocks & np.uint32(method.mask(with_anchor=False))) > 0) & (alone >= method.low)
    level = patterns.of(anchor)
    there = level != MISSING
    identified = there & (level < len(method.fields[anchor].kind.levels))
    cells = (identified & described, identified & ~described, there & ~identified & described, ~there)
    return Passes(*(float(p[cell].sum()) for cell in cells))


def by_blocks(*, blocks: npt.NDArray[np.uint32], number: int, p: Floats) -> tuple[float, ...]:
    """How many matches 1, 2, ... blocks found."""
    many = np.zeros(len(blocks), np.int64)
    for bit in range(number):
        many += ((blocks >> np.uint32(bit)) & np.uint32(1)).astype(np.int64)
    return tuple(float(one) for one in np.bincount(many, weights=p, minlength=number + 1)[1:])


def chao(*, found_by: tuple[float, ...]) -> float:
    """Chao's lower bound in its bias-corrected form: f1 (f1 - 1) / (2 (f2 + 1))."""
    once, twice = (*found_by, 0.0, 0.0)[:2]
    return max(once * (once - 1.0), 0.0) / (2.0 * (twice + 1.0))


def share_found(*, two: Passes, found_by: tuple[float, ...]) -> float:
    """The share of true matches that was found at all, by the estimate that finds more missing.

    That of the blocks counts only where most matches were found by several: one block alone makes no capture-recapture.
    """
    total = two.both + two.identifier + two.description + two.blind
    unseen = two.unseen
    if len(found_by) >= ENOUGH_BLOCKS and 2.0 * found_by[0] <= sum(found_by):
        unseen = max(unseen, chao(found_by=found_by))
    return total / (total + unseen) if total else 1.0
