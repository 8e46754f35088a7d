"""The difference estimator on invented populations whose truth is known: right on average, and its interval holds."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from jangkau.gaps.estimate import Z95
from jangkau.gaps.review.difference import Difference, difference
from jangkau.gaps.review.strata import NO_CANDIDATE, STRATA, Drawn, allocate, draw, name_of, stratum_of

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class Population:
    """People with a truth, and a model that is badly wrong about them."""

    def __init__(self, *, seed: int, people: int = 6_000) -> None:
        random = np.random.default_rng(seed)
        kind = random.choice(3, size=people, p=[0.25, 0.1, 0.65])
        self.candidate = kind < 2
        self.poor = random.random(people) < 0.2
        chance = np.array([0.04, 0.75, 0.80])[kind] - 0.2 * self.poor * (kind == 2)
        self.y = (random.random(people) < chance).astype(float)
        # sure where it should not be, and the wrong way round in the middle
        self.p = np.array([0.0, 0.2, 1.0])[kind] + random.random(people) * np.array([0.01, 0.2, -0.01])[kind]
        self.stratum = stratum_of(expected=self.p, candidate=self.candidate, poor=self.poor)

    def draw(self, *, size: int, seed: int) -> Drawn:
        return draw(stratum=self.stratum, expected=self.p, size=size, seed=seed)

    def answer(self, drawn: Drawn, y: Floats | None = None) -> Difference:
        return difference(
            people=drawn.people,
            expected=drawn.expected,
            stratum=drawn.stratum,
            p=self.p[drawn.places],
            y=self.y[drawn.places] if y is None else y,
        )


def test_it_is_right_on_average_though_the_model_is_badly_wrong() -> None:
    population = Population(seed=1)
    truth = float(population.y.sum())
    assert abs(population.p.sum() - truth) > 0.05 * truth
    totals = np.array([population.answer(population.draw(size=300, seed=s)).total for s in range(600)])
    error = float(totals.std(ddof=1) / np.sqrt(len(totals)))
    assert abs(totals.mean() - truth) < 3 * error
    assert error < 0.002 * truth


@pytest.mark.parametrize(("size", "wrong"), [(300, True), (300, False), (100, True)])
def test_its_interval_holds_the_truth(size: int, wrong: bool) -> None:
    population = Population(seed=2)
    if not wrong:
        population.y = (np.random.default_rng(3).random(len(population.p)) < population.p).astype(float)
    truth = float(population.y.sum())
    held, said, totals = 0, [], []
    for seed in range(400):
        answer = population.answer(population.draw(size=size, seed=seed))
        said.append(answer.variance)
        totals.append(answer.total)
        held += abs(answer.total - truth) <= Z95 * np.sqrt(answer.variance)
    assert held >= 0.93 * 400
    if wrong:  # nor so wide that it says nothing
        assert np.sqrt(np.mean(said)) < 1.7 * np.std(totals)


def test_looking_at_everybody_leaves_no_doubt() -> None:
    population = Population(seed=4, people=200)
    answer = population.answer(population.draw(size=200, seed=1))
    assert answer.total == pytest.approx(population.y.sum())
    assert answer.variance == 0
    assert answer.answered == 200


def test_who_could_not_be_told_is_like_the_others_of_his_stratum() -> None:
    population = Population(seed=5)
    random = np.random.default_rng(6)
    totals = []
    for seed in range(300):
        drawn = population.draw(size=300, seed=seed)
        y = population.y[drawn.places].copy()
        y[random.random(len(y)) < 0.2] = np.nan
        totals.append(population.answer(drawn, y).total)
    truth = float(population.y.sum())
    assert np.mean(totals) == pytest.approx(truth, abs=3 * np.std(totals) / np.sqrt(300) + 0.002 * truth)


def test_a_stratum_without_answers_goes_with_its_neighbour() -> None:
    people, expected = np.array([10, 10, 10]), np.array([1.0, 5.0, 9.0])
    answer = difference(
        people=people, expected=expected, stratum=np.array([0, 0, 1, 2, 2]),
        p=np.array([0.1, 0.1, 0.5, 0.9, 0.9]), y=np.array([0.0, 0.0, np.nan, 1.0, 1.0]),
    )  # fmt: skip
    assert answer.shift == pytest.approx([-0.1, 0.1, 0.1])
    assert answer.total == pytest.approx(15 - 1 + 2)


def test_without_any_answer_it_is_the_sum_of_the_model() -> None:
    answer = difference(
        people=np.array([5]), expected=np.array([2.0]), stratum=np.array([0]), p=np.array([0.4]), y=np.array([np.nan])
    )
    assert (answer.total, answer.answered) == (2.0, 0)


def test_where_nothing_surprised_it_is_still_not_certain() -> None:
    answer = difference(
        people=np.array([1000]), expected=np.array([0.0]), stratum=np.zeros(40, dtype=np.int64),
        p=np.zeros(40), y=np.zeros(40),
    )  # fmt: skip
    assert 10 < Z95 * np.sqrt(answer.variance) < 100


def test_the_sample_has_people_of_every_stratum_and_the_size_asked_for() -> None:
    population = Population(seed=7)
    drawn = population.draw(size=250, seed=1)
    assert len(drawn.places) == len(set(drawn.places.tolist())) == 250
    assert set(drawn.stratum.tolist()) == set(population.stratum.tolist())
    assert {NO_CANDIDATE * 2, NO_CANDIDATE * 2 + 1} <= set(drawn.stratum.tolist())
    assert drawn.people.sum() == len(population.p)


def test_the_same_seed_draws_the_same_people() -> None:
    population = Population(seed=8)
    assert np.array_equal(population.draw(size=50, seed=3).places, population.draw(size=50, seed=3).places)
    assert not np.array_equal(population.draw(size=50, seed=3).places, population.draw(size=50, seed=4).places)


@pytest.mark.parametrize("size", [1, 5, 60, 999])
def test_no_more_are_drawn_than_there_are(size: int) -> None:
    people = np.array([0, 3, 500, 40])
    wanted = allocate(people=people, deviation=np.array([1.0, 1.0, 0.1, 0.5]), size=size)
    assert np.all(wanted <= people)
    assert wanted.sum() == min(max(size, 3), 543)


def test_each_stratum_has_a_name() -> None:
    assert len({name_of(stratum=h) for h in range(STRATA)}) == STRATA
