"""People against the register: one member at most, whatever his rows and KPJ, and the reviewer's word before all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jangkau.gaps import links, records, tables
from jangkau.gaps.membership import Matches, match, members
from jangkau.gaps.pairs import compared, comparer
from jangkau.gaps.people import Decided, gather
from jangkau.gaps.records import LIST, REGISTER
from jangkau.linkage import engine
from jangkau.linkage.engine import Ready
from jangkau.linkage.lines import Lines
from jangkau.linkage.method_file import load
from jangkau.linkage.sources import Source

from .sheet import BUDI, MARIA, SITI, Row, readings, rows

METHOD = load()
AS_OF = date(2021, 4, 30)
SLOW = (HealthCheck.function_scoped_fixture, HealthCheck.too_slow)
CROWD = [
    Row(f"120801{1 + n % 28:02d}{1 + n % 12:02d}{50 + n:02d}{n + 1:04d}", f"{chr(65 + n)}ANDO {chr(90 - n)}ULANG")
    for n in range(20)
]


@dataclass(frozen=True)
class Read:
    """What the linkage has read. ``rid``: the record of each register row."""

    ready: Ready
    register: Source
    lines: Lines
    rid: np.ndarray[tuple[int], np.dtype[np.int64]]
    size: int


@dataclass(frozen=True)
class Office:
    """The records of a test: where each row stands, and what the linkage makes of it."""

    connection: duckdb.DuckDBPyConnection
    folder: Path

    def read(self, lists: Sequence[Row], register: Sequence[Row], mothers: Sequence[str | None] = ()) -> Read:
        """Every register row becomes a record, found or not."""
        read = readings(folder=self.folder, lists=lists, register=register, mothers=mothers)
        tables.load(connection=self.connection, readings=read, as_of=AS_OF)
        source = records.make_lists(connection=self.connection, scratch=self.folder)
        everything = records.register_source(readings=read)
        method = records.method_as_of(method=METHOD, as_of=AS_OF)
        ready = engine.prepare(left=source, right=everything, method=method, threads=1, keep_empty=True)
        rid = records.make_register(
            connection=self.connection, readings=read, wanted=np.arange(len(register)), references=()
        )
        lines = records.register_lines(connection=self.connection, ready=ready)
        records.register_names(connection=self.connection, lines=lines, ready=ready, first=len(lists))
        return Read(ready, everything, lines, rid, len(lists) + len(register))

    def matches(
        self, lists: Sequence[Row], register: Sequence[Row], decided: Decided | None = None
    ) -> tuple[Matches, np.ndarray[tuple[int], np.dtype[np.int64]]]:
        """Matches, and each record's member."""
        decided = decided or Decided()
        read = self.read(lists, register)
        linkage = engine.against(ready=read.ready, right=read.register, threads=1, unique=False)
        with_register = compared(linkage=linkage, right=read.rid[linkage.pairs.b])
        between = engine.within(ready=read.ready, threads=1)
        rows = gather(
            known=links.known(connection=self.connection, ready=read.ready, with_register=with_register),
            method=linkage.method,
            compared=compared(linkage=between),
            weights=between.weights,
            decided=decided,
        )
        member = members(connection=self.connection, size=read.size)
        found = match(
            comparer=comparer(ready=read.ready, linkage=linkage, register=read.lines), method=linkage.method,
            compared=with_register, rows=rows, member=member, weights=linkage.weights, decided=decided,
        )  # fmt: skip
        return found, member

    def rid(self, side: int, place: int) -> int:
        query = "SELECT rid FROM record WHERE side = ? AND line = ?"
        (rid,) = self.connection.execute(query, [side, place + 2]).fetchone() or (-1,)
        return int(rid)

    def probability(
        self, lists: Sequence[Row], register: Sequence[Row], place: int, decided: Decided | None = None
    ) -> float:
        """P(the person of the first list row is the member of this register row)."""
        found, member = self.matches(lists, register, decided)
        person = self.rid(LIST, 0)
        here = (found.person == person) & (found.member == member[self.rid(REGISTER, place)])
        return float(found.probability[here].sum())


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with duckdb.connect(config={"threads": 1}) as connection:
        yield Office(connection, tmp_path)


@settings(max_examples=20, deadline=None, suppress_health_check=SLOW)
@given(st.lists(rows(), max_size=8), st.lists(rows(), max_size=8))
def test_a_person_is_at_most_one_member(office: Office, lists: list[Row], register: list[Row]) -> None:
    found, member = office.matches(lists, register)
    for name in ("probability", "alone"):
        values = getattr(found, name)
        assert np.all((values >= 0) & (values <= 1))
        total = np.bincount(found.person, weights=values, minlength=1)
        assert np.all(total <= 1 + 1e-9), name
    pairs = list(zip(found.person.tolist(), found.member.tolist(), strict=True))
    assert pairs == sorted(set(pairs))
    assert np.array_equal(member[found.record], found.member)


def test_somebody_is_found_by_his_nik(office: Office) -> None:
    assert office.probability([BUDI], [*CROWD, BUDI, MARIA], place=20) > 0.9


def test_a_stranger_is_nobody(office: Office) -> None:
    found, _ = office.matches([MARIA], [*CROWD, BUDI])
    assert found.probability.sum() < 0.1


def test_two_members_alike_share_the_probability(office: Office) -> None:
    """Nobody can say which of two namesakes it is: each may be, both cannot."""
    twins = [replace(BUDI, nik=nik, phone=None) for nik in ("1272011708850005", "7171011708850006")]
    one, other = (office.probability([replace(BUDI, nik=None)], [*CROWD, *twins], place=n) for n in (20, 21))
    assert one == pytest.approx(other)
    assert 0.4 < one <= 0.5


def test_a_member_whose_nik_another_has_is_the_others(office: Office) -> None:
    stranger = replace(BUDI, nik="7171011708850099", phone=None, region=None)
    register = [*CROWD, BUDI]
    alone = office.probability([stranger], register, place=20)
    office.read([stranger, BUDI], register)
    apart = Decided(different=((office.rid(LIST, 0), office.rid(LIST, 1)),))
    assert office.probability([stranger, BUDI], register, 20, apart) < alone - 0.1


def test_two_kpj_are_one_member(office: Office) -> None:
    """Two rows of one member do not compete for his probability."""
    twice = [*CROWD, BUDI, replace(BUDI, name="BUDI SANTOSA")]
    assert office.probability([BUDI], twice, place=20) > 0.9
    assert office.probability([BUDI], twice, place=21) > 0.9


@pytest.mark.parametrize(
    ("one", "other", "mother", "are_one"),
    [
        (BUDI, replace(BUDI, name="XAVER"), None, True),
        (BUDI, replace(BUDI, born=date(1990, 1, 1)), None, True),
        (BUDI, replace(BUDI, name="XAVER", born=date(1990, 1, 1)), None, False),
        (BUDI, replace(BUDI, nik=MARIA.nik), "RATNA", True),
        (BUDI, replace(BUDI, nik=MARIA.nik), None, False),
        (BUDI, SITI, "RATNA", False),
        (replace(BUDI, nik=None), replace(BUDI, nik=None), None, False),
    ],
)
def test_who_is_one_member(office: Office, one: Row, other: Row, mother: str | None, are_one: bool) -> None:
    size = office.read([], [one, other], mothers=(mother, mother)).size
    label = members(connection=office.connection, size=size)
    assert (label[0] == label[1]) == are_one


def test_a_nik_of_too_many_members_is_a_stand_in(office: Office) -> None:
    size = office.read([], [replace(BUDI, name=f"WARGA {n}") for n in range(51)]).size
    assert len(set(members(connection=office.connection, size=size).tolist())) == 51


def decided(office: Office, lists: Sequence[Row], register: Sequence[Row], place: int, *, same: bool) -> Decided:
    """A reviewer's word about the first list row and a register row."""
    office.read(lists, register)
    pair = ((office.rid(LIST, 0), office.rid(REGISTER, place)),)
    return Decided(same=pair) if same else Decided(different=pair)


def test_a_reviewer_parts_a_person_from_a_member(office: Office) -> None:
    register = [*CROWD, BUDI]
    word = decided(office, [BUDI], register, 20, same=False)
    assert office.probability([BUDI], register, 20, word) == 0


def test_a_reviewer_parts_a_person_from_every_kpj_of_a_member(office: Office) -> None:
    register = [*CROWD, BUDI, replace(BUDI, name="BUDI SANTOSA")]
    word = decided(office, [BUDI], register, 20, same=False)
    assert office.probability([BUDI], register, 20, word) == 0


def test_a_reviewer_may_know_one_kpj_of_two_to_be_his(office: Office) -> None:
    register = [*CROWD, BUDI, replace(BUDI, name="BUDI SANTOSA")]
    same, other = (decided(office, [BUDI], register, place, same=same) for place, same in ((20, True), (21, False)))
    word = Decided(same=same.same, different=other.different)
    found, _ = office.matches([BUDI], register, word)
    assert found.record[np.argmax(found.probability)] == office.rid(REGISTER, 20)
    assert found.probability.max() > 0.999


def test_a_reviewer_joins_a_person_with_a_member_of_another_name(office: Office) -> None:
    register = [*CROWD, MARIA, BUDI]
    word = decided(office, [BUDI], register, 20, same=True)
    assert office.probability([BUDI], register, 20, word) > 0.999
