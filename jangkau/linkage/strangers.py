"""What name, birth date, area and sex say together: relatives and namesakes, and errors that come together.

Twins, namesakes and siblings make strangers agree in name, birth date and place more often than chance has it. Each
cell of these levels holds so many matches and so many strangers: both numbers are estimated by EM on counted patterns,
the other fields (identifier, telephone, ...) and the strangers that can be watched (watched.py) telling which is which,
with what independence expects as a prior. docs/explanation/linkage.md has the formulae.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from jangkau.linkage import carelessness, watched
from jangkau.linkage.carelessness import Care
from jangkau.linkage.cells import Cells, cells_of
from jangkau.linkage.index import CLASSES
from jangkau.linkage.kinds import MISSING
from jangkau.linkage.watched import Watched
from jangkau.linkage.weights import HELD, Floats, Patterns, Weights, by_care, twins_of

ITERATIONS, SETTLED = 100, 1e-7
CHANCE, RELATED = 10.0, 0.3
"""What the expectation of strangers in a cell is worth, in pairs; little where there are more of them and birth dates
are equal (relatives and namesakes are not chance)."""
MATCHES_COUNTED, MATCHES_EM = 25.0, 4.0
"""The same for matches in a cell: where m was counted, where EM found it."""
SHARE_WEIGHT = 30.0
WATCHED_WORTH, TWINS_WORTH = 2.0, 10.0
"""What the belief in twins is worth, in pairs for each level of the name: against those that are watched, and then
against those that EM finds."""
ONE_PHONE, PHONES_WORTH = 0.3, 10.0
"""How often, by belief, twins have one telephone, and what that is worth in twins."""
Step = Callable[[Weights, Patterns, Floats], Weights]


@dataclass(frozen=True)
class Expected:
    """How many pairs of each pattern are matches, strangers and twins by the weights of the moment, and the strangers
    that independence alone would have."""

    match: Floats
    chance: Floats
    told: Floats
    strangers: Floats
    twins: Floats

    @property
    def others(self) -> Floats:
        return self.strangers + self.twins

    @property
    def p(self) -> Floats:
        p: Floats = self.told / (self.told + self.others)
        return p


def weighed(
    *,
    weights: Weights,
    kept: Patterns,
    random: Patterns,
    seen_apart: Watched | None = None,
    step: Step | None = None,
) -> Weights:
    """The weights with what fields say together. ``step`` makes better weights of probabilities (EM); without it m and
    the number of matching pairs stay as they were counted. ``seen_apart``: strangers that can be watched."""
    if not len(kept):
        return weights
    seen, partners = _unique(kept, seen_apart)
    apart = None
    if seen_apart is not None and seen_apart.exposure > 0.0:
        apart = watched.of_patterns(weights=weights, seen=seen, watched=Watched(partners, seen_apart.exposure))
    cells = cells_of(places=weights.places, seen=seen, random=random)
    care = carelessness.independent()
    errs = step is None and weights.places.anchor is not None
    matches, alike = np.ones(len(cells.codes)), np.ones(len(cells.codes))
    p: Floats = 1.0 / (1.0 + np.exp(-weights.log_odds(patterns=seen)))
    for _ in range(ITERATIONS):
        before = p
        if step is not None:
            weights = step(weights, seen, p)
        match, chance = _independent(weights, seen, cells, p)
        if errs:
            care = carelessness.counted(weights=weights, seen=seen, match=match, found=p * seen.count)
            match = match * _with_care(care, weights, seen)
        told = match * matches[cells.of]
        now = Expected(match, chance, told, chance * alike[cells.of], _twins(weights, seen, told))
        p = now.p
        if weights.places.name is not None:
            alike = _alike(weights, seen, cells, now, apart)
            worth = MATCHES_COUNTED if step is None else MATCHES_EM
            expected = cells.sums(values=match)
            matches = _posterior(cells.sums(values=seen.count * p), expected, worth) / expected
        weights = _with_twins(weights, seen, cells, now, apart)
        if float(np.abs(p - before) @ seen.count) < SETTLED * float(seen.count.sum()):
            break
    matches = matches * care.joint[cells.name, cells.born]
    return replace(weights, cells=cells.codes, beyond=np.log(matches / alike), care=care.care if errs else weights.care)


def _with_care(care: Care, weights: Weights, seen: Patterns) -> Floats:
    """How much more often matches have this pattern than if fields erred independently."""
    joint = care.joint[seen.of(weights.places.name), seen.of(weights.places.born)]
    more: Floats = joint * np.exp(by_care(care=care.care, places=weights.places, patterns=seen))
    return more


def _alike(weights: Weights, seen: Patterns, cells: Cells, now: Expected, apart: watched.Strangers | None) -> Floats:
    """By how much there are more strangers in each cell than independence has it: the mean of a Gamma prior after
    those that EM finds were seen, and those that can be watched."""
    here = cells.sums(values=now.chance)
    found = cells.sums(values=seen.count * (1.0 - now.p) * now.strangers / now.others)
    usual = here * cells.rates(found=found, expected=here)
    worth = np.where((found > usual) & (cells.born == 1), RELATED, CHANCE)
    if apart is not None:
        all_here = cells.sums(values=now.strangers)
        strangers, others = (cells.sums(values=one * apart.apart) for one in (now.strangers, now.others))
        known = apart.by_cell(weights=weights, cells=cells, seen=seen, match=now.told)
        known = known * strangers / np.maximum(others, 1e-300)  # the rest of them are twins
        usual = (worth + known) / (worth / usual + apart.exposure * strangers / all_here)
        worth = worth + known
    return _posterior(found, usual, worth) / here


def _unique(kept: Patterns, seen_apart: Watched | None) -> tuple[Patterns, Floats]:
    """Each pattern and class of rarity once, with its number of pairs and their sure partners."""
    code = np.zeros(len(kept), np.int64)
    for place in range(kept.levels.shape[1]):
        code = code * 10 + kept.levels[:, place]
    order = np.lexsort((kept.rarity, code))
    code, rarity = code[order], kept.rarity[order]
    first = np.flatnonzero(np.append(True, (code[1:] != code[:-1]) | (rarity[1:] != rarity[:-1])))
    partners = np.zeros(len(kept)) if seen_apart is None else seen_apart.partners
    count, beside = (np.add.reduceat(one[order], first) for one in (kept.count, partners))
    return Patterns(kept.levels[order[first]], rarity[first], count), beside


def _independent(weights: Weights, seen: Patterns, cells: Cells, p: Floats) -> tuple[Floats, Floats]:
    """How many matches, and how many pairs of strangers, would have each pattern if fields were independent."""
    match = cells.missing + _borne(weights, seen, p)
    ratio = np.zeros(len(seen))
    for place in range(len(weights.kinds)):
        level = seen.of(place)
        match = match + np.where(level == MISSING, 0.0, np.log(weights.m[place])[level])
        ratio += weights.of_field(place=place, patterns=seen)
    return (
        np.exp(match) * weights.matching_pairs,
        np.exp(match - ratio) * max(weights.all_pairs - weights.matching_pairs, 1.0),
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
    """Pairs of twins by pattern, against so many matches."""
    here = twins_of(places=weights.places, patterns=seen)
    out = np.zeros(len(seen))
    out[here] = match[here] * np.exp(-weights.against_twins(patterns=seen)[here])
    return out


def _with_twins(
    weights: Weights, seen: Patterns, cells: Cells, now: Expected, apart: watched.Strangers | None
) -> Weights:
    """With as many twins as are watched, and as EM finds where NIKs or telephones tell them from slips; and with how
    often they have one telephone."""
    at = weights.places
    if at.born is None:
        return weights
    name = seen.of(at.name)
    before = np.exp(weights.twins)
    more = np.ones(MISSING + 1)
    if apart is not None and at.name is not None:
        known = apart.by_cell(weights=weights, cells=cells, seen=seen, match=now.told)
        twins, others = (cells.sums(values=one * apart.apart) for one in (now.twins, now.others))
        there = np.bincount(cells.name, weights=known * twins / np.maximum(others, 1e-300), minlength=MISSING + 1)
        expected = apart.exposure * np.bincount(cells.name, weights=twins, minlength=MISSING + 1) / before
        more = (there + WATCHED_WORTH) / (expected + WATCHED_WORTH)
    found = seen.count * (1.0 - now.p) * now.twins / now.others
    if at.nik is not None or at.phone is not None:
        theirs, believed = (np.bincount(name, weights=one, minlength=MISSING + 1) for one in (found, now.twins))
        more = (theirs + TWINS_WORTH * more) / (believed / before + TWINS_WORTH)
    weights = replace(weights, twins=np.log(more))
    if at.phone is None:
        return weights
    one, two = (float(found[seen.of(at.phone) == level].sum()) for level in (1, 2))
    share = (one + ONE_PHONE * PHONES_WORTH) / (one + two + PHONES_WORTH)
    ratio = np.zeros(MISSING + 1)
    ratio[1:3] = np.log(weights.m[at.phone][1:3] / np.array([share, 1.0 - share]))
    return replace(weights, twins_phone=ratio)


def _posterior(found: Floats, expected: Floats, worth: Floats | float) -> Floats:
    """The mean of a Gamma prior with the mean ``expected``, worth so many, after ``found`` were seen."""
    mean: Floats = (found + worth) / (1.0 + worth / expected)
    return mean
