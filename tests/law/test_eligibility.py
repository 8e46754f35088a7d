"""Who is outside the drive: by age to the day, and by occupation."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from jangkau.law.eligibility import eligibility, insured_elsewhere, outside_age

AS_OF = date(2021, 4, 30)
LEAP_DAYS = st.sampled_from([date(year, 2, 29) for year in (1956, 2000, 2004, 2008)])


CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parents[1] / "cases" / "law" / "eligibility.yaml").read_text(encoding="utf-8")
)


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        yield opened


def outside(connection: duckdb.DuckDBPyConnection, births: list[date | None], as_of: date = AS_OF) -> list[bool]:
    connection.register("born", pa.table({"place": range(len(births)), "day": pa.array(births, pa.date32())}))
    outside = outside_age(birth_date="day", as_of=as_of)
    return [row[0] for row in connection.execute(f"SELECT {outside} FROM born ORDER BY place").fetchall()]


def age(born: date, as_of: date) -> int:
    """Completed years: the birthday itself completes one."""
    return as_of.year - born.year - ((as_of.month, as_of.day) < (born.month, born.day))


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.dates(date(1910, 1, 1), date(2030, 1, 1)) | LEAP_DAYS, min_size=1, max_size=40),
    st.dates(date(2015, 1, 1), date(2030, 12, 31)) | LEAP_DAYS.map(lambda day: day.replace(year=2024)),
)
@example([date(2004, 2, 29), date(1956, 2, 29)], date(2021, 2, 28))
@example([date(2007, 2, 28), date(2007, 3, 1), date(1959, 2, 28), date(1959, 3, 1)], date(2024, 2, 29))
def test_outside_is_under_seventeen_or_sixty_five_and_over(
    connection: duckdb.DuckDBPyConnection, births: list[date], as_of: date
) -> None:
    assert outside(connection, list(births), as_of) == [not 17 <= age(born, as_of) < 65 for born in births]


@pytest.mark.parametrize(
    ("born", "is_outside"),
    [
        (date(2004, 4, 30), False),
        (date(2004, 5, 1), True),
        (date(1956, 4, 30), True),
        (date(1956, 5, 1), False),
        (date(2021, 5, 1), True),
        (None, False),
    ],
)
def test_a_birthday_counts_from_its_day(
    connection: duckdb.DuckDBPyConnection, born: date | None, is_outside: bool
) -> None:
    assert outside(connection, [born]) == [is_outside]


def test_who_was_born_on_a_leap_day_comes_of_age_on_the_first_of_march(connection: duckdb.DuckDBPyConnection) -> None:
    assert outside(connection, [date(2004, 2, 29)], date(2021, 2, 28)) == [True]
    assert outside(connection, [date(2004, 2, 29)], date(2021, 3, 1)) == [False]


@pytest.mark.parametrize(
    "occupation",
    [
        "ASN",
        "PNS",
        "pns",
        "CPNS",
        "PPPK",
        "P3K",
        "TNI",
        "TNI AD",
        "Polisi",
        "ANGGOTA TENTARA",
        "TNI-AD",
        "POLRI",
        "ANGGOTA POLRI",
        "TNI/POLRI",
        "PNS GURU",
        "GURU (PNS)",
        "Pegawai Negeri Sipil",
        "PEGAWAI NEGERI SIPIL (PNS)",
        "APARATUR SIPIL NEGARA",
        "PEGAWAI PEMERINTAH DENGAN PERJANJIAN KERJA",
        "TENTARA NASIONAL INDONESIA",
        "KEPOLISIAN RI",
        "KEPOLISIAN RI (POLRI)",
    ],
)
def test_who_serves_the_state_is_insured_elsewhere(connection: duckdb.DuckDBPyConnection, occupation: str) -> None:
    assert connection.execute(f"SELECT {insured_elsewhere(occupation='$1')}", [occupation]).fetchone() == (True,)


@pytest.mark.parametrize(
    "occupation",
    [
        None,
        "",
        "WIRASWASTA",
        "Pensiunan PNS",
        "PENSIUNAN TNI/POLRI",
        "PURNAWIRAWAN TNI",
        "PURN. POLRI",
        "MANTAN ANGGOTA POLRI",
        "Non ASN",
        "NON-PNS",
        "BUKAN PNS",
        "Tenaga honorer",
        "HONORER PEGAWAI NEGERI",
        "ISTRI TNI",
        "POLISI PAMONG PRAJA HONORER",
        "POLISI CEPEK",
        "IBU RUMAH TANGGA (SUAMI PNS)",
        "ANAK PNS",
        "PEDAGANG",
        "ASNAWI",
        "PETANI",
        "MARTINI",
        "KOMPNS",
    ],
)
def test_who_does_not_stays_in_the_drive(connection: duckdb.DuckDBPyConnection, occupation: str | None) -> None:
    assert connection.execute(f"SELECT {insured_elsewhere(occupation='$1')}", [occupation]).fetchone() == (False,)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_law_of_a_case(connection: duckdb.DuckDBPyConnection, case: dict[str, Any]) -> None:
    assert case["source"]
    facts, as_of = case["facts"], case["as_of"]
    elsewhere = insured_elsewhere(occupation="job", as_of=as_of)
    by_age = outside_age(birth_date="born", as_of=as_of)
    found = connection.execute(
        f"SELECT {by_age}, {elsewhere} FROM (SELECT $1::DATE AS born, $2::VARCHAR AS job)",
        [facts.get("born"), facts.get("occupation")],
    ).fetchone()
    outside = {(True, False): "age", (False, True): "occupation", (False, False): "none"}[found or (None, None)]
    assert {"outside": outside} == case["expect"]


def test_before_and_after_the_known_law_the_limits_are_those_of_its_edges() -> None:
    assert eligibility(as_of=date(2010, 1, 1)) == eligibility(as_of=date(2015, 7, 1))
    assert eligibility(as_of=date(2040, 1, 1)) == eligibility(as_of=date(2027, 12, 31))
