"""Fellegi-Sunter weights estimated from the data, without any labelled pair.

The identifier is the training set: on pairs whose NIK agrees, the m of every other field is counted (each field where
another one agrees too, so that somebody else's NIK does not spoil it). u comes from random pairs; of names, from how
common each is. The NIK's own m is counted where a rare name and the birth date agree. How many pairs match
follows from those with the same NIK; where too few rows have one, it is left for EM. Fellegi and Sunter 1969; EM on
counted patterns after Enamorado, Fifield and Imai 2019. docs/explanation/linkage.md has the formulae.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from jangkau.linkage.first.method import LEVELS, MISSING

Levels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

# What is believed before any data, worth M_WEIGHT pairs (m) and U_WEIGHT pairs (u): it decides only in folders of a few
# rows. Rough shares of errors in administrative lists; docs/explanation/linkage.md says where they come from.
M_BELIEF = {
    "nik": (0.95, 0.013, 0.007, 0.005, 0.025),
    "name": (0.86, 0.07, 0.03, 0.015, 0.015, 0.01),
    "born": (0.94, 0.01, 0.025, 0.005, 0.01, 0.01),
    "sex": (0.99, 0.01),
    "region": (0.80, 0.15, 0.05),
    "phone": (0.60, 0.40),
}
U_BELIEF = {
    "name": (2e-5, 5e-4, 2e-4, 2e-3, 1.5e-2, 0.982),
    "born": (6e-5, 3e-5, 6e-3, 2.5e-2, 2.2e-2, 0.95),
    "sex": (0.5, 0.5),
    "region": (0.05, 0.20, 0.75),
    "phone": (1e-6, 1 - 1e-6),
}
# One row a level of nearness (equal, one slip, one slip in the serial, two slips); columns: birth date equal, one part
# apart, same year, other.
U_NIK_BELIEF = ((1e-6, 1e-7, 1e-8, 1e-9), (2e-4, 1e-5, 1e-6, 1e-8), (2e-3, 1e-6, 1e-7, 1e-8), (2e-3, 5e-5, 1e-5, 1e-7))
FAR = 5
# Twins on record together, and how they look: about one birth in sixty is one of twins, and one village registers both.
# Serials follow each other, names are alike by intention. Assumptions, checked against invented twins only.
TWINS = 0.01
TWIN = {
    "nik": (1e-6, 1e-3, 0.3, 0.1, 0.4),
    "name": (1e-3, 0.01, 0.005, 0.15, 0.45, 0.384),
    "sex": (0.65, 0.35),
}
CONTEXT_OF_BORN = np.array([4, 0, 1, 1, 2, 2, 3, 4, 4, 4])
NEAR_BELIEF = {"sex": (0.95, 0.05), "region": (0.70, 0.22, 0.08)}
M_WEIGHT, U_WEIGHT, U_NIK_WEIGHT = 30.0, 300.0, 1e4
SMALLEST_U = 1e-10
ENOUGH_COMPARABLE = 0.05
"""With NIKs on both sides of fewer pairs than this share, the number of matching pairs is left to EM."""


@dataclass(frozen=True)
class Patterns:
    """Compared pairs: the level of each field, and the rarity class of the name that agrees; arrays of one length."""

    nik: Levels
    name: Levels
    rarity: Levels
    born: Levels
    sex: Levels
    region: Levels
    phone: Levels

    def __len__(self) -> int:
        return len(self.nik)

    def field(self, name: str) -> Levels:
        return {
            "nik": self.nik,
            "name": self.name,
            "born": self.born,
            "sex": self.sex,
            "region": self.region,
            "phone": self.phone,
        }[name]


@dataclass(frozen=True)
class Rarity:
    """For each class of rarity: the chance that a second person bears the same whole name, or a name that holds
    all its words; and the share of people whose whole name is of that class."""

    whole: Floats
    words: Floats
    share: Floats


@dataclass(frozen=True)
class Weights:
    """Log likelihood ratios by level (index 0 unused, MISSING is 0) and the prior odds of a random pair.

    Four dependences are modelled, because a flat model counts the same evidence twice. ``nik`` depends on what the
    birth dates say (columns: equal, one part apart, same year, further apart, not known): NIKs of one district and day
    differ in the serial alone, so that nearness says little where the birth date is known to be the same. ``near``
    replaces region and sex where the NIKs are near, for the same reason. ``neighbours`` replaces unlike names where the
    region is one: names are regional. ``namesakes`` is taken off where whole name and birth date agree: more strangers
    share both than chance would have. ``name_by_rarity`` and ``namesakes`` have an entry for each class of rarity.
    Beside strangers there are twins: where the birth date agrees and the NIK does not, odds are held against theirs.
    """

    m: dict[str, Floats]
    u: dict[str, Floats]
    table: dict[str, Floats]
    nik: Floats
    near: dict[str, Floats]
    neighbours: Floats
    name_by_rarity: Floats
    namesakes: Floats
    matching_pairs: float
    all_pairs: float
    most: float

    @property
    def prior_log_odds(self) -> float:
        return float(np.log(self.matching_pairs / max(self.all_pairs - self.matching_pairs, 1.0)))

    def of_field(self, *, name: str, patterns: Patterns) -> Floats:
        """The log likelihood ratio that one field adds to each pair."""
        if name == "nik":
            return self.nik[patterns.nik, _context(patterns.born)]
        if name == "name":
            both = (patterns.name == 1) & (patterns.born == 1)
            ratio = self.name_by_rarity[patterns.name, patterns.rarity] - np.where(
                both, self.namesakes[patterns.rarity], 0.0
            )
            return np.where((patterns.region == 1) & (patterns.name >= 3), self.neighbours[patterns.name], ratio)
        if name in self.near:
            levels = patterns.field(name)
            return np.where(
                (patterns.nik >= 2) & (patterns.nik <= 4), self.near[name][levels], self.table[name][levels]
            )
        return self.table[name][patterns.field(name)]

    def log_odds(self, *, patterns: Patterns, without: tuple[str, ...] = ()) -> Floats:
        """Posterior log odds that each pair is one person; ``without`` leaves fields out."""
        total = np.full(len(patterns), self.prior_log_odds)
        for name in LEVELS:
            if name not in without:
                total += self.of_field(name=name, patterns=patterns)
        twins = (patterns.born == 1) & (patterns.nik != 1)
        if "born" not in without and twins.any():
            total[twins] -= np.logaddexp(0.0, total[twins] - self._against_twins(patterns, without)[twins])
        return total

    def _against_twins(self, patterns: Patterns, without: tuple[str, ...]) -> Floats:
        """Log odds of one person against two twins, both of whom are recorded."""
        total = np.full(len(patterns), np.log(self.matching_pairs / self.most / TWINS))
        for name, twin in TWIN.items():
            if name not in without:
                ratio = np.zeros(MISSING + 1)
                ratio[1 : len(twin) + 1] = np.log(self.m[name][1 : len(twin) + 1] / np.array(twin))
                total += ratio[patterns.field(name)]
        return total


def estimate(
    *,
    patterns: Patterns,
    random: Patterns,
    neighbours: npt.NDArray[np.bool_],
    rarity: Rarity,
    all_pairs: float,
    comparable: float,
    most: float,
    iterations: int,
) -> Weights:
    """Weights for one kind of pairs (list with register, or list with list).

    ``patterns``: all candidate pairs. ``random``: pairs drawn at random, from which matches are taken out.
    ``neighbours``: which of ``patterns`` were found without regard to NIK and name, in one region. ``all_pairs``: how
    many pairs there are in all, compared or not. ``comparable``: the share of all pairs with a NIK on both sides;
    ``most``: no more matching pairs than this can be.

    The number of matching pairs follows from those whose NIK is the same: they are m(NIK equal) of the comparable ones.
    """
    others = [name for name in LEVELS if name != "nik"]
    m = {
        name: _share(name, patterns.field(name)[_trained_on(name, patterns)], M_BELIEF[name], M_WEIGHT)
        for name in others
    }
    strangers = ~((random.nik <= 2) | ((random.name <= 2) & (random.born <= 3)))
    u = {name: _share(name, random.field(name)[strangers], U_BELIEF[name], U_WEIGHT) for name in others}
    table = {name: np.log(m[name] / np.maximum(u[name], SMALLEST_U)) for name in others}
    by_rarity = np.repeat(table["name"][:, None], len(rarity.whole), axis=1)
    by_rarity[1] = np.log(m["name"][1] / np.maximum(rarity.whole, SMALLEST_U))
    by_rarity[2] = np.log(m["name"][2] / np.maximum(rarity.words, SMALLEST_U))
    identical = (patterns.nik == 1) & ((patterns.name <= 3) | (patterns.born <= 2))
    matching = max(float(np.count_nonzero(identical)), 0.5)
    weights = Weights(
        m, u, table, np.zeros((MISSING + 1, 5)), _near(m, patterns), table["name"],
        by_rarity, np.zeros(by_rarity.shape[1]), min(matching, most), all_pairs, most,
    )  # fmt: skip
    weights = _with_nik(weights, patterns)
    weights = replace(
        weights,
        neighbours=_neighbours(weights, patterns, neighbours),
        namesakes=_namesakes(weights, patterns, rarity),
    )
    if comparable >= ENOUGH_COMPARABLE:
        return replace(weights, matching_pairs=matching / (float(weights.m["nik"][1]) * comparable))
    return _expected(weights, patterns, iterations, most)


def _expected(weights: Weights, patterns: Patterns, iterations: int, most: float) -> Weights:
    """The number of matching pairs by EM, where too few rows have a NIK to count on."""
    unique, counts = _counted(patterns)
    for _ in range(iterations):
        p = 1.0 / (1.0 + np.exp(-weights.log_odds(patterns=unique)))
        matching = min(max(float(np.sum(counts * p)), 0.5), most)
        if abs(matching - weights.matching_pairs) < 1e-6 * matching:
            break
        weights = replace(weights, matching_pairs=matching)
    return weights


def _with_nik(weights: Weights, patterns: Patterns) -> Weights:
    """m of the NIK from pairs that a rare name and the birth date make certain; u from pairs whose names have nothing
    in common."""
    certain = (
        (patterns.name == 1)
        & (patterns.rarity >= 8)
        & (patterns.born == 1)
        & (patterns.region == 1)
        & (patterns.sex == 1)
    )
    m = _share("nik", patterns.nik[certain], M_BELIEF["nik"], M_WEIGHT)
    strangers = patterns.name >= 5
    names_apart = float(weights.u["name"][5] + weights.u["name"][6])
    born = weights.u["born"]
    shares = (float(born[1]), float(born[2] + born[3]), float(born[4] + born[5]), float(born[6]))
    u = np.ones((MISSING + 1, 5))
    for context, share in enumerate(shares):
        pairs = weights.all_pairs * share * names_apart
        for level in (1, 2, 3, 4):
            seen = np.count_nonzero(strangers & (patterns.nik == level) & (_context(patterns.born) == context))
            u[level, context] = (seen + U_NIK_BELIEF[level - 1][context] * U_NIK_WEIGHT) / (pairs + U_NIK_WEIGHT)
    u[:5, 4] = u[:5, :4] @ np.array(shares)
    ratio = np.log(m[:, None] / np.maximum(u, SMALLEST_U))
    ratio[0] = ratio[6:] = 0.0
    return replace(weights, m={**weights.m, "nik": m}, u={**weights.u, "nik": u[:, 4]}, nik=ratio)


def _near(m: dict[str, Floats], patterns: Patterns) -> dict[str, Floats]:
    """Region and sex of strangers whose NIKs are near: born in one district, they often live in one too."""
    strangers = (patterns.name >= 5) & (patterns.nik >= 2) & (patterns.nik <= 4)
    return {
        name: np.log(m[name] / _share(name, patterns.field(name)[strangers], NEAR_BELIEF[name], M_WEIGHT))
        for name in ("region", "sex")
    }


def _neighbours(weights: Weights, patterns: Patterns, neighbours: npt.NDArray[np.bool_]) -> Floats:
    """Names of strangers in one region, from pairs that a block without name brought and whose NIKs are far apart.

    The matches among them (people with a second NIK) are taken out, by what pairs with the same NIK look like.
    """
    far, same = (
        np.bincount(patterns.name[neighbours & (patterns.nik == level)], minlength=MISSING + 1)[3:7]
        for level in (FAR, 1)
    )
    m_nik, belief = weights.m["nik"], U_WEIGHT * weights.u["name"][3:7]
    strangers = np.maximum(far - same * m_nik[FAR] / m_nik[1], 0.0) + belief
    ratio = weights.table["name"].copy()
    ratio[3:7] = np.log(weights.m["name"][3:7] / (strangers / strangers.sum()))
    return ratio


def _namesakes(weights: Weights, patterns: Patterns, rarity: Rarity) -> Floats:
    """By how much (log) strangers share whole name and birth date more often than independence has it, by rarity.

    Counted where both NIKs are there and far apart, less the matches among them (people with a second NIK).
    """
    both = (patterns.name == 1) & (patterns.born == 1) & (patterns.nik != MISSING)
    far = np.bincount(patterns.rarity[both & (patterns.nik == FAR)], minlength=len(rarity.whole)).astype(float)
    close = np.bincount(patterns.rarity[both & (patterns.nik < FAR)], minlength=len(rarity.whole)).astype(float)
    m_far = weights.m["nik"][FAR]
    strangers = np.maximum(far - close * m_far / (1.0 - m_far), 0.0)
    expected = weights.all_pairs * weights.u["born"][1] * rarity.whole * rarity.share
    more: Floats = np.maximum(np.log((strangers + 1.0) / (expected + 1.0)), 0.0)
    return more


def _context(born: Levels) -> npt.NDArray[np.intp]:
    return CONTEXT_OF_BORN[born]


def _trained_on(name: str, p: Patterns) -> npt.NDArray[np.bool_]:
    trained: npt.NDArray[np.bool_] = p.nik == 1
    if name == "name":
        trained &= p.born == 1
    elif name == "born":
        trained &= p.name == 1
    else:
        trained &= (p.name <= 3) & (p.born <= 3)
    return trained


def _share(name: str, levels: Levels, belief: tuple[float, ...], weight: float) -> Floats:
    counts = np.array([np.count_nonzero(levels == level) for level in LEVELS[name]], dtype=float)
    return _padded((counts + weight * np.array(belief)) / (counts.sum() + weight * sum(belief)))


def _padded(values: npt.NDArray[np.float64]) -> Floats:
    """Levels 1..n at index 1..n; 1.0 at 0 and up to MISSING, so that a missing field says nothing."""
    out = np.ones(MISSING + 1)
    out[1 : len(values) + 1] = values
    return out


def _counted(patterns: Patterns) -> tuple[Patterns, Floats]:
    """Equal patterns counted once: EM runs on some thousands of them, whatever the number of pairs."""
    fields = ("nik", "name", "rarity", "born", "sex", "region", "phone")
    code = np.zeros(len(patterns), dtype=np.int64)
    for name in fields:
        code = code * 16 + getattr(patterns, name)
    unique, counts = np.unique(code, return_counts=True)
    columns = {}
    for name in reversed(fields):
        columns[name] = (unique % 16).astype(np.uint8)
        unique = unique // 16
    return Patterns(**columns), counts.astype(float)
