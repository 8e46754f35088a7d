"""A whole country: 13 million list rows against 60 million of the register, beside an exact join of the same files.

    python -m benchmarks.national [--scale 0.05] [--threads 2]

* `jangkau link` with `--memory 6GB` over the whole process of an exact join (DuckDB, both Parquet files, pairs
  written);
* the same over 1 million x 5 million;
* one file of 20 million list rows: who stands on more than one list.

Wall seconds and peak memory of whole processes, compiled code in its cache, files read once before. Targets: at
most 12 times the join and 6 GB; at most 9 times the smaller pair; persons across lists within 5 minutes and 6 GB. A
scaled-down run shows the same rows and judges only what does not hang on size.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.invented import Pair, invented_pair
from benchmarks.processes import Measured, link_command, measured, warm_files, warm_kernels
from benchmarks.rows import Row, Size, main_of
from benchmarks.scores import Scores, scores

COUNTRY = (13_000_000, 60_000_000)
SMALLER = (1_000_000, 5_000_000)
LISTS = 20_000_000
MEMORY, PEAK = "6GB", 6.0
OVER_JOIN, OVER_SMALLER, PERSONS_SECONDS = 12.0, 9.0, 300.0
TURNS = 2

EXACT_JOIN = """
import sys, duckdb
left, right, out, threads = sys.argv[1:]
duckdb.connect(config={"threads": int(threads)}).execute(
    f"COPY (SELECT l.rec_id AS left_id, r.kpj AS right_id FROM '{left}' AS l JOIN '{right}' AS r USING (nik)) "
    f"TO '{out}' (FORMAT parquet)").fetchall()
"""

PEOPLE = "SELECT left_id, right_id FROM '{truth}'"
# Each pair of one person's rows once, whichever way round the links name it.
PERSONS = """SELECT a.left_id, b.left_id AS right_id FROM '{person}' AS a JOIN '{person}' AS b USING (person)
    WHERE a.left_id <> b.left_id"""


@dataclass(frozen=True)
class Linked:
    """A linkage measured, and how good its links are."""

    spent: Measured
    scores: Scores


def linked(*, files: list[Path], method: str, truth: str, threads: int, both_ways: bool = False) -> Linked:
    """One process of `jangkau link`, and its links against the truth."""
    warm_files(*files)
    with tempfile.TemporaryDirectory() as name:
        out = Path(name) / "out"
        spent = measured(
            command=link_command(files=files, method=method, out=out, threads=threads, memory=MEMORY),
        )
        return Linked(spent, scores(links=out / "links.parquet", truth=truth, both_ways=both_ways))


def joined(*, pair: Pair, threads: int) -> Measured:
    """The floor: a process that joins on NIK and knows nothing else."""
    with tempfile.TemporaryDirectory() as name:
        words = [str(pair.left), str(pair.right), str(Path(name) / "pairs.parquet"), str(threads)]
        warm_files(pair.left, pair.right)
        turns = [measured(command=[sys.executable, "-c", EXACT_JOIN, *words]) for _ in range(TURNS)]
    return min(turns, key=lambda m: m.seconds)


def both(pair: Pair, threads: int) -> Linked:
    return linked(
        files=[pair.left, pair.right], method="people", truth=PEOPLE.format(truth=pair.truth), threads=threads
    )


def measure(size: Size) -> list[Row]:
    """The rows of the table."""
    full = size.scale >= 1
    warm_kernels(folder=size.folder, threads=size.threads)
    country = _invented(size, "country", *COUNTRY)
    join = joined(pair=country, threads=size.threads)
    large = both(country, size.threads)
    small = both(_invented(size, "smaller", *SMALLER), size.threads)
    over_join, over_small = large.spent.seconds / join.seconds, large.spent.seconds / small.spent.seconds
    return [
        Row(f"exact join on NIK, {country.left_rows:,} x {country.right_rows:,}", _spent(join)),
        Row("jangkau link of the same", _told(large)),
        Row("- over the exact join", f"{over_join:.1f} times", f"at most {OVER_JOIN:g}", over_join <= OVER_JOIN),
        Row("- peak memory", f"{large.spent.peak:.2f} GB", f"at most {PEAK:g} GB", large.spent.peak <= PEAK),
        Row(f"jangkau link, {size.rows(SMALLER[0]):,} x {size.rows(SMALLER[1]):,}", _told(small)),
        Row(
            "- the country over it",
            f"{over_small:.1f} times",
            f"at most {OVER_SMALLER:g}",
            over_small <= OVER_SMALLER if full else None,
        ),
        *persons(size),
    ]


def persons(size: Size) -> list[Row]:
    """Duplicates inside one file of list rows."""
    rows = size.rows(LISTS)
    pair = _invented(size, "lists", rows, rows // 2 + 1_000)
    truth = PERSONS.format(person=pair.left_person)
    found = linked(files=[pair.left], method="persons", truth=truth, threads=size.threads, both_ways=True)
    within = f"at most {PERSONS_SECONDS * min(1, size.scale):g} s"
    return [
        Row(f"jangkau link, {rows:,} list rows among themselves", _told(found)),
        Row(
            "- seconds",
            f"{found.spent.seconds:.1f} s",
            within,
            found.spent.seconds <= PERSONS_SECONDS if size.scale >= 1 else None,
        ),
        Row("- peak memory", f"{found.spent.peak:.2f} GB", f"at most {PEAK:g} GB", found.spent.peak <= PEAK),
    ]


def _invented(size: Size, name: str, left: int, right: int) -> Pair:
    rows = (left, right) if name == "lists" else (size.rows(left), size.rows(right))
    return invented_pair(folder=size.folder / f"{name}_{size.scale:g}", left_rows=rows[0], right_rows=rows[1], seed=1)


def _spent(spent: Measured) -> str:
    return f"{spent.seconds:.1f} s, {spent.peak:.2f} GB"


def _told(found: Linked) -> str:
    return f"{_spent(found.spent)}; at p >= 0.5 {found.scores.half.text()}"


if __name__ == "__main__":
    main_of(__doc__, measure)
