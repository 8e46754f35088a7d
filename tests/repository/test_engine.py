"""The engine has no clock, no environment and no call that only one system knows."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "jangkau"

# What would make a result depend on when or where it was computed.
CLOCK = {
    ("date", "today"),
    ("datetime", "now"),
    ("datetime", "today"),
    ("datetime", "utcnow"),
    ("time", "gmtime"),
    ("time", "localtime"),
    ("time", "monotonic"),
    ("time", "perf_counter"),
    ("time", "process_time"),
    ("time", "time"),
    ("time", "time_ns"),
}
ENVIRONMENT = {
    ("getpass", "getuser"),
    ("locale", "getlocale"),
    ("os", "environ"),
    ("os", "getenv"),
    ("os", "getlogin"),
    ("platform", "node"),
    ("socket", "gethostname"),
    ("uuid", "uuid1"),
    ("uuid", "uuid4"),
}
# The SQL of the engine runs in the same process and has clocks of its own.
SQL_CLOCK = ("current_date", "current_timestamp", "now()", "today()", "get_current_time", "localtimestamp")

POSIX_MODULES = {"crypt", "fcntl", "grp", "posix", "pty", "pwd", "resource", "syslog", "termios", "tty"}
POSIX_NAMES = {
    "os": {
        "WNOHANG", "chown",
        "chroot", "fchmod", "fchown", "fork", "forkpty", "getegid", "geteuid", "getgid", "getgroups",
        "getloadavg", "getpgid", "getpgrp", "getsid", "getuid", "initgroups", "killpg", "lchown", "mkfifo", "mknod",
        "nice", "posix_fadvise", "posix_fallocate", "posix_spawn", "sched_getaffinity", "sched_setaffinity", "sendfile",
        "setegid", "seteuid", "setgid", "setpgid", "setsid", "setuid", "statvfs", "sync", "sysconf", "uname", "wait",
        "wait3", "wait4",
    },
    "signal": {
        "SIGALRM", "SIGCHLD", "SIGCONT", "SIGHUP", "SIGKILL", "SIGPIPE", "SIGQUIT", "SIGSTOP", "SIGTSTP", "SIGUSR1",
        "SIGUSR2", "SIGXCPU", "SIGXFSZ", "alarm", "pause", "pthread_sigmask", "setitimer", "sigwait",
    },
    "errno": {"EDQUOT"},
    "socket": {"AF_UNIX"},
    "time": {"tzset"},
    "multiprocessing": {"fork", "forkserver"},
}  # fmt: skip


ABOVE = {"cli", "platform"}


def modules(*, without: frozenset[str] | set[str] = frozenset()) -> list[Path]:
    return [path for path in sorted(PACKAGE.rglob("*.py")) if not without & set(path.relative_to(PACKAGE).parts)]


def uses(tree: ast.AST) -> Iterator[tuple[str, str, int]]:
    """Every `module.name` and every `from module import name` of a file, with its line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            yield node.value.id, node.attr, node.lineno
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute):
            yield node.value.attr, node.attr, node.lineno
        elif isinstance(node, ast.ImportFrom) and node.module:
            for name in node.names:
                yield node.module.rsplit(".", 1)[-1], name.name, node.lineno


def clocks(source: str) -> list[int]:
    forbidden = CLOCK | ENVIRONMENT
    return [line for module, name, line in uses(ast.parse(source)) if (module, name) in forbidden]


def is_guard(test: ast.expr) -> bool:
    """Does a condition look at the system, or at whether the name exists?"""
    words = ast.unparse(test)
    return any(word in words for word in ("sys.platform", "os.name", "hasattr(", "platform.system"))


def unguarded(source: str) -> list[int]:
    """Lines that use what only POSIX has, outside `if sys.platform`, `if hasattr` and `try ... except ImportError`."""
    return sorted(set(_unguarded(ast.parse(source))))


def _unguarded(node: ast.AST) -> Iterator[int]:
    if isinstance(node, ast.If | ast.IfExp) and is_guard(node.test):
        return
    if isinstance(node, ast.Try) and any(
        handler.type is not None
        and {"ImportError", "AttributeError"} & set(ast.unparse(handler.type).strip("()").split(", "))
        for handler in node.handlers
    ):
        return
    if isinstance(node, ast.Import):
        yield from (node.lineno for name in node.names if name.name in POSIX_MODULES)
    elif isinstance(node, ast.ImportFrom):
        names = POSIX_NAMES.get(node.module or "", set())
        if node.module in POSIX_MODULES or any(name.name in names for name in node.names):
            yield node.lineno
    elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        if node.attr in POSIX_NAMES.get(node.value.id, set()):
            yield node.lineno
    elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("get_context"):
        yield from (node.lineno for value in node.args if isinstance(value, ast.Constant) and value.value != "spawn")
    for child in ast.iter_child_nodes(node):
        yield from _unguarded(child)


def test_the_engine_reads_no_clock_and_no_environment() -> None:
    found = [
        f"{path.relative_to(PACKAGE)}:{line}"
        for path in modules(without=ABOVE)
        if path.name != "spark_session.py"  # a cluster is started by its environment; no figure hangs on it
        for line in clocks(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_the_sql_of_the_engine_reads_no_clock() -> None:
    sql = (path for path in PACKAGE.rglob("*.sql") if not ABOVE & set(path.relative_to(PACKAGE).parts))
    files = [*sql, *modules(without=ABOVE)]
    found = [
        f"{path.relative_to(PACKAGE)}: {word}"
        for path in files
        for word in SQL_CLOCK
        if word in path.read_text(encoding="utf-8").lower()
    ]
    assert found == []


def test_no_call_that_only_posix_knows_goes_unguarded() -> None:
    found = [
        f"{path.relative_to(PACKAGE)}:{line}"
        for path in modules(without={"platform"})  # it serves from Linux: gunicorn is for POSIX alone
        for line in unguarded(path.read_text(encoding="utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        "import datetime\ndatetime.date.today()",
        "from datetime import date\ndate.today()",
        "import time\ntime.time()",
        "from time import perf_counter",
        "import os\nos.environ['HOME']",
    ],
)
def test_a_clock_or_the_environment_would_be_found(source: str) -> None:
    assert clocks(source) != []


@pytest.mark.parametrize(
    "source",
    [
        "import fcntl",
        "import os\nos.fork()",
        "import signal\nsignal.SIGKILL",
        "from os import geteuid",
        "import multiprocessing\nmultiprocessing.get_context('fork')",
    ],
)
def test_a_posix_call_would_be_found(source: str) -> None:
    assert unguarded(source) != []


@pytest.mark.parametrize(
    "source",
    [
        "try:\n    import fcntl\nexcept ImportError:\n    fcntl = None",
        "import os, sys\nif sys.platform != 'win32':\n    os.fork()",
        "import os\nn = os.geteuid() if hasattr(os, 'geteuid') else 0",
        "import multiprocessing\nmultiprocessing.get_context('spawn')",
    ],
)
def test_a_guarded_posix_call_is_allowed(source: str) -> None:
    assert unguarded(source) == []
