"""What pages call things: nothing of the engine is left in one language."""

from __future__ import annotations

import pytest

from jangkau.gaps.evidence import WORDS
from jangkau.gaps.results import NOBODY
from jangkau.lists import column_names
from jangkau.platform.registry.words import REASONS

LAYOUTS = ("kur", "prakerja", "non_asn", "village", "register")


def test_every_sentence_of_the_evidence_has_its_english() -> None:
    sentences = {sentence for levels in WORDS.values() for sentence in levels.values()} | {NOBODY}
    assert len(sentences) > 25
    assert sentences <= set(REASONS)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_column_of_a_list_has_a_name_in_both_languages(layout: str, platform: object) -> None:
    from jangkau.platform.intake.spoken import COLUMNS

    assert set(column_names(layout=layout)) <= set(COLUMNS)


def test_a_telephone_is_written_as_people_dial_it(platform: object) -> None:
    from jangkau.platform.web.templatetags.registry import telepon

    assert telepon("6285167510992") == "0851-6751-0992"
    assert telepon("0215551234") == "0215551234"
    assert telepon("") == "\N{EN DASH}"


def test_an_article_that_nobody_has_seen_says_so_once_in_the_language_of_the_reader(platform: object) -> None:
    from django.utils import translation

    from jangkau.platform.web.templatetags.registry import pasal

    article = "PP 44/2015 JKM peserta bukan penerima upah (pasal belum dilihat / article not seen)"
    assert pasal(article) == "PP 44/2015 JKM peserta bukan penerima upah, nomor pasalnya belum dilihat"
    with translation.override("en"):
        assert pasal(article).endswith("upah, number of the article not seen")
    assert pasal("PP 44/2015 Lampiran II") == "PP 44/2015 Lampiran II"


def test_a_browser_is_named_in_two_words(platform: object) -> None:
    from jangkau.platform.web.templatetags.wording import peramban

    agent = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36"
    assert peramban(agent) == "Chrome, Windows"
    assert peramban(agent + " Edg/130.0") == "Edge, Windows"
    assert peramban("curl/8.0") == "curl/8.0"


def test_a_moment_has_the_day_of_where_the_platform_works(platform: object) -> None:
    from datetime import UTC, date, datetime

    from jangkau.platform.web.templatetags.wording import tanggal

    assert tanggal(datetime(2021, 4, 30, 17, 30, tzinfo=UTC)) == "1 Mei 2021"  # half past midnight in Jakarta
    assert tanggal(date(2021, 4, 30)) == "30 April 2021"
    assert tanggal(None) == "\N{EN DASH}"
