"""Rows made ready to compare: what is kept of a field, how rare a name is, and numbers that hang on content alone."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jangkau.linkage.first.method import Method

from .sheet import BUDI, MARIA, SITI, Row, prepared, read_records, rows


@pytest.mark.parametrize(
    ("change", "field", "kept"),
    [
        ({"nik": "1272011708850001"}, "nik", "1272011708850001"),
        ({"nik": "127201170885001"}, "nik", "127201170885001"),
        ({"nik": "1272011708850000"}, "nik", "1272011708850000"),
        ({"nik": "127201170885"}, "nik", None),
        ({"nik": "1.27E+15"}, "nik", None),
        ({"nik": "0000000000000000"}, "nik", None),
        ({"nik": "9999999999999999"}, "nik", None),
        ({"nik": "2222222222222222"}, "nik", None),
        ({"nik": None}, "nik", None),
        ({"phone": "6281234567890"}, "phone", "6281234567890"),
        ({"phone": "6280000000000"}, "phone", None),
        ({"phone": "62812"}, "phone", None),
        ({"region": "1272010001"}, "region4", "1272"),
        ({"region": "12"}, "region4", None),
        ({"sex": None}, "sex", "L"),
        ({"sex": None, "nik": "1272015708850001"}, "sex", "P"),
        ({"sex": "P"}, "sex", "P"),
        ({"sex": None, "nik": "1272013002850001"}, "sex", None),
        ({"born": None}, "nik_born", date(1985, 8, 17)),
        ({"nik": "1272013002850001"}, "nik_born", None),
        ({"name": "Drs. H. Moh. Amin, S.Pd."}, "name", "MUHAMAD AMIN"),
        ({"name": None}, "name", None),
    ],
)
def test_what_is_kept_of_a_field(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    method: Method,
    change: dict[str, str | None],
    field: str,
    kept: object,
) -> None:
    prepared(connection, folder, method, [[replace(BUDI, **change)]])  # type: ignore[arg-type]
    assert read_records(connection)[0][field] == kept


def test_every_row_is_a_record(connection: duckdb.DuckDBPyConnection, folder: Path, method: Method) -> None:
    nobody = Row()
    assert prepared(connection, folder, method, [[BUDI, BUDI, nobody], [SITI]], [MARIA, nobody]) == 6
    records = read_records(connection)
    assert [record["rid"] for record in records] == list(range(6))
    assert Counter((record["file_no"], record["line"]) for record in records) == Counter(
        [(0, 2), (0, 3), (0, 4), (1, 2), (2, 2), (2, 3)]
    )


def contents(connection: duckdb.DuckDBPyConnection) -> list[tuple[object, ...]]:
    """What each record number stands for, place in a file apart."""
    fields = ("rid", "side", "ref", "nik", "name", "born", "sex", "region4", "phone", "name_class", "words_class")
    return [tuple(record[field] for field in fields) for record in read_records(connection)]


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.data(), st.lists(rows(), max_size=10), st.lists(rows(), max_size=6))
def test_numbers_follow_content_not_the_order_of_rows_or_files(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    method: Method,
    data: st.DataObject,
    first: list[Row],
    second: list[Row],
) -> None:
    prepared(connection, folder, method, [first, second])
    before = contents(connection)
    others = [data.draw(st.permutations(second)), data.draw(st.permutations(first))]
    prepared(connection, folder, method, others)
    assert contents(connection) == before


def test_a_name_is_as_rare_as_its_bearers_are_few(
    connection: duckdb.DuckDBPyConnection, folder: Path, method: Method
) -> None:
    """Classes are half powers of ten: class c is borne by one in 10^(c/2)."""
    names = ["BUDI"] * 60 + ["SITI AMINAH"] * 30 + ["AMINAH SITI"] * 3 + ["SITI MARIA"] * 7
    prepared(connection, folder, method, [[replace(BUDI, name=name) for name in names]])
    found = {(r["words"], r["name_class"], r["words_class"]) for r in read_records(connection)}

    def whole(count: int) -> int:
        return math.floor(2 * math.log10(len(names) / count))

    def words(*counts: int) -> int:
        """All these words in one name, were they independent."""
        return sum(round(20 * math.log10(len(names) / count)) for count in counts) // 10

    assert found == {
        ("BUDI", whole(60), words(60)),
        ("AMINA SITI", whole(33), words(33, 40)),
        ("MARIA SITI", whole(7), words(7, 40)),
    }


EMPTY: dict[str, Callable[[Row], Row]] = {
    "no NIK": lambda row: replace(row, nik=None),
    "no name": lambda row: replace(row, name=None),
    "a name without letters": lambda row: replace(row, name="..."),
    "nothing at all": lambda row: Row(),
}


@pytest.mark.parametrize("kind", EMPTY)
def test_rows_that_say_little_are_records_too(
    connection: duckdb.DuckDBPyConnection, folder: Path, method: Method, kind: str
) -> None:
    rows = [EMPTY[kind](row) for row in (BUDI, SITI)]
    assert prepared(connection, folder, method, [rows], rows[:1]) == 3
