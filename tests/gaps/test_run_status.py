"""Who is protected, lapsed, not found, doubtful or not eligible: one hand-made folder for each rule."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from .office import BUDI, JONI, RINA, SITI, Folder, Result, Somebody


def only(folder: Folder, *memberships: dict[str, str], as_of: date | None = None, **cells: str | None) -> Result:
    """Budi on a KUR list, with these rows of the register."""
    return folder.register(*memberships).list("kur", BUDI.row("kur", **cells)).run(as_of=as_of)


def test_paid_this_month_is_protected(folder: Folder) -> None:
    person = only(folder, BUDI.row("register", lunas_sampai="2021-04")).person(BUDI)
    assert (person["status"], person["kpj"], person["segment"]) == ("protected", BUDI.kpj, "BPU")
    assert person["paid_until"] == date(2021, 4, 30)
    assert person["probability"] > 0.99


def test_paid_long_ago_has_lapsed(folder: Folder) -> None:
    result = only(folder, BUDI.row("register", lunas_sampai="2020-06"))
    assert result.status(BUDI) == "lapsed"
    assert result.person(BUDI)["paid_until"] == date(2020, 6, 30)


def test_never_paid_has_lapsed(folder: Folder) -> None:
    assert only(folder, BUDI.row("register", lunas_sampai=None)).status(BUDI) == "lapsed"


def test_who_is_in_no_register_is_not_found(folder: Folder) -> None:
    result = only(folder)
    assert result.status(BUDI) == "not_found"
    (link,) = result.rows("links")
    assert (link["kpj"], link["decision"]) == (None, "none")
    assert result.summary["unprotected"]["estimate"] == 1


@pytest.mark.parametrize("segment", ["PU", "BPU", "JAKON", "PMI"])
def test_any_segment_protects(folder: Folder, segment: str) -> None:
    result = only(folder, BUDI.row("register", segmen=segment))
    assert (result.status(BUDI), result.person(BUDI)["segment"]) == ("protected", segment)


@pytest.mark.parametrize("order", [1, -1])
def test_any_kpj_protects(folder: Folder, order: int) -> None:
    memberships = [
        BUDI.row("register", kpj="00000000101", segmen="PU", lunas_sampai="2018-03"),
        BUDI.row("register", kpj="00000000102", lunas_sampai="2021-05"),
        BUDI.row("register", kpj="00000000103", segmen="JAKON", lunas_sampai="2019-12"),
    ]
    person = only(folder, *memberships[::order]).person(BUDI)
    assert (person["status"], person["kpj"]) == ("protected", "00000000102")


def test_a_membership_that_was_left_does_not_protect(folder: Folder) -> None:
    membership = BUDI.row("register", segmen="PU", lunas_sampai="2021-06", tanggal_berhenti="2021-04-01")
    assert only(folder, membership).status(BUDI) == "lapsed"


def test_a_membership_protects_until_the_day_it_is_left(folder: Folder) -> None:
    membership = BUDI.row("register", segmen="PU", lunas_sampai="2021-06", tanggal_berhenti="2021-05-01")
    assert only(folder, membership).status(BUDI) == "protected"


def test_a_membership_that_begins_later_does_not_protect_yet(folder: Folder) -> None:
    membership = BUDI.row("register", tanggal_mulai="2021-05-03", lunas_sampai="2021-07")
    assert only(folder, membership).status(BUDI) != "protected"


class TestGrace:
    def test_own_account_workers_have_three_months(self, folder: Folder) -> None:
        result = only(folder, BUDI.row("register", lunas_sampai="2021-01"), as_of=date(2021, 4, 30))
        assert (result.status(BUDI), result.summary["in_grace"]) == ("protected", 1)

    def test_and_not_a_day_more(self, folder: Folder) -> None:
        result = only(folder, BUDI.row("register", lunas_sampai="2021-01"), as_of=date(2021, 5, 1))
        assert (result.status(BUDI), result.summary["in_grace"]) == ("lapsed", 0)

    def test_who_has_paid_is_protected_and_not_in_grace(self, folder: Folder) -> None:
        assert only(folder, BUDI.row("register", lunas_sampai="2021-04")).summary["in_grace"] == 0

    def test_another_kpj_that_is_paid_is_no_grace(self, folder: Folder) -> None:
        paid = BUDI.row("register", kpj="00000000101", segmen="PU", lunas_sampai="2021-04")
        result = only(folder, BUDI.row("register", lunas_sampai="2021-02"), paid)
        assert (result.status(BUDI), result.summary["in_grace"]) == ("protected", 0)

    @pytest.mark.parametrize("segment", ["PU", "JAKON", "PMI"])
    def test_other_segments_have_none_and_what_hangs_on_it_is_shown(self, folder: Folder, segment: str) -> None:
        result = only(folder, BUDI.row("register", segmen=segment, lunas_sampai="2021-03"))
        assert result.status(BUDI) == "lapsed"
        assert result.summary["unprotected"]["estimate"] == 1
        assert sensitivity(result)["grace_for_all_segments"]["estimate"] == 0

    def test_what_hangs_on_the_grace_of_own_account_workers_is_shown(self, folder: Folder) -> None:
        result = only(folder, BUDI.row("register", lunas_sampai="2021-02"))
        assert result.summary["unprotected"]["estimate"] == 0
        assert sensitivity(result)["bpu_without_grace"]["estimate"] == 1

    def test_nobody_who_left_is_in_grace(self, folder: Folder) -> None:
        membership = BUDI.row("register", lunas_sampai="2021-03", tanggal_berhenti="2021-04-10")
        result = only(folder, membership)
        assert (result.status(BUDI), result.summary["in_grace"]) == ("lapsed", 0)
        assert sensitivity(result)["grace_for_all_segments"]["estimate"] == 1


def sensitivity(result: Result) -> dict[str, dict[str, Any]]:
    found = {entry["what"]: entry for entry in result.summary["unprotected"]["sensitivity"]}
    assert all(entry["article"] and entry["verified"] is False for entry in found.values())
    return found


class TestEligible:
    @pytest.mark.parametrize(
        ("born", "status"),
        [
            (date(1956, 4, 30), "not_eligible"),  # 65 today
            (date(1956, 5, 1), "not_found"),  # 65 tomorrow
            (date(2004, 4, 30), "not_found"),  # 17 today
            (date(2004, 5, 1), "not_eligible"),  # 17 tomorrow
        ],
    )
    def test_from_17_until_the_day_of_65(self, folder: Folder, born: date, status: str) -> None:
        somebody = BUDI.born_on(born)
        result = folder.register().list("kur", somebody.row("kur")).run()
        assert result.status(somebody) == status
        assert sensitivity(result)["no_age_limits"]["estimate"] == 1

    def test_born_on_a_leap_day_is_65_on_the_first_of_march(self, folder: Folder) -> None:
        somebody = BUDI.born_on(date(1956, 2, 29))
        folder.register().list("kur", somebody.row("kur", tanggal_akad="2020-06-01"))
        assert folder.run(as_of=date(2021, 2, 28)).status(somebody) == "not_found"
        assert folder.run(as_of=date(2021, 3, 1)).status(somebody) == "not_eligible"

    def test_who_has_no_known_age_is(self, folder: Folder) -> None:
        row = BUDI.row("kur", nik="1272019999999999", tanggal_lahir=None)
        result = folder.register().list("kur", row).run()
        (person,) = result.people
        assert (person["birth_date"], person["status"]) == (None, "not_found")

    def test_the_age_can_come_from_the_nik_alone(self, folder: Folder) -> None:
        old = BUDI.born_on(date(1950, 1, 1))
        result = folder.register().list("kur", old.row("kur", tanggal_lahir=None)).run()
        assert result.status(old) == "not_eligible"
        assert result.person(old)["birth_date"] == date(1950, 1, 1)

    @pytest.mark.parametrize(
        "work", ["ASN", "TNI", "Polri", "PNS", "Anggota TNI", "Kepolisian RI (Polri)", "asn pemda"]
    )
    def test_civil_servants_soldiers_and_police_are_not(self, folder: Folder, work: str) -> None:
        assert only(folder, pekerjaan=work).status(BUDI) == "not_eligible"

    @pytest.mark.parametrize("work", ["Non ASN", "Pedagang", "Pensiunan TNI", "Petani", "Istri Polri", None])
    def test_others_are(self, folder: Folder, work: str | None) -> None:
        assert only(folder, pekerjaan=work).status(BUDI) == "not_found"

    def test_one_list_that_says_it_is_enough(self, folder: Folder) -> None:
        folder.register().list("kur", BUDI.row("kur", pekerjaan="Pedagang"))
        result = folder.list("prakerja", BUDI.row("prakerja", pekerjaan="TNI")).run()
        assert result.status(BUDI) == "not_eligible"

    def test_the_dead_on_a_list_are_not(self, folder: Folder) -> None:
        assert only(folder, meninggal="ya").status(BUDI) == "not_eligible"

    def test_the_dead_in_the_register_are_not(self, folder: Folder) -> None:
        assert only(folder, BUDI.row("register", lunas_sampai="2019-01", meninggal="ya")).status(BUDI) == "not_eligible"

    def test_the_living_are(self, folder: Folder) -> None:
        assert only(folder, meninggal="tidak").status(BUDI) == "not_found"


class TestOrder:
    """protected, not eligible, doubtful, lapsed, not found."""

    def test_protected_goes_before_not_eligible(self, folder: Folder) -> None:
        old = BUDI.born_on(date(1950, 1, 1))
        result = folder.register(old.row("register")).list("kur", old.row("kur", pekerjaan="TNI")).run()
        assert result.status(old) == "protected"
        assert result.summary["status"]["not_eligible"] == 0

    def test_not_eligible_goes_before_lapsed(self, folder: Folder) -> None:
        assert (
            only(folder, BUDI.row("register", lunas_sampai="2019-01"), pekerjaan="TNI").status(BUDI) == "not_eligible"
        )

    def test_not_eligible_goes_before_doubtful(self, folder: Folder) -> None:
        folder.register(*namesakes("2021-04")).list("kur", *unsure())
        assert doubtful(folder.run()) == 1
        folder.list("non_asn", *(row | {"pekerjaan": "TNI"} for row in unsure("non_asn"))).plan()
        result = folder.run()
        assert result.summary["status"]["not_eligible"] == 1
        assert doubtful(result) == 0


def namesakes(paid: str, other: str | None = None) -> list[dict[str, str]]:
    """Two members of one name and birth date, as twins of a register are."""
    first = BUDI.row("register", kpj="00000000201", lunas_sampai=paid, nama_ibu="LASMI")
    second = Somebody(BUDI.name, BUDI.born, "L", 77, "127305").row(
        "register", kpj="00000000202", lunas_sampai=other or "2018-01", nama_ibu="RUKIAH"
    )
    return [first, second]


def unsure(layout: str = "kur") -> list[dict[str, str]]:
    """Budi without NIK: he could be either of the two."""
    return [BUDI.row(layout, nik=None, kode_wilayah=None)]


def doubtful(result: Result) -> int:
    return int(result.summary["status"]["doubtful"])


class TestDoubtful:
    def test_when_the_undecided_link_changes_whether_he_is_protected(self, folder: Folder) -> None:
        result = folder.register(*namesakes("2021-04")).list("kur", *unsure()).run()
        (person,) = result.people
        assert person["status"] == "doubtful"
        assert 0.1 < person["probability"] < 0.9
        assert {row["right_kpj"] for row in result.rows("doubtful")} >= {"00000000201"}
        assert {row["person_id"] for row in result.rows("gaps")} == {person["person_id"]}
        (link,) = result.rows("links")
        assert (link["decision"], link["kpj"] in ("00000000201", "00000000202")) == ("doubtful", True)

    def test_not_when_he_is_protected_either_way(self, folder: Folder) -> None:
        result = folder.register(*namesakes("2021-04", "2021-05")).list("kur", *unsure()).run()
        (person,) = result.people
        assert person["status"] == "protected"
        assert result.rows("gaps") == []

    def test_not_when_neither_protects(self, folder: Folder) -> None:
        result = folder.register(*namesakes("2019-04", "2018-05")).list("kur", *unsure()).run()
        (person,) = result.people
        assert person["status"] == "lapsed"


class TestNotWorking:
    def test_a_prakerja_recipient_without_work_stays_in_the_gap_and_is_counted_apart(self, folder: Folder) -> None:
        rows = BUDI.row("prakerja", status_bekerja="tidak"), SITI.row("prakerja", status_bekerja="ya")
        result = folder.register().list("prakerja", *rows).run()
        assert result.status(BUDI) == "not_found"
        assert (result.summary["unprotected"]["estimate"], result.summary["not_working"]) == (2, 1)
        assert {row["nik"]: row["not_working"] for row in result.rows("gaps")} == {BUDI.nik: True, SITI.nik: False}
        assert sensitivity(result)["without_not_working"]["estimate"] == 1

    def test_who_is_protected_is_not_counted(self, folder: Folder) -> None:
        folder.register(BUDI.row("register")).list("prakerja", BUDI.row("prakerja", status_bekerja="tidak"))
        assert folder.run().summary["not_working"] == 0


LOAN = {"skema": "kecil", "plafon": "200000000", "tanggal_akad": "2023-03-01"}


class TestDuty:
    def of(self, folder: Folder, segment: str | None, as_of: date = date(2023, 6, 30), **loan: str) -> dict[str, Any]:
        rows = [BUDI.row("register", segmen=segment, lunas_sampai="2023-06")] if segment else []
        result = (
            folder.register(*rows, SITI.row("register", lunas_sampai="2023-06"))
            .list("kur", BUDI.row("kur", **(LOAN | loan)))
            .run(as_of=as_of)
        )
        person = result.person(BUDI)
        assert result.summary["duty"][person["duty"]] == 1
        return person

    def test_a_wage_earner_is_protected_and_his_duty_unmet(self, folder: Folder) -> None:
        person = self.of(folder, "PU")
        assert (person["status"], person["duty"]) == ("protected", "unmet")

    def test_an_own_account_worker_has_met_it(self, folder: Folder) -> None:
        person = self.of(folder, "BPU")
        assert (person["status"], person["duty"]) == ("protected", "met")

    def test_who_is_in_no_register_has_not_met_it(self, folder: Folder) -> None:
        assert self.of(folder, None)["duty"] == "unmet"

    def test_of_a_small_loan_may(self, folder: Folder) -> None:
        assert self.of(folder, "PU", skema="mikro", plafon="50000000")["duty"] == "may"

    def test_of_a_special_loan_hangs_on_its_amount(self, folder: Folder) -> None:
        assert self.of(folder, None, skema="khusus", plafon="100000001")["duty"] == "unmet"

    def test_before_the_rule_is_unknown(self, folder: Folder) -> None:
        assert self.of(folder, None, tanggal_akad="2020-05-01")["duty"] == "unknown"

    def test_without_a_loan_is_unknown(self, folder: Folder) -> None:
        assert folder.register().list("prakerja", BUDI.row("prakerja")).run().person(BUDI)["duty"] == "unknown"

    def test_is_met_by_any_kpj_for_own_account(self, folder: Folder) -> None:
        memberships = (
            BUDI.row("register", kpj="00000000101", segmen="PU", lunas_sampai="2023-09"),
            BUDI.row("register", kpj="00000000102", segmen="BPU", lunas_sampai="2023-06"),
        )
        folder.register(*memberships).list("kur", BUDI.row("kur", **LOAN))
        assert folder.run(as_of=date(2023, 6, 30)).person(BUDI)["duty"] == "met"


def test_every_status_stands_in_one_folder_and_adds_up(folder: Folder) -> None:
    old = RINA.born_on(date(1950, 2, 3))
    folder.register(BUDI.row("register"), SITI.row("register", lunas_sampai="2019-01"))
    result = folder.list("kur", *(who.row("kur") for who in (BUDI, SITI, JONI, old))).run()
    expected = {"protected": 1, "lapsed": 1, "not_found": 1, "doubtful": 0, "not_eligible": 1}
    assert result.summary["status"] == expected
    assert result.summary["people"] == len(result.people) == 4
    assert {row["nik"] for row in result.rows("gaps")} == {SITI.nik, JONI.nik}
