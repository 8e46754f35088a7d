"""Facts of the law as SQL tables."""

from __future__ import annotations

import doctest
from dataclasses import astuple, dataclass
from datetime import date

import duckdb

from jangkau.law import as_sql
from jangkau.law.as_sql import table_in_sql


@dataclass(frozen=True)
class Fact:
    name: str | None
    rupiah: int
    sure: bool
    day: date


def test_a_table_holds_what_the_facts_say_and_running_it_again_replaces_it() -> None:
    facts = [Fact("Jum'at; DROP TABLE fact", 10**15, True, date(2026, 5, 1)), Fact(None, -1, False, date.max)]
    with duckdb.connect() as connection:
        for rows in ([facts[0]], facts):
            connection.execute(table_in_sql(name="fact", rows=rows))
        assert connection.execute("SELECT * FROM fact").fetchall() == [astuple(one) for one in facts]


def test_the_examples_in_the_text_are_true() -> None:
    results = doctest.testmod(as_sql)
    assert results.attempted > 0
    assert results.failed == 0
