"""A job that is killed at any step and done again leaves what it leaves undisturbed: the same rows, the same files."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from jangkau.platform.database import Databases
from jangkau.platform.home import Home
from tests.platform.finished_run import AS_OF, Doubt, Made, write
from tests.platform.intake_desk import BUDI, SITI, WRONG, events, hand_in, kur
from tests.platform.servers import environment

Kill = Callable[..., int]
LOADING = "jangkau.platform.registry.loading"
FILES = {"kur_a.csv": "Bank A", "prakerja.csv": "Prakerja"}
LOADED_TABLES = ("gap", "gapcount", "listset", "reason", "pair", "runfile", "runresult")


@pytest.fixture(scope="module")
def dying(platform: tuple[Home, Databases]) -> Iterator[subprocess.Popen[str]]:
    """The process that dies at what it is told to (dying.py)."""
    home, databases = platform
    command = [sys.executable, "-W", "ignore", "-m", "tests.platform.dying"]
    with subprocess.Popen(
        [*command, str(home.folder), databases.owner, databases.web],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment(database=None),
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process
        assert process.stdin is not None
        process.stdin.close()


@pytest.fixture
def kill(dying: subprocess.Popen[str]) -> Kill:
    """Do a job in another process, which is killed before a function; how it ended."""

    def killed(call: str, *, module: str = "", before: str = "", nth: int = 1, **arguments: Any) -> int:
        assert dying.stdin is not None
        assert dying.stdout is not None
        asked = {"module": module, "before": before, "nth": nth, "call": call, "with": arguments}
        dying.stdin.write(json.dumps(asked) + "\n")
        dying.stdin.flush()
        return int(dying.stdout.readline())

    return killed


def _count(query: str, *values: str | int) -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return int(cursor.fetchone()[0])


def _people() -> list[Made]:
    lists = (("kur_a.csv",), ("prakerja.csv",), ("kur_a.csv", "prakerja.csv"))
    return [Made(at, ("1272", "1208", None)[at % 3], lists[at % 3]) for at in range(1, 40)]


def _finished_run() -> Any:
    """A run whose engine has done its work, and whose job is to load it."""
    from django.utils import timezone

    from jangkau.platform.registry.models import Run

    run = Run.objects.create(as_of=AS_OF, state="running", asked_at=timezone.now(), folder=f"mati-{time.time_ns()}")
    people = _people()
    write(folder=run.out, people=people, doubts=[Doubt(one) for one in people[:3]], files=FILES)
    return run


def _loaded(run: Any) -> dict[str, object]:
    """All that loading leaves of a run, apart from its number."""
    found: dict[str, object] = {
        table: _count(f"SELECT count(*) FROM registry_{table} WHERE run_id = %s", run.pk) for table in LOADED_TABLES
    }
    run.refresh_from_db()
    return found | {
        "state": (run.state, run.current, run.percent, run.progress),
        "partition": _count("SELECT count(*) FROM pg_class WHERE relname ~ %s", f"^registry_gap_{run.pk}$"),
        "indexes": _count("SELECT count(*) FROM pg_indexes WHERE tablename = %s", f"registry_gap_{run.pk}"),
        "event": _count("SELECT count(*) FROM offices_event WHERE verb = 'loaded_run' AND thing_id = %s", str(run.pk)),
        "files": sorted(path.name for path in run.place.iterdir()),
        "asks for figures": _count(
            "SELECT least(count(*), 1) FROM procrastinate_jobs WHERE task_name = 'coverage.take' "
            "AND args->>'run' = %s", str(run.pk),
        ),
    }  # fmt: skip


@pytest.fixture(scope="module")
def undisturbed(platform: object) -> dict[str, object]:
    """What loading leaves when nobody is killed."""
    from jangkau.platform.registry import jobs

    run = _finished_run()
    jobs.load(run=run.pk)
    return _loaded(run)


@pytest.mark.parametrize(
    ("module", "before", "nth"),
    [
        (LOADING, "_name_files", 1),
        (LOADING, "_prepare", 1),
        (LOADING, "_small_tables", 1),
        ("jangkau.platform.registry.partitions", "add", 1),
        (LOADING, "_blocks", 1),
        (LOADING, "_counts", 1),
        ("jangkau.platform.registry.bitmaps", "build", 1),
        ("jangkau.platform.registry.partitions", "add", 3),
        (LOADING, "_blocks", 2),
        (LOADING, "_pairs", 1),
        (LOADING, "_finish", 1),
        (LOADING, "RunResult.objects.create", 1),
        ("jangkau.platform.registry.actions", "record", 1),
        ("jangkau.platform.registry.jobs", "Comparison.objects.get_or_create", 1),
        ("jangkau.platform.registry.jobs", "compare", 1),
        ("jangkau.platform.registry.jobs", "app.configure_task", 1),
    ],
)
def test_a_load_killed_before_any_step_leaves_nothing_and_is_done_again(
    module: str, before: str, nth: int, kill: Kill, undisturbed: dict[str, object]
) -> None:
    from jangkau.platform.registry.models import Run

    run = _finished_run()
    assert kill("load", module=module, before=before, nth=nth, run=run.pk) == -signal.SIGKILL
    state = Run.objects.get(pk=run.pk).state
    assert state in ("running", "loaded")
    assert _count("SELECT count(*) FROM registry_gap WHERE run_id = %s", run.pk) in (
        (39,) if state == "loaded" else (0,)
    )
    if module == LOADING or before == "record":
        assert state == "running"
    # a job of which nobody knows how far it came is begun again from its beginning
    assert (kill("run", run=run.pk, by=0) if state == "loaded" else kill("load", run=run.pk)) == 0
    assert _loaded(run) == undisturbed


# of a check


def _delivered(institution: Any, by: Any, data: bytes) -> Any:
    return hand_in(data, institution, by).delivery


def _checked(delivery: Any) -> dict[str, object]:
    delivery.refresh_from_db()
    files = sorted(path.name for path in delivery.checked.iterdir())
    parquet = delivery.checked / "accepted.parquet"
    return {
        "state": (delivery.state, delivery.progress, delivery.layout, delivery.complaint),
        "rows": (delivery.rows_read, delivery.rows_accepted, delivery.rows_refused),
        "files": files,
        "bytes": len(parquet.read_bytes()),
        "sent": sha256(delivery.path.read_bytes()).hexdigest() == delivery.digest,
        "events": events(delivery.pk),
    }


CHECKING = "jangkau.platform.intake.jobs"


@pytest.mark.parametrize(
    ("before", "nth"), [("_read", 1), ("json.dumps", 1), ("json.loads", 1), ("_write_down", 1), ("record", 1)]
)
def test_a_check_killed_before_any_step_is_done_again(
    before: str, nth: int, kill: Kill, user: Callable[..., Any], institution: Callable[..., Any]
) -> None:
    bank = institution()
    officer = user("bank_officer", institution=bank)
    reference = _delivered(bank, officer, kur(BUDI, SITI, WRONG))
    assert kill("check", number=reference.pk) == 0
    delivery = _delivered(bank, officer, kur(BUDI, SITI, WRONG))
    assert kill("check", module=CHECKING, before=before, nth=nth, number=delivery.pk) == -signal.SIGKILL
    delivery.refresh_from_db()
    assert delivery.state == "checking"
    assert kill("check", number=delivery.pk) == 0
    assert _checked(delivery) == _checked(reference)


# of an export

EXPORTING = "jangkau.platform.registry.exporting"


@pytest.mark.parametrize(
    ("module", "before", "nth"),
    [
        (EXPORTING, "_write", 1),
        (EXPORTING, "_cells", 1),
        (EXPORTING, "_cells", 30),
        (EXPORTING, "Path.replace", 1),
        (EXPORTING, "Export.objects.filter", 1),
        (EXPORTING, "record", 1),
        ("jangkau.platform.registry.jobs", "timezone.now", 1),
    ],
)
def test_an_export_killed_before_any_step_leaves_no_part_and_is_written_again(
    module: str, before: str, nth: int, kill: Kill, user: Callable[..., Any], undisturbed: dict[str, object]
) -> None:
    from django.conf import settings
    from django.utils import timezone

    from jangkau.platform.registry.models import Export, Run

    analyst = user("analyst")
    run = Run.objects.filter(state="loaded", folder__startswith="mati-").order_by("pk").last()
    assert run is not None
    asked = Export.objects.create(
        run=run, by=analyst, query="", kind="csv", purpose="uji coba", asked_at=timezone.now()
    )
    assert kill("export", module=module, before=before, nth=nth, export=str(asked.pk), by=analyst.pk) == -signal.SIGKILL
    assert kill("export", export=str(asked.pk), by=analyst.pk) == 0
    asked.refresh_from_db()
    assert (asked.state, asked.people, asked.cut) == ("ready", 39, False)
    assert len(asked.path.read_text(encoding="utf-8-sig").splitlines()) == 39 + 3
    assert [path.name for path in Path(settings.HOME.exports).glob(f"{asked.pk}*")] == [asked.path.name]
    assert _count("SELECT count(*) FROM offices_event WHERE verb = 'exported' AND thing_id = %s", str(asked.pk)) == 1


# of taking figures

TAKING = "jangkau.platform.coverage.actions"


def _figures(run: int) -> tuple[int, ...]:
    return tuple(
        _count(f"SELECT count(*) FROM {table} AS t JOIN coverage_snapshot AS s ON s.id = t.{key} WHERE s.run = %s", run)
        for table, key in (
            ("coverage_snapshot", "id"),
            ("coverage_figure", "snapshot_id"),
            ("coverage_chart", "snapshot_id"),
        )
    )


@pytest.mark.parametrize(
    ("before", "nth"),
    [
        ("Snapshot.objects.create", 1), ("Figure.objects.bulk_create", 1), ("Chart.objects.bulk_create", 1),
        ("Figure.objects.bulk_create", 2), ("Chart.objects.bulk_create", 2), ("record", 1),
    ],
)  # fmt: skip
def test_taking_figures_killed_before_any_step_takes_them_once(
    before: str, nth: int, kill: Kill, tmp_path: Path
) -> None:
    from tests.platform.invented_summary import summary

    runs = [_finished_run() for _ in range(2)]
    for run in runs:
        told = summary() | {"as_of": f"2020-0{1 + runs.index(run)}-01"}
        (run.out / "summary.json").write_text(json.dumps(told))
        (run.out / "people.parquet").unlink()
    assert kill("take", run=runs[0].pk) == 0
    assert kill("take", module=TAKING, before=before, nth=nth, run=runs[1].pk) == -signal.SIGKILL
    assert _figures(runs[1].pk) == (0, 0, 0)
    assert kill("take", run=runs[1].pk) == 0
    assert _figures(runs[1].pk)[:2] == _figures(runs[0].pk)[:2]
    assert _figures(runs[1].pk)[2] > 0


# of the end of retention


@pytest.mark.parametrize("before", ["record", "_remove", "shutil.rmtree", "sweep"])
def test_deleting_what_was_kept_long_enough_is_finished_the_next_time(
    before: str, kill: Kill, user: Callable[..., Any], institution: Callable[..., Any]
) -> None:
    from jangkau.platform.intake.jobs import delete_expired
    from jangkau.platform.intake.models import Delivery

    bank = institution()
    delivery = _delivered(bank, user("bank_officer", institution=bank), kur(BUDI, SITI))
    assert kill("check", number=delivery.pk) == 0
    Delivery.objects.filter(pk=delivery.pk).update(retention_until=date(2000, 1, 1))
    today = date(2000, 1, 2)
    code = kill("expire", module=CHECKING, before=before, today={"date": today.isoformat()})
    assert code == -signal.SIGKILL
    delete_expired(today=today)
    delivery.refresh_from_db()
    assert delivery.state == "deleted"
    assert not delivery.path.exists()
    assert not delivery.checked.exists()
    assert events(delivery.pk).count("deleted_content") == 1


def test_what_no_row_knows_is_swept_from_runs_and_exports(platform: tuple[Home, Databases]) -> None:
    from jangkau.platform.registry.models import Run
    from jangkau.platform.registry.tidying import remove_unknown

    home = platform[0]
    known = [home.runs / name for name in Run.objects.exclude(folder="").values_list("folder", flat=True)]
    (home.runs / "tak-dikenal").mkdir()
    (home.exports / "tak-dikenal.12.part").write_text("orang")
    remove_unknown(before=time.time() - 60)
    assert (home.runs / "tak-dikenal").is_dir()  # it may be that of a worker at its work
    remove_unknown(before=time.time() + 60)
    assert not (home.runs / "tak-dikenal").exists()
    assert not (home.exports / "tak-dikenal.12.part").exists()
    assert all(folder.is_dir() for folder in known)
