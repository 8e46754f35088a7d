"""What one combination of facts owes under the law with a reform laid over it: charges, subsidies, floors."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TypeVar

from jangkau.complaints import Text
from jangkau.law.charges import charges
from jangkau.law.facts import Facts
from jangkau.law.months import month_end
from jangkau.law.owed import Charge, Charges
from jangkau.law.reform import Measure, Reform
from jangkau.law.reform_checks import overlaid
from jangkau.law.rounding import rupiah
from jangkau.law.values import Law

MIXED = Text(
    "Bila sebuah iuran dibagi antara pekerja dan pemberi subsidi, tiap bagian dihitung menurut hukum bagi pembayarnya: "
    "keringanan yang tidak berlaku untuk uang APBN atau APBD tidak berlaku untuk bagian subsidi itu.",
    "Where worker and subsidy share a contribution, each part goes by the law of who pays it: a relief that money of "
    "APBN or APBD does not get is not given to the subsidised part.",
)


@dataclass(frozen=True)
class Owed:
    """Charges of one combination; not ``known`` when the law, as read, leaves a part of it open."""

    charges: tuple[Charge, ...]
    known: bool
    open: tuple[Text, ...]
    assumed: tuple[Text, ...]


class Side:
    """One of the two laws compared: the law with the measures of a reform that hold in a month."""

    def __init__(self, *, reform: Reform, law: Law, month: date) -> None:
        self.reform, self.month = reform, month
        self.measures = tuple(one for one in reform.measures if one.holds_on(month_end(month=month)))
        self._law = law
        self._laws: dict[tuple[Measure, ...], Law] = {}

    def law(self, *, measures: tuple[Measure, ...]) -> Law:
        """The law for those whom exactly these measures meet."""
        of_law = tuple(one for one in measures if one.kind in ("change", "relief"))
        if of_law not in self._laws:
            self._laws[of_law] = overlaid(law=self._law, measures=of_law)
        return self._laws[of_law]

    def met(self, *, mask: int) -> tuple[Measure, ...]:
        """The measures whose bit is set: the first measure is bit 0."""
        return tuple(one for place, one in enumerate(self.measures) if mask >> place & 1)

    def price(self, *, facts: Facts, mask: int) -> Owed:
        """What is owed under these measures."""
        measures = tuple(one for one in self.met(mask=mask) if facts.segment in one.segments)
        law = self.law(measures=measures)
        facts = _lifted(facts, measures)
        own = self._charged(facts, measures, law)
        subsidies = sorted((one for one in measures if one.kind == "subsidy"), key=lambda one: one.order or 0)
        if facts.payer not in (None, "worker") or not subsidies:
            return _owed(own, own.charges)
        found: list[Charge] = []
        open_: list[Text] = []
        for charge in own.charges:
            subsidy = _first(one for one in subsidies if charge.programme in one.programmes)
            if subsidy is None:
                found.append(charge)
                continue
            theirs = self._charged(replace(facts, payer=subsidy.payer), measures, law)
            other = _first(one for one in theirs.charges if one.programme == charge.programme)
            if other is None:
                open_ += [one.question for one in theirs.unknown if one.programme == charge.programme]
                continue
            found += _divided(charge, other, subsidy)
        owed = _owed(own, tuple(found))
        return replace(owed, known=owed.known and not open_, open=(*owed.open, *open_), assumed=(*owed.assumed, MIXED))

    def _charged(self, facts: Facts, measures: tuple[Measure, ...], law: Law) -> Charges:
        owed = charges(facts=facts, month=self.month, law=law)
        floors = [one for one in measures if one.kind == "floor" and one.amount is not None]
        return replace(owed, charges=tuple(_floored(charge, floors) for charge in owed.charges))


_T = TypeVar("_T")


def _first(found: Iterable[_T]) -> _T | None:
    return next(iter(found), None)


def _lifted(facts: Facts, measures: tuple[Measure, ...]) -> Facts:
    """An income below the floor counts as the floor."""
    floors = sorted((one for one in measures if one.income is not None), key=lambda one: one.order or 0)
    if not floors or facts.income is None:
        return facts
    return replace(facts, income=max(facts.income, floors[0].income or 0))


def _floored(charge: Charge, floors: list[Measure]) -> Charge:
    own = sorted((one for one in floors if charge.programme in one.programmes), key=lambda one: one.order or 0)
    if not own or own[0].amount is None or charge.amount >= own[0].amount:
        return charge
    article = f"{charge.article}; Usulan {own[0].id} {own[0].place}"
    amount = own[0].amount
    return replace(charge, amount=amount, full_amount=max(charge.full_amount, amount), article=article, verified=False)


def _divided(charge: Charge, other: Charge, subsidy: Measure) -> list[Charge]:
    """The worker's charge in two: what the subsidy takes, by the law of its payer, and what is left to the worker."""
    share = subsidy.share or Decimal(0)
    article = f"Usulan {subsidy.id} {subsidy.place}"
    taken, paid = rupiah(exact=charge.amount * share), rupiah(exact=other.amount * share)
    full = rupiah(exact=charge.full_amount * share)
    left = replace(
        charge,
        amount=charge.amount - taken,
        full_amount=charge.full_amount - full,
        article=f"{charge.article}; {article}",
        verified=False,
    )
    given = replace(
        other,
        amount=paid,
        full_amount=rupiah(exact=other.full_amount * share),
        article=f"{other.article}; {article}",
        verified=False,
    )
    return [left, given]


def _owed(own: Charges, found: tuple[Charge, ...]) -> Owed:
    return Owed(found, not own.unknown, tuple(one.question for one in own.unknown), own.assumed)
