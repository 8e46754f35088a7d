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


@pytest.mark.parametrize(
    ("value", "told"),
    [(41_000_000, "Rp41 juta"), (8_500_000, "Rp8,5 juta"), (3_560_000, "Rp3,56 juta"), (12.3e9, "Rp12,3 miliar"),
     (100_000_000, "Rp100 juta"), (16_800, "Rp16.800")],
)  # fmt: skip
def test_an_amount_has_no_zeros_that_say_nothing(value: float, told: str) -> None:
    assert wording.rupiah(value=value).id == told.replace(" ", "\N{NO-BREAK SPACE}")


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


def test_bits_carry_their_sign_but_not_when_they_round_to_nothing() -> None:
    assert wording.bits(value=9.14) == Text("+9,1", "+9.1")
    assert wording.bits(value=-7.36) == Text("−7,4", "−7.4")
    assert wording.bits(value=-0.04) == Text("0,0", "0.0")


def test_a_small_share_is_one_in_so_many() -> None:
    assert wording.share(value=0.947) == Text("94,7\N{NO-BREAK SPACE}%", "94.7%")
    assert wording.share(value=0.0123) == Text("1,23\N{NO-BREAK SPACE}%", "1.23%")
    assert wording.share(value=1 / 12_600_000) == Text(
        "1 dari 12,6\N{NO-BREAK SPACE}juta", "1 in 12.6\N{NO-BREAK SPACE}million"
    )
    assert wording.share(value=1 / 32_123) == Text("1 dari 32.000", "1 in 32,000")


def test_a_probability_is_never_told_as_certain() -> None:
    assert wording.likelihood(value=0.83).en == "83.0%"
    assert wording.likelihood(value=0.99987).en == "99.99%"
    assert wording.likelihood(value=1 - 1e-12).en == "> 99.9999%"
    assert wording.likelihood(value=1e-12).en == "< 0.0001%"
    assert wording.likelihood(value=0.00026).en == "0.03%"
