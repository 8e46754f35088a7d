"""Requests of people have a deadline and are answered once; the auditor reads, the analyst writes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.test import Client

    from jangkau.platform.offices.models import User

Browser = Callable[["User | None"], "Client"]


def test_a_request_is_due_in_72_hours_and_answered_once(browser_of: Browser, user: Callable[..., User]) -> None:
    from jangkau.platform.offices.models import Event, PrivacyRequest

    analyst = user("analyst")
    client = browser_of(analyst)
    assert client.post("/privasi/", {"kind": "access", "note": "surat 12"}).status_code == 302
    one = PrivacyRequest.objects.get(by=analyst)
    assert one.due_at - one.received_at == timedelta(hours=72)
    client.post(f"/privasi/{one.pk}/", {"text": "dikirim"})
    client.post(f"/privasi/{one.pk}/", {"text": "lain"})
    one.refresh_from_db()
    assert one.answer == "dikirim"
    verbs = list(Event.objects.filter(by=analyst, thing="privacy_request").values_list("verb", flat=True))
    assert verbs == ["received_privacy_request", "answered_privacy_request"]


def test_the_auditor_reads_requests_and_writes_none(browser_of: Browser, user: Callable[..., User]) -> None:
    from jangkau.platform.offices.models import PrivacyRequest

    client = browser_of(user("auditor"))
    assert client.get("/privasi/").status_code == 200
    before = PrivacyRequest.objects.count()
    client.post("/privasi/", {"kind": "access", "note": "x"})
    assert PrivacyRequest.objects.count() == before


def test_others_do_not_see_requests(
    browser_of: Browser, user: Callable[..., User], office: Callable[..., object]
) -> None:
    assert browser_of(user("branch_officer", office=office("1273"))).get("/privasi/").status_code == 403


def test_the_register_of_processing_says_what_is_not_verified() -> None:
    from jangkau.platform.offices.privacy import processing

    assert len(processing()) >= 4
    assert all(one.purpose.en and one.kept.id for one in processing())
