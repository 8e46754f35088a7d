"""The processes below `jangkau serve`: watched, started again where they may be, and stopped in order."""

from __future__ import annotations

import logging
import signal
import subprocess
import time
from collections.abc import Callable
from types import FrameType

from jangkau.complaints import Complaint, Text
from jangkau.platform.database import Embedded

log = logging.getLogger(__name__)
PATIENCE = 60.0
"""Seconds that requests and jobs have to come to an end."""


class Part:
    """A child of this process. ``again``: when it ends by itself it is started again, later and later."""

    LONGEST = 30.0

    def __init__(self, name: str, begin: Callable[[], subprocess.Popen[bytes]], *, again: bool) -> None:
        self.name, self._begin, self.again = name, begin, again
        self.process = begin()
        self._began, self._pause = time.monotonic(), 0.5
        self._due: float | None = None

    def look(self) -> int | None:
        """Start it again when it is time to; its exit code when it ended and is not to be started again."""
        code = self.process.poll()
        if code is None or not self.again:
            return code
        now = time.monotonic()
        if self._due is None:
            self._pause = 0.5 if now - self._began > 60 else min(2 * self._pause, self.LONGEST)
            self._due = now + self._pause
            log.warning("the %s ended with %d and is started again", self.name, code)
        elif now >= self._due:
            self.process, self._began, self._due = self._begin(), now, None
        return None


class Stop:
    """SIGTERM and SIGINT, remembered instead of obeyed at once."""

    def __init__(self) -> None:
        self.asked = False
        self._before: dict[signal.Signals, object] = {}

    def __enter__(self) -> Stop:
        for one in (signal.SIGTERM, signal.SIGINT):
            self._before[one] = signal.signal(one, self._ask)
        return self

    def __exit__(self, *_: object) -> None:
        for one, before in self._before.items():
            signal.signal(one, before)  # type: ignore[arg-type]

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self.asked = True


def watch(*, parts: list[Part], server: Embedded | None, stop: Stop) -> int:
    """Wait until told to stop. A worker that ended and a database of ours that died are started again; a web server
    that ended by itself ends everything, so that a supervisor starts us again."""
    looked = time.monotonic()
    while not stop.asked:
        for part in parts:
            code = part.look()
            if code is not None:
                raise Complaint(
                    what=Text("Salah satu bagian berhenti sendiri.", "One of the parts stopped by itself."),
                    where=f"jangkau serve: {part.name}",
                    why=Text(f"Kode keluar {code}.", f"Exit code {code}."),
                    do=Text("Lihat baris di atasnya, lalu mulai lagi.", "See the lines above, then start again."),
                )
        if server is not None and time.monotonic() - looked > 1:
            looked = time.monotonic()
            if not server.runs():
                log.warning("the database ended and is started again")
                server.start()
        time.sleep(0.2)
    return 0


def end(*, children: list[subprocess.Popen[bytes]]) -> None:
    """Tell all of them to stop and wait until they have; whoever does not in time is killed."""
    for child in children:
        if child.poll() is None:
            child.terminate()
    until = time.monotonic() + PATIENCE
    for child in children:
        try:
            child.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
