"""A backup restored into an empty database gives the same figures; into another nothing."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from jangkau.complaints import Complaint
from jangkau.platform import backup
from jangkau.platform.database import Databases, with_database
from jangkau.platform.home import Home

COUNTED = ("offices_user", "offices_event", "offices_office", "django_migrations")


def counts(address: str) -> dict[str, int]:
    with psycopg.connect(address) as connection:
        found = {}
        for table in COUNTED:
            row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
            found[table] = row[0] if row else -1
    return found


@pytest.fixture
def empty(platform: tuple[Home, Databases]) -> Iterator[str]:
    """The address of another database, with nothing in it."""
    owner, name = platform[1].owner, f"jangkau_uji_{secrets.token_hex(6)}"
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        yield with_database(address=owner, database=name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_a_backup_restores_the_same_figures(platform: tuple[Home, Databases], empty: str, tmp_path: Path) -> None:
    from jangkau.platform.offices.events import record

    record(verb="tested", thing="backup")
    databases = platform[1]
    saved = tmp_path / "cadangan.dump"
    assert backup.save(databases=databases, target=saved) > 10_000
    assert saved.stat().st_mode & 0o077 == 0
    other = Databases(empty, empty)
    backup.load(databases=other, source=saved)
    assert counts(empty) == counts(databases.owner)
    with psycopg.connect(empty) as connection:
        (broken,) = connection.execute(
            "SELECT count(*) FROM offices_event AS e WHERE hash <> offices_event_hash(e)"
        ).fetchone() or (None,)
    assert broken == 0
    with pytest.raises(Complaint, match="not empty"):
        backup.load(databases=other, source=saved)


def test_a_backup_never_overwrites(platform: tuple[Home, Databases], tmp_path: Path) -> None:
    there = tmp_path / "ada.dump"
    there.write_bytes(b"lama")
    with pytest.raises(Complaint):
        backup.save(databases=platform[1], target=there)
    assert there.read_bytes() == b"lama"


def test_a_file_that_is_no_backup_is_refused(empty: str, tmp_path: Path) -> None:
    wrong = tmp_path / "bukan.dump"
    wrong.write_bytes(b"bukan cadangan")
    with pytest.raises(Complaint):
        backup.load(databases=Databases(empty, empty), source=wrong)
