"""Active, in grace, lapsed, ended: from dates and the law of the day, never from a stored flag."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Literal

from jangkau.complaints import Complaint, Text
from jangkau.law.dated import read_blocks
from jangkau.law.months import month_end
from jangkau.law.values import SEGMENTS

State = Literal["active", "in_grace", "lapsed", "ended", "unknown"]
UnknownGrace = Literal["none", "unknown"]
_FILE = "rates/grace.yaml"
_NO_RULE = Text(
    "Aturan tentang masa tenggang pada tanggal ini belum diketahui.", "No rule about the grace on this date is known."
)


@dataclass(frozen=True)
class Grace:
    """Months of protection after the last paid one; ``months`` None when the law is unknown (``question`` says how)."""

    segment: str
    valid_from: date
    valid_until: date | None
    months: int | None
    verified: bool
    source: str
    instrument: str | None = None
    article: str | None = None
    question: Text | None = None
    note: Text | None = None
    after: Text | None = None


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


@cache
def graces() -> tuple[Grace, ...]:
    """All values of ``law/rates/grace.yaml``."""
    return read_graces(text=(files("jangkau.law") / "rates" / "grace.yaml").read_text(encoding="utf-8"))


def read_graces(*, text: str) -> tuple[Grace, ...]:
    """Values from YAML; ValueError on an unknown segment, a missing source, a hole or two values for one day."""
    values = []
    for block in read_blocks(file=_FILE, text=text, series="segment"):
        segment, months = block.values.get("segment"), block.values.get("months")
        if segment not in SEGMENTS:
            raise block.fault(why=f"{segment} is no segment")
        if months is None and block.verified:
            raise block.fault(why=f"{segment}: a grace that is unknown cannot be verified")
        values.append(
            Grace(
                segment=segment,
                valid_from=block.valid_from,
                valid_until=block.valid_until,
                months=months,
                verified=block.verified,
                source=block.source,
                instrument=block.instrument,
                article=block.values.get("article"),
                question=block.text(name="question"),
                note=block.text(name="note"),
                after=block.text(name="after"),
            )
        )
    return tuple(values)


def grace(*, segment: str, as_of: date) -> Grace:
    """The grace in force for a segment on a date; unknown (months None) where no value is."""
    for value in graces():
        in_force = value.valid_from <= as_of and (value.valid_until is None or as_of < value.valid_until)
        if value.segment == segment and in_force:
            return value
    return Grace(segment, as_of, None, None, False, "no rule in force on this date is known", question=_NO_RULE)


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
        article=rule.article,
        instrument=rule.instrument,
        question=rule.question if by_grace and rule.months is None else None,
        notes=tuple(note for note in said if note is not None),
    )


def segment_named(*, name: str) -> str:
    """The segment as the law names it; Complaint when there is no such segment."""
    if name.upper() in SEGMENTS:
        return name.upper()
    raise Complaint(
        what=Text(f"Tidak ada segmen '{name}'.", f"There is no segment '{name}'."),
        where="segment",
        why=Text("Segmen: " + ", ".join(SEGMENTS), "Segments: " + ", ".join(SEGMENTS)),
        do=Text("Pilih salah satu.", "Choose one of them."),
    )
