"""The engine over all accepted deliveries: a folder of links and a run.yaml, a process that tells how far it is."""

from __future__ import annotations

import csv
import fcntl
import os
import re
import signal
import subprocess
import threading
import time
import uuid
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from pathlib import Path

import yaml
from django.conf import settings
from django.db import connection

from jangkau.complaints import Complaint, Text
from jangkau.outputs import manifest
from jangkau.platform import leash
from jangkau.platform.intake.models import Delivery
from jangkau.platform.offices.events import without_numbers
from jangkau.platform.offices.models import OfficeRegion
from jangkau.platform.registry.models import Decision, Run, RunFile

_STEP = re.compile(r"^(\d+)/(\d+) ([^(:]+)")
_LOOK_EVERY = 1.0
_GRACE = 15.0


class CancelledError(Exception):
    """Somebody stopped the run."""


class FailedError(Exception):
    """The engine could not do it; the message is what it told, for whoever asked."""


def prepare(*, run: Run) -> None:
    """The folder of a run: links to accepted deliveries, branches, decisions, run.yaml. Made anew each time."""
    if not run.folder:
        run.folder = str(uuid.uuid4())
        run.save(update_fields=["folder"])
    run.place.mkdir(exist_ok=True, mode=0o700)
    files = _deliveries(run)
    register = [entry for entry in files if entry["layout"] == "register"]
    lists = [entry for entry in files if entry["layout"] != "register"]
    if not register or not lists:
        raise FailedError(_nothing(bool(register)).message("id"))
    said: dict[str, object] = {"as_of": run.as_of, "register": register[-1], "lists": lists}
    if not _earlier_has_no_key(run):
        said["id_key"] = _id_key()
    if _write_branches(run.place / "branches.csv", run.as_of):
        said["branches"] = "branches.csv"
    if write_decisions(path=run.place / "decisions.csv"):
        said["decisions"] = "decisions.csv"
    (run.place / "run.yaml").write_text(yaml.safe_dump(said, allow_unicode=True, sort_keys=False), encoding="utf-8")


def _deliveries(run: Run) -> list[dict[str, object]]:
    """Accepted lists, and the newest accepted register; each linked under a name by which its sender knows it."""
    wanted = Delivery.objects.filter(state="accepted").select_related("institution").order_by("accepted_at", "pk")
    newest = max((one.pk for one in wanted if one.layout == "register"), default=None)
    RunFile.objects.filter(run=run).delete()
    made = []
    for number, one in enumerate(wanted, start=1):
        if one.layout == "register" and one.pk != newest:
            continue
        name = _name(one)
        link = run.place / name
        link.unlink(missing_ok=True)
        try:
            os.link(one.path, link)
        except OSError:
            link.symlink_to(one.path)
        RunFile.objects.create(
            run=run, number=number, file=name, layout=one.layout, label=one.institution.name,
            institution=one.institution, key=f"i{one.institution_id}", delivery=one,
            read=str(one.checked.relative_to(settings.HOME.deliveries)),
        )  # fmt: skip
        entry: dict[str, object] = {"file": name, "layout": one.layout}
        if one.layout != "register":
            entry["institution"] = one.institution.name
        if one.mapping:
            entry["columns"] = one.mapping
        made.append(entry)
    return made


def _name(delivery: Delivery) -> str:
    """What its sender called it, as far as any file can be called so and without anybody's number, and which delivery
    it was."""
    called = without_numbers(text=delivery.file_name[: -len(delivery.ending) or None])
    stem = re.sub(r"[^A-Za-z0-9]+", "_", called).strip("_")[:60]
    return f"{stem or delivery.layout}_{delivery.pk}{delivery.ending}"


def let_go(*, run: Run) -> None:
    """Remove the links to what was sent: the end of its retention must not be held up by a run that has read it."""
    for file in RunFile.objects.filter(run=run, delivery__isnull=False):
        (run.place / file.file).unlink(missing_ok=True)


def _earlier_has_no_key(run: Run) -> bool:
    """Was the run in use made without a key, as the demo's is? Under another key nobody would keep his id."""
    earlier = Run.objects.filter(current=True).exclude(pk=run.pk).first()
    written = manifest.read(folder=earlier.out) if earlier else None
    return written is not None and written.work.settings.get("id_key") is None


def _id_key() -> str:
    """Ids of people follow from their rows and this secret, so that nobody outside can work them out."""
    key: str = settings.SCOPE_KEY
    return sha256(f"person ids|{key}".encode()).hexdigest()


def _write_branches(path: Path, on: date) -> int:
    rows = (
        OfficeRegion.objects.filter(period__contains=on, office__kind="branch")
        .order_by("office__name", "region")
        .values_list("office__name", "region")
    )
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("branch", "region_code"))
        writer.writerows(rows)
    return len(rows)


def write_decisions(*, path: Path) -> int:
    """What readers agree on, or the last of them said where they did not, as decisions.csv of the engine has it."""
    said: dict[tuple[str, str], list[Decision]] = {}
    for one in Decision.objects.filter(undone_at=None).select_related("by").order_by("reading"):
        said.setdefault((one.left_ref, one.right_ref), []).append(one)
    many = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("left", "right", "same", "by", "at"))
        for (left, right), readings in sorted(said.items()):
            last = readings[-1]
            disputed = len(readings) == 2 and readings[0].answer != last.answer
            if last.answer != "unknown" and not disputed:
                same = "ya" if last.answer == "same" else "tidak"
                writer.writerow((left, right, same, last.by_id, last.at.isoformat()))
                many += 1
    return many


def work(*, run: Run) -> None:
    """Start the engine and wait for it, telling its progress. Safe to kill and repeat: the engine writes all or
    nothing, and a second one waits for the first.

    CancelledError when somebody stops the run, FailedError with the engine's words when it could not be done.
    """
    with (run.place / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        command = ["run", str(run.place), "--out", str(run.out), "--lang", "id"]
        earlier = Run.objects.filter(current=True).exclude(pk=run.pk).first()
        if earlier and manifest.read(folder=earlier.out) is not None:
            command += ["--previous", str(earlier.out)]
        engine = leash.start(
            module="jangkau", arguments=command, grace=0, keep=(lock.fileno(),), stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True, encoding="utf-8",
            env={name: value for name, value in os.environ.items() if "JANGKAU" not in name},
        )  # fmt: skip
        told: list[str] = []
        reader = threading.Thread(target=_read, args=(engine, told, _Telling(run)), daemon=True)
        reader.start()
        try:
            while engine.poll() is None:
                time.sleep(_LOOK_EVERY)
                if _cancelled(run):
                    raise CancelledError
        finally:
            _stop(engine)
            reader.join(5)
    if engine.returncode:
        raise FailedError("\n".join(told[-6:])[-1500:])


class _Telling:
    """Progress on its way to the row of the run: written by the waiting thread's own connection."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.told = (0, "")

    def __call__(self, percent: int, what: str) -> None:
        percent = max(percent, self.told[0])  # files are read several at a time
        if (percent, what) != self.told:
            self.told = (percent, what)
            Run.objects.filter(pk=self.run.pk).update(percent=percent, progress=what[:200])


def _read(engine: subprocess.Popen[str], told: list[str], tell: Callable[[int, str], None]) -> None:
    assert engine.stderr is not None  # noqa: S101 - asked for
    for line in engine.stderr:
        told.append(line.rstrip())
        del told[:-40]
        if found := _STEP.match(line):
            done = 1 if "selesai" in line else 0
            tell(round(95 * (int(found[1]) - 1 + done) / int(found[2])), found[3].strip())
        elif ":" in line and "selesai" in line:
            tell(10, line.partition(":")[0])
    connection.close()


def _cancelled(run: Run) -> bool:
    return Run.objects.filter(pk=run.pk, state=Run.State.CANCELLED).exists()


def _stop(engine: subprocess.Popen[str]) -> None:
    if engine.poll() is None:
        engine.send_signal(signal.SIGINT)
        try:
            engine.wait(_GRACE)
        except subprocess.TimeoutExpired:
            engine.kill()
            engine.wait()


def _nothing(has_register: bool) -> Complaint:
    what = Text("daftar", "list") if has_register else Text("register", "register")
    return Complaint(
        what=Text(f"Belum ada {what.id} yang disetujui.", f"There is no accepted {what.en} yet."),
        where="",
        why=Text("Hitungan memerlukan satu register dan paling sedikit satu daftar.",
                 "A run takes a register and at least one list."),
        do=Text("Setujui kirimannya lebih dulu.", "Accept the delivery first."),
    )  # fmt: skip
