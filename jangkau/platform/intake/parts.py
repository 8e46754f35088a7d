"""A file that arrives part by part: what has come stays on the disk of the home until the rest has come too."""

from __future__ import annotations

import fcntl
import hashlib
import os
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import IO
from uuid import UUID

from django.db import connection, transaction

from jangkau.complaints import Complaint, Text
from jangkau.platform.intake import refusing
from jangkau.platform.intake.actions import Upload, complaint_of
from jangkau.platform.intake.models import Part
from jangkau.platform.offices.models import User

KEPT = timedelta(hours=24)
"""How long an unfinished file waits for its rest."""
PATIENCE = 5.0
"""Seconds to wait for an earlier attempt that still writes."""
_BLOCK = 2**20


class ElsewhereError(Exception):
    """The next bytes belong at ``at``, not where they were said to."""

    def __init__(self, at: int) -> None:
        super().__init__(at)
        self.at = at


@transaction.atomic
def start(*, name: str, size: int, modified: int, most: int, now: datetime, by: User) -> Part:
    """The unfinished file of this name, size and time that the user has begun, or a new one. His unfinished files
    together hold at most ``most`` bytes: older ones give way.

    Complaint for an empty file and one larger than ``most``.
    """
    if size <= 0:
        raise refusing.empty()
    if size > most:
        raise refusing.too_large()
    with connection.cursor() as cursor:  # two windows of one user
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 1))", [f"parts {by.pk}"])
    mine = Part.objects.filter(by=by).order_by("-started_at", "-pk")
    there = mine.filter(name=name[:300], size=size, modified=modified, started_at__gt=now - KEPT).first()
    if there is not None:
        return there
    left = most - size
    for old in mine:
        left -= old.size
        if left < 0:
            forget(part=old)
    part = Part.objects.create(name=name[:300], size=size, modified=modified, by=by, started_at=now)
    try:
        part.path.touch(mode=0o600)
    except OSError as error:
        raise complaint_of(error=error) from None
    return part


def arrived(*, part: Part) -> int:
    """How many bytes of it are here: once an attempt whose connection broke has written what it still had, which the
    browser may ask before, or after some seconds anyway."""
    until = time.monotonic() + PATIENCE
    try:
        with part.path.open("rb") as file:
            while not _free(file) and time.monotonic() < until:
                time.sleep(0.05)
            return os.fstat(file.fileno()).st_size
    except FileNotFoundError:
        return 0


def _free(file: IO[bytes]) -> bool:
    """Does nobody write to it now."""
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def append(*, part: Part, at: int, read: Callable[[int], bytes], length: int) -> int:
    """Write the next ``length`` bytes, from ``at`` on; how many are here then. A connection that breaks leaves what has
    come: the next call goes on from there.

    ElsewhereError when they belong elsewhere; Complaint for more than was announced, and for a full disk, on which
    nothing of the file is left.
    """
    if at + length > part.size:
        raise refusing.too_large()
    try:
        with part.path.open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # the browser may not know yet that an earlier attempt still writes
            here = os.fstat(file.fileno()).st_size
            if here != at:
                raise ElsewhereError(here)
            while length and (block := read(min(_BLOCK, length))):
                file.write(block)
                length -= len(block)
                here += len(block)
            file.flush()
    except OSError as error:
        complaint = complaint_of(error=error)  # what is no full disk is raised: the connection broke
        forget(part=part)
        raise complaint from None
    return here


def whole(*, part: Part) -> Upload:
    """The file once all of it is here, as an upload to hand in. Complaint when some of it is missing."""
    if arrived(part=part) != part.size:
        raise Complaint(
            what=Text("Berkas belum seluruhnya terkirim.", "Not all of the file has arrived."),
            where="",
            why=Text("Sambungannya terputus sebelum selesai.", "The connection broke before its end."),
            do=Text("Pilih berkas yang sama dan kirim lagi; pengiriman dilanjutkan dari tempatnya berhenti.",
                    "Choose the same file and send it again; it goes on from where it stopped."),
        )  # fmt: skip
    with part.path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Upload(part.path, part.name, digest, part.size)


def forget(*, part: Part) -> None:
    """It was handed in, or is not wanted any more."""
    part.path.unlink(missing_ok=True)
    Part.objects.filter(pk=part.pk).delete()


def sweep(*, now: datetime) -> int:
    """Delete what has waited too long for its rest; how many. As the owner."""
    old = list(Part.objects.filter(started_at__lt=now - KEPT))
    for part in old:
        forget(part=part)
    return len(old)


def of(*, number: UUID, by: User) -> Part | None:
    """The user's own unfinished file; None for anybody else's."""
    return Part.objects.filter(pk=number, by=by).first()
