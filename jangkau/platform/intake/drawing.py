"""How the lists of an institution become better or worse, as a picture: drawn when a list was checked, and kept."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from markupsafe import Markup

from jangkau.charts import wording
from jangkau.charts.markup import number, svg_text
from jangkau.complaints import Language, Text
from jangkau.platform.intake.models import Delivery, Layout, QualityChart
from jangkau.platform.offices.models import Institution

SHOWN = 24
"""Deliveries of one kind in a picture, the newest ones."""
LANGUAGES: tuple[Language, ...] = ("id", "en")
_WIDE, _HIGH, _LEFT, _TOP, _FOOT, _RIGHT = 560.0, 230.0, 56.0, 20.0, 34.0, 186.0
_TAKEN = Text("baris diterima", "rows accepted")
_VALID = Text("NIK sah", "valid NIK")


@dataclass(frozen=True)
class Quality:
    """One delivery: when, and which shares of its rows were accepted and of these had a valid NIK; ``valid`` None when
    there were none."""

    on: date
    taken: float
    valid: float | None


def redraw(*, institution: Institution, layout: str) -> None:
    """Draw the last deliveries of a kind anew, in both languages; with a single one there is no picture. As the
    owner."""
    known = Delivery.objects.filter(institution=institution, layout=layout, rows_read__gt=0)
    rows = known.order_by("-sent_at", "-pk").values_list("sent_at", "rows_read", "rows_accepted", "profile")[:SHOWN]
    told = []
    for sent, read, accepted, profile in reversed(rows):
        taken, valid = accepted or 0, profile.get("nik_valid", 0)
        on = timezone.localdate(sent)
        told.append(Quality(on, taken / (read or 1), valid / taken if taken else None))
    for language in LANGUAGES:
        svg = picture(told=told, title=str(Layout(layout).label), language=language)
        QualityChart.objects.update_or_create(
            institution=institution, layout=layout, language=language, defaults={"svg": svg, "drawn_at": timezone.now()}
        )


def picture(*, told: Sequence[Quality], title: str, language: Language) -> str:
    """Both shares over the deliveries, oldest first, down to a round share below the lowest; empty for one alone."""
    if len(told) < 2:
        return ""
    shares = [one.taken for one in told] + [one.valid for one in told if one.valid is not None]
    floor = max(0.0, math.floor((min(shares) - 0.02) * 10) / 10)
    step = (_WIDE - _LEFT - _RIGHT) / (len(told) - 1)

    def y(share: float) -> float:
        return _TOP + (_HIGH - _TOP - _FOOT) * (1 - (share - floor) / (1 - floor))

    said = Text(f"{title}: mutu dari kiriman ke kiriman", f"{title}: quality from delivery to delivery")
    drawn = Markup('<svg class="quality" viewBox="0 0 {} {}" role="img" aria-label="{}">').format(
        number(_WIDE), number(_HIGH), said.in_(language)
    )
    for level in (floor, (1 + floor) / 2, 1.0):
        line = Markup('<path class="rule" d="M{} {}H{}"/>')
        drawn += line.format(number(_LEFT), number(y(level)), number(_WIDE - _RIGHT))
        drawn += svg_text(_whole(level, language), x=_LEFT - 8, y=y(level) + 4, kind="axis end")
    for at, kind in ((0, "axis"), (len(told) - 1, "axis end")):
        day = wording.day(iso=told[at].on.isoformat()).in_(language)
        drawn += svg_text(Text(day, day), x=_LEFT + at * step, y=_HIGH - 8, kind=kind)
    taken = [(at, one.taken) for at, one in enumerate(told)]
    valid = [(at, one.valid) for at, one in enumerate(told) if one.valid is not None]
    ends = _apart(y(taken[-1][1]), y(valid[-1][1]) if valid else None)
    for name, points, end, words in (("taken", taken, ends[0], _TAKEN), ("valid", valid, ends[1], _VALID)):
        if points:
            drawn += _line(name, points, step, y, end, words.in_(language), language)
    return str(drawn + Markup("</svg>"))


def _line(
    name: str, points: Sequence[tuple[int, float]], step: float, y: Callable[[float], float], end: float, words: str,
    language: Language,
) -> Markup:  # fmt: skip
    """A line with its marks (round or square, so that they differ without colour), and its name at its end."""
    path = "L".join(f"{number(_LEFT + at * step)} {number(y(share))}" for at, share in points)
    drawn = Markup('<g class="{}"><path class="line" d="M{}"/>').format(name, path)
    for at, share in points:
        x, here = _LEFT + at * step, y(share)
        if name == "taken":
            drawn += Markup('<circle cx="{}" cy="{}" r="4"/>').format(number(x), number(here))
        else:
            drawn += Markup('<rect x="{}" y="{}" width="7" height="7"/>').format(number(x - 3.5), number(here - 3.5))
    last = wording.percent(part=points[-1][1], whole=1).in_(language)
    label = Text(f"{last} {words}", f"{last} {words}")
    return drawn + svg_text(label, x=_WIDE - _RIGHT + 10, y=end + 4, kind="name") + Markup("</g>")


def _whole(share: float, language: Language) -> Text:
    """A share at the edge of the picture."""
    words = wording.level(value=share).in_(language)
    return Text(words, words)


def _apart(one: float, two: float | None) -> tuple[float, float]:
    """Where the names of two lines stand, so that they do not cover each other."""
    if two is None or abs(one - two) >= 16:
        return one, one if two is None else two
    middle = (one + two) / 2
    return (middle - 8, middle + 8) if one <= two else (middle + 8, middle - 8)
