"""Who is outside the drive on a date: too young, too old, insured elsewhere. As SQL over people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from jangkau.law.loading import law
from jangkau.law.months import KNOWN_FROM, KNOWN_UNTIL
from jangkau.law.rules import AgeLimit, Occupations, rule_on


@dataclass(frozen=True)
class Eligibility:
    """Who is outside on a day: the age limits and the occupations insured elsewhere."""

    youngest: AgeLimit
    too_old: AgeLimit
    occupations: Occupations


def eligibility(*, as_of: date) -> Eligibility:
    """The limits of a day; before and after the known law those of its first and last day."""
    day, known = min(max(as_of, KNOWN_FROM), KNOWN_UNTIL - timedelta(days=1)), law()
    return Eligibility(
        youngest=rule_on(law=known, name="age.youngest", kind=AgeLimit, day=day),
        too_old=rule_on(law=known, name="age.too_old", kind=AgeLimit, day=day),
        occupations=rule_on(law=known, name="occupations", kind=Occupations, day=day),
    )


def insured_elsewhere(*, occupation: str, as_of: date = KNOWN_UNTIL) -> str:
    """SQL: does the text column name a civil servant, soldier or police officer in service; by the newest list."""
    rule = eligibility(as_of=as_of).occupations
    return (
        f"coalesce(regexp_matches(upper({occupation}), '{rule.pattern}') "
        f"AND NOT regexp_matches(upper({occupation}), '{rule.but_not}'), FALSE)"
    )


def outside_age(*, birth_date: str, as_of: date) -> str:
    """SQL: is the person under 17 or 65 and over on ``as_of``; unknown age is not.

    A year of age is completed on the birthday; who was born on 29 February completes it on 1 March of other years.
    """
    rule = eligibility(as_of=as_of)
    too_young, too_old = (_years_before(as_of, years) for years in (rule.youngest.age, rule.too_old.age))
    return f"coalesce({birth_date} > DATE '{too_young}' OR {birth_date} <= DATE '{too_old}', FALSE)"


def _years_before(day: date, years: int) -> date:
    """The last birth date of those who are ``years`` old on ``day``."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
