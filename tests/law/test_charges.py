"""What is owed for a month, on the cases of the issue; the cases in tests/cases/law say the rest."""

from __future__ import annotations

import doctest
from datetime import date

import pytest

import jangkau.law.charges
import jangkau.law.explaining
import jangkau.law.facts
import jangkau.law.rounding
from jangkau.law.charges import Facts, charges


@pytest.mark.parametrize(
    "module", [jangkau.law.charges, jangkau.law.explaining, jangkau.law.facts, jangkau.law.rounding]
)
def test_the_examples_in_the_docstrings_are_right(module: object) -> None:
    outcome = doctest.testmod(module)  # type: ignore[arg-type]
    assert outcome.attempted
    assert not outcome.failed


def test_a_borrower_in_may_2026_pays_half_of_jkk_and_jkm() -> None:
    facts = Facts("BPU", income=1_000_000, sector="other", payer="worker", programmes=("JKK", "JKM", "JHT"))
    owed = charges(facts=facts, month=date(2026, 5, 1))
    assert [charge.amount for charge in owed.charges] == [5000, 3400, 20000]
    assert owed.total == 28400
    assert owed.by_payer == {"worker": 28400}
    assert owed.verified
