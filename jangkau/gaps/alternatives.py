"""The number of unprotected, computed in other ways than the published one, and whether the ways agree.

Four methods: ``model_sum``, ``calibrated_sum``, ``difference_estimator``, ``capture_recapture``. The formulae stand in
docs/explanation/estimate.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from jangkau.gaps.estimate import Z95, Captures, Estimate, missed
from jangkau.gaps.facts import Coded, PersonFacts, RowsOfPeople

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

MODEL_SUM = "model_sum"
CALIBRATED_SUM = "calibrated_sum"
DIFFERENCE = "difference_estimator"
CAPTURE_RECAPTURE = "capture_recapture"
METHODS = (DIFFERENCE, CALIBRATED_SUM, CAPTURE_RECAPTURE, MODEL_SUM)

FAR_APART = 0.02
"""Methods disagree when their figures differ by more than this share of the published one."""
SMALL_OFFICE = 200
"""An office with fewer links than this is taken together with others of its quality."""


@dataclass(frozen=True)
class Found:
    """What the linkage knows of each person, as arrays over people in one order.

    ``cell`` is the quality of his rows (0 to 3), ``office`` a number for who keyed them. ``linked`` is the probability
    of his best member, ``protected`` P(protected) without any correction. The three passes: would the identifier have
    found the link, the description alone, the description against an identifier that speaks against it.
    """

    eligible: Flags
    linked: Floats
    protected: Floats
    cell: Ints
    office: Ints
    comparable: Flags
    by_identifier: Flags
    by_description: Flags
    despite: Flags

    def captures(self, *, of: Flags | Ints, cell: Ints, weight: Floats) -> tuple[Captures, Flags]:
        """The links of some of the people (flags or places), as ``missed`` takes them."""
        return (
            Captures(cell[of], self.comparable[of], self.by_identifier[of], self.by_description[of], weight[of]),
            self.despite[of],
        )


@dataclass(frozen=True)
class Passes:
    """What each pass of the linkage says of each person's best member; without one, not comparable and chance 0.

    ``alone`` is the probability without the identifier; ``contradiction`` the likelihood ratio of two NIKs far apart.
    """

    comparable: Flags
    by_identifier: Flags
    alone: Floats
    contradiction: float


def found_of(
    *,
    facts: PersonFacts,
    rows: RowsOfPeople,
    office: Coded,
    eligible: Flags,
    linked: Floats,
    protected: Floats,
    passes: Passes,
    low: float,
) -> Found:
    """What the linkage knows of each person. ``office``: who keyed each row; the first of a person's offices is his.

    From ``low`` on the description alone is taken to find a link.
    """
    first = np.full(len(facts.label), len(office.values), dtype=np.int64)
    np.minimum.at(first, rows.place, office.code[rows.order])
    against = passes.alone * passes.contradiction / (1.0 - passes.alone + passes.alone * passes.contradiction)
    return Found(
        eligible=eligible,
        linked=linked,
        protected=protected,
        cell=facts.poor.astype(np.int64) * 2 + facts.born,
        office=first,
        comparable=passes.comparable,
        by_identifier=passes.by_identifier,
        by_description=passes.alone >= low,
        despite=against >= low,
    )


@dataclass(frozen=True)
class Answer:
    """What one method says."""

    method: str
    estimate: Estimate

    def as_dict(self) -> dict[str, str | int]:
        return {"method": self.method, **self.estimate.as_dict()}


def model_sum(*, eligible: Flags, protected: Floats) -> Estimate:
    """The probabilities of the linkage as they are. The interval covers what they leave open, not that they err."""
    chance = 1.0 - protected[eligible]
    half = Z95 * float(np.sqrt((chance * (1.0 - chance)).sum()))
    total = float(chance.sum())
    return Estimate(total, max(total - half, 0.0), min(total + half, float(len(chance))))


def capture_recapture(*, found: Found, repeated: float, repeated_variance: float, model_doubt: float) -> Estimate:
    """The eligible people less the protected ones, whose number follows from two captures (Chapman 1951) by office.

    No probability is summed: a link of one half or more counts as one, any other as none. ``repeated``: people too many
    because rows of theirs were left apart, with its variance. ``model_doubt``: relative deviation granted to each of
    the two corrections, since two captures of one office are never quite independent.
    """
    linked = found.eligible & (found.linked >= 0.5)
    cell, cells = _by_office(found, linked)
    ones = np.ones(len(cell))
    captures, despite = found.captures(of=linked, cell=cell, weight=ones)
    unseen = missed(captures=captures, cells=cells, despite=despite)
    links = np.bincount(cell[linked], minlength=cells).astype(np.float64)
    protected = np.bincount(cell[linked & (found.protected >= 0.5)], minlength=cells).astype(np.float64)
    share = protected / np.maximum(links, 1.0)
    missing = unseen.with_identifier + unseen.without_identifier
    people = float(np.count_nonzero(found.eligible))
    added = float((missing * share).sum())
    left = max(people - float(protected.sum()) - added, 0.0)
    apart = min(repeated / people, 1.0) if people else 0.0
    variance = float((share**2 * (unseen.variance_with + unseen.variance_without)).sum())
    variance += (model_doubt * added) ** 2
    variance += (repeated_variance + (model_doubt * repeated) ** 2) * (left / people) ** 2 if people else 0.0
    total, half = left * (1.0 - apart), Z95 * float(np.sqrt(variance))
    return Estimate(total, max(total - half, 0.0), min(total + half, people))


def _by_office(found: Found, linked: Flags) -> tuple[Ints, int]:
    """The cell of each person: his office with its quality; small offices of one quality together."""
    offices = int(found.office.max(initial=0)) + 1
    links = np.bincount(found.office[linked], minlength=offices)
    large = links[found.office] >= SMALL_OFFICE
    whose = np.where(large, found.office + 1, 0) * 4 + found.cell
    return whose, (offices + 1) * 4


def disagreeing(*, published: Answer, others: Sequence[Answer]) -> tuple[str, ...]:
    """The methods that contradict the published one.

    Far apart, or intervals that do not touch. The interval of the model's own sum leaves out that the model errs, so
    that it is held against the published figure by its distance alone.
    """
    said = []
    for other in others:
        distance = abs(other.estimate.estimate - published.estimate.estimate)
        far = distance > max(FAR_APART * published.estimate.estimate, 1.0)
        apart = (
            other.estimate.low > published.estimate.high + 1 or other.estimate.high < published.estimate.low - 1
        ) and other.method != MODEL_SUM
        if far or apart:
            said.append(other.method)
    return tuple(said)
