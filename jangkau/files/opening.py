"""Opening a file of any kind by what it holds, whatever its name ends in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from jangkau.files import faults
from jangkau.files.source import Source
from jangkau.files.table import Table


@contextmanager
def open_table(*, path: Path) -> Iterator[Table]:
    """The table in a file. Raises a Complaint for anything wrong with the file as a whole.

    When the block is left the file must be as it was on entering; whatever went wrong in between, that it changed
    is then the reason given.
    """
    before = _state(path)
    with ExitStack() as stack:
        try:
            source = Source(path, stack)
            yield _open(source, stack)
        except Exception:
            if before != _state(path) and before is not None:
                raise faults.changed(path.name) from None
            raise
    if before != _state(path):
        raise faults.changed(path.name)


def _open(source: Source, stack: ExitStack) -> Table:
    # Each reader is loaded only when it is needed.
    if source.content == "parquet":
        from jangkau.files.parquet import ParquetTable

        parquet = ParquetTable(source)
        stack.callback(parquet.close)
        return parquet
    if source.content in ("workbook", "old_workbook"):
        from jangkau.files.workbook import WorkbookTable

        workbook = WorkbookTable(source)
        stack.callback(workbook.close)
        return workbook
    from jangkau.files.text import TextTable

    return TextTable(source)


def _state(path: Path) -> tuple[int, int, int] | None:
    try:
        now = path.stat()
    except OSError:
        return None
    return now.st_size, now.st_mtime_ns, now.st_ino
