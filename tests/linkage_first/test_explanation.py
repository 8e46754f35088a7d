"""The page that explains the method says the numbers the method has."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from jangkau.gaps.doubt import CELLS, MODEL_DOUBT, MOST
from jangkau.gaps.membership import ANOTHER_NIK, OWNED
from jangkau.linkage.first.method import LEVELS, Method
from jangkau.linkage.first.weights import ENOUGH_COMPARABLE, M_BELIEF, M_WEIGHT, U_NIK_WEIGHT, U_WEIGHT

PAGES = Path(__file__).parents[2] / "docs" / "explanation"
WORDS = {4: "four", 6: "six", 9: "nine", 15: "fifteen"}


def page(name: str) -> str:
    """The text in one line."""
    return " ".join((PAGES / f"{name}.md").read_text(encoding="utf-8").split())


def test_the_page_counts_the_blocks(method: Method) -> None:
    passes = Counter(block.capture for block in method.blocks)
    text = page("linkage").lower()
    assert f"at least one of {WORDS[len(method.blocks)]} keys" in text
    assert f"{WORDS[passes['identifier']]} are of the identifier pass" in text
    assert f"{WORDS[passes['description']]} are of the description pass" in text
    assert f"more than {method.largest_block:,} pairs share" in text


def test_the_page_lists_every_level() -> None:
    rows = dict(
        re.findall(r"^\| (\S[^|]*?) \| (1 [^|]*) \|$", (PAGES / "linkage.md").read_text(encoding="utf-8"), re.M)
    )
    names = {"nik": "NIK", "born": "birth date", "phone": "telephone"}
    for field, levels in LEVELS.items():
        found = re.findall(r"(?:^|· )(\d) ", rows[names.get(field, field)])
        assert [int(level) for level in found] == list(levels), field


def test_the_page_says_what_is_believed() -> None:
    text = page("linkage")
    for field, belief in M_BELIEF.items():
        assert ", ".join(str(share) for share in belief) in text, field
    assert (
        f"{M_WEIGHT:.0f} pairs' worth of belief, each u with {U_WEIGHT:.0f}, u of the NIK with {U_NIK_WEIGHT:,.0f}"
        in text
    )
    assert f"fewer than {ENOUGH_COMPARABLE:.0%}".replace("%", " %") in text


def test_the_page_says_the_limits(method: Method) -> None:
    text = page("linkage")
    assert f"P ≥ {method.high:.2f}: `match`. P ≤ {method.low:.2f}: `none`" in text
    assert f"(odds above {OWNED:.0f})" in text
    assert f"else {ANOTHER_NIK} (believed)" in text


@pytest.mark.parametrize("said", [f"Σ ({MODEL_DOUBT} · correction)²", f"at most {MOST}", f"Cells are {WORDS[CELLS]}"])
def test_the_page_of_the_estimate_says_its_numbers(said: str) -> None:
    assert said in page("estimate")
