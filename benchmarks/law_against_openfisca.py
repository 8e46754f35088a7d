"""What a million own-account workers (BPU) owe for a month, beside OpenFisca-core with the same rule written for it.

Each contender is a process of its own, and they take turns. Every one has the people's columns in memory in the form
that is fastest for it, and the law read; seconds are from there to a total for each person, the best of some rounds
without the first, which compiles and fills caches. OpenFisca builds its simulation in them, as it must for each file.

* The whole rule: who pays, sector, reliefs, programmes asked for, what the law leaves open, every amount rounded.
  `dues` answers it from columns, price.sql in DuckDB (for more: fourteen columns of an answer, and wage earners).
* The bare rule: base of the bracket times rate, and JKM flat.

Then who gets another total than from `charges`. OpenFisca keeps amounts as float32, which knows no odd number beyond
16,777,216: an income of Rp20,000,001 is Rp20,000,000 there, and Rp20,199,999 falls into the bracket above its own. The
people have such incomes among them, a hundredth at the edges of brackets, as any register does.

    python -m benchmarks.law_against_openfisca [--scale 0.1]
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from importlib.resources import files
from pathlib import Path
from statistics import median
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from benchmarks.pricing import INVENTED
from benchmarks.processes import measured
from benchmarks.rows import Row, Size, main_of
from jangkau.complaints import Complaint
from jangkau.law.charges import Facts, charges
from jangkau.law.dues import Workers, dues
from jangkau.law.loading import law
from jangkau.law.tariff import tariff
from jangkau.law.values import PAYERS, PROGRAMMES, SECTORS

PEOPLE, MONTH = 1_000_000, date(2026, 5, 1)
RATIO = 5.0
TURNS, ROUNDS = 3, 6
ODD = 20_000_001
TAKES = ("jkk", "jkm", "jht")
CONTENDERS = ("dues", "sql", "openfisca", "openfisca_bare")
Totals = npt.NDArray[Any]


def people(*, folder: Path, rows: int) -> Path:
    """A Parquet file of invented own-account workers, a hundredth of them with an income at the edge of a bracket."""
    path = folder / f"bpu_{rows}.parquet"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        edges = sorted({row.lower + by for row in law().series["bpu.brackets"].values[0].brackets for by in (-1, 0, 1)})
        edges = [*edges[1:], ODD]
        drawn = f"{edges}[1 + i // 100 % {len(edges)}]"
        spread = "CASE WHEN h % 3 = 0 THEN income * 3 ELSE income END"
        some = f"SELECT *, id AS i, hash(id) % 1000 AS h FROM ({INVENTED.format(rows=2 * rows)}) WHERE segment = 'BPU'"
        query = f"""
            SELECT * EXCLUDE (i, h) REPLACE (row_number() OVER (ORDER BY id) - 1 AS id,
                CASE WHEN i % 100 = 0 THEN {drawn} ELSE {spread} END AS income)
            FROM ({some}) ORDER BY id LIMIT {rows}"""
        with duckdb.connect() as connection:
            connection.execute(f"COPY ({query}) TO '{part}' (FORMAT parquet)")
        part.rename(path)
    return path


def by_sql(path: Path, threads: int) -> Callable[[], Any]:
    """price.sql on a table in memory. Its rows come in any order, so each with its number."""
    connection = duckdb.connect(config={"threads": threads})
    connection.execute(f"CREATE TABLE person AS SELECT * FROM '{path}'")
    connection.execute(tariff(month=MONTH).sql())
    connection.execute((files("jangkau.law") / "sql" / "price.sql").read_text(encoding="utf-8"))
    return lambda: connection.sql("SELECT id, total FROM priced").fetchnumpy()


def by_dues(path: Path) -> Callable[[], Totals]:
    """The compiled loop on columns."""
    table, known = _table(path), tariff(month=MONTH)
    workers = Workers(
        income=table["income"].to_numpy(),
        sector=_codes(table, "sector", SECTORS),
        payer=_codes(table, "payer", PAYERS),
        asked=np.sum([_flag(table, f"takes_{one}") << bit for bit, one in enumerate(TAKES)], axis=0, dtype=np.int8),
        in_arrears=_flag(table, "in_arrears").astype(np.bool_),
        employs_others=_flag(table, "employs_others").astype(np.bool_),
    )
    return lambda: dues(tariff=known, workers=workers)


def by_openfisca(path: Path, *, bare: bool) -> Callable[[], Totals]:
    """A simulation of OpenFisca, its codes given as it has them."""
    # not at the top: the yardsticks are installed on their own
    from benchmarks import by_openfisca as yardstick

    table = _table(path)
    columns: dict[str, Any] = {"income": table["income"].to_numpy()}
    if not bare:
        columns |= {
            "sector": yardstick.Sector.encode(_codes(table, "sector", SECTORS) - 1),
            "payer": yardstick.Payer.encode(_codes(table, "payer", PAYERS) - 1),
            "named": table["takes_jkk"].is_valid().to_numpy(),
        }
        flags = ("in_arrears", "employs_others", *(f"takes_{one}" for one in TAKES))
        columns |= {name: _flag(table, name).astype(np.bool_) for name in flags}
    system = yardstick.system(described=yardstick.BARE if bare else yardstick.WHOLE)
    return lambda: yardstick.totals(of=system, columns=columns, month=MONTH)


def _table(path: Path) -> pa.Table:
    with duckdb.connect() as connection:
        return connection.sql(f"SELECT * FROM '{path}' ORDER BY id").to_arrow_table()


def _codes(table: pa.Table, name: str, words: tuple[str, ...]) -> npt.NDArray[np.int8]:
    """The n-th of these words as n."""
    encoded = table[name].combine_chunks().dictionary_encode()
    places = np.array([words.index(word) + 1 for word in encoded.dictionary.to_pylist()], np.int8)
    found: npt.NDArray[np.int8] = places[encoded.indices.to_numpy()]
    return found


def _flag(table: pa.Table, name: str) -> npt.NDArray[np.int8]:
    found: npt.NDArray[np.int8] = table[name].fill_null(False).cast(pa.int8()).to_numpy()
    return found


def measure(size: Size) -> list[Row]:
    """The rows of the table."""
    rows = size.rows(PEOPLE)
    path = people(folder=size.folder, rows=rows)
    spent: dict[str, list[float]] = {which: [] for which in CONTENDERS}
    totals: dict[str, Totals] = {}
    with tempfile.TemporaryDirectory(dir=size.folder) as name:
        told = Path(name) / "told.npz"
        for _ in range(TURNS):
            for which, found in spent.items():
                words = [which, str(path), str(size.threads), str(told)]
                measured(command=[sys.executable, "-m", "benchmarks.law_against_openfisca", *words])
                with np.load(told) as said:
                    found.append(float(said["seconds"]))
                    totals[which] = said["totals"]
    ours, sql, whole, bare = (median(found) for found in spent.values())
    judged = size.scale >= 1
    right = _one_by_one(path)
    wrong = {which: int(np.count_nonzero(right != found)) for which, found in totals.items()}
    held = int(np.float32(ODD))
    return [
        Row(f"OpenFisca-core, the whole rule, {rows:,} people", f"{whole * 1000:.0f} ms"),
        Row("- the bare rule", f"{bare * 1000:.0f} ms"),
        Row("jangkau.law.dues, the whole rule", f"{ours * 1000:.1f} ms"),
        _ratio("- faster than OpenFisca", whole / ours, judged),
        _ratio("- faster than OpenFisca with the bare rule", bare / ours, judged),
        Row("price.sql in DuckDB, the whole rule", f"{sql * 1000:.0f} ms"),
        Row("- faster than OpenFisca", f"{whole / sql:.1f} times"),
        Row("other totals than by `charges`: dues", f"{wrong['dues']:,}", "0", wrong["dues"] == 0),
        Row("- price.sql", f"{wrong['sql']:,}", "0", wrong["sql"] == 0),
        Row("- OpenFisca (float32)", f"{wrong['openfisca']:,}"),
        Row(f"an income of Rp{ODD:,}, as OpenFisca holds it", f"Rp{held:,}"),
    ]


def _ratio(what: str, ratio: float, judged: bool) -> Row:
    return Row(what, f"{ratio:.1f} times", f"at least {RATIO:g}", ratio >= RATIO if judged else None)


def _one_by_one(path: Path) -> Totals:
    """The totals of `charges`: equal facts are asked once, and nearly all people differ."""
    table = _table(path)
    names = ("income", "sector", "payer", "in_arrears", "employs_others")
    takes = [f"takes_{programme.lower()}" for programme in PROGRAMMES]
    known: dict[tuple[Any, ...], int] = {}
    found = []
    for row in zip(*(table[name].to_pylist() for name in (*names, *takes)), strict=True):
        if row not in known:
            facts, asked = dict(zip(names, row, strict=False)), row[len(names) :]
            chosen = tuple(one for one, taken in zip(PROGRAMMES, asked, strict=True) if taken)
            named = any(one is not None for one in asked)
            try:
                known[row] = charges(
                    facts=Facts("BPU", programmes=chosen if named else None, **facts), month=MONTH
                ).total
            except Complaint as refused:
                raise SystemExit(f"{facts}: {refused.where}") from refused
        found.append(known[row])
    return np.array(found, np.int64)


def main(*, which: str, path: Path, threads: int, told: Path) -> None:
    """One process: one contender, its seconds and its totals written down."""
    contenders: dict[str, Callable[[], Callable[[], Any]]] = {
        "dues": lambda: by_dues(path),
        "sql": lambda: by_sql(path, threads),
        "openfisca": lambda: by_openfisca(path, bare=False),
        "openfisca_bare": lambda: by_openfisca(path, bare=True),
    }
    prepared = contenders[which]()
    totals, spent = prepared(), []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        totals = prepared()
        spent.append(time.perf_counter() - began)
    in_order = totals["total"][np.argsort(totals["id"])] if which == "sql" else totals
    np.savez(told, seconds=min(spent), totals=in_order)


if __name__ == "__main__":
    if len(sys.argv) == 5 and sys.argv[1] in CONTENDERS:
        main(which=sys.argv[1], path=Path(sys.argv[2]), threads=int(sys.argv[3]), told=Path(sys.argv[4]))
    else:
        main_of(__doc__, measure)
