"""The people of a simulation: their Parquet file as a DuckDB table, checked, incomes estimated where it has none."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from jangkau.complaints import Complaint, Text
from jangkau.law.facts import MOST
from jangkau.law.incomes import (
    LEVELS,
    SECTOR_WORDS,
    TENOR,
    Estimate,
    IncomeRow,
    estimated_income,
    income_from,
    instalment_of,
)
from jangkau.law.values import PAYERS, SCALES

if TYPE_CHECKING:
    from collections.abc import Collection

COLUMNS = (
    *("person_id", "segment", "region", "skema_kur", "plafon", "tenor_months", "agreed", "instalment", "sector"),
    *("income", "payer", "new_borrower", "jkk_class", "scale"),
)
_LISTED = ", ".join(COLUMNS)
_WORDS = {
    "kur": ("skema_kur", tuple(TENOR)),
    "payer": ("payer", PAYERS),
    "segment": ("segment", ("BPU", "PU")),
    "scale": ("scale", SCALES),
}


@dataclass(frozen=True)
class People:
    """The table ``person`` is in ``db``. How many, how many incomes are estimated, and what the file brought."""

    db: duckdb.DuckDBPyConnection
    many: int
    estimated: int
    has_instalments: bool
    instalments_estimated: bool
    columns: tuple[str, ...]
    file: str


def read_people(
    *, path: Path, needed: Collection[str], incomes: tuple[IncomeRow, ...], db: duckdb.DuckDBPyConnection
) -> People:
    """Read and check the file. Complaint for a column that the reform needs and the file lacks, and for bad values."""
    try:
        schema = pq.read_schema(path)
    except (OSError, pa.ArrowInvalid):
        raise Complaint(
            what=Text("Berkas orang tidak terbaca.", "The people file cannot be read."),
            where=str(path),
            why=Text("Berkas tidak ada atau bukan Parquet.", "It is not there or is no Parquet file."),
            do=Text("Beri berkas Parquet; kolomnya ada di docs/reference/reform.md.",
                    "Give a Parquet file; docs/reference/reform.md names its columns."),
        ) from None  # fmt: skip
    columns = tuple(name for name in schema.names if name in COLUMNS)
    _has(columns, needed, path)
    db.execute("SET preserve_insertion_order = true")
    _load(db, path, columns)
    many = _one(db, "SELECT count(*) FROM person")
    if not many:
        raise _bad(path, Text("Tidak ada orang di dalamnya.", "There is nobody in it."))
    _check(db, path, columns)
    estimated = _one(db, "SELECT count(*) FROM person WHERE income IS NULL")
    lends = {"skema_kur", "plafon"} <= set(columns)
    if estimated and not lends:
        raise _lacks(path, "income", Text("tanpa itu, skema_kur dan plafon", "without it skema_kur and plafon"))
    if estimated and (row := _row(db, "income IS NULL AND (kur IS NULL OR plafon IS NULL)")):
        raise _bad(path, Text(
            f"Baris {row}: tidak ada penghasilan, dan tidak ada jenis dan besar pinjaman untuk menaksirnya.",
            f"Row {row}: no income, and no type and size of loan to estimate it from.",
        ))  # fmt: skip
    _loans(db, incomes, lends)
    missing = lends and bool(_row(db, "given_instalment IS NULL AND instalment IS NOT NULL"))
    has = _one(db, "SELECT count(*) FROM person WHERE instalment IS NOT NULL") > 0
    return People(db, many, estimated, has, missing, columns, path.name)


def _has(columns: tuple[str, ...], needed: Collection[str], path: Path) -> None:
    for name in COLUMNS:
        if name in needed and name not in columns and name != "income":
            raise _lacks(path, name, Text("usulan ini", "this reform"))
    if "income" not in columns and not {"skema_kur", "plafon"} <= set(columns):
        raise _lacks(path, "income", Text("tanpa itu, skema_kur dan plafon", "without it skema_kur and plafon"))


def lacks_for_law(*, people: People, path: Path, option: str, why: Text) -> Complaint:
    """The law of the month asks for a fact, and the file has no such column, or somebody without it."""
    name = option.removeprefix("--").replace("-", "_")
    if name in people.columns:
        who = "segment = 'PU' AND " if name == "jkk_class" else ""
        row = _row(people.db, f"{who}{name} IS NULL")
        return _bad(path, Text(f"Baris {row}: {name} kosong. {why.id}", f"Row {row}: {name} is empty. {why.en}"))
    found = _lacks(path, name, Text("hukum bulan itu", "the law of that month"))
    found.why = Text(f"{why.id} {found.why.id}", f"{why.en} {found.why.en}")
    return found


def _lacks(path: Path, name: str, who: Text) -> Complaint:
    return Complaint(
        what=Text(f"Berkas orang tidak punya kolom {name}.", f"The people file has no column {name}."),
        where=path.name,
        why=Text(f"Kolom itu diperlukan: {who.id}.", f"That column is needed: {who.en}."),
        do=Text(f"Tambahkan {name}. Kolom yang dikenal: {_LISTED}.", f"Add {name}. Columns known: {_LISTED}."),
    )


def _bad(path: Path, why: Text) -> Complaint:
    return Complaint(
        what=Text("Berkas orang tidak dapat dipakai.", "The people file cannot be used."),
        where=path.name,
        why=why,
        do=Text("Perbaiki, lalu jalankan lagi; lihat docs/reference/reform.md.",
                "Mend it and run again; see docs/reference/reform.md."),
    )  # fmt: skip


def _load(db: duckdb.DuckDBPyConnection, path: Path, columns: tuple[str, ...]) -> None:
    def column(name: str, kind: str, default: str = "NULL") -> str:
        if name not in columns:
            return f"CAST({default} AS {kind})"
        return (
            f'coalesce(TRY_CAST("{name}" AS {kind}), {default})'
            if default != "NULL"
            else f'TRY_CAST("{name}" AS {kind})'
        )

    def word(name: str, default: str = "NULL") -> str:
        return f"nullif(trim({column(name, 'VARCHAR')}), '')" if default == "NULL" else (
            f"coalesce(nullif(trim({column(name, 'VARCHAR')}), ''), {default})"
        )  # fmt: skip

    sectors = pa.table({"said": list(SECTOR_WORDS), "trade": list(SECTOR_WORDS.values())})
    db.register("sector_words", sectors)
    names = pq.read_schema(path).names
    unreadable = " ".join(
        f"""WHEN "{name}" IS NOT NULL AND TRY_CAST("{name}" AS {kind}) IS NULL THEN '{name}'"""
        for name, kind in _KINDS.items()
        if name in names
    )
    payer = word("payer", "'worker'")
    # No row number is stored in Parquet; file_row_number counts from 0 in the order of the file.
    db.execute(
        f"""CREATE TEMP TABLE person AS
        SELECT file_row_number + 1 AS line, {word("person_id")} AS person_id,
            upper({word("segment", "'BPU'")}) AS segment,
            replace({word("region")}, '.', '') AS region,
            replace(replace(lower({word("skema_kur")}), ' ', '_'), '-', '_') AS kur,
            lower({word("sector")}) AS said_sector, trade AS trade_sector,
            CASE WHEN trade IS NULL THEN NULL WHEN trade = 'transport' THEN 'transport' ELSE 'other' END AS sector,
            CASE lower({payer}) WHEN 'self' THEN 'worker' ELSE lower({payer}) END
                AS payer,
            {column("plafon", "BIGINT")} AS plafon, {column("tenor_months", "BIGINT")} AS tenor,
            {column("agreed", "DATE")} AS agreed, {column("instalment", "BIGINT")} AS given_instalment,
            {column("income", "BIGINT")} AS income, {column("new_borrower", "BOOLEAN")} AS new_borrower,
            {column("jkk_class", "INTEGER")} AS jkk_class, lower({word("scale")}) AS scale,
            CASE {unreadable or "WHEN FALSE THEN ''"} END AS unreadable
        FROM read_parquet('{str(path).replace("'", "''")}', file_row_number = true)
        LEFT JOIN sector_words ON said = lower({word("sector")})"""
    )


_KINDS = {
    **dict.fromkeys(("plafon", "tenor_months", "instalment", "income", "jkk_class"), "BIGINT"),
    "agreed": "DATE",
    "new_borrower": "BOOLEAN",
}


_WHOLE = Text("bilangan bulat tanpa titik", "a whole number without separators")
_READ_AS = {
    **dict.fromkeys(_KINDS, _WHOLE),
    "agreed": Text("tanggal, misalnya 2026-05-31", "a date, such as 2026-05-31"),
    "new_borrower": Text("true atau false", "true or false"),
}
_CONTRACTS = Text(
    "JAKON dan PMI membayar menurut kontrak, bukan bulan (jangkau law charge menghitungnya)",
    "JAKON and PMI pay by contract, not by month (jangkau law charge prices them)",
)


def _check(db: duckdb.DuckDBPyConnection, path: Path, columns: tuple[str, ...]) -> None:
    faults = [
        (
            f"unreadable = '{name}'",
            Text(f"{name} tidak terbaca sebagai {said.id}", f"{name} cannot be read as {said.en}"),
        )
        for name, said in _READ_AS.items()
    ]
    faults += [
        (
            f"income < 0 OR income > {MOST['income']} OR (segment = 'PU' AND income = 0)",
            Text("penghasilan tidak mungkin", "an impossible income"),
        ),
        ("plafon <= 0 OR plafon > 100000000000", Text("plafon tidak mungkin", "an impossible plafon")),
        ("given_instalment <= 0", Text("angsuran tidak mungkin", "an impossible instalment")),
        ("tenor <= 0 OR tenor > 600", Text("jangka waktu tidak mungkin", "an impossible tenor")),
        ("jkk_class NOT BETWEEN 1 AND 5", Text("jkk_class harus 1 sampai 5", "jkk_class is 1 to 5")),
    ]
    if any(
        kind.startswith(("float", "double", "decimal")) for kind in _types(path, ("income", "plafon", "instalment"))
    ):
        whole = " OR ".join(
            f'"{name}" <> trunc("{name}")' for name in ("income", "plafon", "instalment") if name in columns
        )
        row = db.execute(
            f"SELECT min(file_row_number) + 1 FROM read_parquet(?, file_row_number = true) WHERE {whole}",
            [str(path)],
        ).fetchall()[0][0]
        if row:
            raise _bad(path, Text(f"Baris {row}: rupiah harus bulat.", f"Row {row}: rupiah must be whole."))
    faults.append(("segment IN ('JAKON', 'PMI')", _CONTRACTS))
    for name, (said, choices) in _WORDS.items():
        listed = ", ".join(choices)
        faults.append((
            f"{name} IS NOT NULL AND {name} NOT IN ({', '.join(repr(one) for one in choices)})",
            Text(f"{said} harus salah satu dari {listed}", f"{said} must be one of {listed}"),
        ))  # fmt: skip
    words = ", ".join(SECTOR_WORDS)
    faults.append((
        "said_sector IS NOT NULL AND trade_sector IS NULL",
        Text(f"sector tidak dikenal; yang dikenal: {words}", f"a sector is not known; known are: {words}"),
    ))  # fmt: skip
    for condition, why in faults:
        if row_ := _row(db, condition):
            raise _bad(path, Text(f"Baris {row_}: {why.id}.", f"Row {row_}: {why.en}."))


def _types(path: Path, names: tuple[str, ...]) -> list[str]:
    schema = pq.read_schema(path)
    return [str(schema.field(name).type) for name in names if name in schema.names]


def _loans(db: duckdb.DuckDBPyConnection, rows: tuple[IncomeRow, ...], lends: bool) -> None:
    """Incomes and instalments of every loan there is, each combination once, joined back to the people."""
    found = db.execute(
        "SELECT DISTINCT kur, plafon, trade_sector, tenor FROM person WHERE kur IS NOT NULL AND plafon IS NOT NULL"
    ).fetchall() if lends else []  # fmt: skip
    answers: list[tuple[Estimate, int]] = []
    for kur, plafon, sector, tenor in found:
        estimate = income_from(rows=rows, kur=kur, plafon=plafon, sector=sector) or estimated_income(
            kur=kur, plafon=plafon, sector=sector
        )
        answers.append((estimate, instalment_of(plafon=plafon, months=tenor or TENOR[kur])))
    loans = pa.table(
        {
            "kur": pa.array([one[0] for one in found], pa.string()),
            "plafon": pa.array([one[1] for one in found], pa.int64()),
            "trade_sector": pa.array([one[2] for one in found], pa.string()),
            "tenor": pa.array([one[3] for one in found], pa.int64()),
            **{f"e_{name}": pa.array([getattr(one, name) for one, _ in answers], pa.int64()) for name in LEVELS},
            "monthly": pa.array([monthly for _, monthly in answers], pa.int64()),
        }
    )
    db.register("loans", loans)
    levels = ", ".join(f"coalesce(person.income, e_{name}) AS income_{name}" for name in LEVELS)
    db.execute(
        f"""CREATE OR REPLACE TEMP TABLE person AS
        SELECT person.*, {levels}, coalesce(given_instalment, monthly) AS instalment
        FROM person LEFT JOIN loans ON person.kur = loans.kur AND person.plafon = loans.plafon
            AND person.trade_sector IS NOT DISTINCT FROM loans.trade_sector
            AND person.tenor IS NOT DISTINCT FROM loans.tenor"""
    )


def _one(db: duckdb.DuckDBPyConnection, query: str) -> int:
    return int(db.execute(query).fetchall()[0][0])


def _row(db: duckdb.DuckDBPyConnection, condition: str) -> int:
    """The first row of the file that meets a condition, counted from 1; 0 when none does."""
    return int(db.execute(f"SELECT min(line) FROM person WHERE {condition}").fetchall()[0][0] or 0)
