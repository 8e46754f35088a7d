"""What is repaired and counted, and what is only flagged."""

from __future__ import annotations

import pytest

from jangkau.lists.flags import FLAGS, LABELS, REFUSALS, REPAIRS, flag, names

from .desk import BUDI, KUR, SITI, Desk, change, kur

PRAKERJA = ("NIK", "No KK", "Nama", "Tanggal Lahir", "Gelombang", "Kode Wilayah", "Status Bekerja")


def test_every_repair_flag_and_refusal_has_words_in_both_languages() -> None:
    assert set(LABELS) == {*REPAIRS, *FLAGS, *REFUSALS}
    assert all(label.id and label.en and label.id != label.en for label in LABELS.values())


def test_flags_are_bits_that_can_be_read_back() -> None:
    assert names(flag("nik_missing") | flag("region_unknown")) == ("nik_missing", "region_unknown")


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"nik": ""}, {"nik_missing"}),
        ({"nik": "127201170885000"}, {"nik_damaged"}),
        ({"nik": "12720117088500011"}, {"nik_damaged"}),
        ({"nik": "3.51E+15"}, {"nik_damaged", "nik_rounded"}),
        ({"nik": "1272011708850000"}, {"nik_damaged"}),
        ({"nik": "1272013102850001"}, {"nik_damaged"}),
        ({"tanggal_lahir": "1985-08-18"}, {"birth_contradicts_nik"}),
        ({"tanggal_lahir": "1985"}, {"birth_year_only"}),
        ({"tanggal_lahir": "1986"}, {"birth_year_only", "birth_contradicts_nik"}),
        ({"tanggal_lahir": "08/1985"}, {"birth_year_only"}),
        ({"nik": "9901011708850001"}, {"nik_prefix_unknown"}),
        ({"nik": "9101011708850001"}, set()),
        ({"plafon": "50000001"}, {"plafon_over_ceiling"}),
        ({"plafon": "50000000"}, set()),
        ({"plafon": "50000001", "tanggal_akad": "2022-01-01"}, set()),
        ({"plafon": "25000001", "tanggal_akad": "2019-12-31"}, {"plafon_over_ceiling"}),
        ({"plafon": "25000001", "skema": "pmi"}, {"plafon_over_ceiling"}),
        ({"plafon": "25000001", "skema": "pmi", "tanggal_akad": "2022-01-01"}, set()),
        ({"plafon": "10000001", "skema": "super mikro"}, {"plafon_over_ceiling"}),
        ({"plafon": "500000001", "skema": "kecil"}, {"plafon_over_ceiling"}),
        ({"plafon": "500000001", "skema": "entah"}, {"skema_unknown"}),
        ({"tanggal_akad": "2020"}, {"date_incomplete"}),
        ({"plafon": "2.5E+07"}, {"amount_rounded"}),
        ({"nama": "BUD�"}, {"character_lost"}),
    ],
)
def test_what_could_be_wrong_is_flagged_and_kept(desk: Desk, cells: dict[str, str], expected: set[str]) -> None:
    assert desk.row(**cells)["flags"] == expected


@pytest.mark.parametrize(
    ("column", "cell", "expected", "value"),
    [
        ("Jenis Kelamin", "P", {"sex_contradicts_nik"}, "P"),
        ("Jenis Kelamin", "L", set(), "L"),
        ("Jenis Kelamin", "??", {"sex_unknown"}, None),
        ("Kode Wilayah", "12.72", set(), "1272"),
        ("Kode Wilayah", "12", set(), "12"),
        ("Kode Wilayah", "99.99", {"region_unknown"}, "9999"),
        ("Kode Wilayah", "127", {"region_unknown"}, "127"),
        ("No HP", "rumah", {"phone_unreadable"}, None),
        ("Meninggal", "ya", set(), True),
        ("Meninggal", "entah", {"word_unknown"}, None),
        ("Tenor", "lama", {"number_unreadable"}, None),
    ],
)
def test_other_columns_are_flagged_too(
    desk: Desk, column: str, cell: str, expected: set[str], value: str | bool | None
) -> None:
    desk.read(kur((*BUDI, cell), header=(*KUR, column)))
    row = desk.rows()[0]
    name = {"Tenor": "tenor_bulan"}.get(column, column.lower().replace(" ", "_"))
    assert (row["flags"], row[name]) == (expected, value)


def test_a_nik_and_a_family_card_number_that_are_swapped_are_flagged(desk: Desk) -> None:
    card = "1272011203150004"
    kept = (BUDI[0], card, "BUDI", "1985-08-17", "12", "1272", "tidak")
    swapped = (card, BUDI[0], "BUDI", "1985-08-17", "12", "1272", "ya")
    desk.read(kur(kept, swapped, header=PRAKERJA))
    first, second = desk.rows()
    assert first["flags"] == set()
    assert second["flags"] == {"nik_kk_swapped", "birth_contradicts_nik"}
    assert (second["nik"], second["no_kk"], second["nik_valid"]) == (card, BUDI[0], True)
    assert (first["status_bekerja"], second["status_bekerja"], first["gelombang"]) == (False, True, 12)


def test_a_nik_that_comes_again_is_flagged_and_counted(desk: Desk) -> None:
    reading = desk.read(kur(BUDI, SITI, BUDI, change(SITI, nik=""), BUDI))
    assert [("nik_repeated" in row["flags"]) for row in desk.rows()] == [False, False, True, False, True]
    assert reading.profile.duplicates == 2


def test_a_village_list_takes_its_region_from_the_village_code(desk: Desk) -> None:
    header = ("NIK", "Nama", "Jabatan", "Kode Desa")
    desk.read(kur((BUDI[0], "BUDI", "Kepala Dusun", "12.08.01.2001"), header=header))
    row = desk.rows()[0]
    assert (row["kode_wilayah"], row["kode_desa"], row["jabatan"]) == ("1208012001", "1208012001", "Kepala Dusun")


def test_repairs_are_counted(desk: Desk) -> None:
    row = change(BUDI, nik="'1272.0117.0885.0001", nama=" budi  santoso", plafon="Rp 25.000.000,00", bank="-")
    reading = desk.read(kur(row, SITI))
    assert reading.profile.repairs == {
        "apostrophe": 1,
        "case": 1,
        "dots": 1,
        "placeholder": 1,
        "spaces": 1,
        "thousands": 1,
    }
    assert desk.rows()[0]["flags"] == set()


def test_a_profile_says_how_good_a_file_is(desk: Desk) -> None:
    reading = desk.read(
        kur(BUDI, SITI, change(BUDI, nik="x"), change(BUDI, nik="", plafon="-1"), change(SITI, tanggal_lahir=""))
    )
    profile = reading.profile.as_dict()
    assert (profile["read"], profile["accepted"], profile["refused"]) == (5, 4, 1)
    assert (profile["nik_valid"], profile["nik_damaged"], profile["nik_missing"]) == (3, 1, 0)
    assert profile["ages"] == {
        "<17": 0, "17-24": 0, "25-34": 1, "35-44": 2, "45-54": 0, "55-64": 0, "65+": 0, "unknown": 1
    }  # fmt: skip
    assert profile["missing"]["tanggal_lahir"] == 1  # type: ignore[index]
    assert profile["refusals"] == {"amount_negative": 1}
    assert (profile["layout"], profile["institution"], profile["format"]) == ("kur", "BRI", "csv")


@pytest.mark.parametrize(
    ("born", "group"),
    [
        ("2004-05-01", "<17"),
        ("2004-04-30", "17-24"),
        ("1956-05-01", "55-64"),
        ("1956-04-30", "65+"),
        ("1996-04-30", "25-34"),
    ],
)
def test_ages_are_whole_years_on_the_day(desk: Desk, born: str, group: str) -> None:
    reading = desk.read(kur(change(BUDI, tanggal_lahir=born)))
    assert reading.profile.ages[group] == 1
