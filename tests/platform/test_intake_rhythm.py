"""How often a list is expected: which day a delivery is for, who writes it down, and what is late."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import psycopg
import pytest

from .intake_desk import SITI, hand_in, kur

Make = Callable[..., Any]


@pytest.fixture
def bank(institution: Make) -> Any:
    return institution()


@pytest.mark.parametrize(
    ("sent", "met", "wanted"),
    [
        ("2026-01-02", (), "2026-01-10"),  # before the first day
        ("2026-01-10", (), "2026-01-10"),  # on the day
        ("2026-01-12", (), "2026-01-10"),  # late
        ("2026-01-30", (), "2026-02-10"),  # too late: the next one
        ("2026-01-12", ("2026-01-10",), "2026-02-10"),  # early
        ("2026-01-12", ("2026-01-10", "2026-02-10"), None),  # one more than expected
    ],
)
def test_a_delivery_is_for_a_day_of_the_rhythm(
    platform: object, sent: str, met: tuple[str, ...], wanted: str | None
) -> None:
    from jangkau.platform.intake.models import Rhythm
    from jangkau.platform.intake.rhythm import day_for

    monthly = Rhythm(layout="kur", months=1, first_due=date(2026, 1, 10))
    days = {date.fromisoformat(day) for day in met}
    found = day_for(rhythm=monthly, sent=date.fromisoformat(sent), met=days)
    assert found == (date.fromisoformat(wanted) if wanted else None)


@pytest.mark.parametrize(
    ("months", "third"), [(1, "2026-01-28"), (3, "2026-05-28"), (6, "2026-11-28"), (12, "2027-11-28")]
)
def test_days_follow_each_other_by_months(platform: object, months: int, third: str) -> None:
    from jangkau.platform.intake.models import Rhythm
    from jangkau.platform.intake.rhythm import due_on

    one = Rhythm(layout="kur", months=months, first_due=date(2025, 11, 28))
    assert due_on(rhythm=one, number=2) == date.fromisoformat(third)


def test_an_analyst_writes_it_down_and_deliveries_take_their_day_from_it(
    bank: Any, user: Make, browser_of: Make
) -> None:
    from jangkau.platform.intake import rhythm

    clerk, path = user("bank_officer", institution=bank), f"/kiriman/lembaga/{bank.pk}/"
    sent = {"layout": "kur", "months": "1", "first_due": "2026-01-10", "agreement_number": "PKS-12"}
    assert browser_of(clerk).post(path, sent).status_code == 403
    analyst = browser_of(user("analyst"))
    assert analyst.post(path, sent | {"first_due": "2026-01-31"}).status_code == 422
    assert analyst.post(path, sent).status_code == 302
    assert "PKS-12" in browser_of(clerk).get(path).content.decode()
    today = datetime.now(UTC).date()
    (before,) = rhythm.expected(institution=bank, today=today)
    assert hand_in(kur(SITI), bank, clerk).delivery.due_on == before.due_on
    (after,) = rhythm.expected(institution=bank, today=today)
    assert after.due_on > before.due_on


def test_only_the_analyst_writes_it_down_by_sql_too(
    bank: Any, user: Make, institution: Make, raw_sql: Callable[..., psycopg.Connection]
) -> None:
    statement = (
        "INSERT INTO intake_rhythm (institution_id, layout, months, first_due, agreement_number, changed_by_id, "
        "changed_at) VALUES (%s, 'kur', 1, '2026-01-10', '', %s, now())"
    )
    clerk, analyst = user("bank_officer", institution=bank), user("analyst")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        raw_sql(clerk).execute(statement, [bank.pk, clerk.pk])
    connection = raw_sql(analyst)
    connection.execute(statement, [bank.pk, analyst.pk])
    connection.commit()
    for somebody, seen in ((clerk, 1), (user("bank_officer", institution=institution()), 0), (user("board"), 0)):
        query = "SELECT count(*) FROM intake_rhythm WHERE institution_id = %s"
        assert raw_sql(somebody).execute(query, [bank.pk]).fetchone() == (seen,)


def test_a_picture_marks_two_lines_apart_from_their_colour(platform: object) -> None:
    from jangkau.platform.intake.drawing import Quality, picture

    told = [Quality(date(2026, month, 5), 0.9 + month / 100, 0.8 if month > 1 else None) for month in (1, 2, 3)]
    drawn = picture(told=told, title="Debitur KUR", language="id")
    assert (drawn.count("<circle"), drawn.count("<rect")) == (3, 2)
    assert "5 Januari 2026" in drawn
    assert "style=" not in drawn
    assert picture(told=told[:1], title="Debitur KUR", language="id") == ""
