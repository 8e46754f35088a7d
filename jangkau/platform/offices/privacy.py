"""Requests of people under UU 27/2022, each with its deadline, and the register of processing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files

import yaml
from django.db import transaction

from jangkau.complaints import Text
from jangkau.platform.offices.events import record
from jangkau.platform.offices.models import PrivacyRequest, User

ANSWERED_WITHIN = timedelta(hours=72)
"""UU 27/2022 articles 30, 32 and 40, as secondary sources have them; the articles were not seen."""


@dataclass(frozen=True)
class Processing:
    """One purpose for which data of people are processed."""

    purpose: Text
    data: Text
    source: Text
    basis: Text
    kept: Text
    seen_by: Text
    verified: bool


@cache
def processing() -> tuple[Processing, ...]:
    """The register of processing, from reference/processing.yaml."""
    text = (files("jangkau.platform.offices") / "reference" / "processing.yaml").read_text(encoding="utf-8")
    names = {
        "purpose": "purpose",
        "data": "data",
        "source": "from",
        "basis": "basis",
        "kept": "kept",
        "seen_by": "seen_by",
    }
    return tuple(
        Processing(**{ours: Text(**row[theirs]) for ours, theirs in names.items()}, verified=row["verified"])
        for row in yaml.safe_load(text)
    )


@transaction.atomic
def receive(*, kind: str, note: str, received_at: datetime, by: User) -> PrivacyRequest:
    """Write down a request; it is to be answered within 72 hours of its arrival."""
    one = PrivacyRequest.objects.create(
        kind=kind, note=note, received_at=received_at, due_at=received_at + ANSWERED_WITHIN, by=by
    )
    record(verb="received_privacy_request", thing="privacy_request", thing_id=one.pk, kind=kind)
    return one


@transaction.atomic
def answer(*, request: PrivacyRequest, text: str, now: datetime) -> None:
    """Write down what was answered; once."""
    found = PrivacyRequest.objects.select_for_update().get(pk=request.pk)
    if found.answered_at is not None:
        return
    found.answered_at, found.answer = now, text
    found.save(update_fields=["answered_at", "answer"])
    record(verb="answered_privacy_request", thing="privacy_request", thing_id=found.pk, late=now > found.due_at)
