"""Somebody on the lists of two banks: each is told what its own list says of him, and nothing of the other's or of the
register, by whatever page, filter, sort, file or SQL."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import psycopg
import pytest

from tests.platform.finished_run import AS_OF, Doubt, Made, write
from tests.platform.intake_desk import checked, kur

if TYPE_CHECKING:
    from django.test import Client

    from jangkau.platform.offices.models import Institution, User
    from jangkau.platform.registry.models import Run

Browser = Callable[["User | None"], "Client"]
HEADER = (
    "NIK", "Nama", "Tanggal Lahir", "L/P", "Kode Wilayah", "No HP", "Skema", "Plafon", "Tanggal Akad", "Bank", "Sektor"
)  # fmt: skip
OURS = ("1272015204900002", "SITI AMINAH", "1990-04-12", "P", "127201", "081211112222", "mikro", "21000000",
        "2020-05-06", "A")  # fmt: skip
THEIRS = ("1272015304900007", "SITTI AMMINAH LUBIS", "1990-04-13", "L", "717101", "085299998888", "kecil", "93000000",
          "2021-03-03", "B")  # fmt: skip
SECRETS = (
    "LUBIS", "1272015304900007", "127207", "1990-04-13", "13 April 1990", "'7171'", ">7171<", "Manado", "85299998888",
    "93000000", "93.000.000", "93 juta", "2021-03-03", "3 Maret 2021", "kur_b.csv", "KPJ-RAHASIA",
    "Bank B", "2099-12-31",
)  # fmt: skip
"""All that the other list or the register alone says of her."""


@dataclass(frozen=True)
class Shared:
    """A borrower of two banks, and one of each alone."""

    run: Run
    person: uuid.UUID
    bank: User
    other: User
    analyst: User


_scenes: list[Shared] = []
_numbers = itertools.count(1)


@pytest.fixture
def shared(user: Callable[..., Any], institution: Callable[..., Any], tmp_path: Path) -> Shared:
    """Made once, since each list is read by a process of its own; a test that decides takes it away at its end."""
    if not _scenes:
        _scenes.append(_made(user, institution, tmp_path))
    return _scenes[0]


def _made(user: Callable[..., Any], institution: Callable[..., Any], tmp_path: Path) -> Shared:
    from jangkau.platform.offices.models import Institution
    from jangkau.platform.registry import actions
    from jangkau.platform.registry.models import Run
    from jangkau.platform.registry.pair_rows import person_uuid

    a, b = institution(), institution()
    Institution.objects.filter(pk=b.pk).update(name=f"Bank B{b.pk}")
    digests = {f"kur_{name}.csv": _accepted(row, one, user) for name, row, one in (("a", OURS, a), ("b", THEIRS, b))}
    her = Made(1, "7171", ("kur_a.csv", "kur_b.csv"), "lapsed", "kecil", "L", date(1990, 4, 13), "SITTI AMMINAH LUBIS")
    people = [her, Made(2, "1272", ("kur_a.csv",)), Made(3, "3273", ("kur_b.csv",), "not_found", "kecil")]
    files = {"kur_a.csv": a.name, "kur_b.csv": f"Bank B{b.pk}"}
    folder = write(folder=tmp_path / "run", people=people, doubts=[Doubt(her)], files=files, digests=digests)
    _with_register(folder)
    run = actions.register_finished(folder=folder, as_of=AS_OF, by=None)
    return Shared(
        Run.objects.get(pk=run.pk), person_uuid(person_id=her.person_id), user("bank_officer", institution=a),
        user("bank_officer", institution=b), user("analyst"),
    )  # fmt: skip


def _accepted(row: tuple[str, ...], one: Institution, user: Callable[..., Any]) -> str:
    from jangkau.platform.intake import actions

    alone = (*row, f"Perdagangan {next(_numbers)}")  # like no other list: files of a run are known by their digest
    delivery = checked(kur(alone, header=HEADER, alone=False), one, user("bank_officer", institution=one))
    assert (delivery.state, delivery.rows_refused) == ("checked", 0), delivery.complaint
    actions.accept(delivery=delivery, now=datetime.now(UTC), by=user("bank_officer", institution=one))
    return str(delivery.digest)


def _with_register(folder: Path) -> None:
    """What the register says of everybody, and the latest list of her."""
    import duckdb

    path = folder / "gaps.parquet"
    with duckdb.connect() as duck:
        duck.execute(
            "CREATE TABLE g AS SELECT * REPLACE ('KPJ-RAHASIA' AS kpj, DATE '2099-12-31' AS paid_until, "
            "CASE WHEN len(lists) = 2 THEN '1272015304900007' ELSE nik END AS nik, "
            "CASE WHEN len(lists) = 2 THEN 93000000 ELSE plafon END AS plafon, "
            "CASE WHEN len(lists) = 2 THEN '085299998888' ELSE phone END AS phone, "
            "CASE WHEN len(lists) = 2 THEN DATE '2021-03-03' ELSE last_list_date END AS last_list_date) "
            f"FROM read_parquet('{path}')"
        )
        duck.execute(f"COPY g TO '{path}' (FORMAT parquet)")


def _told(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret in text]


def test_no_table_and_no_view_tells_more(shared: Shared, raw_sql: Callable[..., psycopg.Connection]) -> None:
    connection = raw_sql(shared.bank)
    found = connection.execute(
        "SELECT c.relname, string_agg(quote_ident(a.attname), ', ') FROM pg_class AS c JOIN pg_attribute AS a "
        "ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped WHERE c.relnamespace = 'public'::regnamespace "
        "AND c.relkind IN ('r', 'p', 'v', 'm') AND has_column_privilege('jangkau_web', c.oid, a.attnum, 'SELECT') "
        "GROUP BY c.relname"
    ).fetchall()  # fmt: skip
    wanted = {"registry_gap", "registry_listset", "registry_ownlists", "registry_ownchanges"}
    assert wanted <= {name for name, _ in found}
    for name, columns in found:
        rows = connection.execute(f"SELECT {columns} FROM {name}").fetchall()
        assert _told(repr(rows) + " ".join(str(cell) for row in rows for cell in row)) == [], name
        if name in ("registry_gap", "registry_change", "registry_pair"):
            assert rows == []
    sets = connection.execute("SELECT files FROM registry_listset WHERE run_id = %s", [shared.run.pk]).fetchall()
    assert len(sets) == 1  # his own file alone; that she is on another list too is not told


def test_an_error_of_sql_tells_nothing_either(shared: Shared, raw_sql: Callable[..., psycopg.Connection]) -> None:
    for column in ("name", "kur_type"):
        with pytest.raises(psycopg.errors.InvalidTextRepresentation) as caught:
            raw_sql(shared.bank).execute(f"SELECT * FROM registry_ownlists WHERE CAST({column} AS BIGINT) = -1")
        assert _told(str(caught.value)) == []
    for query in ("TABLE registry_sharedgap", "SELECT nik FROM registry_ownlists", "SET ROLE jangkau_lists"):
        with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.UndefinedColumn)):
            raw_sql(shared.bank).execute(query)


def test_pages_show_what_the_own_list_says(shared: Shared, browser_of: Browser) -> None:
    browser, person = browser_of(shared.bank), f"/kesenjangan/orang/{shared.person}/"
    sorted_by = [f"/kesenjangan/?sort={sort}" for sort in ("name", "date", "loan", "place")]
    for path in ("/kesenjangan/", person, *sorted_by):
        page = browser.get(path).content.decode()
        assert "SITI AMINAH" in page
        assert _told(page) == [], path
    assert "81211112222" in browser.get(person).content.decode()
    assert "SITTI AMMINAH LUBIS" in browser_of(shared.analyst).get(person).content.decode()
    assert "85299998888" in browser_of(shared.other).get(person).content.decode()


def test_drop_downs_offer_nothing_that_tells_of_others(shared: Shared, browser_of: Browser) -> None:
    page = browser_of(shared.bank).get("/kesenjangan/").content.decode()
    for name in ("institution", "office", "before", "listed"):
        assert f'name="{name}"' not in page
    assert 'value="loan"' not in page
    assert 'value="date"' not in page
    assert 'value="loan"' in browser_of(shared.analyst).get("/kesenjangan/").content.decode()


FILTERS = {
    "kur_type=mikro": 2, "kur_type=kecil": 0, "region=1272": 2, "region=7171": 0, "region=71": 0, "sex=P": 2,
    "sex=L": 0, "age_group=25": 1, "duty=unmet": 1, "duty=unknown": 1, "status=lapsed": 1, "before=new": 2,
    "status=lapsed&kur_type=kecil": 0, "status=lapsed&region=1272": 1, "kur_type=mikro&sex=P": 2,
    "kur_type=kecil&region=7171&sex=L": 0, "sort=loan": 2, "": 2,
}  # fmt: skip


@pytest.mark.parametrize("query", FILTERS)
def test_filters_and_counts_go_by_what_is_shown(shared: Shared, query: str) -> None:
    from django.db import transaction
    from django.http import QueryDict

    from jangkau.platform import scope
    from jangkau.platform.registry import queries
    from jangkau.platform.registry.filters import read_filters, sight

    with transaction.atomic():
        scope.enter(kind="user", number=shared.bank.pk)
        filters = read_filters(query=QueryDict(query).dict())
        page = queries.page(run=shared.run, filters=filters, sight=sight())
    assert (page.count, len(page.rows)) == (queries.Count(FILTERS[query], True), FILTERS[query])


def test_a_file_or_institution_of_others_filters_nobody(shared: Shared, browser_of: Browser) -> None:
    theirs = shared.run.files.get(file="kur_b.csv")
    for query in (f"listed={theirs.number}", f"institution={theirs.key}"):
        assert str(shared.person) not in browser_of(shared.bank).get(f"/kesenjangan/?{query}").content.decode()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_holds_what_the_own_list_says(shared: Shared, kind: str) -> None:
    from jangkau.platform.registry import exporting
    from jangkau.platform.registry.models import Export

    now = datetime.now(UTC)
    for query in ("", "sort=loan", "before=new"):
        one = Export.objects.create(
            run=shared.run, by=shared.bank, query=query, kind=kind, purpose="kunjungan", asked_at=now
        )
        exporting.write_export(export=one)
        one.refresh_from_db()
        if kind == "csv":
            text = one.path.read_text(encoding="utf-8-sig")
        else:
            sheet = openpyxl.load_workbook(one.path).worksheets[0]
            text = " ".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row)
        assert "SITI AMINAH" in text
        assert (_told(text), one.people) == ([], 2)


def test_the_nik_that_is_revealed_is_that_of_the_own_list(shared: Shared, browser_of: Browser) -> None:
    path, sent = f"/kesenjangan/orang/{shared.person}/nik/", {"purpose": "mencocokkan berkas"}
    assert OURS[0] in browser_of(shared.bank).post(path, sent).content.decode()
    assert THEIRS[0] in browser_of(shared.other).post(path, sent).content.decode()


def test_a_decision_reaches_every_institution_that_lists_her(shared: Shared, browser_of: Browser) -> None:
    from django.db import transaction

    from jangkau.platform import scope
    from jangkau.platform.registry import actions, queries
    from jangkau.platform.registry.filters import Filters, sight
    from jangkau.platform.registry.models import Pair

    pair = Pair.objects.get(run=shared.run, person=shared.person)
    Pair.objects.filter(pk=pair.pk).update(sampled=False)
    with transaction.atomic():
        scope.enter(kind="user", number=shared.analyst.pk)
        assert actions.decide(pair=pair.pk, answer="same", reading=1, address=None) == "done"
    _scenes.clear()
    for somebody in (shared.bank, shared.other):
        with transaction.atomic():
            scope.enter(kind="user", number=somebody.pk)
            page = queries.page(run=shared.run, filters=Filters(), sight=sight())
        assert (page.count.people, len(page.rows)) == (1, 1)
        assert shared.person not in {row.person for row in page.rows}


def test_a_note_on_a_shared_borrower_is_the_banks_own(shared: Shared, browser_of: Browser) -> None:
    path = f"/kesenjangan/orang/{shared.person}/"
    browser_of(shared.bank).post(f"{path}catatan/", {"status": "contacted", "note": "Datang hari Senin"})
    assert "Datang hari Senin" in browser_of(shared.bank).get(path).content.decode()
    assert "Datang hari Senin" not in browser_of(shared.other).get(path).content.decode()


@pytest.mark.parametrize("kind", ["VIEW", "MATERIALIZED VIEW", "TABLE"])
def test_what_the_web_could_read_past_row_security_is_refused_at_the_start(platform: object, kind: str) -> None:
    from django.conf import settings
    from django.db import connection

    from jangkau.complaints import Complaint
    from jangkau.platform import schema

    def sql(statement: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement)

    sql(f"CREATE {kind} registry_leak AS SELECT name FROM registry_gap")
    try:
        sql("GRANT SELECT ON registry_leak TO jangkau_web")
        with pytest.raises(Complaint, match="registry_leak"):
            schema.apply(scope_key=settings.SCOPE_KEY)
    finally:
        sql(f"DROP {kind} registry_leak")
    schema.apply(scope_key=settings.SCOPE_KEY)
