"""CSV, TXT, XLSX, XLS and Parquet, also in .zip and .gz: numbered rows as they were sent. Knows no layout."""

from jangkau.files.opening import open_table
from jangkau.files.table import (
    LONGEST_CELL,
    Batch,
    BrokenCode,
    BrokenRow,
    ByColumn,
    Kind,
    Piece,
    Preview,
    Row,
    Table,
)

__all__ = [
    "LONGEST_CELL",
    "Batch",
    "BrokenCode",
    "BrokenRow",
    "ByColumn",
    "Kind",
    "Piece",
    "Preview",
    "Row",
    "Table",
    "open_table",
]
