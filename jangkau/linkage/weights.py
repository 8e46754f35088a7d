"""Fellegi-Sunter weights: what each field says of a pair by its level, what fields say together, and the odds.

How they are estimated: training.py and strangers.py; docs/explanation/linkage.md has the formulae.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from jangkau.linkage.index import CLASSES
from jangkau.linkage.kinds import MISSING
from jangkau.linkage.method import Method

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Levels = npt.NDArray[np.uint8]

SMALLEST_U = 1e-10
FAR = 6
HELD = 2
"""The level of a name that holds the other; up to it, how common the name is matters."""
# Twins on record together, and how they look: about one birth in sixty is one of twins, and one village registers both.
# Serials follow each other, names are alike by intention. Assumptions, checked against invented twins only.
TWINS = 0.01
TWIN = {
    "nik": (1e-6, 1e-3, 0.02, 0.6, 0.02, 0.359),
    "person_name": (1e-3, 0.02, 0.15, 0.15, 0.35, 0.329),
    "sex": (0.65, 0.35),
}
CONTEXT_OF_BORN = np.array([4, 0, 1, 1, 2, 2, 3, 4, 4, 4])


GROUP = np.array([2, 0, 1, 1, 1, 1, 1, 1, 1, 2])
"""Of the levels of name and birth date: equal, damaged, missing."""


@dataclass(frozen=True)
class Patterns:
    """Pairs by their agreement: ``levels`` (n, fields), the class of rarity of the name that agrees, and how many pairs
    each line stands for."""

    levels: Levels
    rarity: Levels
    count: Floats

    def __len__(self) -> int:
        return len(self.levels)

    def at(self, where: npt.NDArray[np.int64]) -> Patterns:
        """Some of them."""
        return Patterns(self.levels[where], self.rarity[where], self.count[where])

    def of(self, place: int | None) -> Levels:
        """The levels of one field; all missing when the method has no such field."""
        return self.levels[:, place] if place is not None else np.full(len(self), MISSING, np.uint8)

    def counted(self, place: int, where: npt.NDArray[np.bool_]) -> Floats:
        """Pairs by level of one field."""
        found = np.bincount(self.levels[where, place], weights=self.count[where], minlength=MISSING + 1)
        return found.astype(np.float64)


def spread(*, patterns: npt.NDArray[np.int64], fields: int) -> Levels:
    """Decimal patterns as levels by field."""
    out = np.empty((len(patterns), fields), np.uint8)
    rest = patterns.copy()
    for place in reversed(range(fields)):
        rest, digit = np.divmod(rest, 10)
        out[:, place] = digit
    return out


@dataclass(frozen=True)
class Rarity:
    """For each class of rarity: the chance that a second person bears the same whole name, or a name that holds all its
    words; and the share of people whose whole name is of that class."""

    whole: Floats
    words: Floats
    share: Floats


@dataclass(frozen=True)
class Places:
    """Which field plays which part; None where the method has no such field. ``area``: the region, or else a code."""

    anchor: int | None
    nik: int | None
    name: int | None
    born: int | None
    sex: int | None
    region: int | None
    phone: int | None
    area: int | None


def places(*, method: Method) -> Places:
    """The birth date is the date that the NIK tells too, or else the first date."""
    nik = method.first("nik")
    inside = None if nik is None else method.fields[nik].name
    dates = [k for k, one in enumerate(method.fields) if one.kind.name == "date"]
    born = next((k for k in dates if inside is not None and method.fields[k].inside == inside), method.first("date"))
    return Places(
        method.anchor,
        nik,
        method.first("person_name"),
        born,
        method.first("sex"),
        method.first("region"),
        method.first("phone"),
        method.first("code") if method.first("region") is None else method.first("region"),
    )


@dataclass(frozen=True)
class Weights:
    """Log likelihood ratios by level (index 0 unused, MISSING is 0) and the prior odds of a random pair.

    Dependences are modelled where the fields for it are there, because a flat model counts the same evidence
    twice. ``nik`` depends on what the birth dates say (columns: equal, one part apart, same year, further apart, not
    known): NIKs of one district and day differ in the serial alone, so that nearness says little where the birth date
    is known to be the same. ``near`` replaces region and sex where the NIKs are near, for the same reason.
    ``phone`` (level, level of region) knows that relatives and neighbours share a telephone.
    ``neighbours`` replaces unlike names where the region is one: names are regional. ``namesakes`` is taken off where
    whole name and birth date agree: more strangers share both than chance would have. ``by_rarity`` (level, class) and
    ``namesakes`` (class) follow how common the name is. Beside strangers there are twins: where the NIK does not agree,
    odds are held against theirs (a clerk may err in the birth date of a twin too).
    ``beyond``: what name, birth date, area and sex say together beyond that, by the codes of ``cells``
    (:func:`cell_codes`); ``care``: that the anchor errs more often where other fields do (carelessness.py); ``twins``
    (level of the name): by how much (log) more of them there are than believed; ``twins_phone`` (level): log ratio of
    one person against twins.
    """

    places: Places
    kinds: tuple[str, ...]
    m: tuple[Floats, ...]
    u: tuple[Floats, ...]
    table: tuple[Floats, ...]
    nik: Floats | None
    near: dict[int, Floats]
    phone: Floats | None
    neighbours: Floats | None
    by_rarity: Floats | None
    namesakes: Floats
    rarity: Rarity
    matching_pairs: float
    all_pairs: float
    most: float
    how: dict[str, str] = field(default_factory=dict)
    cells: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    beyond: Floats = field(default_factory=lambda: np.zeros(0))
    care: Floats | None = None
    twins_phone: Floats | None = None
    twins: Floats = field(default_factory=lambda: np.zeros(MISSING + 1))

    @property
    def prior_log_odds(self) -> float:
        return float(np.log(self.matching_pairs / max(self.all_pairs - self.matching_pairs, 1.0)))

    def of_field(self, *, place: int, patterns: Patterns) -> Floats:
        """The log likelihood ratio that one field adds to each pair."""
        at = self.places
        levels = patterns.of(place)
        if place == at.nik and self.nik is not None:
            told: Floats = self.nik[levels, CONTEXT_OF_BORN[patterns.of(at.born)]]
            return told
        if place == at.name and self.by_rarity is not None:
            ratio = self.by_rarity[levels, patterns.rarity]
            if at.born is not None:
                both = (levels == 1) & (patterns.of(at.born) == 1)
                ratio = ratio - np.where(both, self.namesakes[patterns.rarity], 0.0)
            if self.neighbours is None:
                return ratio
            return np.where((patterns.of(at.region) == 1) & (levels >= 3), self.neighbours[levels], ratio)
        if place == at.phone and self.phone is not None:
            return self.phone[levels, patterns.of(at.region)]
        if place in self.near:
            nik = patterns.of(at.nik)
            return np.where((nik >= 2) & (nik < FAR), self.near[place][levels], self.table[place][levels])
        return self.table[place][levels]

    def log_odds(self, *, patterns: Patterns, without: tuple[int, ...] = ()) -> Floats:
        """Posterior log odds that each pair is one person; ``without`` leaves fields out."""
        total = np.full(len(patterns), self.prior_log_odds)
        for place in range(len(self.kinds)):
            if place not in without:
                total += self.of_field(place=place, patterns=patterns)
        total += self.together(patterns=patterns, without=without)
        if len(self.cells) or self.places.nik is not None:  # without either nothing says how many twins there are
            twins = twins_of(places=self.places, patterns=patterns)
            if twins.any():
                against = self.against_twins(patterns=patterns, without=without)[twins]
                total[twins] -= np.logaddexp(0.0, total[twins] - against)
        return total

    def together(self, *, patterns: Patterns, without: tuple[int, ...] = ()) -> Floats:
        """What fields say together beyond what each of them says."""
        total = np.zeros(len(patterns))
        if len(self.cells):
            codes = cell_codes(places=self.places, patterns=patterns, without=without)
            at = np.minimum(np.searchsorted(self.cells, codes), len(self.cells) - 1)
            total += np.where(self.cells[at] == codes, self.beyond[at], 0.0)
        anchor = self.places.anchor
        if self.care is not None and anchor is not None and anchor not in without:
            total += by_care(care=self.care, places=self.places, patterns=patterns)
        return total

    def others(self, *, patterns: Patterns, without: tuple[int | None, ...]) -> Floats:
        """The sum of the ratios of all fields but some."""
        total = np.zeros(len(patterns))
        for place in range(len(self.kinds)):
            if place not in without:
                total += self.of_field(place=place, patterns=patterns)
        return total

    def against_twins(self, *, patterns: Patterns, without: tuple[int, ...] = ()) -> Floats:
        """Log odds of one person against two twins, both of whom are recorded; other numbers of twins are unlike."""
        total = np.full(len(patterns), np.log(self.matching_pairs / self.most / TWINS))
        at = self.places
        for kind, place in (("nik", at.nik), ("person_name", at.name), ("sex", at.sex)):
            if place is not None and place not in without:
                twin = TWIN[kind]
                ratio = np.zeros(MISSING + 1)
                ratio[1 : len(twin) + 1] = np.log(self.m[place][1 : len(twin) + 1] / np.array(twin))
                total += ratio[patterns.of(place)]
        if at.name not in without:
            total -= self.twins[patterns.of(at.name)]
        if at.phone is not None and self.twins_phone is not None and at.phone not in without:
            total += self.twins_phone[patterns.of(at.phone)]
        if at.anchor is not None and at.anchor != at.nik and at.anchor not in without:
            total += self.table[at.anchor][patterns.of(at.anchor)]
        return total

    def retabled(self) -> Weights:
        """The tables of ratios again after m or u changed."""
        table = tuple(log_ratio(m=m, u=u) for m, u in zip(self.m, self.u, strict=True))
        name = self.places.name
        by_rarity = None
        if name is not None:
            by_rarity = np.repeat(table[name][:, None], CLASSES, axis=1)
            by_rarity[1] = np.log(self.m[name][1] / np.maximum(self.rarity.whole, SMALLEST_U))
            by_rarity[2] = np.log(self.m[name][2] / np.maximum(self.rarity.words, SMALLEST_U))
        return replace(self, table=table, by_rarity=by_rarity)


def cell_codes(*, places: Places, patterns: Patterns, without: tuple[int, ...] = ()) -> Ints:
    """The cell of each pair as one number: levels of name (with its class of rarity, where it matters), birth date,
    area and sex. A field left out counts as missing."""
    levels = [
        (patterns.of(None) if place in without else patterns.of(place)).astype(np.int64)
        for place in (places.name, places.born, places.area, places.sex)
    ]
    code = levels[0] * CLASSES + np.where(levels[0] <= HELD, patterns.rarity, 0)
    for level in levels[1:]:
        code = code * 10 + level
    return code


def twins_of(*, places: Places, patterns: Patterns) -> npt.NDArray[np.bool_]:
    """Which pairs may be twins: identifiers not equal; without NIKs, birth dates equal (a clerk may err in them)."""
    may: npt.NDArray[np.bool_] = patterns.of(places.anchor) != 1
    if places.born is None:
        may[:] = False
    elif places.nik is None:
        may &= patterns.of(places.born) == 1
    return may


def by_care(*, care: Floats, places: Places, patterns: Patterns) -> Floats:
    """Log of how much more often matches have the anchor's level where name and birth date are as these are.

    ``care``: log ratios by level of the anchor, where the name is equal, damaged or missing, then where the birth date
    is so.
    """
    level = patterns.of(places.anchor)
    told: Floats = care[GROUP[patterns.of(places.name)], level] + care[3 + GROUP[patterns.of(places.born)], level]
    return told


def log_ratio(*, m: Floats, u: Floats) -> Floats:
    """Natural logarithm of m/u; u no smaller than can be counted."""
    ratio: Floats = np.log(m / np.maximum(u, SMALLEST_U))
    return ratio


def padded(*, values: Floats) -> Floats:
    """Levels 1..n at index 1..n; 1.0 at 0 and up to MISSING, so that a missing field says nothing."""
    out = np.ones(MISSING + 1)
    out[1 : len(values) + 1] = values
    return out
