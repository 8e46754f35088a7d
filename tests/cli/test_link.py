"""`jangkau link` from outside: what it takes, what it leaves, and that it leaves the same whatever happens."""

from __future__ import annotations

import csv
import gzip
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from jangkau.cli import main
from tests.linkage.folders import people

Row = Mapping[str, str | None]
FIELDS: list[dict[str, object]] = [
    {"name": "nik", "kind": "nik"},
    {"name": "nama", "kind": "person_name"},
    {"name": "tanggal_lahir", "kind": "date"},
    {"name": "jenis_kelamin", "kind": "sex"},
    {"name": "kode_wilayah", "kind": "region"},
]
METHOD: dict[str, Any] = {"left_id": "id", "right_id": "kpj", "fields": FIELDS}
EVERYBODY = people(count=700)
NIK = "1234561234561234"
# The method file of the issue, letter by letter.
FEBRL = """
    left_id: rec_id
    right_id: rec_id
    fields:
      - {name: soc_sec_id, kind: identifier}
      - {name: [given_name, surname], kind: person_name}
      - {name: date_of_birth, kind: date, format: "%Y%m%d"}
      - {name: postcode, kind: code}
      - {name: address_1, kind: text}
    one_to_one: false
    review: {low: 0.05, high: 0.95}
"""


def with_ids(rows: Sequence[Row], name: str, first: int = 0) -> list[dict[str, str | None]]:
    return [{name: f"{first + k:05}", **row} for k, row in enumerate(rows)]


LEFT, RIGHT = with_ids(EVERYBODY[200:], "id", 200), with_ids(EVERYBODY[:500], "kpj")
"""Ids of five figures, zeros before them: one person has the same one on both sides; 200 to 499 are on both."""


@dataclass(frozen=True)
class Folder:
    """Where a test writes its files and links them."""

    path: Path

    def csv(self, name: str, rows: Sequence[Row], delimiter: str = ",") -> Path:
        with (self.path / name).open("w", newline="", encoding="utf-8") as file:
            table = csv.DictWriter(file, list(rows[0]), delimiter=delimiter)
            table.writeheader()
            table.writerows(rows)
        return self.path / name

    def parquet(self, name: str, rows: Sequence[Mapping[str, object]]) -> Path:
        pq.write_table(pa.Table.from_pylist([dict(row) for row in rows]), self.path / name)
        return self.path / name

    def method(self, name: str = "method.yaml", **words: Any) -> Path:
        (self.path / name).write_text(yaml.safe_dump(METHOD | words), encoding="utf-8")
        return self.path / name

    def link(self, *files: Path, out: str = "out", words: Sequence[str] = (), **method: Any) -> Path:
        arguments = ["link", *map(str, files), "--method", str(self.method(**method)), "--out", str(self.path / out)]
        assert main([*arguments, *words]) == 0
        return self.path / out


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


@pytest.fixture
def files(folder: Folder) -> tuple[Path, Path]:
    return folder.csv("left.csv", LEFT), folder.csv("right.csv", RIGHT)


def links(out: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(out / "links.parquet").to_pylist()
    return found


def matches(out: Path) -> set[tuple[str, str]]:
    return {(link["left_id"], link["right_id"]) for link in links(out) if link["decision"] == "match"}


def left_rows(out: Path) -> dict[Any, dict[str, Any]]:
    return {row["left_id"]: row for row in pq.read_table(out / "left.parquet").to_pylist()}


SAME = {(f"{k:05}", f"{k:05}") for k in range(200, 500)}


def test_two_csv_files_are_linked_and_ids_keep_their_zeros(folder: Folder, files: tuple[Path, Path]) -> None:
    out = folder.link(*files)
    assert matches(out) == SAME
    columns = pq.read_schema(out / "links.parquet").names
    assert columns == ["left_id", "right_id", "probability", "pattern", "decision"]
    assert {"left.parquet", "links.parquet", "model.json", "report.html"} <= {path.name for path in out.iterdir()}
    assert pq.read_metadata(out / "left.parquet").num_rows == 500


def test_parquet_ids_keep_their_type_and_dates_may_be_dates(folder: Folder) -> None:
    kinds = pa.schema([("kpj", pa.int64()), *((name, pa.string()) for name in EVERYBODY[0])])
    born = kinds.get_field_index("tanggal_lahir")
    table = pa.Table.from_pylist([{**row, "kpj": int(row["kpj"] or 0)} for row in RIGHT], schema=kinds)
    dates = table.column(born).cast(pa.date32())
    pq.write_table(table.set_column(born, "tanggal_lahir", dates), folder.path / "right.parquet")
    turned = [{**row, "tanggal_lahir": "/".join(reversed((row["tanggal_lahir"] or "").split("-")))} for row in LEFT]
    fields = [field | ({"format": "%d/%m/%Y"} if field["kind"] == "date" else {}) for field in FIELDS]
    out = folder.link(folder.parquet("left.parquet", turned), folder.path / "right.parquet", fields=fields)
    assert {(link["left_id"], link["right_id"]) for link in links(out)} == {(a, int(b)) for a, b in SAME}
    assert pq.read_schema(out / "links.parquet").field("right_id").type == pa.int64()
    assert json.loads((out / "model.json").read_text())["fields"][2]["filled"] == {"left": 1.0, "right": 1.0}


def test_a_csv_may_come_from_excel(folder: Folder, files: tuple[Path, Path]) -> None:
    text = folder.csv("semicolon.csv", LEFT, delimiter=";").read_text(encoding="utf-8")
    with_mark = folder.path / "mark.csv"
    with_mark.write_bytes(b"\xef\xbb\xbf" + text.replace("\r\n", "\n").encode())
    packed = folder.path / "right.csv.gz"
    packed.write_bytes(gzip.compress(files[1].read_bytes()))
    assert matches(folder.link(with_mark, packed)) == SAME


def test_one_file_alone_gives_its_duplicates_once(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    twice = [*LEFT, *with_ids(EVERYBODY[300:420], "id", 1300)]
    out = folder.link(folder.csv("list.csv", twice), words=["--lang", "en"])
    assert matches(out) == {(f"{k:05}", f"{k + 1000:05}") for k in range(300, 420)}
    assert "120 pairs of duplicates" in capsys.readouterr().out


def test_rows_with_nothing_usable_have_a_line_and_no_match(folder: Folder, files: tuple[Path, Path]) -> None:
    empty = {"id": "nobody"}
    out = folder.link(folder.csv("left.csv", [*LEFT, empty]), files[1])
    rows = left_rows(out)
    assert len(rows) == 501
    assert rows["nobody"]["best_right_id"] is None
    assert rows["nobody"]["probability"] < 0.6  # nothing is known of it beyond how many are on the right at all
    assert rows["00300"]["probability"] > 0.99
    assert (rows["00300"]["best_right_id"], rows["00300"]["ties"]) == ("00300", 1)
    assert rows["00600"]["probability"] < 0.05


def test_ties_are_counted_and_one_to_one_gives_each_row_one_partner(folder: Folder, files: tuple[Path, Path]) -> None:
    register = folder.csv("right.csv", [*RIGHT, *with_ids(EVERYBODY[250:260], "kpj", 90250)])
    many = folder.link(files[0], register, out="many")
    assert left_rows(many)["00255"]["ties"] == 2
    assert {b for a, b in matches(many) if a == "00255"} == {"00255", "90255"}
    one = folder.link(files[0], register, out="one", one_to_one=True)
    decided = [link for link in links(one) if link["decision"] != "no"]
    assert len({link["left_id"] for link in decided}) == len({link["right_id"] for link in decided}) == len(decided)
    assert len(decided) == 300


def test_review_limits_part_matches_from_reviews_and_leave_out_the_rest(
    folder: Folder, files: tuple[Path, Path]
) -> None:
    blurred = [row if k % 2 else row | {"nik": None, "tanggal_lahir": None} for k, row in enumerate(LEFT)]
    left = folder.csv("left.csv", blurred)
    wide = links(folder.link(left, files[1], out="wide", review={"low": 0.01, "high": 0.999}))
    narrow = links(folder.link(left, files[1], out="narrow", review={"low": 0.4, "high": 0.6}))
    for found, low, high in ((wide, 0.01, 0.999), (narrow, 0.4, 0.6)):
        assert all(link["probability"] >= low for link in found)
        assert all((link["decision"] == "match") == (link["probability"] >= high) for link in found)
    assert sum(link["decision"] == "review" for link in wide) > sum(link["decision"] == "review" for link in narrow)


def test_blocks_of_the_file_alone_are_used(folder: Folder, files: tuple[Path, Path]) -> None:
    moved = [row | {"nik": None} if k % 2 else row for k, row in enumerate(LEFT)]
    out = folder.link(folder.csv("left.csv", moved), files[1], blocks=[["nik"]])
    assert matches(out) == {(a, b) for a, b in SAME if int(a) % 2 == 0}
    assert [block["block"] for block in json.loads((out / "model.json").read_text())["blocks"]] == ["nik"]


def test_levels_of_the_file_are_the_only_ones(folder: Folder, files: tuple[Path, Path]) -> None:
    slipped = [row | {"tanggal_lahir": LEFT[k - 1]["tanggal_lahir"]} if k % 2 else row for k, row in enumerate(LEFT)]
    fields = [field | ({"levels": [1, [2, 3, 4, 5, 6]]} if field["kind"] == "date" else {}) for field in FIELDS]
    out = folder.link(folder.csv("left.csv", slipped), files[1], fields=fields)
    assert {link["pattern"][2] for link in links(out)} == {"1", "6"}


def test_a_veto_parts_what_agrees(folder: Folder, files: tuple[Path, Path]) -> None:
    other = [row | {"jenis_kelamin": "L" if row["jenis_kelamin"] == "P" else "P"} if k == 0 else row
             for k, row in enumerate(LEFT)]  # fmt: skip
    left = folder.csv("left.csv", other)
    assert ("00200", "00200") in matches(folder.link(left, files[1], out="free"))
    vetoed = folder.link(left, files[1], out="vetoed", vetoes=[{"jenis_kelamin": 2}])
    assert {link["left_id"] for link in links(vetoed)} == {a for a, _ in SAME} - {"00200"}
    assert left_rows(vetoed)["00200"]["best_right_id"] is None


def test_known_m_and_u_are_kept_as_given(folder: Folder, files: tuple[Path, Path]) -> None:
    fields = [field | ({"m": [0.9, 0.1], "u": [0.4, 0.6]} if field["kind"] == "sex" else {}) for field in FIELDS]
    fields = [field | ({"m": 0.75} if field["kind"] == "region" else {}) for field in fields]
    sex, region = json.loads((folder.link(*files, fields=fields) / "model.json").read_text())["fields"][3:]
    assert [(level["m"], level["u"]) for level in sex["levels"]] == [(0.9, 0.4), (0.1, 0.6)]
    assert (sex["m_from"], sex["u_from"], region["m_from"]) == ("given", "given", "given")
    assert region["levels"][0]["m"] == pytest.approx(0.75)


def test_people_without_a_nik_column_are_linked(folder: Folder, files: tuple[Path, Path]) -> None:
    found = matches(folder.link(*files, fields=FIELDS[1:], vetoes=[]))
    assert len(found & SAME) >= 297
    assert len(found - SAME) <= 3


def test_the_same_input_gives_the_same_bytes_on_any_number_of_threads(folder: Folder, files: tuple[Path, Path]) -> None:
    one, two = (folder.link(*files, out=f"out{n}", words=["--threads", str(n)]) for n in (1, 2))
    for name in ("links.parquet", "left.parquet", "model.json", "report.html"):
        assert (one / name).read_bytes() == (two / name).read_bytes(), name


def test_a_finished_folder_says_so_and_is_not_written_again(
    folder: Folder, files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    out = folder.link(*files)
    before = {path.name: path.stat().st_mtime_ns for path in out.iterdir()}
    capsys.readouterr()
    folder.link(*files, words=["--lang", "en"])
    assert "the results are there already" in capsys.readouterr().out
    assert {path.name: path.stat().st_mtime_ns for path in out.iterdir()} == before


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL")
@pytest.mark.parametrize("there", [".", "links.parquet", "manifest.json"])
def test_killed_and_started_again_it_ends_as_if_never_killed(
    folder: Folder, files: tuple[Path, Path], there: str
) -> None:
    whole = folder.link(*files, out="whole")
    command = [sys.executable, "-m", "jangkau", "link", *map(str, files)]
    command += ["--method", str(folder.path / "method.yaml"), "--out", str(folder.path / "out")]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while running.poll() is None and not (folder.path / ".out.partial" / there).exists():
        time.sleep(0.001)
    running.send_signal(signal.SIGKILL)
    running.wait()
    again = folder.link(*files)
    for name in ("links.parquet", "left.parquet", "model.json"):
        assert (again / name).read_bytes() == (whole / name).read_bytes()
    left_over = {path.name for path in folder.path.iterdir() if path.name.startswith(".out")}
    assert left_over <= {".out.lock"}


def test_the_method_file_of_the_issue_is_taken_as_it_stands(folder: Folder) -> None:
    def febrl(row: Row, k: int, suffix: str) -> dict[str, str | None]:
        given, _, surname = (row["nama"] or "").split(" ")[:3]
        return {
            "rec_id": f"rec-{k}-{suffix}",
            "given_name": given,
            "surname": surname,
            "address_1": f"jalan {surname} {k % 9}".lower(),
            "postcode": f"0{k % 90:03}",
            "date_of_birth": (row["tanggal_lahir"] or "").replace("-", ""),
            "soc_sec_id": f"0{k * 7919 % 10**6:06}",
        }

    left = folder.csv("a.csv", [febrl(row, k, "org") for k, row in enumerate(EVERYBODY)])
    right = folder.csv("b.csv", [febrl(row, k, "dup-0") for k, row in enumerate(EVERYBODY)])
    (folder.path / "issue.yaml").write_text(FEBRL, encoding="utf-8")
    out = folder.path / "out"
    assert main(["link", str(left), str(right), "--method", str(folder.path / "issue.yaml"), "--out", str(out)]) == 0
    assert matches(out) == {(f"rec-{k}-org", f"rec-{k}-dup-0") for k in range(700)}


def test_what_is_being_done_is_told_on_the_error_stream_and_no_nik_anywhere(
    folder: Folder, files: tuple[Path, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    folder.link(*files, words=["--lang", "en"])
    said = capsys.readouterr()
    assert "Looking for pairs" in said.err
    assert "500 rows on the left, 500 on the right: 300 pairs match" in said.out
    assert not any((row["nik"] or NIK) in said.out + said.err for row in LEFT)
