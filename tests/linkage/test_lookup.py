"""One person looked up: who is found, why, and what is said when too little is known."""

from __future__ import annotations

import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from jangkau.complaints import Complaint
from jangkau.linkage import lookup
from jangkau.linkage.lookup import Found, Register, open_register
from tests.linkage.registers import Row, as_parquet, asked, index, people, person

ROWS = 600


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("lookup")
    index(as_parquet(place / "register.parquet", people(ROWS)), place / "index")
    return place / "index"


@pytest.fixture(scope="module")
def register(folder: Path) -> Iterator[Register]:
    with open_register(folder=folder) as one:
        yield one


def first(register: Register, **given: str | int | None) -> Found | None:
    return next(iter(register.look_up(person=given)), None)


def words(found: Found) -> set[str]:
    return {one.words.en for one in found.evidence}


@pytest.mark.parametrize("k", range(0, ROWS, 23))
def test_everybody_is_found_by_what_the_register_says_of_him(register: Register, k: int) -> None:
    found = register.look_up(person=asked(person(k)))
    assert found[0].id == person(k)["kpj"]
    assert found[0].probability > 0.99
    assert found[0].decision == "match"
    assert found[0].record == person(k)


WHOLE = person(41)  # born on 8 June 1960
DAMAGE: dict[str, tuple[Row, str]] = {
    "a wrong digit": ({"nik": "9" + str(WHOLE["nik"])[1:]}, "NIK differs in one digit (the 1st, region)"),
    "a title and small letters": (
        {"nama": "Hj. " + str(WHOLE["nama"]).lower()},
        "name equal, title Hj. left out, borne by 1 in 320",
    ),
    "an initial": ({"nama": "YULI P. WIJAYA"}, "one name holds the other: P. = PUTRI"),
    "one name more": ({"nama": "YULI PUTRI WIJAYA KARTIKA"}, "one name holds the other: without KARTIKA"),
    "day and month swapped": ({"nik": None, "tanggal_lahir": "1960-08-06"}, "day and month of birth swapped"),
    "another region": ({"kode_wilayah": "9471"}, "region differs"),
}


@pytest.mark.parametrize("what", DAMAGE)
def test_a_damaged_person_is_found_and_the_damage_is_told(register: Register, what: str) -> None:
    change, told = DAMAGE[what]
    found = register.look_up(person=asked(WHOLE, **change))
    assert found[0].id == WHOLE["kpj"]
    assert told in words(found[0])


def test_a_nik_may_be_a_number(register: Register) -> None:
    found = first(register, nik=int(str(person(7)["nik"])))
    assert found is not None
    assert found.id == person(7)["kpj"]


def test_evidence_adds_up_to_the_probability(register: Register) -> None:
    found = first(register, **asked(person(12), nik=None, no_hp=None))
    assert found is not None
    odds = found.weighed.prior + sum(one.bits for one in found.evidence)
    assert found.weighed.prior == pytest.approx(register.weights.prior_log_odds / math.log(2))
    assert found.probability == pytest.approx(1 / (1 + 2**-odds), abs=1e-9)


def test_evidence_for_and_against_has_its_sign(register: Register) -> None:
    found = first(register, **asked(person(12), no_hp="081399999999"))
    assert found is not None
    weight = {one.field: one.bits for one in found.evidence}
    assert weight["nik"] > 0 > weight["no_hp"]


def test_nobody_is_found_for_a_stranger_and_he_is_hardly_there(register: Register) -> None:
    stranger = {
        "nik": "9108124508880044",
        "nama": "YOHANA WAROMI",
        "tanggal_lahir": "1988-08-05",
        "kode_wilayah": "9108",
    }
    answer = register.answer(person=stranger)
    assert answer.found == ()
    assert 0 < answer.present < 0.05


def test_less_that_is_known_leaves_more_room_for_being_missed(register: Register) -> None:
    unknown_nik = "9108124508880044"
    alone = register.answer(person={"nik": unknown_nik}).present
    with_name = register.answer(
        person={"nik": unknown_nik, "nama": "YOHANA WAROMI", "tanggal_lahir": "1988-08-05", "kode_wilayah": "9108"}
    ).present
    assert with_name < alone < 0.5


def test_many_threads_get_the_same_answers_as_one(register: Register) -> None:
    wanted = [asked(person(k), no_hp=None) for k in range(0, ROWS, 3)]
    alone = [register.look_up(person=one) for one in wanted]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda one: register.look_up(person=one), wanted))
    assert together == alone


def test_a_closed_register_says_so(folder: Path) -> None:
    with open_register(folder=folder) as register:
        assert register.look_up(person=asked(person(3)))
    with pytest.raises(ValueError, match="closed"):
        register.look_up(person=asked(person(3)))


def test_a_column_that_is_not_there_is_told_with_the_one_that_is_near(register: Register) -> None:
    with pytest.raises(Complaint) as told:
        register.look_up(person={"nik": "3271046512900003", "tanggal_lahr": "1990-12-25"})
    assert "'tanggal_lahr'" in told.value.what.en
    assert "tanggal_lahir" in told.value.do.en


@pytest.mark.parametrize(
    "given", [{}, {"jenis_kelamin": "L"}, {"nama": "BUDI"}, {"nik": "-", "nama": "  "}, {"nik": None}]
)
def test_too_little_to_search_by_is_told_with_what_would_do(register: Register, given: Row) -> None:
    with pytest.raises(Complaint) as told:
        register.look_up(person=given)
    assert "nama + kode_wilayah" in told.value.do.en


def test_a_value_that_cannot_be_understood_is_told_but_not_repeated(register: Register) -> None:
    answer = register.answer(person=asked(person(5), tanggal_lahir="5 Januari 1999", nik="3271O46512"))
    assert [note.en.split()[0] for note in answer.notes] == ["nik", "tanggal_lahir"]
    assert "YYYY-MM-DD" in answer.notes[1].en
    assert "TTTT-BB-HH" in answer.notes[1].id
    assert not any("1999" in note.en or "3271" in note.en for note in answer.notes)
    with pytest.raises(Complaint) as told:
        register.look_up(person={"nik": "3271O46512"})
    assert "3271" not in told.value.message("en")


def test_the_likeliest_stands_first_and_only_so_many_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    row = person(9)
    several = [{**row, "kpj": f"3000000000{k}", "nik": None, "no_hp": None} for k in range(6)]
    index(as_parquet(tmp_path / "r.parquet", [*people(200), *several]), tmp_path / "index")
    monkeypatch.setattr(lookup, "MOST", 3)
    with open_register(folder=tmp_path / "index") as register:
        answer = register.answer(person=asked(row))
    assert answer.found[0].id == row["kpj"]
    assert [one.probability for one in answer.found] == sorted((one.probability for one in answer.found), reverse=True)
    assert (len(answer.found), answer.more) == (3, 4)


def test_a_value_that_dominates_a_block_is_left_out_and_told(tmp_path: Path) -> None:
    rows = people(2_100)
    for row in rows:
        row["no_hp"] = "081234567890"
    built = index(as_parquet(tmp_path / "r.parquet", rows), tmp_path / "index")
    assert any("no_hp: 1 values" in note.en and "(2100)" in note.en for note in built.notes)
    with open_register(folder=tmp_path / "index") as register:
        answer = register.answer(person=asked(rows[1]))
        assert answer.found[0].id == rows[1]["kpj"]
        assert [note.en for note in answer.notes] == [
            "Not searched by no_hp: 2100 rows of the register share this value."
        ]
        assert register.answer(person={"no_hp": "081234567890"}).compared == 0


def test_a_veto_outweighs_everything(tmp_path: Path) -> None:
    method = tmp_path / "method.yaml"
    method.write_text(
        "left_id: kpj\nfields:\n  - {name: nik, kind: nik}\n  - {name: jenis_kelamin, kind: sex}\n"
        "  - {name: nama, kind: person_name}\nvetoes:\n  - {jenis_kelamin: 2}\n",
        encoding="utf-8",
    )
    index(as_parquet(tmp_path / "r.parquet", people(50)), tmp_path / "index", method)
    with open_register(folder=tmp_path / "index") as register:
        wanted = {name: person(4)[name] for name in ("nik", "jenis_kelamin", "nama")}
        assert register.look_up(person=wanted)[0].id == person(4)["kpj"]
        assert register.look_up(person={**wanted, "jenis_kelamin": "P"}) == ()
