"""Days, months and amounts as people write them: read, or refused with the option under which they stand."""

from __future__ import annotations

import doctest
from datetime import date

import pytest

from jangkau.complaints import Complaint
from jangkau.law import facts
from jangkau.law.facts import any_day, any_month, read_day, read_month


@pytest.mark.parametrize(
    "text", ["2026-5-1", "2026-02-30", "20260501", "2026-05-01T00:00", "２026-05-01", "", "0000-01-01"]
)
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(Complaint, match="is no date") as refused:
        read_day(text=text, option="--on")
    assert refused.value.where == "--on"


@pytest.mark.parametrize("text", ["2026-5", "2026-13", "2026-00", "2026-05-01", "May 2026", "0000-05", "２026-05"])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(Complaint, match="is no month") as refused:
        read_month(text=text)
    assert refused.value.where == "--month"


@pytest.mark.parametrize(("day", "known"), [("2015-06-30", False), ("2015-07-01", True), ("2027-12-31", True)])
def test_a_day_is_one_for_which_the_law_is_known(day: str, known: bool) -> None:
    assert any_day(text=day, option="--started") == date.fromisoformat(day)
    if known:
        assert read_day(text=day, option="--on") == date.fromisoformat(day)
    else:
        with pytest.raises(Complaint, match="from 2015-07 to 2027-12"):
            read_day(text=day, option="--on")


def test_a_month_of_long_ago_may_be_the_last_one_paid() -> None:
    assert any_month(text="2014-12", option="--paid-until") == date(2014, 12, 1)
    with pytest.raises(Complaint, match="from 2015-07 to 2027-12"):
        read_month(text="2014-12")


def test_the_examples_in_the_text_are_true() -> None:
    results = doctest.testmod(facts)
    assert results.attempted > 0
    assert results.failed == 0
