"""What is in force on a day, and what changed between two months."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from jangkau.law.citations import UNSEEN
from jangkau.law.dates import differences, in_force
from jangkau.law.loading import law
from jangkau.law.values import PROGRAMMES, SEGMENTS


def names(programme: str, day: date) -> set[str]:
    return {one.name for one in in_force(law=law(), programme=programme, day=day)}


def test_what_is_in_force_for_jkk_comes_with_brackets_classes_and_the_relief_of_that_day() -> None:
    found = names("JKK", date(2025, 3, 1))
    assert {"bpu.JKK", "bpu.brackets", "pu.JKK.1", "pu.JKK.5", "jakon.JKK", "pmi.before", "pp-7-2025"} <= found
    assert not {"pp-36-2025", "pp-50-2025-other", "pu.JHT.worker"} & found


def test_every_value_in_force_names_its_source_and_place() -> None:
    for programme in ("JKK", "JKM", "JHT", "JP", "JKP"):
        for one in in_force(law=law(), programme=programme, day=date(2026, 5, 1)):
            assert one.source
            assert one.place.startswith(("law/rates/", "law/duties/"))
            assert one.says.id
            assert one.says.en


def test_there_is_no_jkp_before_february_2021() -> None:
    assert not {name for name in names("JKP", date(2021, 1, 31)) if name.startswith("pu.JKP")}
    assert "pu.JKP.state" in names("JKP", date(2021, 2, 2))


def test_between_january_2025_and_may_2026_six_things_changed() -> None:
    found = differences(law=law(), before=date(2025, 1, 1), after=date(2026, 5, 1))
    assert {one.name: one.change for one in found} == {
        "pu.JP.ceiling": "changes",
        "pu.JKP.from_JKM": "changes",
        "pp-50-2025-transport": "begins",
        "pp-50-2025-other": "begins",
        "pp-7-2025": "came_and_went",
        "pp-36-2025": "came_and_went",
    }
    ceiling = next(one for one in found if one.name == "pu.JP.ceiling")
    assert (ceiling.before.en, ceiling.after.en) == ("Rp10,042,300", "Rp11,086,300")
    assert all(one.whom.id and one.whom.en for one in found)


def test_a_relief_that_ended_is_named() -> None:
    found = differences(law=law(), before=date(2021, 1, 1), after=date(2021, 2, 1))
    ended = {one.name for one in found if one.change == "ends"}
    assert ended == {"pp-49-2020", "pp-49-2020-construction", "pp-49-2020-jp"}


def test_nothing_changes_within_a_month() -> None:
    assert differences(law=law(), before=date(2026, 5, 1), after=date(2026, 5, 31)) == ()


DAYS = [date(2015, 7, 1), date(2020, 12, 15), date(2021, 9, 1), date(2024, 3, 31), date(2027, 12, 31)]
ARTICLE = re.compile(r"Pasal \d|[Ll]ampiran|butir \d|huruf [a-z]|\bp\d")


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("programme", PROGRAMMES)
def test_every_line_has_an_article_or_says_that_nobody_has_seen_one(programme: str, day: date) -> None:
    found = in_force(law=law(), programme=programme, day=day)
    assert (programme == "JKP" and day < date(2021, 2, 2)) or found
    for one in found:
        none_found = one.cited.en.startswith("no regulation found")
        assert ARTICLE.search(one.cited.en) or UNSEEN in one.cited.en or none_found, one.name
        assert not (none_found and one.verified) or "published at" in one.cited.en
        assert one.known or one.open


def test_what_is_in_force_for_jkk_has_its_days_penalties_grace_periods_ages_and_duties() -> None:
    found = {one.name: one for one in in_force(law=law(), programme="JKK", day=date(2023, 3, 1))}
    by_segment = ("due_day", "late_penalty", "grace", "payment_periods", "open", "compulsory")
    wanted = {f"{segment.lower()}.{name}" for segment in SEGMENTS for name in by_segment} - {"pu.compulsory"}
    assert wanted | {"pu.compulsory.micro", "age.youngest", "age.too_old", "occupations", "holidays"} <= found.keys()
    assert found["pu.due_day"].says.en == "day 15 of the following month"
    assert found["pu.late_penalty"].says.en == "2% of the contribution for each month"
    assert found["bpu.late_penalty"].says.en == "none"
    assert found["bpu.grace"].says.en == "3 months after the last paid"
    assert found["bpu.payment_periods"].says.en == "1, 3, 6, 12 months"
    assert found["age.too_old"].says.en == "65 years"
    assert found["bpu.duty"].says.en == "must join JKK, JKM; may join JHT"
    assert found["kur.kecil"].says.en == "must join (loans above Rp100,000,000 up to Rp500,000,000)"
    assert (found["kur.kecil"].cited.id, found["kur.kecil"].verified) == ("Permenko 1/2023 Pasal 26(8)", True)
    assert (found["kur.pmi"].says.en, found["kur.pmi"].verified) == ("unknown", False)


def test_a_duty_in_doubt_on_its_first_days_is_shown_so() -> None:
    found = {one.name: one for one in in_force(law=law(), programme="JKK", day=date(2023, 2, 5))}
    assert not found["kur.kecil"].verified


def test_what_is_of_another_programme_or_segment_is_not_shown() -> None:
    assert not {"bpu.due_day", "bpu.grace", "kur.kecil", "age.too_old", "pmi.grace"} & names("JP", date(2023, 3, 1))
    assert "pu.due_day" in names("JP", date(2023, 3, 1))
    assert "kur.kecil" not in names("JHT", date(2023, 3, 1))


def test_one_amount_for_two_programmes_is_shown_for_both() -> None:
    assert "pmi.before" in names("JKM", date(2024, 3, 1)) & names("JKK", date(2024, 3, 1))


def test_a_rule_that_is_read_back_says_so() -> None:
    found = {one.name: one for one in in_force(law=law(), programme="JKK", day=date(2021, 5, 1))}
    assert found["bpu.grace"].cited.en == "Perdir 22/PERDIR.02/072022 (PROBIS KEPESERTAAN p59), read back"
    assert not found["bpu.grace"].verified


@pytest.mark.parametrize(
    ("before", "after", "name", "change", "was", "now", "whom"),
    [
        (
            (2022, 12),
            (2023, 2),
            "kur.kecil",
            "changes",
            "unknown (loans above Rp100,000,000 up to Rp500,000,000)",
            "must join (loans above Rp100,000,000 up to Rp500,000,000)",
            "KUR kecil borrowers",
        ),
        (
            (2021, 6),
            (2022, 1),
            "kur.kecil",
            "came_and_went",
            "unknown (loans above Rp50,000,000 up to Rp500,000,000)",
            "may join (loans above Rp50,000,000 up to Rp500,000,000), 2021-07-01 – 2021-12-31",
            "KUR kecil borrowers",
        ),
        (
            (2020, 7),
            (2020, 8),
            "pu.due_day",
            "changes",
            "day 15 of the following month",
            "day 30 of the following month",
            "wage earners and their employers",
        ),
        (
            (2020, 7),
            (2021, 2),
            "pu.late_penalty",
            "came_and_went",
            "2% of the contribution for each month",
            "0.5% of the contribution for each month, 2020-08-01 – 2021-01-31",
            "wage earners and their employers",
        ),
    ],
)
def test_a_rule_that_changed_is_named_with_whom_it_touches(
    before: tuple[int, int], after: tuple[int, int], name: str, change: str, was: str, now: str, whom: str
) -> None:
    found = differences(law=law(), before=date(*before, 1), after=date(*after, 1))
    one = next(one for one in found if one.name == name and one.change == change)
    assert (one.before.en, one.after.en, one.whom.en) == (was, now, whom)


@pytest.mark.parametrize("name", ["bpu.grace", "bpu.payment_periods", "age.too_old", "bpu.duty", "occupations"])
def test_a_change_of_any_rule_would_be_named(name: str) -> None:
    known = law()
    others: dict[str, dict[str, Any]] = {
        "bpu.grace": {"months": 6},
        "bpu.payment_periods": {"months": (1, 2)},
        "age.too_old": {"age": 60},
        "bpu.duty": {"voluntary": ()},
        "occupations": {"pattern": "(ASN)"},
    }
    last = known.rules[name][-1]
    changed = (
        *known.rules[name][:-1],
        replace(last, valid_until=date(2026, 1, 1)),
        replace(last, valid_from=date(2026, 1, 1), **others[name]),
    )
    reformed = replace(known, rules={**known.rules, name: changed})
    found = differences(law=reformed, before=date(2025, 12, 1), after=date(2026, 1, 1))
    assert {(one.name, one.change) for one in found} == {(name, "changes"), ("pp-50-2025-transport", "begins")}
