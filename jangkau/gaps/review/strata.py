"""Strata of a review sample: how likely a person is unprotected, whether he has any candidate, and who keyed him."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

EDGES = (0.02, 0.1, 0.5, 0.9, 0.98)
"""Borders of the bands of P(not protected) for people with a candidate; without one there is one band."""
NO_CANDIDATE = len(EDGES) + 1
STRATA = 2 * (NO_CANDIDATE + 1)
LEAST = 8
"""People drawn from a stratum, if it has so many."""
SHARE_OF_LEAST = 4
"""At most one in so many is drawn for that reason alone: a small sample must not be spent on small strata."""
SURPRISE = 0.01
"""Variance expected where the linkage is sure: about one person in a hundred is other than it says."""


def stratum_of(*, expected: Floats, candidate: Flags, poor: Flags) -> Ints:
    """The stratum of each person: his band of P(not protected), twice over for careful and careless offices."""
    band = np.where(candidate, np.searchsorted(np.array(EDGES), expected, side="right"), NO_CANDIDATE)
    return (band * 2 + poor).astype(np.int64)


def name_of(*, stratum: int) -> str:
    """Words for the analyst: ``candidate 0.02-0.10, poor office``."""
    band, poor = divmod(stratum, 2)
    edges = (0.0, *EDGES, 1.0)
    said = "no candidate" if band == NO_CANDIDATE else f"candidate {edges[band]:.2f}-{edges[band + 1]:.2f}"
    return f"{said}, {'poor' if poor else 'usual'} office"


@dataclass(frozen=True)
class Drawn:
    """Places of the people drawn, their strata; and for every stratum its people and the sum of P(not protected)."""

    places: Ints
    stratum: Ints
    people: Ints
    expected: Floats


def draw(*, stratum: Ints, expected: Floats, size: int, seed: int) -> Drawn:
    """A simple random sample without replacement from each stratum; ``size`` people in all, or everybody.

    ``stratum`` and ``expected`` are over the people who may be drawn. More are drawn where more is open (Neyman).
    """
    people = np.bincount(stratum, minlength=STRATA)
    total = np.bincount(stratum, weights=expected, minlength=STRATA)
    spread = np.bincount(stratum, weights=expected * (1 - expected), minlength=STRATA) / np.maximum(people, 1)
    wanted = allocate(people=people, deviation=np.sqrt(spread + SURPRISE), size=size)
    random = np.random.default_rng(seed)
    chosen = []
    for h in np.flatnonzero(wanted):
        here = np.flatnonzero(stratum == h)
        chosen.append(np.sort(random.choice(here, size=int(wanted[h]), replace=False)))
    places = np.concatenate(chosen) if chosen else np.zeros(0, dtype=np.int64)
    return Drawn(places, stratum[places], people.astype(np.int64), total.astype(np.float64))


def allocate(*, people: Ints, deviation: Floats, size: int) -> Ints:
    """How many to draw of each stratum: a few of each, the rest in proportion to people times deviation."""
    filled = int(np.count_nonzero(people))
    if size >= people.sum() or not filled:
        return people.astype(np.int64)
    least = max(min(LEAST, size // (SHARE_OF_LEAST * filled)), min(2, size // filled), 1)
    wanted = np.minimum(people, least).astype(np.int64)
    left = size - int(wanted.sum())
    while left > 0:
        room = people - wanted
        need = np.maximum(people * deviation, 1e-12) * (room > 0)
        share = np.minimum(np.floor(left * need / need.sum()).astype(np.int64), room)
        if not share.any():
            share[np.argsort(-need, kind="stable")[:left]] = 1
            share = np.minimum(share, room)
        wanted += share
        left -= int(share.sum())
    return wanted
