"""Invented people: who they are, where they live, their families, their NIKs; as columns of numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from jangkau.demo.land import Land
from jangkau.demo.naming import NOTHING, draw_cultures, draw_names, last_position, vocabulary
from jangkau.demo.rates import Rates

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

AS_OF = date(2021, 4, 30)
AS_OF_DAY = (AS_OF - date(1970, 1, 1)).days
MIGRATED = 0.17
OCCUPATIONS = (
    *("WIRASWASTA", "PEDAGANG", "PETANI/PEKEBUN", "NELAYAN/PERIKANAN", "KARYAWAN SWASTA", "BURUH HARIAN LEPAS"),
    *("MENGURUS RUMAH TANGGA", "SOPIR", "BELUM/TIDAK BEKERJA", "PERANGKAT DESA", "KARYAWAN HONORER", "GURU"),
    *("ASN", "TNI", "POLRI"),
)
INSURED_ELSEWHERE = 12  # occupations from here on: civil servants, soldiers, police
MOBILE_PREFIXES = np.array([811, 812, 813, 821, 822, 823, 851, 852, 853, 857, 858, 877, 878, 881, 895, 896], np.int64)

# Ages by group of people: share of a first, younger part, its bounds, and bounds of the rest; then share of women.
# Prakerja: 71 % are 18 to 35 (figures.yaml); the rest are assumptions.
KUR, PRAKERJA, STAFF, VILLAGE, WORKERS = range(5)
_AGES = np.array(
    [
        (0.30, 20, 35, 35, 64),
        (0.71, 18, 36, 36, 60),
        (0.65, 19, 38, 38, 58),
        (0.35, 22, 38, 38, 60),
        (0.50, 18, 34, 34, 59),
    ]
)
_WOMEN = np.array([0.45, 0.46, 0.50, 0.28, 0.31])
_TOO_OLD, _TOO_YOUNG = 0.008, 0.0008


@dataclass(frozen=True)
class People:
    """Who invented people are. `relative` is the position of a sibling or parent among `others`, or -1."""

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


def invent_people(
    *,
    group: Ints,
    home: Ints,
    first_person: int,
    place: Place,
    land: Land,
    rates: Rates,
    rng: np.random.Generator,
    others: People | None,
) -> People:
    """People of the given age groups and homes. `others`: people whom a few of these are related to."""
    count = len(group)
    v = vocabulary()
    female = rng.random(count) < _WOMEN[group]
    birth = _births(group, rng)
    origin = land.origins(homes=home, migrated=MIGRATED, rng=rng)
    rows = np.array([v.province_row[code] for code in land.provinces], np.int32)
    culture = draw_cultures(province_rows=rows[land.province[origin]], rng=rng)
    # Older names for those born before about 1982, with a soft border.
    old = rng.random(count) < np.where(birth < 4383, 0.88, 0.08)
    always = np.ones(count, dtype=bool)
    people = People(
        person=np.arange(first_person, first_person + count, dtype=np.int64),
        female=female,
        birth=birth,
        home=home,
        origin=origin,
        culture=culture,
        tokens=draw_names(culture=culture, female=female, old=old, rng=rng),
        mother=draw_names(culture=culture, female=always, old=always, rng=rng),
        phone=62 * 10**11 + rng.choice(MOBILE_PREFIXES, count) * 10**8 + rng.integers(0, 10**8, count),
        street=rng.integers(0, 400, count, dtype=np.int32),
        house=rng.integers(1, 150, count, dtype=np.int32),
        occupation=np.zeros(count, np.int32),
        relative=np.full(count, NOTHING, np.int64),
        nik=np.zeros(count, np.int64),
        register_nik=np.zeros(count, np.int64),
        kk=land.code[home] * 10**10
        + _ddmmyy(rng.integers(12_000, AS_OF_DAY, count)) * 10**4
        + rng.integers(1, 400, count),
    )
    people = _with_families(people, others, rng)
    people = _with_namesakes(people, others, rng)
    return _with_niks(people, place, land, rates, rng)


def _births(group: Ints, rng: np.random.Generator) -> Ints:
    count = len(group)
    younger, low1, high1, low2, high2 = _AGES[group].T
    first = rng.random(count) < younger
    low, high = np.where(first, low1, low2), np.where(first, high1, high2)
    # Two draws averaged towards the lower bound: many around 30 to 45, few at the edges.
    age = low + (high - low) * np.where(first, rng.random(count), rng.beta(1.1, 1.9, count))
    odd = rng.random(count)
    age = np.where(odd < _TOO_OLD, rng.uniform(65.05, 78, count), age)
    age = np.where((odd >= _TOO_OLD) & (odd < _TOO_OLD + _TOO_YOUNG), rng.uniform(14, 16.9, count), age)
    birth = (AS_OF_DAY - age * 365.2425).astype(np.int64)
    # Days that were guessed when a card was issued: the first and the last of the year (assumption: 2.5 %).
    guessed = rng.random(count) < 0.025
    year = birth.astype("M8[D]").astype("M8[Y]")
    first_day = year.astype("M8[D]").astype(np.int64)
    last_day = (year + 1).astype("M8[D]").astype(np.int64) - 1
    return np.where(guessed, np.where(rng.random(count) < 0.65, first_day, last_day), birth).astype(np.int32)


def _with_families(people: People, others: People | None, rng: np.random.Generator) -> People:
    """Siblings at one address, a few of them twins; relatives of `others`, so that a register knows near-doubles."""
    count = len(people)
    pool = people if others is None or not len(others) else others
    mine = np.flatnonzero(rng.random(count) < (0.06 if others is None else 0.035))
    if not len(pool) or not len(mine):
        return people
    theirs = np.where(mine > 0, mine - 1, 0) if pool is people else rng.integers(0, len(pool), len(mine))
    keep = mine != theirs if pool is people else np.ones(len(mine), dtype=bool)
    if pool is people:  # a chain of siblings would need its values in order; take every second one only
        keep &= ~np.isin(theirs, mine)
    mine, theirs = mine[keep], theirs[keep]
    twin = rng.random(len(mine)) < 0.06
    gap = rng.integers(400, 3000, len(mine)) * rng.choice(np.array([-1, 1]), len(mine))
    older_limit, younger_limit = AS_OF_DAY - 64 * 365, AS_OF_DAY - 18 * 365
    sibling_birth = pool.birth[theirs] + gap
    sibling_birth = np.where(
        (sibling_birth < older_limit) | (sibling_birth > younger_limit), pool.birth[theirs] - gap, sibling_birth
    )
    changed = {
        name: getattr(people, name).copy()
        for name in ("birth", "home", "origin", "culture", "tokens", "mother", "street", "house", "kk")
    }
    changed["birth"][mine] = np.where(twin, pool.birth[theirs], sibling_birth)
    for name in ("home", "origin", "culture", "mother", "street", "house", "kk"):
        changed[name][mine] = getattr(pool, name)[theirs]
    changed["tokens"][mine] = _sibling_names(
        people.tokens[mine], pool.tokens[theirs], pool.culture[theirs], people.female[mine], rng
    )
    relative = people.relative.copy()
    relative[mine] = theirs
    if pool is people:
        relative[theirs] = mine
    return replace(people, relative=relative, **changed)


def _sibling_names(own: Ints, theirs: Ints, culture: Ints, female: Flags, rng: np.random.Generator) -> Ints:
    """Names of the same culture; the family's name where children bear it, the same last word for a third elsewhere."""
    old = rng.random(len(own)) < 0.5
    names = draw_names(culture=culture, female=female, old=old, rng=rng)
    shares = vocabulary().inherits[culture] | (rng.random(len(own)) < 0.33)
    rows = np.flatnonzero(shares & (last_position(names) > 0) & (last_position(theirs) > 0))
    names[rows, last_position(names)[rows]] = theirs[rows, last_position(theirs)[rows]]
    return names


def _with_namesakes(people: People, others: People | None, rng: np.random.Generator) -> People:
    """A few bear the name and the birth date of somebody else, somewhere else."""
    pool = people if others is None or not len(others) else others
    mine = np.flatnonzero((rng.random(len(people)) < 0.0006) & (people.relative < 0))
    theirs = rng.integers(0, max(len(pool), 1), len(mine))
    keep = (mine != theirs) if pool is people else np.ones(len(mine), dtype=bool)
    mine, theirs = mine[keep], theirs[keep]
    birth, tokens, female = people.birth.copy(), people.tokens.copy(), people.female.copy()
    birth[mine], tokens[mine], female[mine] = pool.birth[theirs], pool.tokens[theirs], pool.female[theirs]
    return replace(people, birth=birth, tokens=tokens, female=female)


def _with_niks(people: People, place: Place, land: Land, rates: Rates, rng: np.random.Generator) -> People:
    cell = land.code[people.origin] * 10**6 + _ddmmyy(people.birth) + np.where(people.female, 400_000, 0)
    nik = cell * 10**4 + _serials(cell, place)
    other = np.flatnonzero(rng.random(len(people)) < rates.second_nik)
    # The second number was mostly issued at the present home or in another district, to the same birth date.
    issued = np.where(
        people.home[other] != people.origin[other],
        people.home[other],
        land.neighbours(districts=people.origin[other], rng=rng),
    )
    second_cell = land.code[issued] * 10**6 + cell[other] % 10**6
    register_nik = nik.copy()
    register_nik[other] = second_cell * 10**4 + 5000 + people.person[other] % 4999
    return replace(people, nik=nik, register_nik=register_nik)


def _serials(cell: Longs, place: Place) -> Longs:
    """Running numbers within place, birth date and sex, unique over all blocks and parts without knowing of them."""
    order = np.argsort(cell, kind="stable")
    ordered = cell[order]
    starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])) if len(cell) else np.zeros(0, np.int64)
    rank = np.zeros(len(cell), np.int64)
    rank[order] = np.arange(len(cell)) - np.repeat(starts, np.diff(np.append(starts, len(cell))))
    first = (cell * 2654435761 >> 7) % 2
    return 1 + place.block + place.blocks * (2 * (first + rank) + place.part)


def _ddmmyy(days: npt.NDArray[Any]) -> Longs:
    year, month, day = calendar(days)
    return np.asarray(day * 10_000 + month * 100 + year % 100)


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
