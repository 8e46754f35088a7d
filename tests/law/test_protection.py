"""Protection from dates: cases a lawyer can read on both engines, and the engines against each other."""

from __future__ import annotations

import doctest
from datetime import date
from pathlib import Path
from typing import Any, get_args

import pyarrow as pa
import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jangkau.law import protection as law
from jangkau.law.months import month_end
from jangkau.law.protection import Membership, State, grace, protection
from jangkau.law.values import SEGMENTS
from tests.law.engines import Engine, protected

CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parents[1] / "cases" / "law" / "protection.yaml").read_text(encoding="utf-8")
)
DAYS = st.dates(date(2014, 1, 1), date(2024, 12, 31)) | st.sampled_from(
    [date(2020, 2, 29), date(2015, 6, 30), date(2015, 7, 1), date(2022, 6, 30), date(2022, 7, 1), date(2021, 12, 31)]
)
MEMBERSHIPS = st.builds(
    Membership,
    segment=st.sampled_from(SEGMENTS),
    started=st.none() | DAYS,
    paid_month=st.none() | DAYS | st.just(date(9999, 12, 1)),
    ended=st.none() | DAYS,
)
Row = tuple[str, date | None, date | None]


def in_sql(engine: Engine, memberships: list[Membership], as_of: date) -> list[Row]:
    """(state, paid through, grace until) by law/sql/protection.sql."""
    rows = pa.table(
        {
            "place": pa.array(range(len(memberships)), pa.int64()),
            "segmen": [m.segment for m in memberships],
            "tanggal_mulai": pa.array([m.started for m in memberships], pa.date32()),
            "lunas_sampai": pa.array([m.paid_month for m in memberships], pa.date32()),
            "tanggal_berhenti": pa.array([m.ended for m in memberships], pa.date32()),
        }
    )
    months = pa.array([grace(segment=s, as_of=as_of).months for s in SEGMENTS], pa.int32())
    table = pa.table({"segment": list(SEGMENTS), "months": months})
    found = protected(engine=engine, register=rows, grace=table, as_of=as_of)
    return [(row["state"], row["paid_through"], row["grace_until"]) for row in found]


def of_case(case: dict[str, Any]) -> Membership:
    facts = case["facts"]
    month = facts.get("paid_month")
    paid = date.fromisoformat(f"{month}-01") if month else None
    return Membership(facts["segment"], facts.get("started"), paid, facts.get("ended"))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_law_of_a_case(case: dict[str, Any]) -> None:
    assert case["source"]
    found = protection(membership=of_case(case), as_of=case["as_of"], unknown_grace="unknown")
    said = {"question": found.question is not None}
    expected = case["expect"]
    assert {name: said[name] if name in said else getattr(found, name) for name in expected} == expected


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_run_counts_a_case_on_both_engines(engine: Engine, case: dict[str, Any]) -> None:
    state = case.get("in_a_run", case["expect"]["state"])
    assert protection(membership=of_case(case), as_of=case["as_of"]).state == state
    assert in_sql(engine, [of_case(case)], case["as_of"])[0][0] == state


def test_only_an_unknown_state_is_counted_as_another() -> None:
    assert all(("in_a_run" in case) == (case["expect"]["state"] == "unknown") for case in CASES)


@given(MEMBERSHIPS, DAYS)
def test_an_unknown_state_has_a_question_and_protects_nobody(membership: Membership, as_of: date) -> None:
    found = protection(membership=membership, as_of=as_of, unknown_grace="unknown")
    counted = protection(membership=membership, as_of=as_of)
    assert (found.state == "unknown") == (found.question is not None)
    assert found.counts_as_protected == counted.counts_as_protected
    assert found.state in (counted.state, "unknown")


def test_the_cases_know_every_state_and_segment() -> None:
    assert {case["expect"]["state"] for case in CASES} == set(get_args(State))
    assert {case["facts"]["segment"] for case in CASES} == set(SEGMENTS)


@settings(max_examples=150, deadline=None)
@given(st.lists(MEMBERSHIPS, min_size=1, max_size=40), DAYS)
@example([Membership("BPU", None, date(9999, 12, 31), None)], date(2021, 4, 30))
def test_sql_and_python_say_the_same(engine: Engine, memberships: list[Membership], as_of: date) -> None:
    for membership, (state, paid, _) in zip(memberships, in_sql(engine, memberships, as_of), strict=True):
        plain = protection(membership=membership, as_of=as_of)
        assert (state, paid) == (plain.state, plain.paid_through), membership


@settings(max_examples=100, deadline=None)
@given(st.lists(MEMBERSHIPS.filter(lambda m: m.paid_month != date(9999, 12, 1)), min_size=1, max_size=40), DAYS)
def test_sql_and_python_end_the_grace_on_one_day(engine: Engine, memberships: list[Membership], as_of: date) -> None:
    found = [until for _, _, until in in_sql(engine, memberships, as_of)]
    assert found == [protection(membership=m, as_of=as_of).grace_until for m in memberships]


def test_a_segment_nobody_knows_is_computed_without_grace(engine: Engine) -> None:
    stranger = Membership("XYZ", None, date(2021, 3, 1), None)
    assert in_sql(engine, [stranger], date(2021, 4, 1))[0][0] == "lapsed"
    assert protection(membership=stranger, as_of=date(2021, 4, 1)).state == "lapsed"


@given(MEMBERSHIPS, DAYS)
def test_protected_means_active_or_in_grace(membership: Membership, as_of: date) -> None:
    found = protection(membership=membership, as_of=as_of)
    assert found.counts_as_protected == (found.state in {"active", "in_grace"})


@given(DAYS, st.integers(0, 40))
def test_a_month_end_is_the_day_before_a_first(day: date, months: int) -> None:
    end = month_end(month=day, later=months)
    following = date.fromordinal(end.toordinal() + 1)
    assert following.day == 1
    assert (end.year - day.year) * 12 + end.month - day.month == months


def test_the_examples_in_the_text_are_true() -> None:
    results = doctest.testmod(law)
    assert results.attempted > 0
    assert results.failed == 0
