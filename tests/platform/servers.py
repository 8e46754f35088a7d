"""Where the databases of these tests are: the PostgreSQL that comes along, or a server when DATABASE_URL is set.

On a server each test platform has a database of its own, made and dropped here; its role needs CREATEDB and CREATEROLE.
The web's role belongs to the whole server, so there all homes of these tests share one password for it.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import psycopg

from jangkau.platform.database import with_database

SERVER = os.environ.get("DATABASE_URL", "")
WEB_PASSWORD = "kata-sandi-web-untuk-uji"


@contextlib.contextmanager
def new_database(*, home: Path) -> Iterator[str | None]:
    """The address of an empty database for this home; None: the one that comes along."""
    if not SERVER:
        yield None
        return
    name = f"jangkau_uji_{secrets.token_hex(6)}"
    home.mkdir(parents=True, exist_ok=True)
    keys = {"session_key": secrets.token_hex(32), "scope_key": secrets.token_hex(32), "web_password": WEB_PASSWORD}
    (home / "secrets.json").write_text(json.dumps(keys))
    (home / "secrets.json").chmod(0o600)
    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
    try:
        yield with_database(address=SERVER, database=name)
    finally:
        with psycopg.connect(SERVER, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def environment(*, database: str | None) -> dict[str, str]:
    """That of a `jangkau` that knows of this database and of no other platform of these tests."""
    ours = ("JANGKAU_", "DJANGO_", "PROMETHEUS_", "DATABASE_URL")
    known = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return known | ({"DATABASE_URL": database} if database else {})
