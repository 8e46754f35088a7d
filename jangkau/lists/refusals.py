"""The file of refused rows: as they were sent, with the reason beside, to be corrected and sent again."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path

from jangkau.lists.flags import LABELS
from jangkau.lists.rows import RefusedRow

ADDED = ("_baris", "_kolom", "_alasan", "_reason", "_asli")


class RefusedFile:
    """Written only when there is a refused row. UTF-8 with a mark, so that Excel shows its letters right."""

    def __init__(self, *, path: Path, header: tuple[str, ...], stack: ExitStack) -> None:
        self._path, self._header, self._stack = path, header, stack
        self._write: Callable[[Iterable[object]], object] | None = None

    def add(self, rows: Iterable[RefusedRow]) -> None:
        for row in rows:
            write = self._write or self._begin()
            cells = (row.cells + ("",) * len(self._header))[: len(self._header)]
            columns = "; ".join(dict.fromkeys(header for header, _ in row.faults if header))
            codes = dict.fromkeys(code for _, code in row.faults)
            indonesian, english = (" ".join(LABELS[c].in_(language) for c in codes) for language in ("id", "en"))
            write((*cells, row.line, columns, indonesian, english, "" if row.cells else row.raw))

    def _begin(self) -> Callable[[Iterable[object]], object]:
        stream = self._stack.enter_context(self._path.open("w", encoding="utf-8-sig", newline="", errors="replace"))
        self._write = csv.writer(stream).writerow
        self._write((*self._header, *ADDED))
        return self._write
