"""A tile-grid map: every province one square of the same size, shaded by a share and labelled with it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from markupsafe import Markup

from jangkau.charts import wording
from jangkau.charts.markup import number, svg_text
from jangkau.complaints import Text

SHADES = 5
_SIZE, _STEP = 66, 72


@dataclass(frozen=True)
class Tile:
    """A province at (column, row), both from 0. ``share`` is between 0 and 1.

    Without a share it is not shaded; ``remark`` then says why (too few people), and nothing if nobody lives there.
    """

    name: str
    short: str
    column: int
    row: int
    share: float | None
    remark: str = ""


@dataclass(frozen=True)
class Scale:
    """Classes of equal width over whole per cents, at least 2 wide, lest a small difference look big."""

    start: int
    width: int
    classes: int

    def shade(self, *, share: float) -> int:
        """Class from 0 (palest) to 4 (darkest)."""
        return max(0, min(int((100 * share - self.start) // self.width), self.classes - 1))

    def bounds(self) -> tuple[Text, ...]:
        """What each class means, for the legend."""
        edges = [(self.start + i * self.width, self.start + (i + 1) * self.width) for i in range(self.classes)]
        return tuple(Text(f"{a}\N{EN DASH}{b}{wording.NO_BREAK}%", f"{a}\N{EN DASH}{b}%") for a, b in edges)


def scale(*, shares: tuple[float, ...]) -> Scale:
    """Classes that hold all ``shares``; at most five."""
    low = math.floor(100 * min(shares, default=0.0))
    high = max(math.ceil(100 * max(shares, default=0.0)), low + 1)
    width = max(2, math.ceil((high - low) / SHADES))
    return Scale(low, width, math.ceil((high - low) / width))


def tile_grid(*, tiles: tuple[Tile, ...], title: Text, describe: Text) -> Markup:
    """The map; the words in its tiles are hidden by CSS where it gets too small to read them. Needs a tile."""
    left, top = min(tile.column for tile in tiles), min(tile.row for tile in tiles)
    columns = max(tile.column for tile in tiles) - left + 1
    rows = max(tile.row for tile in tiles) - top + 1
    classes = scale(shares=tuple(tile.share for tile in tiles if tile.share is not None))
    drawn = [
        Markup('<svg class="tiles" viewBox="0 0 {} {}" role="img"><title>{} / {}</title><desc>{} / {}</desc>').format(
            columns * _STEP - 6, rows * _STEP - 6, title.id, title.en, describe.id, describe.en
        )
    ]
    for tile in tiles:
        x, y = (tile.column - left) * _STEP, (tile.row - top) * _STEP
        blank = "few" if tile.remark else "none"
        shade = blank if tile.share is None else f"shade{_spread(classes, tile.share)}"
        drawn.append(_square(tile, shade, x, y))
    drawn.append(Markup("</svg>"))
    return Markup("").join(drawn)


def legend(*, tiles: tuple[Tile, ...]) -> tuple[tuple[str, Text], ...]:
    """CSS class and meaning of every shade used on the map."""
    classes = scale(shares=tuple(tile.share for tile in tiles if tile.share is not None))
    return tuple((f"shade{_darkness(classes, i)}", words) for i, words in enumerate(classes.bounds()))


def _spread(classes: Scale, share: float) -> int:
    return _darkness(classes, classes.shade(share=share))


def _darkness(classes: Scale, shade: int) -> int:
    """Few classes take neighbouring tints from the middle: palest beside darkest would make a small difference big."""
    return shade + (SHADES - classes.classes) // 2


def _square(tile: Tile, shade: str, x: int, y: int) -> Markup:
    middle = x + _SIZE / 2
    drawn = Markup('<g class="{}"><title>{}</title>').format(shade, tile.name)
    drawn += Markup('<rect x="{}" y="{}" width="{}" height="{}" rx="5"/>').format(number(x), number(y), _SIZE, _SIZE)
    name_y = y + 27 if tile.share is not None or tile.remark else y + 38
    drawn += svg_text(Text(tile.short, tile.short), x=middle, y=name_y, kind="short mid")
    if tile.share is not None:
        whole = wording.percent(part=tile.share, whole=1) if tile.share < 0.9995 else wording.level(value=1)
        drawn += svg_text(whole, x=middle, y=y + 48, kind="share mid")
    elif tile.remark:
        drawn += svg_text(Text(tile.remark, tile.remark), x=middle, y=y + 48, kind="short mid")
    return drawn + Markup("</g>")
