"""Families, moves and ages of invented people, seen where they are drawn."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from jangkau.demo.land import land
from jangkau.demo.people import PRAKERJA, WORKERS, People, Place, ages_on, invent_people
from jangkau.demo.rates import Rates
from jangkau.demo.rows import NO_DATE, invent_rows, people_for
from jangkau.demo.senders import SHARES, offices_of

GROUND = land(("12", "71"))


def crowd(*, count: int, group: int, others: People | None = None, part: int = 0) -> People:
    rng = np.random.default_rng([count, group, part])
    return invent_people(
        group=np.full(count, group, np.int32),
        home=GROUND.homes(count=count, rng=rng),
        first_person=part * 1_000_000,
        place=Place(block=0, blocks=1, part=part),
        land=GROUND,
        rates=Rates(),
        rng=rng,
        others=others,
    )


def test_siblings_live_at_one_address_and_some_are_twins() -> None:
    people = crowd(count=50_000, group=PRAKERJA)
    mine = np.flatnonzero(people.relative >= 0)
    theirs = people.relative[mine]
    assert 0.08 < len(mine) / len(people) < 0.14
    for column in (people.home, people.street, people.house, people.kk):
        assert (column[mine] == column[theirs]).mean() > 0.99
    twins = (people.birth[mine] == people.birth[theirs]).mean()
    assert 0.03 < twins < 0.1


def test_relatives_in_the_register_are_somebody_else() -> None:
    on_lists = crowd(count=20_000, group=PRAKERJA)
    others = crowd(count=40_000, group=WORKERS, others=on_lists, part=1)
    related = np.flatnonzero(others.relative >= 0)
    assert len(related) > 1_000
    assert (others.kk[related] == on_lists.kk[others.relative[related]]).all()
    assert not set(others.nik.tolist()) & set(on_lists.nik.tolist())


def test_prakerja_recipients_are_mostly_young() -> None:
    age = ages_on(crowd(count=50_000, group=PRAKERJA).birth, date(2021, 4, 30))
    assert ((age >= 18) & (age <= 35)).mean() == pytest.approx(0.71, abs=0.03)
    assert 0 < (age < 17).mean() < 0.005
    assert 0.002 < (age >= 65).mean() < 0.02


def test_only_an_older_row_has_an_older_address() -> None:
    rng = np.random.default_rng(4)
    people = crowd(count=people_for(rows=60_000), group=PRAKERJA)
    first = rng.choice(len(SHARES), size=len(people), p=SHARES).astype(np.int32)
    offices = offices_of(land=GROUND, rates=Rates(), seed=1)
    rows = invent_rows(
        people=people, first_file=first, count=60_000, land=GROUND, offices=offices, rates=Rates(), rng=rng
    )
    elsewhere = np.flatnonzero(rows.district != people.home[rows.owner])
    latest = np.full(len(people), -1)
    np.maximum.at(latest, rows.owner, np.where(rows.date == NO_DATE, -1, rows.date))
    assert len(elsewhere) > 50
    assert (rows.date[elsewhere] < latest[rows.owner[elsewhere]]).all()
