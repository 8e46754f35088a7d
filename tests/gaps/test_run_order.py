"""Rows and files in another order: the same figures, people and ids. Other threads: the same bytes."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import yaml

from jangkau.cli import main

from .office import Result


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small invented province and its run, on one thread."""
    folder = tmp_path_factory.mktemp("order") / "demo"
    assert main(["demo", str(folder), "--register", "5000", "--lists", "2500", "--provinces", "12,71"]) == 0
    assert main(["run", str(folder), "--threads", "1"]) == 0
    return folder


@pytest.fixture(scope="module")
def shuffled(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with the rows of each text and Parquet file, and the files in run.yaml, in another order."""
    folder = tmp_path_factory.mktemp("order") / "shuffled"
    shutil.copytree(demo, folder, ignore=shutil.ignore_patterns("out", "truth", ".*"))
    dice = random.Random(7)
    for path in sorted(folder.iterdir()):
        if path.suffix == ".parquet":
            table = pq.read_table(path)
            pq.write_table(table.take(dice.sample(range(table.num_rows), table.num_rows)), path)
        elif path.suffix in (".csv", ".txt") and not path.name.startswith("branches"):
            shuffle_lines(path, dice)
    plan = yaml.safe_load((folder / "run.yaml").read_text(encoding="utf-8"))
    dice.shuffle(plan["lists"])
    (folder / "run.yaml").write_text(yaml.safe_dump(plan), encoding="utf-8")
    assert main(["run", str(folder)]) == 0
    return folder


def shuffle_lines(path: Path, dice: random.Random) -> None:
    content = path.read_bytes()
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "latin-1"
    lines = content.decode(encoding).splitlines()
    start = next(number for number, line in enumerate(lines) if "nik" in line.lower() or "ktp" in line.lower()) + 1
    rows = lines[start:]
    assert not any(line.count('"') % 2 for line in rows)
    dice.shuffle(rows)
    path.write_bytes(("\r\n".join(lines[:start] + rows) + "\r\n").encode(encoding))


def test_rows_in_another_order_give_the_same_figures(demo: Path, shuffled: Path) -> None:
    assert Result(shuffled / "out").summary == Result(demo / "out").summary


def test_and_the_same_people_with_the_same_ids(demo: Path, shuffled: Path) -> None:
    assert Result(shuffled / "out").people == Result(demo / "out").people


def test_and_each_member_found_by_as_many_rows(demo: Path, shuffled: Path) -> None:
    def found(folder: Path) -> list[tuple[str, ...]]:
        links = Result(folder / "out").rows("links")
        return sorted((r["file"], r["person_id"], str(r["kpj"]), r["decision"], r["reason"]) for r in links)

    assert found(shuffled) == found(demo)


def test_two_threads_give_the_bytes_of_one(demo: Path) -> None:
    before = Result(demo / "out").json("manifest.json")["outputs"]
    assert main(["run", str(demo), "--threads", "2", "--memory", "1GB", "--force"]) == 0
    assert Result(demo / "out").json("manifest.json")["outputs"] == before
