"""Weights: a pair's odds by hand, rates found again in simulated pairs, and data too small to say anything."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jangkau.linkage.first.engine import FIELDS, Compared, compare, weights_for
from jangkau.linkage.first.method import LEVELS, MISSING, Method
from jangkau.linkage.first.records import LIST, REGISTER
from jangkau.linkage.first.weights import TWIN, TWINS, Patterns, Rarity, Weights, estimate

from .sheet import BUDI, MARIA, SITI, Row, prepared

Bytes = npt.NDArray[np.uint8]
FAR = max(LEVELS["nik"])
CLASSES = np.arange(16)
RARITY = Rarity(10 ** (-CLASSES / 2), 10 ** (-CLASSES / 4), np.where((CLASSES >= 4) & (CLASSES < 10), 1 / 6, 0.0))
M = {
    "nik": (0.93, 0.02, 0.01, 0.005, 0.035),
    "name": (0.84, 0.08, 0.04, 0.02, 0.01, 0.01),
    "born": (0.93, 0.01, 0.03, 0.01, 0.01, 0.01),
    "sex": (0.99, 0.01),
    "region": (0.85, 0.10, 0.05),
    "phone": (0.50, 0.50),
}
U = {
    "name": (0.0, 5e-4, 5e-4, 2e-3, 1.7e-2, 0.98),
    "born": (1e-4, 5e-5, 6e-3, 2e-2, 2.385e-2, 0.95),
    "sex": (0.5, 0.5),
    "region": (0.05, 0.20, 0.75),
    "phone": (0.0, 1.0),
}
LEFT = RIGHT = 2_000
MATCHES = 1_500


def none() -> Patterns:
    return Patterns(**dict.fromkeys(FIELDS, np.zeros(0, np.uint8)))


def patterns_of(**levels: list[int]) -> Patterns:
    """Patterns with these levels; a field not named is missing."""
    size = len(next(iter(levels.values())))
    columns = {field: levels.get(field, [0 if field == "rarity" else MISSING] * size) for field in FIELDS}
    return Patterns(**{field: np.array(column, dtype=np.uint8) for field, column in columns.items()})


def joined(*parts: Patterns) -> Patterns:
    return Patterns(**{field: np.concatenate([getattr(part, field) for part in parts]) for field in FIELDS})


def chosen(patterns: Patterns, mask: npt.NDArray[np.bool_]) -> Patterns:
    return Patterns(**{field: getattr(patterns, field)[mask] for field in FIELDS})


def learned(
    patterns: Patterns, random: Patterns, *, comparable: float = 1.0, all_pairs: float = LEFT * RIGHT
) -> Weights:
    return estimate(
        patterns=patterns,
        random=random,
        neighbours=np.zeros(len(patterns), dtype=bool),
        rarity=RARITY,
        all_pairs=all_pairs,
        comparable=comparable,
        most=float(min(LEFT, RIGHT)),
        iterations=60,
    )


def levels(rng: np.random.Generator, shares: tuple[float, ...], size: int) -> Bytes:
    return rng.choice(np.arange(1, len(shares) + 1), size=size, p=np.array(shares) / sum(shares)).astype(np.uint8)


def matches(rng: np.random.Generator, size: int) -> Patterns:
    """Pairs that are one person, fields independent."""
    drawn = {field: levels(rng, shares, size) for field, shares in M.items()}
    return Patterns(**drawn, rarity=rng.choice(16, size=size, p=RARITY.share).astype(np.uint8))


def strangers(rng: np.random.Generator, size: int) -> Patterns:
    """Pairs that are two people. Few share a whole name: the rarer, the fewer."""
    drawn = {field: levels(rng, shares, size) for field, shares in U.items()}
    sharing = RARITY.share * RARITY.whole
    same_name = rng.random(size) < sharing.sum()
    rarity = np.where(
        same_name, rng.choice(16, size=size, p=sharing / sharing.sum()), rng.choice(16, size=size, p=RARITY.share)
    )
    name = np.where(same_name, 1, drawn.pop("name")).astype(np.uint8)
    return Patterns(**drawn, name=name, nik=np.full(size, FAR, np.uint8), rarity=rarity.astype(np.uint8))


def compared_pairs(patterns: Patterns) -> Patterns:
    """Those that some key would bring together."""
    p = patterns
    near = (p.nik <= 2) | ((p.born <= 2) & ((p.name <= 5) | (p.region == 1))) | ((p.name == 1) & (p.region == 1))
    return chosen(p, near)


@pytest.fixture(scope="module")
def simulated() -> tuple[Patterns, Patterns, float]:
    """Candidates among 4 million pairs, random pairs, and how many candidates are matches."""
    rng = np.random.default_rng(7)
    true = compared_pairs(matches(rng, MATCHES))
    others = compared_pairs(strangers(rng, LEFT * RIGHT - MATCHES))
    return joined(true, others), strangers(rng, 200_000), float(len(true))


@pytest.fixture(scope="module")
def weights(simulated: tuple[Patterns, Patterns, float]) -> Weights:
    return learned(*simulated[:2])


def test_rates_are_found_again(simulated: tuple[Patterns, Patterns, float]) -> None:
    candidates, random, _ = simulated
    weights = learned(candidates, random)
    for field, shares in M.items():
        assert weights.m[field][1 : len(shares) + 1] == pytest.approx(shares, abs=0.025), field
    for field in ("sex", "region", "born"):
        assert weights.u[field][1 : len(U[field]) + 1] == pytest.approx(U[field], abs=0.005), field


def test_probabilities_add_up_to_the_matches(simulated: tuple[Patterns, Patterns, float]) -> None:
    candidates, random, true = simulated
    for comparable in (1.0, 0.0):  # counted on equal NIKs; by EM
        odds = learned(candidates, random, comparable=comparable).log_odds(patterns=candidates)
        assert float(np.sum(1 / (1 + np.exp(-odds)))) == pytest.approx(true, rel=0.03)


def test_the_number_of_matches_is_found(simulated: tuple[Patterns, Patterns, float]) -> None:
    candidates, random, _ = simulated
    assert learned(candidates, random).matching_pairs == pytest.approx(MATCHES, rel=0.04)


def test_the_number_of_matches_is_found_where_half_the_niks_are_missing(
    simulated: tuple[Patterns, Patterns, float],
) -> None:
    candidates, random, _ = simulated
    gone = np.random.default_rng(3).random(len(candidates)) < 0.5
    half = replace(candidates, nik=np.where(gone, MISSING, candidates.nik).astype(np.uint8))
    assert learned(half, random, comparable=0.5).matching_pairs == pytest.approx(MATCHES, rel=0.08)


def test_many_namesakes_of_one_birthday_make_both_say_less(simulated: tuple[Patterns, Patterns, float]) -> None:
    candidates, random, _ = simulated
    namesakes = patterns_of(nik=[FAR] * 400, name=[1] * 400, rarity=[6] * 400, born=[1] * 400)
    pair = patterns_of(name=[1], rarity=[6], born=[1])
    usual, warned = (
        learned(pairs, random).log_odds(patterns=pair)[0] for pairs in (candidates, joined(candidates, namesakes))
    )
    assert warned < usual - math.log(10)


def test_expectation_and_maximisation_come_to_rest(simulated: tuple[Patterns, Patterns, float]) -> None:
    """Where EM counts the matches, their number is the sum of the probabilities, equal patterns counted each time."""
    candidates, random, _ = simulated
    weights = learned(candidates, random, comparable=0.0)
    total = float(np.sum(1 / (1 + np.exp(-weights.log_odds(patterns=candidates)))))
    assert weights.matching_pairs == pytest.approx(total, rel=1e-4)


def test_order_of_pairs_changes_nothing(simulated: tuple[Patterns, Patterns, float]) -> None:
    candidates, random, _ = simulated
    turned = Patterns(**{field: getattr(candidates, field)[::-1].copy() for field in FIELDS})
    one, other = (learned(pairs, random, comparable=0.0) for pairs in (candidates, turned))
    assert one.log_odds(patterns=candidates).tolist() == other.log_odds(patterns=candidates).tolist()


@settings(max_examples=200, deadline=None)
@given(st.fixed_dictionaries({f: st.sampled_from([*LEVELS[f], MISSING]) for f in LEVELS}), st.integers(0, 11))
def test_the_odds_of_a_pair_are_prior_and_one_ratio_a_field(
    weights: Weights, level: dict[str, int], rarity: int
) -> None:
    pattern = patterns_of(rarity=[rarity], **{field: [value] for field, value in level.items()})
    assert weights.log_odds(patterns=pattern)[0] == pytest.approx(slow_odds(weights, level, rarity), abs=1e-9)
    without = slow_odds(weights, level, rarity, without="nik")
    assert weights.log_odds(patterns=pattern, without=("nik",))[0] == pytest.approx(without, abs=1e-9)


def slow_odds(weights: Weights, level: dict[str, int], rarity: int, without: str = "") -> float:
    """Prior odds, and what each field adds, with the dependences docs/explanation/linkage.md names."""
    total = math.log(weights.matching_pairs / (weights.all_pairs - weights.matching_pairs))
    near_niks = level["nik"] in (2, 3, 4)
    context = {1: 0, 2: 1, 3: 1, 4: 2, 5: 2, 6: 3, MISSING: 4}[level["born"]]
    for field, value in level.items():
        if field == without or value == MISSING:
            continue
        if field == "nik":
            total += weights.nik[value, context]
        elif field == "name" and value >= 3 and level["region"] == 1:
            total += weights.neighbours[value]
        elif field == "name":
            total += weights.name_by_rarity[value, rarity]
            total -= weights.namesakes[rarity] if (value, level["born"]) == (1, 1) else 0
        elif field in ("sex", "region") and near_niks:
            total += weights.near[field][value]
        else:
            total += math.log(weights.m[field][value] / weights.u[field][value])
    if level["born"] == 1 and level["nik"] != 1:
        total = -math.log(math.exp(-total) + math.exp(-slow_odds_against_twins(weights, level, without)))
    return float(total)


def slow_odds_against_twins(weights: Weights, level: dict[str, int], without: str) -> float:
    """One person, as often as rows have a match, against twins, who come in so many a hundred and look like this."""
    odds = weights.matching_pairs / weights.most / TWINS
    for field, shares in TWIN.items():
        if field != without and level[field] != MISSING:
            odds *= weights.m[field][level[field]] / shares[level[field] - 1]
    return math.log(odds)


def test_twins_with_neighbouring_serials_are_two() -> None:
    """On a list of twenty, where a birth date in common would otherwise say that two are one."""
    weights = learned(none(), none(), all_pairs=190.0)
    twins = patterns_of(nik=[3, 3, 5], name=[5, 4, 5], born=[1] * 3, sex=[1] * 3, region=[1] * 3, rarity=[5] * 3)
    assert np.all(weights.log_odds(patterns=twins) < math.log(0.1))


def test_with_no_data_beliefs_speak() -> None:
    """Agreement speaks for one person, disagreement against; what is missing says nothing."""
    weights = learned(none(), none())
    prior = weights.prior_log_odds
    for field, values in LEVELS.items():
        best, worst = weights.log_odds(patterns=patterns_of(rarity=[6, 6], **{field: [min(values), max(values)]}))
        assert best > prior > worst, field
    assert weights.log_odds(patterns=patterns_of(nik=[MISSING]))[0] == prior


def test_a_rare_name_says_more_than_a_common_one() -> None:
    weights = learned(none(), none())
    odds = weights.log_odds(patterns=patterns_of(name=[1] * 12, rarity=list(range(12))))
    assert np.all(np.diff(odds) > 0)


def test_a_neighbouring_serial_says_little_once_the_birth_date_is_known() -> None:
    """NIKs of one district and day differ in the serial alone."""
    weights = learned(none(), none())
    prior = weights.log_odds(patterns=patterns_of(born=[1, 6]))
    with_nik = weights.log_odds(patterns=patterns_of(born=[1, 6], nik=[3, 3]))
    same_day, other_day = (with_nik - prior).tolist()
    assert other_day > same_day + math.log(100)


TINY: dict[str, tuple[list[Row], list[Row]]] = {
    "one row and one row": ([BUDI], [BUDI]),
    "two strangers": ([BUDI], [MARIA]),
    "no NIK at all": ([replace(row, nik=None) for row in (BUDI, SITI)], [replace(BUDI, nik=None)]),
    "no NIK in the register": ([BUDI, SITI], [replace(BUDI, nik=None), replace(MARIA, nik=None)]),
    "all names equal": ([replace(row, name="BUDI") for row in (BUDI, SITI, MARIA)], [replace(MARIA, name="BUDI")]),
    "no names": ([replace(row, name=None) for row in (BUDI, SITI)], [replace(BUDI, name=None)]),
    "names without letters": ([replace(row, name="-") for row in (BUDI, SITI)], [replace(BUDI, name=".")]),
    "one NIK for everybody": ([replace(row, nik=BUDI.nik) for row in (BUDI, SITI, MARIA)], [BUDI, SITI]),
    "rows that say nothing": ([Row()] * 3, [Row()] * 2),
    "an empty register": ([BUDI, SITI], []),
    "empty lists": ([], [BUDI]),
    "nothing": ([], []),
    "one person on every row": ([BUDI] * 5, [BUDI] * 5),
}


@pytest.mark.parametrize("right", [LIST, REGISTER])
@pytest.mark.parametrize("kind", TINY)
def test_data_may_be_as_small_as_they_like(
    connection: duckdb.DuckDBPyConnection, folder: Path, method: Method, kind: str, right: int
) -> None:
    written, register = TINY[kind]
    prepared(connection, folder, method, [written], register)
    compared = compare(connection=connection, method=method, right=right)
    weights = weights_for(connection=connection, method=method, compared=compared, right=right)
    assert np.all(np.isfinite(weights.log_odds(patterns=compared.patterns)))
    assert math.isfinite(weights.prior_log_odds)
    grid = patterns_of(**{field: [*LEVELS[field], MISSING] + [MISSING] * (6 - len(LEVELS[field])) for field in LEVELS})
    assert np.all(np.isfinite(weights.log_odds(patterns=grid)))


def crowd(size: int) -> list[Row]:
    """People with NIKs and names of their own; two and two share birth date and region."""
    names = [
        f"{chr(65 + n % 26)}{'AEIU'[n % 4]}{chr(66 + n // 26)}AN {'BCDFG'[n % 5]}UNG{chr(65 + n % 7)}"
        for n in range(size)
    ]
    births = [date(1950 + n // 2 % 50, 1 + n // 2 % 12, 1 + n // 2 % 28) for n in range(size)]
    return [
        Row(f"127201{born:%d%m%y}{n * 37 % 9999 + 1:04d}", name, born, "day", "L", "1272")
        for n, (name, born) in enumerate(zip(names, births, strict=True))
    ]


def odds_of(connection: duckdb.DuckDBPyConnection, method: Method, right: int) -> tuple[Compared, Weights]:
    compared = compare(connection=connection, method=method, right=right)
    return compared, weights_for(connection=connection, method=method, compared=compared, right=right)


def test_the_same_person_is_likelier_than_anybody_else(
    connection: duckdb.DuckDBPyConnection, folder: Path, method: Method
) -> None:
    people = crowd(60)
    prepared(connection, folder, method, [people[:40]], people)
    compared, weights = odds_of(connection, method, REGISTER)
    odds = weights.log_odds(patterns=compared.patterns)
    same = compared.patterns.nik == 1
    assert int(same.sum()) == 40
    assert int((~same).sum()) >= 40
    assert odds[same].min() > math.log(9)
    assert odds[~same].max() < math.log(1 / 9)


SPOILT: dict[str, Callable[[Row], Row]] = {
    "a digit of the NIK": lambda row: replace(row, nik=(row.nik or "")[:-1] + "0"),
    "no NIK": lambda row: replace(row, nik=None),
    "another name": lambda row: replace(row, name="XAVER QUIRIN"),
    "a birth date of another year": lambda row: replace(row, born=date(1962, 2, 2)),
}


@pytest.mark.parametrize("error", SPOILT)
def test_one_error_does_not_hide_a_person(
    connection: duckdb.DuckDBPyConnection, folder: Path, method: Method, error: str
) -> None:
    people = crowd(60)
    prepared(connection, folder, method, [[SPOILT[error](people[2]), *people[3:40]]], people)
    compared, weights = odds_of(connection, method, REGISTER)
    odds = weights.log_odds(patterns=compared.patterns)
    rid = _rid(connection, LIST, 2), _rid(connection, REGISTER, 4)
    found = odds[(compared.a == rid[0]) & (compared.b == rid[1])]
    assert found.size == 1
    assert found[0] > 0


def _rid(connection: duckdb.DuckDBPyConnection, side: int, line: int) -> int:
    (rid,) = connection.execute("SELECT rid FROM record WHERE side = ? AND line = ?", [side, line]).fetchone() or (-1,)
    return int(rid)


def test_threads_change_nothing(folder: Path, method: Method) -> None:
    people = crowd(120)
    odds = []
    for threads in (1, 2):
        with duckdb.connect(config={"threads": threads}) as connection:
            prepared(connection, folder, method, [people[:80]], people[20:])
            compared, weights = odds_of(connection, method, REGISTER)
            odds.append(
                (compared.a.tolist(), compared.b.tolist(), weights.log_odds(patterns=compared.patterns).tolist())
            )
    assert odds[0] == odds[1]
