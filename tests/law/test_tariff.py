"""The law in SQL: every case and thousands of invented people, priced by sql/price.sql as by `charges`."""

from __future__ import annotations

import doctest
import random
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import yaml

from jangkau.complaints import Complaint
from jangkau.law import tariff as of_month
from jangkau.law.charges import Facts, charges
from jangkau.law.facts import MOST
from jangkau.law.loading import law
from jangkau.law.owed import Charges
from jangkau.law.tariff import tariff
from jangkau.law.values import PAYERS, PROGRAMMES, SCALES, SECTORS
from tests.law import engines
from tests.law.engines import Engine, Row

FOLDER = Path(__file__).parents[1] / "cases" / "law"
CASES: list[dict[str, Any]] = [
    case
    for name in ("charges_bpu", "charges_bpu_brackets", "charges_pu", "charges_reliefs")
    for case in yaml.load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    if case["facts"]["segment"] in ("BPU", "PU")
]
TYPES = {
    **dict.fromkeys(("income", "wage", "jkk_class"), pa.int64()),
    **dict.fromkeys(("segment", "scale", "sector", "payer"), pa.string()),
    **dict.fromkeys(("labour_intensive", "in_arrears", "employs_others"), pa.bool_()),
}
TAKES = tuple(f"takes_{programme.lower()}" for programme in PROGRAMMES)
# The worker's part of PU stands in columns of its own; everything else is paid by `payer`.
COLUMNS = {"jkk": "JKK", "jkm": "JKM", "jht": "JHT", "jp": "JP", "jkp": "JKP"}


def of_case(case: dict[str, Any]) -> tuple[Facts, date]:
    facts = dict(case["facts"])
    if "programmes" in facts:
        facts["programmes"] = tuple(facts["programmes"])
    year, month = str(case["month"]).split("-")[:2]
    return Facts(**facts), date(int(year), int(month), 1)


def priced(engine: Engine, people: list[Facts], month: date) -> list[Row]:
    """These people by sql/price.sql."""
    columns = {name: pa.array([getattr(one, name) for one in people], kind) for name, kind in TYPES.items()}
    for name, programme in zip(TAKES, PROGRAMMES, strict=True):
        asked = [None if one.programmes is None else programme in one.programmes for one in people]
        columns[name] = pa.array(asked, pa.bool_())
    table = pa.table({"id": pa.array(range(len(people)), pa.int64()), **columns})
    return engines.priced(engine=engine, people=table, month=month)


def answer(row: Row) -> dict[str, Any]:
    """What a row says, as `plain` says it."""
    if row["refused"] is not None:
        assert row["total"] is None
        assert not row["verified"]
        return {"refused": row["refused"]}
    amounts = {(COLUMNS[name], row["payer"]): row[name] for name in COLUMNS}
    for name in ("jht", "jp"):
        paid = amounts.get((COLUMNS[name], "worker"), 0)
        amounts[COLUMNS[name], "worker"] = paid + row[f"{name}_worker"]
    return {
        "amounts": {key: amount for key, amount in amounts.items() if amount},
        "deferred": (row["jp_deferred"], row["jp_worker_deferred"]),
        "total": row["total"],
        "by_worker": row["by_worker"],
        "bracket": row["bracket"],
        "verified": row["verified"],
        "unknown": set((row["unknown"] or "").split(",")) - {""},
    }


def plain(facts: Facts, month: date) -> dict[str, Any]:
    """The answer of `charges`."""
    try:
        owed: Charges = charges(facts=facts, month=month)
    except Complaint as refused:
        return {"refused": refused.where.removeprefix("--").replace("-", "_")}
    deferred = {charge.payer: charge.deferred for charge in owed.charges if charge.programme == "JP"}
    return {
        "amounts": {(charge.programme, charge.payer): charge.amount for charge in owed.charges if charge.amount},
        "deferred": (deferred.get("employer", 0), deferred.get("worker", 0)),
        "total": owed.total,
        "by_worker": owed.by_payer.get("worker", 0),
        "bracket": next((charge.bracket for charge in owed.charges if charge.bracket), None),
        "verified": owed.verified,
        "unknown": {one.programme for one in owed.unknown},
    }


def test_the_cases_are_as_many_as_there_were() -> None:
    assert len(CASES) > 190


@pytest.mark.parametrize("month", sorted({str(case["month"])[:7] for case in CASES}))
def test_a_case_has_the_answer_that_it_expects_in_sql_too(engine: Engine, month: str) -> None:
    cases = [case for case in CASES if str(case["month"])[:7] == month]
    rows = priced(engine, [of_case(case)[0] for case in cases], of_case(cases[0])[1])
    for case, row in zip(cases, rows, strict=True):
        expect, found = case["expect"], answer(row)
        by_payer: dict[str, int] = {}
        for (_, payer), amount in found["amounts"].items():
            by_payer[payer] = by_payer.get(payer, 0) + amount
        said = {
            "total": found["total"],
            "verified": found["verified"],
            "bracket": found["bracket"],
            "unknown": found["unknown"],
            "by_payer": by_payer,
            "charges": found["amounts"],
            "deferred": {"employer": found["deferred"][0], "worker": found["deferred"][1]},
        }
        wanted = {name: expect[name] for name in expect if name in said}
        if "charges" in wanted:
            wanted["charges"] = {(one, payer): amount for one, payer, amount in wanted["charges"] if amount}
        if "unknown" in wanted:
            wanted["unknown"] = set(wanted["unknown"])
        assert {name: said[name] for name in wanted} == wanted, case["name"]
        assert found == plain(*of_case(case)), case["name"]


# The edges of brackets, ceilings and what is possible are drawn as often as anything else.
EDGES = [
    *(limit for row in law().series["bpu.brackets"].values[0].brackets for limit in (row.lower, row.upper, row.base)),
    *(value.amount for value in law().series["pu.JP.ceiling"].values),
]
AMOUNTS = sorted({edge + by for edge in EDGES if edge is not None for by in (-1, 0, 1)} | {MOST["wage"]})


def invented(draw: random.Random) -> Facts:
    amount = draw.choice(AMOUNTS) if draw.random() < 0.4 else draw.randrange(40_000_000)
    chosen = tuple(one for one in PROGRAMMES if draw.random() < 0.5)
    sector = draw.choice((None, *SECTORS, *SECTORS))
    if draw.random() < 0.5:
        takes = tuple(one for one in chosen if one in ("JKK", "JKM", "JHT"))
        return Facts(
            segment="BPU",
            income=amount,
            sector=sector,
            payer=draw.choice((None, *PAYERS)),
            programmes=draw.choice((None, takes or ("JHT",))),
            in_arrears=draw.random() < 0.2,
            employs_others=draw.random() < 0.2,
        )
    return Facts(
        segment="PU",
        wage=max(amount, 1),
        jkk_class=draw.choice((None, 1, 2, 3, 4, 5, 1, 2, 3, 4, 5)),
        scale=draw.choice((None, *SCALES)),
        sector=sector,
        payer=draw.choice((None, None, "worker", "employer", "bank")),
        programmes=draw.choice((None, chosen or ("JP",))),
        labour_intensive=draw.random() < 0.4,
        in_arrears=draw.random() < 0.2,
    )


MONTHS = ["2015-07", "2016-02", "2020-07", "2020-10", "2021-01", "2021-02", "2021-05", "2021-12", "2025-03", "2025-09"]
MONTHS += ["2026-01", "2026-02", "2026-05", "2027-01", "2027-03", "2027-12"]


@pytest.mark.parametrize("month", MONTHS)
def test_anybody_owes_in_sql_what_he_owes_in_python(engine: Engine, month: str) -> None:
    draw, first = random.Random(month), date.fromisoformat(f"{month}-01")
    people = [invented(draw) for _ in range(1_250)]
    for facts, row in zip(people, priced(engine, people, first), strict=True):
        assert answer(row) == plain(facts, first), facts
    assert len({one.segment for one in people}) == 2


def test_the_invented_people_meet_every_kind_of_answer(engine: Engine) -> None:
    draw = random.Random(1)
    people = [invented(draw) for _ in range(2_000)]
    rows = priced(engine, people, date(2026, 5, 1))
    assert {row["refused"] for row in rows} == {None, "payer", "sector", "jkk_class"}
    assert {None, "JKK,JKM"} <= {row["unknown"] for row in rows}
    assert {row["verified"] for row in rows} == {True, False}


MAY = date(2026, 5, 1)
WORKER = Facts("BPU", income=1_000_000, sector="other", payer="worker")
EARNER = Facts("PU", wage=5_000_000, jkk_class=1)


@pytest.mark.parametrize(
    ("facts", "fact"),
    [
        (replace(WORKER, income=None), "income"),
        (replace(WORKER, income=-1), "income"),
        (replace(WORKER, income=10**10 + 1), "income"),
        (replace(WORKER, payer="aunt"), "payer"),
        (replace(WORKER, payer=None), "payer"),
        (replace(WORKER, sector="sea"), "sector"),
        (replace(WORKER, sector=None), "sector"),
        (replace(WORKER, programmes=("JKK", "JP")), "programmes"),
        (replace(WORKER, programmes=()), "programmes"),
        (replace(EARNER, wage=None), "wage"),
        (replace(EARNER, wage=0), "wage"),
        (replace(EARNER, wage=10**10 + 1), "wage"),
        (replace(EARNER, jkk_class=6), "jkk_class"),
        (replace(EARNER, jkk_class=None), "jkk_class"),
        (replace(EARNER, scale="vast"), "scale"),
        (replace(EARNER, payer="donor"), "payer"),
        (Facts("XYZ", income=1), "segment"),
    ],
)
def test_whom_python_complains_of_sql_refuses(engine: Engine, facts: Facts, fact: str) -> None:
    assert plain(facts, MAY) == {"refused": fact}
    assert answer(priced(engine, [facts], MAY)[0]) == {"refused": fact}


def test_before_there_was_jkp_nobody_could_take_it(engine: Engine) -> None:
    facts = replace(EARNER, programmes=("JKK", "JKP"))
    assert [answer(priced(engine, [facts], month)[0]).get("refused") for month in (date(2021, 1, 1), MAY)] == [
        "programmes",
        None,
    ]


def test_the_tables_are_small_and_made_again_for_another_month(engine: Engine) -> None:
    before, after = (priced(engine, [WORKER], month)[0]["total"] for month in (date(2026, 3, 1), MAY))
    assert (before, after) == (16_800, 8_400)
    sizes = engine.rows(
        query="SELECT (SELECT count(*) FROM tariff_cell) AS cells, (SELECT count(*) FROM tariff_base) AS bases"
    )
    assert max(sizes[0].values()) < 1_000


def test_a_relief_that_the_integers_cannot_hold_is_refused() -> None:
    known = law()
    reliefs = tuple(replace(one, multiplier=Decimal("0.123456789")) for one in known.reliefs)
    with pytest.raises(ValueError, match=r"law/rates/\w+\.yaml:\d+: price\.sql cannot reckon"):
        tariff(month=MAY, law=replace(known, reliefs=reliefs))


def test_a_month_of_no_known_law_is_complained_of() -> None:
    with pytest.raises(Complaint):
        tariff(month=date(2028, 1, 1))


def test_the_examples_in_the_text_are_true() -> None:
    results = doctest.testmod(of_month)
    assert results.attempted > 0
    assert results.failed == 0
