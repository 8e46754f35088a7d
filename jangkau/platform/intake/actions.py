"""Everything that is written about deliveries, each with its event."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Mapping as Named
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from jangkau.complaints import Complaint
from jangkau.lists import column_names
from jangkau.outputs.disk import disk_full
from jangkau.platform import queue
from jangkau.platform.intake import refusing, rhythm
from jangkau.platform.intake.checking import as_dict
from jangkau.platform.intake.models import Delivery, Layout, Mapping
from jangkau.platform.offices.events import record
from jangkau.platform.offices.models import Institution, User

OURSELVES = "bpjs-ketenagakerjaan"
"""The institution that delivers the register."""


@dataclass(frozen=True)
class Upload:
    """A file on its way in, on the disk of the home; its name as sent, and what was found while it was written."""

    path: Path
    name: str
    digest: str
    size: int


@dataclass(frozen=True)
class Terms:
    """What is stated with a delivery."""

    purpose: str
    legal_basis: str
    agreement_number: str
    results_allowed: bool
    retention_until: date
    due_on: date | None = None


@dataclass(frozen=True)
class HandedIn:
    """The delivery of a file; ``again``: it was there already, and nothing has changed."""

    delivery: Delivery
    again: bool


@transaction.atomic
def hand_in(
    *, upload: Upload, institution: Institution, layout: str, terms: Terms, now: datetime, by: User | None,
    address: str | None = None,
) -> HandedIn:  # fmt: skip
    """Keep a file under its hash and have it checked. The same file again changes nothing, two at once included.

    Complaint for an empty file, a register that is not ours to send, a retention that has ended, a full disk.
    """
    if not upload.size:
        raise refusing.empty()
    if terms.retention_until <= now.date():
        raise refusing.kept_too_short()
    if layout == Layout.REGISTER and (institution.code != OURSELVES or (by is not None and by.role != "analyst")):
        raise refusing.register_is_ours()
    _alone_with(upload.digest)
    there = Delivery.objects.filter(institution=institution, digest=upload.digest).first()
    if there is not None:
        return HandedIn(there, again=True)
    delivery = Delivery(
        institution=institution, layout=layout, file_name=shown_name(name=upload.name), digest=upload.digest,
        size=upload.size, sent_by=by, sent_at=now, purpose=terms.purpose, legal_basis=terms.legal_basis,
        agreement_number=terms.agreement_number, results_allowed=terms.results_allowed,
        retention_until=terms.retention_until,
        due_on=terms.due_on or rhythm.due_of(institution=institution, layout=layout, sent=timezone.localdate(now)),
    )  # fmt: skip
    try:
        with transaction.atomic():
            delivery.save(force_insert=True)
    except IntegrityError:  # somebody else's transaction was first
        return HandedIn(Delivery.objects.get(institution=institution, digest=upload.digest), again=True)
    _keep(upload, delivery)
    record(
        verb="delivered", thing="delivery", thing_id=delivery.pk, purpose=terms.purpose, address=address, by=by,
        institution=institution.code, layout=layout, size=upload.size, digest=upload.digest,
    )  # fmt: skip
    _ask_check(delivery, by)
    return HandedIn(delivery, again=False)


@transaction.atomic
def map_columns(
    *, delivery: Delivery, layout: str, columns: Named[str, str], now: datetime, by: User, address: str | None = None
) -> None:
    """Say by hand which column is what, remember it for the next list of this kind, and check again.

    ``columns``: our name -> the sender's header, "" for a column not to be read. Complaint while it is being checked,
    and once it is accepted.
    """
    delivery = Delivery.objects.select_for_update(of=("self",)).select_related("institution").get(pk=delivery.pk)
    if delivery.state not in (Delivery.State.CHECKED, Delivery.State.REFUSED):
        raise refusing.being_checked()
    if layout == Layout.REGISTER and (delivery.institution.code != OURSELVES or by.role != "analyst"):
        raise refusing.register_is_ours()
    known = column_names(layout=layout) if layout else ()
    kept = {name: header for name, header in columns.items() if name in known}
    delivery.layout, delivery.mapping, delivery.state = layout, kept, Delivery.State.RECEIVED
    delivery.rows_read = delivery.rows_accepted = delivery.rows_refused = None
    delivery.profile, delivery.complaint, delivery.progress = {}, {}, 0
    delivery.save()
    if layout:
        Mapping.objects.update_or_create(
            institution=delivery.institution, layout=layout,
            defaults={"columns": kept, "changed_by": by, "changed_at": now},
        )  # fmt: skip
    record(verb="mapped", thing="delivery", thing_id=delivery.pk, address=address, by=by, layout=layout,
           columns=sorted(kept))  # fmt: skip
    _ask_check(delivery, by)


@transaction.atomic
def accept(*, delivery: Delivery, now: datetime, by: User, address: str | None = None) -> None:
    """A second person accepts what was checked. Complaint for whoever sent it, and for whoever comes second."""
    delivery = _to_decide(delivery)
    if delivery.sent_by_id == by.pk:
        raise refusing.same_person()
    delivery.state, delivery.accepted_by, delivery.accepted_at = Delivery.State.ACCEPTED, by, now
    delivery.save(update_fields=["state", "accepted_by", "accepted_at"])
    record(verb="accepted", thing="delivery", thing_id=delivery.pk, address=address, by=by, layout=delivery.layout,
           rows=delivery.rows_accepted)  # fmt: skip


@transaction.atomic
def give_back(*, delivery: Delivery, reason: str, by: User, address: str | None = None) -> None:
    """The checker, or the sender himself, does not want it accepted. Complaint when it is not waiting for that."""
    delivery = _to_decide(delivery)
    delivery.state, delivery.complaint = Delivery.State.REFUSED, as_dict(complaint=refusing.returned(reason))
    delivery.save(update_fields=["state", "complaint"])
    record(verb="gave_back", thing="delivery", thing_id=delivery.pk, address=address, by=by)


def shown_name(*, name: str) -> str:
    """A file name that can be shown: no folders, no signs that steer a terminal or the direction of letters, no NIK."""
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(c for c in last if unicodedata.category(c)[0] != "C").strip(" .")
    clean = re.sub(r"(?<!\d)\d{16}(?!\d)", "…", plain) or "tanpa-nama"
    return clean if len(clean) <= 200 else f"{clean[:150]}…{clean[-49:]}"


def _to_decide(delivery: Delivery) -> Delivery:
    """The delivery, locked, so that of two who decide one is first."""
    found = Delivery.objects.select_for_update(of=("self",)).select_related("accepted_by").get(pk=delivery.pk)
    if found.state == Delivery.State.ACCEPTED:
        raise refusing.already_accepted(found.accepted_by.name if found.accepted_by else "analis nasional")
    if found.state != Delivery.State.CHECKED:
        raise refusing.not_checked()
    return found


def _alone_with(digest: str) -> None:
    """Nobody else keeps or deletes these bytes until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [digest])


def _keep(upload: Upload, delivery: Delivery) -> None:
    """Move the bytes to their place. What a transaction that fails leaves there is swept by `intake.expire`."""
    try:
        delivery.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not delivery.path.exists():
            with upload.path.open("rb") as file:
                os.fsync(file.fileno())
            upload.path.replace(delivery.path)
    except OSError as error:
        raise complaint_of(error=error) from None


def complaint_of(*, error: OSError) -> Complaint:
    """A full disk, told; any other error is ours."""
    if disk_full(error) is not None:
        return refusing.disk_full()
    raise error


def _ask_check(delivery: Delivery, by: User | None) -> None:
    if by is not None and _is_in_scope():
        queue.ask(task="intake.check", one_at_a_time=f"delivery {delivery.pk}", delivery=delivery.pk)
        return
    from procrastinate.contrib.django import app

    app.configure_task("intake.check", lock=f"delivery {delivery.pk}").defer(
        delivery=delivery.pk, by=by.pk if by else None
    )


def _is_in_scope() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT scope_user() IS NOT NULL")
        return bool(cursor.fetchone()[0])
