"""Due days: cases a lawyer can read, and calendars with and without holidays."""

from __future__ import annotations

import doctest
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from jangkau.complaints import Complaint
from jangkau.law import deadlines as law
from jangkau.law.deadlines import Deadlines, WorkingCalendar, deadlines, shipped_calendar
from jangkau.law.loading import law as shipped
from jangkau.law.rules import Said, rules_of
from jangkau.law.values import SEGMENTS

CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parents[1] / "cases" / "law" / "deadlines.yaml").read_text(encoding="utf-8")
)
MONTHS = st.dates(date(2015, 7, 1), date(2027, 12, 31))


def month_of(case: dict[str, Any]) -> date:
    return date.fromisoformat(f"{case['facts']['month']}-01")


def said(found: Deadlines, name: str) -> Any:
    return {
        "nominal": found.nominal,
        "due": found.due,
        "due_verified": found.due_basis.verified,
        "penalty": None if found.penalty_rate is None else str(found.penalty_rate),
        "penalty_verified": found.penalty_basis.verified,
        "grace_until": found.grace_until,
        "periods": [period.paid_through for period in found.periods],
        "assumed": bool(found.assumed),
    }[name]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_law_of_a_case(case: dict[str, Any]) -> None:
    assert case["source"]
    found = deadlines(segment=case["facts"]["segment"], month=month_of(case), calendar=shipped_calendar())
    assert {name: said(found, name) for name in case["expect"]} == case["expect"]


@pytest.mark.parametrize("name", ["due_day", "late_penalty"])
@pytest.mark.parametrize("segment", SEGMENTS)
def test_the_cases_stand_in_the_first_and_last_month_of_every_value(name: str, segment: str) -> None:
    months = {(case["facts"]["segment"], month_of(case)) for case in CASES}
    known = date(2015, 7, 1)
    for rule in rules_of(law=shipped(), name=f"{segment.lower()}.{name}", kind=Said):
        begin = rule.valid_from
        before = date(begin.year - (begin.month == 1), (begin.month - 2) % 12 + 1, 1)
        edges = {begin, before} if begin > known else set()
        assert {(segment, edge) for edge in edges} <= months


@given(st.sampled_from(SEGMENTS), MONTHS)
def test_every_month_is_answered_and_what_is_missing_is_asked(segment: str, month: date) -> None:
    found = deadlines(segment=segment, month=month, calendar=shipped_calendar())
    missing = [found.due, found.penalty_rate, found.grace_until].count(None) + (not found.periods)
    assert len(found.questions) == missing
    assert not (missing and found.verified)


@given(MONTHS)
def test_nothing_is_due_before_its_day_or_on_a_holiday(month: date) -> None:
    calendar = shipped_calendar()
    found = deadlines(segment="PU", month=month, calendar=calendar)
    assert found.nominal is not None
    assert found.due is not None
    assert found.due >= found.nominal
    assert calendar.is_working(day=found.due)
    assert not (found.due_basis.verified and found.due != found.nominal)


def test_another_calendar_gives_another_day() -> None:
    closed = WorkingCalendar(
        holidays=frozenset({date(2021, 4, 15), date(2021, 4, 16)}),
        joint_leave=frozenset(),
        known_years=frozenset({2021}),
        doubted_years=frozenset(),
    )
    assert deadlines(segment="PU", month=date(2021, 3, 9), calendar=closed).due == date(2021, 4, 19)


def test_a_year_without_a_list_says_so() -> None:
    found = deadlines(segment="PU", month=date(2019, 4, 1), calendar=shipped_calendar())
    assert any("2019" in note.en and "not known" in note.en for note in found.notes)


@pytest.mark.parametrize(
    ("segment", "month", "says"),
    [
        ("TKI", date(2021, 1, 1), "PU, BPU, JAKON, PMI"),
        ("PU", date(2015, 6, 30), "from 2015-07 to 2027-12"),
        ("PU", date(2028, 1, 1), "from 2015-07 to 2027-12"),
    ],
)
def test_what_cannot_be_answered_is_named(segment: str, month: date, says: str) -> None:
    with pytest.raises(Complaint) as refused:
        deadlines(segment=segment, month=month, calendar=shipped_calendar())
    assert says in refused.value.message("en")


def test_the_examples_in_the_text_are_true() -> None:
    results = doctest.testmod(law)
    assert results.attempted > 0
    assert results.failed == 0
