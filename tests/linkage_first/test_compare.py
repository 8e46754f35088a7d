"""Levels of agreement in SQL, held against the slow second implementation."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import combinations
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jangkau.linkage.first.engine import FIELDS, compare_pairs
from jangkau.linkage.first.method import LEVELS, MISSING, Method

from . import slow
from .sheet import BUDI, MARIA, SITI, Row, prepared, read_records, rows

Levels = dict[tuple[int, int], dict[str, int]]


def compared(connection: duckdb.DuckDBPyConnection, pairs: list[tuple[int, int]]) -> Levels:
    """Levels of these pairs of records by compare.sql."""
    connection.execute("CREATE OR REPLACE TABLE pair (a INTEGER, b INTEGER, blocks INTEGER)")
    connection.executemany("INSERT INTO pair VALUES (?, ?, 0)", pairs)
    found = compare_pairs(connection=connection)
    return {
        (int(a), int(b)): {field: int(getattr(found.patterns, field)[n]) for field in FIELDS}
        for n, (a, b) in enumerate(zip(found.a, found.b, strict=True))
    }


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.lists(rows(), min_size=2, max_size=14))
def test_levels_are_those_of_the_slow_way(
    connection: duckdb.DuckDBPyConnection, folder: Path, method: Method, written: list[Row]
) -> None:
    prepared(connection, folder, method, [written])
    records = read_records(connection)
    found = compared(connection, list(combinations(range(len(records)), 2)))
    assert len(found) == len(records) * (len(records) - 1) // 2
    for (a, b), level in found.items():
        x, y = records[a], records[b]
        rarity = level.pop("rarity")
        if min(abs(slow.likeness(x, y) - edge) for edge in (0.93, 0.86)) > 1e-9:
            assert level == slow.levels(x, y), (x, y)
        if level["name"] <= 2:
            assert rarity == slow.rarity(x, y), (x, y)
        assert all(level[field] in (*LEVELS[field], MISSING) for field in LEVELS)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.lists(rows(), min_size=2, max_size=8))
def test_left_and_right_are_alike(
    connection: duckdb.DuckDBPyConnection, folder: Path, method: Method, written: list[Row]
) -> None:
    prepared(connection, folder, method, [written])
    pairs = list(combinations(range(len(written)), 2))
    one, other = compared(connection, pairs), compared(connection, [(b, a) for a, b in pairs])
    for a, b in pairs:
        if one[a, b]["name"] > 2:
            one[a, b]["rarity"] = other[b, a]["rarity"]
        assert one[a, b] == other[b, a]


@pytest.mark.parametrize(
    ("field", "other", "level"),
    [
        ("nik", replace(BUDI, nik="1272011708850001"), 1),
        ("nik", replace(BUDI, nik="1272017108850001"), 2),
        ("nik", replace(BUDI, nik="127201170885001"), 2),
        ("nik", replace(BUDI, nik="1272011708850009"), 3),
        ("nik", replace(BUDI, nik="1372011708850009"), 4),
        ("nik", replace(BUDI, nik="7171011708850001"), 5),
        ("nik", replace(BUDI, nik="0000000000000000"), 9),
        ("nik", replace(BUDI, nik=None), 9),
        ("name", replace(BUDI, name="SANTOSO, BUDI"), 1),
        ("name", replace(BUDI, name="BUDI"), 2),
        ("name", replace(BUDI, name="BUDI SANTOSA"), 3),
        ("name", replace(BUDI, name="BUDI PERWIRANEGARA"), 5),
        ("name", replace(BUDI, name="MARIA WALANDOUW"), 6),
        ("name", replace(BUDI, name=None), 9),
        ("name", replace(BUDI, name="..."), 9),
        ("born", BUDI, 1),
        ("born", replace(BUDI, born=date(1985, 8, 18)), 3),
        ("born", replace(BUDI, born=date(1985, 1, 1), precision="year"), 4),
        ("born", replace(BUDI, born=date(1985, 1, 1)), 5),
        ("born", replace(BUDI, born=date(1984, 1, 1)), 6),
        ("born", replace(BUDI, born=None), 9),
        ("born", replace(BUDI, born=None, nik="7171011708850009"), 1),
        ("born", replace(BUDI, born=None, nik="1372011708850009"), 9),
        ("born", replace(BUDI, born=None, nik="1272011708850009"), 9),
        ("sex", replace(BUDI, sex="P"), 2),
        ("sex", replace(BUDI, sex=None), 1),
        ("sex", replace(BUDI, sex=None, nik=None), 9),
        ("region", replace(BUDI, region="127201"), 1),
        ("region", replace(BUDI, region="1271"), 2),
        ("region", replace(BUDI, region="7171"), 3),
        ("region", replace(BUDI, region="12"), 9),
        ("phone", replace(BUDI, phone="6281234567891"), 2),
        ("phone", replace(BUDI, phone="6281111111111"), 9),
    ],
)
def test_a_field_of_budi_and_another(
    connection: duckdb.DuckDBPyConnection, folder: Path, method: Method, field: str, other: Row, level: int
) -> None:
    prepared(connection, folder, method, [[BUDI]], [other])
    assert [found[field] for found in compared(connection, [(0, 1), (1, 0)]).values()] == [level, level]


@pytest.mark.parametrize(("short", "long", "level"), [("SURIP", "SURIPTO", 3), ("SUKARN", "SUKARNAEN", 2)])
def test_a_name_cut_short_is_known_by_six_letters(
    connection: duckdb.DuckDBPyConnection, folder: Path, method: Method, short: str, long: str, level: int
) -> None:
    prepared(connection, folder, method, [[replace(BUDI, name=short)]], [replace(BUDI, name=long)])
    assert [found["name"] for found in compared(connection, [(0, 1), (1, 0)]).values()] == [level, level]


def test_day_and_month_exchanged_have_a_level_of_their_own(
    connection: duckdb.DuckDBPyConnection, folder: Path, method: Method
) -> None:
    prepared(connection, folder, method, [[SITI]], [replace(SITI, born=date(1990, 12, 4))])
    assert compared(connection, [(0, 1)])[0, 1]["born"] == 2


def test_nothing_in_common_is_nothing_missing(
    connection: duckdb.DuckDBPyConnection, folder: Path, method: Method
) -> None:
    prepared(connection, folder, method, [[BUDI]], [MARIA])
    level = compared(connection, [(0, 1)])[0, 1]
    assert {field: level[field] for field in LEVELS} == {
        "nik": 5,
        "name": 6,
        "born": 6,
        "sex": 2,
        "region": 3,
        "phone": 2,
    }
