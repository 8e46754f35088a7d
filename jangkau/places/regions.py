"""Provinces, regencies and districts by Kemendagri code, with the codes that Papua had before 2022."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

# Short enough for a tile of the map.
_SHORT = {
    "11": "Aceh", "12": "Sumut", "13": "Sumbar", "14": "Riau", "15": "Jambi", "16": "Sumsel", "17": "Bengkulu",
    "18": "Lampung", "19": "Babel", "21": "Kepri", "31": "Jakarta", "32": "Jabar", "33": "Jateng", "34": "DIY",
    "35": "Jatim", "36": "Banten", "51": "Bali", "52": "NTB", "53": "NTT", "61": "Kalbar", "62": "Kalteng",
    "63": "Kalsel", "64": "Kaltim", "65": "Kaltara", "71": "Sulut", "72": "Sulteng", "73": "Sulsel", "74": "Sultra",
    "75": "Gtalo", "76": "Sulbar", "81": "Maluku", "82": "Malut", "91": "Papua", "92": "Pabar", "93": "Pasel",
    "94": "Pateng", "95": "Papeg", "96": "PBD",
}  # fmt: skip


@dataclass(frozen=True)
class Province:
    code: str
    name: str


@dataclass(frozen=True)
class Regency:
    """A kabupaten or kota; the part of a NIK that says where it was first issued."""

    code: str
    name: str
    province: str


@dataclass(frozen=True)
class District:
    """A kecamatan. Its six digits open a NIK."""

    code: str
    name: str


def provinces(*, on: date) -> tuple[Province, ...]:
    """The provinces that existed on that date: 34 until July 2022, 37 until December 2022, 38 since."""
    return tuple(
        Province(code=row["code"], name=row["name"])
        for row in _province_rows()
        if not row["valid_from"] or date.fromisoformat(row["valid_from"]) <= on
    )


@cache
def regencies() -> tuple[Regency, ...]:
    """Today's 514 regencies and cities, by code."""
    return tuple(
        Regency(code=row["code"], name=row["name"], province=row["code"][:2]) for row in _rows("regencies.csv")
    )


def districts(regency: str) -> tuple[District, ...]:
    """The districts of a regency, by code. An old Papua code gives them under that old code, as old NIKs have them."""
    current = current_code(regency)
    return tuple(
        District(code=regency + code[4:], name=name) for code, name in _districts_by_regency().get(current, ())
    )


@cache
def known_region_codes() -> frozenset[str]:
    """Every four-digit code of the lists of 34, 37 and 38 provinces: a NIK keeps the code it was issued with."""
    return frozenset(regency.code for regency in regencies()) | frozenset(_old_codes())


def current_code(code4: str) -> str:
    """The code used today for a regency; a code that never changed, or is in no table, comes back as it is."""
    return _old_codes().get(code4, code4)


def former_code(code4: str) -> str:
    """The code the regency had in 2021; the reverse of `current_code`."""
    return _former_codes().get(code4, code4)


def region_name(code4: str) -> str | None:
    """'1272' -> 'Kota Pematangsiantar'; old Papua codes too. None when it is in no table."""
    return _names().get(current_code(code4))


def province_name(code: str) -> str | None:
    """'12' -> 'Sumatera Utara'. None when it is in no table."""
    return next((row["name"] for row in _province_rows() if row["code"] == code), None)


def province_short(code: str) -> str:
    """The name of a province as short as a tile of the map asks; the code itself when there is no such province."""
    return _SHORT.get(code, code)


@cache
def province_tiles() -> dict[str, tuple[int, int]]:
    """Column and row of each of the 38 provinces on a tile map; for 34 leave out 93 to 96."""
    return {row["code"]: (int(row["tile_column"]), int(row["tile_row"])) for row in _province_rows()}


@cache
def province_population() -> dict[str, int]:
    """Inhabitants by province, Dukcapil, December 2024, within the borders of today."""
    return {row["code"]: int(row["population"]) for row in _province_rows()}


def _rows(table: str) -> Iterator[dict[str, str]]:
    with files("jangkau.places").joinpath("tables", table).open("r", encoding="utf-8") as file:
        yield from csv.DictReader(file)


@cache
def _province_rows() -> tuple[dict[str, str], ...]:
    return tuple(_rows("provinces.csv"))


@cache
def _old_codes() -> dict[str, str]:
    return {row["old_code"]: row["code"] for row in _rows("papua_2022.csv")}


@cache
def _former_codes() -> dict[str, str]:
    return {new: old for old, new in _old_codes().items()}


@cache
def _names() -> dict[str, str]:
    return {regency.code: regency.name for regency in regencies()}


@cache
def _districts_by_regency() -> dict[str, tuple[tuple[str, str], ...]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for row in _rows("districts.csv"):
        found.setdefault(row["code"][:4], []).append((row["code"], row["name"]))
    return {regency: tuple(rows) for regency, rows in found.items()}
