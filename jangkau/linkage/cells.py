"""Cells: levels of name (with its class of rarity), birth date, area and sex, and what chance expects of strangers.

Strangers are alike beyond independence in ways that many cells share: names held by others follow their rarity less
than the frequencies of words have it, women's names are not like men's. These are counted over the cells of unlike
birth dates, where strangers are chance and no twins. docs/explanation/linkage.md has the formulae.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from jangkau.linkage.index import CLASSES
from jangkau.linkage.kinds import MISSING
from jangkau.linkage.weights import HELD, Floats, Ints, Patterns, Places, cell_codes

ROUNDS, NEWTON = 3, 8
RATE_WORTH = 5.0
"""What it is worth that strangers are as many as independence expects, in pairs for each rate."""
BEND = 2.0
"""How far, by belief, the logarithm may change from the commonest names to the rarest (a standard deviation)."""
MISSING_WORTH = 100.0
"""What it is worth that fields are missing independently of each other, in random pairs."""


@dataclass(frozen=True)
class Cells:
    """Patterns by their cell: the codes of the cells in order, which of them each pattern is in; log of the share of
    pairs in which the same fields are missing."""

    codes: Ints
    of: Ints
    missing: Floats

    @property
    def name(self) -> Ints:
        """Levels of the name."""
        return self.codes // 1000 // CLASSES

    @property
    def born(self) -> Ints:
        """Levels of the birth date."""
        return self.codes // 100 % 10

    @property
    def groups(self) -> Ints:
        """Cells that differ in the rarity of the name alone, numbered from 0."""
        groups: Ints = np.unique(self.name * 1000 + self.codes % 1000, return_inverse=True)[1].astype(np.int64)
        return groups

    def sums(self, *, values: Floats) -> Floats:
        """By cell."""
        return np.bincount(self.of, weights=values, minlength=len(self.codes)).astype(np.float64)

    def rates(self, *, found: Floats, expected: Floats) -> Floats:
        """By how much strangers are more, as far as cells have it in common: by the levels and by the rarity of the
        name. Where birth dates are equal, what the same levels have where they are not."""
        chance = self.born != 1
        rarity = self.codes // 1000 % CLASSES / CLASSES - 0.5
        basis = np.stack([np.ones(len(rarity)), rarity, rarity * rarity], axis=1)
        alike = np.unique(self.name * 100 + self.codes % 100, return_inverse=True)[1]
        tilt, rate = np.ones(len(found)), np.ones(len(found))
        for _ in range(ROUNDS):
            rate = _rate(self.groups, found, expected * tilt)
            for level in range(1, HELD + 1):
                here = self.name == level
                some = here & chance
                if some.any():
                    bent = basis[here] @ _regression(basis[some], found[some], (expected * rate)[some])
                    tilt[here] = np.exp(np.clip(bent, -10.0, 10.0))
        without_twins = _rate(alike, found * chance, expected * tilt * chance)
        return tilt * np.where(chance, rate, without_twins)


def _rate(groups: Ints, found: Floats, expected: Floats) -> Floats:
    """Found over expected of each one's group."""
    there, here = (np.bincount(groups, weights=one) + RATE_WORTH for one in (found, expected))
    rate: Floats = (there / here)[groups]
    return rate


def _regression(basis: Floats, found: Floats, expected: Floats) -> Floats:
    """Poisson regression of what was found over what was expected, by Newton's method."""
    precision = np.diag([1e-6, BEND**-2, BEND**-2])
    by = np.array([np.log((found.sum() + 1.0) / (expected.sum() + 1.0)), 0.0, 0.0])
    for _ in range(NEWTON):
        mean = expected * np.exp(np.clip(basis @ by, -20.0, 20.0))
        gradient = basis.T @ (found - mean) - precision @ by
        by = by + np.clip(np.linalg.solve((basis * mean[:, None]).T @ basis + precision, gradient), -2.0, 2.0)
    return by


def cells_of(*, places: Places, seen: Patterns, random: Patterns) -> Cells:
    """The cells of patterns; ``random``: what is missing together among pairs drawn at random."""
    codes, of = np.unique(cell_codes(places=places, patterns=seen), return_inverse=True)
    return Cells(codes, of.astype(np.int64), _missing(seen, random))


def _missing(seen: Patterns, random: Patterns) -> Floats:
    """What one clerk leaves out comes together: counted on random pairs, independence as a prior."""
    bit = 1 << np.arange(seen.levels.shape[1])
    drawn = float(random.count.sum())
    one = (((random.levels == MISSING) * random.count[:, None]).sum(axis=0) + 0.5) / (drawn + 1.0)
    here, there = ((some.levels == MISSING) @ bit for some in (seen, random))
    masks, of = np.unique(here, return_inverse=True)
    gone = (masks[:, None] & bit) > 0
    apart = np.exp((np.log(one) * gone + np.log1p(-one) * ~gone).sum(axis=1))
    found = np.array([float(random.count[there == mask].sum()) for mask in masks])
    share: Floats = np.log((found + MISSING_WORTH * apart) / (drawn + MISSING_WORTH))[of]
    return share
