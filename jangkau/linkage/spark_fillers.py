"""Values that fill a gap, found and made missing by Spark: what `fillers` does with all rows in memory.

Values are common in a sample, counted in all chunks, and blanked in each. Of personal numbers the keys that the slices
leave out tell more of them. What leaves a task are counts; the values stay in scratch and are never said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jangkau.linkage import fillers, search
from jangkau.linkage.kernels import searching
from jangkau.linkage.lines import Lines, Shape, shape_of
from jangkau.linkage.method import Method
from jangkau.linkage.spark_packing import SCHEMA, Chunk, bytes_of, chunks

Words = npt.NDArray[np.uint32]
Keys = npt.NDArray[np.uint64]
Ints = npt.NDArray[np.int64]
_COUNTS = "place int, value int, n long"


@dataclass(frozen=True)
class Values:
    """Fillers by field: as words, or as keys of the block that looks at it alone; ``rows``: how many have one."""

    words: dict[int, Words] = field(default_factory=dict)
    keys: dict[int, tuple[int, Keys]] = field(default_factory=dict)
    rows: dict[int, int] = field(default_factory=dict)


def often(*, left: Any, drawn: Lines, rows: int, method: Method, shape: Shape) -> Values:
    """Values that are common among drawn lines of a packed side, and too common in all of it."""
    common = fillers.common_values(drawn=drawn, method=method, shape=shape)
    if not common:
        return Values()
    counts = left.select("first", "words", "heap", "hashes", "ids").mapInArrow(_counter(method, common), _COUNTS)
    found: dict[int, list[int]] = {}
    many: dict[int, int] = {}
    for row in counts.groupBy("place", "value").sum("n").collect():
        place, value, n = int(row[0]), int(row[1]), int(row[2])
        if fillers.too_many(count=n, rows=rows, field=method.fields[place]):
            found.setdefault(place, []).append(value)
            many[place] = many.get(place, 0) + n
    return Values({place: common[place][sorted(which)] for place, which in found.items()}, {}, many)


def _counter(
    method: Method, common: dict[int, Words]
) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    def work(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        shape = shape_of(method=method)
        wanted = [(place, k, value) for place, values in common.items() for k, value in enumerate(values)]
        counts = np.zeros(len(wanted), np.int64)
        for chunk in chunks(batches=batches, shape=shape):
            for at, (place, _, value) in enumerate(wanted):
                counts[at] += len(fillers.having(lines=chunk.lines, at=shape.at[place], value=value))
        yield pa.RecordBatch.from_arrays(
            [
                pa.array([place for place, _, _ in wanted], pa.int32()),
                pa.array([k for _, k, _ in wanted], pa.int32()),
                pa.array(counts),
            ],
            names=["place", "value", "n"],
        )

    return work


def left_out(*, heavy: dict[int, tuple[Keys, Ints]], method: Method) -> Values:
    """Personal numbers shared by so many that their block leaves them out. ``heavy``: by block, keys and their rows."""
    keys: dict[int, tuple[int, Keys]] = {}
    rows: dict[int, int] = {}
    for block, (these, counts) in heavy.items():
        place = alone(block=block, method=method)
        over = counts > fillers.SHARED
        if place is not None and over.any():
            keys[place] = block, np.sort(these[over])
            rows[place] = int(counts[over].sum())
    return Values({}, keys, rows)


def alone(*, block: int, method: Method) -> int | None:
    """The place of the personal number that is all that a block looks at."""
    parts = method.blocks[block].parts
    for place, one in enumerate(method.fields):
        if parts == ((one.name, "whole"),) and one.kind.name in fillers.PERSONAL:
            return place
    return None


def blanked(*, left: Any, values: Values, method: Method) -> Any:
    """The packed side with these values missing."""
    return left.mapInArrow(_blanker(method, values), SCHEMA)


def _blanker(method: Method, values: Values) -> Callable[[Iterator[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    def work(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        shape = shape_of(method=method)
        for batch in batches:
            for k, chunk in enumerate(chunks(batches=iter([batch]), shape=shape)):
                fillers.blank(lines=chunk.lines, rows=_rows(chunk, values, shape), method=method, shape=shape)
                filled = search.filled(lines=chunk.lines, method=method, shape=shape).tolist()
                new = {"words": bytes_of(array=chunk.lines.words), "filled": pa.array([filled], pa.list_(pa.int64()))}
                one = batch.slice(k, 1)
                for name, column in new.items():
                    at = one.schema.get_field_index(name)
                    one = one.set_column(at, one.schema.field(at), column)
                yield one

    return work


def _rows(chunk: Chunk, values: Values, shape: Shape) -> dict[int, Ints]:
    found = {}
    for place, words in values.words.items():
        at = shape.at[place]
        here = [fillers.having(lines=chunk.lines, at=at, value=value) for value in words]
        found[place] = np.sort(np.concatenate(here))
    for place, (block, wanted) in values.keys.items():
        keys: Keys = np.empty(len(chunk.lines), np.uint64)
        searching.keys_of_block(chunk.lines.words, shape.parts, shape.blocks, block, keys)
        found[place] = np.flatnonzero(np.isin(keys, wanted))
    return found


def counted(*, rows: dict[int, int]) -> dict[int, Ints]:
    """So many rows, as the notes of the fillers want them: they only tell how many."""
    return {place: np.broadcast_to(np.int64(0), (many,)) for place, many in rows.items()}


def equal_to_many(*, pairs: Any, method: Method) -> dict[int, Ints]:
    """Left rows by field whose personal number is that of too many rows on the right; sorted."""
    from pyspark.sql import functions as f

    found = {}
    for place, one in enumerate(method.fields):
        if one.kind.name not in fillers.PERSONAL:
            continue
        equal = pairs.filter(f.expr(f"pattern div {digit(place=place, method=method)} % 10 = 1"))
        rows = equal.groupBy("a").count().filter(f.col("count") > fillers.SHARED).select("a").toArrow()
        if len(rows):
            found[place] = np.sort(rows.column("a").to_numpy())
    return found


def digit(*, place: int, method: Method) -> int:
    """What one level of a field is worth in a pattern."""
    return int(10 ** (len(method.fields) - 1 - place))


def without(*, a: Ints, pattern: Ints, dominated: dict[int, Ints], method: Method) -> Ints:
    """Patterns with these personal numbers missing where they are equal: the digit 1 becomes 9."""
    out = pattern.copy()
    for place, rows in dominated.items():
        one = digit(place=place, method=method)
        out[(pattern // one % 10 == 1) & np.isin(a, rows)] += 8 * one
    return out
