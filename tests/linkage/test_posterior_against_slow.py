"""The engine's probabilities against the slow ones, given the same weights."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from jangkau.complaints import Complaint
from jangkau.linkage.engine import Linkage
from jangkau.linkage.method import Method
from jangkau.linkage.posterior import one_to_one
from jangkau.linkage.weights import Patterns
from tests.linkage import slow, slow_posterior
from tests.linkage.folders import FIELDS, people
from tests.linkage.tables import FEBRL, INDONESIA, linked, method_of, tables
from tests.linkage.test_against_slow import NARROW

WHOLE = method_of(*FIELDS)


@cache
def invented() -> Linkage:
    """Three hundred people on both sides: enough to train on."""
    everybody = people(count=500)
    damaged = [row | {"nik": None} if k % 9 == 0 else row for k, row in enumerate(everybody[100:])]
    return linked(everybody[:400], damaged, WHOLE)


@st.composite
def patterns(draw: st.DrawFn, method: Method) -> tuple[list[int], int]:
    levels = [draw(st.sampled_from([*range(1, len(field.kind.levels) + 1), 9])) for field in method.fields]
    return levels, draw(st.integers(0, 11))


@settings(max_examples=300, deadline=None)
@given(drawn=patterns(WHOLE))
def test_any_pattern_has_the_odds_that_adding_up_by_hand_gives(drawn: tuple[list[int], int]) -> None:
    levels, rarity = drawn
    weights = invented().weights
    assert "training" not in weights.how
    pattern = Patterns(np.array([levels], np.uint8), np.array([rarity], np.uint8), np.ones(1))
    quick = float(weights.log_odds(patterns=pattern)[0])
    assert quick == pytest.approx(slow_posterior.log_odds(levels, rarity, weights, WHOLE), abs=1e-9)


@pytest.mark.parametrize("method", [INDONESIA, FEBRL, NARROW], ids=["indonesia", "febrl", "narrow"])
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_rows_compared_by_hand_have_the_same_probabilities(method: Method, data: st.DataObject) -> None:
    left, right = data.draw(tables(method))
    try:
        found = linked(left, right, method)
    except Complaint:
        assume(False)
    pairs = slow.search(left, right, found.method).pairs
    candidates = defaultdict(list)
    for a, b, p, ratio in zip(found.pairs.a, found.pairs.b, found.probability, found.ratio, strict=True):
        pair = pairs[int(a), int(b)]
        levels = [int(digit) for digit in str(pair.pattern)]
        odds = slow_posterior.log_odds(levels, pair.rarity, found.weights, found.method)
        assert float(p) == pytest.approx(1 / (1 + np.exp(-odds)), abs=1e-9)
        candidates[int(a)].append(float(ratio))
    rows = len(left) if right is None else len(right)
    expected = slow_posterior.presence(candidates, len(left), rows, found.captured)
    assert found.rows.probability.tolist() == pytest.approx(expected, abs=1e-6)


def test_every_pair_of_invented_people_has_the_odds_added_up_by_hand() -> None:
    found = invented()
    assert len(found.pairs) >= 300
    for levels, rarity, p in zip(found.patterns.levels, found.patterns.rarity, found.probability, strict=True):
        odds = slow_posterior.log_odds(levels.tolist(), int(rarity), found.weights, found.method)
        assert float(p) == pytest.approx(1 / (1 + np.exp(-odds)), abs=1e-9)


PAIR = st.tuples(st.integers(0, 5), st.integers(0, 5))


@settings(deadline=None)
@given(pairs=st.dictionaries(PAIR, st.floats(0.001, 1.0), max_size=14))
def test_one_to_one_chooses_as_taking_the_likeliest_by_hand_does(pairs: dict[tuple[int, int], float]) -> None:
    order = sorted(pairs)
    a, b = (np.array([pair[side] for pair in order], np.int64) for side in (0, 1))
    p, chosen = one_to_one(a=a, b=b, p=np.array([pairs[pair] for pair in order]))
    expected = slow_posterior.partners(pairs)
    took = {pair: float(one) for pair, one, yes in zip(order, p, chosen, strict=True) if yes}
    assert took == pytest.approx(expected, rel=1e-9)
