"""What a run says of the rows of one delivery, for whoever handed it in: protected, not protected, or being checked."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from jangkau.complaints import Complaint, Text
from jangkau.platform.intake import refused_rows
from jangkau.platform.intake.models import Delivery
from jangkau.platform.intake.spoken import column
from jangkau.platform.offices.events import record
from jangkau.platform.offices.models import User
from jangkau.platform.registry import sheets
from jangkau.platform.registry.models import Export, Run, RunFile

MOST = {"analyst": 5_000_000, "bank_officer": 5_000_000, "institution_officer": 500_000}
"""Rows that one file of results may hold, by role; others get none."""
MEMORY = "400MB"
_BATCH = 20_000
_OWN = (
    "kode_cabang", "tanggal_akad", "plafon", "gelombang", "tanggal_penetapan", "unit_kerja", "kode_desa",
)  # fmt: skip
"""Columns of the sender's own by which he finds a row again, where his list has them."""
STATES = {
    "protected": "terlindungi", "not_found": "belum terlindungi", "lapsed": "belum terlindungi",
    "doubtful": "sedang diperiksa", "not_eligible": "di luar cakupan program", "refused": "baris ditolak",
    "": "sedang diperiksa",
}  # fmt: skip
"""What the sender is told of a status. A merged person stands as the one he was found to be."""


@dataclass(frozen=True)
class Available:
    """May the results of a delivery be taken? ``run``: the newest that read it; ``why`` not, and whom to ask."""

    run: Run | None
    why: Text | None


def available(*, delivery: Delivery) -> Available:
    """Whether there are results to take, and else why not."""
    if not delivery.results_allowed:
        return Available(None, Text(
            "Pada kiriman ini tidak dinyatakan bahwa perjanjian membolehkan lembaga mengunduh hasil. Tanyakan kepada "
            "bagian kerja sama lembaga Anda atau analis nasional BPJS Ketenagakerjaan; bila dibolehkan, nyatakan pada "
            "kiriman berikutnya.",
            "This delivery does not state that the agreement lets the institution download results. Ask those who "
            "keep your institution's agreements, or the national analyst of BPJS Ketenagakerjaan; where it is "
            "allowed, state so with the next delivery."))  # fmt: skip
    if delivery.state == Delivery.State.DELETED:
        return Available(None, Text("Isi kiriman ini sudah dihapus karena masa simpannya berakhir.",
                                    "The content of this delivery was deleted when its retention ended."))  # fmt: skip
    if delivery.state != Delivery.State.ACCEPTED:
        return Available(None, Text("Hasil ada setelah kiriman disetujui dan ikut dalam sebuah hitungan.",
                                    "There are results once the delivery is accepted and part of a run."))  # fmt: skip
    known = RunFile.objects.filter(delivery=delivery, run__state=Run.State.LOADED).select_related("run")
    newest = known.order_by("-run__finished_at", "-run_id").first()
    if newest is None:
        return Available(None, Text("Belum ada hitungan yang memuat kiriman ini; tunggu hitungan berikutnya.",
                                    "No run has read this delivery yet; wait for the next one."))  # fmt: skip
    return Available(newest.run, None)


def may_take(*, delivery: Delivery, by: User) -> bool:
    """Is it his: of his institution, or is he the national analyst? As row security has it, for the job."""
    return by.is_active and by.role in MOST and (
        by.role == "analyst" or (by.institution is not None and by.institution == delivery.institution)
    )  # fmt: skip


def write_results(*, export: Export) -> None:
    """Write the file that was asked for; safe to kill and to repeat. As the owner, so that what the asker may is
    checked here again. Complaint when he may not any more."""
    delivery = export.delivery
    if delivery is None or not may_take(delivery=delivery, by=export.by):
        raise refusal(why=Text("Kiriman ini bukan milik Anda.", "This delivery is not yours."))
    found = available(delivery=delivery)
    if found.run is None or found.why is not None:
        raise refusal(why=found.why or Text("", ""))
    with sheets.beside(export=export) as path, _rows(delivery, found.run) as (headings, rows):
        mark = _mark(export, delivery, found.run)
        shape = sheets.Shape(mark, "Hasil {}", headings, [20] * len(headings))
        many, cut = sheets.write(path=path, kind=export.kind, shape=shape, rows=rows, most=MOST[export.by.role])
    with transaction.atomic():
        Export.objects.filter(pk=export.pk).update(
            state=Export.State.READY, people=many, cut=cut, finished_at=timezone.now(), run=found.run
        )
        record(verb="exported", thing="results", thing_id=delivery.pk, purpose=export.purpose, by=export.by,
               rows=many, run=found.run.pk, format=export.kind)  # fmt: skip


def refusal(*, why: Text) -> Complaint:
    """Why there are no results for somebody."""
    return Complaint(
        what=Text("Hasil tidak dapat diunduh.", "The results cannot be downloaded."),
        where="",
        why=why,
        do=Text("Lihat halaman kirimannya.", "See the page of the delivery."),
    )


def _mark(export: Export, delivery: Delivery, run: Run) -> str:
    register = run.files.filter(layout="register").select_related("delivery").first()
    sent = register.delivery.sent_at if register is not None and register.delivery is not None else None
    dated = f"register diterima {timezone.localtime(sent):%Y-%m-%d}" if sent else f"register per {run.as_of:%Y-%m-%d}"
    done = f", selesai {timezone.localtime(run.finished_at):%Y-%m-%d}" if run.finished_at else ""
    return (
        f"Jangkau. Hasil kiriman {delivery.pk} ({delivery.institution}): hitungan {run.pk} per {run.as_of:%Y-%m-%d}"
        f"{done}; {dated}; keputusan penelaah sampai {timezone.localtime():%Y-%m-%d %H:%M}. Diminta oleh "
        f"{export.by.name} ({export.by.kind.name.id}). Tujuan: {export.purpose}. Data pribadi: jangan diteruskan."
    )


@contextmanager
def _rows(delivery: Delivery, run: Run) -> Iterator[tuple[sheets.Row, Iterator[sheets.Row]]]:
    """Headings, and the rows of a delivery in its own order, the refused ones last; held by the disk, not by memory."""
    accepted = delivery.checked / "accepted.parquet"
    known = pq.read_schema(accepted).names
    own = [name for name in _OWN if name in known]
    headings = (
        "Baris di berkas",
        *(column(name=name).id for name in own),
        "Nama",
        "NIK (disamarkan)",
        "Hasil",
        "Keterangan",
    )
    with (
        tempfile.TemporaryDirectory(dir=settings.HOME.exports, prefix=".hasil-") as scratch,
        duckdb.connect(str(Path(scratch) / "hasil.duckdb"), config={"memory_limit": MEMORY, "threads": 1}) as duck,
    ):
        duck.execute(f"SET temp_directory = '{scratch}'")
        _decided(duck, run)
        file = run.files.get(delivery=delivery).file
        columns = ", ".join(f"coalesce(CAST(a.{name} AS VARCHAR), '')" for name in own)
        duck.execute(
            f"SELECT CAST(a.line AS VARCHAR), {columns + ', ' if own else ''}coalesce(a.nama, ''), "
            "CASE WHEN length(a.nik) >= 8 THEN left(a.nik, 4) || repeat('*', 10) || right(a.nik, 2) ELSE '' END, "
            "coalesce(d.status, p.status, '') "
            "FROM read_parquet(?) AS a LEFT JOIN (SELECT line, person_id FROM read_parquet(?) WHERE file = ?) AS l "
            "USING (line) LEFT JOIN read_parquet(?) AS p USING (person_id) "
            "LEFT JOIN decided AS d ON d.person = CAST(md5(l.person_id) AS UUID) ORDER BY a.line",
            [str(accepted), str(run.out / "links.parquet"), file, str(run.out / "people.parquet")],
        )
        yield headings, _all(duck, delivery, len(own))


def _all(duck: duckdb.DuckDBPyConnection, delivery: Delivery, own: int) -> Iterator[sheets.Row]:
    while found := duck.fetchmany(_BATCH):
        for row in found:
            yield *row[:-1], STATES[row[-1]], ""
    if refused_rows.there_are(delivery=delivery):
        rows = refused_rows.rows(delivery=delivery)
        place = {name: at for at, name in enumerate(next(rows))}
        for one in rows:
            line, why = (one[place[name]] for name in ("_baris", "_alasan"))
            yield line, *[""] * (own + 2), STATES["refused"], why


def _decided(duck: duckdb.DuckDBPyConnection, run: Run) -> None:
    """Make decided: people whom readers decided about since the run, and what they are now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT person, now FROM registry_change WHERE run_id = %s", [run.pk])
        now: dict[Any, str] = dict(cursor.fetchall())
        cursor.execute(
            "SELECT person, other FROM registry_pair WHERE run_id = %s AND kind = 'same_person' AND answer = 'same' "
            "AND other IS NOT NULL ORDER BY id",
            [run.pk],
        )
        pairs = cursor.fetchall()
    stands_for = {one: two for pair in pairs for one, two in (pair, pair[::-1]) if now.get(one) == "merged"}
    duck.execute("CREATE TABLE decided (person UUID, status VARCHAR, stands_for UUID)")
    rows = [(one, None if status == "merged" else status, stands_for.get(one)) for one, status in now.items()]
    if rows:
        duck.executemany("INSERT INTO decided VALUES (?, ?, ?)", rows)
    duck.execute(
        "UPDATE decided SET status = o.status FROM (SELECT d.person, coalesce(e.status, p.status) AS status "
        "FROM decided AS d LEFT JOIN decided AS e ON e.person = d.stands_for "
        "LEFT JOIN read_parquet(?) AS p ON CAST(md5(p.person_id) AS UUID) = d.stands_for "
        "WHERE d.stands_for IS NOT NULL) AS o WHERE o.person = decided.person",
        [str(run.out / "people.parquet")],
    )


def ready(*, delivery: Delivery, by: User) -> list[Export]:
    """The files of results of a delivery that somebody asked for, newest first."""
    return list(Export.objects.filter(delivery=delivery, by=by).order_by("-asked_at")[:5])


def newest_runs(*, deliveries: list[int]) -> dict[int, date]:
    """Of these deliveries those with results to take: as of when."""
    found = (
        RunFile.objects.filter(
            delivery__in=deliveries, delivery__results_allowed=True, delivery__state=Delivery.State.ACCEPTED,
            run__state=Run.State.LOADED,
        )
        .order_by("run__finished_at", "run_id")
        .values_list("delivery", "run__as_of")
    )  # fmt: skip
    return dict(found)
