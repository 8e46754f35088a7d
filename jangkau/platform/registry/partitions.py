"""Tables of which each run has a part of its own: filled, indexed and attached at once; dropped whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

PARENTS = ("registry_gap", "registry_sharedgap", "registry_bitmap")


def add(*, cursor: Any, parent: str, run: int, fill: Callable[[str], None]) -> None:
    """Make a run's part of a table, have it filled by its name, index it as its parent is, and attach it."""
    table = f"{parent}_{run:d}"
    cursor.execute(
        f"CREATE TABLE {table} (LIKE {parent} INCLUDING DEFAULTS INCLUDING GENERATED, "
        f"CONSTRAINT of_its_run CHECK (run_id = {run:d})) WITH (fillfactor = 95)"
    )
    fill(table)
    cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
    cursor.execute(
        "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = %s ORDER BY indexname", [parent]
    )
    for (definition,) in cursor.fetchall():
        before, _, after = definition.partition(f" ON ONLY public.{parent} ")
        cursor.execute(f"{before}_{run:d} ON {table} {after}")
    cursor.execute(f"ANALYZE {table}")
    cursor.execute(f"ALTER TABLE {parent} ATTACH PARTITION {table} FOR VALUES IN ({run:d})")


def drop(*, cursor: Any, run: int) -> None:
    """Drop a run's parts of all of them."""
    for parent in PARENTS:
        cursor.execute(f"DROP TABLE IF EXISTS {parent}_{run:d}")
