"""The same person on several lists is one person: list rows brought together, with the doubt that is left."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from jangkau.gaps.pairs import Compared
from jangkau.linkage.clusters import components_with_vetoes
from jangkau.linkage.method import Method
from jangkau.linkage.weights import Weights

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Decided:
    """What reviewers settled: pairs of record ids that are, and that are not, one person."""

    same: tuple[tuple[int, int], ...] = ()
    different: tuple[tuple[int, int], ...] = ()


Numbers = npt.NDArray[np.uint64]


@dataclass(frozen=True)
class Vetoes:
    """What forbids two records to be one person: two valid NIKs far apart with two birth dates, two NIKs that the
    register knows under two names (twins have serials next to each other), or a reviewer's word.

    Arrays over records; 0 is not known. ``nik``: the digits of a valid NIK, four bits each; ``member``: a number for
    the name under which the register knows that very NIK; ``born``: yyyymmdd.
    A reviewer who called the two one person is believed against their NIKs, names and birth dates.
    """

    nik: Numbers
    member: Numbers
    born: Numbers
    forbidden: frozenset[frozenset[int]]
    agreed: frozenset[frozenset[int]]

    def between(self, x: int, y: int) -> bool:
        if self.forbidden or self.agreed:
            pair = frozenset((x, y))
            if pair in self.forbidden or pair in self.agreed:
                return pair in self.forbidden
        nik_x, nik_y, born_x, born_y = int(self.nik[x]), int(self.nik[y]), int(self.born[x]), int(self.born[y])
        two_niks = bool(nik_x and nik_y) and not _alike(nik_x, nik_y)
        two_births = bool(born_x and born_y) and born_x != born_y
        return (two_niks and two_births) or self._two_members(x, y)

    def _two_members(self, x: int, y: int) -> bool:
        both = bool(self.member[x]) and bool(self.member[y])
        return both and bool(self.nik[x] != self.nik[y]) and bool(self.member[x] != self.member[y])

    def suspect(self, label: Ints) -> Ints:
        """Components that may hold a veto: two valid NIKs and two birth dates or members, or a record a reviewer spoke
        of."""
        several = _several(label, self.nik) & (_several(label, self.born) | _several(label, self.member))
        found = set(np.flatnonzero(several).tolist())
        found |= {int(label[x]) for pair in self.forbidden for x in pair}
        return np.array(sorted(found), dtype=np.int64)


def _several(label: Ints, value: Numbers) -> npt.NDArray[np.bool_]:
    """By label: do its records know more than one value."""
    here = np.flatnonzero(value)
    least = np.full(len(label), np.iinfo(np.uint64).max, dtype=np.uint64)
    most = np.zeros(len(label), dtype=np.uint64)
    np.minimum.at(least, label[here], value[here])
    np.maximum.at(most, label[here], value[here])
    return least < most


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
    *, compared: Compared, weights: Weights, decided: Decided, without: tuple[int, ...] = ()
) -> Floats:
    """P(one person) for each compared pair; decided pairs are 0 or 1."""
    odds = weights.log_odds(patterns=compared.patterns, without=without)
    p = 1.0 / (1.0 + np.exp(-odds))
    p[compared.places(pairs=decided.same)] = 1.0
    p[compared.places(pairs=decided.different)] = 0.0
    return p


@dataclass(frozen=True)
class Known:
    """What the gathering must know of each record (arrays over all records; only list rows matter): is it a list row,
    does it say exactly the same as the one before, and what may forbid that two records are one person."""

    is_list: npt.NDArray[np.bool_]
    repeats: npt.NDArray[np.bool_]
    nik: Numbers
    member: Numbers
    born: Numbers


def gather(*, known: Known, method: Method, compared: Compared, weights: Weights, decided: Decided) -> Rows:
    """Bring list rows together into people; rows of equal content are one person by definition."""
    p = pair_probabilities(compared=compared, weights=weights, decided=decided)
    twin_b = np.flatnonzero(known.repeats)
    accepted = p >= method.high
    settled_a, settled_b = _settled(decided, known.is_list)
    a = np.concatenate([compared.a[accepted], twin_b - 1, settled_a]).astype(np.int64)
    b = np.concatenate([compared.b[accepted], twin_b, settled_b]).astype(np.int64)
    strength = np.concatenate([p[accepted], np.full(len(twin_b), 2.0), np.full(len(settled_a), 3.0)])
    forbidden, agreed = (frozenset(frozenset(pair) for pair in pairs) for pairs in (decided.different, decided.same))
    vetoes = Vetoes(known.nik, known.member, known.born, forbidden, agreed)
    person = components_with_vetoes(
        size=len(known.is_list), a=a, b=b, strength=strength, suspect=vetoes.suspect, vetoed=vetoes.between
    )
    between = _undecided(p, person[compared.a], person[compared.b], method)
    return Rows(known.is_list, person, p, compared.a[between], compared.b[between], p[between], vetoes)


def _undecided(p: Floats, left: Ints, right: Ints, method: Method) -> Ints:
    """Index of the likeliest undecided pair of rows for each two people."""
    found = np.flatnonzero((p > method.low) & (p < method.high) & (left != right))
    low, high = np.minimum(left, right)[found], np.maximum(left, right)[found]
    order = np.lexsort((found, -p[found], high, low))
    first = np.ones(len(order), dtype=bool)
    first[1:] = (low[order][1:] != low[order][:-1]) | (high[order][1:] != high[order][:-1])
    return found[order[first]]


def _settled(decided: Decided, is_list: npt.NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """Edges between list rows that a reviewer called one person, compared or not."""
    pairs = [(x, y) for x, y in decided.same if is_list[x] and is_list[y]]
    return np.array([x for x, _ in pairs], dtype=np.int64), np.array([y for _, y in pairs], dtype=np.int64)


def _alike(x: int, y: int) -> bool:
    """Two NIKs that one slip of the hand apart: at most two digits differ, or two neighbours are swapped."""
    unlike = x ^ y
    return sum((unlike >> shift) & 15 != 0 for shift in range(0, 64, 4)) <= 2


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
