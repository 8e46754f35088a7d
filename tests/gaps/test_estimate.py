"""The estimate of what linkage missed, against simulations whose truth is known; and the arithmetic of the interval."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jangkau.gaps.estimate import Captures, Missed, PersonDoubt, interval, missed

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Cell:
    """Links that are true, how many have an identifier on both sides, and what each pass finds of them."""

    links: int
    comparable: float
    identifier: float
    description: float


CELLS = (Cell(9_000, 0.95, 0.97, 0.90), Cell(2_500, 0.80, 0.85, 0.60), Cell(400, 0.50, 0.90, 0.80))


@dataclass(frozen=True)
class Draw:
    """What linkage would see of the true links, and how many it did not see (with and without an identifier)."""

    captures: Captures
    unseen_with: Floats
    unseen_without: Floats


def draw(rng: np.random.Generator, cells: tuple[Cell, ...]) -> Draw:
    """Passes that err independently within a cell. Without an identifier only the description can find."""
    cell = np.repeat(np.arange(len(cells)), [c.links for c in cells])
    chance = {
        name: np.array([getattr(c, name) for c in cells])[cell] for name in ("comparable", "identifier", "description")
    }
    comparable = rng.random(len(cell)) < chance["comparable"]
    by_identifier = comparable & (rng.random(len(cell)) < chance["identifier"])
    by_description = rng.random(len(cell)) < chance["description"]
    found = by_identifier | by_description
    counted = [
        np.bincount(cell[~found & mask], minlength=len(cells)).astype(float) for mask in (comparable, ~comparable)
    ]
    seen = (cell[found], comparable[found], by_identifier[found], by_description[found], np.ones(int(found.sum())))
    return Draw(Captures(*seen), *counted)


def captures_of(
    *, cell: int = 0, both: int = 0, identifier: int = 0, description: int = 0, together: int = 0, blind: int = 0
) -> Captures:
    """So many links caught by both passes, by one alone, only by both together, and without an identifier."""
    kinds = ((True, True, True), (True, True, False), (True, False, True), (True, False, False), (False, False, True))
    flags = np.repeat(np.array(kinds), [both, identifier, description, together, blind], axis=0)
    return Captures(np.full(len(flags), cell), flags[:, 0], flags[:, 1], flags[:, 2], np.ones(len(flags)))


def test_the_missed_are_found_in_number_on_average() -> None:
    rng = np.random.default_rng(1)
    draws = [draw(rng, CELLS) for _ in range(300)]
    estimates = [missed(captures=d.captures, cells=len(CELLS)) for d in draws]
    with_identifier = np.mean([e.with_identifier for e in estimates], axis=0)
    without = np.mean([e.without_identifier for e in estimates], axis=0)
    truth_with = np.mean([d.unseen_with for d in draws], axis=0)
    truth_without = np.mean([d.unseen_without for d in draws], axis=0)
    assert with_identifier[:2] == pytest.approx(truth_with[:2], rel=0.04)
    assert without[:2] == pytest.approx(truth_without[:2], rel=0.04)
    # Of the small cell four links with an identifier and forty without are missed: a few tenths of a link of bias.
    assert with_identifier[2] == pytest.approx(truth_with[2], abs=0.4)
    assert without[2] == pytest.approx(truth_without[2], rel=0.06)


def test_the_variance_is_the_scatter_of_the_error() -> None:
    """Neither promises more than it keeps nor is so wide that it says nothing."""
    rng = np.random.default_rng(2)
    draws = [draw(rng, CELLS) for _ in range(400)]
    estimates = [missed(captures=d.captures, cells=len(CELLS)) for d in draws]
    for mine, truth, variance in (
        ("with_identifier", "unseen_with", "variance_with"),
        ("without_identifier", "unseen_without", "variance_without"),
    ):
        error = np.array([getattr(e, mine) - getattr(d, truth) for e, d in zip(estimates, draws, strict=True)])
        said = np.sqrt(np.mean([getattr(e, variance) for e in estimates], axis=0))
        assert np.all(error.std(axis=0) <= 1.15 * said), mine
        assert np.all(said <= 1.5 * error.std(axis=0)), mine


def test_what_is_counted_by_hand() -> None:
    """90 both, 10 by the identifier alone, 9 by the description alone: 10 * 9 / 91 are missed."""
    found = missed(captures=captures_of(both=90, identifier=10, description=9, blind=20), cells=1)
    assert found.with_identifier[0] == pytest.approx(90 / 91)
    failing = 10.5 / 101
    assert found.without_identifier[0] == pytest.approx(20 * failing / (1 - failing))
    assert found.total == pytest.approx(found.with_identifier[0] + found.without_identifier[0])


def test_links_that_only_both_passes_together_found_are_not_missed() -> None:
    some = missed(captures=captures_of(both=90, identifier=30, description=30), cells=1)
    fewer = missed(captures=captures_of(both=90, identifier=30, description=30, together=4), cells=1)
    assert fewer.with_identifier[0] == pytest.approx(some.with_identifier[0] - 4)
    none = missed(captures=captures_of(both=90, identifier=3, description=3, together=40), cells=1)
    assert none.with_identifier[0] == 0


def test_a_wrong_identifier_hides_what_a_missing_one_does_not() -> None:
    """The description finds 95 % of links without an identifier, but only 80 % of them against one that is wrong."""
    rng = np.random.default_rng(5)
    errors, unseen = [], []
    for _ in range(200):
        right = rng.random(20_000) < 0.97
        draw = rng.random(20_000)
        despite, described = draw < 0.80, draw < 0.95
        found = right | despite
        seen = Captures(
            np.zeros(found.sum(), np.int64),
            np.ones(found.sum(), bool),
            right[found],
            described[found],
            np.ones(found.sum()),
        )
        estimate = missed(captures=seen, cells=1, despite=despite[found]).with_identifier[0]
        unseen.append(float((~found).sum()))
        errors.append(estimate - unseen[-1])
    assert abs(np.mean(errors)) < 0.03 * np.mean(unseen)


def test_a_cell_says_nothing_about_another() -> None:
    alone = missed(captures=captures_of(both=50, identifier=9, description=8), cells=3)
    parts = [
        captures_of(both=50, identifier=9, description=8),
        captures_of(cell=2, both=7, identifier=30, description=40),
    ]
    joined = missed(
        captures=Captures(*(np.concatenate([getattr(p, n) for p in parts]) for n in Captures.__dataclass_fields__)),
        cells=3,
    )
    assert joined.with_identifier[0] == alone.with_identifier[0]
    assert joined.with_identifier[1] == 0
    assert joined.with_identifier[2] > 0


@settings(deadline=None)
@given(st.lists(st.integers(0, 30), min_size=5, max_size=5), st.integers(0, 3), st.floats(0.01, 1.0))
def test_no_cell_is_too_small(counts: list[int], cell: int, weight: float) -> None:
    """Empty cells, cells without overlap, links of weight below one: numbers, never negative, never infinite."""
    both, identifier, description, together, blind = counts
    captures = captures_of(
        cell=cell, both=both, identifier=identifier, description=description, together=together, blind=blind
    )
    captures = Captures(
        captures.cell, captures.comparable, captures.by_identifier, captures.by_description, captures.weight * weight
    )
    found = missed(captures=captures, cells=4)
    for values in (found.with_identifier, found.without_identifier, found.variance_with, found.variance_without):
        assert values.shape == (4,)
        assert np.all(np.isfinite(values))
        assert np.all(values >= 0)
        assert not np.any(np.delete(values, cell))


def test_without_any_link_nothing_is_missed() -> None:
    assert missed(captures=captures_of(), cells=4).total == 0


def test_a_link_of_half_weight_counts_half_of_the_blind() -> None:
    whole = captures_of(both=900, identifier=100, blind=50)
    half = Captures(whole.cell, whole.comparable, whole.by_identifier, whole.by_description, whole.weight / 2)
    expected = missed(captures=whole, cells=1).without_identifier[0]
    assert missed(captures=half, cells=1).without_identifier[0] == pytest.approx(expected / 2, rel=0.01)


def doubt_of(*protected: float, twice: float = 0.0) -> PersonDoubt:
    return PersonDoubt(np.array(protected), np.full(len(protected), twice))


def test_the_estimate_is_the_sum_of_those_not_protected() -> None:
    doubt = doubt_of(0.0, 1.0, 0.25, 0.5)
    everybody = np.ones(4, dtype=bool)
    found = interval(people=everybody, doubt=doubt, common_deviation=0.0, whole=2.25)
    half = 1.959963984540054 * np.sqrt(0.75 * 0.25 + 0.5 * 0.5)
    assert found.estimate == pytest.approx(2.25)
    assert (found.low, found.high) == pytest.approx((2.25 - half, 2.25 + half))


def test_who_may_be_counted_twice_counts_less() -> None:
    found = interval(people=np.ones(2, dtype=bool), doubt=doubt_of(0.0, 0.5, twice=0.1), common_deviation=0, whole=1.35)
    assert found.estimate == pytest.approx(0.9 + 0.45)


def test_only_the_people_asked_for_are_counted() -> None:
    chosen = np.array([True, False, True])
    assert interval(people=chosen, doubt=doubt_of(0, 0, 1), common_deviation=0, whole=2).estimate == 1


def test_certainty_has_no_width() -> None:
    found = interval(people=np.ones(3, dtype=bool), doubt=doubt_of(0, 1, 0), common_deviation=0, whole=2)
    assert (found.low, found.estimate, found.high) == (2, 2, 2)


def test_a_group_bears_its_share_of_the_common_error() -> None:
    doubt = doubt_of(*[0.0] * 1000)
    tenth = np.arange(1000) < 100
    whole = interval(people=np.ones(1000, dtype=bool), doubt=doubt, common_deviation=20, whole=1000)
    group = interval(people=tenth, doubt=doubt, common_deviation=20, whole=1000)
    assert whole.estimate - whole.low == pytest.approx(10 * (group.estimate - group.low))


def test_the_interval_stays_between_nobody_and_everybody() -> None:
    doubt = doubt_of(0.9, 0.9, 0.1)
    found = interval(people=np.ones(3, dtype=bool), doubt=doubt, common_deviation=50, whole=1.1)
    assert (found.low, found.high) == (0, 3)


def test_nobody_is_no_error() -> None:
    found = interval(people=np.zeros(2, dtype=bool), doubt=doubt_of(0.5, 0.5), common_deviation=5, whole=0)
    assert (found.low, found.estimate, found.high) == (0, 0, 0)


def test_figures_for_people_are_whole() -> None:
    rounded = interval(people=np.ones(2, dtype=bool), doubt=doubt_of(0.4, 0), common_deviation=0, whole=2).as_dict()
    assert rounded["estimate"] == 2
    assert all(isinstance(value, int) for value in rounded.values())


def test_totals_add_both_kinds() -> None:
    two = np.array([1.0, 2.0])
    assert Missed(two, two, two, two).total == 6.0
