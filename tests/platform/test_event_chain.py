"""The chain of events: whatever is changed, removed, moved or added shows; what is cut off at the end by the anchor."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from jangkau.platform.database import Databases
from jangkau.platform.home import Home
from tests.platform.servers import SERVER, environment


@pytest.fixture
def numbers(platform: object) -> list[int]:
    """Four events, one after the other."""
    from jangkau.platform.offices.events import record
    from jangkau.platform.offices.models import Event

    for at in range(4):
        record(verb="tested", thing="chain", thing_id=at, purpose="uji", address="10.0.0.1", at=at)
    return sorted(Event.objects.filter(thing="chain").order_by("-pk").values_list("pk", flat=True)[:4])


@pytest.fixture
def tamper(platform: object) -> Iterator[Callable[..., None]]:
    """SQL of somebody who owns the database and means harm; undone at the end."""
    from django.db import connection, transaction

    def done(statement: str, *values: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE offices_event DISABLE TRIGGER USER")
            cursor.execute(statement, values)

    with transaction.atomic():
        yield done
        transaction.set_rollback(True)


ADDED = """
    INSERT INTO offices_event SELECT (x.e).* FROM (
        SELECT jsonb_populate_record(e, jsonb_build_object(
            'id', (SELECT max(id) + 1 FROM offices_event), 'hash', repeat('a', 64))) AS e
        FROM offices_event AS e WHERE id = %s) AS x
"""
CHANGES = {
    "at": "at + INTERVAL '1 microsecond'", "by_id": "(SELECT min(id) FROM offices_user)", "role": "'analyst'",
    "verb": "'Tested'", "thing": "'chains'", "thing_id": "thing_id || ' '", "purpose": "''", "address": "NULL",
    "detail": "detail || '{\"x\": 1}'", "before": "repeat('0', 64)", "hash": "repeat('0', 64)",
}  # fmt: skip


def test_every_column_is_tried(platform: object) -> None:
    from jangkau.platform.offices.models import Event

    assert {field.column for field in Event._meta.concrete_fields} == {*CHANGES, "id"}


@pytest.mark.parametrize("column", list(CHANGES))
def test_a_change_of_any_column_shows(
    column: str, numbers: list[int], tamper: Callable[..., None], user: Callable[..., Any]
) -> None:
    from jangkau.platform.offices.events import verify

    user("analyst")
    assert verify().broken is None
    tamper(f"UPDATE offices_event SET {column} = {CHANGES[column]} WHERE id = %s", numbers[1])
    assert verify().broken == numbers[1]


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE offices_event SET thing = thing || thing_id, thing_id = '' WHERE id = %s", 1),
        ("UPDATE offices_event SET address = '10.0.0.1/8' WHERE id = %s", 1),
        ("UPDATE offices_event SET id = -id WHERE id = %s", None),
        ("DELETE FROM offices_event WHERE id = %s", 2),
        (ADDED, None),
    ],
    ids=["words moved to the next column", "a network for an address", "renumbered", "removed in the middle", "added"],
)  # fmt: skip
def test_what_is_moved_removed_or_added_shows(
    statement: str, broken: int | None, numbers: list[int], tamper: Callable[..., None]
) -> None:
    from jangkau.platform.offices.events import verify

    tamper(statement, numbers[1])
    assert verify().broken is not None
    if broken is not None:
        assert verify().broken == numbers[broken]


def test_two_events_that_change_places_show(numbers: list[int], tamper: Callable[..., None]) -> None:
    from jangkau.platform.offices.events import verify

    tamper(
        "UPDATE offices_event AS e SET id = CASE e.id WHEN %s THEN -1 ELSE %s END WHERE id IN (%s, %s)",
        numbers[1], numbers[1], numbers[1], numbers[2],
    )  # fmt: skip
    tamper("UPDATE offices_event SET id = %s WHERE id = -1", numbers[2])
    assert verify().broken is not None


def test_what_is_removed_at_the_beginning_shows(numbers: list[int], tamper: Callable[..., None]) -> None:
    from jangkau.platform.offices.events import verify

    tamper("DELETE FROM offices_event WHERE id < %s", numbers[1])
    assert verify().broken == numbers[1]


def test_what_is_cut_off_at_the_end_shows_against_an_anchor_alone(
    numbers: list[int], tamper: Callable[..., None]
) -> None:
    from jangkau.platform.offices.events import holds, verify

    anchor = verify()
    assert holds(events=anchor.events, last=anchor.last)
    tamper("DELETE FROM offices_event WHERE id >= %s", numbers[2])
    assert verify().broken is None  # what is left is whole
    assert not holds(events=anchor.events, last=anchor.last)
    earlier = verify()
    assert holds(events=earlier.events, last=earlier.last)


def test_a_chain_that_is_written_anew_shows_against_an_anchor_alone(
    numbers: list[int], tamper: Callable[..., None]
) -> None:
    from jangkau.platform.offices.events import holds, verify

    anchor = verify()
    tamper("UPDATE offices_event SET verb = 'other' WHERE id = %s", numbers[3])
    tamper("UPDATE offices_event AS e SET hash = offices_event_hash(e) WHERE id = %s", numbers[3])
    assert verify().broken is None
    assert not holds(events=anchor.events, last=anchor.last)


def test_events_of_many_at_once_make_one_chain(platform: object) -> None:
    from django.db import connection

    from jangkau.platform.offices.events import record, verify

    before = verify().events

    def write() -> None:
        for at in range(20):
            record(verb="tested", thing="many", thing_id=at)
        connection.close()

    threads = [threading.Thread(target=write) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    found = verify()
    assert (found.events, found.broken) == (before + 160, None)


def test_a_purpose_keeps_no_number_of_anybody(platform: object) -> None:
    from jangkau.platform.offices.events import record
    from jangkau.platform.offices.models import Event

    record(verb="tested", thing="purpose", purpose="kunjungan 1272 0117 0885 0001 atau 081234567890 pada 2021-04-30")
    assert Event.objects.filter(thing="purpose").latest("pk").purpose == "kunjungan … atau … pada 2021-04-30"


@pytest.mark.parametrize(
    ("anchor", "code", "told"),
    [("", 0, "--at-least"), ("999999:" + "0" * 64, 2, "Ujung rantai"), ("x", 2, "Jangkar")],
)
def test_the_command_prints_an_anchor_and_holds_the_chain_against_it(
    anchor: str, code: int, told: str, platform: tuple[Home, Databases], numbers: list[int]
) -> None:
    database = platform[1].owner if SERVER else None
    command = [sys.executable, "-W", "ignore", "-m", "jangkau", "audit", "verify", "--home", str(platform[0].folder)]
    done = subprocess.run(
        [*command, *(["--at-least", anchor] if anchor else [])],
        capture_output=True, text=True, check=False, env=environment(database=database),
    )  # fmt: skip
    assert done.returncode == code, done.stderr
    assert told in done.stdout + done.stderr
