"""Reading as a whole: nothing is lost, nothing depends on threads, nothing but complaints is raised."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
from datetime import date
from functools import cache
from pathlib import Path

import duckdb
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlwt
from hypothesis import given, settings
from hypothesis import strategies as st

from jangkau import lists
from jangkau.complaints import Complaint
from jangkau.files import text
from jangkau.lists import layouts
from jangkau.lists.rows import COMMON, schema

from .desk import BUDI, KUR, SITI, Desk, change, kur


def read(path: Path, folder: Path, threads: int = 2, **more: object) -> lists.Reading:
    return lists.read(
        path=path,
        layout=None,
        institution=None,
        accepted=folder / f"accepted{threads}.parquet",
        refused=folder / f"refused{threads}.csv",
        connection=duckdb.connect(),
        as_of=date(2021, 4, 30),
        threads=threads,
        **more,  # type: ignore[arg-type]
    )


def many(rows: int) -> str:
    each = [change(BUDI, nik=str(1272011708850001 + n % 900), plafon=str(n - 3)) for n in range(rows)]
    return kur(*each)


def test_threads_and_repetition_change_no_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "BLOCK", 5000)
    path = tmp_path / "list.csv"
    path.write_text(many(2000))
    read(path, tmp_path, threads=1)
    before = [(tmp_path / f"{name}").read_bytes() for name in ("accepted1.parquet", "refused1.csv")]
    reading = read(path, tmp_path, threads=4)
    after = [(tmp_path / f"{name}").read_bytes() for name in ("accepted4.parquet", "refused4.csv")]
    assert before == after
    assert (reading.counts.read, reading.counts.refused) == (2000, 3)


def test_progress_ends_at_the_size_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(many(10))
    seen: list[int] = []
    read(path, tmp_path, progress=seen.append)
    assert seen[-1] == path.stat().st_size


@pytest.mark.parametrize("layout", layouts.NAMES)
def test_accepted_columns_are_the_common_ones_then_those_of_the_layout(layout: str) -> None:
    kinds = schema(layouts.load(layout))
    assert kinds.names[: len(COMMON)] == [name for name, _ in COMMON]
    assert {column.name for column in layouts.load(layout).columns} <= set(kinds.names)


def test_an_accepted_file_has_exactly_these_columns(desk: Desk) -> None:
    desk.read(kur(BUDI))
    assert pq.read_schema(desk.accepted).equals(schema(layouts.load("kur")))


def test_without_a_refused_row_there_is_no_file_of_refused_rows(desk: Desk) -> None:
    assert desk.read(kur(BUDI)).refused is None
    assert not desk.refused.exists()


def test_a_file_without_columns_that_may_be_absent_is_read(desk: Desk) -> None:
    header = ("NIK", "Nama", "Skema", "Plafon", "Tanggal Akad", "Bank")
    desk.read(kur((*BUDI[:2], *BUDI[3:]), header=header))
    assert desk.rows()[0]["tanggal_lahir"] is None


CELLS = st.one_of(
    st.sampled_from(
        [*BUDI, *SITI, "", "-", "'1272", "31/02/1990", "-5", '"', "x" * 40_000, "\0", "\r", "é", "\ud7ff", "3E+15"]
    ),
    st.text(max_size=8),
)


@settings(max_examples=80, deadline=None)
@given(rows=st.lists(st.lists(CELLS, min_size=6, max_size=8), max_size=8), delimiter=st.sampled_from([",", ";", "|"]))
def test_every_row_read_is_accepted_or_refused(
    rows: list[list[str]], delimiter: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("fuzz")
    lines = [delimiter.join(cells) for cells in [list(KUR), list(BUDI), *rows]]
    (folder / "list.csv").write_text("\n".join(lines), encoding="utf-8", newline="")
    try:
        reading = read(folder / "list.csv", folder)
    except Complaint:
        return
    counts, written = reading.counts, pq.read_table(folder / "accepted2.parquet")
    assert counts.read == counts.accepted + counts.refused
    assert written.num_rows == counts.accepted
    found = written.column("line").to_pylist()
    assert found == sorted(set(found))
    refused = 0
    if reading.refused:
        csv.field_size_limit(10**6)
        with reading.refused.open(encoding="utf-8-sig", newline="") as stream:
            refused = len(list(csv.reader(stream))) - 1
    assert refused == counts.refused


@settings(max_examples=150, deadline=None)
@given(noise=st.binary(max_size=60), at=st.integers(0, 200), cut=st.integers(0, 60))
def test_damage_anywhere_in_a_file_is_no_traceback(
    noise: bytes, at: int, cut: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("damage")
    whole = kur(BUDI, SITI).encode()
    (folder / "list.csv").write_bytes(whole[:at] + noise + whole[at + cut :])
    try:
        counts = read(folder / "list.csv", folder).counts
    except Complaint as complaint:
        assert complaint.where == "list.csv"
    else:
        assert counts.accepted > 0


@settings(max_examples=80, deadline=None)
@given(
    kind=st.sampled_from(["xlsx", "xls", "parquet", "zip", "gz"]),
    places=st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=4),
    kept=st.one_of(st.just(1.0), st.floats(0, 1)),
)
def test_damage_in_a_binary_file_is_no_traceback(
    kind: str, places: list[tuple[float, int]], kept: float, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("damage")
    data = bytearray(whole_files()[kind])
    for where, byte in places:
        data[min(int(where * len(data)), len(data) - 1)] = byte
    (folder / f"list.{kind}").write_bytes(data[: int(kept * len(data))])
    try:
        counts = read(folder / f"list.{kind}", folder).counts
    except Complaint as complaint:
        assert complaint.where == f"list.{kind}"
    else:
        assert counts.accepted > 0


@cache
def whole_files() -> dict[str, bytes]:
    """A small list in each binary form."""
    rows = [KUR, BUDI, SITI]
    xlsx, xls, parquet, packed = io.BytesIO(), io.BytesIO(), io.BytesIO(), io.BytesIO()
    new, old = openpyxl.Workbook(), xlwt.Workbook()
    sheet = old.add_sheet("Data")
    for number, row in enumerate(rows):
        new.worksheets[0].append(row)
        for column, cell in enumerate(row):
            sheet.write(number, column, cell)
    new.save(xlsx)
    old.save(xls)
    pq.write_table(pa.table({name: cells for name, *cells in zip(*rows, strict=True)}), parquet)
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("list.csv", kur(BUDI, SITI))
    files = {"xlsx": xlsx, "xls": xls, "parquet": parquet, "zip": packed}
    return {name: stream.getvalue() for name, stream in files.items()} | {"gz": gzip.compress(kur(BUDI, SITI).encode())}
