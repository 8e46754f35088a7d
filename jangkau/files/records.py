"""Where the records of a delimited text begin and end, and how many cells each has.

A quote opens a cell only at its very start, as in RFC 4180; elsewhere it is a letter. A quoted cell may hold line
breaks, but
only when the record then has the expected number of cells and ends within bounds: an opening quote that nobody closes
must not swallow the rows below it, so its first line is marked and reading goes on with the next.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

NEWLINE, QUOTE, RETURN = 10, 34, 13
# A quoted cell with more lines or bytes than this was never closed.
MOST_LINES, MOST_BYTES = 100, 128 * 1024

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Records:
    """``start`` and ``end`` are offsets (``end`` behind the line break), ``line`` counts from 0; blank lines are
    records of
    one cell. ``consumed`` bytes and ``lines`` line breaks are accounted for; what follows needs more bytes."""

    start: Numbers
    end: Numbers
    line: Numbers
    cells: Numbers
    unclosed: npt.NDArray[np.bool_]
    consumed: int
    lines: int


@dataclass(frozen=True)
class Scan:
    """One record read byte by byte. ``end`` is None when the bytes ran out inside a quoted cell or before the line
    break."""

    end: int | None
    cells: int
    regular: bool


def scan(*, text: bytes, start: int, delimiter: int, limit: int) -> Scan:
    """Read one record from ``start``, looking no further than ``limit``. The plain definition of a record."""
    cells, at, regular = 1, start, True
    mark = bytes([delimiter])
    while True:
        if text[at : at + 1] == b'"':
            close = _closing(text, at + 1, limit)
            if close is None:
                return Scan(None, cells, False)
            at = close + 1
            regular = regular and (text[at : at + 1] in (mark, b"\n", b"") or text[at : at + 2] == b"\r\n")
        newline = text.find(b"\n", at, limit)
        comma = text.find(mark, at, newline if newline >= 0 else limit)
        if comma >= 0:
            cells, at = cells + 1, comma + 1
        elif newline >= 0:
            return Scan(newline + 1, cells, regular)
        else:
            return Scan(None, cells, regular)


def _closing(text: bytes, at: int, limit: int) -> int | None:
    while (at := text.find(b'"', at, limit)) >= 0:
        if text[at + 1 : at + 2] != b'"':
            return at
        at += 2
    return None


def lines_are_records(*, text: bytes, end: int, delimiter: int) -> bool:
    """True only if all quotes before ``end`` stand around whole cells within a line, with none inside: the common way.

    A quick look that spares ``find_records``; it may say False where every line is a record all the same.
    """
    data = np.frombuffer(text, np.uint8, count=end)
    quotes = np.flatnonzero(data == QUOTE)
    if len(quotes) % 2 or not len(quotes):
        return not len(quotes)
    opening, closing = quotes[::2], quotes[1::2]
    before, after = data[opening - 1], data[closing + 1]
    starts = (before == delimiter) | (before == NEWLINE)
    starts[0] |= opening[0] == 0
    stops = (after == delimiter) | (after == NEWLINE) | (after == RETURN)
    newlines = np.flatnonzero(data == NEWLINE)
    return bool(starts.all() and stops.all() and not (np.searchsorted(quotes, newlines) % 2).any())


def find_records(*, text: bytes, delimiter: int, columns: int, final: bool) -> Records:
    """All records of ``text``, which begins at a record. When not ``final``, a tail that needs more bytes is left out.

    ``final`` text must end with a line break. Lines without quotes, or with quotes only where RFC 4180 has them, are
    counted at once; only others are read byte by byte.
    """
    data = np.frombuffer(text, np.uint8)
    ends = np.flatnonzero(data == NEWLINE) + 1
    if not len(ends):
        return _records(np.empty(0, np.int64), ends, np.empty(0, np.int64), {}, 0, 0)
    starts = np.concatenate(([0], ends[:-1]))
    commas = np.flatnonzero(data == delimiter)
    cells = 1 + np.diff(np.searchsorted(commas, np.concatenate(([0], ends))))
    quotes = np.flatnonzero(data[: ends[-1]] == QUOTE)
    if not len(quotes):
        return _records(starts, ends, cells, {}, int(ends[-1]), len(ends))
    odd_lines = _count_quoted(data, starts, ends, commas, quotes, cells, delimiter)
    spans, consumed = _scan_lines(text, starts, ends, odd_lines, cells, delimiter, columns, final)
    return _records(starts, ends, cells, spans, consumed, int(np.searchsorted(ends, consumed, side="right")))


def _count_quoted(
    data: npt.NDArray[np.uint8],
    starts: Numbers,
    ends: Numbers,
    commas: Numbers,
    quotes: Numbers,
    cells: Numbers,
    delimiter: int,
) -> Numbers:
    """Take delimiters inside quotes off ``cells``; return the lines whose quotes are not as RFC 4180 has them."""
    line_of = np.searchsorted(ends, quotes, side="right")
    count = np.bincount(line_of, minlength=len(ends))
    first = np.cumsum(count) - count
    opens = (np.arange(len(quotes)) - first[line_of]) % 2 == 0
    before = np.where(quotes == starts[line_of], delimiter, data[quotes - 1])
    after = data[quotes + 1]
    then = data[np.minimum(quotes + 2, len(data) - 1)]
    ends_cell = (after == delimiter) | (after == NEWLINE) | ((after == RETURN) & (then == NEWLINE)) | (after == QUOTE)
    good = np.where(opens, (before == delimiter) | (before == QUOTE), ends_cell)
    odd = count % 2 == 1
    np.logical_or.at(odd, line_of[~good], True)
    commas = commas[commas < ends[-1]]
    seen = np.searchsorted(quotes, commas)
    comma_line = np.searchsorted(ends, commas, side="right")
    inside = (seen - first[comma_line]) % 2 == 1
    cells -= np.bincount(comma_line[inside], minlength=len(ends))
    return np.flatnonzero(odd)


def _scan_lines(
    text: bytes,
    starts: Numbers,
    ends: Numbers,
    odd_lines: Numbers,
    cells: Numbers,
    delimiter: int,
    columns: int,
    final: bool,
) -> tuple[dict[int, int], int]:
    """Read the odd lines one by one. Returns first line -> last line of records that span lines (-1: unclosed), and how
    many bytes are settled; corrects ``cells`` in place."""
    spans: dict[int, int] = {}
    behind = -1
    for line in odd_lines.tolist():
        if line <= behind:
            continue
        last = min(line + MOST_LINES, len(ends)) - 1
        limit = min(int(starts[line]) + MOST_BYTES, int(ends[last]))
        found = scan(text=text, start=int(starts[line]), delimiter=delimiter, limit=max(limit, int(ends[line])))
        if found.end == ends[line]:
            cells[line] = found.cells
        elif found.end is not None and found.regular and found.cells == columns:
            behind = int(np.searchsorted(ends, found.end))
            cells[line], spans[line] = found.cells, behind
        elif found.end is None and not final and limit == ends[-1] and last + 1 < line + MOST_LINES:
            return spans, int(starts[line])
        else:
            spans[line] = -1
    return spans, int(ends[-1])


def _records(
    starts: Numbers, ends: Numbers, cells: Numbers, spans: dict[int, int], consumed: int, lines: int
) -> Records:
    keep = np.ones(len(ends), bool)
    unclosed = np.zeros(len(ends), bool)
    ends = ends.copy() if spans else ends
    for line, last in spans.items():
        if last < 0:
            unclosed[line] = True
        else:
            keep[line + 1 : last + 1] = False
            ends[line] = ends[last]
    keep[lines:] = False
    at = np.flatnonzero(keep)
    return Records(starts[at], ends[at], at, cells[at], unclosed[at], consumed, lines)
