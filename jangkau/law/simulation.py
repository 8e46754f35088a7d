"""What a reform would do to people: each priced for a month under two laws, every combination of facts once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from jangkau.complaints import Complaint, Text
from jangkau.law.facts import Facts
from jangkau.law.loading import law as the_law
from jangkau.law.months import month_end
from jangkau.law.people_file import LEVELS, People, lacks_for_law, read_people
from jangkau.law.reform import THE_LAW, read_reform
from jangkau.law.reform_prices import Owed, Side
from jangkau.law.values import Law

SIDES = ("baseline", "reform")
# Wages are priced one by one; more different ones than this take minutes, and rounding them to Rp1,000 takes seconds.
MOST_COMBINATIONS = 300_000
_KEY = ("segment", "class", "sector", "payer", "jkk_class", "scale", "mask_baseline", "mask_reform")


@dataclass(frozen=True)
class Question:
    """What is asked: whom, which reform against which, in which month, for which programmes (None: the compulsory)."""

    people: Path
    reform: Path
    month: date
    baseline: Path | None = None
    programmes: tuple[str, ...] | None = None


@dataclass
class Priced:
    """The tables ``person``, ``priced_LEVEL``, ``owed_LEVEL``, ``combination_LEVEL`` in ``people.db``; their basis."""

    people: People
    sides: tuple[Side, Side]
    levels: tuple[str, ...]
    open: dict[str, tuple[Text, ...]]
    assumed: tuple[Text, ...]
    articles: dict[str, tuple[tuple[str, bool], ...]]
    combinations: int


def price_people(*, question: Question) -> Priced:
    """Every person under both laws. Complaint for a reform or a people file that cannot be used."""
    law = the_law()
    reform = read_reform(path=question.reform, law=law)
    baseline = THE_LAW if question.baseline is None else read_reform(path=question.baseline, law=law)
    sides = (
        Side(reform=baseline, law=law, month=question.month),
        Side(reform=reform, law=law, month=question.month),
    )
    needed = {name for one in (*baseline.measures, *reform.measures) for name in one.when.columns}
    db = duckdb.connect()
    people = read_people(path=question.people, needed=needed, incomes=reform.incomes or baseline.incomes, db=db)
    priced = Priced(people, sides, LEVELS if people.estimated else ("middle",), {}, (), {}, 0)
    memory: dict[tuple[Any, ...], tuple[Owed, Owed]] = {}
    for level in priced.levels:
        _level(priced, question, law, level, memory)
    priced.combinations = len(memory)
    priced.open = {
        name: tuple(dict.fromkeys(text for pair in memory.values() for text in pair[place].open))
        for place, name in enumerate(SIDES)
    }
    priced.articles = {
        name: tuple(
            sorted({(charge.article, charge.verified) for pair in memory.values() for charge in pair[place].charges})
        )
        for place, name in enumerate(SIDES)
    }
    priced.assumed = tuple(dict.fromkeys(text for pair in memory.values() for owed in pair for text in owed.assumed))
    return priced


def edges(*, sides: Sequence[Side], law: Law) -> list[int]:
    """Incomes at which anything of either law changes: between two of them every own-account worker owes the same."""
    found = {0}
    for side in sides:
        tables = [law.series["bpu.brackets"].on(month_end(month=side.month))]
        tables += [one.value for one in side.measures if one.series == "bpu.brackets"]
        for table in tables:
            for row in table.brackets if table else ():
                found.add(row.lower)
                if row.upper is not None:
                    found.add(row.upper + 1)
        for one in side.measures:
            found |= {limit for limit in (one.income,) if limit is not None}
            if one.when.income_up_to is not None:
                found.add(one.when.income_up_to + 1)
    return sorted(found)


def _level(
    priced: Priced, question: Question, law: Law, level: str, memory: dict[tuple[Any, ...], tuple[Owed, Owed]]
) -> None:
    db, income = priced.people.db, f"income_{level}"
    db.register("edge", pa.table({"class": pa.array(edges(sides=priced.sides, law=law), pa.int64())}))
    masks = ", ".join(f"{_mask(side, income)} AS mask_{name}" for side, name in zip(priced.sides, SIDES, strict=True))
    db.execute(
        f"""CREATE OR REPLACE TEMP TABLE keyed AS
        WITH sorted AS (SELECT class FROM edge ORDER BY class), ends AS (
            SELECT class, lead(class) OVER (ORDER BY class) AS until FROM sorted)
        SELECT line, person_id, segment, kur, region, person.income IS NULL AS estimated, {income} AS priced_income,
            instalment, CASE segment WHEN 'PU' THEN {income} ELSE class END AS class, sector, payer, jkk_class, scale,
            {masks}
        FROM person JOIN ends ON {income} >= class AND ({income} < until OR until IS NULL)"""
    )
    key = ", ".join(_KEY)
    db.execute(
        f"""CREATE OR REPLACE TEMP TABLE combination_{level} AS
        SELECT row_number() OVER (ORDER BY {key}) AS combination, * FROM
            (SELECT {key}, count(*) AS people FROM keyed GROUP BY ALL)"""
    )
    found = db.execute(f"SELECT combination, {key} FROM combination_{level} ORDER BY combination").fetchall()
    if len(found) > MOST_COMBINATIONS:
        raise Complaint(
            what=Text("Terlalu banyak upah yang berbeda.", "There are too many different wages."),
            where=question.people.name,
            why=Text(f"{len(found)} kombinasi; batasnya {MOST_COMBINATIONS}.",
                     f"{len(found)} combinations; the limit is {MOST_COMBINATIONS}."),
            do=Text("Bulatkan upah PU ke Rp1.000.", "Round the wages of PU to Rp1,000."),
        )  # fmt: skip
    rows: list[tuple[int, str, str, str, int, int]] = []
    wide: list[tuple[int, int, int, int, int, bool]] = []
    for number, *values in found:
        combination = tuple(values)
        if combination not in memory:
            memory[combination] = _both(priced.sides, combination, question)
        pair = memory[combination]
        known = pair[0].known and pair[1].known
        wide.append((number, *(_sum(owed, who) for who in ("worker", None) for owed in pair), known))
        if known:
            for name, owed in zip(SIDES, pair, strict=True):
                rows += [(number, name, one.programme, one.payer, one.amount, one.full_amount) for one in owed.charges]
    _store(db, level, rows, wide)


def _mask(side: Side, income: str) -> str:
    parts = [
        f"(CASE WHEN {one.when.sql(month=side.month, income=income)} THEN {1 << place} ELSE 0 END)"
        for place, one in enumerate(side.measures)
    ]
    return f"({' + '.join(parts) or '0'})"


def _both(sides: tuple[Side, Side], combination: tuple[Any, ...], question: Question) -> tuple[Owed, Owed]:
    segment, amount, sector, payer, jkk_class, scale, *masks = combination
    own = segment == "BPU"
    facts = Facts(
        segment=segment,
        income=amount if own else None,
        wage=None if own else amount,
        sector=sector,
        payer=payer if own else None,
        jkk_class=None if own else jkk_class,
        scale=None if own else scale,
        programmes=question.programmes,
    )
    try:
        before, after = (side.price(facts=facts, mask=mask) for side, mask in zip(sides, masks, strict=True))
    except Complaint as found:
        if found.where in ("--sector", "--jkk-class", "--wage", "--scale"):
            raise lacks_for_law(path=question.people, option=found.where, why=found.why) from None
        raise
    return before, after


def _sum(owed: Owed, who: str | None) -> int:
    return sum(charge.amount for charge in owed.charges if who in (None, charge.payer))


def _store(
    db: duckdb.DuckDBPyConnection,
    level: str,
    rows: list[tuple[int, str, str, str, int, int]],
    wide: list[tuple[int, int, int, int, int, bool]],
) -> None:
    names = ("combination", "side", "programme", "payer", "amount", "full_amount")
    types = (pa.int64(), pa.string(), pa.string(), pa.string(), pa.int64(), pa.int64())
    db.register(f"owed_{level}", _table(names, types, rows))
    names = ("combination", "worker_baseline", "worker_reform", "total_baseline", "total_reform", "known")
    kinds = (*[pa.int64()] * 5, pa.bool_())
    db.register("wide", _table(names, kinds, wide))
    key = " AND ".join(f"keyed.{name} IS NOT DISTINCT FROM c.{name}" for name in _KEY)
    db.execute(
        f"""CREATE OR REPLACE TEMP TABLE priced_{level} AS
        SELECT line, person_id, keyed.segment, kur, region, estimated, priced_income AS income, instalment,
            combination, worker_baseline, worker_reform, total_baseline, total_reform, known
        FROM keyed JOIN (SELECT * FROM combination_{level} JOIN wide USING (combination)) c ON {key}"""
    )


def _table(names: Sequence[str], types: Sequence[pa.DataType], rows: Sequence[tuple[Any, ...]]) -> pa.Table:
    return pa.table(
        {
            name: pa.array([row[at] for row in rows], kind)
            for at, (name, kind) in enumerate(zip(names, types, strict=True))
        }
    )
