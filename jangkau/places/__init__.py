"""Regions of Indonesia: codes, names, changes. Tables under their own licence, see tables/NOTICE.md."""

from jangkau.places.regions import (
    District,
    Province,
    Regency,
    current_code,
    districts,
    former_code,
    known_region_codes,
    province_name,
    province_population,
    province_short,
    province_tiles,
    provinces,
    regencies,
    region_name,
)

__all__ = [
    "District",
    "Province",
    "Regency",
    "current_code",
    "districts",
    "former_code",
    "known_region_codes",
    "province_name",
    "province_population",
    "province_short",
    "province_tiles",
    "provinces",
    "regencies",
    "region_name",
]
