"""Who is protected in the truth follows from the register's dates by a second, slow answer."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date

import pyarrow.parquet as pq

from jangkau import places
from jangkau.law.protection import Membership, protection
from tests.demo.conftest import Demo

AS_OF = date(2021, 4, 30)


def _counts_as_protected(row: dict[str, object]) -> bool:
    year, month = map(int, str(row["lunas_sampai"]).split("-"))
    membership = Membership(
        segment=str(row["segmen"]),
        started=row["tanggal_mulai"],  # type: ignore[arg-type]
        paid_month=date(year, month, 1),
        ended=row["tanggal_berhenti"],  # type: ignore[arg-type]
    )
    return protection(membership=membership, as_of=AS_OF).counts_as_protected


def test_protected_people_are_those_with_a_protecting_register_row(demo: Demo) -> None:
    register = pq.read_table(demo.folder / "register.parquet").to_pylist()
    owners = {row["line"]: row["person"] for row in demo.truth("register_rows").to_pylist()}
    protected = {
        owners[line] for line, row in enumerate(register, start=1) if line in owners and _counts_as_protected(row)
    }
    people = demo.truth("people").to_pylist()
    assert {row["person"] for row in people if row["protected"]} == protected & {row["person"] for row in people}


def test_the_summary_adds_up_from_the_people(demo: Demo) -> None:
    summary = json.loads((demo.folder / "truth" / "summary.json").read_text(encoding="utf-8"))
    people = demo.truth("people").to_pylist()
    unprotected = Counter(row["region4"] for row in people if row["eligible"] and not row["protected"])
    assert summary["people"] == len(people) == len(set(demo.truth("list_rows")["person"].to_pylist()))
    assert summary["unprotected"] == sum(unprotected.values())
    assert summary["by_region"] == dict(sorted(unprotected.items()))


def test_people_outside_the_law_are_not_eligible(demo: Demo) -> None:
    def eligible(row: dict[str, object]) -> bool:
        born = row["birth_date"]
        assert isinstance(born, date)
        age = AS_OF.year - born.year - ((born.month, born.day) > (AS_OF.month, AS_OF.day))
        return 17 <= age < 65 and not row["dead"] and row["occupation"] not in ("ASN", "TNI", "POLRI")

    people = demo.truth("people").to_pylist()
    assert [row["eligible"] for row in people] == [eligible(row) for row in people]
    assert 0.005 < sum(not row["eligible"] for row in people) / len(people) < 0.04


def test_the_kpj_of_a_list_row_are_all_those_of_its_person(demo: Demo) -> None:
    of_person: dict[int, set[str]] = {}
    for row in demo.truth("register_rows").to_pylist():
        of_person.setdefault(row["person"], set()).add(row["kpj"])
    for row in demo.truth("list_rows").to_pylist():
        assert set(row["kpjs"]) == of_person.get(row["person"], set())


def test_a_nik_is_one_persons_and_says_when_and_as_what_he_was_born(demo: Demo) -> None:
    people = demo.truth("people").to_pylist()
    assert len({row["nik"] for row in people}) == len(people)
    for row in people:
        day = int(row["nik"][6:8]) - (40 if row["sex"] == "P" else 0)
        born = row["birth_date"]
        assert (day, row["nik"][8:10], row["nik"][10:12]) == (born.day, f"{born.month:02d}", f"{born.year % 100:02d}")
        assert row["nik"][:4] in places.known_region_codes()


def test_people_live_in_the_chosen_provinces_and_many_come_from_elsewhere(demo: Demo) -> None:
    people = demo.truth("people").to_pylist()
    assert {row["region4"][:2] for row in people} == {"12", "71"}
    elsewhere = sum(row["region4"] != row["nik"][:4] for row in people) / len(people)
    assert 0.14 < elsewhere < 0.2


def test_shares_of_members_and_of_overlaps_are_those_stated(demo: Demo) -> None:
    people = demo.truth("people").to_pylist()
    members = [row["memberships"] for row in people if row["memberships"]]
    assert 0.25 < len(members) / len(people) < 0.31
    assert 0.05 < sum(count > 1 for count in members) / len(members) < 0.08
    files: dict[int, list[str]] = {}
    for row in demo.truth("list_rows").to_pylist():
        files.setdefault(row["person"], []).append(row["file"])
    several = [names for names in files.values() if len(names) > 1]
    assert 0.1 < len(several) / len(people) < 0.16
    assert any(len(set(names)) < len(names) for names in several), "no renewal inside a bank"
    assert any({name[:3] for name in names} == {"kur", "pra"} for names in several), "nobody with KUR and Prakerja"
