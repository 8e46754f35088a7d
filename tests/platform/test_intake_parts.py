"""A file that arrives part by part: it goes on where it broke, is nobody else's, and is not kept half for ever."""

from __future__ import annotations

import fcntl
import io
import queue
import resource
import socket
import threading
import time
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from .intake_desk import SITI, form, kur

if TYPE_CHECKING:
    from django.test import Client

    from jangkau.platform.offices.models import User

Make = Callable[..., Any]
Browser = Callable[["User | None"], "Client"]
START, NEW = "/kiriman/naik/", "/kiriman/baru/"


@pytest.fixture
def clerk(user: Make, institution: Make) -> User:
    one: User = user("bank_officer", institution=institution())
    return one


def _begin(browser: Client, data: bytes, name: str = "kur.csv", modified: int = 1_600_000_000_000) -> dict[str, Any]:
    answer = browser.post(START, {"name": name, "size": len(data), "modified": modified})
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


def _send(browser: Client, number: str, data: bytes, at: int) -> Any:
    return browser.post(f"{START}{number}/", data, content_type="application/octet-stream", HTTP_UPLOAD_OFFSET=str(at))


def _hand_in(browser: Client, number: str) -> Any:
    sent = form(b"") | {"upload": number}
    del sent["file"]
    return browser.post(NEW, sent)


def test_a_file_in_parts_is_the_file(browser_of: Browser, clerk: User) -> None:
    from hashlib import sha256

    from django.conf import settings

    from jangkau.platform.intake.models import Delivery, Part

    browser, data = browser_of(clerk), kur(*[SITI] * 50)
    begun = _begin(browser, data)
    for at in range(0, len(data), 1000):
        assert _send(browser, begun["id"], data[at : at + 1000], at).json() == {"at": min(at + 1000, len(data))}
    answer = _hand_in(browser, begun["id"])
    assert answer.status_code == 302, answer.content.decode()
    one = Delivery.objects.get(institution=clerk.institution)
    assert (one.digest, one.size, one.file_name) == (sha256(data).hexdigest(), len(data), "kur.csv")
    assert one.path.read_bytes() == data
    assert not Part.objects.filter(by=clerk).exists()
    assert not (settings.HOME.uploads / f"{begun['id']}.part").exists()


def test_the_same_file_goes_on_where_it_stopped_and_another_begins_anew(browser_of: Browser, clerk: User) -> None:
    browser, data = browser_of(clerk), kur(*[SITI] * 50)
    begun = _begin(browser, data)
    _send(browser, begun["id"], data[:700], 0)
    assert _begin(browser_of(clerk), data) == {"id": begun["id"], "at": 700}  # after a reload, in another browser
    assert browser.get(f"{START}{begun['id']}/").json() == {"at": 700}
    for other in ({"name": "lain.csv"}, {"modified": 7}):
        assert _begin(browser, data, **other)["at"] == 0
    assert _begin(browser, data[:-1])["at"] == 0


def test_who_asks_where_to_go_on_waits_for_an_attempt_that_still_writes(
    browser_of: Browser, clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from jangkau.platform.intake import parts
    from jangkau.platform.intake.models import Part

    browser, data = browser_of(clerk), kur(*[SITI] * 50)
    one = Part.objects.get(pk=_begin(browser, data)["id"])
    writing, asked, told = threading.Event(), threading.Event(), queue.Queue[int]()

    def slow(size: int) -> bytes:
        writing.set()
        assert asked.wait(10)
        time.sleep(0.3)  # the question is there by now
        return data[:size]

    def ask() -> None:
        asked.set()
        told.put(parts.arrived(part=one))

    writer = threading.Thread(target=lambda: parts.append(part=one, at=0, read=slow, length=700))
    writer.start()
    assert writing.wait(10)
    threading.Thread(target=ask).start()
    assert told.get(timeout=10) == 700
    writer.join()
    with one.path.open("ab") as held:  # an attempt of which nobody hears any more
        fcntl.flock(held, fcntl.LOCK_EX)
        monkeypatch.setattr(parts, "PATIENCE", 0.1)
        assert parts.arrived(part=one) == 700


def test_slow_lines_leave_threads_for_pages(browser_of: Browser, clerk: User, monkeypatch: pytest.MonkeyPatch) -> None:
    from jangkau.platform import serving
    from jangkau.platform.web import parts

    assert parts.AT_ONCE * 2 == serving.THREADS
    browser, data = browser_of(clerk), kur(*[SITI] * 50)
    begun = _begin(browser, data)
    full = threading.BoundedSemaphore(1)
    monkeypatch.setattr(parts, "_room", full)
    with full:
        assert _send(browser, begun["id"], data[:700], 0).status_code == 503
    for at in (0, 700):  # what was refused or wrong gives its room back
        assert _send(browser, begun["id"], data[at : at + 700], at).json() == {"at": at + 700}
        assert _send(browser, begun["id"], data[:10], 5).status_code == 409


class Silent(io.BytesIO):
    """A line on which no more comes than this."""

    def read(self, size: int | None = -1) -> bytes:
        if not (found := super().read(size)):
            raise TimeoutError
        return found


def test_a_line_that_fell_silent_may_be_gone_on_with(browser_of: Browser, clerk: User) -> None:
    browser, data = browser_of(clerk), kur(*[SITI] * 50)
    place = f"{START}{_begin(browser, data)['id']}/"
    line: dict[str, Any] = {"wsgi.input": Silent(data[:700]), "HTTP_UPLOAD_OFFSET": "0"}
    assert browser.generic("POST", place, data, **line).status_code == 503
    assert browser.get(place).json() == {"at": 700}


def test_a_client_that_falls_silent_is_let_go(platform: object) -> None:
    from django.http import HttpResponse
    from django.http.request import UnreadablePostError
    from django.test import RequestFactory

    from jangkau.platform.web.middleware import Patience

    request = RequestFactory().post("/")
    patience = Patience(lambda asked: HttpResponse(asked.read(100)))
    patience.SECONDS = 0.2
    here, there = socket.socketpair()
    with here, there, here.makefile("rb") as stream:
        there.sendall(b"x" * 10)  # and no more
        request.META["gunicorn.socket"] = here
        request._stream = stream
        with pytest.raises(UnreadablePostError):
            patience(request)


def test_bytes_for_another_place_are_not_taken(browser_of: Browser, clerk: User) -> None:
    browser, data = browser_of(clerk), kur(*[SITI] * 50)
    begun = _begin(browser, data)
    _send(browser, begun["id"], data[:700], 0)
    for at in (0, 699, 701):
        answer = _send(browser, begun["id"], data[:10], at)
        assert (answer.status_code, answer.json()) == (409, {"at": 700})
    assert _send(browser, begun["id"], data[700:] + b"x", 700).status_code == 413
    assert _send(browser, begun["id"], b"", 700).status_code == 400
    assert browser.get(f"{START}{begun['id']}/").json() == {"at": 700}


def test_an_unfinished_file_is_not_handed_in(browser_of: Browser, clerk: User) -> None:
    from jangkau.platform.intake.models import Delivery

    browser, data = browser_of(clerk), kur(*[SITI] * 50)
    begun = _begin(browser, data)
    _send(browser, begun["id"], data[:700], 0)
    answer = _hand_in(browser, begun["id"])
    assert answer.status_code == 422
    assert "dilanjutkan dari tempatnya berhenti" in answer.content.decode()
    assert not Delivery.objects.filter(institution=clerk.institution).exists()


def test_what_somebody_else_has_begun_is_not_there(
    browser_of: Browser, clerk: User, user: Make, raw_sql: Callable[..., psycopg.Connection]
) -> None:
    data = kur(SITI)
    begun = _begin(browser_of(clerk), data)
    colleague = user("bank_officer", institution=clerk.institution)
    for somebody in (colleague, user("analyst")):
        browser = browser_of(somebody)
        assert browser.get(f"{START}{begun['id']}/").status_code == 404
        assert _send(browser, begun["id"], data, 0).status_code == 404
        assert _hand_in(browser, begun["id"]).status_code == 404
        assert _begin(browser, data)["id"] != begun["id"]
        mine = raw_sql(somebody).execute("SELECT count(*) FROM intake_part WHERE by_id = %s", [clerk.pk]).fetchone()
        assert mine == (0,)
    browser = browser_of(clerk)
    for forged in (str(uuid.UUID(int=7)), "x", "../../x"):
        assert _hand_in(browser, forged).status_code == 404
    assert browser_of(user("board")).post(START, {"name": "x", "size": 1, "modified": 1}).status_code == 403


def test_parts_count_against_what_a_file_may_have(
    browser_of: Browser, clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from jangkau.platform.intake.models import Part
    from jangkau.platform.web import uploads

    monkeypatch.setattr(uploads, "MOST", 1000)
    browser = browser_of(clerk)
    assert browser.post(START, {"name": "a", "size": 1001, "modified": 1}).status_code == 413
    assert browser.post(START, {"name": "a", "size": 0, "modified": 1}).status_code == 413
    assert browser.post(START, {"name": "a", "size": "-1", "modified": 1}).status_code == 400
    first = _begin(browser, b"x" * 600, "satu.csv")
    _send(browser, first["id"], b"x" * 300, 0)
    path = Part.objects.get(pk=first["id"]).path
    _begin(browser, b"x" * 600, "dua.csv")
    assert list(Part.objects.filter(by=clerk).values_list("name", flat=True)) == ["dua.csv"]
    assert not path.exists()


def test_a_full_disk_is_told_and_nothing_is_left(browser_of: Browser, clerk: User) -> None:
    from jangkau.platform.intake.models import Part
    from jangkau.platform.offices.models import Event

    browser, data = browser_of(clerk), kur(*[SITI] * 5000)
    begun = _begin(browser, data)
    assert _send(browser, begun["id"], data[:50_000], 0).status_code == 200
    path = Part.objects.get(pk=begun["id"]).path
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))  # this process has no more room than that
    try:
        answer = _send(browser, begun["id"], data[50_000:], 50_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert answer.status_code == 507
    assert "Ruang simpan di server penuh" in answer.json()["error"]
    assert not path.exists()
    assert not Part.objects.filter(by=clerk).exists()
    assert Event.objects.filter(verb="upload_refused", by=clerk).count() == 1


def test_what_is_never_finished_is_deleted_after_a_day(browser_of: Browser, clerk: User) -> None:
    from django.utils import timezone

    from jangkau.platform.intake import parts
    from jangkau.platform.intake.models import Part

    browser, data = browser_of(clerk), kur(*[SITI] * 50)
    begun = _begin(browser, data)
    _send(browser, begun["id"], data[:700], 0)
    path = Part.objects.get(pk=begun["id"]).path
    parts.sweep(now=timezone.now() + timedelta(hours=23))
    assert path.exists()
    parts.sweep(now=timezone.now() + timedelta(hours=25))
    assert not path.exists()
    assert not Part.objects.filter(by=clerk).exists()


def test_the_same_bytes_twice_in_parts_are_one_delivery(browser_of: Browser, clerk: User, user: Make) -> None:
    from jangkau.platform.intake.models import Delivery, Part

    data, colleague = kur(SITI), user("bank_officer", institution=clerk.institution)
    both = [browser_of(clerk), browser_of(colleague)]
    begun = [_begin(browser, data)["id"] for browser in both]
    for browser, number in zip(both, begun, strict=True):
        _send(browser, number, data, 0)
    _first, second = (_hand_in(browser, number) for browser, number in zip(both, begun, strict=True))
    assert "Tidak ada yang berubah" in both[1].get(second.headers["Location"]).content.decode()
    assert Delivery.objects.filter(institution=clerk.institution).count() == 1
    assert not Part.objects.filter(by__in=[clerk, colleague]).exists()
