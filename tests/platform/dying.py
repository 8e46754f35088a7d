"""A process that does jobs and dies in the middle of them: `python -m tests.platform.dying HOME OWNER WEB`.

It is made ready once; each line on stdin is one thing to do in a fork of it: {"module", "before", "call", "with"}. The
fork is killed by SIGKILL when it comes to the function ``before`` of ``module`` (or, with "nth", to its nth call), and
what it had open is as it is when a worker is killed. The answer is how it ended.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import sys
from datetime import date
from pathlib import Path
from typing import Any

CALLS = {
    "load": ("jangkau.platform.registry.jobs", "load"),
    "run": ("jangkau.platform.registry.jobs", "run"),
    "export": ("jangkau.platform.registry.jobs", "export"),
    "check": ("jangkau.platform.intake.jobs", "check_delivery"),
    "expire": ("jangkau.platform.intake.jobs", "delete_expired"),
    "take": ("jangkau.platform.coverage.jobs", "take"),
}


def _deadly(asked: dict[str, Any]) -> None:
    """Put death where it was asked for."""
    if not asked["before"]:
        return
    module = importlib.import_module(asked["module"])
    *path, name = asked["before"].split(".")
    holder: Any = module
    for part in path:
        holder = getattr(holder, part)
    real, left = getattr(holder, name), [asked.get("nth", 1)]

    def die(*arguments: Any, **named: Any) -> Any:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*arguments, **named)

    setattr(holder, name, die)


def _day(value: Any) -> Any:
    return date.fromisoformat(value["date"]) if isinstance(value, dict) else value


def main() -> None:
    from jangkau.platform.database import Databases
    from jangkau.platform.home import Home
    from jangkau.platform.serving import set_up

    home, owner, web = sys.argv[1:]
    set_up(home=Home(Path(home)), databases=Databases(owner, web))
    calls = {name: getattr(importlib.import_module(module), call) for name, (module, call) in CALLS.items()}
    print("ready", flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if child == 0:
            _deadly(asked)
            given = {name: _day(value) for name, value in asked["with"].items()}
            calls[asked["call"]](**given)
            os._exit(0)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
