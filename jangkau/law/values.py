"""What a regulation, a dated value and a relief are, once read: the vocabulary of `jangkau/law`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from jangkau.complaints import Text

SEGMENTS = ("PU", "BPU", "JAKON", "PMI")
PROGRAMMES = ("JKK", "JKM", "JHT", "JP", "JKP")
PAYERS = ("worker", "employer", "bank", "apbn", "apbd", "village", "donor")
SECTORS = ("transport", "other")
SCALES = ("micro", "small", "medium", "large")

Kind = Literal["rate", "amount", "brackets", "slices", "programmes"]


@dataclass(frozen=True)
class Place:
    """File and line of a block, so that whoever reads an answer finds what it rests on."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True)
class Instrument:
    """One regulation. In force from ``in_force`` until the day before ``ended``; may reach back to earlier months."""

    id: str
    name: str
    title: str
    signed: date | None
    in_force: date
    reaches_back_to: date | None
    ended: date | None
    amends: tuple[str, ...]
    ends: tuple[str, ...]
    published: str
    verified: bool
    place: Place

    @property
    def reaches_from(self) -> date:
        """The first day for which it can say anything."""
        return self.reaches_back_to or self.in_force


@dataclass(frozen=True)
class Bracket:
    """An income bracket as printed: both limits count; ``upper`` None is the last one."""

    number: int
    lower: int
    upper: int | None
    base: int
    verified: bool


@dataclass(frozen=True)
class Slice:
    """The part of an amount above ``above``, up to the next slice, and its rate."""

    above: int
    rate: Decimal


@dataclass(frozen=True, kw_only=True)
class Rule:
    """What every block of the law has: from when, to the day before when, by which regulation, and who has seen it.

    ``read_back``: the regulation is younger than these days, for which nothing older was found; never verified.
    ``publication``: where something is offered or said that no regulation is known for.
    """

    valid_from: date
    valid_until: date | None
    instrument: Instrument | None
    article: str | None
    verified: bool
    source: str
    place: Place
    read_back: bool = False
    publication: str | None = None

    @property
    def cited(self) -> str:
        """Regulation and article, as an answer cites them; nothing where no regulation was found."""
        if self.instrument is None:
            return ""
        return f"{self.instrument.name} {self.article}" if self.article else self.instrument.name

    @property
    def regulation(self) -> str | None:
        """The regulation in force; none where a younger one is read back."""
        return None if self.instrument is None or self.read_back else self.instrument.name

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day < self.valid_until)


@dataclass(frozen=True)
class Value(Rule):
    """A rate, an amount, a table or programmes; one of these fields is set."""

    rate: Decimal | None = None
    amount: int | None = None
    brackets: tuple[Bracket, ...] = ()
    hole: Text | None = None
    slices: tuple[Slice, ...] = ()
    programmes: tuple[str, ...] = ()
    unknown: Text | None = None


@dataclass(frozen=True)
class Series:
    """One question (a rate, an amount, a table) and its answers through time.

    ``covers``: further programmes that the one amount is for.
    """

    id: str
    segment: str
    programme: str | None
    payer: str | None
    what: Text
    kind: Kind
    decimals: int | None
    begins: date
    values: tuple[Value, ...]
    place: Place
    covers: tuple[str, ...] = ()

    def on(self, day: date) -> Value | None:
        """The value in force on a day; None before the series begins."""
        return next((value for value in self.values if value.holds_on(day)), None)


@dataclass(frozen=True)
class Relief:
    """A part of the contribution that is not asked for a while (relief) or may be paid later (deferral)."""

    id: str
    deferral: bool
    instrument: Instrument
    cite: str
    article: str
    segments: tuple[str, ...]
    programmes: tuple[str, ...]
    multiplier: Decimal
    valid_from: date
    valid_until: date
    who: Text
    verified: bool
    source: str
    place: Place
    sector: str | None = None
    labour_intensive: bool | None = None
    paid_up_to: str | None = None
    not_paid_by: tuple[str, ...] = ()
    unsettled_payers: tuple[str, ...] = ()
    question: Text | None = None
    assumed: Text | None = None
    order: int | None = None
    settled: bool = True

    @property
    def cited(self) -> str:
        return f"{self.cite} {self.article}"

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day < self.valid_until


@dataclass(frozen=True)
class Law:
    """All of it: every regulation, every series, every relief, and under ``rules`` whatever is no contribution."""

    instruments: dict[str, Instrument]
    series: dict[str, Series]
    reliefs: tuple[Relief, ...]
    deferrals: tuple[Relief, ...] = field(default=())
    rules: dict[str, tuple[Rule, ...]] = field(default_factory=dict)
