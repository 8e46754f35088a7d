"""What everybody owes for a month: 13 million own-account workers and wage earners priced in DuckDB.

The yardstick is DuckDB reading the same columns of the same Parquet file and writing one integer for each row: less
nobody can do. Pricing writes one integer for each row as well, the total; then all that price.sql says of a person,
sixteen columns, for which there is no target. Each is a process of its own, and they take turns. Seconds are of the
statement; pricing has the law read and its tables made in them, the start of Python counts for neither.

A million of these people, an eighth of them in each of eight months, are asked of `charges` in Python too, one by one,
and of the same price.sql in PostgreSQL: nobody may get another answer.

The command line is timed cold: a new Python, which has loaded nothing, answers for one worker.

    python -m benchmarks.pricing [--scale 0.02]
"""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import date
from importlib.resources import files
from pathlib import Path
from statistics import median
from typing import Any

import duckdb

from benchmarks.postgres import copied, postgres
from benchmarks.processes import jangkau, measured, warm_files
from benchmarks.rows import Row, Size, main_of
from jangkau.complaints import Complaint
from jangkau.law.charges import Facts, charges
from jangkau.law.tariff import tariff
from jangkau.law.values import PROGRAMMES

PEOPLE, MONTH = 13_000_000, date(2026, 5, 1)
RATIO, PEAK, COLD = 3.0, 2.0, 0.3
ROUNDS, COLD_RUNS = 3, 15
ASKED_TWICE = 1_000_000
# Around every change of what BPU and PU owe.
MONTHS = tuple(
    date(year, month, 1)
    for year, month in ((2015, 7), (2020, 10), (2021, 2), (2025, 3), (2025, 9), (2026, 2), (2026, 5), (2027, 3))
)
TOLD = "SELECT id, total, by_worker, verified, coalesce(unknown, ''), refused FROM priced ORDER BY id"
COLUMNS = (
    *("segment", "income", "wage", "jkk_class", "scale", "sector", "payer", "labour_intensive", "in_arrears"),
    *("employs_others", "takes_jkk", "takes_jkm", "takes_jht", "takes_jp", "takes_jkp"),
)
# Six of ten are own-account workers; half of all name their programmes. Drawn by the row's hash: always the same.
INVENTED = """
WITH row AS (SELECT i, (hash(i) % 1000000007)::BIGINT AS h FROM range({rows}) AS t(i)),
drawn AS (SELECT i, h, h % 10 < 6 AS bpu, h // 5 % 2 = 0 AS named FROM row)
SELECT i AS id, CASE WHEN bpu THEN 'BPU' ELSE 'PU' END AS segment,
    CASE WHEN bpu THEN 300000 + h // 64 % 9000000 END AS income,
    CASE WHEN NOT bpu THEN 1500000 + h // 64 % 15000000 END AS wage,
    CASE WHEN NOT bpu THEN 1 + h // 16 % 5 END::INTEGER AS jkk_class,
    CASE WHEN NOT bpu THEN (['micro', 'small', 'medium', 'large'])[1 + h // 32 % 4] END AS scale,
    CASE WHEN h // 7 % 4 = 0 THEN 'transport' ELSE 'other' END AS sector,
    CASE WHEN bpu THEN (['worker', 'worker', 'bank', 'apbn', 'apbd', 'donor', 'village'])[1 + h // 9 % 7] END AS payer,
    NOT bpu AND h // 11 % 10 = 0 AS labour_intensive, h // 13 % 20 = 0 AS in_arrears,
    bpu AND h // 17 % 50 = 0 AS employs_others,
    CASE WHEN named THEN TRUE END AS takes_jkk, CASE WHEN named THEN TRUE END AS takes_jkm,
    CASE WHEN named THEN h // 19 % 3 > 0 END AS takes_jht,
    CASE WHEN named THEN NOT bpu AND h // 23 % 2 = 0 END AS takes_jp, CASE WHEN named THEN FALSE END AS takes_jkp
FROM drawn
"""


def people(*, folder: Path, rows: int) -> Path:
    """A Parquet file of invented people."""
    path = folder / f"people_{rows}.parquet"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        with duckdb.connect() as connection:
            connection.execute(f"COPY ({INVENTED.format(rows=rows)}) TO '{part}' (FORMAT parquet)")
        part.rename(path)
    return path


def read(*, path: Path, out: Path, threads: int) -> None:
    """The yardstick: every column is read, one integer written."""
    texts = ("segment", "scale", "sector", "payer")
    parts = [f"coalesce({f'length({name})' if name in texts else f'CAST({name} AS BIGINT)'}, 0)" for name in COLUMNS]
    with _opened(path, threads) as connection:
        connection.execute(f"COPY (SELECT {' + '.join(parts)} AS total FROM person) TO '{out}' (FORMAT parquet)")


def price(*, path: Path, out: Path, threads: int, what: str) -> None:
    """The whole of it: the law read, its tables made, everybody priced."""
    with _opened(path, threads) as connection:
        connection.execute(tariff(month=MONTH).sql())
        connection.execute((files("jangkau.law") / "sql" / "price.sql").read_text(encoding="utf-8"))
        connection.execute(f"COPY (SELECT {what} FROM priced) TO '{out}' (FORMAT parquet)")


def _opened(path: Path, threads: int) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"threads": threads})
    connection.execute(f"CREATE VIEW person AS SELECT * FROM '{path}'")
    return connection


def measure(size: Size) -> list[Row]:
    """The rows of the table."""
    rows = size.rows(PEOPLE)
    path = people(folder=size.folder, rows=rows)
    warm_files(path)
    spent: dict[str, list[float]] = {"read": [], "total": [], "all": []}
    peak = 0.0
    with tempfile.TemporaryDirectory(dir=size.folder) as name:
        out, told = Path(name) / "out.parquet", Path(name) / "seconds"
        for _ in range(ROUNDS):
            for which, found in spent.items():
                words = [which, str(path), str(out), str(size.threads), str(told)]
                whole = measured(command=[sys.executable, "-m", "benchmarks.pricing", *words])
                found.append(float(told.read_text(encoding="ascii")))
                peak = max(peak, whole.peak) if which != "read" else peak
    plain, total, every = (median(found) for found in spent.values())
    ratio, judged = total / plain, size.scale >= 1
    twice = min(rows, size.rows(ASKED_TWICE))
    wrong = differing(path=path, people=twice)
    answers = [
        Row(f"- {twice:,} of them asked of Python too: other answers in {name}", f"{found:,}", "0", found == 0)
        for name, found in wrong.items()
    ]
    return [
        Row(f"{rows:,} people read, one integer written", f"{plain:.2f} s"),
        Row("- priced, the total written", f"{total:.2f} s"),
        Row("- over reading", f"{ratio:.2f} times", f"at most {RATIO:g}", ratio <= RATIO if judged else None),
        Row("- priced, all sixteen columns written", f"{every:.2f} s ({every / plain:.2f} times)"),
        Row("- peak memory", f"{peak:.2f} GB", f"under {PEAK:g} GB", peak < PEAK),
        *answers,
        cold(),
    ]


def differing(*, path: Path, people: int) -> dict[str, int]:
    """How many of the first people of the file get another answer from `charges` than from price.sql, by database."""
    each = people // len(MONTHS)
    wrong = {"DuckDB": 0, "PostgreSQL": 0}
    rule = (files("jangkau.law") / "sql" / "price.sql").read_text(encoding="utf-8")
    with duckdb.connect() as here, postgres() as there:
        for k, month in enumerate(MONTHS):
            some = f"SELECT id, {', '.join(COLUMNS)} FROM '{path}' WHERE id >= {k * each} AND id < {(k + 1) * each}"
            table = here.sql(f"{some} ORDER BY id").to_arrow_table()
            here.register("person", table)
            copied(connection=there, name="person", table=table)
            asked = zip(*(table[name].to_pylist() for name in COLUMNS), strict=True)
            right = [(n, *_answer(facts, month)) for n, facts in zip(table["id"].to_pylist(), asked, strict=True)]
            for statements in (tariff(month=month).sql(), rule, "ANALYZE tariff_case"):
                here.execute(statements)
                there.execute(statements)
            for name, database in (("DuckDB", here), ("PostgreSQL", there)):
                said = database.execute(TOLD).fetchall()
                wrong[name] += sum(one != other for one, other in zip(right, said, strict=True))
    return wrong


def _answer(row: tuple[Any, ...], month: date) -> tuple[int | None, int | None, bool, str, str | None]:
    known = dict(zip(COLUMNS, row, strict=True))
    takes = [known.pop(name) for name in COLUMNS if name.startswith("takes_")]
    if any(one is not None for one in takes):
        known["programmes"] = tuple(one for one, taken in zip(PROGRAMMES, takes, strict=True) if taken)
    try:
        owed = charges(facts=Facts(**known), month=month)
    except Complaint as refused:
        return None, None, False, "", refused.where.removeprefix("--").replace("-", "_")
    open_ones = {one.programme for one in owed.unknown}
    unknown = ",".join(one for one in PROGRAMMES if one in open_ones)
    return owed.total, owed.by_payer.get("worker", 0), owed.verified, unknown, None


def cold() -> Row:
    """One worker, on the command line."""
    facts = ("--segment", "BPU", "--income", "1000000", "--sector", "other", "--payer", "self", "--month", "2026-05")
    command = jangkau("law", "charge", *facts, "--json")
    took = sorted(measured(command=command).seconds for _ in range(COLD_RUNS))
    middle = median(took)
    words = f"{middle:.2f} s ({took[0]:.2f} to {took[-1]:.2f})"
    return Row(f"jangkau law charge, cold, {COLD_RUNS} runs", words, f"at most {COLD:g} s", middle <= COLD)


def main(*, which: str, path: Path, out: Path, threads: int, told: Path) -> None:
    """One process: one statement, its seconds written down."""
    began = time.perf_counter()
    if which == "read":
        read(path=path, out=out, threads=threads)
    else:
        price(path=path, out=out, threads=threads, what="*" if which == "all" else "total")
    told.write_text(f"{time.perf_counter() - began:.4f}", encoding="ascii")


if __name__ == "__main__":
    if len(sys.argv) == 6 and sys.argv[1] in ("read", "total", "all"):
        main(
            which=sys.argv[1],
            path=Path(sys.argv[2]),
            out=Path(sys.argv[3]),
            threads=int(sys.argv[4]),
            told=Path(sys.argv[5]),
        )
    else:
        main_of(__doc__, measure)
