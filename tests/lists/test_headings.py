"""Headers as people write them: where they stand, what they are called, which layout they show."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

from jangkau.lists import layouts, recognise

from .desk import BUDI, KUR, SITI, Desk, kur

SPELT = {
    "kur": ("NO_KTP", "nama_debitur", "Tgl. Lahir", "Skim", "Plafond (Rp)", "TGL_REALISASI", "Bank Penyalur"),
    "register": ("No. KPJ", "NIK", "Nama Lengkap", "Tgl Lahir", "Segmen", "Tgl Kepesertaan", "BLTH"),
    "prakerja": ("No. KTP", "Nomor KK", "Nama Peserta", "Tgl Lahir", "Gel.", "Status Bekerja"),
    "non_asn": ("NIK", "Nama Pegawai", "OPD", "Unit Kerja", "Gaji", "TMT"),
    "village": ("NIK*", "NAMA PERANGKAT DESA", "Jabatan", "KD_DESA", "Sumber Dana"),
}
# Other offices' words for the same, by column.
ALSO_SPELT = {
    "kur": {"nik": "KTP/NIK", "nama": "NM_NASABAH", "skema": "Jenis Skema KUR", "plafon": "Limit Pinjaman"},
    "register": {"kpj": "No. Kartu Peserta", "lunas_sampai": "Lunas s.d. Bulan", "tanggal_mulai": "TMT Mulai"},
    "prakerja": {"nama": "Nama Sesuai Identitas", "no_hp": "No. HP/Telp", "kode_wilayah": "Kd. Kab/Kota"},
    "non_asn": {"nama": "Nama Tenaga Honorer", "instansi": "Dinas/Instansi", "upah": "Honor/Bulan (Rp)"},
    "village": {"nama": "Nama Aparatur Desa", "kode_desa": "Kode Desa/Kel.", "jenis_kelamin": "Jns. Kel. (L/P)"},
}


@pytest.mark.parametrize("layout", layouts.NAMES)
def test_a_layout_is_recognised_by_headers_as_seen_in_practice(desk: Desk, layout: str) -> None:
    assert recognise(path=desk.send(";".join(SPELT[layout]) + "\n")) == layout


@pytest.mark.parametrize("layout", layouts.NAMES)
def test_a_column_is_found_under_other_words(desk: Desk, layout: str) -> None:
    also = ALSO_SPELT[layout]
    known = layouts.aliases(layout)
    assert {next(known[s] for s in layouts.spellings(word) if s in known) for word in also.values()} == set(also)
    required = [also.get(name, name) for name in layouts.load(layout).required]
    assert recognise(path=desk.send(";".join(required) + "\n")) == layout


@pytest.mark.parametrize("layout", layouts.NAMES)
def test_a_layout_is_recognised_by_its_own_column_names(desk: Desk, layout: str) -> None:
    names = [column.name for column in layouts.load(layout).columns]
    assert recognise(path=desk.send("|".join(names) + "\n")) == layout
    required = layouts.load(layout).required
    assert recognise(path=desk.send("|".join(required) + "\n")) == layout


@pytest.mark.parametrize("layout", layouts.NAMES)
def test_no_alias_means_two_columns_of_one_layout(layout: str) -> None:
    aliases = [alias for column in layouts.load(layout).columns for alias in column.aliases]
    assert len(aliases) == len(set(aliases))


@pytest.mark.parametrize("layout", layouts.NAMES)
def test_every_list_may_say_occupation_and_death(layout: str) -> None:
    names = {column.name for column in layouts.load(layout).columns}
    assert {"pekerjaan", "meninggal"} <= names


def test_title_rows_above_the_header_are_passed_over(desk: Desk) -> None:
    text = "DAFTAR DEBITUR KUR,,,,,,\nCabang: Pematangsiantar,,,,,,\n\n" + kur(BUDI, SITI)
    assert desk.read(text).counts.read == 2
    assert [row["line"] for row in desk.rows()] == [5, 6]


def test_title_rows_may_have_fewer_cells(desk: Desk) -> None:
    assert desk.read("DAFTAR DEBITUR\nper 30 April 2021\n" + kur(BUDI, SITI, delimiter=";")).counts.accepted == 2


def test_empty_columns_are_passed_over(desk: Desk) -> None:
    header = ("", *KUR[:3], "", *KUR[3:], "", "")
    row = ("", *BUDI[:3], "", *BUDI[3:], "", "")
    reading = desk.read(kur(row, header=header))
    assert reading.counts.accepted == 1
    assert reading.profile.unknown_columns == ()


def test_rows_that_all_end_in_a_delimiter_are_not_ragged(desk: Desk) -> None:
    text = "|".join(KUR) + "\n" + "|".join(BUDI) + "|\n" + "|".join(SITI) + "|\n"
    assert desk.read(text, "list.txt").counts.accepted == 2


def test_a_row_of_column_numbers_under_the_header_is_no_row(desk: Desk) -> None:
    text = kur(tuple(f"({n})" for n in range(1, 8)), BUDI)
    assert desk.read(text).counts.read == 1


def test_unknown_columns_are_named_in_the_profile(desk: Desk) -> None:
    reading = desk.read(kur((*BUDI, "x", "y"), header=(*KUR, "Catatan", "Kolom Lain")))
    assert reading.profile.unknown_columns == ("Catatan", "Kolom Lain")


def test_a_column_mapped_by_hand_is_read_and_its_usual_name_is_not(desk: Desk) -> None:
    header = ("NIK", "Nama", "Tanggal Lahir", "Skema", "Plafon", "Tanggal Akad", "Bank", "Customer 1")
    desk.read(kur((*BUDI, "SITI AMINAH"), header=header), layout="kur", columns={"nama": "CUSTOMER_1"})
    assert desk.rows()[0]["nama"] == "SITI AMINAH"


def test_a_column_may_be_left_unread_by_hand(desk: Desk) -> None:
    reading = desk.read(kur(BUDI), layout="kur", columns={"tanggal_lahir": ""})
    assert reading.profile.unknown_columns == ("Tanggal Lahir",)


def test_two_header_rows_are_read_as_one(desk: Desk) -> None:
    above = ("NIK", "Nama", "Tanggal", "", "Kredit", "", "Bank")
    below = ("", "", "Lahir", "Akad", "Skema", "Plafon", "")
    row = (BUDI[0], BUDI[1], BUDI[2], BUDI[5], BUDI[3], BUDI[4], BUDI[6])
    desk.read(kur(below, row, header=above))
    found = desk.rows()[0]
    assert (found["line"], found["skema"], found["plafon"], found["nama"]) == (3, "mikro", 25_000_000, "BUDI SANTOSO")
    assert (str(found["tanggal_lahir"]), str(found["tanggal_akad"])) == (BUDI[2], BUDI[5])


def test_merged_header_cells_of_a_workbook_are_read(desk: Desk) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["DAFTAR DEBITUR"])
    sheet.merge_cells("A1:G1")
    sheet.append(["NIK", "Nama", "Tanggal", None, "Skema", "Plafon", "Bank"])
    sheet.append([None, None, "Lahir", "Akad", None, None, None])
    sheet.merge_cells("C2:D2")
    for column in "ABEFG":
        sheet.merge_cells(f"{column}2:{column}3")
    sheet.append([BUDI[0], BUDI[1], BUDI[2], BUDI[5], BUDI[3], BUDI[4], BUDI[6]])
    stream = io.BytesIO()
    book.save(stream)
    desk.read(stream.getvalue(), "list.xlsx")
    found = desk.rows()[0]
    assert (found["line"], str(found["tanggal_akad"]), str(found["tanggal_lahir"])) == (4, BUDI[5], BUDI[2])


def test_the_sheet_with_the_list_is_found(desk: Desk) -> None:
    book = openpyxl.Workbook()
    book.worksheets[0].append(["Petunjuk pengisian: NIK dan Nama wajib diisi"])
    hidden = book.create_sheet("Lama")
    hidden.append(KUR)
    hidden.append(SITI)
    hidden.sheet_state = "hidden"
    sheet = book.create_sheet("Data")
    sheet.append(KUR)
    sheet.append(BUDI)
    book.save(desk.folder / "list.xlsx")
    desk.read(desk.folder / "list.xlsx")
    assert [row["nama"] for row in desk.rows()] == ["BUDI SANTOSO"]


def test_a_file_may_be_recognised_without_being_read(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(kur(BUDI))
    assert recognise(path=tmp_path / "list.csv") == "kur"
