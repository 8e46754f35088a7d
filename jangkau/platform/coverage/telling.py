"""What those who may not see people are told: a fixed set of tables, with cells hidden (suppression.py).

The tables: the country; provinces and regencies; institutions; KUR types; quarters; sex; age. No lists, since one
list may be all of an institution. A branch is told where it is the sum of regencies that are told, so that it tells
nothing new. Groups in which somebody may stand twice (institutions) are held as if the reader knew how many do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from jangkau.platform.coverage.bounds import PEOPLE, Row
from jangkau.platform.coverage.entries import Entry
from jangkau.platform.coverage.models import Kind
from jangkau.platform.coverage.suppression import Table, hidden_cells, joined, together

FLAT: Final = (Kind.INSTITUTION, Kind.KUR_TYPE, Kind.QUARTER, Kind.SEX, Kind.AGE)
_SORTS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "half": {"covered": ("protected", "not_eligible"), "gap": ("lapsed", "not_found")},
    "covered": {"protected": ("protected",), "not_eligible": ("not_eligible",)},
    "gap": {"lapsed": ("lapsed",), "not_found": ("not_found",)},
    "duty": {"unmet": ("unmet",), "no_unmet": ("no_unmet",)},
}


@dataclass(frozen=True)
class Told:
    """A group as it is told; None is hidden. ``covered``: protected or out of scope; not_found holds the doubtful."""

    people: int | None
    covered: int | None
    protected: int | None
    not_eligible: int | None
    lapsed: int | None
    not_found: int | None
    estimate: int | None
    low: int | None
    high: int | None
    unmet: int | None


def counts_of(*, entry: Entry) -> dict[str, int]:
    """The cells of a group; those who are doubtful are told with those who were not found."""
    return {
        "protected": entry.status["protected"],
        "not_eligible": entry.status["not_eligible"],
        "lapsed": entry.status["lapsed"],
        "not_found": entry.status["not_found"] + entry.status["doubtful"],
        "unmet": entry.unmet,
        "no_unmet": entry.people - entry.unmet,
    }


def tell(
    *, entries: Sequence[Entry], branches: Mapping[str, frozenset[str]] | None = None
) -> dict[tuple[str, str], Told]:
    """Every group of the fixed tables by kind and key. ``branches``: the regencies of each branch, where known."""
    whole = next(entry for entry in entries if entry.kind == Kind.WHOLE)
    parts = {sort: _parts(sort, counts_of(entry=whole)) for sort in _SORTS}
    if len(parts["half"]) < 2:
        return {}
    told = {(str(Kind.WHOLE), ""): _told(whole, _merged(parts))}
    trees = [_tree(whole, [e for e in entries if e.kind in (Kind.PROVINCE, Kind.REGION)])]
    trees += [_tree(None, [e for e in entries if e.kind == kind]) for kind in FLAT]
    for rows in trees:
        told |= _tell_tree(rows, parts)
    return told | _branches(entries, told, branches or {})


@dataclass(frozen=True)
class _Line:
    entry: Entry | None
    counts: Mapping[str, int]
    above: int | None


def _tree(whole: Entry | None, entries: list[Entry]) -> list[_Line]:
    """The whole first, then provinces, then what is in them; without a whole, the sum of all groups stands for it."""
    top = counts_of(entry=whole) if whole else {code: sum(counts_of(entry=e)[code] for e in entries) for code in _CODES}
    lines = [_Line(None, top, None)]
    place = {"": 0}
    for entry in sorted(entries, key=lambda e: (e.kind != Kind.PROVINCE, e.key)):
        if entry.kind == Kind.PROVINCE:
            place[entry.key] = len(lines)
        above = place[entry.above] if entry.kind == Kind.REGION else 0
        lines.append(_Line(entry, counts_of(entry=entry), above))
    return lines if len(lines) > 1 else []


_CODES: Final = ("protected", "not_eligible", "lapsed", "not_found", "unmet", "no_unmet")


def _parts(sort: str, counts: Mapping[str, int]) -> tuple[tuple[str, ...], ...]:
    return together(whole={kind: sum(counts[code] for code in codes) for kind, codes in _SORTS[sort].items()})


def _merged(parts: Mapping[str, tuple[tuple[str, ...], ...]]) -> frozenset[str]:
    """Kinds that are told nowhere, having too few people in the whole country."""
    return frozenset(kind for made in parts.values() for part in made if len(part) > 1 for kind in part)


def _tell_tree(lines: list[_Line], parts: Mapping[str, tuple[tuple[str, ...], ...]]) -> dict[tuple[str, str], Told]:
    if not lines:
        return {}
    sorts = {
        sort: joined(rows=[_row(line, kinds) for line in lines], parts=parts[sort]) for sort, kinds in _SORTS.items()
    }
    hidden = hidden_cells(table=Table(sorts, whole_only="half"))
    if hidden is None:
        return {}
    never = _merged(parts)
    told = {}
    for number, line in enumerate(lines):
        if line.entry is not None:
            cells = {kind for found in hidden.values() for at, kind in found if at == number}
            told[str(line.entry.kind), line.entry.key] = _told(line.entry, never | cells)
    return told


def _row(line: _Line, kinds: Mapping[str, tuple[str, ...]]) -> Row:
    return Row(line.above, {kind: sum(line.counts[code] for code in codes) for kind, codes in kinds.items()})


def _told(entry: Entry, hidden: frozenset[str] | set[str]) -> Told:
    counts = counts_of(entry=entry)
    if PEOPLE in hidden:
        return Told(*[None] * 10)
    shown = {code: None if code in hidden else counts[code] for code in _CODES}
    return Told(
        people=entry.people,
        covered=counts["protected"] + counts["not_eligible"],
        protected=shown["protected"],
        not_eligible=shown["not_eligible"],
        lapsed=shown["lapsed"],
        not_found=shown["not_found"],
        estimate=entry.estimate,
        low=entry.low,
        high=entry.high,
        unmet=shown["unmet"],
    )


def _branches(
    entries: Sequence[Entry], told: Mapping[tuple[str, str], Told], regions_of: Mapping[str, frozenset[str]]
) -> dict[tuple[str, str], Told]:
    """A branch whose regencies are all told; a cell of it where that cell of all of them is."""
    found = {}
    for entry in entries:
        if entry.kind != Kind.BRANCH or entry.key not in regions_of:
            continue
        parts = [told[k] for code in regions_of[entry.key] if (k := (str(Kind.REGION), code)) in told]
        if any(part.people is None for part in parts) or sum(part.people or 0 for part in parts) != entry.people:
            continue
        hidden = {code for code in _CODES if any(getattr(part, code, 0) is None for part in parts)}
        found[str(Kind.BRANCH), entry.key] = _told(entry, hidden)
    return found
