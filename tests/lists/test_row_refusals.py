"""Every kind of row that is refused, and what its sender is told."""

from __future__ import annotations

import csv
import io

import pytest

from jangkau.lists.flags import LABELS

from .desk import BUDI, SITI, Desk, change, kur

REGISTER = ("KPJ", "NIK", "Nama", "Tanggal Lahir", "Segmen", "Tanggal Mulai", "Lunas Sampai")


@pytest.mark.parametrize(
    "written", ["31/02/1990", "1990-02-30", "32/01/1990", "17/13/1985", "12/31/1990", "soon", "1/1/1790"]
)
def test_an_impossible_birth_date_is_refused(desk: Desk, written: str) -> None:
    row = desk.refusal(tanggal_lahir=written)
    assert (row["_kolom"], row["_reason"]) == ("Tanggal Lahir", LABELS["impossible_date"].en)
    assert row["Tanggal Lahir"] == written


def test_nobody_is_born_after_the_day_of_the_run(desk: Desk) -> None:
    assert desk.refusal(tanggal_lahir="2021-05-01")["_kolom"] == "Tanggal Lahir"


def test_an_impossible_date_in_another_column_is_refused(desk: Desk) -> None:
    assert desk.refusal(tanggal_akad="31/11/2020")["_kolom"] == "Tanggal Akad"


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("-50000000", "amount_negative"),
        ("(50.000.000)", "amount_negative"),
        ("Rp -1", "amount_negative"),
        ("999999999999999", "amount_absurd"),
        ("10000000001", "amount_absurd"),
        ("9" * 25, "amount_absurd"),
        ("1E+300", "amount_absurd"),
        ("lima puluh juta", "amount_unreadable"),
        ("50.00.000", "amount_unreadable"),
    ],
)
def test_a_negative_or_absurd_amount_is_refused(desk: Desk, written: str, code: str) -> None:
    row = desk.refusal(plafon=written)
    assert (row["_kolom"], row["_alasan"], row["_reason"]) == ("Plafon", LABELS[code].id, LABELS[code].en)


@pytest.mark.parametrize("line", ["1,2,3", ",".join([*BUDI, "one more"])])
def test_a_ragged_row_is_refused_with_its_raw_line(desk: Desk, line: str) -> None:
    desk.read(kur(BUDI) + line + "\n" + ",".join(SITI) + "\n")
    (row,) = desk.refused_rows()
    assert (row["_baris"], row["_asli"], row["_reason"]) == ("3", line, LABELS["ragged"].en)
    assert [r["line"] for r in desk.rows()] == [2, 4]


def test_a_quote_that_never_closes_costs_only_its_own_line(desk: Desk) -> None:
    lines = [",".join(BUDI), '127,"SITI,,mikro,1,2021-01-01,BRI', ",".join(SITI)] + [",".join(BUDI)] * 300
    reading = desk.read(kur() + "\n".join(lines) + "\n")
    assert (reading.counts.read, reading.counts.refused) == (303, 1)
    assert desk.refused_rows()[0]["_reason"] == LABELS["unclosed_quote"].en


def test_a_cell_over_thirty_thousand_characters_is_refused(desk: Desk) -> None:
    row = desk.refusal(nama="X" * 30_001)
    assert (row["_kolom"], row["_reason"]) == ("Nama", LABELS["cell_too_long"].en)
    assert row["Nama"] == "X" * 30_001


def test_a_cell_of_thirty_thousand_characters_is_accepted(desk: Desk) -> None:
    assert desk.row(nama="É" * 30_000)["nama"] == "É" * 30_000


def test_a_nul_byte_is_refused(desk: Desk) -> None:
    row = desk.refusal(nama="BU\0DI")
    assert (row["_kolom"], row["_reason"], row["Nama"]) == ("Nama", LABELS["nul_byte"].en, "BU␀DI")


@pytest.mark.parametrize("broken", [b"\xff", b"\xc3(", b"\xe2\x82", b"\x80abc", b"\xf0\x28\x8c\xbc"])
def test_broken_utf8_in_a_cell_is_refused(desk: Desk, broken: bytes) -> None:
    text = kur(SITI, change(BUDI, nama="BU@DI")).encode().replace(b"@", broken)
    reading = desk.read(text)
    assert (reading.counts.accepted, reading.counts.refused) == (1, 1)
    (row,) = desk.refused_rows()
    assert (row["_baris"], row["_kolom"], row["_reason"]) == ("3", "Nama", LABELS["broken_text"].en)


def test_broken_utf8_beside_good_utf8_is_refused_even_if_it_would_be_windows_text(desk: Desk) -> None:
    text = kur(change(SITI, nama="SITI RENÉE"), change(BUDI, nama="JOS@")).encode().replace(b"@", b"\xe9")
    assert desk.read(text).counts.refused == 1


@pytest.mark.parametrize(
    "cells",
    [
        {"nik": "", "nama": ""},
        {"nik": "", "tanggal_lahir": ""},
        {"nik": "3.51E+15", "tanggal_lahir": ""},
        {"nik": "127201170885000", "nama": ""},
        {"nik": "0000000000000000", "tanggal_lahir": "-"},
    ],
)
def test_neither_nik_nor_name_and_birth_date_is_refused(desk: Desk, cells: dict[str, str]) -> None:
    row = desk.refusal(**cells)
    assert (row["_kolom"], row["_reason"]) == ("NIK", LABELS["nobody"].en)


def test_all_that_is_wrong_with_a_row_is_said_at_once(desk: Desk) -> None:
    row = desk.refusal(tanggal_lahir="31/02/1990", plafon="-1")
    assert row["_kolom"] == "Tanggal Lahir; Plafon"


def test_the_same_kpj_for_different_people_is_refused_for_all_of_them(desk: Desk) -> None:
    budi = ("12345678901", "1272011708850001", "BUDI SANTOSO", "1985-08-17", "BPU", "2020-01-01", "2021-04")
    siti = ("12345678901", "1272015204900002", "SITI AMINAH", "1990-04-12", "PU", "2020-01-01", "2021-04")
    agus = ("12345678902", "1272010101800003", "AGUS", "1980-01-01", "PU", "2020-01-01", "2021-04")
    broken = ("12345678903", "1272010101800003", "AGUS", "1980-13-01", "PU", "2020-01-01", "2021-04")
    reading = desk.read(kur(budi, agus, broken, siti, header=REGISTER))
    assert reading.layout == "register"
    assert (reading.counts.read, reading.counts.accepted, reading.counts.refused) == (4, 1, 3)
    assert [row["nama"] for row in desk.rows()] == ["AGUS"]
    refused = desk.refused_rows()
    assert [row["_baris"] for row in refused] == ["2", "4", "5"]
    assert {row["_reason"] for row in refused} == {LABELS["kpj_shared"].en, LABELS["impossible_date"].en}
    assert reading.profile.refusals == {"impossible_date": 1, "kpj_shared": 2}
    assert sum(reading.profile.ages.values()) == 1


def test_the_same_kpj_for_one_person_in_two_segments_is_accepted(desk: Desk) -> None:
    row = ("12345678901", "1272011708850001", "BUDI SANTOSO", "1985-08-17", "BPU", "2020-01-01", "2021-04")
    typo = ("12345678901", "1272011708850010", "Budi Santoso", "17/08/1985", "PU", "2020-01-01", "2021-04")
    assert desk.read(kur(row, typo, header=REGISTER)).counts.refused == 0


def test_refused_rows_can_be_corrected_and_sent_again(desk: Desk) -> None:
    desk.read(kur(SITI, change(BUDI, tanggal_lahir="31/02/1990")))
    corrected = desk.refused.read_text("utf-8-sig").replace("31/02/1990", "17/08/1985")
    reading = desk.read(corrected.encode("utf-8-sig"), name="again.csv")
    assert (reading.counts.accepted, reading.counts.refused) == (1, 0)
    assert desk.rows()[0]["nik"] == BUDI[0]


def test_refused_rows_keep_cells_as_sent(desk: Desk) -> None:
    sent = ("'1272.0117.0885.0001", " budi  santoso", "17-00-1985", "KUR Mikro", "Rp 5.000.000,-", "3 Agt 2020", "BRI")
    desk.read(kur(SITI, sent))
    rows = list(csv.reader(io.StringIO(desk.refused.read_text("utf-8-sig"), newline="")))
    assert tuple(rows[1][:7]) == sent


def test_refused_rows_are_split_by_commas_whatever_the_sender_used(desk: Desk) -> None:
    desk.read(kur(SITI, change(BUDI, plafon="-1"), delimiter="|"), name="list.txt")
    assert desk.refused_rows()[0]["Nama"] == "BUDI SANTOSO"


def test_rows_that_are_wholly_empty_are_not_rows(desk: Desk) -> None:
    reading = desk.read(kur(BUDI) + "\n,,,,,,\n  , ,,,,,\n,,\n   \n" + ",".join(SITI))
    assert (reading.counts.read, reading.counts.accepted) == (2, 2)
    assert [row["line"] for row in desk.rows()] == [2, 8]


def test_a_line_without_end_costs_that_line_alone(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jangkau.files.text.LONGEST_LINE", 100_000)
    monkeypatch.setattr("jangkau.files.text.BLOCK", 50_000)
    reading = desk.read((kur(BUDI) + "x" * 1_000_000 + "\n" + kur(SITI).split("\n", 1)[1]).encode())
    assert (reading.counts.accepted, reading.counts.refused) == (2, 1)
    assert reading.profile.refusals == {"cell_too_long": 1}
