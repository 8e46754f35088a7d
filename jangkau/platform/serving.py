"""`jangkau serve`: database, migrations, web and worker as one."""

from __future__ import annotations

import contextlib
import functools
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from jangkau.complaints import Complaint, Text
from jangkau.platform import leash, supervising
from jangkau.platform.database import LOCK, Databases, embedded, prepare
from jangkau.platform.home import Home, open_home

if TYPE_CHECKING:
    from jangkau.platform.demonstration import Account

THREADS = 8
"""Of each web process. Half of them may be taken by parts of uploads (web/parts.py)."""


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
    stop = supervising.Stop()
    with database_of(serving=serving) as (home, databases), stop:
        if serving.web:
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
                parts.append(supervising.Part("web", functools.partial(_web, serving, known), again=False))
            if serving.worker:
                known = environment(home=home, databases=databases, owner=True)
                parts.append(supervising.Part("worker", functools.partial(_worker, known), again=True))
            for one in accounts:
                told = f"  {one.email:30} {one.password}   {{}} {one.place}"
                say(Text(told.format(one.role.id), told.format(one.role.en)))
            if serving.web:
                say(Text(f"Jangkau: {address}", f"Jangkau: {address}"))
            if link:
                say(Text(f"Buat administrator pertama (sekali pakai): {link}",
                         f"Make the first administrator (works once): {link}"))  # fmt: skip
            return supervising.watch(parts=parts, server=databases.server, stop=stop)
        finally:
            supervising.end(children=[part.process for part in parts])
            if serving.web:
                _empty(home.metrics)


def _let_go_of_the_database() -> None:
    """This process only watches from here on; a connection of its own would be lost when the database restarts."""
    from django.db import connections

    connections.close_all()


def _demo(folder: Path, say: Callable[[Text], None]) -> tuple[Account, ...]:
    """Load the demo; its accounts, which only a demo has."""
    from django.utils import timezone

    from jangkau.platform import demonstration

    accounts = demonstration.load(folder=folder, now=timezone.now(), say=say)
    say(Text("Akun peragaan (hanya untuk data rekaan):", "Accounts of the demo (for invented data only):"))
    return accounts


def _web(serving: Serving, known: dict[str, str]) -> subprocess.Popen[bytes]:
    arguments = [
        *("jangkau.platform.wsgi:application", "--bind", f"{serving.host}:{serving.port}", "--worker-class", "gthread"),
        *("--workers", str(serving.processes), "--threads", str(THREADS), "--timeout", "600"),
        *("--graceful-timeout", "30", "--log-level", "warning", "--worker-tmp-dir", "/dev/shm"),  # noqa: S108
        *("--no-control-socket", "--limit-request-line", "8190"),
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
