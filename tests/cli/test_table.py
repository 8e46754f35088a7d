"""Figures line up, and read as each language writes them."""

from __future__ import annotations

import pytest

from jangkau.cli.table import Column, number, table
from jangkau.complaints import Language


@pytest.mark.parametrize(
    ("value", "decimals", "language", "text"),
    [
        (1234567, 0, "id", "1.234.567"),
        (1234567, 0, "en", "1,234,567"),
        (1234.56, 1, "id", "1.234,6"),
        (-5, 0, "id", "-5"),
        (None, 0, "en", "–"),
    ],
)
def test_a_number_is_written_as_its_readers_write_it(
    value: float | None, decimals: int, language: Language, text: str
) -> None:
    assert number(value=value, language=language, decimals=decimals) == text


def test_figures_stand_to_the_right_and_words_to_the_left() -> None:
    shown = table(
        columns=[Column("Daerah"), Column("Orang", figures=True)], rows=[["Manado", "7"], ["Simalungun", "1.204"]]
    )
    assert shown.splitlines() == ["Daerah      Orang", "──────────  ─────", "Manado          7", "Simalungun  1.204"]


def test_a_table_without_rows_is_its_head() -> None:
    assert table(columns=[Column("Daerah")], rows=[]).splitlines() == ["Daerah", "──────"]
