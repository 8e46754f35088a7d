"""What is in force on a date, and what changed between two months, for whom: the law looked at by day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from jangkau.complaints import Text
from jangkau.law.citations import UNSEEN
from jangkau.law.months import month_end
from jangkau.law.rule_words import sayings
from jangkau.law.rules import KurRule
from jangkau.law.values import Law, Relief, Rule, Series, Value
from jangkau.law.wording import content, filled, segment_of

Change = Literal["begins", "ends", "changes", "came_and_went"]
NONE = Text("tidak ada", "none")


@dataclass(frozen=True)
class InForce:
    """One value, relief or rule in force: what it is, what it says, to whom, when, and on what it rests.

    ``open`` is the question where it is unknown.
    """

    name: str
    segment: str
    whom: Text
    what: Text
    says: Text
    valid_from: date
    valid_until: date | None
    cited: Text
    verified: bool
    source: str
    place: str
    open: Text | None = None
    known: bool = True
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
    cited: Text
    verified: bool
    source: str


def in_force(*, law: Law, programme: str | None, day: date) -> tuple[InForce, ...]:
    """Everything in force on a day that bears on one programme, or on any: values with their tables, reliefs, rules."""
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
    for name, rules in law.rules.items():
        for rule in rules:
            if rule.holds_on(day):
                found += _rule(law, name, rule, programme, day)
    return tuple(found)


def _rule(law: Law, name: str, rule: Rule, programme: str | None, day: date) -> list[InForce]:
    """What a rule says; a regulation that nobody has seen in force yet on that day is not verified."""
    seen = not (isinstance(rule, KurRule) and rule.certain_from is not None and day < rule.certain_from)
    return [
        InForce(
            name=one.name,
            segment=one.segment,
            whom=one.whom,
            what=one.what,
            says=one.says,
            valid_from=rule.valid_from,
            valid_until=rule.valid_until,
            cited=_cited(rule, one.article),
            verified=rule.verified and one.known and seen,
            source=rule.source,
            place=str(rule.place),
            open=one.open,
            known=one.known,
        )
        for one in sayings(law=law, name=name, rule=rule, day=day)
        if programme is None or programme in one.programmes
    ]


def _cited(rule: Rule, article: str | None) -> Text:
    """Regulation and article; or in words that none was found, that nobody has seen it, that it is read back."""
    if rule.instrument is None:
        if rule.publication is None:
            return Text("peraturan belum ditemukan", "no regulation found")
        return filled(
            form=Text("peraturan belum ditemukan; diumumkan di {where}", "no regulation found; published at {where}"),
            where=rule.publication,
        )
    cited = f"{rule.instrument.name} {article or f'({UNSEEN})'}"
    if rule.read_back:
        return Text(f"{cited}, dibaca mundur", f"{cited}, read back")
    return Text(cited, cited)


def _concerns(series: Series, programme: str | None) -> bool:
    if programme is None or series.programme == programme or programme in series.covers:
        return True
    if series.kind == "brackets":
        return programme in ("JKK", "JHT")
    return any(programme in value.programmes for value in series.values)


def _value(series: Series, value: Value) -> InForce:
    return InForce(
        name=series.id,
        segment=series.segment,
        whom=segment_of(segment=series.segment),
        what=series.what,
        says=content(value=value),
        valid_from=value.valid_from,
        valid_until=value.valid_until,
        cited=_cited(value, value.article),
        verified=value.verified and value.unknown is None,
        source=value.source,
        place=str(value.place),
        open=value.unknown,
        rows=tuple(
            {"bracket": one.number, "from": one.lower, "to": one.upper, "base": one.base, "verified": one.verified}
            for one in value.brackets
        ),
    )


def _relief(relief: Relief) -> InForce:
    return InForce(
        name=relief.id,
        segment=", ".join(relief.segments),
        whom=relief.who,
        what=Text(f"keringanan {', '.join(relief.programmes)}", f"relief of {', '.join(relief.programmes)}")
        if not relief.deferral
        else Text(f"penundaan {', '.join(relief.programmes)}", f"deferral of {', '.join(relief.programmes)}"),
        says=content(value=relief),
        valid_from=relief.valid_from,
        valid_until=relief.valid_until,
        cited=Text(relief.cited, relief.cited),
        verified=relief.verified,
        source=relief.source,
        place=str(relief.place),
        open=relief.question if not relief.settled else None,
    )


def differences(*, law: Law, before: date, after: date) -> tuple[Difference, ...]:
    """What holds in the month of ``after`` and not in that of ``before``, or no longer, or otherwise; and for whom.

    Reliefs and rules that came and went in between are named too; lists of holidays, which are for a year, are not.
    """
    law = replace(law, rules={name: rules for name, rules in law.rules.items() if name != "holidays"})
    first, last = month_end(month=before), month_end(month=after)
    old = {one.name: one for one in in_force(law=law, programme=None, day=first)}
    new = {one.name: one for one in in_force(law=law, programme=None, day=last)}
    found = []
    for name in dict.fromkeys([*old, *new]):
        was, now = old.get(name), new.get(name)
        if was is None and now is not None:
            found.append(_difference(now, "begins", NONE, now.says))
        elif was is not None and now is None:
            found.append(_difference(was, "ends", was.says, NONE))
        elif was is not None and now is not None and was.says != now.says:
            found.append(_difference(now, "changes", was.says, now.says))
    for one in _between(law, first, last):
        was, now = old.get(one.name), new.get(one.name)
        if one.known and one.says not in {end.says for end in (was, now) if end is not None}:
            found.append(_difference(one, "came_and_went", NONE if was is None else was.says, _while(one)))
    return tuple(found)


def _between(law: Law, first: date, last: date) -> Iterator[InForce]:
    """Reliefs and rules that began after ``first`` and had ended by ``last``."""
    for relief in (*law.reliefs, *law.deferrals):
        if relief.valid_from > first and relief.valid_until <= last:
            yield _relief(relief)
    for name, rules in law.rules.items():
        for rule in rules:
            gone = rule.valid_until is not None and rule.valid_until <= last
            if rule.valid_from > first and gone:
                yield from _rule(law, name, rule, None, rule.valid_from)


def _difference(one: InForce, change: Change, before: Text, after: Text) -> Difference:
    return Difference(
        name=one.name,
        change=change,
        what=Text(f"{one.segment}: {one.what.id}", f"{one.segment}: {one.what.en}"),
        whom=one.whom,
        before=before,
        after=after,
        cited=one.cited,
        verified=one.verified,
        source=one.source,
    )


def _while(one: InForce) -> Text:
    days = f"{one.valid_from} – {one.valid_until - timedelta(days=1) if one.valid_until else '…'}"
    return Text(f"{one.says.id}, {days}", f"{one.says.en}, {days}")
