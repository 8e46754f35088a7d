"""One limit of memory for a whole run: shared out between DuckDB and what the linkage holds, and kept."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pytest

from jangkau.complaints import Complaint
from jangkau.gaps import records, tables
from jangkau.gaps.memory import DEFAULT, LEAST, MB, PROCESS, SORTED_ROW, budget, size_of
from jangkau.linkage.method_file import load
from tests.gaps.office import Result
from tests.gaps.sheet import BUDI, Row, readings

GB = 1000 * MB


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": 2}) as opened:
        yield opened


@dataclass(frozen=True)
class Holder:
    one: np.ndarray
    more: tuple[object, ...] = ()


def granted(connection: duckdb.DuckDBPyConnection) -> float:
    """DuckDB's limit in MB."""
    (text,) = connection.execute("SELECT current_setting('memory_limit')").fetchone() or ("",)
    number, unit = str(text).split()
    return float(number) * {"MiB": 2**20, "GiB": 2**30}[unit] / MB


def test_an_array_counts_once_however_often_it_is_held() -> None:
    array = np.zeros(1000)
    assert size_of(Holder(array, (array[:10], [array])), array) == array.nbytes


def test_duckdb_gets_what_the_arrays_leave(connection: duckdb.DuckDBPyConnection) -> None:
    shared = budget(connection=connection, memory="2GB", inputs=0)
    shared.for_sql()
    alone = granted(connection)
    shared.for_sql(np.zeros(500 * MB, np.uint8))
    assert alone - granted(connection) == pytest.approx(400, abs=60)  # told in tenths of a GiB
    shared.for_arrays()
    assert granted(connection) == pytest.approx(2 * LEAST / MB, rel=0.01)


def test_without_a_limit_it_is_eight_gigabytes_or_what_the_machine_has(connection: duckdb.DuckDBPyConnection) -> None:
    machine = granted(connection) * MB
    limit = budget(connection=connection, memory=None, inputs=1000).limit
    assert limit == pytest.approx(min(DEFAULT, machine), rel=0.01)


def test_a_large_input_may_take_more_but_never_more_than_there_is(connection: duckdb.DuckDBPyConnection) -> None:
    machine = granted(connection) * MB
    assert budget(connection=connection, memory=None, inputs=10**15).limit == pytest.approx(machine, rel=0.01)


def test_lists_that_cannot_fit_are_told_with_how_much_they_take(connection: duckdb.DuckDBPyConnection) -> None:
    shared = budget(connection=connection, memory="1GB", inputs=0)
    shared.check(method=load(), rows=100_000)
    with pytest.raises(Complaint) as told:
        shared.check(method=load(), rows=50_000_000)
    assert "--memory" in told.value.do.en and "GB" in told.value.do.en


def test_the_less_memory_the_more_parts_are_sorted_alone(connection: duckdb.DuckDBPyConnection) -> None:
    rows = 10 * (2 * GB - PROCESS) // SORTED_ROW
    assert budget(connection=connection, memory="2GB", inputs=0).passes(rows=rows) == 10
    assert budget(connection=connection, memory="100GB", inputs=0).passes(rows=rows) == 1


def test_sorting_in_parts_gives_the_very_same_records(connection: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    lists = [Row(f"12720117{1 + n % 12:02d}{60 + n % 30}{n:04d}", f"ORANG {n}") for n in range(1, 300)]
    read = readings(folder=tmp_path, lists=lists, register=[BUDI])
    tables.load(connection=connection, readings=read, as_of=date(2021, 4, 30))
    told = []
    for passes in (1, 7):
        records.make_lists(connection=connection, scratch=tmp_path, passes=passes)
        told.append(connection.execute("FROM list_record ORDER BY rid").fetchall())
    assert len(told[0]) == len(lists) and told[0] == told[1]
    assert [ref for _, _, _, ref, *_ in told[0]] == sorted(ref for _, _, _, ref, *_ in told[0])


def run(demo: Path, out: Path, memory: str) -> Result:
    command = [sys.executable, "-m", "jangkau", "run", str(demo), "--out", str(out), "--memory", memory]
    subprocess.run([*command, "--threads", "1"], check=True, capture_output=True)
    return Result(out)


def test_little_memory_changes_no_byte(tmp_path: Path) -> None:
    demo = tmp_path / "demo"
    words = ["demo", str(demo), "--lists", "20000", "--register", "30000"]
    subprocess.run([sys.executable, "-m", "jangkau", *words], check=True, capture_output=True)
    much, little = (run(demo, tmp_path / memory, memory) for memory in ("4GB", "550MB"))
    assert little.json("manifest.json")["outputs"] == much.json("manifest.json")["outputs"]
