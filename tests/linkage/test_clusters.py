"""Components with and without vetoes, held against a plain union-find."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from hypothesis import given, settings
from hypothesis import strategies as st

from jangkau.linkage.clusters import components, components_with_vetoes

Ints = npt.NDArray[np.int64]
SIZE = 12
NODES = st.integers(0, SIZE - 1)
EDGES = st.lists(st.tuples(NODES, NODES).filter(lambda edge: edge[0] != edge[1]), max_size=25)
PAIRS = st.frozensets(st.frozensets(NODES, min_size=2, max_size=2), max_size=6)


class UnionFind:
    """Groups joined one edge at a time."""

    def __init__(self, size: int) -> None:
        self.home = list(range(size))

    def of(self, node: int) -> int:
        while self.home[node] != node:
            node = self.home[node]
        return node

    def join(self, x: int, y: int) -> None:
        low, high = sorted((self.of(x), self.of(y)))
        self.home[high] = low

    def members(self, node: int) -> list[int]:
        return [other for other in range(len(self.home)) if self.of(other) == self.of(node)]

    def labels(self) -> list[int]:
        return [self.of(node) for node in range(len(self.home))]


def sides(edges: list[tuple[int, int]]) -> tuple[Ints, Ints]:
    return tuple(np.array([edge[side] for edge in edges], dtype=np.int64) for side in (0, 1))  # type: ignore[return-value]


def slow(edges: list[tuple[int, int]], strengths: list[float], vetoes: frozenset[frozenset[int]]) -> list[int]:
    """The strongest edge first; an edge that would bring two vetoed nodes together is left out."""
    groups = UnionFind(SIZE)
    for _, x, y in sorted((-strength, *edge) for edge, strength in zip(edges, strengths, strict=True)):
        if not any(frozenset((p, q)) in vetoes for p in groups.members(x) for q in groups.members(y)):
            groups.join(x, y)
    return groups.labels()


def vetoed_components(edges: list[tuple[int, int]], strengths: list[float], vetoes: frozenset[frozenset[int]]) -> Ints:
    a, b = sides(edges)
    return components_with_vetoes(
        size=SIZE,
        a=a,
        b=b,
        strength=np.array(strengths, dtype=float),
        suspect=lambda label: np.array(sorted({int(label[x]) for pair in vetoes for x in pair}), dtype=np.int64),
        vetoed=lambda x, y: frozenset((x, y)) in vetoes,
    )


@settings(deadline=None)
@given(EDGES)
def test_components_are_those_of_union_find(edges: list[tuple[int, int]]) -> None:
    groups = UnionFind(SIZE)
    for x, y in edges:
        groups.join(x, y)
    a, b = sides(edges)
    assert components(size=SIZE, a=a, b=b).tolist() == groups.labels()


@settings(max_examples=300, deadline=None)
@given(st.data(), EDGES, PAIRS)
def test_vetoes_leave_out_the_weaker_edges(
    data: st.DataObject, edges: list[tuple[int, int]], vetoes: frozenset[frozenset[int]]
) -> None:
    strengths = data.draw(st.lists(st.sampled_from([0.9, 0.95, 1.0, 2.0]), min_size=len(edges), max_size=len(edges)))
    label = vetoed_components(edges, strengths, vetoes)
    assert label.tolist() == slow(edges, strengths, vetoes)
    assert all(label[x] != label[y] for x, y in (sorted(pair) for pair in vetoes))


@settings(max_examples=100, deadline=None)
@given(st.data(), EDGES, PAIRS)
def test_the_order_of_edges_changes_nothing(
    data: st.DataObject, edges: list[tuple[int, int]], vetoes: frozenset[frozenset[int]]
) -> None:
    weighted = [(edge, 0.9 + 0.01 * (sum(edge) % 7)) for edge in edges]
    shuffled = data.draw(st.permutations(weighted))
    one, other = (
        vetoed_components([edge for edge, _ in order], [strength for _, strength in order], vetoes)
        for order in (weighted, shuffled)
    )
    assert one.tolist() == other.tolist()


def test_a_long_chain_is_one_component() -> None:
    a = np.arange(9_999, dtype=np.int64)[::-1].copy()
    assert components(size=10_000, a=a, b=a + 1).max() == 0


def test_no_nodes_are_no_components() -> None:
    none = np.array([], dtype=np.int64)
    assert components(size=0, a=none, b=none).tolist() == []
