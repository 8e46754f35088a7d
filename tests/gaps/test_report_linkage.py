"""The report says whether the methods agree, what reviewers found, and who is missed more often."""

from __future__ import annotations

from typing import Any

import pytest

from jangkau.gaps import report_linkage as linkage
from jangkau.gaps.report import render

from .report_sample import sample_summary


@pytest.fixture
def summary() -> Any:
    return sample_summary()


def page(summary: Any) -> str:
    return render(summary=summary, profiles=[])


def test_methods_that_agree_are_said_to(summary: Any) -> None:
    html = page(summary)
    assert "sepakat: selisihnya kecil" in html
    assert "tidak sepakat" not in html


def test_methods_that_disagree_are_named_with_the_difference(summary: Any) -> None:
    other = summary["unprotected"]["alternatives"][0]
    other["estimate"] = summary["unprotected"]["estimate"] + 4321
    summary["linkage_quality"]["disagree"] = ["capture_recapture"]
    html = page(summary)
    assert "cara hitung tidak sepakat" in html
    assert "tangkap-ulang menurut kantor (+4.321)" in html
    assert "capture-recapture by office (+4,321)" in html


def test_each_method_stands_with_its_interval(summary: Any) -> None:
    summary["unprotected"]["alternatives"][0].update(low=71_111, high=72_222)
    assert "71.111" in page(summary)


def test_it_says_that_nobody_has_reviewed_a_sample(summary: Any) -> None:
    assert "bersandar pada model saja" in page(summary)


def test_it_says_what_reviewers_looked_at(summary: Any) -> None:
    summary["linkage_quality"]["reviews"] = {
        "drawn": 400,
        "answered": 391,
        "cannot_tell": 7,
        "recall": 0.99,
        "precision": 1,
    }
    html = page(summary)
    assert "sampel acak 400 orang" in html
    assert "391 terjawab, 7 tidak dapat dipastikan" in html


def test_each_group_more_than_a_point_below_is_named_and_no_other(summary: Any) -> None:
    named = linkage.missed_more(quality=summary["linkage_quality"])
    assert [(one.kind.en, one.name.en) for one in named] == [
        ("Name", "one-word names"), ("Region", "Kota Pematangsiantar (1272)")
    ]  # fmt: skip
    html = page(summary)
    assert "nama satu kata" in html
    assert "Kota Pematangsiantar (1272)" in html
    summary["linkage_quality"]["groups"] = [{**one, "recall": 0.9831} for one in summary["linkage_quality"]["groups"]]
    assert linkage.missed_more(quality=summary["linkage_quality"]) == ()
    assert "Tidak ada kelompok yang lebih dari satu poin di bawahnya" in page(summary)


def test_a_group_without_members_is_not_named(summary: Any) -> None:
    groups = [{"group": "sex", "value": None, "people": 3, "links": 0, "recall": None, "precision": None}]
    assert linkage.missed_more(quality=summary["linkage_quality"] | {"groups": groups}) == ()


def test_members_whom_two_people_claim_are_an_alarm_when_there_are_many(summary: Any) -> None:
    assert linkage.alarm(quality=summary["linkage_quality"]) is None
    summary["linkage_quality"]["duplicate_links"].update(claimed_again=900, implied_false_share=0.05)
    assert "900 kecocokan menuju peserta" in page(summary)


def test_a_name_of_a_group_cannot_bring_markup(summary: Any) -> None:
    evil = "<script>alert(1)</script>"
    summary["linkage_quality"]["groups"][0].update(group="office", value=evil, recall=0.5)
    assert "<script" not in page(summary)


def test_many_groups_are_folded_away(summary: Any) -> None:
    one = {"group": "office", "people": 300, "links": 90, "recall": 0.9, "precision": 0.99}
    summary["linkage_quality"]["groups"] = [{**one, "value": f"kantor {n:03d}"} for n in range(40)]
    html = page(summary)
    assert all(f"kantor {n:03d}" in html for n in range(40))
    assert html.index("kantor 014") < html.index("<details", html.index("kantor 014")) < html.index("kantor 015")
