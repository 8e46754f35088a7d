"""Strangers who can be watched, and errors that come together."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.calibration import judged, method
from benchmarks.invented import invented_pair
from jangkau.linkage import carelessness, watched
from jangkau.linkage.weights import Patterns, Weights, places


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Weights:
    folder: Path = tmp_path_factory.mktemp("orang_lain")
    pair = invented_pair(folder=folder, left_rows=3_000, right_rows=9_000, seed=2)
    return judged(pair=pair, how=method(style="identifier, code"), same=False, threads=1).done.weights


def _patterns(*levels: tuple[int, ...]) -> Patterns:
    return Patterns(np.array(levels, np.uint8), np.zeros(len(levels), np.uint8), np.ones(len(levels)))


def test_an_equal_number_with_nothing_else_is_not_sure() -> None:
    at = places(method=method(style="identifier, code"))
    some = _patterns((1, 1, 9, 9), (1, 6, 2, 4), (1, 6, 6, 1), (1, 9, 9, 1), (4, 1, 1, 1))
    assert watched.sure(places=at, patterns=some).tolist() == [True, True, False, False, False]


def test_without_a_number_all_fields_must_be_equal() -> None:
    at = places(method=method(style="no number"))
    some = _patterns((1, 1, 1, 1, 2), (1, 1, 9, 1, 1), (2, 1, 1, 1, 1))
    assert watched.sure(places=at, patterns=some).tolist() == [True, False, False]


def test_name_and_date_alone_make_nothing_sure() -> None:
    at = places(method=method(style="name, date"))
    assert not watched.sure(places=at, patterns=_patterns((1, 1))).any()


def test_a_row_has_the_sure_partners_that_are_not_the_pair_itself() -> None:
    a, b = np.array([0, 0, 0, 1]), np.array([5, 6, 7, 5])
    certain = np.array([True, True, False, False])
    assert watched.partners(a=a, b=b, certain=certain, rows=2, same=False).tolist() == [1.0, 1.0, 2.0, 0.0]


def test_in_one_file_both_rows_of_a_pair_have_partners() -> None:
    a, b = np.array([0, 0, 1]), np.array([1, 2, 2])
    certain = np.array([True, False, False])
    assert watched.partners(a=a, b=b, certain=certain, rows=3, same=True).tolist() == [0.0, 1.0, 1.0]


def test_who_has_no_number_cannot_be_watched() -> None:
    at = places(method=method(style="identifier, code"))
    filled = np.array([50, 100, 100, 100])
    assert watched.exposure_of(places=at, certain=25.0, rows=100, filled=filled, same=False) == pytest.approx(0.5)


def test_who_spoils_the_name_spoils_the_number_more_often(weights: Weights) -> None:
    seen = _patterns((1, 1, 1, 1), (4, 1, 1, 1), (1, 3, 1, 1), (4, 3, 1, 1))
    match, found = np.array([9e4, 1e3, 9e3, 100.0]), np.array([9e4, 1e3, 9e3, 300.0])
    care = carelessness.counted(weights=weights, seen=replace(seen, count=found), match=match, found=found).care
    assert np.exp(care[1, 4] + care[3, 4]) == pytest.approx(3.0, rel=0.03)
    assert np.exp(care[0, 4] + care[3, 4]) == pytest.approx(1.0, rel=0.03)
    assert not care[:, 1].any()
