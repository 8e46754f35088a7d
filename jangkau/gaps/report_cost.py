"""The part of the report that says what protecting the gap would cost: payers who owe the same stand together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from jangkau.charts import wording
from jangkau.complaints import Text
from jangkau.law.wording import PAYERS, money, percent

_OPEN = Text("belum jelas", "not settled")


@dataclass(frozen=True)
class PayerRow:
    """Payers to whom the same law applies, and what they would pay; ``question``: why nobody can say."""

    payers: tuple[Text, ...]
    monthly: Text
    all_months: Text
    each: Text
    relief: str
    verified: bool
    question: Text | None


@dataclass(frozen=True)
class ProgrammeRow:
    """One programme in the first month: its rate, what it costs, and the articles it rests on."""

    programme: str
    what: Text
    rate: Text | None
    amount: Text
    articles: str
    verified: bool


@dataclass(frozen=True)
class Cost:
    """Everything the section shows."""

    people: Text
    monthly: Text
    each: Text
    months: int
    month: Text
    interval: Text
    incomes: Text
    payers: tuple[PayerRow, ...]
    programmes: tuple[ProgrammeRow, ...]
    not_priced: int
    without_loan: int
    assumed: Text


def cost(*, summary: Mapping[str, Any]) -> Cost | None:
    """``summary["cost"]`` as the report shows it; None when there is none, or nobody to price."""
    found = summary.get("cost")
    if not found or not found["people"]:
        return None
    own = found["by_payer"][0]
    month = wording.day(iso=f"{found['month']}-01")
    return Cost(
        people=wording.count(value=found["people"]),
        monthly=_amount(own["monthly"], "middle"),
        each=_each(own),
        months=found["months"],
        month=Text(month.id.removeprefix("1 "), month.en.removeprefix("1 ")),
        interval=_between(found["interval"]),
        incomes=_between(own["monthly"] or {}),
        payers=tuple(_payer_row(group) for group in _alike(found["by_payer"])),
        programmes=tuple(_programme_row(one) for one in found["by_programme"]),
        not_priced=found["not_priced"],
        without_loan=found["without_loan"],
        assumed=_text(found["income"]["assumed"]),
    )


def _alike(rows: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Payers in their order, those with the same figures and questions in one group."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(repr([row[name] for name in ("monthly", "all_months", "relief", "unknown")]), []).append(row)
    return list(groups.values())


def _payer_row(group: list[dict[str, Any]]) -> PayerRow:
    first = group[0]
    return PayerRow(
        payers=tuple(PAYERS[row["payer"]] for row in group),
        monthly=_amount(first["monthly"], "middle"),
        all_months=_amount(first["all_months"], "middle"),
        each=_each(first),
        relief=", ".join(first["relief"]),
        verified=all(row["verified"] for row in group),
        question=_text(first["unknown"][0]["question"]) if first["unknown"] else None,
    )


def _programme_row(one: dict[str, Any]) -> ProgrammeRow:
    return ProgrammeRow(
        programme=one["programme"],
        what=_text(one["what"]),
        rate=None if one["rate"] is None else percent(rate=Decimal(one["rate"])),
        amount=wording.rupiah(value=one["amount"]),
        articles="; ".join(one["articles"]),
        verified=one["verified"],
    )


def _amount(amounts: dict[str, int] | None, level: str) -> Text:
    return _OPEN if amounts is None else wording.rupiah(value=amounts[level])


def _between(amounts: Mapping[str, int]) -> Text:
    if not amounts:
        return _OPEN
    low, high = wording.rupiah(value=amounts["low"]), wording.rupiah(value=amounts["high"])
    if low == high:  # alike to the digits shown
        return Text("", "")
    return Text(f"{low.id}\N{EN DASH}{high.id}", f"{low.en}\N{EN DASH}{high.en}")


def _each(row: Mapping[str, Any]) -> Text:
    return _OPEN if row["per_person"] is None else money(amount=row["per_person"])


def _text(value: Mapping[str, str]) -> Text:
    return Text(value["id"], value["en"])
