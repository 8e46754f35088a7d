"""What name, birth date, area and sex say together: relatives and namesakes, and errors that come together.

Twins, namesakes and siblings make strangers agree in name, birth date and place more often than chance has it. Each
cell of these levels holds so many matches and so many strangers: both numbers are estimated by EM on counted patterns,
the other fields (identifier, telephone, ...) telling which is which, with what independence expects as a prior.
docs/explanation/linkage.md has the formulae.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from jangkau.linkage.index import CLASSES
from jangkau.linkage.kinds import MISSING
from jangkau.linkage.weights import HELD, Floats, Ints, Patterns, Weights, cell_codes, damages

ITERATIONS, SETTLED = 100, 1e-7
MORE, FEWER = 0.3, 10.0
"""What the chance expectation of strangers in a cell is worth, in pairs: little where there are more of them (relatives
and namesakes are not chance), more where there are fewer."""
MATCHES_COUNTED, MATCHES_EM = 25.0, 4.0
"""The same for matches in a cell: where m was counted, where EM found it."""
SHARE_WEIGHT = 30.0
TWINS_WORTH = 10.0
"""What the belief in twins is worth, in pairs for each level of the name, where there are NIKs to count them by."""
Step = Callable[[Weights, Patterns, Floats], Weights]


@dataclass(frozen=True)
class Cells:
    """Patterns by their cell: the codes of the cells in order, which of them each pattern is in; the share of pairs in
    which each field is missing."""

    codes: Ints
    of: Ints
    missing: tuple[float, ...]

    def sums(self, *, values: Floats) -> Floats:
        """By cell."""
        return np.bincount(self.of, weights=values, minlength=len(self.codes)).astype(np.float64)


def weighed(*, weights: Weights, kept: Patterns, random: Patterns, step: Step | None = None) -> Weights:
    """The weights with what fields say together. ``step`` makes better weights of probabilities (EM); without it m and
    the number of matching pairs stay as they were counted."""
    if not len(kept):
        return weights
    seen = _unique(kept)
    cells = _cells(weights, seen, random)
    errs = step is None and weights.places.anchor is not None
    damaged = np.zeros((3, MISSING + 1))
    matches, alike = np.ones(len(cells.codes)), np.ones(len(cells.codes))
    believed: Floats | None = None
    p: Floats = 1.0 / (1.0 + np.exp(-weights.log_odds(patterns=seen)))
    for _ in range(ITERATIONS):
        before = p
        if step is not None:
            weights = step(weights, seen, p)
        match, chance = _independent(weights, seen, cells, p)
        if errs:
            match = match * np.exp(damaged[_errors(weights, seen)])
        here = cells.sums(values=chance)
        told = match * matches[cells.of]
        twins = _twins(weights, seen, told)
        if believed is None:
            believed = np.ones(len(here))
            if weights.places.nik is None:
                believed += cells.sums(values=twins) / here
            alike = believed
        strangers = chance * alike[cells.of]
        others = strangers if weights.places.nik is None else strangers + twins
        p = told / (told + others)
        if weights.places.name is not None:
            found = cells.sums(values=seen.count * (1.0 - p) * strangers / others)
            more = _posterior(found, here * believed, MORE)
            alike = np.where(found < here, _posterior(found, here, FEWER), more) / here
            expected = cells.sums(values=match)
            worth = MATCHES_COUNTED if step is None else MATCHES_EM
            matches = _posterior(cells.sums(values=seen.count * p), expected, worth) / expected
        if weights.places.nik is not None:
            weights = replace(weights, twins=_more_twins(weights, seen, twins, seen.count * (1.0 - p) * twins / others))
        if errs:
            damaged = _damaged(weights, seen, p)
        if float(np.abs(p - before) @ seen.count) < SETTLED * float(seen.count.sum()):
            break
    return replace(
        weights, cells=cells.codes, beyond=np.log(matches / alike), damaged=damaged if errs else weights.damaged
    )


def _unique(kept: Patterns) -> Patterns:
    """Each pattern and class of rarity once, with its number of pairs."""
    code = np.zeros(len(kept), np.int64)
    for place in range(kept.levels.shape[1]):
        code = code * 10 + kept.levels[:, place]
    order = np.lexsort((kept.rarity, code))
    code, rarity = code[order], kept.rarity[order]
    first = np.flatnonzero(np.append(True, (code[1:] != code[:-1]) | (rarity[1:] != rarity[:-1])))
    count = np.add.reduceat(kept.count[order], first)
    return Patterns(kept.levels[order[first]], rarity[first], count)


def _cells(weights: Weights, seen: Patterns, random: Patterns) -> Cells:
    codes, of = np.unique(cell_codes(places=weights.places, patterns=seen), return_inverse=True)
    drawn = float(random.count.sum())
    missing = tuple(
        (float(random.count[random.of(place) == MISSING].sum()) + 0.5) / (drawn + 1.0)
        for place in range(len(weights.kinds))
    )
    return Cells(codes, of.astype(np.int64), missing)


def _independent(weights: Weights, seen: Patterns, cells: Cells, p: Floats) -> tuple[Floats, Floats]:
    """How many matches, and how many pairs of strangers, would have each pattern if fields were independent."""
    match, chance = np.zeros(len(seen)), np.zeros(len(seen))
    for place, missing in enumerate(cells.missing):
        level = seen.of(place)
        there = np.where(level == MISSING, np.log(missing), np.log1p(-missing))
        m = np.where(level == MISSING, 0.0, np.log(weights.m[place])[level])
        match += m + there
        chance += m + there - weights.of_field(place=place, patterns=seen)
    borne = _borne(weights, seen, p)
    return (
        np.exp(match + borne) * weights.matching_pairs,
        np.exp(chance + borne) * max(weights.all_pairs - weights.matching_pairs, 1.0),
    )


def _borne(weights: Weights, seen: Patterns, p: Floats) -> Floats:
    """Log of the share of matches whose name is of this class of rarity, given its level; 0 where that is not known."""
    out = np.zeros(len(seen))
    people = weights.rarity.share + 1e-4
    for level, belief in ((1, people / people.sum()), (HELD, np.full(CLASSES, 1.0 / CLASSES))):
        here = seen.of(weights.places.name) == level
        counts = np.bincount(seen.rarity[here], weights=(p * seen.count)[here], minlength=CLASSES)
        counts = counts + SHARE_WEIGHT * belief
        out[here] = np.log(counts / counts.sum())[seen.rarity[here]]
    return out


def _twins(weights: Weights, seen: Patterns, match: Floats) -> Floats:
    """Pairs of twins by pattern: as believed where birth dates are equal and identifiers are not."""
    at = weights.places
    here = (seen.of(at.born) == 1) & (seen.of(at.anchor) != 1)
    out = np.zeros(len(seen))
    out[here] = match[here] * np.exp(-weights.against_twins(patterns=seen)[here])
    return out


def _more_twins(weights: Weights, seen: Patterns, believed: Floats, found: Floats) -> Floats:
    """By how much (log) there are more twins than believed, by level of the name: NIKs tell twins from slips."""
    out = weights.twins.copy()
    name = seen.of(weights.places.name)
    for level in np.unique(name[believed > 0.0]).tolist():
        expected = float(believed[name == level].sum()) * np.exp(-weights.twins[level])
        out[level] = np.log((float(found[name == level].sum()) + TWINS_WORTH) / (expected + TWINS_WORTH))
    return out


def _posterior(found: Floats, expected: Floats, worth: float) -> Floats:
    """The mean of a Gamma prior with the mean ``expected``, worth so many, after ``found`` were seen."""
    mean: Floats = (found + worth) / (1.0 + worth / expected)
    return mean


def _errors(weights: Weights, seen: Patterns) -> tuple[Ints, Ints]:
    """Damaged fields and level of the anchor: what :attr:`Weights.damaged` is looked up by."""
    return damages(places=weights.places, patterns=seen), seen.of(weights.places.anchor).astype(np.int64)


def _damaged(weights: Weights, seen: Patterns, p: Floats) -> Floats:
    """By how much (log) the anchor of matches is equal, unlike or missing more often where other fields are damaged."""
    number, level = _errors(weights, seen)
    kind = np.array([1, 0, 1, 1, 1, 1, 1, 1, 1, 2])[level]
    counts = np.bincount(number * 3 + kind, weights=p * seen.count, minlength=9).reshape(3, 3)
    share = counts.sum(axis=0) / counts.sum()
    given = (counts + SHARE_WEIGHT * share) / (counts.sum(axis=1, keepdims=True) + SHARE_WEIGHT)
    ratio = np.log(np.maximum(given, 1e-12) / np.maximum(share, 1e-12))
    out = np.zeros((3, MISSING + 1))
    out[:, 1], out[:, 2:MISSING], out[:, MISSING] = ratio[:, 0], ratio[:, [1]], ratio[:, 2]
    return out
