"""The cases of tests/cases/law about contributions on plain Python, and what holds whatever the facts."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from jangkau.law.charges import Charges, Facts, charges
from jangkau.law.loading import law
from jangkau.law.values import PAYERS

FOLDER = Path(__file__).parents[1] / "cases" / "law"
CASES: list[dict[str, Any]] = [
    {**case, "file": path.stem}
    for path in sorted(FOLDER.glob("charges_*.yaml"))
    for case in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
]
NAMES = [f"{case['file']}: {case['name']}" for case in CASES]


def owed_of(case: dict[str, Any]) -> Charges:
    facts = dict(case["facts"])
    if "programmes" in facts:
        facts["programmes"] = tuple(facts["programmes"])
    year, month = str(case["month"]).split("-")[:2]
    return charges(facts=Facts(**facts), month=date(int(year), int(month), 1))


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_a_case_has_the_answer_that_it_expects(case: dict[str, Any]) -> None:
    expect, owed = dict(case["expect"]), owed_of(case)
    by_programme = {charge.programme: charge for charge in owed.charges}
    found = {
        "charges": [[charge.programme, charge.payer, charge.amount] for charge in owed.charges],
        "total": owed.total,
        "by_payer": owed.by_payer,
        "verified": owed.verified,
        "bracket": next((charge.bracket for charge in owed.charges if charge.bracket), None),
        "base": next((charge.base for charge in owed.charges if charge.base), None),
        "unknown": list(dict.fromkeys(one.programme for one in owed.unknown)),
        "deferred": {charge.payer: charge.deferred for charge in owed.charges if charge.programme == "JP"},
    }
    for programme, relief in expect.pop("relief", {}).items():
        assert by_programme[programme].relief == relief
    for name in ("assumed", "note"):
        words = expect.pop(name, "")
        assert any(words in text.en for text in (owed.assumed if name == "assumed" else owed.notes)) or not words
    assert {name: found[name] for name in expect} == expect
    assert case["source"]


def test_no_two_cases_have_one_name() -> None:
    assert len(NAMES) == len(set(NAMES))
    assert len(CASES) > 200


MONTHS = st.dates(date(2015, 7, 1), date(2027, 12, 31))
BPU = st.builds(
    Facts,
    segment=st.just("BPU"),
    income=st.integers(0, 40_000_000),
    payer=st.sampled_from(PAYERS),
    sector=st.sampled_from(["transport", "other"]),
    programmes=st.sampled_from([None, ("JKK", "JKM", "JHT")]),
    in_arrears=st.booleans(),
    employs_others=st.booleans(),
)
PU = st.builds(
    Facts,
    segment=st.just("PU"),
    wage=st.integers(1, 200_000_000),
    jkk_class=st.integers(1, 5),
    scale=st.sampled_from([None, "micro", "small", "medium", "large"]),
    labour_intensive=st.booleans(),
    in_arrears=st.booleans(),
)
JAKON = st.builds(Facts, segment=st.just("JAKON"), contract_value=st.integers(1, 10**12))


@settings(max_examples=300, deadline=None)
@given(facts=BPU | PU | JAKON, month=MONTHS)
def test_payers_sum_to_the_total_and_nothing_is_negative(facts: Facts, month: date) -> None:
    owed = charges(facts=facts, month=month)
    assert sum(owed.by_payer.values()) == owed.total
    assert all(0 <= charge.deferred <= charge.amount <= charge.full_amount for charge in owed.charges)
    assert all(charge.article and charge.source for charge in owed.charges)
    assert not (owed.unknown and owed.verified)


@settings(max_examples=300, deadline=None)
@given(facts=BPU | PU | JAKON, month=MONTHS, more=st.integers(0, 10_000_000))
def test_who_earns_more_never_pays_less(facts: Facts, month: date, more: int) -> None:
    name = {"BPU": "income", "PU": "wage", "JAKON": "contract_value"}[facts.segment]
    richer = Facts(**{**vars(facts), name: getattr(facts, name) + more})
    less, rest = charges(facts=facts, month=month), charges(facts=richer, month=month)
    assert [charge.programme for charge in less.charges] == [charge.programme for charge in rest.charges]
    assert all(one.amount <= other.amount for one, other in zip(less.charges, rest.charges, strict=True))


@settings(max_examples=300, deadline=None)
@given(facts=BPU, month=MONTHS)
def test_a_bracket_is_found_as_by_walking_down_the_table(facts: Facts, month: date) -> None:
    assume(not facts.employs_others and facts.income is not None)
    owed = charges(facts=facts, month=month)
    table = law().series["bpu.brackets"].values[0].brackets
    base, printed = 0, False
    for row in table:
        if (facts.income or 0) >= row.lower:
            base, printed = row.base, row.upper is None or (facts.income or 0) <= row.upper
    for charge in owed.charges:
        if charge.base is not None:
            assert charge.base == base
            assert printed or not charge.verified
