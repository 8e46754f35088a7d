"""Loading the gaps of a run into the platform's PostgreSQL, beside a bare COPY of the same rows.

    python -m benchmarks.registry_loading [--scale 0.01]

The run is that of national_run (its folder in build/benchmarks is made when it is missing; half an hour at full size).
Measured: registry's load as a whole; its rows of people alone, without indexes; a COPY of these rows, as a CSV file,
into a table without any index. Then the same question about the people of an office, as the web asks it under row
security and as the owner asks it. Targets: 2.5 times without indexes, 5 times with them and all else; 1.3 times.
"""

from __future__ import annotations

import tempfile
import time
import warnings
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

import psycopg

from benchmarks.processes import jangkau, measured
from benchmarks.rows import Row, Size, main_of

LISTS, REGISTER = 13_000_000, 60_000_000
BARE, WHOLE, SECURED = 2.5, 5.0, 1.3
ROUNDS = 15
QUESTION = (
    "SELECT person, name, region, status FROM registry_gap WHERE run_id = %s AND status = 'not_found' {}"
    "ORDER BY region, name, person LIMIT 50"
)


def measure(size: Size) -> list[Row]:
    """The rows of the table."""
    folder = size.folder / f"demo_{size.scale:g}"
    if not (folder / "run.yaml").exists():
        counts = ("--lists", str(size.rows(LISTS)), "--register", str(size.rows(REGISTER)))
        measured(command=jangkau("demo", str(folder), *counts))
    if not (folder / "out" / "manifest.json").exists():
        measured(command=jangkau("run", str(folder), "--threads", str(size.threads), "--memory", "8GB"))
    with tempfile.TemporaryDirectory(dir=size.folder, prefix="platform-") as name, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        Path(name).chmod(0o711)
        return _on_platform(Path(name) / "home", folder / "out", size)


def _on_platform(home: Path, results: Path, size: Size) -> list[Row]:
    from jangkau.platform.serving import Serving, database_of, migrate, set_up

    with database_of(serving=Serving(home=home)) as (opened, databases):
        set_up(home=opened, databases=databases)
        migrate()
        from jangkau.platform.registry import loading
        from jangkau.platform.registry.actions import register_finished

        spent: dict[str, float] = {}
        for part in ("_prepare", "_partition", "_stream", "_counts", "_pairs"):
            _timed(loading, part, spent)
        began = time.perf_counter()
        run = register_finished(folder=results, as_of=date(2021, 4, 30), by=None)
        whole = time.perf_counter() - began
        with psycopg.connect(databases.owner, autocommit=True) as owner:
            bare, rows = _bare(owner, run.pk, home)
            disk = _one(owner, f"SELECT pg_total_relation_size('registry_gap_{run.pk}') / 1e9")
            secured = _secured(owner, databases.web, run.pk)
        streamed = spent["_stream of people"]
        full = size.scale >= 0.05
        return [
            Row(f"bare COPY of {rows:,} people into a table without indexes", f"{bare:.1f} s"),
            Row("the same rows from the run's Parquet, without indexes", f"{streamed:.1f} s"),
            Row("- over the bare COPY", f"{streamed / bare:.2f} times", f"at most {BARE:g}",
                streamed / bare <= BARE if full else None),
            Row("the whole load: orders, indexes, counts, doubtful pairs", f"{whole:.1f} s, {disk:.1f} GB on disk"),
            Row("- over the bare COPY", f"{whole / bare:.2f} times", f"at most {WHOLE:g}",
                whole / bare <= WHOLE if full else None),
            Row("- of it", ", ".join(f"{name} {seconds:.0f} s" for name, seconds in spent.items())),
            *secured,
        ]  # fmt: skip


def _timed(module: Any, name: str, spent: dict[str, float]) -> None:
    """Count the seconds of one part of the load; of `_stream` those for people and the others apart."""
    inner = getattr(module, name)

    def outer(*given: Any, **named: Any) -> Any:
        label = name.lstrip("_")
        if name == "_stream":
            what = {"gap_row": "people", "shared_row": "shared people"}
            label = f"_stream of {next((word for view, word in what.items() if view in given[2]), 'counts')}"
        began = time.perf_counter()
        try:
            return inner(*given, **named)
        finally:
            spent[label] = spent.get(label, 0.0) + time.perf_counter() - began

    setattr(module, name, outer)


def _bare(owner: psycopg.Connection, run: int, home: Path) -> tuple[float, int]:
    """Seconds to COPY the rows of the run from a file into a table of their shape and nothing else."""
    path = home / "bare.csv"
    with path.open("wb") as file, owner.cursor().copy(f"COPY registry_gap_{run} TO STDOUT (FORMAT csv)") as copy:
        for block in copy:
            file.write(block)
    owner.execute(f"CREATE TABLE bare AS SELECT * FROM registry_gap_{run} LIMIT 0")
    began = time.perf_counter()
    with path.open("rb") as file, owner.cursor().copy("COPY bare FROM STDIN (FORMAT csv)") as copy:
        while block := file.read(1 << 20):
            copy.write(block)
    spent = time.perf_counter() - began
    rows = int(_one(owner, "SELECT count(*) FROM bare"))
    owner.execute("DROP TABLE bare")
    path.unlink()
    return spent, rows


def _secured(owner: psycopg.Connection, web: str, run: int) -> list[Row]:
    """The same 50 people of an office: under row security, and as the owner with the regions in the question."""
    from django.conf import settings
    from django.db.backends.postgresql.psycopg_any import DateRange

    from jangkau.platform.offices.models import Office, OfficeRegion, User
    from jangkau.platform.scope import signed

    regions = [row[0] for row in owner.execute(
        f"SELECT region FROM registry_gap_{run} WHERE region <> '' GROUP BY region ORDER BY count(*) DESC LIMIT 2"
    )]  # fmt: skip
    office = Office.objects.create(code="ukur", name="Ukur")
    for region in regions:
        OfficeRegion.objects.create(office=office, region=region, period=DateRange(date(2020, 1, 1), None))
    user = User.objects.create(email="ukur@contoh.id", name="Ukur", role="branch_officer", office=office)
    plain = QUESTION.format("AND region = ANY (%s) ")
    with psycopg.connect(web) as connection:
        scope = signed(kind="user", number=user.pk, key=settings.SCOPE_KEY)
        connection.execute("SELECT set_config('jangkau.scope', %s, TRUE)", [scope])
        ours, theirs = [], []
        for _ in range(ROUNDS):
            ours.append(_seconds(connection, plain, [run, regions]))
            theirs.append(_seconds(owner, plain, [run, regions]))
    ratio = median(ours) / median(theirs)
    return [
        Row("50 people of an office, under row security", f"{median(ours) * 1000:.2f} ms"),
        Row("- over the same as the owner", f"{ratio:.2f} times", f"at most {SECURED:g}", ratio <= SECURED),
    ]


def _seconds(connection: psycopg.Connection, query: str, values: list[Any]) -> float:
    began = time.perf_counter()
    connection.execute(query, values).fetchall()
    return time.perf_counter() - began


def _one(connection: psycopg.Connection, query: str) -> float:
    row = connection.execute(query).fetchone()
    return float(row[0]) if row else 0.0


if __name__ == "__main__":
    main_of(__doc__, measure)
