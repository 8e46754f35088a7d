"""Active, in grace, lapsed, ended: from dates and the law of the day, never from a stored flag."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from jangkau.complaints import Text
from jangkau.law.loading import law
from jangkau.law.months import month_end
from jangkau.law.rules import Grace, rule_on
from jangkau.law.values import Place

State = Literal["active", "in_grace", "lapsed", "ended", "unknown"]
UnknownGrace = Literal["none", "unknown"]
_NO_RULE = Text(
    "Aturan tentang masa tenggang pada tanggal ini belum diketahui.", "No rule about the grace on this date is known."
)


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
    article: str | None
    instrument: str | None
    question: Text | None
    notes: tuple[Text, ...]

    @property
    def counts_as_protected(self) -> bool:
        """Whether a count may take this person as protected; an unknown state may not be taken so."""
        return self.state in ("active", "in_grace")


def grace(*, segment: str, as_of: date) -> Grace:
    """The grace in force for a segment on a date; unknown (months None) for a stranger or before the known law."""
    try:
        return rule_on(law=law(), name=f"{segment.lower()}.grace", kind=Grace, day=as_of)
    except KeyError:
        return Grace(
            segment=segment,
            months=None,
            valid_from=as_of,
            valid_until=None,
            instrument=None,
            article=None,
            verified=False,
            source="no rule in force on this date is known",
            place=Place("law/rates/grace.yaml", 1),
            question=_NO_RULE,
        )


def protection(*, membership: Membership, as_of: date, unknown_grace: UnknownGrace = "none") -> Protection:
    """State of one membership on ``as_of``.

    >>> from datetime import date
    >>> m = Membership("BPU", date(2020, 1, 1), date(2021, 1, 1), None)
    >>> protection(membership=m, as_of=date(2021, 4, 30)).state
    'in_grace'
    >>> protection(membership=m, as_of=date(2021, 5, 1)).state
    'lapsed'

    A grace that nobody could read counts as none, as a run counts it; ``unknown_grace="unknown"`` says so instead.

    >>> m = Membership("PU", date(2020, 1, 1), date(2021, 1, 1), None)
    >>> protection(membership=m, as_of=date(2021, 4, 30), unknown_grace="unknown").state
    'unknown'
    """
    rule = grace(segment=membership.segment, as_of=as_of)
    paid_through = month_end(month=membership.paid_month) if membership.paid_month else None
    until = (
        month_end(month=membership.paid_month, later=rule.months)
        if membership.paid_month and rule.months is not None
        else None
    )
    state: State = "lapsed"
    by_grace = False
    if membership.ended is not None and membership.ended <= as_of:
        state = "ended"
    elif membership.started is not None and membership.started > as_of:
        state = "lapsed"
    elif paid_through is not None and paid_through >= as_of:
        state = "active"
    elif paid_through is not None:
        by_grace = True
        if rule.months is None and unknown_grace == "unknown":
            state = "unknown"
        else:
            state = "in_grace" if until is not None and until >= as_of else "lapsed"
    return _resting_on(state, by_grace, paid_through, until, rule)


def _resting_on(state: State, by_grace: bool, paid_through: date | None, until: date | None, rule: Grace) -> Protection:
    """The state with its article; what the grace leaves open is said only where the state hangs on it."""
    said = (rule.note, rule.after if state == "lapsed" else None) if by_grace else ()
    return Protection(
        state=state,
        paid_through=paid_through,
        grace_until=until,
        verified=rule.verified or not by_grace,
        source=rule.source,
        article=rule.cited or None,
        instrument=rule.regulation,
        question=rule.question if by_grace and rule.months is None else None,
        notes=tuple(note for note in said if note is not None),
    )
