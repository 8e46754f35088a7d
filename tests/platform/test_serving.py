"""The platform as a command: it starts, says where, answers, and stops in order."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.platform.servers import SERVER, environment, new_database
from tests.platform.visitor import Visitor

FAST = 90.0


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
    return port


def fetched(address: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310 - our own, on loopback
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[subprocess.Popen[str], str, Path]]:
    """`jangkau serve` on a home of its own."""
    home = tmp_path_factory.mktemp("serve") / "rumah"
    for above in home.parents[:3]:
        above.chmod(0o711)
    port = free_port()
    command = [sys.executable, "-W", "ignore", "-m", "jangkau", "serve", "--home", str(home), "--port", str(port)]
    with new_database(home=home) as database:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment(database=database))
        yield from _until_ready(process, port, home)


def _until_ready(
    process: subprocess.Popen[str], port: int, home: Path
) -> Iterator[tuple[subprocess.Popen[str], str, Path]]:
    address = f"http://127.0.0.1:{port}"
    until = time.monotonic() + FAST
    while time.monotonic() < until:
        try:
            if fetched(f"{address}/readyz")[0] == 200:
                break
        except OSError:
            pass
        assert process.poll() is None, "it stopped by itself"
        time.sleep(0.3)
    yield process, address, home
    if process.poll() is None:
        process.kill()
        process.wait()


def test_it_is_ready_with_database_migrations_worker_and_disk(
    served: tuple[subprocess.Popen[str], str, Path],
) -> None:
    status, body = fetched(f"{served[1]}/readyz")
    assert json.loads(body) == {"database": True, "migrations": True, "worker": True, "disk": True}
    assert status == 200
    assert fetched(f"{served[1]}/healthz") == (200, "ok\n")


def test_a_stranger_is_sent_to_sign_in(served: tuple[subprocess.Popen[str], str, Path]) -> None:
    status, body = fetched(f"{served[1]}/pengguna/")
    assert status == 200
    assert "Masuk" in body


def test_secrets_are_the_owners_alone(served: tuple[subprocess.Popen[str], str, Path]) -> None:
    assert (served[2] / "secrets.json").stat().st_mode & 0o077 == 0


def children(process: subprocess.Popen[str] | subprocess.Popen[bytes], what: str) -> list[int]:
    """Processes below it whose command says ``what``; those that have ended have no command."""
    from psutil import Process, ZombieProcess

    found = []
    for one in Process(process.pid).children(recursive=True):
        with contextlib.suppress(ZombieProcess):
            found += [one.pid] if what in " ".join(one.cmdline()) else []
    return found


def are_gone(numbers: list[int]) -> bool:
    """Have these ended? What nobody has asked about since is a zombie."""
    from psutil import STATUS_ZOMBIE, Process, pid_exists

    return all(not pid_exists(number) or Process(number).status() == STATUS_ZOMBIE for number in numbers)


def until(condition: Callable[[], object], seconds: float = FAST) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.3)


def is_ready(address: str) -> bool:
    try:
        return fetched(f"{address}/readyz")[0] == 200
    except OSError:
        return False


def test_a_worker_that_is_killed_is_started_again(served: tuple[subprocess.Popen[str], str, Path]) -> None:
    process, address, _ = served
    (before,) = children(process, "jangkau.platform.working")
    os.kill(before, signal.SIGKILL)
    until(lambda: children(process, "jangkau.platform.working") not in ([], [before]))
    assert fetched(f"{address}/masuk/")[0] == 200
    assert process.poll() is None


@pytest.mark.skipif(bool(SERVER), reason="the server of DATABASE_URL is not ours to kill")
def test_a_database_that_is_killed_is_told_and_comes_back(
    served: tuple[subprocess.Popen[str], str, Path],
) -> None:
    process, address, home = served
    postmaster = int((home / "postgres" / "postmaster.pid").read_text().split()[0])
    os.kill(postmaster, signal.SIGKILL)
    answers = (fetched(f"{address}/masuk/") for _ in range(100))  # what served others outlives it for a moment
    status, body = next(one for one in answers if one[0] != 200)
    assert (status, "Basis data sedang tidak terhubung" in body) == (503, True)
    assert json.loads(fetched(f"{address}/readyz")[1])["database"] is False
    assert fetched(f"{address}/healthz")[0] == 200
    until(lambda: is_ready(address))
    assert fetched(f"{address}/masuk/")[0] == 200
    assert process.poll() is None


def test_a_request_that_nobody_can_read_gets_a_page(served: tuple[subprocess.Popen[str], str, Path]) -> None:
    visitor = Visitor(served[1])
    for path in ("/masuk/?x=" + "1" * 1_000_000, "/masuk/?" + "&".join(f"x{at}=" for at in range(600))):
        answer = visitor.ask(path)
        assert answer.status in (400, 414)
        assert "Permintaan ini tidak dapat dipahami" in answer.text
    answer = visitor.ask("/masuk/", headers={"Cookie": "sessionid=\x01"})
    assert "Permintaan ini tidak dapat dipahami" in answer.text or answer.status == 200


@pytest.mark.parametrize("path", ["/masuk/", "/kesenjangan/ekspor/baru/", "/kiriman/baru/", "/undangan/x/", "/bahasa/"])
def test_a_form_of_a_hundred_megabytes_is_answered(path: str, served: tuple[subprocess.Popen[str], str, Path]) -> None:
    visitor = Visitor(served[1])
    fields = {"csrfmiddlewaretoken": visitor.token()}
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    plain = visitor.ask(path, method="POST", body=b"x=" + b"a" * 100_000_000, headers=kind)
    assert plain.status in (200, 400)  # or sent to sign in
    many = visitor.ask(path, method="POST", body=b"&".join(b"f%d=1" % at for at in range(100_000)), headers=kind)
    assert many.status in (200, 400)
    files = visitor.send(path, fields, {"file": ("x.csv", b"a" * 100_000_000)})
    assert files.status in (200, 400, 403, 404, 410)
    assert all("<h1" in answer.text for answer in (plain, many, files))
    assert list((served[2] / "uploads").iterdir()) == []


def test_sigterm_stops_everything_with_exit_code_0(served: tuple[subprocess.Popen[str], str, Path]) -> None:
    process, address, home = served
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=FAST)
    assert process.returncode == 0
    assert "/undangan/" in out
    assert not (home / "postgres" / "postmaster.pid").exists()
    with pytest.raises(OSError, match=r".*"):
        urllib.request.urlopen(f"{address}/healthz", timeout=2)  # noqa: S310


def test_serve_that_is_killed_leaves_no_process_and_starts_again(tmp_path_factory: pytest.TempPathFactory) -> None:
    home = tmp_path_factory.mktemp("mati") / "rumah"
    for above in home.parents[:3]:
        above.chmod(0o711)
    port = free_port()
    command = [sys.executable, "-W", "ignore", "-m", "jangkau", "serve", "--home", str(home), "--port", str(port)]
    address = f"http://127.0.0.1:{port}"
    with new_database(home=home) as database:
        first = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment(database=database))
        until(lambda: is_ready(address))
        below = children(first, "leash")
        assert len(below) >= 4  # the web, its two processes, the worker
        first.kill()
        first.wait()
        until(lambda: are_gone(below))
        again = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment(database=database))
        until(lambda: is_ready(address))
        again.send_signal(signal.SIGTERM)
        assert again.wait(FAST) == 0
    assert not (home / "postgres" / "postmaster.pid").exists()  # also when an earlier one had started it
