"""The waterfall: totals as full bars, what comes off between them as floating bars; wide for desk, narrow for phone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from jangkau.charts import wording
from jangkau.charts.markup import number, svg_text
from jangkau.complaints import Text

Kind = Literal["total", "change", "result"]


_DIGIT = 8.2  # widest a digit gets at the size of the interval, in the fonts of the page


@dataclass(frozen=True)
class Step:
    """One bar. A ``change`` is added to what stands before it; ``total`` and ``result`` stand on the ground."""

    label: Text
    value: float
    kind: Kind
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class _Bar:
    step: Step
    bottom: float
    top: float
    after: float


def waterfall_wide(*, steps: tuple[Step, ...], title: Text, describe: Text) -> Markup:
    """Columns from left to right, 1080 units wide: for desk and A4. Needs at least one step."""
    bars, height_of = _bars(steps), 290.0
    ground, slot = 342.0, 1080 / len(steps)
    scale = height_of / _highest(bars)
    wide = min(slot * 0.72, 96)
    parts = [_head("wide", 1080, 414, title, describe)]
    for i, bar in enumerate(bars):
        middle = slot * (i + 0.5)
        top, bottom = ground - bar.top * scale, ground - bar.bottom * scale
        tall = max(bottom - top, 1.5)
        parts.append(_rect(bar, middle - wide / 2, min(top, ground - 1.5), wide, tall))
        if i + 1 < len(bars):
            level = number(ground - bar.after * scale)
            start, end = number(middle + wide / 2), number(middle + slot - wide / 2)
            parts.append(Markup('<path class="link" d="M{} {}H{}"/>').format(start, level, end))
        label_y = top - 10
        if bar.step.low is not None and bar.step.high is not None:
            high, low = ground - bar.step.high * scale, ground - bar.step.low * scale
            parts.append(_whisker_upright(middle, min(high, top - 2), max(low, top + 2)))
            spread = wording.interval(low=bar.step.low, high=bar.step.high)
            label_y = min(high, top - 2) - 8
            inside = min(middle, 1080 - len(spread.id) * _DIGIT / 2)
            parts.append(svg_text(spread, x=inside, y=label_y - 22, kind="spread mid"))
        parts.append(svg_text(_amount(bar.step), x=middle, y=label_y, kind=f"amount mid {bar.step.kind}"))
        parts.append(svg_text(bar.step.label, x=middle, y=ground + 24, kind="name mid", width=int(slot / 8.4)))
    parts.append(Markup('<path class="ground" d="M0 {}H1080"/></svg>').format(number(ground)))
    return Markup("").join(parts)


def waterfall_narrow(*, steps: tuple[Step, ...], title: Text, describe: Text) -> Markup:
    """Rows from top to bottom, 358 units wide: drawn one to one on a phone, so that text keeps its size."""
    bars, row = _bars(steps), 54.0
    scale = 358 / _highest(bars)
    parts = [_head("narrow", 358, len(bars) * row + 16, title, describe)]
    for i, bar in enumerate(bars):
        y = i * row
        parts.append(svg_text(bar.step.label, x=0, y=y + 16, kind=f"name {bar.step.kind}"))
        parts.append(svg_text(_amount(bar.step), x=358, y=y + 16, kind=f"amount end {bar.step.kind}"))
        left, long = bar.bottom * scale, max((bar.top - bar.bottom) * scale, 1.5)
        left = min(left, 358 - long)
        parts.append(_rect(bar, left, y + 24, long, 16))
        if i + 1 < len(bars):
            at = number(min(max(bar.after * scale, 0.5), 357.5))
            parts.append(Markup('<path class="link" d="M{} {}V{}"/>').format(at, number(y + 40), number(y + row + 24)))
        if bar.step.low is not None and bar.step.high is not None:
            low, high = bar.step.low * scale, bar.step.high * scale
            end = left + long
            parts.append(_whisker_flat(y + 32, min(low, end - 2), max(high, end + 2)))
            spread = wording.interval(low=bar.step.low, high=bar.step.high)
            parts.append(svg_text(spread, x=358, y=y + 57, kind="spread end"))
    parts.append(Markup("</svg>"))
    return Markup("").join(parts)


def _bars(steps: tuple[Step, ...]) -> tuple[_Bar, ...]:
    bars: list[_Bar] = []
    level = 0.0
    for step in steps:
        if step.kind == "change":
            after = max(level + step.value, 0.0)
            bars.append(_Bar(step, min(level, after), max(level, after), after))
        else:
            after = max(step.value, 0.0)
            bars.append(_Bar(step, 0.0, after, after))
        level = after
    return tuple(bars)


def _highest(bars: tuple[_Bar, ...]) -> float:
    return max(1.0, *(max(bar.top, bar.step.high or 0.0) for bar in bars))


def _amount(step: Step) -> Text:
    return wording.signed(value=step.value) if step.kind == "change" else wording.count(value=step.value)


def _head(kind: str, width: float, height: float, title: Text, describe: Text) -> Markup:
    return Markup(
        '<svg class="waterfall {}" viewBox="0 0 {} {}" role="img"><title>{} / {}</title><desc>{} / {}</desc>'
    ).format(kind, number(width), number(height), title.id, title.en, describe.id, describe.en)


def _rect(bar: _Bar, x: float, y: float, width: float, height: float) -> Markup:
    direction = " more" if bar.step.kind == "change" and bar.step.value > 0 else ""
    return Markup('<rect class="{}" x="{}" y="{}" width="{}" height="{}"/>').format(
        bar.step.kind + direction, number(x), number(y), number(width), number(height)
    )


def _whisker_upright(x: float, high: float, low: float) -> Markup:
    return Markup('<path class="whisker" d="M{0} {3}H{1}M{2} {3}V{4}M{0} {4}H{1}"/>').format(
        number(x - 8), number(x + 8), number(x), number(high), number(low)
    )


def _whisker_flat(y: float, low: float, high: float) -> Markup:
    return Markup('<path class="whisker" d="M{3} {0}V{1}M{3} {2}H{4}M{4} {0}V{1}"/>').format(
        number(y - 6), number(y + 6), number(y), number(low), number(min(high, 357))
    )
