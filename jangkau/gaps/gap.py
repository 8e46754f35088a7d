"""Who is not protected on the date: one status for each person, from his link and the dates of his membership."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt

from jangkau.gaps.facts import Codes, PersonFacts, places_of
from jangkau.gaps.membership import Matches
from jangkau.linkage.method import Method

Ints = npt.NDArray[np.int64]
States = npt.NDArray[np.int8]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

STATUSES = ("protected", "lapsed", "not_found", "doubtful", "not_eligible")
DUTIES = ("unmet", "met", "may", "none", "unknown")
PROTECTED, NOT_FOUND = STATUSES.index("protected"), STATUSES.index("not_found")
ACTIVE, IN_GRACE, LAPSED = 2, 1, 0


@dataclass(frozen=True)
class Members:
    """Register members by record id of any of their rows: best state over all KPJ (ACTIVE, IN_GRACE, LAPSED), the same
    under other readings of the law, and the row that carries it."""

    state: States
    state_with_grace_for_all: States
    bpu_state: States
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
        SELECT rid, CASE state WHEN 'active' THEN 2 WHEN 'in_grace' THEN 1 ELSE 0 END::TINYINT AS state,
            CASE WHEN state IN ('active', 'in_grace') THEN 2
                 WHEN state = 'lapsed' AND CAST(lunas_sampai + INTERVAL 4 MONTH - INTERVAL 1 DAY AS DATE) >= $as_of
                      AND (tanggal_mulai IS NULL OR tanggal_mulai <= $as_of) THEN 1
                 ELSE 0 END::TINYINT AS generous,
            coalesce(segmen = 'BPU', FALSE) AS bpu, coalesce(meninggal, FALSE) AS dead,
            coalesce(date_diff('day', DATE '0001-01-01', lunas_sampai), -1000000)::INTEGER AS paid
        FROM protection
        """.replace("$as_of", "(SELECT as_of FROM run_date)")
    ).fetchnumpy()
    size = len(member)
    rid = np.asarray(rows["rid"]).astype(np.int64)
    home = member[rid]
    state, generous, bpu = (np.zeros(size, dtype=np.int8) for _ in range(3))
    np.maximum.at(state, home, rows["state"])
    np.maximum.at(generous, home, rows["generous"])
    np.maximum.at(bpu, home, np.where(rows["bpu"], rows["state"], np.int8(0)))
    dead = np.zeros(size, dtype=bool)
    np.logical_or.at(dead, home, rows["dead"])
    best = np.full(size, -1, dtype=np.int64)
    order = np.lexsort((rid, rows["paid"], rows["state"]))  # of rows alike the last by content, as record ids are
    best[home[order]] = rid[order]  # the last one written is the best
    return Members(state[member], generous[member], bpu[member], best[member], dead[member])


def decide(*, facts: PersonFacts, matches: Matches, members: Members, method: Method) -> People:
    """The status of each person, in the order the contract gives."""
    n = len(facts.label)
    place = places_of(label=facts.label, size=len(members.state))
    top, linked = best_match(label=facts.label, matches=matches)
    protected = _sum_over(place, n, matches, members.state[matches.record] > LAPSED)
    certain = linked >= method.high
    chosen = np.where(top >= 0, matches.record[np.maximum(top, 0)], 0) if len(matches.record) else np.zeros(n, np.int64)
    state = np.where(certain, members.state[chosen], LAPSED) if n else np.zeros(0, np.int64)
    eligible = ~(gone(facts=facts, matches=matches, members=members, method=method, top=top, linked=linked))
    eligible &= ~(facts.insured_elsewhere | facts.outside_age)
    status = np.full(n, NOT_FOUND, dtype=np.int8)
    # he may be one of several members, none of them protected: then it is not open whether, only which
    status[_sum_over(place, n, matches, np.ones(len(matches.person), dtype=bool)) >= 0.5] = STATUSES.index("lapsed")
    status[(protected > method.low) & (protected < method.high)] = STATUSES.index("doubtful")
    status[~eligible] = STATUSES.index("not_eligible")
    status[protected >= method.high] = PROTECTED
    gap = eligible & (status != PROTECTED)
    duty = _duty(facts.duty_rank, np.where(certain, members.bpu_state[chosen], LAPSED) if n else np.zeros(0, np.int8))
    in_grace = (status == PROTECTED) & (state == IN_GRACE)
    return People(
        facts.label, top, linked, protected, _words(STATUSES)[status], eligible, in_grace,
        gap & facts.says_not_working, _words(DUTIES)[duty],
    )  # fmt: skip


def gone(*, facts: PersonFacts, matches: Matches, members: Members, method: Method, top: Ints, linked: Floats) -> Flags:
    """Who has died, by a list or by the membership that is certainly his. ``top``: his best match, -1 without one."""
    if not len(matches.record):
        return facts.gone
    by_register = (linked >= method.high) & members.dead[np.where(top >= 0, matches.record[np.maximum(top, 0)], 0)]
    flags: Flags = facts.gone | by_register
    return flags


def _words(names: tuple[str, ...]) -> npt.NDArray[np.object_]:
    return np.array(names, dtype=object)


def best_match(*, label: Ints, matches: Matches) -> tuple[Ints, Floats]:
    """Index of the most likely member of each person (-1 without candidates) and its probability; of members alike the
    one whose record comes first."""
    top = np.full(len(label), -1, dtype=np.int64)
    linked = np.zeros(len(label))
    if len(matches.person):
        starts = np.flatnonzero(np.concatenate([[True], matches.person[1:] != matches.person[:-1]]))
        length = np.diff(np.append(starts, len(matches.person)))
        most = np.maximum.reduceat(matches.probability, starts)
        likely = matches.probability == np.repeat(most, length)
        record = np.where(likely, matches.record, np.iinfo(np.int64).max)
        first = np.flatnonzero(record == np.repeat(np.minimum.reduceat(record, starts), length))
        place = np.searchsorted(label, matches.person[starts])
        top[place] = first
        linked[place] = most
    return top, linked


def _sum_over(place: Codes, people: int, matches: Matches, counted: Flags) -> Floats:
    """For each person the probability of his matches that are counted; summed in a fixed order."""
    if not len(matches.person):
        return np.zeros(people)
    weights = matches.probability * counted
    total: Floats = np.bincount(place[matches.person], weights=weights, minlength=people).astype(np.float64)
    return total


def protected_under(*, label: Ints, matches: Matches, counted: Flags) -> Floats:
    """P(protected) before correction when ``counted`` (over records) says which members count as protected."""
    place = places_of(label=label, size=len(counted))
    return _sum_over(place, len(label), matches, counted[matches.record])


def _duty(rank: npt.NDArray[np.int8], bpu_state: States) -> npt.NDArray[np.int8]:
    """The KUR rule alone: must and may by loan; met only in the own-account segment. Who has no loan: unknown."""
    duty = np.full(len(rank), DUTIES.index("unknown"), dtype=np.int8)
    duty[rank == 0] = DUTIES.index("none")
    duty[rank == 2] = DUTIES.index("may")
    duty[(rank == 3) & (bpu_state > LAPSED)] = DUTIES.index("met")
    duty[(rank == 3) & (bpu_state == LAPSED)] = DUTIES.index("unmet")
    return duty
