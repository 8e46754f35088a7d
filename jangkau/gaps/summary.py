"""The summary of a run: everybody decided about, counted, and counted again under other readings of the law."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np

from jangkau.gaps import figures as fig
from jangkau.gaps import gap
from jangkau.gaps.doubt import Corrections, correct, person_doubt
from jangkau.gaps.folder import Plan
from jangkau.gaps.links import Linked
from jangkau.linkage.method import Method
from jangkau.lists import Reading


@dataclass(frozen=True)
class Counted:
    """summary.json, the people and members behind it, and each person's P(protected) after correction."""

    summary: dict[str, Any]
    people: gap.People
    members: gap.Members
    protected: gap.Floats


def count(
    *,
    connection: duckdb.DuckDBPyConnection,
    plan: Plan,
    method: Method,
    linked: Linked,
    readings: list[Reading],
) -> Counted:
    """Decide about each person and count: summary.json and what the tables are written from."""
    states = gap.member_states(connection=connection, member=linked.member)
    people = gap.decide(connection=connection, matches=linked.matches, members=states, method=method, as_of=plan.as_of)
    corrections = correct(
        connection=connection, method=method, people=people, matches=linked.matches, rows=linked.rows,
        compared=linked.between_rows, weights=linked.row_weights, member_weights=linked.member_weights,
        decided=linked.decided,
    )  # fmt: skip
    doubt = person_doubt(people=people, protected=people.protected, corrections=corrections, method=method)
    figures = fig.Figures(people, doubt, float(np.sqrt(corrections.common_variance)))
    everybody = np.ones(len(people.label), dtype=bool)
    whole = figures.group(everybody)
    registers = [r.counts for r in readings if r.layout == "register"]
    lists = [r.counts for r in readings if r.layout != "register"]
    rows = {name: sum(getattr(c, name) for c in lists) for name in ("read", "accepted", "refused")}
    unprotected = figures.estimate(everybody)
    summary = {
        "as_of": plan.as_of.isoformat(),
        "rows": rows,
        "register": {name: sum(getattr(c, name) for c in registers) for name in ("read", "accepted", "refused")},
        "people": whole["people"],
        "status": whole["status"],
        "in_grace": int(np.count_nonzero(people.in_grace)),
        "not_working": int(np.count_nonzero(people.not_working)),
        "unprotected": {
            **whole["unprotected"],
            "level": fig.LEVEL,
            "method": fig.METHOD,
            "alternatives": _alternatives(people, corrections),
            "sensitivity": _sensitivity(connection, plan, method, linked, states, people, corrections),
        },
        "duty": whole["duty"],
        "waterfall": fig.waterfall(
            accepted=rows["accepted"], people=whole["people"], status=whole["status"], estimate=unprotected.estimate
        ),
        **fig.groups(connection=connection, figures=figures),
    }
    return Counted(summary, people, states, doubt.protected)


def _alternatives(people: gap.People, corrections: Corrections) -> list[dict[str, Any]]:
    decided = people.eligible & (people.status != "protected")
    return [
        {"method": "model_sum", "estimate": round(float((1 - people.protected)[people.eligible].sum()))},
        {"method": "decided_links_only", "estimate": int(np.count_nonzero(decided & (people.protected < 0.5)))},
    ]


def _sensitivity(
    connection: duckdb.DuckDBPyConnection,
    plan: Plan,
    method: Method,
    linked: Linked,
    states: gap.Members,
    people: gap.People,
    corrections: Corrections,
) -> list[dict[str, Any]]:
    """The estimate under other readings of what no source confirms."""

    def total(counted: gap.Flags, eligible: gap.Flags) -> int:
        protected = gap.protected_under(label=people.label, matches=linked.matches, counted=counted)
        doubt = person_doubt(people=people, protected=protected, corrections=corrections, method=method)
        return round(float(doubt.not_protected[eligible].sum()))

    at_any_age = gap.decide(
        connection=connection, matches=linked.matches, members=states, method=method, as_of=plan.as_of, at_any_age=True
    )
    usual = states.state > gap.LAPSED
    rules = (
        (
            "bpu_without_grace",
            states.state == gap.ACTIVE,
            people.eligible,
            "Perdir 22/PERDIR.02/072022; PROBIS KEPESERTAAN p59",
        ),
        (
            "grace_for_all_segments",
            states.state_with_grace_for_all > gap.LAPSED,
            people.eligible,
            "masa tenggang PU, JAKON, PMI: tidak diketahui / unknown",
        ),
        ("no_age_limits", usual, at_any_age.eligible, "Permenaker 5/2021; bisnis.com 16 May 2017"),
        (
            "without_not_working",
            usual,
            people.eligible & ~people.not_working,
            "hitungan pers Mei 2021 / press count of May 2021",
        ),
    )
    return [
        {"what": what, "estimate": total(counted, eligible), "article": article, "verified": False}
        for what, counted, eligible, article in rules
    ]
