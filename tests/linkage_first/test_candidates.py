"""Which pairs are compared: exactly those that share a key, each once, and none of a key that too many share."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import combinations, product
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jangkau.linkage.first.candidates import find
from jangkau.linkage.first.method import Method
from jangkau.linkage.first.records import LIST, REGISTER

from .sheet import BUDI, MARIA, SITI, Row, prepared, read_records, rows

Pairs = dict[tuple[int, int], int]


def found(connection: duckdb.DuckDBPyConnection, method: Method, right: int) -> Pairs:
    find(connection=connection, method=method, right=right, into="pair")
    pairs = connection.execute("SELECT a, b, blocks FROM pair").fetchall()
    assert len({(a, b) for a, b, _ in pairs}) == len(pairs), "a pair stands twice"
    return {(a, b): blocks for a, b, blocks in pairs}


def keys(connection: duckdb.DuckDBPyConnection, method: Method) -> list[list[str | None]]:
    """Of each block the key of each record."""
    return [
        [row[0] for row in connection.execute(f"SELECT {block.key} FROM record ORDER BY rid").fetchall()]
        for block in method.blocks
    ]


def slow(connection: duckdb.DuckDBPyConnection, method: Method, right: int) -> Pairs:
    """Every pair looked at: which blocks give both the same key, leaving out keys of too many pairs."""
    side = [record["side"] for record in read_records(connection)]
    left, other = ([rid for rid, s in enumerate(side) if s == wanted] for wanted in (LIST, right))
    pairs = list(combinations(left, 2) if right == LIST else product(left, other))
    result: Pairs = {}
    for bit, key in enumerate(keys(connection, method)):
        sharing = [(a, b) for a, b in pairs if key[a] is not None and key[a] == key[b]]
        n_left, n_right = (Counter(key[rid] for rid in rids) for rids in (left, other))
        for a, b in sharing:
            size = n_left[key[a]] * n_right[key[a]]
            if size <= method.largest_block * (2 if right == LIST else 1):
                result[a, b] = result.get((a, b), 0) | 1 << bit
    return result


@pytest.mark.parametrize("largest", [4000, 6])
@pytest.mark.parametrize("right", [LIST, REGISTER])
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(written=st.lists(rows(), max_size=12), register=st.lists(rows(), max_size=8))
def test_pairs_are_those_that_share_a_key(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    method: Method,
    right: int,
    largest: int,
    written: list[Row],
    register: list[Row],
) -> None:
    method = replace(method, largest_block=largest)
    prepared(connection, folder, method, [written], register)
    assert found(connection, method, right) == slow(connection, method, right)


def test_a_key_that_too_many_share_is_left_out_and_counted(
    connection: duckdb.DuckDBPyConnection, folder: Path, method: Method
) -> None:
    method = replace(method, largest_block=20)
    alike = [Row(nik="1272011708850001", name=f"ORANG {chr(65 + n)}{chr(65 + n)}I") for n in range(9)]
    prepared(connection, folder, method, [alike[:5]], alike[4:])
    yields = {y.block: y for y in find(connection=connection, method=method, right=REGISTER, into="pair")}
    assert (yields["nik"].pairs, yields["nik"].keys_left_out) == (0, 1)
    prepared(connection, folder, method, [alike[:5]], alike[4:8])
    yields = {y.block: y for y in find(connection=connection, method=method, right=REGISTER, into="pair")}
    assert (yields["nik"].pairs, yields["nik"].keys_left_out) == (20, 0)


def test_what_is_missing_is_no_key(connection: duckdb.DuckDBPyConnection, folder: Path, method: Method) -> None:
    """Nulls do not bring everybody together with everybody."""
    prepared(connection, folder, method, [[Row()] * 4], [Row()] * 3)
    assert found(connection, method, LIST) == {}
    assert found(connection, method, REGISTER) == {}


def test_a_name_without_letters_is_no_key(connection: duckdb.DuckDBPyConnection, folder: Path, method: Method) -> None:
    prepared(connection, folder, method, [[replace(BUDI, nik=None, phone=None, name="...", sex=None, region=None)]] * 2)
    assert found(connection, method, LIST) == {}


def test_each_kind_of_error_is_caught_by_some_block(
    connection: duckdb.DuckDBPyConnection, folder: Path, method: Method
) -> None:
    """One thing wrong at a time, or two: the pair is still compared."""
    wrong = {
        "name": replace(BUDI, name="XAVER"),
        "birth date": replace(BUDI, born=MARIA.born),
        "no NIK": replace(BUDI, nik=None),
        "another NIK": replace(BUDI, nik=MARIA.nik),
        "a digit of the NIK, no birth date": replace(BUDI, nik="1272011708850009", born=None),
        "no NIK, moved": replace(BUDI, nik=None, region="7171", phone=None),
        "no NIK, day wrong": replace(BUDI, nik=None, born=BUDI.born and BUDI.born.replace(day=1), phone=None),
        "no NIK, first word lost": replace(BUDI, nik=None, name="SANTOSO", phone=None),
        "nothing but the phone": replace(Row(), phone=BUDI.phone, name="XAVER"),
    }
    for error, row in wrong.items():
        prepared(connection, folder, method, [[row]], [BUDI, SITI])
        records = read_records(connection)
        row_id = next(record["rid"] for record in records if record["side"] == LIST)
        budi = next(r["rid"] for r in records if r["side"] == REGISTER and r["nik"] == BUDI.nik)
        assert (row_id, budi) in found(connection, method, REGISTER), error
