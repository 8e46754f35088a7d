"""How common names are, counted on both sides by Spark: what stands for the name table of the engine on one machine.

Only names that are commoner than the rarest class are ever listed, so that the list stays short however large the
sides are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jangkau.linkage import index as indexes
from jangkau.linkage.engine import NAMES_WANTED
from jangkau.linkage.index import CLASSES, Names
from jangkau.linkage.kernels import searching
from jangkau.linkage.lines import Lines, Shape, shape_of
from jangkau.linkage.method import Method
from jangkau.linkage.spark_packing import chunks
from jangkau.linkage.weights import Rarity

Hashes = npt.NDArray[np.uint64]
NAME, WORD, PEOPLE = 0, 1, 2
_SCHEMA = "kind byte, key long, left long, right long, drawn long"
_GATHERED = 1 << 20


@dataclass(frozen=True)
class Common:
    """The class of each whole name that is commoner than ``other``, by the hash of the name."""

    hashes: Hashes
    classes: npt.NDArray[np.uint8]
    other: int

    def of(self, *, hashes: Hashes) -> npt.NDArray[np.uint8]:
        out = np.full(len(hashes), self.other, np.uint8)
        if len(self.hashes):
            at = np.minimum(np.searchsorted(self.hashes, hashes), len(self.hashes) - 1)
            there = self.hashes[at] == hashes
            out[there] = self.classes[at[there]]
        return out


@dataclass(frozen=True)
class Counted:
    """``words``: counts of words, for the weight of names that hold another; ``before``: classes as they are known
    before the search; ``after``: those by which pairs are weighed, with the other side counted too."""

    words: Names
    before: Common
    after: Common
    rarity: Rarity


def nothing_counted() -> Counted:
    """For methods without a name."""
    none = Common(np.zeros(0, np.uint64), np.zeros(0, np.uint8), 0)
    classes = np.arange(CLASSES)
    rarity = Rarity(10 ** (-classes / 2.0), 10 ** (-(classes + 0.5) / 2), np.zeros(CLASSES))
    return Counted(_words_of(np.zeros(1, np.uint32), 1), none, none, rarity)


def whole_hashes(*, lines: Lines, shape: Shape) -> Hashes:
    """The hash of the whole name of each line, 0 where it has none."""
    high, low = lines.words[:, shape.name].astype(np.uint64), lines.words[:, shape.name + 1].astype(np.uint64)
    return (high << np.uint64(32)) | low


def count(*, left: Any, right: Any | None, method: Method, left_rows: int, right_rows: int) -> Counted:
    """Count words and whole names of packed sides; ``right`` None when the left is searched with itself."""
    every = 0
    if right is not None and left_rows < NAMES_WANTED:
        every = max(1, right_rows // (2 * NAMES_WANTED))
    from pyspark.sql import functions as f

    both = left.select("first", "words", "heap", "hashes", "ids").mapInArrow(_counter(method, 0, is_left=True), _SCHEMA)
    if right is not None:
        columns = right.select("first", "words", "heap", "hashes", "ids")
        both = both.union(columns.mapInArrow(_counter(method, every, is_left=False), _SCHEMA))
    sums = both.groupBy("kind", "key").agg(*(f.sum(name).alias(name) for name in ("left", "right", "drawn"))).persist()
    try:
        return _counted(sums)
    finally:
        sums.unpersist()


def _counted(sums: Any) -> Counted:
    from pyspark.sql import functions as f

    people = sums.filter(f.col("kind") == PEOPLE).toArrow().to_pylist()
    left, right, drawn = (sum(row[name] for row in people) for name in ("left", "right", "drawn"))
    sketch = np.zeros(indexes._SKETCH, np.uint32)
    words = sums.filter(f.col("kind") == WORD).select("key", "left").toArrow()
    sketch[words.column("key").to_numpy()] = words.column("left").to_numpy()
    names = sums.filter((f.col("kind") == NAME) & (f.col("left") > 0))
    known = names.select("key", (f.col("left") + f.col("drawn")).alias("n"))
    in_all = names.select("key", (f.col("left") + f.col("right")).alias("n"))
    before, after = max(left + drawn, 1), max(left + right, 1)
    by_number = in_all.groupBy("n").count().toArrow()
    return Counted(
        words=_words_of(sketch, before),
        before=_common(known, before),
        after=_common(in_all, after),
        rarity=_rarity(by_number.column("n").to_pylist(), by_number.column("count").to_pylist(), after),
    )


def _words_of(sketch: npt.NDArray[np.uint32], people: int) -> Names:
    nobody = np.zeros(0, np.uint32)
    return Names(sketch, nobody, indexes._weights(people), people)


def _counter(
    method: Method, every: int, *, is_left: bool
) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """Counts of one task. ``every``: of the right side, one line in so many counts before the search; 0: none."""

    def work(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        shape = shape_of(method=method)
        totals = np.zeros(3, np.int64)
        sketch: npt.NDArray[np.uint32] = np.zeros(indexes._SKETCH, np.uint32)
        gathered: list[Hashes] = []
        drawn: list[Hashes] = []
        for chunk in chunks(batches=batches, shape=shape):
            here = whole_hashes(lines=chunk.lines, shape=shape)
            totals[0 if is_left else 1] += int(np.count_nonzero(chunk.lines.words[:, shape.name + 6]))
            gathered.append(here[here != 0])
            counted = chunk.lines
            if not is_left:
                few = (chunk.hashes % np.uint64(every) == 0) if every else np.zeros(len(here), dtype=bool)
                counted = Lines(chunk.lines.words[few], chunk.lines.heap)
                totals[2] += int(np.count_nonzero(counted.words[:, shape.name + 6]))
                drawn.append(here[few & (here != 0)])
            searching.count_words(counted.words, counted.heap, shape.name, sketch)
            if sum(map(len, gathered)) > _GATHERED:
                yield _names(gathered, drawn, is_left)
                gathered, drawn = [], []
        yield _names(gathered, drawn, is_left)
        slots = np.flatnonzero(sketch)
        yield _batch(WORD, slots, sketch[slots])
        yield _batch(PEOPLE, np.zeros(1, np.int64), *(totals[k : k + 1] for k in range(3)))

    return work


def _names(gathered: list[Hashes], drawn: list[Hashes], is_left: bool) -> pa.RecordBatch:
    keys, counts = np.unique(_together(gathered), return_counts=True)
    if is_left:
        return _batch(NAME, keys.view(np.int64), counts)
    some = np.zeros(len(keys), np.int64)
    few, times = np.unique(_together(drawn), return_counts=True)
    some[np.searchsorted(keys, few)] = times
    return _batch(NAME, keys.view(np.int64), np.zeros(len(keys), np.int64), counts, some)


def _together(pieces: list[Hashes]) -> Hashes:
    return np.concatenate(pieces) if pieces else np.zeros(0, np.uint64)


def _batch(kind: int, keys: npt.NDArray[np.int64], *counts: npt.NDArray[Any]) -> pa.RecordBatch:
    columns = [*counts, *[np.zeros(len(keys), np.int64)] * (3 - len(counts))]
    return pa.RecordBatch.from_arrays(
        [
            pa.array(np.full(len(keys), kind, np.int8)),
            pa.array(keys.astype(np.int64)),
            *(pa.array(one.astype(np.int64)) for one in columns),
        ],
        names=["kind", "key", "left", "right", "drawn"],
    )


def _common(names: Any, people: int) -> Common:
    """Names that are commoner than the rarest class there can be."""
    other = _class(1, people)
    low, high = 1, people + 1  # the fewest bearers that make another class: classes fall as numbers rise
    while low + 1 < high:
        middle = (low + high) // 2
        low, high = (middle, high) if _class(middle, people) == other else (low, middle)
    found = names.filter(names.n >= high).toArrow()
    hashes = found.column("key").to_numpy().view(np.uint64)
    order = np.argsort(hashes)
    bearers = found.column("n").to_numpy().astype(np.uint32)[order]
    return Common(hashes[order], indexes.whole_class(bearers=bearers, people=people), other)


def _class(bearers: int, people: int) -> int:
    return int(indexes.whole_class(bearers=np.array([bearers], np.uint32), people=people)[0])


def _rarity(bearers: list[int], names: list[int], people: int) -> Rarity:
    """Chance of agreement by class, as the engine on one machine has it: whole numbers until the last division."""
    classes = np.arange(CLASSES)
    whole, words = 10 ** (-classes / 2.0), 10 ** (-(classes + 0.5) / 2)
    share = np.zeros(CLASSES)
    of = indexes.whole_class(bearers=np.array(bearers, np.uint32), people=people)
    for one in np.unique(of).tolist():
        here = [(n, many) for n, many, k in zip(bearers, names, of.tolist(), strict=True) if k == one]
        borne = sum(n * many for n, many in here)
        whole[one] = float(sum(n * n * many for n, many in here)) / float(borne) / people
        share[one] = float(borne) / people
    return Rarity(whole, words, share)
