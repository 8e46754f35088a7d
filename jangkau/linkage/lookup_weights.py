"""The weights by which one person is looked up: from the model of an earlier link, or from the register itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from jangkau.complaints import Complaint, Text
from jangkau.linkage.index import CLASSES, whole_class
from jangkau.linkage.kernels import looking
from jangkau.linkage.lines import Lines, Shape
from jangkau.linkage.lookup_files import Facts, Mapped
from jangkau.linkage.method import Method
from jangkau.linkage.model import Model, method_from, weights_from
from jangkau.linkage.training import ENOUGH_IDENTICAL, Sides, estimate
from jangkau.linkage.weights import Patterns, Rarity, Weights, places, spread

Ints = npt.NDArray[np.int64]
_TABLES = ("nik", "phone", "neighbours", "by_rarity", "care", "twins_phone")
FORGET_EVERY = 10
"""The system maps sixteen pages for each one that is looked at: ten look-ups are some hundred megabytes."""
COVERAGE, LEAST_COVERAGE = 0.5, 1e-3
"""Without a model, one in two of those looked up is expected to be in the register; somebody always is, and is not."""


@dataclass(frozen=True)
class Prepared:
    """Weights, the share of those looked up that is expected to be in the register, and where both come from: ``model``
    of a link, or ``register``."""

    weights: Weights
    coverage: float
    how: str


def of_one_person(*, weights: Weights, coverage: float, rows: int) -> Weights:
    """The same weights with the prior of one person against a register of so many rows."""
    return replace(weights, matching_pairs=coverage, all_pairs=float(rows), most=1.0)


def written(*, weights: Weights) -> dict[str, Any]:
    """Weights as JSON."""
    tables = {name: None if (t := getattr(weights, name)) is None else t.tolist() for name in _TABLES}
    return {
        "m": [one.tolist() for one in weights.m],
        "u": [one.tolist() for one in weights.u],
        "table": [one.tolist() for one in weights.table],
        **tables,
        "near": {str(place): one.tolist() for place, one in weights.near.items()},
        "namesakes": weights.namesakes.tolist(),
        "cells": weights.cells.tolist(),
        "beyond": weights.beyond.tolist(),
        "twins": weights.twins.tolist(),
        "how": weights.how,
    }


def read(*, value: Mapping[str, Any], method: Method) -> Weights:
    """Weights from JSON; ValueError, KeyError or TypeError when it is not whole."""
    tables = {name: None if value[name] is None else np.array(value[name], float) for name in _TABLES}
    nothing = np.zeros(CLASSES)
    return Weights(
        places=places(method=method),
        kinds=tuple(one.kind.name for one in method.fields),
        m=tuple(np.array(one, float) for one in value["m"]),
        u=tuple(np.array(one, float) for one in value["u"]),
        table=tuple(np.array(one, float) for one in value["table"]),
        near={int(place): np.array(one, float) for place, one in value["near"].items()},
        namesakes=np.array(value["namesakes"], float),
        cells=np.array(value["cells"], np.int64),
        beyond=np.array(value["beyond"], float),
        twins=np.array(value["twins"], float),
        rarity=Rarity(nothing, nothing, nothing),
        matching_pairs=0.5,
        all_pairs=1.0,
        most=1.0,
        how=dict(value["how"]),
        **tables,
    )


def from_model(*, model: Model, method: Method, where: str) -> Prepared:
    """What `model.json` of a link says; Complaint when it is of another method."""
    try:
        known, weights = method_from(model=model), weights_from(model=model)
        if [(one.name, one.kind.name) for one in known.fields] != [(one.name, one.kind.name) for one in method.fields]:
            raise ValueError
        return Prepared(
            weights, min(max(float(model["prior"]["coverage"]), LEAST_COVERAGE), 1 - LEAST_COVERAGE), "model"
        )
    except (KeyError, ValueError, TypeError, IndexError):
        raise Complaint(
            what=Text("Model ini tidak cocok dengan metodenya.", "This model does not fit the method."),
            where=where,
            why=Text(
                "Fields-nya lain, ada yang kosong waktu itu, atau model.json dibuat oleh versi lain.",
                "Its fields are others, some were empty then, or model.json was made by another version.",
            ),
            do=Text(
                "Pakai hasil jangkau link dengan metode yang sama, atau hapus --model.",
                "Use the result of a jangkau link by the same method, or leave --model out.",
            ),
        ) from None


@dataclass(frozen=True)
class Drawn:
    """Rows of the register drawn by the hash of their ids."""

    rows: Ints
    lines: Lines


def from_register(*, method: Method, shape: Shape, facts: Facts, arrays: Mapped, drawn: Drawn) -> Prepared:
    """m as the method's kinds have it (or as the method file gives it); u from the register itself.

    Drawn rows are looked up in the register, themselves left out: whoever is found is a stranger, apart from people who
    are in the register twice, and shows how strangers agree.
    """
    patterns, rarity = _strangers(shape, facts, arrays, drawn)
    fields = len(method.fields)
    tally = _counted(patterns, np.zeros(len(patterns), np.uint8), fields)
    kept = _with_oneself(_counted(patterns, rarity, fields))
    size = len(drawn.rows)
    random, regional = _pairs(method, shape, drawn)
    anchor = method.anchor
    comparable = (facts.filled[anchor] / facts.rows) ** 2 if anchor is not None else 0.0
    believed = replace(method, fields=tuple(replace(one, m=one.m or one.kind.m) for one in method.fields))
    weights = estimate(
        method=believed,
        tally=tally,
        kept=kept,
        described=np.zeros(len(kept), dtype=bool),
        random=_counted(random, np.zeros(len(random), np.uint8), fields),
        regional=_counted(regional, np.zeros(len(regional), np.uint8), fields),
        rarity=rarity_of(names=arrays.names, people=facts.people),
        sides=Sides(max(float(size) * facts.rows, 1.0), comparable, float(max(size, 1))),
        together=False,
    )
    how = {f"{one.name}.m": "given" if one.m is not None else "belief" for one in method.fields}
    return Prepared(replace(weights, how={**weights.how, **how}), COVERAGE, "register")


def rarity_of(*, names: npt.NDArray[np.uint32], people: int) -> Rarity:
    """The chance that a second person bears the same name, by class, from all names of the register."""
    classes = np.arange(CLASSES)
    whole, words = 10 ** (-classes / 2.0), 10 ** (-(classes + 0.5) / 2)
    share = np.zeros(CLASSES)
    borne = names[names > 0]
    by_class = whole_class(bearers=borne, people=people)
    for one in np.unique(by_class).tolist():
        here = borne[by_class == one].astype(np.int64)
        whole[one] = float((here * here).sum()) / float(here.sum()) / people
        share[one] = float(here.sum()) / people
    return Rarity(whole, words, share)


def _strangers(shape: Shape, facts: Facts, arrays: Mapped, drawn: Drawn) -> tuple[Ints, npt.NDArray[np.uint8]]:
    """Patterns of drawn rows with whoever shares a block with them, and the class of the drawn row's whole name."""
    own = np.zeros(len(drawn.rows), np.uint32)
    if shape.name >= 0:
        looking.bearers(drawn.lines.words, shape.name, arrays.names, own)
    classes = whole_class(bearers=own, people=max(facts.people, 1))
    patterns, rarity = [np.zeros(0, np.int64)], [np.zeros(0, np.uint8)]
    for k, row in enumerate(drawn.rows.tolist()):
        _, found, _, _ = looking.look_up(
            drawn.lines.words, drawn.lines.heap, k, row, arrays.lines, arrays.heap, shape.program, shape.parts,
            shape.blocks, arrays.starts, arrays.entries, arrays.bases, arrays.shift, arrays.row_bits,
        )  # fmt: skip
        patterns.append(found)
        rarity.append(np.full(len(found), classes[k]))
        if k % FORGET_EVERY == FORGET_EVERY - 1:
            arrays.forget()
    arrays.forget()
    return np.concatenate(patterns), np.concatenate(rarity)


def _counted(patterns: Ints, rarity: npt.NDArray[np.uint8], fields: int) -> Patterns:
    both, counts = np.unique(patterns * 16 + rarity, return_counts=True)
    levels = spread(patterns=both // 16, fields=fields)
    return Patterns(levels, (both % 16).astype(np.uint8), counts.astype(float))


def _with_oneself(kept: Patterns) -> Patterns:
    """Pairs of equal everything are added, as many as it takes for numbers to count as shared: whoever is looked up
    shares them with the register. As every m is given, nothing is trained on them."""
    levels = np.vstack([kept.levels, np.ones((1, kept.levels.shape[1]), np.uint8)])
    rarity = np.append(kept.rarity, np.uint8(CLASSES - 1))
    return Patterns(levels, rarity, np.append(kept.count, float(ENOUGH_IDENTICAL)))


def _pairs(method: Method, shape: Shape, drawn: Drawn) -> tuple[Ints, Ints]:
    """Patterns of pairs of drawn rows: at random, and within one region."""
    size = len(drawn.rows)
    nothing = np.zeros(0, np.int64)
    if size < 2:
        return nothing, nothing
    repeats = int(min(max(1, method.random_pairs // size), size - 1))
    a = np.tile(np.arange(size), repeats)
    step = 1 + np.repeat(np.arange(repeats), size) * ((size - 1) // repeats)
    lines = drawn.lines
    random = looking.compare_pairs(a, (a + step) % size, lines.words, lines.heap, shape.program)
    place = places(method=method).region
    if place is None:
        return random, nothing
    region = lines.words[:, shape.at[place]]
    order = np.argsort(region, kind="stable")
    ordered = region[order]
    pairs = [
        (order[:-apart][same], order[apart:][same])
        for apart in range(1, min(20, size))
        if (same := (ordered[:-apart] == ordered[apart:]) & (ordered[apart:] != 0)).any()
    ]
    if not pairs:
        return random, nothing
    left, right = (np.concatenate([pair[k] for pair in pairs]) for k in (0, 1))
    return random, looking.compare_pairs(left, right, lines.words, lines.heap, shape.program)
