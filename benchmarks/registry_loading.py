"""Loading the people not protected into the platform's PostgreSQL, beside a bare COPY of the same rows; row security.

    python -m benchmarks.registry_loading [--scale 0.01]

With 1 million and with 13 million people (platform_home). Measured: registry's load as a whole; its rows of people
alone, without indexes; a COPY of these rows, as a CSV file, into a table without any index. Then what the gap list asks
for an office, under row security and without it, in turns. Targets: 2.5 times without indexes, 5 times with them and
all else; row security 1.3 times.
"""

from __future__ import annotations

import json
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
PATIENCE = 60
"""Seconds that a question may take in all its rounds."""
_PLACES = "SELECT order_place FROM registry_gap WHERE run_id = %s AND open AND region = ANY (%s) LIMIT 51"
_AT_PLACES = (
    "SELECT person, order_place, name, birth_date, region, status, kur_type FROM registry_gap "
    "WHERE run_id = %s AND open AND order_place = ANY (%s) ORDER BY order_place"
)
_COUNTED = "SELECT sex, count(*) FROM registry_gap WHERE run_id = %s AND open AND region = ANY (%s) GROUP BY sex"
_WALKED = "SELECT at_chunk, people FROM registry_walk(%s, 'order_name', %s, NULL, FALSE, 51)"


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
    from jangkau.platform.registry import bitmaps, loading, partitions
    from jangkau.platform.registry.actions import register_finished

    spent: dict[str, float] = {}
    for part in ("_prepare", "_stream", "_counts", "_pairs"):
        _timed(loading, part, spent)
    _timed(partitions, "add", spent)
    _timed(bitmaps, "build", spent)
    began = time.perf_counter()
    run = register_finished(folder=results, as_of=date.fromisoformat(as_of(results=results)), by=None)
    whole = time.perf_counter() - began
    with psycopg.connect(here.databases.owner, autocommit=True) as owner:
        bare, rows = _bare(owner, run.pk, here.home.folder)
        disk = sum(_one(owner, f"SELECT pg_total_relation_size('{one}_{run.pk}') / 1e9") for one in partitions.PARENTS)
        secured = _secured(owner, here, run.pk, size.scale >= 1)
    streamed = spent["stream of people"]
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
    """Count the seconds of one part of the load; of parts that are called for several tables those of each."""
    inner = getattr(module, name)

    def outer(*given: Any, **named: Any) -> Any:
        label = name.lstrip("_")
        if name == "_stream":
            what = {"gap_row": "people", "shared_row": "shared people"}
            label = f"stream of {next((word for view, word in what.items() if view in given[2]), 'counts')}"
        elif name == "add":
            label = f"part of {named['parent']}"
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

    officer, analyst = (User.objects.get(email=here.accounts[name].email) for name in ("petugas", "analis"))
    regions = list(OfficeRegion.objects.filter(office=officer.office).values_list("region", flat=True))
    places = [one for (one,) in owner.execute(_PLACES, [run, regions]).fetchall()]
    owner.execute("ANALYZE offices_user, offices_office, offices_officeregion")  # a server does in its first minute
    walked = [run, json.dumps({"region": regions, "kur_type": ["mikro"]})]
    with psycopg.connect(here.databases.web) as web, psycopg.connect(here.databases.web) as national:
        for one, user in ((web, officer), (national, analyst)):
            said = signed(kind="user", number=user.pk, key=settings.SCOPE_KEY)
            one.execute("SELECT set_config('jangkau.scope', %s, TRUE)", [said])
        asked = [
            ("50 people of an office at their places", owner, _AT_PLACES, [run, places]),
            ("all of an office counted by sex", owner, _COUNTED, [run, regions]),
            # an analyst asks for the same regions himself
            ("the places of 50 with a kind of loan", national, _WALKED, walked),
        ]
        return [row for one in asked for row in _ratio(web, *one, full=full)]


def _ratio(
    web: psycopg.Connection, name: str, without: psycopg.Connection, query: str, values: list[Any], *, full: bool
) -> list[Row]:
    ours: list[float] = []
    theirs: list[float] = []
    began = time.perf_counter()
    while len(ours) < ROUNDS and (len(ours) < 5 or time.perf_counter() - began < PATIENCE):
        ours.append(_seconds(web, query, values))
        theirs.append(_seconds(without, query, values))
    ratio = median(ours) / median(theirs)
    return [
        Row(f"{name}: row security, none", f"{median(ours) * 1000:.2f}, {median(theirs) * 1000:.2f} ms"),
        Row("- ratio", f"{ratio:.2f} times", f"at most {SECURED:g}", ratio <= SECURED if full else None),
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
