"""Results of a delivery: for whoever handed it in, where the agreement allows, following what readers decide."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import psycopg
import pytest

from tests.platform.finished_run import AS_OF, Doubt, Made, write
from tests.platform.intake_desk import BUDI, SITI, WRONG, check, hand_in, kur

if TYPE_CHECKING:
    from django.test import Client

    from jangkau.platform.intake.models import Delivery
    from jangkau.platform.offices.models import User
    from jangkau.platform.registry.models import Export, Run

Browser = Callable[["User | None"], "Client"]
_numbers = itertools.count(1)
EVIL = ("1272015204900009", "=HYPERLINK(1)", "1990-04-12", "kecil", "60000000", "2021-02-06", "BRI")
SENT = {"purpose": "menindaklanjuti debitur", "kind": "csv"}


@dataclass(frozen=True)
class Scene:
    """An accepted delivery of five rows (the last refused), and a run that has read it."""

    delivery: Delivery
    run: Run
    clerk: User
    analyst: User


@pytest.fixture
def scene(user: Callable[..., Any], institution: Callable[..., Any], tmp_path: Path) -> Scene:
    return _scene(user, institution, tmp_path, allowed=True)


def _scene(
    user: Callable[..., Any], institution: Callable[..., Any], tmp_path: Path, *, allowed: bool, same: bool = False
) -> Scene:
    """``same``: whether two of the rows are one person is in doubt, not whether the third one is a member."""
    from jangkau.platform.intake import actions as intake
    from jangkau.platform.registry import actions
    from jangkau.platform.registry.models import Decision

    Decision.objects.filter(undone_at=None).update(undone_at=datetime.now(UTC))  # of other tests: pairs are the same
    bank = institution()
    clerk = user("bank_officer", institution=bank)
    mark = (*BUDI[:6], f"BRI {next(_numbers)}")  # like no other list
    data = kur(mark, SITI, EVIL, SITI, WRONG, alone=False)
    delivery = check(hand_in(data, bank, clerk, results_allowed=allowed).delivery)
    intake.accept(delivery=delivery, now=datetime.now(UTC), by=user("bank_officer", institution=bank))
    people = [
        Made(1, "1272", ("kur.csv",), "protected"),
        Made(2, "1272", ("kur.csv",), "not_found"),
        Made(3, "1272", ("kur.csv",), "doubtful"),
        Made(4, "1272", ("kur.csv",), "not_eligible"),
    ]
    doubt = Doubt(people[1], people[2]) if same else Doubt(people[2])
    folder = write(
        folder=tmp_path / "run", people=people, doubts=[doubt], files={"kur.csv": bank.name},
        digests={"kur.csv": delivery.digest},
    )  # fmt: skip
    run = actions.register_finished(folder=folder, as_of=AS_OF, by=None)
    delivery.refresh_from_db()
    return Scene(delivery, run, clerk, user("analyst"))


def _taken(browser: Client, scene: Scene, by: User, kind: str = "csv") -> Export:
    """Asked for on the page of the delivery, and written as the worker does."""
    from jangkau.platform.registry import jobs
    from jangkau.platform.registry.models import Export

    answer = browser.post(f"/kiriman/{scene.delivery.pk}/hasil/", SENT | {"kind": kind})
    assert answer.status_code == 302
    one = Export.objects.filter(by=by, delivery=scene.delivery).latest("asked_at")
    jobs.write_results(export=str(one.pk), by=by.pk)
    one.refresh_from_db()
    return one


def _rows(export: Export) -> list[list[str]]:
    return list(csv.reader(io.StringIO(export.path.read_text(encoding="utf-8-sig"))))


def test_each_row_says_protected_not_protected_or_being_checked(scene: Scene, browser_of: Browser) -> None:
    browser = browser_of(scene.clerk)
    one = _taken(browser, scene, scene.clerk)
    assert (one.state, one.people) == ("ready", 5)
    mark, headings, *rows, last = _rows(one)
    assert headings[:1] + headings[-4:] == ["Baris di berkas", "Nama", "NIK (disamarkan)", "Hasil", "Keterangan"]
    assert [(row[0], row[-2]) for row in rows] == [
        ("2", "terlindungi"), ("3", "belum terlindungi"), ("4", "sedang diperiksa"), ("5", "di luar cakupan program"),
        ("6", "baris ditolak"),
    ]  # fmt: skip
    assert rows[0][-3] == "1272**********01"
    assert BUDI[0] not in one.path.read_text()
    assert rows[4][-1] == "Jumlah uang negatif."
    assert mark == last
    assert all(said in mark[0] for said in (scene.clerk.name, SENT["purpose"], "2021-04-30", "register"))
    page = browser.get(f"/kiriman/{scene.delivery.pk}/").content.decode()
    assert f"/kesenjangan/ekspor/{one.pk}/" in page
    assert browser.get(f"/kesenjangan/ekspor/{one.pk}/").status_code == 200


def test_nobody_is_offered_results_for_the_register(scene: Scene, browser_of: Browser) -> None:
    from jangkau.platform.intake import actions as intake
    from jangkau.platform.intake.models import Delivery

    mark = (*BUDI[:6], f"BRI {next(_numbers)}")
    one = check(hand_in(kur(mark, alone=False), scene.delivery.institution, scene.clerk, results_allowed=True).delivery)
    Delivery.objects.filter(pk=one.pk).update(layout="register")
    one.refresh_from_db()
    intake.accept(delivery=one, now=datetime.now(UTC), by=scene.analyst)
    browser = browser_of(scene.analyst)
    assert 'id="hasil"' in browser.get(f"/kiriman/{scene.delivery.pk}/").content.decode()
    assert 'id="hasil"' not in browser.get(f"/kiriman/{one.pk}/").content.decode()


def test_no_cell_is_a_formula_in_either_form(scene: Scene, browser_of: Browser) -> None:
    browser = browser_of(scene.clerk)
    cells = [cell for row in _rows(_taken(browser, scene, scene.clerk)) for cell in row]
    assert "'=HYPERLINK(1)" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    book = openpyxl.load_workbook(_taken(browser, scene, scene.clerk, "xlsx").path)
    found = [cell for row in book.worksheets[0].iter_rows() for cell in row if cell.value not in (None, "")]
    assert {cell.data_type for cell in found} == {"s"}
    assert "'=HYPERLINK(1)" in {cell.value for cell in found}


@pytest.mark.parametrize(
    ("answer", "told"), [("same", "terlindungi"), ("different", "belum terlindungi"), ("unknown", "sedang diperiksa")]
)
def test_results_follow_what_readers_decided_since(scene: Scene, browser_of: Browser, answer: str, told: str) -> None:
    from django.db import transaction

    from jangkau.platform import scope
    from jangkau.platform.registry import actions
    from jangkau.platform.registry.models import Pair

    Pair.objects.filter(run=scene.run).update(sampled=False)
    with transaction.atomic():
        scope.enter(kind="user", number=scene.analyst.pk)
        pair = Pair.objects.get(run=scene.run)
        assert actions.decide(pair=pair.pk, answer=answer, reading=1, address=None) == "done"
    (row,) = [row for row in _rows(_taken(browser_of(scene.clerk), scene, scene.clerk)) if row[0] == "4"]
    assert row[-2] == told


def test_a_row_that_was_merged_says_what_the_other_one_is(
    user: Callable[..., Any], institution: Callable[..., Any], tmp_path: Path, browser_of: Browser
) -> None:
    from django.db import transaction

    from jangkau.platform import scope
    from jangkau.platform.registry import actions
    from jangkau.platform.registry.models import Pair

    scene = _scene(user, institution, tmp_path, allowed=True, same=True)
    Pair.objects.filter(run=scene.run).update(sampled=False)
    before = _taken(browser_of(scene.clerk), scene, scene.clerk)
    with transaction.atomic():
        scope.enter(kind="user", number=scene.analyst.pk)
        pair = Pair.objects.get(run=scene.run, kind="same_person")
        assert actions.decide(pair=pair.pk, answer="same", reading=1, address=None) == "done"
    after = _taken(browser_of(scene.clerk), scene, scene.clerk)
    told = [[row[-2] for row in _rows(one) if row[0] in ("3", "4")] for one in (before, after)]
    assert told == [["belum terlindungi", "sedang diperiksa"], ["belum terlindungi", "belum terlindungi"]]


def test_another_institution_does_not_find_them(
    scene: Scene, browser_of: Browser, user: Callable[..., Any], institution: Callable[..., Any]
) -> None:
    from jangkau.platform.registry.models import Export

    one = _taken(browser_of(scene.clerk), scene, scene.clerk)
    other = browser_of(user("bank_officer", institution=institution()))
    assert other.post(f"/kiriman/{scene.delivery.pk}/hasil/", SENT).status_code == 404
    assert other.get(f"/kesenjangan/ekspor/{one.pk}/").status_code == 404
    colleague = browser_of(user("bank_officer", institution=scene.delivery.institution))
    assert colleague.get(f"/kesenjangan/ekspor/{one.pk}/").status_code == 404  # who wants them asks, with a purpose
    for role in ("board", "auditor", "administrator"):
        assert browser_of(user(role)).post(f"/kiriman/{scene.delivery.pk}/hasil/", SENT).status_code == 403
    assert Export.objects.filter(delivery=scene.delivery).count() == 1


def test_a_job_that_was_forged_or_outlived_its_right_writes_nothing(
    scene: Scene, user: Callable[..., Any], institution: Callable[..., Any]
) -> None:
    from jangkau.platform.registry import jobs
    from jangkau.platform.registry.models import Export

    other = user("bank_officer", institution=institution())
    one = Export.objects.create(
        run=scene.run, delivery=scene.delivery, by=other, kind="csv", purpose="mencoba", asked_at=datetime.now(UTC)
    )
    jobs.write_results(export=str(one.pk), by=other.pk)
    one.refresh_from_db()
    assert (one.state, one.path.exists()) == ("failed", False)


def test_sql_of_the_web_asks_for_no_results_of_others(
    scene: Scene, raw_sql: Callable[..., psycopg.Connection], user: Callable[..., Any], institution: Callable[..., Any]
) -> None:
    statement = (
        "INSERT INTO registry_export (id, run_id, delivery_id, by_id, query, kind, purpose, state, cut, asked_at) "
        "VALUES (gen_random_uuid(), %s, %s, %s, '', 'csv', 'mencoba', 'asked', FALSE, now())"
    )
    other = user("bank_officer", institution=institution())
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        raw_sql(other).execute(statement, [scene.run.pk, scene.delivery.pk, other.pk])
    raw_sql(scene.clerk).execute(statement, [scene.run.pk, scene.delivery.pk, scene.clerk.pk])


def test_without_the_agreement_the_page_says_why_and_whom_to_ask(
    user: Callable[..., Any], institution: Callable[..., Any], tmp_path: Path, browser_of: Browser
) -> None:
    from jangkau.platform.registry.models import Export

    scene = _scene(user, institution, tmp_path, allowed=False)
    browser = browser_of(scene.clerk)
    page = browser.get(f"/kiriman/{scene.delivery.pk}/").content.decode()
    assert "bagian kerja sama lembaga Anda atau analis nasional" in page
    assert "/hasil/" not in page
    browser.post(f"/kiriman/{scene.delivery.pk}/hasil/", SENT)
    assert not Export.objects.filter(delivery=scene.delivery).exists()


def test_results_are_cut_at_what_the_role_may_take_and_are_events(
    scene: Scene, browser_of: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    from jangkau.platform.offices.models import Event
    from jangkau.platform.registry import results

    monkeypatch.setitem(results.MOST, "bank_officer", 2)
    one = _taken(browser_of(scene.clerk), scene, scene.clerk)
    assert (one.people, one.cut) == (2, True)
    verbs = Event.objects.filter(thing="results", thing_id=str(scene.delivery.pk)).order_by("pk")
    assert list(verbs.values_list("verb", flat=True)) == ["asked_for_results", "exported"]


def test_the_purpose_of_results_keeps_no_number_of_anybody(scene: Scene, browser_of: Browser) -> None:
    from jangkau.platform.registry.models import Export

    asked = SENT | {"purpose": "kunjungan ke 1272011708850001"}
    browser_of(scene.clerk).post(f"/kiriman/{scene.delivery.pk}/hasil/", asked)
    assert Export.objects.filter(delivery=scene.delivery).latest("asked_at").purpose == "kunjungan ke …"
