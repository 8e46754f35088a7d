"""The main job: lists in, the gap out."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Protocol

import duckdb
import numpy as np

from jangkau.complaints import Complaint, Text
from jangkau.gaps import figures as fig
from jangkau.gaps import gap, tables, writing
from jangkau.gaps.decisions import read_decisions
from jangkau.gaps.doubt import Corrections, correct, person_doubt
from jangkau.gaps.folder import Plan, Source, read_plan
from jangkau.gaps.membership import Matches, match, members
from jangkau.gaps.people import Decided, Rows, gather, joined_through_register
from jangkau.gaps.report import ReportNotes, render
from jangkau.gaps.versions import versions
from jangkau.gaps.workbooks import write_workbooks
from jangkau.linkage import records
from jangkau.linkage.engine import Compared, compare, weights_for
from jangkau.linkage.method import Method, load
from jangkau.linkage.records import LIST, REGISTER
from jangkau.linkage.weights import Weights
from jangkau.lists import LABELS, Reading, read
from jangkau.outputs import Work, manifest, recover, sha256, staging, write_json

SEED = 0
"""Nothing in a run is drawn at random that is not a hash of the data; the manifest says so by a fixed seed."""
MOST_IN_WORKBOOKS = 200_000
SLACK = timedelta(days=366)
"""as_of may lie this far outside every date of the data; beyond that it is a slip of the hand."""


class Progress(Protocol):
    def __call__(self, what: Text, done: int = 0, total: int | None = None) -> None: ...


@dataclass(frozen=True)
class Settings:
    """How to run, beside what to run. None of these changes a figure; ``xlsx`` adds workbooks beyond 200,000 people."""

    threads: int | None = None
    memory: str | None = None
    force: bool = False
    xlsx: bool = False


@dataclass(frozen=True)
class Outcome:
    """What a run leaves: where, the summary, what to warn of, and whether it had been done before."""

    out: Path
    summary: dict[str, Any]
    warnings: tuple[Text, ...]
    done_before: bool


@dataclass
class _Clockwork:
    """Times each step with the clock that was passed in."""

    clock: Callable[[], float]
    progress: Progress
    timings: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str, what: Text) -> Iterator[None]:
        self.progress(what)
        began = self.clock()
        yield
        self.timings[name] = round(self.timings.get(name, 0.0) + self.clock() - began, 3)


@dataclass(frozen=True)
class _Linked:
    """Everything the linkage found out."""

    rows: Rows
    between_rows: Compared
    row_weights: Weights
    member_weights: Weights
    matches: Matches
    member: gap.Ints
    decided: Decided
    warnings: tuple[Text, ...]


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
    clockwork = _Clockwork(clock, progress)
    with clockwork.step("hash", Text("Memeriksa berkas masukan", "Checking the input files")):
        plan, inputs = _hashed(plan)
    work = Work(
        inputs=inputs,
        as_of=plan.as_of.isoformat(),
        versions=versions(),
        seed=SEED,
        settings={"xlsx": settings.xlsx, "id_key": sha_text(plan.id_key), **_named(plan)},
    )
    recover(target=target)
    if not settings.force and manifest.same_work(folder=target, work=work):
        return Outcome(target, _summary_of(target), plan.warnings, True)
    with staging(target=target) as folder_out:
        scratch = folder_out / ".work"
        scratch.mkdir()
        with _connect(settings, scratch) as connection:
            summary, warnings = _do(connection, plan, settings, clockwork, folder_out, scratch)
        _unchanged(plan, inputs)
        for path in sorted(scratch.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        scratch.rmdir()
        manifest.write(
            manifest=manifest.build(folder=folder_out, work=work, timings=clockwork.timings), folder=folder_out
        )
    return Outcome(target, summary, plan.warnings + warnings, False)


def _do(
    connection: duckdb.DuckDBPyConnection,
    plan: Plan,
    settings: Settings,
    clockwork: _Clockwork,
    out: Path,
    scratch: Path,
) -> tuple[dict[str, Any], tuple[Text, ...]]:
    method = load()
    with clockwork.step("read", Text("Membaca berkas", "Reading the files")):
        readings = _read_all(connection, plan, settings, out, scratch, clockwork.progress)
        tables.load(connection=connection, readings=readings, as_of=plan.as_of)
        _branches(connection, plan)
        _check_date(connection, plan.as_of)
    linked = _link(connection, plan, method, readings, clockwork)
    with clockwork.step("estimate", Text("Menghitung kesenjangan", "Counting the gap")):
        summary, people, states, doubt_protected = _count(connection, plan, method, linked, readings)
    with clockwork.step("write", Text("Menulis hasil", "Writing the results")):
        ids = writing.person_ids(connection=connection, id_key=plan.id_key)
        writing.register_result(
            connection=connection,
            people=people,
            matches=linked.matches,
            members=states,
            protected=doubt_protected,
            ids=ids,
            method=method,
        )
        in_gap = writing.write_tables(connection=connection, folder=out)
        writing.write_doubtful(
            connection=connection,
            folder=out,
            people=people,
            matches=linked.matches,
            rows=linked.rows,
            weights=linked.member_weights,
            method=method,
        )
        write_json(value=summary, path=out / "summary.json")
    if in_gap <= MOST_IN_WORKBOOKS or settings.xlsx:
        with clockwork.step("workbooks", Text("Menulis buku kerja per wilayah", "Writing workbooks by region")):
            write_workbooks(gaps=out / "gaps.parquet", folder=out / "gaps")
    with clockwork.step("report", Text("Menulis laporan", "Writing the report")):
        profiles = [reading.profile.as_dict() for reading in readings]
        notes = ReportNotes(labels=LABELS, remarks=plan.warnings + linked.warnings)
        (out / "report.html").write_text(
            render(summary=summary, profiles=profiles, notes=notes), encoding="utf-8", newline="\n"
        )
    return summary, linked.warnings


def _link(
    connection: duckdb.DuckDBPyConnection, plan: Plan, method: Method, readings: list[Reading], clockwork: _Clockwork
) -> _Linked:
    with clockwork.step("prepare", Text("Menyiapkan nama dan NIK", "Preparing names and NIKs")):
        size = records.prepare(
            connection=connection, sources=tables.sources(readings=readings), method=method, latest=plan.as_of
        )
        decided, unknown = read_decisions(path=plan.decisions, connection=connection)
    with clockwork.step(
        "people", Text("Mencari orang yang sama di daftar-daftar", "Finding the same person across lists")
    ):
        between_rows = compare(connection=connection, method=method, right=LIST)
        row_weights = weights_for(connection=connection, method=method, compared=between_rows, right=LIST)
        rows = gather(connection=connection, method=method, compared=between_rows, weights=row_weights, decided=decided)
    with clockwork.step("members", Text("Mencari mereka di register", "Finding them in the register")):
        with_register = compare(connection=connection, method=method, right=REGISTER)
        weights = weights_for(connection=connection, method=method, compared=with_register, right=REGISTER)
        member = members(connection=connection, size=size)
        matches = match(
            connection=connection,
            method=method,
            compared=with_register,
            rows=rows,
            member=member,
            weights=weights,
            decided=decided,
        )
        certain = matches.probability >= method.high
        joined = joined_through_register(rows=rows, person=matches.person[certain], member=matches.member[certain])
        if not np.array_equal(joined.person, rows.person):
            rows = joined
            matches = match(
                connection=connection,
                method=method,
                compared=with_register,
                rows=rows,
                member=member,
                weights=weights,
                decided=decided,
            )
        tables.make_people(connection=connection, person=rows.person, as_of=plan.as_of)
    warnings = (
        (
            Text(
                f"{unknown} keputusan tidak mengenai baris mana pun di daftar sekarang.",
                f"{unknown} decisions concern no row of these lists.",
            ),
        )
        if unknown
        else ()
    )
    return _Linked(rows, between_rows, row_weights, weights, matches, member, decided, warnings)


def _count(
    connection: duckdb.DuckDBPyConnection, plan: Plan, method: Method, linked: _Linked, readings: list[Reading]
) -> tuple[dict[str, Any], gap.People, gap.Members, gap.Floats]:
    states = gap.member_states(connection=connection, member=linked.member)
    people = gap.decide(connection=connection, matches=linked.matches, members=states, method=method, as_of=plan.as_of)
    corrections = correct(
        connection=connection, method=method, people=people, matches=linked.matches, rows=linked.rows,
        compared=linked.between_rows, weights=linked.row_weights, decided=linked.decided,
    )  # fmt: skip
    doubt = person_doubt(people=people, protected=people.protected, corrections=corrections, method=method)
    figures = fig.Figures(people, doubt, float(np.sqrt(corrections.common_variance)))
    everybody = np.ones(len(people.label), dtype=bool)
    whole = figures.group(everybody)
    registers = [r.counts for r in readings if r.layout == "register"]
    lists = [r.counts for r in readings if r.layout != "register"]
    rows = {name: sum(getattr(c, name) for c in lists) for name in ("read", "accepted", "refused")}
    unprotected = figures.estimate(everybody)
    summary = {
        "as_of": plan.as_of.isoformat(),
        "rows": rows,
        "register": {name: sum(getattr(c, name) for c in registers) for name in ("read", "accepted", "refused")},
        "people": whole["people"],
        "status": whole["status"],
        "in_grace": int(np.count_nonzero(people.in_grace)),
        "not_working": int(np.count_nonzero(people.not_working)),
        "unprotected": {
            **whole["unprotected"],
            "level": fig.LEVEL,
            "method": fig.METHOD,
            "alternatives": _alternatives(people, corrections),
            "sensitivity": _sensitivity(connection, plan, method, linked, states, people, corrections),
        },
        "duty": whole["duty"],
        "waterfall": fig.waterfall(
            accepted=rows["accepted"], people=whole["people"], status=whole["status"], estimate=unprotected.estimate
        ),
        **fig.groups(connection=connection, figures=figures),
    }
    return summary, people, states, doubt.protected


def _alternatives(people: gap.People, corrections: Corrections) -> list[dict[str, Any]]:
    decided = people.eligible & (people.status != "protected")
    return [
        {"method": "model_sum", "estimate": round(float((1 - people.protected)[people.eligible].sum()))},
        {"method": "decided_links_only", "estimate": int(np.count_nonzero(decided & (people.protected < 0.5)))},
    ]


def _sensitivity(
    connection: duckdb.DuckDBPyConnection,
    plan: Plan,
    method: Method,
    linked: _Linked,
    states: gap.Members,
    people: gap.People,
    corrections: Corrections,
) -> list[dict[str, Any]]:
    """The estimate under other readings of what no source confirms."""

    def total(counted: gap.Flags, eligible: gap.Flags) -> int:
        protected = gap.protected_under(label=people.label, matches=linked.matches, counted=counted)
        doubt = person_doubt(people=people, protected=protected, corrections=corrections, method=method)
        return round(float(doubt.not_protected[eligible].sum()))

    at_any_age = gap.decide(
        connection=connection, matches=linked.matches, members=states, method=method, as_of=plan.as_of, at_any_age=True
    )
    usual = states.state > gap.LAPSED
    rules = (
        (
            "bpu_without_grace",
            states.state == gap.ACTIVE,
            people.eligible,
            "Perdir 22/PERDIR.02/072022; PROBIS KEPESERTAAN p59",
        ),
        (
            "grace_for_all_segments",
            states.state_with_grace_for_all > gap.LAPSED,
            people.eligible,
            "masa tenggang PU, JAKON, PMI: tidak diketahui / unknown",
        ),
        ("no_age_limits", usual, at_any_age.eligible, "Permenaker 5/2021; bisnis.com 16 May 2017"),
        (
            "without_not_working",
            usual,
            people.eligible & ~people.not_working,
            "hitungan pers Mei 2021 / press count of May 2021",
        ),
    )
    return [
        {"what": what, "estimate": total(counted, eligible), "article": article, "verified": False}
        for what, counted, eligible, article in rules
    ]


def _connect(settings: Settings, scratch: Path) -> duckdb.DuckDBPyConnection:
    options: dict[str, Any] = {"temp_directory": str(scratch / "spill"), "preserve_insertion_order": True}
    if settings.threads:
        options["threads"] = settings.threads
    if settings.memory:
        options["memory_limit"] = settings.memory
    try:
        return duckdb.connect(":memory:", config=options)
    except duckdb.Error:
        raise Complaint(
            what=Text(
                "Batas memori atau jumlah utas tidak dapat dipahami.",
                "The memory limit or number of threads cannot be understood.",
            ),
            where=f"--memory {settings.memory or '-'} --threads {settings.threads or '-'}",
            why=Text("Nilainya bukan ukuran yang dikenal.", "The value is not a known size."),
            do=Text("Tulis misalnya --memory 8GB --threads 2.", "Write for example --memory 8GB --threads 2."),
        ) from None


def _read_all(
    connection: duckdb.DuckDBPyConnection, plan: Plan, settings: Settings, out: Path, scratch: Path, progress: Progress
) -> list[Reading]:
    sources = [*plan.register, *plan.lists]
    total = sum(source.path.stat().st_size for source in sources)
    readings = []
    before = 0
    for number, source in enumerate(sources):
        what = Text(f"Membaca {source.name}", f"Reading {source.name}")
        progress(what, 0, source.path.stat().st_size)
        reading = read(
            path=source.path,
            layout=source.layout,
            institution=source.institution,
            accepted=scratch / f"{number}.parquet",
            refused=_refused_path(out, source),
            connection=connection,
            as_of=plan.as_of,
            threads=settings.threads or 2,
            progress=lambda done, w=what, n=source.path.stat().st_size: progress(w, done, n),  # type: ignore[misc]
        )
        before += source.path.stat().st_size
        readings.append(
            replace(
                reading, file=source.name, institution=source.institution or _institution(connection, reading, source)
            )
        )
    if total != before:
        raise AssertionError("sizes add up")
    return readings


def _refused_path(out: Path, source: Source) -> Path:
    path = out / "refused" / f"{source.name}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _institution(connection: duckdb.DuckDBPyConnection, reading: Reading, source: Source) -> str:
    """Who sent a list that run.yaml does not name: the bank or agency its rows name most, or the name of the file."""
    column = {"kur": "bank", "non_asn": "instansi"}.get(reading.layout)
    if column:
        row = connection.execute(
            f"SELECT {column} FROM read_parquet(?) WHERE {column} IS NOT NULL GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1",
            [str(reading.accepted)],
        ).fetchone()
        if row:
            return str(row[0])
    return source.path.name.split(".")[0]


def _branches(connection: duckdb.DuckDBPyConnection, plan: Plan) -> None:
    connection.execute("CREATE OR REPLACE TABLE branch_region (branch VARCHAR, region_code VARCHAR)")
    if plan.branches is None:
        return
    rows = []
    with plan.branches.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream)
        if not {"branch", "region_code"} <= set(reader.fieldnames or ()):
            raise Complaint(
                what=Text("Berkas kantor cabang tidak dapat dipahami.", "The file of branches cannot be understood."),
                where=plan.branches.name,
                why=Text("Kolom branch dan region_code harus ada.", "It must have the columns branch and region_code."),
                do=Text("Tulis baris judul: branch,region_code", "Write the header: branch,region_code"),
            )
        for row in reader:
            code = "".join(c for c in row["region_code"] or "" if c.isdigit())[:4]
            if row["branch"] and code:
                rows.append((row["branch"].strip(), code))
    if rows:
        connection.executemany("INSERT INTO branch_region VALUES (?, ?)", sorted(set(rows)))


def _check_date(connection: duckdb.DuckDBPyConnection, as_of: date) -> None:
    connection.execute("CREATE OR REPLACE TABLE run_date AS SELECT ?::DATE AS as_of", [as_of])
    low, high = connection.execute(
        "SELECT min(d), max(d) FROM (SELECT tanggal AS d FROM accepted_list UNION ALL SELECT lunas_sampai FROM register_row "
        "UNION ALL SELECT tanggal_mulai FROM register_row) WHERE d IS NOT NULL"
    ).fetchone() or (None, None)
    if low is None or low - SLACK <= as_of <= high + SLACK:
        return
    raise Complaint(
        what=Text("Tanggal acuan (as_of) tidak cocok dengan isi berkas.", "The date as_of does not fit the files."),
        where=f"as_of {as_of.isoformat()}",
        why=Text(
            f"Semua tanggal di berkas terletak antara {low} dan {high}.",
            f"Every date in the files lies between {low} and {high}.",
        ),
        do=Text("Periksa as_of di run.yaml atau --as-of.", "Check as_of in run.yaml or --as-of."),
    )


def _hashed(plan: Plan) -> tuple[Plan, dict[str, str]]:
    """Digests of the inputs; a list with the very bytes of an earlier one counts once."""
    inputs: dict[str, str] = {}
    seen: dict[tuple[str, str | None], str] = {}
    repeated: list[Source] = []
    warnings: list[Text] = []
    for source in plan.register + plan.lists:
        digest = sha256(path=source.path)
        kind = "register" if source in plan.register else "list"
        if first := seen.get((digest, kind)):
            repeated.append(source)
            warnings.append(
                Text(
                    f"{source.name} isinya sama persis dengan {first}; dihitung sekali.",
                    f"{source.name} is the very same file as {first}; it counts once.",
                )
            )
            continue
        seen[digest, kind] = source.name
        inputs[source.name] = digest
    for path in (plan.branches, plan.decisions):
        if path is not None:
            inputs[path.name] = sha256(path=path)
    plan = replace(plan, register=tuple(s for s in plan.register if s not in repeated))
    return plan.without(frozenset(s.name for s in repeated), tuple(warnings)), inputs


def _named(plan: Plan) -> dict[str, str]:
    return {f"source {s.name}": f"{s.layout or ''}/{s.institution or ''}" for s in plan.register + plan.lists}


def sha_text(text: str | None) -> str | None:
    """Digest of a secret, for the manifest: says that it changed, not what it is."""
    from hashlib import sha256 as digest

    return None if text is None else digest(text.encode()).hexdigest()


def _unchanged(plan: Plan, inputs: dict[str, str]) -> None:
    for name, path in plan.inputs:
        if name in inputs and sha256(path=path) != inputs[name]:
            raise Complaint(
                what=Text("Sebuah berkas berubah selagi dibaca.", "A file changed while it was read."),
                where=name,
                why=Text(
                    "Hasilnya akan campuran dua isi yang berbeda.", "The result would mix two different contents."
                ),
                do=Text(
                    "Tunggu sampai berkas selesai disalin, lalu jalankan lagi.",
                    "Wait until the file is copied whole, then run again.",
                ),
            )


def _summary_of(folder: Path) -> dict[str, Any]:
    import json

    value: dict[str, Any] = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    return value
