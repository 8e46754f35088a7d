"""Names: spellings of before 1972, people called as in their province, common names common and most names rare."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from jangkau.demo.naming import draw_names, old_spelling, vocabulary, written
from tests.demo.conftest import Demo


@pytest.mark.parametrize(
    ("today", "before"),
    [
        ("Suharjo", "Soehardjo"),
        ("Cecep", "Tjetjep"),
        ("Syahrul", "Sjahroel"),
        ("Nyoman", "Njoman"),
        ("Yusuf", "Joesoef"),
    ],
)
def test_old_spelling_is_that_of_before_1972(today: str, before: str) -> None:
    assert old_spelling(today) == before


def test_people_are_named_as_in_their_province(demo: Demo) -> None:
    people = demo.truth("people").to_pylist()
    last = {
        province: Counter(row["name"].split()[-1] for row in people if row["region4"].startswith(province))
        for province in ("12", "71")
    }
    assert last["12"]["SIREGAR"] > last["71"]["SIREGAR"]
    assert last["71"]["MANDAGI"] > last["12"]["MANDAGI"]


def test_most_full_names_are_rare_and_some_are_common(demo: Demo) -> None:
    names = Counter(row["name"] for row in demo.truth("people").to_pylist())
    people = sum(names.values())
    assert 0.75 < len(names) / people < 0.97
    assert names.most_common(1)[0][1] > 10


def test_some_bear_one_word_and_some_three() -> None:
    culture = np.full(5_000, vocabulary().cultures.index("jawa"), np.int32)
    old = np.arange(5_000) % 2 == 0
    names = written(draw_names(culture=culture, female=~old, old=old, rng=np.random.default_rng(1))).to_pylist()
    words = Counter(len(name.split()) for name in names)
    assert words[1] > 100
    assert words[2] > 1_000
    assert words[3] > 500
    assert not any(
        first == second for name in names for first, second in zip(name.split(), name.split()[1:], strict=False)
    )


def _distinct(culture: str, count: int) -> Counter[str]:
    rng = np.random.default_rng(3)
    numbers = np.full(count, vocabulary().cultures.index(culture), np.int32)
    female, old = rng.random(count) < 0.5, rng.random(count) < 0.4
    return Counter(written(draw_names(culture=numbers, female=female, old=old, rng=rng)).to_pylist())


@pytest.mark.parametrize("culture", ["bali", "sunda", "jawa", "bugis"])
def test_names_of_the_poorest_regions_stay_different_in_a_large_crowd(culture: str) -> None:
    names = _distinct(culture, 200_000)
    assert len(names) > 0.5 * 200_000
    assert names.most_common(1)[0][1] > 200_000 / 1_000


def test_names_that_everybody_knows_are_common() -> None:
    names = _distinct("jawa", 200_000)
    usual = 200_000 / len(names)
    assert names["Siti Nurhaliza"] > 20 * usual
    assert names["Muhammad Rizky"] > 15 * usual


def test_built_words_can_be_said() -> None:
    words = vocabulary().words.take(vocabulary().pool_words).to_pylist()
    assert not [word for word in words if any(3 * vowel in word.lower() for vowel in "aeiou")]
    assert len(words) > 100_000
