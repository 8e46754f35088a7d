"""`jangkau law duty` and `jangkau law protection`: the answers as JSON and as lines, and what is refused."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from jangkau.cli import main

DUTY = ["law", "duty", "--kur", "kecil", "--plafon", "200000000", "--agreed", "2023-03-01"]
PROTECTION = ["law", "protection", "--segment", "BPU", "--paid-until", "2021-01", "--as-of", "2021-04-30"]


def answer(capsys: pytest.CaptureFixture[str], words: list[str]) -> dict[str, Any]:
    assert main([*words, "--json"]) == 0
    read: dict[str, Any] = json.loads(capsys.readouterr().out)
    return read


def with_(words: list[str], option: str, value: str) -> list[str]:
    place = words.index(option)
    return [*words[: place + 1], value, *words[place + 2 :]]


def without(words: list[str], option: str) -> list[str]:
    place = words.index(option)
    return [*words[:place], *words[place + 2 :]]


def test_a_duty_is_answered_with_its_article(capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(capsys, DUTY)
    assert (found["duty"], found["article"], found["verified"]) == ("must", "Permenko 1/2023 Pasal 26(8)", True)
    assert found["unknown"] == []


def test_the_general_duty_stands_beside_it(capsys: pytest.CaptureFixture[str]) -> None:
    general = answer(capsys, DUTY)["general_duty"]
    assert (general["duty"], general["programmes"], general["verified"]) == ("must", ["JKK", "JKM"], False)
    assert "Pasal 31-32" in general["article"]


def test_an_unknown_duty_says_what_is_open(capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(capsys, with_(DUTY, "--agreed", "2022-03-01"))
    assert (found["duty"], found["article"], found["verified"]) == ("unknown", None, False)
    assert "1/2022" in found["unknown"][0]["id"]
    assert "1/2022" in found["unknown"][0]["en"]


def test_an_employer_leaves_a_question_open(capsys: pytest.CaptureFixture[str]) -> None:
    assert answer(capsys, DUTY)["general_duty"]["unknown"] == []
    assert len(answer(capsys, [*DUTY, "--employer"])["general_duty"]["unknown"]) == 1


def test_a_protection_is_answered_with_its_dates(capsys: pytest.CaptureFixture[str]) -> None:
    found = answer(capsys, PROTECTION)
    expected = {
        "state": "in_grace",
        "counts_as_protected": True,
        "paid_through": "2021-01-31",
        "grace_until": "2021-04-30",
        "verified": False,
    }
    assert {name: found[name] for name in expected} == expected
    assert found["article"]


@pytest.mark.parametrize(
    ("words", "state"),
    [
        (with_(PROTECTION, "--as-of", "2021-01-31"), "active"),
        (with_(PROTECTION, "--as-of", "2021-05-01"), "lapsed"),
        ([*PROTECTION, "--ended", "2021-04-30"], "ended"),
        ([*PROTECTION, "--ended", "2021-05-01"], "in_grace"),
        ([*PROTECTION, "--started", "2021-05-01"], "lapsed"),
        ([*without(PROTECTION, "--paid-until"), "--ended", "2021-04-30"], "ended"),
        (with_(PROTECTION, "--paid-until", "never"), "lapsed"),
        (with_(PROTECTION, "--segment", "PU"), "unknown"),
        (with_(with_(PROTECTION, "--segment", "JAKON"), "--paid-until", "2021-04"), "active"),
        (with_(PROTECTION, "--segment", "bpu"), "in_grace"),
    ],
)
def test_every_state_is_answered(capsys: pytest.CaptureFixture[str], words: list[str], state: str) -> None:
    found = answer(capsys, words)
    assert found["state"] == state
    assert found["counts_as_protected"] == (state in ("active", "in_grace"))
    assert bool(found["unknown"]) == (state == "unknown")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (DUTY, ["Aturan KUR (KUR rule)", "wajib ikut", "must join", "Permenko 1/2023 Pasal 26(8)", "JKK, JKM"]),
        (with_(DUTY, "--agreed", "2022-03-01"), ["belum diketahui", "unknown", "Masih terbuka (Open)"]),
        (PROTECTION, ["Keadaan (State)", "masih terlindungi", "still protected", "2021-04-30", "not confirmed"]),
        ([*PROTECTION, "--lang", "en"], ["State (Keadaan)", "Grace until (Tenggang sampai)"]),
    ],
)
def test_people_read_it_in_both_languages(
    capsys: pytest.CaptureFixture[str], words: list[str], says: list[str]
) -> None:
    assert main(words) == 0
    shown = capsys.readouterr().out
    assert [text for text in says if text not in shown] == []


@pytest.mark.parametrize(
    ("words", "where", "says"),
    [
        (with_(DUTY, "--kur", "ritel"), "--kur", "no KUR type"),
        (with_(DUTY, "--plafon", "-5"), "--plafon", "digits alone"),
        (with_(DUTY, "--plafon", "1e8"), "--plafon", "digits alone"),
        (with_(DUTY, "--plafon", "200000000.5"), "--plafon", "digits alone"),
        (with_(DUTY, "--plafon", "999999999999999999"), "--plafon", "makes no sense"),
        (with_(DUTY, "--agreed", "2023-02-29"), "--agreed", "no date"),
        (with_(DUTY, "--agreed", "1 Maret 2023"), "--agreed", "no date"),
        (with_(DUTY, "--agreed", "2015-06-30"), "--agreed", "from 2015-07 to 2027-12"),
        (with_(DUTY, "--agreed", "2028-01-01"), "--agreed", "from 2015-07 to 2027-12"),
        (without(with_(DUTY, "--kur", "khusus"), "--plafon"), "--plafon", "not given"),
        (with_(PROTECTION, "--segment", "TKI"), "--segment", "PU, BPU, JAKON, PMI"),
        (with_(PROTECTION, "--paid-until", "2021-13"), "--paid-until", "no month"),
        (with_(PROTECTION, "--paid-until", "2021"), "--paid-until", "no month"),
        (with_(PROTECTION, "--paid-until", "2028-01"), "--paid-until", "from 2015-07 to 2027-12"),
        (with_(PROTECTION, "--as-of", "2015-06-30"), "--as-of", "from 2015-07 to 2027-12"),
        (with_(PROTECTION, "--as-of", "2028-01-01"), "--as-of", "from 2015-07 to 2027-12"),
        (without(PROTECTION, "--paid-until"), "--paid-until", "not given"),
        ([*PROTECTION, "--started", "2021-04-02", "--ended", "2021-04-01"], "--ended", "ends before it begins"),
    ],
)
def test_what_cannot_be_answered_is_one_clear_message(
    capsys: pytest.CaptureFixture[str], words: list[str], where: str, says: str
) -> None:
    assert main([*words, "--lang", "en"]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert len(shown.err.splitlines()) == 4
    assert says in shown.err
    assert f": {where}\n" in shown.err


@pytest.mark.parametrize("words", [without(DUTY, "--kur"), without(DUTY, "--agreed"), without(PROTECTION, "--as-of")])
def test_a_fact_that_is_always_needed_is_named(capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(words)
    assert end.value.code == 2
    assert "Belum diisi: --" in capsys.readouterr().err


@pytest.mark.parametrize("words", [DUTY, [*PROTECTION, "--json"]])
def test_nothing_heavy_is_loaded(words: list[str]) -> None:
    heavy = {"duckdb", "numpy", "pyarrow", "numba", "jinja2", "rich", "altair", "django"}
    ask = (
        "import sys\nfrom jangkau.cli import main\n"
        f"assert main({words!r}) == 0\nprint('loaded:', *sorted(set(sys.modules) & {heavy!r}))"
    )
    shown = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True).stdout
    assert shown.rsplit("loaded:", 1)[1].split() == []
