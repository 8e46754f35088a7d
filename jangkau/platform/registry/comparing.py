"""Two runs held against each other: who came into the gap, who left it, and why."""

from __future__ import annotations

from typing import Any

import duckdb

from jangkau.platform.registry.models import Run

IN_GAP = "('lapsed', 'not_found', 'doubtful')"


def compare(*, run: Run, earlier: Run) -> dict[str, Any]:
    """Numbers of people by what they were and are, of the country and of each region, by person id."""
    with duckdb.connect(config={"memory_limit": "2GB"}) as duck:
        for name, one in (("now", run), ("before", earlier)):
            duck.execute(f"CREATE VIEW {name} AS FROM read_parquet('{one.out / 'people.parquet'}')")
        duck.execute(
            "CREATE TEMP TABLE moved AS SELECT coalesce(b.status, 'new') AS was, coalesce(n.status, 'gone') AS is_now, "
            "coalesce(n.region_code, b.region_code, '') AS region, count(*) AS people "
            "FROM now AS n FULL JOIN before AS b USING (person_id) GROUP BY ALL"
        )
        matrix = duck.execute(
            "SELECT was, is_now, CAST(sum(people) AS BIGINT) FROM moved GROUP BY ALL ORDER BY ALL"
        ).fetchall()
        came = f"was NOT IN {IN_GAP} AND is_now IN {IN_GAP}"
        left = f"was IN {IN_GAP} AND is_now NOT IN {IN_GAP}"
        regions = duck.execute(
            f"SELECT region, CAST(coalesce(sum(people) FILTER (WHERE {came}), 0) AS BIGINT) AS came, "
            f"CAST(coalesce(sum(people) FILTER (WHERE {left}), 0) AS BIGINT) AS gone, "
            f"CAST(coalesce(sum(people) FILTER (WHERE is_now = 'protected' AND was IN {IN_GAP}), 0) AS BIGINT) AS safe "
            "FROM moved GROUP BY region HAVING came + gone > 0 ORDER BY came + gone DESC, region"
        ).fetchall()
    return {
        "matrix": [{"was": was, "now": now, "people": people} for was, now, people in matrix],
        "regions": [
            {"region": region, "came": came_, "left": left_, "protected": protected}
            for region, came_, left_, protected in regions
        ],
        "ids": run.result.summary.get("id_changes"),
        "same_register": _register(run) == _register(earlier) != set(),
    }


def _register(run: Run) -> set[str]:
    """Digests of the register that a run read."""
    inputs = run.result.manifest.get("inputs", {})
    return {inputs[one.file] for one in run.files.filter(layout="register") if one.file in inputs}
