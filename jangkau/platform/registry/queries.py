"""Reads of the registry, as frozen dataclasses."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import connection

from jangkau.platform.registry import bitmaps
from jangkau.platform.registry.filters import SORTS, Filters, Sight, Where, where
from jangkau.platform.registry.loading import DIMENSIONS
from jangkau.platform.registry.models import Run, RunFile
from jangkau.platform.registry.words import NEWLY

A_PAGE = 50
MOST_COUNTED = 10_000
_SHOWN = (
    "person, {key} AS place, name, birth_date, sex, age_group, region, list_set, status, duty, kur_type, plafon, "
    "nik_hint, last_list_date, {before}"
)


@dataclass(frozen=True)
class Row:
    """Somebody in a list of the gap. ``lists``: the files of the run that name him and that the reader may know of."""

    person: uuid.UUID
    place: int
    name: str
    birth_date: date | None
    sex: str
    age_group: str
    region: str
    status: str
    duty: str
    kur_type: str
    plafon: int | None
    nik: str
    last_list_date: date | None
    before: str
    lists: tuple[RunFile, ...]
    work: str
    note: str


@dataclass(frozen=True)
class Count:
    """How many people; not ``exact``: more than that."""

    people: int
    exact: bool


@dataclass(frozen=True)
class Page:
    """A page of the gap list. ``first`` and ``last``: the keys before and after which the next pages are."""

    rows: tuple[Row, ...]
    count: Count
    first: int | None
    last: int | None


def current_run() -> Run | None:
    return Run.objects.filter(current=True).first()


def page(*, run: Run, filters: Filters, sight: Sight, after: int | None = None, before: int | None = None) -> Page:
    """People of a run, fifty from a key on, forwards or backwards."""
    filters = sight.allowed(filters=filters)
    narrowed = where(filters=filters, sight=sight, run=run.pk)
    counted = count(run=run, filters=filters, sight=sight, narrowed=narrowed)
    if counted == Count(0, True):
        return Page((), counted, None, None)
    backwards = before is not None
    walk = replace(
        walk_of(run=run, filters=filters, narrowed=narrowed),
        beyond=before if backwards else after,
        backwards=backwards,
    )
    met = bitmaps.places(walk=walk, most=A_PAGE + 1)
    more = len(met) > A_PAGE
    shown = _SHOWN.format(key=walk.in_order, before="''" if sight.own_lists else "before")
    rows = _rows(people_at(walk=walk, places=met[:A_PAGE], sight=sight, columns=shown), run)
    has_next = more if not backwards else True
    has_previous = (after is not None) if not backwards else more
    return Page(
        rows,
        counted,
        rows[0].place if rows and has_previous else None,
        rows[-1].place if rows and has_next else None,
    )


def walk_of(*, run: Run, filters: Filters, narrowed: Where) -> bitmaps.Walk:
    """The people of a run who fit filters, in their order."""
    alone = ("kur_type", "duty", "status", "sex", "age_group", "institution", "before")
    found = {name: [value] for name in alone if (value := getattr(filters, name)) is not None}
    if filters.before == "newly":
        found["before"] = list(NEWLY)
    if filters.listed is not None:
        found["list"] = [str(filters.listed)]
    if narrowed.regions is not None:
        found["region"] = list(narrowed.regions)
    return bitmaps.Walk(run.pk, SORTS[filters.sort], found)


def people_at(*, walk: bitmaps.Walk, places: list[int], sight: Sight, columns: str) -> list[tuple[Any, ...]]:
    """Columns of those at some places, in their order; without whom a decision has just taken out of the gap."""
    order = walk.in_order
    return _rows_of(
        f"SELECT {columns} FROM {sight.people} WHERE run_id = %s AND open AND {order} = ANY (%s) ORDER BY {order}",
        [walk.run, places],
    )


def _rows_of(query: str, values: list[Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())


def _rows(found: list[Any], run: Run) -> tuple[Row, ...]:
    sets = lists_of(run=run, sets={one[7] for one in found})
    notes = _notes([one[0] for one in found])
    made = []
    for one in found:
        work, note = notes.get(one[0], ("", ""))
        made.append(
            Row(
                person=one[0], place=one[1], name=one[2], birth_date=one[3], sex=one[4], age_group=one[5],
                region=one[6], status=one[8], duty=one[9], kur_type=one[10], plafon=one[11], nik=one[12],
                last_list_date=one[13], before=one[14], lists=sets.get(one[7], ()), work=work, note=note,
            )
        )  # fmt: skip
    return tuple(made)


def _notes(people: list[uuid.UUID]) -> dict[uuid.UUID, tuple[str, str]]:
    found = _rows_of("SELECT person, status, note FROM registry_personnote WHERE person = ANY (%s)", [people])
    return {person: (status, note) for person, status, note in found}


def lists_of(*, run: Run, sets: set[int]) -> dict[int, tuple[RunFile, ...]]:
    """The files in each combination of lists."""
    known = {one.number: one for one in RunFile.objects.filter(run=run)}
    found = _rows_of("SELECT id, files FROM registry_listset WHERE id = ANY (%s)", [list(sets)])
    return {number: tuple(known[one] for one in files) for number, files in found}


def count(*, run: Run, filters: Filters, sight: Sight, narrowed: Where) -> Count:
    """Exact by one or two groups, from what was counted when the run was loaded and what decisions changed since; else
    counted up to a bound."""
    chosen = _groups(filters, sight, narrowed)
    scopes = [sight.key] if sight.own_lists else [""] if narrowed.regions is None else list(narrowed.regions)
    if len(chosen) > 2 or filters.before is not None or "" in scopes[1:] or filters.region == "":
        return _bounded(run, filters, narrowed)
    (d1, v1), (d2, v2) = (*chosen.items(), ("", [""]), ("", [""]))[:2]
    [(counted,)] = _rows_of(
        "SELECT coalesce(sum(people), 0) FROM registry_gapcount WHERE run_id = %s AND scope = ANY (%s) "
        "AND d1 = %s AND v1 = ANY (%s) AND d2 = %s AND v2 = ANY (%s)",
        [run.pk, scopes, d1, v1, d2, v2],
    )
    return Count(int(counted) + _changed(run, filters, sight, narrowed), True)


def _groups(filters: Filters, sight: Sight, narrowed: Where) -> dict[str, list[str]]:
    """By what is narrowed and to which values, in the order of the counts. Regions are the scope of a count; for an
    institution they are a group like others, and itself is no group."""
    wanted = {name: getattr(filters, name) for name in ("kur_type", "duty", "status", "sex", "age_group")}
    wanted["list"] = None if filters.listed is None else str(filters.listed)
    wanted["institution"] = filters.institution
    if sight.own_lists and filters.institution == sight.key:
        wanted["institution"] = None
    found = {name: [wanted[name]] for name in DIMENSIONS if wanted[name] is not None}
    if sight.own_lists and narrowed.regions is not None:
        found["region"] = list(narrowed.regions)
    return found


def _changed(run: Run, filters: Filters, sight: Sight, narrowed: Where) -> int:
    """How many more (or fewer) fit the filters since decisions were made."""
    conditions, values = ["run_id = %s", *narrowed.conditions], [run.pk, *narrowed.values]
    for name, wanted in (("region", narrowed.regions), ("list_set", narrowed.sets)):
        if wanted is not None:
            conditions.append(f"{name} = ANY (%s)")
            values.append(list(wanted))
    [(changed,)] = _rows_of(
        "SELECT coalesce(sum(CAST(now NOT IN ('merged', 'protected') AND (%s::TEXT IS NULL OR now = %s) AS INT) "
        f"- CAST(%s::TEXT IS NULL OR was = %s AS INT)), 0) FROM {sight.changes} WHERE {' AND '.join(conditions)}",
        [*[filters.status] * 4, *values],
    )
    return int(changed)


def _bounded(run: Run, filters: Filters, narrowed: Where) -> Count:
    walk = walk_of(run=run, filters=replace(filters, sort="place"), narrowed=narrowed)
    found = bitmaps.count(walk=walk, most=MOST_COUNTED + 1)
    return Count(min(found, MOST_COUNTED), found <= MOST_COUNTED)


@dataclass(frozen=True)
class Shift:
    """What decisions changed of a run in a region: people closed, and the change of the expected number unprotected."""

    region: str
    closed: int
    expected: float


def changed_by_decisions(*, run: int) -> tuple[Shift, ...]:
    """By region, as far as the reader sees. Figures stay as they were taken; the next run counts with the decisions."""
    found = _rows_of(
        "SELECT region, count(*) FILTER (WHERE now IN ('merged', 'protected')), sum(now_chance - was_chance) "
        "FROM registry_change WHERE run_id = %s GROUP BY region ORDER BY region",
        [run],
    )
    return tuple(Shift(*row) for row in found)
