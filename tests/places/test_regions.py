"""Codes, names and changes of regions."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import pytest

from jangkau import places


def test_codes_are_those_of_kemendagri_not_of_bps() -> None:
    assert places.region_name("1101") == "Kab. Aceh Selatan"


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("1272", "Kota Pematangsiantar"),
        ("1208", "Kab. Simalungun"),
        ("7171", "Kota Manado"),
        ("3101", "Kab. Adm. Kepulauan Seribu"),
        ("3171", "Kota Adm. Jakarta Pusat"),
    ],
)
def test_a_region_has_the_name_people_use(code: str, name: str) -> None:
    assert places.region_name(code) == name


@pytest.mark.parametrize(
    ("on", "count"),
    [(date(2021, 4, 30), 34), (date(2022, 7, 24), 34), (date(2022, 7, 25), 37), (date(2022, 12, 8), 38)],
)
def test_there_are_as_many_provinces_as_there_were_on_that_day(on: date, count: int) -> None:
    assert len(places.provinces(on=on)) == count


def test_every_regency_lies_in_a_province_and_has_districts() -> None:
    codes = {province.code for province in places.provinces(on=date(2023, 1, 1))}
    assert len(places.regencies()) == 514
    assert {regency.province for regency in places.regencies()} == codes
    assert all(places.districts(regency.code) for regency in places.regencies())
    assert sum(len(places.districts(regency.code)) for regency in places.regencies()) == 7285


def test_an_old_papua_code_is_known_named_and_mapped() -> None:
    assert "9101" in places.known_region_codes()
    assert places.current_code("9101") == "9301"
    assert places.former_code("9301") == "9101"
    assert places.region_name("9101") == "Kab. Merauke"
    assert {place.code[:4] for place in places.districts("9101")} == {"9101"}


def test_known_codes_are_those_of_today_and_the_twenty_six_of_before() -> None:
    assert len(places.known_region_codes()) == 514 + 26


def test_a_code_in_no_table_has_no_name_and_stays_what_it_is() -> None:
    assert places.region_name("9999") is None
    assert places.current_code("9999") == "9999"
    assert places.districts("9999") == ()


def test_each_province_has_a_tile_of_its_own() -> None:
    tiles = places.province_tiles()
    assert len(tiles) == 38
    assert len(set(tiles.values())) == 38


def test_loading_the_tables_needs_no_numpy_and_no_duckdb() -> None:
    code = (
        "import sys; from jangkau import places; places.known_region_codes(); places.districts('1272'); "
        "sys.exit(bool({'numpy', 'duckdb', 'pyarrow'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_every_province_has_a_name_short_enough_for_a_tile() -> None:
    shown = {one.code: places.province_short(one.code) for one in places.provinces(on=date(2024, 1, 1))}
    assert all(len(name) <= 8 and not name.isdigit() for name in shown.values())
    assert len(set(shown.values())) == 38
    assert places.province_short("99") == "99"
