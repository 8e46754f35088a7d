"""The comparison with the truth, as `make demo` prints it."""

from __future__ import annotations

from dataclasses import replace

from jangkau.cli.comparison import shown
from jangkau.complaints import Language
from jangkau.demo.compare import Comparison, Figure, Links

LANGUAGES: tuple[Language, Language] = ("id", "en")
COMPARISON = Comparison(
    unprotected=Figure(None, None, 97_321.4, 97_010.0, 97_640.0, 97_200),
    regions=(
        Figure("1271", "Kota Medan", 9_000, 8_900, 9_100, 9_050),
        Figure("7171", "Kota Manado", 2_000, 1_950, 2_050, 2_001),
        Figure("1272", "Kota Pematangsiantar", 1_000, 950, 1_050, 1_100),
    ),
    people=131_022,
    true_people=131_000,
    links=Links(made=1000, right=990, to_make=1000),
)


def test_the_first_offices_come_first_then_the_largest_regions() -> None:
    lines = shown(comparison=COMPARISON, language="en").splitlines()
    assert [line.split("  ")[0] for line in lines[2:6]] == ["All", "Kota Pematangsiantar", "Kota Manado", "Kota Medan"]


def test_figures_are_written_in_the_readers_way() -> None:
    in_id, in_en = (shown(comparison=COMPARISON, language=language).splitlines()[2].split() for language in LANGUAGES)
    assert in_id == ["Semua", "97.321", "97.010", "–", "97.640", "97.200", "0,1", "%"]
    assert in_en == ["All", "97,321", "97,010", "–", "97,640", "97,200", "0.1", "%"]


def test_it_says_whether_the_interval_holds_the_truth() -> None:
    assert "The interval holds the truth." in shown(comparison=COMPARISON, language="en")
    off = Comparison(Figure(None, None, 1, 0, 2, 9), (), 1, 1, Links(0, 0, 0))
    assert "does NOT hold" in shown(comparison=off, language="en")


def test_people_of_no_known_region_are_told_since_each_region_lacks_some() -> None:
    assert "do not say where" not in shown(comparison=COMPARISON, language="en")
    said = shown(comparison=replace(COMPARISON, nowhere=985.6), language="en")
    assert "The lists do not say where 986 of them live" in said


def test_links_are_told_with_precision_and_recall() -> None:
    assert "precision 0.9900, recall 0.9900" in shown(comparison=COMPARISON, language="en")
