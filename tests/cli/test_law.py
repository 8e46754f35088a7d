"""`jangkau law`: the answers of the contract, one clear message for each slip, and nothing heavy loaded."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from jangkau.cli import main

HEAVY = ("duckdb", "numpy", "pyarrow", "altair", "django", "numba", "jinja2", "rich", "pandas")
BORROWER = "law charge --segment BPU --income 1000000 --month 2026-05 --sector other --payer self"


def asked(capsys: pytest.CaptureFixture[str], words: str) -> dict[str, Any]:
    assert main([*words.split(), "--json"]) == 0
    said: dict[str, Any] = json.loads(capsys.readouterr().out)
    return said


def test_the_example_of_the_contract(capsys: pytest.CaptureFixture[str]) -> None:
    said = asked(capsys, f"{BORROWER} --programmes JKK,JKM,JHT")
    assert said["month"] == "2026-05"
    assert said["segment"] == "BPU"
    jkk = said["charges"][0]
    article = jkk.pop("article")
    assert "PP 44/2015" in article
    assert "PP 50/2025" in article
    wanted = {"programme": "JKK", "payer": "worker", "amount": 5000, "base": 1000000, "rate": "0.01"}
    assert wanted | {"relief": "PP 50/2025", "verified": True, "bracket": 1} == {
        name: jkk[name] for name in (*wanted, "relief", "verified", "bracket")
    }
    assert (said["total"], said["by_payer"]) == (28400, {"worker": 28400})
    assert (said["verified"], said["unknown"], said["assumed"]) == (True, [], [])
    assert "months" not in said


def test_several_months_each_have_their_own_law_and_the_total_covers_all(capsys: pytest.CaptureFixture[str]) -> None:
    said = asked(capsys, BORROWER.replace("2026-05", "2026-11") + " --months 3")
    assert [one["total"] for one in said["months"]] == [8400, 8400, 16800]
    assert [one["month"] for one in said["months"]] == ["2026-11", "2026-12", "2027-01"]
    assert said["total"] == sum(charge["amount"] for charge in said["charges"]) == 33600
    assert said["by_payer"] == {"worker": 33600}


def test_what_is_open_is_listed_with_its_question_and_source(capsys: pytest.CaptureFixture[str]) -> None:
    said = asked(capsys, BORROWER.replace("self", "village"))
    assert [one["programme"] for one in said["unknown"]] == ["JKK", "JKM"]
    assert all(one["question"] and one["source"] for one in said["unknown"])
    assert (said["charges"], said["verified"], said["complete"]) == ([], False, False)


def test_what_was_taken_for_granted_is_listed_until_it_is_denied(capsys: pytest.CaptureFixture[str]) -> None:
    words = "law charge --segment BPU --income 1000000 --month 2020-10 --payer self"
    granted = asked(capsys, words)
    assert granted["total"] == 168
    assert any("PP 49/2020" in one for one in granted["assumed"])
    denied = asked(capsys, f"{words} --in-arrears")
    assert (denied["total"], denied["assumed"]) == (16800, [])


def test_jkp_costs_nothing_and_its_money_is_a_note(capsys: pytest.CaptureFixture[str]) -> None:
    words = "law charge --segment PU --wage 6000000 --jkk-class 1 --month 2024-05 --programmes JKK,JKM,JKP"
    said = asked(capsys, words)
    assert [one["amount"] for one in said["charges"] if one["programme"] == "JKP"] == [0, 0]
    assert said["total"] == 14400 + 18000
    assert len(said["notes"]) == 1


@pytest.mark.parametrize(("language", "step"), [("id", "Biaya mulai 2026-05"), ("en", "Cost from 2026-05 on")])
def test_without_json_a_table_and_the_steps(capsys: pytest.CaptureFixture[str], language: str, step: str) -> None:
    assert main([*BORROWER.split(), "--lang", language]) == 0
    shown = capsys.readouterr().out
    assert "PP 50/2025" in shown
    assert step in shown
    # One month at half price; of twelve, eight at half price and four at the full one.
    for amount in ("Rp8.400", "Rp134.400"):
        assert (amount if language == "id" else amount.replace(".", ",")) in shown


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("charge --segment XYZ --month 2026-05", "--segment"),
        ("charge --month 2026-05", "--segment"),
        ("charge --segment BPU --month 2026-05", "--income"),
        ("charge --segment BPU --income 1000000", "--month"),
        ("charge --segment BPU --income 1000000 --month 2026-05 --payer self", "--sector"),
        ("charge --segment BPU --income 1000000 --month 2026-05 --sector other", "--payer"),
        ("charge --segment BPU --income 1000000 --month 2015-06", "2015-07"),
        ("charge --segment BPU --income 1000000 --month 2028-01", "2027-12"),
        ("charge --segment BPU --income 1000000 --month 2027-11 --months 3", "2027-12"),
        ("charge --segment BPU --income 1000000 --month 2021-05 --months 0", "--months"),
        ("charge --segment BPU --income 1000000 --month 2021-05 --months 99999999999", "--months"),
        ("charge --segment BPU --income 1000000 --month 2026-13", "2026-13"),
        ("charge --segment BPU --income 1000000 --month 2026-5", "2026-5"),
        ("charge --segment BPU --income -1 --month 2021-05", "--income"),
        ("charge --segment BPU --income 1000000.5 --month 2021-05", "--income"),
        ("charge --segment BPU --income 1.000.000 --month 2021-05", "--income"),
        ("charge --segment BPU --income 1e6 --month 2021-05", "--income"),
        ("charge --segment BPU --income 99999999999999 --month 2021-05", "--income"),
        ("charge --segment BPU --income " + "9" * 5000 + " --month 2021-05", "--income"),
        ("charge --segment BPU --income １000000 --month 2021-05", "--income"),
        ("charge --segment BPU --income 1000000 --month 2021-05 --programmes JP", "JP"),
        ("charge --segment BPU --income 1000000 --month 2021-05 --programmes JKX", "JKX"),
        ("charge --segment BPU --income 1000000 --month 2021-05 --programmes ,", "--programmes"),
        ("charge --segment BPU --income 1000000 --month 2021-05 --payer uncle", "uncle"),
        ("charge --segment BPU --income 1000000 --month 2021-05 --sector sea", "sea"),
        ("charge --segment BPU --wage 1000000 --month 2021-05", "--wage"),
        ("charge --segment PU --wage 5000000 --month 2021-05", "--jkk-class"),
        ("charge --segment PU --wage 5000000 --month 2021-05 --jkk-class 6", "--jkk-class"),
        ("charge --segment PU --wage 5000000 --month 2021-05 --jkk-class 0", "--jkk-class"),
        ("charge --segment PU --wage 5000000 --month 2021-05 --jkk-class 1 --scale giant", "giant"),
        ("charge --segment PU --wage 5000000 --month 2021-05 --jkk-class 1 --payer bank", "--payer"),
        ("charge --segment PU --wage 5000000 --month 2021-01 --programmes JKP", "JKP"),
        ("charge --segment PU --wage 0 --month 2021-05 --jkk-class 1", "--wage"),
        ("charge --segment JAKON --month 2021-05", "--contract-value"),
        ("charge --segment JAKON --contract-value 1 --wage 1 --month 2021-05", "--contract-value"),
        ("charge --segment JAKON --contract-value 1 --month 2021-05 --months 2", "--months"),
        ("charge --segment PMI --month 2024-05", "--contract-months"),
        ("charge --segment PMI --contract-months 0 --month 2024-05", "--contract-months"),
        ("charge --segment PMI --contract-months 24 --month 2024-05 --programmes JKK", "JKK"),
        ("show JKX --on 2025-03-01", "JKX"),
        ("show JKK", "--on"),
        ("show JKK --on 2025-02-30", "2025-02-30"),
        ("show JKK --on 2015-06-30", "2015-07"),
        ("diff 2025-01 2028-01", "2027-12"),
        ("diff 2025-01 yesterday", "yesterday"),
        ("diff 2025-01", "YYYY-MM"),
    ],
)
@pytest.mark.parametrize("language", ["id", "en"])
def test_a_slip_gets_one_clear_message_and_exit_code_2(
    capsys: pytest.CaptureFixture[str], words: str, says: str, language: str
) -> None:
    try:
        code = main(["law", *words.split(), "--lang", language])
    except SystemExit as end:
        code = int(str(end.code))
    shown = capsys.readouterr()
    assert code == 2
    assert says in shown.err
    assert shown.out == ""
    assert "Traceback" not in shown.err


def test_law_alone_lists_its_questions(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["law"]) == 2
    shown = capsys.readouterr().err
    assert all(f"  {name} " in shown for name in ("charge", "show", "diff"))


def test_show_names_values_sources_and_brackets(capsys: pytest.CaptureFixture[str]) -> None:
    said = asked(capsys, "law show JKK --on 2025-03-01")
    values = {one["name"]: one for one in said["values"]}
    assert len(values["bpu.brackets"]["rows"]) == 33
    assert values["pp-7-2025"]["valid_until"] == "2025-08-01"
    assert main(["law", "show", "JP", "--on", "2025-03-01"]) == 0
    assert "Rp10.547.400" in capsys.readouterr().out


def test_show_says_what_is_open_and_that_no_regulation_was_found(capsys: pytest.CaptureFixture[str]) -> None:
    said = asked(capsys, "law show JKK --on 2023-03-01 --lang en")
    values = {one["name"]: one for one in said["values"]}
    assert all(one["article"] and one["source"] and one["file"] for one in said["values"])
    assert values["jakon.grace"]["article"] == "no regulation found"
    assert "construction worker" in values["jakon.grace"]["open"]
    assert (values["kur.kecil"]["article"], values["kur.kecil"]["open"]) == ("Permenko 1/2023 Pasal 26(8)", None)
    assert main(["law", "show", "JKK", "--on", "2023-03-01", "--lang", "en"]) == 0
    shown = capsys.readouterr().out
    assert "PU: due day of the contribution = day 15 of the following month, since 2021-02-01" in shown
    assert "open: How long a construction worker" in shown


def test_diff_names_duties_and_days(capsys: pytest.CaptureFixture[str]) -> None:
    said = asked(capsys, "law diff 2020-07 2023-03 --lang en")
    changes = {(one["name"], one["change"]): one for one in said["changes"]}
    assert changes["kur.kecil", "changes"]["article"] == "Permenko 1/2023 Pasal 26(8)"
    assert changes["pu.due_day", "came_and_went"]["whom"] == "wage earners and their employers"
    assert not [one for one in said["changes"] if one["name"] == "holidays"]


def test_diff_says_what_changed_and_for_whom(capsys: pytest.CaptureFixture[str]) -> None:
    said = asked(capsys, "law diff 2025-01 2026-05")
    assert len(said["changes"]) == 6
    assert all(one["whom"] for one in said["changes"])
    assert main(["law", "diff", "2025-01", "2026-05", "--lang", "en"]) == 0
    assert "before: Rp10,042,300" in capsys.readouterr().out


def test_a_charge_loads_nothing_heavy() -> None:
    ask = (
        f"import sys\nfrom jangkau.cli import main\nmain({BORROWER.split()!r})\n"
        f"print('loaded:', *sorted(set(sys.modules) & set({HEAVY!r})))"
    )
    answer = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    assert answer.stdout.rsplit("loaded:", 1)[1].split() == []
