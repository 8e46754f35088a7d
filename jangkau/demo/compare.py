"""A run on invented data held against the truth that was written beside it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from jangkau.complaints import Complaint, Text


@dataclass(frozen=True)
class Links:
    """Rows linked to a member, rows linked to the right one, and rows of people who are members."""

    made: int
    right: int
    to_make: int

    @property
    def precision(self) -> float:
        """Share of the links made that are right."""
        return self.right / self.made if self.made else 1.0

    @property
    def recall(self) -> float:
        """Share of the links to make that were made rightly."""
        return self.right / self.to_make if self.to_make else 1.0


@dataclass(frozen=True)
class Figure:
    """An estimate with its interval, and what it should be. ``code`` is None for the whole."""

    code: str | None
    name: str | None
    estimate: float
    low: float
    high: float
    truth: int

    @property
    def error(self) -> float:
        """How far the estimate is off, as a share of the truth."""
        return (self.estimate - self.truth) / self.truth if self.truth else 0.0

    @property
    def holds(self) -> bool:
        """Does the interval hold the truth?"""
        return self.low <= self.truth <= self.high


@dataclass(frozen=True)
class Comparison:
    """A run beside the truth: the whole, the regions, the people and the links.

    ``nowhere`` is how many of the estimate live in no known region; the truth knows where they live.
    """

    unprotected: Figure
    regions: tuple[Figure, ...]
    people: int
    true_people: int
    links: Links
    nowhere: float = 0.0


def compare(*, folder: Path, out: Path) -> Comparison:
    """Hold the run in `out` against `folder/truth`. Raises Complaint when one of them is not there."""
    truth = _json(folder / "truth" / "summary.json")
    summary = _json(out / "summary.json")
    by_region = truth["by_region"]
    regions = [
        _figure(group["region_code"], group["name"], group["unprotected"], by_region.get(group["region_code"], 0))
        for group in summary["by_region"]
        if group["region_code"] is not None
    ]
    return Comparison(
        unprotected=_figure(None, None, summary["unprotected"], truth["unprotected"]),
        regions=tuple(regions),
        people=summary["people"],
        true_people=truth["people"],
        links=_links(rows=folder / "truth" / "list_rows.parquet", links=out / "links.parquet"),
        nowhere=sum(g["unprotected"]["estimate"] for g in summary["by_region"] if g["region_code"] is None),
    )


def _figure(code: str | None, name: str | None, figure: dict[str, float], truth: int) -> Figure:
    return Figure(code, name, figure["estimate"], figure["low"], figure["high"], truth)


def _links(*, rows: Path, links: Path) -> Links:
    """Counted over the rows a run accepted; a person's row is linked rightly by any of his memberships."""
    with duckdb.connect() as connection:
        counted = connection.execute(
            """
            SELECT count(*) FILTER (decision = 'match'),
                count(*) FILTER (decision = 'match' AND list_contains(kpjs, kpj)),
                count(*) FILTER (len(kpjs) > 0)
            FROM read_parquet($links) JOIN read_parquet($rows) USING (file, line)
            """,
            {"links": str(links), "rows": str(rows)},
        ).fetchone()
    made, right, to_make = counted or (0, 0, 0)
    return Links(made, right, to_make)


def _json(path: Path) -> dict[str, Any]:
    try:
        value: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except OSError:
        raise Complaint(
            what=Text("Tidak ada yang dapat dibandingkan.", "There is nothing to compare."),
            where=str(path),
            why=Text("Berkas ini tidak ada.", "This file is not there."),
            do=Text(
                "Buat data contoh dengan 'jangkau demo FOLDER', lalu 'jangkau run FOLDER'.",
                "Invent data with 'jangkau demo FOLDER', then 'jangkau run FOLDER'.",
            ),
        ) from None
    return value
