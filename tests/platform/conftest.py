"""A platform for tests: a real PostgreSQL, migrated once, and ways to act as the owner or as the web for somebody."""

from __future__ import annotations

import contextlib
import functools
import itertools
import warnings
from collections.abc import Callable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from jangkau.platform.database import Databases, django_settings
from jangkau.platform.home import Home
from jangkau.platform.serving import Serving, database_of, migrate, set_up
from tests.platform.servers import new_database

if TYPE_CHECKING:
    from django.test import Client

    from jangkau.platform.offices.models import User

_numbers = itertools.count(1)
PASSWORD = "Kunci-Panjang-99"


@pytest.fixture(scope="session")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Home, Databases]]:
    """A home and its database; this process works as the owner of the tables."""
    folder = tmp_path_factory.mktemp("rumah")
    for above in (folder, *folder.parents[:2]):
        above.chmod(0o711)  # the server runs as another user when we are root
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with (
            new_database(home=folder) as address,
            database_of(serving=Serving(home=folder, database_url=address)) as (home, databases),
        ):
            set_up(home=home, databases=databases)
            migrate()
            yield home, databases
            from django.db import connections

            connections.close_all()


@contextlib.contextmanager
def signed_in_as(address: str) -> Iterator[None]:
    """Within it Django's connection is another role's."""
    from django.db import connection

    before = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(django_settings(address=address, parameters={}))
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)


@pytest.fixture
def browser_of(platform: tuple[Home, Databases]) -> Callable[[User | None], Client]:
    """A test client, signed in as somebody; its requests reach the database as the web, the test as the owner."""
    from django.test import Client

    class AsWeb(Client):
        def request(self, **asked: Any) -> Any:
            with signed_in_as(platform[1].web):
                return super().request(**asked)

    def made(user: User | None) -> Client:
        number = next(_numbers)  # an address of his own: sign-ins are limited by address
        client = AsWeb(REMOTE_ADDR=f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", HTTP_HOST="localhost")
        if user is not None:
            answer = client.post("/masuk/", {"login": user.email, "password": PASSWORD})
            assert answer.status_code == 302, answer.content[-2000:]
        return client

    return made


@pytest.fixture
def raw_sql(platform: tuple[Home, Databases]) -> Iterator[Callable[[User | None], psycopg.Connection]]:
    """A connection of the web's role within the scope of somebody, for SQL of any kind; None: within no scope."""
    from django.conf import settings

    from jangkau.platform.scope import signed

    opened: list[psycopg.Connection] = []

    def connect(user: User | None) -> psycopg.Connection:
        connection = psycopg.connect(platform[1].web)
        opened.append(connection)
        if user is not None:
            value = signed(kind="user", number=user.pk, key=settings.SCOPE_KEY)
            connection.execute("SELECT set_config('jangkau.scope', %s, TRUE)", [value])
        return connection

    yield connect
    for connection in opened:
        connection.close()


@pytest.fixture
def office(platform: object) -> Callable[..., Any]:
    """Make an office that serves some regions."""
    from django.db.backends.postgresql.psycopg_any import DateRange

    from jangkau.platform.offices.models import Office, OfficeRegion

    def made(*regions: str, kind: str = "branch", above: Office | None = None) -> Office:
        number = next(_numbers)
        one = Office.objects.create(code=f"kantor-{number}", name=f"Kantor {number}", kind=kind, above=above)
        for region in regions:
            OfficeRegion.objects.create(office=one, region=region, period=DateRange(date(2020, 1, 1), None))
        return one

    return made


@pytest.fixture
def institution(platform: object) -> Callable[..., Any]:
    """Make an institution."""
    from jangkau.platform.offices.models import Institution

    def made(kind: str = "bank", region: str = "") -> Institution:
        number = next(_numbers)
        return Institution.objects.create(code=f"lembaga-{number}", name=f"Lembaga {number}", kind=kind, region=region)

    return made


@functools.cache
def _hashed() -> str:
    """The password's hash, made once: a good one takes its time on purpose."""
    from django.contrib.auth.hashers import make_password

    return make_password(PASSWORD)


@pytest.fixture
def user(platform: object) -> Callable[..., User]:
    """Make somebody who can sign in; for demonstration, so that no second factor is asked for."""
    from jangkau.platform.offices.models import User

    def made(role: str, *, office: Any = None, institution: Any = None, demonstration: bool = True) -> User:
        number = next(_numbers)
        one = User(
            email=f"orang{number}@contoh.id", name=f"Orang {number}", role=role, office=office, institution=institution,
            for_demonstration=demonstration,
        )  # fmt: skip
        one.password = _hashed()
        one.save()
        return one

    return made
