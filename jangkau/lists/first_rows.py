"""The first rows of a file as they were sent, and what each column is taken for; before anything is read or refused."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from jangkau.files import Preview, Row, open_table
from jangkau.lists import headings, layouts

SHOWN = 10
NUMBERS = frozenset(("nik", "no_kk", "no_hp"))
"""Columns whose cells are never shown whole."""
_LONG = re.compile(r"\d(?:[ .'`’\-]?\d){12,}")


@dataclass(frozen=True)
class FirstRows:
    """``columns`` is our name -> position in ``header``; ``missing`` are columns of the layout that a list must have
    and this one lacks. layout "": not recognised, and then ``header`` is the row that looks most like one."""

    layout: str
    sheet: str | None
    format: str
    encoding: str
    header: tuple[str, ...]
    columns: dict[str, int]
    missing: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def as_dict(self) -> dict[str, object]:
        return {
            "layout": self.layout, "sheet": self.sheet, "format": self.format, "encoding": self.encoding,
            "header": list(self.header), "columns": self.columns, "missing": list(self.missing),
            "rows": [list(row) for row in self.rows],
        }  # fmt: skip


def first_rows(*, path: Path, layout: str | None, columns: Mapping[str, str] | None = None) -> FirstRows:
    """Look into a file. No number of an identity card is whole in what comes back. Complaint when it is no table.

    A mapping by hand (``columns``) holds for the headers that are there; the others are as if not mapped.
    """
    with open_table(path=path) as table:
        previews = table.previews
        found = headings.closest(previews=previews, layout=layout, columns=columns or {})
        kind, encoding = table.format, table.encoding
    if found is None:
        preview = previews[0]
        at = _likely_header(preview)
        header = tuple(masked(cell=cell) for cell in preview.rows[at].cells) if preview.rows else ()
        rows = preview.rows[at + 1 : at + 1 + SHOWN]
        missing = layouts.load(layout).required if layout else ()
        return FirstRows(layout or "", preview.sheet, kind, encoding, header, {}, missing, _shown(rows, header, {}))
    preview = next(p for p in previews if p.sheet == found.sheet)
    rows = tuple(row for row in preview.rows if row.line > found.last)[:SHOWN]
    missing = tuple(name for name in found.layout.required if name not in found.columns)
    shown = _shown(rows, found.header, found.columns)
    return FirstRows(found.layout.name, found.sheet, kind, encoding, found.header, found.columns, missing, shown)


def usable(*, columns: Mapping[str, str], header: tuple[str, ...]) -> dict[str, str]:
    """Of a mapping by hand what a file with this header can use."""
    there = {layouts.squeeze(cell) for cell in header}
    return {name: sent for name, sent in columns.items() if not sent or layouts.squeeze(sent) in there}


def masked(*, cell: str, whole: bool = False) -> str:
    """A cell without long numbers in it; ``whole``: the cell is such a number, however damaged."""
    cell = cell.strip()
    if whole and cell:
        return f"{cell[:4]}{'•' * 10}{cell[-2:]}" if len(cell) > 8 else "•" * len(cell)
    return _LONG.sub(lambda found: f"{found[0][:4]}{'•' * 10}{found[0][-2:]}", cell)


def _shown(rows: tuple[Row, ...], header: tuple[str, ...], columns: dict[str, int]) -> tuple[tuple[str, ...], ...]:
    hidden = {position for name, position in columns.items() if name in NUMBERS}
    width = len(header)
    return tuple(
        tuple(
            masked(cell=cell[:60], whole=position in hidden)
            for position, cell in enumerate((row.cells + ("",) * width)[:width])
        )
        for row in rows
    )


def _likely_header(preview: Preview) -> int:
    """The first of the rows with the most distinct cells that are words."""

    def words(row: Row) -> int:
        return len({cell.strip() for cell in row.cells if cell.strip() and sum(c.isdigit() for c in cell) < 4})

    return max(range(len(preview.rows)), key=lambda at: (words(preview.rows[at]), -at), default=0)
