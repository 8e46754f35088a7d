"""The folder of outputs is whole whatever happens to the run."""

from __future__ import annotations

import errno
import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from jangkau.complaints import Complaint
from jangkau.outputs import Work, manifest, recover, staging

# A run that copies its three outputs in small steps, so that kills land everywhere; the same every time.
RUN = """
import sys
from pathlib import Path
from jangkau.outputs import Work, manifest, staging
target, version = Path(sys.argv[1]), sys.argv[2]
with staging(target=target) as folder:
    (folder / "gaps").mkdir()
    for number in range(40):
        (folder / "gaps" / f"{number}.xlsx").write_text(version * 1000)
    work = Work(inputs={"a.csv": version}, as_of="2021-04-30", versions={}, seed=1)
    manifest.write(manifest=manifest.build(folder=folder, work=work, timings={}), folder=folder)
"""


def finish(folder: Path, *, version: str) -> None:
    work = Work(inputs={"a.csv": version}, as_of="2021-04-30", versions={"code": "1"}, seed=1)
    (folder / "summary.json").write_text(version)
    manifest.write(manifest=manifest.build(folder=folder, work=work, timings={"read": 0.5}), folder=folder)


def run(target: Path, *, version: str) -> None:
    with staging(target=target) as folder:
        finish(folder, version=version)


def state(folder: Path) -> dict[str, str]:
    """Every file with its digest, those beside the target included, except the lock."""
    return {
        name: hashlib.sha256((folder / name).read_bytes()).hexdigest()
        for name in manifest.files_in(folder=folder)
        if not name.endswith(".lock")
    }


def test_outputs_appear_when_the_block_ends(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "out"
    with staging(target=target) as folder:
        finish(folder, version="1")
        assert not target.exists()
    assert sorted(path.name for path in target.iterdir()) == ["manifest.json", "summary.json"]
    assert [path.name for path in target.parent.iterdir() if path.name != ".out.lock"] == ["out"]


def test_a_failed_run_leaves_the_earlier_outputs_as_they_were(tmp_path: Path) -> None:
    target = tmp_path / "out"
    run(target, version="1")
    before = state(tmp_path)
    with pytest.raises(ZeroDivisionError), staging(target=target) as folder:
        (folder / "summary.json").write_text("half")
        raise ZeroDivisionError
    assert state(tmp_path) == before


def test_an_error_of_reading_is_not_told_as_an_error_of_writing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), staging(target=tmp_path / "out"):
        (tmp_path / "list.csv").read_bytes()


def test_a_new_run_replaces_the_old_outputs_wholly(tmp_path: Path) -> None:
    target = tmp_path / "out"
    with staging(target=target) as folder:
        (folder / "only-in-the-first.txt").write_text("1")
        finish(folder, version="1")
    run(target, version="2")
    assert sorted(path.name for path in target.iterdir()) == ["manifest.json", "summary.json"]
    assert (target / "summary.json").read_text() == "2"


def test_a_file_that_somebody_put_beside_the_outputs_is_kept(tmp_path: Path) -> None:
    target = tmp_path / "out"
    run(target, version="1")
    (target / "notes").mkdir()
    (target / "notes" / "call.txt").write_text("call Medan")
    run(target, version="2")
    assert (target / "notes" / "call.txt").read_text() == "call Medan"
    assert (target / "summary.json").read_text() == "2"


@pytest.mark.parametrize("content", ["{}", "not json", '{"name": "a web page", "start_url": "/"}', None])
def test_a_folder_that_no_run_wrote_is_refused_and_untouched(tmp_path: Path, content: str | None) -> None:
    target = tmp_path / "photos"
    target.mkdir()
    (target / "wedding.jpg").write_bytes(b"once")
    if content is not None:
        (target / "manifest.json").write_text(content)
    before = state(tmp_path)
    with pytest.raises(Complaint, match="cannot be written here"), staging(target=target):
        pytest.fail("the block must not run")
    assert state(tmp_path) == before


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(Complaint), staging(target=tmp_path / "out"):
        pytest.fail("the block must not run")
    assert (tmp_path / "out").read_text() == "a file"


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    run(tmp_path / "out", version="1")
    assert (tmp_path / "out" / "summary.json").read_text() == "1"


def test_two_runs_cannot_write_to_one_folder(tmp_path: Path) -> None:
    with staging(target=tmp_path / "out") as folder:
        finish(folder, version="1")
        second = subprocess.run(
            [sys.executable, "-c", RUN, str(tmp_path / "out"), "2"], capture_output=True, text=True, check=False
        )
    assert "Another run is writing here" in second.stderr
    assert (tmp_path / "out" / "summary.json").read_text() == "1"


def test_recover_leaves_a_running_run_alone(tmp_path: Path) -> None:
    with staging(target=tmp_path / "out") as folder:
        finish(folder, version="1")
        recover(target=tmp_path / "out")
    assert (tmp_path / "out" / "summary.json").read_text() == "1"


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
def test_a_link_to_a_folder_elsewhere_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "out").symlink_to(tmp_path / "disk")
    run(tmp_path / "out", version="1")
    assert (tmp_path / "out").is_symlink()
    assert (tmp_path / "disk" / "summary.json").read_text() == "1"


@pytest.mark.parametrize("finished", [True, False])
def test_a_kill_between_the_renames_is_mended(tmp_path: Path, finished: bool) -> None:
    target = tmp_path / "out"
    run(target, version="1")
    target.rename(tmp_path / ".out.old")
    (tmp_path / ".out.partial").mkdir()
    if finished:
        finish(tmp_path / ".out.partial", version="2")
    recover(target=target)
    assert (target / "summary.json").read_text() == ("2" if finished else "1")
    assert [path.name for path in tmp_path.iterdir() if path.name != ".out.lock"] == ["out"]


def test_a_kill_before_the_old_outputs_were_deleted_is_mended(tmp_path: Path) -> None:
    target = tmp_path / "out"
    run(target, version="1")
    (target / "note.txt").write_text("call Medan")
    target.rename(tmp_path / ".out.old")
    target.mkdir()
    finish(target, version="2")
    recover(target=target)
    assert (target / "summary.json").read_text() == "2"
    assert (target / "note.txt").read_text() == "call Medan"
    assert not (tmp_path / ".out.old").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is a POSIX signal")
def test_killed_at_any_instant_and_run_again_ends_the_same(tmp_path: Path) -> None:
    undisturbed = tmp_path / "undisturbed"
    undisturbed.mkdir()
    subprocess.run([sys.executable, "-c", RUN, str(undisturbed / "out"), "2"], check=True)
    expected = state(undisturbed)
    folder = tmp_path / "killed"
    folder.mkdir()
    subprocess.run([sys.executable, "-c", RUN, str(folder / "out"), "1"], check=True)
    begin = time.monotonic()
    subprocess.run([sys.executable, "-c", RUN, str(folder / "out"), "1"], check=True)
    whole = time.monotonic() - begin
    killed = 0
    for step in range(24):
        # From start-up to after the last rename; early enough to kill most even if the machine has become faster.
        process = subprocess.Popen([sys.executable, "-c", RUN, str(folder / "out"), "2"])
        time.sleep(whole * (0.2 + 0.9 * step / 24))
        process.kill()
        killed += process.wait() == -9
        recover(target=folder / "out")
        assert manifest.whole(folder=folder / "out")
    subprocess.run([sys.executable, "-c", RUN, str(folder / "out"), "2"], check=True)
    assert killed >= 3
    assert state(folder) == expected


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is a POSIX signal")
@pytest.mark.parametrize("call", range(1, 14))
def test_killed_before_any_change_of_the_folder_and_run_again_ends_the_same(tmp_path: Path, call: int) -> None:
    """The process kills itself at its nth rename, mkdir, unlink or rmdir once all is written: no instant is missed."""
    undisturbed = tmp_path / "undisturbed"
    undisturbed.mkdir()
    subprocess.run([sys.executable, "-c", RUN, str(undisturbed / "out"), "2"], check=True)
    folder = tmp_path / "killed"
    folder.mkdir()
    subprocess.run([sys.executable, "-c", RUN, str(folder / "out"), "1"], check=True)
    counted = f"""
import os, signal, sys
left = [{call}]
armed = []
def hook(event, arguments):
    if event == "open" and str(arguments[0]).endswith("manifest.json") and arguments[1] == "w":
        armed.append(True)
    if armed and event in ("os.rename", "os.mkdir", "os.remove", "os.rmdir"):
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(hook)
"""
    process = subprocess.run([sys.executable, "-c", counted + RUN, str(folder / "out"), "2"], check=False)
    assert process.returncode == -9
    recover(target=folder / "out")
    assert manifest.whole(folder=folder / "out")
    subprocess.run([sys.executable, "-c", RUN, str(folder / "out"), "2"], check=True)
    assert state(folder) == state(undisturbed)


@pytest.mark.skipif(sys.platform == "win32", reason="no small file system can be made without rights")
def test_a_full_disk_is_one_message_and_nothing_is_left(tmp_path: Path) -> None:
    target = tmp_path / "out"
    run(target, version="1")
    before = state(tmp_path)
    with pytest.raises(Complaint, match="no space left"), staging(target=target) as folder:
        (folder / "half.bin").write_bytes(b"half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert state(tmp_path) == before


@pytest.mark.skipif(not (hasattr(os, "geteuid") and os.geteuid() == 0), reason="only root can write to any folder")
def test_a_really_full_disk_is_one_message_and_nothing_is_left(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("this machine does not let us mount a small disk")
    try:
        run(disk / "out", version="1")
        before = state(disk)
        with pytest.raises(Complaint, match="no space left"), staging(target=disk / "out") as folder:
            (folder / "gaps.parquet").write_bytes(bytes(1_000_000))
        assert state(disk) == before
    finally:
        subprocess.run(["umount", str(disk)], check=True)
