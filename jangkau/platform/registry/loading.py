"""The results of a run into PostgreSQL: people not protected as a partition of its own, counts and doubtful pairs.

All of it is one transaction of the owner: a table of its own is filled by COPY, indexed and attached at its end. Killed
before that, nothing is visible and nothing is left behind; repeated after it, nothing happens.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from jangkau.outputs import manifest
from jangkau.platform.intake.models import Delivery
from jangkau.platform.offices.models import Institution
from jangkau.platform.registry.models import Run, RunFile, RunResult
from jangkau.platform.registry.pair_rows import pair_rows

SETS_A_RUN = 100_000
"""Ids of combinations of lists are the run's number times this, and the combination's: unlike in any other run."""
DIMENSIONS = ("institution", "list", "kur_type", "duty", "status", "sex", "age_group")
"""By which people are counted, alone and two by two; the region is the scope of a count."""
MEMORY = "2GB"
_LOCK = 734513


def load(*, run: Run) -> bool:
    """Bring the finished results in ``run.out`` into the database, and make it the current run; False when that was
    done before. As the owner."""
    with (
        tempfile.TemporaryDirectory(dir=run.place, prefix=".memuat-") as scratch,
        duckdb.connect(str(Path(scratch) / "run.duckdb"), config={"memory_limit": MEMORY}) as duck,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, run.pk])
        run.refresh_from_db()
        for left in run.place.glob(".memuat-*"):  # by a load that was killed; nobody else loads this run now
            if left != Path(scratch):
                shutil.rmtree(left, ignore_errors=True)
        if run.state == Run.State.LOADED:
            return False
        _name_files(run)
        _prepare(duck, run, Path(scratch))
        _small_tables(cursor, duck, run)
        _partition(cursor, duck, run, Path(scratch))
        _counts(cursor, duck, run, Path(scratch))
        _pairs(cursor, duck, run)
        _finish(cursor, run)
    return True


def _name_files(run: Run) -> None:
    """The files of the run, from its manifest; those that a job prepared keep their deliveries, others are known by
    their digest."""
    known = {one.file: one for one in run.files.all()}
    said = manifest.read(folder=run.out)
    if said is None:
        raise ValueError("these are no results of a run")
    sources = {
        name.removeprefix("source "): str(what)
        for name, what in said.work.settings.items()
        if name.startswith("source ")
    }
    institutions = {one.code.lower(): one for one in Institution.objects.all()}
    institutions |= {one.name.lower(): one for one in institutions.values()}
    digests = list(said.work.inputs.values())
    accepted = Delivery.objects.filter(digest__in=digests, state=Delivery.State.ACCEPTED).select_related("institution")
    sent = {one.digest: one for one in accepted}
    fresh = sorted(file for file in sources if file not in known)
    for number, file in enumerate(fresh, start=1 + max((one.number for one in known.values()), default=0)):
        layout, _, label = sources[file].partition("/")
        delivery = sent.get(said.work.inputs.get(file, ""))
        institution = delivery.institution if delivery else institutions.get(label.lower())
        key = f"i{institution.pk}" if institution else f"x{label}"
        RunFile.objects.create(
            run=run,
            number=number,
            file=file,
            layout=layout,
            label=label,
            institution=institution,
            key=key,
            delivery=delivery,
            read=str(delivery.checked.relative_to(settings.HOME.deliveries)) if delivery else "",
        )


def _prepare(duck: duckdb.DuckDBPyConnection, run: Run, scratch: Path) -> None:
    """Make in DuckDB: file, links, the sets of lists, orders of people, and the rows of registry_gap."""
    duck.execute(f"SET temp_directory = '{scratch}/spill'")
    duck.execute("CREATE TABLE file (number SMALLINT, file VARCHAR, layout VARCHAR, key VARCHAR)")
    rows = [(one.number, one.file, one.layout, one.key) for one in run.files.all()]
    duck.executemany("INSERT INTO file VALUES (?, ?, ?, ?)", rows)
    for name in ("gaps", "links", "doubtful", "people"):
        duck.execute(
            f"CREATE VIEW {name} AS FROM read_parquet('{run.out / f'{name}.parquet'}', file_row_number = TRUE)"
        )
    earlier = Run.objects.filter(current=True).exclude(pk=run.pk).first()
    if earlier and (earlier.out / "people.parquet").is_file():
        duck.execute(f"CREATE VIEW earlier AS FROM read_parquet('{earlier.out / 'people.parquet'}')")
    else:
        duck.execute("CREATE VIEW earlier AS SELECT person_id, '' AS status FROM people LIMIT 0")
    text = (files("jangkau.platform.registry") / "sql" / "gap_rows.sql").read_text(encoding="utf-8")
    duck.execute(
        text.replace("{run}", str(run.pk))
        .replace("{sets}", str(run.pk * SETS_A_RUN))
        .replace("{as_of}", run.as_of.isoformat())
        .replace("{first}", "TRUE" if earlier is None else "FALSE")
    )


def _small_tables(cursor: Any, duck: duckdb.DuckDBPyConnection, run: Run) -> None:
    for query, target in (
        ("SELECT id, {run}, files FROM list_set", "registry_listset (id, run_id, files)"),
        ("SELECT {run}, number, decision, reason FROM reason", "registry_reason (run_id, number, decision, text)"),
    ):
        with cursor.copy(f"COPY {target} FROM STDIN") as copy:
            for row in duck.execute(query.format(run=run.pk)).fetchall():
                copy.write_row(row)


def _partition(cursor: Any, duck: duckdb.DuckDBPyConnection, run: Run, scratch: Path) -> None:
    """Fill the table of the run, index it as its parent is, and attach it."""
    table = f"registry_gap_{run.pk:d}"
    cursor.execute(
        f"CREATE TABLE {table} (LIKE registry_gap INCLUDING DEFAULTS, "
        f"CONSTRAINT of_its_run CHECK (run_id = {run.pk:d})) WITH (fillfactor = 95)"
    )
    _stream(cursor, duck, "SELECT * EXCLUDE (file_numbers) FROM gap_row", f"{table}", scratch, frozen=True)
    cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
    cursor.execute(
        "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = 'registry_gap' ORDER BY indexname"
    )
    for (definition,) in cursor.fetchall():
        before, _, after = definition.partition(" ON ONLY public.registry_gap ")
        cursor.execute(f"{before}_{run.pk:d} ON {table} {after}")
    cursor.execute(f"ANALYZE {table}")
    cursor.execute(f"ALTER TABLE registry_gap ATTACH PARTITION {table} FOR VALUES IN ({run.pk:d})")


def _counts(cursor: Any, duck: duckdb.DuckDBPyConnection, run: Run, scratch: Path) -> None:
    """People by each group and each two groups: of the country, of each region, of each institution's lists."""
    column = {"institution": "b.key", "list": "CAST(o.number AS VARCHAR)"}
    join = {"institution": "JOIN set_key AS b USING (list_set)", "list": "JOIN set_file AS o USING (list_set)"}
    total = "SUM(n)"
    wanted = [("", "")] + [(one, "") for one in DIMENSIONS]
    wanted += [(one, two) for at, one in enumerate(DIMENSIONS) for two in DIMENSIONS[at + 1 :]]
    parts = []
    for one, two in wanted:
        joins = " ".join(join[d] for d in (one, two) if d in join)
        values = ", ".join((f"{column.get(d, f'c.{d}')}" if d else "''") for d in (one, two))
        said = f"'{one}' AS d1, {values.split(', ')[0]} AS v1, '{two}' AS d2, {values.split(', ')[1]} AS v2"
        parts.append(f"SELECT '' AS scope, {said}, {total} AS people FROM cell AS c {joins} GROUP BY ALL")
        parts.append(f"SELECT c.region, {said}, {total} FROM cell AS c {joins} WHERE c.region <> '' GROUP BY ALL")
        if "institution" not in (one, two):
            own = "AND o.key = s.key" if "list" in (one, two) else ""
            parts.append(
                f"SELECT s.key, {said}, {total} FROM cell AS c JOIN set_key AS s USING (list_set) {joins} "
                f"WHERE TRUE {own} GROUP BY ALL"
            )
    query = f"SELECT {run.pk:d} AS run_id, * FROM ({' UNION ALL '.join(parts)})"
    _stream(cursor, duck, query, "registry_gapcount (run_id, scope, d1, v1, d2, v2, people)", scratch)


def _pairs(cursor: Any, duck: duckdb.DuckDBPyConnection, run: Run) -> None:
    """Doubtful pairs; those that somebody had decided before keep what was decided."""
    columns = (
        "run_id, left_ref, right_ref, kind, person, other, region, probability, right_state, left, right, evidence, "
        "left_nik, right_nik, sampled, state, answer"
    ).replace("left, right,", '"left", "right",')
    with cursor.copy(f"COPY registry_pair ({columns}) FROM STDIN") as copy:
        for row in pair_rows(duck=duck, run=run.pk):
            copy.write_row(row)
    cursor.execute("SELECT registry_settle(p.id) FROM registry_pair AS p JOIN registry_decision AS d "
                   "ON (d.left_ref, d.right_ref) = (least(p.left_ref, p.right_ref), greatest(p.left_ref, p.right_ref)) "
                   "AND d.undone_at IS NULL WHERE p.run_id = %s", [run.pk])  # fmt: skip


def _finish(cursor: Any, run: Run) -> None:
    cursor.execute("SELECT people FROM registry_gapcount WHERE run_id = %s AND scope = '' AND d1 = ''", [run.pk])
    found = cursor.fetchone()
    RunResult.objects.create(
        run=run,
        gaps=found[0] if found else 0,
        manifest=_plain(run.out / "manifest.json", without=("outputs",)),
        summary=_plain(run.out / "summary.json", without=("by_list", "by_region", "by_branch", "by_period")),
    )
    run.state, run.percent, run.progress, run.finished_at = Run.State.LOADED, 100, "", timezone.now()
    Run.objects.filter(current=True).exclude(pk=run.pk).update(current=False)
    run.current = True
    run.save()


def _plain(path: Path, without: tuple[str, ...]) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return {name: one for name, one in value.items() if name not in without}


def _stream(
    cursor: Any, duck: duckdb.DuckDBPyConnection, query: str, target: str, scratch: Path, *, frozen: bool = False
) -> None:
    """Rows of DuckDB straight into a table, through a pipe: nothing of them is held or written twice."""
    pipe = scratch / "pipe.csv"
    os.mkfifo(pipe, 0o600)
    failed: list[BaseException] = []

    def write() -> None:
        try:
            duck.execute(f"COPY ({query}) TO '{pipe}' (FORMAT csv, HEADER FALSE, NULLSTR '\\N')")
        except BaseException as error:  # told in the thread that waits
            failed.append(error)
            with pipe.open("wb"):
                pass  # wakes whoever reads

    writer = threading.Thread(target=write)
    writer.start()
    try:
        options = "FORMAT csv, NULL '\\N'" + (", FREEZE" if frozen else "")
        with pipe.open("rb", buffering=0) as end, cursor.copy(f"COPY {target} FROM STDIN ({options})") as copy:
            for block in _blocks(end):
                copy.write(block)
            writer.join()
            if failed:
                raise failed[0]
    finally:
        writer.join()
        pipe.unlink()


def _blocks(end: Any) -> Iterator[bytes]:
    while block := end.read(1 << 20):
        yield block
