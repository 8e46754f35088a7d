"""A platform with as many people not protected as a benchmark wants, from the results of national_run.

The people are those of the whole country: some left out, or some several times under ids of their own.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from benchmarks.processes import jangkau, measured
from benchmarks.rows import Size
from jangkau.platform.database import Databases
from jangkau.platform.home import Home

if TYPE_CHECKING:
    from jangkau.platform.demonstration import Account

LISTS, REGISTER = 13_000_000, 60_000_000


@dataclass(frozen=True)
class Platform:
    """``folder`` is removed at the end; ``accounts`` of the demo by the name before their @."""

    folder: Path
    home: Home
    databases: Databases
    accounts: dict[str, Account]


def country(*, size: Size) -> Path:
    """The folder of national_run, invented and run when it is missing (three quarters of an hour at full size)."""
    folder = size.folder / f"demo_{size.scale:g}"
    if not (folder / "run.yaml").exists():
        counts = ("--lists", str(size.rows(LISTS)), "--register", str(size.rows(REGISTER)))
        measured(command=jangkau("demo", str(folder), *counts))
    if not (folder / "out" / "manifest.json").exists():
        measured(command=jangkau("run", str(folder), "--threads", str(size.threads), "--memory", "8GB"))
    return folder


def results_of(*, people: int, source: Path, target: Path) -> Path:
    """Write results of a run with ``people`` not protected into ``target``, in the shape and order of ``source``."""
    target.mkdir(parents=True)
    for name in ("manifest.json", "summary.json", "people.parquet", "report.html"):
        shutil.copyfile(source / name, target / name)
    with duckdb.connect(str(target / "work.duckdb"), config={"memory_limit": "4GB"}) as duck:
        duck.execute("SET enable_progress_bar = FALSE")
        for name in ("gaps", "links", "doubtful"):
            duck.execute(f"CREATE VIEW {name} AS FROM read_parquet('{source}/{name}.parquet', file_row_number = TRUE)")
        (there,) = duck.execute("SELECT count(*) FROM gaps").fetchone() or (0,)
        copies = f"(file_row_number + 1) * {people} // {there} - file_row_number * {people} // {there}"
        each = f"person_id, file_row_number AS place, unnest(range({copies})) AS copy"
        duck.execute(f"CREATE TABLE kept AS SELECT {each} FROM gaps")
        again = "CASE WHEN k.copy = 0 THEN k.person_id ELSE k.person_id || '.' || k.copy END AS person_id"
        plain = "* EXCLUDE (file_row_number)"
        for name, query in (
            ("gaps", f"SELECT g.{plain} REPLACE ({again}) FROM gaps AS g JOIN kept AS k "
                     "ON k.place = g.file_row_number ORDER BY k.place, k.copy"),
            ("links", f"SELECT l.{plain} REPLACE ({again}) FROM links AS l JOIN kept AS k USING (person_id)"),
            ("doubtful", f"SELECT {plain} FROM doubtful WHERE person_id IN (SELECT person_id FROM kept)"),
        ):  # fmt: skip
            duck.execute(f"COPY ({query}) TO '{target}/{name}.parquet' (COMPRESSION zstd)")
    (target / "work.duckdb").unlink()
    return target


@contextlib.contextmanager
def platform(*, size: Size) -> Iterator[Platform]:
    """A new home in a folder that is removed at the end, with offices and accounts of the demo; its database runs."""
    source = country(size=size)
    with tempfile.TemporaryDirectory(dir=size.folder, prefix="platform-") as name, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        Path(name).chmod(0o711)  # PostgreSQL of root runs as somebody else
        from jangkau.platform.serving import Serving, database_of, migrate, set_up

        with database_of(serving=Serving(home=Path(name) / "home")) as (home, databases):
            set_up(home=home, databases=databases)
            migrate()
            from jangkau.platform import demonstration

            accounts = demonstration.prepare(folder=source)
            yield Platform(Path(name), home, databases, {one.email.split("@")[0]: one for one in accounts})


def as_of(*, results: Path) -> str:
    """The date of a run, as its summary says."""
    said: dict[str, str] = json.loads((results / "summary.json").read_text(encoding="utf-8"))
    return said["as_of"]
