"""The cases of tests/cases/law reach all of the law: every block and its edges in time, every bracket and relief."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from jangkau.law import reliefs
from jangkau.law.charges import Facts, charges
from jangkau.law.deadlines import deadlines, shipped_calendar
from jangkau.law.duty import LoanFacts, duty, kur_type
from jangkau.law.eligibility import eligibility
from jangkau.law.kur_duty import kur_rules
from jangkau.law.loading import law
from jangkau.law.months import KNOWN_FROM, month_end
from jangkau.law.protection import Membership, protection
from jangkau.law.rules import Holidays, rules_of
from jangkau.law.values import Law, Relief, Rule

FOLDER = Path(__file__).parents[1] / "cases" / "law"
Case = dict[str, Any]
Block = tuple[str, date]


def cases(name: str) -> list[Case]:
    """The cases of the files of that name."""
    found = []
    for path in sorted(FOLDER.glob(f"{name}.yaml")):
        found += yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return found


def month_of(text: str) -> date:
    return date.fromisoformat(f"{str(text)[:7]}-01")


def charge(case: Case) -> None:
    facts = dict(case["facts"])
    if "programmes" in facts:
        facts["programmes"] = tuple(facts["programmes"])
    charges(facts=Facts(**facts), month=month_of(case["month"]))


def run_all() -> None:
    """Every case through the function that answers it."""
    for case in cases("charges_*"):
        charge(case)
    for case in cases("duty"):
        facts = case["facts"]
        loan = LoanFacts(facts["kur"], facts.get("plafon"), facts["agreed"], facts.get("employer"))
        duty(facts=loan, as_of=case.get("as_of", loan.agreed))
    for case in cases("protection"):
        facts = case["facts"]
        paid = month_of(facts["paid_month"]) if facts.get("paid_month") else None
        member = Membership(facts["segment"], facts.get("started"), paid, facts.get("ended"))
        protection(membership=member, as_of=case["as_of"])
    for case in cases("deadlines"):
        facts = case["facts"]
        deadlines(segment=facts["segment"], month=month_of(facts["month"]), calendar=shipped_calendar())
    for case in cases("eligibility"):
        eligibility(as_of=case["as_of"])


def blocks(known: Law) -> Iterator[tuple[str, Rule]]:
    """Name and block of everything dated that is looked up by day; holidays are a calendar and have their own test."""
    for series in known.series.values():
        for value in series.values:
            yield series.id, value
    for name, rules in known.rules.items():
        for rule in rules:
            if name != "holidays":
                yield name, rule


@pytest.fixture(scope="module")
def days_asked() -> dict[Block, set[date]]:
    """For every block, by name and first day, the days for which a case got it."""
    names = {id(block): name for name, block in blocks(law())}
    seen: dict[Block, set[date]] = defaultdict(set)
    holds_on = Rule.holds_on

    def watched(self: Rule, day: date) -> bool:
        holds = holds_on(self, day)
        if holds and id(self) in names:
            seen[names[id(self)], self.valid_from].add(day)
        return holds

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "holds_on", watched)
        run_all()
    return seen


def unreached(known: Law, asked: dict[Block, set[date]]) -> set[Block]:
    return {(name, block.valid_from) for name, block in blocks(known)} - asked.keys()


def test_every_block_of_the_law_is_reached_by_a_case(days_asked: dict[Block, set[date]]) -> None:
    assert unreached(law(), days_asked) == set()


@pytest.mark.parametrize("name", ["bpu.grace", "pmi.due_day", "pu.late_penalty", "age.youngest", "kur", "bpu.duty"])
def test_a_new_block_without_a_case_would_be_named(days_asked: dict[Block, set[date]], name: str) -> None:
    last = law().rules[name][-1]
    start = date(2026, 1, 1)
    rules = (*law().rules[name][:-1], replace(last, valid_until=start), replace(last, valid_from=start))
    assert unreached(replace(law(), rules={**law().rules, name: rules}), days_asked) == {(name, start)}


def test_a_new_value_without_a_case_would_be_named(days_asked: dict[Block, set[date]]) -> None:
    series = law().series["pu.JKM"]
    start = date(2026, 1, 1)
    halves = (replace(series.values[0], valid_until=start), replace(series.values[0], valid_from=start))
    known = replace(law(), series={**law().series, series.id: replace(series, values=halves)})
    assert unreached(known, days_asked) == {("pu.JKM", start)}


def test_every_block_is_reached_in_its_first_and_its_last_month(days_asked: dict[Block, set[date]]) -> None:
    begins = {series.id: series.begins for series in law().series.values()}
    missing = []
    for name, block in blocks(law()):
        days = days_asked[name, block.valid_from]
        first = (block.valid_from, month_end(month=block.valid_from))
        if block.valid_from > begins.get(name, KNOWN_FROM) and not any(first[0] <= day <= first[1] for day in days):
            missing.append((name, block.valid_from))
        if block.valid_until is not None:
            # A month is decided by its last day: a block that ends within a month has its last in the month before.
            last = month_end(month=block.valid_until, later=-1).replace(day=1)
            if not any(last <= day < block.valid_until for day in days):
                missing.append((name, block.valid_until))
    assert missing == []


def test_every_type_of_every_kur_regulation_has_a_case() -> None:
    asked = {(kur_type(name=case["facts"]["kur"]), case["facts"]["agreed"]) for case in cases("duty")}
    missing = [
        (rule.valid_from, kur)
        for rule in kur_rules()
        for kur in rule.types
        if not any(named == kur and rule.holds_on(agreed) for named, agreed in asked)
    ]
    assert missing == []


def test_the_size_of_every_loan_whose_duty_is_known_is_tried_at_both_edges() -> None:
    asked = {
        (kur_type(name=facts["kur"]), facts["agreed"], facts.get("plafon"))
        for facts in (case["facts"] for case in cases("duty"))
    }
    missing = []
    for rule in kur_rules():
        for kur, of_type in rule.types.items():
            if of_type.duty == "unknown":
                continue
            low, high = of_type.plafon_above, of_type.plafon_up_to
            limits = [limit for limit in (low, high, of_type.duty_above) if limit]
            for size in (size for limit in limits for size in (limit, limit + 1)):
                if not any((k, p) == (kur, size) and rule.holds_on(agreed) for k, agreed, p in asked):
                    missing.append((rule.valid_from, kur, size))
    assert missing == []


def test_every_year_of_holidays_has_a_case_whose_deadline_falls_in_it() -> None:
    due = [found for case in cases("deadlines") if (found := case["expect"].get("nominal")) is not None]
    for year in rules_of(law=law(), name="holidays", kind=Holidays):
        assert any(year.holds_on(day) for day in due), year.valid_from


def test_every_bracket_is_tried_at_both_edges() -> None:
    table = law().series["bpu.brackets"].values[-1].brackets
    asked = {(case["facts"].get("income"), case["expect"].get("bracket")) for case in cases("charges_bpu*")}
    edges = {(row.lower, row.number) for row in table} | {(row.upper, row.number) for row in table if row.upper}
    assert edges - asked == set()
    assert any((income or 0) > table[-1].lower for income, number in asked if number == table[-1].number)


@pytest.mark.parametrize("name", ["jakon.JKK", "jakon.JKM"])
def test_every_slice_of_a_contract_is_tried_at_its_edge_and_just_above(name: str) -> None:
    asked = {case["facts"].get("contract_value") or 0 for case in cases("charges_jakon")}
    for one in law().series[name].values[-1].slices[1:]:
        assert one.above in asked
        assert any(one.above < value <= one.above + 10_000 for value in asked)


def applied(case: Case, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The reliefs and deferrals that the facts of a case bring, settled or not."""
    found: set[str] = set()
    applies = reliefs._applies

    def watched(relief: Relief, facts: Facts, payer: str) -> bool:
        holds = applies(relief, facts, payer)
        if holds:
            found.add(relief.id)
        return holds

    with monkeypatch.context() as patch:
        patch.setattr(reliefs, "_applies", watched)
        charge(case)
    return found


def test_every_relief_is_tried_in_its_first_and_last_month_and_for_the_same_facts_before_and_after(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tried: dict[tuple[str, str], set[str]] = {}
    for case in cases("charges_*"):
        tried[str(sorted(case["facts"].items())), f"{case['month']}"[:7]] = applied(case, monkeypatch)
    everybody = {facts for facts, _ in tried}
    for relief in (*law().reliefs, *law().deferrals):
        first, end = relief.valid_from, relief.valid_until
        months = [
            f"{month_end(month=start, later=later):%Y-%m}" for start in (first, end) for later in (-1, 0)
        ]  # before, first, last, after
        wanted = [False, True, True, False]
        assert any(
            [relief.id in tried[facts, month] if (facts, month) in tried else None for month in months] == wanted
            for facts in everybody
        ), relief.id
