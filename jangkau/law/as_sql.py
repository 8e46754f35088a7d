"""Facts of the law as SQL tables: frozen dataclasses written so that DuckDB and PostgreSQL read them alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_KINDS = {"bool": "BOOLEAN", "int": "BIGINT", "str": "TEXT", "date": "DATE"}


def table_in_sql(*, name: str, rows: Sequence[DataclassInstance]) -> str:
    """Statements that make a table with these rows, one column for each field; running them again replaces it."""
    columns = ", ".join(f"{one.name} {_KINDS[str(one.type).removesuffix(' | None')]}" for one in fields(rows[0]))
    values = ",\n".join(f"({', '.join(literal(value=value) for value in astuple(row))})" for row in rows)
    return f"DROP TABLE IF EXISTS {name};\nCREATE TABLE {name} ({columns});\nINSERT INTO {name} VALUES\n{values};"


def literal(*, value: object) -> str:
    """A value as SQL writes it.

    >>> [literal(value=one) for one in (None, True, 3, "Jum'at")]
    ['NULL', 'TRUE', '3', "'Jum''at'"]
    """
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return str(value)
    return "'" + str(value).replace("'", "''") + "'"
