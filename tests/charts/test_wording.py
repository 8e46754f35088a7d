"""Numbers, shares and dates as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jangkau.charts import wording
from jangkau.complaints import Text


def test_thousands_are_parted_by_dots_in_indonesian_and_commas_in_english() -> None:
    assert wording.count(value=1234567) == Text("1.234.567", "1,234,567")


def test_small_numbers_are_written_alike_in_both_languages() -> None:
    assert wording.count(value=3) == Text("3", "3")


def test_an_expected_number_is_rounded_to_people() -> None:
    assert wording.count(value=2.6) == Text("3", "3")


def test_a_difference_always_carries_its_sign() -> None:
    assert wording.signed(value=1079) == Text("+1.079", "+1,079")
    assert wording.signed(value=-18378) == Text("−18.378", "−18,378")


def test_no_difference_has_no_sign() -> None:
    assert wording.signed(value=0.2) == Text("0", "0")
    assert wording.count(value=-0.2) == Text("0", "0")


def test_a_share_has_one_decimal_and_a_comma_in_indonesian() -> None:
    assert wording.percent(part=123, whole=1000) == Text("12,3\N{NO-BREAK SPACE}%", "12.3%")


def test_a_share_of_nobody_is_a_dash() -> None:
    assert wording.percent(part=0, whole=0) == wording.NOTHING


def test_an_interval_without_a_bound_is_a_dash() -> None:
    assert wording.interval(low=None, high=12) == wording.NOTHING


def test_a_date_is_written_out() -> None:
    assert wording.day(iso="2021-05-04") == Text("4 Mei 2021", "4 May 2021")


def test_a_text_that_is_no_date_is_not_shown_as_one() -> None:
    with pytest.raises(ValueError):
        wording.day(iso="30-04-2021")


def test_a_quarter_is_spoken_and_anything_else_stays_as_it_came() -> None:
    assert wording.quarter(code="2020-Q3") == Text("Triwulan III 2020", "Q3 2020")
    assert wording.quarter(code="2020") == Text("2020", "2020")


@given(st.integers(min_value=-(10**12), max_value=10**12))
def test_both_languages_say_the_same_number(value: int) -> None:
    text = wording.count(value=value)
    assert text.id.replace(".", "") == text.en.replace(",", "")
    assert int(text.en.replace(",", "").replace("−", "-")) == value
