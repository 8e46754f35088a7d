"""Probabilities against the truth of invented lists, and what a cell of name, date and place says beyond chance."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.calibration import Judged, judged, method, worst
from benchmarks.invented import Pair, invented_pair
from jangkau.linkage import strangers
from jangkau.linkage.weights import Patterns, by_care, cell_codes, places


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    folder: Path = tmp_path_factory.mktemp("kalibrasi")
    return invented_pair(folder=folder, left_rows=20_000, right_rows=60_000, seed=4)


@pytest.fixture(scope="module")
def by_style(pair: Pair) -> dict[str, Judged]:
    styles = ("NIK", "identifier, code", "no number")
    return {one: judged(pair=pair, how=method(style=one), same=False, threads=1) for one in styles}


@pytest.mark.parametrize("style", ["NIK", "identifier, code"])
def test_probabilities_are_as_often_true_as_they_say(by_style: dict[str, Judged], style: str) -> None:
    found = by_style[style]
    p = found.done.probability
    told = p >= found.done.method.low
    assert told.sum() > 5_000
    assert worst(expected=p[told], true=found.true[told].astype(float))[0] < 0.05
    assert p.sum() == pytest.approx(found.true.sum(), rel=0.01)


@pytest.mark.parametrize("style", ["NIK", "identifier, code"])
def test_rows_are_on_the_right_as_often_as_they_say(by_style: dict[str, Judged], style: str) -> None:
    found = by_style[style]
    assert found.present is not None
    present = found.present.astype(float)
    assert worst(expected=found.done.rows.probability, true=present)[0] < 0.05
    assert found.done.rows.probability.sum() == pytest.approx(present.sum(), rel=0.01)


def test_without_any_number_the_sum_stays_near_the_truth(by_style: dict[str, Judged]) -> None:
    found = by_style["no number"]
    assert "training" in found.done.weights.how
    assert found.done.probability.sum() == pytest.approx(found.true.sum(), rel=0.03)


def test_a_birth_date_that_names_no_nik_counts_as_inside_it(pair: Pair, by_style: dict[str, Judged]) -> None:
    named = judged(pair=pair, how=method(style="date inside the NIK"), same=False, threads=1)
    plain = by_style["NIK"]
    assert plain.done.weights.nik is not None
    assert plain.done.probability.sum() == pytest.approx(named.done.probability.sum(), rel=0.005)


def test_cells_outlast_leaving_out_a_field_as_if_it_were_missing() -> None:
    at = places(method=method(style="NIK"))
    levels = np.array([[1, 1, 1, 1, 1, 1], [1, 1, 9, 1, 1, 1]], np.uint8)
    patterns = Patterns(levels, np.array([4, 4], np.uint8), np.ones(2))
    assert at.born is not None
    assert len(set(cell_codes(places=at, patterns=patterns).tolist())) == 2
    assert len(set(cell_codes(places=at, patterns=patterns, without=(at.born,)).tolist())) == 1


def test_a_missing_field_is_not_damaged() -> None:
    at = places(method=method(style="NIK"))
    levels = np.array([[3, 1, 1, 1, 1, 1], [3, 1, 3, 1, 1, 1], [3, 9, 3, 1, 1, 1]], np.uint8)
    patterns = Patterns(levels, np.zeros(3, np.uint8), np.ones(3))
    care = np.zeros((6, 10))
    care[:, 3] = (1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
    assert by_care(care=care, places=at, patterns=patterns).tolist() == [9.0, 17.0, 20.0]


def test_no_pair_leaves_the_weights_as_they_were(by_style: dict[str, Judged]) -> None:
    weights = by_style["NIK"].done.weights
    nothing = Patterns(np.zeros((0, 6), np.uint8), np.zeros(0, np.uint8), np.zeros(0))
    assert strangers.weighed(weights=weights, kept=nothing, random=nothing) is weights
