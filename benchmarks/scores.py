"""Links against the truth: precision, recall and F1 at a probability, and at the probability that is best."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb


@dataclass(frozen=True)
class Score:
    """Of the pairs with at least `threshold` probability."""

    threshold: float
    precision: float
    recall: float
    f1: float

    def text(self) -> str:
        return f"F1 {self.f1:.4f} (precision {self.precision:.4f}, recall {self.recall:.4f})"


@dataclass(frozen=True)
class Scores:
    """At one half, and at the best threshold: that one is known only to who has the truth."""

    half: Score
    best: Score


def scores(*, links: Path, truth: str, both_ways: bool = False) -> Scores:
    """`links`: Parquet with left_id, right_id, probability. `truth`: a DuckDB query of left_id, right_id.

    With `both_ways` (one file among itself) a pair is the same pair whichever of the two is called left.
    """
    ids = "least(left_id, right_id) AS left_id, greatest(left_id, right_id) AS right_id"
    ids = ids if both_ways else "left_id, right_id"
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE truth AS SELECT DISTINCT {ids} FROM ({truth})")
        connection.execute(
            f"""CREATE TABLE step AS
            WITH pair AS (SELECT {ids}, max(probability) AS p FROM '{links}' GROUP BY ALL),
            marked AS (
                SELECT p, (t.left_id IS NOT NULL)::INT AS good
                FROM pair LEFT JOIN truth AS t ON pair.left_id = t.left_id AND pair.right_id = t.right_id
            ),
            grouped AS (SELECT p, count(*) AS n, sum(good) AS good FROM marked GROUP BY p)
            SELECT p, sum(n) OVER down AS n, sum(good) OVER down AS good FROM grouped
            WINDOW down AS (ORDER BY p DESC)"""
        )
        (total,) = connection.execute("SELECT count(*) FROM truth").fetchall()[0]
        half = connection.execute("SELECT p, n, good FROM step WHERE p >= 0.5 ORDER BY p LIMIT 1").fetchall()
        best = connection.execute(
            "SELECT p, n, good FROM step ORDER BY good / (n + ?) DESC LIMIT 1", [total]
        ).fetchall()
    return Scores(half=_score(0.5, half, total), best=_score(best[0][0] if best else 1.0, best, total))


def _score(threshold: float, found: list[tuple[float, int, int]], total: int) -> Score:
    _, n, good = found[0] if found else (1.0, 0, 0)
    return Score(float(threshold), int(good) / max(1, int(n)), int(good) / total, 2 * int(good) / (int(n) + total))
