"""The gap list and the page of a person: who sees whom, how exact counts are, how many queries a page takes."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from tests.platform.finished_run import AS_OF, Doubt, Made, write

if TYPE_CHECKING:
    from django.test import Client

    from jangkau.platform.offices.models import User
    from jangkau.platform.registry.models import Run

_numbers = itertools.count(1000)
Browser = Callable[["User | None"], "Client"]
REGIONS = ("1272", "1208", "3273")


@dataclass(frozen=True)
class Scene:
    """A loaded run: two banks, three regions; and who works with it."""

    run: Run
    people: list[Made]
    analyst: User
    branch: User
    elsewhere: User
    bank: User
    local: User
    others: tuple[User, ...]

    def seen(self, *, by: str) -> set[str]:
        """Names of the people that somebody may see."""
        wanted: dict[str, Callable[[Made], bool]] = {
            "analyst": lambda one: True,
            "branch": lambda one: one.region in ("1272", "1208"),
            "elsewhere": lambda one: one.region == "7171",
            "bank": lambda one: "kur_a.csv" in one.lists,
            "local": lambda one: "staf.csv" in one.lists,
        }
        return {one.called for one in self.people if wanted[by](one)}


@pytest.fixture
def scene(
    user: Callable[..., Any], office: Callable[..., Any], institution: Callable[..., Any], tmp_path: Path
) -> Scene:
    from jangkau.platform.registry import actions

    a, b, staff = institution(), institution(), institution("local_government", "1272")
    lists = (("kur_a.csv",), ("kur_b.csv",), ("kur_a.csv", "kur_b.csv"), ("staf.csv",))
    statuses = ("not_found", "lapsed", "doubtful", "not_found", "not_found")
    people = [
        Made(
            next(_numbers), REGIONS[at % 3], lists[at % 4], statuses[at % 5], ("mikro", "kecil")[at // 2 % 2],
            "LP"[at // 3 % 2], date(1950 + at % 50, 1, 1),
        )
        for at in range(40)
    ]  # fmt: skip
    files = {"kur_a.csv": a.name, "kur_b.csv": b.name, "staf.csv": staff.name}
    folder = write(folder=tmp_path / "run", people=people, doubts=[Doubt(one) for one in people[2::5]], files=files)
    return Scene(
        actions.register_finished(folder=folder, as_of=AS_OF, by=None), people, user("analyst"),
        user("branch_officer", office=office("1272", "1208")), user("branch_officer", office=office("7171")),
        user("bank_officer", institution=a), user("institution_officer", institution=staff),
        (user("board"), user("auditor"), user("administrator"),
         user("prosecutor", institution=institution("prosecutor", "12"))),
    )  # fmt: skip


def _uuid(one: Made) -> uuid.UUID:
    from jangkau.platform.registry.pair_rows import person_uuid

    return person_uuid(person_id=one.person_id)


@pytest.mark.parametrize("who", ["analyst", "branch", "elsewhere", "bank", "local"])
def test_each_sees_his_own_people_on_the_page_and_in_sql(
    scene: Scene, browser_of: Browser, raw_sql: Callable[..., psycopg.Connection], who: str
) -> None:
    somebody: User = getattr(scene, who)
    page = browser_of(somebody).get("/kesenjangan/").content.decode()
    wanted = {_uuid(one) for one in scene.people if one.called in scene.seen(by=who)}
    assert {_uuid(one) for one in scene.people if f"/kesenjangan/orang/{_uuid(one)}/" in page} == wanted
    # institutions see nobody in the table, and those on their own lists in the view of it
    tables = ("ownlists", "gap") if who in ("bank", "local") else ("gap", "ownlists")
    for table, seen in zip(tables, (wanted, set()), strict=True):
        found = raw_sql(somebody).execute(f"SELECT person FROM registry_{table} WHERE run_id = %s", [scene.run.pk])
        assert {person for (person,) in found} == seen


def test_other_roles_see_nobody(scene: Scene, browser_of: Browser, raw_sql: Callable[..., psycopg.Connection]) -> None:
    for somebody in scene.others:
        assert browser_of(somebody).get("/kesenjangan/").status_code == 403
        for table in (
            "gap",
            "ownlists",
            "ownchanges",
            "pair",
            "gapcount",
            "change",
            "listset",
            "runfile",
            "decision",
            "personnote",
            "runresult",
        ):
            query = f"SELECT count(*) FROM (SELECT 1 FROM registry_{table}) AS t"
            assert raw_sql(somebody).execute(query).fetchone() == (0,), (somebody.role, table)


def test_a_bank_is_not_told_of_the_lists_and_loans_of_others(scene: Scene, browser_of: Browser) -> None:
    page = browser_of(scene.bank).get("/kesenjangan/").content.decode()
    assert "kur_b.csv" not in page
    shared = next(one for one in scene.people if one.lists == ("kur_a.csv", "kur_b.csv"))
    person = browser_of(scene.bank).get(f"/kesenjangan/orang/{_uuid(shared)}/").content.decode()
    assert "kur_b.csv" not in person
    assert "0812" not in person
    assert "juta" not in person


@pytest.mark.parametrize(
    "query",
    ["", "status=lapsed", "kur_type=kecil&sex=P", "region=1272&status=not_found", "listed=1&kur_type=mikro",
     "region=12", "sex=L&kur_type=mikro&status=lapsed", "age_group=65"],
)  # fmt: skip
@pytest.mark.parametrize("who", ["analyst", "branch", "bank"])
def test_counts_are_exact(scene: Scene, raw_sql: object, who: str, query: str) -> None:
    from django.db import transaction
    from django.http import QueryDict

    from jangkau.platform import scope
    from jangkau.platform.registry import queries
    from jangkau.platform.registry.filters import read_filters, sight

    with transaction.atomic():
        scope.enter(kind="user", number=getattr(scene, who).pk)
        page = queries.page(run=scene.run, filters=read_filters(query=QueryDict(query).dict()), sight=sight())
    assert page.count == queries.Count(len(page.rows), True)
    assert len(page.rows) > 0 or (who, query) == ("bank", "kur_type=kecil&sex=P")  # only on lists of others


def test_pages_follow_each_other_by_key(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import transaction

    from jangkau.platform import scope
    from jangkau.platform.registry import queries
    from jangkau.platform.registry.filters import Filters, sight

    monkeypatch.setattr(queries, "A_PAGE", 7)
    for sort in ("place", "name", "date", "loan"):
        with transaction.atomic():
            scope.enter(kind="user", number=scene.branch.pk)
            seen, filters = sight(), Filters(sort=sort)
            pages = [queries.page(run=scene.run, filters=filters, sight=seen)]
            while pages[-1].last is not None:
                pages.append(queries.page(run=scene.run, filters=filters, sight=seen, after=pages[-1].last))
            back = queries.page(run=scene.run, filters=filters, sight=seen, before=pages[1].first)
        names = [row.name for page in pages for row in page.rows]
        assert len(names) == len(set(names)) == len(scene.seen(by="branch"))
        assert back.rows == pages[0].rows
        if sort == "name":
            assert names == sorted(names)


@pytest.mark.parametrize(
    ("path", "most"),
    [("/kesenjangan/", 26), ("/kesenjangan/?status=lapsed&listed=1&sex=P", 27), ("/hitungan/", 14),
     ("/telaah/", 20), ("/kesenjangan/ekspor/", 14)],
)  # fmt: skip
def test_a_listing_takes_few_queries(scene: Scene, browser_of: Browser, path: str, most: int) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = browser_of(scene.analyst)
    client.get(path)
    with CaptureQueriesContext(connection) as caught:
        assert client.get(path).status_code == 200
    assert 0 < len(caught) <= most, "\n".join(one["sql"][:120] for one in caught.captured_queries)


def test_a_person_of_another_office_is_not_there(scene: Scene, browser_of: Browser) -> None:
    one = next(one for one in scene.people if one.region == "1272")
    path = f"/kesenjangan/orang/{_uuid(one)}/"
    assert browser_of(scene.branch).get(path).status_code == 200
    away = browser_of(scene.elsewhere)
    assert away.get(path).status_code == 404
    assert away.post(f"{path}nik/", {"purpose": "mencoba saja"}).status_code == 404
    assert away.post(f"{path}catatan/", {"status": "contacted", "note": ""}).status_code == 404


def test_reading_a_person_is_an_event(scene: Scene, browser_of: Browser) -> None:
    from jangkau.platform.offices.models import Event

    one = next(one for one in scene.people if one.region == "1272")
    browser_of(scene.branch).get(f"/kesenjangan/orang/{_uuid(one)}/")
    event = Event.objects.get(verb="read_person", thing_id=str(_uuid(one)))
    assert event.by == scene.branch


def test_a_nik_is_revealed_for_a_purpose_and_that_is_an_event(scene: Scene, browser_of: Browser) -> None:
    from jangkau.platform.offices.models import Event

    one = next(one for one in scene.people if one.region == "1272")
    path = f"/kesenjangan/orang/{_uuid(one)}/"
    client = browser_of(scene.branch)
    assert one.nik not in client.get(path).content.decode()
    assert one.nik not in client.post(f"{path}nik/", {"purpose": " "}).content.decode()
    assert not Event.objects.filter(verb="revealed_nik", thing_id=str(_uuid(one))).exists()
    assert one.nik in client.post(f"{path}nik/", {"purpose": "kunjungan rumah"}).content.decode()
    event = Event.objects.get(verb="revealed_nik", thing_id=str(_uuid(one)))
    assert (event.by, event.purpose) == (scene.branch, "kunjungan rumah")
    assert one.nik not in str(event.detail)


def test_offices_share_a_note_and_a_bank_has_its_own(scene: Scene, browser_of: Browser) -> None:
    one = next(one for one in scene.people if one.region == "1272" and "kur_a.csv" in one.lists)
    path = f"/kesenjangan/orang/{_uuid(one)}/"
    sent = {"status": "contacted", "note": "<b>Sudah</b> ditelepon"}
    assert browser_of(scene.branch).post(f"{path}catatan/", sent).status_code == 302
    assert "&lt;b&gt;Sudah&lt;/b&gt; ditelepon" in browser_of(scene.analyst).get(path).content.decode()
    assert "ditelepon" not in browser_of(scene.bank).get(path).content.decode()
    assert "Sudah dihubungi" in browser_of(scene.branch).get("/kesenjangan/").content.decode()


def test_a_saved_filter_is_ones_own(scene: Scene, browser_of: Browser) -> None:
    from jangkau.platform.registry.models import SavedFilter

    browser_of(scene.branch).post("/kesenjangan/saringan/", {"name": "Wajib di kota", "query": "region=1272&bad=1"})
    kept = SavedFilter.objects.get(by=scene.branch)
    assert kept.query == "region=1272"
    assert "Wajib di kota" not in browser_of(scene.analyst).get("/kesenjangan/").content.decode()
    assert browser_of(scene.analyst).post(f"/kesenjangan/saringan/{kept.pk}/hapus/").status_code == 404


def test_runs_are_for_the_analyst(scene: Scene, browser_of: Browser) -> None:
    for path in ("/hitungan/", f"/hitungan/{scene.run.pk}/"):
        assert browser_of(scene.analyst).get(path).status_code == 200
        assert browser_of(scene.branch).get(path).status_code == 403


def test_the_contribution_follows_the_law_of_the_month(platform: object) -> None:
    from jangkau.platform.registry.person import price

    lowest = price(kur_type="", plafon=None, layouts={"prakerja"}, month=date(2021, 4, 30))
    assert lowest.charges is not None
    assert lowest.charges.total == 16_800
    assert price(kur_type="pmi", plafon=1, layouts={"kur"}, month=date(2021, 4, 30)).charges is None
    assert price(kur_type="", plafon=None, layouts={"non_asn"}, month=date(2021, 4, 30)).charges is None
