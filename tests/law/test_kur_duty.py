"""Whether a loan makes its borrower join: the shipped rules on both engines."""

from __future__ import annotations

import doctest
import importlib
from collections.abc import Iterator
from datetime import date

import duckdb
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jangkau.law.kur_duty import TYPES, kur_duty, kur_duty_sql, kur_rules

RULES = kur_rules()
EDGES = [rule.valid_from for rule in RULES]
LOANS = st.tuples(
    st.none() | st.sampled_from([*TYPES, "lain"]),
    st.none() | st.integers(0, 600_000_000) | st.sampled_from([100_000_000, 100_000_001]),
    st.none()
    | st.dates(date(2015, 1, 1), date(2030, 1, 1))
    | st.sampled_from([*EDGES, *(date.fromordinal(edge.toordinal() - 1) for edge in EDGES), date.max]),
)
Loan = tuple[str | None, int | None, date | None]


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        yield opened


@settings(max_examples=150, deadline=None)
@given(st.lists(LOANS, min_size=1, max_size=40))
@example([("khusus", 100_000_000, date(2023, 1, 30)), ("khusus", 100_000_001, date(2023, 1, 30))])
@example([("kecil", 200_000_000, date.max)])
def test_sql_and_python_say_the_same(connection: duckdb.DuckDBPyConnection, loans: list[Loan]) -> None:
    columns = {"skema": pa.string(), "plafon": pa.int64(), "agreed": pa.date32()}
    table = {name: pa.array([loan[i] for loan in loans], type_) for i, (name, type_) in enumerate(columns.items())}
    connection.register("loan", pa.table({"place": range(len(loans)), **table}))
    duty = kur_duty_sql(skema="skema", plafon="plafon", agreed="agreed")
    found = [row[0] for row in connection.execute(f"SELECT {duty} FROM loan ORDER BY place").fetchall()]
    assert found == [kur_duty(skema=s, plafon=p, agreed=a) for s, p, a in loans]


@pytest.mark.parametrize(
    ("skema", "plafon", "agreed", "duty"),
    [
        ("kecil", 200_000_000, date(2021, 6, 30), "unknown"),
        ("kecil", 200_000_000, date(2021, 7, 1), "may"),
        ("kecil", 200_000_000, date(2023, 1, 29), "unknown"),
        ("kecil", 200_000_000, date(2023, 1, 30), "must"),
        ("mikro", 50_000_000, date(2023, 1, 30), "may"),
        ("super_mikro", 5_000_000, date(2023, 1, 30), "may"),
        ("khusus", 100_000_000, date(2024, 12, 31), "unknown"),
        ("khusus", 100_000_001, date(2024, 12, 31), "must"),
        ("khusus", None, date(2024, 12, 31), "unknown"),
        ("kecil", 200_000_000, date(2017, 12, 31), "unknown"),
        ("kecil", 200_000_000, None, "unknown"),
        (None, 200_000_000, date(2023, 3, 1), "unknown"),
    ],
)
def test_a_loan_of_its_day(skema: str | None, plafon: int | None, agreed: date | None, duty: str) -> None:
    assert kur_duty(skema=skema, plafon=plafon, agreed=agreed) == duty


def test_every_rule_has_a_source_and_follows_the_one_before_it() -> None:
    assert all(rule.source for rule in RULES)
    assert [rule.valid_until for rule in RULES] == [*EDGES[1:], None]


def test_every_duty_is_known_to_the_law_and_every_type_named() -> None:
    assert {rule.duty for regulation in RULES for rule in regulation.types.values()} == {"must", "may", "unknown"}
    assert {name for regulation in RULES for name in regulation.types} == set(TYPES)


def test_the_examples_in_the_text_are_true() -> None:
    results = doctest.testmod(importlib.import_module("jangkau.law.kur_duty"))
    assert results.attempted > 0
    assert results.failed == 0
