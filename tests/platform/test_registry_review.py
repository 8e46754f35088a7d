"""Doubtful pairs: one reader wins, counts follow, decisions outlive the run."""

from __future__ import annotations

import csv
import itertools
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from tests.platform import invented_summary as invented
from tests.platform.finished_run import AS_OF, Doubt, Made, write

if TYPE_CHECKING:
    from django.test import Client

    from jangkau.platform.offices.models import User
    from jangkau.platform.registry.models import Pair, Run

_numbers = itertools.count(50_000)
FILES = {"kur_a.csv": "Bank A"}
Browser = Callable[["User | None"], "Client"]


def _doubtful(*, sampled: bool, region: str = "1272") -> Made:
    """Somebody whose pair with a member is read by one, or by two."""
    from jangkau.platform.registry.pair_rows import is_sampled

    for number in _numbers:
        one = Made(number, region, ("kur_a.csv",), "doubtful")
        left, right = Doubt(one).references
        if is_sampled(left=left, right=right) == sampled:
            return one
    raise AssertionError


def _load(folder: Path, people: list[Made], doubts: list[Doubt]) -> Run:
    from jangkau.platform.registry import actions

    return actions.register_finished(
        folder=write(folder=folder, people=people, doubts=doubts, files=FILES), as_of=AS_OF, by=None
    )


def _pairs(run: Run) -> list[Pair]:
    from jangkau.platform.registry.models import Pair

    return list(Pair.objects.filter(run=run).order_by("pk"))


def _say(client: Client, pair: Pair, answer: str, reading: int = 1) -> Any:
    return client.post(f"/telaah/{pair.pk}/putus/", {"answer": answer, "reading": str(reading)})


def _counts(run: Run, user: User) -> tuple[int, int]:
    """People in the gap, and those of them doubtful, as somebody sees them."""
    from django.db import transaction

    from jangkau.platform import scope
    from jangkau.platform.registry import queries
    from jangkau.platform.registry.filters import Filters, sight, where

    with transaction.atomic():
        scope.enter(kind="user", number=user.pk)
        seen = sight()
        found = []
        for filters in (Filters(), Filters(status="doubtful")):
            narrowed = where(filters=filters, sight=seen, run=run.pk)
            found.append(queries.count(run=run, filters=filters, sight=seen, narrowed=narrowed).people)
    return found[0], found[1]


@pytest.mark.parametrize(
    ("answer", "state", "expected"),
    [("same", "active", (1, 0)), ("same", "lapsed", (2, 0)), ("different", "active", (2, 0)),
     ("unknown", "active", (2, 1))],
)  # fmt: skip
def test_a_decision_changes_the_counts_and_undoing_it_changes_them_back(
    browser_of: Browser, user: Callable[..., Any], tmp_path: Path, answer: str, state: str, expected: tuple[int, int]
) -> None:
    analyst = user("analyst")
    one = _doubtful(sampled=False)
    run = _load(tmp_path / "run", [one, Made(next(_numbers), "1208", ("kur_a.csv",))], [Doubt(one, state=state)])
    client = browser_of(analyst)
    assert _counts(run, analyst) == (2, 1)
    assert _say(client, _pairs(run)[0], answer).status_code == 302
    assert _counts(run, analyst) == expected
    from jangkau.platform.registry.models import Decision

    decision = Decision.objects.get(by=analyst)
    client.post(f"/telaah/keputusan/{decision.pk}/batal/")
    assert _counts(run, analyst) == (2, 1)
    assert _pairs(run)[0].state == "open"


def test_two_rows_of_one_person_are_counted_once(browser_of: Browser, user: Callable[..., Any], tmp_path: Path) -> None:
    analyst = user("analyst")
    left, right = (Made(next(_numbers), "1272", ("kur_a.csv",)) for _ in range(2))
    run = _load(tmp_path / "run", [left, right], [Doubt(left, right)])
    assert _say(browser_of(analyst), _pairs(run)[0], "same").status_code == 302
    assert _counts(run, analyst) == (1, 0)


def test_of_two_who_decide_at_once_one_wins_and_the_other_is_told(
    browser_of: Browser, user: Callable[..., Any], tmp_path: Path
) -> None:
    one = _doubtful(sampled=False)
    run = _load(tmp_path / "run", [one], [Doubt(one)])
    first, second = browser_of(user("analyst")), browser_of(user("analyst"))
    pair = _pairs(run)[0]
    _say(first, pair, "same")
    told = second.post(f"/telaah/{pair.pk}/putus/", {"answer": "different", "reading": "1"}, follow=True)
    assert "lebih dulu" in told.content.decode()
    assert _pairs(run)[0].answer == "same"


def test_in_one_instant_one_transaction_waits_for_the_other(
    raw_sql: Callable[..., psycopg.Connection], user: Callable[..., Any], tmp_path: Path
) -> None:
    one = _doubtful(sampled=False)
    run = _load(tmp_path / "run", [one], [Doubt(one)])
    pair = _pairs(run)[0].pk
    query = "SELECT registry_decide(%s, %s, 1, NULL)"
    first, second = raw_sql(user("analyst")), raw_sql(user("analyst"))
    assert first.execute(query, [pair, "same"]).fetchone() == ("done",)
    said: list[Any] = []
    waits = threading.Thread(target=lambda: said.append(second.execute(query, [pair, "different"]).fetchone()))
    waits.start()
    waits.join(0.4)
    assert waits.is_alive()
    first.commit()
    waits.join(10)
    assert said == [("taken",)]


def test_a_sampled_pair_is_read_by_two_and_a_dispute_is_settled_by_a_head(
    browser_of: Browser, user: Callable[..., Any], office: Callable[..., Any], tmp_path: Path
) -> None:
    here = office("1272")
    one = _doubtful(sampled=True)
    run = _load(tmp_path / "run", [one], [Doubt(one)])
    pair = _pairs(run)[0]
    officers = [user("branch_officer", office=here) for _ in range(3)]
    head = user("branch_head", office=here)
    _say(browser_of(officers[0]), pair, "same")
    assert (_pairs(run)[0].state, _pairs(run)[0].answer) == ("second", "same")
    again = _say(browser_of(officers[0]), pair, "same", 2)
    assert again.status_code == 302
    assert _pairs(run)[0].state == "second"
    _say(browser_of(officers[1]), pair, "different", 2)
    assert (_pairs(run)[0].state, _pairs(run)[0].answer) == ("disputed", "")
    assert _say(browser_of(officers[2]), pair, "same", 3).status_code == 404
    _say(browser_of(head), pair, "different", 3)
    assert (_pairs(run)[0].state, _pairs(run)[0].answer) == ("decided", "different")


def test_a_second_reader_does_not_see_the_first_answer(
    browser_of: Browser, user: Callable[..., Any], office: Callable[..., Any], tmp_path: Path
) -> None:
    here = office("1272")
    one = _doubtful(sampled=True)
    run = _load(tmp_path / "run", [one], [Doubt(one)])
    pair = _pairs(run)[0]
    _say(browser_of(user("branch_officer", office=here)), pair, "same")
    page = browser_of(user("branch_officer", office=here)).get(f"/telaah/{pair.pk}/").content.decode()
    assert "pembaca kedua" in page
    assert "Sudah diputuskan" not in page


def test_a_pair_of_another_office_is_not_there(
    browser_of: Browser, user: Callable[..., Any], office: Callable[..., Any], tmp_path: Path
) -> None:
    one = _doubtful(sampled=False)
    run = _load(tmp_path / "run", [one], [Doubt(one)])
    pair = _pairs(run)[0]
    away = browser_of(user("branch_officer", office=office("7171")))
    assert away.get(f"/telaah/{pair.pk}/").status_code == 404
    assert _say(away, pair, "same").status_code == 404
    assert away.post(f"/telaah/{pair.pk}/nik/", {"purpose": "mencoba saja"}).status_code == 404
    assert _pairs(run)[0].state == "open"


def test_decisions_are_facts_of_the_next_run_and_stay_when_the_pair_comes_again(
    browser_of: Browser, user: Callable[..., Any], tmp_path: Path
) -> None:
    from jangkau.platform.registry import running

    one = _doubtful(sampled=False)
    run = _load(tmp_path / "one", [one], [Doubt(one)])
    _say(browser_of(user("analyst")), _pairs(run)[0], "different")
    running.write_decisions(path=tmp_path / "decisions.csv")
    with (tmp_path / "decisions.csv").open(encoding="utf-8") as file:
        said = {(row["left"], row["right"]): row["same"] for row in csv.DictReader(file)}
    left, right = sorted(Doubt(one).references)
    assert said[(left, right)] == "tidak"
    again = _load(tmp_path / "two", [one], [Doubt(one)])
    assert (_pairs(again)[0].state, _pairs(again)[0].answer) == ("decided", "different")


def test_what_cannot_be_told_is_no_fact(browser_of: Browser, user: Callable[..., Any], tmp_path: Path) -> None:
    from jangkau.platform.registry import running

    one = _doubtful(sampled=False)
    run = _load(tmp_path / "one", [one], [Doubt(one)])
    _say(browser_of(user("analyst")), _pairs(run)[0], "unknown")
    running.write_decisions(path=tmp_path / "decisions.csv")
    assert Doubt(one).references[0] not in (tmp_path / "decisions.csv").read_text(encoding="utf-8")


def test_a_change_of_the_estimate_is_told(browser_of: Browser, user: Callable[..., Any], tmp_path: Path) -> None:
    from jangkau.platform.registry import queries

    one = _doubtful(sampled=False)
    run = _load(tmp_path / "one", [one], [Doubt(one)])
    _say(browser_of(user("analyst")), _pairs(run)[0], "same")
    (shift,) = queries.changed_by_decisions(run=run.pk)
    assert (shift.region, shift.closed) == ("1272", 1)
    assert shift.expected == pytest.approx(-0.6, abs=1e-6)


def test_a_figure_stays_as_taken_and_says_what_decisions_have_changed_since(
    browser_of: Browser, user: Callable[..., Any], tmp_path: Path
) -> None:
    from jangkau.platform.coverage import actions
    from jangkau.platform.coverage.models import Snapshot

    one = _doubtful(sampled=False)
    run = _load(tmp_path / "one", [one], [Doubt(one)])
    snapshot = actions.take(run=run.pk, summary=invented.summary(), by=None)
    analyst = browser_of(user("analyst"))
    told = "keputusan telaah menutup 1 orang"
    assert told not in analyst.get("/cakupan/").content.decode()
    _say(analyst, _pairs(run)[0], "same")
    assert told in analyst.get("/cakupan/").content.decode()
    assert told not in browser_of(user("board")).get("/cakupan/").content.decode()
    Snapshot.objects.filter(pk=snapshot.pk).delete()


def test_niks_show_where_they_differ_and_nothing_more() -> None:
    from jangkau.platform.registry.pair_rows import side_by_side

    assert side_by_side(left="3204445512930001", right="1204445512830001") == ("3204••••••9•••01", "1204••••••8•••01")
    left, right = side_by_side(left="3204445512930001", right="1271010101990002")
    assert left == "3204••••••••••01"
    assert right == "1271••••••••••02"
