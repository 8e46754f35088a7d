"""Each person against the register: all his rows together, every KPJ of one member taken as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jangkau.gaps.people import Decided, Rows
from jangkau.linkage.clusters import components
from jangkau.linkage.first.engine import FIELDS, Compared, compare_pairs
from jangkau.linkage.first.method import Method
from jangkau.linkage.first.records import REGISTER
from jangkau.linkage.first.weights import FAR, Patterns, Weights

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
    pairs = connection.execute(
        f"""
        WITH r AS (SELECT rid, record.nik, words, born, nama_ibu
                   FROM record JOIN register_row USING (file_no, line) WHERE side = {REGISTER}),
        first AS (SELECT nik, min(rid) AS rid
                  FROM r WHERE nik IS NOT NULL GROUP BY nik HAVING count(*) BETWEEN 2 AND 50)
        SELECT DISTINCT x.rid AS a, y.rid AS b FROM r AS x JOIN r AS y ON x.nik = y.nik AND x.rid < y.rid
            WHERE x.nik IN (SELECT nik FROM first)
                AND (x.born = y.born OR jaro_winkler_similarity(x.words, y.words) >= 0.8)
        UNION
        SELECT x.rid, y.rid FROM r AS x
            JOIN r AS y ON x.words = y.words AND x.born = y.born AND x.nama_ibu = y.nama_ibu AND x.rid < y.rid
        """
    ).fetchnumpy()
    return components(size=size, a=pairs["a"].astype(np.int64), b=pairs["b"].astype(np.int64))


def match(
    *,
    connection: duckdb.DuckDBPyConnection,
    method: Method,
    compared: Compared,
    rows: Rows,
    member: Ints,
    weights: Weights,
    decided: Decided,
) -> Matches:
    """Compare each person with each member that one of his rows could be; probabilities exclude each other."""
    described = (compared.blocks & method.mask(capture="description")) > 0
    person, record, levels, described = _per_person(connection, compared, described, rows, weights, decided)
    odds, alone = (np.exp(np.minimum(weights.log_odds(patterns=levels, without=w), 60.0)) for w in ((), ("nik",)))
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
    nik = levels.nik
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
        elif nik[place] == FAR or levels.name[place] > 1:
            chance = undecided.get((min(x, y), max(x, y)), ANOTHER_NIK)
            most[place] = chance / (1.0 - chance)
    return most


def _per_person(
    connection: duckdb.DuckDBPyConnection,
    compared: Compared,
    described: Flags,
    rows: Rows,
    weights: Weights,
    decided: Decided,
) -> tuple[Ints, Ints, Patterns, Flags]:
    """All rows of a person against each record that one of them could be; the best level of each field is kept.

    ``described``: was the pair found by a block that needs no identifier.
    """
    p = 1.0 / (1.0 + np.exp(-weights.log_odds(patterns=compared.patterns)))
    p_alone = 1.0 / (1.0 + np.exp(-weights.log_odds(patterns=compared.patterns, without=("nik",))))
    kept = (p > NEGLIGIBLE) | (p_alone > NEGLIGIBLE)
    wanted = {(int(x), int(y)) for x, y in decided.same + decided.different}
    kept[compared.places(pairs=sorted(wanted))] = True
    a, b = compared.a[kept].astype(np.int64), compared.b[kept].astype(np.int64)
    person = rows.person[a]
    sizes = np.bincount(rows.person[rows.is_list], minlength=len(rows.person))
    several = sizes[person] > 1
    table = pa.table({"person": person[several], "b": b[several]})
    row_of = pa.table({"rid": np.flatnonzero(rows.is_list), "person": rows.person[rows.is_list]})
    missing_decided = [(x, y) for x, y in wanted if not rows.is_list[y]]
    extra = pa.table(
        {
            "person": pa.array([int(rows.person[x]) for x, _ in missing_decided], pa.int64()),
            "b": pa.array([y for _, y in missing_decided], pa.int64()),
        }
    )
    connection.register("person_record", pa.concat_tables([table, extra]))
    connection.register("person_row", row_of)
    connection.execute(
        "CREATE OR REPLACE TABLE pair AS "
        "SELECT DISTINCT CAST(w.rid AS INTEGER) AS a, CAST(p.b AS INTEGER) AS b, 0 AS blocks "
        "FROM person_record AS p JOIN person_row AS w ON w.person = p.person"
    )
    whole = compare_pairs(connection=connection)
    for name in ("person_record", "person_row"):
        connection.unregister(name)
    all_person = np.concatenate([person, rows.person[whole.a]])
    all_record = np.concatenate([b, whole.b.astype(np.int64)])
    joined = {
        name: np.concatenate([getattr(compared.patterns, name)[kept], getattr(whole.patterns, name)]) for name in FIELDS
    }
    return _best_levels(
        all_person, all_record, joined, np.concatenate([described[kept], np.zeros(len(whole.a), dtype=bool)])
    )


def _best_levels(
    person: Ints, record: Ints, levels: dict[str, npt.NDArray[np.uint8]], described: Flags
) -> tuple[Ints, Ints, Patterns, Flags]:
    if not len(person):
        return person, record, Patterns(**levels), described
    order = np.lexsort((record, person))
    person, record = person[order], record[order]
    starts = np.flatnonzero(np.concatenate([[True], (person[1:] != person[:-1]) | (record[1:] != record[:-1])]))
    best = {n: np.minimum.reduceat(levels[n][order], starts) for n in levels if n not in ("name", "rarity")}
    # the rarest class among the rows whose name agrees best
    both = np.minimum.reduceat(
        levels["name"][order].astype(np.int64) * 16 + (15 - levels["rarity"][order].astype(np.int64)), starts
    )
    best["name"], best["rarity"] = (both // 16).astype(np.uint8), (15 - both % 16).astype(np.uint8)
    return person[starts], record[starts], Patterns(**best), np.logical_or.reduceat(described[order], starts)


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
    levels = Patterns(**{n: getattr(levels, n)[order][starts] for n in FIELDS})
    people_start = np.flatnonzero(np.concatenate([[True], person[1:] != person[:-1]]))
    lengths = np.diff(np.append(people_start, len(person)))
    total, total_alone = (np.repeat(np.add.reduceat(x, people_start), lengths) for x in (odds, best_alone))
    return Matches(person, member, record, odds / (1.0 + total), best_alone / (1.0 + total_alone), levels)
