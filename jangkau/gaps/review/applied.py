"""What the answers to review samples make of a run's figure: the estimate, and what each person adds to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from jangkau.gaps.estimate import Z95, Estimate
from jangkau.gaps.review.difference import Difference, difference
from jangkau.gaps.review.kept import Batch
from jangkau.gaps.review.strata import STRATA, Floats, Ints


@dataclass(frozen=True)
class Applied:
    """The difference estimate with the standard deviation of its error, and the mean correction of each stratum.

    ``counts`` says what it rests on: ``drawn``, ``answered`` and ``cannot_tell`` in people, recall and precision of
    the links as the reviewers found them (None where nothing can be said).
    """

    estimate: Estimate
    deviation: float
    shift: Floats
    counts: dict[str, Any]


def apply_reviews(
    *,
    batches: Sequence[Batch],
    digests: Mapping[str, str],
    as_of: str,
    eligible: int,
    repeated_deviation: float,
) -> Applied | None:
    """The estimate from every sample of this very population on this date; None without any answer to one.

    Samples are weighed by their answers. ``repeated_deviation`` is the standard deviation of how many people too many
    there are because rows of theirs stand apart: reviewers are not asked about those.
    """
    found = [
        (batch, one)
        for batch in batches
        if dict(batch.frame.population) == dict(digests) and batch.frame.as_of == as_of
        if (one := _difference(batch)).answered
    ]
    if not found:
        return None
    answers = np.array([one.answered for _, one in found], dtype=np.float64)
    weights = answers / answers.sum()
    total = sum(w * b.frame.once * one.total for w, (b, one) in zip(weights, found, strict=True))
    variance = sum((w * b.frame.once) ** 2 * one.variance for w, (b, one) in zip(weights, found, strict=True))
    shift = np.zeros(STRATA)
    for weight, (_, one) in zip(weights, found, strict=True):
        if len(one.shift) == STRATA:  # a key written when strata were others corrects the whole, not its parts
            shift += weight * one.shift
    total = float(np.clip(total, 0.0, eligible))
    share = total / eligible if eligible else 0.0
    deviation = float(np.sqrt(variance + (repeated_deviation * share) ** 2))
    low, high = total - Z95 * deviation, total + Z95 * deviation
    return Applied(
        Estimate(total, max(low, 0.0), min(high, float(eligible))), deviation, shift, _counts(found, weights)
    )


def _difference(batch: Batch) -> Difference:
    return difference(
        people=np.array(batch.frame.people, dtype=np.int64),
        expected=np.array(batch.frame.expected),
        stratum=np.array([one.stratum for one in batch.reviewed], dtype=np.int64),
        p=np.array([one.expected for one in batch.reviewed]),
        y=np.array([np.nan if one.unprotected is None else float(one.unprotected) for one in batch.reviewed]),
    )


def _counts(found: Sequence[tuple[Batch, Difference]], weights: Floats) -> dict[str, Any]:
    """Links made, links to make and links right, each answered person standing for others of his stratum."""
    made = to_make = right = 0.0
    for weight, (batch, one) in zip(weights, found, strict=True):
        for item in batch.reviewed:
            if item.member is None or item.unprotected is None:
                continue
            people = float(weight * one.weight[item.stratum])
            made += people * (item.linked is not None)
            to_make += people * item.member
            right += people * (item.linked is not None and item.linked in item.same)
    return {
        "drawn": sum(batch.drawn for batch, _ in found),
        "answered": sum(one.answered for _, one in found),
        "cannot_tell": sum(item.unprotected is None for batch, _ in found for item in batch.reviewed),
        "recall": round(right / to_make, 4) if to_make else None,
        "precision": round(right / made, 4) if made else None,
    }


def chances(*, expected: Floats, once: Floats, stratum: Ints, shift: Floats, total: float) -> Floats:
    """Each person's chance of being unprotected and counted once, so that the chances add up to ``total``.

    ``expected`` is P(not protected), ``once`` the chance to be counted once, over the eligible. Each person takes the
    correction of his stratum; what is left of the difference is spread in proportion. Groups are thus corrected by
    what was found about people like theirs, not by their own few answers.
    """
    chance = np.clip(expected + shift[stratum], 0.0, 1.0) * once
    now, people = float(chance.sum()), float(len(chance))
    if now >= total:
        return chance * (total / now) if now > 0 else chance
    return 1.0 - (1.0 - chance) * ((people - total) / (people - now))
