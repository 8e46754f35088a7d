"""What Spark is given to read, and what is said of what it cannot read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.invented import Pair
from jangkau.complaints import Complaint
from jangkau.linkage import method_file, spark_files, spark_session
from tests.linkage_spark.sides import in_files, method_at


def test_a_csv_is_refused_with_the_way_out(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("id,nik\n1,2\n")
    with pytest.raises(Complaint) as told:
        spark_files.check_path(path=path)
    assert told.value.what.en == "The Spark engine reads Parquet only."
    assert "--engine duckdb" in told.value.do.en


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "_SUCCESS").touch()
    with pytest.raises(Complaint, match="Parquet"):
        spark_files.check_path(path=tmp_path)


def test_a_path_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(Complaint) as told:
        spark_files.check_path(path=tmp_path / "nothing.parquet")
    assert "shared folder" in told.value.do.en


def test_a_folder_changes_its_digest_with_any_of_its_files(pair: Pair, tmp_path: Path) -> None:
    folder = in_files(path=pair.left, folder=tmp_path / "left", number=2)
    before = spark_files.digest(path=folder)
    (folder / "_SUCCESS").write_text("again")
    assert spark_files.digest(path=folder) == before
    (folder / "part-00001.parquet").rename(folder / "part-00002.parquet")
    assert spark_files.digest(path=folder) != before


def test_rows_are_numbered_through_all_files_of_a_folder(spark: Any, pair: Pair, tmp_path: Path) -> None:
    folder = in_files(path=pair.left, folder=tmp_path / "left %20 rows", number=3)
    method = method_file.read(path=method_at(tmp_path))
    side = spark_files.open_side(spark=spark, path=folder, id_column="rec_id", method=method)
    rows = side.numbered(columns=("nik",)).orderBy("row").toArrow()
    whole = pq.read_table(pair.left)
    assert rows.column("row").to_pylist() == list(range(len(whole)))
    assert rows.column("id").to_pylist() == whole.column("rec_id").to_pylist()


def test_a_column_that_is_not_there_is_named_with_the_one_that_was_meant(
    spark: Any, pair: Pair, tmp_path: Path
) -> None:
    method = method_file.read(path=method_at(tmp_path, fields=[{"name": "nikk", "kind": "nik"}]))
    with pytest.raises(Complaint) as told:
        spark_files.open_side(spark=spark, path=pair.left, id_column="rec_id", method=method)
    assert "'nik'" in told.value.do.en


def test_a_file_whose_column_is_of_another_type_is_named(spark: Any, pair: Pair, tmp_path: Path) -> None:
    folder = in_files(path=pair.left, folder=tmp_path / "left", number=2)
    last = folder / "part-00001.parquet"
    table = pq.read_table(last)
    number = pa.array(range(len(table)), pa.int64())
    pq.write_table(table.set_column(table.schema.get_field_index("nama"), "nama", number), last)
    method = method_file.read(path=method_at(tmp_path))
    with pytest.raises(Complaint) as told:
        spark_files.open_side(spark=spark, path=folder, id_column="rec_id", method=method)
    assert told.value.where == "left/part-00001.parquet"


def test_a_broken_file_is_named(spark: Any, pair: Pair, tmp_path: Path) -> None:
    folder = in_files(path=pair.left, folder=tmp_path / "left", number=2)
    last = folder / "part-00001.parquet"
    last.write_bytes(last.read_bytes()[:2000])
    method = method_file.read(path=method_at(tmp_path))
    with pytest.raises(Complaint) as told:
        spark_files.open_side(spark=spark, path=folder, id_column="rec_id", method=method)
    assert told.value.where == "left/part-00001.parquet"


def test_without_pyspark_the_way_to_install_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spark_session, "find_spec", lambda name: None)
    with pytest.raises(Complaint) as told:
        spark_session.check_installed()
    assert "make install-spark" in told.value.do.en


def test_too_little_memory_is_said_with_how_much_is_needed(spark: Any) -> None:
    with (
        pytest.raises(Complaint) as told,
        spark_session.session(threads=1, memory=500_000_000),
    ):
        pass
    assert "2 GB" in told.value.why.en
