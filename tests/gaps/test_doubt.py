"""From what linkage missed to each person's chance of being protected, and of standing there twice."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from jangkau.gaps.doubt import Corrections, person_doubt
from jangkau.gaps.estimate import Missed
from jangkau.gaps.gap import People
from jangkau.linkage.method_file import load

METHOD = load()
Floats = npt.NDArray[np.float64]


def people(linked: list[float], protected: list[float]) -> People:
    size = len(linked)
    flags, words = np.zeros(size, dtype=bool), np.full(size, "", dtype=object)
    return People(
        np.arange(size), np.arange(size), np.array(linked), np.array(protected), words, ~flags, flags, flags, words
    )


def corrections(missed: list[float], twice: list[float] | None = None) -> Corrections:
    nothing = Missed(*(np.zeros(4) for _ in range(4)))
    return Corrections(nothing, nothing, np.array(missed), np.array(twice or [0.0] * len(missed)), 0.0)


def protected(linked: list[float], found: list[float], missed: list[float]) -> Floats:
    doubt = person_doubt(
        people=people(linked, found), protected=np.array(found), corrections=corrections(missed), method=METHOD
    )
    return doubt.protected


def test_the_missed_are_protected_as_often_as_the_found() -> None:
    """Of two surely linked one is protected: who is missed with a chance of 0.2 is protected with one of 0.1."""
    assert protected([1.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.2]) == pytest.approx([1.0, 0.0, 0.1])


def test_nobody_is_more_than_surely_protected() -> None:
    assert protected([1.0, 0.0], [1.0, 0.95], [0.0, 0.9]).max() == 1.0


def test_where_nobody_is_found_nobody_is_said_to_be_missed() -> None:
    assert protected([0.0, 0.0], [0.0, 0.0], [0.3, 0.3]).tolist() == [0.0, 0.0]


def test_who_may_stand_there_twice_counts_for_less() -> None:
    doubt = person_doubt(
        people=people([0.0, 0.0], [0.0, 0.5]),
        protected=np.array([0.0, 0.5]),
        corrections=corrections([0.0, 0.0], [0.25, 0.5]),
        method=METHOD,
    )
    assert doubt.not_protected == pytest.approx([0.75, 0.25])
