"""List rows brought together into people: pairs of known probability, vetoes, decisions, the register's word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import cast

import numpy as np
import numpy.typing as npt
import pytest

from jangkau.gaps.pairs import FIELDS, Compared
from jangkau.gaps.people import Decided, Known, Rows, gather, joined_through_register
from jangkau.linkage.method_file import load
from jangkau.linkage.weights import Patterns, Weights

METHOD = load()
SURE, UNSURE, UNLIKELY = 0.99, 0.5, 0.01
A, B, C = "1272011708850001", "1272015204900002", "7171010112770003"


@dataclass(frozen=True)
class Row:
    """A record as far as people are concerned. ``member``: a name under which the register knows this very NIK."""

    content: str
    nik: str | None = None
    valid: bool = True
    born: date | None = None
    to_the_day: bool = True
    is_list: bool = True
    member: str | None = None


@dataclass(frozen=True)
class Told:
    """Weights that give each pair the probability it was told."""

    probability: npt.NDArray[np.float64]

    def log_odds(self, *, patterns: Patterns, without: tuple[int, ...] = ()) -> npt.NDArray[np.float64]:
        return np.log(self.probability / (1 - self.probability))


def numbers(values: list[int]) -> npt.NDArray[np.uint64]:
    return np.array(values, dtype=np.uint64)


def known(rows: list[Row]) -> Known:
    names = sorted({row.member for row in rows if row.member})
    before = [None, *rows[:-1]]
    return Known(
        is_list=np.array([row.is_list for row in rows], dtype=bool),
        repeats=np.array(
            [
                row.is_list and old is not None and row.content == old.content
                for row, old in zip(rows, before, strict=True)
            ],
            dtype=bool,
        )
        if rows
        else np.zeros(0, dtype=bool),
        nik=numbers([int(row.nik, 16) if row.nik and row.valid else 0 for row in rows]),
        member=numbers([names.index(row.member) + 1 if row.member else 0 for row in rows]),
        born=numbers([int(f"{row.born:%Y%m%d}") if row.born and row.to_the_day else 0 for row in rows]),
    )


def gathered(rows: list[Row], pairs: dict[tuple[int, int], float], decided: Decided | None = None) -> Rows:
    """People of rows (numbered as given) when the pairs named are one person with these probabilities."""
    ordered = sorted(pairs)
    a, b = (np.array([pair[side] for pair in ordered], dtype=np.int64) for side in (0, 1))
    nothing = Patterns(
        np.zeros((len(ordered), len(FIELDS)), np.uint8), np.zeros(len(ordered), np.uint8), np.ones(len(ordered))
    )
    compared = Compared(a, b, np.zeros(len(ordered), np.uint32), nothing)
    weights = cast(Weights, Told(np.array([pairs[pair] for pair in ordered], dtype=float)))
    return gather(known=known(rows), method=METHOD, compared=compared, weights=weights, decided=decided or Decided())


def people(rows: Rows) -> set[frozenset[int]]:
    """The list rows of each person."""
    groups: dict[int, set[int]] = {}
    for row in np.flatnonzero(rows.is_list).tolist():
        groups.setdefault(int(rows.person[row]), set()).add(row)
    return {frozenset(group) for group in groups.values()}


def apart(*groups: tuple[int, ...]) -> set[frozenset[int]]:
    return {frozenset(group) for group in groups}


def plain(count: int) -> list[Row]:
    return [Row(f"r{n}") for n in range(count)]


def test_a_sure_pair_is_one_person() -> None:
    found = gathered(plain(3), {(0, 1): SURE, (1, 2): UNLIKELY})
    assert people(found) == apart((0, 1), (2,))


def test_sure_pairs_chain() -> None:
    found = gathered(plain(4), {(0, 2): SURE, (2, 3): SURE})
    assert people(found) == apart((0, 2, 3), (1,))


def test_a_person_is_named_by_his_first_row() -> None:
    assert gathered(plain(4), {(1, 3): SURE}).person.tolist() == [0, 1, 2, 1]


def test_an_unsure_pair_stays_two_people_and_is_remembered() -> None:
    found = gathered(plain(2), {(0, 1): UNSURE})
    assert people(found) == apart((0,), (1,))
    assert (found.undecided_a.tolist(), found.undecided_b.tolist()) == ([0], [1])
    assert found.undecided_p == pytest.approx([UNSURE])


def test_an_unsure_pair_within_one_person_is_forgotten() -> None:
    found = gathered(plain(3), {(0, 1): SURE, (1, 2): SURE, (0, 2): UNSURE})
    assert people(found) == apart((0, 1, 2))
    assert len(found.undecided_p) == 0


def test_doubt_between_two_people_is_counted_once() -> None:
    found = gathered(plain(4), {(0, 1): SURE, (2, 3): SURE, (0, 2): UNSURE, (1, 3): 0.7, (0, 3): 0.3})
    assert people(found) == apart((0, 1), (2, 3))
    assert found.undecided_p == pytest.approx([0.7])


def test_rows_of_equal_content_are_one_person() -> None:
    rows = [Row("same"), Row("same"), Row("same"), Row("other")]
    assert people(gathered(rows, {})) == apart((0, 1, 2), (3,))


def test_a_register_row_of_equal_content_is_not_drawn_in() -> None:
    found = gathered([Row("same"), Row("same", is_list=False)], {})
    assert found.person.tolist() == [0, 1]


def test_two_valid_niks_with_two_birth_dates_are_two_people() -> None:
    rows = [Row("r0", A, born=date(1985, 8, 17)), Row("r1", C, born=date(1977, 12, 1))]
    assert people(gathered(rows, {(0, 1): SURE})) == apart((0,), (1,))


def test_a_go_between_does_not_join_two_people() -> None:
    """The stronger pair is joined; the weaker would bring two NIKs and birth dates together."""
    rows = [Row("r0", A, born=date(1985, 8, 17)), Row("r1"), Row("r2", C, born=date(1977, 12, 1))]
    assert people(gathered(rows, {(0, 1): 0.95, (1, 2): 0.99})) == apart((0,), (1, 2))
    assert people(gathered(rows, {(0, 1): 0.99, (1, 2): 0.95})) == apart((0, 1), (2,))


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        (Row("r0", A, born=date(1985, 8, 17)), Row("r1", C, born=date(1985, 8, 17)), "a second NIK"),
        (Row("r0", A, born=date(1985, 8, 17)), Row("r1", A, born=date(1985, 7, 18)), "a birth date mistyped"),
        (Row("r0", A, born=date(1985, 8, 17)), Row("r1", A[:-1] + "7", born=date(1985, 8, 18)), "a slip in the NIK"),
        (Row("r0", A, born=date(1985, 8, 17)), Row("r1", C, False, date(1977, 12, 1)), "a NIK that cannot be"),
        (Row("r0", A, born=date(1985, 8, 17)), Row("r1", C, born=date(1977, 1, 1), to_the_day=False), "a year only"),
        (Row("r0", A, born=date(1985, 8, 17)), Row("r1", C), "no birth date"),
        (Row("r0", A), Row("r1", C), "no birth dates"),
        (Row("r0", None, born=date(1985, 8, 17)), Row("r1", None, born=date(1977, 12, 1)), "no NIKs"),
    ],
)
def test_one_difference_alone_does_not_part_a_sure_pair(one: Row, other: Row, why: str) -> None:
    assert people(gathered([one, other], {(0, 1): SURE})) == apart((0, 1)), why


def test_a_reviewer_parts_a_sure_pair() -> None:
    found = gathered(plain(2), {(0, 1): SURE}, Decided(different=((0, 1),)))
    assert people(found) == apart((0,), (1,))
    assert len(found.undecided_p) == 0


def test_a_reviewer_parts_two_whom_others_would_join() -> None:
    found = gathered(plain(3), {(0, 1): 0.95, (1, 2): 0.99}, Decided(different=((2, 0),)))
    assert people(found) == apart((0,), (1, 2))


def test_a_reviewer_joins_an_unsure_pair() -> None:
    found = gathered(plain(2), {(0, 1): UNSURE}, Decided(same=((1, 0),)))
    assert people(found) == apart((0, 1))
    assert len(found.undecided_p) == 0


def test_a_reviewer_joins_rows_that_were_never_compared() -> None:
    found = gathered(plain(3), {(0, 1): UNLIKELY}, Decided(same=((0, 2),)))
    assert people(found) == apart((0, 2), (1,))


def test_a_reviewer_who_says_same_is_believed_against_niks_and_birth_dates() -> None:
    rows = [Row("r0", A, born=date(1985, 8, 17)), Row("r1", C, born=date(1977, 12, 1))]
    assert people(gathered(rows, {(0, 1): UNSURE}, Decided(same=((0, 1),)))) == apart((0, 1))


def test_a_reviewer_who_says_different_is_believed_more_than_one_who_says_same() -> None:
    decided = Decided(same=((0, 1), (1, 2)), different=((0, 2),))
    assert len(people(gathered(plain(3), {}, decided))) == 2


def joined(rows: Rows, links: dict[int, int]) -> Rows:
    """After certain links of people (by name) with members."""
    person, member = (np.array(list(side), dtype=np.int64) for side in (links.keys(), links.values()))
    return joined_through_register(rows=rows, person=person, member=member)


def test_two_people_who_are_one_member_are_one_person() -> None:
    rows = gathered([*plain(4), Row("m", is_list=False)], {(0, 1): SURE, (1, 2): UNSURE, (0, 3): UNSURE})
    found = joined(rows, {0: 4, 2: 4})
    assert people(found) == apart((0, 1, 2), (3,))
    assert (found.undecided_a.tolist(), found.undecided_b.tolist()) == ([0], [3])


def test_two_people_of_two_members_stay_two() -> None:
    rows = gathered([*plain(2), Row("m", is_list=False), Row("n", is_list=False)], {})
    assert people(joined(rows, {0: 2, 1: 3})) == apart((0,), (1,))


def test_the_register_does_not_overrule_a_veto() -> None:
    rows = [Row("r0", A, born=date(1985, 8, 17)), Row("r1", C, born=date(1977, 12, 1)), Row("m", is_list=False)]
    assert people(joined(gathered(rows, {}), {0: 2, 1: 2})) == apart((0,), (1,))


def test_without_certain_links_nobody_moves() -> None:
    rows = gathered(plain(3), {(0, 1): SURE})
    assert joined(rows, {}).person.tolist() == rows.person.tolist()


def test_no_rows_are_nobody() -> None:
    assert people(gathered([], {})) == set()


TWIN = A[:-1] + "2"


@pytest.mark.parametrize(
    ("member", "found"),
    [
        ("DINA SARI", 2),
        ("DIAN SARI", 1),  # one name under two NIKs may be one member
        (None, 1),  # a bank copies its own mistake into the renewal
    ],
)
def test_twins_whom_the_register_knows_are_two(member: str | None, found: int) -> None:
    rows = [Row("a", A, member="DIAN SARI"), Row("b", TWIN, member=member)]
    assert len(people(gathered(rows, {(0, 1): SURE}))) == found
