"""Strangers who can be watched: the other candidates of a row whose partner is known.

A person whom the identifier finds on the right is nobody else there. Whoever else looks like him (a twin, a sibling, a
namesake) is a stranger, and shows how often strangers look so; no model of relatives is needed for it.
docs/explanation/linkage.md has the formulae.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from jangkau.linkage import carelessness
from jangkau.linkage.cells import Cells
from jangkau.linkage.kinds import MISSING
from jangkau.linkage.weights import Floats, Ints, Patterns, Places, Weights

ALIKE = 3
"""Up to this level names and birth dates speak for one person."""
ENOUGH = 30.0
"""With so many pairs of one person, twice on the right, expected in a group of cells, it can say how many they are."""
SLIPS_WORTH = 20.0
"""What it is worth that identifiers err as often on either side, in slips."""


@dataclass(frozen=True)
class Watched:
    """``partners``: for each line of the kept patterns, how many sure partners the rows of its pairs have beside it,
    summed over the pairs; ``exposure``: sure partners of a row on average."""

    partners: Floats
    exposure: float


def sure(*, places: Places, patterns: Patterns) -> npt.NDArray[np.bool_]:
    """Pairs that are one person beyond doubt, told by their levels alone: the anchor is equal and name or birth date
    alike; without an anchor, name, birth date, area and sex are equal."""
    name, born = patterns.of(places.name), patterns.of(places.born)
    if places.anchor is not None:
        same: npt.NDArray[np.bool_] = patterns.of(places.anchor) == 1
        return (
            same & ((name <= ALIKE) | (born <= ALIKE)) if places.name is not None or places.born is not None else same
        )
    if places.name is None or places.born is None or places.area is None:
        return np.zeros(len(patterns), dtype=bool)
    same = (name == 1) & (born == 1) & (patterns.of(places.area) == 1)
    return same & (patterns.of(places.sex) == 1) if places.sex is not None else same


def partners(*, a: Ints, b: Ints, certain: npt.NDArray[np.bool_], rows: int, same: bool) -> Floats:
    """Of each pair: how many sure partners its left row has beside it; in one file, its two rows."""
    many = np.bincount(a[certain], minlength=rows)
    if not same:
        return (many[a] - certain).astype(np.float64)
    many = many + np.bincount(b[certain], minlength=rows)
    return (many[a] + many[b] - 2 * certain).astype(np.float64)


def exposure_of(*, places: Places, certain: float, rows: int, filled: Ints, same: bool) -> float:
    """Sure partners of a row that could have one: whose anchor is there, or else name, birth date, area and sex."""
    needed = (places.anchor,) if places.anchor is not None else (places.name, places.born, places.area, places.sex)
    able = float(rows)
    for place in needed:
        if place is not None:
            able *= float(filled[place]) / max(rows, 1)
    return certain * (4.0 if same else 1.0) / max(able, 1.0)


@dataclass(frozen=True)
class Strangers:
    """What is watched, by pattern: ``apart``: where pairs that are not sure themselves are strangers'; ``certain``:
    pairs that are sure, which strangers hardly ever are (but people on the right twice)."""

    apart: npt.NDArray[np.bool_]
    certain: npt.NDArray[np.bool_]
    partners: Floats
    exposure: float

    def by_cell(self, *, weights: Weights, cells: Cells, seen: Patterns, match: Floats) -> Floats:
        """Strangers watched in each cell, less the matches among them: people twice on the right, once with errors.

        How many these are follows from those who are there twice without: at most as many as errors have it (``match``:
        matches by pattern), and no more than were watched in the cells that hold fewest strangers."""
        found = cells.sums(values=self.partners * (self.apart & ~self.certain))
        if weights.places.anchor is not None:
            twice = cells.sums(values=self.partners * self.certain)
            share = _erring_on_the_right(weights, seen, self.partners, self.certain)
        else:
            again = float(self.partners[self.certain].sum()) / max(float(match[self.certain].sum()), 1.0)
            twice, share = again * cells.sums(values=match * (self.apart & ~self.certain)), 1.0
        groups = cells.groups
        watched, expected = (np.bincount(groups, weights=one) for one in (found, twice))
        large = expected >= ENOUGH
        if large.any():
            seen_twice = (watched + 2.0 * np.sqrt(watched) + 2.0)[large] / expected[large]
            share = min(share, float(seen_twice.min()))
        return np.maximum(found - share * twice, 0.0)


def of_patterns(*, weights: Weights, seen: Patterns, watched: Watched) -> Strangers:
    """Without an anchor strangers are watched where every field of the cell is there; with one, where it is unlike."""
    at = weights.places
    certain = sure(places=at, patterns=seen)
    if at.anchor is not None:
        apart = carelessness.kinds(weights=weights)[seen.of(at.anchor)] == carelessness.UNLIKE
        return Strangers(apart, certain, watched.partners, watched.exposure)
    apart = np.ones(len(seen), dtype=bool)
    for place in (at.name, at.born, at.area, at.sex):
        if place is not None:
            apart &= seen.of(place) != MISSING
    return Strangers(apart, certain, watched.partners, watched.exposure)


def _erring_on_the_right(weights: Weights, seen: Patterns, partners: Floats, certain: npt.NDArray[np.bool_]) -> float:
    """Unlike anchors for each equal one, of people whose anchor is right on the left: slips, which strangers hardly
    have, tell on which side anchors err."""
    anchor = weights.places.anchor
    assert anchor is not None  # noqa: S101
    kinds, level, m = carelessness.kinds(weights=weights), seen.of(anchor), weights.m[anchor]
    slips = kinds == carelessness.SLIP
    slips[[0, carelessness.of_twins(weights=weights)]] = False
    slips &= m < 1.0  # levels that this anchor does not have
    usual = float(m[slips].sum() / m[1]) * float(partners[certain].sum())
    share = (float(partners[slips[level]].sum()) + SLIPS_WORTH / 2) / (usual + SLIPS_WORTH)
    return min(share, 1.0) * float(m[kinds == carelessness.UNLIKE][0] / m[1])
