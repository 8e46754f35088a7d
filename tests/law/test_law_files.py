"""Every file of the law, and each kind of slip: refused, always in one way, with the file and the line of the block."""

from __future__ import annotations

import random
import re
import shutil
from importlib.resources import files
from pathlib import Path

import pytest

from jangkau.complaints import Complaint
from jangkau.law.citations import UNSEEN
from jangkau.law.loading import RATES, law, load
from jangkau.law.months import KNOWN_FROM, KNOWN_UNTIL
from jangkau.law.rules import FILES
from jangkau.law.values import SEGMENTS, Rule

SHIPPED = Path(str(files("jangkau.law")))
RATE_FILES = tuple(f"rates/{name}.yaml" for name in RATES)
FOLDERS = ("instruments", "rates", "duties")
DATED = (*RATE_FILES, *FILES)
RELIEFS = ("rates/reliefs.yaml", "rates/deferrals.yaml")
EARLY = """
- id: uu-3-1992
  name: "UU 3/1992"
  title: "An act that ended before the law that is known here begins"
  signed: null
  in_force: 1992-01-01
  ended: 2015-06-01
  amends: []
  ends: []
  published: "only in this test"
  verified: false
"""
BLOCK = re.compile(r"^( *)- (?:\{?valid_from|segment|limit|instrument|relief|deferral|id)\b", re.MULTILINE)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in FOLDERS:
        shutil.copytree(SHIPPED / name, tmp_path / name)
    return tmp_path


def refusal(folder: Path) -> Complaint:
    with pytest.raises(Complaint) as caught:
        load(folder=folder)
    assert caught.value.what.en == "The law file is refused."
    assert caught.value.why.id != caught.value.why.en
    return caught.value


def line_of(text: str, place: int) -> int:
    return text[:place].count("\n") + 1


def slipped(folder: Path, name: str, pattern: str, instead: str) -> tuple[int, int]:
    """Change the first match in a file; the line of the block that holds it, and the line of the match."""
    path = folder / name
    text = path.read_text(encoding="utf-8")
    found = re.search(pattern, text, re.MULTILINE)
    assert found is not None, f"{name} has no {pattern}"
    path.write_text(text[: found.start()] + instead + text[found.end() :], encoding="utf-8")
    begins = [line_of(text, one.start()) for one in BLOCK.finditer(text) if one.start() <= found.start()]
    return begins[-1], line_of(text, found.start())


def refused_within(complaint: Complaint, name: str, lines: tuple[int, int]) -> None:
    file, line = complaint.where.rsplit(":", 1)
    assert file == f"law/{name}"
    assert lines[0] <= int(line) <= lines[1]


SLIPS = [
    (r',? *\bsource: "[^"]*"', "", "There is no 'source'"),
    (r'source: "[^"]*"', 'source: " "', "'source' is empty"),
    (r"instrument: [a-z][a-z0-9-]+", "instrument: uu-1-1945", "There is no regulation uu-1-1945"),
    (r"instrument: [a-z]+-[a-z0-9-]+", "instrument: uu-3-1992", "ends on 2015-06-01|before the regulation only"),
    (r"verified: (true|false)", "verified: perhaps", "'verified' must be true or false"),
    (r"\bverified: (true|false)", "verifed: true", "Not known: 'verifed'"),
    (r"valid_from: [0-9-]+", "valid_from: soon", "'valid_from' must be a date"),
    (r'article: "[^"]*"', 'article: "tentang iuran"', "names no number of an article"),
    (r'article: "[^"]*"', f'article: "UU 3/1992 ({UNSEEN})"', "UU 3/1992 is cited"),
]
# No regulation was found for any payment period, so there is no citation to get wrong.
UNCITED = "rates/payment_periods.yaml"


@pytest.mark.parametrize(
    ("name", "pattern", "instead", "says"),
    [
        (name, *slip)
        for name in (*DATED, *RELIEFS)
        for slip in SLIPS
        if name != UNCITED or not ("article" in slip[0] or "3-1992" in slip[1])
    ],
)
def test_a_slip_of_any_kind_in_any_file_is_refused_with_its_line(
    folder: Path, name: str, pattern: str, instead: str, says: str
) -> None:
    with (folder / "instruments" / "regulations.yaml").open("a", encoding="utf-8") as regulations:
        regulations.write(EARLY)
    lines = slipped(folder, name, pattern, instead)
    complaint = refusal(folder)
    assert re.search(says, complaint.why.en)
    refused_within(complaint, name, lines)


@pytest.mark.parametrize("name", ["duties", "holidays", "jp_ceilings", "regulations"])
@pytest.mark.parametrize(
    ("pattern", "instead", "says"),
    [
        (r"  published: .*\n", "", "There is no 'published'"),
        (r"name: .*", 'name: ""', "'name' is empty"),
        (r"in_force: [0-9-]+", "in_force: soon", "'in_force' must be a date"),
        (r"signed: [a-z0-9-]+", "signed: 2027-01-01", "in force before it is signed"),
        (r"ended: [a-z0-9-]+", "ended: 2001-01-01", "ends before it begins"),
        (r"ends: \[", "ends: [uu-1-1945, ", "There is no regulation uu-1-1945"),
        (r"verified: (true|false)", "verifed: true", "Not known: 'verifed'"),
    ],
)
def test_a_slip_in_a_regulation_is_refused_with_its_line(
    folder: Path, name: str, pattern: str, instead: str, says: str
) -> None:
    lines = slipped(folder, f"instruments/{name}.yaml", pattern, instead)
    complaint = refusal(folder)
    assert says in complaint.why.en
    refused_within(complaint, f"instruments/{name}.yaml", lines)


@pytest.mark.parametrize("name", DATED)
def test_a_first_day_too_late_is_a_hole(folder: Path, name: str) -> None:
    begins = re.search(r"valid_from: ([0-9-]+)", (folder / name).read_text(encoding="utf-8"))
    assert begins is not None
    lines = slipped(folder, name, begins[0], f"valid_from: {begins[1][:-2]}09")
    complaint = refusal(folder)
    assert f"there is no value from {begins[1]} to {begins[1][:-2]}08" in complaint.why.en
    refused_within(complaint, name, lines)


@pytest.mark.parametrize("name", DATED)
def test_a_last_day_too_early_is_a_hole(folder: Path, name: str) -> None:
    lines = slipped(folder, name, "valid_until: null", "valid_until: 2027-12-31")
    complaint = refusal(folder)
    assert "there is no value from 2027-12-31 to 2027-12-31" in complaint.why.en
    refused_within(complaint, name, lines)


@pytest.mark.parametrize("name", DATED)
def test_a_block_that_stands_twice_is_two_values_for_one_day(folder: Path, name: str) -> None:
    text = (folder / name).read_text(encoding="utf-8")
    begin = BLOCK.search(text)
    assert begin is not None
    rest = text[text.index("\n", begin.start()) + 1 :]
    ended = re.search(rf"^(?! {{{len(begin[1]) + 1}}}|$)", rest, re.MULTILINE)
    own = text[begin.start() : len(text) - len(rest) + (ended.start() if ended else len(rest))]
    (folder / name).write_text(text.replace(own, own.rstrip("\n") + "\n" + own, 1), encoding="utf-8")
    complaint = refusal(folder)
    assert "two values are in force" in complaint.why.en
    again = line_of(text, begin.start()) + own.rstrip("\n").count("\n") + 1
    assert complaint.where == f"law/{name}:{again}"


@pytest.mark.parametrize("name", DATED)
def test_a_block_without_an_end_is_refused(folder: Path, name: str) -> None:
    lines = slipped(folder, name, r"valid_until: [0-9a-z-]+,?", "")
    complaint = refusal(folder)
    assert "There is no 'valid_until'" in complaint.why.en
    refused_within(complaint, name, lines)


@pytest.mark.parametrize("name", [name for name, series in FILES.items() if series[-1].startswith("pmi.")])
def test_a_segment_without_a_block_is_refused(folder: Path, name: str) -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index("- segment: PMI")], encoding="utf-8")
    complaint = refusal(folder)
    assert "there is no value at all" in complaint.why.en
    assert complaint.where == f"law/{name}:1"


@pytest.mark.parametrize(
    ("name", "pattern", "instead", "says"),
    [
        ("rates/due_days.yaml", "day: 15", "day: 32", "'day' must be a number from 1 to 31"),
        ("rates/due_days.yaml", "day: 15", "day: null", "What is unknown needs a question"),
        ("rates/due_days.yaml", "segment: PU", "segment: TKI", "There is no segment TKI"),
        ("rates/late_penalties.yaml", 'rate: "0.02"', 'rate: "0.0201"', "0.0201 has more digits than the law"),
        ("rates/late_penalties.yaml", 'rate: "0.02"', "rate: 0.02", "must be a number in quotes"),
        ("rates/late_penalties.yaml", 'rate: "0.02"', 'rate: "2"', "between 0 and 1"),
        ("rates/grace.yaml", "months: 3", "months: -3", "'months' must be a number from 0 to 120"),
        ("rates/grace.yaml", "  verified: false", "  verified: true", "What is read back is not verified"),
        (
            "rates/grace.yaml",
            "  read_back: true\n",
            "",
            "is cited for 2015-07-01, but is in force from 2022-07-01 only",
        ),
        ("rates/grace.yaml", "valid_until: 2022-07-01", "valid_until: 2022-08-01", "two values are in force"),
        ("rates/payment_periods.yaml", r"months: \[1, 3", "months: [3, 1", "'months' must be numbers that rise"),
        ("rates/payment_periods.yaml", r"  publication: .*\n", "", "'instrument' is empty"),
        ("rates/eligibility.yaml", "age: 17", "age: 170", "'age' must be a number from 0 to 120"),
        ("rates/eligibility.yaml", "limit: youngest", "limit: tallest", "There is no limit tallest"),
        ("rates/eligibility.yaml", "pattern: '[^']*'", "pattern: ''", "'pattern' is empty"),
        ("rates/holidays.yaml", "2020-01-25", "2021-01-25", "must be dates that rise"),
        ("rates/holidays.yaml", "2020-12-24, 2020-12-31", "2020-12-24, 2021-01-02", "2021-01-02 is outside its year"),
        ("rates/holidays.yaml", "2020-10-28, 2020-10-30", "2020-10-28, 2020-10-29", "2020-10-29 is written twice"),
        ("rates/holidays.yaml", r"\[skb-2021-1, ", "[skb-2021-3, ", "There is no regulation skb-2021-3"),
        ("duties/general.yaml", r"compulsory: \[JKK", "compulsory: [JKN", "there is no JKN"),
        ("duties/kur.yaml", "duty: may\n", "duty: shall\n", "kecil: shall is no duty"),
        ("duties/kur.yaml", '      article: "pertimbangan huruf b"\n', "", "kecil: the duty 'may' cites no article"),
        ("duties/kur.yaml", "    mikro: ", "    tani: ", "tani is no type of KUR"),
        ("duties/kur.yaml", "above: 0, up_to: 25000000", "above: 25000000, up_to: 0", "end before they begin"),
        ("duties/kur.yaml", "certain_from: 2023-02-06", "certain_from: 2025-02-06", "outside the time in force"),
        ("duties/kur.yaml", "types: {}", "types: 1", "'types' must hold types of KUR"),
    ],
)
def test_what_a_rule_cannot_say_is_refused_with_its_line(
    folder: Path, name: str, pattern: str, instead: str, says: str
) -> None:
    slipped(folder, name, pattern, instead)
    complaint = refusal(folder)
    assert says in complaint.why.en
    assert re.fullmatch(rf"law/{name}:\d+", complaint.where)


def all_rules() -> list[Rule]:
    """Every value and rule of the law that ships."""
    values = [value for series in law().series.values() for value in series.values]
    return [*values, *(rule for rules in law().rules.values() for rule in rules)]


def test_what_ships_is_verified_only_where_it_is_known_and_rests_on_something() -> None:
    for rule in all_rules():
        open_ = getattr(rule, "unknown", None) or (getattr(rule, "question", None) and not hasattr(rule, "types"))
        assert not (rule.verified and (open_ or rule.read_back))
        assert rule.instrument or rule.publication or open_ or (hasattr(rule, "types") and not rule.types)


def test_every_series_reaches_from_the_first_day_to_the_last() -> None:
    assert {name for names in FILES.values() for name in names} == law().rules.keys()
    for rules in law().rules.values():
        assert rules[0].valid_from == KNOWN_FROM
        assert rules[-1].valid_until is None or rules[-1].valid_until >= KNOWN_UNTIL
    assert {name.split(".")[0].upper() for name in law().rules if name.endswith(".grace")} == set(SEGMENTS)


ODD = ("null", "[]", "{}", "-1", "x", "1.5", "true", "2026-02-30", "[null]", "[[a]]", "{a: 1}")
FIELD = re.compile(r"""(?<=[ {,-])[a-z_]+: ("[^"]*"|\{[^{}]*\}|\[[^]]*\]|[^,{}\n\[\]"']+)""")


def test_whatever_is_written_in_a_field_is_taken_or_refused_with_its_line(folder: Path) -> None:
    draw = random.Random(4)
    refused = 0
    for path in draw.choices(sorted(folder.glob("*/*.yaml")), k=200):
        text = path.read_text(encoding="utf-8")
        field = draw.choice(list(FIELD.finditer(text)))
        path.write_text(text[: field.start(1)] + draw.choice(ODD) + text[field.end(1) :], encoding="utf-8")
        try:
            load(folder=folder)
        except Complaint as complaint:
            refused += 1
            assert re.fullmatch(rf"law/(?:{'|'.join(FOLDERS)})/[a-z_]+\.yaml:\d+", complaint.where), complaint.where
        path.write_text(text, encoding="utf-8")
    assert refused > 100
