"""The tile grid shades by share, honestly, and says the share in words."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from hypothesis import given
from hypothesis import strategies as st

from jangkau.charts.tiles import Tile, legend, scale, tile_grid
from jangkau.complaints import Text

WORDS = Text("Peta", "Map")


def tile(*, share: float | None, column: int = 0) -> Tile:
    return Tile(name="Sumatera Utara", short="Sumut", column=column, row=0, share=share)


@given(st.lists(st.floats(min_value=0, max_value=1), min_size=1, max_size=38))
def test_every_share_falls_into_the_class_that_names_it(shares: list[float]) -> None:
    classes = scale(shares=tuple(shares))
    assert 1 <= classes.classes <= 5
    for share in shares:
        low = classes.start + classes.width * classes.shade(share=share)
        assert low - 1e-6 <= 100 * share <= low + classes.width + 1e-6


def test_a_small_difference_is_not_made_to_look_big() -> None:
    assert scale(shares=(0.650, 0.655)).classes == 1


def test_classes_far_apart_get_the_palest_and_the_darkest_shade() -> None:
    drawn = tile_grid(tiles=(tile(share=0.1), tile(share=0.9, column=1)), title=WORDS, describe=WORDS)
    assert "shade0" in drawn and "shade4" in drawn


def test_a_share_is_written_on_its_tile_in_both_languages() -> None:
    drawn = tile_grid(tiles=(tile(share=0.652),), title=WORDS, describe=WORDS)
    assert "65,2\N{NO-BREAK SPACE}%" in drawn and "65.2%" in drawn


def test_a_province_without_anybody_has_a_name_but_no_share() -> None:
    drawn = ET.fromstring(tile_grid(tiles=(tile(share=None),), title=WORDS, describe=WORDS))  # noqa: S314
    (group,) = drawn.iter("g")
    assert group.attrib["class"] == "none"
    assert [one.text for one in group.iter("text")] == ["Sumut"]


def test_the_legend_names_every_class_once() -> None:
    named = legend(tiles=(tile(share=0.1), tile(share=0.9, column=1)))
    assert len({shade for shade, _ in named}) == len(named) == 5


def test_all_of_a_province_fits_on_its_tile() -> None:
    drawn = tile_grid(tiles=(tile(share=1.0),), title=WORDS, describe=WORDS)
    assert ">100\N{NO-BREAK SPACE}%<" in drawn and "100,0" not in drawn


def test_a_remark_stands_where_there_is_no_share() -> None:
    few = Tile(name="Banten", short="Banten", column=0, row=0, share=None, remark="<100")
    assert "&lt;100" in tile_grid(tiles=(few,), title=WORDS, describe=WORDS)


def test_neighbouring_classes_get_neighbouring_shades() -> None:
    shades = [shade for shade, _ in legend(tiles=(tile(share=0.759), tile(share=0.786, column=1)))]
    assert shades == ["shade1", "shade2"]
