"""Jobs of coverage: taking the figures of a run."""

from __future__ import annotations

import json
from pathlib import Path

from procrastinate.contrib.django import app

from jangkau.platform import queue
from jangkau.platform.coverage import actions
from jangkau.platform.coverage.demography import with_sex_and_age


@app.task(name="coverage.take", retry=3)
def take(*, run: int, by: int | None = None) -> None:
    """Take the figures of a run that is done; killed and run again, it takes them once."""
    from jangkau.platform.registry.models import Run

    found = Run.objects.get(pk=run)
    take_from(run=run, summary=found.summary, folder=Path(found.folder), by=by)


def take_from(*, run: int, summary: dict[str, object], folder: Path | None, by: int | None) -> None:
    """Take a summary, with what the people of the run's folder add to it where they are still there."""
    people = folder / "people.parquet" if folder else None
    told = with_sex_and_age(summary=summary, people=people) if people and people.is_file() else summary
    actions.take(run=run, summary=told, by=queue.user_of(by=by) if by else None)


def take_folder(*, run: int, folder: Path) -> None:
    """Take the results in a folder; for demonstrations and tests."""
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    take_from(run=run, summary=summary, folder=folder, by=None)
