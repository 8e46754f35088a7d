"""Who must join: cases a lawyer can read, and facts that cannot be answered for."""

from __future__ import annotations

import doctest
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from jangkau.complaints import Complaint
from jangkau.law import duty as law
from jangkau.law.duty import LoanFacts, duty
from jangkau.law.kur_duty import TYPES, kur_duty, kur_rules

CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parents[1] / "cases" / "law" / "duty.yaml").read_text(encoding="utf-8")
)
MARCH = date(2023, 3, 1)


def facts_of(case: dict[str, Any]) -> LoanFacts:
    facts = case["facts"]
    return LoanFacts(facts["kur"], facts.get("plafon"), facts["agreed"], facts.get("employer"))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_law_of_a_case(case: dict[str, Any]) -> None:
    assert case["source"]
    facts = facts_of(case)
    found = duty(facts=facts, as_of=case.get("as_of", facts.agreed))
    for part, expected in ((found, case["expect"]), (found.general_duty, case.get("general", {}))):
        said = {name: _plain(part, name) for name in expected}
        assert said == expected


def _plain(part: Any, name: str) -> Any:
    if name == "question":
        return part.question is not None
    value = getattr(part, name)
    return list(value) if isinstance(value, tuple) else value


def test_the_cases_stand_on_the_first_and_last_day_of_every_rule() -> None:
    days = {case["facts"]["agreed"] for case in CASES}
    edges = {rule.valid_from for rule in kur_rules()}
    assert edges <= days
    assert {date.fromordinal(edge.toordinal() - 1) for edge in edges if edge > date(2015, 7, 1)} <= days


def test_the_cases_name_every_type_and_answer() -> None:
    assert {duty(facts=facts_of(case), as_of=MARCH).kur for case in CASES} == set(TYPES)
    assert {case["expect"]["duty"] for case in CASES} == {"must", "may", "unknown"}


@given(st.sampled_from(TYPES), st.integers(1, 600_000_000), st.dates(date(2015, 7, 1), date(2027, 12, 31)))
def test_a_loan_gets_the_word_that_a_run_counts(kur: str, plafon: int, agreed: date) -> None:
    found = duty(facts=LoanFacts(kur, plafon, agreed), as_of=agreed)
    assert found.duty == kur_duty(skema=kur, plafon=plafon, agreed=agreed)
    assert (found.duty == "unknown") == (found.question is not None)
    assert (found.duty == "unknown") == (found.article is None)
    assert not (found.duty == "unknown" and found.verified)


@pytest.mark.parametrize(
    ("facts", "as_of", "where", "says"),
    [
        (LoanFacts("ritel", 1, MARCH), MARCH, "--kur", "no KUR type 'ritel'"),
        (LoanFacts("khusus", None, MARCH), MARCH, "--plafon", "not given"),
        (LoanFacts("kecil", -1, MARCH), MARCH, "--plafon", "-1 makes no sense"),
        (LoanFacts("kecil", 0, MARCH), MARCH, "--plafon", "0 makes no sense"),
        (LoanFacts("kecil", 10_000_000_001, MARCH), MARCH, "--plafon", "makes no sense"),
        (LoanFacts("kecil", 1, date(2015, 6, 30)), MARCH, "--agreed", "from 2015-07 to 2027-12"),
        (LoanFacts("kecil", 1, date(2028, 1, 1)), MARCH, "--agreed", "from 2015-07 to 2027-12"),
        (LoanFacts("kecil", 1, MARCH), date(2028, 1, 1), "--as-of", "from 2015-07 to 2027-12"),
    ],
)
def test_facts_that_cannot_be_answered_for_are_named(facts: LoanFacts, as_of: date, where: str, says: str) -> None:
    with pytest.raises(Complaint) as refused:
        duty(facts=facts, as_of=as_of)
    assert refused.value.where == where
    assert says in refused.value.message("en")


@pytest.mark.parametrize("name", ["Super Mikro", "super-mikro", "SUPER_MIKRO"])
def test_a_type_may_be_written_as_people_write_it(name: str) -> None:
    assert duty(facts=LoanFacts(name, 5_000_000, MARCH), as_of=MARCH).kur == "super_mikro"


def test_a_start_in_doubt_is_said() -> None:
    found = duty(facts=LoanFacts("kecil", 200_000_000, date(2023, 1, 30)), as_of=MARCH)
    assert any("2023-02-06" in note.en for note in found.notes)


def test_sources_that_disagree_about_a_paragraph_are_both_told() -> None:
    notes = duty(facts=LoanFacts("khusus", 200_000_000, MARCH), as_of=MARCH).notes
    assert any("35(11)" in note.id and "35(1)." in note.id for note in notes)


def test_the_examples_in_the_text_are_true() -> None:
    results = doctest.testmod(law)
    assert results.attempted > 0
    assert results.failed == 0
