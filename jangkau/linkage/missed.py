"""How many matches nobody saw: two passes as two captures (Chapman 1951), and the blocks as many captures (Chao 1987).

Expected numbers throughout: each pair counts with its probability. docs/explanation/linkage.md has the formulae.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from jangkau.linkage import captured
from jangkau.linkage.engine import Linkage
from jangkau.linkage.kernels import searching
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
    """None where no pair was found; without an identifier there is but one pass, and only the blocks tell."""
    method, p, kept = linkage.method, linkage.probability, linkage.pairs
    if not len(kept):
        return None
    two = captured.passes(method=method, weights=linkage.weights, patterns=linkage.patterns, blocks=kept.blocks, p=p)
    found_by = captured.by_blocks(blocks=kept.blocks, number=len(method.blocks), p=p)
    unseen = 0.0 if method.anchor is None else two.unseen
    bound = captured.chao(found_by=found_by)
    return Captures(two.both, two.identifier, two.description, two.blind, unseen, found_by, bound)


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
