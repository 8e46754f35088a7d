"""The linkage on DuckDB: candidates, comparison and random pairs as SQL; the arithmetic of the weights is elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

import duckdb
import numpy as np
import numpy.typing as npt

from jangkau.linkage.first.candidates import BlockYield, find
from jangkau.linkage.first.method import Method
from jangkau.linkage.first.records import LIST
from jangkau.linkage.first.weights import Patterns, Rarity, Weights, estimate

FIELDS = ("nik", "name", "rarity", "born", "sex", "region", "phone")


@dataclass(frozen=True)
class Compared:
    """Candidate pairs with their levels, ordered by (a, b): record ids, block masks and patterns of one length."""

    a: npt.NDArray[np.int32]
    b: npt.NDArray[np.int32]
    blocks: npt.NDArray[np.int32]
    patterns: Patterns
    yields: tuple[BlockYield, ...]

    def places(self, *, pairs: Sequence[tuple[int, int]]) -> npt.NDArray[np.int64]:
        """Where these pairs of record ids stand, whichever comes first; pairs that were not compared are left out."""
        wanted = np.array(pairs, dtype=np.int64).reshape(-1, 2)
        wanted = np.concatenate([wanted, wanted[:, ::-1]])
        keys = self.a.astype(np.int64) << 32 | self.b.astype(np.int64)  # ordered, as a and b are
        sought = wanted[:, 0] << 32 | wanted[:, 1]
        place = np.minimum(np.searchsorted(keys, sought), max(len(keys) - 1, 0))
        return np.unique(place[keys[place] == sought]) if len(keys) else np.empty(0, dtype=np.int64)


def compare(*, connection: duckdb.DuckDBPyConnection, method: Method, right: int) -> Compared:
    """Find and compare candidate pairs of list rows with list rows (LIST) or with the register (REGISTER)."""
    yields = find(connection=connection, method=method, right=right, into="pair")
    return compare_pairs(connection=connection, yields=yields)


def compare_pairs(*, connection: duckdb.DuckDBPyConnection, yields: tuple[BlockYield, ...] = ()) -> Compared:
    """Compare the pairs that stand in the table ``pair`` (a, b, blocks)."""
    connection.execute((files("jangkau.linkage.first") / "sql" / "compare.sql").read_text(encoding="utf-8"))
    rows = connection.execute(
        f"SELECT c.a, c.b, p.blocks, {', '.join('c.' + f for f in FIELDS)} "
        "FROM compared AS c JOIN pair AS p ON p.a = c.a AND p.b = c.b ORDER BY c.a, c.b"
    ).fetchnumpy()
    return Compared(rows["a"], rows["b"], rows["blocks"], Patterns(**{f: _plain(rows[f]) for f in FIELDS}), yields)


def _plain(column: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    return np.asarray(np.ma.filled(column, 0), dtype=np.uint8)


def weights_for(*, connection: duckdb.DuckDBPyConnection, method: Method, compared: Compared, right: int) -> Weights:
    """Estimate the weights of one kind of pairs."""
    n_left, n_right = (_count(connection, side) for side in (LIST, right))
    all_pairs = n_left * (n_left - 1) / 2 if right == LIST else float(n_left) * n_right
    return estimate(
        patterns=compared.patterns,
        neighbours=(compared.blocks & method.neighbours) > 0,
        random=_random_pairs(connection, method, n_left, n_right, right),
        rarity=_rarity(connection, method),
        all_pairs=max(all_pairs, 1.0),
        comparable=_with_nik(connection, LIST) * _with_nik(connection, right),
        most=float(max(min(n_left, n_right), 1)),
        iterations=method.em_iterations,
    )


def _count(connection: duckdb.DuckDBPyConnection, side: int) -> int:
    (n,) = connection.execute("SELECT count(*) FROM record WHERE side = ?", [side]).fetchone() or (0,)
    return int(n)


def _with_nik(connection: duckdb.DuckDBPyConnection, side: int) -> float:
    """The share of records that have a NIK."""
    share = connection.execute(
        "SELECT count(nik) / greatest(count(*), 1) FROM record WHERE side = ?", [side]
    ).fetchone()
    return float((share or (0.0,))[0])


def _random_pairs(
    connection: duckdb.DuckDBPyConnection, method: Method, n_left: int, n_right: int, right: int
) -> Patterns:
    """Pairs drawn by a hash of their numbers: the same draw each time, on any number of threads."""
    repeats = max(1, min(method.random_pairs // max(n_left, 1), n_right))
    connection.execute(
        f"""
        CREATE OR REPLACE TABLE numbered AS
            SELECT rid, side, row_number() OVER (PARTITION BY side ORDER BY rid) - 1 AS place FROM record;
        CREATE OR REPLACE TABLE drawn AS
            SELECT rid AS a, (md5_number_lower(rid || '/' || k) % {max(n_right, 1)})::BIGINT AS place
            FROM numbered, range({repeats}) AS r(k)
            WHERE side = {LIST} AND rid % {max(1, n_left // method.random_pairs)} = 0;
        CREATE OR REPLACE TABLE pair AS
            SELECT DISTINCT d.a, n.rid AS b, 0 AS blocks
            FROM drawn AS d JOIN numbered AS n ON n.side = {right} AND n.place = d.place WHERE d.a <> n.rid;
        """
    )
    return compare_pairs(connection=connection).patterns


def _rarity(connection: duckdb.DuckDBPyConnection, method: Method) -> Rarity:
    """Chance of agreement by class: sums of squared counts over counts, in whole numbers: threads change nothing."""
    (total,) = connection.execute("SELECT count(*) FROM record WHERE name IS NOT NULL").fetchone() or (0,)
    whole, words, share = np.ones(16), np.ones(16), np.zeros(16)
    classes = np.arange(method.name_rarity_classes)
    whole[classes] = 10 ** (-classes / 2)
    words[classes] = 10 ** (-(classes + 0.5) / 2)
    rows = connection.execute(
        "SELECT name_class, sum(CAST(bearers AS HUGEINT) * bearers), sum(CAST(bearers AS HUGEINT)) "
        "FROM name_rarity WHERE name_class IS NOT NULL GROUP BY 1 ORDER BY 1"
    ).fetchall()
    for rarity_class, squares, people in rows:
        whole[rarity_class] = float(squares) / float(people) / total
        share[rarity_class] = float(people) / total
    return Rarity(whole, words, share)
