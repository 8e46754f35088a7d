"""What is removed by itself: files that were asked for, after their days; people of runs that nobody works with."""

from __future__ import annotations

import logging
import shutil
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import OperationalError, connection, transaction

from jangkau.platform.offices.events import record
from jangkau.platform.registry import partitions
from jangkau.platform.registry.loading import LOCK
from jangkau.platform.registry.models import Comparison, Export, ListSet, Pair, Reason, Run

KEPT = timedelta(days=7)
"""How long a file that somebody asked for may be fetched."""
LEFT_OVER = timedelta(days=1)
"""What lies among runs and exports that long and belongs to none was left by a job that was killed."""
PATIENCE = "3s"
"""How long dropping a run's people waits for those who read; pages that come after it wait as long."""
log = logging.getLogger(__name__)


def tidy(*, now: datetime) -> tuple[int, int]:
    """Remove both, and what killed jobs have left; how many files and runs. Safe to kill and to repeat."""
    removed = remove_exports(now=now), drop_people(now=now)
    remove_unknown(before=now.timestamp() - LEFT_OVER.total_seconds())
    return removed


def remove_exports(*, now: datetime) -> int:
    """Delete the files of exports and results older than `KEPT`. Who asked for them, when and what for stays."""
    old = Export.objects.filter(asked_at__lt=now - KEPT).exclude(state=Export.State.GONE)
    many = 0
    for one in old.iterator():
        one.path.unlink(missing_ok=True)
        many += Export.objects.filter(pk=one.pk).update(state=Export.State.GONE)
    return many


def remove_unknown(*, before: float) -> None:
    """Delete folders of runs and files of exports that no row knows and that were there before this moment."""
    runs = set(Run.objects.values_list("folder", flat=True))
    exports = {one.path.name for one in Export.objects.exclude(state=Export.State.GONE).only("id", "kind")}
    for home, known in ((settings.HOME.runs, runs), (settings.HOME.exports, exports)):
        for path in Path(home).iterdir():
            if path.name in known or path.stat().st_mtime >= before:
                continue
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


def kept_runs() -> set[int]:
    """Runs whose people stay: the current one, the one before it, and those that a comparison still waits for."""
    loaded = Run.objects.filter(state=Run.State.LOADED)
    newest = list(loaded.order_by("-current", "-finished_at", "-pk").values_list("pk", flat=True)[:2])
    waited_for = Comparison.objects.filter(result__isnull=True).values_list("run", "earlier")
    return {*newest, *(number for pair in waited_for for number in pair)}


def drop_people(*, now: datetime) -> int:
    """Drop people, their combinations of lists, doubtful pairs and reasons of runs that are not kept; how many runs.
    What stays: manifest, summary, counts, what decisions changed, and the decisions themselves, which hold for later
    runs too."""
    old = Run.objects.filter(state=Run.State.LOADED, dropped_at=None).exclude(pk__in=kept_runs()).order_by("pk")
    many = 0
    for run in old:
        try:
            _drop(run, now)
        except OperationalError as error:  # somebody reads, or loads: the next time
            log.warning("people of a run are not dropped yet: %s", type(error).__name__)
        else:
            many += 1
    return many


@transaction.atomic
def _drop(run: Run, now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}'")
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, run.pk])
        partitions.drop(cursor=cursor, run=run.pk)
    for model in (Pair, Reason, ListSet):
        model._default_manager.filter(run=run).delete()
    Run.objects.filter(pk=run.pk).update(dropped_at=now)
    record(verb="dropped_people", thing="run", thing_id=run.pk, people=run.result.gaps)
