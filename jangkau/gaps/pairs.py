"""Compared pairs of a run: list rows with list rows, or with register rows, by record id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from jangkau.linkage.engine import Linkage, Ready, left_rarity
from jangkau.linkage.index import CLASSES
from jangkau.linkage.kernels import searching
from jangkau.linkage.lines import Lines
from jangkau.linkage.weights import FAR, Patterns, Weights, spread

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

FIELDS = ("nik", "name", "born", "sex", "region", "phone")
NIK, NAME, BORN, SEX, REGION, PHONE = range(6)
"""The fields of methods/jamsostek.yaml, in their order."""
IDENTIFIED = 4
"""NIKs up to this level are near enough that the identifier alone would find the pair."""
HELD = 2


@dataclass(frozen=True)
class Compared:
    """Pairs with their levels, ordered by (a, b): record ids and block masks of one length."""

    a: Ints
    b: Ints
    blocks: npt.NDArray[np.uint32]
    patterns: Patterns

    def places(self, *, pairs: Sequence[tuple[int, int]]) -> Ints:
        """Where these pairs of record ids stand, whichever comes first; pairs that were not compared are left out."""
        wanted = np.array(pairs, dtype=np.int64).reshape(-1, 2)
        wanted = np.concatenate([wanted, wanted[:, ::-1]])
        keys = self.a << 32 | self.b  # ordered, as a and b are
        sought = wanted[:, 0] << 32 | wanted[:, 1]
        place = np.minimum(np.searchsorted(keys, sought), max(len(keys) - 1, 0))
        return np.unique(place[keys[place] == sought]) if len(keys) else np.empty(0, dtype=np.int64)


def compared(*, linkage: Linkage, right: Ints | None = None) -> Compared:
    """The pairs of a linkage; ``right`` gives the record id of each of its pairs' right rows."""
    a = linkage.pairs.a.astype(np.int64)
    b = linkage.pairs.b if right is None else right
    order = np.lexsort((b, a))
    return Compared(a[order], b[order], linkage.pairs.blocks[order], linkage.patterns.at(order))


def without_pairs(*, linkage: Linkage) -> Linkage:
    """What a linkage knows beside its pairs and rows: of a whole country these take a gigabyte."""
    none = np.zeros(0, np.int64)
    rows = {one.name: getattr(linkage.rows, one.name) for one in fields(linkage.rows)}
    emptied: dict[str, Any] = {name: some[none] for name, some in rows.items() if isinstance(some, np.ndarray)}
    return replace(
        linkage,
        pairs=linkage.pairs.chosen(which=none),
        patterns=linkage.patterns.at(none),
        ratio=linkage.ratio[none],
        probability=linkage.probability[none],
        vetoed=linkage.vetoed[none],
        rows=replace(linkage.rows, **emptied),
    )


@dataclass(frozen=True)
class Comparer:
    """Compares any list row with any register row that a run knows."""

    ready: Ready
    lists: npt.NDArray[np.uint8]
    register: Lines
    words: npt.NDArray[np.uint8]

    def patterns(self, *, a: Ints, b: Ints) -> Patterns:
        """``a``: list rows, ``b``: places among the register rows."""
        found, held = np.zeros(len(a), np.int64), np.zeros(len(a), np.int64)
        lines = self.ready.side.lines
        searching.compare_pairs(
            a,
            b,
            lines.words,
            lines.heap,
            self.register.words,
            self.register.heap,
            self.ready.shape.program,
            found,
            held,
        )
        levels = spread(patterns=found, fields=len(self.ready.method.fields))
        contained = np.where(held == 1, self.lists[a, 1], self.words[b] if len(self.words) else np.uint8(0))
        rarity = np.where(levels[:, NAME] == 1, self.lists[a, 0], np.where(levels[:, NAME] == HELD, contained, 0))
        return Patterns(levels, rarity.astype(np.uint8), np.ones(len(a)))


def comparer(*, ready: Ready, linkage: Linkage, register: Lines) -> Comparer:
    """``linkage``: that with the register, which knows how common names are; ``register``: its rows at hand."""
    out = np.zeros((len(register), 2), np.uint8)
    names = ready.names
    searching.word_rarity(
        register.words, register.heap, ready.shape.name, names.sketch, names.weight, out, 1, CLASSES - 1
    )
    return Comparer(ready, left_rarity(ready=ready, linkage=linkage), register, out[:, 1].copy())


def nik_apart(*, weights: Weights) -> float:
    """The likelihood ratio of NIKs that are far apart where the birth date agrees."""
    return float(np.exp(weights.nik[FAR, 0] if weights.nik is not None else weights.table[NIK][FAR]))
