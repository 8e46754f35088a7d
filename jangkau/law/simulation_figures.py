"""The figures of a simulation: who pays what to which programme, who gains and loses, how heavy it weighs, by group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from jangkau.complaints import Text
from jangkau.law.incomes import ASSUMED
from jangkau.law.months import month_end
from jangkau.law.reform import Reform
from jangkau.law.simulation import SIDES, Priced, Question
from jangkau.law.values import Bracket

# Not a rule of law: shares above which the page calls a contribution heavy, unless the reform says others.
THRESHOLDS = {"income": Decimal("0.01"), "instalment": Decimal("0.02")}
_GROUPS = {
    "all": "'all'",
    "skema_kur": "coalesce(kur, '')",
    "region": "coalesce(left(region, 2), '')",
    "income_bracket": "bracket::VARCHAR",
}
FEW = 5


def thresholds(*, priced: Priced) -> dict[str, Decimal]:
    """The limits in use: the reform's, else the baseline's, else our own."""
    before, after = priced.sides
    return THRESHOLDS | before.reform.thresholds | after.reform.thresholds


def summary(*, priced: Priced, question: Question, groups: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Everything `summary.json` says; ``groups`` are those of `all_groups`."""
    before, after = priced.sides
    limits = thresholds(priced=priced)
    whole = {row["incomes"]: row for row in groups if row["dimension"] == "all"}
    assumed = list(priced.assumed)
    source = after.reform.incomes_source or before.reform.incomes_source
    if priced.people.estimated and not source:
        assumed.insert(0, ASSUMED)
    levels = {level: _level(priced, level, whole[level]) for level in priced.levels}
    return {
        "month": f"{question.month:%Y-%m}",
        "people_file": priced.people.file,
        "people": priced.people.many,
        "combinations_priced": priced.combinations,
        "baseline": _side(priced, 0),
        "reform": _side(priced, 1),
        "incomes": {
            "given": priced.people.many - priced.people.estimated,
            "estimated": priced.people.estimated,
            "verified": priced.people.estimated == 0,
            "source": source,
        },
        "instalments": {"there": priced.people.has_instalments, "estimated": priced.people.instalments_estimated},
        "thresholds": {name: str(value) for name, value in limits.items()},
        "brackets": [{"number": row.number, "from": row.lower, "to": row.upper} for row in brackets(priced=priced)],
        "levels": levels,
        "assumed": [_said(text) for text in assumed],
    }


def _side(priced: Priced, place: int) -> dict[str, Any]:
    side, name = priced.sides[place], SIDES[place]
    reform: Reform = side.reform
    articles = priced.articles[name]
    return {
        "title": _said(reform.title),
        "file": reform.file,
        "measures": [
            {"kind": one.kind, "id": one.id, "where": str(one.place), "in_force": one in side.measures}
            for one in reform.measures
        ],
        "articles": [{"article": article, "verified": confirmed} for article, confirmed in articles],
        "verified": all(confirmed for _, confirmed in articles) and not priced.open[name],
        "unknown": [_said(text) for text in priced.open[name]],
    }


def _said(text: Text) -> dict[str, str]:
    return {"id": text.id, "en": text.en}


def _level(priced: Priced, level: str, row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "people": {name: row[name] for name in ("people", "unknown", "affected", "winners", "losers", "unchanged")},
        "sides": {
            side: {
                "total": row[f"total_{side}"],
                "worker": row[f"worker_{side}"],
                "by_payer": _sums(priced, level, side, "owed.payer"),
                "by_programme": _sums(priced, level, side, "owed.programme"),
                "not_asked": _not_asked(priced, level, side),
                "burden": {
                    of: {name: row[f"{name}_{of}_{side}"] for name in ("median", "p90", "above")}
                    for of in ("income", "instalment")
                },
            }
            for side in SIDES
        },
    }


def _sums(priced: Priced, level: str, side: str, column: str) -> dict[str, int]:
    found = priced.people.db.execute(
        f"""SELECT {column}, sum(amount * people)::BIGINT FROM owed_{level} owed JOIN combination_{level} c
        USING (combination) WHERE side = '{side}' GROUP BY 1 ORDER BY 1"""
    ).fetchall()
    return {name: int(amount) for name, amount in found}


def _not_asked(priced: Priced, level: str, side: str) -> int:
    """What reliefs leave unpaid: full contributions less those asked. It is the fund that forgoes it."""
    found = priced.people.db.execute(
        f"""SELECT coalesce(sum((full_amount - amount) * people), 0)::BIGINT FROM owed_{level} owed
        JOIN combination_{level} c USING (combination) WHERE side = '{side}'"""
    ).fetchall()
    return int(found[0][0])


def payers(*, priced: Priced) -> list[dict[str, Any]]:
    """One row for each level, side, programme and payer: people charged, rupiah asked, rupiah without reliefs."""
    found: list[dict[str, Any]] = []
    for level in priced.levels:
        rows = priced.people.db.execute(
            f"""SELECT side, programme, owed.payer, sum(people)::BIGINT, sum(amount * people)::BIGINT,
                sum(full_amount * people)::BIGINT FROM owed_{level} owed JOIN combination_{level} c USING (combination)
            GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"""
        ).fetchall()
        names = ("side", "programme", "payer", "people", "amount", "full_amount")
        found += [{"incomes": level, **dict(zip(names, row, strict=True))} for row in rows]
    return found


def all_groups(*, priced: Priced, limits: Mapping[str, Decimal]) -> list[dict[str, Any]]:
    """Every dimension at every level of incomes."""
    return [
        {"incomes": level, "dimension": dimension, **row}
        for level in priced.levels
        for dimension in _GROUPS
        for row in by(priced=priced, level=level, dimension=dimension, limits=limits)
    ]


def by(*, priced: Priced, level: str, dimension: str, limits: Mapping[str, Decimal]) -> list[dict[str, Any]]:
    """One row for each group of a dimension. People whose charge is unknown are counted, and in no other figure.

    A winner pays less of his own than before, a loser more; shares are of the worker's own payment.
    """
    changed = "(worker_reform <> worker_baseline OR total_reform <> total_baseline)"
    order = "bracket" if dimension == "income_bracket" else "0"
    burdens = ",\n".join(_burdens(limits))
    sums = ", ".join(f"coalesce(sum({who}_{side}) FILTER (known), 0)::BIGINT AS {who}_{side}"
                     for who in ("worker", "total") for side in SIDES)  # fmt: skip
    cursor = priced.people.db.execute(
        f"""WITH p AS (SELECT priced_{level}.*, {_bracket(priced)} AS bracket FROM priced_{level})
        SELECT {_GROUPS[dimension]} AS "group", count(*) AS people, count(*) FILTER (NOT known) AS unknown,
            count(*) FILTER (known AND {changed}) AS affected,
            count(*) FILTER (known AND worker_reform < worker_baseline) AS winners,
            count(*) FILTER (known AND worker_reform > worker_baseline) AS losers,
            count(*) FILTER (known AND worker_reform = worker_baseline) AS unchanged,
            {sums}, {burdens}
        FROM p GROUP BY 1 ORDER BY min({order}), 1"""
    )
    names = [one[0] for one in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _burdens(limits: Mapping[str, Decimal]) -> list[str]:
    found = []
    for of in ("income", "instalment"):
        for side in SIDES:
            share, some = f"worker_{side} / {of}", f"FILTER (known AND {of} > 0)"
            found += [
                f"quantile_disc({share}, 0.5) {some} AS median_{of}_{side}",
                f"quantile_disc({share}, 0.9) {some} AS p90_{of}_{side}",
                f"avg(({share} > {limits[of]})::INT) {some} AS above_{of}_{side}",
            ]
    return found


def brackets(*, priced: Priced) -> tuple[Bracket, ...]:
    """The law's own brackets in the month: groups of people are made by them, whatever the reform makes of them."""
    side = priced.sides[0]
    table = side.law(measures=()).series["bpu.brackets"].on(month_end(month=side.month))
    return table.brackets if table else ()


def _bracket(priced: Priced) -> str:
    rows = " ".join(f"WHEN income >= {row.lower} THEN {row.number}" for row in reversed(brackets(priced=priced)))
    return f"CASE {rows} END"


def histogram(*, priced: Priced, level: str, edges: tuple[float, ...], of: str) -> dict[str, list[int]]:
    """People by share of ``of``, between ``edges`` and above the last, for either side."""
    cases = " ".join(f"WHEN worker_{{side}} <= {edge} * {of} THEN {place}" for place, edge in enumerate(edges))
    found = {}
    for side in SIDES:
        rows = priced.people.db.execute(
            f"""SELECT CASE {cases.format(side=side)} ELSE {len(edges)} END AS bin, count(*)
            FROM priced_{level} WHERE known AND {of} > 0 GROUP BY 1"""
        ).fetchall()
        counts = dict(rows)
        found[side] = [int(counts.get(place, 0)) for place in range(len(edges) + 1)]
    return found
