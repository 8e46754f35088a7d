"""The tables that a run writes: people, links, gaps and pairs to look at; a contract, see docs/reference/run.md."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jangkau.gaps.evidence import WORDS
from jangkau.gaps.gap import Members, People
from jangkau.gaps.membership import Matches
from jangkau.gaps.pairs import FIELDS, Compared
from jangkau.gaps.people import Rows
from jangkau.gaps.records import REF
from jangkau.gaps.statements import statement
from jangkau.linkage.method import Method
from jangkau.linkage.weights import Patterns, Weights
from jangkau.outputs import write_parquet

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

OPEN_KEY = "jangkau"
BATCH_ROWS = 100_000


def name_people(*, connection: duckdb.DuckDBPyConnection, id_key: str | None) -> None:
    """Make person_name: an opaque id for each person, a keyed hash of the smallest content digest among his rows.

    The digest covers the whole row as its sender wrote it, so that no id can be made from a NIK alone. ``id_key``
    (run.yaml) is the secret of whoever runs this; without one a key that everybody knows stands in. Rows of equal
    content that a reviewer told apart are numbered.
    """
    connection.execute(
        f"""
        CREATE OR REPLACE TABLE person_name AS
        SELECT person,
            'p' || left(sha256($1 || {REF} || CASE WHEN number = 1 THEN '' ELSE '/' || number END), 24) AS person_id
        FROM (
            SELECT person, anchor AS ref, row_number() OVER (PARTITION BY anchor ORDER BY person) AS number FROM person
        )
        """,
        [_key(id_key)],
    )


def _key(id_key: str | None) -> str:
    return sha256((id_key or OPEN_KEY).encode()).hexdigest()


def naming(*, id_key: str | None) -> Callable[[str, int], str]:
    """Makes the id that ``name_people`` gives to the n-th person of one smallest digest."""
    key = _key(id_key)
    return lambda anchor, number: "p" + sha256(f"{key}{anchor}/{number}".encode()).hexdigest()[:24]


def register_result(
    *,
    connection: duckdb.DuckDBPyConnection,
    people: People,
    matches: Matches,
    members: Members,
    protected: Floats,
    method: Method,
) -> None:
    """Make the table result: each person with id, status, probabilities, best candidate and what it rests on."""
    has = people.top >= 0
    top = np.maximum(people.top, 0)
    candidate = np.where(has, matches.record[top], -1) if len(matches.record) else np.full(len(has), -1)
    linked = people.linked >= method.high
    candidate = np.where(linked & has, members.best_row[np.maximum(candidate, 0)], candidate)
    levels = {
        f: matches.levels.of(FIELDS.index(f))[top] if len(matches.record) else np.zeros(len(has), np.uint8)
        for f in ("nik", "name", "born", "region")
    }
    decision = np.where(linked, 0, np.where(people.linked > method.low, 1, 2))
    table = pa.table(
        {
            "person": people.label,
            "status": pa.array(people.status, pa.string()),
            "probability": np.round(protected, 6),
            "linked": np.round(people.linked, 6),
            "candidate": pa.array(candidate, pa.int32()),
            "decision": pa.DictionaryArray.from_arrays(decision.astype(np.int8), ["match", "doubtful", "none"]),
            "reason": _reasons(has, levels),
            "duty": pa.array(people.duty, pa.string()),
            "not_working": people.not_working,
        }
    )
    connection.register("result_arrow", table)
    connection.execute(
        "CREATE OR REPLACE TABLE result AS SELECT r.person, n.person_id, r.* EXCLUDE (person, decision, reason), "
        "CAST(decision AS VARCHAR) AS decision, CAST(reason AS VARCHAR) AS reason "
        "FROM result_arrow AS r JOIN person_name AS n USING (person) ORDER BY person"
    )
    connection.unregister("result_arrow")


def _reasons(has: npt.NDArray[np.bool_], levels: dict[str, npt.NDArray[np.uint8]]) -> pa.DictionaryArray:
    """What the best candidate's fields say, in words; people without a candidate have none."""
    code = np.zeros(len(has), np.int64)
    for level in levels.values():
        code = code << 4 | level
    codes, place = np.unique(np.where(has, code, -1), return_inverse=True)
    words = []
    for one in codes.tolist():
        shifts = range(4 * (len(levels) - 1), -1, -4)
        said = (WORDS[field][one >> shift & 15] for field, shift in zip(levels, shifts, strict=True))
        words.append("tidak ada calon di register" if one < 0 else "; ".join(said))
    return pa.DictionaryArray.from_arrays(place.astype(np.int32), pa.array(words, pa.string()))


def write_tables(*, connection: duckdb.DuckDBPyConnection, folder: Path) -> int:
    """Write people.parquet, links.parquet and gaps.parquet; returns how many people are in the gap."""
    connection.execute(statement(name="whole"))
    people = (
        "SELECT person_id, nik, name, birth_date, sex, region_code, lists, status, probability, kpj, segment, "
        "paid_until, duty FROM whole ORDER BY person_id"
    )
    _write(connection, people, folder / "people.parquet")
    _write(connection, statement(name="links"), folder / "links.parquet")
    return _write(connection, statement(name="gaps"), folder / "gaps.parquet")


def _write(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> int:
    return write_parquet(table=connection.sql(query).to_arrow_reader(BATCH_ROWS), path=path)


def write_doubtful(
    *,
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    people: People,
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
    table = pa.table(
        {
            "kind": pa.array(["member"] * len(chosen), pa.string()),
            "person": matches.person[chosen],
            "left_rid": matches.person[chosen],
            "right_rid": matches.record[chosen],
            "probability": np.round(matches.probability[chosen], 6),
            **_evidence(weights, matches.levels, chosen),
        }
    )
    between = pa.table(
        {
            "kind": pa.array(["same_person"] * len(rows.undecided_a), pa.string()),
            "person": rows.person[rows.undecided_a],
            "left_rid": rows.undecided_a,
            "right_rid": rows.undecided_b,
            "probability": np.round(rows.undecided_p, 6),
            **_evidence(row_weights, between_rows.patterns, undecided),
        }
    )
    connection.register("doubtful_arrow", pa.concat_tables([table, between]))
    written = _write(connection, statement(name="doubtful"), folder / "doubtful.parquet")
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
