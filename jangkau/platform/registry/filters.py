"""Filters of the gap list: read from a query, checked, and turned into SQL within what somebody may see."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any
from urllib.parse import urlencode

from django.db import connection

from jangkau.platform.registry.words import AGE_GROUP, BEFORE, DUTY, KUR_TYPE, OPEN_STATUS, SEX

SORTS = {"place": "order_place", "name": "order_name", "date": "order_date", "loan": "order_loan"}
OWN_SORTS = ("place", "name")
"""Those for an institution: dates and loans of shared people stand on lists of others too."""
_CODES = {
    "kur_type": KUR_TYPE,
    "duty": DUTY,
    "status": OPEN_STATUS,
    "sex": SEX,
    "age_group": AGE_GROUP,
    "before": ("newly", *BEFORE),
}
# a key as RunFile has it: the number of an institution, or a name that is none of ours and holds nobody's number
_INSTITUTION = re.compile(r"i[0-9]{1,18}|x(?!.*[0-9]{10})[^\x00-\x1f]{0,168}")
_NONE = "-"
"""How a query says the empty code: not known, no loan."""


@dataclass(frozen=True)
class Filters:
    """What a list of people is narrowed to; None: not by this. ``office``: a branch, by the regions it serves today;
    ``listed``: number of a file of the run; ``institution``: its key in the run."""

    region: str | None = None
    office: int | None = None
    listed: int | None = None
    institution: str | None = None
    kur_type: str | None = None
    duty: str | None = None
    status: str | None = None
    sex: str | None = None
    age_group: str | None = None
    before: str | None = None
    sort: str = "place"

    @property
    def chosen(self) -> dict[str, str]:
        """What is narrowed, as a query says it."""
        found = {one.name: getattr(self, one.name) for one in fields(self) if one.name != "sort"}
        return {name: _NONE if value == "" else str(value) for name, value in found.items() if value is not None}

    @property
    def query(self) -> str:
        """The canonical query of a page with these filters."""
        return urlencode(self.chosen | ({"sort": self.sort} if self.sort != "place" else {}))

    def without(self, *, name: str) -> Filters:
        nothing: Any = {name: None}
        return replace(self, **nothing)


def read_filters(*, query: Mapping[str, str]) -> Filters:
    """The filters of a query; what is not understood is left out."""
    found: dict[str, Any] = {}
    for name, known in _CODES.items():
        value = query.get(name, "")
        code = "" if value == _NONE else value
        if value and code in known:
            found[name] = code
    for name in ("office", "listed"):
        value = query.get(name, "")
        if value.isascii() and value.isdigit() and len(value) < 10:
            found[name] = int(value)
    region = query.get("region", "")
    if region == _NONE or (region.isascii() and region.isdigit() and len(region) in (2, 4)):
        found["region"] = "" if region == _NONE else region
    if _INSTITUTION.fullmatch(institution := query.get("institution", "")):
        found["institution"] = institution
    sort = query.get("sort", "place")
    return Filters(**found, sort=sort if sort in SORTS else "place")


@dataclass(frozen=True)
class Sight:
    """Which people the user of the scope sees: all, those of ``regions``, or those on his institution's lists
    (``sets``), as these lists alone have them. Row security holds the same; said here too, so that an index can be
    used."""

    role: str
    regions: tuple[str, ...] | None
    sets: tuple[int, ...] | None
    key: str

    @property
    def own_lists(self) -> bool:
        """Does he see what the lists of his institution say, and nothing else?"""
        return self.sets is not None

    @property
    def people(self) -> str:
        """The table or view of people."""
        return "registry_ownlists" if self.own_lists else "registry_gap"

    @property
    def changes(self) -> str:
        """The table or view of what decisions changed."""
        return "registry_ownchanges" if self.own_lists else "registry_change"

    def allowed(self, *, filters: Filters) -> Filters:
        """Filters without those that would tell an institution what it may not see."""
        if not self.own_lists:
            return filters
        return replace(filters, before=None, sort=filters.sort if filters.sort in OWN_SORTS else "place")


def sight() -> Sight:
    """That of the scope."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r, CASE WHEN r IN ('regional_office', 'branch_head', 'branch_officer') THEN scope_regions() END, "
            "CASE WHEN r IN ('bank_officer', 'institution_officer') THEN registry_my_sets() END, "
            "'i' || scope_institution() FROM (SELECT scope_role() AS r) AS s"
        )
        role, regions, sets, key = cursor.fetchone()
    return Sight(
        role or "",
        None if regions is None else tuple(sorted(regions)),
        None if sets is None else tuple(sets),
        key or "",
    )


@dataclass(frozen=True)
class Where:
    """Conditions on people (or on what decisions changed), with what they compare to. ``regions`` None: everywhere."""

    conditions: tuple[str, ...]
    values: tuple[Any, ...]
    regions: tuple[str, ...] | None
    sets: tuple[int, ...] | None


def where(*, filters: Filters, sight: Sight, run: int) -> Where:
    """The conditions of filters, within what is seen; two queries at most."""
    conditions, values = [], []
    for name in ("kur_type", "duty", "sex", "age_group"):
        value = getattr(filters, name)
        if value is not None:
            conditions.append(f"{name} = %s")
            values.append(value)
    regions = _regions(filters, sight)
    sets = _sets(filters, sight, run)
    return Where(tuple(conditions), tuple(values), regions, sets)


def _regions(filters: Filters, sight: Sight) -> tuple[str, ...] | None:
    wanted: set[str] | None = None if sight.regions is None else set(sight.regions)
    if filters.office is not None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT DISTINCT r.region FROM offices_officeregion AS r "
                "JOIN offices_office AS o ON o.id = r.office_id "
                "WHERE (o.id = %s OR o.above_id = %s) AND r.period @> CURRENT_DATE",
                [filters.office, filters.office],
            )
            served = {region for (region,) in cursor.fetchall()}
        wanted = served if wanted is None else wanted & served
    if filters.region is not None:
        chosen = _within(filters.region) if len(filters.region) == 2 else {filters.region}
        wanted = chosen if wanted is None else wanted & chosen
    return None if wanted is None else tuple(sorted(wanted))


def _within(province: str) -> set[str]:
    from jangkau.places import known_region_codes

    return {code for code in known_region_codes() if code.startswith(province)}


def _sets(filters: Filters, sight: Sight, run: int) -> tuple[int, ...] | None:
    if filters.listed is None and filters.institution is None:
        return sight.sets
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.id FROM registry_listset AS s WHERE s.run_id = %s "
            "AND (%s::INT IS NULL OR %s = ANY (s.files)) "
            "AND (%s::TEXT IS NULL OR s.files && (SELECT coalesce(array_agg(number), '{}') FROM registry_runfile "
            "WHERE run_id = %s AND key = %s))",
            [run, filters.listed, filters.listed, filters.institution, run, filters.institution],
        )
        found = {number for (number,) in cursor.fetchall()}
    return tuple(sorted(found if sight.sets is None else found & set(sight.sets)))
