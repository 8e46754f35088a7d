"""The summary of a run: everybody decided about, counted, and counted again under other readings of the law."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np

from jangkau.gaps import figures as fig
from jangkau.gaps import gap
from jangkau.gaps.alternatives import (
    CALIBRATED_SUM,
    CAPTURE_RECAPTURE,
    DIFFERENCE,
    MODEL_SUM,
    Answer,
    Found,
    Passes,
    capture_recapture,
    disagreeing,
    found_of,
    model_sum,
)
from jangkau.gaps.cost import LOAN_IN_SQL, OWN_ACCOUNT, Unprotected, cost_of
from jangkau.gaps.doubt import MODEL_DOUBT, Corrections, correct, person_doubt
from jangkau.gaps.estimate import PersonDoubt, expected
from jangkau.gaps.facts import Coded, PersonFacts, RowsOfPeople, person_facts, rows_of_people
from jangkau.gaps.folder import Plan
from jangkau.gaps.groups import age_group, duplicate_links, linkage_quality, memberships
from jangkau.gaps.links import Linked
from jangkau.gaps.pairs import IDENTIFIED, NIK, nik_apart
from jangkau.gaps.review.applied import apply_reviews, chances
from jangkau.gaps.review.kept import read_reviews
from jangkau.gaps.review.strata import stratum_of
from jangkau.law.eligibility import outside_age
from jangkau.linkage.kinds import MISSING
from jangkau.linkage.method import Method
from jangkau.lists import Reading


@dataclass(frozen=True)
class Counted:
    """summary.json, the people and members behind it, each person's P(protected) after correction, and his region."""

    summary: dict[str, Any]
    people: gap.People
    members: gap.Members
    protected: gap.Floats
    regions: Coded
    files: fig.Files


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
    facts = person_facts(
        connection=connection,
        outside_age=outside_age(birth_date="birth_date", as_of=plan.as_of),
        age=age_group(as_of=plan.as_of),
        loan=LOAN_IN_SQL,
    )
    by_people = rows_of_people(facts=linked.facts, label=facts.label)
    people = gap.decide(facts=facts, matches=linked.matches, members=states, method=method)
    corrections = correct(
        facts=facts, row_facts=linked.facts, method=method, people=people, matches=linked.matches, rows=linked.rows,
        compared=linked.between_rows, weights=linked.row_weights, member_weights=linked.member_weights,
        decided=linked.decided,
    )  # fmt: skip
    doubt = person_doubt(people=people, protected=people.protected, corrections=corrections, method=method)
    found = found_of(
        facts=facts,
        rows=by_people,
        office=linked.facts.office,
        eligible=people.eligible,
        linked=people.linked,
        protected=people.protected,
        passes=_passes(people, linked),
        low=method.low,
    )
    answers = _answers(plan, people, doubt, corrections, found)
    published = answers.published
    figures = fig.figures_of(
        people=people, chance=answers.chance, common_deviation=answers.deviation, published=published.estimate
    )
    whole = figures.group()
    files = fig.Files(
        tuple(r.file for r in readings), tuple(r.institution for r in readings), tuple(r.layout for r in readings)
    )
    registers = [r.counts for r in readings if r.layout == "register"]
    lists = [r.counts for r in readings if r.layout != "register"]
    rows = {name: sum(getattr(c, name) for c in lists) for name in ("read", "accepted", "refused")}
    summary = {
        "as_of": plan.as_of.isoformat(),
        "rows": rows,
        "register": {name: sum(getattr(c, name) for c in registers) for name in ("read", "accepted", "refused")},
        "people": whole["people"],
        "status": whole["status"],
        "in_grace": int(np.count_nonzero(people.in_grace)),
        "not_working": int(np.count_nonzero(people.not_working)),
        "unprotected": {
            **published.estimate.as_dict(),
            "level": fig.LEVEL,
            "method": published.method,
            "alternatives": [other.as_dict() for other in answers.others],
            "sensitivity": _sensitivity(facts, method, linked, states, people, corrections, answers.scale),
        },
        "duty": whole["duty"],
        "waterfall": fig.waterfall(
            accepted=rows["accepted"],
            people=whole["people"],
            status=whole["status"],
            estimate=published.estimate.estimate,
        ),
        "linkage_quality": _quality(
            method, linked, found, memberships(facts=facts, rows=by_people, row_facts=linked.facts, files=files.names)
        )
        | {
            "disagree": list(disagreeing(published=published, others=answers.others)),
            "reviews": answers.reviews,
        },
        **fig.groups(
            connection=connection,
            figures=figures,
            facts=facts,
            rows=by_people,
            row_facts=linked.facts,
            files=files,
        ),
        "cost": _cost(plan, figures, facts, by_people, linked, files),
    }
    return Counted(summary, people, states, doubt.protected, facts.region, files)


def _cost(
    plan: Plan, figures: fig.Figures, facts: PersonFacts, rows: RowsOfPeople, linked: Linked, files: fig.Files
) -> dict[str, Any] | None:
    own_account = np.zeros(len(facts.label), dtype=bool)
    own_account[rows.place[files.of_layout(*OWN_ACCOUNT)[linked.facts.file.code[rows.order]]]] = True
    found = figures.estimate()
    gap = Unprotected(np.where(figures.eligible, figures.chance, 0.0), facts.loan, own_account, (found.low, found.high))
    return cost_of(gap=gap, as_of=plan.as_of)


def _passes(people: gap.People, linked: Linked) -> Passes:
    has = people.top >= 0
    nik, alone = np.full(len(has), MISSING), np.zeros(len(has))
    nik[has] = linked.matches.levels.of(NIK)[people.top[has]]
    alone[has] = linked.matches.alone[people.top[has]]
    return Passes(has & (nik != MISSING), nik <= IDENTIFIED, alone, nik_apart(weights=linked.member_weights))


@dataclass(frozen=True)
class _Answers:
    """The published answer and the others; each person's chance of being unprotected, and the error that all share."""

    published: Answer
    others: list[Answer]
    chance: gap.Floats
    deviation: float
    reviews: dict[str, Any] | None
    scale: float = 1.0


def _answers(plan: Plan, people: gap.People, doubt: PersonDoubt, corrections: Corrections, found: Found) -> _Answers:
    chance = doubt.not_protected
    deviation = float(np.sqrt(corrections.common_variance))
    repeated = corrections.rows.total
    variance = float((corrections.rows.variance_with + corrections.rows.variance_without).sum())
    eligible = people.eligible
    calibrated = expected(chance=chance[eligible], common_deviation=deviation, whole=float(chance[eligible].sum()))
    by_capture = capture_recapture(found=found, repeated=repeated, repeated_variance=variance, model_doubt=MODEL_DOUBT)
    answers = [
        Answer(CALIBRATED_SUM, calibrated),
        Answer(CAPTURE_RECAPTURE, by_capture),
        Answer(MODEL_SUM, model_sum(eligible=eligible, protected=people.protected)),
    ]
    applied = apply_reviews(
        batches=read_reviews(path=plan.reviews),
        digests=plan.digests,
        as_of=plan.as_of.isoformat(),
        eligible=int(np.count_nonzero(eligible)),
        repeated_deviation=float(np.sqrt(variance + (MODEL_DOUBT * repeated) ** 2)),
    )
    if applied is None:
        return _Answers(answers[0], answers[1:], chance, deviation, None)
    stratum = stratum_of(expected=1.0 - doubt.protected, candidate=people.top >= 0, poor=found.cell >= 2)
    chance[eligible] = chances(
        expected=1.0 - doubt.protected[eligible],
        once=1.0 - doubt.counted_twice[eligible],
        stratum=stratum[eligible],
        shift=applied.shift,
        total=applied.estimate.estimate,
    )
    scale = applied.estimate.estimate / calibrated.estimate if calibrated.estimate > 0 else 1.0
    return _Answers(Answer(DIFFERENCE, applied.estimate), answers, chance, applied.deviation, applied.counts, scale)


def _quality(
    method: Method, linked: Linked, found: Found, groups: dict[str, list[tuple[Any, gap.Ints]]]
) -> dict[str, Any]:
    """linkage_quality: the whole, the alarm of two people with one membership, and the groups."""
    matches = linked.matches
    duplicates = duplicate_links(
        member=matches.member, probability=matches.probability, high=method.high, members=linked.register_rows
    )
    quality = linkage_quality(found=found, low=method.low, high=method.high, memberships=groups)
    return {**quality, "duplicate_links": duplicates}


def _sensitivity(
    facts: PersonFacts,
    method: Method,
    linked: Linked,
    states: gap.Members,
    people: gap.People,
    corrections: Corrections,
    scale: float,
) -> list[dict[str, Any]]:
    """The estimate under other readings of what no source confirms; ``scale`` is what reviews make of the model's."""

    def total(counted: gap.Flags, eligible: gap.Flags) -> int:
        protected = gap.protected_under(label=people.label, matches=linked.matches, counted=counted)
        doubt = person_doubt(people=people, protected=protected, corrections=corrections, method=method)
        return round(scale * float(doubt.not_protected[eligible].sum()))

    gone = gap.gone(
        facts=facts, matches=linked.matches, members=states, method=method, top=people.top, linked=people.linked
    )
    at_any_age = ~(gone | facts.insured_elsewhere)
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
        ("no_age_limits", usual, at_any_age, "Permenaker 5/2021; bisnis.com 16 May 2017"),
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
