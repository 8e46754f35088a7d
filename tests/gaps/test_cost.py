"""What protecting the gap would cost: expected rupiah, by payer, each month by its own law."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from jangkau.gaps.cost import Unprotected, cost_of
from jangkau.gaps.facts import Coded

APRIL_2021, MAY_2026 = date(2021, 4, 30), date(2026, 5, 31)
# 30 million of KUR mikro: incomes 1,825,000, 2,608,000 and 4,563,000 (law/incomes.py); bases 1.8, 2.6 and 4.45 million
LOAN = "mikro/300"


def gap(*people: tuple[float, str | None], own_account: bool = True) -> Unprotected:
    values = tuple(dict.fromkeys(loan for _, loan in people))
    chance = np.array([chance for chance, _ in people], float)
    code = np.array([values.index(loan) for _, loan in people], np.int32)
    whole = float(chance.sum())
    return Unprotected(chance, Coded(code, values), np.full(len(people), own_account), (0.9 * whole, 1.1 * whole))


def told(found: Unprotected, as_of: date) -> dict[str, Any]:
    cost = cost_of(gap=found, as_of=as_of)
    assert cost is not None
    return cost


def of(cost: dict[str, Any], payer: str) -> dict[str, Any]:
    return next(row for row in cost["by_payer"] if row["payer"] == payer)


def test_a_borrower_is_priced_at_the_bracket_of_his_estimated_income() -> None:
    cost = told(gap((1.0, LOAN)), APRIL_2021)
    assert of(cost, "worker")["monthly"] == {"low": 18_000 + 6_800, "middle": 26_000 + 6_800, "high": 44_500 + 6_800}
    assert [(row["programme"], row["amount"]) for row in cost["by_programme"]] == [("JKK", 26_000), ("JKM", 6_800)]
    assert cost["by_programme"][0]["articles"] == ["PP 44/2015 Lampiran II"]


def test_who_has_no_loan_is_priced_at_the_lowest_bracket() -> None:
    cost = told(gap((1.0, None)), APRIL_2021)
    assert set(of(cost, "worker")["monthly"].values()) == {16_800}
    assert (cost["people"], cost["without_loan"]) == (1, 1)


def test_a_chance_of_a_half_is_half_a_contribution() -> None:
    assert of(told(gap((0.5, None)), APRIL_2021), "worker")["monthly"]["middle"] == 8_400


def test_the_interval_of_the_people_becomes_one_of_rupiah() -> None:
    cost = told(gap(*[(1.0, None)] * 10), APRIL_2021)
    assert cost["interval"] == {"low": 151_200, "high": 184_800}


def test_a_relief_that_leaves_out_the_state_leaves_out_the_state() -> None:
    cost = told(gap((1.0, None)), MAY_2026)
    assert of(cost, "worker")["monthly"]["middle"] == 8_400
    assert of(cost, "worker")["relief"] == ["PP 50/2025"]
    assert of(cost, "apbn")["monthly"]["middle"] == 16_800
    assert of(cost, "apbn")["relief"] == []


def test_each_of_twelve_months_goes_by_its_own_law() -> None:
    year = of(told(gap((1.0, None)), MAY_2026), "worker")["all_months"]["middle"]
    assert year == 8 * 8_400 + 4 * 16_800  # PP 50/2025 halves the contributions to December 2026


def test_what_the_law_leaves_open_is_null_and_says_the_question() -> None:
    village = of(told(gap((1.0, None)), MAY_2026), "village")
    assert (village["monthly"], village["all_months"], village["per_person"]) == (None, None, None)
    assert {row["programme"] for row in village["unknown"]} == {"JKK", "JKM"}
    assert village["unknown"][0]["question"]["en"]


def test_staff_and_borrowers_for_work_abroad_are_not_priced_but_counted() -> None:
    assert told(gap((1.0, None), own_account=False), APRIL_2021)["not_priced"] == 1
    cost = told(gap((1.0, "pmi/300"), (1.0, LOAN)), APRIL_2021)
    assert (cost["people"], cost["not_priced"]) == (1, 1)


def test_months_beyond_the_known_law_are_left_out() -> None:
    assert told(gap((1.0, None)), date(2027, 11, 30))["months"] == 2


def test_outside_the_known_law_there_is_no_cost() -> None:
    assert cost_of(gap=gap((1.0, None)), as_of=date(2014, 1, 31)) is None


def test_of_nobody_the_cost_is_nothing() -> None:
    cost = told(gap(), APRIL_2021)
    assert (cost["people"], of(cost, "worker")["monthly"]["middle"], cost["interval"]["high"]) == (0, 0, 0)


@settings(deadline=None, max_examples=25)
@given(st.lists(st.tuples(st.floats(0, 1), st.sampled_from([LOAN, "kecil/2000", "super_mikro/50", None])), max_size=9))
def test_programmes_add_up_to_what_the_worker_pays(people: list[tuple[float, str | None]]) -> None:
    cost = told(gap(*people), APRIL_2021)
    worker = of(cost, "worker")["monthly"]
    assert abs(sum(row["amount"] for row in cost["by_programme"]) - worker["middle"]) <= 2
    assert worker["low"] <= worker["middle"] <= worker["high"]
