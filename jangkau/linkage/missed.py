"""How many matches nobody saw: two passes as two captures (Chapman 1951), and the blocks as many captures (Chao 1987).

Expected numbers throughout: each pair counts with its probability. docs/explanation/linkage.md has the formulae.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from jangkau.linkage.engine import Linkage
from jangkau.linkage.kernels import searching
from jangkau.linkage.kinds import MISSING
from jangkau.linkage.lines import Lines, shape_of
from jangkau.linkage.method import Method


@dataclass(frozen=True)
class Captures:
    """Matches by who caught them. ``both``, ``identifier``, ``description``: of pairs with an identifier on both sides;
    ``blind``: of the others, which only the description can catch; ``unseen``: the estimate of those nobody caught;
    ``by_blocks``: how many matches 1, 2, ... blocks found; ``chao``: a lower bound of the unseen from these alone."""

    both: float
    identifier: float
    description: float
    blind: float
    unseen: float
    by_blocks: tuple[float, ...]
    chao: float

    @property
    def found(self) -> float:
        return self.both + self.identifier + self.description + self.blind


def captures(*, linkage: Linkage) -> Captures | None:
    """None where the method has no identifier, so that there is but one pass, or where no pair was found."""
    method, p, kept = linkage.method, linkage.probability, linkage.pairs
    anchor = method.anchor
    if not len(kept):
        return None
    by_blocks = _by_blocks(linkage)
    chao = _chao(by_blocks)
    if anchor is None:
        return Captures(0.0, 0.0, 0.0, float(p.sum()), 0.0, by_blocks, chao)
    alone = 1.0 / (1.0 + np.exp(-linkage.weights.log_odds(patterns=linkage.patterns, without=(anchor,))))
    described = ((kept.blocks & np.uint32(method.mask(with_anchor=False))) > 0) & (alone >= method.low)
    level = linkage.patterns.of(anchor)
    there = level != MISSING
    identified = there & (level < len(method.fields[anchor].kind.levels))
    both, identifier, description, blind = (
        float(p[cell].sum())
        for cell in (identified & described, identified & ~described, there & ~identified & described, ~there)
    )
    total = both + identifier + description + blind
    unseen = total * (1.0 / max(linkage.captured, 1e-9) - 1.0)
    return Captures(both, identifier, description, blind, unseen, by_blocks, chao)


def _by_blocks(linkage: Linkage) -> tuple[float, ...]:
    many = sum(
        ((linkage.pairs.blocks >> np.uint32(bit)) & np.uint32(1)).astype(np.int64)
        for bit in range(len(linkage.method.blocks))
    )
    sums = np.bincount(many, weights=linkage.probability, minlength=len(linkage.method.blocks) + 1)
    return tuple(float(one) for one in sums[1:])


def _chao(by_blocks: tuple[float, ...]) -> float:
    """Chao's lower bound in its bias-corrected form: f1 (f1 - 1) / (2 (f2 + 1))."""
    once, twice = (*by_blocks, 0.0, 0.0)[:2]
    return max(once * (once - 1.0), 0.0) / (2.0 * (twice + 1.0))


def share_without_key(*, lines: Lines, method: Method) -> float | None:
    """The share of these lines that no block has a key for; None without lines."""
    if not len(lines):
        return None
    shape = shape_of(method=method)
    there = np.zeros(len(lines), dtype=bool)
    keys: npt.NDArray[np.uint64] = np.empty(len(lines), np.uint64)
    for block in range(len(method.blocks)):
        searching.keys_of_block(lines.words, shape.parts, shape.blocks, block, keys)
        there |= keys != 0
    return float(1.0 - there.mean())
