"""Each person against the register: all his rows together, every KPJ of one member taken as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt

from jangkau.gaps.pairs import NAME, NIK, Compared, Comparer
from jangkau.gaps.people import Decided, Rows
from jangkau.linkage.clusters import components
from jangkau.linkage.method import Method
from jangkau.linkage.weights import FAR, Patterns, Weights

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
OWNED = 100.0
"""Odds from which a person with a member's NIK is taken to be that member."""
ANOTHER_NIK = 0.005
"""Chance granted that two people whom the linkage of lists kept apart are one person with two NIKs."""
NEGLIGIBLE = 1e-4
"""Pairs of rows less likely than this do not bring a person and a member together for comparison."""


@dataclass(frozen=True)
class Matches:
    """People against members; arrays of one length, ordered by (person, member).

    ``probability`` sums to at most 1 over a person. ``alone`` is the same with the NIK left out of the search and of
    the comparison. ``levels`` are the best levels over the person's rows. ``record`` is the register record that
    carries the link.
    """

    person: Ints
    member: Ints
    record: Ints
    probability: Floats
    alone: Floats
    levels: Patterns


def members(*, connection: duckdb.DuckDBPyConnection, size: int) -> Ints:
    """Register records of one member (several KPJ): label by record id. Same NIK and birth date or name; or the same
    name, birth date and mother's name (a second NIK)."""
    pairs = connection.sql(
        """
        WITH r AS (
            SELECT rid, nik, born, nama_ibu, word_key, folded FROM register_record JOIN register_name USING (rid)
        ),
        first AS (SELECT nik FROM r WHERE nik IS NOT NULL GROUP BY nik HAVING count(*) BETWEEN 2 AND 50)
        SELECT DISTINCT x.rid AS a, y.rid AS b FROM r AS x JOIN r AS y ON x.nik = y.nik AND x.rid < y.rid
            WHERE x.nik IN (SELECT nik FROM first)
                AND (x.born = y.born OR x.word_key = y.word_key OR jaro_winkler_similarity(x.folded, y.folded) >= 0.8)
        UNION
        SELECT x.rid, y.rid FROM r AS x
            JOIN r AS y ON x.word_key = y.word_key AND x.born = y.born AND x.nama_ibu = y.nama_ibu AND x.rid < y.rid
        """
    ).to_arrow_table()
    a, b = (pairs.column(name).to_numpy().astype(np.int64) for name in ("a", "b"))
    return components(size=size, a=a, b=b)


def match(
    *,
    comparer: Comparer,
    method: Method,
    compared: Compared,
    rows: Rows,
    member: Ints,
    weights: Weights,
    decided: Decided,
) -> Matches:
    """Compare each person with each member that one of his rows could be; probabilities exclude each other."""
    described = (compared.blocks & np.uint32(method.mask(with_anchor=False))) > 0
    person, record, levels, described = _per_person(comparer, compared, described, rows, weights, decided)
    odds, alone = (np.exp(np.minimum(weights.log_odds(patterns=levels, without=w), 60.0)) for w in ((), (NIK,)))
    itself = np.arange(len(member), dtype=np.int64)
    # not this member: by none of his KPJ, unless the reviewer knows better about one of them
    words = ((decided.different, 0.0, member), (decided.same, 1e30, itself), (decided.different, 0.0, itself))
    for pairs, value, whose in words:
        settled = _pairs_of_people(pairs, rows, person, whose[record], whose)
        odds[settled] = value
        alone[settled] = value
    alone = np.where(described, alone, 0.0)
    odds = np.minimum(odds, _left_over(person=person, member=member[record], odds=odds, levels=levels, rows=rows))
    return _by_member(person, record, member[record], odds, alone, levels)


def _pairs_of_people(pairs: Sequence[tuple[int, int]], rows: Rows, person: Ints, right: Ints, whose: Ints) -> Flags:
    """Which lines (person, right) a reviewer spoke of, by any row of the person; ``whose`` names right by record."""
    wanted = [(rows.person[x], whose[y]) for x, y in pairs] + [(rows.person[y], whose[x]) for x, y in pairs]
    keys = np.array([int(p) << 32 | int(r) for p, r in wanted], dtype=np.int64)
    return np.isin(person << 32 | right, keys)


def _left_over(*, person: Ints, member: Ints, odds: Floats, levels: Patterns, rows: Rows) -> Floats:
    """The most that the odds of a member can be for one person when another person has that member's very NIK.

    Both being him would make them one person with two NIKs on lists: as likely as the linkage of lists found it, and
    out of the question where a reviewer told them apart. Not so where the whole name is the member's and the NIKs are
    near: whose slip of the hand it was is then anybody's guess.
    """
    nik, name = levels.of(NIK), levels.of(NAME)
    owns = np.flatnonzero((nik == 1) & (odds > OWNED))
    owner = np.full(len(rows.person), -1, dtype=np.int64)
    owner[member[owns]] = person[owns]
    other = owner[member]
    most = np.full(len(person), np.inf)
    apart = {frozenset(int(rows.person[x]) for x in pair) for pair in rows.vetoes.forbidden}
    contested = np.flatnonzero((other >= 0) & (other != person) & (nik >= 3) & (nik <= FAR))
    undecided = {
        (min(x, y), max(x, y)): p
        for x, y, p in zip(
            rows.person[rows.undecided_a].tolist(),
            rows.person[rows.undecided_b].tolist(),
            rows.undecided_p.tolist(),
            strict=True,
        )
    }
    for place in contested.tolist():
        x, y = int(person[place]), int(other[place])
        if frozenset((x, y)) in apart:
            most[place] = 0.0
        elif nik[place] == FAR or name[place] > 1:
            chance = undecided.get((min(x, y), max(x, y)), ANOTHER_NIK)
            most[place] = chance / (1.0 - chance)
    return most


def _per_person(
    comparer: Comparer, compared: Compared, described: Flags, rows: Rows, weights: Weights, decided: Decided
) -> tuple[Ints, Ints, Patterns, Flags]:
    """All rows of a person against each record that one of them could be; the best level of each field is kept.

    ``described``: was the pair found by a block that needs no identifier.
    """
    p = 1.0 / (1.0 + np.exp(-weights.log_odds(patterns=compared.patterns)))
    p_alone = 1.0 / (1.0 + np.exp(-weights.log_odds(patterns=compared.patterns, without=(NIK,))))
    kept = (p > NEGLIGIBLE) | (p_alone > NEGLIGIBLE)
    wanted = {(min(x, y), max(x, y)) for x, y in decided.same + decided.different}
    kept[compared.places(pairs=sorted(wanted))] = True
    here = np.flatnonzero(kept)
    person, record = rows.person[compared.a[here]], compared.b[here]
    spoken = np.array([(rows.person[x], y) for x, y in sorted(wanted) if not rows.is_list[y]], np.int64).reshape(-1, 2)
    sizes = np.bincount(rows.person[rows.is_list], minlength=len(rows.person))
    several = sizes[person] > 1
    row, other = _every_row(
        rows, np.concatenate([person[several], spoken[:, 0]]), np.concatenate([record[several], spoken[:, 1]])
    )
    first = int(np.count_nonzero(rows.is_list))
    extra = comparer.patterns(a=row, b=other - first)
    found = compared.patterns.at(here)
    joined = Patterns(
        np.concatenate([found.levels, extra.levels]),
        np.concatenate([found.rarity, extra.rarity]),
        np.concatenate([found.count, extra.count]),
    )
    return _best_levels(
        np.concatenate([person, rows.person[row]]),
        np.concatenate([record, other]),
        joined,
        np.concatenate([described[here], np.zeros(len(row), dtype=bool)]),
    )


def _every_row(rows: Rows, person: Ints, record: Ints) -> tuple[Ints, Ints]:
    """Each (person, record) once for every list row of the person."""
    if not len(person):
        return person, record
    pairs = np.unique(np.stack([person, record], axis=1), axis=0)
    row = np.flatnonzero(rows.is_list)
    row = row[np.argsort(rows.person[row], kind="stable")]
    owner = rows.person[row]
    start = np.searchsorted(owner, pairs[:, 0], side="left")
    size = np.searchsorted(owner, pairs[:, 0], side="right") - start
    place = np.repeat(start - np.concatenate([[0], np.cumsum(size)[:-1]]), size) + np.arange(int(size.sum()))
    return row[place], np.repeat(pairs[:, 1], size)


def _best_levels(
    person: Ints, record: Ints, patterns: Patterns, described: Flags
) -> tuple[Ints, Ints, Patterns, Flags]:
    if not len(person):
        return person, record, patterns, described
    order = np.lexsort((record, person))
    person, record, patterns = person[order], record[order], patterns.at(order)
    starts = np.flatnonzero(np.concatenate([[True], (person[1:] != person[:-1]) | (record[1:] != record[:-1])]))
    levels = np.minimum.reduceat(patterns.levels, starts, axis=0)
    # the rarest class among the rows whose name agrees best
    both = np.minimum.reduceat(
        patterns.of(NAME).astype(np.int64) * 16 + (15 - patterns.rarity.astype(np.int64)), starts
    )
    best = Patterns(levels, (15 - both % 16).astype(np.uint8), np.ones(len(starts)))
    return person[starts], record[starts], best, np.logical_or.reduceat(described[order], starts)


def _by_member(person: Ints, record: Ints, member: Ints, odds: Floats, alone: Floats, levels: Patterns) -> Matches:
    """One line per person and member, with the odds of the best of the member's records; then odds to probabilities."""
    if not len(person):
        return Matches(person, member, record, odds, alone, levels)
    order = np.lexsort((record, -odds, member, person))
    person, record, member, odds, alone = person[order], record[order], member[order], odds[order], alone[order]
    first = np.concatenate([[True], (person[1:] != person[:-1]) | (member[1:] != member[:-1])])
    starts = np.flatnonzero(first)
    best_alone = np.maximum.reduceat(alone, starts)
    person, member, record, odds = person[starts], member[starts], record[starts], odds[starts]
    levels = levels.at(order[starts])
    people_start = np.flatnonzero(np.concatenate([[True], person[1:] != person[:-1]]))
    lengths = np.diff(np.append(people_start, len(person)))
    total, total_alone = (np.repeat(np.add.reduceat(x, people_start), lengths) for x in (odds, best_alone))
    return Matches(person, member, record, odds / (1.0 + total), best_alone / (1.0 + total_alone), levels)
