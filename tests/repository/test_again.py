"""A run made again: by other threads, from rows in another order, after a kill, without need."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from jangkau.cli import main
from jangkau.outputs import manifest

NAMES = ("register.parquet", "kur_bri.txt", "kur_bni.csv", "prakerja_2020.csv", "tenaga_non_asn.xlsx")


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with some invented files, and its run in `out`."""
    demo = tmp_path_factory.mktemp("again") / "demo"
    assert main(["demo", str(demo), "--register", "4000", "--lists", "2000", "--provinces", "12,71"]) == 0
    folder = demo.parent / "first"
    folder.mkdir()
    for name in NAMES:
        shutil.copy(demo / name, folder)
    assert main(["run", str(folder), "--as-of", "2021-04-30"]) == 0
    return folder


def copy(first: Path, to: Path) -> Path:
    to.mkdir()
    for name in NAMES:
        shutil.copy(first / name, to)
    return to


def digests(folder: Path) -> dict[str, str]:
    found = manifest.read(folder=folder / "out")
    assert found is not None
    return dict(found.outputs)


def summary(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "out" / "summary.json").read_text(encoding="utf-8"))
    return found


def test_one_thread_gives_the_same_digests(first: Path, tmp_path: Path) -> None:
    folder = copy(first, tmp_path / "second")
    assert main(["run", str(folder), "--as-of", "2021-04-30", "--threads", "1", "--memory", "2GB"]) == 0
    assert digests(folder) == digests(first)


def test_rows_in_another_order_give_the_same_figures_and_people(first: Path, tmp_path: Path) -> None:
    folder = copy(first, tmp_path / "second")
    head, *rows = (folder / "kur_bri.txt").read_bytes().splitlines(keepends=True)
    random.Random(1).shuffle(rows)
    (folder / "kur_bri.txt").write_bytes(head + b"".join(row.rstrip(b"\r\n") + b"\r\n" for row in rows))
    register = pq.read_table(folder / "register.parquet")
    order = random.Random(2).sample(range(register.num_rows), register.num_rows)
    pq.write_table(register.take(order), folder / "register.parquet")
    assert main(["run", str(folder), "--as-of", "2021-04-30"]) == 0
    assert summary(folder) == summary(first)
    columns = ["person_id", "nik", "name", "status"]
    people = [pq.read_table(at / "out" / "people.parquet", columns=columns) for at in (folder, first)]
    assert people[0].equals(people[1])


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is a POSIX signal")
def test_a_killed_run_made_again_gives_the_same_digests(first: Path, tmp_path: Path) -> None:
    folder = copy(first, tmp_path / "second")
    command = [sys.executable, "-m", "jangkau", "run", str(folder), "--as-of", "2021-04-30", "--force"]
    for seconds in (0.8, 1.6, 2.4):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(seconds)
        process.kill()
        process.wait()
    assert main(["run", str(folder), "--as-of", "2021-04-30"]) == 0
    assert digests(folder) == digests(first)
    assert {path.name for path in folder.iterdir()} == {*NAMES, "out", ".out.lock"}


def test_a_finished_run_is_not_done_again(first: Path) -> None:
    before = (first / "out" / "manifest.json").stat().st_mtime_ns
    assert main(["run", str(first), "--as-of", "2021-04-30"]) == 0
    assert (first / "out" / "manifest.json").stat().st_mtime_ns == before


def test_no_time_path_version_or_thread_count_is_in_the_summary(first: Path) -> None:
    text = (first / "out" / "summary.json").read_text(encoding="utf-8")
    assert str(first) not in text
    assert not {"timings", "threads", "version", "versions", "path", "seconds"} & set(summary(first))


def test_the_report_and_the_messages_name_nobody(first: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", str(first), "--as-of", "2021-04-30"]) == 0
    shown = capsys.readouterr()
    text = shown.out + shown.err + (first / "out" / "report.html").read_text(encoding="utf-8")
    niks = pq.read_table(first / "out" / "people.parquet", columns=["nik"])["nik"].drop_null().to_pylist()
    assert len(niks) > 100
    assert [nik for nik in niks if nik in text] == []


def test_a_full_disk_ends_with_a_message_and_nothing_half_written(first: Path, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", str(disk)]
    try:
        if subprocess.run(words, capture_output=True, check=False).returncode:
            pytest.skip("this machine does not let us mount a small disk")
    except FileNotFoundError:
        pytest.skip("there is no mount here")
    try:
        command = [sys.executable, "-m", "jangkau", "run", str(first), "--as-of", "2021-04-30", "--lang", "en"]
        answer = subprocess.run([*command, "--out", str(disk / "out")], capture_output=True, text=True, check=False)
        assert answer.returncode == 2
        assert "no space left" in answer.stderr
        assert [path.name for path in disk.iterdir()] == [".out.lock"]
    finally:
        subprocess.run(["umount", str(disk)], check=True)
