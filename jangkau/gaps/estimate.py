"""How many eligible people are not protected, with an interval: links summed by probability, and what linkage missed.

The sum of P(not protected) over eligible people, where P is corrected for three errors of linkage:
false links (their probability is summed, not their decision), members who had no candidate at all (capture-recapture
over the identifier pass and the description pass, by quality of the office), and rows of one person that were not
brought together (the same, within the lists). docs/explanation/estimate.md has the formulae and sources.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

Z95 = 1.959963984540054


@dataclass(frozen=True)
class Captures:
    """What each link was caught by. Arrays over accepted links: the cell of the office, whether the identifier could be
    compared, and whether each pass alone would have found it. ``weight``: how much one link counts."""

    cell: Ints
    comparable: Flags
    by_identifier: Flags
    by_description: Flags
    weight: Floats


@dataclass(frozen=True)
class Missed:
    """Links expected but not found, by cell, for rows with and without a comparable identifier; with variances."""

    with_identifier: Floats
    without_identifier: Floats
    variance_with: Floats
    variance_without: Floats

    @property
    def total(self) -> float:
        return float(self.with_identifier.sum() + self.without_identifier.sum())


def missed(*, captures: Captures, cells: int, despite: Flags | None = None) -> Missed:
    """Two-sample capture-recapture by cell (Chapman 1951), identifier and description as the two captures.

    Without an identifier only the description can find a link; its rate of failure is taken from links that the
    identifier found, in the same cell. ``despite``: would the description find the link even against an identifier
    that speaks against it, as a wrong one does; by default as easily as without one.
    """
    despite = captures.by_description if despite is None else despite
    both, only_identifier, only_description, neither, blind, both_despite, only_despite = (
        np.bincount(captures.cell[mask], weights=captures.weight[mask], minlength=cells)
        for mask in (
            captures.comparable & captures.by_identifier & captures.by_description,
            captures.comparable & captures.by_identifier & ~captures.by_description,
            captures.comparable & ~captures.by_identifier & captures.by_description,
            captures.comparable & ~captures.by_identifier & ~captures.by_description,
            ~captures.comparable,
            captures.comparable & captures.by_identifier & despite,
            captures.comparable & captures.by_identifier & ~despite,
        )
    )
    unseen = only_despite * only_description / (both_despite + 1.0)
    with_identifier = np.maximum(unseen - neither, 0.0)
    failing = (only_identifier + 0.5) / (both + only_identifier + 1.0)
    failing = np.where(both + only_identifier > 0, failing, 0.0)
    without_identifier = blind * failing / (1.0 - failing)
    spread = unseen**2 * (1 / (only_despite + 0.5) + 1 / (only_description + 0.5) + 1 / (both_despite + 1.0))
    relative = (1 - failing) / (only_identifier + 0.5) + 1 / (blind + 1.0)
    return Missed(
        with_identifier,
        without_identifier,
        spread + with_identifier,
        without_identifier**2 * relative + without_identifier,
    )


@dataclass(frozen=True)
class Estimate:
    """A number of people with a 95 % interval."""

    estimate: float
    low: float
    high: float

    def as_dict(self) -> dict[str, int]:
        return {"estimate": round(self.estimate), "low": round(self.low), "high": round(self.high)}


@dataclass(frozen=True)
class PersonDoubt:
    """For each person: P(protected) after correction, the chance that he is counted a second time, and the variance of
    each (1 - protected) * (1 - counted_twice) from what stays undecided."""

    protected: Floats
    counted_twice: Floats

    @property
    def not_protected(self) -> Floats:
        return (1.0 - self.protected) * (1.0 - self.counted_twice)

    @property
    def variance(self) -> Floats:
        p = self.not_protected
        return p * (1.0 - p)


def interval(*, people: Flags, doubt: PersonDoubt, common_deviation: float, whole: float) -> Estimate:
    """The expected number of unprotected among ``people`` and its interval; see ``expected``."""
    return expected(chance=doubt.not_protected[people], common_deviation=common_deviation, whole=whole)


def expected(*, chance: Floats, common_deviation: float, whole: float) -> Estimate:
    """The expected number of unprotected among people with these chances of being so, and its interval.

    ``common_deviation``: standard deviation of the part of the error that people share (rates of missing links), for
    the whole of ``whole`` expected people; a group bears its share of it.
    """
    total = float(chance.sum())
    shared = common_deviation * (total / whole if whole > 0 else 0.0)
    return around(total=total, own=float((chance * (1.0 - chance)).sum()), shared=shared, most=len(chance))


def around(*, total: float, own: float, shared: float, most: int) -> Estimate:
    """An expected number of at most ``most`` people and its interval. ``own``: variance of what is undecided about each
    of them; ``shared``: standard deviation of the error that they have in common."""
    half = Z95 * float(np.sqrt(own + shared**2))
    return Estimate(total, max(total - half, 0.0), min(total + half, float(most)))
