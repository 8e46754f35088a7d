"""Fellegi-Sunter weights estimated from the data, without any labelled pair.

The identifier is the training set: on pairs whose NIK agrees, the m of every other field is counted (each field where
another one agrees too, so that somebody else's NIK does not spoil it). u comes from random pairs; of names, from how common each
is. What is left for EM is the m of the NIK itself and how many matching pairs there are. Fellegi and Sunter 1969; EM on
counted patterns after Enamorado, Fifield and Imai 2019. docs/explanation/linkage.md has the formulae.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from jangkau.linkage.method import LEVELS, MISSING

Levels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

# What is believed before any data, worth M_WEIGHT pairs (m) and U_WEIGHT pairs (u): it decides only in folders of a few
# rows. Rough shares of errors in administrative lists; docs/explanation/linkage.md says where they come from.
M_BELIEF = {
    "nik": (0.95, 0.02, 0.005, 0.025),
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
M_WEIGHT, U_WEIGHT = 30.0, 300.0
SMALLEST_U = 1e-10


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
        return {"nik": self.nik, "name": self.name, "born": self.born, "sex": self.sex, "region": self.region, "phone": self.phone}[name]


@dataclass(frozen=True)
class Rarity:
    """For each class of rarity: the chance that a second person bears the same whole name, or a name with the same rarest word."""

    whole: Floats
    word: Floats


@dataclass(frozen=True)
class Weights:
    """Log likelihood ratios by level (index 0 unused, MISSING is 0) and the prior odds of a random pair."""

    m: dict[str, Floats]
    u: dict[str, Floats]
    table: dict[str, Floats]
    name_by_rarity: Floats
    matching_pairs: float
    all_pairs: float

    @property
    def prior_log_odds(self) -> float:
        return float(np.log(self.matching_pairs / max(self.all_pairs - self.matching_pairs, 1.0)))

    def log_odds(self, *, patterns: Patterns, without: tuple[str, ...] = ()) -> Floats:
        """Posterior log odds that each pair is one person; ``without`` leaves fields out."""
        total = np.full(len(patterns), self.prior_log_odds)
        for name in LEVELS:
            if name in without:
                continue
            total += self.name_by_rarity[patterns.name, patterns.rarity] if name == "name" else self.table[name][patterns.field(name)]
        return total


def estimate(*, patterns: Patterns, random: Patterns, rarity: Rarity, all_pairs: float, iterations: int) -> Weights:
    """Weights for one kind of pairs (list with register, or list with list).

    ``patterns``: all candidate pairs. ``random``: pairs drawn at random, from which matches are taken out. ``all_pairs``: how many
    pairs there are in all, compared or not.
    """
    m = {name: _share(name, patterns.field(name)[_trained_on(name, patterns)], M_BELIEF[name], M_WEIGHT) for name in LEVELS if name != "nik"}
    strangers = ~((random.nik <= 2) | ((random.name <= 2) & (random.born <= 3)))
    u = {name: _share(name, random.field(name)[strangers], U_BELIEF[name], U_WEIGHT) for name in LEVELS if name != "nik"}
    m["nik"] = _padded(np.array(M_BELIEF["nik"]))
    u["nik"] = _padded(np.array([1e-8, 1e-8, 1e-7, 1.0]))
    identical = (patterns.nik == 1) & ((patterns.name <= 3) | (patterns.born <= 2))
    matching = max(float(np.count_nonzero(identical)), 0.5)
    weights = _weights(m, u, rarity, matching, all_pairs)
    unique, counts = _counted(patterns)
    for _ in range(iterations):
        odds = weights.log_odds(patterns=unique)
        p = 1.0 / (1.0 + np.exp(-odds))
        both = unique.nik != MISSING
        for level in LEVELS["nik"]:
            here = unique.nik == level
            m["nik"][level] = np.sum(counts[here] * p[here])
            if level < 4:
                u["nik"][level] = max(np.sum(counts[here] * (1 - p[here])) / all_pairs, SMALLEST_U)
        belief = np.array(M_BELIEF["nik"]) * M_WEIGHT
        m["nik"][1:5] = (m["nik"][1:5] + belief) / (np.sum(counts[both] * p[both]) + M_WEIGHT)
        matching = max(float(np.sum(counts * p)), 0.5)
        weights = _weights(m, u, rarity, matching, all_pairs)
    return weights


def _trained_on(name: str, p: Patterns) -> npt.NDArray[np.bool_]:
    same_nik = p.nik == 1
    if name == "name":
        return same_nik & (p.born == 1)
    if name == "born":
        return same_nik & (p.name == 1)
    return same_nik & (p.name <= 3) & (p.born <= 3)


def _share(name: str, levels: Levels, belief: tuple[float, ...], weight: float) -> Floats:
    counts = np.array([np.count_nonzero(levels == level) for level in LEVELS[name]], dtype=float)
    return _padded((counts + weight * np.array(belief)) / (counts.sum() + weight * sum(belief)))


def _padded(values: npt.NDArray[np.float64]) -> Floats:
    """Levels 1..n at index 1..n; 1.0 at 0 and up to MISSING, so that a missing field says nothing."""
    out = np.ones(MISSING + 1)
    out[1 : len(values) + 1] = values
    return out


def _weights(m: dict[str, Floats], u: dict[str, Floats], rarity: Rarity, matching: float, all_pairs: float) -> Weights:
    m, u = {k: v.copy() for k, v in m.items()}, {k: v.copy() for k, v in u.items()}
    table = {name: np.log(m[name] / np.maximum(u[name], SMALLEST_U)) for name in LEVELS}
    by_rarity = np.repeat(table["name"][:, None], len(rarity.whole), axis=1)
    by_rarity[1] = np.log(m["name"][1] / np.maximum(rarity.whole, SMALLEST_U))
    by_rarity[2] = np.log(m["name"][2] / np.maximum(rarity.word, SMALLEST_U))
    return Weights(m, u, table, by_rarity, matching, all_pairs)


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
