"""What Spark is given to read, and what is said of what it cannot read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.invented import Pair
from jangkau.cli import main
from jangkau.complaints import Complaint
from jangkau.linkage import method_file, spark_files, spark_packing, spark_session
from tests.linkage.spark.sides import in_files, method_at


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


def test_less_memory_and_more_tasks_make_smaller_slices(tmp_path: Path) -> None:
    method = method_file.read(path=method_at(tmp_path))
    rows = [
        spark_packing.sizes_for(memory=memory, threads=threads, method=method).slice
        for memory, threads in (
            (None, 2),
            (64_000_000_000, 2),
            (8_000_000_000, 2),
            (8_000_000_000, 8),
            (2_000_000_000, 64),
        )
    ]
    assert rows == sorted(rows, reverse=True)
    assert rows[0] == 1 << 24
    assert rows[-1] == spark_packing.Sizes().zone
    assert all(one % spark_packing.Sizes().zone == 0 for one in rows)


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


@pytest.mark.usefixtures("spark")
def test_the_command_line_ends_with_2_and_the_complaint(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "list.csv"
    path.write_text("rec_id,nik\n1,2\n")
    method = method_at(tmp_path)
    words = ["link", str(path), "--method", str(method), "--out", str(tmp_path / "out"), "--engine", "spark"]
    assert main([*words, "--lang", "en"]) == 2
    assert "The Spark engine reads Parquet only." in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
