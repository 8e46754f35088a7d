"""Memberships of invented people: number, segment, since when, paid until when, ended when. One entry per KPJ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from jangkau.demo.people import AS_OF, AS_OF_DAY, KUR, PRAKERJA, STAFF, VILLAGE

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]

SEGMENTS = ("PU", "BPU", "JAKON", "PMI")
PU, BPU, JAKON, PMI = range(4)
CURRENT, GRACE, LAPSED, ENDED = range(4)
NEVER = -1
# BPU goes on for three months after the last paid one (membership_rules.yaml; unverified before 2022-07).
BPU_GRACE_MONTHS = 3
_THIS_MONTH = AS_OF.year * 12 + AS_OF.month - 1

# Share of people of a group who are in the register (assumptions; non-ASN 22 to 62 % in figures.yaml).
IN_REGISTER = {KUR: 0.27, PRAKERJA: 0.27, STAFF: 0.45, VILLAGE: 0.48}
SEVERAL, THREE = 0.06, 0.004  # members with two, with three KPJ
# current, grace, lapsed, ended; by group (assumption; Prakerja recipients have often lost their job)
_STATES = np.array(
    [
        (0.66, 0.05, 0.17, 0.12),
        (0.44, 0.03, 0.27, 0.26),
        (0.80, 0.02, 0.13, 0.05),
        (0.80, 0.03, 0.12, 0.05),
        (0.62, 0.02, 0.18, 0.18),
    ]
)
# PU, BPU, JAKON, PMI. Register: 20.44, 7.16 and 3.04 million (2021-11, figures.yaml); PMI and list people: assumptions.
_SEGMENTS = np.array(
    [
        (0.38, 0.47, 0.14, 0.01),
        (0.74, 0.09, 0.15, 0.02),
        (0.93, 0.04, 0.03, 0.0),
        (0.88, 0.09, 0.03, 0.0),
        (0.66, 0.10, 0.23, 0.01),
    ]
)


@dataclass(frozen=True)
class Memberships:
    """`owner` is the position of the person among the people these were made for. Months count from year 0."""

    owner: Longs
    kpj: Longs
    rank: Ints  # 0: the person's latest membership, 1 and 2: earlier ones
    segment: Ints
    started: Longs  # day
    paid_month: Longs
    ended: Longs  # day, or NEVER
    state: Ints

    def __len__(self) -> int:
        return len(self.owner)


def count_of_members(*, group: Ints, rng: np.random.Generator) -> Ints:
    """How many KPJ each list person has: 0 for most."""
    share = np.array([IN_REGISTER[number] for number in range(4)])[group]
    member = rng.random(len(group)) < share
    several = rng.random(len(group))
    return np.where(member, 1 + (several < SEVERAL + THREE) + (several < THREE), 0).astype(np.int32)


def invent_memberships(*, group: Ints, numbers: Ints, first_kpj: int, rng: np.random.Generator) -> Memberships:
    """`numbers[i]` memberships for person i of age group `group[i]`."""
    owner = np.repeat(np.arange(len(group), dtype=np.int64), numbers)
    count = len(owner)
    starts = np.cumsum(numbers) - numbers
    rank = (np.arange(count) - np.repeat(starts, numbers)).astype(np.int32)
    of_group = group[owner]
    state = _pick(_STATES[of_group], rng)
    # An earlier membership is mostly one of the job before.
    state = np.where((rank > 0) & (rng.random(count) < 0.75), ENDED, state).astype(np.int32)
    segment = _pick(_SEGMENTS[of_group], rng)
    segment = np.where(state == GRACE, BPU, segment).astype(np.int32)
    paid_month = _paid_months(state, segment, rng)
    ended = np.full(count, NEVER, np.int64)
    gone = np.flatnonzero(state == ENDED)
    ended[gone] = _first_day(paid_month[gone]) + rng.integers(0, 28, len(gone))
    length = rng.geometric(0.025, count)
    started = _first_day(np.maximum(paid_month - length, 2005 * 12)) + rng.integers(0, 27, count)
    return Memberships(
        owner=owner,
        kpj=kpj_numbers(np.arange(first_kpj, first_kpj + count, dtype=np.int64)),
        rank=rank,
        segment=segment,
        started=np.minimum(started, AS_OF_DAY),
        paid_month=paid_month,
        ended=ended,
        state=state,
    )


def _paid_months(state: Ints, segment: Ints, rng: np.random.Generator) -> Longs:
    count = len(state)
    back = rng.geometric(0.09, count).clip(max=60)
    ahead = np.where((segment == BPU) & (rng.random(count) < 0.4), rng.integers(1, 6, count), 0)
    ahead = np.where(np.isin(segment, (PMI, JAKON)), rng.integers(0, 12, count), ahead)
    paid = np.where(state == CURRENT, _THIS_MONTH + ahead, 0)
    paid = np.where(state == GRACE, _THIS_MONTH - rng.integers(1, BPU_GRACE_MONTHS + 1, count), paid)
    # Lapsed: beyond the grace for BPU; for the others one unpaid month is enough, since no grace is known.
    paid = np.where(state == LAPSED, _THIS_MONTH - back - np.where(segment == BPU, BPU_GRACE_MONTHS, 0), paid)
    # Ended at least five months ago, so that no reading of the grace decides about it.
    return np.where(state == ENDED, _THIS_MONTH - 5 - back, paid).astype(np.int64)


def protected(*, memberships: Memberships) -> npt.NDArray[np.bool_]:
    """By the true dates on the day of the demo, a grace of three months for BPU counted as protected."""
    m = memberships
    grace = np.where(m.segment == BPU, BPU_GRACE_MONTHS, 0)
    return np.asarray((m.ended == NEVER) & (m.paid_month + grace >= _THIS_MONTH) & (m.started <= AS_OF_DAY))


def kpj_numbers(index: Longs) -> Longs:
    """Eleven digits, different for different index, in no visible order (a step coprime to the range)."""
    span = 90_000_000_000 // 100
    shuffled = (index * 341_273_647) % span  # below 9e8: products stay under 2**63 for any register that fits a disk
    return 10_000_000_000 + shuffled * 100 + index % 97


def _pick(shares: npt.NDArray[np.float64], rng: np.random.Generator) -> Ints:
    """For each row of shares one column."""
    passed = (rng.random(len(shares))[:, None] > np.cumsum(shares, axis=1)).sum(axis=1)
    return np.asarray(np.minimum(passed, shares.shape[1] - 1), np.int32)


def _first_day(months: npt.NDArray[Any]) -> Longs:
    return np.asarray((months - 1970 * 12).astype("M8[M]").astype("M8[D]").astype(np.int64))
