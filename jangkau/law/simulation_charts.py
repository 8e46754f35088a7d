"""The charts of a simulation's page: two bars for two laws, shares as columns, a range over three incomes."""

from __future__ import annotations

from markupsafe import Markup

from jangkau.charts import wording
from jangkau.charts.markup import number, svg_text
from jangkau.complaints import Text


def paired_bars(*, before: float, after: float, largest: float) -> Markup:
    """The law now above, the reform below; their numbers stand beside them in the table."""
    scale = 100 / largest if largest > 0 else 0.0
    drawn = Markup("<svg class=pair aria-hidden=true>")
    for kind, y, value in (("before", 1, before), ("after", 13, after)):
        drawn += Markup('<rect class={} y={} height=10 width="{}%"/>').format(kind, y, number(max(value * scale, 0.0)))
    return drawn + Markup("</svg>")


def change_bar(*, change: float, largest: float) -> Markup:
    """Less to the left of the middle, more to the right."""
    long = 50 * abs(change) / largest if largest > 0 else 0.0
    kind, start = ("less", 50 - long) if change < 0 else ("more", 50.0)
    return Markup(
        '<svg class=change aria-hidden=true><rect class={} x="{}%" width="{}%" y=3 height=12 />'
        '<rect class=zero x="50%" width=1 y=0 height=18 /></svg>'
    ).format(kind, number(start), number(long))


def range_bar(*, values: tuple[float, ...]) -> Markup:
    """A line from the least to the most, a dot for the middle; drawn from nothing to the most of all."""
    most = max(*values, 0.0) or 1.0
    at = [2 + 94 * max(value, 0.0) / most for value in values]
    drawn = Markup('<svg class=range aria-hidden=true><rect class=rail x="2%" width="94%" y=8 height=1 />')
    drawn += Markup('<rect class=reach x="{}%" width="{}%" y=5 height=7 rx=3 />').format(
        number(min(at)), number(max(max(at) - min(at), 0.4))
    )
    return drawn + Markup('<circle cx="{}%" cy=8.5 r=5 /></svg>').format(number(at[len(at) // 2]))


def columns(
    *, names: tuple[Text, ...], before: list[int], after: list[int], limit: int, axis: Text, title: Text
) -> Markup:
    """Shares of people by burden: pale the law now, dark the reform. From bin ``limit`` on: heavy. 420 units wide."""
    width, ground, tall, left = 420.0, 200.0, 150.0, 2.0
    slot = (width - 2 * left) / len(names)
    whole = (max(sum(before), 1), max(sum(after), 1))
    top = max(*(many / whole[0] for many in before), *(many / whole[1] for many in after), 0.01)
    told = [f"{name.id}: {a} \N{RIGHTWARDS ARROW} {b}" for name, a, b in zip(names, before, after, strict=True)]
    drawn = Markup('<svg class=columns viewBox="0 0 420 256" role="img"><title>{} / {}</title><desc>{}</desc>').format(
        title.id, title.en, "; ".join(told)
    )
    drawn += Markup('<rect class=heavy x="{}" y=8 width="{}" height="{}"/>').format(
        number(left + limit * slot), number(width - left - left - limit * slot), number(ground - 8)
    )
    heavy = Text("berat", "heavy")
    drawn += svg_text(heavy, x=width - left - 6, y=23, kind="tick end")
    for place, name in enumerate(names):
        x = left + place * slot
        for kind, shift, many, all_ in (
            ("before", 0.12, before[place], whole[0]),
            ("after", 0.5, after[place], whole[1]),
        ):
            high = tall * many / all_ / top
            drawn += Markup('<rect class={} x="{}" y="{}" width="{}" height="{}"/>').format(
                kind, number(x + shift * slot), number(ground - high), number(slot * 0.36), number(max(high, 0.6))
            )
        most = max(before[place] / whole[0], after[place] / whole[1])
        if after[place] or before[place]:
            label = wording.level(value=round(after[place] / whole[1], 2))
            drawn += svg_text(label, x=x + slot / 2, y=ground - tall * most / top - 6, kind="tick mid")
        drawn += svg_text(name, x=x + slot / 2, y=ground + 18, kind="tick mid")
    drawn += Markup('<path class=ground d="M0 {}H420"/>').format(number(ground))
    return drawn + svg_text(axis, x=width / 2, y=ground + 46, kind="axis mid") + Markup("</svg>")
