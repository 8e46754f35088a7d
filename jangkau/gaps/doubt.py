"""From links and what caught them to the doubt left about each person: the bridge from linkage to the estimate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from jangkau.gaps.estimate import Captures, Missed, PersonDoubt, missed
from jangkau.gaps.facts import PersonFacts, RowFacts
from jangkau.gaps.gap import People
from jangkau.gaps.membership import Matches
from jangkau.gaps.pairs import IDENTIFIED, NIK, Compared, nik_apart
from jangkau.gaps.people import Decided, Rows, pair_probabilities
from jangkau.linkage.kinds import MISSING
from jangkau.linkage.method import Method
from jangkau.linkage.weights import Weights

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

CELLS = 4
"""Poor or ordinary office, with or without a full birth date."""
MOST = 0.9
"""No correction of one person goes beyond this, however small his cell."""

MODEL_DOUBT = 0.55
"""Relative standard deviation granted to each correction for what its model assumes: independent errors in a cell."""


@dataclass(frozen=True)
class Corrections:
    """What linkage missed: links to members, and rows of one person left apart; and each person's share of it."""

    members: Missed
    rows: Missed
    member_missed: Floats
    counted_twice: Floats
    common_variance: float


def correct(
    *,
    facts: PersonFacts,
    row_facts: RowFacts,
    method: Method,
    people: People,
    matches: Matches,
    rows: Rows,
    compared: Compared,
    weights: Weights,
    member_weights: Weights,
    decided: Decided,
) -> Corrections:
    """Estimate what was missed, and spread it over the people it could be.

    ``compared`` and ``weights`` are those of list rows with list rows, ``member_weights`` those with the register.
    """
    cell = facts.poor.astype(np.int64) * 2 + facts.born
    usable = facts.nik_usable
    captures, despite = _captures_of_members(people, matches, cell, method, member_weights)
    to_members = missed(captures=captures, cells=CELLS, despite=despite)
    unlinked = people.linked < method.low
    member_missed = _spread(cell, usable, unlinked, to_members)
    captures, despite = _captures_of_rows(row_facts, method, rows, compared, weights, decided)
    to_rows = missed(captures=captures, cells=CELLS, despite=despite)
    single = facts.rows == 1
    twice = np.minimum(_spread(cell, usable, single, to_rows) + _undecided(people, rows), MOST)
    share_members = (
        float(np.mean(people.protected[people.linked >= method.high])) if (people.linked >= method.high).any() else 0.0
    )
    variance = share_members**2 * float((to_members.variance_with + to_members.variance_without).sum())
    variance += float((to_rows.variance_with + to_rows.variance_without).sum())
    corrections = (share_members * to_members.total, to_rows.total, float(rows.undecided_p.sum()))
    variance += sum((MODEL_DOUBT * size) ** 2 for size in corrections)
    return Corrections(to_members, to_rows, member_missed, twice, variance)


def person_doubt(*, people: People, protected: Floats, corrections: Corrections, method: Method) -> PersonDoubt:
    """P(protected) corrected for members without candidate: the missed are protected as often as those found."""
    found = people.linked >= method.high
    share = float(np.mean(protected[found])) if found.any() else 0.0
    total = np.minimum(protected + corrections.member_missed * share, 1.0)
    return PersonDoubt(total, corrections.counted_twice)


def _captures_of_members(
    people: People, matches: Matches, cell: Ints, method: Method, weights: Weights
) -> tuple[Captures, Flags]:
    has = people.linked >= method.low
    top = people.top[has]
    nik, alone = matches.levels.of(NIK)[top], matches.alone[top]
    captures = Captures(cell[has], nik != MISSING, nik <= IDENTIFIED, alone >= method.low, matches.probability[top])
    return captures, _contradicted(alone, weights) >= method.low


def _contradicted(p: Floats, weights: Weights) -> Floats:
    """The probability that is left of ``p`` once the NIKs turn out to be far apart."""
    ratio = nik_apart(weights=weights)
    return p * ratio / (1.0 - p + p * ratio)


def _captures_of_rows(
    facts: RowFacts,
    method: Method,
    rows: Rows,
    compared: Compared,
    weights: Weights,
    decided: Decided,
) -> tuple[Captures, Flags]:
    """Accepted pairs of list rows. In a person of k rows each pair counts 1/(k-1): a row left apart makes one person
    too many."""
    poor, born = facts.poor, facts.born
    alone = pair_probabilities(compared=compared, weights=weights, decided=decided, without=(NIK,))
    kept = (rows.pair_probability >= method.high) & (rows.person[compared.a] == rows.person[compared.b])
    a, b = compared.a[kept], compared.b[kept]
    sizes = np.bincount(rows.person[rows.is_list], minlength=len(rows.person))[rows.person[a]]
    cell = (poor[a] | poor[b]).astype(np.int64) * 2 + (born[a] & born[b])
    nik = compared.patterns.of(NIK)[kept]
    described = (compared.blocks[kept] & np.uint32(method.mask(with_anchor=False))) > 0
    captures = Captures(
        cell,
        nik != MISSING,
        nik <= IDENTIFIED,
        described & (alone[kept] >= method.low),
        rows.pair_probability[kept] / np.maximum(sizes - 1, 1),
    )
    return captures, described & (_contradicted(alone[kept], weights) >= method.low)


def _spread(cell: Ints, usable: npt.NDArray[np.bool_], eligible: npt.NDArray[np.bool_], amount: Missed) -> Floats:
    """Each person's share of what his cell missed."""
    share = np.zeros(len(cell))
    for has_nik, missing in ((True, amount.with_identifier), (False, amount.without_identifier)):
        here = eligible & (usable == has_nik)
        size = np.bincount(cell[here], minlength=CELLS)
        share[here] = np.minimum(missing / np.maximum(size, 1), MOST)[cell[here]]
    return share


def _undecided(people: People, rows: Rows) -> Floats:
    """Half of each undecided pair's probability to either side."""
    twice = np.zeros(len(people.label))
    for side in (rows.undecided_a, rows.undecided_b):
        np.add.at(twice, np.searchsorted(people.label, rows.person[side]), rows.undecided_p / 2)
    return twice
