"""What an answer about contributions holds: charges, open questions, and what was taken for granted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from jangkau.complaints import Text


@dataclass(frozen=True)
class Charge:
    """One programme, one payer, rupiah. ``full_amount`` is what would be owed without the relief: ``rate`` of ``base``.

    ``left`` is the part that the relief leaves. ``deferred`` of ``amount`` may be paid later. A charge without a rate
    is an amount the law names, or goes by slices.
    """

    programme: str
    payer: str
    amount: int
    base: int | None
    rate: Decimal | None
    bracket: int | None
    relief: str | None
    article: str
    verified: bool
    full_amount: int
    left: Decimal
    deferred: int
    what: Text
    source: str


@dataclass(frozen=True)
class Unknown:
    """What the law, as read, does not settle: no amount is given for it."""

    programme: str
    question: Text
    source: str


@dataclass(frozen=True)
class Charges:
    """The charges of one month. ``total`` leaves out what is ``unknown``; ``assumed`` was taken for granted."""

    month: date
    segment: str
    programmes: tuple[str, ...]
    charges: tuple[Charge, ...]
    unknown: tuple[Unknown, ...]
    assumed: tuple[Text, ...]
    notes: tuple[Text, ...]
    programmes_verified: bool

    @property
    def total(self) -> int:
        return sum(charge.amount for charge in self.charges)

    @property
    def by_payer(self) -> dict[str, int]:
        return by_payer(charges=self.charges)

    @property
    def verified(self) -> bool:
        """Whether every value it rests on is confirmed and nothing is left open."""
        return self.programmes_verified and not self.unknown and all(charge.verified for charge in self.charges)


def by_payer(*, charges: Iterable[Charge]) -> dict[str, int]:
    """Rupiah by who pays, in the order of the charges."""
    sums: dict[str, int] = {}
    for charge in charges:
        sums[charge.payer] = sums.get(charge.payer, 0) + charge.amount
    return sums
