"""Invents people: their ages, homes and names, their families, their NIKs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from jangkau.demo.families import later_twins, named_as_before, with_families, with_namesakes, with_shared_phones
from jangkau.demo.land import Land
from jangkau.demo.naming import NOTHING, draw_cultures, draw_names, vocabulary
from jangkau.demo.people import ALONE, AS_OF_DAY, People, Place, calendar
from jangkau.demo.rates import Rates

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]

MIGRATED = 0.17
MOBILE_PREFIXES = np.array([811, 812, 813, 821, 822, 823, 851, 852, 853, 857, 858, 877, 878, 881, 895, 896], np.int64)

# Ages by group of people: share of a first, younger part, its bounds, and bounds of the rest; then share of women.
# Prakerja: 71 % are 18 to 35 (figures.yaml); the rest are assumptions. Rows: KUR, PRAKERJA, STAFF, VILLAGE, WORKERS.
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
    others = others if others is not None and len(others) else None
    count = len(group)
    v = vocabulary()
    female = rng.random(count) < _WOMEN[group]
    birth = _births(group, rng)
    origin = land.origins(homes=home, migrated=MIGRATED, rng=rng)
    rows = np.array([v.province_row[code] for code in land.provinces], np.int32)
    culture = draw_cultures(province_rows=rows[land.province[origin]], rng=rng)
    old = named_as_before(birth=birth, rng=rng)
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
        kinship=np.full(count, ALONE, np.int32),
        nik=np.zeros(count, np.int64),
        register_nik=np.zeros(count, np.int64),
        kk=land.code[home] * 10**10
        + _ddmmyy(rng.integers(12_000, AS_OF_DAY, count)) * 10**4
        + rng.integers(1, 400, count),
    )
    people = with_families(people=people, others=others, rng=rng)
    people = with_namesakes(people=people, others=others, rng=rng)
    people = with_shared_phones(people=people, others=others, rates=rates, rng=rng)
    return _with_niks(people, others, place, land, rates, rng)


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


def _with_niks(
    people: People, others: People | None, place: Place, land: Land, rates: Rates, rng: np.random.Generator
) -> People:
    cell = land.code[people.origin] * 10**6 + _ddmmyy(people.birth) + np.where(people.female, 400_000, 0)
    nik = cell * 10**4 + _serials(cell, place)
    # Twins were registered one after the other: the next serial, which nobody else is given.
    later, earlier = later_twins(people=people, others=others)
    theirs = nik[earlier] if others is None else others.nik[earlier]
    nik[later] = np.where(cell[later] == theirs // 10**4, theirs + 1, nik[later])
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
    """Running numbers within place, birth date and sex, unique over all blocks and parts without knowing of them.

    All are odd: the even ones are left to twins.
    """
    order = np.argsort(cell, kind="stable")
    ordered = cell[order]
    starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])) if len(cell) else np.zeros(0, np.int64)
    rank = np.zeros(len(cell), np.int64)
    rank[order] = np.arange(len(cell)) - np.repeat(starts, np.diff(np.append(starts, len(cell))))
    first = (cell * 2654435761 >> 7) % 2
    return 1 + 2 * (place.block + place.blocks * (2 * (first + rank) + place.part))


def _ddmmyy(days: npt.NDArray[Any]) -> Longs:
    year, month, day = calendar(days)
    return np.asarray(day * 10_000 + month * 100 + year % 100)
