"""The waterfall stands on the ground, hangs together and says its numbers."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from jangkau.charts.waterfall import Step, waterfall_narrow, waterfall_wide
from jangkau.complaints import Text

SVG = Text("Judul", "Title")


def steps(*, result: float = 60, low: float | None = 55, high: float | None = 66) -> tuple[Step, ...]:
    return (
        Step(Text("Baris", "Rows"), 100, "total"),
        Step(Text("Terlindungi", "Protected"), -40, "change"),
        Step(Text("Belum", "Unprotected"), result, "result", low, high),
    )


def drawn(*, made: str) -> ET.Element:
    return ET.fromstring(made)  # noqa: S314 - made by our own code


def rects(*, made: str) -> list[dict[str, float]]:
    return [{k: float(v) for k, v in one.attrib.items() if k != "class"} for one in drawn(made=made).iter("rect")]


@pytest.mark.parametrize("draw", [waterfall_wide, waterfall_narrow])
def test_it_has_one_bar_per_step_and_a_title_for_screen_readers(draw: object) -> None:
    made = draw(steps=steps(), title=SVG, describe=SVG)  # type: ignore[operator]
    assert len(rects(made=made)) == 3
    root = drawn(made=made)
    assert root.findtext("title") == "Judul / Title"
    assert root.attrib["role"] == "img"


def test_a_change_hangs_between_what_was_before_and_what_is_left() -> None:
    rows, off, left = rects(made=waterfall_wide(steps=steps(), title=SVG, describe=SVG))
    assert off["y"] == pytest.approx(rows["y"])
    assert off["y"] + off["height"] == pytest.approx(left["y"], abs=0.2)


def test_heights_are_in_proportion() -> None:
    rows, off, left = rects(made=waterfall_wide(steps=steps(), title=SVG, describe=SVG))
    assert off["height"] / rows["height"] == pytest.approx(0.4, abs=0.01)
    assert left["height"] / rows["height"] == pytest.approx(0.6, abs=0.01)


def test_something_added_on_rises() -> None:
    made = (Step(SVG, 100, "total"), Step(SVG, 20, "change"), Step(SVG, 120, "result"))
    first, more, last = rects(made=waterfall_wide(steps=made, title=SVG, describe=SVG))
    assert more["y"] < first["y"]
    assert more["y"] == pytest.approx(last["y"], abs=0.2)


def test_the_narrow_one_never_leaves_its_width() -> None:
    made = waterfall_narrow(steps=steps(result=60, high=140), title=SVG, describe=SVG)
    assert all(one["x"] + one["width"] <= 358.1 for one in rects(made=made))


@pytest.mark.parametrize("draw", [waterfall_wide, waterfall_narrow])
def test_nobody_at_all_can_be_drawn(draw: object) -> None:
    nothing = (Step(SVG, 0, "total"), Step(SVG, 0, "change"), Step(SVG, 0, "result", 0, 0))
    assert "nan" not in draw(steps=nothing, title=SVG, describe=SVG)  # type: ignore[operator]


def test_labels_are_escaped() -> None:
    evil = Text("<b>&", "<i>&")
    made = waterfall_wide(steps=(Step(evil, 1, "total"),), title=evil, describe=evil)
    assert "<b>" not in made and drawn(made=made).findtext("title") == "<b>& / <i>&"


def test_a_long_interval_stays_inside_the_picture() -> None:
    made = waterfall_wide(steps=steps(result=60, low=12_345_678, high=12_999_999), title=SVG, describe=SVG)
    spread = next(one for one in drawn(made=made).iter("text") if "spread" in one.attrib["class"])
    assert float(spread.attrib["x"]) + len("12.345.678-12.999.999") * 8 / 2 <= 1080
