"""`jangkau serve`: database, migrations, web and worker as one; and all of it stopped in order."""

from __future__ import annotations

import contextlib
import functools
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from jangkau.complaints import Complaint, Text
from jangkau.platform import leash
from jangkau.platform.database import LOCK, Databases, Embedded, embedded, prepare
from jangkau.platform.home import Home, open_home

if TYPE_CHECKING:
    from jangkau.platform.demonstration import Account

log = logging.getLogger(__name__)
PATIENCE = 60.0
"""Seconds that requests and jobs have to come to an end."""
THREADS = 4


@dataclass(frozen=True)
class Serving:
    """How to serve. ``database_url`` None: the PostgreSQL that comes along."""

    home: Path
    host: str = "127.0.0.1"
    port: int = 8000
    worker: bool = True
    web: bool = True
    database_url: str | None = None
    processes: int = 2
    demo: Path | None = None


@contextlib.contextmanager
def database_of(*, serving: Serving) -> Iterator[tuple[Home, Databases]]:
    """The home and its database, started when it is ours, with its roles."""
    if sys.platform == "win32":
        raise Complaint(
            what=Text("Platform tidak berjalan di Windows.", "The platform does not run on Windows."),
            where="jangkau serve",
            why=Text("Server web-nya memerlukan Linux atau macOS.", "Its web server needs Linux or macOS."),
            do=Text("Pakai WSL atau sebuah server; jangkau run berjalan di Windows.",
                    "Use WSL or a server; jangkau run works on Windows."),
        )  # fmt: skip
    home = open_home(folder=serving.home)
    password = home.secrets().web_password
    if serving.database_url:
        yield home, prepare(owner=serving.database_url, password=password, own_server=True)
        return
    with embedded(home=home) as server:
        yield home, replace(prepare(owner=server.address, password=password, own_server=False), server=server)


def environment(*, home: Home, databases: Databases, owner: bool) -> dict[str, str]:
    """What settings.py reads. The web's processes do not learn the address of the owner."""
    known = {
        "PROMETHEUS_MULTIPROC_DIR": str(home.metrics),
        "JANGKAU_HOME": str(home.folder),
        "JANGKAU_WEB_URL": databases.web,
        "JANGKAU_AS": "web",
    }
    if owner:
        known |= {"JANGKAU_OWNER_URL": databases.owner, "JANGKAU_AS": "owner"}
    return known | {"DJANGO_SETTINGS_MODULE": "jangkau.platform.settings"}


def set_up(*, home: Home, databases: Databases) -> None:
    """Django in this process, as the owner of the tables."""
    os.environ.update(environment(home=home, databases=databases, owner=True))
    import django

    django.setup()


def migrate() -> None:
    """Bring tables, functions and policies to what this version needs; safe to repeat, and one after the other when
    several processes start at once."""
    from django.conf import settings
    from django.core.management import call_command

    from jangkau.platform import schema

    with alone():
        call_command("migrate", verbosity=0, interactive=False)
        call_command("createcachetable", verbosity=0)
        schema.apply(scope_key=settings.SCOPE_KEY)


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Nobody else sets up this database meanwhile. The lock ends with the connection, whatever happens to us."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
    try:
        yield
    finally:
        with contextlib.suppress(Exception), connection.cursor() as cursor:  # lost with the connection: then it is free
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def first_link(*, address: str) -> str | None:
    """The link with which the first administrator is made; None when there is somebody already. Each start makes a new
    one until it is used."""
    from django.db import transaction
    from django.urls import reverse
    from django.utils import timezone

    from jangkau.platform.offices import actions
    from jangkau.platform.offices.models import Invitation, User

    with transaction.atomic():
        unused = User.objects.filter(email=actions.FIRST, role="administrator").first()
        if User.objects.exclude(email=actions.FIRST).exists():
            return None
        if unused is not None:
            Invitation.objects.filter(user=unused).delete()
            token = actions.invite_again(user=unused, now=timezone.now())
        else:
            token = actions.invite(
                email=actions.FIRST, name="Administrator", role="administrator", office=None, institution=None,
                now=timezone.now(), by=None,
            )  # fmt: skip
    return address + reverse("accept_invitation", args=[token])


def run(*, serving: Serving, say: Callable[[Text], None]) -> int:
    """Serve until told to stop by SIGTERM or SIGINT; 0. Complaint for what the user can mend."""
    address = f"http://{'localhost' if serving.host in ('127.0.0.1', '0.0.0.0') else serving.host}:{serving.port}"  # noqa: S104
    stop = Stop()
    with database_of(serving=serving) as (home, databases), stop:
        _empty(home.metrics)
        set_up(home=home, databases=databases)
        migrate()
        accounts = _demo(serving.demo, say) if serving.demo else ()
        with alone():
            link = first_link(address=address) if serving.web else None
        _let_go_of_the_database()
        parts = []
        try:
            if serving.web:
                known = environment(home=home, databases=databases, owner=False)
                parts.append(Part("web", functools.partial(_web, serving, known), again=False))
            if serving.worker:
                known = environment(home=home, databases=databases, owner=True)
                parts.append(Part("worker", functools.partial(_worker, known), again=True))
            for one in accounts:
                told = f"  {one.email:30} {one.password}   {{}} {one.place}"
                say(Text(told.format(one.role.id), told.format(one.role.en)))
            if serving.web:
                say(Text(f"Jangkau: {address}", f"Jangkau: {address}"))
            if link:
                say(Text(f"Buat administrator pertama (sekali pakai): {link}",
                         f"Make the first administrator (works once): {link}"))  # fmt: skip
            return _watch(parts, databases.server, stop)
        finally:
            _end([part.process for part in parts])


def _let_go_of_the_database() -> None:
    """This process only watches from here on; a connection of its own would be lost when the database restarts."""
    from django.db import connections

    connections.close_all()


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


def _demo(folder: Path, say: Callable[[Text], None]) -> tuple[Account, ...]:
    """Load the demo; its accounts, which only a demo has."""
    from django.utils import timezone

    from jangkau.platform import demonstration

    accounts = demonstration.load(folder=folder, now=timezone.now(), say=say)
    say(Text("Akun peragaan (hanya untuk data rekaan):", "Accounts of the demo (for invented data only):"))
    return accounts


def _watch(parts: list[Part], server: Embedded | None, stop: Stop) -> int:
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


def _end(children: list[subprocess.Popen[bytes]]) -> None:
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


def _web(serving: Serving, known: dict[str, str]) -> subprocess.Popen[bytes]:
    arguments = [
        *("jangkau.platform.wsgi:application", "--bind", f"{serving.host}:{serving.port}", "--worker-class", "gthread"),
        *("--workers", str(serving.processes), "--threads", str(THREADS), "--timeout", "600"),
        *("--graceful-timeout", "30", "--log-level", "warning", "--worker-tmp-dir", "/dev/shm"),  # noqa: S108
        "--no-control-socket",
    ]
    return leash.start(module="gunicorn", arguments=arguments, env={**_without_owner(), **known})


def _worker(known: dict[str, str]) -> subprocess.Popen[bytes]:
    return leash.start(module="jangkau.platform.working", arguments=[], env={**os.environ, **known})


def _empty(folder: Path) -> None:
    """Counters are of processes that are gone."""
    for path in folder.glob("*.db"):
        path.unlink(missing_ok=True)


def _without_owner() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "JANGKAU_OWNER_URL")}
