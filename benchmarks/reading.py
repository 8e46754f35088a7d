"""How fast a list is read, checked and written as Parquet, beside DuckDB copying the same CSV with no checks.

    .venv/bin/python benchmarks/reading.py [--rows 5000000] [--threads 2] [--only csv|memory|others]

Target: CSV (UTF-8, clean delimiters) within 3 times DuckDB. Other encodings and XLSX are shown without target.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import xlsxwriter

from benchmarks.processes import Measured, measured
from benchmarks.rows import Row, Size
from jangkau import lists, places

AS_OF = date(2021, 4, 30)
CHUNK = 250_000
TARGET, PEAK = 3.0, 2.0
FIRST = ("BUDI", "SITI", "AGUS", "DEWI", "SRI", "EKO", "RINA", "JOKO", "ANDI", "WATI", "RUDI", "NUR", "HENDRA", "DIAN")
LAST = ("SANTOSO", "AMINAH", "SITORUS", "SIREGAR", "WIJAYA", "LESTARI", "SUSANTO", "RAHAYU", "HIDAYAT", "MANURUNG")


def chunks(rows: int) -> Iterator[pa.Table]:
    """KUR rows of invented people, with a spread of values as real lists have."""
    random = np.random.default_rng(1)
    regions = np.array(sorted(places.known_region_codes()))
    for start in range(0, rows, CHUNK):
        n = min(CHUNK, rows - start)
        born = np.datetime64("1955-01-01") + random.integers(0, 18_000, n)
        agreed = np.datetime64("2019-01-01") + random.integers(0, 840, n)
        female = random.random(n) < 0.5
        region = regions[random.integers(0, len(regions), n)]
        yield pa.table(
            {
                "nik": _niks(random, region, born, female),
                "nama": _words(random, n, FIRST, LAST, LAST),
                "tanggal_lahir": pa.array(born).cast(pa.string()),
                "jenis_kelamin": np.where(female, "P", "L"),
                "alamat": _joined("JL MERDEKA NO ", random.integers(1, 9999, n), " RT 01 RW 02"),
                "kode_wilayah": region,
                "no_hp": _joined("0812", random.integers(10_000_000, 99_999_999, n), ""),
                "skema": np.array(["super_mikro", "mikro", "mikro", "kecil"])[random.integers(0, 4, n)],
                "plafon": random.integers(2, 100, n) * 500_000,
                "tanggal_akad": pa.array(agreed).cast(pa.string()),
                "tenor_bulan": random.integers(1, 6, n) * 12,
                "bank": np.array(["BRI", "MANDIRI", "BNI"])[random.integers(0, 3, n)],
                "kode_cabang": _joined("0", random.integers(100, 999, n), ""),
                "sektor": np.array(["PERDAGANGAN", "PERTANIAN", "JASA"])[random.integers(0, 3, n)],
            }
        )


def _niks(random: np.random.Generator, region: np.ndarray, born: np.ndarray, female: np.ndarray) -> pa.Array:
    days = born.astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    day = (days - months).astype(int) + 1 + 40 * female
    number = region.astype(np.int64) * 100 + 1
    for part, size in ((day, 100), (months.astype(int) % 12 + 1, 100), ((months.astype(int) // 12 + 1970) % 100, 100)):
        number = number * size + part
    return pa.array(number * 10_000 + random.integers(1, 9_999, len(born))).cast(pa.string())


def _joined(before: str, numbers: np.ndarray, after: str) -> pa.Array:
    return pa.compute.binary_join_element_wise(before, pa.array(numbers).cast(pa.string()), after, "")


def _words(random: np.random.Generator, n: int, *vocabularies: tuple[str, ...]) -> pa.Array:
    parts = [pa.array(np.array(words)[random.integers(0, len(words), n)]) for words in vocabularies]
    return pa.compute.binary_join_element_wise(*parts, " ")


def write_csv(path: Path, rows: int, delimiter: str = ",") -> None:
    options = pyarrow.csv.WriteOptions(delimiter=delimiter, quoting_style="none")
    with pyarrow.csv.CSVWriter(path, next(chunks(1)).schema, write_options=options) as writer:
        for table in chunks(rows):
            writer.write_table(table)


def write_parquet(path: Path, rows: int) -> None:
    with pyarrow.parquet.ParquetWriter(path, next(chunks(1)).schema) as writer:
        for table in chunks(rows):
            writer.write_table(table)


def write_xlsx(path: Path, rows: int) -> None:
    with xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_numbers": False}) as book:
        sheet = book.add_worksheet("Data")
        line = 0
        for table in chunks(rows):
            if not line:
                sheet.write_row(0, 0, table.column_names)
            for row in zip(*(column.cast(pa.string()).to_pylist() for column in table.columns), strict=True):
                line += 1
                sheet.write_row(line, 0, row)


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def read(path: Path, folder: Path, threads: int) -> lists.Reading:
    return lists.read(
        path=path,
        layout="kur",
        institution="BRI",
        accepted=folder / "accepted.parquet",
        refused=folder / "refused.csv",
        connection=duckdb.connect(),
        as_of=AS_OF,
        threads=threads,
    )


def copy(path: Path, folder: Path, threads: int) -> None:
    with duckdb.connect(config={"threads": threads}) as connection:
        connection.execute(f"COPY (SELECT * FROM '{path}') TO '{folder / 'copied.parquet'}' (FORMAT parquet)")


def compare(folder: Path, rows: int, threads: int) -> float:
    """How many times as long as a plain copy."""
    path = folder / "kur.csv"
    write_csv(path, rows)
    copies, reads = [], []
    for _ in range(3):  # side by side, so that a busy machine slows both
        copies.append(timed(lambda: copy(path, folder, threads)))
        reads.append(timed(lambda: read(path, folder, threads)))
    ratio = min(reads) / min(copies)
    print(f"{rows:,} rows, {path.stat().st_size / 1e6:,.0f} MB, {threads} threads")
    print(f"DuckDB COPY, no checks   {min(copies):6.2f} s   of {[round(s, 2) for s in copies]}")
    print(f"jangkau, all checks      {min(reads):6.2f} s   of {[round(s, 2) for s in reads]}")
    print(f"ratio                    {ratio:6.2f}     (target {TARGET})", flush=True)
    return ratio


def others(folder: Path, rows: int, threads: int) -> None:
    plain = folder / "kur.csv"
    write_csv(plain, rows)
    text = plain.read_text("utf-8")
    kinds = {
        "utf-16": text.encode("utf-16"),
        "windows-1252": text.replace("MERDEKA", "MERDÉKA").encode("windows-1252"),
        "quoted": ('"' + text.rstrip("\n").replace(",", '","').replace("\n", '"\n"') + '"\n').encode(),
        "dd/mm/yyyy, Rp": _indonesian(folder, plain),
    }
    for name, data in kinds.items():
        path = folder / "other.csv"
        path.write_bytes(data)
        _show(name, rows, path, folder, threads)
    write_parquet(folder / "kur.parquet", rows)
    _show("parquet", rows, folder / "kur.parquet", folder, threads)
    for size in (10_000, 100_000):
        path = folder / f"{size}.xlsx"
        write_xlsx(path, size)
        _show("xlsx", size, path, folder, threads)


def _indonesian(folder: Path, plain: Path) -> bytes:
    target = folder / "indonesian.csv"
    duckdb.sql(
        f"""COPY (SELECT * REPLACE (strftime(tanggal_lahir, '%d/%m/%Y') AS tanggal_lahir,
        strftime(tanggal_akad, '%d-%m-%y') AS tanggal_akad, 'Rp ' || format('{{:t.}}', plafon) AS plafon)
        FROM '{plain}') TO '{target}' (FORMAT csv, HEADER)"""
    )
    return target.read_bytes()


def _show(name: str, rows: int, path: Path, folder: Path, threads: int) -> None:
    busy = time.process_time()
    seconds = timed(lambda: read(path, folder, threads))
    busy = time.process_time() - busy  # of all threads: unlike seconds, nearly the same on a machine at work
    print(f"{name:16} {rows:>10,} rows {seconds:7.2f} s {busy:7.2f} s of processor", flush=True)


def memory(folder: Path, rows: int, threads: int) -> Measured:
    """A process that does nothing but read."""
    path = folder / "kur.csv"
    write_csv(path, rows)
    words = ["--only", "read", "--file", str(path), "--threads", str(threads)]
    spent = measured(command=[sys.executable, "-m", "benchmarks.reading", *words])
    print(f"{rows:,} rows read in {spent.seconds:.1f} s, peak {spent.peak:.2f} GB", flush=True)
    return spent


def measure(size: Size) -> list[Row]:
    """The rows of the table of all benchmarks."""
    rows, many = size.rows(5_000_000), size.rows(20_000_000)
    with tempfile.TemporaryDirectory() as name:
        ratio = compare(Path(name), rows, size.threads)
        spent = memory(Path(name), many, size.threads)
    judged = size.scale >= 1
    return [
        Row(
            f"{rows:,} rows of CSV read and checked, over a plain copy",
            f"{ratio:.2f} times",
            f"at most {TARGET:g}",
            ratio <= TARGET if judged else None,
        ),
        Row(f"{many:,} rows: peak memory", f"{spent.peak:.2f} GB", f"at most {PEAK:g} GB", spent.peak <= PEAK),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--only", choices=("csv", "others", "memory", "read"))
    parser.add_argument("--file", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if given.only == "read":
            read(given.file, folder, given.threads)
            return 0
        good = compare(folder, given.rows, given.threads) <= TARGET if given.only in (None, "csv") else True
        if given.only in (None, "others"):
            others(folder, min(given.rows, 1_000_000), given.threads)
        if given.only == "memory":
            memory(folder, given.rows, given.threads)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
