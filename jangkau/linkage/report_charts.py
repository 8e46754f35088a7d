"""The charts of a link's report: weights, reliability, blocks, probabilities. Their numbers stand in tables beside."""

from __future__ import annotations

import math
from dataclasses import dataclass

from markupsafe import Markup

from jangkau.charts import wording
from jangkau.charts.markup import number, svg_text
from jangkau.complaints import Text

BAND = 0.02
"""How far the observed share may lie from the expected one, in every tenth that counts."""
_SIDE, _LEFT, _TOP, _BOTTOM = 400.0, 46.0, 12.0, 46.0


@dataclass(frozen=True)
class Point:
    """Expected and observed share with the interval of the observed one, the share of all pairs, whether it counts."""

    expected: float
    observed: float
    low: float
    high: float
    size: float
    counts: bool


def weight_bar(*, weight: float, least: float, most: float, low: float, high: float) -> Markup:
    """A bar from nothing to ``weight`` (for to the right, against to the left), with the range it can take as a box.

    Drawn between ``low`` and ``high``, which are the same for every bar of the page.
    """
    scale = 100 / (high - low)
    zero = -low * scale
    kind = "for" if weight >= 0 else "against"
    start, long = zero + min(weight, 0.0) * scale, abs(weight) * scale
    drawn = Markup("<svg class=weight aria-hidden=true>")
    drawn += Markup('<rect class={} x="{}%" y=4 width="{}%" height=10 />').format(
        kind, number(start), number(max(long, 0.3))
    )
    if most - least >= 0.1:
        left, wide = zero + least * scale, (most - least) * scale
        drawn += Markup('<rect class=range x="{}%" y=1.5 width="{}%" height=15 />').format(number(left), number(wide))
    return drawn + Markup('<rect class=zero x="{}%" y=0 width=1 height=18 /></svg>').format(number(zero))


def block_bar(*, matches: float, alone: float, largest: float) -> Markup:
    """All matches a block found, and those that it alone found at its end."""
    long = 100 * matches / largest
    only = 0.0 if alone <= 0 else max(100 * alone / largest, 0.6)
    drawn = Markup('<svg class=bar aria-hidden=true><rect width="{}%"/>').format(number(long))
    if only:
        drawn += Markup('<rect x="{}%" width="{}%"/>').format(number(max(long - only, 0)), number(only))
    return drawn + Markup("</svg>")


def reliability(*, points: tuple[Point, ...], title: Text, describe: Text) -> Markup:
    """Expected against observed share: the diagonal is perfect, the band around it is what is promised."""
    width, height = _LEFT + _SIDE + 26, _TOP + _SIDE + _BOTTOM
    parts = [_head("reliability", width, height, title, describe)]
    parts.append(
        Markup('<path class=band d="M{}L{}L{}L{}L{}L{}Z"/>').format(
            *(_at(x, y) for x, y in ((0, 0), (0, BAND), (1 - BAND, 1), (1, 1), (1, 1 - BAND), (BAND, 0)))
        )
    )
    for tick in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0):
        x, y = _LEFT + tick * _SIDE, _TOP + (1 - tick) * _SIDE
        parts.append(Markup('<path class=grid d="M{} {}H{}M{} {}V{}"/>').format(
            number(_LEFT), number(y), number(_LEFT + _SIDE), number(x), number(_TOP), number(_TOP + _SIDE)
        ))  # fmt: skip
        label = wording.level(value=tick)
        parts.append(svg_text(label, x=_LEFT - 7, y=y + 4, kind="tick end"))
        parts.append(svg_text(label, x=x, y=_TOP + _SIDE + 18, kind="tick mid"))
    parts.append(Markup('<path class=ideal d="M{}L{}"/>').format(_at(0, 0), _at(1, 1)))
    for point in sorted(points, key=lambda one: one.counts):
        parts.append(_point(point))
    said = Text("yang diperkirakan", "expected")
    parts.append(svg_text(said, x=_LEFT + _SIDE / 2, y=_TOP + _SIDE + 40, kind="axis mid"))
    seen = Text("yang ternyata benar", "true in fact")
    parts.append(Markup('<g transform="translate({} {})">').format(number(_LEFT + 10), number(_TOP + 18)))
    parts.append(svg_text(seen, x=0, y=0, kind="axis") + Markup("</g></svg>"))
    return Markup("").join(parts)


def _point(point: Point) -> Markup:
    x = _LEFT + point.expected * _SIDE
    y = _TOP + (1 - point.observed) * _SIDE
    kind = "judged" if point.counts else "few"
    radius = 4.0 + 9.0 * math.sqrt(point.size)
    whisker = Markup('<path class="spread {}" d="M{} {}V{}"/>').format(
        kind, number(x), number(_TOP + (1 - point.high) * _SIDE), number(_TOP + (1 - point.low) * _SIDE)
    )
    return whisker + Markup('<circle class="{}" cx="{}" cy="{}" r="{}"/>').format(
        kind, number(x), number(y), number(radius)
    )


def _at(x: float, y: float) -> str:
    return f"{number(_LEFT + x * _SIDE)} {number(_TOP + (1 - y) * _SIDE)}"


def histogram(*, counts: tuple[int, ...], low: float, high: float, title: Text, describe: Text) -> Markup:
    """Pairs by probability, on a scale of powers of ten, with the two limits of review."""
    width, left, ground, tall = 560.0, 4.0, 196.0, 140.0
    slot = (width - 2 * left) / len(counts)
    top = math.log10(max(counts, default=0) + 1) or 1.0
    parts = [_head("histogram", width, 232, title, describe)]
    for name, start, end in (("no", 0.0, low), ("review", low, high), ("match", high, 1.0)):
        x, end_x = left + start * (width - 2 * left), left + end * (width - 2 * left)
        parts.append(Markup('<rect class="zone {}" x="{}" y="10" width="{}" height="{}"/>').format(
            name, number(x), number(end_x - x), number(ground - 10)
        ))  # fmt: skip
    for place, many in enumerate(counts):
        high_ = math.log10(many + 1) / top * tall
        x = left + place * slot
        parts.append(Markup('<rect class=pairs x="{}" y="{}" width="{}" height="{}"/>').format(
            number(x + 5), number(ground - high_), number(slot - 10), number(max(high_, 0.8))
        ))  # fmt: skip
        parts.append(svg_text(_short(many), x=x + slot / 2, y=ground - high_ - 6, kind="tick mid"))
    for limit in (low, high):
        x = left + limit * (width - 2 * left)
        parts.append(Markup('<path class=limit d="M{} 10V{}"/>').format(number(x), number(ground)))
    parts.append(Markup('<path class=ground d="M0 {}H{}"/>').format(number(ground), number(width)))
    for tick in range(0, 11, 2):
        kind = "tick mid" if 0 < tick < 10 else "tick" if tick == 0 else "tick end"
        x = left + tick / 10 * (width - 2 * left)
        parts.append(svg_text(wording.level(value=tick / 10), x=x, y=ground + 20, kind=kind))
    return Markup("").join(parts) + Markup("</svg>")


def _short(many: int) -> Text:
    """1,2 jt and 1.2m where the whole number would not fit."""
    if many < 100_000:
        return wording.count(value=many)
    size, id_, en = (1e6, "jt", "m") if many >= 999_500 else (1e3, "rb", "k")
    digits = f"{many / size:.3g}"
    return Text(f"{digits.replace('.', ',')} {id_}", f"{digits}{en}")


def _head(kind: str, width: float, height: float, title: Text, describe: Text) -> Markup:
    return Markup('<svg class="{}" viewBox="0 0 {} {}" role="img"><title>{} / {}</title><desc>{} / {}</desc>').format(
        kind, number(width), number(height), title.id, title.en, describe.id, describe.en
    )
