"""Rows become people: one person on many lists, with errors; where he lives; the groups he counts in."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from .office import BUDI, CROWD, JONI, RINA, SITI, Folder, Result, Somebody


class TestOnePerson:
    def test_on_three_lists_with_errors_is_one(self, folder: Folder) -> None:
        wrong_digit = BUDI.nik[:-1] + "7"
        folder.register(BUDI.row("register"))
        folder.list("kur", BUDI.row("kur", nama="BUDI H. SIREGAR"), name="kur_bri.csv", institution="BRI")
        folder.list("prakerja", BUDI.row("prakerja", nik=wrong_digit, nama="BUDY HARTONO SIREGAR"))
        result = folder.list("non_asn", BUDI.row("non_asn", nik=None)).run()
        assert result.summary["people"] == 1
        (person,) = result.people
        assert (person["nik"], person["status"]) == (BUDI.nik, "protected")
        assert person["lists"] == ["kur_bri.csv", "non_asn.csv", "prakerja.csv"]
        assert len({link["person_id"] for link in result.rows("links")}) == 1
        assert {entry["people"] for entry in result.summary["by_list"]} == {1}
        assert result.summary["rows"]["accepted"] == 3

    def test_twice_on_one_list_is_one(self, folder: Folder) -> None:
        rows = BUDI.row("kur", tanggal_akad="2020-02-01"), BUDI.row("kur", tanggal_akad="2021-02-01")
        result = folder.register().list("kur", *rows, rows[0]).run()
        assert (result.summary["rows"]["accepted"], result.summary["people"]) == (3, 1)
        assert [step["value"] for step in result.summary["waterfall"]][:3] == [3, -2, 1]

    def test_a_twin_brother_and_sister_are_two(self, folder: Folder) -> None:
        twin = Somebody("DEWI SALEH SIREGAR", BUDI.born, "P", 52)
        rows = (who.row("kur") for who in (BUDI, twin, *CROWD[:5]))
        result = folder.register(BUDI.row("register")).list("kur", *rows).run()
        assert result.summary["people"] == 7
        assert (result.status(BUDI), result.status(twin)) == ("protected", "not_found")

    def test_father_and_daughter_with_one_phone_are_two(self, folder: Folder) -> None:
        daughter = Somebody("DEWI HARTONO SIREGAR", date(2002, 5, 6), "P", 3)
        assert folder.register().list("kur", BUDI.row("kur"), daughter.row("kur")).run().summary["people"] == 2

    def test_of_whom_only_the_nik_is_known_is_found_by_it(self, folder: Folder) -> None:
        row = BUDI.row("kur", nama=None, tanggal_lahir=None, jenis_kelamin=None, kode_wilayah=None)
        result = folder.register(BUDI.row("register")).list("kur", row).run()
        person = result.person(BUDI)
        assert (person["name"], person["status"], person["kpj"]) == (None, "protected", BUDI.kpj)
        assert person["birth_date"] == BUDI.born

    def test_on_a_list_without_birth_dates_is_found(self, folder: Folder) -> None:
        folder.register(BUDI.row("register"), SITI.row("register", lunas_sampai="2019-01"))
        result = folder.list("kur", BUDI.row("kur"), SITI.row("kur"), without=["tanggal_lahir"]).run()
        assert (result.status(BUDI), result.status(SITI)) == ("protected", "lapsed")

    def test_with_a_wrong_nik_is_found_by_name_and_birth_date(self, folder: Folder) -> None:
        result = folder.register(BUDI.row("register")).list("kur", BUDI.row("kur", nik=None)).run()
        (link,) = result.rows("links")
        assert (link["decision"], link["kpj"]) == ("match", BUDI.kpj)
        assert "nama sama" in link["reason"]


def test_he_lives_where_his_latest_list_says_and_never_where_his_nik_is_from(folder: Folder) -> None:
    folder.register()
    folder.list("kur", BUDI.row("kur", kode_wilayah="12.08", tanggal_akad="2021-03-01"))
    folder.list("prakerja", BUDI.row("prakerja", kode_wilayah="7171", tanggal_penetapan="2020-08-10"))
    folder.list("village", BUDI.row("village", kode_desa="12.71.01.2001"))
    result = folder.run()
    assert result.person(BUDI)["region_code"] == "1208"
    assert [(e["region_code"], e["name"]) for e in result.summary["by_region"]] == [("1208", "Kab. Simalungun")]


def test_without_an_address_he_lives_nowhere(folder: Folder) -> None:
    result = folder.register().list("kur", BUDI.row("kur", kode_wilayah=None), SITI.row("kur", kode_wilayah="12")).run()
    assert {person["region_code"] for person in result.people} == {None}
    entry = result.group("by_region", region_code=None)
    assert (entry["name"], entry["people"]) == (None, 2)
    assert (result.out / "gaps" / "tanpa-wilayah-01.xlsx").is_file()


def test_an_unknown_region_code_is_no_region(folder: Folder) -> None:
    result = folder.register().list("kur", BUDI.row("kur", kode_wilayah="9999")).run()
    assert result.person(BUDI)["region_code"] is None


def test_an_old_code_of_papua_is_read_as_todays(folder: Folder) -> None:
    folder.register().list("kur", BUDI.row("kur", kode_wilayah="91.08"), SITI.row("kur", kode_wilayah="9605"))
    folder.write("branches.csv", "branch,region_code\nNabire,9108\n")
    result = folder.plan(branches="branches.csv").run()
    assert [entry["people"] for entry in result.summary["by_branch"]] == [
        result.group("by_region", region_code=result.person(BUDI)["region_code"])["people"],
        *([1] if result.person(BUDI)["region_code"] != "9605" else []),
    ]


class TestGroups:
    @pytest.fixture
    def result(self, folder: Folder) -> Result:
        folder.register(BUDI.row("register"), SITI.row("register", lunas_sampai="2019-01"))
        folder.list(
            "kur",
            BUDI.row("kur", tanggal_akad="2020-09-30", kode_wilayah="1208"),
            SITI.row("kur", skema="kecil", plafon="100000000", tanggal_akad="2020-10-01"),
            JONI.row("kur", tanggal_akad="2020-10-02"),
            name="kur_bri.csv",
            institution="BRI",
        )
        folder.list("kur", SITI.row("kur", bank="Bank Sumut"), name="kur_sumut.csv", institution="Bank Sumut")
        folder.list("prakerja", RINA.row("prakerja", kode_wilayah=None, status_bekerja="tidak"), institution="Prakerja")
        folder.write(
            "branches.csv", "branch;region_code\nPematangsiantar;1272\nPematangsiantar;12.08\nMedan Utara;1272\n"
        )
        return folder.plan(branches="branches.csv").run()

    @staticmethod
    def counts(result: Result, by: str, key: str) -> dict[Any, tuple[int, int]]:
        return {entry[key]: (entry["people"], entry["unprotected"]["estimate"]) for entry in result.summary[by]}

    def test_by_list(self, result: Result) -> None:
        assert self.counts(result, "by_list", "file") == {
            "kur_bri.csv": (3, 2),
            "kur_sumut.csv": (1, 1),
            "prakerja.csv": (1, 1),
        }
        assert result.group("by_list", file="kur_bri.csv")["institution"] == "BRI"

    def test_by_institution(self, result: Result) -> None:
        assert self.counts(result, "by_institution", "institution") == {
            "BRI": (3, 2),
            "Bank Sumut": (1, 1),
            "Prakerja": (1, 1),
        }
        himbara = {entry["institution"]: entry["himbara"] for entry in result.summary["by_institution"]}
        assert himbara == {"BRI": True, "Bank Sumut": False, "Prakerja": False}

    def test_by_region(self, result: Result) -> None:
        assert self.counts(result, "by_region", "region_code") == {"1208": (1, 0), "1272": (2, 2), None: (1, 1)}

    def test_by_branch_a_region_may_be_served_by_two(self, result: Result) -> None:
        assert self.counts(result, "by_branch", "branch") == {
            "Medan Utara": (2, 2),
            "Pematangsiantar": (3, 2),
            None: (1, 1),
        }
        served = {row["nik"]: row["branches"] for row in result.rows("gaps")}
        assert served == {
            SITI.nik: ["Medan Utara", "Pematangsiantar"],
            JONI.nik: ["Medan Utara", "Pematangsiantar"],
            RINA.nik: [],
        }

    def test_by_kur_type(self, result: Result) -> None:
        # Siti has a loan of each kind and counts in both
        assert self.counts(result, "by_kur_type", "skema") == {"kecil": (1, 1), "mikro": (3, 2)}

    def test_by_quarter(self, result: Result) -> None:
        assert self.counts(result, "by_period", "quarter") == {"2020-Q3": (2, 1), "2020-Q4": (2, 2), "2021-Q1": (1, 1)}

    def test_each_adds_up_within_itself(self, result: Result) -> None:
        kinds = [name for name in result.summary if name.startswith("by_")]
        assert len(kinds) == 6
        for entry in (result.summary, *(entry for kind in kinds for entry in result.summary[kind])):
            assert sum(entry["status"].values()) == entry["people"]
            assert sum(entry["duty"].values()) == entry["people"]
            gap = entry["unprotected"]
            assert gap["low"] <= gap["estimate"] <= gap["high"]

    def test_a_waterfall_leads_from_rows_to_the_estimate(self, result: Result) -> None:
        value = {step["step"]: step["value"] for step in result.summary["waterfall"]}
        assert value["rows"] == result.summary["rows"]["accepted"]
        assert value["rows"] + value["same_person_again"] == value["people"] == result.summary["people"]
        taken = value["not_eligible"] + value["protected"] + value["undecided_and_missed"]
        assert value["people"] + taken == value["unprotected"] == result.summary["unprotected"]["estimate"]


@pytest.mark.parametrize(
    ("institution", "himbara"),
    [
        ("BRI", True),
        ("Bank Mandiri", True),
        ("PT. Bank Rakyat Indonesia (Persero) Tbk.", True),
        ("bank bni", True),
        ("BTN", True),
        ("Bank Sumut", False),
        ("Mandiri Taspen", False),
    ],
)
def test_the_state_banks_are_known_however_they_sign(folder: Folder, institution: str, himbara: bool) -> None:
    result = folder.register().list("kur", BUDI.row("kur"), institution=institution).run()
    assert result.group("by_institution", institution=institution)["himbara"] is himbara


def test_one_row_against_one_row(folder: Folder) -> None:
    result = folder.register(BUDI.row("register"), crowd=False).list("kur", BUDI.row("kur")).run()
    assert (result.status(BUDI), result.summary["unprotected"]["estimate"]) == ("protected", 0)


def test_one_row_against_one_other_row(folder: Folder) -> None:
    result = folder.register(SITI.row("register"), crowd=False).list("kur", BUDI.row("kur")).run()
    assert (result.status(BUDI), result.summary["unprotected"]["estimate"]) == ("not_found", 1)


def test_a_whole_crowd_is_found(folder: Folder) -> None:
    result = folder.register().list("kur", *(somebody.row("kur") for somebody in CROWD)).run()
    assert result.summary["people"] == len(CROWD)
    assert {row["decision"] for row in result.rows("links")} == {"match"}
    assert {row["kpj"] for row in result.rows("links")} == {somebody.kpj for somebody in CROWD}


def test_several_registers_are_one(folder: Folder) -> None:
    folder.register(BUDI.row("register"), name="lama.csv", crowd=False)
    folder.register(SITI.row("register", segmen="PU"), name="baru.csv")
    result = folder.list("kur", BUDI.row("kur"), SITI.row("kur")).run()
    assert (result.status(BUDI), result.status(SITI)) == ("protected", "protected")
    assert result.summary["register"]["accepted"] == 2 + len(CROWD)


class TestPersonId:
    def test_is_opaque_and_its_own(self, folder: Folder) -> None:
        result = folder.register().list("kur", *(somebody.row("kur") for somebody in CROWD)).run()
        ids = {person["person_id"] for person in result.people}
        assert len(ids) == len(CROWD)
        assert all(person["nik"] not in person["person_id"] for person in result.people)

    def test_stays_when_other_people_come(self, folder: Folder) -> None:
        folder.register().list("kur", BUDI.row("kur"))
        before = folder.run().person(BUDI)["person_id"]
        folder.list("prakerja", SITI.row("prakerja"), JONI.row("prakerja")).plan()
        assert folder.run().person(BUDI)["person_id"] == before

    def test_stays_when_the_register_changes_if_there_is_a_key(self, folder: Folder) -> None:
        folder.register().list("kur", BUDI.row("kur")).plan(id_key="rahasia")
        before = folder.run().person(BUDI)["person_id"]
        folder.registers.clear()
        folder.register(SITI.row("register")).plan(id_key="rahasia")
        assert folder.run().person(BUDI)["person_id"] == before

    def test_is_another_with_another_key(self, folder: Folder) -> None:
        folder.register().list("kur", BUDI.row("kur"))
        ids = {folder.plan(id_key=key).run().person(BUDI)["person_id"] for key in ("satu", "dua", None)}
        assert len(ids) == 3

    def test_says_nothing_of_the_key_in_the_manifest(self, folder: Folder) -> None:
        folder.register().list("kur", BUDI.row("kur")).plan(id_key="sangat rahasia")
        assert "sangat rahasia" not in (folder.run().out / "manifest.json").read_text(encoding="utf-8")
