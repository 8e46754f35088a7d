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
    """The state on a date and what it rests on."""

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
    """All values of ``law/rates/grace.yaml``; ValueError on a missing source or two values for one day."""
    rows = yaml.safe_load((files("jangkau.law") / "rates" / "grace.yaml").read_text(encoding="utf-8"))
    values = tuple(Grace(**row) for row in rows)
    for index, value in enumerate(values):
        if not value.source:
            raise ValueError(f"grace.yaml: {value.segment} from {value.valid_from} has no source")
        for other in values[index + 1 :]:
            overlap = other.valid_from < (value.valid_until or date.max) and value.valid_from < (
                other.valid_until or date.max
            )
            if other.segment == value.segment and overlap:
                raise ValueError(
                    f"grace.yaml: two values for {value.segment} on {max(value.valid_from, other.valid_from)}"
                )
    return values


def grace(*, segment: str, as_of: date) -> Grace:
    """The grace in force for a segment on a date; unknown (months None) where no value is."""
    for value in graces():
        if (
            value.segment == segment
            and value.valid_from <= as_of
            and (value.valid_until is None or as_of < value.valid_until)
        ):
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
    if membership.ended is not None and membership.ended <= as_of:
        state = "ended"
    elif membership.started is not None and membership.started > as_of:
        state = "lapsed"
    elif paid_through is not None and paid_through >= as_of:
        state = "active"
    elif until is not None and until >= as_of:
        state = "in_grace"
    return Protection(state, paid_through, until, rule.verified or state in ("active", "ended"), rule.source)


def month_end(day: date, months: int) -> date:
    """Last day of the month that lies ``months`` after the month of ``day``."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, monthrange(year, month + 1)[1])
