"""What removes itself: old files, and the people of runs that nobody works with. What must stay, stays."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg

from jangkau.platform.database import Databases
from jangkau.platform.home import Home
from tests.platform.finished_run import AS_OF, Doubt, Made, write


def _runs(tmp_path: Path, many: int) -> list[Any]:
    from django.utils import timezone

    from jangkau.platform.registry import actions, tidying

    tidying.drop_people(now=timezone.now())  # those of other tests
    her = Made(1, "1272", ("kur_a.csv",), "doubtful")
    return [
        actions.register_finished(
            folder=write(folder=tmp_path / str(at), people=[her], doubts=[Doubt(her)], files={"kur_a.csv": "A"}),
            as_of=AS_OF,
            by=None,
        )
        for at in range(many)
    ]


def _parts(owner: str, *numbers: int) -> set[str]:
    wanted = [f"registry_{kind}_{number}" for kind in ("gap", "sharedgap") for number in numbers]
    with psycopg.connect(owner) as connection:
        found = connection.execute("SELECT relname FROM pg_class WHERE relname = ANY (%s)", [wanted])
        return {name for (name,) in found}


def test_people_stay_of_the_current_run_and_the_one_before(
    platform: tuple[Home, Databases], tmp_path: Path, user: Callable[..., Any]
) -> None:
    from django.utils import timezone

    from jangkau.platform.registry import tidying
    from jangkau.platform.registry.models import GapCount, Pair, Run, RunResult

    first, second, third = (run.pk for run in _runs(tmp_path, 3))
    tidying.drop_people(now=timezone.now())
    assert _parts(platform[1].owner, first) == set()
    assert len(_parts(platform[1].owner, second, third)) == 4
    assert Run.objects.get(pk=first).dropped_at is not None
    assert (RunResult.objects.filter(run=first).count(), GapCount.objects.filter(run=first).count() > 0) == (1, True)
    assert (Pair.objects.filter(run=first).count(), Pair.objects.filter(run=third).count()) == (0, 1)
    assert tidying.drop_people(now=timezone.now()) == 0  # once


def test_a_run_that_a_comparison_waits_for_keeps_its_people(platform: tuple[Home, Databases], tmp_path: Path) -> None:
    from django.utils import timezone

    from jangkau.platform.registry import tidying
    from jangkau.platform.registry.models import Comparison

    first, _second, third = _runs(tmp_path, 3)
    waiting = Comparison.objects.create(run=third, earlier=first, asked_at=timezone.now())
    tidying.drop_people(now=timezone.now())
    assert len(_parts(platform[1].owner, first.pk)) == 2
    Comparison.objects.filter(pk=waiting.pk).update(result={})
    tidying.drop_people(now=timezone.now())
    assert _parts(platform[1].owner, first.pk) == set()


def test_somebody_who_reads_is_not_disturbed_and_the_next_hour_does_it(
    platform: tuple[Home, Databases], tmp_path: Path, monkeypatch: Any
) -> None:
    from django.utils import timezone

    from jangkau.platform.registry import tidying
    from jangkau.platform.registry.models import Run

    monkeypatch.setattr(tidying, "PATIENCE", "200ms")
    first = _runs(tmp_path, 3)[0].pk
    with psycopg.connect(platform[1].owner) as reader:
        reader.execute("SELECT count(*) FROM registry_gap")
        assert tidying.drop_people(now=timezone.now()) == 0
        assert Run.objects.get(pk=first).dropped_at is None
    assert tidying.drop_people(now=timezone.now()) > 0
    assert _parts(platform[1].owner, first) == set()


def test_decisions_about_a_dropped_run_hold_and_can_be_undone(
    platform: object, tmp_path: Path, user: Callable[..., Any]
) -> None:
    from django.db import transaction
    from django.utils import timezone

    from jangkau.platform import scope
    from jangkau.platform.registry import actions, tidying
    from jangkau.platform.registry.models import Decision, Pair

    analyst = user("analyst")
    first = _runs(tmp_path, 1)[0]
    Decision.objects.filter(undone_at=None).update(undone_at=timezone.now())
    Pair.objects.filter(run=first).update(sampled=False, state="open", answer="")
    with transaction.atomic():
        scope.enter(kind="user", number=analyst.pk)
        assert actions.decide(pair=Pair.objects.get(run=first).pk, answer="same", reading=1, address=None) == "done"
    later = _runs(tmp_path / "later", 2)[1]
    tidying.drop_people(now=timezone.now())
    assert Pair.objects.get(run=later).answer == "same"
    with transaction.atomic():
        scope.enter(kind="user", number=analyst.pk)
        assert actions.undo(decision=Decision.objects.get(by=analyst).pk, address=None) == "done"
    assert Pair.objects.get(run=later).answer == ""


def test_a_person_s_page_and_a_run_s_page_still_open(
    platform: object, tmp_path: Path, user: Callable[..., Any], browser_of: Callable[..., Any]
) -> None:
    from django.utils import timezone

    from jangkau.platform.registry import tidying
    from jangkau.platform.registry.pair_rows import person_uuid

    first = _runs(tmp_path, 3)[0].pk
    tidying.drop_people(now=timezone.now())
    browser = browser_of(user("analyst"))
    page = browser.get(f"/hitungan/{first}/").content.decode()
    assert "tidak lagi di basis data" in page
    assert browser.get(f"/kesenjangan/orang/{person_uuid(person_id=Made(1, None, ()).person_id)}/").status_code == 200


def test_old_files_go_and_who_asked_stays(platform: tuple[Home, Databases], tmp_path: Path, user: Any) -> None:
    from django.utils import timezone

    from jangkau.platform.registry import tidying
    from jangkau.platform.registry.models import Export

    run, now = _runs(tmp_path, 1)[0], timezone.now()
    made = {}
    for days in (1, 8):
        one = Export.objects.create(
            run=run, by=user("analyst"), kind="csv", purpose="kunjungan", state="ready",
            asked_at=now - timedelta(days=days),
        )  # fmt: skip
        one.path.write_text("x")
        made[days] = one
    part = made[1].path.with_suffix(".9.part")
    part.write_text("x")
    os.utime(part, (time.time() - 2 * 86_400,) * 2)
    assert tidying.remove_exports(now=now) == 1
    assert [one.path.exists() for one in made.values()] == [True, False]
    assert not part.exists()
    assert Export.objects.get(pk=made[8].pk).state == "gone"
    assert tidying.remove_exports(now=now) == 0
