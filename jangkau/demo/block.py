"""One block of the invented world, drawn from its own seed: its people, their list rows, their register rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jangkau.demo import damage, strain
from jangkau.demo.columns import occupations
from jangkau.demo.crowd import invent_people
from jangkau.demo.land import Land
from jangkau.demo.memberships import Memberships, count_of_members, invent_memberships, protected
from jangkau.demo.naming import NOTHING
from jangkau.demo.people import KUR, PRAKERJA, STAFF, VILLAGE, WORKERS, People, Place
from jangkau.demo.rates import Rates
from jangkau.demo.rows import Rows, invent_rows, people_for
from jangkau.demo.senders import BNI, BRI, NON_ASN, PRAKERJA_2020, PRAKERJA_2021, Offices
from jangkau.demo.senders import VILLAGE as VILLAGE_FILE

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

GROUP_OF_FILE = np.array([KUR, KUR, KUR, KUR, PRAKERJA, PRAKERJA, STAFF, VILLAGE], np.int32)
SHOW_OCCUPATION = (BRI, BNI, PRAKERJA_2020)
SHOW_DEATH = (BNI, NON_ASN, VILLAGE_FILE)
DEAD_OF_SHOWN, DEAD_IN_REGISTER = 0.006, 0.002
# A second KPJ was written down by another employer, often in another spelling (assumption).
SECOND_SPELLING = 0.25


@dataclass(frozen=True)
class World:
    """What all blocks share."""

    land: Land
    offices: Offices
    office_names: tuple[pa.Array, ...]  # by file
    rates: Rates
    seed: int
    shares: npt.NDArray[np.float64]
    list_rows: tuple[int, ...]  # by block
    register_rows: tuple[int, ...]
    correlated: bool = False  # errors of a row come together, by office, batch, row and person

    @property
    def blocks(self) -> int:
        return len(self.list_rows)

    @property
    def stride(self) -> int:
        """More than the people, and more than the KPJ, of any block."""
        return 2 * (max(self.list_rows) + max(self.register_rows)) + 2


@dataclass(frozen=True)
class ListSide:
    """The people on lists, their memberships and their rows."""

    people: People
    group: Ints
    dead: Flags
    memberships: Memberships
    rows: Rows

    @property
    def protected(self) -> Flags:
        return _any(self.memberships, protected(memberships=self.memberships), len(self.people))


@dataclass(frozen=True)
class Damaged:
    """The same row as somebody wrote it down: text, and the fate of each field."""

    nik: pa.Array
    name: pa.Array
    birth: Ints
    nik_fate: Ints
    name_fate: Ints
    birth_fate: Ints
    female: Flags
    careless: Flags

    def take(self, positions: Longs, careless: Flags) -> Damaged:
        """Rows copied from others, by whichever office."""
        return Damaged(
            nik=self.nik.take(pa.array(positions)),
            name=self.name.take(pa.array(positions)),
            birth=self.birth[positions],
            nik_fate=self.nik_fate[positions],
            name_fate=self.name_fate[positions],
            birth_fate=self.birth_fate[positions],
            female=self.female[positions],
            careless=careless,
        )


@dataclass(frozen=True)
class RegisterSide:
    """Register rows in their final order."""

    people: People
    dead: Flags
    memberships: Memberships
    written: Damaged
    on_a_list: Flags


def _any(memberships: Memberships, flags: Flags, people: int) -> Flags:
    found = np.zeros(people, dtype=bool)
    found[memberships.owner[flags]] = True
    return found


class Block:
    """Draws its sides when asked; twice the same, since every part has a seed of its own."""

    def __init__(self, *, world: World, number: int) -> None:
        self.world, self.number = world, number

    def _rng(self, part: int) -> np.random.Generator:
        return np.random.default_rng([self.world.seed, self.number, part])

    @cached_property
    def lists(self) -> ListSide:
        world, rng = self.world, self._rng(1)
        count = people_for(rows=world.list_rows[self.number])
        first_file = rng.choice(len(world.shares), size=count, p=world.shares).astype(np.int32)
        group = GROUP_OF_FILE[first_file]
        people = invent_people(
            group=group,
            home=world.land.homes(count=count, rng=rng),
            first_person=self.number * world.stride,
            place=Place(block=self.number, blocks=world.blocks, part=0),
            land=world.land,
            rates=world.rates,
            rng=rng,
            others=None,
        )
        memberships = invent_memberships(
            group=group, numbers=count_of_members(group=group, rng=rng), first_kpj=self.number * world.stride, rng=rng
        )
        rows = invent_rows(
            people=people,
            first_file=first_file,
            count=world.list_rows[self.number],
            land=world.land,
            offices=world.offices,
            rates=world.rates,
            rng=rng,
        )
        shown = _any_row(rows, SHOW_DEATH, count)
        dead = (rng.random(count) < DEAD_OF_SHOWN) & shown
        visible = _any_row(rows, SHOW_OCCUPATION, count)
        people = replace(people, occupation=occupations(group=group, visible=visible, rng=rng))
        return ListSide(people=people, group=group, dead=dead, memberships=memberships, rows=rows)

    def written_lists(self) -> Damaged:
        """The list rows as written, in the order of `lists.rows`."""
        world, rng, people, rows = self.world, self._rng(2), self.lists.people, self.lists.rows
        rates, owner = world.rates, rows.owner
        careless = world.offices.careless[rows.office]
        gathering, spoiled = self._gathering(careless)
        prakerja = np.isin(rows.file, (PRAKERJA_2020, PRAKERJA_2021))
        relative = people.relative[owner]
        nik, nik_fate = damage.damage_niks(
            nik=people.nik[owner],
            missing=gathering.rates(rates.nik_missing, strain.NIK_MISSING),
            wrong=gathering.rates(rates.nik_wrong, strain.NIK_WRONG),
            borrowed=rates.nik_of_somebody_else,
            spreadsheet=spoiled.spreadsheet(gathering=gathering, rates=rates),
            swapped=gathering.rates(rates.nik_kk_swapped, strain.NIK_SWAPPED) * prakerja,
            of_relative=np.where(relative >= 0, people.nik[relative], 0),
            of_somebody=people.nik[rng.integers(0, len(people), len(owner))],
            kk=people.kk[owner],
            rng=rng,
        )
        birth, birth_fate = damage.damage_births(
            birth=people.birth[owner],
            wrong=spoiled.births(gathering=gathering, rates=rates),
            gone=spoiled.without_birth,
            keep=~np.isin(nik_fate, (damage.RIGHT, damage.RELATIVE, damage.SOMEBODY_ELSE)),
            year_only=True,
            rng=rng,
        )
        female = people.female[owner]
        name, name_fate = damage.damage_names(
            tokens=people.tokens[owner], female=female, rate=gathering.rates(rates.name_changed), rng=rng
        )
        female = female ^ (rng.random(len(owner)) < rates.sex_wrong)
        as_written = Damaged(nik, name, birth, nik_fate, name_fate, birth_fate, female, careless)
        return as_written.take(strain.copies(rows=rows, rng=rng), careless) if world.correlated else as_written

    def _gathering(self, careless: Flags) -> tuple[strain.Gathering, strain.Spoiled]:
        world, rows = self.world, self.lists.rows
        office = strain.Office(careless=careless, share=world.rates.careless_errors)
        if not world.correlated:
            never = np.zeros(len(rows), dtype=bool)
            return office, strain.Spoiled(without_birth=never, rounded=never)
        batch, person = strain.batches(rows=rows), self.lists.people.person[rows.owner]
        gathering = strain.strained_lists(office=office, batch=batch, person=person, seed=world.seed, rng=self._rng(7))
        return gathering, strain.spoiled_batches(batch=batch, rates=world.rates, seed=world.seed)

    def register(self) -> RegisterSide:
        """Memberships of people on lists and of others who are on none, together as many as asked for."""
        world, rng, lists = self.world, self._rng(3), self.lists
        rest = world.register_rows[self.number] - len(lists.memberships)
        several = rng.binomial(rest, 0.055) if rest else 0
        count = rest - several
        numbers = np.ones(count, np.int32)
        np.add.at(numbers, rng.choice(count, size=several, replace=False) if several else np.zeros(0, np.int64), 1)
        group = np.full(count, WORKERS, np.int32)
        others = invent_people(
            group=group,
            home=world.land.homes(count=count, rng=rng),
            first_person=self.number * world.stride + len(lists.people),
            place=Place(block=self.number, blocks=world.blocks, part=1),
            land=world.land,
            rates=world.rates,
            rng=rng,
            others=lists.people,
        )
        theirs = invent_memberships(
            group=group, numbers=numbers, first_kpj=self.number * world.stride + len(lists.memberships), rng=rng
        )
        order = rng.permutation(len(lists.memberships) + len(theirs))
        first = len(lists.memberships)
        joined = {
            name: np.concatenate([getattr(lists.memberships, name), getattr(theirs, name)])[order]
            for name in vars(theirs)
            if name != "owner"
        }
        owner = np.concatenate([lists.memberships.owner, theirs.owner + len(lists.people)])[order]
        everybody = _joined(lists.people, others)
        dead = np.concatenate([lists.dead, rng.random(count) < DEAD_IN_REGISTER])[owner]
        memberships = Memberships(owner=owner, **joined)
        return RegisterSide(
            people=everybody,
            dead=dead,
            memberships=memberships,
            written=self._written_register(everybody, memberships, rng),
            on_a_list=order < first,
        )

    def _written_register(self, people: People, memberships: Memberships, rng: np.random.Generator) -> Damaged:
        world, owner = self.world, memberships.owner
        rates, none = world.rates, np.zeros(len(owner))
        never = np.zeros(len(owner), dtype=bool)
        gathering: strain.Gathering = strain.Office(careless=never, share=rates.careless_errors)
        if world.correlated:
            gathering = strain.strained_register(person=people.person[owner], seed=world.seed, rng=self._rng(8))
        nik, nik_fate = damage.damage_niks(
            nik=people.register_nik[owner],
            missing=gathering.rates(rates.register_nik_missing),
            wrong=gathering.rates(rates.register_nik_wrong),
            borrowed=rates.nik_of_somebody_else,
            spreadsheet=none,
            swapped=none,
            of_relative=none.astype(np.int64),
            of_somebody=people.nik[rng.integers(0, max(len(people), 1), len(owner))],
            kk=people.kk[owner],
            rng=rng,
        )
        birth, birth_fate = damage.damage_births(
            birth=people.birth[owner],
            wrong=gathering.rates(rates.register_birth_wrong),
            gone=None,
            keep=nik_fate != damage.RIGHT,
            year_only=False,
            rng=rng,
        )
        again = SECOND_SPELLING if rates.register_name_changed else 0.0
        name, name_fate = damage.damage_names(
            tokens=people.tokens[owner],
            female=people.female[owner],
            rate=np.where(memberships.rank > 0, again, gathering.rates(rates.register_name_changed)),
            rng=rng,
        )
        return Damaged(nik, name, birth, nik_fate, name_fate, birth_fate, people.female[owner], never)


def _any_row(rows: Rows, files: tuple[int, ...], people: int) -> Flags:
    shown = np.zeros(people, dtype=bool)
    shown[rows.owner[np.isin(rows.file, files)]] = True
    return shown


def _joined(first: People, second: People) -> People:
    columns = {name: np.concatenate([getattr(first, name), getattr(second, name)]) for name in vars(first)}
    columns["relative"] = np.full(len(first) + len(second), NOTHING, np.int64)
    return People(**columns)
