"""Who is outside the drive on a date: too young, too old, insured elsewhere. As SQL over people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

import yaml


@dataclass(frozen=True)
class Eligibility:
    """Age limits in completed years and the occupations insured elsewhere, with their sources."""

    youngest: int
    too_old: int
    occupation_pattern: str
    occupation_exceptions: str
    age_source: str


@cache
def eligibility() -> Eligibility:
    """The values of ``law/rates/eligibility.yaml``."""
    data = yaml.safe_load((files("jangkau.law") / "rates" / "eligibility.yaml").read_text(encoding="utf-8"))
    return Eligibility(
        youngest=data["youngest"]["age"],
        too_old=data["too_old"]["age"],
        occupation_pattern=data["occupations"]["pattern"],
        occupation_exceptions=data["occupations"]["but_not"],
        age_source=f"{data['youngest']['source']}; {data['too_old']['source']}",
    )


def insured_elsewhere(occupation: str) -> str:
    """SQL: does the text column name a civil servant, soldier or police officer in service."""
    rule = eligibility()
    return (
        f"coalesce(regexp_matches(upper({occupation}), '{rule.occupation_pattern}') "
        f"AND NOT regexp_matches(upper({occupation}), '{rule.occupation_exceptions}'), FALSE)"
    )


def outside_age(birth_date: str, as_of: date) -> str:
    """SQL: is the person under 17 or 65 and over on ``as_of``; unknown age is not.

    A year of age is completed on the birthday; who was born on 29 February completes it on 1 March of other years.
    """
    rule = eligibility()
    too_young, too_old = (_years_before(as_of, years) for years in (rule.youngest, rule.too_old))
    return f"coalesce({birth_date} > DATE '{too_young}' OR {birth_date} <= DATE '{too_old}', FALSE)"


def _years_before(day: date, years: int) -> date:
    """The last birth date of those who are ``years`` old on ``day``."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)
