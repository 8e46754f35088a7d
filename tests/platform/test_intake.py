"""A list is handed in: kept once, checked by the engine, accepted by somebody else, deleted when its time is over."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import subprocess
import threading
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from jangkau.complaints import Complaint

from .intake_desk import BUDI, HEADER, SITI, WRONG, check, checked, events, hand_in, kur, terms

if TYPE_CHECKING:
    from jangkau.platform.offices.models import User

Make = Callable[..., Any]


@pytest.fixture
def bank(institution: Make) -> Any:
    return institution()


@pytest.fixture
def clerk(user: Make, bank: Any) -> User:
    one: User = user("bank_officer", institution=bank)
    return one


@pytest.fixture
def checker(user: Make, bank: Any) -> User:
    one: User = user("bank_officer", institution=bank)
    return one


def test_the_bytes_are_kept_as_sent_by_their_hash(bank: Any, clerk: User) -> None:
    data = kur(SITI)
    one = hand_in(data, bank, clerk, name="../../x/daftar kur.CSV").delivery
    assert one.path.read_bytes() == data
    assert one.path.parent.name == one.digest == hashlib.sha256(data).hexdigest()
    assert one.path.name == f"{one.digest[:12]}.csv"
    assert one.file_name == "daftar kur.CSV"
    assert events(one.pk) == ["delivered"]


def test_a_list_is_counted_and_its_refused_rows_are_kept(bank: Any, clerk: User) -> None:
    one = checked(kur(SITI, WRONG), bank, clerk)
    assert (one.state, one.rows_read, one.rows_accepted, one.rows_refused) == ("checked", 3, 2, 1)
    assert one.profile["refusals"] == {"amount_negative": 1}
    assert one.profile["file"] == "kur.csv"
    assert (one.checked / "accepted.parquet").exists()
    assert events(one.pk) == ["delivered", "checked"]


def test_the_layout_is_recognised(bank: Any, clerk: User) -> None:
    assert checked(kur(SITI), bank, clerk, layout="").layout == "kur"


def test_nothing_about_people_is_in_the_database(bank: Any, clerk: User) -> None:
    one = checked(kur(SITI, WRONG), bank, clerk)
    kept = json.dumps([one.profile, one.complaint, one.mapping])
    assert not [word for word in (SITI[0], "SITI", "RINA", WRONG[0]) if word in kept]


def test_the_same_file_twice_changes_nothing(bank: Any, clerk: User, checker: User) -> None:
    data = kur(SITI)
    first = checked(data, bank, clerk)
    again = hand_in(data, bank, checker, name="lain.csv", purpose="Lain")
    assert again.again
    assert again.delivery == first
    assert (again.delivery.purpose, again.delivery.file_name) == (first.purpose, "kur.csv")
    assert events(first.pk) == ["delivered", "checked"]


def test_another_institution_may_send_the_same_bytes(bank: Any, clerk: User, institution: Make, user: Make) -> None:
    data, other = kur(SITI), institution()
    first = hand_in(data, bank, clerk).delivery
    second = hand_in(data, other, user("bank_officer", institution=other))
    assert not second.again
    assert second.delivery.path == first.path
    assert second.delivery.checked != first.checked


def test_of_two_at_once_one_is_kept_and_none_fails(bank: Any, clerk: User, checker: User) -> None:
    from django.db import connection

    data, found, begin = kur(SITI), [], threading.Barrier(2)

    def send(by: User) -> None:
        begin.wait()
        try:
            found.append(hand_in(data, bank, by))
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=[by]) for by in (clerk, checker)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one.again for one in found) == [False, True]
    assert len({one.delivery.pk for one in found}) == 1


def test_a_second_person_accepts(bank: Any, clerk: User, checker: User) -> None:
    from jangkau.platform.intake import actions

    one = checked(kur(SITI), bank, clerk)
    with pytest.raises(Complaint, match="cannot accept"):
        actions.accept(delivery=one, now=datetime.now(UTC), by=clerk)
    actions.accept(delivery=one, now=datetime.now(UTC), by=checker)
    one.refresh_from_db()
    assert (one.state, one.accepted_by) == ("accepted", checker)
    assert events(one.pk)[-1] == "accepted"


def test_of_two_who_accept_at_once_one_wins_and_the_other_is_told(
    bank: Any, clerk: User, checker: User, user: Make
) -> None:
    from django.db import connection

    from jangkau.platform.intake import actions

    one, told, begin = checked(kur(SITI), bank, clerk), [], threading.Barrier(2)

    def accept(by: User) -> None:
        begin.wait()
        try:
            actions.accept(delivery=one, now=datetime.now(UTC), by=by)
        except Complaint as complaint:
            told.append(complaint.what.id)
        finally:
            connection.close()

    threads = [threading.Thread(target=accept, args=[by]) for by in (checker, user("analyst"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told == ["Kiriman ini sudah disetujui."]
    assert events(one.pk).count("accepted") == 1


def test_the_database_holds_that_maker_and_checker_differ(bank: Any, clerk: User) -> None:
    from django.db import IntegrityError, transaction

    from jangkau.platform.intake.models import Delivery

    one = checked(kur(SITI), bank, clerk)
    with pytest.raises(IntegrityError, match="maker_and_checker_differ"), transaction.atomic():
        Delivery.objects.filter(pk=one.pk).update(state="accepted", accepted_by=clerk, accepted_at=datetime.now(UTC))


def test_an_accepted_delivery_does_not_change(bank: Any, clerk: User, checker: User) -> None:
    from jangkau.platform.intake import actions

    one = checked(kur(SITI), bank, clerk)
    actions.accept(delivery=one, now=datetime.now(UTC), by=checker)
    with pytest.raises(Complaint):
        actions.map_columns(delivery=one, layout="kur", columns={}, now=datetime.now(UTC), by=checker)
    with pytest.raises(Complaint):
        actions.give_back(delivery=one, reason="Salah", by=checker)
    assert check(one).state == "accepted"


def test_a_returned_delivery_says_why(bank: Any, clerk: User, checker: User) -> None:
    from jangkau.platform.intake import actions

    one = checked(kur(SITI), bank, clerk)
    actions.give_back(delivery=one, reason="Cabang Medan belum ikut", by=checker)
    one.refresh_from_db()
    assert (one.state, one.complaint["why"]["id"]) == ("refused", "Cabang Medan belum ikut")


STRANGE = ("NIK", "Nm Nasabah X", "Tanggal Lahir", "Skema", "Nilai", "Tanggal Akad", "Bank")
BY_HAND = {"nama": "Nm Nasabah X", "plafon": "Nilai"}


def test_columns_mapped_by_hand_are_remembered_for_the_next_list(bank: Any, clerk: User) -> None:
    from jangkau.platform.intake import actions

    one = checked(kur(SITI, header=STRANGE), bank, clerk)
    assert one.state == "refused"
    actions.map_columns(delivery=one, layout="kur", columns=BY_HAND, now=datetime.now(UTC), by=clerk)
    assert (check(one).state, one.rows_accepted) == ("checked", 2)
    following = checked(kur(SITI, SITI, header=STRANGE), bank, clerk, layout="")
    assert (following.state, following.layout, following.mapping) == ("checked", "kur", BY_HAND)


def test_a_remembered_mapping_does_not_hinder_a_list_that_needs_none(bank: Any, clerk: User) -> None:
    from jangkau.platform.intake import actions

    one = checked(kur(SITI, header=STRANGE), bank, clerk)
    actions.map_columns(delivery=one, layout="kur", columns=BY_HAND, now=datetime.now(UTC), by=clerk)
    following = checked(kur(SITI), bank, clerk)
    assert (following.state, following.mapping) == ("checked", {})


def test_the_first_rows_show_no_number_whole(bank: Any, clerk: User) -> None:
    from jangkau.platform.intake import queries

    one = checked(kur(SITI, header=STRANGE), bank, clerk)
    seen = queries.preview(delivery=one)
    assert seen is not None
    assert seen.missing == ("nama", "plafon")
    assert seen.rows[0][:2] == ("1272••••••••••02", "SITI AMINAH")
    assert SITI[0] not in (one.checked / "preview.json").read_text()


def test_the_first_rows_show_no_telephone_whole_as_sent_or_as_read(bank: Any, clerk: User) -> None:
    from jangkau.platform.intake import queries

    one = checked(kur((*SITI, "081298765432"), header=(*HEADER, "NO_HP")), bank, clerk)
    seen, read = queries.preview(delivery=one), queries.as_read(delivery=one)
    assert seen is not None
    assert read is not None
    assert seen.rows[0][-1] == "0812••••••••••32"
    assert "6281••••••••••32" in read.rows[0]


def test_a_second_check_of_the_same_delivery_leaves_the_same(bank: Any, clerk: User) -> None:
    from jangkau.platform.intake.models import Delivery

    one = checked(kur(SITI, WRONG), bank, clerk)
    before = (one.checked / "accepted.parquet").read_bytes(), one.profile
    Delivery.objects.filter(pk=one.pk).update(state="checking")  # as a killed worker leaves it
    check(one)
    assert ((one.checked / "accepted.parquet").read_bytes(), one.profile) == before


def test_a_check_that_is_killed_and_repeated_leaves_what_one_alone_leaves(
    bank: Any, clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    from jangkau.platform.intake import jobs

    one = hand_in(kur(*[SITI, WRONG] * 40_000), bank, clerk).delivery
    begun = subprocess.Popen

    def killed(*words: Any, **settings: Any) -> Any:
        child = begun(*words, **settings)

        def kill_when_it_writes() -> None:
            while child.poll() is None and not any(one.checked.glob("accepted.parquet.*")):
                time.sleep(0.005)
            child.kill()

        threading.Thread(target=kill_when_it_writes).start()
        return child

    monkeypatch.setattr("jangkau.platform.intake.jobs.subprocess.Popen", killed)
    with pytest.raises(OSError):
        jobs.check_delivery(number=one.pk, last_try=False)
    one.refresh_from_db()
    assert (one.state, one.rows_read) == ("checking", None)
    monkeypatch.undo()
    assert (check(one).state, one.rows_accepted, one.rows_refused) == ("checked", 40_001, 40_000)
    kept = {"accepted.parquet", "preview.json", "refused.csv", "result.json"}
    assert {path.name for path in one.checked.iterdir()} == kept
    assert events(one.pk) == ["delivered", "checked"]


def test_at_the_end_of_retention_the_content_goes_and_hash_and_counts_stay(bank: Any, clerk: User) -> None:
    from jangkau.platform.intake.jobs import delete_expired
    from jangkau.platform.intake.models import Delivery

    today = datetime.now(UTC).date() + timedelta(days=1)
    one = checked(kur(SITI), bank, clerk, retention_until=today)
    later = checked(kur(BUDI), bank, clerk)
    assert delete_expired(today=today) == 0
    delete_expired(today=today + timedelta(days=1))
    one = Delivery.objects.get(pk=one.pk)
    assert (one.state, one.rows_read) == ("deleted", 2)
    assert not one.folder.exists()
    assert later.path.exists()
    assert events(one.pk)[-1] == "deleted_content"
    assert hand_in(kur(BUDI), bank, clerk).again is False


def test_bytes_that_another_delivery_has_too_stay(bank: Any, clerk: User, institution: Make, user: Make) -> None:
    from jangkau.platform.intake.jobs import delete_expired

    data, other, today = kur(SITI), institution(), datetime.now(UTC).date() + timedelta(days=1)
    one = checked(data, bank, clerk, retention_until=today)
    kept = checked(data, other, user("bank_officer", institution=other))
    delete_expired(today=today + timedelta(days=1))
    assert not one.checked.exists()
    assert kept.path.read_bytes() == data
    assert (kept.checked / "accepted.parquet").exists()


def test_what_a_failure_left_is_swept(bank: Any, clerk: User) -> None:
    import os

    from django.conf import settings

    from jangkau.platform.intake.jobs import delete_expired

    kept = checked(kur(SITI), bank, clerk)
    left = [settings.HOME.uploads / "sisa", settings.HOME.deliveries / "ab" / ("ab" * 32) / "abababababab.csv"]
    for path in left:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
        os.utime(path, (0, 0))
    delete_expired(today=date(2020, 1, 1))
    assert [path.exists() for path in left] == [False, False]
    assert kept.path.exists()
    assert (kept.checked / "accepted.parquet").exists()


def test_refused_rows_can_be_corrected_and_sent_again(bank: Any, clerk: User) -> None:
    from jangkau.platform.intake import refused_rows

    one = checked(kur(SITI, (*WRONG[:1], "=1+1", *WRONG[2:])), bank, clerk)
    rows = list(csv.reader(io.StringIO(b"".join(refused_rows.as_csv(delivery=one)).decode("utf-8-sig"))))
    assert rows[0][: len(HEADER)] == list(HEADER)
    assert rows[1][:5] == [WRONG[0], "'=1+1", "1990-04-12", "kecil", "'-5"]
    corrected = [[*row[:4], "5000000", *row[5:]] if at else row for at, row in enumerate(rows)]
    again = checked(kur(*map(tuple, corrected[1:]), header=tuple(corrected[0]), alone=False), bank, clerk)
    assert (again.state, again.rows_accepted) == ("checked", 1)


def test_refused_rows_as_a_workbook_hold_text_only(bank: Any, clerk: User, tmp_path: Any) -> None:
    from jangkau.platform.intake import refused_rows

    one = checked(kur(SITI, (*WRONG[:1], "=1+1", *WRONG[2:])), bank, clerk)
    refused_rows.as_workbook(delivery=one, path=tmp_path / "x.xlsx")
    cells = next(openpyxl.load_workbook(tmp_path / "x.xlsx").worksheets[0].iter_rows(min_row=2))
    assert [(cell.data_type, cell.value) for cell in cells[:2]] == [("s", WRONG[0]), ("s", "'=1+1")]


def test_the_register_is_sent_by_an_analyst_only(bank: Any, clerk: User, user: Make) -> None:
    from jangkau.platform.intake.actions import OURSELVES
    from jangkau.platform.offices.models import Institution

    ourselves = Institution.objects.get(code=OURSELVES)
    with pytest.raises(Complaint, match="cannot be taken"):
        hand_in(kur(SITI), bank, clerk, layout="register")
    header = "KPJ,NIK,Nama,Tanggal Lahir,Segmen,Tanggal Mulai,Lunas Sampai\n"
    data = (header + "00000000011,1272011708850001,BUDI SANTOSO,1985-08-17,BPU,2019-01-01,2021-04\n").encode()
    one = checked(data, ourselves, user("analyst"), layout="register")
    assert (one.state, one.rows_accepted) == ("checked", 1)
    assert checked(data, bank, clerk, layout="").complaint["why"]["en"].startswith("The register is delivered by")


def test_retention_that_has_ended_is_refused(bank: Any, clerk: User) -> None:
    with pytest.raises(Complaint, match="cannot be taken"):
        hand_in(kur(SITI), bank, clerk, retention_until=terms().retention_until - timedelta(days=365))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"PK\x03\x04 rusak", "rusak"),
        (b"%PDF-1.7", "bukan tabel"),
        (b"\x00\x01\x02\x03", ""),
        (b"NIK,Nama\n", ""),
        (b"halo apa kabar\n", "Judul kolom tidak dikenali"),
    ],
)
def test_a_file_that_is_no_list_is_refused_with_a_reason(bank: Any, clerk: User, content: bytes, told: str) -> None:
    one = checked(content + str(bank.pk).encode(), bank, clerk)
    assert one.state == "refused"
    assert told in one.complaint["what"]["id"]
    assert one.digest[:12] not in json.dumps(one.complaint)
    assert events(one.pk) == ["delivered", "refused_file"]


def test_a_zip_bomb_is_refused(bank: Any, clerk: User) -> None:
    import gzip

    stream = io.BytesIO()
    with gzip.open(stream, "wb", compresslevel=9) as packed:
        packed.write(kur(SITI))
        for _ in range(120):
            packed.write(b" " * 2**20)
    one = checked(stream.getvalue(), bank, clerk, name="bom.csv.gz")
    assert (one.state, one.complaint["what"]["id"]) == ("refused", "Berkas mampat ini tidak wajar.")
    assert [path.name for path in one.checked.iterdir() if path.suffix not in (".json",)] == []


def test_macros_and_links_of_a_workbook_are_told_and_never_run(bank: Any, clerk: User) -> None:
    import zipfile

    book = openpyxl.Workbook()
    for row in (HEADER, SITI, BUDI):
        book.worksheets[0].append(list(row))
    stream = io.BytesIO()
    book.save(stream)
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr("xl/vbaProject.bin", str(bank.pk))
        archive.writestr("xl/externalLinks/externalLink1.xml", "<externalLink/>")
    one = checked(stream.getvalue(), bank, clerk, name="kur.xlsm")
    assert (one.state, one.rows_read) == ("checked", 2)
    assert one.profile["notes"] == ["macro", "external_link"]


def test_a_full_disk_while_checking_is_told(bank: Any, clerk: User, monkeypatch: pytest.MonkeyPatch) -> None:
    from jangkau.platform.intake import jobs

    one = hand_in(kur(SITI), bank, clerk).delivery

    def full(_: object) -> dict[str, Any]:
        raise jobs._DiskFullError

    monkeypatch.setattr(jobs, "_read", full)
    assert check(one).state == "refused"
    assert "penuh" in one.complaint["why"]["id"]


def test_a_full_disk_while_keeping_leaves_nothing_behind(
    bank: Any, clerk: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    import errno
    from pathlib import Path

    from django.conf import settings

    from jangkau.platform.intake.models import Delivery

    def full(self: Path, target: Path) -> Path:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    before = Delivery.objects.count()
    with pytest.raises(Complaint) as told:
        hand_in(kur(SITI), bank, clerk)
    assert "penuh" in told.value.why.id
    assert Delivery.objects.count() == before
    assert [path.name for path in settings.HOME.uploads.iterdir() if path.name.startswith("naik")] == []


def test_a_fault_of_ours_is_told_and_shows_nobody(
    bank: Any, clerk: User, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    one = hand_in(kur(SITI), bank, clerk).delivery
    (one.checked).parent.mkdir(exist_ok=True)
    one.checked.mkdir()
    (one.checked / "accepted.parquet").mkdir()  # the engine meets something that it does not expect
    assert check(one).state == "refused"
    assert "kesalahan pada kami" in one.complaint["what"]["id"]
    said = capfd.readouterr().err
    assert '"error": ' in said
    assert "Traceback" not in said
