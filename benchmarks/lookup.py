"""One person looked up in the register of a country: how long the answer takes, and how often it is right.

The register of `national.py` is indexed by the shipped method, in a process of its own. Then 10,000 rows of its lists,
damaged as lists are, are looked up one after the other. None of them was looked up before. What is timed is what the
platform waits for: `Register.look_up`, from the fields as written to the people found, with evidence and records.

Warm means: the files of the index were read through once, so that the system holds them in memory as far as it has
room; nothing is kept by the process itself. Cold means: the system was asked to forget them. About that there is no
claim: it is the disk that is measured.

    python -m benchmarks.lookup [--scale 0.1]
"""

from __future__ import annotations

import os
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt

from benchmarks.invented import Pair, invented_pair
from benchmarks.national import COUNTRY
from benchmarks.processes import jangkau, measured, warm_files
from benchmarks.rows import Row, Size, main_of
from jangkau.complaints import Complaint
from jangkau.linkage.lookup import Found, Person, Register, open_register

PEOPLE, COLD = 10_000, 500
P99_MS, MINUTES = 10.0, 15.0


@dataclass(frozen=True)
class Asked:
    """Somebody of a list, and the KPJ that are truly his."""

    person: Person
    true: frozenset[str]


@dataclass(frozen=True)
class Told:
    """Seconds of each look-up, and what came out; nobody where too little was known to search by."""

    seconds: npt.NDArray[np.float64]
    found: list[tuple[Found, ...]]
    refused: int


def drawn(*, pair: Pair, people: int) -> list[Asked]:
    """List rows drawn by the hash of their ids, with their true KPJ."""
    columns = ("nik", "nama", "tanggal_lahir", "jenis_kelamin", "kode_wilayah", "no_hp")
    with duckdb.connect() as connection:
        rows = connection.execute(
            f"SELECT rec_id, {', '.join(columns)} FROM '{pair.left}' ORDER BY hash(rec_id), rec_id LIMIT {people}"
        ).fetchall()
        connection.execute("CREATE TABLE drawn (left_id VARCHAR)")
        connection.executemany("INSERT INTO drawn VALUES (?)", [[row[0]] for row in rows])
        pairs = connection.execute(f"SELECT left_id, right_id FROM '{pair.truth}' SEMI JOIN drawn USING (left_id)")
        true = defaultdict(set)
        for left, right in pairs.fetchall():
            true[left].add(right)
    return [Asked(dict(zip(columns, row[1:], strict=True)), frozenset(true[row[0]])) for row in rows]


def looked_up(*, register: Register, asked: list[Asked]) -> Told:
    """Each of them, one after the other."""
    seconds = np.zeros(len(asked))
    found: list[tuple[Found, ...]] = []
    refused = 0
    for k, one in enumerate(asked):
        began = time.perf_counter()
        try:
            answer = register.look_up(person=one.person)
        except Complaint:
            answer, refused = (), refused + 1
        seconds[k] = time.perf_counter() - began
        found.append(answer)
    return Told(seconds, found, refused)


def measure(size: Size) -> list[Row]:
    """The rows of the table."""
    tiny = invented_pair(folder=size.folder / "tiny", left_rows=2_000, right_rows=5_000, seed=1)
    left, right = (size.rows(rows) for rows in COUNTRY)
    pair = invented_pair(folder=size.folder / f"country_{size.scale:g}", left_rows=left, right_rows=right, seed=1)
    asked = drawn(pair=pair, people=PEOPLE)
    with tempfile.TemporaryDirectory(dir=size.folder) as name:
        measured(command=_build(tiny, Path(name) / "tiny", size.threads))  # compiled code lies in its cache from now on
        out = Path(name) / "index"
        warm_files(pair.right)
        built = measured(command=_build(pair, out, size.threads))
        files = [path for path in out.iterdir() if path.is_file()]
        taken = sum(path.stat().st_size for path in files) / 1e9
        forget(*files)
        with open_register(folder=out) as register:
            cold = looked_up(register=register, asked=asked[-COLD:])
        warm_files(*files)
        with open_register(folder=out) as register:
            looked_up(register=register, asked=drawn(pair=tiny, people=100))  # Arrow and numpy load parts at first use
            told = looked_up(register=register, asked=asked)
            own, mapped = memory()
    p99 = _percentiles(told)[2]
    return [
        Row(
            f"index of {pair.right_rows:,} rows built",
            f"{built.seconds:.0f} s, {built.peak:.2f} GB; {taken:.1f} GB on disk",
            f"at most {MINUTES:g} min",
            built.seconds <= 60 * MINUTES if size.scale >= 1 else None,
        ),
        Row(f"{len(asked):,} people looked up, warm: p50, p95, p99, longest", _milliseconds(told)),
        Row("- 99th percentile", f"{p99:.2f} ms", f"under {P99_MS:g} ms", p99 < P99_MS if size.scale >= 1 else None),
        Row("- memory of the process: own, mapped from the index", f"{own:.2f} GB, {mapped:.2f} GB"),
        Row(f"{COLD} people looked up, cold: p50, p95, p99, longest", _milliseconds(cold)),
        *accuracy(asked=asked, told=told),
    ]


def accuracy(*, asked: list[Asked], told: Told) -> list[Row]:
    """How often the first answer of p >= 0.5 is right, and how often it should not have been given."""
    first = [found[0].id if found and found[0].probability >= 0.5 else None for found in told.found]
    inside = [(one, name) for one, name in zip(asked, first, strict=True) if one.true]
    outside = [name for one, name in zip(asked, first, strict=True) if not one.true]
    right = sum(name in one.true for one, name in inside)
    wrong = sum(name is not None and name not in one.true for one, name in inside)
    false = sum(name is not None for name in outside)
    return [
        Row(f"{len(inside):,} who are in the register: found first with p >= 0.5", _share(right, len(inside))),
        Row("- somebody else first with p >= 0.5", _share(wrong, len(inside))),
        Row(f"{len(outside):,} who are not: somebody with p >= 0.5", _share(false, len(outside))),
        Row("too little known to search by", f"{told.refused}"),
    ]


def memory() -> tuple[float, float]:
    """GB of this process: its own, and pages of files that it looks at; nothing where the system does not say."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return float("nan"), float("nan")
    kilobytes = {
        name: int(rest.split()[0]) for line in lines for name, _, rest in [line.partition(":")] if "Rss" in name
    }
    return kilobytes["RssAnon"] * 1024 / 1e9, kilobytes["RssFile"] * 1024 / 1e9


def forget(*paths: Path) -> None:
    """Ask the system to drop what it holds of these files, where it can be asked."""
    if not hasattr(os, "posix_fadvise"):
        return
    for path in paths:
        with path.open("rb") as file:
            os.fsync(file.fileno())
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _build(pair: Pair, out: Path, threads: int) -> list[str]:
    return jangkau("lookup", "build", str(pair.right), "--out", str(out), "--threads", str(threads))


def _percentiles(told: Told) -> tuple[float, float, float, float]:
    p50, p95, p99 = np.percentile(told.seconds * 1000, [50, 95, 99])
    return float(p50), float(p95), float(p99), float(told.seconds.max() * 1000)


def _milliseconds(told: Told) -> str:
    return ", ".join(f"{ms:.2f}" for ms in _percentiles(told)) + " ms"


def _share(some: int, of: int) -> str:
    return f"{some:,} ({100 * some / max(of, 1):.2f} %)"


if __name__ == "__main__":
    main_of(__doc__, measure)
