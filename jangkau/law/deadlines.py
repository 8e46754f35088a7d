"""When a month's contribution is due, what delay costs, how long the grace lasts, how far one may pay ahead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

from jangkau.complaints import Text
from jangkau.law.facts import segment_named, within
from jangkau.law.loading import law
from jangkau.law.months import month_end
from jangkau.law.protection import grace
from jangkau.law.rules import DueDay, Holidays, Penalty, Periods, Said, rule_on, rules_of

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
    periods_basis: Basis
    questions: tuple[Text, ...]
    notes: tuple[Text, ...]
    assumed: tuple[Text, ...]

    @property
    def verified(self) -> bool:
        """Whether every value is confirmed."""
        bases = (self.due_basis, self.penalty_basis, self.grace_basis, self.periods_basis)
        return all(basis.verified for basis in bases)


@cache
def shipped_calendar() -> WorkingCalendar:
    """The years of ``law/rates/holidays.yaml``."""
    years = [one for one in rules_of(law=law(), name="holidays", kind=Holidays) if one.holidays is not None]
    return WorkingCalendar(
        holidays=frozenset(day for year in years for day in year.holidays or ()),
        joint_leave=frozenset(day for year in years for day in year.joint_leave),
        known_years=frozenset(year.valid_from.year for year in years),
        doubted_years=frozenset(year.valid_from.year for year in years if not year.verified),
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
    within(day=month, option="--month")
    own, known = segment.lower(), law()
    due_rule = rule_on(law=known, name=f"{own}.due_day", kind=DueDay, day=month)
    penalty_rule = rule_on(law=known, name=f"{own}.late_penalty", kind=Penalty, day=month)
    ahead = rule_on(law=known, name=f"{own}.payment_periods", kind=Periods, day=month)
    nominal, missing = _nominal(due_rule, month)
    due, moved = _working(nominal, calendar)
    doubts = (*missing, *moved)
    kept = grace(segment=segment, as_of=month_end(month=month) + timedelta(days=1))
    assumed = dict.fromkeys(rule.assumed for rule in (due_rule, penalty_rule))
    return Deadlines(
        segment=segment,
        month=month,
        nominal=nominal,
        due=due,
        due_basis=_basis(due_rule, sure=not doubts),
        penalty_rate=penalty_rule.rate,
        penalty_basis=_basis(penalty_rule, sure=True),
        grace_until=None if kept.months is None else month_end(month=month, later=kept.months),
        grace_basis=_basis(kept, sure=True),
        periods=tuple(Period(n, month_end(month=month, later=n - 1)) for n in ahead.months),
        periods_basis=_basis(ahead, sure=True),
        questions=_said(*(rule.question for rule in (due_rule, penalty_rule, kept, ahead))),
        notes=_said(due_rule.note, *doubts, kept.note),
        assumed=_said(*assumed),
    )


def _nominal(rule: DueDay, month: date) -> tuple[date | None, tuple[Text, ...]]:
    """The day the rule names in the month after ``month``; the last of a month that is too short."""
    if rule.day is None:
        return None, ()
    last = month_end(month=month, later=1)
    if rule.day > last.day:
        return last, (_NO_SUCH_DAY.format(day=rule.day),)
    return last.replace(day=rule.day), ()


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


def _basis(rule: Said, *, sure: bool) -> Basis:
    return Basis(rule.cited or None, rule.regulation, rule.verified and sure, rule.source)


def _said(*texts: Text | None) -> tuple[Text, ...]:
    return tuple(text for text in texts if text is not None)
