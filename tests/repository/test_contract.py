"""docs/reference/run.md holds for a real run: every file, column, key and option in it, and no other."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jangkau.cli import main

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "reference" / "run.md").read_text(encoding="utf-8")

KINDS = {
    "text": pa.string(),
    "date": pa.date32(),
    "number": pa.float64(),
    "whole number": pa.int64(),
    "list of text": pa.list_(pa.string()),
    "yes or no": pa.bool_(),
}


def section(title: str) -> str:
    return re.split(rf"^#+ {re.escape(title)}\n", PAGE, flags=re.MULTILINE)[1].split("\n#", 1)[0]


def table(title: str) -> list[list[str]]:
    """The cells of the table of a section, without its head."""
    lines = [line for line in section(title).splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines[2:]]


def names(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


def columns(title: str) -> dict[str, pa.DataType | None]:
    return {name: KINDS.get(cells[1]) for cells in table(title) for name in names(cells[0])}


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("contract") / "demo"
    assert main(["demo", str(folder), "--register", "6000", "--lists", "3000", "--provinces", "12,71"]) == 0
    assert main(["run", str(folder)]) == 0
    return folder / "out"


@pytest.fixture(scope="module")
def summary(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    return found


@pytest.mark.parametrize("name", ["people.parquet", "links.parquet", "gaps.parquet", "doubtful.parquet"])
def test_a_parquet_has_the_columns_of_the_contract(out: Path, name: str) -> None:
    schema = pq.read_schema(out / name)
    documented = columns(name)
    assert set(schema.names) == set(documented)
    kinds = columns("people.parquet") | {key: kind for key, kind in documented.items() if kind is not None}
    assert {name: schema.field(name).type for name in documented} == {name: kinds[name] for name in documented}


def test_the_people_of_the_gap_are_those_not_protected(out: Path) -> None:
    people = pq.read_table(out / "people.parquet").to_pylist()
    gaps = pq.read_table(out / "gaps.parquet").to_pylist()
    unprotected = {row["person_id"] for row in people if row["status"] in ("lapsed", "not_found", "doubtful")}
    assert {row["person_id"] for row in gaps} == unprotected


def test_the_summary_has_the_keys_of_the_contract(summary: dict[str, Any]) -> None:
    documented = {cells[0].strip("`"): names(cells[1]) for cells in table("summary.json")}
    assert list(summary) == [key for key in documented if key != "id_changes"]  # with --previous alone
    for key in ("rows", "register", "status", "unprotected", "duty"):
        assert set(summary[key]) == set(documented[key]), key


def test_each_group_has_the_keys_of_the_contract(summary: dict[str, Any]) -> None:
    own = {cells[0].strip("`"): set(names(cells[1])) for cells in table("summary.json")}
    common = {"people", "status", "unprotected", "duty"}
    for key in (key for key in own if key.startswith("by_")):
        assert summary[key], key
        for group in summary[key]:
            assert set(group) == own[key] | common, key


def test_every_status_and_duty_is_documented(out: Path) -> None:
    meaning = {cells[0].strip("`"): set(names(cells[2])) for cells in table("people.parquet")}
    people = pq.read_table(out / "people.parquet", columns=["status", "duty", "sex", "segment"])
    kinds = {cells[0].strip("`"): set(names(cells[2])) for cells in table("links.parquet")}
    links = pq.read_table(out / "links.parquet", columns=["decision"])
    for name in ("status", "duty", "sex", "segment"):
        assert set(people[name].drop_null().to_pylist()) <= meaning[name], name
    assert set(links["decision"].to_pylist()) <= kinds["decision"]


def test_every_file_is_documented_and_every_documented_file_is_there(out: Path) -> None:
    found = {path.name for path in out.iterdir()}
    assert found == {
        "summary.json",
        "people.parquet",
        "links.parquet",
        "gaps.parquet",
        "gaps",
        "doubtful.parquet",
        "refused",
        "manifest.json",
        "report.html",
        "state",
    }
    assert all(f"### {name}" in PAGE for name in found - {"gaps", "refused", "state"})
    assert "`state/`" in PAGE


def test_refused_rows_have_the_columns_of_the_contract(out: Path) -> None:
    documented = [name for cells in table("refused/FILE.csv") for name in names(cells[0])]
    for path in (out / "refused").iterdir():
        head = path.read_text(encoding="utf-8-sig").splitlines()[0].split(",")
        assert head[-len(documented) :] == documented


def test_the_run_can_be_compared_with_the_truth(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", str(out.parent), "--compare", "--lang", "en"]) == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in ("Kota Pematangsiantar", "Kab. Simalungun", "Kota Manado", "precision"))


def test_the_manifest_has_the_keys_of_the_contract(out: Path) -> None:
    found = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert set(names(section("manifest.json"))) == set(found) - {"made_by", "outputs"}


def test_every_option_is_documented(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["run", "--help"])
    options = set(re.findall(r"--[a-z-]+", capsys.readouterr().out)) - {"--help"}
    assert {name.split()[0] for cells in table("`jangkau run`: files and columns") for name in names(cells[0])} == {
        "FOLDER",
        *options,
    }
