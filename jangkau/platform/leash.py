"""Children that end with their parent, however it ends: `python -m jangkau.platform.leash MODULE ARGUMENTS`.

The parent keeps one end of a pipe that nobody else has. When it closes, the parent is gone, killed or not: the child is
told to stop, and killed with all of its own children when it has not done so in time.
"""

from __future__ import annotations

import os
import runpy
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from typing import Any

_PIPE = "JANGKAU_LEASH"
GRACE = 40.0
"""Seconds between being told to stop and being killed, when the parent is gone."""
_held: dict[int, int] = {}


def start(
    *,
    module: str,
    arguments: Sequence[str],
    env: dict[str, str],
    grace: float = GRACE,
    keep: Sequence[int] = (),
    **more: Any,
) -> subprocess.Popen[Any]:
    """Run a module of Python as a child with a session of its own, on a leash. ``grace``: seconds that it has to end
    when we are gone; ``keep``: open files that it inherits."""
    theirs, ours = os.pipe()
    command = [sys.executable, "-m", "jangkau.platform.leash", str(grace), module, *arguments]
    try:
        child = subprocess.Popen(  # noqa: S603 - our own programs
            command, env={**env, _PIPE: str(theirs)}, start_new_session=True, pass_fds=(theirs, *keep), **more
        )
    except BaseException:
        os.close(ours)
        raise
    finally:
        os.close(theirs)
    _let_go_of_ended(child, ours)
    return child


def _let_go_of_ended(child: subprocess.Popen[Any], ours: int) -> None:
    """Hold our end until the child has ended."""

    def wait() -> None:
        child.wait()
        os.close(ours)

    threading.Thread(target=wait, daemon=True).start()


def _watch(pipe: int, grace: float) -> None:
    while True:
        try:
            if not os.read(pipe, 1):
                break
        except InterruptedError:
            continue
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(grace)
    os.killpg(0, signal.SIGKILL)


def main() -> None:
    """Become the module, with somebody watching the pipe."""
    pipe = int(os.environ.pop(_PIPE))
    os.set_inheritable(pipe, False)
    grace, module, *arguments = sys.argv[1:]
    threading.Thread(target=_watch, args=(pipe, float(grace)), daemon=True).start()
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
