"""Reads of the registry, as frozen dataclasses."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import OperationalError, connection, transaction
from psycopg.errors import QueryCanceled

from jangkau.platform.registry.filters import SORTS, Filters, Sight, Where, where
from jangkau.platform.registry.loading import DIMENSIONS
from jangkau.platform.registry.models import Run, RunFile
from jangkau.platform.registry.words import NEWLY

A_PAGE = 50
MOST_COUNTED = 10_000
LARGE, A_WHILE = 2_000_000, 700
"""In a run of so many people a walk may take so many milliseconds."""
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
    start = _Start(SORTS[filters.sort], before if before is not None else after, backwards)
    found = _found(run, filters, sight, narrowed, counted, start)
    more = len(found) > A_PAGE
    found = found[:A_PAGE]
    if backwards:
        found.reverse()
    rows = _rows(found, run)
    has_next = more if not backwards else True
    has_previous = (after is not None) if not backwards else more
    return Page(
        rows,
        counted,
        rows[0].place if rows and has_previous else None,
        rows[-1].place if rows and has_next else None,
    )


@dataclass(frozen=True)
class _Start:
    """Where a page begins: after, or backwards before, a place in an order."""

    key: str
    bound: int | None
    backwards: bool

    @property
    def conditions(self) -> list[str]:
        return [] if self.bound is None else [f"{self.key} {'<' if self.backwards else '>'} %s"]

    def ordered(self, *, by: str) -> str:
        return f"ORDER BY {by} {'DESC' if self.backwards else 'ASC'} LIMIT {A_PAGE + 1}"


def _found(
    run: Run, filters: Filters, sight: Sight, narrowed: Where, counted: Count, start: _Start
) -> list[tuple[Any, ...]]:
    """The people of a page, by the way that is thought cheaper. A walk that takes too long is given up: where those who
    match stand together (a kind of loan in the order of loans) it would pass half of the country."""
    people = _people_of(run)
    by_place = narrowed.regions if start.key == "order_place" else None
    if not _cheaper_at_once(run, people, sight, by_place, start.key, counted):
        query, values = _page_sql(run, filters, sight, narrowed, start, at_once=False)
        if people < LARGE:
            return _rows_of(query, values)
        try:
            with transaction.atomic():
                _rows_of(f"SET LOCAL statement_timeout = {A_WHILE}")
                found = _rows_of(query, values)
                _rows_of("SET LOCAL statement_timeout TO DEFAULT")
                return found
        except OperationalError as error:
            if not isinstance(error.__cause__, QueryCanceled):
                raise
    return _rows_of(*_page_sql(run, filters, sight, narrowed, start, at_once=True))


def _rows_of(query: str, values: list[Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall()) if cursor.description else []


def _people_of(run: Run) -> float:
    """About how many people a run has; those of institutions may not ask its counts."""
    found = _rows_of("SELECT reltuples FROM pg_class WHERE relname = %s", [f"registry_gap_{run.pk}"])
    return float(found[0][0]) if found else 0.0


def _page_sql(
    run: Run, filters: Filters, sight: Sight, narrowed: Where, start: _Start, *, at_once: bool
) -> tuple[str, list[Any]]:
    """One of three ways to the same people: fetch all who match and sort them; walk in the order of each region until
    fifty match; walk in the order of the country."""
    conditions, values = conditions_of(run=run, filters=filters, narrowed=narrowed, regions=False)
    conditions += start.conditions
    values += [] if start.bound is None else [start.bound]
    key = start.key
    shown = _SHOWN.format(key=key, before="''" if sight.own_lists else "before")
    regions = narrowed.regions
    if regions is not None and len(regions) > 1 and key == "order_place" and not at_once:
        # each region by its own index: a list of regions would have all of their people sorted
        inner = f"SELECT {shown} FROM {sight.people} WHERE {' AND '.join(conditions)} AND region = r.region "
        query = f"SELECT g.* FROM unnest(%s::TEXT[]) AS r (region) CROSS JOIN LATERAL ({inner}{start.ordered(by=key)})"
        return f"{query} AS g {start.ordered(by='place')}", [list(regions), *values]
    if regions is not None:
        conditions.append("region = %s" if len(regions) == 1 else "region = ANY (%s)")
        values.append(regions[0] if len(regions) == 1 else list(regions))
    query = f"SELECT {shown} FROM {sight.people} WHERE {' AND '.join(conditions)} "
    if at_once:
        return f"WITH matching AS MATERIALIZED ({query}) SELECT * FROM matching {start.ordered(by='place')}", values
    return query + start.ordered(by=key), values


def _cheaper_at_once(
    run: Run, people: float, sight: Sight, regions: tuple[str, ...] | None, key: str, counted: Count
) -> bool:
    """Is it cheaper to fetch all ``counted`` than to walk in an order until fifty of them are met?

    PostgreSQL cannot tell: it takes those who match to be spread evenly and filters to be independent. A walk passes
    everybody between matches, apart in each of ``regions``; walking by place passes neighbours on disk, at half the
    cost. Fetching finds people here and there, at twice the cost.
    """
    if not counted.exact:
        return False
    if regions is not None and not sight.own_lists:
        query = "SELECT sum(people) FROM registry_gapcount WHERE run_id = %s AND scope = ANY (%s) AND d1 = ''"
        people = float(_rows_of(query, [run.pk, list(regions)])[0][0] or 0)
    met = (A_PAGE + 1) * len(regions or "1")
    passed = people * min(1.0, met / max(1, counted.people))
    return counted.people * 2 < passed * (0.5 if key == "order_place" else 1.0)


def conditions_of(*, run: Run, filters: Filters, narrowed: Where, regions: bool = True) -> tuple[list[str], list[Any]]:
    """Conditions for people still in the gap of a run."""
    conditions, values = ["run_id = %s", "open", *narrowed.conditions], [run.pk, *narrowed.values]
    if filters.status is not None:
        conditions.append("status = %s")
        values.append(filters.status)
    if filters.before is not None:
        conditions.append("before = ANY (%s)")
        values.append(list(NEWLY) if filters.before == "newly" else [filters.before])
    if narrowed.sets is not None:
        conditions.append("list_set = %s" if len(narrowed.sets) == 1 else "list_set = ANY (%s)")
        values.append(narrowed.sets[0] if len(narrowed.sets) == 1 else list(narrowed.sets))
    if regions and narrowed.regions is not None:
        conditions.append("region = ANY (%s)")
        values.append(list(narrowed.regions))
    return conditions, values


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
        return _bounded(run, filters, sight, narrowed)
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


def _bounded(run: Run, filters: Filters, sight: Sight, narrowed: Where) -> Count:
    conditions, values = conditions_of(run=run, filters=filters, narrowed=narrowed)
    [(found,)] = _rows_of(
        f"SELECT count(*) FROM (SELECT 1 FROM {sight.people} WHERE {' AND '.join(conditions)} "
        f"LIMIT {MOST_COUNTED + 1}) AS counted",
        values,
    )
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
