"""The two databases that run jangkau/law/sql: tables in, statements as they stand, rows out."""

from __future__ import annotations

from datetime import date
from importlib.resources import files
from typing import Any, Protocol

import duckdb
import psycopg
import pyarrow as pa
from psycopg.rows import dict_row

from benchmarks.postgres import copied
from jangkau.law.kur_tables import duty_tables
from jangkau.law.tariff import tariff

Row = dict[str, Any]


class Engine(Protocol):
    """What a test asks of a database."""

    def load(self, *, name: str, table: pa.Table) -> None: ...

    def run(self, *, statements: str) -> None: ...

    def rows(self, *, query: str) -> list[Row]: ...


class DuckDB:
    """DuckDB, which reads Arrow where it lies."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection

    def load(self, *, name: str, table: pa.Table) -> None:
        self.connection.register(name, table)

    def run(self, *, statements: str) -> None:
        self.connection.execute(statements)

    def rows(self, *, query: str) -> list[Row]:
        found: list[Row] = self.connection.sql(query).to_arrow_table().to_pylist()
        return found


class PostgreSQL:
    """PostgreSQL, filled by COPY."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self.connection = connection

    def load(self, *, name: str, table: pa.Table) -> None:
        copied(connection=self.connection, name=name, table=table)

    def run(self, *, statements: str) -> None:
        self.connection.execute(statements)

    def rows(self, *, query: str) -> list[Row]:
        return self.connection.cursor(row_factory=dict_row).execute(query).fetchall()


def of_law(*, name: str) -> str:
    """The text of jangkau/law/sql/NAME.sql."""
    return (files("jangkau.law") / "sql" / f"{name}.sql").read_text(encoding="utf-8")


def priced(*, engine: Engine, people: pa.Table, month: date) -> list[Row]:
    """What price.sql says of these people."""
    engine.load(name="person", table=people)
    engine.run(statements=tariff(month=month).sql())
    engine.run(statements=of_law(name="price"))
    return engine.rows(query="SELECT * FROM priced ORDER BY id")


def answered(*, engine: Engine, loans: pa.Table, as_of: date) -> list[Row]:
    """What duty.sql says of these loans."""
    engine.load(name="loan", table=loans)
    engine.run(statements=duty_tables(as_of=as_of))
    engine.run(statements=of_law(name="duty"))
    return engine.rows(query="SELECT * FROM loan_duty ORDER BY id")


def protected(*, engine: Engine, register: pa.Table, grace: pa.Table, as_of: date) -> list[Row]:
    """What protection.sql says of these rows of the register."""
    engine.load(name="register_row", table=register)
    engine.load(name="grace", table=grace)
    engine.run(statements=of_law(name="protection").format(as_of=as_of.isoformat()))
    # a grace that ends beyond the last day of Python is none that a test can hold
    until = "CASE WHEN grace_until <= DATE '9999-12-31' THEN grace_until END AS grace_until"
    return engine.rows(query=f"SELECT state, paid_through, {until} FROM protection ORDER BY place")
