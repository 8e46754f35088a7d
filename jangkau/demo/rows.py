"""Who appears on which list, when, and where he lived then. One entry per list row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from jangkau.demo.land import Land
from jangkau.demo.people import AS_OF_DAY, People
from jangkau.demo.rates import Rates
from jangkau.demo.senders import AGAIN, KUR_FILES, PRAKERJA_2020, PRAKERJA_2021, Offices

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]

_EPOCH = date(1970, 1, 1)
NO_DATE = np.iinfo(np.int32).max

# Loans by month from January 2020: 2021 as in figures.yaml (trillion rupiah); 2020 has 198.5 in all, its months are an
# assumption (little in April to June 2020).
_LOANS = np.array([15.5, 16.0, 15.0, 7.5, 6.5, 10.5, 15.0, 18.5, 22.0, 22.5, 22.5, 27.0, 17.0, 22.07, 25.47, 23.42])
# Prakerja waves: first day (assumption, to the week) and recipients in thousands. Wave 10
# and the sum of 2020 (5,509) from figures.yaml; waves 12 to 15 600 each (unverified); the rest assumption.
_WAVES = (
    *((date(2020, 4, 17), 168), (date(2020, 5, 1), 288), (date(2020, 5, 15), 224), (date(2020, 8, 14), 800)),
    *((date(2020, 8, 28), 800), (date(2020, 9, 11), 800), (date(2020, 9, 18), 800), (date(2020, 9, 25), 800)),
    *((date(2020, 10, 2), 330), (date(2020, 10, 9), 116), (date(2020, 11, 11), 383)),
    *(
        (date(2021, 3, 3), 600),
        (date(2021, 3, 10), 600),
        (date(2021, 3, 17), 600),
        (date(2021, 3, 30), 600),
        (date(2021, 4, 6), 300),
    ),
)
WAVES_2020 = 11


@dataclass(frozen=True)
class Rows:
    """`owner` is the position among the list people of the block; `date` a day or NO_DATE; `district` as on the row."""

    owner: Longs
    file: Ints
    date: Ints
    wave: Ints
    district: Ints
    office: Ints

    def __len__(self) -> int:
        return len(self.owner)


def people_for(*, rows: int) -> int:
    """How many people make that many rows: about one row in eight is somebody's second or third."""
    return max(1, round(rows * 0.874)) if rows else 0


def invent_rows(
    *,
    people: People,
    first_file: Ints,
    count: int,
    land: Land,
    offices: Offices,
    rates: Rates,
    rng: np.random.Generator,
) -> Rows:
    """Everybody once on his first list, and `count` rows in all; shuffled inside each file."""
    again = count - len(people)
    twice = rng.choice(len(people), size=min(again, len(people)), replace=False) if again else np.zeros(0, np.int64)
    third = max(0, round(again * 0.08))
    # Some of the second rows become third rows of people who have two already.
    twice[:third] = twice[third : 2 * third] if len(twice) >= 2 * third else twice[:third]
    second_file = (
        (rng.random(len(twice))[:, None] > np.cumsum(AGAIN, axis=1)[first_file[twice]]).sum(axis=1).clip(max=7)
    )
    owner = np.concatenate([np.arange(len(people)), twice])
    file = np.concatenate([first_file, second_file]).astype(np.int32)
    order = np.lexsort((rng.random(len(owner)), file))
    owner, file = owner[order], file[order]
    day, wave = _dates(file, rng)
    return Rows(
        owner=owner,
        file=file,
        date=day,
        wave=wave,
        district=_districts(owner, day, people, land, rates, rng),
        office=offices.of_rows(file=file, home=people.home[owner], land=land, rng=rng),
    )


def _dates(file: Ints, rng: np.random.Generator) -> tuple[Ints, Ints]:
    day = np.full(len(file), NO_DATE, np.int32)
    wave = np.zeros(len(file), np.int32)
    loans = np.flatnonzero(np.isin(file, KUR_FILES))
    month = rng.choice(len(_LOANS), size=len(loans), p=_LOANS / _LOANS.sum())
    day[loans] = (np.datetime64("2020-01") + month).astype("M8[D]").astype(np.int64) + rng.integers(0, 28, len(loans))
    sizes = np.array([size for _, size in _WAVES], np.float64)
    opened = np.array([(first - _EPOCH).days for first, _ in _WAVES])
    for number, chosen in ((PRAKERJA_2020, slice(0, WAVES_2020)), (PRAKERJA_2021, slice(WAVES_2020, None))):
        rows = np.flatnonzero(file == number)
        wave[rows] = rng.choice(
            np.arange(1, len(_WAVES) + 1)[chosen], size=len(rows), p=sizes[chosen] / sizes[chosen].sum()
        )
        day[rows] = opened[wave[rows] - 1] + rng.integers(0, 4, len(rows))
    return np.minimum(day, np.where(day == NO_DATE, NO_DATE, AS_OF_DAY)).astype(np.int32), wave


def _districts(owner: Longs, day: Ints, people: People, land: Land, rates: Rates, rng: np.random.Generator) -> Ints:
    """Home, except on older dated rows of people who moved since: there where the NIK was issued, or near."""
    latest = np.full(len(people), -1, np.int64)
    np.maximum.at(latest, owner, np.where(day == NO_DATE, -1, day))
    moved = rng.random(len(people)) < rates.moved
    before = np.where(people.home != people.origin, people.origin, land.neighbours(districts=people.home, rng=rng))
    older = (day < latest[owner]) & moved[owner]
    return np.where(older, before[owner], people.home[owner]).astype(np.int32)
