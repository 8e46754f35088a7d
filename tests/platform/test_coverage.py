"""Figures are kept as taken, and everybody sees those that are his."""

from __future__ import annotations

import gzip
import itertools
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pyarrow as pa
import pytest

from tests.platform import invented_summary as invented

if TYPE_CHECKING:
    from django.test import Client

    from jangkau.platform.coverage.models import Snapshot
    from jangkau.platform.offices.models import User


Sql = Callable[["User | None"], psycopg.Connection]
Browser = Callable[["User | None"], "Client"]
_runs = itertools.count(9001)
OTHER = ["administrator", "auditor"]


@pytest.fixture
def take(platform: object) -> Iterator[Callable[..., Snapshot]]:
    """Take an invented summary, as the job does; what was taken goes away again."""
    from jangkau.platform.coverage import actions
    from jangkau.platform.coverage.models import Snapshot

    def taken(**asked: Any) -> Snapshot:
        return actions.take(run=next(_runs), summary=invented.summary(**asked), by=None)

    yield taken
    Snapshot.objects.all().delete()


def _kinds(connection: psycopg.Connection) -> set[tuple[str, str, str]]:
    rows = connection.execute("SELECT audience, kind, key FROM coverage_figure").fetchall()
    charts = connection.execute("SELECT audience, kind, key FROM coverage_chart").fetchall()
    seen = {(a, k, key) for a, k, key in rows}
    assert {(a, k, key) for a, k, key in charts} <= seen
    return seen


def test_taking_twice_is_taking_once(take: Callable[..., Snapshot]) -> None:
    from jangkau.platform.coverage import actions
    from jangkau.platform.coverage.models import Figure

    first = take()
    before = Figure.objects.count()
    again = actions.take(run=first.run, summary=invented.summary(protected=90), by=None)
    assert again == first
    assert Figure.objects.count() == before


def test_a_later_run_of_a_date_holds_and_the_earlier_stays_as_taken(take: Callable[..., Snapshot]) -> None:
    from jangkau.platform.coverage.models import Figure

    first = take()
    second = take(protected=50)
    first.refresh_from_db()
    assert (first.current, second.current) == (False, True)
    kept = Figure.objects.get(snapshot=first, audience="full", kind="whole")
    assert kept.protected == 21_060 * 20 // 100


def test_the_database_lets_one_snapshot_of_a_date_hold(take: Callable[..., Snapshot]) -> None:
    from django.db import IntegrityError, transaction

    first = take()
    take()
    first.current = True
    with pytest.raises(IntegrityError), transaction.atomic():
        first.save()


def test_an_analyst_sees_all_figures_and_none_of_the_hidden_set(
    take: Callable[..., Snapshot], raw_sql: Sql, user: Callable[..., User]
) -> None:
    take()
    seen = _kinds(raw_sql(user("analyst")))
    assert {audience for audience, _, _ in seen} == {"full"}
    assert {kind for _, kind, _ in seen} == {
        "whole",
        "province",
        "region",
        "institution",
        "list",
        "kur_type",
        "quarter",
    }


def test_a_branch_sees_its_regions_and_itself(
    take: Callable[..., Snapshot], raw_sql: Sql, user: Callable[..., User], office: Callable[..., Any]
) -> None:
    from jangkau.platform.coverage import actions

    here = office("1272", "1208")
    summary = invented.summary()
    summary["by_branch"] = [invented.group(7000, branch=here.name), invented.group(9000, branch="Medan")]
    actions.take(run=next(_runs), summary=summary, by=None)
    seen = _kinds(raw_sql(user("branch_officer", office=here)))
    assert seen == {
        ("full", "region", "1272"),
        ("full", "region", "1208"),
        ("full", "branch", here.code.replace(" ", "-")),
    }


def test_a_regional_office_sees_its_branches_regions(
    take: Callable[..., Snapshot], raw_sql: Sql, user: Callable[..., User], office: Callable[..., Any]
) -> None:
    take()
    above = office(kind="regional")
    office("7171", above=above)
    assert _kinds(raw_sql(user("regional_office", office=above))) == {("full", "region", "7171")}


def test_a_bank_sees_its_own_institution_and_lists(
    take: Callable[..., Snapshot], raw_sql: Sql, user: Callable[..., User], institution: Callable[..., Any]
) -> None:
    from jangkau.platform.coverage import actions

    mine = institution()
    actions.take(run=next(_runs), summary=invented.summary(banks={mine.name: 5000, "Mandiri": 6000}), by=None)
    seen = _kinds(raw_sql(user("bank_officer", institution=mine)))
    assert seen == {("full", "institution", mine.code), ("full", "list", f"kur_{mine.name.lower()}.csv")}


@pytest.mark.parametrize("role", ["institution_officer", "prosecutor"])
@pytest.mark.parametrize(
    ("region", "expected"),
    [("12", {("province", "12"), ("region", "1272"), ("region", "1208"), ("region", "1271")}),
     ("7171", {("region", "7171")})],
)  # fmt: skip
def test_a_territory_is_seen_with_small_cells_hidden(
    take: Callable[..., Snapshot], raw_sql: Sql, user: Callable[..., User], institution: Callable[..., Any],
    role: str, region: str, expected: set[tuple[str, str]],
) -> None:  # fmt: skip
    take()
    kind = "prosecutor" if role == "prosecutor" else "local_government"
    seen = _kinds(raw_sql(user(role, institution=institution(kind, region))))
    assert seen == {("safe", *one) for one in expected}


@pytest.mark.parametrize("role", ["branch_officer", "institution_officer", "prosecutor", "board"])
def test_a_page_of_a_region_leads_to_its_province_only_who_may_go_there(
    take: Callable[..., Snapshot], browser_of: Browser, user: Callable[..., User], office: Callable[..., Any],
    institution: Callable[..., Any], role: str,
) -> None:  # fmt: skip
    take()
    place = {"office": office("1272")} if role == "branch_officer" else {}
    if role in ("institution_officer", "prosecutor"):
        place = {"institution": institution("prosecutor" if role == "prosecutor" else "local_government", "1272")}
    browser = browser_of(user(role, **place))
    page = browser.get("/cakupan/wilayah/1272/").content.decode()
    allowed = browser.get("/cakupan/provinsi/12/").status_code == 200
    assert allowed == (role == "board")
    assert ('href="/cakupan/provinsi/12/"' in page) == allowed


def test_a_ministry_and_the_board_see_the_country_without_lists(
    take: Callable[..., Snapshot], raw_sql: Sql, user: Callable[..., User], institution: Callable[..., Any]
) -> None:
    take()
    for one in (user("board"), user("institution_officer", institution=institution("ministry"))):
        seen = _kinds(raw_sql(one))
        assert {audience for audience, _, _ in seen} == {"safe"}
        assert {kind for _, kind, _ in seen} == {"whole", "province", "region", "institution", "kur_type", "quarter"}


def test_two_runs_of_a_date_are_not_set_side_by_side_where_cells_are_hidden(
    take: Callable[..., Snapshot], raw_sql: Sql, user: Callable[..., User]
) -> None:
    take()
    second = take(protected=50)
    shown = raw_sql(user("board")).execute("SELECT DISTINCT snapshot_id FROM coverage_figure").fetchall()
    assert shown == [(second.pk,)]


@pytest.mark.parametrize("role", OTHER)
def test_who_has_no_figures_sees_none(
    take: Callable[..., Snapshot], raw_sql: Sql, browser_of: Browser, user: Callable[..., User], role: str
) -> None:
    take()
    one = user(role)
    assert _kinds(raw_sql(one)) == set()
    assert raw_sql(one).execute("SELECT count(*) FROM coverage_snapshot").fetchone() == (0,)
    for path in ("/cakupan/", "/cakupan/provinsi/12/", "/cakupan/angka.csv", "/cakupan/wilayah/"):
        assert browser_of(one).get(path).status_code == 403


def test_without_a_scope_there_is_nothing(take: Callable[..., Snapshot], raw_sql: Sql) -> None:
    take()
    assert _kinds(raw_sql(None)) == set()


def test_the_web_cannot_change_a_figure(take: Callable[..., Snapshot], raw_sql: Sql, user: Callable[..., User]) -> None:
    take()
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        raw_sql(user("analyst")).execute("UPDATE coverage_figure SET people = 1")


@pytest.mark.parametrize(
    "path",
    [
        "/cakupan/provinsi/71/",
        "/cakupan/wilayah/7171/",
        "/cakupan/cabang/medan/",
        "/cakupan/lembaga/bri/",
        "/cakupan/wilayah/nan/",
    ],
)
def test_a_page_of_elsewhere_is_not_there(
    take: Callable[..., Snapshot], browser_of: Browser, user: Callable[..., User], office: Callable[..., Any], path: str
) -> None:
    take()
    assert browser_of(user("branch_officer", office=office("1272"))).get(path).status_code == 404


def test_a_branch_page_shows_no_number_of_elsewhere(
    take: Callable[..., Snapshot], browser_of: Browser, user: Callable[..., User], office: Callable[..., Any]
) -> None:
    take()
    browser = browser_of(user("branch_officer", office=office("1272", "1208")))
    page = browser.get("/cakupan/").content.decode()
    assert "Kota Pematangsiantar" in page
    assert "Medan" not in page
    sheet = browser.get("/cakupan/angka.csv?jenis=region").content.decode("utf-8-sig")
    assert {row.split(",")[3] for row in sheet.splitlines()[1:]} == {"1272", "1208"}


def test_the_national_page_opens_with_the_waterfall_and_states_the_figure_fully(
    take: Callable[..., Snapshot], browser_of: Browser, user: Callable[..., User]
) -> None:
    take()
    page = browser_of(user("analyst")).get("/cakupan/").content.decode()
    assert page.index('class="waterfall wide"') < page.index('class="tiles"')
    text = re.sub(r"<[^>]+>", " ", page)
    told = invented.summary()
    whole = [told["unprotected"][part] for part in ("estimate", "low", "high")]
    whole.append(told["people"] - told["status"]["not_eligible"])
    for said in ("30 April 2021", "Perkiraan jumlah orang", *(f"{number:,}".replace(",", ".") for number in whole)):
        assert said in text, said


def test_the_way_to_a_run_is_written_without_points(
    take: Callable[..., Snapshot], browser_of: Browser, user: Callable[..., User]
) -> None:
    run = take().run
    assert run > 999
    assert f'href="/hitungan/{run}/"' in browser_of(user("analyst")).get("/cakupan/").content.decode()


def test_a_page_keeps_to_the_content_security_policy(
    take: Callable[..., Snapshot], browser_of: Browser, user: Callable[..., User]
) -> None:
    take()
    page = browser_of(user("analyst")).get("/cakupan/").content.decode()
    assert not re.search(r"<[^>]+ style\s*=|<style|<script(?![^>]* src=)|<[^>]+ on[a-z]+\s*=", page)


def test_without_a_denominator_the_page_says_so(
    take: Callable[..., Snapshot], browser_of: Browser, user: Callable[..., User]
) -> None:
    from jangkau.platform.coverage import actions

    take()
    browser = browser_of(user("analyst"))
    assert "Penyebut belum ada" in browser.get("/cakupan/wilayah/1272/").content.decode()
    actions.state_workers(
        region="1272", year=2020, eligible=100_000, participants=23_000, source="Data rekaan", verified=False,
        invented=True, by=None,
    )  # fmt: skip
    page = browser.get("/cakupan/wilayah/1272/").content.decode()
    assert "23.000 peserta aktif dari 100.000 pekerja yang memenuhi syarat, tahun 2020." in page
    assert "rekaan" in page


def test_what_is_invented_is_never_verified(platform: object) -> None:
    from django.db import IntegrityError, transaction

    from jangkau.platform.coverage import actions

    with pytest.raises(IntegrityError), transaction.atomic():
        actions.state_workers(region="31", year=2020, eligible=1, participants=1, source="Rekaan", verified=True,
                              invented=True, by=None)  # fmt: skip


def test_the_public_page_is_shut_until_an_analyst_opens_it(
    take: Callable[..., Snapshot], browser_of: Browser, user: Callable[..., User]
) -> None:
    snapshot = take()
    nobody = browser_of(None)
    assert "belum dibuka" in nobody.get("/publik/").content.decode()
    assert nobody.get("/publik/provinsi/12/").status_code == 404
    assert nobody.get("/publik/angka.csv").status_code == 404
    analyst = browser_of(user("analyst"))
    assert analyst.post(f"/cakupan/{snapshot.pk}/publik/", {"public": "yes"}).status_code == 302
    page = nobody.get("/publik/").content.decode()
    assert f"{invented.summary()['unprotected']['estimate']:,}".replace(",", ".") in page
    assert "/cakupan/" not in page
    assert nobody.get("/publik/provinsi/12/").status_code == 200
    assert nobody.get("/publik/angka.csv?jenis=region").status_code == 200
    assert nobody.get("/publik/angka.csv?jenis=list").status_code == 404


def test_the_public_page_shows_an_analyst_no_more_than_anybody(
    take: Callable[..., Snapshot], browser_of: Browser, user: Callable[..., User]
) -> None:
    from jangkau.platform.coverage import actions

    analyst = user("analyst")
    actions.publish(snapshot=take(), public=True, by=analyst)
    sheets = [browser_of(one).get("/publik/angka.csv?jenis=region").content for one in (analyst, None)]
    assert sheets[0] == sheets[1]
    rows = {row.split(",")[3]: row.split(",") for row in sheets[1].decode("utf-8-sig").splitlines()[1:]}
    assert rows["7172"][8] == ""  # 1 of 60 is out of scope: neither he nor the protected are told


def test_the_public_page_shows_no_date_that_is_not_public(
    take: Callable[..., Snapshot], browser_of: Browser, user: Callable[..., User]
) -> None:
    from jangkau.platform.coverage import actions

    first, analyst = take(as_of="2020-12-31", protected=15), user("analyst")
    actions.publish(snapshot=take(), public=True, by=analyst)
    page = browser_of(None).get("/publik/").content.decode()
    assert 'class="trend"' not in page
    assert "2020" not in re.sub(r"<[^>]+>", " ", page.split("Triwulan", 1)[0])
    actions.publish(snapshot=first, public=True, by=analyst)
    assert 'class="trend"' in browser_of(None).get("/publik/").content.decode()


def test_only_an_analyst_publishes(
    take: Callable[..., Snapshot], browser_of: Browser, raw_sql: Sql, user: Callable[..., User]
) -> None:
    snapshot = take()
    board = user("board")
    assert browser_of(board).post(f"/cakupan/{snapshot.pk}/publik/", {"public": "yes"}).status_code == 403
    assert raw_sql(board).execute("UPDATE coverage_snapshot SET public = TRUE").rowcount == 0


def test_what_was_published_closes_when_newer_figures_of_the_date_come(
    take: Callable[..., Snapshot], browser_of: Browser, user: Callable[..., User]
) -> None:
    from jangkau.platform.coverage import actions

    actions.publish(snapshot=take(), public=True, by=user("analyst"))
    take(protected=50)
    assert "belum dibuka" in browser_of(None).get("/publik/").content.decode()


def test_an_export_and_a_publication_are_events(
    take: Callable[..., Snapshot], browser_of: Browser, user: Callable[..., User]
) -> None:
    from jangkau.platform.offices.models import Event

    snapshot, analyst = take(), user("analyst")
    browser = browser_of(analyst)
    browser.get("/cakupan/angka.csv?jenis=region")
    browser.post(f"/cakupan/{snapshot.pk}/publik/", {"public": "yes"})
    verbs = list(Event.objects.filter(by=analyst).order_by("pk").values_list("verb", flat=True))
    assert verbs[-2:] == ["exported", "published"]


def test_a_cell_of_the_sheet_is_never_a_formula(platform: object) -> None:
    from jangkau.platform.web.coverage.sheets import _plain

    assert _plain("=1+1") == "'=1+1"
    assert _plain("Kota Medan") == "Kota Medan"


def test_the_trend_is_drawn_from_the_second_date(
    take: Callable[..., Snapshot], browser_of: Browser, user: Callable[..., User]
) -> None:
    take(as_of="2020-12-31", protected=15)
    take()
    page = browser_of(user("analyst")).get("/cakupan/").content.decode()
    assert 'class="trend"' in page
    assert "31 Desember 2020" in page


@pytest.mark.parametrize(
    ("path", "queries"),
    [("/cakupan/", 6), ("/cakupan/provinsi/12/", 6), ("/cakupan/wilayah/1272/", 6), ("/cakupan/lembaga/bri/", 5),
     ("/cakupan/wilayah/", 2)],
)  # fmt: skip
def test_a_page_asks_the_database_only_so_often(
    take: Callable[..., Snapshot], browser_of: Browser, user: Callable[..., User], path: str, queries: int
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    take(as_of="2020-12-31")
    take()
    browser = browser_of(user("analyst"))
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(path).status_code == 200
    ours = [one["sql"] for one in asked if "coverage_" in one["sql"] and "SELECT" in one["sql"]]
    assert len(ours) == queries, ours


def test_pages_of_the_whole_country_are_light(platform: object, browser_of: Browser, user: Callable[..., User]) -> None:
    from jangkau.platform.coverage import actions
    from jangkau.platform.coverage.models import Snapshot

    taken = actions.take(run=next(_runs), summary=invented.country(), by=None)
    try:
        static = Path(__file__).parents[2] / "jangkau" / "platform" / "web" / "static" / "web"
        once = sum(len(gzip.compress(one.read_bytes())) for one in static.iterdir() if one.is_file())
        browser = browser_of(user("analyst"))
        weights = {
            path: len(gzip.compress(browser.get(path).content))
            for path in ("/cakupan/", "/cakupan/provinsi/33/", "/cakupan/wilayah/3374/", "/cakupan/wilayah/")
        }
        print(once, weights)
        assert weights["/cakupan/"] + once < 120_000  # the first page, with a map
        assert weights["/cakupan/provinsi/33/"] < 40_000
        assert max(weights.values()) < 40_000
    finally:
        Snapshot.objects.filter(pk=taken.pk).delete()


def test_the_results_in_a_folder_are_taken_as_they_lie(platform: object, tmp_path: Path) -> None:
    import json

    from jangkau.platform.coverage.jobs import take_folder
    from jangkau.platform.coverage.models import Figure, Snapshot

    (tmp_path / "summary.json").write_text(json.dumps(invented.summary()))
    taken = take_folder(run=next(_runs), folder=tmp_path)
    kept = Figure.objects.get(snapshot=taken, audience="full", kind="region", key="1272")
    assert (kept.people, kept.protected, kept.name) == (4000, 800, "Kota Pematangsiantar")
    Snapshot.objects.filter(pk=taken.pk).delete()


def test_sex_and_age_are_counted_from_the_people_of_the_run(platform: object, tmp_path: Path) -> None:
    import duckdb

    from jangkau.platform.coverage.demography import with_sex_and_age

    people = tmp_path / "people.parquet"
    duckdb.execute(
        "COPY (SELECT * FROM (VALUES ('L', DATE '1990-05-01', 'protected', 1.0::DOUBLE, 'none'), "
        "('P', DATE '1990-04-30', 'not_found', 0.0, 'unmet'), (NULL, NULL, 'lapsed', 0.5, 'none')) "
        f"AS people(sex, birth_date, status, probability, duty)) TO '{people}' (FORMAT parquet)"
    )
    published = {"estimate": 3, "low": 2, "high": 3}
    made = with_sex_and_age(summary={"as_of": "2021-04-30", "unprotected": published}, people=people)
    assert [(one["sex"], one["people"], one["unprotected"]["estimate"]) for one in made["by_sex"]] == [
        ("L", 1, 0), ("P", 1, 2), (None, 1, 1),
    ]  # fmt: skip
    assert [one["age"] for one in made["by_age"]] == ["25-34", None]
    assert made["by_sex"][1]["duty"] == {"unmet": 1}


def test_a_sex_has_the_interval_that_a_region_of_the_same_people_has(platform: object, tmp_path: Path) -> None:
    import duckdb
    import numpy as np

    from jangkau.gaps.estimate import expected
    from jangkau.platform.coverage.demography import with_sex_and_age

    chance = np.concatenate([np.full(900, 0.3), np.full(100, 0.9), np.zeros(500)])
    sex = np.where(np.arange(1500) % 3 > 0, "L", "P")
    people = tmp_path / "people.parquet"
    rows = duckdb.from_arrow(pa.table({"sex": sex, "probability": 1 - chance}))  # noqa: F841 - read by name
    duckdb.execute(
        "COPY (SELECT sex, DATE '1990-05-01' AS birth_date, 'not_found' AS status, probability, 'none' AS duty "
        f"FROM rows) TO '{people}' (FORMAT parquet)"
    )
    whole = expected(chance=chance, common_deviation=40.0, whole=float(chance.sum())).as_dict()
    made = with_sex_and_age(summary={"as_of": "2021-04-30", "unprotected": whole}, people=people)
    for one in made["by_sex"]:
        known = expected(chance=chance[sex == one["sex"]], common_deviation=40.0, whole=float(chance.sum())).as_dict()
        assert {name: abs(one["unprotected"][name] - known[name]) <= 1 for name in known} == dict.fromkeys(known, True)


def test_the_job_is_known_to_the_worker(platform: object) -> None:
    from procrastinate.contrib.django import app

    assert "coverage.take" in app.tasks


def test_a_region_with_html_in_its_name_is_shown_as_text(
    platform: object, browser_of: Browser, user: Callable[..., User]
) -> None:
    from jangkau.platform.coverage import actions
    from jangkau.platform.coverage.models import Snapshot

    summary = invented.summary(banks={"<b>Bank</b><script>": 9000})
    taken = actions.take(run=next(_runs), summary=summary, by=None)
    try:
        page = browser_of(user("analyst")).get("/cakupan/").content.decode()
        assert "<b>Bank" not in page
        assert "&lt;b&gt;Bank" in page
    finally:
        Snapshot.objects.filter(pk=taken.pk).delete()
