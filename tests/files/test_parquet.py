"""Parquet whose cells repeat is read by its dictionaries: the same cells as read one by one."""

from __future__ import annotations

import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jangkau.files import ByColumn, open_table
from jangkau.files.parquet import BATCH_ROWS

ROWS = BATCH_ROWS + 3_000
DAY = datetime.date(1985, 8, 17)


def write(path: Path, group: int) -> tuple[Path, list[tuple[str, ...]]]:
    """A file of texts that repeat or do not, days and yes/no, with holes; and its cells as text."""
    at = np.arange(ROWS)
    columns = {
        "word": [("BRI", None, "BNI", "")[n % 4] for n in at],
        "name": [f"NAMA {n}" for n in at],
        "day": [None if n % 5 == 0 else DAY + datetime.timedelta(days=int(n % 7)) for n in at],
        "dead": [(True, False, None)[n % 3] for n in at],
        "kind": pa.array([("a", None)[n % 2] for n in at]).dictionary_encode(),
    }
    pq.write_table(pa.table(columns), path, row_group_size=group)
    words = columns | {
        "kind": columns["kind"].to_pylist(),
        "dead": [str(v).lower() if v is not None else "" for v in columns["dead"]],
    }
    return path, list(zip(*(["" if v is None else str(v) for v in column] for column in words.values()), strict=True))


@pytest.mark.parametrize("group", [1_000, 50_000, BATCH_ROWS, 2 * BATCH_ROWS])
def test_cells_that_repeat_are_read_as_they_are(tmp_path: Path, group: int) -> None:
    path, expected = write(tmp_path / "list.parquet", group)
    with open_table(path=path) as table:
        batches = [piece.make() for piece in table.pieces(sheet=None, after=0, columns=5)]
    assert [line for batch in batches for line in batch.line.to_pylist()] == list(range(1, ROWS + 1))
    found = [zip(*(c.to_pylist() for c in batch.cells.columns), strict=True) for batch in batches]
    assert [row for batch in found for row in batch] == expected
    assert pa.types.is_dictionary(batches[0].cells.schema.field(0).type)
    assert len(batches) <= 3


def test_one_column_and_some_rows_are_read_alone(tmp_path: Path) -> None:
    path, expected = write(tmp_path / "list.parquet", 50_000)
    with open_table(path=path) as table:
        assert isinstance(table, ByColumn)
        assert table.count == ROWS
        parts = list(table.column(column=1, after=2))
        assert parts[0][0] == 3
        assert [cell for _, part in parts for cell in part.to_pylist()] == [row[1] for row in expected[2:]]
        lines = np.array([1, 50_000, 50_001, 100_000, ROWS])
        batches = list(table.rows(lines=lines))
    assert [line for batch in batches for line in batch.line.to_pylist()] == lines.tolist()
    rows = [row for batch in batches for row in zip(*(c.to_pylist() for c in batch.cells.columns), strict=True)]
    assert rows == [expected[line - 1] for line in lines]


def test_a_column_whose_name_begins_like_another_is_read_alone(tmp_path: Path) -> None:
    pq.write_table(pa.table({"No. Kartu": ["7"], "No": ["1"]}), tmp_path / "list.parquet")
    with open_table(path=tmp_path / "list.parquet") as table:
        assert isinstance(table, ByColumn)
        assert [cells.to_pylist() for _, cells in table.column(column=1, after=0)] == [["1"]]


def test_bad_words_that_repeat_are_found_in_every_row(tmp_path: Path) -> None:
    words = ["BRI", "B\0NI", "BRI", "X" * 30_001] * 50
    pq.write_table(pa.table({"bank": pa.array(words).dictionary_encode()}), tmp_path / "list.parquet")
    with open_table(path=tmp_path / "list.parquet") as table:
        (batch,) = [piece.make() for piece in table.pieces(sheet=None, after=0, columns=1)]
    assert batch.line.to_pylist() == list(range(1, 201, 2))
    assert [(row.line, row.code) for row in batch.broken][:3] == [
        (2, "nul_byte"),
        (4, "cell_too_long"),
        (6, "nul_byte"),
    ]
    assert len(batch.broken) == 100
    assert batch.broken[0].cells == ("B␀NI",)
