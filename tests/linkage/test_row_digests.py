"""Digests by which rows are known again: nothing that differs passes for the same."""

from __future__ import annotations

import itertools

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from jangkau.linkage.search import row_digests

_texts = st.lists(st.one_of(st.none(), st.text(max_size=40)), min_size=2, max_size=2)


def digest(*cells: str | None) -> int:
    (found,) = row_digests([pa.array([cell], pa.string()) for cell in cells]).tolist()
    return int(found)


def test_short_texts_null_and_the_empty_text_all_differ() -> None:
    texts = ["".join(one) for size in range(5) for one in itertools.product("ab\0", repeat=size)]
    texts += ["a" * size for size in range(5, 40)]
    found = row_digests([pa.array([None, *texts], pa.string())])
    assert len(set(found.tolist())) == len(texts) + 1


@given(one=_texts, other=_texts)
def test_rows_have_one_digest_when_they_say_the_same(one: list[str | None], other: list[str | None]) -> None:
    assert (digest(*one) == digest(*other)) == (one == other)


@given(rows=st.lists(st.text(max_size=20), min_size=1, max_size=6), start=st.integers(0, 5))
def test_a_digest_does_not_hang_on_where_a_row_stands(rows: list[str], start: int) -> None:
    sliced = pa.array(rows, pa.string())[min(start, len(rows) - 1) :]
    assert row_digests([sliced]).tolist() == [digest(text) for text in sliced.to_pylist()]


def test_a_text_that_moves_to_the_next_column_is_another_row() -> None:
    assert len({digest("ab", "c"), digest("a", "bc"), digest("", "abc"), digest("c", "ab")}) == 4
