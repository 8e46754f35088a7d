"""Figures of a snapshot as pages show them; what a reader may not see is not there, the database leaves it out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, F, QuerySet

from jangkau.charts import wording
from jangkau.complaints import Text
from jangkau.gaps import report_words
from jangkau.platform.coverage.definitions import AGES, NOBODY_KNOWS, SEXES
from jangkau.platform.coverage.models import Audience, Chart, Figure, Kind, Snapshot, Workforce
from jangkau.platform.coverage.taking import base
from jangkau.platform.coverage.workforce_file import Stated

TITLES: Final = {
    Kind.PROVINCE: Text("Provinsi", "Provinces"),
    Kind.REGION: Text("Kabupaten dan kota", "Regencies and cities"),
    Kind.BRANCH: Text("Kantor cabang", "Branches"),
    Kind.INSTITUTION: Text("Lembaga", "Institutions"),
    Kind.LIST: Text("Daftar", "Lists"),
    Kind.KUR_TYPE: Text("Jenis KUR", "KUR types"),
    Kind.QUARTER: Text("Triwulan", "Quarters"),
    Kind.SEX: Text("Jenis kelamin", "Sex"),
    Kind.AGE: Text("Umur", "Age"),
}
WITH_PAGE: Final = {
    Kind.PROVINCE: "provinsi",
    Kind.REGION: "wilayah",
    Kind.BRANCH: "cabang",
    Kind.INSTITUTION: "lembaga",
}
"""The kinds with a page of their own, and its part of the address."""
_BY_KEY: Final = (Kind.QUARTER, Kind.AGE)


@dataclass(frozen=True)
class Line:
    """A figure with its words, ready to be shown."""

    name: Text
    path: str
    figure: Figure

    @property
    def base(self) -> int | None:
        """What the share is a part of."""
        return base(figure=self.figure)

    @property
    def share(self) -> Text:
        if self.base is None or self.figure.estimate is None:
            return wording.NOTHING
        return wording.percent(part=self.figure.estimate, whole=self.base)

    @property
    def hidden(self) -> bool:
        """Is the row hidden as a whole."""
        return self.figure.people is None

    @property
    def protected_at_most(self) -> int | None:
        """Protected or out of scope together, where the protected alone are hidden."""
        f = self.figure
        if f.protected is not None or f.people is None or f.lapsed is None or f.not_found is None:
            return None
        return f.people - f.lapsed - f.not_found


@dataclass(frozen=True)
class Listing:
    """Figures of one kind, the largest gap first; groups that have an order of their own in that one."""

    kind: str
    title: Text
    lines: Sequence[Line]

    @property
    def some_hidden(self) -> bool:
        return any(None in (line.figure.people, line.figure.protected, line.figure.lapsed) for line in self.lines)

    @property
    def tells_duty(self) -> bool:
        """Is anybody known to be obliged? Where the rule of the date is unknown there is nothing to show."""
        return any(line.figure.unmet for line in self.lines)


def snapshots() -> list[Snapshot]:
    """Those whose figures the reader may see, the newest date first; of one date the one that holds first."""
    return list(Snapshot.objects.order_by("-as_of", "-current", "-pk"))


def chosen(*, among: Sequence[Snapshot], asked: str) -> Snapshot | None:
    """The one that is asked for, else the newest; None when there is none."""
    for one in among:
        if str(one.pk) == asked:
            return one
    return among[0] if among else None


def figure(*, snapshot: Snapshot, kind: str, key: str = "") -> Line | None:
    """One figure, None when the reader may not see it or it is not there."""
    found = Figure.objects.filter(snapshot=snapshot, kind=kind, key=key).first()
    return None if found is None else _line(found)


def listings(*, snapshot: Snapshot, kinds: Sequence[str], above: str | None = None) -> list[Listing]:
    """Tables of some kinds, in one query; ``above``: only what belongs to that province or institution."""
    found = Figure.objects.filter(snapshot=snapshot, kind__in=kinds).defer("detail")
    if above is not None:
        found = found.filter(above=above)
    by_kind: dict[str, list[Figure]] = {kind: [] for kind in kinds}
    for one in found.order_by(F("estimate").desc(nulls_last=True), "key", "pk"):
        by_kind[one.kind].append(one)
    return [
        Listing(str(kind), TITLES[Kind(kind)], [_line(one) for one in _ordered(kind, by_kind[kind])])
        for kind in kinds
        if by_kind[kind]
    ]


def charts(*, snapshot: Snapshot, kind: str, key: str, language: str) -> dict[str, str]:
    """The charts that were drawn for a figure, by what they show."""
    found = Chart.objects.filter(snapshot=snapshot, kind=kind, key=key, language=language[:2])
    return dict(found.values_list("what", "svg"))


def workers(*, region: str) -> Workforce | None:
    """The latest that is said about the workers of a region."""
    return Workforce.objects.filter(region=region).order_by("-year").first()


def workforce(*, year: int | None) -> QuerySet[Workforce]:
    """What is said about workers, of one year or of all."""
    found = Workforce.objects.order_by("-year", "region")
    return found if year is None else found.filter(year=year)


def unverified_sources(*, year: int) -> list[tuple[str, int]]:
    """Sources of a year that nobody has looked at, each with how many regions it tells of."""
    unchecked = Workforce.objects.filter(year=year, verified=False, invented=False)
    return list(unchecked.values_list("source").annotate(regions=Count("pk")).order_by("source"))


def years_of_workforce() -> list[int]:
    """Years of which something is said, the latest first."""
    return list(Workforce.objects.order_by("-year").values_list("year", flat=True).distinct())


def said_before(*, rows: Sequence[Stated]) -> dict[tuple[str, int], Workforce]:
    """What is said already of the regions and years of some rows."""
    found = Workforce.objects.filter(year__in={row.year for row in rows})
    return {(one.region, one.year): one for one in found}


def trend(*, kind: str, key: str, upto: Snapshot) -> list[tuple[Snapshot, Line]]:
    """The same figure on each date until this one, newest first."""
    found = Figure.objects.filter(kind=kind, key=key, snapshot__current=True, snapshot__as_of__lte=upto.as_of)
    return [(one.snapshot, _line(one)) for one in found.select_related("snapshot").order_by("-snapshot__as_of", "pk")]


def is_safe(*, line: Line) -> bool:
    """Are small cells hidden in what this reader sees."""
    return line.figure.audience == Audience.SAFE


def _ordered(kind: str, found: Iterable[Figure]) -> list[Figure]:
    return sorted(found, key=lambda one: (one.key == "-", one.key)) if kind in _BY_KEY else list(found)


def _line(one: Figure) -> Line:
    path = WITH_PAGE.get(Kind(one.kind))
    return Line(_name(one), f"/cakupan/{path}/{one.key}/" if path and one.key != "-" else "", one)


def _name(one: Figure) -> Text:
    if one.key == "-":
        return NOBODY_KNOWS
    if one.kind == Kind.WHOLE:
        return Text("Indonesia", "Indonesia")
    if one.kind == Kind.KUR_TYPE:
        return report_words.SCHEMES.get(one.key, Text(one.name, one.name))
    if one.kind == Kind.QUARTER:
        return wording.quarter(code=one.key)
    if one.kind == Kind.SEX:
        return SEXES.get(one.key, Text(one.key, one.key))
    if one.kind == Kind.AGE:
        return AGES.get(one.key, Text(one.key, one.key))
    return Text(one.name, one.name)
