"""A run on invented data is held against the truth."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jangkau.complaints import Complaint
from jangkau.demo.compare import compare


def region(code: str | None, estimate: float, low: float, high: float) -> dict[str, object]:
    return {"region_code": code, "name": code, "unprotected": {"estimate": estimate, "low": low, "high": high}}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Six rows: linked rightly, by the second KPJ, wrongly, not at all, no member, no member but linked."""
    truth, out = tmp_path / "truth", tmp_path / "out"
    truth.mkdir()
    out.mkdir()
    kpjs = [["k1"], ["k2", "k3"], ["k4"], ["k5"], [], []]
    rows = {"file": ["a.csv"] * 6, "line": range(2, 8), "person": range(6), "kpjs": kpjs}
    pq.write_table(pa.table({**rows, "kpjs": pa.array(kpjs, pa.list_(pa.string()))}), truth / "list_rows.parquet")
    links = {
        "file": ["a.csv"] * 6,
        "line": range(2, 8),
        "kpj": ["k1", "k3", "k9", None, None, "k8"],
        "decision": ["match", "match", "match", "none", "none", "match"],
    }
    pq.write_table(pa.table(links), out / "links.parquet")
    (truth / "summary.json").write_text(json.dumps({"people": 6, "unprotected": 100, "by_region": {"1272": 50}}))
    whole = {"people": 5, "unprotected": {"estimate": 98.0, "low": 95.0, "high": 99.0}}
    regions = [region("1272", 51.0, 48.0, 54.0), region("7171", 1.0, 0.0, 2.0), region(None, 9.0, 8.0, 10.0)]
    (out / "summary.json").write_text(json.dumps({**whole, "by_region": regions}))
    return tmp_path


def test_links_are_counted_by_row_and_right_by_any_membership(folder: Path) -> None:
    links = compare(folder=folder, out=folder / "out").links
    assert (links.made, links.right, links.to_make) == (4, 2, 4)
    assert (links.precision, links.recall) == (0.5, 0.5)


def test_the_estimate_is_held_against_the_truth(folder: Path) -> None:
    figure = compare(folder=folder, out=folder / "out").unprotected
    assert figure.error == pytest.approx(-0.02)
    assert not figure.holds


def test_each_known_region_has_its_truth(folder: Path) -> None:
    found = compare(folder=folder, out=folder / "out").regions
    assert [(figure.code, figure.truth, figure.holds) for figure in found] == [("1272", 50, True), ("7171", 0, True)]


def test_people_of_no_known_region_are_counted_apart(folder: Path) -> None:
    assert compare(folder=folder, out=folder / "out").nowhere == 9.0


@pytest.mark.parametrize("missing", ["truth/summary.json", "out/summary.json"])
def test_what_is_not_there_is_told(folder: Path, missing: str) -> None:
    (folder / missing).unlink()
    with pytest.raises(Complaint) as told:
        compare(folder=folder, out=folder / "out")
    assert told.value.where == str(folder / missing)
