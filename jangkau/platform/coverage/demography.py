"""People of a run by sex and by age, from its people.parquet: what summary.json does not tell."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path
from typing import Any, Final

import duckdb

from jangkau.gaps.estimate import Z95, around
from jangkau.platform.coverage.entries import STATUSES, Summary

AGES: Final = ((25, "0-24"), (35, "25-34"), (45, "35-44"), (55, "45-54"))
"""The youngest and the oldest stand with those next to them: the law covers none of them, and a group in which nobody
is unprotected would have to be hidden, and others with it."""


def with_sex_and_age(*, summary: Summary, people: Path) -> dict[str, Any]:
    """The summary with ``by_sex`` and ``by_age``, in the shape of its other groups.

    The estimate of a group is the sum of its people's chances, scaled so that all groups add up to the published one.
    Its interval is made as that of the other groups (`jangkau.gaps.estimate.around`): what is undecided about its own
    people, and its share of the error that all people have in common, which is what the published interval holds
    beyond them.
    """
    as_of = date.fromisoformat(summary["as_of"])
    bands = " ".join(f"WHEN age < {limit} THEN '{name}'" for limit, name in AGES)
    groups = {
        "sex": "sex",
        "age": f"CASE WHEN age IS NULL THEN NULL {bands} ELSE '55+' END",
    }
    made: dict[str, Any] = {**summary}
    with duckdb.connect() as connection:
        for name, group in groups.items():
            made[f"by_{name}"] = _groups(connection, people, as_of, name, group, summary)
    return made


def _groups(
    connection: duckdb.DuckDBPyConnection, people: Path, as_of: date, name: str, group: str, summary: Summary
) -> list[dict[str, Any]]:
    counted = ", ".join(f"count(*) FILTER (status = '{status}')" for status in STATUSES)
    rows = connection.execute(
        f"SELECT {group} AS part, count(*), coalesce(sum(1 - probability) FILTER (status <> 'not_eligible'), 0), "
        "coalesce(sum(probability * (1 - probability)) FILTER (status <> 'not_eligible'), 0), "
        f"count(*) FILTER (duty = 'unmet'), {counted} "
        "FROM (SELECT *, date_sub('year', birth_date, CAST($as_of AS DATE)) AS age FROM read_parquet($file)) "
        "GROUP BY part ORDER BY part NULLS LAST",
        {"as_of": as_of.isoformat(), "file": str(people)},
    ).fetchall()
    published = summary["unprotected"]
    total = sum(row[2] for row in rows)
    scale = published["estimate"] / total if total > 0 else 1.0
    common = _common(published, own=sum(row[3] for row in rows) * scale)
    return [
        {
            name: part,
            "people": count,
            "status": dict(zip(STATUSES, statuses, strict=True)),
            "unprotected": around(
                total=chance * scale,
                own=own * scale,
                shared=common * chance / total if total > 0 else 0.0,
                most=count,
            ).as_dict(),
            "duty": {"unmet": unmet},
        }
        for part, count, chance, own, unmet, *statuses in rows
    ]


def _common(published: dict[str, Any], *, own: float) -> float:
    """The deviation that all people have in common: that of the published interval without what is undecided about each
    of them. The interval is cut at 0 and at all people, so its longer side is the one to read."""
    half = max(published["estimate"] - published["low"], published["high"] - published["estimate"])
    return math.sqrt(max((half / Z95) ** 2 - own, 0.0))
