"""Months, and from when to when the law is written here."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

KNOWN_FROM = date(2015, 7, 1)
KNOWN_UNTIL = date(2028, 1, 1)  # does not count


def month_end(*, month: date, later: int = 0) -> date:
    """Last day of the month that lies ``later`` months after that of ``month``; the calendar ends with the year 9999.

    The law of a contribution month is that of its last day, so that a rule that begins within the month counts.
    """
    year, index = divmod(month.year * 12 + month.month - 1 + later, 12)
    if year > date.max.year:
        return date.max
    return date(year, index + 1, monthrange(year, index + 1)[1])
