"""What a reader can work out about a hidden cell: exact bounds, by flow through the cells that are hidden.

A tree of rows (country, provinces, regencies), each row cut into kinds that add up to its people, is a network:
people flow from the country through the rows down to a cell, and from the cell up through the totals of its kind. A
shown cell is an arc that cannot change, a hidden one an arc that can take any amount that is not negative. All tables
that fit what is shown are flows of this network, so how far a cell can grow or shrink is a maximum flow, and whole
numbers make it exact (Cox, "Network models for complementary cell suppression", JASA 90, 1995)."""

from __future__ import annotations

from collections import deque
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

PEOPLE: Final = "people"
Cell = tuple[int, str]
"""Number of a row and a kind; the kind ``PEOPLE`` is the total of the row."""
_Node = Hashable
_Arc = tuple[_Node, _Node]


@dataclass(frozen=True)
class Row:
    """A row of a table: the number of the row above it (None: the whole), and how many of each kind."""

    above: int | None
    kinds: Mapping[str, int]

    @property
    def people(self) -> int:
        return sum(self.kinds.values())


def value_of(*, rows: Sequence[Row], cell: Cell) -> int:
    """What stands in a cell."""
    number, kind = cell
    return rows[number].people if kind == PEOPLE else rows[number].kinds[kind]


class Network:
    """The hidden cells of one tree of rows, as arcs that can change. Row 0 is the whole and is shown."""

    def __init__(self, *, rows: Sequence[Row]) -> None:
        self.rows = rows
        self.parents = frozenset(row.above for row in rows if row.above is not None)
        self.hidden: set[Cell] = set()
        self._value: dict[_Arc, int] = {}
        self._forward: dict[_Node, set[_Node]] = {}
        self._backward: dict[_Node, set[_Node]] = {}

    def hide(self, *, cell: Cell) -> None:
        """From now on the cell can change. Again is nothing; cells of the whole are never hidden."""
        if cell in self.hidden or self.rows[cell[0]].above is None:
            return
        self.hidden.add(cell)
        start, end = self._arc(cell)
        self._value[start, end] = value_of(rows=self.rows, cell=cell)
        self._forward.setdefault(start, set()).add(end)
        self._backward.setdefault(end, set()).add(start)

    def width(self, *, cell: Cell, enough: int) -> int:
        """By how much the cell may lie apart in two tables that fit all that is shown; counted up to ``enough``."""
        start, end = self._arc(cell)
        more = self._flow(end, start, (start, end), enough)
        if more >= enough:
            return more
        fewer = self._flow(start, end, (start, end), min(enough - more, self._value[start, end]))
        return more + fewer

    def bounds(self, *, cell: Cell, most: int) -> tuple[int, int]:
        """Smallest and largest content of a hidden cell; steps beyond ``most`` are not counted."""
        start, end = self._arc(cell)
        now = self._value[start, end]
        return now - self._flow(start, end, (start, end), min(most, now)), now + self._flow(
            end, start, (start, end), most
        )

    def _arc(self, cell: Cell) -> _Arc:
        number, kind = cell
        above = self.rows[number].above
        if kind == PEOPLE:
            return ("row", above), ("row", number)
        if number in self.parents:
            return ("kind", number, kind), ("kind", above, kind)
        return ("row", number), ("kind", above, kind)

    def _flow(self, source: _Node, sink: _Node, without: _Arc, enough: int) -> int:
        """Largest flow from source to sink through what can still change, up to ``enough``."""
        moved: dict[_Arc, int] = {}
        total = 0
        while total < enough:
            path = self._path(source, sink, without, moved)
            if path is None:
                break
            amount = enough - total
            for arc, grows in path:
                if not grows:
                    amount = min(amount, self._value[arc] + moved.get(arc, 0))
            for arc, grows in path:
                moved[arc] = moved.get(arc, 0) + (amount if grows else -amount)
            total += amount
        return total

    def _path(
        self, source: _Node, sink: _Node, without: _Arc, moved: dict[_Arc, int]
    ) -> list[tuple[_Arc, bool]] | None:
        came: dict[_Node, tuple[_Node, _Arc, bool] | None] = {source: None}
        waiting = deque([source])
        while waiting:
            here = waiting.popleft()
            if here == sink:
                return self._back(came, sink)
            for there in self._forward.get(here, ()):
                arc = (here, there)
                if there not in came and arc != without:
                    came[there] = (here, arc, True)
                    waiting.append(there)
            for there in self._backward.get(here, ()):
                arc = (there, here)
                if there not in came and arc != without and self._value[arc] + moved.get(arc, 0) > 0:
                    came[there] = (here, arc, False)
                    waiting.append(there)
        return None

    @staticmethod
    def _back(came: dict[_Node, tuple[_Node, _Arc, bool] | None], sink: _Node) -> list[tuple[_Arc, bool]]:
        path = []
        step = came[sink]
        while step is not None:
            before, arc, grows = step
            path.append((arc, grows))
            step = came[before]
        return path
