"""The inputs of a run: their digests, their rows, the branches, and whether as_of fits them."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import duckdb

from jangkau.complaints import Complaint, Text
from jangkau.gaps.folder import Plan, Source
from jangkau.gaps.steps import Progress
from jangkau.lists import Reading, read
from jangkau.outputs import sha256

SLACK = timedelta(days=366)
"""as_of may lie this far outside every date of the data; beyond that it is a slip of the hand."""


def digests(*, plan: Plan) -> tuple[Plan, dict[str, str]]:
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


def declared(*, plan: Plan) -> dict[str, str]:
    """What run.yaml says about each source, for the manifest: another layout or institution is other work."""
    return {f"source {s.name}": f"{s.layout or ''}/{s.institution or ''}" for s in plan.register + plan.lists}


def secret_digest(*, text: str | None) -> str | None:
    """Digest of a secret, for the manifest: says that it changed, not what it is."""
    return None if text is None else hashlib.sha256(text.encode()).hexdigest()


def check_unchanged(*, plan: Plan, inputs: dict[str, str]) -> None:
    """Complain of a file that is no longer what it was when the run began."""
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


def read_all(
    *,
    connection: duckdb.DuckDBPyConnection,
    plan: Plan,
    threads: int | None,
    out: Path,
    scratch: Path,
    progress: Progress,
) -> list[Reading]:
    """Read register and lists; accepted rows go to ``scratch``, refused ones to ``out``/refused."""
    readings = []
    for number, source in enumerate([*plan.register, *plan.lists]):
        reading = read(
            path=source.path,
            layout=source.layout,
            institution=source.institution,
            accepted=scratch / f"{number}.parquet",
            refused=_refused_path(out, source),
            connection=connection,
            as_of=plan.as_of,
            threads=threads or 2,
            progress=_told(progress, source),
        )
        readings.append(
            replace(
                reading, file=source.name, institution=source.institution or _institution(connection, reading, source)
            )
        )
    return readings


def _told(progress: Progress, source: Source) -> Callable[[int], None]:
    """What the reader calls with the bytes it has read."""
    what = Text(f"Membaca {source.name}", f"Reading {source.name}")
    size = source.path.stat().st_size
    progress(what, 0, size)
    return lambda done: progress(what, done, size)


def _refused_path(out: Path, source: Source) -> Path:
    path = out / "refused" / f"{source.name}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _institution(connection: duckdb.DuckDBPyConnection, reading: Reading, source: Source) -> str:
    """Who sent a list that run.yaml does not name: the bank or agency its rows name most, or the name of the file."""
    column = {"kur": "bank", "non_asn": "instansi"}.get(reading.layout)
    if column:
        row = connection.execute(
            f"SELECT {column} FROM read_parquet(?) WHERE {column} IS NOT NULL "
            "GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1",
            [str(reading.accepted)],
        ).fetchone()
        if row:
            return str(row[0])
    return source.path.name.split(".")[0]


def read_branches(*, connection: duckdb.DuckDBPyConnection, plan: Plan) -> None:
    """Make branch_region from branches.csv; empty without that file."""
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


def check_date(*, connection: duckdb.DuckDBPyConnection, as_of: date) -> None:
    """Make run_date; complain when as_of lies far outside every date of the data."""
    connection.execute("CREATE OR REPLACE TABLE run_date AS SELECT ?::DATE AS as_of", [as_of])
    low, high = connection.execute(
        "SELECT min(d), max(d) FROM (SELECT tanggal AS d FROM accepted_list "
        "UNION ALL SELECT lunas_sampai FROM register_row UNION ALL SELECT tanggal_mulai FROM register_row) "
        "WHERE d IS NOT NULL"
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
