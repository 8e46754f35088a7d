"""The compiled search against the slow one: the same pairs, with the same patterns, for every kind of field."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from jangkau.complaints import Complaint
from jangkau.linkage import search
from jangkau.linkage.method import Method
from tests.linkage import slow
from tests.linkage.tables import FEBRL, INDONESIA, method_of, searched, tables

NARROW = method_of(
    {"name": "ibu", "kind": "person_name", "levels": [1, 2, [4, 3], [5, 6]]},
    {"name": "nama", "kind": "person_name"},
    {"name": "lahir", "kind": "date", "levels": [1, 2, 3, 4, [5, 6]]},
    {"name": "sex", "kind": "sex"},
    {"name": "alamat", "kind": "text", "levels": [1, [2, 3], 4]},
    {"name": "pos", "kind": "code", "levels": [[1, 2], [3, 4]], "m": 0.9, "u": [0.001, 0.009, 0.09, 0.9]},
    largest_block=3,
    random_pairs=50,
    blocks=[["nama.first"], ["nama.last"], ["ibu"], ["lahir.year"], ["lahir.month_day", "sex"], ["lahir.year_day"]],
)
CLOSE = 1e-3
"""Sums of beliefs are of 32 bits in the search: so near to the limit, either answer is right."""


@pytest.mark.parametrize("method", [INDONESIA, FEBRL, NARROW], ids=["indonesia", "febrl", "narrow"])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_the_search_finds_what_comparing_all_rows_finds(method: Method, data: st.DataObject) -> None:
    left, right = data.draw(tables(method))
    try:
        ready, found = searched(left, right, method)
    except Complaint:  # no field left to block on
        assume(False)
    expected = slow.search(left, right, ready.method)
    kept = found.kept
    quick = {
        (int(a), int(b)): (int(pattern), int(blocks))
        for a, b, pattern, blocks in zip(kept.a, kept.b, kept.pattern, kept.blocks, strict=True)
    }
    assert len(quick) == len(kept)
    sure = {at: (p.pattern, p.blocks) for at, p in expected.pairs.items() if p.score > expected.least + CLOSE}
    near = {at: (p.pattern, p.blocks) for at, p in expected.pairs.items() if p.score > expected.least - CLOSE}
    assert sure.items() <= quick.items() <= near.items()
    assert found.pairs_by_block == expected.by_block(len(ready.method.blocks))
    assert sum(found.tally.values()) == len(expected.pairs)


@pytest.mark.parametrize("method", [INDONESIA, FEBRL, NARROW], ids=["indonesia", "febrl", "narrow"])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data(), least=st.floats(-10, 25, width=32))
def test_sifting_loses_no_pair_that_a_full_comparison_keeps(method: Method, data: st.DataObject, least: float) -> None:
    left, right = data.draw(tables(method))
    try:
        ready, _ = searched(left, right, method)
    except Complaint:
        assume(False)
    searcher = ready.searcher(right_rows=len(left), same=True)
    searcher = replace(searcher, belief=replace(searcher.belief, least=np.float32(least)))
    lines = ready.side.lines
    sifted, in_full = (
        searcher.batch(lines=lines, first=0, counted=np.full(len(lines), counted)) for counted in (False, True)
    )
    for one, other in zip(sifted[:5], in_full[:5], strict=True):
        assert one.tolist() == other.tolist()
    assert not sifted[6].any()


def test_of_long_names_only_the_beginnings_are_compared() -> None:
    head = "SUTANDIWIJAYAKUSUMANINGRATHADIPRANATASASTRODIKROMOSURYANEGARABUMIAJI"
    someone = {"nik": None, "lahir": "1990-02-03", "sex": "L", "wilayah": "1273", "hp": None}
    left: list[slow.Row] = [someone | {"nama": head + "QRSXVZ" * 5}]
    right: list[slow.Row] = [someone | {"nama": head + "KLMNOPT" * 6}]
    ready, found = searched(left, right, INDONESIA)
    expected = slow.search(left, right, ready.method)
    assert found.kept.pattern.tolist() == [p.pattern for p in expected.pairs.values()] == [3111]


def test_what_a_pair_must_reach_follows_from_the_larger_side() -> None:
    sizes = [float(search.belief(method=FEBRL, left_rows=5, right_rows=n).least) for n in (1, 8, 1_000_000)]
    assert sizes == pytest.approx([3 * 0.693147 - 7, 4 * 0.693147 - 7, 20 * 0.693147 - 7], abs=1e-4)


def test_a_row_without_any_of_the_columns_of_a_name_keeps_its_place() -> None:
    someone = {"ssn": "x", "postcode": "x", "address": "x", "given": "x", "surname": "x", "born": "1990-02-03"}
    nobody = someone | {"given": None, "surname": None}
    left: list[slow.Row] = [nobody, someone | {"given": "SITI"}, someone | {"given": "BUDI"}]
    ready, _ = searched(left, None, FEBRL)
    assert bytes(ready.side.lines.heap).startswith(b"SITI KSBUDI KS")
    assert (ready.side.lines.words[:, ready.shape.name] != 0).tolist() == [False, True, True]
