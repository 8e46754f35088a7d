"""Everything that decided a linkage, as JSON: fields, levels, m, u, prior, blocks, and how each was obtained."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from jangkau.linkage.engine import Linkage
from jangkau.linkage.kinds import MISSING

TENTHS = 10


def model_of(
    *, linkage: Linkage, decided: npt.NDArray[np.object_], left: str, right: str | None
) -> dict[str, Any]:
    """The model of a linkage. ``decided``: the decisions of the pairs that are told."""
    weights, method, found = linkage.weights, linkage.method, linkage.found
    p = linkage.probability
    return {
        "figures": {
            "left": left,
            "right": right,
            "left_rows": linkage.left_rows,
            "right_rows": linkage.right_rows,
            "compared": int(sum(found.pairs_by_block)),
            "links": {name: int(np.count_nonzero(decided == name)) for name in ("match", "review", "no")},
            "expected_matching_pairs": round(float(p.sum()), 1),
            "left_rows_in_right": round(float(linkage.rows.probability.sum()), 1),
            "left_rows_without_candidate": int(np.count_nonzero(linkage.rows.best < 0)),
            "share_found": round(linkage.captured, 6),
        },
        "prior": {
            "matching_pairs": weights.matching_pairs,
            "all_pairs": weights.all_pairs,
            "log_odds": weights.prior_log_odds,
            "coverage": linkage.rows.coverage,
            "how": weights.how.get("training", "pairs of equal identifier, over m and the share that has one"),
        },
        "review": {"low": method.low, "high": method.high},
        "one_to_one": method.one_to_one,
        "fields": [_field(linkage, place) for place in range(len(method.fields))],
        "dependence": _dependence(linkage),
        "blocks": [
            {"block": block.name, "pairs": pairs, "keys_left_out": out.keys, "rows_left_out": out.rows}
            for block, pairs, out in zip(method.blocks, found.pairs_by_block, found.left_out, strict=True)
        ],
        "vetoed_pairs": int(np.count_nonzero(linkage.vetoed)),
        "calibration": _calibration(linkage),
        "probabilities": _histogram(p),
        "notes": [{"id": note.id, "en": note.en} for note in linkage.notes],
        "method_digest": method.digest,
    }


def _field(linkage: Linkage, place: int) -> dict[str, Any]:
    weights, one = linkage.weights, linkage.method.fields[place]
    count = len(one.kind.levels)
    left, right = linkage.filled[place]
    return {
        "name": one.name,
        "columns": list(one.columns),
        "kind": one.kind.name,
        "filled": {
            "left": round(left / max(linkage.left_rows, 1), 6),
            "right": round(right / max(linkage.right_rows, 1), 6),
        },
        "m_from": weights.how.get(f"{one.name}.m", "belief"),
        "u_from": weights.how.get(f"{one.name}.u", "belief"),
        "levels": [
            {
                "level": level,
                "id": one.kind.levels[level - 1].id,
                "en": one.kind.levels[level - 1].en,
                "m": float(weights.m[place][level]),
                "u": float(weights.u[place][level]),
                "weight": float(weights.table[place][level] / np.log(2)),
            }
            for level in range(1, count + 1)
        ],
    }


def _dependence(linkage: Linkage) -> dict[str, Any]:
    """Tables (natural logarithms) that stand in for a field's own where fields hang together."""
    weights = linkage.weights
    tables: dict[str, Any] = {}
    if weights.nik is not None:
        tables["nik_by_birth_date"] = weights.nik.tolist()
    for place, table in weights.near.items():
        tables[f"{linkage.method.fields[place].name}_when_nik_is_near"] = table.tolist()
    if weights.phone is not None:
        tables["phone_by_region"] = weights.phone.tolist()
    if weights.neighbours is not None:
        tables["name_in_one_region"] = weights.neighbours.tolist()
    if weights.by_rarity is not None:
        tables["name_by_rarity"] = weights.by_rarity[1:3].tolist()
        tables["namesakes_by_rarity"] = weights.namesakes.tolist()
    return tables


def _calibration(linkage: Linkage) -> list[dict[str, Any]]:
    """Where the identifier can be compared: the probability without it, and how often it then agrees, by tenths. It
    agrees on a share m of the true pairs, so the share is held against m."""
    anchor = linkage.method.anchor
    if anchor is None or not len(linkage.pairs):
        return []
    level = linkage.patterns.of(anchor)
    there = level != MISSING
    odds = linkage.weights.log_odds(patterns=linkage.patterns, without=(anchor,))[there]
    p = 1.0 / (1.0 + np.exp(-odds))
    agrees = (level[there] == 1) / float(linkage.weights.m[anchor][1])
    tenth = np.minimum((p * TENTHS).astype(int), TENTHS - 1)
    return [
        {
            "tenth": one,
            "pairs": int(here.sum()),
            "expected": round(float(p[here].mean()), 6),
            "observed": round(min(float(agrees[here].mean()), 1.0), 6),
        }
        for one in range(TENTHS)
        if (here := tenth == one).any()
    ]


def _histogram(p: npt.NDArray[np.float64]) -> list[int]:
    counts: list[int] = np.bincount(np.minimum((p * TENTHS).astype(int), TENTHS - 1), minlength=TENTHS).tolist()
    return counts
