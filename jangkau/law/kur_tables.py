"""The KUR rule and the general duty as tables, for `sql/duty.sql` to answer for millions of loans as `duty` does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from jangkau.law.as_sql import table_in_sql
from jangkau.law.duty import ABSURD_PLAFON, LoanFacts, duty, general_duty
from jangkau.law.facts import within
from jangkau.law.kur_duty import TYPES, kur_rules
from jangkau.law.months import KNOWN_UNTIL


@dataclass(frozen=True)
class KurRow:
    """One type of KUR while one regulation was in force, and its loans from ``plafon_from`` to ``plafon_to``, both in.

    ``needs_plafon``: the answer depends on the loan's size. ``certain_from``, ``type_from`` and ``type_to``: an earlier
    loan, or one of a size that the type does not have, is answered for and not verified.
    """

    kur: str
    valid_from: date
    valid_until: date
    plafon_from: int
    plafon_to: int
    needs_plafon: bool
    duty: str
    article: str | None
    instrument: str | None
    verified: bool
    certain_from: date
    type_from: int
    type_to: int
    source: str
    question_id: str | None
    question_en: str | None


@dataclass(frozen=True)
class GeneralRow:
    """What every own-account worker must join, by whether he employs others."""

    employer: bool
    duty: str
    compulsory: str
    voluntary: str
    article: str
    verified: bool
    source: str
    question_id: str | None
    question_en: str | None


def duty_tables(*, as_of: date) -> str:
    """Statements that make kur_rule, and general_duty of ``as_of``; then sql/duty.sql is to run again.

    Complaint for a day of which no law is known.
    """
    within(day=as_of, option="as of")
    general = [_general(as_of, employer) for employer in (False, True)]
    # PostgreSQL drops no table that a view rests on
    return "\n".join(
        [
            "DROP VIEW IF EXISTS loan_duty;",
            table_in_sql(name="kur_rule", rows=list(kur_rows())),
            table_in_sql(name="general_duty", rows=general),
        ]
    )


def kur_rows() -> Iterator[KurRow]:
    """Every type under every regulation; two rows where the duty begins above a size."""
    for rule in kur_rules():
        for kur in TYPES:
            of_type = rule.types.get(kur)
            above = of_type.duty_above if of_type else None
            parts = [(1, ABSURD_PLAFON)] if above is None else [(1, above), (above + 1, ABSURD_PLAFON)]
            for low, high in parts:
                # asked of a loan in doubt about nothing: the day the rule is certain, a size that the type has
                day = max(rule.valid_from, rule.certain_from or rule.valid_from)
                type_from = (of_type.plafon_above or 0) + 1 if of_type and of_type.plafon_above is not None else 1
                type_to = of_type.plafon_up_to if of_type and of_type.plafon_up_to is not None else ABSURD_PLAFON
                found = duty(facts=LoanFacts(kur, max(low, type_from), day), as_of=day)
                yield KurRow(
                    kur=kur,
                    valid_from=rule.valid_from,
                    valid_until=rule.valid_until or KNOWN_UNTIL,
                    plafon_from=low,
                    plafon_to=high,
                    needs_plafon=above is not None,
                    duty=found.duty,
                    article=found.article,
                    instrument=found.instrument,
                    verified=found.verified,
                    certain_from=day,
                    type_from=type_from,
                    type_to=type_to,
                    source=found.source,
                    question_id=found.question.id if found.question else None,
                    question_en=found.question.en if found.question else None,
                )


def _general(as_of: date, employer: bool) -> GeneralRow:
    found = general_duty(as_of=as_of, employer=employer)
    return GeneralRow(
        employer=employer,
        duty=found.duty,
        compulsory=",".join(found.programmes),
        voluntary=",".join(found.voluntary),
        article=found.article,
        verified=found.verified,
        source=found.source,
        question_id=found.question.id if found.question else None,
        question_en=found.question.en if found.question else None,
    )
