"""The Spark engine on `local[2]`: the same links, left rows and model as one machine has, however the sides are cut."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from benchmarks.invented import Pair
from jangkau.complaints import Complaint
from jangkau.linkage import spark_rows, spark_weights
from jangkau.linkage.link import Settings, link
from tests.linkage.spark.sides import SMALL, differences, here, in_files, method_at, on_spark

pytestmark = pytest.mark.usefixtures("spark")


def test_two_files_give_the_answers_of_one_machine(pair: Pair, tmp_path: Path) -> None:
    method = method_at(tmp_path)
    one = here(left=pair.left, right=pair.right, method=method, out=tmp_path / "one")
    many = on_spark(left=pair.left, right=pair.right, method=method, out=tmp_path / "many")
    assert len(one.links) > 800
    assert many.links.column_names == ["left_id", "right_id", "probability", "pattern", "decision"]
    assert differences(one, many) == []


def test_slices_and_zones_change_nothing_even_where_large_blocks_are_left_out(pair: Pair, tmp_path: Path) -> None:
    blocks = [["nik"], ["nama.first"], ["tanggal_lahir.year", "jenis_kelamin"], ["kode_wilayah", "nama.last"]]
    method = method_at(tmp_path, largest_block=20, blocks=blocks)
    one = here(left=pair.left, right=pair.right, method=method, out=tmp_path / "one")
    many = on_spark(left=pair.left, right=pair.right, method=method, out=tmp_path / "many", sizes=SMALL)
    assert sum(block["keys_left_out"] for block in one.model["blocks"]) > 50
    assert differences(one, many) == []


def test_duplicates_inside_one_file_are_those_of_one_machine(pair: Pair, tmp_path: Path) -> None:
    method = method_at(tmp_path)
    one = here(left=pair.left, right=None, method=method, out=tmp_path / "one")
    many = on_spark(left=pair.left, right=None, method=method, out=tmp_path / "many", sizes=SMALL)
    assert len(one.links) > 100
    assert differences(one, many) == []


def test_a_folder_of_files_is_linked_as_one_file(pair: Pair, tmp_path: Path) -> None:
    method = method_at(tmp_path)
    one = here(left=pair.left, right=pair.right, method=method, out=tmp_path / "one")
    left = in_files(path=pair.left, folder=tmp_path / "left rows", number=3)
    right = in_files(path=pair.right, folder=tmp_path / "right", number=4)
    many = on_spark(left=left, right=right, method=method, out=tmp_path / "many", sizes=SMALL)
    assert differences(one, many) == []


def test_one_to_one_chooses_the_pairs_that_one_machine_chooses(pair: Pair, tmp_path: Path) -> None:
    method = method_at(tmp_path, one_to_one=True, review={"low": 0.01, "high": 0.9})
    one = here(left=pair.left, right=pair.right, method=method, out=tmp_path / "one")
    many = on_spark(left=pair.left, right=pair.right, method=method, out=tmp_path / "many", sizes=SMALL)
    assert set(one.links.column("decision").to_pylist()) >= {"match", "no"}
    assert differences(one, many) == []


def test_people_without_a_number_are_linked_by_em_as_on_one_machine(pair: Pair, tmp_path: Path) -> None:
    fields: list[dict[str, Any]] = [
        {"name": "nama", "kind": "person_name"},
        {"name": "tanggal_lahir", "kind": "date", "format": "%Y-%m-%d"},
        {"name": "kode_wilayah", "kind": "code"},
        {"name": "office", "kind": "text"},
    ]
    other = tmp_path / "right.parquet"
    table = pq.read_table(pair.right)
    pq.write_table(table.append_column("office", table.column("kode_wilayah")), other)
    method = method_at(tmp_path, fields=fields, vetoes=[{"tanggal_lahir": [6], "nama": [5, 6]}])
    one = here(left=pair.left, right=other, method=method, out=tmp_path / "one")
    many = on_spark(left=pair.left, right=other, method=method, out=tmp_path / "many", sizes=SMALL)
    assert "EM" in one.model["prior"]["how"]
    assert [note.en for note in many.outcome.notes] == [note.en for note in one.outcome.notes]
    assert differences(one, many) == []


def test_ids_and_values_keep_the_types_that_they_have_in_the_file(pair: Pair, tmp_path: Path) -> None:
    left, right = tmp_path / "left.parquet", tmp_path / "right.parquet"
    for source, target, id_column in ((pair.left, left, "rec_id"), (pair.right, right, "kpj")):
        table = pq.read_table(source)
        born = pc.strptime(table.column("tanggal_lahir"), format="%Y-%m-%d", unit="s", error_is_null=True)
        table = table.set_column(table.schema.get_field_index(id_column), id_column, pa.array(np.arange(len(table))))
        table = table.set_column(table.schema.get_field_index("tanggal_lahir"), "tanggal_lahir", born.cast(pa.date32()))
        region = table.column("kode_wilayah").cast(pa.int32())
        pq.write_table(table.set_column(table.schema.get_field_index("kode_wilayah"), "kode_wilayah", region), target)
    method = method_at(tmp_path)
    one = here(left=left, right=right, method=method, out=tmp_path / "one")
    many = on_spark(left=left, right=right, method=method, out=tmp_path / "many")
    assert many.links.schema.field("left_id").type == pa.int64()
    assert isinstance(pq.read_table(left).column("tanggal_lahir")[0].as_py(), date)
    assert differences(one, many) == []


def test_a_field_without_values_is_dropped_and_said(pair: Pair, tmp_path: Path) -> None:
    left = tmp_path / "left.parquet"
    table = pq.read_table(pair.left)
    place = table.schema.get_field_index("no_hp")
    pq.write_table(table.set_column(place, "no_hp", pa.nulls(len(table), pa.string())), left)
    method = method_at(tmp_path)
    one = here(left=left, right=pair.right, method=method, out=tmp_path / "one")
    many = on_spark(left=left, right=pair.right, method=method, out=tmp_path / "many")
    assert any("no_hp" in note.en for note in many.outcome.notes)
    assert differences(one, many) == []


@pytest.mark.parametrize("alone", [False, True], ids=["two files", "one file"])
def test_values_that_hundreds_share_count_as_missing_as_on_one_machine(pair: Pair, tmp_path: Path, alone: bool) -> None:
    left = _filled(
        pair.left, tmp_path / "left.parquet", {"nik": (3, "3171234501900001"), "tanggal_lahir": (4, "1970-01-01")}
    )
    left = _filled(left, left, {"no_hp": (13, "02150001000")})
    right = None if alone else _filled(pair.right, tmp_path / "right.parquet", {"no_hp": (20, "02150001111")})
    left = _filled(left, left, {"no_hp": (500, "02150001111")})
    method = method_at(tmp_path)
    one = here(left=left, right=right, method=method, out=tmp_path / "one")
    many = on_spark(left=left, right=right, method=method, out=tmp_path / "many", sizes=SMALL)
    said = [note.en for note in one.outcome.notes]
    assert len(said) == (3 if alone else 4)
    assert [note.en for note in many.outcome.notes] == said
    assert differences(one, many) == []


def _filled(path: Path, target: Path, values: dict[str, tuple[int, str]]) -> Path:
    """The same rows with one value for every so many of them."""
    table = pq.read_table(path)
    for name, (every, value) in values.items():
        cells = table.column(name).to_pylist()
        cells[::every] = [value] * len(cells[::every])
        table = table.set_column(table.schema.get_field_index(name), name, pa.array(cells))
    pq.write_table(table, target)
    return target


def test_results_too_large_for_one_file_are_folders_in_the_same_order(
    pair: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    method = method_at(tmp_path)
    one = here(left=pair.left, right=pair.right, method=method, out=tmp_path / "one")
    monkeypatch.setattr(spark_rows, "ONE_FILE_ROWS", 10)
    many = on_spark(left=pair.left, right=pair.right, method=method, out=tmp_path / "many", sizes=SMALL)
    assert (tmp_path / "many" / "links.parquet").is_dir()
    assert all(file.suffix == ".parquet" for file in (tmp_path / "many" / "left.parquet").iterdir())
    assert differences(one, many) == []


def test_a_run_that_fails_leaves_the_results_of_before(
    pair: Pair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    method, out = method_at(tmp_path), tmp_path / "out"
    on_spark(left=pair.left, right=pair.right, method=method, out=out)
    before = {path.name: path.read_bytes() for path in out.iterdir()}

    def broken(**_: Any) -> None:
        raise RuntimeError("a worker is gone")

    monkeypatch.setattr(spark_weights, "judge", broken)
    with pytest.raises(RuntimeError, match="a worker is gone"):
        on_spark(left=pair.left, right=pair.right, method=method, out=out)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".partial")] == []


def test_work_that_was_done_is_not_done_again(pair: Pair, tmp_path: Path) -> None:
    method, out = method_at(tmp_path), tmp_path / "out"
    settings = Settings(engine="spark")
    outcomes = [
        link(left=pair.left, right=pair.right, method=method, out=out, settings=settings, clock=lambda: 0.0)
        for _ in range(2)
    ]
    assert [one.done_before for one in outcomes] == [False, True]
    assert outcomes[0].figures == outcomes[1].figures


@pytest.mark.parametrize("column", ["rec_id", "kpj"])
def test_ids_that_stand_twice_are_refused(pair: Pair, tmp_path: Path, column: str) -> None:
    sides = {"rec_id": pair.left, "kpj": pair.right}
    table = pq.read_table(sides[column])
    ids = pa.array(["twice", "twice", None, *table.column(column).to_pylist()[3:]])
    sides[column] = tmp_path / "broken.parquet"
    pq.write_table(table.set_column(table.schema.get_field_index(column), column, ids), sides[column])
    with pytest.raises(Complaint) as told:
        on_spark(left=sides["rec_id"], right=sides["kpj"], method=method_at(tmp_path), out=tmp_path / "out")
    assert told.value.where == "broken.parquet"
    assert "1 rows use an id that was used before, 1 rows have none" in told.value.why.en


def test_a_kind_that_does_not_fit_is_refused(pair: Pair, tmp_path: Path) -> None:
    fields = [{"name": "nama", "kind": "date"}, {"name": "nik", "kind": "nik"}]
    with pytest.raises(Complaint, match="date"):
        on_spark(left=pair.left, right=pair.right, method=method_at(tmp_path, fields=fields), out=tmp_path / "out")
