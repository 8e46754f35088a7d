"""What is in force on a date, and what changed between two months, for whom: the law looked at by day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from jangkau.complaints import Text
from jangkau.law.months import month_end
from jangkau.law.values import Law, Relief, Series, Value
from jangkau.law.wording import content, segment_of

Change = Literal["begins", "ends", "changes", "came_and_went"]
NONE = Text("tidak ada", "none")


@dataclass(frozen=True)
class InForce:
    """One value or relief in force: what it is, what it says, when, and on what it rests."""

    name: str
    segment: str
    what: Text
    says: Text
    valid_from: date
    valid_until: date | None
    cited: str
    verified: bool
    source: str
    place: str
    rows: tuple[dict[str, int | bool | None], ...] = ()


@dataclass(frozen=True)
class Difference:
    """One thing that is not the same in two months, and whom it touches."""

    name: str
    change: Change
    what: Text
    whom: Text
    before: Text
    after: Text
    cited: str
    verified: bool
    source: str


def in_force(*, law: Law, programme: str | None, day: date) -> tuple[InForce, ...]:
    """Every value and relief in force on a day, of one programme or of all, with the tables that it uses."""
    found = [
        _value(series, value)
        for series in law.series.values()
        if _concerns(series, programme) and (value := series.on(day)) is not None
    ]
    found += [
        _relief(relief)
        for relief in (*law.reliefs, *law.deferrals)
        if relief.holds_on(day) and (programme is None or programme in relief.programmes)
    ]
    return tuple(found)


def _concerns(series: Series, programme: str | None) -> bool:
    if programme is None or series.programme == programme:
        return True
    if series.kind == "brackets":
        return programme in ("JKK", "JHT")
    return any(programme in value.programmes for value in series.values)


def _value(series: Series, value: Value) -> InForce:
    return InForce(
        name=series.id,
        segment=series.segment,
        what=series.what,
        says=content(value=value),
        valid_from=value.valid_from,
        valid_until=value.valid_until,
        cited=value.cited,
        verified=value.verified and value.unknown is None,
        source=value.source,
        place=str(value.place),
        rows=tuple(
            {"bracket": one.number, "from": one.lower, "to": one.upper, "base": one.base, "verified": one.verified}
            for one in value.brackets
        ),
    )


def _relief(relief: Relief) -> InForce:
    return InForce(
        name=relief.id,
        segment=", ".join(relief.segments),
        what=Text(f"keringanan {', '.join(relief.programmes)}", f"relief of {', '.join(relief.programmes)}")
        if not relief.deferral
        else Text(f"penundaan {', '.join(relief.programmes)}", f"deferral of {', '.join(relief.programmes)}"),
        says=content(value=relief),
        valid_from=relief.valid_from,
        valid_until=relief.valid_until,
        cited=relief.cited,
        verified=relief.verified,
        source=relief.source,
        place=str(relief.place),
    )


def differences(*, law: Law, before: date, after: date) -> tuple[Difference, ...]:
    """What holds in the month of ``after`` and not in that of ``before``, or no longer, or otherwise; and for whom."""
    old = {one.name: one for one in in_force(law=law, programme=None, day=month_end(month=before))}
    new = {one.name: one for one in in_force(law=law, programme=None, day=month_end(month=after))}
    whom = {one.id: segment_of(segment=one.segment) for one in law.series.values()}
    whom |= {one.id: one.who for one in (*law.reliefs, *law.deferrals)}
    found = []
    for name in dict.fromkeys([*old, *new]):
        was, now = old.get(name), new.get(name)
        if was is None and now is not None:
            found.append(_difference(now, "begins", NONE, now.says, whom[name]))
        elif was is not None and now is None:
            found.append(_difference(was, "ends", was.says, NONE, whom[name]))
        elif was is not None and now is not None and was.says != now.says:
            found.append(_difference(now, "changes", was.says, now.says, whom[name]))
    for relief in (*law.reliefs, *law.deferrals):
        if relief.valid_from > month_end(month=before) and relief.valid_until <= month_end(month=after):
            found.append(_difference(_relief(relief), "came_and_went", NONE, _while(relief), relief.who))
    return tuple(found)


def _difference(one: InForce, change: Change, before: Text, after: Text, whom: Text) -> Difference:
    return Difference(
        name=one.name,
        change=change,
        what=Text(f"{one.segment}: {one.what.id}", f"{one.segment}: {one.what.en}"),
        whom=whom,
        before=before,
        after=after,
        cited=one.cited,
        verified=one.verified,
        source=one.source,
    )


def _while(relief: Relief) -> Text:
    says = content(value=relief)
    days = f"{relief.valid_from} – {relief.valid_until - timedelta(days=1)}"
    return Text(f"{says.id}, {days}", f"{says.en}, {days}")
