"""Rows of figures and charts made from entries: all of them for those who may see people, and as they are told to the
others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from jangkau import places
from jangkau.charts import bars
from jangkau.complaints import Language, Text
from jangkau.platform.coverage import drawing
from jangkau.platform.coverage.definitions import WORDS
from jangkau.platform.coverage.drawing import Part, Point
from jangkau.platform.coverage.entries import Entry, Summary
from jangkau.platform.coverage.models import Audience, Chart, Figure, Kind, Snapshot
from jangkau.platform.coverage.telling import Told

LANGUAGES: Final[tuple[Language, ...]] = ("id", "en")
WITH_CHARTS: Final = (Kind.WHOLE, Kind.PROVINCE, Kind.REGION, Kind.BRANCH, Kind.INSTITUTION)
_SHARE = Text("Bagian yang belum terlindungi", "Share not protected")
Key = tuple[str, str, str]
"""Audience, kind and key of a figure."""


@dataclass(frozen=True)
class Earlier:
    """What earlier snapshots said, by figure, in order of dates; and which they were."""

    points: Mapping[Key, Sequence[Point]]
    snapshots: Sequence[int] = ()


def base(*, figure: Figure) -> int | None:
    """What a share is a part of: those eligible; in figures for everybody all people on lists, since those eligible
    may be hidden."""
    if figure.people is None or figure.audience == Audience.SAFE:
        return figure.people
    return figure.people - (figure.not_eligible or 0)


def point(*, figure: Figure, on: date) -> Point:
    """The share of a figure, for a trend."""
    whole = base(figure=figure)
    if not whole or figure.estimate is None:
        return Point(on, None, None, None)
    low, high = (None if bound is None else bound / whole for bound in (figure.low, figure.high))
    return Point(on, figure.estimate / whole, low, high)


def full(*, snapshot: Snapshot, entries: Iterable[Entry], summary: Summary) -> Iterator[Figure]:
    """Everything, as it was counted."""
    for entry in entries:
        status = entry.status
        yield _with_bar(
            Figure(
                snapshot=snapshot, audience=Audience.FULL, kind=entry.kind, key=entry.key, name=entry.name,
                above=entry.above, institution=entry.institution, people=entry.people, protected=status["protected"],
                lapsed=status["lapsed"], not_found=status["not_found"], doubtful=status["doubtful"],
                not_eligible=status["not_eligible"], estimate=entry.estimate, low=entry.low, high=entry.high,
                unmet=entry.unmet, detail=_detail(summary) if entry.kind == Kind.WHOLE else {},
            )
        )  # fmt: skip


def safe(
    *, snapshot: Snapshot, entries: Iterable[Entry], told: Mapping[tuple[str, str], Told], summary: Summary
) -> Iterator[Figure]:
    """As it is told to those who may not see people."""
    for entry in entries:
        one = told.get((str(entry.kind), entry.key))
        if one is None:
            continue
        yield _with_bar(
            Figure(
                snapshot=snapshot, audience=Audience.SAFE, kind=entry.kind, key=entry.key, name=entry.name,
                above=entry.above, people=one.people, protected=one.protected, lapsed=one.lapsed,
                not_found=one.not_found, not_eligible=one.not_eligible, estimate=one.estimate, low=one.low,
                high=one.high, unmet=one.unmet,
                detail=_detail(_as_told(one, summary)) if entry.kind == Kind.WHOLE else {},
            )
        )  # fmt: skip


def _detail(summary: Summary) -> dict[str, Any]:
    """What the page of the country says about rows, method and other answers. Nothing of it is about a group."""
    unprotected = summary["unprotected"]
    duty = summary.get("duty") or {}
    return {
        "rows": summary["rows"],
        "register": summary.get("register") or {},
        "waterfall": summary["waterfall"],
        "alternatives": unprotected.get("alternatives") or [],
        "sensitivity": unprotected.get("sensitivity") or [],
        "duty_known": sum(int(duty.get(code) or 0) for code in ("unmet", "met", "may", "none")) > 0,
    }


def _with_bar(figure: Figure) -> Figure:
    whole = base(figure=figure)
    if whole and figure.estimate is not None:
        scaled = (100 * bound / whole for bound in (figure.estimate, figure.low or 0, figure.high or 0))
        part, low, high = scaled
        given = figure.low is not None and figure.high is not None
        figure.bar = str(
            bars.interval_bar(
                whole=100, part=part, low=low if given else None, high=high if given else None, largest=100
            )
        )
    return figure


def charts(*, figures: Sequence[Figure], summary: Summary, as_of: date, earlier: Earlier) -> Iterator[Chart]:
    """All charts of one audience, in both languages."""
    by_kind: dict[str, list[Figure]] = {}
    for one in figures:
        by_kind.setdefault(one.kind, []).append(one)
    for language in LANGUAGES:
        for one in figures:
            if one.kind in WITH_CHARTS:
                for what, svg in _of_figure(one, by_kind, summary, as_of, earlier, language):
                    if svg:
                        yield Chart(
                            snapshot=one.snapshot,
                            audience=one.audience,
                            kind=one.kind,
                            key=one.key,
                            institution=one.institution,
                            what=what,
                            language=language,
                            svg=svg,
                            drawn_from=list(earlier.snapshots) if what == "trend" else [],
                        )


def _of_figure(
    one: Figure,
    by_kind: Mapping[str, list[Figure]],
    summary: Summary,
    as_of: date,
    earlier: Earlier,
    language: Language,
) -> Iterator[tuple[str, str]]:
    if one.kind == Kind.WHOLE:
        wide, narrow = drawing.waterfalls(summary=_as_told(one, summary), language=language)
        yield from (("waterfall", wide), ("narrow", narrow))
        yield from _map(_provinces(by_kind.get(Kind.PROVINCE, []), as_of), language, "provinsi", "province")
    if one.kind == Kind.PROVINCE:
        inside = [region for region in by_kind.get(Kind.REGION, []) if region.above == one.key]
        yield from _map(_regencies(inside, one.key), language, "kabupaten/kota", "regency")
    yield "funnel", drawing.funnel(stages=stages(figure=one), title=_FUNNEL, language=language)
    points = [*earlier.points.get((one.audience, one.kind, one.key), ()), point(figure=one, on=as_of)]
    yield "trend", drawing.trend(points=points, title=_SHARE, language=language)


_FUNNEL = Text("Dari orang di daftar ke yang terlindungi", "From people on lists to those protected")


def stages(*, figure: Figure) -> list[tuple[Text, int | None]]:
    """Stages of the funnel, from people on lists to those protected."""
    found = None if None in (figure.protected, figure.lapsed) else (figure.protected or 0) + (figure.lapsed or 0)
    eligible = (
        None if None in (figure.people, figure.not_eligible) else (figure.people or 0) - (figure.not_eligible or 0)
    )
    return [
        (WORDS["people"][0], figure.people),
        (WORDS["eligible"][0], eligible),
        (Text("Pernah atau masih peserta", "Were or are members"), found),
        (WORDS["protected"][0], figure.protected),
    ]


def _as_told(one: Figure | Told, summary: Summary) -> Summary:
    """The waterfall of a country in which too few are out of scope: that step and the protected are told as one."""
    if one.protected is not None and one.not_eligible is not None:
        return summary
    steps = {entry["step"]: entry["value"] for entry in summary["waterfall"]}
    both = steps.pop("not_eligible", 0) + steps.pop("protected", 0)
    kept = [{"step": step, "value": value} for step, value in steps.items()]
    at = next((i for i, entry in enumerate(kept) if entry["step"] == "people"), len(kept) - 1) + 1
    kept.insert(at, {"step": "protected_or_out_of_scope", "value": both})
    return {**summary, "waterfall": kept}


def _map(parts: list[Part], language: Language, id_: str, en: str) -> Iterator[tuple[str, str]]:
    title = Text(f"{_SHARE.id} menurut {id_}", f"{_SHARE.en} by {en}")
    svg, legend = drawing.map_of(parts=parts, title=title, language=language)
    yield "map", svg
    yield (
        "legend",
        "".join(
            f'<li><svg class="key" viewBox="0 0 14 14" aria-hidden="true"><g class="{shade}">'
            f'<rect width="14" height="14"/></g></svg>{words}</li>'
            for shade, words in legend
        ),
    )


def _provinces(figures: Iterable[Figure], as_of: date) -> list[Part]:
    """Those of the date, and any other that people of the lists live in."""
    found = {one.key: one for one in figures}
    names = {row.code: row.name for row in places.provinces(on=date.max)}
    then = {row.code for row in places.provinces(on=as_of)}
    return [
        _part(found.get(code), names.get(code, code), places.province_short(code), place)
        for code, place in sorted(places.province_tiles().items())
        if code in then or code in found
    ]


def _regencies(figures: Iterable[Figure], province: str) -> list[Part]:
    found = {one.key: one for one in figures}
    names = {row.code: row.name for row in places.regencies() if row.province == province}
    names |= {key: one.name for key, one in found.items()}
    grid = drawing.grid_of(names=sorted(names.items()))
    return [
        _part(found.get(code), names[code], drawing.short_name(name=names[code]), place) for code, place in grid.items()
    ]


def _part(figure: Figure | None, name: str, short: str, place: tuple[int, int]) -> Part:
    if figure is None:
        return Part(name, short, *place, part=None, whole=0)
    return Part(name, short, *place, part=figure.estimate, whole=base(figure=figure))
