"""Every page as every role, and every table by raw SQL as every role: nothing fails, and nothing foreign is seen."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

if TYPE_CHECKING:
    from django.test import Client

    from jangkau.platform.offices.models import User

Browser = Callable[["User | None"], "Client"]
ROLES = (
    "analyst", "regional_office", "branch_head", "branch_officer", "bank_officer", "institution_officer", "prosecutor",
    "board", "auditor", "administrator",
)  # fmt: skip
SAMPLES = {"int": "999999", "str": "tidak-ada", "slug": "tidak-ada", "uuid": str(uuid.UUID(int=7)), "path": "x"}
FINE = {200, 302, 400, 401, 403, 404, 405, 410}
# Tables with people in them, and who may see any row of them.
PEOPLE = ("analyst", "regional_office", "branch_head", "branch_officer", "bank_officer", "institution_officer")


def someone(role: str, user: Callable[..., User], office: Callable[..., Any], institution: Callable[..., Any]) -> User:
    if role in ("regional_office", "branch_head", "branch_officer"):
        return user(role, office=office("9999", kind="regional" if role == "regional_office" else "branch"))
    if role in ("bank_officer", "institution_officer", "prosecutor"):
        kind = {"bank_officer": "bank", "institution_officer": "local_government", "prosecutor": "prosecutor"}[role]
        return user(role, institution=institution(kind, region="" if role == "bank_officer" else "9999"))
    return user(role)


def paths() -> Iterator[str]:
    """One address for each page that there is, with ids that are nobody's."""
    from django.urls import URLPattern, URLResolver, get_resolver

    def below(resolver: URLResolver, before: str) -> Iterator[str]:
        for one in resolver.url_patterns:
            if isinstance(one, URLResolver):
                yield from below(one, before + str(one.pattern))
            elif isinstance(one, URLPattern):
                route = re.sub(
                    r"<(?:(\w+):)?\w+>", lambda m: SAMPLES.get(m[1] or "str", "x"), before + str(one.pattern)
                )
                yield "/" + route

    yield from sorted(set(below(get_resolver(), "")))


@pytest.mark.parametrize("role", ROLES)
def test_every_page_answers_every_role_without_a_fault(
    role: str,
    browser_of: Browser,
    user: Callable[..., User],
    office: Callable[..., Any],
    institution: Callable[..., Any],
) -> None:
    client = browser_of(someone(role, user, office, institution))
    client.raise_request_exception = False
    found = [path for path in paths() if not path.startswith(("/keluar", "/readyz"))]
    assert len(found) > 30
    faults = {path: answer.status_code for path in found if (answer := client.get(path)).status_code not in FINE}
    assert faults == {}


def test_a_stranger_is_sent_to_sign_in_or_shown_what_is_public(browser_of: Browser) -> None:
    client = browser_of(None)
    client.raise_request_exception = False
    open_to_all = ("/masuk", "/undangan", "/akun", "/publik", "/healthz", "/readyz", "/metrics", "/bahasa", "/keluar")
    for path in paths():
        answer = client.get(path)
        assert answer.status_code in FINE | {503}, path
        if not path.startswith(open_to_all):
            assert answer.status_code == 302, path
            assert answer.headers["Location"].startswith("/masuk/"), path


def readable(connection: psycopg.Connection) -> list[str]:
    """Tables of which the web may read some column."""
    found = connection.execute(
        "SELECT c.relname FROM pg_class AS c WHERE c.relnamespace = 'public'::regnamespace "
        "AND c.relkind IN ('r', 'p', 'v', 'm') AND has_any_column_privilege('jangkau_web', c.oid, 'SELECT') ORDER BY 1"
    )
    return [name for (name,) in found.fetchall()]


@pytest.mark.parametrize("role", ROLES)
def test_raw_sql_shows_somebody_without_people_of_his_own_nobody(
    role: str,
    raw_sql: Callable[[User | None], psycopg.Connection],
    user: Callable[..., User],
    office: Callable[..., Any],
    institution: Callable[..., Any],
) -> None:
    if role == "analyst":
        pytest.skip("sees everybody")
    connection = raw_sql(someone(role, user, office, institution))
    tables = [
        name
        for name in readable(connection)
        if name.startswith(("registry_gap", "registry_own", "registry_pair", "intake_"))
    ]
    assert {"intake_delivery", "registry_ownlists"} <= set(tables)
    for name in tables:
        row = connection.execute(f"SELECT 1 FROM {name} LIMIT 1").fetchone()
        assert row is None, name


def test_raw_sql_cannot_reach_what_is_not_granted(
    raw_sql: Callable[[User | None], psycopg.Connection], user: Callable[..., User]
) -> None:
    connection = raw_sql(user("analyst"))
    tables = {name for (name,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")}
    for name in sorted(tables - set(readable(connection))):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
            connection.execute(f'SELECT * FROM "{name}" LIMIT 1')
    assert {"procrastinate_jobs", "offices_scope_key", "django_migrations"} <= tables - set(readable(connection))


def test_the_web_owns_nothing_and_may_not_bypass(raw_sql: Callable[[User | None], psycopg.Connection]) -> None:
    connection = raw_sql(None)
    assert connection.execute(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = 'jangkau_web'"
    ).fetchone() == (False, False, False, False)
    (owner,) = connection.execute("SELECT tableowner FROM pg_tables WHERE tablename = 'offices_user'").fetchone() or (
        "",
    )
    assert connection.execute(
        "SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) = 'jangkau_web'"
    ).fetchone() == (0,)
    for statement in (
        f"SET ROLE {owner}",
        "ALTER TABLE offices_user DISABLE ROW LEVEL SECURITY",
        "CREATE TABLE x (y INT)",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), connection.transaction():
            connection.execute(statement)
