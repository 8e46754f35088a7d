"""The law that ships is whole, and a law file with a slip is refused with file and line."""

from __future__ import annotations

import shutil
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest
import yaml

from jangkau.complaints import Complaint
from jangkau.law.loading import RATES, law, load
from jangkau.law.rules import FILES

SHIPPED = Path(str(files("jangkau.law")))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("instruments", "rates", "duties"):
        shutil.copytree(SHIPPED / name, tmp_path / name)
    return tmp_path


def changed(folder: Path, name: str, old: str, new: str) -> int:
    """Replace the first ``old`` in a file and say on which line it stood."""
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def refusal(folder: Path) -> Complaint:
    with pytest.raises(Complaint) as caught:
        load(folder=folder)
    assert caught.value.why.id != caught.value.why.en
    return caught.value


def test_the_law_that_ships_is_whole() -> None:
    assert load(folder=SHIPPED).series.keys() == law().series.keys()


def test_every_file_is_read() -> None:
    there = {f"{path.parent.name}/{path.name}" for kind in ("rates", "duties") for path in (SHIPPED / kind).iterdir()}
    read = {*(f"rates/{name}.yaml" for name in (*RATES, "reliefs", "deferrals")), *FILES}
    assert {name for name in there if name.endswith(".yaml")} == read


def test_the_lines_are_those_of_the_file() -> None:
    for series in law().series.values():
        line = (SHIPPED.parent / series.place.file).read_text(encoding="utf-8").splitlines()[series.place.line - 1]
        assert line == f"- series: {series.id}"


@pytest.mark.parametrize(
    ("name", "old", "new", "says", "off"),
    [
        ("rates/jp.yaml", "valid_until: 2016-03-01", "valid_until: 2016-04-01", "two values are in force", 5),
        ("rates/jp.yaml", "valid_until: 2016-03-01", "valid_until: 2016-02-01", "no value from 2016-02-01", 5),
        ("rates/jp.yaml", "valid_until: 2027-03-01", "valid_until: 2027-03-02", "two values are in force", 5),
        ("rates/bpu.yaml", "valid_from: 2015-07-01", "valid_from: 2016-01-01", "no value from 2015-07-01", 0),
        ("rates/pu.yaml", "valid_until: null", "valid_until: 2027-12-01", "no value from 2027-12-01", 0),
        ("rates/pu.yaml", ', source: "radiodms', ', sauce: "radiodms', "Not known: 'sauce'", 0),
        ("rates/pu.yaml", "verified: true, source", "verified: maybe, source", "'verified' must be", 0),
        ("rates/pu.yaml", "instrument: pp-44-2015", "instrument: pp-4-2015", "no regulation pp-4-2015", 0),
        ("rates/pu.yaml", 'rate: "0.0024"', 'rate: "0.00241"', "0.00241 has more digits than the law (4", 0),
        ("rates/pu.yaml", 'rate: "0.0024"', "rate: 0.0024", "must be a number in quotes", 0),
        ("rates/pu.yaml", 'rate: "0.0024"', 'rate: "2.4"', "between 0 and 1", 0),
        ("rates/bpu.yaml", "amount: 6800", "amount: 6800.5", "must be whole rupiah", 0),
        ("rates/jkp.yaml", "pp-37-2021", "pp-6-2025", "in force from 2025-02-07 only", 0),
        ("rates/jp.yaml", "jp-ceiling-2016", "jp-ceiling-2018", "in force from 2018-03-01 only", -3),
        ("rates/jp.yaml", "jp-ceiling-2017", "jp-ceiling-2016", "ends on 2017-03-01", -3),
        ("rates/reliefs.yaml", "{sector: other}", "{sector: transport}", "no order is stated", -10),
        ("rates/reliefs.yaml", "when: {sector: other}", "order: 1", "no order is stated", -10),
        ("rates/reliefs.yaml", 'multiplier: "0.5"', 'multiplier: "0.55"', "has more digits", -5),
        ("rates/reliefs.yaml", "valid_from: 2020-08-01", "valid_from: 2020-07-01", "in force from 2020-08-01 only", -8),
        ("rates/programmes.yaml", "[JKK, JKM]", "[JKK, JKN]", "there is no JKN", 0),
        ("instruments/regulations.yaml", "ended: 2023-02-22", "ended: 2023-02-01", "ends on 2023-02-01", None),
        ("instruments/regulations.yaml", "amends: [pp-44-2015]", "amends: [pp-44]", "no regulation pp-44", -6),
    ],
)
def test_a_slip_is_refused_with_file_and_line(
    folder: Path, name: str, old: str, new: str, says: str, off: int | None
) -> None:
    line = changed(folder, name, old, new)
    complaint = refusal(folder)
    assert says in complaint.why.en
    file, number = complaint.where.rsplit(":", 1)
    assert file == f"law/{name}" or off is None
    if off is not None:
        assert abs(int(number) - line - off) <= 1


def test_a_missing_source_is_refused(folder: Path) -> None:
    path = folder / "rates" / "pu.yaml"
    text = path.read_text(encoding="utf-8")
    start = text.index(', source: "radiodms')
    path.write_text(text[:start] + text[text.index("}", start) :], encoding="utf-8")
    assert "There is no 'source'" in refusal(folder).why.en


def test_an_empty_source_is_refused(folder: Path) -> None:
    path = folder / "rates" / "jp.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('source: "krishandsoftware.com/blog/300"', 'source: " "', 1), encoding="utf-8")
    assert "'source' is empty" in refusal(folder).why.en


def test_two_reliefs_with_an_order_are_accepted_and_the_lower_is_used(folder: Path) -> None:

    from jangkau.law.charges import Facts, charges

    path = folder / "rates" / "reliefs.yaml"
    blocks = yaml.safe_load(path.read_text(encoding="utf-8"))
    one = next(block for block in blocks if block["relief"] == "pp-50-2025-other")
    blocks.append({**one, "relief": "another", "cite": "Another", "multiplier": "0.2", "order": 1})
    one["order"] = 2
    path.write_text(yaml.safe_dump(blocks, sort_keys=False), encoding="utf-8")
    facts = Facts("BPU", income=1_000_000, sector="other", payer="worker")
    owed = charges(facts=facts, month=date(2026, 5, 1), law=load(folder=folder))
    assert [(charge.amount, charge.relief) for charge in owed.charges] == [(2000, "Another"), (1360, "Another")]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("from: 1100000", "from: 1099000", "1 and 2 overlap"),
        ("from: 1100000", "from: 1100001", "a hole between brackets 1 and 2"),
        ("base: 1200000", "base: 900000", "Bracket 2 is out of order"),
        ("to: null", "to: 99000000", "no upper limit"),
        ("from: 0", "from: 1", "begin at 0"),
    ],
)
def test_a_slip_in_the_brackets_is_refused(folder: Path, old: str, new: str, says: str) -> None:
    changed(folder, "rates/bpu.yaml", old, new)
    assert says in refusal(folder).why.en


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("- series: a\n  series: b\n", 1, "written twice"),
        ("- series: [\n", 2, "cannot be read as YAML"),
        ("series: a\n", 1, "a list of blocks"),
        ("", 1, "a list of blocks"),
        ("- {series: x, valid_from: 2026-02-30}\n", 1, "a date that does not exist"),
    ],
)
def test_what_is_no_list_of_blocks_is_refused(folder: Path, text: str, line: int, says: str) -> None:
    (folder / "rates" / "pu.yaml").write_text(text, encoding="utf-8")
    complaint = refusal(folder)
    assert says in complaint.why.en
    assert complaint.where == f"law/rates/pu.yaml:{line}"


def test_a_regulation_may_be_cited_from_the_first_day_that_it_reaches_back_to() -> None:
    assert law().instruments["pp-49-2020"].reaches_from == date(2020, 8, 1)
