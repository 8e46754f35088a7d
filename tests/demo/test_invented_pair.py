"""The pair of Parquet files that the benchmarks link: cells as stated, every true pair, made once."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from benchmarks import invented
from benchmarks.invented import Pair, invented_pair
from jangkau.demo import invent

LEFT, RIGHT = 4_000, 9_000


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    folder = tmp_path_factory.mktemp("pair")
    return invented_pair(folder=folder, left_rows=LEFT, right_rows=RIGHT, seed=3, provinces=("51", "32"))


def test_both_sides_hold_as_many_rows_as_asked_for_under_numbers_of_their_own(pair: Pair) -> None:
    left, right = pq.read_table(pair.left), pq.read_table(pair.right)
    assert len(set(left["rec_id"].to_pylist())) == left.num_rows == LEFT
    assert len(set(right["kpj"].to_pylist())) == right.num_rows == RIGHT
    assert left.column_names == [
        *("rec_id", "nik", "nama", "tanggal_lahir", "jenis_kelamin", "kode_wilayah", "no_hp", "office")
    ]
    assert right.column_names == ["kpj", *left.column_names[1:-1]]


def test_cells_are_written_in_one_way(pair: Pair) -> None:
    for path in (pair.left, pair.right):
        table = pq.read_table(path)
        births = table["tanggal_lahir"].drop_null().to_pylist()
        assert all(len(text) == 10 and text[4] == text[7] == "-" for text in births)
        assert set(table["jenis_kelamin"].drop_null().to_pylist()) == {"L", "P"}
        assert {len(text) for text in table["kode_wilayah"].drop_null().to_pylist()} == {4}
        assert all(text.startswith("08") and text.isdigit() for text in table["no_hp"].drop_null().to_pylist())
        assert table["nama"].null_count == 0
        assert 0 < table["nik"].null_count < 0.1 * table.num_rows


def test_the_truth_is_every_register_row_of_every_person_on_the_list(pair: Pair) -> None:
    truth = pq.read_table(pair.truth).to_pylist()
    assert len(truth) == pair.pairs == len({(row["left_id"], row["right_id"]) for row in truth})
    person = {row["left_id"]: row["person"] for row in pq.read_table(pair.left_person).to_pylist()}
    niks_left = dict(zip(*(pq.read_table(pair.left)[name].to_pylist() for name in ("rec_id", "nik")), strict=True))
    niks_right = dict(zip(*(pq.read_table(pair.right)[name].to_pylist() for name in ("kpj", "nik")), strict=True))
    assert sum(niks_left[row["left_id"]] == niks_right[row["right_id"]] for row in truth) > 0.85 * len(truth)
    kpjs, of_person = defaultdict(set), defaultdict(set)
    for row in truth:
        kpjs[row["left_id"]].add(row["right_id"])
        of_person[person[row["left_id"]]].add(row["right_id"])
    assert all(kpjs[left] == of_person[who] for left, who in person.items() if left in kpjs)
    assert any(len(numbers) > 1 for numbers in of_person.values())


def test_every_left_row_has_its_groups(pair: Pair) -> None:
    groups = pq.read_table(pair.left_truth)
    assert groups["left_id"] == pq.read_table(pair.left)["rec_id"]
    assert {"list", "office", "batch", "region", "sex", "age", "words", "nik", "name", "birth"} <= set(
        groups.column_names
    )
    members = {row["left_id"] for row in pq.read_table(pair.truth).to_pylist()}
    assert [row["left_id"] in members for row in groups.to_pylist()] == groups["member"].to_pylist()


def test_the_same_pair_is_made_once_and_another_one_anew(tmp_path: Path) -> None:
    first = invented_pair(folder=tmp_path, left_rows=300, right_rows=400, seed=1, provinces=("51",))
    before = first.left.stat().st_mtime_ns
    invented_pair(folder=tmp_path, left_rows=300, right_rows=400, seed=1, provinces=("51",))
    assert first.left.stat().st_mtime_ns == before
    text = first.left.read_bytes()
    invented_pair(folder=tmp_path, left_rows=300, right_rows=400, seed=1, provinces=("51",), correlated=True)
    assert first.left.read_bytes() != text
    assert json.loads((tmp_path / "made_with.json").read_text(encoding="utf-8"))["correlated"] is True
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        *("left.parquet", "left_person.parquet", "left_truth.parquet", "made_with.json"),
        *("right.parquet", "truth.parquet"),
    ]


def test_a_pair_of_several_blocks_is_the_same_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wish = {"left_rows": 900, "right_rows": 2_000, "seed": 4, "provinces": ("51",)}
    monkeypatch.setattr(invent, "REGISTER_ROWS_OF_A_BLOCK", 500)
    monkeypatch.setattr(invented, "_worked", lambda tasks: map(invented._task, tasks))
    one = invented_pair(folder=tmp_path / "one", **wish)  # type: ignore[arg-type]
    again = invented_pair(folder=tmp_path / "again", **wish)  # type: ignore[arg-type]
    assert one.right.read_bytes() == again.right.read_bytes()
    assert pq.read_table(one.right).num_rows == 2_000
    assert len(set(pq.read_table(one.right)["kpj"].to_pylist())) == 2_000
    people = pq.read_table(one.left_person).to_pylist()
    assert len(people) == 900
    assert pq.read_table(one.left)["rec_id"].to_pylist() == [str(number) for number in range(1, 901)]


def test_too_small_a_register_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="too few"):
        invented_pair(folder=tmp_path, left_rows=1_000, right_rows=300, seed=1)
