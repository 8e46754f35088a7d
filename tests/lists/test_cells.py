"""What a cell may look like and what it becomes."""

from __future__ import annotations

from datetime import date

import pytest

from jangkau.lists import cells, words

AS_OF = date(2021, 4, 30)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("17/08/1985", "1985-08-17"),
        ("17-08-85", "1985-08-17"),
        ("1985-08-17", "1985-08-17"),
        ("1985/08/17", "1985-08-17"),
        ("17.08.1985", "1985-08-17"),
        ("7/8/1985", "1985-08-07"),
        ("17 Agustus 1985", "1985-08-17"),
        ("17 agt 1985", "1985-08-17"),
        ("17-Agu-85", "1985-08-17"),
        ("17-Aug-1985", "1985-08-17"),
        ("August 17, 1985", "1985-08-17"),
        ("01 Mei 2001", "2001-05-01"),
        ("31 Okt 1999", "1999-10-31"),
        ("31 Desember 1999", "1999-12-31"),
        ("17Agustus1985", "1985-08-17"),
        ("31276", "1985-08-17"),
        ("31276.0", "1985-08-17"),
        ("31276.75", "1985-08-17"),
        ("19850817", "1985-08-17"),
        ("17081985", "1985-08-17"),
        ("1985-08-17 00:00:00", "1985-08-17"),
        ("17/08/1985 0:00", "1985-08-17"),
        ("1985-08-17T00:00:00Z", "1985-08-17"),
        ("Sabtu, 17 Agustus 1985", "1985-08-17"),
        ("Medan, 17-08-1985", "1985-08-17"),
        ("PEMATANG SIANTAR 17-08-1985", "1985-08-17"),
        ("29/02/2000", "2000-02-29"),
        ("01-01-21", "2021-01-01"),
        ("01-01-22", "1922-01-01"),
        (" 17/08/1985 ", "1985-08-17"),
    ],
)
def test_a_birth_date_is_read_day_first(written: str, read: str) -> None:
    found = cells.birth_date(cell=written, latest=AS_OF)
    assert (found.value, found.extra, found.refusal) == (date.fromisoformat(read), "day", None)


@pytest.mark.parametrize("written", ["1985", "00/00/1985", "1985-00-00", "1985.0"])
def test_a_year_alone_is_its_first_day_and_flagged(written: str) -> None:
    found = cells.birth_date(cell=written, latest=AS_OF)
    assert (found.value, found.extra, found.flags != 0) == (date(1985, 1, 1), "year", True)


@pytest.mark.parametrize("written", ["08/1985", "1985-08", "Agustus 1985", "00/08/1985", "1985-08-00"])
def test_a_month_alone_is_its_first_day_and_flagged(written: str) -> None:
    found = cells.birth_date(cell=written, latest=AS_OF)
    assert (found.value, found.extra, found.flags != 0) == (date(1985, 8, 1), "month", True)


@pytest.mark.parametrize("written", ["", " ", "-", "0", "00/00/0000", "0000-00-00", "#N/A", "null"])
def test_a_date_left_open_is_none(written: str) -> None:
    found = cells.birth_date(cell=written, latest=AS_OF)
    assert (found.value, found.refusal) == (None, None)


@pytest.mark.parametrize(
    "written", ["99/99/9999", "30-02-1985", "0/13/1985", "abc", "17//1985/3/4", "１７/0８", "1885-01-01", "170885"]
)
def test_a_date_that_does_not_exist_is_refused(written: str) -> None:
    assert cells.birth_date(cell=written, latest=AS_OF).refusal == "impossible_date"


def test_agreement_dates_of_two_digits_are_of_this_century() -> None:
    assert cells.event_date(cell="03-09-20", latest=AS_OF, past=False).value == date(2020, 9, 3)


def test_a_loan_is_not_agreed_on_decades_ahead() -> None:
    assert cells.event_date(cell="03-09-99", latest=AS_OF, past=False).refusal == "impossible_date"
    assert cells.event_date(cell="31/12/2060", latest=AS_OF, past=False, may_be_never=True).refusal is None


def test_membership_may_have_begun_in_the_last_century() -> None:
    assert cells.event_date(cell="03-09-95", latest=AS_OF, past=True).value == date(1995, 9, 3)


def test_an_end_in_the_year_9999_is_no_end() -> None:
    found = cells.event_date(cell="31/12/9999", latest=AS_OF, past=False, may_be_never=True)
    assert (found.value, found.refusal) == (None, None)


@pytest.mark.parametrize(
    "written", ["2021-04", "04/2021", "202104", "April 2021", "Apr-21", "2021-04-30", "30/04/2021", "44316"]
)
def test_a_month_paid_is_its_first_day(written: str) -> None:
    assert cells.month(cell=written).value == date(2021, 4, 1)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("50000000", 50_000_000),
        ("50.000.000", 50_000_000),
        ("50,000,000", 50_000_000),
        ("50.000.000,00", 50_000_000),
        ("50,000,000.00", 50_000_000),
        ("Rp 50.000.000,00", 50_000_000),
        ("Rp. 50.000.000,-", 50_000_000),
        ("IDR 50,000,000", 50_000_000),
        ("Rp50.000.000", 50_000_000),
        ("50 000 000", 50_000_000),
        ("50 juta", 50_000_000),
        ("2,5 jt", 2_500_000),
        ("50000000.0", 50_000_000),
        ("50000000.50", 50_000_001),
        ("50.000", 50_000),
        ("50,5", 51),
        ("5E+07", 50_000_000),
        ("0", 0),
        ("-0", 0),
    ],
)
def test_an_amount_is_read_in_whole_rupiah(written: str, read: int) -> None:
    found = cells.amount(cell=written, most=10**10)
    assert (found.value, found.refusal) == (read, None)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1272011708850001", "1272011708850001"),
        ("'1272011708850001", "1272011708850001"),
        ("’1272011708850001’", "1272011708850001"),
        ('="1272011708850001"', "1272011708850001"),
        ("1272 0117 0885 0001", "1272011708850001"),
        ("12.72.01.170885.0001", "1272011708850001"),
        ("1272-0117-0885-0001", "1272011708850001"),
        ("1272011708850001.0", "1272011708850001"),
        ("１２７２０１１７０８８５０００１", "1272011708850001"),
        ("\u200b1272011708850001\u00a0", "1272011708850001"),
        (" 127201170885000 ", "127201170885000"),
        ("3.51E+15", "3.51E+15"),
        ("12720I1708850001", "12720I1708850001"),
    ],
)
def test_a_nik_is_repaired_only_where_it_cannot_be_wrong(written: str, read: str) -> None:
    assert cells.nik(cell=written).value == read


@pytest.mark.parametrize("written", ["", " ", "-", "0", "N/A", "'"])
def test_a_nik_left_open_is_none(written: str) -> None:
    assert cells.nik(cell=written).value is None or written == "'"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("0812-3456-7890", "6281234567890"),
        ("+62 812 3456 7890", "6281234567890"),
        ("62081234567890", "6281234567890"),
        ("81234567890", "6281234567890"),
        ("0812 3456 7890 / 0813 1111 2222", "6281234567890"),
        ("(0622) 123456", "62622123456"),
        ("8.12E+11", None),
        ("tidak ada", None),
    ],
)
def test_a_telephone_number_begins_with_62(written: str, read: str | None) -> None:
    assert cells.phone(cell=written).value == read


@pytest.mark.parametrize(
    ("written", "read"), [("12.72", "1272"), ("1272", "1272"), ("12.72.01.1001", "1272011001"), ("1272.0", "1272")]
)
def test_a_region_code_is_digits(written: str, read: str) -> None:
    assert cells.region(cell=written).value == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("KUR Mikro", "mikro"),
        ("Super Mikro", "super_mikro"),
        ("supermikro", "super_mikro"),
        ("KUR SUPER MIKRO", "super_mikro"),
        ("super_mikro", "super_mikro"),
        ("Ritel", "kecil"),
        ("KUR Kecil", "kecil"),
        ("TKI", "pmi"),
        ("KUR Penempatan PMI", "pmi"),
        ("Khusus", "khusus"),
        ("entah", None),
    ],
)
def test_a_kur_type_is_one_of_five_words(written: str, read: str | None) -> None:
    found = words.scheme(cell=written)
    assert (found.value, found.flags != 0, found.refusal) == (read, read is None, None)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("ya", True),
        ("T", False),
        ("1", True),
        ("0", False),
        ("1.0", True),
        ("TRUE", True),
        ("tidak bekerja", False),
        ("Bekerja", True),
        ("f", False),
        ("Y", True),
        ("tdk", False),
        ("mungkin", None),
    ],
)
def test_yes_and_no_are_read_as_indonesian_forms_have_them(written: str, read: bool | None) -> None:
    assert words.boolean(cell=written).value is read


@pytest.mark.parametrize(
    ("written", "read"), [("Laki-laki", "L"), ("lk.", "L"), ("PEREMPUAN", "P"), ("W", "P"), ("x", None)]
)
def test_sex_is_one_letter(written: str, read: str | None) -> None:
    assert words.sex(cell=written).value == read


@pytest.mark.parametrize(
    ("written", "read"), [("36", 36), ("36 bulan", 36), ("3 Tahun", 36), ("36.0", 36), ("lama", None), ("-5", None)]
)
def test_a_term_is_in_months(written: str, read: int | None) -> None:
    assert cells.months(cell=written).value == read


@pytest.mark.parametrize(("written", "read"), [("12", 12), ("Gelombang 12", 12), ("gel. ke-4", 4), ("XII", None)])
def test_a_wave_is_a_number(written: str, read: int | None) -> None:
    assert cells.wave(cell=written).value == read


def test_a_name_is_in_capitals_with_single_spaces_in_composed_form() -> None:
    assert cells.name(cell="  Re\u0301ne  budi\u00a0santoso ").value == "RÉNE BUDI SANTOSO"
