"""The steps that a branch officer reads to a borrower."""

from __future__ import annotations

from datetime import date

from jangkau.law.charges import Facts, charges
from jangkau.law.explaining import explain

BORROWER = Facts("BPU", income=1_150_000, sector="other", payer="worker")


def told(facts: Facts, month: date) -> str:
    return "\n".join(step.en for step in explain(facts=facts, owed=charges(facts=facts, month=month)))


def test_the_steps_name_income_bracket_relief_cost_and_insurance() -> None:
    said = told(BORROWER, date(2026, 5, 1))
    assert "The monthly income taken: Rp1,150,000." in said
    assert "bracket 2 (Rp1,100,000 to Rp1,299,000), whose base is Rp1,200,000" in said
    assert "JKK: 1% of Rp1,200,000 = Rp12,000; relief of PP 50/2025: Rp6,000. Paid by the worker." in said
    assert "of 2026-04 to 2026-12, for BPU outside transport" in said
    assert "ride-hailing" not in said
    assert "1 month Rp9,400; 3 months Rp28,200; 6 months Rp56,400; 12 months Rp150,400." in said
    assert "money for the family when the worker dies" in said


def test_every_step_is_in_both_languages() -> None:
    cases = [
        (BORROWER, date(2026, 5, 1)),
        (Facts("PU", wage=9_123_456, jkk_class=4), date(2020, 9, 1)),
        (Facts("JAKON", contract_value=750_000_000), date(2024, 5, 1)),
        (Facts("PMI", contract_months=18), date(2024, 5, 1)),
    ]
    for facts, month in cases:
        for step in explain(facts=facts, owed=charges(facts=facts, month=month)):
            assert step.id
            assert step.id != step.en
            assert "{" not in step.id + step.en


def test_what_may_be_paid_later_is_said() -> None:
    said = told(Facts("PU", wage=5_000_000, programmes=("JP",)), date(2020, 9, 1))
    assert "JP: 2% of Rp5,000,000 = Rp100,000; Rp99,000 may be paid later." in said


def test_an_open_question_is_told_with_its_source() -> None:
    said = told(Facts("BPU", income=1_000_000, sector="transport", payer="village"), date(2026, 5, 1))
    assert "JKK cannot be reckoned yet: PP 50/2025 excludes" in said
    assert "cnbcindonesia.com" in said


def test_the_cost_ahead_stops_where_the_law_is_not_known() -> None:
    said = told(BORROWER, date(2027, 11, 1))
    month = charges(facts=BORROWER, month=date(2027, 11, 1)).total
    assert f"1 month Rp{month:,}; 3 months cannot be reckoned (The law of 2028-01 is not known)." in said


def test_a_migrant_worker_hears_what_is_for_before_work_and_what_for_after() -> None:
    said = told(Facts(segment="PMI", contract_months=30), date(2026, 5, 1))
    assert "JKK and JKM before work: a fixed amount = Rp37,500." in said
    assert "JKK and JKM during and after work, contract of 24 months: a fixed amount = Rp332,500." in said
    assert "JKK and JKM for each month beyond the term: a fixed amount = Rp81,000." in said


def test_what_is_not_verified_is_said_at_the_end() -> None:
    last = explain(facts=BORROWER, owed=charges(facts=BORROWER, month=date(2026, 5, 1)))[-1]
    assert last.en.startswith("Not all it rests on is verified")
