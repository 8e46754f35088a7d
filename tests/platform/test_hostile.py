"""Whoever means harm gets a clear page in Indonesian, changes nothing and sees nothing; never is there a fault."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from jangkau.platform.database import Databases
from jangkau.platform.home import Home
from tests.platform.conftest import PASSWORD, signed_in_as
from tests.platform.finished_run import AS_OF, Doubt, Made, write

if TYPE_CHECKING:
    from django.test import Client

    from jangkau.platform.offices.models import User

Make = Callable[..., Any]
Browser = Callable[["User | None"], "Client"]
FORGED = (
    "0", "-1", "10" * 15, str(2**63), "%D9%A1%D9%A2", "1%00", "%0d%0aX-Forged:1", "..%2f..%2fsecrets.json", "1'--",
    "%ff%fe", "a" * 2000, "%3Cscript%3E", str(uuid.UUID(int=7)),
)  # fmt: skip
HARM = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'{{7*7}}{% x %}"
TEXTS = (
    HARM,
    "a\0bcdefgh",
    "a\x1f\x08bcdefgh",
    "\u202eterbalik\u202c",
    "x" * 300_000,
    "\U0001f600" * 90,
    "=HYPERLINK(1)",
)


@pytest.fixture(scope="module")
def person(platform: object, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Somebody in the gap, in a run of his own, with a doubtful pair."""
    from jangkau.platform.registry import actions

    one = Made(7, "1272", ("kur_a.csv",), "doubtful", name=f"=Sari {HARM}")
    folder = tmp_path_factory.mktemp("jahat") / "run"
    people = [one, Made(8, "1272", ("kur_a.csv",), name="+628 Budi"), Made(9, "1272", ("kur_a.csv",), name="@Tono")]
    write(folder=folder, people=people, doubts=[Doubt(one)], files={"kur_a.csv": "Bank A"})
    actions.register_finished(folder=folder, as_of=AS_OF, by=None)
    return one


@pytest.fixture
def pages(person: Made) -> dict[str, str]:
    """Addresses of the person and of the pair."""
    from jangkau.platform.registry.models import Gap, Pair, Run

    run = Run.objects.get(current=True)
    which = Gap.objects.filter(run=run).values_list("person", flat=True)[0]
    pair = Pair.objects.filter(run=run).values_list("pk", flat=True)[0]
    return {"person": f"/kesenjangan/orang/{which}/", "pair": f"/telaah/{pair}/"}


def _client(browser_of: Browser, user: User | None) -> Client:
    client = browser_of(user)
    client.raise_request_exception = False
    return client


def _routes() -> Iterator[str]:
    """Each address that takes an id, with {} in its place."""
    from django.urls import URLPattern, URLResolver, get_resolver

    def below(resolver: URLResolver, before: str) -> Iterator[str]:
        for one in resolver.url_patterns:
            if isinstance(one, URLResolver):
                yield from below(one, before + str(one.pattern))
            elif isinstance(one, URLPattern) and "<" in before + str(one.pattern):
                yield "/" + re.sub("<[^>]+>", "{}", before + str(one.pattern))

    yield from sorted(set(below(get_resolver(), "")))


@pytest.mark.parametrize("role", ["", "analyst", "administrator"])
def test_a_forged_id_is_nobodys_in_every_address(
    role: str, platform: tuple[Home, Databases], browser_of: Browser, user: Make, person: Made
) -> None:
    from django.test import Client

    signed_in = _client(browser_of, user(role) if role else None)
    client = Client(raise_request_exception=False, HTTP_HOST="localhost")
    client.cookies = signed_in.cookies
    routes = list(_routes())
    assert len(routes) > 25
    wrong = []
    with signed_in_as(platform[1].web):  # one connection for all of it
        for path in (route.replace("{}", forged) for route in routes for forged in FORGED):
            for answer in (
                client.get(path),
                client.post(path, {"purpose": "uji coba", "answer": "same", "reading": "1"}),
            ):
                if answer.status_code >= 500 or "X-Forged" in answer.headers:
                    wrong.append((path[:80], answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("text", TEXTS, ids=["html", "nul", "control", "rtl", "long", "emoji", "formula"])
def test_what_is_written_into_any_field_is_shown_as_it_is_and_runs_nowhere(
    text: str, browser_of: Browser, user: Make, pages: dict[str, str]
) -> None:
    from jangkau.platform.registry.models import Export

    client, person = _client(browser_of, user("analyst")), pages["person"]
    forms = [
        (f"{person}nik/", {"purpose": text}),
        (f"{person}catatan/", {"status": "contacted", "note": text}),
        (f"{person}catatan/", {"status": text, "note": text}),
        (f"{pages['pair']}nik/", {"purpose": text}),
        (f"{pages['pair']}putus/", {"answer": text, "reading": text[:40]}),
        ("/kesenjangan/saringan/", {"name": text, "query": f"region=1272&institution={text[:300]}"}),
        ("/kesenjangan/ekspor/baru/", {"purpose": text, "query": f"institution={text[:300]}", "kind": text[:40]}),
        ("/privasi/", {"kind": "access", "note": text}),
        ("/hitungan/", {"as_of": text[:60]}),
        ("/bahasa/", {"language": text[:60], "next": text[:300]}),
        ("/masuk/", {"login": text[:300], "password": text}),
    ]
    for path, fields in forms:
        answer = client.post(path, fields)
        assert answer.status_code < 500, path
        assert HARM not in answer.text, path
    administrator = _client(browser_of, user("administrator"))
    for fields in (
        {"email": "jahat@contoh.id", "name": text, "role": "board"},
        {"email": text, "name": "x", "role": text[:50]},
    ):
        assert administrator.post("/pengguna/undang/", fields).status_code < 500
    seen = [
        (client, path)
        for path in (person, pages["pair"], "/kesenjangan/", "/kesenjangan/ekspor/", "/telaah/", "/privasi/")
    ]
    for reader, path in [*seen, (administrator, "/pengguna/"), (_client(browser_of, user("auditor")), "/peristiwa/")]:
        answer = reader.get(path)
        assert answer.status_code == 200, path
        assert "<script>alert" not in answer.text, path
        assert "<img src=x" not in answer.text, path
    Export.objects.all().update(state="failed")


def test_an_export_of_such_names_holds_no_formula(browser_of: Browser, user: Make, person: Made) -> None:
    import openpyxl

    from jangkau.platform.registry import jobs
    from jangkau.platform.registry.models import Export

    analyst = user("analyst")
    analyst.name = "=cmd|' /C calc'!A1"
    analyst.save()
    client = _client(browser_of, analyst)
    for kind in ("csv", "xlsx"):
        client.post("/kesenjangan/ekspor/baru/", {"purpose": "\t=1+1 uji coba", "query": "", "kind": kind})
        asked = Export.objects.filter(by=analyst, kind=kind).latest("asked_at")
        jobs.export(export=str(asked.pk), by=analyst.pk)
        asked.refresh_from_db()
        assert asked.state == "ready"
        if kind == "csv":
            cells = re.findall(r'(?:^|,)"?([=+\-@\t\r])', asked.path.read_text("utf-8-sig"), re.MULTILINE)
            assert cells == []
        else:
            sheet = openpyxl.load_workbook(asked.path).active
            assert sheet is not None
            values = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
            assert {cell.data_type for cell in values} == {"s"}
            assert not [cell for cell in values if str(cell.value).startswith(("=", "+", "@", "\t"))]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "FOO"])
def test_a_method_that_an_address_does_not_know_gets_a_page(method: str, browser_of: Browser, user: Make) -> None:
    client = _client(browser_of, user("analyst"))
    for path in ("/kesenjangan/", "/hitungan/", "/kesenjangan/ekspor/baru/", "/telaah/"):
        answer = client.generic(method, path)
        assert answer.status_code == 405
        assert "tidak dapat dibuka dengan cara itu" in answer.text


def test_a_form_without_its_token_changes_nothing_and_is_told(browser_of: Browser, user: Make) -> None:
    client = _client(browser_of, user("analyst"))
    client.handler.enforce_csrf_checks = True
    answer = client.post("/privasi/", {"kind": "access", "note": "uji"})
    assert answer.status_code == 403
    assert "sudah terlalu lama terbuka" in answer.text


@pytest.mark.parametrize(
    "host", ["jahat.example", "localhost@jahat.example", "localhost:80:80", "a" * 400, "", "ja\u0000hat"]
)
def test_another_host_is_not_answered(host: str, browser_of: Browser) -> None:
    answer = _client(browser_of, None).get("/masuk/", HTTP_HOST=host)
    assert answer.status_code == 400
    assert "tidak dapat dipahami" in answer.text


@pytest.mark.parametrize(
    "elsewhere",
    ["http://jahat.example/", "//jahat.example", "/\\jahat.example", "https:jahat.example", "javascript:alert(1)",
     "\thttp://jahat.example", "///jahat.example", "http:///jahat.example", "/%5cjahat.example@"],
)  # fmt: skip
def test_signing_in_and_changing_language_lead_nowhere_else(elsewhere: str, browser_of: Browser, user: Make) -> None:
    one = user("analyst")
    answers = [
        _client(browser_of, None).post("/masuk/", {"login": one.email, "password": PASSWORD, "next": elsewhere}),
        _client(browser_of, one).post("/bahasa/", {"language": "en", "next": elsewhere}),
    ]
    for answer in answers:
        assert answer.status_code == 302
        where = answer.headers["Location"]
        assert where.startswith("/")
        assert not where.startswith(("//", "/\\"))


def test_signing_in_gives_a_new_session(browser_of: Browser, user: Make) -> None:
    one, client = user("analyst"), _client(browser_of, None)
    client.cookies["sessionid"] = "k" * 32  # as somebody else has set it
    client.get("/masuk/")
    client.post("/masuk/", {"login": one.email, "password": PASSWORD})
    assert client.cookies["sessionid"].value not in ("", "k" * 32)
    first = client.cookies["sessionid"].value
    client.post("/keluar/")
    assert _with(browser_of, first).get("/akun/sesi/").status_code == 302


def _with(browser_of: Browser, session: str) -> Client:
    client = _client(browser_of, None)
    client.cookies["sessionid"] = session
    return client


def test_a_health_page_does_not_end_a_session(browser_of: Browser, user: Make) -> None:
    client = _client(browser_of, user("analyst"))
    for path in ("/healthz", "/readyz", "/metrics"):
        client.get(path)
    assert client.get("/akun/sesi/").status_code == 200


def test_guessing_a_password_ends_after_a_few_tries_from_anywhere(browser_of: Browser, user: Make) -> None:
    from jangkau.platform.offices.models import Event

    one, before = user("board"), Event.objects.filter(verb="sign_in_failed").count()
    for number in range(7):  # each from another address, and saying another one yet
        _client(browser_of, None).post(
            "/masuk/", {"login": one.email, "password": f"salah {number}"}, HTTP_X_FORWARDED_FOR=f"10.9.9.{number}"
        )
    answer = _client(browser_of, None).post("/masuk/", {"login": one.email, "password": PASSWORD})
    assert answer.status_code == 200
    assert "Terlalu banyak" in answer.text
    assert Event.objects.filter(verb="sign_in_failed").count() >= before + 5
    other = user("board")
    assert _client(browser_of, None).post("/masuk/", {"login": other.email, "password": PASSWORD}).status_code == 302


def test_many_sign_ins_from_one_address_are_told_to_wait(browser_of: Browser) -> None:
    client = _client(browser_of, None)
    codes = set()
    for number in range(40):
        answer = client.post("/masuk/", {"login": f"siapa{number}@contoh.id", "password": "x"})
        codes.add(answer.status_code)
    assert codes == {200, 429}
    assert "Terlalu sering dicoba" in answer.text


def test_an_address_that_a_client_names_counts_behind_our_proxies_alone(
    browser_of: Browser, user: Make, settings_of: Make
) -> None:
    from jangkau.platform.offices.models import Event

    one = user("board")

    def seen(proxies: int, said: str) -> str | None:
        settings_of(PROXIES=proxies)
        client = _client(browser_of, None)
        client.post(
            "/masuk/", {"login": one.email, "password": PASSWORD}, REMOTE_ADDR="10.0.0.9", HTTP_X_FORWARDED_FOR=said
        )
        return Event.objects.filter(by=one, verb="signed_in").latest("pk").address

    assert seen(0, "1.2.3.4") == "10.0.0.9"
    assert seen(1, "1.2.3.4, 5.6.7.8") == "5.6.7.8"
    assert seen(2, "1.2.3.4, 5.6.7.8, 10.0.0.3") == "5.6.7.8"
    assert seen(2, "5.6.7.8") == "10.0.0.9"
    assert seen(1, "bukan alamat") == "10.0.0.9"


@pytest.fixture
def settings_of() -> Iterator[Make]:
    """Change settings until the end of a test."""
    from django.test import override_settings

    changed: list[Any] = []

    def change(**values: Any) -> None:
        one = override_settings(**values)
        one.enable()
        changed.append(one)

    yield change
    for one in reversed(changed):
        one.disable()


def test_guessing_the_second_factor_ends_after_a_few_tries(browser_of: Browser, user: Make) -> None:
    from allauth.mfa.totp.internal import auth

    one = user("analyst", demonstration=False)
    secret = auth.generate_totp_secret()
    auth.TOTP.activate(one, secret)
    client = _client(browser_of, None)
    assert (
        client.post("/masuk/", {"login": one.email, "password": PASSWORD}).headers["Location"].startswith("/akun/2fa/")
    )
    right = auth.format_hotp_value(auth.hotp_value(secret, next(iter(auth.yield_hotp_counters_from_time()))))
    wrong = f"{(int(right) + 1) % 10**6:06}"
    for _ in range(6):
        answer = client.post("/akun/2fa/authenticate/", {"code": wrong})
        assert answer.status_code == 200
    answer = client.post("/akun/2fa/authenticate/", {"code": right})
    assert answer.status_code == 200
    assert client.get("/kesenjangan/").status_code == 302


def test_a_code_counts_for_its_neighbours_in_time_and_once(
    browser_of: Browser, user: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    from allauth.mfa.totp.internal import auth
    from django.core.cache import cache

    one = user("analyst", demonstration=False)
    secret = auth.generate_totp_secret()
    auth.TOTP.activate(one, secret)
    now = time.time()
    shown = auth.format_hotp_value(auth.hotp_value(secret, int(now) // 30))

    def comes_in(*, after: int, code: str) -> bool:
        monkeypatch.setattr(auth, "time", SimpleNamespace(time=lambda: now + after))
        client = _client(browser_of, None)
        client.post("/masuk/", {"login": one.email, "password": PASSWORD})
        return bool(client.post("/akun/2fa/authenticate/", {"code": code}).status_code == 302)

    assert not comes_in(after=90, code=shown)
    assert comes_in(after=30, code=shown)
    cache.delete(f"allauth.mfa.totp.used?user={one.pk}&code={shown}")  # the library forgets after thirty seconds
    assert not comes_in(after=31, code=shown)
    assert not comes_in(after=31, code=f"{shown[:3]} {shown[3:]}")


def test_an_unknown_address_takes_as_long_and_says_the_same_as_a_wrong_password(
    browser_of: Browser, user: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.contrib.auth import hashers

    hashed: list[str] = []

    def counted(name: str) -> Callable[..., Any]:
        real = getattr(hashers.Argon2PasswordHasher, name)

        def call(*given: Any, **named: Any) -> Any:
            hashed.append(name)
            return real(*given, **named)

        return call

    for name in ("encode", "verify"):
        monkeypatch.setattr(hashers.Argon2PasswordHasher, name, counted(name))
    gone = user("board")
    gone.is_active = False
    gone.save()
    told, work = set(), []
    for address in (user("board").email, gone.email, "tidak.ada@contoh.id"):
        hashed.clear()
        answer = _client(browser_of, None).post("/masuk/", {"login": address, "password": "bukan ini"})
        told.add(re.sub(r'csrf\w+" value="[^"]+"', "", answer.text).replace(address, ""))
        work.append(len(hashed))
    assert len(told) == 1
    assert work == [1, 1, 1]


def test_a_dismissed_user_is_told_what_a_stranger_is_told(browser_of: Browser, user: Make) -> None:
    gone = user("board")
    gone.is_active = False
    gone.save()
    answer = _client(browser_of, None).post("/masuk/", {"login": gone.email, "password": PASSWORD})
    stranger = _client(browser_of, None).post("/masuk/", {"login": "tidak.ada@contoh.id", "password": PASSWORD})
    assert answer.status_code == stranger.status_code == 200
    assert re.findall("errorlist.*?</ul>", answer.text) == re.findall("errorlist.*?</ul>", stranger.text)


@pytest.mark.parametrize("token", ["x", "a" * 43, "%00", "../../", "' OR 1=1 --"])
def test_an_invitation_that_nobody_got_opens_nothing(token: str, browser_of: Browser) -> None:
    for answer in (
        _client(browser_of, None).get(f"/undangan/{token}/"),
        _client(browser_of, None).post(f"/undangan/{token}/", {"password": PASSWORD, "again": PASSWORD}),
    ):
        assert answer.status_code in (404, 410)


@pytest.mark.parametrize(
    "path",
    ["/statis/../../../../etc/passwd", "/statis/%2e%2e/%2e%2e/settings.py", "/statis//etc/passwd",
     "/statis/web/..%2f..%2fmodels.py", "/statis/..%5c..%5csecrets.json"],
)  # fmt: skip
def test_static_files_are_those_of_the_pages_alone(path: str, browser_of: Browser, user: Make) -> None:
    assert _client(browser_of, user("analyst")).get(path).status_code == 404


def test_nothing_of_a_page_is_kept_by_whoever_passes_it_on(
    browser_of: Browser, user: Make, pages: dict[str, str]
) -> None:
    answer = _client(browser_of, user("analyst")).get(pages["person"])
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"


def test_the_database_away_is_told_and_nothing_else(
    browser_of: Browser, user: Make, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from django.db import InterfaceError, OperationalError

    from jangkau.platform.registry.models import Run

    client = _client(browser_of, user("analyst"))
    for kind in (OperationalError, InterfaceError):

        def away(*_: Any, kind: type[Exception] = kind, **__: Any) -> None:
            raise kind("server closed the connection: 1272011708850001 BUDI")

        monkeypatch.setattr(Run.objects, "select_related", away)
        answer = client.get("/hitungan/")
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "5"
        assert "Basis data sedang tidak terhubung" in answer.text
        assert "BUDI" not in answer.text
    from jangkau.platform.web.logs import AsJson

    said = "".join(AsJson().format(one) for one in caplog.records)
    assert "OperationalError" in said
    assert "BUDI" not in said


def test_bad_files_through_the_form(browser_of: Browser, user: Make, institution: Make, tmp_path: Path) -> None:
    """Names that lead elsewhere, with signs that steer; files that are no lists are in tests/lists and in
    test_hostile_uploads.py."""
    from django.conf import settings

    from jangkau.platform.intake.models import Delivery
    from tests.platform.intake_desk import form, kur

    bank = institution()
    client = _client(browser_of, user("bank_officer", institution=bank))
    names = [
        "../../x.csv",
        "..\\..\\x.csv",
        "/etc/passwd",
        "n" * 300 + ".csv",
        "a\u202evsc.csv",
        "a\u200f.csv",
        HARM,
        "=1.csv",
        "CON",
    ]
    for name in names:
        answer = client.post("/kiriman/baru/", form(kur(), name), follow=True)
        assert answer.status_code == 200
        assert HARM not in answer.text
        kept = Delivery.objects.filter(institution=bank).latest("pk")
        assert kept.path.is_relative_to(Path(settings.HOME.deliveries))
        assert not set(kept.file_name) & set("/\\\u202e\u200f\0")
        assert len(kept.file_name) <= 200
    assert Delivery.objects.filter(institution=bank).count() == len(names)
