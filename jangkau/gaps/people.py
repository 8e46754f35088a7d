"""The same person on several lists is one person: list rows brought together, with the doubt that is left."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

import duckdb
import numpy as np
import numpy.typing as npt

from jangkau.linkage.clusters import components_with_vetoes
from jangkau.linkage.first.engine import Compared
from jangkau.linkage.first.method import Method
from jangkau.linkage.first.records import LIST, REGISTER
from jangkau.linkage.first.weights import Weights

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Decided:
    """What reviewers settled: pairs of record ids that are, and that are not, one person."""

    same: tuple[tuple[int, int], ...] = ()
    different: tuple[tuple[int, int], ...] = ()


NO_BIRTH = -(10**9)


@dataclass(frozen=True)
class Vetoes:
    """What forbids two records to be one person: two valid NIKs far apart with two birth dates, two NIKs that the
    register knows under two names (twins have serials next to each other), or a reviewer's word.

    ``member`` is the name under which the register knows the very NIK, "" where it does not know the two together.
    A reviewer who called the two one person is believed against their NIKs, names and birth dates.
    """

    nik: npt.NDArray[np.object_]
    member: npt.NDArray[np.object_]
    born: Ints
    forbidden: frozenset[frozenset[int]]
    agreed: frozenset[frozenset[int]]

    def between(self, x: int, y: int) -> bool:
        if self.forbidden or self.agreed:
            pair = frozenset((x, y))
            if pair in self.forbidden or pair in self.agreed:
                return pair in self.forbidden
        two_niks = bool(self.nik[x]) and bool(self.nik[y]) and not _alike(str(self.nik[x]), str(self.nik[y]))
        two_births = self.born[x] != NO_BIRTH and self.born[y] != NO_BIRTH and self.born[x] != self.born[y]
        return (two_niks and two_births) or self._two_members(x, y)

    def _two_members(self, x: int, y: int) -> bool:
        both = bool(self.member[x]) and bool(self.member[y])
        return both and self.nik[x] != self.nik[y] and self.member[x] != self.member[y]

    def suspect(self, label: Ints) -> Ints:
        """Components that may hold a veto: two valid NIKs and two birth dates or members, or a record a reviewer spoke
        of."""
        order = np.argsort(label, kind="stable")
        grouped = label[order]
        niks: dict[int, set[str]] = defaultdict(set)
        births: dict[int, set[int]] = defaultdict(set)
        members: dict[int, set[str]] = defaultdict(set)
        for place in np.flatnonzero(np.bincount(label, minlength=len(label))[grouped] > 1).tolist():
            row, component = int(order[place]), int(grouped[place])
            if self.nik[row]:
                niks[component].add(str(self.nik[row]))
            if self.born[row] != NO_BIRTH:
                births[component].add(int(self.born[row]))
            if self.member[row]:
                members[component].add(str(self.member[row]))
        found = {c for c, values in niks.items() if len(values) > 1 and max(len(births[c]), len(members[c])) > 1}
        found |= {int(label[x]) for pair in self.forbidden for x in pair}
        return np.array(sorted(found), dtype=np.int64)


@dataclass(frozen=True)
class Rows:
    """The list rows by record id (arrays over all records; only list rows matter) and the person each belongs to."""

    is_list: npt.NDArray[np.bool_]
    person: Ints
    pair_probability: Floats
    undecided_a: Ints
    undecided_b: Ints
    undecided_p: Floats
    vetoes: Vetoes


def pair_probabilities(
    *, compared: Compared, weights: Weights, decided: Decided, without: tuple[str, ...] = ()
) -> Floats:
    """P(one person) for each compared pair; decided pairs are 0 or 1."""
    odds = weights.log_odds(patterns=compared.patterns, without=without)
    p = 1.0 / (1.0 + np.exp(-odds))
    p[compared.places(pairs=decided.same)] = 1.0
    p[compared.places(pairs=decided.different)] = 0.0
    return p


def gather(
    *, connection: duckdb.DuckDBPyConnection, method: Method, compared: Compared, weights: Weights, decided: Decided
) -> Rows:
    """Bring list rows together into people; rows of equal content are one person by definition."""
    columns = connection.execute(
        "SELECT side, nik_valid, r.nik, born, born_to_the_day, dense_rank() OVER (ORDER BY ref) - 1 AS content, "
        "CASE WHEN k.nik IS NULL THEN '' ELSE r.words END AS member FROM record AS r LEFT JOIN "
        f"(SELECT DISTINCT nik, words FROM record WHERE side = {REGISTER} AND nik_valid) AS k "
        "ON r.nik = k.nik AND r.words = k.words ORDER BY rid"
    ).fetchnumpy()
    size = len(columns["side"])
    is_list = np.asarray(columns["side"]) == LIST
    p = pair_probabilities(compared=compared, weights=weights, decided=decided)
    twin_a, twin_b = _equal_content(np.asarray(columns["content"]), is_list)
    accepted = p >= method.high
    settled_a, settled_b = _settled(decided, is_list)
    a = np.concatenate([compared.a[accepted], twin_a, settled_a]).astype(np.int64)
    b = np.concatenate([compared.b[accepted], twin_b, settled_b]).astype(np.int64)
    strength = np.concatenate([p[accepted], np.full(len(twin_a), 2.0), np.full(len(settled_a), 3.0)])
    vetoes = _vetoes(columns, decided)
    person = components_with_vetoes(
        size=size, a=a, b=b, strength=strength, suspect=vetoes.suspect, vetoed=vetoes.between
    )
    between = _undecided(p, person[compared.a], person[compared.b], method)
    return Rows(
        is_list,
        person,
        p,
        compared.a[between].astype(np.int64),
        compared.b[between].astype(np.int64),
        p[between],
        vetoes,
    )


def _undecided(p: Floats, left: Ints, right: Ints, method: Method) -> Ints:
    """Index of the likeliest undecided pair of rows for each two people."""
    found = np.flatnonzero((p > method.low) & (p < method.high) & (left != right))
    low, high = np.minimum(left, right)[found], np.maximum(left, right)[found]
    order = np.lexsort((found, -p[found], high, low))
    first = np.ones(len(order), dtype=bool)
    first[1:] = (low[order][1:] != low[order][:-1]) | (high[order][1:] != high[order][:-1])
    return found[order[first]]


def _equal_content(content: Ints, is_list: npt.NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """Edges between list rows that say exactly the same; such rows stand next to each other by record id."""
    same = (content[1:] == content[:-1]) & is_list[1:] & is_list[:-1]
    left = np.flatnonzero(same)
    return left, left + 1


def _settled(decided: Decided, is_list: npt.NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """Edges between list rows that a reviewer called one person, compared or not."""
    pairs = [(x, y) for x, y in decided.same if is_list[x] and is_list[y]]
    return np.array([x for x, _ in pairs], dtype=np.int64), np.array([y for _, y in pairs], dtype=np.int64)


def _vetoes(columns: dict[str, npt.NDArray[np.object_]], decided: Decided) -> Vetoes:
    valid = np.asarray(np.ma.filled(columns["nik_valid"], False), dtype=bool)
    nik = np.where(valid, np.ma.filled(columns["nik"], ""), "")
    days = np.ma.getdata(columns["born"]).astype("datetime64[D]").astype(np.int64)
    born = np.where(np.ma.getmaskarray(columns["born"]) | ~_to_the_day(columns), NO_BIRTH, days)
    forbidden, agreed = (frozenset(frozenset(pair) for pair in pairs) for pairs in (decided.different, decided.same))
    return Vetoes(nik, np.where(valid, columns["member"], ""), born, forbidden, agreed)


def _to_the_day(columns: dict[str, npt.NDArray[np.object_]]) -> npt.NDArray[np.bool_]:
    return np.asarray(np.ma.filled(columns["born_to_the_day"], False), dtype=bool)


def _alike(x: str, y: str) -> bool:
    """Two NIKs that one slip of the hand apart: at most two digits differ, or two neighbours are swapped."""
    return len(x) == len(y) and sum(c != d for c, d in zip(x, y, strict=True)) <= 2


def joined_through_register(*, rows: Rows, person: Ints, member: Ints) -> Rows:
    """People who are certainly the same member are one person; ``person`` and ``member`` are such certain links."""
    order = np.lexsort((person, member))
    person, member = person[order], member[order]
    same = np.flatnonzero(member[1:] == member[:-1])
    a, b = person[same], person[same + 1]
    # people are named by the smallest record id among their rows, so an edge between names is an edge between rows
    edges_a = np.concatenate([np.arange(len(rows.person), dtype=np.int64), a])
    edges_b = np.concatenate([rows.person, b])
    strength = np.concatenate([np.full(len(rows.person), 2.0), np.ones(len(a))])
    label = components_with_vetoes(
        size=len(rows.person),
        a=edges_a,
        b=edges_b,
        strength=strength,
        suspect=rows.vetoes.suspect,
        vetoed=rows.vetoes.between,
    )
    apart = label[rows.undecided_a] != label[rows.undecided_b]
    return replace(
        rows,
        person=label,
        undecided_a=rows.undecided_a[apart],
        undecided_b=rows.undecided_b[apart],
        undecided_p=rows.undecided_p[apart],
    )
