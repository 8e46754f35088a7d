"""Totals by the compiled loop: the answers of `charges`, for anybody and around every change of the law."""

from __future__ import annotations

import doctest
import os
import random
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jangkau.complaints import Complaint
from jangkau.law import dues as of_many
from jangkau.law.charges import Facts, charges
from jangkau.law.dues import REFUSED, Workers, dues
from jangkau.law.facts import MOST
from jangkau.law.tariff import BITS, tariff
from jangkau.law.values import PAYERS, PROGRAMMES, SECTORS
from tests.law.test_tariff import AMOUNTS, MONTHS

MAY = date(2026, 5, 1)


def invented(draw: random.Random) -> Facts:
    takes = tuple(one for one in PROGRAMMES if draw.random() < (0.7 if one in ("JKK", "JKM", "JHT") else 0.05))
    return Facts(
        segment="BPU",
        income=draw.choice([*AMOUNTS, MOST["income"] + 1, -1]) if draw.random() < 0.5 else draw.randrange(40_000_000),
        sector=draw.choice((None, *SECTORS, *SECTORS)),
        payer=draw.choice((None, *PAYERS)),
        programmes=draw.choice((None, takes or ("JHT",))),
        in_arrears=draw.random() < 0.3,
        employs_others=draw.random() < 0.3,
    )


def columns(people: list[Facts]) -> Workers:
    return Workers(
        income=np.array([one.income for one in people], np.int64),
        sector=np.array([SECTORS.index(one.sector) + 1 if one.sector else 0 for one in people], np.int8),
        payer=np.array([PAYERS.index(one.payer) + 1 if one.payer else 0 for one in people], np.int8),
        asked=np.array([sum(BITS[name] for name in one.programmes or ()) for one in people], np.int8),
        in_arrears=np.array([one.in_arrears for one in people], np.bool_),
        employs_others=np.array([one.employs_others for one in people], np.bool_),
    )


def plain(facts: Facts, month: date) -> int:
    try:
        return charges(facts=facts, month=month).total
    except Complaint:
        return REFUSED


@pytest.mark.parametrize("month", MONTHS)
def test_anybody_owes_in_the_loop_what_he_owes_one_by_one(month: str) -> None:
    draw, first = random.Random(month), date.fromisoformat(f"{month}-01")
    people = [invented(draw) for _ in range(1_000)]
    found = dues(tariff=tariff(month=first), workers=columns(people)).tolist()
    assert found == [plain(one, first) for one in people]
    assert REFUSED in found
    assert len(set(found)) > 50


def test_an_income_that_a_float_cannot_hold_has_its_own_bracket() -> None:
    asked = ("JKK", "JKM", "JHT")
    people = [
        Facts("BPU", income=n, sector="other", payer="worker", programmes=asked) for n in (20_199_999, 20_200_000)
    ]
    assert int(np.float32(20_199_999)) == 20_200_000
    assert dues(tariff=tariff(month=date(2024, 5, 1)), workers=columns(people)).tolist() == [597_800, 627_800]


def test_nobody_owes_nothing() -> None:
    assert dues(tariff=tariff(month=MAY), workers=columns([])).tolist() == []


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("sector", np.array([3], np.int8)),
        ("payer", np.array([-1], np.int8)),
        ("payer", np.array([1, 1], np.int8)),
        ("asked", np.array([32], np.int8)),
        ("in_arrears", np.array([], np.bool_)),
    ],
)
def test_a_column_that_cannot_be_is_refused(name: str, wrong: Any) -> None:
    one = columns([Facts("BPU", income=1_000_000)])
    with pytest.raises(ValueError, match=name):
        dues(tariff=tariff(month=MAY), workers=replace(one, **{name: wrong}))


def test_the_examples_in_the_text_are_true() -> None:
    results = doctest.testmod(of_many)
    assert results.attempted > 0
    assert results.failed == 0


def test_trying_the_examples_of_the_file_leaves_no_code_that_the_package_cannot_load(tmp_path: Path) -> None:
    whole = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path), "PYTHONPATH": str(Path(of_many.__file__).parents[2])}
    subprocess.run([sys.executable, "-m", "doctest", of_many.__file__], env=whole, check=True)
    assert not list(tmp_path.rglob("*.nbi"))
