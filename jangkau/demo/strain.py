"""How errors gather: in offices, and if wished in batches, in single rows and around people whose papers are poor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from jangkau.demo.rates import Rates
from jangkau.demo.rows import NO_DATE, Rows

Longs = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Rate = npt.NDArray[np.float64]

HIGHEST = 0.95
# What can happen to a NIK excludes each other: together at most 0.98.
NIK_MISSING, NIK_WRONG, NIK_SWAPPED, _NIK_SPREADSHEET = 0.6, 0.3, 0.04, 0.04
# Correlated errors (assumptions): the share of batches, of rows and of people that are bad, and how many times more
# often than on average something in them is wrong. The others are better by as much, so that the overall rates stay.
_BAD_BATCHES, _BAD_ROWS, _BAD_PAPERS = (0.06, 6.0), (0.08, 6.0), (0.05, 4.0)
# Rows in batches that were spoiled as a whole: a column of birth dates left empty, NIKs rounded by a spreadsheet; the
# latter as a share of all NIKs that a spreadsheet spoils.
WITHOUT_BIRTH, _ROUNDED_AS_A_WHOLE = 0.008, 0.75
# A renewal that was copied from the first contract with all its mistakes.
COPIED = 0.6


class Gathering(Protocol):
    """Spreads a rate over rows so that the whole stays the same and no row has more than the ceiling."""

    def rates(self, nominal: float, ceiling: float = HIGHEST) -> Rate: ...


@dataclass(frozen=True)
class Office:
    """Careless offices have their share of the errors."""

    careless: Flags
    share: float  # of all errors that careless offices make

    def rates(self, nominal: float, ceiling: float = HIGHEST) -> Rate:
        among = float(self.careless.mean()) if len(self.careless) else 0.0
        if not 0 < among < self.share:
            return np.full(len(self.careless), nominal)
        high = min(nominal * self.share / among, ceiling)
        low = (nominal - high * among) / (1 - among)
        return np.where(self.careless, high, low)


@dataclass(frozen=True)
class Strained:
    """Bad batches, bad rows and people with poor papers make every field of their rows worse at once."""

    office: Office | None
    factor: Rate

    def rates(self, nominal: float, ceiling: float = HIGHEST) -> Rate:
        base = self.office.rates(nominal, ceiling) if self.office else np.full(len(self.factor), nominal)
        spread = base * self.factor
        for _ in range(12):  # what the ceiling cuts off is spread over the others
            mean = float(np.minimum(spread, ceiling).mean()) if len(spread) else 0.0
            if mean <= 0 or abs(mean / nominal - 1) < 1e-6:
                break
            spread = spread * (nominal / mean)
        return np.minimum(spread, ceiling)


@dataclass(frozen=True)
class Spoiled:
    """Rows of batches spoiled as a whole, and the rates that leave the overall share as it is."""

    without_birth: Flags
    rounded: Flags

    def births(self, *, gathering: Gathering, rates: Rates) -> Rate:
        return gathering.rates(_rest(rates.birth_wrong, self.without_birth))

    def spreadsheet(self, *, gathering: Gathering, rates: Rates) -> Rate:
        return np.where(
            self.rounded, 1.0, gathering.rates(_rest(rates.nik_spreadsheet, self.rounded), _NIK_SPREADSHEET)
        )


def _rest(nominal: float, spoiled: Flags) -> float:
    share = float(spoiled.mean()) if len(spoiled) else 0.0
    return max(0.0, (nominal - share) / (1 - share)) if share < 1 else 0.0


def batches(*, rows: Rows) -> Longs:
    """What one office sent at one time: a month of loans, a wave of Prakerja, a whole list without dates."""
    period = np.where(rows.wave > 0, rows.wave, np.where(rows.date == NO_DATE, 0, rows.date // 30 % 997 + 20))
    return rows.office.astype(np.int64) * 1024 + period


def strained_lists(*, office: Office, batch: Longs, person: Longs, seed: int, rng: np.random.Generator) -> Strained:
    factor = _factor(_drawn(batch, seed, 1), _BAD_BATCHES) * _factor(_drawn(person, seed, 2), _BAD_PAPERS)
    return Strained(office=office, factor=factor * _factor(rng.random(len(batch)), _BAD_ROWS))


def strained_register(*, person: Longs, seed: int, rng: np.random.Generator) -> Strained:
    """Poor papers are poor in the register too."""
    factor = _factor(_drawn(person, seed, 2), _BAD_PAPERS) * _factor(rng.random(len(person)), _BAD_ROWS)
    return Strained(office=None, factor=factor)


def spoiled_batches(*, batch: Longs, rates: Rates, seed: int) -> Spoiled:
    return Spoiled(
        without_birth=_drawn(batch, seed, 3) < min(WITHOUT_BIRTH, rates.birth_wrong / 2),
        rounded=_drawn(batch, seed, 4) < _ROUNDED_AS_A_WHOLE * rates.nik_spreadsheet,
    )


def copies(*, rows: Rows, rng: np.random.Generator) -> Longs:
    """For each row the one it was copied from: itself, or the first of the same person on the same list."""
    key = rows.owner * 16 + rows.file
    _, first, which = np.unique(key, return_index=True, return_inverse=True)
    return np.where(rng.random(len(key)) < COPIED, first[which], np.arange(len(key)))


def _factor(drawn: Rate, bad: tuple[float, float]) -> Rate:
    share, times = bad
    return np.where(drawn < share, times, (1 - share * times) / (1 - share))


def _drawn(number: Longs, seed: int, salt: int) -> Rate:
    """Between 0 and 1 by the number alone, the same in every block (SplitMix64)."""
    with np.errstate(over="ignore"):
        z = number.astype(np.uint64) + np.uint64((seed * 1_000_003 + salt) % 2**63) * np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return np.asarray(((z ^ (z >> np.uint64(31))) >> np.uint64(11)).astype(np.float64) / 2**53)
