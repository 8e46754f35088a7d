"""The inputs of a run: their digests, their rows, the branches, and whether as_of fits them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import duckdb

from jangkau.complaints import Complaint, Text
from jangkau.gaps.office_tables import read_office_table
from jangkau.gaps.plan import Plan, Source
from jangkau.gaps.steps import Progress
from jangkau.gaps.tables import DATES
from jangkau.lists import Reading, read
from jangkau.outputs import sha256
from jangkau.places import current_code

SLACK = timedelta(days=366)
"""as_of may lie this far outside every date of the data; beyond that it is a slip of the hand."""
FIRST_DAY = date(1977, 12, 5)
"""PP 33/1977 began the social insurance of workers (Astek): before that day nobody was a member of anything."""
END = date(2100, 1, 1)

_Told = Callable[[int], None]


def digests(*, plan: Plan) -> tuple[Plan, dict[str, str]]:
    """The plan with every file once, and the digests of its inputs by name.

    Of files with the very same bytes the first by name counts, so that the order of files decides nothing.
    """
    inputs: dict[str, str] = {}
    kept: list[Source] = []
    warnings: list[Text] = []
    seen: dict[tuple[str, bool], str] = {}
    for source in plan.register + plan.lists:
        digest = _digest(source.name, source.path)
        kind = digest, source in plan.register
        if first := seen.get(kind):
            warnings.append(
                Text(
                    f"{source.name} isinya sama persis dengan {first}; dihitung sekali.",
                    f"{source.name} is the very same file as {first}; it counts once.",
                )
            )
            continue
        seen[kind] = source.name
        kept.append(source)
        inputs[source.name] = digest
    plan = replace(plan.with_only(sources=kept, warnings=warnings), digests=dict(sorted(inputs.items())))
    for name, path in plan.office_tables:
        inputs[name] = _digest(name, path)
    return plan, inputs


def _digest(name: str, path: Path) -> str:
    try:
        return sha256(path=path)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise Complaint(
            what=Text("Berkas tidak dapat dibuka.", "The file cannot be opened."),
            where=name,
            why=Text(f"Sistem menolak: {reason}.", f"The system refuses: {reason}."),
            do=Text(
                "Periksa izin berkas, atau tutup program yang memakainya.",
                "Check its permissions, or close what uses it.",
            ),
        ) from None


def declared(*, plan: Plan) -> dict[str, str]:
    """What run.yaml says about each source, for the manifest: another layout or institution is other work."""
    return {
        f"source {s.name}": f"{s.layout or ''}/{s.institution or ''}" + (f"/{dict(s.columns)}" if s.columns else "")
        for s in plan.register + plan.lists
    }


def secret_digest(*, text: str | None) -> str | None:
    """Digest of a secret, for the manifest: says that it changed, not what it is."""
    return None if text is None else hashlib.sha256(text.encode()).hexdigest()


def check_unchanged(*, plan: Plan, inputs: dict[str, str]) -> None:
    """Complain of a file that is no longer what it was when the run began."""
    for name, path in plan.inputs:
        try:
            same = sha256(path=path) == inputs[name]
        except OSError:  # gone, or no longer ours to read
            same = False
        if not same:
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
    _check_century(plan.as_of)
    readings = []
    for number, source in enumerate(plan.register + plan.lists):
        accepted, refused = scratch / f"{number}.parquet", _refused_path(out, source)
        told = _told(progress, source)

        def reading_on(
            day: date, source: Source = source, accepted: Path = accepted, refused: Path = refused, told: _Told = told
        ) -> Reading:
            return read(
                path=source.path,
                layout=source.layout,
                institution=source.institution,
                accepted=accepted,
                refused=refused,
                connection=connection,
                as_of=day,
                threads=threads or 2,
                progress=told,
                columns=dict(source.columns),
            )

        try:
            reading = reading_on(plan.as_of)
        except Complaint as complaint:
            raise _too_early(plan.as_of, reading_on, connection) or complaint from None
        if (reading.layout == "register") != (source in plan.register):
            raise _in_the_wrong_place(source, reading)
        institution = source.institution or _institution(connection, reading, source)
        readings.append(replace(reading, file=source.name, institution=institution))
    return readings


def _told(progress: Progress, source: Source) -> _Told:
    """What the reader calls with the bytes it has read."""
    what = Text(f"Membaca {source.name}", f"Reading {source.name}")
    size = source.path.stat().st_size if source.path.exists() else 0
    progress(what, 0, size)
    return lambda done: progress(what, done, size)


def _refused_path(out: Path, source: Source) -> Path:
    path = out / "refused" / f"{source.name}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _in_the_wrong_place(source: Source, reading: Reading) -> Complaint:
    is_register = reading.layout == "register"
    return Complaint(
        what=Text("Berkas disebut di tempat yang salah.", "A file is named in the wrong place."),
        where=f"run.yaml: {source.name}",
        why=Text(
            "Isinya register, bukan daftar." if is_register else f"Isinya daftar ({reading.layout}), bukan register.",
            "It is a register, not a list." if is_register else f"It is a list ({reading.layout}), not a register.",
        ),
        do=Text(
            f"Sebut di run.yaml di bawah {'register' if is_register else 'lists'}.",
            f"Name it in run.yaml under {'register' if is_register else 'lists'}.",
        ),
    )


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
    """Make branch_region from branches.csv; empty without that file. Codes that were renumbered are read as today's."""
    connection.execute("CREATE OR REPLACE TABLE branch_region (branch VARCHAR, region_code VARCHAR)")
    if plan.branches is None:
        return
    rows = set()
    for line, row in read_office_table(path=plan.branches, required=("branch", "region_code")):
        digits = "".join(c for c in row["region_code"] if c.isdigit())
        if not row["branch"] or len(digits) < 4:
            raise Complaint(
                what=Text("Sebuah kantor cabang tidak dapat dipahami.", "A branch cannot be understood."),
                where=f"{plan.branches.name}: {line}",
                why=Text(
                    "Nama cabang kosong, atau kode kabupaten/kota kurang dari empat angka.",
                    "The branch has no name, or its region code has fewer than four digits.",
                ),
                do=Text("Tulis misalnya: Pematangsiantar,1272", "Write for example: Pematangsiantar,1272"),
            )
        rows.add((row["branch"], current_code(digits[:4])))
    if rows:
        connection.executemany("INSERT INTO branch_region VALUES (?, ?)", sorted(rows))


def _check_century(as_of: date) -> None:
    """Told before each row is refused for a birth date that lies after as_of."""
    if not FIRST_DAY <= as_of < END:
        why = Text(
            f"Jaminan sosial tenaga kerja baru ada sejak {FIRST_DAY}; setelah {END} belum ada data.",
            f"Nobody was insured before {FIRST_DAY}, and nothing is known of {END} and later.",
        )
        raise _ill_fitting(as_of, why)


def _too_early(
    as_of: date, reading_on: Callable[[date], Reading], connection: duckdb.DuckDBPyConnection
) -> Complaint | None:
    """Was a file refused only because as_of lies before everything in it? Then that is what must be said."""
    try:
        reading = reading_on(as_of.replace(year=as_of.year + 40, day=1))
    except Complaint:
        return None
    columns = ("lunas_sampai", "tanggal_mulai") if reading.layout == "register" else (DATES.get(reading.layout),)
    dates = ", ".join(f"min({column})" for column in columns if column)
    if not dates:
        return None
    found = connection.execute(f"SELECT {dates} FROM read_parquet(?)", [str(reading.accepted)]).fetchone() or ()
    low = min((day for day in found if day is not None), default=None)
    if low is None or low - SLACK <= as_of:
        return None
    return _ill_fitting(
        as_of,
        Text(f"Semua tanggal di {reading.file} mulai {low}.", f"Every date in {reading.file} is from {low} on."),
    )


def check_date(*, connection: duckdb.DuckDBPyConnection, as_of: date) -> None:
    """Make run_date; complain when as_of lies far outside every date of the data."""
    connection.execute("CREATE OR REPLACE TABLE run_date AS SELECT ?::DATE AS as_of", [as_of])
    low, high = connection.execute(
        "SELECT min(d), max(d) FROM (SELECT tanggal AS d FROM accepted_list "
        "UNION ALL SELECT lunas_sampai FROM register_all UNION ALL SELECT tanggal_mulai FROM register_all) "
        "WHERE d IS NOT NULL"
    ).fetchone() or (None, None)
    if low is None or low - SLACK <= as_of <= high + SLACK:
        return
    why = Text(
        f"Semua tanggal di berkas terletak antara {low} dan {high}.",
        f"Every date in the files lies between {low} and {high}.",
    )
    raise _ill_fitting(as_of, why)


def _ill_fitting(as_of: date, why: Text) -> Complaint:
    return Complaint(
        what=Text("Tanggal acuan (as_of) tidak cocok dengan isi berkas.", "The date as_of does not fit the files."),
        where=f"as_of {as_of.isoformat()}",
        why=why,
        do=Text("Periksa as_of di run.yaml atau --as-of.", "Check as_of in run.yaml or --as-of."),
    )
