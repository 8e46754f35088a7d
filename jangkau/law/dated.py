"""Whether the law of a day is known, for callers that say where the day was given."""

from __future__ import annotations

from datetime import date

from jangkau.law.facts import within


def refuse_unknown_day(*, day: date, where: str) -> None:
    """As `facts.within`."""
    within(day=day, option=where)
