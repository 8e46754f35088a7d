"""The KUR rule in SQL: every case and thousands of invented loans, answered by sql/duty.sql as by `duty`."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import yaml

from jangkau.complaints import Complaint
from jangkau.law.duty import ABSURD_PLAFON, LoanFacts, duty
from jangkau.law.kur_duty import TYPES, kur_rules
from jangkau.law.kur_tables import duty_tables, kur_rows
from tests.law import engines
from tests.law.engines import Engine, Row

CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parents[1] / "cases" / "law" / "duty.yaml").read_text(encoding="utf-8")
)
ASKED = ("kur", "duty", "article", "instrument", "verified", "source")


def answered(engine: Engine, loans: list[LoanFacts], as_of: date) -> list[Row]:
    """These loans by sql/duty.sql."""
    kinds = {"kur": pa.string(), "plafon": pa.int64(), "agreed": pa.date32(), "employer": pa.bool_()}
    columns = {name: pa.array([getattr(loan, name) for loan in loans], kind) for name, kind in kinds.items()}
    table = pa.table({"id": pa.array(range(len(loans)), pa.int64()), **columns})
    return engines.answered(engine=engine, loans=table, as_of=as_of)


def plain(loan: LoanFacts, as_of: date) -> Row:
    """The answer of `duty`, as a row says it."""
    try:
        found = duty(facts=loan, as_of=as_of)
    except Complaint as refused:
        return {"refused": refused.where.removeprefix("--"), "duty": None, "verified": False}
    general = found.general_duty
    return {
        **{name: getattr(found, name) for name in ASKED},
        "question_id": found.question.id if found.question else None,
        "question_en": found.question.en if found.question else None,
        "general_duty": general.duty,
        "general_compulsory": ",".join(general.programmes),
        "general_voluntary": ",".join(general.voluntary),
        "general_article": general.article,
        "general_verified": general.verified,
        "general_question_en": general.question.en if general.question else None,
        "refused": None,
    }


def same(row: Row, expected: Row) -> None:
    assert {name: row[name] for name in expected} == expected


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_case_has_the_answer_that_it_expects_in_sql_too(engine: Engine, case: dict[str, Any]) -> None:
    facts = case["facts"]
    loan = LoanFacts(facts["kur"], facts.get("plafon"), facts["agreed"], facts.get("employer"))
    as_of = case.get("as_of", loan.agreed)
    row = answered(engine, [loan], as_of)[0]
    expect = dict(case["expect"])
    assert (row["question_en"] is not None) == expect.pop("question", row["question_en"] is not None)
    same(row, {name: expect[name] for name in expect if name in ASKED})
    general = case.get("general", {})
    if "programmes" in general:
        assert row["general_compulsory"].split(",") == general["programmes"]
    same(row, plain(loan, as_of))


def test_any_loan_gets_in_sql_the_answer_of_python(engine: Engine) -> None:
    draw = random.Random(4)
    edges = [rule.valid_from for rule in kur_rules()] + [rule.certain_from for rule in kur_rules()]
    days = [edge + timedelta(by) for edge in edges if edge for by in (-1, 0, 1)]
    limits = sorted(
        {limit for row in kur_rows() for limit in (row.plafon_from, row.plafon_to, row.type_from, row.type_to)}
    )
    sizes = [None, *(limit + by for limit in limits for by in (-1, 0, 1))]
    loans = [
        LoanFacts(
            draw.choice([*TYPES, "TKI", "Super Mikro", "super-mikro", "ritel"]),
            draw.choice(sizes) if draw.random() < 0.5 else draw.randrange(600_000_000),
            draw.choice(days) if draw.random() < 0.5 else date(2015, 6, 1) + timedelta(draw.randrange(4_700)),
            draw.choice([None, True, False]),
        )
        for _ in range(5_000)
    ]
    as_of = date(2023, 3, 1)
    rows = answered(engine, loans, as_of)
    for loan, row in zip(loans, rows, strict=True):
        same(row, plain(loan, as_of))
    assert {row["duty"] for row in rows} == {"must", "may", "unknown", None}
    assert {row["refused"] for row in rows} == {None, "kur", "plafon", "agreed"}
    assert {row["verified"] for row in rows} == {True, False}


def test_every_size_and_day_has_one_row_of_the_rule() -> None:
    for row in kur_rows():
        again = [
            one
            for one in kur_rows()
            if one.kur == row.kur
            and one.valid_from == row.valid_from
            and one.plafon_from <= row.plafon_from <= one.plafon_to
        ]
        assert again == [row]
    assert {row.plafon_to for row in kur_rows()} >= {100_000_000, ABSURD_PLAFON}


def test_the_general_duty_of_an_unknown_day_is_complained_of() -> None:
    with pytest.raises(Complaint):
        duty_tables(as_of=date(2028, 1, 1))
