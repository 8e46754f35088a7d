"""Who may see and change what of offices, users and events; held by the database itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from jangkau.platform.offices.roles import AT_INSTITUTIONS, AT_OFFICES, ROLES

if TYPE_CHECKING:
    from django.test import Client

    from jangkau.platform.database import Databases
    from jangkau.platform.home import Home
    from jangkau.platform.offices.models import User

Sql = Callable[["User | None"], psycopg.Connection]


def _names(connection: psycopg.Connection, table: str, column: str = "name") -> set[str]:
    return {str(row[0]) for row in connection.execute(f"SELECT {column} FROM {table}").fetchall()}


def test_without_a_scope_the_web_sees_nobody(raw_sql: Sql, user: Callable[..., User]) -> None:
    user("analyst")
    connection = raw_sql(None)
    for table in ("offices_user", "offices_office", "offices_event", "django_session", "mfa_authenticator"):
        assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table


def test_a_scope_cannot_be_made_up(raw_sql: Sql) -> None:
    connection = raw_sql(None)
    connection.execute("SELECT set_config('jangkau.scope', 'user:1:' || repeat('0', 64), TRUE)")
    assert connection.execute("SELECT scope_kind(), scope_user()").fetchone() == (None, None)


def test_the_key_of_scopes_is_out_of_reach(raw_sql: Sql, user: Callable[..., User]) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        raw_sql(user("administrator")).execute("SELECT * FROM offices_scope_key")


def test_an_officer_sees_his_own_office_and_colleagues_only(
    raw_sql: Sql, user: Callable[..., User], office: Callable[..., Any]
) -> None:
    here, elsewhere = office("1273"), office("7171")
    me, colleague = user("branch_officer", office=here), user("branch_head", office=here)
    user("branch_officer", office=elsewhere)
    connection = raw_sql(me)
    assert _names(connection, "offices_office") == {here.name}
    assert _names(connection, "offices_officeregion", "region") == {"1273"}
    assert _names(connection, "offices_user") == {me.name, colleague.name}


def test_a_regional_office_sees_its_branches(
    raw_sql: Sql, user: Callable[..., User], office: Callable[..., Any]
) -> None:
    above = office(kind="regional")
    branch = office("1273", above=above)
    office("7171")
    connection = raw_sql(user("regional_office", office=above))
    assert _names(connection, "offices_office") == {above.name, branch.name}
    assert connection.execute("SELECT scope_regions()").fetchone() == (["1273"],)


def test_a_dismissed_user_sees_nothing(raw_sql: Sql, user: Callable[..., User]) -> None:
    one = user("analyst")
    one.is_active = False
    one.save()
    assert _names(raw_sql(one), "offices_user") == set()


def test_nobody_lifts_himself(raw_sql: Sql, user: Callable[..., User]) -> None:
    one = user("auditor")
    with pytest.raises(psycopg.errors.RaiseException):
        raw_sql(one).execute("UPDATE offices_user SET role = 'analyst' WHERE id = %s", [one.pk])


def test_an_event_is_never_changed_and_the_chain_shows_it(platform: object) -> None:
    from django.db import DatabaseError, connection, transaction

    from jangkau.platform.offices.events import record, verify
    from jangkau.platform.offices.models import Event

    record(verb="tested", thing="test", thing_id=1, rows=3)
    assert verify().broken is None
    number = Event.objects.latest("pk").pk
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE offices_event SET verb = 'other' WHERE id = %s", [number])
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE offices_event DISABLE TRIGGER offices_event_stays")
            cursor.execute("UPDATE offices_event SET verb = 'other' WHERE id = %s", [number])
        assert verify().broken == number
        transaction.set_rollback(True)


def test_an_event_joins_the_chain_when_its_transaction_ends_and_holds_nobody_up_before(
    platform: tuple[Home, Databases],
) -> None:
    from django.db import transaction

    from jangkau.platform.offices.events import record, verify
    from jangkau.platform.offices.models import Event

    asked = "SELECT offices_record(%s, '', '', '', NULL, '{}')"
    with psycopg.connect(platform[1].owner) as other, transaction.atomic():
        record(verb="slow")
        other.execute("SET lock_timeout = '5s'")
        other.execute(asked, ["quick"])
        other.commit()
    assert [one.verb for one in Event.objects.order_by("-pk")[:2]] == ["slow", "quick"]
    assert verify().broken is None


def test_an_event_of_what_was_taken_back_is_none(platform: object) -> None:
    from django.db import transaction

    from jangkau.platform.offices.events import record
    from jangkau.platform.offices.models import Event, WaitingEvent

    with transaction.atomic():
        record(verb="never")
        transaction.set_rollback(True)
    assert not Event.objects.filter(verb="never").exists()
    assert not WaitingEvent._default_manager.exists()


def test_only_the_auditor_reads_all_events(raw_sql: Sql, user: Callable[..., User]) -> None:
    from jangkau.platform.offices.events import record

    record(verb="tested", thing="test", by=user("analyst"))
    assert "tested" in _names(raw_sql(user("auditor")), "offices_event", "verb")
    assert _names(raw_sql(user("analyst")), "offices_event", "verb") == set()


def test_an_invitation_works_once(platform: object) -> None:
    from django.utils import timezone

    from jangkau.platform.offices import actions

    now = timezone.now()
    token = actions.invite(
        email="Baru@contoh.id", name="Baru", role="board", office=None, institution=None, now=now, by=None
    )
    made = actions.accept(token=token, password="Kunci-Panjang-99", now=now)
    assert made is not None
    assert made.email == "baru@contoh.id"
    assert actions.accept(token=token, password="Lain-Sekali-1234", now=now) is None


@pytest.mark.parametrize("path", ["/pengguna/", "/pengguna/undang/"])
def test_only_an_administrator_administers(
    browser_of: Callable[[User | None], Client], user: Callable[..., User], path: str
) -> None:
    administrator, analyst = user("administrator"), user("analyst")
    assert browser_of(administrator).get(path).status_code == 200
    assert browser_of(analyst).get(path).status_code == 403
    assert browser_of(None).get(path).status_code == 302


def test_who_sees_people_needs_a_second_factor(
    browser_of: Callable[[User | None], Client], user: Callable[..., User]
) -> None:
    answer = browser_of(user("analyst", demonstration=False)).get("/")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/akun/2fa/"


def test_signing_in_and_failing_to_are_events(
    browser_of: Callable[[User | None], Client], user: Callable[..., User]
) -> None:
    from jangkau.platform.offices.models import Event

    one = user("analyst")
    client = browser_of(one)
    assert Event.objects.filter(by=one, verb="signed_in").count() == 1
    client.post("/keluar/")
    assert Event.objects.filter(by=one, verb="signed_out").count() == 1
    before = Event.objects.filter(verb="sign_in_failed").count()
    answer = browser_of(None).post("/masuk/", {"login": one.email, "password": "bukan ini"})
    unknown = browser_of(None).post("/masuk/", {"login": "tidak.ada@contoh.id", "password": "bukan ini"})
    assert Event.objects.filter(verb="sign_in_failed").count() == before + 2
    assert answer.status_code == unknown.status_code == 200
    known, stranger = [
        line.replace(one.email, "").replace("tidak.ada@contoh.id", "") for line in (answer.text, unknown.text)
    ]
    assert len(known) == len(stranger)


def test_the_session_of_a_dismissed_user_ends(
    browser_of: Callable[[User | None], Client], user: Callable[..., User]
) -> None:
    from jangkau.platform.offices.models import Event

    administrator, analyst = browser_of(user("administrator")), user("analyst")
    client = browser_of(analyst)
    assert client.get("/akun/sesi/").status_code == 200
    assert administrator.post(f"/pengguna/{analyst.pk}/akhiri/").status_code == 302
    assert client.get("/akun/sesi/").status_code == 302
    assert Event.objects.filter(verb="dismissed", thing_id=str(analyst.pk)).count() == 1


def test_metrics_name_pages_and_nobody(browser_of: Callable[[User | None], Client], user: Callable[..., User]) -> None:
    one = user("administrator")
    browser_of(one).get("/pengguna/")
    text = browser_of(None).get("/metrics", REMOTE_ADDR="127.0.0.1").text
    assert 'jangkau_requests_total{page="users",status="200"}' in text
    assert one.email not in text
    assert browser_of(None).get("/metrics", HTTP_X_FORWARDED_FOR="10.0.0.1").status_code == 403


def test_a_page_that_fails_changes_nothing_and_says_so(
    browser_of: Callable[[User | None], Client], user: Callable[..., User]
) -> None:
    client = browser_of(user("administrator"))
    client.raise_request_exception = False
    answer = client.post("/pengguna/999999/akhiri/")
    assert answer.status_code == 404
    assert "Content-Security-Policy" in answer.headers


@pytest.mark.parametrize("role", list(ROLES))
def test_the_database_knows_what_a_role_sees_as_the_pages_do(
    role: str, raw_sql: Sql, user: Callable[..., User], office: Callable[..., Any], institution: Callable[..., Any]
) -> None:
    place = {"office": office("1273")} if role in AT_OFFICES else {}
    place |= {"institution": institution()} if role in AT_INSTITUTIONS else {}
    assert raw_sql(user(role, **place)).execute("SELECT scope_people()").fetchone() == (ROLES[role].people,)


def test_without_a_scope_there_is_no_answer_whom_one_sees(raw_sql: Sql) -> None:
    assert raw_sql(None).execute("SELECT scope_people()").fetchone() == (None,)
