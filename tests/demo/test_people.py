"""Families, moves and ages of invented people, seen where they are drawn."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from jangkau.demo.crowd import invent_people
from jangkau.demo.land import land
from jangkau.demo.people import PRAKERJA, SPOUSE, TWIN, WORKERS, People, Place, ages_on
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


def test_relatives_live_at_one_address() -> None:
    people = crowd(count=50_000, group=PRAKERJA)
    mine = np.flatnonzero(people.relative >= 0)
    theirs = people.relative[mine]
    assert 0.13 < len(mine) / len(people) < 0.18
    for column in (people.home, people.street, people.house, people.kk):
        assert (column[mine] == column[theirs]).mean() > 0.99


def test_twins_share_a_birth_date_and_the_like_have_serials_and_names_side_by_side() -> None:
    people = crowd(count=100_000, group=PRAKERJA)
    twins = np.flatnonzero(people.kinship == TWIN)
    theirs = people.relative[twins]
    assert len(twins) > 300
    assert (people.birth[twins] == people.birth[theirs]).all()
    like = people.female[twins] == people.female[theirs]
    assert (np.abs(people.nik[twins[like]] - people.nik[theirs[like]]) == 1).all()
    words = (people.tokens[twins[like]] != people.tokens[theirs[like]]).sum(axis=1)
    assert (words == 1).mean() > 0.8
    assert (words > 0).mean() > 0.98


def test_couples_are_of_two_sexes_and_two_families() -> None:
    people = crowd(count=50_000, group=PRAKERJA)
    spouses = np.flatnonzero(people.kinship == SPOUSE)
    theirs = people.relative[spouses]
    assert len(spouses) > 1_500
    assert (people.female[spouses] != people.female[theirs]).all()
    assert (people.mother[spouses] == people.mother[theirs]).all(axis=1).mean() < 0.05


def test_every_nik_is_one_persons_with_twins_in_both_parts() -> None:
    on_lists = crowd(count=100_000, group=PRAKERJA)
    others = crowd(count=100_000, group=WORKERS, others=on_lists, part=1)
    assert (others.kinship == TWIN).sum() > 100
    niks = np.concatenate([on_lists.nik, others.nik])
    assert len(np.unique(niks)) == len(niks)


def test_some_give_a_relatives_number_and_a_few_a_neighbours() -> None:
    people = crowd(count=50_000, group=PRAKERJA)
    later = np.flatnonzero(people.relative >= 0)
    later = later[people.relative[later] < later]
    shared = people.phone[later] == people.phone[people.relative[later]]
    assert shared.mean() == pytest.approx(Rates().phone_of_relative, abs=0.03)
    _, owners = np.unique(people.phone, return_counts=True)
    assert 0.03 < (owners > 1).sum() / len(people) < 0.06


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
