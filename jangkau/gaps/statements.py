"""The SQL files of the packages, and texts inside SQL."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path


def statement(*, name: str, package: str = "gaps") -> str:
    """The text of jangkau/PACKAGE/sql/NAME.sql."""
    return (files(f"jangkau.{package}") / "sql" / f"{name}.sql").read_text(encoding="utf-8")


def quoted(*, text: str | Path) -> str:
    """A text or path as SQL writes it."""
    return "'" + str(text).replace("'", "''") + "'"
