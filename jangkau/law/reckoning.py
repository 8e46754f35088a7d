"""The charges of a month as they are found: relief, rounding, citation; beside them open questions and assumptions."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from jangkau.complaints import Text
from jangkau.law.facts import Facts
from jangkau.law.owed import Charge, Unknown
from jangkau.law.reliefs import Question, relief_for
from jangkau.law.rounding import rupiah
from jangkau.law.values import Bracket, Law, Relief, Series, Value

ROUNDED = Text(
    "Dibulatkan ke rupiah terdekat; aturan pembulatan resmi belum ditemukan.",
    "Rounded to the nearest rupiah; no official rule of rounding was found.",
)


class Reckoning:
    """The charges of one month as they are found, with what stays open and what was assumed."""

    def __init__(self, *, facts: Facts, day: date, law: Law) -> None:
        self.facts, self.day, self.law = facts, day, law
        self.charges: list[Charge] = []
        self.unknown: list[Unknown] = []
        self.assumed: list[Text] = []
        self.notes: list[Text] = []

    def series(self, name: str) -> Series:
        return self.law.series[name]

    def value(self, name: str, programme: str) -> Value | None:
        """The value in force; None, and a question noted, when the law is not known."""
        value = self.series(name).on(self.day)
        if value is None:  # programmes not open yet are refused before
            raise KeyError(name)
        if value.unknown is not None:
            self.open(programme, value.unknown, value.source)
            return None
        return value

    def open(self, programme: str, question: Text, source: str) -> None:
        found = Unknown(programme, question, source)
        if found not in self.unknown:
            self.unknown.append(found)

    def assume(self, text: Text) -> None:
        if text not in self.assumed:
            self.assumed.append(text)

    def add(
        self,
        *,
        programme: str,
        payer: str,
        what: Text,
        exact: Decimal,
        rests_on: tuple[Value, ...],
        base: int | None = None,
        rate: Decimal | None = None,
        bracket: Bracket | None = None,
        verified: bool = True,
    ) -> None:
        """One charge, after the relief that applies to it; an open question instead when that is not settled."""
        try:
            relief, deferral = self._relief(programme, payer), self._relief(programme, payer, deferrals=True)
        except Question as question:
            self.open(programme, question.text, question.source)
            return
        left = relief.multiplier if relief else Decimal(1)
        amount = rupiah(exact=exact * left)
        if exact * left != amount:
            self.assume(ROUNDED)
        used: list[Relief] = [one for one in (relief, deferral) if one is not None]
        for one in used:
            if one.assumed is not None:
                self.assume(one.assumed)
        cited = [*(value.cited for value in rests_on), *(one.cited for one in used)]
        self.charges.append(
            Charge(
                programme=programme,
                payer=payer,
                amount=amount,
                base=base,
                rate=rate,
                bracket=bracket.number if bracket else None,
                relief=relief.cite if relief else None,
                article="; ".join(dict.fromkeys(cited)),
                verified=verified
                and all(value.verified for value in rests_on)
                and all(one.verified for one in used)
                and (bracket is None or bracket.verified),
                full_amount=rupiah(exact=exact),
                left=left,
                deferred=amount - rupiah(exact=amount * deferral.multiplier) if deferral else 0,
                what=what,
                source="; ".join(dict.fromkeys([*(v.source for v in rests_on), *(one.source for one in used)])),
            )
        )

    def _relief(self, programme: str, payer: str, *, deferrals: bool = False) -> Relief | None:
        return relief_for(
            law=self.law, facts=self.facts, programme=programme, day=self.day, payer=payer, deferrals=deferrals
        )
