"""Inventing: the same seed gives the same bytes, blocks fit together, and wishes that cannot be met are complaints."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from jangkau.complaints import Complaint
from jangkau.demo import invent as inventing
from jangkau.demo.invent import invent
from jangkau.demo.rates import Rates

FLAWLESS = dict.fromkeys(
    (
        *("nik_missing", "nik_wrong", "nik_spreadsheet", "nik_kk_swapped", "name_changed", "birth_wrong", "second_nik"),
        *("register_nik_missing", "register_nik_wrong", "register_name_changed", "register_birth_wrong"),
    ),
    0.0,
)


def digests(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def rows_of(folder: Path, name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(folder / f"{name}.parquet").to_pylist()
    return rows


def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not(tmp_path: Path) -> None:
    for name, seed in (("first", 5), ("again", 5), ("other", 6)):
        invent(folder=tmp_path / name, register=8_000, lists=6_000, seed=seed, provinces=("12", "71"))
    first, again, other = (digests(tmp_path / name) for name in ("first", "again", "other"))
    assert first == again
    same = {name for name in first if first[name] == other.get(name)}
    assert same == {"run.yaml", "branches.csv"}


def test_blocks_are_the_same_bytes_each_time_and_share_no_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inventing, "REGISTER_ROWS_OF_A_BLOCK", 3_000)
    for name in ("first", "again"):
        invent(folder=tmp_path / name, register=20_000, lists=6_000, seed=5, provinces=("71",))
    assert digests(tmp_path / "first") == digests(tmp_path / "again")
    truth = tmp_path / "first" / "truth"
    people = pq.read_table(truth / "people.parquet").to_pylist()
    assert len({row["nik"] for row in people}) == len({row["person"] for row in people}) == len(people)
    rows = pq.read_table(truth / "register_rows.parquet").to_pylist()
    assert len({row["kpj"] for row in rows}) == len(rows) == 20_000 - 3
    register = pq.read_table(tmp_path / "first" / "register.parquet")["kpj"].to_pylist()
    assert all(register[row["line"] - 1] == row["kpj"] for row in rows)
    members = {row["person"] for row in rows}
    assert all((row["person"] in members) == (row["memberships"] > 0) for row in people)


def test_without_errors_every_row_says_what_is_true(tmp_path: Path) -> None:
    written = invent(
        folder=tmp_path / "demo", register=3_000, lists=2_000, seed=2, provinces=("51",), rates=Rates(**FLAWLESS)
    )
    for counts in written.errors.values():
        assert {kind: count for kind, count in counts.items() if kind != "rows" and count} == {}
    truth = {
        row["kpj"]: row["person"] for row in pq.read_table(tmp_path / "demo/truth/register_rows.parquet").to_pylist()
    }
    people = {row["person"]: row for row in pq.read_table(tmp_path / "demo/truth/people.parquet").to_pylist()}
    known = [
        row for row in pq.read_table(tmp_path / "demo/register.parquet").to_pylist() if truth.get(row["kpj"]) in people
    ]
    assert known
    for row in known:
        person = people[truth[row["kpj"]]]
        assert (row["nik"], row["nama"], row["tanggal_lahir"]) == (person["nik"], person["name"], person["birth_date"])


def test_the_register_holds_namesakes_and_siblings_of_list_people(tmp_path: Path) -> None:
    invent(folder=tmp_path / "demo", register=40_000, lists=20_000, seed=2, provinces=("71",))
    people = {row["person"]: row for row in pq.read_table(tmp_path / "demo/truth/people.parquet").to_pylist()}
    born_and_named = {(row["name"], row["birth_date"]) for row in people.values()}
    owners = {
        row["line"]: row["person"] for row in pq.read_table(tmp_path / "demo/truth/register_rows.parquet").to_pylist()
    }
    register = pq.read_table(tmp_path / "demo/register.parquet").to_pylist()
    strangers = [row for line, row in enumerate(register, start=1) if owners.get(line) not in people]
    doubles = sum((row["nama"], row["tanggal_lahir"]) in born_and_named for row in strangers)
    assert doubles >= 5


def test_papua_has_its_codes_of_2021_on_lists_and_todays_in_the_truth(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    invent(folder=folder, register=2_000, lists=1_000, seed=2, provinces=("93",), form="parquet")
    assert {row["region4"] for row in rows_of(folder, "truth/people")} <= {"9301", "9302", "9303", "9304"}
    on_lists = {row["KODE_WILAYAH"] for row in rows_of(folder, "kur_bri")} - {None, "9999"}
    assert {"9101", "9116", "9117", "9118"} <= on_lists
    branches = (folder / "branches.csv").read_text(encoding="utf-8")
    assert ",9301," in branches
    assert ",9101," not in branches


@pytest.mark.parametrize(
    ("settings", "what"),
    [
        ({"register": 1_000, "lists": 100_000}, "cannot be invented"),
        ({"register": 1_000, "lists": 0}, "cannot be invented"),
        ({"provinces": ("99",)}, "province is not known"),
        ({"seed": -1}, "seed cannot be used"),
    ],
)
def test_a_wish_that_cannot_be_met_is_a_complaint(tmp_path: Path, settings: dict[str, object], what: str) -> None:
    with pytest.raises(Complaint, match=what):
        invent(folder=tmp_path / "demo", **settings)  # type: ignore[arg-type]
    assert not (tmp_path / "demo").exists()


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "kur_bri.txt").write_text("a real list")
    with pytest.raises(Complaint, match="not empty"):
        invent(folder=tmp_path, register=1_000, lists=500)
    assert [path.name for path in tmp_path.iterdir()] == ["kur_bri.txt"]
