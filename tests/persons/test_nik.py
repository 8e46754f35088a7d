"""What a NIK says, read in Python, in SQL and by the one who made it up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import duckdb
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jangkau.persons import nik as persons_nik

AS_OF = date(2021, 4, 30)
LEAP_DAYS = [date(year, 2, 29) for year in (1904, 1952, 1996, 2000, 2020)]
DISTRICTS = st.sampled_from(["127201", "717101", "910101", "000000", "999999"])
BIRTHS = st.dates(date(1910, 1, 1), AS_OF) | st.sampled_from(LEAP_DAYS)
SERIALS = st.integers(1, 9999)
ANY_TEXT = (
    st.from_regex("[0-9]{16}", fullmatch=True)
    | st.from_regex("[0-9]{12}0000", fullmatch=True)
    | st.from_regex("[0-9]{6}[0-7][0-9](0[1-9]|1[0-2])[0-9]{6}", fullmatch=True)
    | st.text("0123456789 .'E+١", max_size=20)
)


def made(*, district: str = "127201", born: date, woman: bool = False, serial: int = 1) -> str:
    """A NIK as the civil registry would issue it."""
    return f"{district}{born.day + 40 * woman:02d}{born:%m%y}{serial:04d}"


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        yield opened


def in_sql(
    connection: duckdb.DuckDBPyConnection, niks: list[str | None], latest: date = AS_OF
) -> list[tuple[object, ...]]:
    """(sixteen digits, valid, sex, birth date) of each NIK by the SQL fragments; the last two only where valid."""
    connection.register("given_nik", pa.table({"place": range(len(niks)), "nik": pa.array(niks, pa.string())}))
    return connection.execute(
        f"""
        WITH judged AS (SELECT *, {persons_nik.is_valid("nik")} AS valid FROM given_nik)
        SELECT {persons_nik.is_sixteen_digits("nik")}, valid, CASE WHEN valid THEN {persons_nik.sex("nik")} END,
            CASE WHEN valid THEN {persons_nik.birth_date("nik", latest)} END FROM judged ORDER BY place
        """
    ).fetchall()


def latest_of(born: tuple[date, ...], latest: date) -> date | None:
    return max((day for day in born if day <= latest), default=None)


@given(DISTRICTS, BIRTHS, st.booleans(), SERIALS)
@example("127201", date(2000, 2, 29), True, 9999)
def test_a_nik_says_what_was_written_into_it(district: str, born: date, woman: bool, serial: int) -> None:
    parts = persons_nik.decode(nik=made(district=district, born=born, woman=woman, serial=serial))
    assert parts is not None
    assert (parts.region6, parts.sex, parts.serial) == (district, "P" if woman else "L", f"{serial:04d}")
    assert born in parts.born
    assert {(day.day, day.month, day.year % 100) for day in parts.born} == {(born.day, born.month, born.year % 100)}


@given(st.lists(st.tuples(DISTRICTS, BIRTHS, st.booleans(), SERIALS), min_size=1, max_size=40))
def test_sql_reads_what_was_written(
    connection: duckdb.DuckDBPyConnection, people: list[tuple[str, date, bool, int]]
) -> None:
    niks: list[str | None] = [made(district=d, born=b, woman=w, serial=s) for d, b, w, s in people]
    young = AS_OF.replace(year=AS_OF.year - 100) + timedelta(days=1)
    for (_, born, woman, _), row in zip(people, in_sql(connection, niks), strict=True):
        said = born if born >= young else born.replace(year=born.year + 100)
        assert row == (True, True, "P" if woman else "L", said)


@settings(max_examples=300, deadline=None)
@given(st.lists(ANY_TEXT, min_size=1, max_size=40), st.dates(date(2000, 1, 1), date(2099, 12, 31)))
@example(["1272012902000001", "1272012902010001", "1272016902000001", "1272014001900001", "1272014101900001"], AS_OF)
@example(["1272013112210001", "1272013004210001", "1272010105210001"], AS_OF)
def test_sql_and_python_read_any_text_alike(
    connection: duckdb.DuckDBPyConnection, niks: list[str], latest: date
) -> None:
    for nik, row in zip(niks, in_sql(connection, list(niks), latest), strict=True):
        parts = persons_nik.decode(nik=nik)
        sixteen = len(nik) == 16 and all(c in "0123456789" for c in nik)
        expected = (parts.sex, latest_of(parts.born, latest)) if parts else (None, None)
        assert row == (sixteen, parts is not None, *expected), nik


@pytest.mark.parametrize(
    ("nik", "why"),
    [
        ("1272011708850000", "serial 0000 is never issued"),
        ("1272013002850001", "30 February"),
        ("1272012902850001", "29 February in no leap year of either century"),
        ("1272014002850001", "day 40 is no woman's first day"),
        ("1272017202850001", "day 72 is 32 for a woman"),
        ("1272011713850001", "month 13"),
        ("1272010008850001", "day 0"),
        ("127201170885001", "15 digits"),
        ("12720117088500011", "17 digits"),
        ("1272011708850 01", "a space"),
        ("1272011708850٠01", "a digit of another script"),
        ("", "nothing"),
    ],
)
def test_what_is_no_nik_is_none(connection: duckdb.DuckDBPyConnection, nik: str, why: str) -> None:
    assert persons_nik.decode(nik=nik) is None, why
    assert in_sql(connection, [nik])[0][1] is False, why


def test_a_leap_day_is_read_in_the_century_that_has_it() -> None:
    parts = persons_nik.decode(nik=made(born=date(2000, 2, 29)))
    assert parts is not None
    assert parts.born == (date(2000, 2, 29),)


def test_nobody_is_born_after_the_latest_day(connection: duckdb.DuckDBPyConnection) -> None:
    """The year alone does not settle the century: on 30 April 2021 a NIK of 1 May 21 is a person of 1921."""
    rows = in_sql(connection, [made(born=date(2021, 4, 30)), made(born=date(2021, 5, 1))])
    assert [row[3] for row in rows] == [date(2021, 4, 30), date(1921, 5, 1)]


def test_a_missing_nik_says_nothing_in_sql(connection: duckdb.DuckDBPyConnection) -> None:
    assert in_sql(connection, [None])[0][2:] == (None, None)
