"""How near a run on invented data came to the truth, in words and a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from jangkau.cli.table import Column, number, table
from jangkau.complaints import Language, Text

if TYPE_CHECKING:
    from jangkau.demo.compare import Comparison, Figure

# The offices the project began with, whatever their size.
FIRST = ("1272", "1208", "7171")
_SHOWN = 12

_REGION = Text("Daerah", "Region")
_FIGURES = (
    Text("Perkiraan", "Estimate"),
    Text("Selang 95 %", "95 % interval"),
    Text("Sebenarnya", "Truth"),
    Text("Selisih", "Off by"),
)
_ALL = Text("Semua", "All")
_LINKS = Text(
    "Pasangan: ketepatan {precision}, kelengkapan {recall}. Orang: {people}, sebenarnya {true_people}.",
    "Links: precision {precision}, recall {recall}. People: {people}, in truth {true_people}.",
)
_NOWHERE = Text(
    "Daftar tidak menyebut wilayah {nowhere} orang di antaranya; mereka tidak masuk angka daerah mana pun.",
    "The lists do not say where {nowhere} of them live; they are in the figure of no region.",
)
_HOLDS = Text("Selang memuat angka sebenarnya.", "The interval holds the truth.")
_HOLDS_NOT = Text("Selang TIDAK memuat angka sebenarnya.", "The interval does NOT hold the truth.")


def shown(*, comparison: Comparison, language: Language) -> str:
    """The whole, the first offices and the largest regions beside the truth; then links and people."""
    figures = [comparison.unprotected, *_chosen(comparison.regions)]
    columns = [Column(_REGION.in_(language)), *(Column(title.in_(language), figures=True) for title in _FIGURES)]
    lines = table(columns=columns, rows=[_row(figure, language) for figure in figures])
    links = _LINKS.format(
        precision=number(value=comparison.links.precision, language=language, decimals=4),
        recall=number(value=comparison.links.recall, language=language, decimals=4),
        people=number(value=comparison.people, language=language),
        true_people=number(value=comparison.true_people, language=language),
    )
    holds = _HOLDS if comparison.unprotected.holds else _HOLDS_NOT
    told = [holds.in_(language), links.in_(language)]
    if round(comparison.nowhere):
        nowhere = _NOWHERE.format(nowhere=number(value=comparison.nowhere, language=language))
        told.insert(0, nowhere.in_(language))
    return "\n".join([lines, "", *told])


def _chosen(regions: Sequence[Figure]) -> list[Figure]:
    first = [figure for code in FIRST for figure in regions if figure.code == code]
    rest = sorted(
        (figure for figure in regions if figure not in first), key=lambda figure: (-figure.truth, figure.code)
    )
    return first + rest[: _SHOWN - len(first)]


def _row(figure: Figure, language: Language) -> list[str]:
    low, high = (number(value=value, language=language) for value in (figure.low, figure.high))
    return [
        figure.name or figure.code or _ALL.in_(language),
        number(value=figure.estimate, language=language),
        f"{low} – {high}",
        number(value=figure.truth, language=language),
        f"{number(value=100 * figure.error, language=language, decimals=1)} %",
    ]
