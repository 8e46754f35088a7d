"""Figures as a table of plain text, and numbers as each language writes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jangkau.complaints import Language


@dataclass(frozen=True)
class Column:
    """A heading; figures stand to the right so that their digits align."""

    title: str
    figures: bool = False


def number(*, value: float | None, language: Language, decimals: int = 0) -> str:
    """1.234.567,5 in Indonesian and 1,234,567.5 in English; a dash when there is none."""
    if value is None:
        return "–"
    text = f"{value:,.{decimals}f}"
    return text.translate(str.maketrans(",.", ".,")) if language == "id" else text


def table(*, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> str:
    """Lines with aligned columns, two spaces apart, a rule under the headings; no wider than their content."""
    widths = [
        max(len(column.title), *(len(row[place]) for row in rows), 0) if rows else len(column.title)
        for place, column in enumerate(columns)
    ]

    def line(cells: Sequence[str]) -> str:
        placed = (
            cell.rjust(width) if column.figures else cell.ljust(width)
            for cell, width, column in zip(cells, widths, columns, strict=True)
        )
        return "  ".join(placed).rstrip()

    head = line([column.title for column in columns])
    return "\n".join([head, "  ".join("─" * width for width in widths), *(line(row) for row in rows)])
