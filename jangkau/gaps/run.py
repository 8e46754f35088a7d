"""The main job: lists in, the gap out."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from jangkau.complaints import Text
from jangkau.gaps import tables, writing
from jangkau.gaps.earlier import Earlier, open_earlier
from jangkau.gaps.facts import places_of
from jangkau.gaps.folder import Plan, read_plan
from jangkau.gaps.id_changes import carry_over, write_changes
from jangkau.gaps.inputs import check_date, check_unchanged, declared, digests, read_all, read_branches, secret_digest
from jangkau.gaps.links import Linked, link
from jangkau.gaps.memory import Budget, budget
from jangkau.gaps.report import ReportNotes, render
from jangkau.gaps.results import order_of, results
from jangkau.gaps.steps import Clockwork, Progress
from jangkau.gaps.summary import Counted, count
from jangkau.gaps.versions import versions
from jangkau.gaps.workbooks import write_workbooks
from jangkau.linkage.method import Method
from jangkau.linkage.method_file import load
from jangkau.lists import LABELS
from jangkau.outputs import Work, manifest, recover, staging, write_json

SEED = 0
"""Nothing in a run is drawn at random that is not a hash of the data; the manifest says so by a fixed seed."""
MOST_IN_WORKBOOKS = 200_000


@dataclass(frozen=True)
class Settings:
    """How to run, beside what to run. None of these changes a figure; ``xlsx`` adds workbooks beyond 200,000 people.
    ``previous``: the folder of the run whose person ids are carried on."""

    threads: int | None = None
    memory: str | None = None
    force: bool = False
    xlsx: bool = False
    previous: Path | None = None


@dataclass(frozen=True)
class Outcome:
    """What a run leaves: where, the summary, what to warn of, and whether it had been done before."""

    out: Path
    summary: dict[str, Any]
    warnings: tuple[Text, ...]
    done_before: bool


def run(
    *,
    folder: Path,
    out: Path | None,
    as_of: date | None,
    settings: Settings,
    clock: Callable[[], float],
    progress: Progress,
) -> Outcome:
    """Do the main job on a folder and write its results; Complaint for whatever the user can mend.

    ``clock`` gives seconds for the timings of the manifest; no figure depends on it.
    """
    target = out or folder / "out"
    plan = read_plan(folder=folder, as_of=as_of)
    earlier = open_earlier(folder=settings.previous) if settings.previous else None
    clockwork = Clockwork(clock, progress)
    with clockwork.step("hash", Text("Memeriksa berkas masukan", "Checking the input files")):
        plan, inputs = digests(plan=plan)
    work = Work(
        inputs=inputs,
        as_of=plan.as_of.isoformat(),
        versions=versions(),
        seed=SEED,
        settings={
            "xlsx": settings.xlsx,
            "id_key": secret_digest(text=plan.id_key),
            **({"previous": earlier.digest} if earlier else {}),
            **declared(plan=plan),
        },
    )
    recover(target=target)
    if not settings.force and manifest.same_work(folder=target, work=_after_itself(work, target, earlier)):
        return Outcome(target, _summary_of(target), plan.warnings, True)
    with staging(target=target) as folder_out:
        scratch = folder_out / ".work"
        scratch.mkdir()
        with _connect(settings, scratch) as connection:
            shared = budget(connection=connection, memory=settings.memory, inputs=_size(plan))
            summary, warnings = _do(connection, plan, settings, shared, earlier, clockwork, folder_out, scratch)
        check_unchanged(plan=plan, inputs=inputs)
        for path in sorted(scratch.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        scratch.rmdir()
        manifest.write(
            manifest=manifest.build(folder=folder_out, work=work, timings=clockwork.timings), folder=folder_out
        )
    return Outcome(target, summary, plan.warnings + warnings, False)


def _after_itself(work: Work, target: Path, earlier: Earlier | None) -> Work:
    """The work to look for in the target. A run that carries on the ids of the folder it writes to replaces what it
    read: called again, it is held against what the folder says that it carried on."""
    before = manifest.read(folder=target)
    if earlier is None or before is None or earlier.folder.resolve() != target.resolve():
        return work
    carried = {name: value for name, value in before.work.settings.items() if name == "previous"}
    return replace(work, settings={**work.settings, **carried})


def _do(
    connection: duckdb.DuckDBPyConnection,
    plan: Plan,
    settings: Settings,
    shared: Budget,
    earlier: Earlier | None,
    clockwork: Clockwork,
    out: Path,
    scratch: Path,
) -> tuple[dict[str, Any], tuple[Text, ...]]:
    """The work itself, from files to files; what it returns is for the command line."""
    method = load()
    shared.for_arrays()
    with clockwork.step("read", Text("Membaca berkas", "Reading the files")):
        readings = read_all(
            connection=connection,
            plan=plan,
            threads=settings.threads,
            out=out,
            scratch=scratch,
            progress=clockwork.progress,
        )
        tables.load(connection=connection, readings=readings, as_of=plan.as_of)
        read_branches(connection=connection, plan=plan)
        check_date(connection=connection, as_of=plan.as_of)
    shared.check(method=method, rows=sum(r.counts.accepted for r in readings if r.layout != "register"))
    linked = link(
        connection=connection,
        plan=plan,
        method=method,
        readings=readings,
        threads=settings.threads,
        scratch=scratch,
        clockwork=clockwork,
        budget=shared,
    )
    shared.for_arrays()
    with clockwork.step("estimate", Text("Menghitung kesenjangan", "Counting the gap")):
        counted = count(connection=connection, plan=plan, method=method, linked=linked, readings=readings)
    shared.for_sql(linked, counted)
    with clockwork.step("write", Text("Menulis hasil", "Writing the results")):
        in_gap = _write_tables(connection, plan, method, linked, counted, shared, earlier, out)
        if earlier:
            counted.summary["id_changes"] = write_changes(connection=connection, folder=out).as_dict()
        write_json(value=counted.summary, path=out / "summary.json")
    if in_gap <= MOST_IN_WORKBOOKS or settings.xlsx:
        with clockwork.step("workbooks", Text("Menulis buku kerja per wilayah", "Writing workbooks by region")):
            write_workbooks(gaps=out / "gaps.parquet", folder=out / "gaps")
    with clockwork.step("report", Text("Menulis laporan", "Writing the report")):
        profiles = [
            reading.profile.as_dict() | {"file": reading.file, "institution": reading.institution}
            for reading in readings
        ]
        notes = ReportNotes(labels=LABELS, remarks=plan.warnings + linked.warnings, versions=_versions())
        (out / "report.html").write_text(
            render(summary=counted.summary, profiles=profiles, notes=notes), encoding="utf-8", newline="\n"
        )
    return counted.summary, linked.warnings


def _versions() -> tuple[tuple[Text, str], ...]:
    names = {
        "jangkau": Text("jangkau", "jangkau"),
        "code": Text("kode", "code"),
        "law": Text("hukum", "law"),
        "method": Text("cara", "method"),
    }
    return tuple((text, versions()[name]) for name, text in names.items())


def _write_tables(
    connection: duckdb.DuckDBPyConnection,
    plan: Plan,
    method: Method,
    linked: Linked,
    counted: Counted,
    shared: Budget,
    earlier: Earlier | None,
    out: Path,
) -> int:
    """Write the four tables and the state; returns how many people are in the gap."""
    writing.name_people(connection=connection, id_key=plan.id_key)
    if earlier:
        carry_over(
            connection=connection,
            earlier=earlier,
            id_key=secret_digest(text=plan.id_key),
            another=writing.naming(id_key=plan.id_key),
        )
    told = results(
        connection=connection,
        people=counted.people,
        matches=linked.matches,
        members=counted.members,
        protected=counted.protected,
        method=method,
        lists=len(linked.facts.person),
    )
    shared.for_sql(linked, counted, told)
    writing.register_result(connection=connection, results=told, label=counted.people.label)
    in_gap = writing.write_tables(
        connection=connection,
        folder=out,
        results=told,
        order=order_of(connection=connection, file=linked.facts.file.code, files=counted.files),
        place=places_of(label=counted.people.label, size=0)[linked.facts.person],
        parts=writing.Parts(shared.passes(rows=len(counted.people.label)), counted.regions),
    )
    writing.write_doubtful(
        connection=connection,
        folder=out,
        people=counted.people,
        results=told,
        matches=linked.matches,
        rows=linked.rows,
        between_rows=linked.between_rows,
        weights=linked.member_weights,
        row_weights=linked.row_weights,
        method=method,
    )
    return in_gap


def _connect(settings: Settings, scratch: Path) -> duckdb.DuckDBPyConnection:
    options: dict[str, Any] = {"temp_directory": str(scratch / "spill"), "preserve_insertion_order": True}
    if settings.threads:
        options["threads"] = settings.threads
    return duckdb.connect(str(scratch / "run.duckdb"), config=options)


def _size(plan: Plan) -> int:
    """Bytes of all input files."""
    return sum(path.stat().st_size for _, path in plan.inputs if path.exists())


def _summary_of(folder: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    return value
