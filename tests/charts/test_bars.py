"""Small bars keep to their scale and leave out what is nothing."""

from __future__ import annotations

import re

import pytest

from jangkau.charts.bars import Piece, interval_bar, plain_bar, stacked_bar
from jangkau.complaints import Text

WORDS = Text("", "")


def widths(*, made: str) -> list[float]:
    return [float(one) for one in re.findall(r'width="([\d.]+)%?"', made)]


def test_the_whole_the_part_and_its_interval_share_one_scale() -> None:
    assert widths(made=interval_bar(whole=50, part=30, low=25, high=35, largest=100)) == [50, 30, 10]


def test_without_an_interval_only_two_lengths_are_drawn() -> None:
    assert widths(made=interval_bar(whole=50, part=30, low=None, high=None, largest=100)) == [50, 30]


def test_a_table_of_nobody_can_be_drawn() -> None:
    assert widths(made=interval_bar(whole=0, part=0, low=0, high=0, largest=0)) == [0, 0]


def test_pieces_fill_the_whole_and_empty_ones_are_left_out() -> None:
    made = stacked_bar(pieces=(Piece("a", WORDS, 3), Piece("b", WORDS, 0), Piece("c", WORDS, 1)))
    assert widths(made=made) == [750, 250]
    assert 'class="b"' not in made


def test_a_single_person_among_millions_is_still_seen() -> None:
    made = stacked_bar(pieces=(Piece("a", WORDS, 10_000_000), Piece("b", WORDS, 1)))
    assert widths(made=made)[1] >= 1


def test_nobody_makes_no_bar() -> None:
    assert stacked_bar(pieces=(Piece("a", WORDS, 0),)) == ""


def test_a_plain_bar_is_a_part_of_the_largest() -> None:
    assert widths(made=plain_bar(value=1, largest=3)) == [pytest.approx(33.3)]
