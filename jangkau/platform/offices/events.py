"""Events: what somebody did, read or exported, chained by hash."""

from __future__ import annotations

import json
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


@dataclass(frozen=True)
class Verified:
    """How many events there are, and the first that does not fit (None when all do)."""

    events: int
    broken: int | None


def verify() -> Verified:
    """Follow the chain from the first event; as the owner."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), min(id) FILTER (WHERE NOT good) FROM (SELECT id, hash = offices_event_hash(e) "
            "AND before = coalesce(lag(hash) OVER (ORDER BY id), '') AS good FROM offices_event AS e) AS checked"
        )
        events, broken = cursor.fetchone()
    return Verified(events, broken)
