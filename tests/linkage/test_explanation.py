"""docs/explanation/linkage.md says the numbers that the method has."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from jangkau.gaps.membership import ANOTHER_NIK, OWNED
from jangkau.linkage import carelessness, fillers, search, strangers, training, watched, weights
from jangkau.linkage.engine import LEAST_LIKELY
from jangkau.linkage.index import CLASSES
from jangkau.linkage.method_file import understood

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "linkage.md"
TEXT = " ".join(PAGE.read_text(encoding="utf-8").split())


@pytest.mark.parametrize(
    "said",
    [
        f"{training.M_WEIGHT:.0f} b_f(γ)",
        f"{training.U_WEIGHT:.0f} b_f(γ)",
        f"worth {training.M_WEIGHT:.0f} pairs (m), {training.U_WEIGHT:.0f} (u), "
        f"{training.U_NIK_WEIGHT:,.0f} (near NIKs)",
        f"fewer than {training.ENOUGH_IDENTICAL} such pairs",
        f"fewer than {training.ENOUGH_COMPARABLE:.0%} of pairs".replace("%", " %"),
        f"at most {strangers.ITERATIONS} times",
        f"a Gamma prior worth {strangers.CHANCE:.0f} pairs, where birth dates are equal and more are found "
        f"{strangers.RELATED}",
        f"worth {strangers.MATCHES_COUNTED:.0f} pairs, with EM {strangers.MATCHES_EM:.0f}",
        f"the belief is worth {strangers.WATCHED_WORTH:.0f} pairs a level",
        f"the belief is worth {strangers.TWINS_WORTH:.0f} pairs a level",
        f"shrunk with {carelessness.WORTH:.0f} pairs",
        f"({watched.ENOUGH:.0f} or more expected)",
        f"c = 0 … {CLASSES - 1}",
        f"log(2^b) − {search.SLACK:.0f}",
        f"most {2 * search.TALLIED // 1_000_000} million".replace("2", "two"),
        f"min(L, R)) / {weights.TWINS}",
        f"more than {fillers.SHARED} rows have, or a date that more than {fillers.SHARED} and "
        f"{fillers.SHARED_DATE:.0%}".replace("%", " %"),
        f"in a short list {fillers.SMALL_SHARED + 1} rows",
        f"odds above {OWNED:.0f}",
        f"else {ANOTHER_NIK} (believed)",
    ],
)
def test_the_page_says_the_number(said: str) -> None:
    assert said in TEXT


def test_the_page_says_from_which_odds_on() -> None:
    assert "odds below 10⁻³ are dropped" in TEXT and pytest.approx(1e-3) == 2.718281828459045**LEAST_LIKELY
    assert "odds above 1000" in TEXT and pytest.approx(1000.0) == 2.718281828459045**training.CERTAIN


def test_the_page_says_how_many_random_pairs() -> None:
    method = understood(content=b"fields: [{name: nama, kind: person_name}]", where="method.yaml")
    assert f"`random_pairs`, {method.random_pairs:,} unless said" in TEXT


def test_every_dependence_is_told() -> None:
    told = re.findall(r"^\d\. \*([^*]+)\*", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    tables = ("nik", "near", "neighbours", "phone", "namesakes", "beyond", "care")
    assert len(told) == len(tables)
    assert all(f"``{name}``" in (weights.Weights.__doc__ or "") for name in tables)
