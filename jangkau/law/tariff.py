"""The law of one month as small tables of integers, for `sql/price.sql` to price millions of rows as `charges` does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import product
from math import gcd

from jangkau.complaints import Complaint
from jangkau.law.as_sql import table_in_sql
from jangkau.law.facts import MOST, Facts, within
from jangkau.law.loading import law as the_law
from jangkau.law.months import month_end
from jangkau.law.reliefs import Question, relief_for
from jangkau.law.rounding import rupiah
from jangkau.law.values import PAYERS, PROGRAMMES, SCALES, SECTORS, Law, Relief, Series, Value

# Rates are whole numbers over this: the law's four decimals times the two of a relief, and one to spare.
OVER = 10_000_000
# DuckDB divides integers as floating point, which is exact below this; the largest wage times a rate must stay below.
_EXACT = 2**53
_STEPS = 10_000
BITS = {programme: 1 << place for place, programme in enumerate(PROGRAMMES)}
# Nobody named programmes, and which are compulsory the law does not say: JHT may be one more (as charges has it).
OPEN = 32
_NOBODY = (None, *PAYERS)
_NOWHERE = (None, *SECTORS)
_PARTS = ("JKK", "JKM", "JHT", "JHT.worker", "JP", "JP.worker")


@dataclass(frozen=True)
class Base:
    """A step of income, ``width`` rupiah wide, and the bracket it lies in; the last one is open above.

    ``upper``: the bracket's upper limit as printed; beyond it lies a hole of the table. Step -1 is for wages.
    """

    step: int
    width: int
    bracket: int | None
    base: int | None
    upper: int | None
    verified: bool


@dataclass(frozen=True)
class Offer:
    """The programmes compulsory for a segment, scale and kind of worker: a sum of ``BITS``, and ``OPEN`` when unknown.

    Number -1 stands for a scale or segment that there is not.
    """

    number: int
    segment: str | None
    scale: str | None
    employs_others: bool
    compulsory: int
    verified: bool


@dataclass(frozen=True)
class Cell:
    """Everybody to whom the same rates apply. Rates after relief, over ``OVER``; sums of ``BITS`` for the rest.

    ``jkm_rupiah``: an amount the law names, after relief. ``jp_now``: the part of JP due at once.
    ``on_base``: programmes that rest on the income bracket.
    ``no_payer`` and so on: programmes for which that fact is needed and not given.
    ``pays``: who pays what a wage earner's own part is not. Number -1 stands for facts that there are not.
    """

    number: int
    segment: str | None
    pays: str
    payer: str | None
    sector: str | None
    jkk_class: int | None
    labour_intensive: bool
    in_arrears: bool
    employs_others: bool
    jkk: int
    jkm: int
    jht: int
    jht_worker: int
    jp: int
    jp_worker: int
    jkm_rupiah: int
    jp_ceiling: int
    jp_now: int
    jp_worker_now: int
    unverified: int
    unknown: int
    on_base: int
    no_payer: int
    no_sector: int
    no_class: int
    offered: int


@dataclass(frozen=True)
class Tariff:
    """The law of one month for BPU and PU."""

    month: date
    bases: tuple[Base, ...]
    offers: tuple[Offer, ...]
    cells: tuple[Cell, ...]

    def sql(self) -> str:
        """The tables tariff_base, tariff_offer and tariff_cell, made anew; then sql/price.sql is to run again."""
        named = (("tariff_base", self.bases), ("tariff_offer", self.offers), ("tariff_cell", self.cells))
        # PostgreSQL drops no table that a view rests on
        return "\n".join(["DROP VIEW IF EXISTS priced;", *(table_in_sql(name=name, rows=rows) for name, rows in named)])


def tariff(*, month: date, law: Law | None = None) -> Tariff:
    """The tariff of the contribution month that ``month`` lies in. Complaint when the law is not known for it.

    ValueError when the law has something that `sql/price.sql` cannot say, such as a relief of a millionth.

    >>> from datetime import date
    >>> may = tariff(month=date(2026, 5, 1))
    >>> [(c.jkk, c.jkm_rupiah) for c in may.cells if (c.segment, c.payer, c.sector) == ("BPU", "worker", "other")][0]
    (50000, 3400)
    """
    within(day=month, option="--month")
    day, known = month_end(month=month), law or the_law()
    offers = tuple(_offers(known, day))
    return Tariff(month.replace(day=1), tuple(_bases(known, day)), offers, tuple(_cells(known, day)))


def _on(law: Law, name: str, day: date) -> Value | None:
    """The value in force; None when it is unknown, or its series has not begun."""
    value = law.series[name].on(day)
    return None if value is None or value.unknown is not None else value


def _bases(law: Law, day: date) -> Iterator[Base]:
    table = _on(law, "bpu.brackets", day)
    if table is None:
        raise ValueError(f"{law.series['bpu.brackets'].place}: no brackets on {day}")
    width = gcd(*(row.lower for row in table.brackets))
    last = table.brackets[-1].lower // width
    if last > _STEPS:
        raise ValueError(f"{table.place}: brackets begin at multiples of Rp{width} only, too narrow for a table")
    yield Base(-1, width, None, None, None, True)
    for number in range(last + 1):
        row = next(one for one in reversed(table.brackets) if one.lower <= number * width)
        yield Base(number, width, row.number, row.base, row.upper, row.verified)


def _bits(programmes: tuple[str, ...]) -> int:
    return sum(BITS[programme] for programme in programmes)


def _offers(law: Law, day: date) -> Iterator[Offer]:
    kinds: list[tuple[str, str | None, bool, str]] = [
        ("BPU", None, False, "bpu.compulsory"),
        ("BPU", None, True, "bpu.compulsory.employer"),
    ]
    kinds += [("PU", scale, False, f"pu.compulsory.{scale or 'large'}") for scale in (None, *SCALES)]
    yield Offer(-1, None, None, False, 0, False)
    for number, (segment, scale, employs_others, name) in enumerate(kinds):
        said = _on(law, name, day)
        yield Offer(
            number=number,
            segment=segment,
            scale=scale,
            employs_others=employs_others,
            compulsory=_bits(said.programmes) if said else _bits(("JKK", "JKM")) + OPEN,
            verified=said is not None and said.verified,
        )


def _cells(law: Law, day: date) -> Iterator[Cell]:
    yield replace(_Found(law, Facts("PU"), day).pu(-1), segment=None)
    number = 0
    for arrears, others, sector, payer in product((False, True), (False, True), _NOWHERE, _NOBODY):
        facts = Facts("BPU", sector=sector, payer=payer, in_arrears=arrears, employs_others=others)
        yield _Found(law, facts, day).bpu(number)
        number += 1
    # the fourth payer stands for all who cannot pay for a wage earner
    for arrears, intensive, sector, payer, risk in product(
        (False, True), (False, True), _NOWHERE, _NOBODY[:4], (None, 1, 2, 3, 4, 5)
    ):
        facts = Facts("PU", sector=sector, payer=payer, in_arrears=arrears, labour_intensive=intensive, jkk_class=risk)
        cell = _Found(law, facts, day).pu(number)
        refused = payer == _NOBODY[3]
        yield replace(cell, no_payer=_bits(PROGRAMMES), no_class=0) if refused else cell
        number += 1


class _Found:
    """One cell as it is filled."""

    def __init__(self, law: Law, facts: Facts, day: date) -> None:
        self.law, self.facts, self.day = law, facts, day
        self.rates = dict.fromkeys(_PARTS, 0)
        self.now = {"JP": OVER, "JP.worker": OVER}
        self.bits = dict.fromkeys(("unverified", "unknown", "on_base", "no_payer", "no_sector", "no_class"), 0)
        self.rupiah = 0
        self.ceiling = 0

    def bpu(self, number: int) -> Cell:
        table = self.law.series["bpu.brackets"].on(self.day)
        for programme in ("JKK", "JKM", "JHT"):
            if self.facts.employs_others and programme != "JHT":
                if _on(self.law, f"bpu.{programme}.employer", self.day) is not None:
                    raise ValueError(
                        f"{self.law.series[f'bpu.{programme}.employer'].place}: price.sql has no such rate"
                    )
                self._mark("unknown", programme)
                continue
            value = _on(self.law, f"bpu.{programme}", self.day)
            if value is None:
                self._mark("unknown", programme)
                continue
            left = self._left(programme, programme, self.facts.payer or "worker", (value,))
            if left is None:
                continue
            if value.amount is not None:
                if programme != "JKM":
                    raise ValueError(f"{value.place}: price.sql has amounts for JKM only")
                self.rupiah = rupiah(exact=value.amount * left)
                continue
            self.rates[programme] = _over(value, (value.rate or Decimal(0)) * left, of=MOST["wage"])
            self._mark("on_base", programme)
            if table is not None and not table.verified:
                self._mark("unverified", programme)
        return self._cell(number)

    def pu(self, number: int) -> Cell:
        for part in _PARTS:
            programme, _, worker = part.partition(".")
            if programme == "JKK" and self.facts.jkk_class is None:
                self._mark("no_class", "JKK")
                continue
            ceiling: tuple[Value, ...] = ()
            if programme == "JP":
                highest = _on(self.law, "pu.JP.ceiling", self.day)
                if highest is None:
                    self._mark("unknown", programme)
                    continue
                ceiling, self.ceiling = (highest,), highest.amount or 0
            series = self._series(programme, bool(worker))
            value = _on(self.law, series.id, self.day)
            if value is None:
                self._mark("unknown", programme)
                continue
            left = self._left(part, programme, series.payer or "employer", (value, *ceiling))
            if left is not None:
                self.rates[part] = _over(value, (value.rate or Decimal(0)) * left, of=MOST["wage"])
        self._jkp()
        return self._cell(number)

    def _jkp(self) -> None:
        """JKP costs worker and employer nothing: it has marks, no rates."""
        for name in ("ceiling", "employer", "worker"):
            value = self.law.series[f"pu.JKP.{name}"].on(self.day)
            if value is None:
                continue
            if value.rate:
                raise ValueError(f"{value.place}: price.sql takes JKP to cost worker and employer nothing")
            if value.unknown is not None:
                self._mark("unknown", "JKP")
            elif not value.verified:
                self._mark("unverified", "JKP")

    def _series(self, programme: str, worker: bool) -> Series:
        if programme in ("JKK", "JKM"):
            return self.law.series[f"pu.JKK.{self.facts.jkk_class}" if programme == "JKK" else "pu.JKM"]
        return self.law.series[f"pu.{programme}.{'worker' if worker else 'employer'}"]

    def _mark(self, name: str, programme: str) -> None:
        self.bits[name] |= BITS[programme]

    def _left(self, part: str, programme: str, payer: str, rests_on: tuple[Value, ...]) -> Decimal | None:
        """What a relief leaves of a contribution; None, and a mark, when that is open or a fact is missing."""
        try:
            relief, later = self._relief(programme, payer), self._relief(programme, payer, later=True)
        except Question:
            self._mark("unknown", programme)
            return None
        except Complaint as missing:
            self._mark({"--payer": "no_payer", "--sector": "no_sector"}[missing.where], programme)
            return None
        if later is not None:
            if part not in self.now:
                raise ValueError(f"{later.place}: price.sql has no deferral of {programme}")
            self.now[part] = _over(later, later.multiplier, of=MOST["wage"] // 100)
        used = [one.verified for one in (relief, later) if one is not None]
        if not all((*used, *(value.verified for value in rests_on))):
            self._mark("unverified", programme)
        return relief.multiplier if relief is not None else Decimal(1)

    def _relief(self, programme: str, payer: str, *, later: bool = False) -> Relief | None:
        return relief_for(
            law=self.law, facts=self.facts, programme=programme, day=self.day, payer=payer, deferrals=later
        )

    def _cell(self, number: int) -> Cell:
        facts = self.facts
        offered = _on(self.law, f"{facts.segment.lower()}.open", self.day)
        return Cell(
            number=number,
            segment=facts.segment,
            pays="employer" if facts.segment == "PU" else facts.payer or "worker",
            payer=facts.payer,
            sector=facts.sector,
            jkk_class=facts.jkk_class,
            labour_intensive=facts.labour_intensive,
            in_arrears=facts.in_arrears,
            employs_others=facts.employs_others,
            **{part.lower().replace(".", "_"): rate for part, rate in self.rates.items()},
            jkm_rupiah=self.rupiah,
            jp_ceiling=self.ceiling,
            jp_now=self.now["JP"],
            jp_worker_now=self.now["JP.worker"],
            **self.bits,
            offered=_bits(offered.programmes if offered else ()),
        )


def _over(said: Value | Relief, share: Decimal, *, of: int) -> int:
    """A share of at most ``of`` rupiah as a whole number over ``OVER``. ValueError when it is none, or not exact."""
    whole = share * OVER
    if whole != int(whole) or whole * of + OVER >= _EXACT:
        raise ValueError(f"{said.place}: price.sql cannot reckon with {share} of Rp{of}")
    return int(whole)
