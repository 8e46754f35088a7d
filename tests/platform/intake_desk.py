"""Handing things in, for tests: real files of invented people, checked by the engine as the job does."""

from __future__ import annotations

import csv
import hashlib
import io
import itertools
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jangkau.platform.intake.actions import HandedIn
    from jangkau.platform.intake.models import Delivery

HEADER = ("NIK", "Nama", "Tanggal Lahir", "Skema", "Plafon", "Tanggal Akad", "Bank")
BUDI = ("1272011708850001", "BUDI SANTOSO", "1985-08-17", "mikro", "25000000", "2021-01-05", "BRI")
SITI = ("1272015204900002", "SITI AMINAH", "1990-04-12", "kecil", "60000000", "2021-02-06", "BRI")
WRONG = ("1272015204900003", "RINA PURBA", "1990-04-12", "kecil", "-5", "2021-02-06", "BRI")
_numbers = itertools.count(10_000_000)


def kur(*rows: tuple[str, ...], header: tuple[str, ...] = HEADER, alone: bool = True) -> bytes:
    """A KUR list as CSV; ``alone``: no other list of these tests has the same bytes."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerows([header, *rows])
    if alone:
        other = dict(zip(header, BUDI, strict=False)) | {header[4]: str(next(_numbers))}
        writer.writerow(list(other.values()))
    return stream.getvalue().encode()


def terms(**other: Any) -> Any:
    from jangkau.platform.intake.actions import Terms

    until = (datetime.now(UTC) + timedelta(days=90)).date()
    given: dict[str, Any] = {
        "purpose": "Menemukan pekerja yang belum terlindungi", "legal_basis": "Inpres 2/2021",
        "agreement_number": "PKS-12/2021", "results_allowed": True, "retention_until": until,
    }  # fmt: skip
    return Terms(**(given | other))


def hand_in(
    data: bytes, institution: Any, by: Any, *, name: str = "kur.csv", layout: str = "kur", **other: Any
) -> HandedIn:
    """As the upload page does, from a file on the disk of the home."""
    from django.conf import settings

    from jangkau.platform.intake import actions

    path = Path(settings.HOME.uploads) / f"naik-{next(_numbers)}"
    path.write_bytes(data)
    try:
        return actions.hand_in(
            upload=actions.Upload(path, name, hashlib.sha256(data).hexdigest(), len(data)),
            institution=institution, layout=layout, terms=terms(**other), now=datetime.now(UTC), by=by,
        )  # fmt: skip
    finally:
        path.unlink(missing_ok=True)


def checked(data: bytes, institution: Any, by: Any, **other: Any) -> Delivery:
    """Handed in, and checked."""
    return check(hand_in(data, institution, by, **other).delivery)


def check(delivery: Delivery) -> Delivery:
    from jangkau.platform.intake.jobs import check_delivery

    check_delivery(number=delivery.pk)
    delivery.refresh_from_db()
    return delivery


def form(file: bytes, name: str = "kur.csv", **other: Any) -> dict[str, Any]:
    """What the upload page sends."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    until = (datetime.now(UTC) + timedelta(days=90)).date().isoformat()
    return {
        "layout": "kur", "purpose": "Menemukan pekerja", "legal_basis": "Inpres 2/2021",
        "agreement_number": "PKS-12/2021", "retention_until": until, "file": SimpleUploadedFile(name, file),
    } | other  # fmt: skip


def events(number: int) -> list[str]:
    """The verbs of what happened with a delivery."""
    from jangkau.platform.offices.models import Event

    return list(
        Event.objects.filter(thing__in=["delivery", "refused_rows"], thing_id=str(number))
        .order_by("pk")
        .values_list("verb", flat=True)
    )
