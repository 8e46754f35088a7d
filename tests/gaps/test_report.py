"""The report says the gap with all that belongs to it, holds in every odd case, and stays one small file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

import pytest

from jangkau.complaints import Text
from jangkau.gaps import report_words as words
from jangkau.gaps.report import ReportNotes, render
from jangkau.lists.flags import LABELS

from .report_sample import sample_profile, sample_profiles, sample_summary

VOID = {"meta", "input", "rect", "path", "circle", "wbr", "br"}
NOT_CLOSED = {"td", "tr", "th", "dt", "dd"}


class Reader(HTMLParser):
    """Checks that what is opened is closed, and collects the words of one language."""

    def __init__(self, *, language: str) -> None:
        super().__init__()
        self.other = {"id": "en", "en": "id"}[language]
        self.open: list[tuple[str, bool]] = []
        self.words: list[str] = []
        self.ids: list[str] = []
        self.targets: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("id"):
            self.ids.append(str(given["id"]))
        target = given.get("href") or given.get("for")
        if target:
            self.targets.append(target.lstrip("#"))
        if tag not in VOID | NOT_CLOSED:
            self.open.append((tag, given.get("lang") == self.other and tag != "html"))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID | NOT_CLOSED:
            assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        silent = any(hidden for _, hidden in self.open) or {"style", "title", "desc"} & {tag for tag, _ in self.open}
        if not silent:
            self.words.append(data)


def read(*, html: str, language: str = "id") -> Reader:
    reader = Reader(language=language)
    reader.feed(html)
    assert reader.open == []
    return reader


def said(*, html: str, language: str = "id") -> str:
    return re.sub(r"\s+", " ", " ".join(read(html=html, language=language).words))


def report(*, summary: Any, **notes: Any) -> str:
    return render(summary=summary, profiles=sample_profiles(summary=summary), notes=ReportNotes(**notes))


def test_the_headline_has_number_interval_date_denominator_and_definition() -> None:
    summary = sample_summary()
    summary["unprotected"].update(estimate=97321, low=97010, high=97640)
    summary["people"], summary["status"]["not_eligible"] = 131022, 2400
    opening = said(html=report(summary=summary)).split("Langkah demi langkah")[0]
    for words_ in ("97.321", "97.010–97.640", "95 %", "30 April 2021", "128.622", "75,7 %", "berarti: ada pada daftar"):
        assert words_ in opening, words_


def test_the_same_stands_in_english() -> None:
    summary = sample_summary()
    summary["unprotected"].update(estimate=97321, low=97010, high=97640)
    opening = said(html=report(summary=summary), language="en").split("Step by step")[0]
    for words_ in ("97,321", "97,010–97,640", "95%", "30 April 2021", "people are not protected"):
        assert words_ in opening, words_
    assert "orang" not in opening


def test_every_step_from_rows_to_people_is_shown_in_order() -> None:
    summary = sample_summary()
    html = report(summary=summary)
    table = html.split('class="steps"')[1].split("</table>")[0]
    order = ["read", "refused", *(one["step"] for one in summary["waterfall"])]
    places = [table.index(f'<th scope="row"><i lang=id>{words.STEPS[code][0].id}<') for code in order]
    assert places == sorted(places)


def test_a_step_nobody_has_words_for_is_shown_under_its_code() -> None:
    summary = sample_summary()
    summary["waterfall"].insert(2, {"step": "left_the_country", "value": -7})
    assert "left the country" in said(html=report(summary=summary))


@pytest.mark.parametrize("known", [words.SENSITIVITIES, words.METHODS, words.STATUSES, words.STEPS])
def test_no_code_is_shown_where_words_exist(known: Mapping[str, object]) -> None:
    shown = said(html=report(summary=sample_summary()))
    assert not [code for code in known if "_" in code and code in shown]


def test_what_hangs_on_unverified_law_is_marked() -> None:
    summary = sample_summary()
    summary["unprotected"]["sensitivity"] = [
        {"what": "bpu_without_grace", "estimate": 98400, "article": "Perdir 22", "verified": False},
        {"what": "no_age_limits", "estimate": 99000, "article": "UU 24/2011", "verified": True},
    ]
    assert report(summary=summary).count("belum terverifikasi</i>") == 1


def test_groups_that_overlap_are_said_to_overlap() -> None:
    html = report(summary=sample_summary())
    assert "kelompok tidak perlu berjumlah sama" in said(html=html)
    assert "groups need not add up" in said(html=html, language="en")


def test_every_group_comes_with_its_interval_and_its_denominator() -> None:
    summary = sample_summary(regions=3)
    summary["by_region"] = [
        {"region_code": "1272", "name": "Kota Pematangsiantar", "people": 1100,
         "status": {"protected": 300, "lapsed": 50, "not_found": 640, "doubtful": 10, "not_eligible": 100},
         "unprotected": {"estimate": 696, "low": 690, "high": 702}, "duty": {}},
    ]  # fmt: skip
    row = said(html=report(summary=summary)).split("Kota Pematangsiantar")[1][:60]
    assert row.split() == ["1272", "696", "690–702", "1.000", "69,6", "%", *row.split()[6:]]


def test_provinces_are_the_sums_of_their_regencies() -> None:
    summary = sample_summary(regions=48)
    of_north = [one for one in summary["by_region"] if str(one["region_code"]).startswith("71")]
    estimate = sum(one["unprotected"]["estimate"] for one in of_north)
    shown = f"{estimate:,}".replace(",", ".")
    assert f"Sulawesi Utara 71 {shown}" in said(html=report(summary=summary))


def test_people_without_a_region_are_shown() -> None:
    assert "Wilayah tidak diketahui" in said(html=report(summary=sample_summary(regions=3)))


def test_an_old_papua_code_is_found_on_the_map() -> None:
    summary = sample_summary(regions=514)
    summary["as_of"] = "2021-04-30"
    assert "Pasel" in said(html=report(summary=summary))


def test_names_cannot_bring_markup() -> None:
    evil = "<script>alert(1)</script>\"'&"
    summary = sample_summary(lists=2, regions=2)
    for entry in summary["by_list"]:
        entry["file"] = entry["institution"] = evil
    summary["by_institution"][0]["institution"] = evil
    summary["by_region"][0]["name"] = evil
    summary["by_branch"][0]["branch"] = evil
    summary["by_kur_type"][0]["skema"] = evil
    summary["by_period"][0]["quarter"] = evil
    summary["unprotected"]["sensitivity"][0].update(what=evil, article=evil)
    summary["unprotected"]["alternatives"][0]["method"] = evil
    summary["waterfall"][3]["step"] = evil
    profile = {**sample_profile(file=evil, institution=evil, layout=evil), "unknown_columns": [evil],
               "repairs": {evil: 1}, "ages": {evil: 1}, "encoding": evil, "format": evil}  # fmt: skip
    notes = ReportNotes(remarks=(Text(evil, evil + "!"),), versions=((Text(evil, evil), evil),))
    html = render(summary=summary, profiles=[profile], notes=notes)
    assert "<script" not in html
    read(html=html)


@pytest.mark.parametrize("group", ["by_branch", "by_kur_type", "by_period", "by_list", "by_institution", "by_region"])
def test_a_run_without_a_kind_of_group_leaves_it_out(group: str) -> None:
    titles = {"by_branch": "Kantor cabang", "by_kur_type": "Jenis KUR ", "by_period": "Triwulan ", "by_list": "Daftar ",
              "by_institution": "Himbara:", "by_region": "Kabupaten dan kota"}  # fmt: skip
    summary = sample_summary()
    assert titles[group] in said(html=report(summary=summary))
    summary[group] = []
    html = render(summary=summary, profiles=[])
    read(html=html)
    assert titles[group] not in said(html=html)


def test_nobody_unprotected_is_said_plainly() -> None:
    summary = sample_summary(rows=10, regions=1, lists=1)
    summary["unprotected"].update(estimate=0, low=0, high=0)
    assert "0 orang belum terlindungi" in said(html=report(summary=summary))


def test_nobody_eligible_has_no_share() -> None:
    summary = sample_summary(rows=10, regions=1, lists=1)
    summary["status"] = {"not_eligible": summary["people"]}
    summary["unprotected"].update(estimate=0, low=0, high=0)
    assert "– dari 0 orang yang memenuhi syarat" in said(html=report(summary=summary))


def test_three_people_make_a_report() -> None:
    assert "3 baris, mengapa" in said(html=report(summary=sample_summary(rows=3, regions=1, lists=1)))


def test_a_run_without_intervals_is_shown_without_inventing_them() -> None:
    summary = sample_summary()
    for entry in (summary, *summary["by_list"], *summary["by_region"]):
        entry["unprotected"].update(low=None, high=None)
    html = report(summary=summary)
    assert "whisker" not in html.split("</style>")[1]
    assert "None" not in said(html=html)


def test_514_regions_stay_a_small_file() -> None:
    summary = sample_summary(rows=16_000_000, regions=514, lists=12)
    assert len(report(summary=summary).encode()) < 400_000


def test_long_tables_hide_their_rest_and_lose_nothing() -> None:
    summary = sample_summary(regions=514)
    html = report(summary=summary)
    assert all(f"<small>{one['region_code']}</small>" in html for one in summary["by_region"] if one["region_code"])
    assert "500 lainnya" in said(html=html)


def test_the_quality_of_every_file_is_shown_with_words_for_its_codes() -> None:
    profile = {**sample_profile(), "refusals": {"impossible_date": 7, "of_tomorrow": 3}}
    html = render(summary=sample_summary(), profiles=[profile])
    quality = said(html=html).split("Mutu setiap berkas")[1]
    for words_ in (
        "kur_ bri.txt",
        "Penerima KUR",
        "62.340",
        "311",
        LABELS["nik_kk_swapped"].id,
        LABELS["impossible_date"].id,
        "of_tomorrow",
        "no_hp",
    ):
        assert words_ in quality, words_


def test_every_link_and_label_of_the_page_leads_somewhere_once() -> None:
    reader = read(html=report(summary=sample_summary()))
    assert len(reader.ids) == len(set(reader.ids))
    assert set(reader.targets) <= set(reader.ids)


def test_the_report_is_the_same_every_time() -> None:
    assert report(summary=sample_summary()) == report(summary=sample_summary())


def test_remarks_stand_at_the_top() -> None:
    remark = Text("Orang dalam laporan ini rekaan.", "The people in this report are invented.")
    html = report(summary=sample_summary(), remarks=(remark,))
    assert remark.id in said(html=html).split("Langkah demi langkah")[0]
    assert remark.en in said(html=html, language="en")


def test_every_text_stands_in_both_languages() -> None:
    html = report(summary=sample_summary(regions=30))
    assert html.count(" lang=id>") == html.count(" lang=en>") > 100


def test_a_handful_of_people_does_not_paint_a_province() -> None:
    summary = sample_summary(regions=48)
    stray = {**summary["by_region"][0], "region_code": "7371", "name": "Kota Makassar", "people": 1,
             "status": {"not_found": 1}, "unprotected": {"estimate": 1, "low": 1, "high": 1}}  # fmt: skip
    summary["by_region"].append(stray)
    html = report(summary=summary)
    assert '<g class="few"><title>Sulawesi Selatan</title>' in html
    assert "kurang dari 100 orang" in said(html=html)


def test_a_column_that_is_wholly_empty_is_named_not_counted() -> None:
    profile = {**sample_profile(), "missing": {"meninggal": sample_profile()["accepted"], "nik": 5}}
    quality = said(html=render(summary=sample_summary(), profiles=[profile])).split("Mutu setiap berkas")[1]
    assert "Kolom yang tidak ada atau kosong seluruhnya : meninggal" in quality
