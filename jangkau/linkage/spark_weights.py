"""Weights from counted pairs: the cluster counts pairs by pattern, the driver weighs patterns, tasks look them up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jangkau.complaints import Text
from jangkau.linkage import checks, engine, posterior, search, watched
from jangkau.linkage.engine import LEAST_LIKELY, Linkage
from jangkau.linkage.index import CLASSES, Index
from jangkau.linkage.lines import Lines, shape_of
from jangkau.linkage.method import Method
from jangkau.linkage.spark_names import Counted
from jangkau.linkage.spark_sides import Packed
from jangkau.linkage.training import estimate
from jangkau.linkage.weights import Patterns, places, spread

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
SCHEMA = "zone long, a long, b long, pattern long, rarity int, ratio double, p double, left_id {}, right_id {}"
_NAMES = ("zone", "a", "b", "pattern", "rarity", "ratio", "p", "left_id", "right_id")


@dataclass(frozen=True)
class Given:
    """What the weights are made of beside the pairs: both sides in figures, and lines drawn from the left."""

    method: Method
    same: bool
    left: Packed
    right: Packed
    left_sample: Lines
    left_hashes: npt.NDArray[np.uint64]
    found: search.Found
    counted: Counted
    notes: tuple[Text, ...]


def groups_of(
    *, pairs: Any, method: Method, same: bool
) -> tuple[Ints, npt.NDArray[np.uint8], npt.NDArray[np.uint32], Floats, Floats]:
    """Pairs counted by pattern, rarity and blocks, in a fixed order: pattern, rarity, blocks, count, and the sure
    partners that their rows have beside them."""
    from pyspark.sql import functions as f

    table = (
        _with_partners(pairs, method, same)
        .groupBy("pattern", "rarity", "blocks")
        .agg(f.count("*").alias("pairs"), f.sum("beside").alias("beside"))
        .toArrow()
    )
    pattern, rarity, blocks, count, beside = (table.column(k).to_numpy() for k in range(5))
    order = np.lexsort((blocks, rarity, pattern))
    return (
        pattern[order].astype(np.int64),
        rarity[order].astype(np.uint8),
        blocks[order].astype(np.uint32),
        count[order].astype(np.float64),
        beside[order].astype(np.float64),
    )


def _with_partners(pairs: Any, method: Method, same: bool) -> Any:
    """Each pair with its pattern, and how many sure partners its left row has beside it (:func:`watched.partners`)."""
    from pyspark.sql import functions as f

    marked = pairs.mapInArrow(_marking(method), "a long, b long, pattern long, rarity int, blocks long, sure long")
    certain = marked.filter("sure = 1")
    ends = certain.select("a").union(certain.select(f.col("b").alias("a"))) if same else certain.select("a")
    many = ends.groupBy("a").agg(f.count("*").alias("many"))
    found = marked.join(many, "a", "left")
    beside = f.coalesce("many", f.lit(0)) - f.col("sure")
    if same:
        found = found.join(many.select(f.col("a").alias("b"), f.col("many").alias("others")), "b", "left")
        beside = beside + f.coalesce("others", f.lit(0)) - f.col("sure")
    return found.select("pattern", "rarity", "blocks", beside.alias("beside"))


def _marking(method: Method) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """Which pairs are sure."""
    at, fields = places(method=method), len(method.fields)

    def work(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            pattern = batch.column("pattern").to_numpy()
            levels = spread(patterns=pattern.astype(np.int64), fields=fields)
            nothing = np.zeros(len(pattern))
            certain = watched.sure(places=at, patterns=Patterns(levels, nothing.astype(np.uint8), nothing))
            columns = [batch.column(name) for name in ("a", "b", "pattern", "rarity", "blocks")]
            yield pa.RecordBatch.from_arrays(
                [*columns, pa.array(certain.astype(np.int64))], names=["a", "b", "pattern", "rarity", "blocks", "sure"]
            )

    return work


def judge(*, pairs: Any, given: Given) -> Linkage:
    """Weights and probabilities as :func:`engine.judge` makes them, of groups of equal pairs: ``patterns.count`` says
    of how many. The rows of the left side are not known yet."""
    method, found, fields = given.method, given.found, len(given.method.fields)
    pattern, rarity, blocks, count, beside = groups_of(pairs=pairs, method=method, same=given.same)
    nobody = np.zeros(len(pattern), np.uint32)
    kept = search.Kept(nobody, nobody.astype(np.int64), pattern, rarity, blocks)
    patterns = Patterns(spread(patterns=pattern, fields=fields), rarity, count)
    side = engine.Side(given.left_sample, given.left_hashes, given.left.filled)
    random, regional = engine.random_patterns(side=side, found=found, searcher=_comparer(given))
    weights = estimate(
        method=method,
        tally=engine._tally(found, fields),
        kept=patterns,
        described=(blocks & np.uint32(method.mask(with_anchor=False))) > 0,
        random=random,
        regional=regional,
        rarity=given.counted.rarity,
        sides=engine._sides(method, side, found, given.left.rows, given.right.rows, given.same),
        seen_apart=watched.Watched(beside, _exposure(given, patterns)),
    )
    notes = given.notes + ((checks.EM_NOTE,) if "training" in weights.how else ())
    odds = weights.log_odds(patterns=patterns)
    odds = np.where(engine._vetoed(method, patterns), -np.inf, odds)
    likely = odds >= LEAST_LIKELY
    kept, odds = kept.chosen(which=likely), odds[likely]
    patterns = Patterns(patterns.levels[likely], patterns.rarity[likely], patterns.count[likely])
    p = 1.0 / (1.0 + np.exp(-odds))
    nothing = np.zeros(0)
    rows = posterior.Rows(nothing, nothing.astype(np.int64), nothing, nothing.astype(np.int64), 0.0)
    return Linkage(
        method=method,
        left_rows=given.left.rows,
        right_rows=given.right.rows,
        same=given.same,
        pairs=kept,
        patterns=patterns,
        ratio=odds - weights.prior_log_odds,
        probability=p,
        vetoed=np.zeros(len(p), dtype=bool),
        rows=rows,
        weights=weights,
        found=found,
        filled=tuple(zip(given.left.filled.tolist(), found.filled.tolist(), strict=True)),
        captured=engine._captured(method, weights, patterns, kept, p * patterns.count),
        bearers=np.zeros(0, np.uint32),
        people=given.counted.words.people,
        notes=notes,
    )


def _exposure(given: Given, patterns: Patterns) -> float:
    at = places(method=given.method)
    certain = float(patterns.count[watched.sure(places=at, patterns=patterns)].sum())
    return watched.exposure_of(
        places=at, certain=certain, rows=given.left.rows, filled=given.left.filled, same=given.same
    )


def _comparer(given: Given) -> search.Searcher:
    """A searcher that only compares drawn pairs: nothing to search in."""
    shape = shape_of(method=given.method)
    none, words = np.zeros(0, np.uint32), np.zeros((0, shape.width), np.uint32)
    index = Index(
        Lines(words, np.zeros(0, np.uint8)), none, none, none.astype(np.int64), np.uint64(0),
        none.astype(np.uint64), np.uint64(0), none, (),
    )  # fmt: skip
    belief = search.belief(method=given.method, left_rows=given.left.rows, right_rows=given.right.rows)
    rarity = np.zeros((0, 2), np.uint8)
    return search.Searcher(given.method, shape, index, given.counted.words, rarity, belief, given.same)


def schema(*, left_id: str, right_id: str) -> str:
    return SCHEMA.format(left_id, right_id)


def judged(*, pairs: Any, linkage: Linkage, zone: int, folder: Path, left_id: str, right_id: str) -> Any:
    """The likely pairs with ratio and probability, and the zone of their left row."""
    keys = linkage.pairs.pattern * CLASSES + linkage.pairs.rarity
    keys, first = np.unique(keys, return_index=True)  # groups differ in their blocks too
    np.savez(folder / "judged.npz", keys=keys, ratio=linkage.ratio[first], p=linkage.probability[first])
    return pairs.mapInArrow(_judging(folder / "judged.npz", zone), schema(left_id=left_id, right_id=right_id))


def _judging(table: Path, zone: int) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    def work(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        held = np.load(table)
        keys, ratio, p = held["keys"], held["ratio"], held["p"]
        for batch in batches:
            wanted = batch.column("pattern").to_numpy() * CLASSES + batch.column("rarity").to_numpy()
            at = np.minimum(np.searchsorted(keys, wanted), max(len(keys) - 1, 0))
            here = np.flatnonzero(keys[at] == wanted) if len(keys) else np.zeros(0, np.int64)
            few, at = batch.take(pa.array(here)), at[here]
            a = few.column("a").to_numpy()
            columns = [
                *(pa.array(a // zone), few.column("a"), few.column("b"), few.column("pattern"), few.column("rarity")),
                *(pa.array(ratio[at]), pa.array(p[at]), few.column("left_id"), few.column("right_id")),
            ]
            yield pa.RecordBatch.from_arrays(columns, names=list(_NAMES))

    return work


def weighted(*, linkage: Linkage) -> Linkage:
    """For sums over pairs: each group's probability times its number of pairs."""
    return replace(linkage, probability=linkage.probability * linkage.patterns.count)
