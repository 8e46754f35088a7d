"""Where invented people live and come from: districts of all Indonesia with weights, under their codes of 2021."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from jangkau import places
from jangkau.complaints import Complaint, Text

Ints = npt.NDArray[np.int32]

# A city district holds about this many times the people of a rural one (assumption; Medan has 21 of the 455
# districts of Sumatera Utara and 16 % of its people: factor 3.4; other cities less).
CITY_FACTOR = 2.0
SAME_PROVINCE_MOVES = 0.6


@dataclass(frozen=True)
class Land:
    """One row per district. Weights of a district: inhabitants of the province, shared among its districts."""

    code: npt.NDArray[np.int64]  # six digits, as NIKs and lists of 2021 have them
    regency: Ints  # position in regencies
    province: Ints  # position in provinces
    regencies: tuple[str, ...]  # codes of 2021
    provinces: tuple[str, ...]
    weight: npt.NDArray[np.float64]
    chosen: npt.NDArray[np.bool_]

    def homes(self, *, count: int, rng: np.random.Generator) -> Ints:
        """Districts of the chosen provinces, by weight."""
        return _by_weight(self.weight * self.chosen, count, rng)

    def origins(self, *, homes: Ints, migrated: float, rng: np.random.Generator) -> Ints:
        """Where the NIK was issued: mostly the same district; else the same province, else anywhere."""
        origins = homes.copy()
        moved = np.flatnonzero(rng.random(len(homes)) < migrated)
        near = rng.random(len(moved)) < SAME_PROVINCE_MOVES
        origins[moved[~near]] = _by_weight(self.weight, int((~near).sum()), rng)
        origins[moved[near]] = self.neighbours(districts=homes[moved[near]], rng=rng)
        return origins

    def neighbours(self, *, districts: Ints, rng: np.random.Generator) -> Ints:
        """Another district of the same province (now and then the same one), by weight."""
        cumulated = np.cumsum(self.weight)
        starts = np.searchsorted(self.province, np.arange(len(self.provinces)))
        ends = np.append(starts[1:], len(self.province)) - 1
        below = np.where(starts > 0, cumulated[starts - 1], 0.0)
        province = self.province[districts]
        target = below[province] + rng.random(len(districts)) * (cumulated[ends[province]] - below[province])
        positions = np.searchsorted(cumulated, target, side="right")
        return np.asarray(np.minimum(positions, len(cumulated) - 1), np.int32)


def _by_weight(weight: npt.NDArray[np.float64], count: int, rng: np.random.Generator) -> Ints:
    cumulated = np.cumsum(weight)
    return np.asarray(np.searchsorted(cumulated, rng.random(count) * cumulated[-1], side="right"), np.int32)


@cache
def land(chosen: tuple[str, ...] | None) -> Land:
    """All districts; `chosen` provinces (None: all) are those in which the invented people live."""
    population = places.province_population()
    unknown = [code for code in chosen or () if code not in population]
    if unknown:
        raise Complaint(
            what=Text("Provinsi tidak dikenal.", "A province is not known."),
            where=f"--provinces {','.join(unknown)}",
            why=Text("Kode itu bukan kode Kemendagri.", "That is not a Kemendagri code."),
            do=Text("Misalnya --provinces 12,71", "For example --provinces 12,71"),
        )
    rows: list[tuple[int, int, int, float]] = []
    regencies = places.regencies()
    provinces = tuple(sorted(population))
    noise = np.random.default_rng(1945)  # sizes of districts are a fact of this invented land, not of a seed
    for number, regency in enumerate(regencies):
        factor = CITY_FACTOR if regency.code[2] == "7" else 1.0
        for district in places.districts(places.former_code(regency.code)):
            relative = factor * float(noise.lognormal(0.0, 0.35))
            rows.append((int(district.code), number, provinces.index(regency.province), relative))
    columns: list[Any] = list(zip(*rows, strict=True))
    province = np.array(columns[2], np.int32)
    size = np.array(columns[3], np.float64)
    totals = np.bincount(province, weights=size)
    people = np.array([population[code] for code in provinces], np.float64)
    return Land(
        code=np.array(columns[0], np.int64),
        regency=np.array(columns[1], np.int32),
        province=province,
        regencies=tuple(places.former_code(regency.code) for regency in regencies),
        provinces=provinces,
        weight=size / totals[province] * people[province],
        chosen=np.isin(province, [provinces.index(code) for code in chosen or provinces]),
    )
