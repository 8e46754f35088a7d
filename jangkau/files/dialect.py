"""The delimiter of a text file, and its first records."""

from __future__ import annotations

import csv
import math
from collections import Counter

from jangkau.files.records import MOST_BYTES, scan
from jangkau.files.table import PREVIEW_ROWS, Row, blank

DELIMITERS = ",;|\t"


def split(*, raw: bytes, delimiter: str) -> tuple[str, ...]:
    """The cells of one record as sent; a character that is none becomes U+FFFD."""
    text = raw.decode("utf-8", "replace")
    text = text[:-1] if text.endswith("\n") else text
    text = text[:-1] if text.endswith("\r") else text
    csv.field_size_limit(2**31 - 1)
    rows = list(csv.reader([text], delimiter=delimiter)) if text else [[""]]
    return tuple(rows[0]) if rows else ("",)


def first_rows(*, sample: bytes, delimiter: str, limit: int = PREVIEW_ROWS) -> tuple[Row, ...]:
    """The first records that are not blank. ``sample`` ends with a line break."""
    rows: list[Row] = []
    at, line = 0, 1
    while at < len(sample) and len(rows) < limit:
        found = scan(text=sample, start=at, delimiter=ord(delimiter), limit=min(len(sample), at + MOST_BYTES))
        end = found.end if found.end is not None and found.regular else sample.index(b"\n", at) + 1
        raw = sample[at:end]
        breaks = raw.count(b"\n")
        cells = split(raw=raw, delimiter=delimiter)
        if not blank(cells):
            rows.append(Row(line, cells, line + breaks - 1))
        at, line = end, line + breaks
    return tuple(rows)


def find_delimiter(*, sample: bytes) -> str:
    """The delimiter that cuts most of the first rows into the same, large number of cells."""
    first = sample.split(b"\n", 1)[0].strip().lower()
    if first.startswith(b"sep=") and first[4:5].decode("latin-1") in tuple(DELIMITERS):
        return first[4:5].decode("latin-1")  # Excel's own hint
    return max(DELIMITERS, key=lambda delimiter: _evenness(sample, delimiter))


def _evenness(sample: bytes, delimiter: str) -> float:
    counts = Counter(len(row.cells) for row in first_rows(sample=sample, delimiter=delimiter))
    rows = counts.total()
    return max((n / rows * math.log2(cells) for cells, n in counts.items()), default=0.0)
