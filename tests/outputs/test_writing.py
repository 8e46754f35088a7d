"""Same content, same bytes."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jangkau.outputs import sha256, write_json, write_parquet
from jangkau.outputs.writing import ROW_GROUP


def rows(count: int) -> pa.Table:
    return pa.table({"line": pa.array(range(count), pa.int64()), "nama": [f"ORANG {n % 977}" for n in range(count)]})


@pytest.mark.parametrize("count", [0, 1, ROW_GROUP - 1, ROW_GROUP, ROW_GROUP + 1, 2 * ROW_GROUP + 5])
def test_the_same_rows_give_the_same_bytes_however_they_arrive(tmp_path: Path, count: int) -> None:
    table = rows(count)
    write_parquet(table=table, path=tmp_path / "whole")
    reader = pa.RecordBatchReader.from_batches(table.schema, table.to_batches(max_chunksize=7_777))
    written = write_parquet(table=reader, path=tmp_path / "pieces")
    assert written == count
    assert sha256(path=tmp_path / "whole") == sha256(path=tmp_path / "pieces")
    assert pq.read_table(tmp_path / "pieces").equals(table)


def test_row_groups_have_one_size(tmp_path: Path) -> None:
    write_parquet(table=rows(ROW_GROUP + 3), path=tmp_path / "p")
    found = pq.ParquetFile(tmp_path / "p").metadata
    assert [found.row_group(n).num_rows for n in range(found.num_row_groups)] == [ROW_GROUP, 3]


def test_metadata_of_other_programs_is_not_carried(tmp_path: Path) -> None:
    table = rows(3)
    write_parquet(table=table, path=tmp_path / "plain")
    write_parquet(table=table.replace_schema_metadata({"pandas": "{}"}), path=tmp_path / "marked")
    assert sha256(path=tmp_path / "plain") == sha256(path=tmp_path / "marked")


def test_a_dictionary_column_is_written_by_its_values(tmp_path: Path) -> None:
    table = rows(1000)
    coded = table.set_column(1, "nama", table["nama"].dictionary_encode())
    write_parquet(table=table, path=tmp_path / "plain")
    write_parquet(table=coded, path=tmp_path / "coded")
    assert sha256(path=tmp_path / "plain") == sha256(path=tmp_path / "coded")


def test_lists_and_dates_come_back_as_they_were(tmp_path: Path) -> None:
    table = pa.table({"lists": pa.array([["a", "b"], [], None]), "on": pa.array([0, None, 18746], pa.date32())})
    write_parquet(table=table, path=tmp_path / "p")
    assert pq.read_table(tmp_path / "p").to_pydict() == table.to_pydict()


def test_a_digest_is_the_sha256_of_the_bytes(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"jangkau" * 500_000)
    assert sha256(path=tmp_path / "f") == hashlib.sha256(b"jangkau" * 500_000).hexdigest()


def test_json_is_for_people_to_read(tmp_path: Path) -> None:
    write_json(value={"b": "Café", "a": [1, None]}, path=tmp_path / "j")
    assert (tmp_path / "j").read_bytes() == '{\n  "b": "Café",\n  "a": [\n    1,\n    null\n  ]\n}\n'.encode()


def test_json_refuses_a_number_that_json_does_not_know(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="JSON"):
        write_json(value=json.loads("NaN"), path=tmp_path / "j")
