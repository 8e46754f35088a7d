"""The tables that a run writes: people, links, gaps and pairs to look at; a contract, see docs/reference/run.md."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jangkau.gaps.earlier import write_digests
from jangkau.gaps.evidence import WORDS
from jangkau.gaps.facts import Coded, places_of
from jangkau.gaps.gap import People
from jangkau.gaps.membership import Matches
from jangkau.gaps.pairs import FIELDS, Compared
from jangkau.gaps.people import Rows
from jangkau.gaps.records import REF, records_at
from jangkau.gaps.results import BATCH_ROWS, Order, Results, in_batches
from jangkau.gaps.statements import statement
from jangkau.linkage.method import Method
from jangkau.linkage.weights import Patterns, Weights
from jangkau.outputs import write_parquet

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int32]

OPEN_KEY = "jangkau"
DOUBTFUL_RECORDS = "SELECT left_rid FROM doubtful_arrow UNION SELECT right_rid FROM doubtful_arrow"


def name_people(*, connection: duckdb.DuckDBPyConnection, id_key: str | None) -> None:
    """Make person_name: an opaque id for each person, a keyed hash of the smallest content digest among his rows.

    The digest covers the whole row as its sender wrote it, so that no id can be made from a NIK alone. ``id_key``
    (run.yaml) is the secret of whoever runs this; without one a key that everybody knows stands in. Rows of equal
    content that a reviewer told apart are numbered.
    """
    connection.execute(statement(name="person_names").format(ref=REF.replace("ref", "anchor")), [_key(id_key)])


def _key(id_key: str | None) -> str:
    return sha256((id_key or OPEN_KEY).encode()).hexdigest()


def naming(*, id_key: str | None) -> Callable[[str, int], str]:
    """Makes the id that ``name_people`` gives to the n-th person of one smallest digest."""
    key = _key(id_key)
    return lambda anchor, number: "p" + sha256(f"{key}{anchor}/{number}".encode()).hexdigest()[:24]


def register_result(*, connection: duckdb.DuckDBPyConnection, results: Results, label: Ints) -> None:
    """Make the table result: what is told of each person, line by line as the table person has them."""
    stored = connection.execute("SELECT person FROM person").fetchnumpy()["person"]
    place = places_of(label=label, size=0)[stored]

    def batches() -> Iterator[pa.RecordBatch]:
        for some in in_batches(place=place):
            yield pa.record_batch(results.of_people(place=some))

    first = pa.record_batch(results.of_people(place=place[:0]))
    connection.register("result_arrow", pa.RecordBatchReader.from_batches(first.schema, batches()))
    connection.execute("CREATE OR REPLACE TABLE result AS SELECT * FROM result_arrow")
    connection.unregister("result_arrow")


@dataclass(frozen=True)
class Parts:
    """In how many parts people are sorted, and the regions of those in the gap, to cut them at."""

    number: int
    regions: Coded

    def by_id(self) -> Iterator[str]:
        """SQL conditions over person_id; ids are spread evenly."""
        cuts = [f"'p{(1 << 16) * at // self.number:04x}'" for at in range(self.number)]
        for at, low in enumerate(cuts):
            yield f"r.person_id >= {low}" + (f" AND r.person_id < {cuts[at + 1]}" if at + 1 < self.number else "")

    def by_region(self) -> Iterator[str]:
        """SQL conditions over region_code, in order, with about as many people each; people without one come last."""
        people = np.bincount(self.regions.code, minlength=len(self.regions.values))
        known = sorted((code, people[at]) for at, code in enumerate(self.regions.values) if code is not None)
        cuts, waiting = [], 0
        for code, number in known:
            if waiting and waiting + number > sum(people) / self.number:
                cuts.append(code)
                waiting = 0
            waiting += number
        for low, high in zip([None, *cuts], [*cuts, None], strict=True):
            bounds = [f"p.region_code >= '{low}'"] * (low is not None) + [f"p.region_code < '{high}'"] * (
                high is not None
            )
            inside = " AND ".join(bounds) or "TRUE"
            yield inside if high is not None else f"({inside}) OR p.region_code IS NULL"


def write_tables(
    *, connection: duckdb.DuckDBPyConnection, folder: Path, results: Results, order: Order, place: Codes, parts: Parts
) -> int:
    """Write people.parquet, links.parquet, gaps.parquet and the digests of rows; returns how many are in the gap.

    ``place``: of the person of each list row.
    """
    with ThreadPoolExecutor(1) as pool, connection.cursor() as cursor:
        # No SQL in the one, and none but SQL in the other: each keeps a core busy.
        links = pool.submit(_write_links, folder, results, order, place)
        _write_people(cursor, folder, parts)
        in_gap = _write_gaps(cursor, folder, parts)
        links.result()
    write_digests(connection=connection, folder=folder, order=order.rid)
    return in_gap


def _write_links(folder: Path, results: Results, order: Order, place: Codes) -> None:
    """links.parquet: one line per accepted list row, with the best candidate of its person."""

    def batch(rid: Ints) -> pa.RecordBatch:
        file, line = order.file_names(rid=rid), pa.array(order.line[rid])
        return pa.record_batch({"file": file, "line": line, **results.of_rows(place=place[rid])})

    batches = (batch(rid) for rid in in_batches(place=order.rid))
    write_parquet(
        table=pa.RecordBatchReader.from_batches(batch(order.rid[:0]).schema, batches), path=folder / "links.parquet"
    )


def _write_people(connection: duckdb.DuckDBPyConnection, folder: Path, parts: Parts) -> None:
    told = {"lists": _list_sets(connection)}
    queries = (statement(name="people_told").format(part=part) for part in parts.by_id())
    write_parquet(table=_told(connection, queries, told), path=folder / "people.parquet")


def _write_gaps(connection: duckdb.DuckDBPyConnection, folder: Path, parts: Parts) -> int:
    regions = connection.sql(
        "SELECT code AS key, any_value(name) AS value FROM known_region GROUP BY code ORDER BY code"
    ).to_arrow_table()
    branches = connection.sql(
        "SELECT region_code AS key, list_sort(list(branch)) AS value FROM branch_region GROUP BY region_code "
        "UNION ALL SELECT NULL, []::VARCHAR[]"
    ).to_arrow_table()
    told = {"lists": _list_sets(connection), "region_name": _Told.of(regions), "branches": _Told.of(branches)}
    queries = (statement(name="gaps").format(part=part) for part in parts.by_region())
    return write_parquet(table=_told(connection, queries, told), path=folder / "gaps.parquet")


@dataclass(frozen=True)
class _Told:
    """What stands for a key; ``other``: for any other key."""

    key: pa.Array
    value: pa.Array
    other: int | None

    @classmethod
    def of(cls, table: pa.Table) -> _Told:
        key, value = (table.column(name).combine_chunks() for name in ("key", "value"))
        other = pc.index(pc.is_null(key), True).as_py()
        return cls(key, value, None if other < 0 else other)

    def instead_of(self, keys: pa.Array) -> pa.Array:
        place = pc.index_in(keys, value_set=self.key, skip_nulls=True)
        return self.value.take(place if self.other is None else pc.fill_null(place, self.other))


def _list_sets(connection: duckdb.DuckDBPyConnection) -> _Told:
    return _Told.of(connection.sql("SELECT list_set AS key, lists AS value FROM list_set").to_arrow_table())


def _told(
    connection: duckdb.DuckDBPyConnection, queries: Iterator[str], told: dict[str, _Told]
) -> pa.RecordBatchReader:
    """The lines of one query after the other, with what stands for keys in their place: what is sorted is small."""

    def batches() -> Iterator[pa.RecordBatch]:
        for query in queries:
            reader = connection.sql(query).to_arrow_reader(BATCH_ROWS)
            # one without rows first: it tells the columns even if nobody is in this part
            for batch in chain([pa.RecordBatch.from_pylist([], schema=reader.schema)], reader):
                for name, one in told.items():
                    column = batch.schema.get_field_index(name)
                    batch = batch.set_column(column, name, one.instead_of(batch.column(column)))
                yield batch

    waiting = batches()
    first = next(waiting)
    return pa.RecordBatchReader.from_batches(first.schema, chain([first], waiting))


def write_doubtful(
    *,
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    people: People,
    results: Results,
    matches: Matches,
    rows: Rows,
    between_rows: Compared,
    weights: Weights,
    row_weights: Weights,
    method: Method,
) -> int:
    """Write doubtful.parquet: undecided pairs of a person and a member, or of two people, with the evidence.

    ``between_rows`` and ``row_weights`` are those of list rows with list rows, ``weights`` those with members.
    """
    chosen = np.flatnonzero((matches.probability > method.low) & (matches.probability < method.high))
    pairs = between_rows.a << 32 | between_rows.b  # ordered
    undecided = np.searchsorted(pairs, rows.undecided_a << 32 | rows.undecided_b)
    place = places_of(label=people.label, size=len(rows.person))
    table = pa.table(
        {
            "kind": pa.array(["member"] * len(chosen), pa.string()),
            "person_id": results.person_id.take(pa.array(place[matches.person[chosen]])),
            "left_rid": matches.person[chosen],
            "right_rid": matches.record[chosen],
            "probability": np.round(matches.probability[chosen], 6),
            **_evidence(weights, matches.levels, chosen),
        }
    )
    between = pa.table(
        {
            "kind": pa.array(["same_person"] * len(rows.undecided_a), pa.string()),
            "person_id": results.person_id.take(pa.array(place[rows.person[rows.undecided_a]])),
            "left_rid": rows.undecided_a,
            "right_rid": rows.undecided_b,
            "probability": np.round(rows.undecided_p, 6),
            **_evidence(row_weights, between_rows.patterns, undecided),
        }
    )
    connection.register("doubtful_arrow", pa.concat_tables([table, between]))
    query = statement(name="doubtful").format(record=records_at(connection=connection, wanted=DOUBTFUL_RECORDS))
    written = write_parquet(table=connection.sql(query).to_arrow_reader(BATCH_ROWS), path=folder / "doubtful.parquet")
    connection.unregister("doubtful_arrow")
    return written


def _evidence(weights: Weights, patterns: Patterns, at: npt.NDArray[np.int64]) -> dict[str, pa.Array]:
    """The columns ``evidence_`` of these pairs: how each field compares, and log2 of m / u."""
    chosen = patterns.at(at)
    columns = {}
    for name, words in WORDS.items():
        place = FIELDS.index(name)
        bits = (weights.of_field(place=place, patterns=chosen) / np.log(2)).tolist()
        said = [f"{words[level]} ({value:+.1f})" for level, value in zip(chosen.of(place).tolist(), bits, strict=True)]
        columns[f"evidence_{name}"] = pa.array(said, pa.string())
    return columns
