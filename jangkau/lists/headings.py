"""Finding the header: which sheet, which row (or two), which layout, which column is what."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass

from jangkau.complaints import Complaint
from jangkau.files import Preview, Row
from jangkau.lists import complaints, layouts
from jangkau.lists.layouts import Layout

# A header that names fewer columns of any layout than this is none.
FEWEST = 2


@dataclass(frozen=True)
class Heading:
    """``columns`` is canonical name -> position; ``header`` the sender's own words; data begin after line ``last``."""

    layout: Layout
    sheet: str | None
    header: tuple[str, ...]
    columns: dict[str, int]
    last: int
    width: int
    has_rows: bool

    @property
    def unknown(self) -> tuple[str, ...]:
        taken = set(self.columns.values())
        return tuple(name for i, name in enumerate(self.header) if i not in taken and name.strip())


@dataclass(frozen=True)
class _Candidate:
    layout: Layout
    preview: Preview
    row: int
    rows: int
    header: tuple[str, ...]
    found: dict[str, list[int]]

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(name for name in self.layout.required if name not in self.found)

    @property
    def rank(self) -> tuple[bool, int, int, int, int]:
        missing = len(self.missing)
        return not missing, len(self.found), -missing, len(self.layout.required), -self.rows


_BY_NAME: Mapping[str, str] = {}


def find(
    *, previews: tuple[Preview, ...], layout: str | None, where: str, columns: Mapping[str, str] = _BY_NAME
) -> Heading:
    """The heading of a file; a Complaint when there is none, a required column is missing or one stands twice.

    ``columns`` says what somebody mapped by hand: our name -> the sender's header, or "" for a column not to be read.
    """
    if layout and layout not in layouts.NAMES:
        raise complaints.unknown_layout(where, layout, layouts.NAMES)
    names = (layout,) if layout else layouts.NAMES
    best = [c for c in (_best(preview, names, columns) for preview in previews) if c]
    if not best:
        raise complaints.no_header(where, layout)
    complete = [c for c in best if c.rank[0]]
    if len(complete) > 1:
        raise complaints.several_sheets(where, [str(c.preview.sheet) for c in complete])
    chosen = max(best, key=lambda c: c.rank)
    if chosen.missing and not layout:
        chosen = _likeliest(chosen)
    _check(chosen, where, named=layout is not None)
    return _heading(chosen)


def closest(
    *, previews: tuple[Preview, ...], layout: str | None, columns: Mapping[str, str] = _BY_NAME
) -> Heading | None:
    """The heading that fits best, though columns may be missing or stand twice; None when no row names two."""
    names = (layout,) if layout else layouts.NAMES
    best = [c for c in (_best(preview, names, columns) for preview in previews) if c]
    if not best:
        return None
    chosen = max(best, key=lambda c: c.rank)
    return _heading(_likeliest(chosen) if chosen.missing and not layout else chosen)


def _best(preview: Preview, names: tuple[str, ...], columns: Mapping[str, str]) -> _Candidate | None:
    found = [
        candidate
        for name in names
        for row in range(len(preview.rows))
        for rows in (1, 2)
        if row + rows <= len(preview.rows)
        if (candidate := _candidate(layouts.load(name), preview, row, rows, columns)) and len(candidate.found) >= FEWEST
    ]
    # Of equals the first: the layout named first, the row that stands highest.
    return max(found, key=lambda c: c.rank, default=None)


def _likeliest(chosen: _Candidate) -> _Candidate:
    """Of the layouts that lack no more than the best, the one whose lacking columns have a misspelt look-alike."""
    equals = [
        candidate
        for name in layouts.NAMES
        if (candidate := _candidate(layouts.load(name), chosen.preview, chosen.row, chosen.rows))
        and (len(candidate.found), len(candidate.missing)) == (len(chosen.found), len(chosen.missing))
    ]
    return max([chosen, *equals], key=lambda c: sum(bool(_lookalikes(c, name)) for name in c.missing))


def _candidate(
    layout: Layout, preview: Preview, row: int, rows: int, columns: Mapping[str, str] = _BY_NAME
) -> _Candidate | None:
    single = preview.rows[row].cells
    known = _known(layout, columns)
    header = single if rows == 1 else _two_rows(known, single, preview.rows[row + 1].cells)
    if header is None:
        return None
    found: dict[str, list[int]] = {}
    for position, cell in enumerate(header):
        column = next((known[s] for s in layouts.spellings(cell) if s in known), None)
        if column:
            found.setdefault(column, []).append(position)
    return _Candidate(layout, preview, row, rows, tuple(cell.strip() for cell in header), found)


def _known(layout: Layout, columns: Mapping[str, str]) -> dict[str, str]:
    """Squeezed header -> column. What was mapped by hand is that header alone, and that header is nothing else."""
    aliases = layouts.aliases(layout.name)
    if not columns:
        return aliases
    by_hand = {layouts.squeeze(header): name for name, header in columns.items() if header}
    return {alias: name for alias, name in aliases.items() if name not in columns} | by_hand


def _two_rows(known: Mapping[str, str], above: tuple[str, ...], below: tuple[str, ...]) -> tuple[str, ...] | None:
    """Two header rows as one: a merged cell above (blank to its right) speaks for the cells below it. None if the
    row below is data, or adds nothing."""
    if not any(c.strip() for c in above) or any(sum(ch.isdigit() for ch in c) > 3 for c in below):
        return None
    header, span = [], ""
    width = max(len(above), len(below))
    above, below = above + ("",) * (width - len(above)), below + ("",) * (width - len(below))
    gained = False
    for top, bottom in zip(above, below, strict=True):
        top, bottom = top.strip(), bottom.strip()
        span = top or (span if bottom else "")
        joined = f"{span} {bottom}".strip()
        choices = [c for c in (joined, bottom, top) if any(s in known for s in layouts.spellings(c))]
        header.append(choices[0] if choices else joined)
        gained = gained or bool(bottom and choices and choices[0] != top)
    return tuple(header) if gained else None


def _check(chosen: _Candidate, where: str, *, named: bool) -> None:
    header = chosen.header
    if chosen.missing:
        looks = {name: _lookalikes(chosen, name) for name in chosen.missing}
        raise complaints.missing_columns(where, chosen.layout.name, looks, named)
    for name, positions in chosen.found.items():
        column = chosen.layout.column(name)
        spelt = [layouts.squeeze(header[p]) for p in positions]
        if len(positions) > 1 and (not (column and column.several) or len(set(spelt)) < len(spelt)):
            raise complaints.column_twice(where, name, [header[p] for p in positions])


def _lookalikes(chosen: _Candidate, name: str) -> list[str]:
    """Headers not recognised that are written much like an alias of the column."""
    column = chosen.layout.column(name)
    taken = {p for positions in chosen.found.values() for p in positions}
    free = {layouts.squeeze(cell): cell for i, cell in enumerate(chosen.header) if i not in taken and cell}
    close: dict[str, float] = {}
    for alias in column.aliases if column else ():
        for match in difflib.get_close_matches(alias, free, n=3, cutoff=0.6):
            ratio = difflib.SequenceMatcher(None, alias, match).ratio()
            close[free[match]] = max(close.get(free[match], 0), ratio)
    return sorted(close, key=lambda header: -close[header])[:3]


def _heading(chosen: _Candidate) -> Heading:
    rows = chosen.preview.rows
    below = rows[chosen.row + chosen.rows :]
    last = rows[chosen.row + chosen.rows - 1].last
    if below and _is_numbering(below[0]):
        last, below = below[0].last, below[1:]
    columns = {name: _preferred(chosen, name, positions) for name, positions in chosen.found.items()}
    width = _width(chosen.header, below)
    header = (chosen.header + ("",) * width)[:width]
    return Heading(chosen.layout, chosen.preview.sheet, header, columns, last, width, bool(below))


def _preferred(chosen: _Candidate, name: str, positions: list[int]) -> int:
    column = chosen.layout.column(name)
    order = list(column.aliases) if column else []

    def place(position: int) -> int:
        return min((order.index(s) for s in layouts.spellings(chosen.header[position]) if s in order), default=99)

    return min(positions, key=place)


def _is_numbering(row: Row) -> bool:
    """The row ``(1) (2) (3)`` that official forms have under their header."""
    numbers = [cell.strip(" ()") for cell in row.cells if cell.strip()]
    return len(numbers) > 2 and numbers == [str(n) for n in range(1, len(numbers) + 1)]


def _width(header: tuple[str, ...], below: tuple[Row, ...]) -> int:
    """How many cells a row has: as many as the header, unless all rows agree on more (or fewer) that are empty."""
    named = max((i + 1 for i, cell in enumerate(header) if cell.strip()), default=0)
    widths = {len(row.cells) for row in below}
    if len(widths) == 1 and (width := widths.pop()) >= named and width != len(header):
        extra = [cell for row in below for cell in row.cells[len(header) :]]
        if not any(cell.strip() for cell in extra):
            return width
    return len(header)


def fault_if_empty(heading: Heading, where: str) -> Complaint | None:
    return None if heading.has_rows else complaints.header_only(where)
