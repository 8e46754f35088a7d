"""Results of runs become people, counts and pairs in the database; all of them or none."""

from __future__ import annotations

import functools
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from jangkau.platform.database import Databases
from jangkau.platform.home import Home
from tests.platform.finished_run import AS_OF, Doubt, Made, write

FILES = {"kur_a.csv": "Bank A", "prakerja.csv": "Prakerja"}


def _people(many: int = 12) -> list[Made]:
    lists = (("kur_a.csv",), ("prakerja.csv",), ("kur_a.csv", "prakerja.csv"))
    return [Made(at, ("1272", "1208", None)[at % 3], lists[at % 3]) for at in range(1, many + 1)]


def _count(query: str, *values: str | int) -> Any:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchone()[0]


def test_a_finished_run_is_registered_and_current(platform: object, tmp_path: Path) -> None:
    from jangkau.platform.registry import actions
    from jangkau.platform.registry.models import Run

    first = actions.register_finished(
        folder=write(folder=tmp_path / "one", people=_people(), files=FILES), as_of=AS_OF, by=None
    )
    second = actions.register_finished(
        folder=write(folder=tmp_path / "two", people=_people(6), files=FILES), as_of=AS_OF, by=None
    )
    assert _count("SELECT count(*) FROM registry_gap WHERE run_id = %s", first.pk) == 12
    assert _count("SELECT count(*) FROM registry_gap WHERE run_id = %s", second.pk) == 6
    assert [one.pk for one in Run.objects.filter(current=True)] == [second.pk]


def test_loading_twice_changes_nothing(platform: object, tmp_path: Path) -> None:
    from jangkau.platform.registry import actions, loading
    from jangkau.platform.registry.models import Run

    run = actions.register_finished(
        folder=write(folder=tmp_path / "one", people=_people(), files=FILES), as_of=AS_OF, by=None
    )
    loading.load(run=Run.objects.get(pk=run.pk))
    assert _count("SELECT count(*) FROM registry_gap WHERE run_id = %s", run.pk) == 12
    assert _count("SELECT people FROM registry_gapcount WHERE run_id = %s AND scope = '' AND d1 = ''", run.pk) == 12


def test_counts_are_those_of_counting(platform: object, tmp_path: Path) -> None:
    from jangkau.platform.registry import actions

    run = actions.register_finished(
        folder=write(folder=tmp_path / "one", people=_people(30), files=FILES), as_of=AS_OF, by=None
    )
    for scope, where in (("", "TRUE"), ("1272", "region = '1272'")):
        for column in ("kur_type", "status", "sex", "age_group", "duty"):
            counted = _count(
                "SELECT sum(people) FROM registry_gapcount WHERE run_id = %s AND scope = %s AND d1 = 'list' "
                "AND v1 = '1' AND d2 = %s", run.pk, scope, column,
            )  # fmt: skip
            assert counted == _count(
                f"SELECT count(*) FROM registry_gap AS g JOIN registry_listset AS s ON s.id = g.list_set "
                f"WHERE g.run_id = %s AND 1 = ANY (s.files) AND {where}", run.pk,
            )  # fmt: skip


def test_a_person_newly_in_the_gap_says_what_he_was(platform: object, tmp_path: Path) -> None:
    from jangkau.platform.registry import actions, comparing

    one, two, three, four = (functools.partial(Made, number, "1272", ("kur_a.csv",)) for number in (1, 2, 3, 4))
    was, now = [one("protected"), two(), three()], [one("lapsed"), two(), three("protected"), four()]
    first, run = (
        actions.register_finished(
            folder=write(folder=tmp_path / name, people=people, files=FILES, digests={"register.parquet": "1" * 64}),
            as_of=AS_OF,
            by=None,
        )
        for name, people in (("a", was), ("b", now))
    )
    query = "SELECT before FROM registry_gap WHERE run_id = %s AND status = %s ORDER BY order_place LIMIT 1"
    assert _count(query, run.pk, "lapsed") == "protected"
    assert _count("SELECT count(*) FROM registry_gap WHERE run_id = %s AND before = 'new'", run.pk) == 1
    found = comparing.compare(run=run, earlier=first)
    cells = {(one["was"], one["now"]): one["people"] for one in found["matrix"]}
    assert cells == {("protected", "lapsed"): 1, ("not_found", "not_found"): 1, ("not_found", "protected"): 1,
                     ("new", "not_found"): 1}  # fmt: skip
    assert found["same_register"] is True
    another = write(folder=tmp_path / "c", people=now, files=FILES, digests={"register.parquet": "2" * 64})
    third = actions.register_finished(folder=another, as_of=AS_OF, by=None)
    assert comparing.compare(run=third, earlier=run)["same_register"] is False


def test_a_load_killed_in_the_middle_leaves_nothing_and_is_done_again(
    platform: tuple[Home, Databases], tmp_path: Path
) -> None:
    from django.utils import timezone

    from jangkau.platform.registry import actions
    from jangkau.platform.registry.models import Run

    run = Run.objects.create(as_of=AS_OF, state="running", asked_at=timezone.now(), folder=f"killed-{time.time_ns()}")
    write(folder=run.out, people=_people(), doubts=[Doubt(_people()[0])], files=FILES)
    before = _tables(platform[1].owner)
    _killed_before_the_end(platform, run.pk)
    assert _tables(platform[1].owner) == before
    run.refresh_from_db()
    assert (run.state, run.current) == ("running", False)
    assert _count("SELECT count(*) FROM registry_gapcount WHERE run_id = %s", run.pk) == 0
    actions.load(run=run)
    assert _count("SELECT count(*) FROM registry_gap WHERE run_id = %s", run.pk) == 12


def _killed_before_the_end(platform: tuple[Home, Databases], run: int) -> None:
    """Another process loads, and is killed when all but the end is done."""
    code = f"""
        import time
        from pathlib import Path
        from jangkau.platform.database import Databases
        from jangkau.platform.home import Home
        from jangkau.platform.serving import set_up
        known = Databases({platform[1].owner!r}, {platform[1].web!r})
        set_up(home=Home(Path({str(platform[0].folder)!r})), databases=known)
        from jangkau.platform.registry import loading
        from jangkau.platform.registry.models import Run
        def wait(*_):
            print("here", flush=True)
            time.sleep(60)
        loading._finish = wait
        loading.load(run=Run.objects.get(pk={run}))
    """
    child = subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "here\n"
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    child.stdout.close()
    time.sleep(0.5)


def _tables(owner: str) -> set[str]:
    with psycopg.connect(owner) as connection:
        return {name for (name,) in connection.execute("SELECT relname FROM pg_class WHERE relname ~ '^registry_gap_'")}


def test_partitions_are_out_of_the_webs_reach(
    raw_sql: Callable[..., psycopg.Connection], user: Callable[..., Any], platform: object, tmp_path: Path
) -> None:
    from jangkau.platform.registry import actions

    run = actions.register_finished(
        folder=write(folder=tmp_path / "one", people=_people(), files=FILES), as_of=AS_OF, by=None
    )
    analyst = user("analyst")
    assert raw_sql(analyst).execute("SELECT count(*) FROM registry_gap WHERE run_id = %s", [run.pk]).fetchone() == (12,)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        raw_sql(analyst).execute(f"SELECT count(*) FROM registry_gap_{run.pk}")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        raw_sql(analyst).execute("SELECT nik FROM registry_gap LIMIT 1")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        raw_sql(analyst).execute("SELECT left_nik FROM registry_pair LIMIT 1")
