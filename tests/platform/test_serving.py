"""The platform as a command: it starts, says where, answers, and stops in order."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.platform.servers import environment, new_database

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


def test_sigterm_stops_everything_with_exit_code_0(served: tuple[subprocess.Popen[str], str, Path]) -> None:
    process, address, home = served
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=FAST)
    assert process.returncode == 0
    assert "/undangan/" in out
    assert not (home / "postgres" / "postmaster.pid").exists()
    with pytest.raises(OSError, match=r".*"):
        urllib.request.urlopen(f"{address}/healthz", timeout=2)  # noqa: S310
