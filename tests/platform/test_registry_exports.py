"""Exports: what the asker sees and no more, marked, safe for spreadsheets, fetched by him alone."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from tests.platform.finished_run import AS_OF, Made, write

if TYPE_CHECKING:
    from django.test import Client

    from jangkau.platform.offices.models import User
    from jangkau.platform.registry.models import Export

_numbers = itertools.count(700_000)
Browser = Callable[["User | None"], "Client"]


@pytest.fixture
def people(platform: object, tmp_path: Path) -> list[Made]:
    from jangkau.platform.registry import actions

    made = [
        Made(next(_numbers), "1272", ("kur_a.csv",), name='=HYPERLINK("http://contoh.id")'),
        Made(next(_numbers), "1272", ("kur_a.csv",), name="@SUM(A1)"),
        Made(next(_numbers), "7171", ("kur_a.csv",), name="Jauh Contoh"),
    ]
    folder = write(folder=tmp_path / "run", people=made, files={"kur_a.csv": "Bank A"})
    actions.register_finished(folder=folder, as_of=AS_OF, by=None)
    return made


def _asked(browser: Client, by: User, kind: str) -> Export:
    """Asked for on the page, and written as the worker does."""
    from jangkau.platform.registry import jobs
    from jangkau.platform.registry.models import Export

    sent = {"purpose": "kunjungan bulan Juni", "kind": kind, "query": ""}
    assert browser.post("/kesenjangan/ekspor/baru/", sent).status_code == 302
    one = Export.objects.filter(by=by).latest("asked_at")
    jobs.export(export=str(one.pk), by=by.pk)
    one.refresh_from_db()
    return one


def test_a_csv_holds_the_askers_people_marked_and_without_formulas(
    people: list[Made], browser_of: Browser, user: Callable[..., Any], office: Callable[..., Any]
) -> None:
    officer = user("branch_officer", office=office("1272"))
    client = browser_of(officer)
    one = _asked(client, officer, "csv")
    assert (one.state, one.people) == ("ready", 2)
    answer = client.get(f"/kesenjangan/ekspor/{one.pk}/")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    rows = list(csv.reader(io.StringIO(text)))
    assert officer.name in rows[0][0]
    assert "kunjungan bulan Juni" in rows[-1][0]
    cells = [cell for row in rows for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    assert people[0].nik not in text
    assert "Jauh" not in text


def test_a_workbook_holds_text_only(people: list[Made], browser_of: Browser, user: Callable[..., Any]) -> None:
    analyst = user("analyst")
    one = _asked(browser_of(analyst), analyst, "xlsx")
    book = openpyxl.load_workbook(one.path)
    cells = [cell for row in book.active.iter_rows() for cell in row if cell.value is not None]  # type: ignore[union-attr]
    assert {cell.data_type for cell in cells} == {"s"}
    assert analyst.name in str(cells[0].value)
    assert one.people == 3


def test_an_export_is_cut_at_what_the_role_may_take(
    people: list[Made], browser_of: Browser, user: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from jangkau.platform.registry import exporting

    monkeypatch.setitem(exporting.MOST, "analyst", 2)
    analyst = user("analyst")
    one = _asked(browser_of(analyst), analyst, "csv")
    assert (one.people, one.cut) == (2, True)


def test_nobody_else_fetches_an_export(people: list[Made], browser_of: Browser, user: Callable[..., Any]) -> None:
    analyst = user("analyst")
    one = _asked(browser_of(analyst), analyst, "csv")
    other = browser_of(user("analyst"))
    assert other.get(f"/kesenjangan/ekspor/{one.pk}/").status_code == 404
    assert str(one.pk) not in other.get("/kesenjangan/ekspor/").content.decode()


def test_an_export_needs_a_purpose_and_is_an_event(
    people: list[Made], browser_of: Browser, user: Callable[..., Any]
) -> None:
    from jangkau.platform.offices.models import Event
    from jangkau.platform.registry.models import Export

    analyst = user("analyst")
    client = browser_of(analyst)
    client.post("/kesenjangan/ekspor/baru/", {"purpose": " ", "kind": "csv", "query": ""})
    assert not Export.objects.filter(by=analyst).exists()
    one = _asked(client, analyst, "csv")
    client.get(f"/kesenjangan/ekspor/{one.pk}/")
    verbs = set(Event.objects.filter(thing_id=str(one.pk)).values_list("verb", flat=True))
    assert verbs == {"asked_for_export", "exported", "downloaded"}


def test_a_user_who_was_dismissed_meanwhile_gets_nothing(
    people: list[Made], browser_of: Browser, user: Callable[..., Any]
) -> None:
    from jangkau.platform.registry import jobs
    from jangkau.platform.registry.models import Export

    analyst = user("analyst")
    browser_of(analyst).post("/kesenjangan/ekspor/baru/", {"purpose": "kunjungan", "kind": "csv", "query": ""})
    analyst.is_active = False
    analyst.save()
    one = Export.objects.get(by=analyst)
    jobs.export(export=str(one.pk), by=analyst.pk)
    one.refresh_from_db()
    assert one.people == 0
