"""Events: what somebody did, read or exported, chained by hash."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from django.db import connection

from jangkau.platform.offices.models import User


def record(
    *,
    verb: str,
    thing: str = "",
    thing_id: object = "",
    purpose: str = "",
    address: str | None = None,
    by: User | None = None,
    **detail: Any,
) -> None:
    """Add an event when this transaction ends. Who did it is the user of the scope; ``by`` counts where there is none
    (a job, a sign-in). ``detail``: counts and codes, never anything about a person."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT offices_record(%s, %s, %s, %s, CAST(%s AS INET), CAST(%s AS JSONB), %s)",
            [verb, thing, str(thing_id), purpose[:200], address, json.dumps(detail), by.pk if by else None],
        )


def without_numbers(*, text: str) -> str:
    """A text without what looks like somebody's number, as offices_without_numbers of the database does it.

    >>> without_numbers(text="region=1272&q=1272011708850001")
    'region=1272&q=…'
    """
    return re.sub("[0-9]([ ._-]?[0-9]){9,}", "…", text)


@dataclass(frozen=True)
class Verified:
    """How many events there are, the first that does not fit (None when all do), and the hash of the last: whoever
    keeps it elsewhere can tell later that nothing was cut off at the end."""

    events: int
    broken: int | None
    last: str


def verify() -> Verified:
    """Follow the chain from the first event; as the owner."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), min(id) FILTER (WHERE NOT good), coalesce(max(hash) FILTER (WHERE newest = 1), '') FROM ("
            "SELECT id, hash, row_number() OVER (ORDER BY id DESC) AS newest, hash = offices_event_hash(e) "
            "AND before = coalesce(lag(hash) OVER (ORDER BY id), '') AS good FROM offices_event AS e) AS checked"
        )
        events, broken, last = cursor.fetchone()
    return Verified(events, broken, last)


def holds(*, events: int, last: str) -> bool:
    """Is what `verify` once said of the whole chain still true of its beginning?"""
    if events == 0:
        return last == ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT hash FROM offices_event ORDER BY id OFFSET %s LIMIT 1", [events - 1])
        found = cursor.fetchone()
    return found is not None and found[0] == last
