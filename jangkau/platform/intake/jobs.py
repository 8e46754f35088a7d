"""Jobs of intake: check a delivery, and delete what has been kept long enough. Both are safe to kill and to repeat."""

from __future__ import annotations

import json
import logging
import os
import shutil
import subprocess
import time
from collections.abc import Mapping as Named
from contextlib import suppress
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from jangkau.platform import leash, queue
from jangkau.platform.intake import drawing, parts, refusing, rhythm
from jangkau.platform.intake.actions import OURSELVES
from jangkau.platform.intake.checking import RESULT, Asked, as_dict
from jangkau.platform.intake.models import Delivery, Layout, Mapping
from jangkau.platform.offices.events import record

log = logging.getLogger(__name__)
TRIES = 3
LEFT_OVER = timedelta(days=1)
"""What lies in the folders of uploads and deliveries that long and belongs to no delivery was left by a failure."""


@app.task(name="intake.check", retry=RetryStrategy(max_attempts=TRIES, wait=5), pass_context=True)
def check(context: Any, *, delivery: int, by: int | None = None) -> None:
    """Read a delivery with the engine and write down what came out."""
    check_delivery(number=delivery, last_try=context.job.attempts + 1 >= TRIES)


@queue.when_given_up(task="intake.check")
def given_up(arguments: Named[str, Any]) -> None:
    """A delivery whose check killed one worker after the other."""
    delivery = Delivery.objects.get(pk=arguments["delivery"])
    if delivery.state == Delivery.State.CHECKING:
        _write_down(delivery, {"complaint": as_dict(complaint=refusing.failed()), "notes": []})


def check_delivery(*, number: int, last_try: bool = True) -> None:
    """As the job does. What was decided, changed or deleted meanwhile is left alone."""
    waiting = (Delivery.State.RECEIVED, Delivery.State.CHECKING)
    if not Delivery.objects.filter(pk=number, state__in=waiting).update(state=Delivery.State.CHECKING, progress=0):
        return
    delivery = Delivery.objects.select_related("institution").get(pk=number)
    try:
        result = _read(delivery)
    except (OSError, ValueError, RuntimeError) as error:
        log.warning("a check failed: %s", type(error).__name__)
        if not last_try:
            raise
        full = isinstance(error, _DiskFullError)
        result = {"complaint": as_dict(complaint=refusing.disk_full() if full else refusing.failed()), "notes": []}
    _write_down(delivery, result)


class _DiskFullError(RuntimeError):
    """The engine found no room for what it reads."""


def _read(delivery: Delivery) -> dict[str, Any]:
    """Run the engine in a process of its own, so that a hostile file costs that process alone."""
    asked = Asked(
        path=str(delivery.path), folder=str(delivery.checked), name=delivery.file_name,
        institution=delivery.institution.name, layout=delivery.layout, columns=delivery.mapping,
        remembered=dict(Mapping.objects.filter(institution=delivery.institution).values_list("layout", "columns")),
        as_of=timezone.localdate(delivery.sent_at).isoformat(),
    )  # fmt: skip
    (delivery.checked / RESULT).unlink(missing_ok=True)
    full = False
    with leash.start(
        module="jangkau.platform.intake.checking", arguments=[], grace=0, env=dict(os.environ),
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as child:  # fmt: skip
        assert child.stdin is not None and child.stdout is not None  # noqa: S101 - as asked for
        try:
            child.stdin.write(json.dumps(asdict(asked)))
            child.stdin.close()
            said = time.monotonic()
            for line in child.stdout:
                full = full or line.startswith("{")
                if not full and time.monotonic() - said > 1:
                    said = time.monotonic()
                    Delivery.objects.filter(pk=delivery.pk, state="checking").update(progress=int(line))
        except BaseException:
            child.kill()
            raise
    if full:
        raise _DiskFullError
    result: dict[str, Any] = json.loads((delivery.checked / RESULT).read_text(encoding="utf-8"))
    return result


@transaction.atomic
def _write_down(delivery: Delivery, result: dict[str, Any]) -> None:
    """Only what is still being checked, under the mapping that was read with, takes the result."""
    now = Delivery.objects.select_for_update(of=("self",)).select_related("institution").get(pk=delivery.pk)
    if now.state != Delivery.State.CHECKING or (now.layout, now.mapping) != (delivery.layout, delivery.mapping):
        return
    complaint = result.get("complaint")
    if not complaint and result["layout"] == Layout.REGISTER and now.institution.code != OURSELVES:
        complaint = as_dict(complaint=refusing.register_is_ours())
    if complaint:
        now.state, now.complaint = Delivery.State.REFUSED, refusing.as_sender_reads(complaint=complaint)
        now.profile = {"notes": result["notes"]}
    else:
        counts = result["counts"]
        now.state, now.layout, now.mapping = Delivery.State.CHECKED, result["layout"], result["columns"]
        now.rows_read, now.rows_accepted, now.rows_refused = counts["read"], counts["accepted"], counts["refused"]
        now.profile, now.complaint = {**result["profile"], "notes": result["notes"]}, {}
        if now.due_on is None:  # its kind is known only now
            sent = timezone.localdate(now.sent_at)
            now.due_on = rhythm.due_of(institution=now.institution, layout=now.layout, sent=sent)
    now.progress = 100
    now.save()
    if not complaint:
        drawing.redraw(institution=now.institution, layout=now.layout)
    record(
        verb="refused_file" if complaint else "checked", thing="delivery", thing_id=now.pk, by=now.sent_by,
        layout=now.layout, rows_read=now.rows_read, rows_accepted=now.rows_accepted, notes=result["notes"],
    )  # fmt: skip


@app.periodic(cron="23 * * * *", periodic_id="hourly")
@app.task(name="intake.sweep", queueing_lock="intake.sweep")
def sweep_parts(timestamp: int = 0) -> None:
    """Delete what was begun and never sent to its end; every hour."""
    parts.sweep(now=timezone.now())


@app.periodic(cron="17 2 * * *", periodic_id="daily")
@app.task(name="intake.expire", queueing_lock="intake.expire")
def expire(timestamp: int = 0) -> None:
    """Delete what has been kept as long as was stated; once a night."""
    delete_expired(today=timezone.localdate())


def delete_expired(*, today: date) -> int:
    """Bytes and Parquet of deliveries whose retention has ended are deleted, hash and counts stay; how many."""
    due = Delivery.objects.filter(retention_until__lt=today).exclude(state=Delivery.State.DELETED)
    numbers = list(due.order_by("pk").values_list("pk", flat=True))
    for number in numbers:
        with transaction.atomic():
            delivery = Delivery.objects.select_for_update(of=("self",)).get(pk=number)
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [delivery.digest])
            delivery.state = Delivery.State.DELETED
            delivery.save(update_fields=["state"])
            record(verb="deleted_content", thing="delivery", thing_id=number, rows=delivery.rows_read)
            _remove(delivery)
    sweep(before=time.time() - LEFT_OVER.total_seconds())
    return len(numbers)


def _remove(delivery: Delivery) -> None:
    """What was read of it, and its bytes unless another institution's delivery has the very same."""
    shutil.rmtree(delivery.checked, ignore_errors=True)
    shared = Delivery.objects.filter(digest=delivery.digest).exclude(state=Delivery.State.DELETED)
    if not any(one.path == delivery.path for one in shared):
        delivery.path.unlink(missing_ok=True)
    with suppress(OSError):
        delivery.folder.rmdir()


def sweep(*, before: float) -> None:
    """Remove what belongs to no delivery that is kept and was there before this moment: left by a failure."""
    for path in Path(settings.HOME.uploads).iterdir():
        if path.stat().st_mtime < before:
            path.unlink(missing_ok=True)
    live = list(Delivery.objects.exclude(state=Delivery.State.DELETED).only("digest", "file_name"))
    kept = {one.path for one in live} | {one.checked for one in live}
    for path in Path(settings.HOME.deliveries).glob("??/*/*"):
        if path in kept or path.stat().st_mtime >= before:
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
