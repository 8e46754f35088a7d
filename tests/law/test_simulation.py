"""A reform simulated: the same person priced by hand, people and money that add up, and clear refusals."""

from __future__ import annotations

import doctest
import json
import random
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import jangkau.law.incomes
from jangkau.cli import main
from jangkau.complaints import Complaint
from jangkau.law.charges import charges
from jangkau.law.facts import Facts
from jangkau.law.loading import law as the_law
from jangkau.law.reform import read_reform
from jangkau.law.reform_checks import overlaid
from jangkau.law.simulating import Outcome, simulate
from jangkau.law.simulation import Question

RELIEF = """
- relief: baru
  multiplier: "0"
  valid_from: 2026-04-01
  valid_until: 2027-01-01
  when: {new_borrower: true, months: 3}
  beside: instead
"""
SUBSIDY = """
- subsidy: jabar
  payer: apbd
  share: "0.5"
  valid_from: 2026-04-01
  valid_until: 2027-01-01
  when: {region: ["32"]}
"""
RATE = """
- change: bpu.JKK
  rate: "0.02"
  valid_from: 2026-04-01
  valid_until: null
"""


def _people(folder: Path, **columns: list[Any]) -> Path:
    rows = len(next(iter(columns.values())))
    whole: dict[str, list[Any]] = {"person_id": [f"p{n}" for n in range(rows)], "sector": ["other"] * rows, **columns}
    path = folder / "people.parquet"
    pq.write_table(pa.table(whole), path)
    return path


def _simulate(folder: Path, people: Path, reform: str, **more: Any) -> Outcome:
    path = folder / "reform.yaml"
    path.write_text(reform, encoding="utf-8")
    question = Question(people=people, reform=path, month=date(2026, 5, 1), **more)
    return simulate(question=question, out=folder / "out")


def _rows(outcome: Outcome) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(outcome.out / "people.parquet").to_pylist()
    return rows


def test_a_reform_that_meets_nobody_leaves_everybody_at_what_the_law_charges(tmp_path: Path) -> None:
    incomes = [0, 1_099_000, 1_099_500, 1_100_000, 20_199_000, 20_200_000, 999_999_999]
    people = _people(tmp_path, income=incomes, region=["3201"] * 7)
    outcome = _simulate(tmp_path, people, SUBSIDY.replace('"32"', '"11"'))
    for income, row in zip(incomes, _rows(outcome), strict=True):
        owed = charges(
            facts=Facts(segment="BPU", income=income, sector="other", payer="worker"), month=date(2026, 5, 1)
        )
        assert row["total_baseline"] == row["total_reform"] == owed.total
    assert outcome.summary["levels"]["middle"]["people"]["affected"] == 0


def test_another_rate_is_charged_at_the_law_s_base_with_the_law_s_relief(tmp_path: Path) -> None:
    outcome = _simulate(tmp_path, _people(tmp_path, income=[1_000_000]), RATE)
    assert [row["worker_reform"] for row in _rows(outcome)] == [10_000 + 3_400]
    assert outcome.summary["levels"]["middle"]["people"]["losers"] == 1


def test_three_months_for_new_borrowers_end_with_the_third(tmp_path: Path) -> None:
    agreed = [date(2026, 5, 31), date(2026, 3, 1), date(2026, 2, 28), date(2026, 6, 1)]
    people = _people(tmp_path, income=[1_000_000] * 4, new_borrower=[True] * 4, agreed=agreed)
    assert [row["worker_reform"] for row in _rows(_simulate(tmp_path, people, RELIEF))] == [0, 0, 8_400, 8_400]


def test_a_relief_after_the_law_s_own_is_taken_of_what_that_leaves(tmp_path: Path) -> None:
    reform = (
        RELIEF.replace('"0"', '"0.5"')
        .replace("instead", "after")
        .replace("  when: {new_borrower: true, months: 3}\n", "")
    )
    outcome = _simulate(tmp_path, _people(tmp_path, income=[1_000_000]), reform)
    assert [row["worker_reform"] for row in _rows(outcome)] == [2_500 + 1_700]


def test_a_subsidised_share_goes_by_the_law_of_who_pays_it(tmp_path: Path) -> None:
    outcome = _simulate(tmp_path, _people(tmp_path, income=[1_000_000], region=["32.01"]), SUBSIDY)
    sides = outcome.summary["levels"]["middle"]["sides"]
    assert sides["baseline"]["by_payer"] == {"worker": 8_400}
    # PP 50/2025 halves the worker's part and not the region's: half of 8,400 and half of 16,800.
    assert sides["reform"]["by_payer"] == {"apbd": 8_400, "worker": 4_200}


def test_money_of_a_village_is_not_settled_and_in_no_sum(tmp_path: Path) -> None:
    people = _people(tmp_path, income=[1_000_000] * 2, region=["3201", "1101"])
    middle = _simulate(tmp_path, people, SUBSIDY.replace("apbd", "village")).summary["levels"]["middle"]
    assert middle["people"]["unknown"] == 1
    assert middle["sides"]["reform"]["total"] == 8_400


def test_a_floor_lifts_what_is_below_it_only(tmp_path: Path) -> None:
    reform = "- floor: least\n  amount: 6000\n  programmes: [JKK]\n  valid_from: 2026-04-01\n  valid_until: null\n"
    people = _people(tmp_path, income=[1_000_000, 2_000_000])
    assert [row["worker_reform"] for row in _rows(_simulate(tmp_path, people, reform))] == [9_400, 13_400]


def test_a_floor_of_income_lets_less_count_as_that(tmp_path: Path) -> None:
    reform = "- floor: least\n  income: 2000000\n  valid_from: 2026-04-01\n  valid_until: null\n"
    people = _people(tmp_path, income=[1_000_000, 2_000_000])
    assert [row["worker_reform"] for row in _rows(_simulate(tmp_path, people, reform))] == [13_400, 13_400]


def test_wage_earners_are_priced_by_their_own_wage(tmp_path: Path) -> None:
    people = _people(tmp_path, income=[5_000_000], segment=["PU"], jkk_class=[1], scale=["small"])
    row = _rows(_simulate(tmp_path, people, RATE))[0]
    facts = Facts(segment="PU", wage=5_000_000, jkk_class=1, scale="small")
    assert row["total_reform"] == charges(facts=facts, month=date(2026, 5, 1)).total


def test_a_thousand_wages_are_priced_as_one_by_one_from_a_few_rates(tmp_path: Path) -> None:
    draw, month = random.Random(5), date(2026, 5, 1)
    ceilings = [5_000_000, 11_086_300, 12_000_000]
    wages = [1, *(one + more for one in ceilings for more in (-1, 0, 1))]
    wages += [draw.randrange(1, 30_000_000) for _ in range(1000)]
    classes = [draw.randint(1, 5) for _ in wages]
    reform = """
- change: pu.JP.ceiling
  amount: 12000000
  valid_from: 2026-04-01
  valid_until: 2027-01-01
- relief: half
  segments: [PU]
  programmes: [JKK, JKM]
  multiplier: "0.5"
  valid_from: 2026-04-01
  valid_until: 2027-01-01
"""
    people = _people(tmp_path, income=wages, segment=["PU"] * len(wages), jkk_class=classes)
    outcome = _simulate(tmp_path, people, reform)
    law = the_law()
    other = overlaid(law=law, measures=read_reform(path=tmp_path / "reform.yaml", law=law).measures)
    for wage, risk, row in zip(wages, classes, _rows(outcome), strict=True):
        facts = Facts(segment="PU", wage=wage, jkk_class=risk)
        before, after = charges(facts=facts, month=month), charges(facts=facts, month=month, law=other)
        assert (row["total_baseline"], row["total_reform"]) == (before.total, after.total), wage
        assert row["worker_change"] == after.by_payer["worker"] - before.by_payer["worker"]
    assert outcome.summary["combinations_priced"] == 5 * 4


def test_the_sum_of_payers_of_programmes_and_of_people_is_one_total(tmp_path: Path) -> None:
    people = _people(
        tmp_path,
        skema_kur=["mikro", "kecil", "super mikro"] * 5,
        plafon=[30_000_000, 200_000_000, 9_000_000] * 5,
        region=["3201", "1101", "9101"] * 5,
        payer=["self", "bank", "apbd", "self", "self"] * 3,
    )
    outcome = _simulate(tmp_path, people, SUBSIDY + RATE)
    for side in ("baseline", "reform"):
        said = outcome.summary["levels"]["middle"]["sides"][side]
        assert sum(said["by_payer"].values()) == sum(said["by_programme"].values()) == said["total"]
        assert sum(row[f"total_{side}"] for row in _rows(outcome)) == said["total"]
    assert outcome.summary["incomes"]["estimated"] == 15
    groups = pq.read_table(outcome.out / "groups.parquet").to_pylist()
    for dimension in ("all", "skema_kur", "region", "income_bracket"):
        assert sum(row["people"] for row in groups if row["dimension"] == dimension) == 15 * 3


def test_low_incomes_weigh_heavier_than_high_ones(tmp_path: Path) -> None:
    people = _people(tmp_path, skema_kur=["super_mikro"], plafon=[9_000_000])
    levels = _simulate(tmp_path, people, RATE).summary["levels"]
    burden = [levels[name]["sides"]["reform"]["burden"]["income"]["median"] for name in ("low", "middle", "high")]
    assert burden[0] > burden[1] > burden[2]


def test_a_table_of_incomes_takes_the_place_of_the_assumption(tmp_path: Path) -> None:
    (tmp_path / "incomes.csv").write_text("skema_kur,low,middle,high\nmikro,900000,1000000,1200000\n", encoding="utf-8")
    people = _people(tmp_path, skema_kur=["mikro"], plafon=[90_000_000])
    outcome = _simulate(tmp_path, people, RATE + "- incomes: incomes.csv\n  source: invented\n")
    assert [row["income"] for row in _rows(outcome)] == [1_000_000]
    assert outcome.summary["incomes"]["source"] == "invented"


def test_the_page_is_whole_and_asks_for_nothing(tmp_path: Path) -> None:
    outcome = _simulate(tmp_path, _people(tmp_path, income=[1_000_000] * 9, region=["3201"] * 9), SUBSIDY)
    page = (outcome.out / "report.html").read_text(encoding="utf-8")
    assert "Siapa membayar berapa" in page
    assert "Who pays how much" in page
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "")
    assert json.loads((outcome.out / "summary.json").read_text(encoding="utf-8")) == outcome.summary


def test_the_page_weighs_income_and_instalment_of_every_group(tmp_path: Path) -> None:
    people = _people(tmp_path, skema_kur=["mikro"] * 9, plafon=[30_000_000] * 9, region=["3201"] * 9)
    page = (_simulate(tmp_path, people, SUBSIDY).out / "report.html").read_text(encoding="utf-8")
    # Three groups (a type, a province, a bracket), median, 90th percentile and share above, of income and instalment.
    assert page.count('data-en="income: median"') == page.count('data-en="instalment: above 2%"') == 3
    # Rp16,400 under the law, Rp8,200 under the reform, of an instalment of Rp912,658.
    middle = page[page.index('id="kur"') : page.index('id="region"')]
    assert "1.80%" in middle
    assert "0.90%" in middle


def test_without_loans_the_page_weighs_income_alone(tmp_path: Path) -> None:
    people = _people(tmp_path, income=[1_000_000] * 9, region=["3201"] * 9)
    page = (_simulate(tmp_path, people, SUBSIDY).out / "report.html").read_text(encoding="utf-8")
    assert page.count('data-en="income: median"') == 3
    assert 'data-en="instalment:' not in page


def test_the_baseline_may_be_a_reform_too(tmp_path: Path) -> None:
    base = tmp_path / "base.yaml"
    base.write_text(RATE, encoding="utf-8")
    outcome = _simulate(tmp_path, _people(tmp_path, income=[1_000_000]), RATE, baseline=base)
    assert outcome.summary["levels"]["middle"]["people"]["affected"] == 0


def test_a_reform_that_is_not_in_force_in_the_month_is_said_to_be_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    people = _people(tmp_path, income=[1_000_000])
    (tmp_path / "r.yaml").write_text(RATE, encoding="utf-8")
    words = ["law", "simulate", f"{people}", f"{tmp_path / 'r.yaml'}", "--month", "2026-03", "--lang", "en"]
    assert main([*words, "--out", f"{tmp_path / 'out'}"]) == 0
    assert "Nothing of r.yaml is in force in 2026-03." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("columns", "reform", "said"),
    [
        ({"income": [1]}, SUBSIDY, "has no column region"),
        ({"income": [1]}, RELIEF, "has no column agreed"),
        ({"region": ["32"]}, SUBSIDY, "has no column income"),
        ({"income": [1, 1], "sector": ["other", None]}, RATE, "Row 2: sector is empty. The relief of PP 50/2025"),
        ({"income": [-1]}, RATE, "Row 1: an impossible income"),
        ({"income": [1.5]}, RATE, "Row 1: rupiah must be whole"),
        ({"income": ["many"]}, RATE, "Row 1: income cannot be read as a whole number"),
        ({"income": [1], "new_borrower": ["ya"]}, RATE, "Row 1: new_borrower cannot be read as true or false"),
        ({"income": [0], "segment": ["PU"], "jkk_class": [1]}, RATE, "Row 1: an impossible income"),
        ({"income": [1], "segment": ["PU"]}, RATE, "has no column jkk_class"),
        ({"income": [1, 1], "payer": ["self", "uncle"]}, RATE, "Row 2: payer must be one of"),
        ({"income": [1], "sector": ["casino"]}, RATE, "Row 1: a sector is not known"),
        ({"income": [1], "segment": ["PMI"]}, RATE, "Row 1: JAKON and PMI pay by contract"),
        ({"income": [1], "segment": ["TNI"]}, RATE, "Row 1: segment must be one of BPU, PU"),
    ],
)
def test_people_that_cannot_be_used_are_refused_and_nothing_is_written(
    tmp_path: Path, columns: dict[str, list[Any]], reform: str, said: str
) -> None:
    with pytest.raises(Complaint) as refused:
        _simulate(tmp_path, _people(tmp_path, **columns), reform)
    assert said in str(refused.value)
    assert not (tmp_path / "out").exists()


def test_the_examples_in_the_docstrings_are_right() -> None:
    outcome = doctest.testmod(jangkau.law.incomes)
    assert outcome.attempted
    assert not outcome.failed


def test_the_command_says_the_main_figures_and_where_the_report_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    people = _people(tmp_path, skema_kur=["mikro"], plafon=[30_000_000])
    (tmp_path / "r.yaml").write_text(RATE, encoding="utf-8")
    words = [
        "law",
        "simulate",
        str(people),
        str(tmp_path / "r.yaml"),
        "--month",
        "2026-05",
        "--out",
        str(tmp_path / "o"),
    ]
    assert main([*words, "--lang", "en"]) == 0
    said = capsys.readouterr().out
    assert "1 people, 2026-05: 1 affected, 0 pay less, 1 pay more." in said
    assert "estimates, no data" in said
    assert (tmp_path / "o" / "report.html").is_file()


@pytest.mark.parametrize("month", ["2015-06", "2028-01", "May"])
def test_a_month_outside_the_known_law_exits_with_2(tmp_path: Path, month: str) -> None:
    people = _people(tmp_path, income=[1])
    (tmp_path / "r.yaml").write_text(RATE, encoding="utf-8")
    words = ["law", "simulate", str(people), str(tmp_path / "r.yaml"), "--month", month, "--out", str(tmp_path / "o")]
    assert main(words) == 2


def test_three_hundred_people_are_priced_as_one_by_one(tmp_path: Path) -> None:
    draw = random.Random(4)
    many = 300
    rows: dict[str, list[Any]] = {
        "income": [draw.choice((draw.randrange(25_000_000), 1_099_500, 2_700_000)) for _ in range(many)],
        "sector": [draw.choice(("transportasi", "jasa")) for _ in range(many)],
        "payer": [draw.choice(("self", "bank", "apbn")) for _ in range(many)],
        "new_borrower": [draw.random() < 0.5 for _ in range(many)],
        "agreed": [date(2026, draw.randint(1, 6), 15) for _ in range(many)],
        "region": [draw.choice(("3201", "1101")) for _ in range(many)],
    }
    found = _rows(_simulate(tmp_path, _people(tmp_path, **rows), RELIEF + SUBSIDY))
    for place, row in enumerate(found):
        one = {name: values[place] for name, values in rows.items()}
        assert (row["worker_reform"], row["total_reform"]) == _by_hand(one), one


def _by_hand(one: dict[str, Any]) -> tuple[int, int]:
    """What the worker and everybody pay in May 2026 under RELIEF and SUBSIDY, without any of the simulation."""
    payer = "worker" if one["payer"] == "self" else one["payer"]
    free = one["new_borrower"] and 3 <= one["agreed"].month <= 5

    def owed(who: str) -> list[int]:
        sector = "transport" if one["sector"] == "transportasi" else "other"
        facts = Facts(segment="BPU", income=one["income"], sector=sector, payer=who)
        return [0 if free else charge.amount for charge in charges(facts=facts, month=date(2026, 5, 1)).charges]

    own = owed(payer)
    if payer != "worker":
        return 0, sum(own)
    if not one["region"].startswith("32"):
        return sum(own), sum(own)
    left = sum(amount - (amount + 1) // 2 for amount in own)
    return left, left + sum((amount + 1) // 2 for amount in owed("apbd"))


def test_a_relief_may_be_for_wage_earners(tmp_path: Path) -> None:
    reform = RELIEF.replace("  when: {new_borrower: true, months: 3}\n", "  segments: [PU]\n  programmes: [JHT]\n")
    people = _people(tmp_path, income=[5_000_000] * 2, segment=["PU", "BPU"], jkk_class=[1, 1], scale=["small"] * 2)
    rows = _rows(_simulate(tmp_path, people, reform))
    assert [row["total_baseline"] - row["total_reform"] for row in rows] == [285_000, 0]
