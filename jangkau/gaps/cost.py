"""What protecting the gap would cost: contributions of those not protected, by payer, under the law of the date.

A list says how large a loan is, not what its borrower earns. So income is estimated (`law.incomes`), low, middle and
high; who has no loan is priced at the lowest bracket, the least that he can owe. Wage earners on lists of staff are not
priced: their contributions rest on the wage and on the employer's risk class. Nor are borrowers of KUR for migrant
workers: theirs go by the contract.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from jangkau.complaints import Text
from jangkau.gaps.facts import Coded
from jangkau.law.charges import Charges, Facts, charges
from jangkau.law.incomes import ASSUMED, LEVELS, VERIFIED, estimated_income
from jangkau.law.loading import law
from jangkau.law.months import KNOWN_FROM, KNOWN_UNTIL, month_end
from jangkau.law.owed import Unknown
from jangkau.law.segments import bracket_of
from jangkau.law.values import PAYERS

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Item = TypeVar("Item")

SEGMENT, SECTOR, MONTHS = "BPU", "other", 12
OWN_ACCOUNT = ("kur", "prakerja")
"""Layouts of lists of people who work on their own account."""
MIGRANT = "pmi"
LOAN_STEP = 100_000
"""Loans are told apart in steps of so many rupiah."""
LOAN_IN_SQL = f"kur_type || '/' || CAST((plafon + {LOAN_STEP - 1}) // {LOAN_STEP} AS BIGINT)"
"""SQL over the table person: type and size of his loan as one word; NULL when either is missing."""


@dataclass(frozen=True)
class Unprotected:
    """Arrays over people: the chance that each is eligible and not protected, his loan in the words of LOAN_IN_SQL,
    and whether he is on a list of people who work on their own account. ``interval``: of the number of people."""

    chance: Floats
    loan: Coded
    own_account: Flags
    interval: tuple[float, float]


def cost_of(*, gap: Unprotected, as_of: date) -> dict[str, Any] | None:
    """The part ``cost`` of summary.json, in expected rupiah; None for a date whose law is not known here.

    Twelve months begin with that of the date, each by its own law, fewer where the known law ends before. Rates are the
    same for whoever pays, but reliefs are not: so every payer is priced. What the law leaves open for a payer is null.
    """
    if not KNOWN_FROM <= as_of < KNOWN_UNTIL:
        return None
    months = [month for month in _months(as_of) if month < KNOWN_UNTIL]
    incomes, people = _people_by_income(gap, as_of)
    priced, whole = float(people["middle"].sum()), float(gap.chance.sum())
    has_loan = np.array([value is not None for value in gap.loan.values], dtype=bool)
    without = gap.chance[gap.own_account & ~has_loan[gap.loan.code]].sum() if len(gap.chance) else 0.0
    prices = {payer: [_prices(payer, month, incomes) for month in months] for payer in PAYERS}
    by_payer = [_of_payer(payer, prices[payer], people) for payer in PAYERS]
    usual = _sum(prices[PAYERS[0]][0], people["middle"])
    low, high = (round(usual * bound / whole) if whole else 0 for bound in gap.interval)
    return {
        "month": f"{as_of:%Y-%m}",
        "months": len(months),
        "segment": SEGMENT,
        "people": round(priced),
        "not_priced": round(whole - priced),
        "without_loan": round(float(without)),
        "income": {"assumed": _both(ASSUMED), "verified": VERIFIED},
        "interval": {"low": low, "high": high},
        "by_programme": _by_programme(prices[PAYERS[0]][0], people["middle"]),
        "by_payer": by_payer,
    }


def _months(as_of: date) -> list[date]:
    first = as_of.year * 12 + as_of.month - 1
    return [date(number // 12, number % 12 + 1, 1) for number in range(first, first + MONTHS)]


def _people_by_income(gap: Unprotected, as_of: date) -> tuple[list[int], dict[str, Floats]]:
    """The lowest income of each bracket, and the people expected in it when incomes are estimated low, middle, high."""
    table = law().series["bpu.brackets"].on(month_end(month=as_of))
    assert table is not None  # noqa: S101 - the law is known on the day
    place = {row.number: at for at, row in enumerate(table.brackets)}
    own = gap.own_account
    by_loan = np.bincount(gap.loan.code[own], weights=gap.chance[own], minlength=len(gap.loan.values))
    people = {level: np.zeros(len(place)) for level in LEVELS}
    for value, many in zip(gap.loan.values, by_loan.tolist(), strict=True):
        kur, size = value.split("/") if value is not None else ("", "0")
        if kur == MIGRANT:
            continue
        for level in LEVELS:
            at = 0
            if kur:
                income = estimated_income(kur=kur, plafon=int(size) * LOAN_STEP, sector=None)
                at = place[bracket_of(table=table, income=getattr(income, level))[0].number]
            people[level][at] += many
    return [row.lower for row in table.brackets], people


def _prices(payer: str, month: date, incomes: list[int]) -> list[Charges]:
    """What one person of each income owes for a month."""
    return [
        charges(facts=Facts(segment=SEGMENT, income=income, sector=SECTOR, payer=payer), month=month)
        for income in incomes
    ]


def _of_payer(payer: str, prices: list[list[Charges]], people: dict[str, Floats]) -> dict[str, Any]:
    told = [one for month in prices for one in month]
    unknown = [bool(one.unknown) for month in prices for one in month]
    monthly = None if any(unknown[: len(prices[0])]) else {level: _sum(prices[0], people[level]) for level in LEVELS}
    many = float(people["middle"].sum())
    return {
        "payer": payer,
        "monthly": monthly,
        "all_months": None
        if any(unknown)
        else {level: sum(_sum(month, people[level]) for month in prices) for level in LEVELS},
        "per_person": None if monthly is None else round(monthly["middle"] / many) if many else 0,
        "relief": _once(charge.relief for one in told for charge in one.charges if charge.relief),
        "verified": all(one.verified for one in told),
        "unknown": _questions(item for one in told for item in one.unknown),
        "assumed": [_both(text) for text in _once(text for one in told for text in one.assumed)],
    }


def _by_programme(prices: list[Charges], people: Floats) -> list[dict[str, Any]]:
    """What is paid for each programme in the first month, and the articles it rests on."""
    found: dict[str, dict[str, Any]] = {}
    for one, many in zip(prices, people.tolist(), strict=True):
        for charge in one.charges:
            entry = found.setdefault(
                charge.programme,
                {"programme": charge.programme, "what": _both(charge.what), "amount": 0.0, "articles": []}
                | {"rate": None if charge.rate is None else str(charge.rate), "verified": True},
            )
            entry["amount"] += many * charge.amount
            entry["articles"] = _once([*entry["articles"], charge.article])
            entry["verified"] = entry["verified"] and (charge.verified or not many)
    return [entry | {"amount": round(entry["amount"])} for entry in found.values()]


def _sum(prices: list[Charges], people: Floats) -> int:
    total: float = sum(many * one.total for one, many in zip(prices, people.tolist(), strict=True))
    return round(total)


def _questions(unknown: Iterable[Unknown]) -> list[dict[str, Any]]:
    """Programmes that nobody can price for this payer, each question once."""
    asked = _once((item.programme, item.question, item.source) for item in unknown)
    return [{"programme": one, "question": _both(text), "source": source} for one, text, source in asked]


def _once(values: Iterable[Item]) -> list[Item]:
    return list(dict.fromkeys(values))


def _both(text: Text) -> dict[str, str]:
    return {"id": text.id, "en": text.en}
