"""What makes a reform refused, and the law as it reads with a reform laid over it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from jangkau.complaints import Complaint, Text
from jangkau.law.blocks import refused
from jangkau.law.checks import check
from jangkau.law.months import KNOWN_FROM, KNOWN_UNTIL
from jangkau.law.values import Law, Relief, Series, Value

if TYPE_CHECKING:
    from jangkau.law.reform import Measure

# Reliefs of the law are used lowest order first; a reform's stand before all of them, or behind.
_BEFORE, _BEHIND = -1_000_000, 1_000_000


def overlaid(*, law: Law, measures: tuple[Measure, ...]) -> Law:
    """The law with these measures' values and reliefs in it. Complaint where that makes no law."""
    series, reliefs = dict(law.series), law.reliefs
    changed = False
    for place, one in enumerate(measures):
        if one.value is not None and one.series is not None:
            series[one.series] = _changed(series[one.series], one, one.value)
            changed = True
        if one.relief is not None:
            reliefs = _with_relief(reliefs, one, one.relief, place)
    found = replace(law, series=series, reliefs=reliefs)
    if changed:
        # Orders of reliefs are compared by the reform's own rules; here only values.
        check(law=replace(found, reliefs=(), deferrals=()))
    return found


def _changed(series: Series, one: Measure, value: Value) -> Series:
    """The series with a piece of it cut out and the new value put there."""
    start, end = value.valid_from, value.valid_until
    inside = [v.valid_from for v in series.values if start < v.valid_from and (end is None or v.valid_from < end)]
    if inside and not one.over_all:
        raise _fault(
            one,
            f"{series.id}: hukum sendiri punya nilai baru mulai {inside[0]}. "
            "Akhiri usulan di situ, atau tulis over_all: true.",
            f"{series.id}: the law itself has a new value from {inside[0]}. "
            "End the change there, or write over_all: true.",
        )
    if start < series.begins:
        raise _fault(one, f"{series.id} baru ada mulai {series.begins}.", f"{series.id} begins on {series.begins}.")
    kept: list[Value] = []
    for old in series.values:
        if old.valid_from < start:
            kept.append(replace(old, valid_until=_earlier(old.valid_until, start)))
        if end is not None and (old.valid_until is None or old.valid_until > end):
            kept.append(replace(old, valid_from=max(old.valid_from, end)))
    kept.append(value)
    return replace(series, values=tuple(sorted(kept, key=lambda v: v.valid_from)))


def _earlier(one: date | None, other: date) -> date:
    return other if one is None or one > other else one


def _with_relief(reliefs: tuple[Relief, ...], one: Measure, relief: Relief, place: int) -> tuple[Relief, ...]:
    order = (one.order or 0) * 100 + place
    if one.beside != "after":
        return (*reliefs, replace(relief, order=_BEFORE + order))
    found: list[Relief] = []
    for other in reliefs:
        shared = tuple(name for name in other.programmes if name in relief.programmes)
        if not shared or not _meet(other, relief):
            found.append(other)
            continue
        rest = tuple(name for name in other.programmes if name not in shared)
        if rest:
            found.append(replace(other, programmes=rest))
        found.append(
            replace(
                other,
                programmes=shared,
                multiplier=other.multiplier * relief.multiplier,
                cite=f"{other.cite} + {relief.cite}",
                verified=False,
            )
        )
    return (*found, replace(relief, order=_BEHIND + order))


def _meet(law: Relief, reform: Relief) -> bool:
    return (
        law.valid_from < reform.valid_until
        and reform.valid_from < law.valid_until
        and bool(set(law.segments) & set(reform.segments))
        and bool(set(law.programmes) & set(reform.programmes))
    )


def period(*, measure: Measure) -> None:
    """Complaint for a measure that ends before it begins or lies outside the known law."""
    start, end = measure.valid_from, measure.valid_until
    if end is not None and end <= start:
        raise _fault(measure, f"{measure.id}: berakhir sebelum mulai.", f"{measure.id}: it ends before it begins.")
    if not KNOWN_FROM <= start < KNOWN_UNTIL:
        raise _fault(
            measure,
            f"{measure.id}: hukum diketahui dari {KNOWN_FROM} sampai sebelum {KNOWN_UNTIL}.",
            f"{measure.id}: the law is known from {KNOWN_FROM} until before {KNOWN_UNTIL}.",
        )


def beside_the_law(*, measure: Measure, law: Law) -> None:
    """A relief that meets a relief of the law must say whether it comes instead or after."""
    if measure.relief is None:
        return
    sectors = measure.when.sectors
    for other in law.reliefs:
        if measure.beside is None and _meet(other, measure.relief):
            if other.sector is not None and sectors and other.sector not in sectors:
                continue
            raise _fault(
                measure,
                f"{measure.id} bertumpang tindih dengan {other.cite} ({other.valid_from} sampai sebelum "
                f"{other.valid_until}): tulis beside: instead (menggantikannya) atau beside: after (atas sisanya).",
                f"{measure.id} overlaps {other.cite} ({other.valid_from} until before {other.valid_until}): write "
                "beside: instead (in its place) or beside: after (of what it leaves).",
            )


def told_apart(*, one: Measure, other: Measure) -> None:
    """Two measures of one kind that can meet the same person must say their order; the lowest is used alone."""
    alike = one.kind == other.kind and (one.kind != "change" or one.series == other.series)
    if one.kind == "floor" and (one.income is None) != (other.income is None):
        alike = False
    if (
        not alike
        or not set(one.segments) & set(other.segments)
        or (one.kind != "change" and not set(one.programmes) & set(other.programmes))
        or (one.valid_until is not None and one.valid_until <= other.valid_from)
        or (other.valid_until is not None and other.valid_until <= one.valid_from)
        or one.when.apart_from(other.when)
    ):
        return
    if one.kind == "change" or one.order is None or other.order is None or one.order == other.order:
        raise _fault(
            other,
            f"{one.id} ({one.place}) dan {other.id} dapat mengenai orang yang sama"
            + ("." if one.kind == "change" else ", tetapi urutannya (order) tidak disebut."),
            f"{one.id} ({one.place}) and {other.id} can meet the same person"
            + ("." if one.kind == "change" else ", but no order is stated."),
        )


def _fault(one: Measure, id_: str, en: str) -> Complaint:
    return refused(place=one.place, why=Text(id_, en))
