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
import pyarrow.parquet as pq
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from jangkau.law.kur_duty import kur_duty_sql
from jangkau.outputs import manifest
from jangkau.platform.intake.models import Delivery
from jangkau.platform.offices.models import Institution
from jangkau.platform.registry import bitmaps, partitions
from jangkau.platform.registry.models import Run, RunFile, RunResult
from jangkau.platform.registry.pair_rows import pair_rows

SETS_A_RUN = 100_000
"""Ids of combinations of lists are the run's number times this, and the combination's: unlike in any other run."""
DIMENSIONS = ("institution", "list", "kur_type", "duty", "status", "sex", "age_group")
"""By which people are counted, alone and two by two; the region is the scope of a count."""
OWN_DIMENSIONS = ("list", "kur_type", "duty", "status", "sex", "age_group", "region")
"""Those of an institution, whose key is the scope of its counts."""
_SAID = {
    "nik": "VARCHAR", "nik_valid": "BOOLEAN", "nama": "VARCHAR", "tanggal_lahir": "DATE", "jenis_kelamin": "VARCHAR",
    "kode_wilayah": "VARCHAR", "no_hp": "VARCHAR", "skema": "VARCHAR", "plafon": "BIGINT",
}  # fmt: skip
"""What a row of a list says of somebody, and the column of its date."""
_DATES = ("tanggal_akad", "tanggal_penetapan")
PEOPLE = {
    "registry_gap": "SELECT * FROM gap_row",
    "registry_sharedgap": "SELECT * FROM shared_row",
}
"""Tables of people, of which each run has a part of its own, and what is in it."""
MEMORY = "4GB"
LOCK = 734513
"""With the number of a run: who loads or drops its people is alone."""


def load(*, run: Run) -> bool:
    """Bring the finished results in ``run.out`` into the database, and make it the current run; False when that was
    done before. As the owner."""
    with (
        tempfile.TemporaryDirectory(dir=run.place, prefix=".memuat-") as scratch,
        duckdb.connect(str(Path(scratch) / "run.duckdb"), config={"memory_limit": MEMORY}) as duck,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, run.pk])
        run.refresh_from_db()
        for left in run.place.glob(".memuat-*"):  # by a load that was killed; nobody else loads this run now
            if left != Path(scratch):
                shutil.rmtree(left, ignore_errors=True)
        if run.state == Run.State.LOADED:
            return False
        _name_files(run)
        _prepare(duck, run, Path(scratch))
        _small_tables(cursor, duck, run)
        for parent, query in PEOPLE.items():

            def fill(table: str, query: str = query) -> None:
                _stream(cursor, duck, query, table, Path(scratch), frozen=True)

            partitions.add(cursor=cursor, parent=parent, run=run.pk, fill=fill)
        _counts(cursor, duck, run, Path(scratch))
        bitmaps.build(cursor=cursor, duck=duck, run=run.pk)
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
    _say(duck, run)
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
        .replace("{kur_duty}", kur_duty_sql(skema="skema", plafon="plafon", agreed="tanggal"))
        .replace("{first}", "TRUE" if earlier is None else "FALSE")
    )


def _say(duck: duckdb.DuckDBPyConnection, run: Run) -> None:
    """Make said: the rows of lists as intake read them, of those deliveries of institutions that are kept."""
    empty = ", ".join(f"CAST(NULL AS {kind}) AS {name}" for name, kind in _SAID.items())
    place = "CAST(NULL AS SMALLINT) AS number, CAST(NULL AS BIGINT) AS line"
    parts = [f"SELECT {place}, {empty}, CAST(NULL AS DATE) AS tanggal LIMIT 0"]
    for one in run.files.filter(institution__isnull=False).exclude(layout="register"):
        path = one.rows_read
        if path is None:
            continue
        known = set(pq.read_schema(path).names)
        if "kode_desa" in known:  # villages are named by the code of the village, which begins with that of the region
            known.add("kode_wilayah")
        column = {"kode_wilayah": "kode_desa"} if "kode_desa" in known else {}
        told = ", ".join(f"{column.get(name, name) if name in known else 'NULL'} AS {name}" for name in _SAID)
        date = next((name for name in _DATES if name in known), "NULL")
        parts.append(f"SELECT {one.number}, line, {told}, {date} FROM read_parquet('{path}')")
    duck.execute(f"CREATE VIEW said AS {' UNION ALL '.join(f'({part})' for part in parts)}")


def _small_tables(cursor: Any, duck: duckdb.DuckDBPyConnection, run: Run) -> None:
    for query, target in (
        ("SELECT id, {run}, files FROM list_set", "registry_listset (id, run_id, files)"),
        ("SELECT {run}, number, decision, reason FROM reason", "registry_reason (run_id, number, decision, text)"),
    ):
        with cursor.copy(f"COPY {target} FROM STDIN") as copy:
            for row in duck.execute(query.format(run=run.pk)).fetchall():
                copy.write_row(row)


def _counts(cursor: Any, duck: duckdb.DuckDBPyConnection, run: Run, scratch: Path) -> None:
    """People by each group and each two groups: of the country and of each region; and of each institution, by what its
    own lists say."""
    parts = []
    for one, two in _twos(DIMENSIONS):
        joins, said = _grouped(one, two)
        parts.append(f"SELECT '' AS scope, {said}, SUM(n) AS people FROM cell AS c {joins} GROUP BY ALL")
        parts.append(f"SELECT c.region, {said}, SUM(n) FROM cell AS c {joins} WHERE c.region <> '' GROUP BY ALL")
    for one, two in _twos(OWN_DIMENSIONS):
        joins, said = _grouped(one, two)
        parts.append(f"SELECT c.key, {said}, SUM(n) FROM own_cell AS c {joins} GROUP BY ALL")
    query = f"SELECT {run.pk:d} AS run_id, * FROM ({' UNION ALL '.join(parts)})"
    _stream(cursor, duck, query, "registry_gapcount (run_id, scope, d1, v1, d2, v2, people)", scratch)


def _twos(known: tuple[str, ...]) -> list[tuple[str, str]]:
    """None, one and two of the groups, in their order."""
    alone = [("", ""), *((one, "") for one in known)]
    return alone + [(one, two) for at, one in enumerate(known) for two in known[at + 1 :]]


def _grouped(one: str, two: str) -> tuple[str, str]:
    """What to join to a table of cells, and the columns d1, v1, d2, v2."""
    column = {"institution": "b.key", "list": "CAST(o.number AS VARCHAR)", "": "''"}
    join = {"institution": "JOIN set_key AS b USING (list_set)", "list": "JOIN set_file AS o USING (list_set)"}
    v1, v2 = (column.get(name, f"c.{name}") for name in (one, two))
    joins = " ".join(join[name] for name in (one, two) if name in join)
    return joins, f"'{one}' AS d1, {v1} AS v1, '{two}' AS d2, {v2} AS v2"


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
