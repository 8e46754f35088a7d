"""The pages of deliveries: who sees which, what a hostile upload gets to see, how many queries a listing takes."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import openpyxl
import psycopg
import pytest

from .intake_desk import SITI, WRONG, check, checked, events, form, hand_in, kur

if TYPE_CHECKING:
    from django.test import Client

    from jangkau.platform.offices.models import User

Make = Callable[..., Any]
Browser = Callable[["User | None"], "Client"]
NEW = "/kiriman/baru/"


@pytest.fixture
def bank(institution: Make) -> Any:
    return institution()


@pytest.fixture
def clerk(user: Make, bank: Any) -> User:
    one: User = user("bank_officer", institution=bank)
    return one


def _pages(one: Any) -> list[str]:
    here = f"/kiriman/{one.pk}/"
    names = ("", "keadaan/", "kolom/", "ditolak.csv", "ditolak.xlsx")
    return [*(here + name for name in names), f"/kiriman/lembaga/{one.institution_id}/"]


def test_a_clerk_hands_in_and_a_colleague_accepts(browser_of: Browser, user: Make, bank: Any, clerk: User) -> None:
    from jangkau.platform.intake.models import Delivery

    maker, checker = browser_of(clerk), browser_of(user("bank_officer", institution=bank))
    assert maker.get(NEW).status_code == 200
    answer = maker.post(NEW, form(kur(SITI, WRONG)))
    assert answer.status_code == 302, answer.content.decode()
    where = answer.headers["Location"]
    assert "sedang diperiksa" in maker.get(where).content.decode()
    one = check(Delivery.objects.get(institution=bank))
    page = maker.get(where).content.decode()
    assert "Orang kedua di lembaga Anda" in page
    assert "Jumlah uang negatif." in page
    assert "Setujui</button>" not in page
    maker.post(f"{where}setujui/")
    one.refresh_from_db()
    assert one.state == "checked"
    assert checker.post(f"{where}setujui/").status_code == 302
    one.refresh_from_db()
    assert one.state == "accepted"
    assert "sudah disetujui" in checker.post(f"{where}setujui/", follow=True).content.decode()
    assert events(one.pk) == ["delivered", "checked", "accepted"]


def test_a_check_is_asked_for_with_the_upload(browser_of: Browser, clerk: User, bank: Any) -> None:
    from django.db import connection

    browser_of(clerk).post(NEW, form(kur(SITI)))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT j.task_name, CAST(j.args->>'by' AS BIGINT) FROM procrastinate_jobs AS j JOIN intake_delivery AS d "
            "ON d.id = CAST(j.args->>'delivery' AS BIGINT) WHERE d.institution_id = %s",
            [bank.pk],
        )
        assert cursor.fetchall() == [("intake.check", clerk.pk)]


def test_the_same_file_twice_is_told(browser_of: Browser, clerk: User, bank: Any) -> None:
    from jangkau.platform.intake.models import Delivery

    data, browser = kur(SITI), browser_of(clerk)
    first = browser.post(NEW, form(data))
    again = browser.post(NEW, form(data, name="lain.csv"), follow=True)
    assert again.redirect_chain[-1][0] == first.headers["Location"]
    assert "Tidak ada yang berubah" in again.content.decode()
    assert Delivery.objects.filter(institution=bank).count() == 1


def test_what_belongs_to_another_institution_is_not_there(
    browser_of: Browser, user: Make, institution: Make, bank: Any, clerk: User
) -> None:
    one = checked(kur(SITI, WRONG), bank, clerk, name="rahasia-bank.csv")
    other = browser_of(user("bank_officer", institution=institution()))
    assert [other.get(path).status_code for path in _pages(one)] == [404] * 6
    for path in (f"/kiriman/{one.pk}/setujui/", f"/kiriman/{one.pk}/kembalikan/", f"/kiriman/{one.pk}/kolom/"):
        assert other.post(path, {"reason": "x", "layout": "kur"}).status_code == 404
    listed = other.get("/kiriman/").content.decode()
    assert one.file_name not in listed
    assert bank.name not in listed
    assert bank.name not in other.get(NEW).content.decode()
    one.refresh_from_db()
    assert one.state == "checked"


OTHERS = ("branch_officer", "branch_head", "regional_office", "board", "auditor", "administrator", "prosecutor")
STRANGE_NAMES = ("../../x", "..\\..\\x.csv", "a\x00b.csv", "x" * 300 + ".csv", "<b>.csv", "\u202egpj.csv")


@pytest.mark.parametrize("role", OTHERS)
def test_other_roles_see_no_delivery(
    browser_of: Browser, raw_sql: Callable[..., psycopg.Connection], user: Make, office: Make, bank: Any, clerk: User,
    role: str,
) -> None:  # fmt: skip
    one = checked(kur(SITI, WRONG), bank, clerk)
    place: dict[str, Any] = {}
    if role in ("branch_officer", "branch_head", "regional_office"):
        place = {"office": office("1273", kind="regional" if role == "regional_office" else "branch")}
    if role == "prosecutor":
        place = {"institution": bank}
    somebody = user(role, **place)
    browser = browser_of(somebody)
    assert {browser.get(path).status_code for path in ("/kiriman/", NEW, *_pages(one))} == {403}
    connection = raw_sql(somebody)
    for table in ("intake_delivery", "intake_mapping"):
        assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


def test_an_analyst_sees_all(browser_of: Browser, user: Make, bank: Any, clerk: User) -> None:
    one = checked(kur(SITI, WRONG), bank, clerk, name="dari-bank.csv")
    browser = browser_of(user("analyst"))
    assert [browser.get(path).status_code for path in _pages(one)] == [200] * 6
    assert "dari-bank.csv" in browser.get("/kiriman/").content.decode()


@pytest.mark.parametrize(
    "change",
    [
        "state = 'accepted', accepted_by_id = {other}, accepted_at = now()",
        "digest = repeat('0', 64)",
        "rows_accepted = 9, rows_refused = 0, rows_read = 9",
        "sent_by_id = {other}",
        "state = 'deleted'",
    ],
)
def test_sql_of_the_web_cannot_rewrite_a_delivery(
    raw_sql: Callable[..., psycopg.Connection], user: Make, bank: Any, clerk: User, change: str
) -> None:
    one = checked(kur(SITI), bank, clerk)
    other = user("bank_officer", institution=bank)
    statement = f"UPDATE intake_delivery SET {change.format(other=other.pk)} WHERE id = {one.pk}"
    with pytest.raises((psycopg.errors.RaiseException, psycopg.errors.InsufficientPrivilege)):
        raw_sql(clerk).execute(statement)


def test_sql_of_the_web_hands_in_for_nobody_else(
    raw_sql: Callable[..., psycopg.Connection], bank: Any, clerk: User, institution: Make
) -> None:
    other = institution()
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        raw_sql(clerk).execute(
            "INSERT INTO intake_delivery (institution_id, layout, file_name, digest, size, state, sent_by_id, sent_at, "
            "purpose, legal_basis, agreement_number, results_allowed, retention_until, progress, profile, complaint, "
            "mapping) VALUES (%s, 'kur', 'x', repeat('a', 64), 1, 'received', %s, now(), '', '', '', FALSE, now(), 0, "
            "'{}', '{}', '{}')",
            [other.pk, clerk.pk],
        )  # fmt: skip


def test_refused_rows_are_taken_as_a_file_and_that_is_an_event(browser_of: Browser, bank: Any, clerk: User) -> None:
    one = checked(kur(SITI, WRONG), bank, clerk)
    browser = browser_of(clerk)
    answer: Any = browser.get(f"/kiriman/{one.pk}/ditolak.csv")
    assert f'filename="ditolak-{one.pk}.csv"' in answer.headers["Content-Disposition"]
    assert WRONG[0] in b"".join(answer.streaming_content).decode()
    book: Any = browser.get(f"/kiriman/{one.pk}/ditolak.xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(book.streaming_content))).worksheets[0]
    assert sheet["A2"].value == WRONG[0]
    assert events(one.pk)[-2:] == ["exported", "exported"]


def test_without_refused_rows_there_is_no_such_file(browser_of: Browser, bank: Any, clerk: User) -> None:
    one = checked(kur(SITI), bank, clerk)
    assert browser_of(clerk).get(f"/kiriman/{one.pk}/ditolak.csv").status_code == 404


def test_the_first_rows_are_shown_masked_and_looking_is_an_event(browser_of: Browser, bank: Any, clerk: User) -> None:
    one = checked(kur(SITI), bank, clerk)
    page = browser_of(clerk).get(f"/kiriman/{one.pk}/kolom/").content.decode()
    assert "SITI AMINAH" in page
    assert SITI[0] not in page
    assert page.count("1272••••••••••02") == 2  # as sent and as read
    assert events(one.pk)[-1] == "read_first_rows"


def test_columns_are_mapped_on_the_page(browser_of: Browser, bank: Any, clerk: User) -> None:
    header = ("NIK", "Nm Nasabah X", "Tanggal Lahir", "Skema", "Plafon", "Tanggal Akad", "Bank")
    one = checked(kur(SITI, header=header), bank, clerk)
    browser, where = browser_of(clerk), f"/kiriman/{one.pk}/kolom/"
    assert "Kolom yang harus ada tetapi tidak ditemukan: <strong>Nama</strong>" in browser.get(where).content.decode()
    twice = browser.post(where, {"layout": "kur", "nama": "Nm Nasabah X", "alamat": "Nm Nasabah X"})
    assert twice.status_code == 422
    assert browser.post(where, {"layout": "kur", "nama": "Nm Nasabah X"}).status_code == 302
    assert (check(one).state, one.rows_accepted) == ("checked", 2)


def test_a_delivery_that_is_given_back_says_why(browser_of: Browser, bank: Any, clerk: User, user: Make) -> None:
    one = checked(kur(SITI), bank, clerk)
    checker = browser_of(user("bank_officer", institution=bank))
    assert checker.post(f"/kiriman/{one.pk}/kembalikan/", {"reason": ""}).status_code == 422
    answer = checker.post(f"/kiriman/{one.pk}/kembalikan/", {"reason": "<b>Kurang</b>"}, follow=True)
    assert "&lt;b&gt;Kurang&lt;/b&gt;" in answer.content.decode()
    assert "<b>Kurang" not in answer.content.decode()


def test_an_institution_sees_its_punctuality_and_quality(browser_of: Browser, bank: Any, clerk: User) -> None:
    today = datetime.now(UTC).date()
    checked(kur(SITI, WRONG), bank, clerk, due_on=today - timedelta(days=3))
    path = f"/kiriman/lembaga/{bank.pk}/"
    assert 'class="quality"' not in browser_of(clerk).get(path).content.decode()  # of one list there is no picture
    checked(kur(SITI), bank, clerk, due_on=today + timedelta(days=3))
    page = browser_of(clerk).get(path).content.decode()
    assert page.count("terlambat</span>") == 2  # in the list and in the table of quality
    assert page.count("tepat waktu</span>") == 1
    assert page.count('<svg class="quality"') == 1
    assert "66,7\N{NO-BREAK SPACE}%" in page


def test_the_list_takes_as_many_queries_for_many_as_for_one(
    browser_of: Browser, bank: Any, clerk: User, django_queries: Callable[..., int]
) -> None:
    browser = browser_of(clerk)
    hand_in(kur(SITI), bank, clerk)
    one = {path: django_queries(browser, path) for path in ("/kiriman/", f"/kiriman/lembaga/{bank.pk}/")}
    for _ in range(4):
        hand_in(kur(SITI), bank, clerk)
    assert {path: django_queries(browser, path) for path in one} == one
    assert max(one.values()) <= 20


@pytest.fixture
def django_queries() -> Callable[..., int]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def counted(browser: Client, path: str) -> int:
        with CaptureQueriesContext(connection) as found:
            assert browser.get(path).status_code == 200
        return len(found)

    return counted


def test_a_list_goes_on_where_it_ended(browser_of: Browser, bank: Any, clerk: User, monkeypatch: Any) -> None:
    from jangkau.platform.intake import queries

    monkeypatch.setattr(queries, "A_PAGE", 2)
    numbers = [hand_in(kur(SITI), bank, clerk).delivery.pk for _ in range(3)]
    browser = browser_of(clerk)
    first = browser.get("/kiriman/").content.decode()
    assert f"setelah={numbers[1]}&amp;" in first
    second = browser.get(f"/kiriman/?setelah={numbers[1]}").content.decode()
    assert f"/kiriman/{numbers[0]}/" in second
    assert f"/kiriman/{numbers[2]}/" not in second
    assert browser.get("/kiriman/?setelah=٣x&keadaan='").status_code == 200


@pytest.mark.parametrize(
    "name", ["../../x", "..\\..\\x.csv", "a\x00b.csv", "x" * 300 + ".csv", "<b>.csv", "\u202egpj.csv"]
)
def test_no_name_leads_out_of_the_home(browser_of: Browser, bank: Any, clerk: User, name: str) -> None:
    from django.conf import settings

    from jangkau.platform.intake.models import Delivery

    answer = browser_of(clerk).post(NEW, form(kur(SITI), name=name), follow=True)
    assert answer.status_code == 200
    one = Delivery.objects.get(institution=bank)
    assert one.path.resolve().is_relative_to(settings.HOME.deliveries.resolve())
    assert one.path.exists()
    assert not {"/", "\\", "\x00", "\u202e"} & set(one.file_name)
    assert "<b>" not in answer.content.decode()


def test_an_empty_file_is_told(browser_of: Browser, clerk: User) -> None:
    answer = browser_of(clerk).post(NEW, form(b""))
    assert answer.status_code == 422
    assert "kosong" in answer.content.decode()


def test_a_form_without_its_parts_is_told_and_keeps_what_was_typed(browser_of: Browser, clerk: User) -> None:
    answer = browser_of(clerk).post(NEW, {"purpose": "<script>alert(1)</script>", "retention_until": "2020-01-01"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page
    assert "Isi tanggal setelah hari ini" in page


def test_an_oversized_form_is_told(browser_of: Browser, clerk: User) -> None:
    answer = browser_of(clerk).post(NEW, form(kur(SITI), purpose="x" * 3_000_000))
    assert answer.status_code == 400
    assert "Tidak ada yang berubah" in answer.content.decode()


def test_a_full_disk_is_told_and_nothing_is_left(browser_of: Browser, bank: Any, clerk: User) -> None:
    import resource

    from django.conf import settings

    from jangkau.platform.intake.models import Delivery
    from jangkau.platform.offices.models import Event

    browser, before = browser_of(clerk), set(settings.HOME.uploads.iterdir())
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))  # this process has no more room than that
    try:
        answer = browser.post(NEW, form(kur(*[SITI] * 5000)))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert answer.status_code == 507
    assert "Ruang simpan di server penuh" in answer.content.decode()
    assert not Delivery.objects.filter(institution=bank).exists()
    assert set(settings.HOME.uploads.iterdir()) == before
    assert Event.objects.filter(verb="upload_refused", by=clerk).count() == 1


def test_a_file_that_is_too_large_is_told(browser_of: Browser, clerk: User, monkeypatch: pytest.MonkeyPatch) -> None:
    from jangkau.platform.web import uploads

    monkeypatch.setattr(uploads, "MOST", 100)
    answer = browser_of(clerk).post(NEW, form(kur(*[SITI] * 20)))
    assert answer.status_code == 413
    assert "2 GB" in answer.content.decode()


def test_a_file_sent_to_another_page_is_thrown_away(browser_of: Browser, clerk: User) -> None:
    from django.conf import settings

    before = set(settings.HOME.uploads.iterdir())
    browser_of(clerk).post("/bahasa/", form(kur(SITI)))
    assert set(settings.HOME.uploads.iterdir()) == before


def test_a_clerk_cannot_send_a_register_or_for_another_bank(
    browser_of: Browser, bank: Any, clerk: User, institution: Make
) -> None:
    from jangkau.platform.intake.models import Delivery

    other, browser = institution(), browser_of(clerk)
    assert browser.post(NEW, form(kur(SITI), layout="register")).status_code == 422
    browser.post(NEW, form(kur(SITI), institution_chosen=str(other.pk)))
    assert not Delivery.objects.filter(institution=other).exists()
    assert Delivery.objects.filter(institution=bank).count() == 1


@pytest.mark.parametrize("number", ["0", "99999999", "9" * 30])
def test_a_forged_number_is_not_there(browser_of: Browser, clerk: User, number: str) -> None:
    browser = browser_of(clerk)
    for path in ("", "kolom/", "keadaan/", "ditolak.csv"):
        assert browser.get(f"/kiriman/{number}/{path}").status_code == 404
    assert browser.get(f"/kiriman/lembaga/{number}/").status_code == 404


def test_who_may_accept_is_told_that_something_waits_and_the_sender_is_not(
    browser_of: Browser, bank: Any, clerk: User, user: Callable[..., User]
) -> None:
    one = checked(kur(SITI), bank, clerk)
    checker = browser_of(user("bank_officer", institution=bank))
    told = "Kiriman yang menunggu persetujuan Anda: 1."
    assert told in checker.get("/", follow=True).content.decode()
    assert told in checker.get("/kiriman/").content.decode()
    sender = browser_of(clerk)
    assert "menunggu persetujuan Anda" not in sender.get("/", follow=True).content.decode()
    assert "menunggu persetujuan Anda" not in sender.get("/kiriman/").content.decode()
    assert "Menunggu persetujuan</h2>" in sender.get(f"/kiriman/{one.pk}/").content.decode()


def test_a_file_without_headings_is_told_what_can_be_done_here(browser_of: Browser, bank: Any, clerk: User) -> None:
    one = checked(b"halo;dunia;x\n1;2;3\n", bank, clerk)
    page = browser_of(clerk).get(f"/kiriman/{one.pk}/").content.decode()
    assert "Beri satu baris judul dengan nama kolom, misalnya NIK dan Nama" in page
    assert "docs/" not in page
    assert "folder" not in page
