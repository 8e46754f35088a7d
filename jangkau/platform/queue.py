"""Jobs: asked for in the transaction that needs them, done by the worker, taken back when a worker died."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection

from jangkau.platform.offices.models import User

MOST_TRIES = 10
"""So often a job is begun again after its worker died; then it is what kills workers."""
log = logging.getLogger(__name__)
GivenUp = Callable[[Mapping[str, Any]], None]
_given_up: dict[str, GivenUp] = {}


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


def when_given_up(*, task: str) -> Callable[[GivenUp], GivenUp]:
    """The function that says it where people see it, when a job of this task will not be done. It gets its
    arguments."""

    def noted(function: GivenUp) -> GivenUp:
        _given_up[task] = function
        return function

    return noted


def give_up(*, task: str, arguments: Mapping[str, Any]) -> None:
    """Say that a job will not be done."""
    log.error("a job of %s is given up", task)
    if task in _given_up:
        _given_up[task](arguments)


def take_back(*, lost: float = 20.0) -> int:
    """Jobs that a worker had begun and no living worker has go back to the queue; how many. As the owner. ``lost``:
    seconds without a sign of life."""
    return _back(
        "worker_id IS NULL OR worker_id NOT IN (SELECT id FROM procrastinate_workers "
        "WHERE last_heartbeat > now() - make_interval(secs => %s))",
        lost, counts=True,
    )  # fmt: skip


def put_back(*, worker: int, counts: bool) -> int:
    """The jobs of a worker that is about to end go back; ``counts``: as tried once more."""
    with _own() as own:
        own.execute("DELETE FROM procrastinate_workers WHERE id = %s", [worker])
    return _back("worker_id IS NULL OR worker_id = %s", worker, counts=counts)


def take_back_these(*, jobs: set[int]) -> int:
    """Jobs that are said to be done and are not."""
    return _back("id = ANY (%s)", sorted(jobs), counts=True) if jobs else 0


def seen(*, worker: int, lost: float) -> tuple[bool, set[int]]:
    """Has a worker given a sign of life, and which jobs are said to be done by it?"""
    with _own() as own:
        alive = own.execute(
            "SELECT 1 FROM procrastinate_workers WHERE id = %s AND last_heartbeat > now() - make_interval(secs => %s)",
            [worker, lost],
        ).fetchone()
        jobs = own.execute("SELECT id FROM procrastinate_jobs WHERE worker_id = %s AND status = 'doing'", [worker])
        return alive is not None, {number for (number,) in jobs.fetchall()}


def _back(which: str, value: object, *, counts: bool) -> int:
    with _own() as own:
        found = own.execute(
            "UPDATE procrastinate_jobs SET attempts = attempts + %s, worker_id = NULL, "
            "status = CAST(CASE WHEN attempts + %s < %s THEN 'todo' ELSE 'failed' END AS procrastinate_job_status) "
            f"WHERE status = 'doing' AND ({which}) RETURNING status, task_name, args",
            [int(counts), int(counts), MOST_TRIES, value],
        ).fetchall()
    for status, task, arguments in found:
        if status == "failed":
            give_up(task=task, arguments=arguments)
    return len(found)


def _own() -> psycopg.Connection:
    """A connection beside Django's, which may be in the middle of a transaction or lost."""
    return psycopg.connect(**_parameters(), autocommit=True, connect_timeout=5)


def _parameters() -> dict[str, Any]:
    known: dict[str, Any] = settings.DATABASES["default"]
    said = {"dbname": known["NAME"], "user": known["USER"], "password": known["PASSWORD"], "host": known["HOST"],
            "port": known["PORT"]}  # fmt: skip
    more = {name: value for name, value in known["OPTIONS"].items() if name != "connect_timeout"}
    return {name: value for name, value in said.items() if value} | more


def user_of(*, by: int) -> User:
    """The user for whom a job runs."""
    return User.objects.get(pk=by)
