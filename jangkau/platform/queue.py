"""Jobs: asked for in the transaction that needs them, done by the worker, taken back when a worker died."""

from __future__ import annotations

import json

from django.db import connection

from jangkau.platform.offices.models import User


def ask(*, task: str, one_at_a_time: str = "", **arguments: int | str) -> int:
    """Ask for a job for the user of the scope; its number. It is there when the transaction commits, or not at all.

    ``task``: intake.check and the like; ``one_at_a_time``: jobs of this name run one after the other.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT offices_ask_for_job(%s, CAST(%s AS JSONB), %s)",
            [task, json.dumps(arguments), one_at_a_time or None],
        )
        number: int = cursor.fetchone()[0]
    return number


def take_back() -> int:
    """Jobs that a worker had begun and no living worker has go back to the queue; how many. As the owner."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'todo', worker_id = NULL WHERE status = 'doing' "
            "AND (worker_id IS NULL OR worker_id NOT IN "
            "(SELECT id FROM procrastinate_workers WHERE last_heartbeat > now() - INTERVAL '30 seconds'))"
        )
        taken: int = cursor.rowcount
    return taken


def user_of(*, by: int) -> User:
    """The user for whom a job runs."""
    return User.objects.get(pk=by)
