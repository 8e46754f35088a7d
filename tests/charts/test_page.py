"""The page is whole by itself, speaks two languages without a script and escapes what it is given."""

from __future__ import annotations

from markupsafe import Markup

from jangkau.charts.markup import both, breakable, fold_lines
from jangkau.charts.page import page
from jangkau.complaints import Text


def made(*, title: str = "Judul") -> str:
    return page(title=Text(title, title), body=Markup("<p>isi</p>"), language="id")


def test_it_asks_for_nothing_from_outside() -> None:
    html = made()
    assert "default-src 'none'" in html
    for word in ("<script", "<link", "<img", "@import", "http:", "https:", "url(http", "src="):
        assert word not in html, word


def test_the_language_of_the_page_is_the_one_chosen() -> None:
    english = page(title=Text("Judul", "Title"), body=Markup(""), language="en")
    assert '<html lang="en">' in english and "<title>Title</title>" in english
    assert 'id="language-en" autocomplete="off" aria-label="English" checked>' in english


def test_exactly_one_language_is_checked() -> None:
    assert made().count(" checked>") == 1


def test_a_title_cannot_bring_markup() -> None:
    assert "<b>x" not in made(title="<b>x")


def test_words_that_differ_are_printed_in_both_languages() -> None:
    assert both(Text("orang", "people")) == "<i lang=id>orang</i><i lang=en>people</i>"


def test_words_that_are_the_same_are_printed_once() -> None:
    assert both(Text("BRI & co", "BRI & co")) == "BRI &amp; co"


def test_a_file_name_may_break_after_an_underscore_only() -> None:
    assert breakable("kur_<bri>.txt") == "kur_<wbr>&lt;bri&gt;.txt"


def test_lines_are_folded_at_spaces() -> None:
    assert fold_lines("Orang yang sama lagi", width=12) == ("Orang yang", "sama lagi")
