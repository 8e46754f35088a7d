"""Active, in grace, lapsed, ended: from dates and the law of the day, never from a stored flag."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Literal

import yaml

State = Literal["active", "in_grace", "lapsed", "ended"]
SEGMENTS = ("PU", "BPU", "JAKON", "PMI")


@dataclass(frozen=True)
class Grace:
    """Months of protection after the last paid one; ``months`` None when the law is unknown (computed as none)."""

    segment: str
    valid_from: date
    valid_until: date | None
    months: int | None
    verified: bool
    source: str


@dataclass(frozen=True)
class Membership:
    """One register row. ``paid_month`` is any day of the last paid month; None when nothing was ever paid."""

    segment: str
    started: date | None
    paid_month: date | None
    ended: date | None


@dataclass(frozen=True)
class Protection:
    """The state on a date and what it rests on; not ``verified`` when it hangs on a grace that no source confirms."""

    state: State
    paid_through: date | None
    grace_until: date | None
    verified: bool
    source: str

    @property
    def counts_as_protected(self) -> bool:
        return self.state in ("active", "in_grace")


@cache
def graces() -> tuple[Grace, ...]:
    """All values of ``law/rates/grace.yaml``."""
    return read_graces(text=(files("jangkau.law") / "rates" / "grace.yaml").read_text(encoding="utf-8"))


def read_graces(*, text: str) -> tuple[Grace, ...]:
    """Values from YAML; ValueError on an unknown segment, a missing source or two values for one day."""
    values = tuple(Grace(**{"source": "", **row}) for row in yaml.safe_load(text))
    for index, value in enumerate(values):
        if value.segment not in SEGMENTS:
            raise ValueError(f"grace.yaml: {value.segment} is no segment")
        if not value.source:
            raise ValueError(f"grace.yaml: {value.segment} from {value.valid_from} has no source")
        if value.valid_until is not None and value.valid_until <= value.valid_from:
            raise ValueError(f"grace.yaml: {value.segment} from {value.valid_from} ends before it begins")
        for other in values[index + 1 :]:
            overlap = _before_end(other.valid_from, value.valid_until) and _before_end(
                value.valid_from, other.valid_until
            )
            if other.segment == value.segment and overlap:
                raise ValueError(
                    f"grace.yaml: two values for {value.segment} on {max(value.valid_from, other.valid_from)}"
                )
    return values


def _before_end(day: date, end: date | None) -> bool:
    """Periods are half-open: the end is not in them."""
    return end is None or day < end


def grace(*, segment: str, as_of: date) -> Grace:
    """The grace in force for a segment on a date; unknown (months None) where no value is."""
    for value in graces():
        if value.segment == segment and value.valid_from <= as_of and _before_end(as_of, value.valid_until):
            return value
    return Grace(segment, as_of, None, None, False, "no rule in force on this date is known")


def protection(*, membership: Membership, as_of: date) -> Protection:
    """State of one membership on ``as_of``.

    >>> from datetime import date
    >>> m = Membership("BPU", date(2020, 1, 1), date(2021, 1, 1), None)
    >>> protection(membership=m, as_of=date(2021, 4, 30)).state
    'in_grace'
    >>> protection(membership=m, as_of=date(2021, 5, 1)).state
    'lapsed'
    """
    rule = grace(segment=membership.segment, as_of=as_of)
    paid_through = month_end(membership.paid_month, 0) if membership.paid_month else None
    until = month_end(membership.paid_month, rule.months) if membership.paid_month and rule.months is not None else None
    state: State = "lapsed"
    by_grace = False
    if membership.ended is not None and membership.ended <= as_of:
        state = "ended"
    elif membership.started is not None and membership.started > as_of:
        state = "lapsed"
    elif paid_through is not None and paid_through >= as_of:
        state = "active"
    elif paid_through is not None:
        state = "in_grace" if until is not None and until >= as_of else "lapsed"
        by_grace = True
    return Protection(state, paid_through, until, rule.verified or not by_grace, rule.source)


def month_end(day: date, months: int) -> date:
    """Last day of the month that lies ``months`` after the month of ``day``; the calendar ends with the year 9999."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year > date.max.year:
        return date.max
    return date(year, month + 1, monthrange(year, month + 1)[1])
