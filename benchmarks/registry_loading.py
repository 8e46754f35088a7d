"""Loading the people not protected into the platform's PostgreSQL, beside a bare COPY of the same rows; row security.

    python -m benchmarks.registry_loading [--scale 0.01]

With 1 million and with 13 million people (platform_home). Measured: registry's load as a whole; its rows of people
alone, without indexes; a COPY of these rows, as a CSV file, into a table without any index. Then what the gap list asks
for an office, as the web asks it under row security and as the owner of the tables asks it, in turns. Targets: 2.5
times without indexes, 5 times with them and all else; row security 1.3 times.
"""

from __future__ import annotations

import time
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any

import psycopg

from benchmarks.platform_home import Platform, as_of, country, platform, results_of
from benchmarks.rows import Row, Size, main_of

PEOPLE = (1_000_000, 13_000_000)
BARE, WHOLE, SECURED = 2.5, 5.0, 1.3
ROUNDS = 400
_OF_OFFICE = "FROM registry_gap WHERE run_id = %s AND open AND region = ANY (%s)"
_LIST = f"SELECT person, order_place, name, birth_date, region, status, kur_type {_OF_OFFICE}"
_FIFTY = "ORDER BY order_place LIMIT 51"
QUESTIONS = (
    ("50 people of an office", f"{_LIST} {_FIFTY}"),
    ("50 with a kind of loan and a status", f"{_LIST} AND kur_type = 'mikro' AND status = 'lapsed' {_FIFTY}"),
    ("all of a sex and an age counted", f"SELECT count(*) {_OF_OFFICE} AND sex = 'P' AND age_group = '35'"),
)


def measure(size: Size) -> list[Row]:
    """The rows of the table."""
    rows: list[Row] = []
    for people in PEOPLE:
        with ProcessPoolExecutor(1, get_context("spawn")) as alone:  # Django is set up for one home in a process
            rows += alone.submit(_with, size, size.rows(people)).result()
    return rows


def _with(size: Size, people: int) -> list[Row]:
    with platform(size=size) as here:
        source = country(size=size) / "out"
        return _loaded(here, results_of(people=people, source=source, target=here.folder / "results"), size)


def _loaded(here: Platform, results: Path, size: Size) -> list[Row]:
    from jangkau.platform.registry import loading
    from jangkau.platform.registry.actions import register_finished

    spent: dict[str, float] = {}
    for part in ("_prepare", "_partition", "_stream", "_counts", "_pairs"):
        _timed(loading, part, spent)
    began = time.perf_counter()
    run = register_finished(folder=results, as_of=date.fromisoformat(as_of(results=results)), by=None)
    whole = time.perf_counter() - began
    with psycopg.connect(here.databases.owner, autocommit=True) as owner:
        bare, rows = _bare(owner, run.pk, here.home.folder)
        disk = _one(owner, f"SELECT pg_total_relation_size('registry_gap_{run.pk}') / 1e9")
        secured = _secured(owner, here, run.pk, size.scale >= 1)
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
            label = "_stream of people" if "gap_row" in given[2] else "_stream of counts"
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


def _secured(owner: psycopg.Connection, here: Platform, run: int, full: bool) -> list[Row]:
    """What the list of a branch officer asks: under row security, and as the owner."""
    from django.conf import settings

    from jangkau.platform.offices.models import OfficeRegion, User
    from jangkau.platform.scope import signed

    user = User.objects.get(email=here.accounts["petugas"].email)
    regions = list(OfficeRegion.objects.filter(office=user.office).values_list("region", flat=True))
    rows = []
    with psycopg.connect(here.databases.web) as web:
        scope = signed(kind="user", number=user.pk, key=settings.SCOPE_KEY)
        web.execute("SELECT set_config('jangkau.scope', %s, TRUE)", [scope])
        for name, question in QUESTIONS:
            ours, theirs = [], []
            for _ in range(ROUNDS):
                ours.append(_seconds(web, question, [run, regions]))
                theirs.append(_seconds(owner, question, [run, regions]))
            ratio = median(ours) / median(theirs)
            rows += [
                Row(f"{name}: row security, none", f"{median(ours) * 1000:.2f}, {median(theirs) * 1000:.2f} ms"),
                Row("- ratio", f"{ratio:.2f} times", f"at most {SECURED:g}", ratio <= SECURED if full else None),
            ]
    return rows


def _seconds(connection: psycopg.Connection, query: str, values: list[Any]) -> float:
    began = time.perf_counter()
    connection.execute(query, values).fetchall()
    return time.perf_counter() - began


def _one(connection: psycopg.Connection, query: str) -> float:
    row = connection.execute(query).fetchone()
    return float(row[0]) if row else 0.0


if __name__ == "__main__":
    main_of(__doc__, measure)
