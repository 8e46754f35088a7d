"""The administrator's pages: offices and their regions, institutions, workers from a file, invitations anew."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

if TYPE_CHECKING:
    from django.test import Client

    from jangkau.platform.offices.models import User

Browser = Callable[["User | None"], "Client"]
FILE = (
    "wilayah;tahun;pekerja;peserta;sumber\n;2021;126.510.000;30.660.000;Sakernas\n12;2021;6910000;1010000;Sakernas\n"
    "1272;2021;126400;;Sakernas\n"
)


@pytest.fixture
def administrator(browser_of: Browser, user: Callable[..., User]) -> Client:
    return browser_of(user("administrator"))


def verbs() -> list[str]:
    """What has happened so far, the latest last."""
    from jangkau.platform.offices.models import Event

    return list(Event.objects.order_by("pk").values_list("verb", flat=True))


def sent(client: Client, text: str) -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile

    return client.post("/pekerja/", {"file": SimpleUploadedFile("pekerja.csv", text.encode(), "text/csv")})


def seen_text(preview: Any) -> str:
    """What the page of a preview sends back."""
    found = re.search(r"<textarea[^>]*>(.*?)</textarea>", preview.content.decode(), re.S)
    assert found
    return html.unescape(found[1])


def test_an_office_is_added_and_two_serve_one_region(administrator: Client, office: Callable[..., Any]) -> None:
    from jangkau.platform.offices.models import Office

    other = office("7371")
    answer = administrator.post("/kantor/baru/", {"name": "Makassar Baru", "kind": "branch"})
    made = Office.objects.get(name="Makassar Baru")
    assert answer.headers["Location"] == f"/kantor/{made.pk}/"
    administrator.post(f"/kantor/{made.pk}/", {"region": "7371", "since": "2021-01-01"})
    page = administrator.get(f"/kantor/{made.pk}/").content.decode()
    assert "Kota Makassar" in page
    assert other.name in page
    assert verbs()[-2:] == ["founded_office", "serves_region"]


def test_a_regional_office_shows_the_branches_it_sees_by(administrator: Client, office: Callable[..., Any]) -> None:
    above = office(kind="regional")
    branch = office("7371", above=above)
    page = administrator.get(f"/kantor/{above.pk}/").content.decode()
    assert f'href="/kantor/{branch.pk}/"' in page
    assert "tidak melihat siapa pun" not in page
    assert "tidak melihat siapa pun" in administrator.get(f"/kantor/{office().pk}/").content.decode()


def test_an_office_cannot_serve_a_region_twice_at_a_time(administrator: Client, office: Callable[..., Any]) -> None:
    one = office("7372")
    answer = administrator.post(f"/kantor/{one.pk}/", {"region": "7372", "since": "2021-01-01"})
    assert "sudah melayani wilayah itu" in answer.content.decode()
    assert one.regions.count() == 1


def test_a_region_ends_with_the_day_that_is_given(
    administrator: Client, office: Callable[..., Any], user: Callable[..., User], raw_sql: Callable[..., Any]
) -> None:
    one = office("7306")
    served = one.regions.get()
    administrator.post(f"/kantor/wilayah/{served.pk}/akhiri/", {"until": "2021-12-31"})
    served.refresh_from_db()
    assert served.period.upper == date(2022, 1, 1)
    regions = raw_sql(user("branch_officer", office=one)).execute("SELECT scope_regions()").fetchone()
    assert regions == ([],)


def test_a_region_does_not_end_before_it_began(administrator: Client, office: Callable[..., Any]) -> None:
    served = office("7307").regions.get()
    answer = administrator.post(f"/kantor/wilayah/{served.pk}/akhiri/", {"until": "2019-12-31"}, follow=True)
    assert "Hari terakhir harus sesudah hari pertama" in answer.content.decode()


@pytest.mark.parametrize("field", ["since", "until"])
def test_the_last_of_all_days_is_no_fault(administrator: Client, office: Callable[..., Any], field: str) -> None:
    one = office("7308")
    days = {"since": "2021-01-01", field: "9999-12-31"}
    assert administrator.post(f"/kantor/{one.pk}/", {"region": "7309", **days}).status_code in (200, 302)
    served = one.regions.get(region="7308")
    assert administrator.post(f"/kantor/wilayah/{served.pk}/akhiri/", {"until": "9999-12-31"}).status_code == 302
    served.refresh_from_db()
    assert served.period.upper is None


def test_offices_and_institutions_get_another_name(
    administrator: Client, office: Callable[..., Any], institution: Callable[..., Any]
) -> None:
    for one, other, path in ((office("7310"), office("7311"), "kantor"), (institution(), institution(), "lembaga")):
        code = one.code
        assert one.name in administrator.get(f"/{path}/{one.pk}/nama/").content.decode()
        administrator.post(f"/{path}/{one.pk}/nama/", {"name": f"Nama Baru {one.pk}"})
        one.refresh_from_db()
        assert (one.name, one.code) == (f"Nama Baru {one.pk}", code)
        taken = administrator.post(f"/{path}/{one.pk}/nama/", {"name": other.name.upper()})
        assert "Sudah ada yang bernama demikian" in taken.content.decode()
        administrator.post(f"/{path}/{one.pk}/nama/", {"name": f"Nama Lain {one.pk}"})
        one.refresh_from_db()
        assert one.name == f"Nama Lain {one.pk}"
        # what was taken under a former name is shown to whoever is called so: nobody else ever is
        kind = "branch" if path == "kantor" else "bank"
        again = administrator.post(f"/{path}/baru/", {"name": f"nama baru {one.pk}", "kind": kind})
        assert "Sudah ada" in again.content.decode()
        administrator.post(f"/{path}/{one.pk}/nama/", {"name": f"Nama Baru {one.pk}"})
        one.refresh_from_db()
        assert f"Nama Lain {one.pk}" in one.former_names
    assert verbs()[-1] == "renamed_institution"


def test_who_was_renamed_still_sees_the_figures_of_before(
    administrator: Client, institution: Callable[..., Any], office: Callable[..., Any], user: Callable[..., User],
    raw_sql: Callable[..., Any],
) -> None:  # fmt: skip
    bank, branch = institution(), office("7313")
    for one, path in ((bank, "lembaga"), (branch, "kantor")):
        before = one.name
        for name in (f"Kantor Cabang Satu {one.pk}", f"Dua {one.pk}"):
            administrator.post(f"/{path}/{one.pk}/nama/", {"name": name})
        somebody = user("bank_officer", institution=bank) if one is bank else user("branch_officer", office=branch)
        function = "coverage_institution" if one is bank else "coverage_branches"
        (known,) = raw_sql(somebody).execute(f"SELECT {function}()").fetchone()
        assert {before.lower().replace(" ", "-"), f"kantor-cabang-satu-{one.pk}", f"dua-{one.pk}"} <= set(known)
        if one is branch:
            assert f"satu-{one.pk}" in known


def test_the_longest_name_is_a_name(administrator: Client) -> None:
    from jangkau.platform.offices.models import Institution

    administrator.post("/lembaga/baru/", {"name": "Bank " + "a" * 150, "kind": "bank"})
    assert Institution.objects.filter(name="Bank " + "a" * 150).exists()


def test_an_institution_that_is_closed_has_no_users_any_more(
    administrator: Client, browser_of: Browser, institution: Callable[..., Any], user: Callable[..., User]
) -> None:
    bank = institution()
    officer = user("bank_officer", institution=bank)
    at_work = browser_of(officer)
    assert at_work.get("/kiriman/").status_code == 200
    administrator.post(f"/lembaga/{bank.pk}/tutup/")
    assert at_work.get("/kiriman/").status_code == 302
    assert verbs()[-2:] == ["dismissed", "closed_institution"]
    answer = administrator.post(f"/pengguna/{officer.pk}/undang/", follow=True)
    assert "Lembaganya sudah ditutup" in answer.content.decode()


def test_a_closed_institution_is_not_offered_and_can_be_reopened(
    administrator: Client, institution: Callable[..., Any]
) -> None:
    bank = institution()
    administrator.post(f"/lembaga/{bank.pk}/tutup/")
    assert bank.name not in administrator.get("/pengguna/undang/").content.decode()
    administrator.post(f"/lembaga/{bank.pk}/buka/")
    assert bank.name in administrator.get("/pengguna/undang/").content.decode()


def test_a_local_government_needs_its_region(administrator: Client) -> None:
    from jangkau.platform.offices.models import Institution

    asked = {"name": "Pemerintah Kota Contoh", "kind": "local_government", "region": ""}
    assert "mempunyai wilayah" in administrator.post("/lembaga/baru/", asked).content.decode()
    administrator.post("/lembaga/baru/", asked | {"region": "1272"})
    assert Institution.objects.get(name="Pemerintah Kota Contoh").region == "1272"


def test_a_file_of_workers_is_looked_at_before_it_is_taken(administrator: Client) -> None:
    from jangkau.platform.coverage.models import Workforce

    preview = sent(administrator, FILE)
    assert preview.status_code == 200
    assert not Workforce.objects.filter(year=2021, region="12").exists()
    administrator.post("/pekerja/", {"text": seen_text(preview)})
    stated = {one.region: (one.eligible, one.participants) for one in Workforce.objects.filter(year=2021)}
    assert stated[""] == (126_510_000, 30_660_000)
    assert stated["1272"] == (126_400, None)
    assert verbs()[-1] == "stated_workers"
    again = sent(administrator, FILE.replace("6910000", "6900000"))
    page = again.content.decode()
    assert "6.900.000<small> ← 6.910.000" in page
    assert page.count('<th scope="row">') == 1
    Workforce.objects.all().delete()


def test_an_analyst_verifies_numbers_of_workers_and_who_says_them_again_takes_that_back(
    administrator: Client, browser_of: Browser, user: Callable[..., User]
) -> None:
    from jangkau.platform.coverage.models import Workforce

    analyst = browser_of(user("analyst"))
    seen = seen_text(sent(administrator, "wilayah;tahun;pekerja;peserta;sumber\n7312;2019;1000;10;Sumber A\n"))
    administrator.post("/pekerja/", {"text": seen})
    assert "Sudah cocok dengan sumbernya" not in administrator.get("/pekerja/?tahun=2019").content.decode()
    assert administrator.post("/pekerja/periksa/", {"year": "2019", "source": "Sumber A"}).status_code == 403
    assert "Sudah cocok dengan sumbernya" in analyst.get("/pekerja/?tahun=2019").content.decode()
    analyst.post("/pekerja/periksa/", {"year": "2019", "source": "Sumber B"})
    assert not Workforce.objects.get(region="7312", year=2019).verified
    analyst.post("/pekerja/periksa/", {"year": "2019", "source": "Sumber A"})
    assert Workforce.objects.get(region="7312", year=2019).verified
    assert verbs()[-1] == "verified_workers"
    administrator.post("/pekerja/", {"text": seen.replace("1000", "1001")})
    assert not Workforce.objects.get(region="7312", year=2019).verified
    assert analyst.post("/pekerja/periksa/", {"year": "x"}).status_code == 404


def test_a_file_of_workers_with_mistakes_changes_nothing_and_names_their_lines(administrator: Client) -> None:
    from jangkau.platform.coverage.models import Workforce

    wrong = FILE + "9999;2021;5;;X\n1273;21;5;;X\n1274;2021;1,5;;X\n1275;2021;5;6;X\n1276;2021;5;;\n12;2021;7;;X\n"
    answer = sent(administrator, wrong)
    assert answer.status_code == 422
    told = re.findall(r'<th scope="row">(\d+)</th><td[^>]*>(\w+)</td>', answer.content.decode())
    assert told == [
        ("5", "wilayah"), ("6", "tahun"), ("7", "pekerja"), ("8", "peserta"), ("9", "sumber"), ("10", "wilayah"),
    ]  # fmt: skip
    assert not Workforce.objects.filter(year=2021).exists()


def test_workers_that_come_as_text_are_read_again_before_they_are_taken(administrator: Client) -> None:
    assert administrator.post("/pekerja/", {"text": "wilayah;tahun\n"}).status_code == 422


def test_who_is_invited_again_signs_in_with_nothing_from_before(
    administrator: Client, browser_of: Browser, user: Callable[..., User]
) -> None:
    from allauth.mfa.models import Authenticator

    officer = user("auditor")
    at_work = browser_of(officer)
    Authenticator.objects.create(user=officer, type="totp", data={"secret": "x"})
    answer = administrator.post(f"/pengguna/{officer.pk}/undang/")
    assert "/undangan/" in answer.content.decode()
    officer.refresh_from_db()
    assert not officer.has_usable_password()
    assert not Authenticator.objects.filter(user=officer).exists()
    assert at_work.get("/peristiwa/").status_code == 302


@pytest.mark.parametrize("path", ["/kantor/", "/lembaga/", "/pekerja/", "/kantor/baru/", "/lembaga/baru/"])
def test_others_do_not_administer(path: str, browser_of: Browser, user: Callable[..., User]) -> None:
    assert browser_of(user("auditor")).get(path).status_code == 403


def test_raw_sql_of_others_neither_adds_institutions_nor_takes_second_factors(
    raw_sql: Callable[..., psycopg.Connection], user: Callable[..., User]
) -> None:
    other = user("analyst")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        raw_sql(user("board")).execute(
            "INSERT INTO offices_institution (code, name, kind, region) VALUES ('x', 'x', 'bank', '')"
        )
    with pytest.raises(psycopg.errors.RaiseException):
        raw_sql(user("auditor")).execute("SELECT offices_forget_factors(%s)", [other.pk])


@pytest.mark.parametrize(("path", "most"), [("/kantor/", 9), ("/lembaga/", 8), ("/pekerja/", 9)])
def test_a_listing_asks_few_questions_however_long_it_is(
    path: str, most: int, browser_of: Browser, user: Callable[..., User], office: Callable[..., Any]
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = browser_of(user("administrator"))
    client.get(path)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path).status_code == 200
        ours = [one for one in asked.captured_queries if re.search("offices_|coverage_", one["sql"])]
        counts.append(len(ours))
        for _ in range(5):
            office("7371")
    assert 0 < counts[0] == counts[1] <= most


def test_the_page_of_components_is_the_administrator_s(browser_of: Browser, user: Callable[..., User]) -> None:
    page = browser_of(user("administrator")).get("/komponen/")
    assert page.status_code == 200
    assert page.content.count(b'class="shown"') == 20
    assert browser_of(user("auditor")).get("/komponen/").status_code == 200  # for demonstration


def test_nobody_ends_a_session_of_somebody_else(browser_of: Browser, user: Callable[..., User]) -> None:
    from allauth.usersessions.models import UserSession

    other = user("auditor")
    at_work = browser_of(other)
    theirs = UserSession.objects.get(user=other)
    assert browser_of(user("analyst")).post(f"/akun/sesi/{theirs.pk}/akhiri/").status_code == 404
    assert at_work.get("/peristiwa/").status_code == 200
