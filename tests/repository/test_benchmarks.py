"""What benchmarks print and write is what was measured."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import duckdb
import pytest

from benchmarks.processes import measured
from benchmarks.results import SCRIPTS, page, sections_of
from benchmarks.rows import Row, Size, table
from benchmarks.scores import scores

ROOT = Path(__file__).resolve().parents[2]


def test_what_was_not_measured_now_keeps_its_table_of_before() -> None:
    before = page(sections={"national": "## national\n\nsixty million\n", "febrl4": "## febrl4\n\nold\n"})
    after = page(sections=sections_of(text=before) | {"febrl4": "## febrl4\n\nnew\n"})
    assert "sixty million" in after
    assert "new" in after
    assert "old" not in after
    assert page(sections=sections_of(text=after)) == after


def test_a_missed_target_is_said() -> None:
    printed = table([Row("seconds", "61 s", "at most 60 s", holds=False), Row("memory", "1 GB")])
    assert "| NO " in printed
    assert printed.count("NO") == 1


@pytest.mark.parametrize("name", [script.name for script in SCRIPTS])
def test_every_script_of_the_page_offers_its_measurement(name: str) -> None:
    tree = ast.parse((ROOT / "benchmarks" / f"{name}.py").read_text(encoding="utf-8"))
    measures = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "measure"]
    assert [ast.unparse(node.args) for node in measures] == ["size: Size"]
    assert f"`{name}.py`" in (ROOT / "benchmarks" / "README.md").read_text(encoding="utf-8")


def test_sizes_scale_and_never_vanish() -> None:
    assert Size(scale=0.1, threads=2, folder=ROOT).rows(5_000_000) == 500_000
    assert Size(scale=0.0001, threads=2, folder=ROOT).rows(5_000_000) == 2_000


def written(path: Path, rows: str) -> Path:
    duckdb.connect().execute(
        f"COPY (SELECT * FROM (VALUES {rows}) AS t(left_id, right_id, probability)) TO '{path}' (FORMAT parquet)"
    )
    return path


def test_the_peak_of_a_process_is_its_own_and_not_that_of_who_started_it() -> None:
    ballast = bytearray(300_000_000)
    assert measured(command=[sys.executable, "-c", "pass"]).peak < len(ballast) / 1e9 / 2
    assert measured(command=[sys.executable, "-c", "bytearray(200_000_000)"]).peak > 0.2


def test_a_process_that_fails_stops_the_measuring() -> None:
    with pytest.raises(SystemExit, match="ended with 3"):
        measured(command=[sys.executable, "-c", "import sys; sys.exit(3)"])


TRUTH = "SELECT * FROM (VALUES ('a', 'x'), ('b', 'y'), ('c', 'z'), ('d', 'w')) AS t(left_id, right_id)"


def test_precision_and_recall_count_pairs_against_the_truth(tmp_path: Path) -> None:
    links = written(tmp_path / "links.parquet", "('a','x',0.9), ('b','y',0.6), ('a','y',0.6), ('c','z',0.3)")
    found = scores(links=links, truth=TRUTH)
    assert (found.half.precision, found.half.recall) == (2 / 3, 2 / 4)
    assert found.half.f1 == pytest.approx(2 * 2 / (3 + 4))


def test_the_best_threshold_takes_all_pairs_of_one_probability(tmp_path: Path) -> None:
    links = written(tmp_path / "links.parquet", "('a','x',0.9), ('b','y',0.6), ('a','y',0.6), ('c','z',0.3)")
    found = scores(links=links, truth=TRUTH)
    assert (found.best.threshold, found.best.precision, found.best.recall) == (0.3, 3 / 4, 3 / 4)


def test_a_pair_of_one_file_is_the_same_pair_either_way_round(tmp_path: Path) -> None:
    links = written(tmp_path / "links.parquet", "('x','a',0.9), ('b','y',0.8)")
    assert scores(links=links, truth=TRUTH, both_ways=True).half.recall == 2 / 4
    assert scores(links=links, truth=TRUTH).half.recall == 1 / 4


def test_no_link_at_all_scores_nothing_and_does_not_fail(tmp_path: Path) -> None:
    links = written(tmp_path / "links.parquet", "('q','q',0.2)")
    assert scores(links=links, truth=TRUTH).half.f1 == 0
