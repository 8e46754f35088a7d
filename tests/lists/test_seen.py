"""Numbers that come again in a file, held against a plain set."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jangkau.lists import seen as module
from jangkau.lists.seen import Seen, positions_repeated


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(st.integers(-3, 30), max_size=20), max_size=12))
def test_numbers_seen_before_are_known(batches: list[list[int]]) -> None:
    seen, plain = Seen(), set()
    for batch in batches:
        expected = []
        for number in batch:
            expected.append(number in plain and number != 0)
            plain.add(number)
        assert seen.again(np.array(batch, np.int64)).tolist() == expected


def test_many_numbers_outgrow_the_bitmap_and_the_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LONGEST_RUN", 20_000)
    random = np.random.default_rng(1)
    numbers = random.integers(-400_000, 400_000, 300_000)
    first = np.zeros(len(numbers), bool)
    first[np.unique(numbers, return_index=True)[1]] = True
    seen = Seen()
    found = np.concatenate([seen.again(batch) for batch in np.array_split(numbers, 60)])
    assert (found == (~first & (numbers != 0))).all()
    assert max(len(run) for run in seen._runs) <= 3 * 20_000


@settings(max_examples=200, deadline=None)
@given(numbers=st.lists(st.integers(-20, 20), max_size=40), chunk=st.integers(1, 50))
def test_positions_of_repeated_numbers_are_all_found(numbers: list[int], chunk: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_CHUNK", chunk)
        found = positions_repeated(numbers=np.array(numbers, np.int64))
    assert found.tolist() == [i for i, n in enumerate(numbers) if n and numbers.count(n) > 1]
