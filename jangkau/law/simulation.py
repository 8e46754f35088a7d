"""What a reform would do to people: each priced for a month under two laws, every kind of person once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from jangkau.complaints import Complaint, Text
from jangkau.law.facts import Facts
from jangkau.law.incomes import LEVELS
from jangkau.law.loading import law as the_law
from jangkau.law.months import month_end
from jangkau.law.owed import Charge
from jangkau.law.people_file import People, lacks_for_law, read_people
from jangkau.law.reform import THE_LAW, read_reform
from jangkau.law.reform_prices import Owed, Side
from jangkau.law.values import Law, Value

SIDES = ("baseline", "reform")
# What decides the steps of `edges`: for wages the ceilings.
_STEPS = {"BPU": ("bpu.brackets",), "PU": ("pu.JP.ceiling", "pu.JKP.ceiling")}
# Of a rate times what reliefs leave of it: six digits of each, and of no more than three reliefs.
_DIGITS = 24
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


def edges(*, sides: Sequence[Side], law: Law, segment: str) -> list[int]:
    """Incomes from which on anything of either law is another.

    Between two of them every own-account worker (BPU) owes the same, and every wage earner (PU) the same rates, of the
    whole wage or of one ceiling.
    """
    found = {0}
    for side in sides:
        for name in _STEPS[segment]:
            tables = [law.series[name].on(month_end(month=side.month))]
            tables += [one.value for one in side.measures if one.series == name]
            for table in tables:
                found |= _steps_of(table)
        for one in side.measures:
            found |= {limit for limit in (one.income,) if limit is not None}
            if one.when.income_up_to is not None:
                found.add(one.when.income_up_to + 1)
    return sorted(found)


def _steps_of(table: Value | None) -> set[int]:
    if table is None:
        return set()
    if table.amount is not None:
        return {table.amount + 1}
    return {row.lower for row in table.brackets} | {row.upper + 1 for row in table.brackets if row.upper is not None}


def _level(
    priced: Priced, question: Question, law: Law, level: str, memory: dict[tuple[Any, ...], tuple[Owed, Owed]]
) -> None:
    db, income = priced.people.db, f"income_{level}"
    steps = [(segment, one) for segment in _STEPS for one in edges(sides=priced.sides, law=law, segment=segment)]
    db.register("edge", _table(("segment", "class"), (pa.string(), pa.int64()), steps))
    masks = ", ".join(f"{_mask(side, income)} AS mask_{name}" for side, name in zip(priced.sides, SIDES, strict=True))
    key = ", ".join(_KEY)
    db.execute(
        f"""CREATE OR REPLACE TEMP TABLE keyed AS
        WITH ends AS (SELECT segment, class, lead(class) OVER (PARTITION BY segment ORDER BY class) AS until FROM edge)
        SELECT line, person_id, person.segment, kur, region, person.income IS NULL AS estimated,
            {income} AS priced_income, instalment, class, CASE person.segment WHEN 'PU' THEN {income} END AS wage,
            sector, payer, jkk_class, scale, {masks}
        FROM person JOIN ends ON person.segment = ends.segment
            AND {income} >= class AND ({income} < until OR until IS NULL);
        CREATE OR REPLACE TEMP TABLE combination_{level} AS
        SELECT row_number() OVER (ORDER BY {key}, wage) AS combination, dense_rank() OVER (ORDER BY {key}) AS kind, *
        FROM (SELECT {key}, wage, count(*) AS people FROM keyed GROUP BY ALL)"""
    )
    # one wage speaks for all of its kind: the least round one, so that rounding is told of
    found = db.execute(
        f"SELECT kind, arg_max(wage, wage % 1000), {key} FROM combination_{level} GROUP BY ALL ORDER BY kind"
    ).fetchall()
    rows: list[tuple[int, str, str, str, int, int, Decimal, Decimal]] = []
    kinds: list[tuple[int, bool]] = []
    for kind, *values in found:
        combination, wage = tuple(values), values[0]
        if combination not in memory:
            memory[combination] = _both(priced, combination, question)
        pair = memory[combination]
        known = pair[0].known and pair[1].known
        kinds.append((kind, known))
        if known:
            rows += [
                (kind, name, *_line(one, wage)) for name, owed in zip(SIDES, pair, strict=True) for one in owed.charges
            ]
    _store(db, level, rows, kinds)


def _mask(side: Side, income: str) -> str:
    parts = [
        f"(CASE WHEN {one.when.sql(month=side.month, income=income)} THEN {1 << place} ELSE 0 END)"
        for place, one in enumerate(side.measures)
    ]
    return f"({' + '.join(parts) or '0'})"


def _both(priced: Priced, combination: tuple[Any, ...], question: Question) -> tuple[Owed, Owed]:
    wage, segment, lowest, sector, payer, jkk_class, scale, *masks = combination
    own = segment == "BPU"
    facts = Facts(
        segment=segment,
        income=lowest if own else None,
        wage=None if own else wage,
        sector=sector,
        payer=payer if own else None,
        jkk_class=None if own else jkk_class,
        scale=None if own else scale,
        programmes=question.programmes,
    )
    try:
        before, after = (side.price(facts=facts, mask=mask) for side, mask in zip(priced.sides, masks, strict=True))
    except Complaint as found:
        if found.where in ("--sector", "--jkk-class"):
            raise lacks_for_law(people=priced.people, path=question.people, option=found.where, why=found.why) from None
        raise
    return before, after


def _line(charge: Charge, wage: int | None) -> tuple[str, str, int, int, Decimal, Decimal]:
    """An amount, or the shares of the wage that are left of it and that would be owed in full."""
    if wage is None or charge.base != wage or charge.rate is None:
        return charge.programme, charge.payer, charge.amount, charge.full_amount, Decimal(0), Decimal(0)
    return charge.programme, charge.payer, 0, 0, charge.rate * charge.left, charge.rate


def _store(
    db: duckdb.DuckDBPyConnection,
    level: str,
    rows: list[tuple[int, str, str, str, int, int, Decimal, Decimal]],
    kinds: list[tuple[int, bool]],
) -> None:
    """What each combination owes, by the rates of its kind; half a rupiah goes up, once, as in `rounding.rupiah`."""
    names = ("kind", "side", "programme", "payer", "amount", "full_amount", "share", "full_share")
    share = pa.decimal128(38, _DIGITS)
    types = (pa.int64(), *[pa.string()] * 3, *[pa.int64()] * 2, share, share)
    db.register("line", _table(names, types, rows))
    db.register("kind_known", _table(("kind", "known"), (pa.int64(), pa.bool_()), kinds))
    amounts = ", ".join(
        f"({name} + floor(coalesce(wage, 0) * {of} + 0.5))::BIGINT AS {name}"
        for name, of in (("amount", "share"), ("full_amount", "full_share"))
    )
    sums = ", ".join(
        f"coalesce(sum(amount) FILTER (side = '{side}'{whose}), 0)::BIGINT AS {who}_{side}"
        for who, whose in (("worker", " AND owed.payer = 'worker'"), ("total", ""))
        for side in SIDES
    )
    key = " AND ".join(f"keyed.{name} IS NOT DISTINCT FROM c.{name}" for name in (*_KEY, "wage"))
    db.execute(
        f"""CREATE OR REPLACE TEMP TABLE owed_{level} AS
        SELECT combination, side, programme, line.payer, {amounts}
        FROM combination_{level} JOIN line USING (kind);
        CREATE OR REPLACE TEMP TABLE wide AS
        SELECT combination, {sums} FROM combination_{level} LEFT JOIN owed_{level} AS owed USING (combination)
        GROUP BY combination;
        CREATE OR REPLACE TEMP TABLE priced_{level} AS
        SELECT line, person_id, keyed.segment, kur, region, estimated, priced_income AS income, instalment,
            combination, worker_baseline, worker_reform, total_baseline, total_reform, known
        FROM keyed JOIN combination_{level} AS c ON {key} JOIN kind_known USING (kind) JOIN wide USING (combination)"""
    )


def _table(names: Sequence[str], types: Sequence[pa.DataType], rows: Sequence[tuple[Any, ...]]) -> pa.Table:
    return pa.table(
        {
            name: pa.array([row[at] for row in rows], kind)
            for at, (name, kind) in enumerate(zip(names, types, strict=True))
        }
    )
