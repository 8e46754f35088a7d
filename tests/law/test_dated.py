"""Blocks of the law: what is shipped covers the time that is known, and what cannot be law is refused with its line."""

from __future__ import annotations

from datetime import date
from itertools import groupby

import pytest

from jangkau.complaints import Complaint
from jangkau.law.dated import Life, in_force, read_blocks, refuse_uncited, refuse_unknown_day, shipped
from jangkau.law.months import KNOWN_FROM, KNOWN_UNTIL

WHOLE = [
    ("duties/kur.yaml", None),
    ("duties/general.yaml", None),
    ("rates/grace.yaml", "segment"),
    ("rates/due_days.yaml", "segment"),
    ("rates/late_penalties.yaml", "segment"),
    ("rates/payment_periods.yaml", "segment"),
]
TEXT = """
- {segment: PU, instrument: PP 1/2020, valid_from: 2020-01-01, valid_until: 2021-01-01, verified: true, source: gazette}
- {segment: PU, instrument: PP 2/2021, valid_from: 2021-01-01, valid_until: null, verified: false, source: gazette}
"""
LIVES = {"PP 1/2020": Life(date(2020, 1, 1), date(2021, 1, 1)), "PP 2/2021": Life(date(2021, 1, 1), None)}


@pytest.mark.parametrize(("name", "series"), WHOLE)
def test_what_is_shipped_covers_all_the_time_that_is_known(name: str, series: str | None) -> None:
    blocks = sorted(shipped(name=name, series=series), key=lambda b: (str(b.values.get(series or "")), b.valid_from))
    for _, group in groupby(blocks, key=lambda block: block.values.get(series or "")):
        of_one = list(group)
        last = of_one[-1].valid_until
        assert of_one[0].valid_from == KNOWN_FROM
        assert last is None or last >= KNOWN_UNTIL


@pytest.mark.parametrize(("name", "series"), [*WHOLE, ("rates/holidays.yaml", "year")])
def test_what_is_not_verified_or_open_is_never_called_sure(name: str, series: str | None) -> None:
    for block in shipped(name=name, series=series):
        assert not (block.verified and block.values.get("question") and not block.values.get("types"))


def test_one_block_holds_on_a_day() -> None:
    blocks = read_blocks(file="x.yaml", text=TEXT)
    found = [in_force(blocks=blocks, day=day) for day in (date(2020, 12, 31), date(2021, 1, 1), date(2019, 12, 31))]
    assert [block and block.line for block in found] == [2, 3, None]


def test_two_segments_are_two_series() -> None:
    text = TEXT.replace("segment: PU, instrument: PP 2", "segment: BPU, instrument: PP 2").replace(
        "2021-01-01, v", "2020-06-01, v"
    )
    assert len(read_blocks(file="x.yaml", text=text, series="segment")) == 2
    with pytest.raises(ValueError, match=r"x\.yaml line 3: "):
        read_blocks(file="x.yaml", text=text.replace("valid_until: 2020-06-01", "valid_until: 2021-01-01"))


def test_citations_within_the_life_of_their_instrument_are_kept() -> None:
    refuse_uncited(blocks=read_blocks(file="x.yaml", text=TEXT), instruments=LIVES)


@pytest.mark.parametrize(
    ("name", "life", "says"),
    [
        ("PP 1/2020", None, "line 2: PP 1/2020 is cited and is not among the instruments"),
        ("PP 1/2020", Life(date(2020, 1, 2), None), "line 2: PP 1/2020 is cited for 2020-01-01, before 2020-01-02"),
        ("PP 1/2020", Life(date(2020, 1, 1), date(2020, 12, 31)), "line 2: PP 1/2020 is cited beyond 2020-12-31"),
        ("PP 2/2021", Life(date(2021, 1, 1), date(2099, 1, 1)), "line 3: PP 2/2021 is cited beyond 2099-01-01"),
    ],
)
def test_citations_outside_it_are_refused_with_their_line(name: str, life: Life | None, says: str) -> None:
    lives = {key: value for key, value in {**LIVES, name: life}.items() if value is not None}
    with pytest.raises(ValueError, match=r"x\.yaml") as refused:
        refuse_uncited(blocks=read_blocks(file="x.yaml", text=TEXT), instruments=lives)
    assert says in str(refused.value)


@pytest.mark.parametrize(("day", "known"), [(KNOWN_FROM, True), (date(2027, 12, 31), True), (KNOWN_UNTIL, False)])
def test_the_time_that_is_known_has_two_edges(day: date, known: bool) -> None:
    if known:
        refuse_unknown_day(day=day, where="month")
    else:
        with pytest.raises(Complaint, match="2028-01-01"):
            refuse_unknown_day(day=day, where="month")
