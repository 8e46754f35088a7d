"""Runs as jobs: what they need, how they are stopped, what they leave."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.platform.finished_run import AS_OF, Made, write

if TYPE_CHECKING:
    from jangkau.platform.intake.models import Delivery
    from jangkau.platform.registry.models import Run


@pytest.fixture
def asked(user: Callable[..., Any]) -> Run:
    """A run that was asked for."""
    from django.utils import timezone

    from jangkau.platform.registry.models import Run

    return Run.objects.create(as_of=AS_OF, asked_by=user("analyst"), asked_at=timezone.now())


@pytest.fixture
def delivered(user: Callable[..., Any], institution: Callable[..., Any]) -> Callable[..., Delivery]:
    """An accepted delivery of some bytes."""
    from django.utils import timezone

    from jangkau.platform.intake.models import Delivery

    def made(layout: str, content: bytes, name: str = "daftar.csv") -> Delivery:
        now = timezone.now()
        one = Delivery(
            institution=institution(), layout=layout, file_name=name, digest=sha256(content).hexdigest(),
            size=len(content), state="accepted", sent_by=user("analyst"), sent_at=now, accepted_by=user("analyst"),
            accepted_at=now, purpose="uji", retention_until=date(2099, 1, 1), rows_read=1, rows_accepted=1,
            rows_refused=0, mapping={"nama": "Nm"} if layout == "kur" else {},
        )  # fmt: skip
        one.folder.mkdir(parents=True, exist_ok=True)
        one.path.write_bytes(content)
        one.save()
        return one

    return made


def _by(run: Run) -> int:
    assert run.asked_by is not None
    return run.asked_by.pk


def test_a_run_without_accepted_deliveries_fails_with_words(asked: Run) -> None:
    from jangkau.platform.intake.models import Delivery
    from jangkau.platform.registry import jobs

    Delivery.objects.filter(state="accepted").update(state="deleted")
    jobs.run(run=asked.pk, by=_by(asked))
    asked.refresh_from_db()
    assert asked.state == "failed"
    assert "register" in asked.progress


def test_a_run_that_was_cancelled_is_not_begun(asked: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    from jangkau.platform.registry import actions, jobs, running

    assert asked.asked_by is not None
    actions.cancel_run(run=asked, by=asked.asked_by)
    monkeypatch.setattr(running, "prepare", lambda **_: pytest.fail("begun"))
    jobs.run(run=asked.pk, by=_by(asked))
    asked.refresh_from_db()
    assert asked.state == "cancelled"


def test_a_run_reads_deliveries_is_loaded_and_has_coverage_taken(
    asked: Run, delivered: Callable[..., Delivery], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    from jangkau.platform.registry import jobs, running

    known, borrowers = delivered("register", b"r"), delivered("kur", b"k")

    def work(*, run: Run) -> None:
        said = yaml.safe_load((run.place / "run.yaml").read_text(encoding="utf-8"))
        (entry,) = [one for one in said["lists"] if one["file"].endswith(f"_{borrowers.pk}.csv")]
        assert entry["columns"] == {"nama": "Nm"}
        assert (run.place / entry["file"]).read_bytes() == b"k"
        assert said["register"]["file"].endswith(f"_{known.pk}.csv")
        files = {entry["file"]: "Bank A"}
        write(folder=run.out, people=[Made(1, "1272", (entry["file"],))], files=files)

    monkeypatch.setattr(running, "work", work)
    jobs.run(run=asked.pk, by=_by(asked))
    asked.refresh_from_db()
    assert (asked.state, asked.current, asked.result.gaps) == ("loaded", True, 1)
    assert asked.files.get(file__endswith=f"_{borrowers.pk}.csv").institution == borrowers.institution
    assert not list(asked.place.glob("daftar_*"))
    assert ProcrastinateJob.objects.filter(task_name="coverage.take", args={"run": asked.pk}).count() == 1


@pytest.mark.parametrize("earlier_has_a_key", [False, True])
def test_people_keep_their_ids_after_a_run_that_was_made_without_a_key(
    asked: Run, delivered: Callable[..., Delivery], tmp_path: Path, earlier_has_a_key: bool
) -> None:
    from jangkau.platform.registry import actions, running

    folder = write(folder=tmp_path / "run", people=[Made(1, "1272", ("kur.csv",))], files={"kur.csv": "Bank A"})
    if earlier_has_a_key:
        manifest = folder / "manifest.json"
        said = json.loads(manifest.read_text())
        said["settings"]["id_key"] = "0" * 64
        manifest.write_text(json.dumps(said))
    actions.register_finished(folder=folder, as_of=AS_OF, by=None)
    delivered("register", b"register"), delivered("kur", b"kur")
    running.prepare(run=asked)
    assert ("id_key" in yaml.safe_load((asked.place / "run.yaml").read_text())) is earlier_has_a_key


@pytest.mark.parametrize(
    ("sent", "known"),
    [
        ("KUR BRI Mei 2021.xlsx", "KUR_BRI_Mei_2021_{}.xlsx"),
        ("kur.csv.gz", "kur_{}.csv.gz"),
        ("../../x.CSV", "x_{}.csv"),
        ("1272011708850001.csv", "kur_{}.csv"),
        ("daftar 1272-0117-0885-0001.csv", "daftar_{}.csv"),
        ("tanpa", "tanpa_{}"),
    ],
)
def test_a_run_knows_a_list_by_the_name_that_its_sender_gave_it(
    asked: Run, delivered: Callable[..., Delivery], sent: str, known: str
) -> None:
    from jangkau.platform.registry import running

    delivered("register", b"register")
    one = delivered("kur", b"kur", sent)
    running.prepare(run=asked)
    assert asked.files.get(delivery=one).file == known.format(one.pk)


def test_one_run_at_a_time(asked: Run) -> None:
    from jangkau.complaints import Complaint
    from jangkau.platform.registry import actions
    from jangkau.platform.registry.models import Run

    assert asked.asked_by is not None
    with pytest.raises(Complaint):
        actions.ask_for_run(as_of=AS_OF, by=asked.asked_by)
    Run.objects.filter(pk=asked.pk).update(state="cancelled")
