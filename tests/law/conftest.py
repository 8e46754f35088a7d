"""Both databases, opened once; a test that asks for `engine` runs on each."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from benchmarks.postgres import postgres
from tests.law.engines import DuckDB, Engine, PostgreSQL


@pytest.fixture(scope="session")
def on_postgresql() -> Iterator[PostgreSQL]:
    with postgres() as connection:
        yield PostgreSQL(connection)


@pytest.fixture(scope="session")
def on_duckdb() -> Iterator[DuckDB]:
    with duckdb.connect() as connection:
        yield DuckDB(connection)


@pytest.fixture(scope="session", params=["on_duckdb", "on_postgresql"], ids=["DuckDB", "PostgreSQL"])
def engine(request: pytest.FixtureRequest) -> Engine:
    found: Engine = request.getfixturevalue(request.param)
    return found
