"""Left rows and links from judged pairs, zone by zone of the left side; one file each where that is small enough."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jangkau.linkage import pattern_text, posterior
from jangkau.linkage.link import MATCH, NO, REVIEW
from jangkau.linkage.method import Method
from jangkau.linkage.spark_packing import ids_of
from jangkau.outputs import write_parquet

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
ONE_FILE_ROWS = 5_000_000
"""Up to so many rows the driver writes one file, with the bytes that one machine writes; more are a folder of files."""
_LEFT = "row long, left_id {}, total double, best_right_id {}, best_probability double, ties long"
_LINKS = "a long, b long, left_id {}, right_id {}, probability double, pattern string, decision string"


@dataclass(frozen=True)
class Summary:
    """What the model tells of the left rows: counted by S, whether there is a candidate, whether the best is tied."""

    coverage: float
    probability: Floats
    candidate: npt.NDArray[np.bool_]
    tied: npt.NDArray[np.bool_]
    count: Floats

    def rows(self, *, where: npt.NDArray[np.bool_]) -> int:
        return int(self.count[where].sum())


def left_rows(*, left: Any, pairs: Any, right_rows: int, captured: float, left_id: str, right_id: str) -> Any:
    """One row for each left row: S, its best match, that pair's probability, ties."""
    ids = left.select("zone", "first", "rows", "ids").groupBy("zone")
    judged = pairs.select("zone", "a", "b", "ratio", "p", "right_id").groupBy("zone")
    return ids.cogroup(judged).applyInArrow(
        _zone(float(max(right_rows, 1)), captured, left_id, right_id), _LEFT.format(left_id, right_id)
    )


def _zone(right_rows: float, captured: float, left_id: str, right_id: str) -> Callable[[pa.Table, pa.Table], pa.Table]:
    def work(left: pa.Table, pairs: pa.Table) -> pa.Table:
        left = left.sort_by("first")
        ids = pa.concat_arrays([ids_of(value=one) for one in left.column("ids")])
        first, rows = left.column("first")[0].as_py(), len(ids)
        pairs = pairs.sort_by([("a", "ascending"), ("b", "ascending")])
        a = pairs.column("a").to_numpy() - first
        p, ratio = pairs.column("p").to_numpy(), pairs.column("ratio").to_numpy()
        total = posterior.totals(a=a, ratio=ratio, left_rows=rows, right_rows=right_rows, found=captured)
        best, best_p, ties = posterior.best_of(a=a, p=p, left_rows=rows)
        places = pa.array(np.maximum(best, 0), mask=best < 0)
        return pa.table(
            {
                "row": np.arange(first, first + rows),
                "left_id": ids,
                "total": total,
                "best_right_id": pairs.column("right_id").combine_chunks().take(places),
                "best_probability": best_p,
                "ties": ties,
            }
        )

    return work


def summary(*, rows: Any, method: Method) -> Summary:
    """The coverage, and what the model tells, from left rows counted by S."""
    from pyspark.sql import functions as f

    table = (
        rows.select(
            "total",
            (f.col("best_probability") > 0).alias("candidate"),
            ((f.col("ties") > 1) & (f.col("best_probability") >= method.low)).alias("tied"),
        )
        .groupBy("total", "candidate", "tied")
        .count()
        .toArrow()
        .sort_by([("total", "ascending"), ("candidate", "ascending"), ("tied", "ascending")])
    )
    total, count = table.column("total").to_numpy(), table.column("count").to_numpy().astype(np.float64)
    coverage = posterior.coverage_of(total=total, count=count)
    return Summary(
        coverage,
        posterior.present(total=total, coverage=coverage),
        table.column("candidate").to_numpy().astype(bool),
        table.column("tied").to_numpy().astype(bool),
        count,
    )


def write_left(*, rows: Any, number: int, coverage: float, path: Path) -> None:
    """left.parquet, in the order of the left side."""
    if number <= ONE_FILE_ROWS:
        write_parquet(table=_present(rows.toArrow().sort_by("row"), coverage), path=path)
        return
    schema = rows.drop("row", "total").schema
    kinds = ", ".join(f"{one.name} {one.dataType.simpleString()}" for one in schema.fields[1:])
    as_said = f"left_id {schema.fields[0].dataType.simpleString()}, probability double, {kinds}"

    def work(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            yield from _present(pa.Table.from_batches([batch]), coverage).to_batches()

    write_folder(frame=rows.orderBy("row").mapInArrow(work, as_said), path=path)


def _present(rows: pa.Table, coverage: float) -> pa.Table:
    probability = posterior.present(total=rows.column("total").to_numpy(), coverage=coverage)
    columns = ("best_right_id", "best_probability", "ties")
    return pa.table(
        {
            "left_id": rows.column("left_id"),
            "probability": probability,
            **{name: rows.column(name) for name in columns},
        }
    )


def links(*, pairs: Any, method: Method, right_rows: int, folder: Path, left_id: str, right_id: str) -> Any:
    """The pairs that are told, with probability and decision."""
    chosen = None
    if method.one_to_one:
        chosen = folder / "one_to_one.npz"
        _choose(pairs, chosen, max(right_rows, 1))
    return pairs.mapInArrow(_telling(method, chosen, max(right_rows, 1)), _LINKS.format(left_id, right_id))


def _choose(pairs: Any, path: Path, right_rows: int) -> None:
    """Pairs that compete for a row are settled on the driver, the likeliest first; whoever stands alone need not be
    moved."""
    from pyspark.sql import functions as f

    few = pairs.select("a", "b", "p")
    twice_a = few.groupBy("a").count().filter("count > 1").select("a", f.lit(True).alias("more_a"))
    twice_b = few.groupBy("b").count().filter("count > 1").select("b", f.lit(True).alias("more_b"))
    rivals = few.join(twice_a, "a", "left").join(twice_b, "b", "left").filter("more_a or more_b")
    table = rivals.select("a", "b", "p").toArrow().sort_by([("a", "ascending"), ("b", "ascending")])
    a, b = table.column("a").to_numpy(), table.column("b").to_numpy()
    rank_a, rank_b = (np.unique(one, return_inverse=True)[1].astype(np.int64) for one in (a, b))
    shared, chosen = posterior.one_to_one(a=rank_a, b=rank_b, p=table.column("p").to_numpy())
    np.savez(path, keys=a * right_rows + b, shared=shared, chosen=chosen)


def _telling(
    method: Method, chosen: Path | None, right_rows: int
) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    def work(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        rivals = dict(np.load(chosen)) if chosen is not None else None
        for batch in batches:
            p = batch.column("p").to_numpy()
            lost = np.zeros(len(p), dtype=bool)
            if rivals is not None:
                keys = batch.column("a").to_numpy() * right_rows + batch.column("b").to_numpy()
                p, lost = _shared(p, keys, rivals)
            decision = np.where(lost, NO, np.where(p >= method.high, MATCH, REVIEW))
            here = np.flatnonzero(p >= method.low)
            few = batch.take(pa.array(here))
            pattern, rarity = few.column("pattern").to_numpy(), few.column("rarity").to_numpy()
            yield pa.RecordBatch.from_pydict(
                {
                    "a": few.column("a"),
                    "b": few.column("b"),
                    "left_id": few.column("left_id"),
                    "right_id": few.column("right_id"),
                    "probability": pa.array(p[here]),
                    "pattern": pattern_text.written(patterns=pattern, rarity=rarity, method=method),
                    "decision": pa.array(decision[here].astype(object), pa.string()),
                }
            )

    return work


def _shared(p: Floats, keys: Ints, rivals: dict[str, npt.NDArray[Any]]) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Probabilities with the competitors counted in, and who lost; who has none is chosen."""
    odds = np.minimum(p / np.maximum(1.0 - p, 1e-15), 1e15)
    shared = odds / (1.0 + odds)
    lost = np.zeros(len(p), dtype=bool)
    if len(rivals["keys"]):
        at = np.minimum(np.searchsorted(rivals["keys"], keys), len(rivals["keys"]) - 1)
        there = rivals["keys"][at] == keys
        shared[there] = rivals["shared"][at[there]]
        lost[there] = ~rivals["chosen"][at[there]]
    return shared, lost


def write_links(*, told: Any, path: Path) -> dict[str, int]:
    """links.parquet by left row, the likeliest first; returns how many of each decision."""
    counts = {row["decision"]: row["count"] for row in told.groupBy("decision").count().collect()}
    if sum(counts.values()) > ONE_FILE_ROWS:
        ordered = told.orderBy(told.a, told.probability.desc(), told.b).drop("a", "b")
        write_folder(frame=ordered, path=path)
    else:
        table = told.toArrow()
        by = (table.column("b").to_numpy(), -table.column("probability").to_numpy(), table.column("a").to_numpy())
        write_parquet(table=table.take(pa.array(np.lexsort(by))).drop_columns(["a", "b"]), path=path)
    return {name: counts.get(name, 0) for name in (MATCH, REVIEW, NO)}


def write_folder(*, frame: Any, path: Path) -> None:
    """A folder of Parquet files, and nothing else in it."""
    frame.write.option("compression", "zstd").parquet(str(path))
    for file in [*path.glob("_*"), *path.glob(".*")]:
        file.unlink()
