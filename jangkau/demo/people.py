"""Invented people as columns of numbers: who they are, where they live, what they are called."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

AS_OF = date(2021, 4, 30)
AS_OF_DAY = (AS_OF - date(1970, 1, 1)).days
OCCUPATIONS = (
    *("WIRASWASTA", "PEDAGANG", "PETANI/PEKEBUN", "NELAYAN/PERIKANAN", "KARYAWAN SWASTA", "BURUH HARIAN LEPAS"),
    *("MENGURUS RUMAH TANGGA", "SOPIR", "BELUM/TIDAK BEKERJA", "PERANGKAT DESA", "KARYAWAN HONORER", "GURU"),
    *("ASN", "TNI", "POLRI"),
)
INSURED_ELSEWHERE = 12  # occupations from here on: civil servants, soldiers, police

# Groups of people, by the first list they stand on; the last are in the register only.
KUR, PRAKERJA, STAFF, VILLAGE, WORKERS = range(5)
KINSHIPS = ("none", "sibling", "twin", "spouse")
ALONE, SIBLING, TWIN, SPOUSE = range(4)


@dataclass(frozen=True)
class People:
    """Who invented people are.

    `relative` is the position of a sibling or spouse, or -1: of somebody among these people, for those in the register
    only among the people on lists.
    """

    person: Longs
    female: Flags
    birth: Ints  # days since 1970-01-01
    home: Ints  # district, as position in Land
    origin: Ints  # district that issued the NIK
    culture: Ints
    tokens: Ints  # name
    mother: Ints  # name of the mother
    phone: Longs
    street: Ints
    house: Ints
    occupation: Ints
    relative: Longs
    kinship: Ints  # what the relative is
    nik: Longs
    register_nik: Longs  # another one for a few: what the register knows them by
    kk: Longs

    def __len__(self) -> int:
        return len(self.person)

    def take(self, positions: npt.NDArray[Any]) -> People:
        return People(**{name: column[positions] for name, column in vars(self).items()})


@dataclass(frozen=True)
class Place:
    """Which part of the invented world this is: a block is drawn by itself, from its own seed."""

    block: int
    blocks: int
    part: int  # 0: people on lists, 1: people in the register only


def calendar(days: npt.NDArray[Any]) -> tuple[Longs, Longs, Longs]:
    """Year, month and day of days since 1970-01-01."""
    dates = days.astype(np.int64).astype("M8[D]")
    months = dates.astype("M8[M]")
    index = months.astype(np.int64)
    return index // 12 + 1970, index % 12 + 1, dates.astype(np.int64) - months.astype("M8[D]").astype(np.int64) + 1


def ages_on(birth: npt.NDArray[Any], on: date) -> Longs:
    """Completed years on a date."""
    year, month, day = calendar(birth)
    return np.asarray(on.year - year - ((month > on.month) | ((month == on.month) & (day > on.day))))
