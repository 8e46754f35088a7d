"""Loans follow the rules of their day."""

from __future__ import annotations

from datetime import date

import numpy as np

from jangkau.demo.columns import CEILINGS, SCHEMES, invent_loans

SEPTEMBER = (date(2020, 9, 1) - date(1970, 1, 1)).days


def test_super_mikro_begins_and_khusus_ends_with_the_first_amendment() -> None:
    rng = np.random.default_rng(1)
    before = invent_loans(day=np.full(20_000, SEPTEMBER - 1, np.int32), rng=rng)
    after = invent_loans(day=np.full(20_000, SEPTEMBER, np.int32), rng=rng)
    assert SCHEMES.index("SUPER MIKRO") not in before.scheme
    assert SCHEMES.index("KHUSUS") in before.scheme
    assert SCHEMES.index("KHUSUS") not in after.scheme
    assert 0.17 < (after.scheme == SCHEMES.index("SUPER MIKRO")).mean() < 0.21


def test_loans_keep_to_the_ceiling_of_their_type_but_for_a_few() -> None:
    loans = invent_loans(day=np.full(50_000, SEPTEMBER, np.int32), rng=np.random.default_rng(2))
    above = loans.plafon > CEILINGS[loans.scheme]
    assert 0 < above.mean() < 0.002
    assert (loans.plafon > 0).all()


def test_loans_are_as_large_as_the_reported_averages() -> None:
    loans = invent_loans(day=np.full(200_000, SEPTEMBER, np.int32), rng=np.random.default_rng(3))
    averages = {SCHEMES[number]: loans.plafon[loans.scheme == number].mean() / 1e6 for number in (0, 1, 2)}
    assert abs(averages["SUPER MIKRO"] - 8.8) < 0.5
    assert abs(averages["MIKRO"] - 30.2) < 1.5
    assert abs(averages["KECIL"] - 194.7) < 10
