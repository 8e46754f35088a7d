"""Small cells are hidden, and nobody can work a hidden one out to within five from all that is shown of one date."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jangkau.platform.coverage.bounds import PEOPLE, Network, Row
from jangkau.platform.coverage.suppression import SMALL, WIDTH, Table, hidden_cells, together
from tests.platform.simplex import Possible

if TYPE_CHECKING:
    from jangkau.platform.coverage.telling import Told


CODES = ("protected", "not_eligible", "lapsed", "not_found", "unmet", "no_unmet")
COUNT = st.one_of(st.integers(0, 12), st.integers(0, 60), st.integers(100, 5000))


def _possible_tables(rows: tuple[Row, ...], hidden: frozenset[tuple[int, str]]) -> Iterable[tuple[int, ...]]:
    """Every flat table of two kinds that fits what is shown, by trying all of them."""
    kinds, whole = list(rows[0].kinds), rows[0]
    cells = [(i, kind) for i in range(1, len(rows)) for kind in kinds]
    for values in itertools.product(
        *(range(whole.kinds[k] + 1) if (i, k) in hidden else (rows[i].kinds[k],) for i, k in cells)
    ):
        made = dict(zip(cells, values, strict=True))
        if any(sum(made[i, k] for i in range(1, len(rows))) != whole.kinds[k] for k in kinds):
            continue
        if all((i, PEOPLE) in hidden or sum(made[i, k] for k in kinds) == rows[i].people for i in range(1, len(rows))):
            yield values


@given(
    counts=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=3),
    hide=st.sets(st.tuples(st.integers(1, 3), st.sampled_from(["a", "b", PEOPLE])), min_size=1),
)
@settings(max_examples=80, deadline=None)
def test_bounds_are_those_of_all_tables_that_fit(counts: list[tuple[int, int]], hide: set[tuple[int, str]]) -> None:
    rows = (Row(None, {"a": sum(a for a, _ in counts), "b": sum(b for _, b in counts)}),
            *(Row(0, {"a": a, "b": b}) for a, b in counts))  # fmt: skip
    hidden = frozenset((i, kind) for i, kind in hide if i < len(rows))
    network = Network(rows=rows)
    for cell in hidden:
        network.hide(cell=cell)
    tables = list(_possible_tables(rows, hidden))
    cells = [(i, kind) for i in range(1, len(rows)) for kind in ("a", "b")]
    for at, cell in enumerate(cells):
        if cell in hidden:
            tried = {table[at] for table in tables}
            assert network.bounds(cell=cell, most=99) == (min(tried), max(tried))


@dataclass(frozen=True)
class Leaf:
    """A group that is not cut further: a regency in its province, or an institution."""

    kind: str
    key: str
    above: str
    counts: dict[str, int]

    def counts_of(self, code: str) -> int:
        return (
            sum(self.counts[k] for k in CODES[:4]) - self.counts["unmet"] if code == "no_unmet" else self.counts[code]
        )


@st.composite
def country(draw: st.DrawFn) -> list[Leaf]:
    """Provinces with their regencies; the same people by institution, some of them twice."""
    leaves = []
    for province in range(draw(st.integers(1, 3))):
        for regency in range(draw(st.integers(1, 3))):
            counts = {code: draw(COUNT) for code in CODES[:4]}
            counts["unmet"] = draw(st.integers(0, sum(counts.values())))
            leaves.append(Leaf("region", f"{11 + province}{regency:02}", f"{11 + province}", counts))
    left = {code: sum(leaf.counts[code] for leaf in leaves) for code in CODES[:5]}
    for number in range(draw(st.integers(0, 2))):
        counts = {code: draw(st.integers(0, left[code])) for code in CODES[:4]}
        counts["unmet"] = draw(st.integers(0, min(left["unmet"], sum(counts.values()))))
        left = {code: left[code] - counts[code] for code in CODES[:5]}
        leaves.append(Leaf("institution", f"bank-{number}", "", counts))
    twice = {code: draw(st.sampled_from([0, 0, 3, 40])) for code in CODES[:4]}
    rest = {**{code: left[code] + twice[code] for code in CODES[:4]}, "unmet": left["unmet"]}
    rest["unmet"] = min(rest["unmet"], sum(rest[code] for code in CODES[:4]))
    return [*leaves, Leaf("institution", "prakerja", "", rest)]


def _entries(leaves: list[Leaf]) -> list[Any]:
    from jangkau.platform.coverage.entries import Entry

    def entry(kind: str, key: str, parts: list[dict[str, int]], above: str = "") -> Entry:
        added = {code: sum(part[code] for part in parts) for code in CODES[:5]}
        people = sum(added[code] for code in CODES[:4])
        gap = added["lapsed"] + added["not_found"]
        status = {**{code: added[code] for code in CODES[:4]}, "doubtful": 0}
        return Entry(kind, key, key, people, status, gap, gap, gap, added["unmet"], above)

    regions = [leaf for leaf in leaves if leaf.kind == "region"]
    made = [entry("whole", "", [leaf.counts for leaf in regions])]
    for code in sorted({leaf.above for leaf in regions}):
        made.append(entry("province", code, [leaf.counts for leaf in regions if leaf.above == code]))
    return made + [entry(leaf.kind, leaf.key, [leaf.counts], leaf.above) for leaf in leaves]


class Reader:
    """Somebody who adds and subtracts all that he is told. He knows more than that: how far the estimate of a row lies
    from its gap half (here it does not), and how many people stand at two institutions."""

    def __init__(self, leaves: list[Leaf], told: dict[tuple[str, str], Told]) -> None:
        keys = [leaf.key for leaf in leaves]
        self.at = {cell: i for i, cell in enumerate(itertools.product(keys, CODES))}
        self.leaves, self.told = leaves, told
        equations = [
            ({self.at[key, k]: 1 for k in CODES[:4]} | {self.at[key, k]: -1 for k in CODES[4:]}, 0) for key in keys
        ]
        for (kind, key), one in told.items():
            for cells, value in self._known(one):
                if value is not None:
                    equations.append((self.terms(kind, key, cells), value))
        for code in CODES:
            regions, banks = self.terms("whole", "", (code,)), self._banks(code)
            twice = sum(leaf.counts_of(code) * (1 if leaf.kind == "institution" else -1) for leaf in leaves)
            equations.append((banks | dict.fromkeys(regions, -1), twice))
        self.possible = Possible(equations=equations, variables=len(self.at))

    def terms(self, kind: str, key: str, cells: tuple[str, ...]) -> dict[int, int]:
        below = [
            leaf.key
            for leaf in self.leaves
            if (leaf.kind == "region" if kind == "whole" else key in (leaf.above, leaf.key))
        ]
        return {self.at[code, cell]: 1 for code in below for cell in cells}

    def _banks(self, code: str) -> dict[int, int]:
        return {self.at[leaf.key, code]: 1 for leaf in self.leaves if leaf.kind == "institution"}

    @staticmethod
    def _known(one: Told) -> list[tuple[tuple[str, ...], int | None]]:
        return [
            (CODES[:4], one.people), (CODES[:2], one.covered), (CODES[2:4], one.estimate),
            *(((code,), getattr(one, code)) for code in CODES[:5]),
        ]  # fmt: skip

    def open_to_him(self) -> Iterable[tuple[tuple[str, str], tuple[str, ...], int | None]]:
        """How wide each hidden cell is to him."""
        for (kind, key), one in self.told.items():
            for cells, value in self._known(one):
                if value is None:
                    low, high = self.possible.bounds(terms=self.terms(kind, key, cells))
                    yield (kind, key), cells, None if high is None else int(high - low)


@given(leaves=country())
@settings(max_examples=60, deadline=None)
def test_no_hidden_cell_can_be_told_within_five(platform: object, leaves: list[Leaf]) -> None:
    from jangkau.platform.coverage.telling import tell

    told = tell(entries=_entries(leaves))
    for key, cells, width in Reader(leaves, told).open_to_him():
        assert width is None or width >= WIDTH, (key, cells, width)


@given(leaves=country())
@settings(max_examples=100, deadline=None)
def test_no_small_cell_is_shown_nor_follows_from_its_row(platform: object, leaves: list[Leaf]) -> None:
    from jangkau.platform.coverage.telling import tell

    for (kind, key), one in tell(entries=_entries(leaves)).items():
        shown = [one.people, one.covered, one.estimate, one.protected, one.not_eligible, one.lapsed, one.not_found]
        shown += [one.unmet, None if one.unmet is None or one.people is None else one.people - one.unmet]
        assert all(cell is None or cell >= SMALL for cell in shown), (kind, key, one)


def test_where_nothing_is_small_nothing_is_hidden() -> None:
    rows = (Row(None, {"a": 60, "b": 90}), Row(0, {"a": 20, "b": 40}), Row(0, {"a": 40, "b": 50}))
    assert hidden_cells(table=Table({"sort": rows})) == {"sort": frozenset()}


def test_a_small_cell_takes_three_others_with_it() -> None:
    rows = (Row(None, {"a": 143, "b": 190}), *(Row(0, {"a": a, "b": b}) for a, b in ((3, 40), (40, 50), (100, 100))))
    assert hidden_cells(table=Table({"sort": rows})) == {"sort": frozenset({(1, "a"), (1, "b"), (2, "a"), (2, "b")})}


def test_a_row_of_few_people_takes_another_row_with_it() -> None:
    rows = (Row(None, {"a": 143, "b": 154}), *(Row(0, {"a": a, "b": b}) for a, b in ((3, 4), (40, 50), (100, 100))))
    found = hidden_cells(table=Table({"sort": rows}, whole_only="sort"))
    assert found == {"sort": frozenset((row, kind) for row in (1, 2) for kind in ("a", "b", PEOPLE))}


def test_a_table_of_too_few_people_is_not_told_at_all() -> None:
    assert hidden_cells(table=Table({"sort": (Row(None, {"a": 19}), Row(0, {"a": 19}))})) is None


def test_kinds_with_too_few_in_all_are_told_as_one() -> None:
    assert together(whole={"a": 500, "b": 12}) == (("a", "b"),)
    assert together(whole={"a": 500, "b": 20}) == (("a",), ("b",))


@pytest.mark.parametrize("hidden", ["people", "lapsed"])
def test_a_branch_tells_nothing_that_its_regencies_do_not(platform: object, hidden: str) -> None:
    from jangkau.platform.coverage.entries import Entry
    from jangkau.platform.coverage.models import Kind
    from jangkau.platform.coverage.telling import tell

    small = 2 if hidden == "people" else 90
    leaves = [
        Leaf(
            "region",
            f"11{n:02}",
            "11",
            {"protected": p, "not_eligible": 30, "lapsed": lapsed, "not_found": p, "unmet": 0},
        )
        for n, (p, lapsed) in enumerate(((small, 3), (300, 200), (400, 300)))
    ]
    if hidden == "people":
        leaves[0].counts["not_eligible"] = 3
    entries = _entries(leaves)
    first, last = entries[2], entries[4]
    branches = [
        Entry(
            Kind.BRANCH,
            f"cabang-{one.key}",
            one.key,
            one.people,
            one.status,
            one.estimate,
            one.low,
            one.high,
            one.unmet,
        )
        for one in (first, last)
    ]
    told = tell(
        entries=[*entries, *branches],
        branches={branch.key: frozenset({branch.name}) for branch in branches},
    )
    assert told["branch", branches[1].key].lapsed == 300
    if hidden == "people":
        assert ("branch", branches[0].key) not in told
    else:
        assert told["branch", branches[0].key].lapsed is None
