"""Jobs of the registry: run the engine, load, export, compare. Each is safe to kill and repeat."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from procrastinate.contrib.django import app

from jangkau.complaints import Complaint
from jangkau.platform import queue
from jangkau.platform.offices.events import record
from jangkau.platform.registry import actions, comparing, exporting, results, running, tidying
from jangkau.platform.registry.models import Comparison, Export, Run


@app.task(name="registry.run")
def run(*, run: int, by: int) -> None:
    """Prepare, compute and load a run; at its end coverage is asked to take its figures."""
    one = Run.objects.get(pk=run)
    if one.state == Run.State.LOADED:  # by a worker that was killed before it could tell the others
        load(run=run, by=by)
    if one.state not in (Run.State.ASKED, Run.State.RUNNING):
        running.let_go(run=one)
        return
    if not Run.objects.filter(pk=run, state__in=[Run.State.ASKED, Run.State.RUNNING]).update(state=Run.State.RUNNING):
        return
    try:
        running.prepare(run=one)
        running.work(run=one)
    except running.CancelledError:
        running.let_go(run=one)
        record(verb="stopped_run", thing="run", thing_id=run, by=queue.user_of(by=by))
        return
    except running.FailedError as failed:
        _give_up(run, str(failed))
        running.let_go(run=one)
        record(verb="failed_run", thing="run", thing_id=run, by=queue.user_of(by=by))
        return
    if Run.objects.filter(pk=run, state=Run.State.RUNNING).update(percent=96, progress="Memuat ke basis data"):
        load(run=run, by=by)
        running.let_go(run=one)


@queue.when_given_up(task="registry.run")
def run_given_up(arguments: Mapping[str, Any]) -> None:
    """A run that failed by a fault of ours, or killed one worker after the other."""
    one = Run.objects.get(pk=arguments["run"])
    _give_up(one.pk, "Gagal karena kesalahan pada kami; lihat catatan pekerja, lalu minta lagi.")
    running.let_go(run=one)


def _give_up(run: int, why: str) -> None:
    Run.objects.filter(pk=run, state=Run.State.RUNNING).update(
        state=Run.State.FAILED, progress=why[:200], finished_at=timezone.now()
    )


@app.task(name="registry.load")
def load(*, run: int, by: int | None = None) -> None:
    """Load finished results, then have coverage take them."""
    one = Run.objects.get(pk=run)
    actions.load(run=one, by=queue.user_of(by=by) if by else None)
    earlier = Run.objects.filter(state=Run.State.LOADED, pk__lt=run).order_by("-pk").first()
    if earlier and (earlier.out / "people.parquet").is_file():
        made, new = Comparison.objects.get_or_create(run=one, earlier=earlier, defaults={"asked_at": timezone.now()})
        if new or made.result is None:
            compare(comparison=made.pk)
    app.configure_task("coverage.take", lock=f"coverage.{run}").defer(run=run)


@app.task(name="registry.compare")
def compare(*, comparison: int, by: int | None = None) -> None:
    """Hold two runs against each other."""
    one = Comparison.objects.select_related("run", "earlier").get(pk=comparison)
    one.result = comparing.compare(run=one.run, earlier=one.earlier)
    one.save(update_fields=["result"])


@queue.when_given_up(task="registry.compare")
def comparison_given_up(arguments: Mapping[str, Any]) -> None:
    """It can be asked for again."""
    Comparison.objects.filter(pk=arguments["comparison"], result=None).delete()


@app.task(name="registry.export")
def export(*, export: str, by: int) -> None:
    """Write an export."""
    one = Export.objects.select_related("by", "run").get(pk=export)
    if one.is_to_be_written:
        exporting.write_export(export=one)


@app.task(name="registry.results")
def write_results(*, export: str, by: int) -> None:
    """Write the results of a delivery."""
    one = Export.objects.select_related("by__institution", "delivery__institution", "run").get(pk=export)
    if one.is_to_be_written:
        try:
            results.write_results(export=one)
        except Complaint:  # who may not any more is told so by the page of the delivery
            export_given_up({"export": export})


@queue.when_given_up(task="registry.results")
@queue.when_given_up(task="registry.export")
def export_given_up(arguments: Mapping[str, Any]) -> None:
    """No room for it, or a fault of ours; its asker sees that and asks again."""
    Export.objects.filter(pk=arguments["export"], state=Export.State.ASKED).update(
        state=Export.State.FAILED, finished_at=timezone.now()
    )


@app.periodic(cron="47 * * * *", periodic_id="hourly")
@app.task(name="registry.tidy", queueing_lock="registry.tidy")
def tidy(timestamp: int = 0) -> None:
    """Remove files and people that have been kept long enough, and what killed jobs have left; every hour."""
    tidying.tidy(now=timezone.now())
