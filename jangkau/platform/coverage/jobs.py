"""Jobs of coverage: taking the figures of a run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from procrastinate.contrib.django import app

from jangkau.platform import queue
from jangkau.platform.coverage import actions
from jangkau.platform.coverage.demography import with_sex_and_age
from jangkau.platform.coverage.models import Snapshot


@app.task(name="coverage.take", retry=3)
def take(*, run: int, by: int | None = None) -> None:
    """Take the figures of a run that is done; killed and run again, it takes them once."""
    from django.apps import apps

    found: Any = apps.get_app_config("registry").get_model("Run")._default_manager.get(pk=run)
    take_folder(run=run, folder=found.out, by=by)


def take_folder(*, run: int, folder: Path, by: int | None = None) -> Snapshot:
    """Take the results in a folder, as `jangkau run` wrote them: summary.json, and people.parquet for sex and age."""
    summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
    people = folder / "people.parquet"
    if people.is_file():
        summary = with_sex_and_age(summary=summary, people=people)
    return actions.take(run=run, summary=summary, by=queue.user_of(by=by) if by else None)
