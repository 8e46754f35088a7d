"""NIKs and names stay in the tables of people: none in logs, metrics, jobs, events, names of files or addresses."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jangkau.platform.database import Databases
from jangkau.platform.home import Home
from tests.platform.finished_run import AS_OF, Doubt, Made, write
from tests.platform.intake_desk import HEADER, check, form, kur

if TYPE_CHECKING:
    from django.test import Client

    from jangkau.platform.offices.models import User

Make = Callable[..., Any]
NIK, NAME = "1272011505880777", "Zubaidah Tiadatara"
# tables of people and of what is said about them, which row security guards
GUARDED = re.compile(r"^registry_(gap.*|pair|personnote|reason)$")


@pytest.fixture
def day_of_work(
    browser_of: Callable[[User], Client], user: Make, institution: Make, tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> list[str]:  # fmt: skip
    """People do what they do with somebody, and write his NIK where they should not; the addresses they were sent to,
    and what the log said."""
    from jangkau.platform.intake.models import Delivery
    from jangkau.platform.registry import actions, jobs
    from jangkau.platform.registry.models import Export, Gap, Pair

    caplog.set_level(logging.INFO)
    one = Made(777, "1272", ("kur_a.csv",), "doubtful", name=NAME)
    folder = write(folder=tmp_path / "run", people=[one], doubts=[Doubt(one)], files={"kur_a.csv": "Bank A"})
    run = actions.register_finished(folder=folder, as_of=AS_OF, by=None)
    person = f"/kesenjangan/orang/{Gap.objects.get(run=run).person}/"
    pair = f"/telaah/{Pair.objects.get(run=run).pk}/"
    bank = institution()
    analyst, officer = browser_of(user("analyst")), browser_of(user("bank_officer", institution=bank))
    purpose = f"mencari {NIK} untuk dikunjungi"
    answers = [
        analyst.get("/kesenjangan/"), analyst.get(person), analyst.post(f"{person}nik/", {"purpose": purpose}),
        analyst.post(f"{person}catatan/", {"status": "contacted", "note": f"{NAME} {NIK}"}),
        analyst.post("/kesenjangan/saringan/", {"name": "saya", "query": f"region=1272&institution={NIK}"}),
        analyst.post("/kesenjangan/ekspor/baru/",
                     {"purpose": purpose, "query": f"institution={NIK}", "kind": "csv"}),
        analyst.get(pair), analyst.post(f"{pair}nik/", {"purpose": purpose}),
        analyst.post(f"{pair}putus/", {"answer": "same", "reading": "1"}),
        analyst.get("/telaah/"), analyst.get(f"/kesenjangan/orang/{NIK}/"),
    ]  # fmt: skip
    asked = Export.objects.latest("asked_at")
    jobs.export(export=str(asked.pk), by=asked.by_id)
    answers.append(analyst.get(f"/kesenjangan/ekspor/{asked.pk}/"))
    row = (NIK, NAME, "1988-05-15", "mikro", "25000000", "2021-01-05", "BRI")
    wrong = (NIK, NAME, "1988-05-15", "mikro", "-5", "2021-01-05", "BRI")
    answers.append(officer.post("/kiriman/baru/", form(kur(row, wrong, header=HEADER), f"daftar {NIK}.csv")))
    delivery = check(Delivery.objects.latest("pk"))
    assert (delivery.state, delivery.rows_refused) == ("checked", 1)
    answers += [officer.get(f"/kiriman/{delivery.pk}/{page}") for page in ("", "kolom/", "ditolak.csv")]
    from jangkau.platform.web.logs import AsJson

    said = [AsJson().format(record) for record in caplog.records if not record.name.startswith("faker")]
    return [*said, *(answer.headers.get("Location", "") for answer in answers), *(str(one.headers) for one in answers)]


def test_a_day_of_work_leaves_nobody_where_he_does_not_belong(
    day_of_work: list[str], platform: tuple[Home, Databases], browser_of: Callable[[None], Client]
) -> None:
    from django.db import connection

    home = platform[0]
    found = {"log and addresses": "\n".join(day_of_work)}
    found["metrics"] = browser_of(None).get("/metrics", REMOTE_ADDR="127.0.0.1").text
    found["file names"] = "\n".join(str(path.relative_to(home.folder)) for path in home.folder.rglob("*"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        tables = [name for (name,) in cursor.fetchall() if not GUARDED.match(name)]
        assert {"offices_event", "procrastinate_jobs", "registry_export", "django_session"} <= set(tables)
        for table in tables:
            cursor.execute(f'SELECT CAST(t AS TEXT) FROM "{table}" AS t')
            found[table] = "\n".join(row for (row,) in cursor.fetchall())
    assert [where for where, text in found.items() if NIK in text] == []
    assert [where for where, text in found.items() if NAME.upper() in text.upper()] == []
