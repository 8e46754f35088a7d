"""Which cells are hidden from those who may not see people: the small ones, and as many more as it takes so that no
table of the same date gives them away.

Every row is cut by several sorts of kinds, two kinds each: covered or gap; of the covered protected or out of scope;
of the gap lapsed or not found; duty unmet or not. A row with fewer than ``SMALL`` people in a sort is hidden whole,
in all sorts; another small cell with the other kind of its sort. Then each hidden cell is looked at as a reader would
who adds and subtracts all that he is shown (bounds.py); while he could tell it to within ``WIDTH``, more is hidden.
Hiding more never makes a safe cell unsafe.

Why sorts may be looked at one by one: total and halves of a row are hidden only together with all of the row. People
who move between two such rows take all their kinds with them, so each sort can follow what another one does. The
estimate of a row follows from its gap half and is shown unless the whole row is hidden: moving people between kinds
of one half leaves it as it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from jangkau.platform.coverage.bounds import PEOPLE, Cell, Network, Row, value_of

SMALL = 10
WIDTH = 5
ENOUGH_IN_ALL = 20
"""A kind with fewer people in the whole country is told together with another one."""


@dataclass(frozen=True)
class Table:
    """Rows of one tree by the sorts of kinds that cut them; row 0 is the whole, above all others. ``whole_only``: the
    sort of which no cell is hidden but with its whole row."""

    sorts: dict[str, tuple[Row, ...]]
    whole_only: str = ""

    @property
    def above(self) -> tuple[int | None, ...]:
        return tuple(row.above for row in next(iter(self.sorts.values())))


def together(*, whole: dict[str, int]) -> tuple[tuple[str, ...], ...]:
    """Kinds told as one because there are too few of them in the whole country: the rarest joins the next rarest."""
    parts: list[tuple[tuple[str, ...], int]] = [((kind,), count) for kind, count in whole.items()]
    while len(parts) > 1 and min(count for _, count in parts) < ENOUGH_IN_ALL:
        parts.sort(key=lambda part: (part[1], part[0]))
        parts = [(parts[0][0] + parts[1][0], parts[0][1] + parts[1][1]), *parts[2:]]
    order = list(whole)
    return tuple(sorted((tuple(sorted(kinds, key=order.index)) for kinds, _ in parts), key=lambda k: order.index(k[0])))


def joined(*, rows: Sequence[Row], parts: Sequence[tuple[str, ...]]) -> tuple[Row, ...]:
    """The same rows, with the kinds of each part as one under the name of the first."""
    return tuple(Row(row.above, {part[0]: sum(row.kinds[k] for k in part) for part in parts}) for row in rows)


def hidden_cells(*, table: Table) -> dict[str, frozenset[Cell]] | None:
    """What to hide, by sort of kinds. None: the table cannot be shown at all, being too small."""
    first = next(iter(table.sorts.values()))
    if min(rows[0].people for rows in table.sorts.values()) < ENOUGH_IN_ALL:
        return None
    whole_rows = {
        number
        for rows in table.sorts.values()
        for number, row in enumerate(rows)
        if row.above is not None and row.people < SMALL
    }
    for _ in range(len(first) + 1):  # each round hides another row in all sorts, or is the last
        found = {}
        for sort, rows in table.sorts.items():
            made = _of_sort(rows, whole_rows, sort == table.whole_only)
            if made is None:
                return None
            found[sort] = frozenset(made.hidden)
            more = {number for number, kind in made.hidden if kind == PEOPLE} - whole_rows
            if more:  # the other sorts have to know before they choose rows of their own
                whole_rows |= more
                break
        else:
            return found
    return None


def _of_sort(rows: tuple[Row, ...], whole_rows: Iterable[int], whole_only: bool) -> Network | None:
    network = Network(rows=rows)
    for number in whole_rows:
        _hide_row(network, number)
    small = [
        (number, kind)
        for number, row in enumerate(rows)
        for kind, count in row.kinds.items()
        if count < SMALL and row.above is not None
    ]
    for cell in small:
        network.hide(cell=cell)
    safe: set[Cell] = set()
    while True:
        left = sorted(network.hidden - safe)
        if not left:
            return network
        for cell in left:
            while network.width(cell=cell, enough=WIDTH) < WIDTH:
                if not _hide_more(network, cell, whole_only):
                    return None
            safe.add(cell)


def _hide_row(network: Network, number: int) -> None:
    network.hide(cell=(number, PEOPLE))
    for kind in network.rows[number].kinds:
        network.hide(cell=(number, kind))


def _hide_more(network: Network, cell: Cell, whole_only: bool) -> bool:
    """Hide the cheapest cells that let people move around the cell; False when nothing is left to hide."""
    number, kind = cell
    leaf = _leaf_below(network, number)
    choices = []
    for other in range(1, len(network.rows)):
        if other in network.parents or other == leaf:
            continue
        for cells in _ways(network, leaf, other, kind, whole_only or kind == PEOPLE):
            new = [one for one in cells if one not in network.hidden]
            if new:
                capacity = min(WIDTH, sum(sorted(value_of(rows=network.rows, cell=one) for one in cells)[:2]))
                weight = sum(value_of(rows=network.rows, cell=one) for one in new)
                choices.append((-capacity, len(new), weight, sorted(new)))
    if not choices:
        return _hide_all(network)
    for one in min(choices)[3]:
        network.hide(cell=one)
    return True


def _ways(network: Network, leaf: int, other: int, kind: str, whole_rows: bool) -> Iterable[list[Cell]]:
    """Sets of cells among which people can move between two leaves: all of both, or two kinds of both."""
    lines = _lines(network, leaf, other)
    if whole_rows:
        yield [(number, k) for number in lines for k in (PEOPLE, *network.rows[leaf].kinds)]
        return
    for partner in network.rows[leaf].kinds:
        if partner != kind:
            yield [(number, k) for number in lines for k in (kind, partner)]


def _lines(network: Network, leaf: int, other: int) -> list[int]:
    """Both leaves and what is above them, up to where they meet."""
    first, second = _upwards(network, leaf), _upwards(network, other)
    shared = set(first) & set(second)
    return [number for number in (*first, *second) if number not in shared]


def _upwards(network: Network, number: int) -> list[int]:
    found = [number]
    while (above := network.rows[found[-1]].above) is not None:
        found.append(above)
    return found


def _leaf_below(network: Network, number: int) -> int:
    """The leaf below a row that has the most of what is hidden there; the row itself when it is one."""
    while number in network.parents:
        below = [n for n, row in enumerate(network.rows) if row.above == number]
        number = max(below, key=lambda n: (sum((n, k) in network.hidden for k in network.rows[n].kinds), -n))
    return number


def _hide_all(network: Network) -> bool:
    before = len(network.hidden)
    for number in range(1, len(network.rows)):
        _hide_row(network, number)
    return len(network.hidden) > before
