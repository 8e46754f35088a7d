"""Charts of a snapshot as SVG in one language: waterfall, map of tiles, funnel, trend. Colours and sizes of type are
the style sheet's; every number that a chart shows also stands in a table beside it."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from jangkau.charts import tiles, waterfall, wording
from jangkau.charts.markup import number, svg_text
from jangkau.charts.tiles import Tile
from jangkau.charts.waterfall import Step
from jangkau.complaints import Language, Text
from jangkau.gaps.report_figures import Summary, waterfall_steps

FEW = 100
"""Under so many people a share is not shaded: a handful who moved would paint a whole region."""
_OTHER = {"id": "en", "en": "id"}


@dataclass(frozen=True)
class Part:
    """A region on a map: its numbers may be hidden (None)."""

    name: str
    short: str
    column: int
    row: int
    part: int | None
    whole: int | None


@dataclass(frozen=True)
class Point:
    """A share on a date, with its interval; None where it is hidden."""

    on: date
    share: float | None
    low: float | None
    high: float | None


def waterfalls(*, summary: Summary, language: Language) -> tuple[str, str]:
    """From rows sent to people not protected: wide for a desk, narrow for a phone."""
    steps = tuple(
        Step(_one(step.label, language), step.value, step.kind, step.low, step.high)
        for step in steps_of(summary=summary)
    )
    title = _one(Text("Dari baris ke orang yang belum terlindungi", "From rows to unprotected people"), language)
    describe = _listed([(step.label.id, wording.count(value=step.value).in_(language)) for step in steps])
    return (
        in_language(svg=waterfall.waterfall_wide(steps=steps, title=title, describe=describe), language=language),
        in_language(svg=waterfall.waterfall_narrow(steps=steps, title=title, describe=describe), language=language),
    )


def steps_of(*, summary: Summary) -> tuple[Step, ...]:
    """The steps of the waterfall, with words for the one that only coverage knows."""
    return tuple(
        Step(_TOGETHER, step.value, step.kind) if step.label.id == "protected or out of scope" else step
        for step in waterfall_steps(summary=summary)
    )


_TOGETHER = Text("Terlindungi atau di luar syarat", "Protected or out of scope")


def map_of(*, parts: Sequence[Part], title: Text, language: Language) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Tiles shaded by share, and the legend: CSS class and words. Empty when there is nothing to shade."""
    squares = tuple(
        Tile(
            name=one.name,
            short=one.short,
            column=one.column,
            row=one.row,
            share=one.part / one.whole if one.part is not None and one.whole and one.whole >= FEW else None,
            remark=_remark(one),
        )
        for one in parts
    )
    if not any(square.share is not None for square in squares):
        return "", ()
    shares = [
        (square.name, wording.percent(part=square.share, whole=1).in_(language))
        for square in squares
        if square.share is not None
    ]
    svg = tiles.tile_grid(tiles=squares, title=_one(title, language), describe=_listed(shares))
    legend = tuple((shade, words.in_(language)) for shade, words in tiles.legend(tiles=squares))
    return in_language(svg=svg, language=language), legend


def _remark(one: Part) -> str:
    if one.whole == 0:
        return ""
    if one.part is None or one.whole is None:
        return "\N{BULLET}\N{BULLET}\N{BULLET}"
    return f"<{FEW}" if one.whole < FEW else ""


def grid_of(*, names: Sequence[tuple[str, str]]) -> dict[str, tuple[int, int]]:
    """Column and row of each code in order, in a block half as high again as it is wide at most; not a map of the
    land."""
    columns = max(4, math.ceil(math.sqrt(len(names) * 1.8)))
    return {code: (i % columns, i // columns) for i, (code, _) in enumerate(names)}


def short_name(*, name: str) -> str:
    """A regency's name as a tile can hold it, at most ten letters; a city has Kt before it."""
    city = name.startswith("Kota ")
    plain = re.sub(r"^(Kab\.|Kota)( Adm\S*)?( Jakarta)? ", "", name).replace("Kepulauan", "Kep")
    *first, last = plain.split()
    initials = " ".join([*(word if word == "Kep" else f"{word[0]}." for word in first), last])
    room = 7 if city else 9
    fits = plain if len(plain) <= room else initials
    fits = fits if len(fits) <= room else f"{fits[: room - 1].rstrip(' .')}."
    return f"Kt {fits}" if city else fits


def funnel(*, stages: Sequence[tuple[Text, int | None]], title: Text, language: Language) -> str:
    """Bars from the first stage down; a hidden stage keeps its place. 360 units wide, so that type keeps its size on
    a phone."""
    first = stages[0][1]
    if not first:
        return ""
    row, wide = 58, 360
    said = [(label.in_(language), _count(value, language)) for label, value in stages]
    drawn = _open("funnel", wide, len(stages) * row, title.in_(language), _listed(said).id)
    for i, (label, value) in enumerate(stages):
        y = i * row
        drawn += svg_text(_one(label, language), x=0, y=y + 17, kind="name")
        amount = _count(value, language)
        if value is not None and i:
            amount += f" · {wording.percent(part=value, whole=first).in_(language)}"
        drawn += svg_text(Text(amount, amount), x=wide, y=y + 17, kind="amount end")
        drawn += Markup('<rect class="ground" x="0" y="{}" width="{}" height="20"/>').format(y + 26, wide)
        if value is not None:
            long = number(max(wide * min(value / first, 1), 1.5))
            drawn += Markup('<rect class="stage{}" x="0" y="{}" width="{}" height="20"/>').format(i, y + 26, long)
    return str(drawn + Markup("</svg>"))


def trend(*, points: Sequence[Point], title: Text, language: Language) -> str:
    """Shares over dates from nothing to the next round per cent above; empty with fewer than two dates told."""
    told = [point for point in points if point.share is not None]
    if len(told) < 2:
        return ""
    wide, high, left, top = 560.0, 220.0, 44.0, 26.0
    ceiling = min(1.0, math.ceil(max((p.high or p.share or 0) for p in told) * 10 + 0.3) / 10)
    days = max((points[-1].on - points[0].on).days, 1)

    def x(on: date) -> float:
        return left + 24 + (wide - left - 60) * (on - points[0].on).days / days

    def y(share: float) -> float:
        return top + (high - top - 34) * (1 - share / ceiling)

    said = [(wording.day(iso=p.on.isoformat()).in_(language), _percent(p.share, language)) for p in told]
    drawn = _open("trend", wide, high, title.in_(language), _listed(said).id)
    for part in (0.0, ceiling / 2, ceiling):
        drawn += Markup('<path class="rule" d="M{} {}H{}"/>').format(number(left), number(y(part)), number(wide))
        level = wording.level(value=part).in_(language)
        drawn += svg_text(Text(level, level), x=left - 6, y=y(part) + 4, kind="axis end")
    line = "L".join(f"{number(x(p.on))} {number(y(p.share or 0))}" for p in told)
    drawn += Markup('<path class="line" d="M{}"/>').format(line)
    for i, p in enumerate(told):
        drawn += _dot(p, x(p.on), y, first=i == 0, language=language)
    return str(drawn + Markup("</svg>"))


def _dot(p: Point, x: float, y: object, *, first: bool, language: Language) -> Markup:
    assert callable(y)  # noqa: S101 - the scale of the chart
    at = y(p.share)
    drawn = Markup("")
    if p.low is not None and p.high is not None:
        drawn += Markup('<path class="whisker" d="M{0} {1}V{2}"/>').format(
            number(x), number(y(p.low)), number(y(p.high))
        )
    drawn += Markup('<circle cx="{}" cy="{}" r="5"/>').format(number(x), number(at))
    share = _percent(p.share, language)
    drawn += svg_text(Text(share, share), x=x, y=at - 12, kind="amount mid")
    said = f"{p.on:%m/%Y}"
    return drawn + svg_text(Text(said, said), x=x, y=212, kind="axis mid")


def in_language(*, svg: str, language: Language) -> str:
    """A drawing of jangkau.charts, which say everything in both languages, with one of them only."""
    svg = re.sub(rf'<text[^>]* lang="{_OTHER[language]}"[^>]*>.*?</text>', "", svg)
    svg = re.sub(rf' lang="{language}"', "", svg)
    return re.sub(r"<(title|desc)>(.*?) / \2</\1>", r"<\1>\2</\1>", svg)


def _open(kind: str, wide: float, high: float, title: str, describe: str) -> Markup:
    return Markup('<svg class="{}" viewBox="0 0 {} {}" role="img"><title>{}</title><desc>{}</desc>').format(
        kind, number(wide), number(high), title, describe
    )


def _listed(said: Sequence[tuple[str, str]]) -> Text:
    words = "; ".join(f"{name} {value}" for name, value in said)
    return Text(words, words)


def _one(text: Text, language: Language) -> Text:
    words = text.in_(language)
    return Text(words, words)


def _count(value: int | None, language: Language) -> str:
    return "\N{BULLET}\N{BULLET}\N{BULLET}" if value is None else wording.count(value=value).in_(language)


def _percent(share: float | None, language: Language) -> str:
    return wording.percent(part=share or 0, whole=1).in_(language)
