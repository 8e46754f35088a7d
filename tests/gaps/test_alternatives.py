"""The other ways to count, on invented linkages whose truth is known; and when they are said to disagree."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from jangkau.gaps.alternatives import (
    CALIBRATED_SUM,
    CAPTURE_RECAPTURE,
    DIFFERENCE,
    MODEL_SUM,
    Answer,
    Found,
    capture_recapture,
    disagreeing,
    model_sum,
)
from jangkau.gaps.estimate import Estimate


def invented(*, seed: int, people: int = 20_000, members: float = 0.4, careless: float = 0.7) -> tuple[Found, float]:
    """Ten offices, two of them careless; passes that err independently within an office. And the truth."""
    random = np.random.default_rng(seed)
    office = random.integers(0, 10, people)
    hit = np.where(office < 2, careless, 0.95)
    member = random.random(people) < members
    identifier, description = (random.random(people) < hit for _ in range(2))
    linked = member & (identifier | description)
    protected = member & (random.random(people) < 0.75)
    found = Found(
        eligible=np.ones(people, dtype=bool),
        linked=linked.astype(float),
        protected=(linked & protected).astype(float),
        cell=np.zeros(people, dtype=np.int64),
        office=office,
        comparable=linked,
        by_identifier=linked & identifier,
        by_description=linked & description,
        despite=linked & description,
    )
    return found, float((~protected).sum())


def count(found: Found, *, repeated: float = 0.0) -> Estimate:
    return capture_recapture(found=found, repeated=repeated, repeated_variance=0.0, model_doubt=0.55)


def test_capture_recapture_finds_the_unprotected_on_average() -> None:
    errors, plain, held = [], [], 0
    for seed in range(60):
        found, truth = invented(seed=seed)
        answer = count(found)
        errors.append(answer.estimate - truth)
        plain.append(model_sum(eligible=found.eligible, protected=found.protected).estimate - truth)
        held += answer.low <= truth <= answer.high
    assert abs(np.mean(errors)) < 4 * np.std(errors) / np.sqrt(60) + 1
    assert np.mean(plain) > 100, "the model's own sum cannot know whom it missed"
    assert held >= 0.93 * 60


def test_offices_are_not_thrown_together() -> None:
    """One careless office among careful ones: together, those it spoiled twice are not all seen."""
    mine, together = [], []
    for seed in range(40):
        found, truth = invented(seed=seed, careless=0.5)
        mine.append(count(found).estimate - truth)
        together.append(count(replace(found, office=np.zeros_like(found.office))).estimate - truth)
    assert abs(np.mean(mine)) < 0.2 * abs(np.mean(together))


def test_small_offices_are_taken_together() -> None:
    found, _ = invented(seed=1, people=1_000)
    assert count(found) == count(replace(found, office=np.zeros_like(found.office)))


def test_who_is_counted_twice_is_taken_off() -> None:
    found, _ = invented(seed=2)
    once, twice = count(found), count(found, repeated=200)
    assert twice.estimate == pytest.approx(once.estimate * (1 - 200 / 20_000))


def test_only_the_eligible_count() -> None:
    found, _ = invented(seed=3)
    half = np.arange(len(found.linked)) % 2 == 0
    assert count(replace(found, eligible=half)).estimate == pytest.approx(count(found).estimate / 2, rel=0.03)
    nobody = np.zeros(len(half), dtype=bool)
    assert count(replace(found, eligible=nobody)).estimate == 0


def test_the_models_sum_is_the_sum_with_what_is_undecided() -> None:
    answer = model_sum(eligible=np.array([True, True, False]), protected=np.array([0.5, 0.0, 0.0]))
    assert answer.estimate == 1.5
    assert answer.low == pytest.approx(1.5 - 0.98, abs=1e-3)
    assert answer.high == 2.0


@pytest.mark.parametrize(
    ("method", "figure", "disagrees"),
    [
        (CAPTURE_RECAPTURE, Estimate(1015, 1005, 1025), False),  # close, and the intervals meet
        (CAPTURE_RECAPTURE, Estimate(1015, 1014, 1016), True),  # close, but they do not meet
        (CAPTURE_RECAPTURE, Estimate(1030, 990, 1070), True),  # they meet, but far apart
        (MODEL_SUM, Estimate(1015, 1014, 1016), False),  # its interval says nothing of what it missed
        (MODEL_SUM, Estimate(1021, 1020, 1022), True),
        (DIFFERENCE, Estimate(985, 970, 1000), False),
        (DIFFERENCE, Estimate(975, 940, 1010), True),
    ],
)
def test_when_methods_disagree(method: str, figure: Estimate, disagrees: bool) -> None:
    published = Answer(CALIBRATED_SUM, Estimate(1000, 990, 1010))
    said = disagreeing(published=published, others=[Answer(method, figure)])
    assert said == ((method,) if disagrees else ())


def test_one_person_more_or_less_is_no_disagreement() -> None:
    published = Answer(CALIBRATED_SUM, Estimate(3, 3, 3))
    assert disagreeing(published=published, others=[Answer(CAPTURE_RECAPTURE, Estimate(4, 4, 4))]) == ()
