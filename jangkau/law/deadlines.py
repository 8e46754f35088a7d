"""When a month's contribution is due, what delay costs, how long the grace lasts, how far one may pay ahead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

from jangkau.complaints import Text
from jangkau.law.dated import Block, in_force, refuse_unknown_day, shipped
from jangkau.law.months import month_end
from jangkau.law.protection import grace, segment_named

_SATURDAY = 5
_MOVED = Text(
    "{day} bukan hari kerja; dibaca sebagai hari kerja berikutnya. Aturan itu belum pasti.",
    "{day} is no working day; read as the next working day. That rule is not confirmed.",
)
_NO_SUCH_DAY = Text(
    "Bulan ini tidak memiliki tanggal {day}; dibaca hari terakhir bulan itu. Belum pasti.",
    "The month has no day {day}; read as its last day. Not confirmed.",
)
_YEAR_UNKNOWN = Text(
    "Hari libur tahun {year} tidak tersedia; hanya Sabtu dan Minggu yang diperhitungkan.",
    "The holidays of {year} are not known here; only Saturdays and Sundays are counted.",
)
_YEAR_DOUBTED = Text(
    "Daftar hari libur tahun {year} belum pasti.",
    "The list of holidays of {year} is not confirmed.",
)
_JOINT_LEAVE = Text(
    "{day} adalah cuti bersama; apakah itu menggeser jatuh tempo belum terbaca, jadi tidak digeser.",
    "{day} is joint leave; whether that moves the deadline was not read, so it is not moved.",
)
_NO_PERIODS = Text(
    "Untuk berapa bulan sekaligus iuran {segment} boleh dibayar belum terbaca.",
    "For how many months at once a {segment} contribution may be paid was not read.",
)


@dataclass(frozen=True)
class WorkingCalendar:
    """Public holidays of the years that are known; Saturdays and Sundays are never working days."""

    holidays: frozenset[date]
    joint_leave: frozenset[date]
    known_years: frozenset[int]
    doubted_years: frozenset[int]

    def is_working(self, *, day: date) -> bool:
        return day.weekday() < _SATURDAY and day not in self.holidays

    def next_working(self, *, day: date) -> date:
        """The day itself, or the first working day after it."""
        while not self.is_working(day=day):
            day += timedelta(days=1)
        return day


@dataclass(frozen=True)
class Basis:
    """What a value rests on."""

    article: str | None
    instrument: str | None
    verified: bool
    source: str


@dataclass(frozen=True)
class Period:
    """Months paid at once, and the last day that is paid with them."""

    months: int
    paid_through: date


@dataclass(frozen=True)
class Deadlines:
    """The dates of one contribution month. A value that no rule gives is None and its question is said.

    ``nominal``: the day the rule names; ``due``: the working day on which it falls. ``penalty_rate``: share of the
    contribution for each month of delay, paid by the employer.
    """

    segment: str
    month: date
    nominal: date | None
    due: date | None
    due_basis: Basis
    penalty_rate: Decimal | None
    penalty_basis: Basis
    grace_until: date | None
    grace_basis: Basis
    periods: tuple[Period, ...]
    periods_basis: Basis | None
    questions: tuple[Text, ...]
    notes: tuple[Text, ...]
    assumed: tuple[Text, ...]

    @property
    def verified(self) -> bool:
        """Whether every value is confirmed."""
        bases = (self.due_basis, self.penalty_basis, self.grace_basis, self.periods_basis)
        return all(basis is not None and basis.verified for basis in bases)


@cache
def shipped_calendar() -> WorkingCalendar:
    """The years of ``law/rates/holidays.yaml``."""
    years = shipped(name="rates/holidays.yaml", series="year")
    return WorkingCalendar(
        holidays=frozenset(day for year in years for day in year.values["holidays"]),
        joint_leave=frozenset(day for year in years for day in year.values["joint_leave"]),
        known_years=frozenset(year.values["year"] for year in years),
        doubted_years=frozenset(year.values["year"] for year in years if not year.verified),
    )


def deadlines(*, segment: str, month: date, calendar: WorkingCalendar) -> Deadlines:
    """The dates of the contribution for ``month`` (any day of it).

    >>> found = deadlines(segment="PU", month=date(2021, 4, 1), calendar=shipped_calendar())
    >>> found.nominal.isoformat(), found.due.isoformat()
    ('2021-05-15', '2021-05-17')
    >>> found.penalty_rate
    Decimal('0.02')

    Complaint for an unknown segment and for a month of which no law is known.
    """
    segment = segment_named(name=segment)
    month = month.replace(day=1)
    refuse_unknown_day(day=month, where="month")
    due_rule, penalty_rule = (_value(name, segment, month) for name in ("due_days", "late_penalties"))
    nominal, missing = _nominal(due_rule, month)
    due, moved = _working(nominal, calendar)
    doubts = (*missing, *moved)
    rate = penalty_rule.values["rate"]
    kept = grace(segment=segment, as_of=month_end(month=month) + timedelta(days=1))
    periods, periods_basis = _periods(segment, month)
    questions = (due_rule.text(name="question"), penalty_rule.text(name="question"), kept.question)
    unread = () if periods else (_NO_PERIODS.format(segment=segment),)
    assumed = dict.fromkeys(rule.text(name="assumed") for rule in (due_rule, penalty_rule))
    return Deadlines(
        segment=segment,
        month=month,
        nominal=nominal,
        due=due,
        due_basis=_basis(due_rule, sure=not doubts),
        penalty_rate=None if rate is None else Decimal(rate),
        penalty_basis=_basis(penalty_rule, sure=True),
        grace_until=None if kept.months is None else month_end(month=month, later=kept.months),
        grace_basis=Basis(kept.article, kept.instrument, kept.verified, kept.source),
        periods=periods,
        periods_basis=periods_basis,
        questions=(*_said(*questions), *unread),
        notes=_said(due_rule.text(name="note"), *doubts, kept.note),
        assumed=_said(*assumed),
    )


def _value(name: str, segment: str, month: date) -> Block:
    blocks = shipped(name=f"rates/{name}.yaml", series="segment")
    value = in_force(blocks=tuple(block for block in blocks if block.values["segment"] == segment), day=month)
    if value is None:
        raise ValueError(f"rates/{name}.yaml: no value for {segment} in {month:%Y-%m}")
    return value


def _nominal(rule: Block, month: date) -> tuple[date | None, tuple[Text, ...]]:
    """The day the rule names in the month after ``month``; the last of a month that is too short."""
    day = rule.values["day"]
    if day is None:
        return None, ()
    last = month_end(month=month, later=1)
    if day > last.day:
        return last, (_NO_SUCH_DAY.format(day=day),)
    return last.replace(day=day), ()


def _working(nominal: date | None, calendar: WorkingCalendar) -> tuple[date | None, tuple[Text, ...]]:
    """The working day on which a deadline falls, and what is not sure about it."""
    if nominal is None:
        return None, ()
    due = calendar.next_working(day=nominal)
    doubts = []
    if due != nominal:
        doubts.append(_MOVED.format(day=nominal.isoformat()))
    if due in calendar.joint_leave:
        doubts.append(_JOINT_LEAVE.format(day=due.isoformat()))
    if due.year not in calendar.known_years:
        doubts.append(_YEAR_UNKNOWN.format(year=due.year))
    elif due.year in calendar.doubted_years:
        doubts.append(_YEAR_DOUBTED.format(year=due.year))
    return due, tuple(doubts)


def _periods(segment: str, month: date) -> tuple[tuple[Period, ...], Basis | None]:
    for block in shipped(name="rates/payment_periods.yaml", series="segment"):
        if block.values["segment"] == segment and block.holds_on(day=month):
            lengths = block.values["months"]
            return tuple(Period(n, month_end(month=month, later=n - 1)) for n in lengths), _basis(block, sure=True)
    return (), None


def _basis(block: Block, *, sure: bool) -> Basis:
    article = block.values["article"]
    cited = f"{block.instrument} {article}" if block.instrument and article else article
    return Basis(cited, block.instrument, block.verified and sure, block.source)


def _said(*texts: Text | None) -> tuple[Text, ...]:
    return tuple(text for text in texts if text is not None)
