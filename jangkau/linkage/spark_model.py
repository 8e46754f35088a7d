"""model.json of a linkage whose pairs were counted in groups: the model of one machine, with its counts weighted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from jangkau.linkage import model as models
from jangkau.linkage.engine import LEAST_LIKELY, Linkage
from jangkau.linkage.kinds import MISSING
from jangkau.linkage.model import TENTHS
from jangkau.linkage.spark_rows import Summary
from jangkau.linkage.spark_weights import weighted


def model_of(
    *,
    linkage: Linkage,
    links: Mapping[str, int],
    rows: Summary,
    left: str,
    right: str | None,
    files: Mapping[str, str],
) -> dict[str, Any]:
    """The model. Sums over pairs come right by the weighted probabilities; counts of pairs and rows are set here."""
    nobody = np.zeros(0, dtype=object)
    model = models.model_of(linkage=weighted(linkage=linkage), decided=nobody, left=left, right=right, files=files)
    low, high = linkage.method.low, linkage.method.high
    model["figures"] |= {
        "links": dict(links),
        "left_rows_in_right": round(float((rows.probability * rows.count).sum()), 1),
        "left_rows_without_candidate": rows.rows(where=~rows.candidate),
    }
    model["prior"]["coverage"] = rows.coverage
    model["probabilities"] = _histogram(linkage)
    model["calibration"] = _calibration(linkage)
    p = rows.probability
    model["rows"] = {
        "there": rows.rows(where=p >= high),
        "unsure": rows.rows(where=(p >= low) & (p < high)),
        "unlikely": rows.rows(where=(p < low) & rows.candidate),
        "without_candidate": rows.rows(where=(p < low) & ~rows.candidate),
        "ties": rows.rows(where=rows.tied),
    }
    return model


def _histogram(linkage: Linkage) -> list[int]:
    tenth = np.minimum((linkage.probability * TENTHS).astype(int), TENTHS - 1)
    counts: list[int] = np.bincount(tenth, weights=linkage.patterns.count, minlength=TENTHS).astype(int).tolist()
    return counts


def _calibration(linkage: Linkage) -> list[dict[str, Any]]:
    """As the model of one machine has it, each group with its number of pairs."""
    anchor = linkage.method.anchor
    if anchor is None or not len(linkage.pairs):
        return []
    weights, every, count = linkage.weights, linkage.patterns, linkage.patterns.count
    level = every.of(anchor)
    unlike = models._with_level(every, anchor, len(linkage.method.fields[anchor].kind.levels))
    told = weights.log_odds(patterns=unlike) >= LEAST_LIKELY
    description = np.uint32(linkage.method.mask(with_anchor=False))
    there = (level != MISSING) & ((linkage.pairs.blocks & description) > 0) & told
    p = models._probability(
        weights.log_odds(patterns=models._with_level(every, anchor, MISSING), without=(anchor,))[there]
    )
    agrees = (level[there] == 1) / float(weights.m[anchor][1])
    tenth, count = np.minimum((p * TENTHS).astype(int), TENTHS - 1), count[there]
    return [
        {
            "tenth": one,
            "pairs": int(count[here].sum()),
            "expected": round(float((p * count)[here].sum() / count[here].sum()), 6),
            "observed": round(min(float((agrees * count)[here].sum() / count[here].sum()), 1.0), 6),
        }
        for one in range(TENTHS)
        if (here := tenth == one).any()
    ]
