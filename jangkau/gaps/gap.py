"""Who is not protected on the date: one status for each person, from his link and the dates of his membership."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import duckdb
import numpy as np
import numpy.typing as npt

from jangkau.gaps.membership import Matches
from jangkau.law.eligibility import outside_age
from jangkau.linkage.method import Method

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

STATUSES = ("protected", "lapsed", "not_found", "doubtful", "not_eligible")
DUTIES = ("unmet", "met", "may", "none", "unknown")
ACTIVE, IN_GRACE, LAPSED = 2, 1, 0


@dataclass(frozen=True)
class Members:
    """Register members by record id of any of their rows: best state over all KPJ (ACTIVE, IN_GRACE, LAPSED), the same
    under other readings of the law, and the row that carries it."""

    state: Ints
    state_with_grace_for_all: Ints
    bpu_state: Ints
    best_row: Ints
    dead: Flags


@dataclass(frozen=True)
class People:
    """Arrays over people, ordered by their label. ``top`` is the index of the best match in Matches, -1 without one."""

    label: Ints
    top: Ints
    linked: Floats
    protected: Floats
    status: npt.NDArray[np.object_]
    eligible: Flags
    in_grace: Flags
    not_working: Flags
    duty: npt.NDArray[np.object_]


def member_states(*, connection: duckdb.DuckDBPyConnection, member: Ints) -> Members:
    """The best state of each member over all his register rows; indexed by record id."""
    rows = connection.execute(
        """
        SELECT r.rid, CASE state WHEN 'active' THEN 2 WHEN 'in_grace' THEN 1 ELSE 0 END AS state,
            CASE WHEN state IN ('active', 'in_grace') THEN 2
                 WHEN state = 'lapsed' AND CAST(p.lunas_sampai + INTERVAL 4 MONTH - INTERVAL 1 DAY AS DATE) >= $as_of
                      AND (p.tanggal_mulai IS NULL OR p.tanggal_mulai <= $as_of) THEN 1
                 ELSE 0 END AS generous,
            p.segmen = 'BPU' AS bpu, coalesce(p.meninggal, FALSE) AS dead,
            row_number() OVER (ORDER BY p.lunas_sampai NULLS FIRST, r.ref, r.rid) AS recency
        FROM protection AS p JOIN register_record AS r USING (file_no, line) ORDER BY r.rid
        """.replace("$as_of", "(SELECT as_of FROM run_date)")
    ).fetchnumpy()
    size = len(member)
    home = member[rows["rid"]]
    state, generous, bpu = (np.zeros(size, dtype=np.int64) for _ in range(3))
    np.maximum.at(state, home, rows["state"].astype(np.int64))
    np.maximum.at(generous, home, rows["generous"].astype(np.int64))
    np.maximum.at(bpu, home, np.where(_filled(rows["bpu"]), rows["state"], 0).astype(np.int64))
    dead = np.zeros(size, dtype=bool)
    np.logical_or.at(dead, home, _filled(rows["dead"]))
    best = np.full(size, -1, dtype=np.int64)
    order = np.lexsort((rows["recency"], rows["state"]))
    best[home[order]] = rows["rid"][order]  # the last one written is the best
    return Members(state[member], generous[member], bpu[member], best[member], dead[member])


def _filled(column: npt.NDArray[np.bool_]) -> Flags:
    return np.asarray(np.ma.filled(column, False), dtype=bool)


def decide(
    *,
    connection: duckdb.DuckDBPyConnection,
    matches: Matches,
    members: Members,
    method: Method,
    as_of: date,
    at_any_age: bool = False,
) -> People:
    """The status of each person of the table ``person``, in the order the contract gives."""
    age = "FALSE" if at_any_age else outside_age("birth_date", as_of)
    rows = connection.execute(
        f"SELECT person, dead, insured_elsewhere, {age} AS outside_age, says_not_working, duty_rank "
        "FROM person ORDER BY person"
    ).fetchnumpy()
    label = rows["person"].astype(np.int64)
    n = len(label)
    top, linked = best_match(label=label, matches=matches)
    protected = _sum_over(label, matches, members.state[matches.record] > LAPSED)
    certain = linked >= method.high
    chosen = np.where(top >= 0, matches.record[np.maximum(top, 0)], 0) if len(matches.record) else np.zeros(n, np.int64)
    state = np.where(certain, members.state[chosen], LAPSED) if n else np.zeros(0, np.int64)
    gone = (_filled(rows["dead"]) | (certain & members.dead[chosen])) if n else np.zeros(0, bool)
    eligible = ~(gone | _filled(rows["insured_elsewhere"]) | _filled(rows["outside_age"]))
    status = np.full(n, "not_found", dtype=object)
    # he may be one of several members, none of them protected: then it is not open whether, only which
    status[_sum_over(label, matches, np.ones(len(matches.person), dtype=bool)) >= 0.5] = "lapsed"
    status[(protected > method.low) & (protected < method.high)] = "doubtful"
    status[~eligible] = "not_eligible"
    status[protected >= method.high] = "protected"
    gap = eligible & (status != "protected")
    duty = _duty(
        rows["duty_rank"], np.where(certain, members.bpu_state[chosen], LAPSED) if n else np.zeros(0, np.int64)
    )
    in_grace = (status == "protected") & (state == IN_GRACE)
    return People(
        label, top, linked, protected, status, eligible, in_grace, gap & _filled(rows["says_not_working"]), duty
    )


def best_match(*, label: Ints, matches: Matches) -> tuple[Ints, Floats]:
    """Index of the most likely member of each person (-1 without candidates) and its probability."""
    top = np.full(len(label), -1, dtype=np.int64)
    linked = np.zeros(len(label))
    if len(matches.person):
        order = np.lexsort((-matches.record, matches.probability))
        place = np.searchsorted(label, matches.person[order])
        top[place] = order
        linked[place] = matches.probability[order]
    return top, linked


def _sum_over(label: Ints, matches: Matches, counted: Flags) -> Floats:
    """For each person the probability of his matches that are counted; summed in a fixed order."""
    if not len(matches.person):
        return np.zeros(len(label))
    place = np.searchsorted(label, matches.person)
    total: Floats = np.bincount(place, weights=matches.probability * counted, minlength=len(label)).astype(np.float64)
    return total


def protected_under(*, label: Ints, matches: Matches, counted: Flags) -> Floats:
    """P(protected) before correction when ``counted`` (over records) says which members count as protected."""
    return _sum_over(label, matches, counted[matches.record])


def _duty(rank: npt.NDArray[np.int64], bpu_state: Ints) -> npt.NDArray[np.object_]:
    """The KUR rule alone: must and may by loan; met only in the own-account segment. Who has no loan: unknown."""
    rank = np.asarray(np.ma.filled(rank, 1))
    duty = np.full(len(rank), "unknown", dtype=object)
    duty[rank == 0] = "none"
    duty[rank == 2] = "may"
    duty[(rank == 3) & (bpu_state > LAPSED)] = "met"
    duty[(rank == 3) & (bpu_state == LAPSED)] = "unmet"
    return duty
