"""Everything that decided a linkage, as JSON, and the method and weights made of it again.

Every m, u, table and prior stands in it as it was used, so that ``weights_from`` gives the very probabilities of
links.parquet; beside each stands how it was obtained.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from jangkau.complaints import Text
from jangkau.linkage.engine import LEAST_LIKELY, Linkage
from jangkau.linkage.kinds import KINDS, MISSING
from jangkau.linkage.levels import pooled
from jangkau.linkage.method import Block, Field, Method, Veto
from jangkau.linkage.missed import captures, share_without_key
from jangkau.linkage.weights import TWIN, TWINS, Patterns, Rarity, Weights, places

Floats = npt.NDArray[np.float64]
Model = dict[str, Any]
TENTHS = 10
BITS = float(np.log(2.0))


def model_of(
    *,
    linkage: Linkage,
    decided: npt.NDArray[np.object_],
    left: str,
    right: str | None,
    files: Mapping[str, str] | None = None,
) -> Model:
    """The model of a linkage. ``decided``: the decisions of the pairs that are told; ``files``: where the two files
    stood, as seen from the folder of results."""
    weights, method = linkage.weights, linkage.method
    return {
        "figures": _figures(linkage, decided, left, right),
        "files": dict(files or {}),
        "ids": {"left": method.left_id, "right": method.right_id},
        "prior": {
            "matching_pairs": weights.matching_pairs,
            "all_pairs": weights.all_pairs,
            "most": weights.most,
            "log_odds": weights.prior_log_odds,
            "coverage": linkage.rows.coverage,
            "how": weights.how.get("training", "pairs of equal identifier, over m and the share that has one"),
            "coverage_how": "the share at which it equals the mean probability of the left rows",
        },
        "review": {"low": method.low, "high": method.high},
        "one_to_one": method.one_to_one,
        "fields": [_field(linkage, place) for place in range(len(method.fields))],
        "dependence": _dependence(linkage),
        "blocks": _blocks(linkage),
        "missed": _missed(linkage),
        "unreached": _unreached(linkage),
        "vetoes": [{name: list(levels) for name, levels in veto.levels} for veto in method.vetoes],
        "vetoed_pairs": int(np.count_nonzero(linkage.vetoed)),
        "calibration": _calibration(linkage),
        "probabilities": _histogram(linkage.probability),
        "rows": _rows(linkage),
        "notes": [{"id": note.id, "en": note.en} for note in linkage.notes],
        "method_digest": method.digest,
    }


def _figures(linkage: Linkage, decided: npt.NDArray[np.object_], left: str, right: str | None) -> Model:
    return {
        "left": left,
        "right": right,
        "left_rows": linkage.left_rows,
        "right_rows": linkage.right_rows,
        "compared": int(sum(linkage.found.pairs_by_block)),
        "links": {name: int(np.count_nonzero(decided == name)) for name in ("match", "review", "no")},
        "expected_matching_pairs": round(float(linkage.probability.sum()), 1),
        "left_rows_in_right": round(float(linkage.rows.probability.sum()), 1),
        "left_rows_without_candidate": int(np.count_nonzero(linkage.rows.best < 0)),
        "share_found": round(linkage.captured, 6),
    }


def _field(linkage: Linkage, place: int) -> Model:
    weights, one = linkage.weights, linkage.method.fields[place]
    left, right = linkage.filled[place]
    return {
        "name": one.name,
        "columns": list(one.columns),
        "kind": one.kind.name,
        "format": one.format,
        "inside": one.inside,
        "latest": one.latest,
        "counts_as": None if one.counts_as is None else list(one.counts_as),
        "filled": {
            "left": round(left / max(linkage.left_rows, 1), 6),
            "right": round(right / max(linkage.right_rows, 1), 6),
        },
        "m_from": weights.how.get(f"{one.name}.m", "belief"),
        "m_by": _way(weights.how.get(f"{one.name}.m", "belief")),
        "u_from": _u_from(linkage, place),
        "u_by": _way(weights.how.get(f"{one.name}.u", "belief")),
        "levels": [
            {
                "level": level,
                "id": words.id,
                "en": words.en,
                "m": float(weights.m[place][level]),
                "u": float(weights.u[place][level]),
                "log_ratio": float(weights.table[place][level]),
                "weight": float(weights.table[place][level] / BITS),
            }
            for level, words in enumerate(one.kind.levels, start=1)
        ],
    }


_WAYS = {"given": "given", "belief": "assumed", "EM": "em", "random pairs": "counted"}


def _u_from(linkage: Linkage, place: int) -> str:
    """As the weights say; equal anchors are too rare among random pairs, and are counted among compared ones."""
    name, how = linkage.method.fields[place].name, linkage.weights.how
    said = how.get(f"{name}.u", "belief")
    trained = how.get(f"{name}.m", "").startswith("pairs that")
    if place == linkage.method.anchor and said == "random pairs" and trained:
        return "random pairs; equal ones: compared pairs that the other fields speak against"
    return said


def _way(how: str) -> str:
    """How a share was obtained in one word: given (in the method file), trained (on pairs that are sure), em, counted
    (on pairs of strangers) or assumed."""
    return _WAYS.get(how, "counted" if how.startswith("pairs of unlike") else "trained")


def _dependence(linkage: Linkage) -> Model:
    """Tables (natural logarithms of m/u) that stand in for a field's own where fields hang together; rows are levels
    from 0 (unused) to 9 (missing). None where the method has no fields for it."""
    weights, names = linkage.weights, [one.name for one in linkage.method.fields]

    def rows(table: Floats | None) -> Any:
        return None if table is None else table.tolist()

    return {
        "nik_by_birth_date": rows(weights.nik),
        "near_nik": {names[place]: rows(table) for place, table in sorted(weights.near.items())},
        "phone_by_region": rows(weights.phone),
        "names_in_one_region": rows(weights.neighbours),
        "name_by_rarity": rows(weights.by_rarity),
        "namesakes_by_rarity": rows(weights.namesakes),
        "beyond_chance": {
            str(code): one for code, one in zip(weights.cells.tolist(), weights.beyond.tolist(), strict=True)
        },
        "identifier_by_care": rows(weights.care),
        "rarity": {
            "whole": rows(weights.rarity.whole),
            "words": rows(weights.rarity.words),
            "share": rows(weights.rarity.share),
        },
        "how": _TABLES_HOW,
        "twins": {
            "births": TWINS,
            "looks": {kind: list(shares) for kind, shares in TWIN.items()},
            "more_by_name": rows(weights.twins),
            "phone": rows(weights.twins_phone),
            "how": "assumption; with NIKs or telephones, how many by name is counted, and how many share a telephone",
        },
    }


_TABLES_HOW = {
    "nik_by_birth_date": "m as above; u counted on compared pairs of unlike names, by agreement of the birth dates",
    "near_nik": "m as above; u counted on compared pairs of unlike names whose NIKs are near",
    "phone_by_region": "m as above; u counted on compared pairs of unlike names whose NIKs are far apart, by region",
    "names_in_one_region": "m as above; u counted on random pairs within one region",
    "name_by_rarity": "m as above; u is the chance that a second person bears the name, counted by its bearers",
    "namesakes_by_rarity": "pairs of equal name and birth date but far NIKs, against the number that chance expects",
    "beyond_chance": "by cell of name (with its class), birth date, area and sex: matches and strangers by EM, against"
    " what independence expects",
    "identifier_by_care": "rows: name equal, damaged, missing, then birth date so; how much more often matches have"
    " each level of the identifier; by EM",
    "rarity": "bearers of each name of the left, counted in both files",
}


def _missed(linkage: Linkage) -> Model | None:
    """Matches that no block found, estimated twice; expected numbers."""
    found = captures(linkage=linkage)
    if found is None:
        return None
    return {
        "two_passes": None
        if linkage.method.anchor is None
        else {
            "both": round(found.both, 1),
            "identifier_only": round(found.identifier, 1),
            "description_only": round(found.description, 1),
            "without_identifier": round(found.blind, 1),
            "unseen": round(found.unseen, 1),
            "how": "Chapman 1951: identifier and description as two captures",
        },
        "blocks": {
            "found_by": [round(one, 1) for one in found.by_blocks],
            "unseen_at_least": round(found.chao, 1),
            "how": "Chao 1987: matches that one block alone found, and those that two did",
        },
    }


def _unreached(linkage: Linkage) -> Model:
    """Rows that cannot be linked because no block has a usable key for them; None where nobody counted."""
    found = linkage.found.unreached
    right = None if linkage.same else share_without_key(lines=linkage.found.sample, method=linkage.method)
    return {
        "left_without_key": None if found is None else found.without_key,
        "left_with_keys_left_out": None if found is None else found.left_out,
        "right_share_without_key": None if right is None else round(right, 6),
    }


def _blocks(linkage: Linkage) -> list[Model]:
    """What each block brought: pairs compared because of it first, matches it shares with others, and those that no
    other block brought; keys that too many rows have are left out."""
    found, p = linkage.found, linkage.probability
    masks = linkage.pairs.blocks
    return [
        {
            "block": block.name,
            "parts": [list(part) for part in block.parts],
            "pairs": pairs,
            "matches": round(float(p[(masks & np.uint32(1 << bit)) > 0].sum()), 1),
            "matches_alone": round(float(p[masks == np.uint32(1 << bit)].sum()), 1),
            "keys_left_out": out.keys,
            "rows_left_out": out.rows,
        }
        for bit, (block, pairs, out) in enumerate(
            zip(linkage.method.blocks, found.pairs_by_block, found.left_out, strict=True)
        )
    ]


def _calibration(linkage: Linkage) -> list[Model]:
    """Pairs that a block without the identifier found, with identifiers on both sides: the probability without it, and
    how often it then agrees, by tenths. It agrees on a share m of the true pairs, so the share is held against m.

    A pair counts only where it would have been told even with unlike identifiers: otherwise agreement would be chosen.
    """
    anchor = linkage.method.anchor
    if anchor is None or not len(linkage.pairs):
        return []
    weights, every = linkage.weights, linkage.patterns
    level = every.of(anchor)
    unlike = _with_level(every, anchor, len(linkage.method.fields[anchor].kind.levels))
    told = weights.log_odds(patterns=unlike) >= LEAST_LIKELY
    there = (level != MISSING) & ((linkage.pairs.blocks & np.uint32(linkage.method.mask(with_anchor=False))) > 0) & told
    # missing, not left out: other fields look at its level
    p = _probability(weights.log_odds(patterns=_with_level(every, anchor, MISSING), without=(anchor,))[there])
    agrees = (level[there] == 1) / float(weights.m[anchor][1])
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


def _with_level(patterns: Patterns, place: int, level: int) -> Patterns:
    levels = patterns.levels.copy()
    levels[:, place] = level
    return Patterns(levels, patterns.rarity, patterns.count)


def _probability(odds: Floats) -> Floats:
    p: Floats = 1.0 / (1.0 + np.exp(-odds))
    return p


def _histogram(p: Floats) -> list[int]:
    counts: list[int] = np.bincount(np.minimum((p * TENTHS).astype(int), TENTHS - 1), minlength=TENTHS).tolist()
    return counts


def _rows(linkage: Linkage) -> dict[str, int]:
    """Rows of the left side by what is known of them; ``ties``: rows with several best matches that are no worse."""
    rows, method = linkage.rows, linkage.method
    p = rows.probability
    return {
        "there": int(np.count_nonzero(p >= method.high)),
        "unsure": int(np.count_nonzero((p >= method.low) & (p < method.high))),
        "unlikely": int(np.count_nonzero((p < method.low) & (rows.best >= 0))),
        "without_candidate": int(np.count_nonzero((p < method.low) & (rows.best < 0))),
        "ties": int(np.count_nonzero((rows.ties > 1) & (rows.best_probability >= method.low))),
    }


def method_from(*, model: Model) -> Method:
    """The method as it was used: without the fields that had no values."""
    fields = tuple(
        Field(
            name=one["name"],
            columns=tuple(one["columns"]),
            kind=pooled(kind=KINDS[one["kind"]], counts_as=one.get("counts_as")),
            format=one["format"],
            inside=one["inside"],
            latest=one["latest"],
            counts_as=None if one.get("counts_as") is None else tuple(one["counts_as"]),
        )
        for one in model["fields"]
    )
    return Method(
        left_id=model["ids"]["left"],
        right_id=model["ids"]["right"],
        fields=fields,
        blocks=tuple(
            Block(one["block"], tuple((name, part) for name, part in one["parts"])) for one in model["blocks"]
        ),
        low=model["review"]["low"],
        high=model["review"]["high"],
        one_to_one=model["one_to_one"],
        vetoes=tuple(Veto(tuple((name, tuple(levels)) for name, levels in veto.items())) for veto in model["vetoes"]),
        digest=model["method_digest"],
    )


def weights_from(*, model: Model) -> Weights:
    """The weights as they were used, to the last bit: JSON keeps every digit of a float."""
    method = method_from(model=model)
    tables, prior = model["dependence"], model["prior"]
    names = [one.name for one in method.fields]
    return Weights(
        places=places(method=method),
        kinds=tuple(one.kind.name for one in method.fields),
        m=tuple(_by_level(one, "m", 1.0) for one in model["fields"]),
        u=tuple(_by_level(one, "u", 1.0) for one in model["fields"]),
        table=tuple(_by_level(one, "log_ratio", 0.0) for one in model["fields"]),
        nik=_table(tables["nik_by_birth_date"]),
        near={names.index(name): np.array(table) for name, table in tables["near_nik"].items()},
        phone=_table(tables["phone_by_region"]),
        neighbours=_table(tables["names_in_one_region"]),
        by_rarity=_table(tables["name_by_rarity"]),
        namesakes=np.array(tables["namesakes_by_rarity"]),
        cells=np.array([int(code) for code in tables["beyond_chance"]], np.int64),
        beyond=np.array(list(tables["beyond_chance"].values()), np.float64),
        care=_table(tables["identifier_by_care"]),
        twins=np.array(tables["twins"]["more_by_name"]),
        twins_phone=_table(tables["twins"]["phone"]),
        rarity=Rarity(*(np.array(tables["rarity"][name]) for name in ("whole", "words", "share"))),
        matching_pairs=prior["matching_pairs"],
        all_pairs=prior["all_pairs"],
        most=prior["most"],
    )


def _by_level(field: Model, what: str, elsewhere: float) -> Floats:
    out = np.full(MISSING + 1, elsewhere)
    for level in field["levels"]:
        out[level["level"]] = level[what]
    return out


def _table(rows: Any) -> Floats | None:
    return None if rows is None else np.array(rows)


def notes_of(*, model: Model) -> tuple[Text, ...]:
    """What the user was told."""
    return tuple(Text(note["id"], note["en"]) for note in model["notes"])
