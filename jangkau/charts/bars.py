"""Small bars for table cells: a part of a whole with its interval, and a whole in its kinds."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from jangkau.charts.markup import number
from jangkau.complaints import Text


@dataclass(frozen=True)
class Piece:
    """One kind in a whole: its CSS class, its words and how many."""

    kind: str
    label: Text
    value: float


def interval_bar(*, whole: float, part: float, low: float | None, high: float | None, largest: float) -> Markup:
    """A light bar for the whole, a dark one for the part, an outlined box for its interval; full width is ``largest``.

    The numbers stand beside it in the table, so it is hidden from screen readers. Lengths are per cents of the cell;
    CSS gives heights and colours by order: this is drawn hundreds of times and has to be short.
    """
    scale = 100 / largest if largest > 0 else 0.0
    drawn = Markup("<svg class=bar aria-hidden=true>") + _length(whole * scale) + _length(part * scale)
    if low is not None and high is not None and high > low:
        span = (number(low * scale), number(min((high - low) * scale, 100)))
        drawn += Markup('<rect x="{}%" width="{}%"/>').format(*span)
    return drawn + Markup("</svg>")


def plain_bar(*, value: float, largest: float) -> Markup:
    """One length against the largest of its kind."""
    return Markup("<svg class=bar aria-hidden=true>") + _length(100 * value / largest) + Markup("</svg>")


def stacked_bar(*, pieces: tuple[Piece, ...], height: int = 34) -> Markup:
    """A whole cut in its kinds, 1000 units long; kinds without anybody are left out. Empty if it is nothing."""
    whole = sum(piece.value for piece in pieces)
    if whole <= 0:
        return Markup("")
    drawn = Markup('<svg class=stack viewBox="0 0 1000 {}" preserveAspectRatio=none aria-hidden=true>').format(height)
    left = 0.0
    for piece in pieces:
        long = 1000 * piece.value / whole
        if piece.value > 0:
            drawn += Markup('<rect class="{}" x="{}" width="{}" height="{}"/>').format(
                piece.kind, number(left), number(max(long, 1.0)), height
            )
        left += long
    return drawn + Markup("</svg>")


def _length(share: float) -> Markup:
    return Markup('<rect width="{}%"/>').format(number(share))
