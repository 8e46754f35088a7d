"""Charts of coverage say one language, keep hidden numbers hidden, and fit on their tiles."""

from __future__ import annotations

import itertools
from datetime import date
from typing import TYPE_CHECKING

import pytest

from jangkau import places
from jangkau.complaints import Text

if TYPE_CHECKING:
    from jangkau.platform.coverage.drawing import Point

TITLE = Text("Bagian", "Share")


@pytest.fixture(autouse=True)
def _set_up(platform: object) -> None:
    """Drawing reads the words of figures, which are models."""


def _points(*shares: float | None) -> list[Point]:
    from jangkau.platform.coverage.drawing import Point

    return [Point(date(2020 + i, 4, 30), share, share, share) for i, share in enumerate(shares)]


def test_a_drawing_of_both_languages_keeps_one() -> None:
    from jangkau.platform.coverage.drawing import in_language

    both = '<title>Peta / Peta</title><text class="a" lang="id" x="1">1,5 %</text><text class="a" lang="en">1.5%</text>'
    assert in_language(svg=both, language="id") == '<title>Peta</title><text class="a" x="1">1,5 %</text>'


def test_every_regency_has_a_name_that_fits_its_tile_and_no_two_of_a_province_the_same() -> None:
    from jangkau.platform.coverage.drawing import short_name

    for _, inside in itertools.groupby(places.regencies(), lambda one: (one.province, one.name[:4])):
        names = [short_name(name=one.name) for one in inside]
        assert max(map(len, names)) <= 10
        assert len(names) - len(set(names)) <= 1, names


def test_a_trend_needs_two_dates_and_leaves_a_gap_for_a_hidden_one() -> None:
    from jangkau.platform.coverage.drawing import trend

    assert trend(points=_points(0.8), title=TITLE, language="id") == ""
    assert trend(points=_points(0.8, None), title=TITLE, language="id") == ""
    assert trend(points=_points(0.8, None, 0.7), title=TITLE, language="id").count("<circle") == 2


def test_a_hidden_stage_of_the_funnel_keeps_its_place_without_its_number() -> None:
    from jangkau.platform.coverage.drawing import funnel

    drawn = funnel(stages=[(TITLE, 500), (TITLE, None), (TITLE, 100)], title=TITLE, language="id")
    assert drawn.count('class="ground"') == 3
    assert 'class="stage1"' not in drawn
    assert "•••" in drawn


def test_a_map_tells_few_from_hidden_and_shades_neither() -> None:
    from jangkau.platform.coverage.drawing import Part, map_of

    parts = [
        Part("A", "A", 0, 0, 80, 100),
        Part("B", "B", 1, 0, 8, 90),
        Part("C", "C", 2, 0, None, None),
        Part("D", "D", 3, 0, None, 0),
    ]
    drawn, legend = map_of(parts=parts, title=TITLE, language="en")
    assert drawn.count('class="few"') == 2
    assert drawn.count('class="none"') == 1
    assert "80.0%" in drawn
    assert len(legend) == 1


@pytest.mark.parametrize(("as_of", "many"), [(date(2021, 4, 30), 34), (date(2026, 4, 30), 38)])
def test_the_map_has_the_provinces_of_its_date(as_of: date, many: int) -> None:
    from jangkau.platform.coverage.taking import _provinces

    assert len(_provinces([], as_of)) == many
