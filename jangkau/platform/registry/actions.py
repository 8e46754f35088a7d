"""Everything that is written about runs, people and pairs, each with its event."""

from __future__ import annotations

import os
import shutil
import uuid
from datetime import date
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone

from jangkau.complaints import Complaint, Text
from jangkau.outputs import manifest
from jangkau.platform import queue
from jangkau.platform.intake.models import Delivery
from jangkau.platform.offices.events import record, without_numbers
from jangkau.platform.offices.models import User
from jangkau.platform.registry import loading, results
from jangkau.platform.registry.models import Comparison, Export, PersonNote, Run, SavedFilter

ONE_RUN = "registry.run"
MOST_SAVED = 40
_ASKING = 734514
MOST = 2**63
"""Numbers of ours are below it; one that is not is nobody's."""


@transaction.atomic
def register_finished(*, folder: Path, as_of: date, by: User | None) -> Run:
    """Take the results of a `jangkau run` into the home and load them; the run is the current one then. As the owner.

    Complaint when the folder holds no results.
    """
    if manifest.read(folder=folder) is None:
        raise Complaint(
            what=Text("Folder ini tidak berisi hasil jangkau run.", "This folder holds no results of jangkau run."),
            where=folder.name,
            why=Text("manifest.json tidak ada.", "There is no manifest.json."),
            do=Text("Sebut folder out/ dari sebuah hitungan.", "Name the folder out/ of a run."),
        )
    run = Run.objects.create(
        as_of=as_of, state=Run.State.RUNNING, asked_by=by, asked_at=timezone.now(), folder=str(uuid.uuid4())
    )
    shutil.copytree(folder, run.out, copy_function=_linked)
    load(run=run, by=by)
    return run


def _linked(source: str, target: str) -> str:
    """A second name for the same bytes where the disk allows it."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
    return target


@transaction.atomic
def load(*, run: Run, by: User | None = None) -> None:
    """Load finished results; safe to repeat and to kill. As the owner."""
    if loading.load(run=run):
        record(verb="loaded_run", thing="run", thing_id=run.pk, by=by or run.asked_by, people=run.result.gaps)


@transaction.atomic
def ask_for_run(*, as_of: date, by: User) -> Run:
    """Ask for a run over all accepted deliveries. Complaint while another one is on its way."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ASKING])  # two who ask at once
    if Run.objects.filter(state__in=[Run.State.ASKED, Run.State.RUNNING]).exists():
        raise Complaint(
            what=Text("Hitungan lain masih berjalan.", "Another run is on its way."),
            where="",
            why=Text("Hanya satu hitungan pada satu waktu.", "There is one run at a time."),
            do=Text("Tunggu sampai selesai, atau batalkan.", "Wait for its end, or cancel it."),
        )
    run = Run.objects.create(as_of=as_of, asked_by=by, asked_at=timezone.now())
    queue.ask(task="registry.run", one_at_a_time=ONE_RUN, run=run.pk)
    record(verb="asked_for_run", thing="run", thing_id=run.pk, by=by, as_of=as_of.isoformat())
    return run


@transaction.atomic
def cancel_run(*, run: Run, by: User) -> None:
    """Stop a run that has not ended; its job sees it within a second or two. Twice is once."""
    changed = Run.objects.filter(pk=run.pk, state__in=[Run.State.ASKED, Run.State.RUNNING]).update(
        state=Run.State.CANCELLED, finished_at=timezone.now()
    )
    if changed:
        record(verb="cancelled_run", thing="run", thing_id=run.pk, by=by)


@transaction.atomic
def ask_for_comparison(*, run: Run, earlier: Run, by: User) -> Comparison:
    """Two runs held against each other, once."""
    made, new = Comparison.objects.get_or_create(run=run, earlier=earlier, defaults={"asked_at": timezone.now()})
    if new:
        queue.ask(task="registry.compare", comparison=made.pk)
        record(verb="asked_for_comparison", thing="run", thing_id=run.pk, by=by, earlier=earlier.pk)
    return made


@transaction.atomic
def note(*, person: uuid.UUID, status: str, text: str, by: User) -> None:
    """Where the work with somebody stands. The event does not repeat the words."""
    PersonNote.objects.update_or_create(
        person=person,
        institution=by.institution,
        defaults={"status": status, "note": text[:2000], "by": by, "at": timezone.now()},
    )
    record(verb="noted", thing="person", thing_id=person, by=by, status=status)


def reveal_nik(*, person: uuid.UUID, purpose: str, address: str | None) -> str | None:
    """The full NIK, with its event; None when there is nobody whom this user may see. Complaint without a purpose."""
    _purpose(purpose)
    with connection.cursor() as cursor:
        cursor.execute("SELECT registry_reveal_nik(%s, %s, CAST(%s AS INET))", [person, purpose, address])
        found: str | None = cursor.fetchone()[0]
    return found


def reveal_pair(*, pair: int, purpose: str, address: str | None) -> tuple[str, str] | None:
    """Both NIKs of a doubtful pair, with their event."""
    _purpose(purpose)
    if pair >= MOST:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT left_nik, right_nik FROM registry_reveal_pair(%s, %s, CAST(%s AS INET))", [pair, purpose, address]
        )
        left, right = cursor.fetchone()
    return None if left is None else (left, right)


def decide(*, pair: int, answer: str, reading: int, address: str | None) -> str:
    """What the user of the scope says of a pair: 'done', 'taken' when somebody was first, 'unseen' if it is not his."""
    if pair >= MOST:
        return "unseen"
    with connection.cursor() as cursor:
        cursor.execute("SELECT registry_decide(%s, %s, %s, CAST(%s AS INET))", [pair, answer, reading, address])
        said: str = cursor.fetchone()[0]
    return said


def undo(*, decision: int, address: str | None) -> str:
    """Take back a decision of one's own: 'done', 'taken' when another reader has followed, 'unseen'."""
    if decision >= MOST:
        return "unseen"
    with connection.cursor() as cursor:
        cursor.execute("SELECT registry_undo(%s, CAST(%s AS INET))", [decision, address])
        said: str = cursor.fetchone()[0]
    return said


def save_filter(*, name: str, query: str, by: User) -> None:
    """Keep a filter under a name; the same name again replaces it."""
    if SavedFilter.objects.filter(by=by).count() < MOST_SAVED:
        SavedFilter.objects.update_or_create(by=by, name=name, defaults={"query": query[:600]})


@transaction.atomic
def ask_for_export(*, run: Run, query: str, kind: str, purpose: str, by: User) -> Export:
    """A file of the people that a filter shows to this user. Complaint without a purpose."""
    purpose = _purpose(purpose)
    made = Export.objects.create(run=run, by=by, query=query[:600], kind=kind, purpose=purpose, asked_at=timezone.now())
    queue.ask(task="registry.export", export=str(made.pk))
    record(verb="asked_for_export", thing="export", thing_id=made.pk, purpose=purpose, by=by,
           query=without_numbers(text=query[:200]))  # fmt: skip
    return made


@transaction.atomic
def ask_for_results(*, delivery: Delivery, kind: str, purpose: str, by: User) -> Export:
    """A file of what the newest run says of the rows of a delivery. Complaint without a purpose, and where the
    agreement does not allow it or no run has read the delivery."""
    purpose = _purpose(purpose)
    found = results.available(delivery=delivery)
    if found.run is None or found.why is not None:
        raise results.refusal(why=found.why or Text("", ""))
    made = Export.objects.create(
        run=found.run, delivery=delivery, by=by, kind=kind, purpose=purpose, asked_at=timezone.now()
    )
    queue.ask(task="registry.results", export=str(made.pk))
    record(verb="asked_for_results", thing="results", thing_id=delivery.pk, purpose=purpose, by=by, format=kind)
    return made


def _purpose(purpose: str) -> str:
    """A purpose as it is kept: without what looks like somebody's number. Complaint when there is none."""
    if len(purpose.strip()) < 5:
        raise Complaint(
            what=Text("Tujuannya belum disebut.", "No purpose was given."),
            where="",
            why=Text("Membuka data pribadi perlu tujuan.", "Opening personal data takes a purpose."),
            do=Text(
                "Tulis untuk apa, misalnya: kunjungan ke debitur.", "Write what for, e.g. a visit to the borrower."
            ),
        )
    return without_numbers(text=purpose[:200])
