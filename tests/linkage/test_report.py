"""The report of a link says what was found and how sure, holds in every odd case, and names nobody."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from jangkau.linkage.report import render
from jangkau.linkage.report_figures import tenths, wilson
from tests.linkage.folders import FIELDS, made, people, tables

VOID = {"meta", "input", "rect", "path", "circle", "wbr", "br"}


class Reader(HTMLParser):
    """Checks that what is opened is closed, and collects the words of one language and the targets of links."""

    def __init__(self, *, language: str) -> None:
        super().__init__()
        self.other = {"id": "en", "en": "id"}[language]
        self.open: list[tuple[str, bool]] = []
        self.words: list[str] = []
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.drawings: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("id"):
            self.ids.append(str(given["id"]))
        target = given.get("href") or given.get("for")
        if target:
            self.targets.append(target.lstrip("#"))
        if tag == "svg" and not given.get("aria-hidden"):
            self.drawings.append(str(given.get("role")))
        if tag not in VOID:
            self.open.append((tag, given.get("lang") == self.other and tag != "html"))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        silent = any(hidden for _, hidden in self.open) or {"style", "title", "desc"} & {tag for tag, _ in self.open}
        if not silent:
            self.words.append(data)


def read(html: str, language: str = "id") -> Reader:
    reader = Reader(language=language)
    reader.feed(html)
    assert reader.open == []
    return reader


def said(html: str, language: str) -> str:
    return " ".join(" ".join(read(html, language).words).replace("\N{NO-BREAK SPACE}", " ").split())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(folder=tmp_path_factory.mktemp("tautan")).out


@pytest.fixture(scope="module")
def html(folder: Path) -> str:
    return (folder / "report.html").read_text(encoding="utf-8")


def model_of(folder: Path) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    return value


def test_it_says_how_many_left_rows_are_on_the_right_and_how_many_pairs_to_review(folder: Path, html: str) -> None:
    figures = model_of(folder)["figures"]
    words = said(html, "en")
    assert f"{round(figures['left_rows_in_right'])} left rows are in the right file" in words
    assert f"{figures['links']['match']} pairs match" in words
    assert f"{figures['links']['review']} pairs for a person to review" in words
    assert "baris kiri ada di kanan" in said(html, "id")


def test_neither_language_shows_words_of_the_other(html: str) -> None:
    assert "baris kiri" not in said(html, "en")
    assert "left rows" not in said(html, "id")


def test_every_level_of_every_field_is_weighed(folder: Path, html: str) -> None:
    words = said(html, "en")
    for field in model_of(folder)["fields"]:
        for level in field["levels"]:
            assert level["en"] in words
    assert html.count("<svg class=weight") == sum(len(one["levels"]) for one in model_of(folder)["fields"])


def test_every_block_is_listed_with_what_it_alone_found(folder: Path, html: str) -> None:
    words = said(html, "en")
    assert "nik (without its serial)" in words
    assert html.count("<svg class=bar") == len(model_of(folder)["blocks"])
    assert "capture-recapture" in words.lower()
    assert "Chao (1987)" in words


def test_what_cannot_be_linked_is_counted(html: str) -> None:
    assert "1 left rows are too empty" in said(html, "en")


def test_it_asks_for_nothing_from_outside_and_names_nobody(html: str) -> None:
    for word in ("<script", "<link", "<img", "@import", "http:", "https:", "url(http", "src="):
        assert word not in html, word
    assert not re.search(r"\d{12}", html)
    for one in people(count=20):
        assert str(one["nama"]) not in html


def test_its_links_lead_somewhere_and_its_drawings_can_be_read_aloud(html: str) -> None:
    reader = read(html)
    assert set(reader.targets) <= set(reader.ids)
    assert len(set(reader.ids)) == len(reader.ids)
    assert {one for one in reader.drawings if one != "None"} == {"img"}
    assert html.count('role="img"') == html.count("<desc>") == 2


@pytest.mark.parametrize("language", ["id", "en"])
def test_it_opens_in_the_language_asked_for(folder: Path, language: str) -> None:
    html = render(model=model_of(folder), language=language)  # type: ignore[arg-type]
    assert f'<html lang="{language}">' in html


def test_duplicates_inside_one_file_are_told_as_such(tmp_path: Path) -> None:
    left, right = tables(count=450)
    words = said((made(folder=tmp_path, left=left + right, one_file=True).out / "report.html").read_text("utf-8"), "en")
    assert "pairs of rows are the same person" in words
    assert "in the right file" not in words


def test_levels_put_together_are_one_line(tmp_path: Path) -> None:
    left, right = tables(count=450)
    fields = [dict(one) for one in FIELDS]
    fields[2]["levels"] = [1, [2, 3, 4, 5, 6]]
    html = (made(folder=tmp_path, left=left, right=right, fields=fields).out / "report.html").read_text("utf-8")
    assert "day and month swapped or one part of the date differs or" in said(html, "en")
    assert "billion billion" not in html and html.count("<svg class=weight") == 25 - 4


def test_without_an_identifier_it_says_that_probabilities_cannot_be_tested(tmp_path: Path) -> None:
    left, right = tables(count=450)
    fields = [{key: value for key, value in one.items() if key != "inside"} for one in FIELDS[1:5]]
    words = said(
        (made(folder=tmp_path, left=left, right=right, fields=fields).out / "report.html").read_text("utf-8"), "en"
    )
    assert "It cannot be tested" in words
    assert "estimated by EM" in words
    assert "can only be bounded from below" in words


def test_two_files_that_share_nobody_still_make_a_report(tmp_path: Path) -> None:
    left = [{"id": f"a{k}", **one} for k, one in enumerate(people(count=30, seed=1))]
    right = [{"id": f"b{k}", **one} for k, one in enumerate(people(count=30, seed=2))]
    out = made(folder=tmp_path, left=left, right=right).out
    assert read((out / "report.html").read_text("utf-8")).words


def test_names_of_files_and_fields_are_escaped(folder: Path) -> None:
    model = model_of(folder)
    model["figures"]["left"] = "<b>x</b>.csv"
    model["fields"][0]["name"] = "<i>nik"
    html = render(model=model)
    assert "&lt;b&gt;x" in html and "<b>x</b>" not in html
    assert "&lt;i&gt;nik" in html


def calibrated(*entries: tuple[int, float, float]) -> dict[str, Any]:
    return {
        "calibration": [
            {"tenth": place, "pairs": pairs, "expected": expected, "observed": observed}
            for place, (pairs, expected, observed) in enumerate(entries)
        ]
    }


def test_a_tenth_is_judged_only_where_it_holds_enough_pairs() -> None:
    verdicts = [one.verdict for one in tenths(model=calibrated((9, 0.05, 0.5), (100, 0.15, 0.16), (900, 0.25, 0.28)))]
    assert verdicts == ["few", "ok", "out"]


def test_two_pairs_are_too_few_to_call_anything_honest() -> None:
    assert [one.verdict for one in tenths(model=calibrated((2, 0.99, 1.0)))] == ["few"]


def test_the_interval_of_a_share_holds_it_and_narrows_with_more_pairs() -> None:
    low, high = wilson(share=0.3, count=50)
    assert (low, high) == pytest.approx((0.1910, 0.4375), abs=1e-4)  # Wilson 1927, z = 1.96
    closer = wilson(share=0.3, count=5000)
    assert low < closer[0] < 0.3 < closer[1] < high
