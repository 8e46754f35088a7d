"""A link that uses an earlier one gives what a full link gives, to the last bit, whatever changed in between."""

from __future__ import annotations

import json
import random
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from jangkau.cli import main
from jangkau.complaints import Complaint
from jangkau.linkage import engine, search, state
from jangkau.linkage.engine import Linkage
from jangkau.linkage.link import Outcome, Settings, link, write
from jangkau.linkage.method import Method
from jangkau.linkage.renewal import Keeping
from jangkau.linkage.search import Reuse
from jangkau.linkage.sources import Source
from tests.linkage.folders import FIELDS, people
from tests.linkage.tables import FEBRL, INDONESIA, method_of, tables

NARROW = method_of(
    {"name": "nama", "kind": "person_name"},
    {"name": "lahir", "kind": "date"},
    {"name": "sex", "kind": "sex"},
    largest_block=2,
    random_pairs=50,
    blocks=[["nama.first"], ["nama.last"], ["lahir.year"], ["lahir.month_day", "sex"]],
)
Row = dict[str, str | None]
Table = list[tuple[str, Row]]


def source_of(table: Table, method: Method, path: Path) -> Source:
    columns = {name: pa.array([row[name] for _, row in table], pa.string()) for name in method.columns}
    pq.write_table(pa.table({"id": pa.array([name for name, _ in table], pa.string()), **columns}), path)
    return Source(path, path.name, "id", method.columns, len(table))


def linked(left: Table, right: Table, method: Method, folder: Path, earlier: Path | None) -> tuple[Linkage, str]:
    """The linkage, and what is written of it as one text; its state stays in the folder."""
    folder.mkdir()
    a, b = source_of(left, method, folder / "a.parquet"), source_of(right, method, folder / "b.parquet")
    keeping = Keeping(folder, state.read(folder=earlier) if earlier else None)
    found = engine.link(left=a, right=b, method=method, threads=2, keeping=keeping)
    write(linkage=found, left=a, right=b, folder=folder)
    tables = [pq.read_table(folder / f"{name}.parquet").to_pydict() for name in ("links", "left")]
    return found, repr(tables) + (folder / "model.json").read_text(encoding="utf-8")


def is_as_in_full(one: Linkage, full: Linkage) -> None:
    for name in ("a", "b", "pattern", "rarity", "blocks"):
        assert np.array_equal(getattr(one.pairs, name), getattr(full.pairs, name)), name
    for name in ("probability", "best", "best_probability", "ties"):
        assert np.array_equal(getattr(one.rows, name), getattr(full.rows, name)), name
    assert np.array_equal(one.probability, full.probability)
    assert np.array_equal(one.bearers, full.bearers)
    assert one.found.tally == full.found.tally
    assert one.found.pairs_by_block == full.found.pairs_by_block
    assert one.filled == full.filled


@st.composite
def edited(draw: st.DrawFn, table: Table, tag: str) -> Table:
    """Rows taken away, changed, added and moved."""
    rows: Table = []
    for name, row in table:
        what = draw(st.sampled_from(["stay", "stay", "stay", "go", "change"]))
        if what == "change":
            column = draw(st.sampled_from(sorted(row)))
            row = row | {column: draw(st.sampled_from([other[column] for _, other in table] + [None]))}
        if what != "go":
            rows.append((name, row))
    new = draw(st.lists(st.sampled_from([row for _, row in table]), max_size=3))
    rows += [(f"{tag}{k}", dict(row)) for k, row in enumerate(new)]
    return draw(st.permutations(rows)) if draw(st.booleans()) else rows


@pytest.mark.parametrize("method", [INDONESIA, FEBRL, NARROW], ids=["indonesia", "febrl", "narrow"])
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_small_tables_edited_again_and_again_are_linked_as_in_full(method: Method, data: st.DataObject) -> None:
    drawn = data.draw(tables(method).filter(lambda both: bool(both[1])))
    left, right = ([(f"{side}{k}", dict(row)) for k, row in enumerate(rows or [])] for side, rows in zip("ab", drawn))  # noqa: B905
    with TemporaryDirectory() as name:
        folder, earlier = Path(name), None
        for turn in range(3):
            try:
                full, text = linked(left, right, method, folder / f"full{turn}", None)
            except Complaint:  # no field left to block on, or no row
                assume(False)
            if earlier is not None:
                found, again = linked(left, right, method, folder / f"again{turn}", earlier)
                is_as_in_full(found, full)
                assert again == text
            earlier = folder / ("full0" if turn == 0 else f"again{turn}")
            left, right = data.draw(edited(left, f"n{turn}-")), data.draw(edited(right, f"n{turn}-"))
            assume(left and right)


def crowd(count: int, seed: int) -> Table:
    """People of whom many share words of names, birth days and telephones, some of them hundreds."""
    draw = random.Random(seed)
    rows = []
    for k, person in enumerate(people(count=count, seed=seed)):
        one: Row = {
            "nik": person["nik"], "nama": person["nama"], "lahir": person["tanggal_lahir"],
            "sex": person["jenis_kelamin"], "wilayah": person["kode_wilayah"], "hp": person["no_hp"],
        }  # fmt: skip
        if draw.random() < 0.2:
            one["hp"] = "081200000000"
        rows.append((f"r{k}", one))
    return rows


def renewed(table: Table, share: float, seed: int, tag: str) -> Table:
    draw = random.Random(seed)
    out: Table = []
    for name, row in table:
        chance = draw.random() / share
        if chance < 0.3:
            continue
        change = {"nama": f"{(row['nama'] or 'A')[1:]} ABADI"} if chance < 0.7 else {"hp": "081200000000"}
        out.append((name, {**row, **change} if chance < 1 else row))
    return out + [(f"{tag}{k}", dict(row)) for k, (_, row) in enumerate(draw.sample(table, int(share * len(table))))]


@contextmanager
def limits(**values: int) -> Iterator[None]:
    """With smaller samples, or less kept."""
    with ExitStack() as stack:
        for name, value in values.items():
            stack.enter_context(mock.patch(f"jangkau.linkage.{name.replace('__', '.')}", value))
        yield


LEFT, RIGHT = crowd(700, 1), crowd(1500, 1)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (LEFT, RIGHT),
        (LEFT, renewed(RIGHT, 0.05, 2, "n")),
        (renewed(LEFT, 0.05, 3, "n"), RIGHT),
        (renewed(LEFT, 0.05, 4, "n"), renewed(RIGHT, 0.05, 5, "n")),
        (LEFT[::-1], RIGHT[::-1]),
        (LEFT[:-20], RIGHT),
    ],
    ids=["nothing", "right", "left", "both", "order", "fewer"],
)
@pytest.mark.parametrize(
    ("smaller", "kept"),
    [({}, True), ({"search__TALLIED": 400, "search__SAMPLED": 300}, True), ({"state__MOST_PAIRS": 500}, False)],
    ids=["usual", "sampled", "without pairs"],
)
def test_a_few_hundred_rows_are_linked_as_in_full(
    left: Table, right: Table, smaller: dict[str, int], kept: bool, tmp_path: Path
) -> None:
    with limits(**smaller):
        linked(LEFT, RIGHT, INDONESIA, tmp_path / "before", None)
        full, text = linked(left, right, INDONESIA, tmp_path / "full", None)
        found, again = linked(left, right, INDONESIA, tmp_path / "again", tmp_path / "before")
        is_as_in_full(found, full)
        assert again == text
    assert found.found.reuse is not None
    share = found.found.reuse.rows / len(right)
    assert share > 0.5 if kept else share == 0, share


def test_rows_that_did_not_change_are_not_searched_again(tmp_path: Path) -> None:
    linked(LEFT, RIGHT, INDONESIA, tmp_path / "before", None)
    with mock.patch("jangkau.linkage.search.Searcher.batch", autospec=True, side_effect=_counting) as batch:
        found, _ = linked(LEFT, RIGHT, INDONESIA, tmp_path / "same", tmp_path / "before")
    assert found.found.reuse == Reuse(len(RIGHT))
    assert sum(len(call.kwargs["lines"]) for call in batch.call_args_list) == 0


_batch = search.Searcher.batch


def _counting(*given: Any, **named: Any) -> Any:
    return _batch(*given, **named)


METHOD: dict[str, object] = {"left_id": "id", "fields": FIELDS}


class Files:
    """Two files and a method file, and links of them through the command line."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.write("left", people(count=60))
        self.write("right", people(count=200))
        self.method(METHOD)

    def write(self, name: str, rows: Sequence[dict[str, str | None]]) -> None:
        table = pa.Table.from_pylist([{"id": f"{name}-{k}", **row} for k, row in enumerate(rows)])
        pq.write_table(table, self.folder / f"{name}.parquet")

    def method(self, content: dict[str, object]) -> None:
        (self.folder / "method.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")

    def jangkau(self, out: str, *words: str) -> int:
        paths = [str(self.folder / name) for name in ("left.parquet", "right.parquet")]
        return main(
            ["link", *paths, "--method", str(self.folder / "method.yaml"), "--out", str(self.folder / out), *words]
        )

    def link(self, out: str, previous: str | None = None) -> Outcome:
        return link(
            left=self.folder / "left.parquet",
            right=self.folder / "right.parquet",
            method=self.folder / "method.yaml",
            out=self.folder / out,
            settings=Settings(threads=1, previous=self.folder / previous if previous else None),
            clock=time.monotonic,
        )

    def bytes_of(self, out: str) -> list[bytes]:
        names = ("links.parquet", "left.parquet", "model.json")
        return [(self.folder / out / name).read_bytes() for name in names]


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path)


def test_files_are_the_same_byte_for_byte(files: Files) -> None:
    files.link("before")
    files.write("right", people(count=190))
    files.link("full")
    outcome = files.link("again", previous="before")
    assert outcome.reuse is not None
    assert 170 < outcome.reuse.rows < 190  # the words of some names became rarer
    assert files.bytes_of("again") == files.bytes_of("full")


def test_the_folder_of_the_earlier_link_may_be_the_one_written_to(files: Files) -> None:
    files.link("out")
    files.write("right", people(count=190))
    files.link("full")
    assert files.link("out", previous="out").reuse is not None
    assert files.bytes_of("out") == files.bytes_of("full")


def test_nothing_that_a_row_says_is_in_the_state(files: Files) -> None:
    files.link("out")
    kept = b"".join(path.read_bytes() for path in (files.folder / "out" / "state").iterdir())
    for person in people(count=200):
        assert not [value for value in person.values() if value and len(value) > 4 and value.encode() in kept]


def _method(files: Files) -> None:
    files.method({**METHOD, "largest_block": 50})


def _version(files: Files) -> None:
    path = files.folder / "before" / "state" / "about.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"code": "another"}))


def _state_gone(files: Files) -> None:
    shutil.rmtree(files.folder / "before" / "state")


def _state_cut(files: Files) -> None:
    path = files.folder / "before" / "state" / "rows"
    path.write_bytes(path.read_bytes()[:-8])


def _size(files: Files) -> None:
    files.write("right", people(count=600))


def _left(files: Files) -> None:
    files.write("left", people(count=60, seed=9))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (_method, "another method"),
        (_version, "another version"),
        (_state_gone, "kept no notes"),
        (_state_cut, "kept no notes"),
        (_size, "of another size"),
        (_left, "too many left rows"),
    ],
)
def test_where_the_earlier_link_is_of_no_use_everything_is_done_and_it_is_said(
    files: Files, change: Callable[[Files], None], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    files.link("before")
    change(files)
    files.link("full")
    assert files.jangkau("again", "--previous", str(files.folder / "before"), "--lang", "en") == 0
    assert why in capsys.readouterr().out
    assert files.bytes_of("again") == files.bytes_of("full")


def test_what_was_taken_over_is_said(files: Files, capsys: pytest.CaptureFixture[str]) -> None:
    files.link("before")
    assert files.jangkau("again", "--previous", str(files.folder / "before"), "--lang", "en") == 0
    assert "200 rows on the right are as before" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["nowhere", "empty", "half"])
def test_a_folder_that_is_no_earlier_link_is_a_complaint(
    files: Files, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (files.folder / "empty").mkdir()
    files.link("half")
    (files.folder / "half" / "manifest.json").unlink()
    assert files.jangkau("out", "--previous", str(files.folder / name), "--lang", "en") == 2
    assert "no result of jangkau link" in capsys.readouterr().err
    assert not (files.folder / "out").exists()
