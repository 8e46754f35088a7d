"""A reform file refused with file and line: what is not there, what overlaps the law, what overlaps itself."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from jangkau.complaints import Complaint
from jangkau.law.loading import law
from jangkau.law.reform import Reform, read_reform

PERIOD = "  valid_from: 2026-04-01\n  valid_until: 2027-01-01\n"
RATE = '- change: bpu.JKK\n  rate: "0.02"\n' + PERIOD
RELIEF = '- relief: a\n  multiplier: "0.5"\n' + PERIOD
SUBSIDY = '- subsidy: a\n  payer: apbd\n  share: "0.5"\n' + PERIOD


def _read(folder: Path, text: str) -> Reform:
    path = folder / "reform.yaml"
    path.write_text(text, encoding="utf-8")
    return read_reform(path=path, law=law())


def test_a_reform_is_read_as_it_is_written(tmp_path: Path) -> None:
    read = _read(tmp_path, "- reform: {id: Coba, en: Try}\n" + RATE + '- thresholds: {income: "0.03"}\n')
    assert read.title.en == "Try"
    assert [one.id for one in read.measures] == ["bpu.JKK"]
    assert read.thresholds == {"income": Decimal("0.03")}


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (RATE.replace("bpu.JKK", "bpu.JKX"), 1, "no value bpu.JKX"),
        (RATE.replace("bpu.JKK", "jakon.JKK"), 1, "a simulation prices BPU and PU"),
        (RATE.replace('"0.02"', "0.02"), 1, "must be a number in quotes"),
        (RATE.replace("2026-04-01", "2014-04-01"), 1, "The law is known from"),
        (RATE.replace("2027-01-01", "2026-01-01"), 1, "ends before it begins"),
        (RATE + "  colour: red\n", 1, "Not known: 'colour'"),
        (RATE + RATE, 5, "can meet the same person"),
        (RELIEF, 1, "overlaps PP 50/2025"),
        (RELIEF + "  programmes: [JP]\n", 1, "BPU has no JP"),
        (RELIEF + "  beside: beneath\n", 1, "must be instead or after"),
        (SUBSIDY + SUBSIDY.replace("subsidy: a", "subsidy: b"), 6, "no order is stated"),
        (SUBSIDY.replace("apbd", "uncle"), 1, "no payer uncle"),
        (SUBSIDY + '  when: {region: ["99"]}\n', 6, "no region '99'"),
        (SUBSIDY + "  when: {skema_kur: [raksasa]}\n", 6, "there is no raksasa"),
        (SUBSIDY + "  when: {shoe_size: 44}\n", 6, "Not known: 'shoe_size'"),
        ("- floor: a\n" + PERIOD, 1, "a floor has an amount or an income"),
        ("- tax: a\n", 1, "a block is one of"),
        ("- reform: {id: A, en: B}\n", 1, "changes nothing"),
        ("- incomes: none.csv\n  source: x\n", 1, "none.csv cannot be read"),
        ("reform\n", 1, "must be a list of blocks"),
        (
            "- change: pu.JP.ceiling\n  amount: 9\n  valid_from: 2024-01-01\n  valid_until: 2026-01-01\n",
            1,
            "a new value from",
        ),
    ],
)
def test_a_bad_reform_is_refused_where_it_is_bad(tmp_path: Path, text: str, line: int, said: str) -> None:
    with pytest.raises(Complaint) as refused:
        _read(tmp_path, text)
    assert refused.value.where == f"reform.yaml:{line}"
    assert said.lower() in str(refused.value).lower()


@pytest.mark.parametrize(
    "text",
    [
        RELIEF + "  beside: after\n",
        SUBSIDY + "  order: 1\n" + SUBSIDY.replace("subsidy: a", "subsidy: b") + "  order: 2\n",
        SUBSIDY
        + '  when: {region: ["32"]}\n'
        + SUBSIDY.replace("subsidy: a", "subsidy: b")
        + '  when: {region: ["3301"]}\n',
        SUBSIDY
        + "  when: {plafon_up_to: 9}\n"
        + SUBSIDY.replace("subsidy: a", "subsidy: b")
        + "  when: {plafon_above: 9}\n",
    ],
)
def test_what_says_its_order_or_meets_other_people_is_read(tmp_path: Path, text: str) -> None:
    assert _read(tmp_path, text).measures


def test_brackets_with_a_hole_are_refused(tmp_path: Path) -> None:
    rows = "[{from: 0, to: 1000, base: 1}, {from: 9000, to: null, base: 2}]"
    with pytest.raises(Complaint, match=r"."):
        _read(tmp_path, f"- change: bpu.brackets\n  brackets: {rows}\n{PERIOD}")
