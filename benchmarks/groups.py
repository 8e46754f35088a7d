"""Who is missed more often, by the estimate and by the truth; and the ways to count, under three kinds of errors.

    python -m benchmarks.groups [--scale 0.1]

For default, doubled and correlated errors of the invented data: each method of `summary.json` against the truth, and
recall and precision of the links by group, as the run estimates them and as they are. Groups of fewer than 200 rows of
members are left out of the comparison: their truth is as much chance as their estimate.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from benchmarks.rows import Row, Size, main_of
from jangkau.demo.invent import invent
from jangkau.demo.rates import Rates
from jangkau.gaps.run import Settings, run

ERRORS = ("default", "doubled", "correlated")
REGISTER, LISTS = 300_000, 150_000
FEW = 200
BELOW = 0.01
# the kinds of groups, over people.parquet (p) and links.parquet (l)
KINDS = {
    "list": "l.file",
    "region": "p.region_code",
    "sex": "p.sex",
    "age": "CASE WHEN birth_date IS NULL THEN NULL WHEN {age} < 17 THEN '<17' WHEN {age} < 25 THEN '17-24' "
    "WHEN {age} < 35 THEN '25-34' WHEN {age} < 45 THEN '35-44' WHEN {age} < 55 THEN '45-54' "
    "WHEN {age} < 65 THEN '55-64' ELSE '65+' END",
    "name": "CASE WHEN contains(trim(p.name), ' ') THEN 'several_words' ELSE 'one_word' END",
}


@dataclass(frozen=True)
class Truth:
    """Links of one group's rows: made, made rightly, to make."""

    made: int
    right: int
    to_make: int

    @property
    def recall(self) -> float:
        return self.right / max(self.to_make, 1)

    @property
    def precision(self) -> float:
        return self.right / max(self.made, 1)


def truth_by_group(*, folder: Path, as_of: str) -> dict[tuple[str, str | None], Truth]:
    """Counted over the rows a run accepted, by the groups the run itself puts people into; `all` is everybody."""
    found = {}
    age = f"date_sub('year', p.birth_date, DATE '{as_of}')"
    with duckdb.connect() as connection:
        for kind, value in {"all": "'all'", **KINDS}.items():
            rows = connection.execute(
                f"""
                SELECT {value.format(age=age)} AS value, count(*) FILTER (decision = 'match'),
                    count(*) FILTER (decision = 'match' AND list_contains(kpjs, l.kpj)), count(*) FILTER (len(kpjs) > 0)
                FROM read_parquet($links) AS l JOIN read_parquet($rows) USING (file, line)
                JOIN read_parquet($people) AS p USING (person_id) GROUP BY 1
                """,
                {
                    "links": str(folder / "out" / "links.parquet"),
                    "people": str(folder / "out" / "people.parquet"),
                    "rows": str(folder / "truth" / "list_rows.parquet"),
                },
            ).fetchall()
            found.update({(kind, name): Truth(*counts) for name, *counts in rows})
    return found


def rows_of(*, errors: str, folder: Path) -> Iterator[Row]:
    """What one kind of errors shows."""
    summary = json.loads((folder / "out" / "summary.json").read_text(encoding="utf-8"))
    unprotected = json.loads((folder / "truth" / "summary.json").read_text(encoding="utf-8"))["unprotected"]
    gap, quality = summary["unprotected"], summary["linkage_quality"]
    for one in [gap, *gap["alternatives"]]:
        holds = one["low"] <= unprotected <= one["high"]
        error = 100 * (one["estimate"] / unprotected - 1)
        half = 50 * (one["high"] - one["low"]) / unprotected
        yield Row(f"{errors}: {one['method']}", f"{error:+.2f} % \N{PLUS-MINUS SIGN} {half:.2f} %", "", holds)
    truth = truth_by_group(folder=folder, as_of=summary["as_of"])
    whole = truth["all", "all"]
    yield Row(
        f"{errors}: recall, precision of rows",
        f"{whole.recall:.4f}, {whole.precision:.4f}",
        f"estimated for people: {quality['recall']:.4f}, {quality['precision']:.4f}",
    )
    yield from _groups(errors, quality, truth, whole)


def _groups(
    errors: str, quality: dict[str, Any], truth: dict[tuple[str, str | None], Truth], whole: Truth
) -> Iterator[Row]:
    distances, worst, low, named = [], ("", 0.0), set(), set()
    for one in quality["groups"]:
        true = truth.get((one["group"], one["value"]))
        if true is None or true.to_make < FEW or one["recall"] is None:
            continue
        name = f"{one['group']} {one['value']}"
        distance = (one["recall"] - quality["recall"]) - (true.recall - whole.recall)
        distances.append(abs(distance))
        worst = max(worst, (name, distance), key=lambda pair: abs(pair[1]))
        low |= {name} if true.recall < whole.recall - BELOW else set()
        named |= {name} if one["recall"] < quality["recall"] - BELOW else set()
        if one["group"] in ("sex", "name", "age"):
            yield Row(
                f"{errors}: {name}: recall, precision",
                f"{true.recall:.4f}, {true.precision:.4f}",
                f"estimated: {one['recall']:.4f}, {one['precision']:.4f}",
            )
    mean = sum(distances) / max(len(distances), 1)
    yield Row(
        f"{errors}: {len(distances)} groups, how far below the whole, error",
        f"mean {100 * mean:.2f} points, most {100 * worst[1]:+.2f} ({worst[0]})",
    )
    yield Row(
        f"{errors}: groups over a point below",
        f"{len(low)} in truth, {len(named)} named, {len(low & named)} both",
    )


def measure(size: Size) -> list[Row]:
    """All three kinds of errors, on two provinces."""
    rows: list[Row] = []
    for errors in ERRORS:
        with TemporaryDirectory() as name:
            folder = Path(name) / "demo"
            invent(
                folder=folder, register=size.rows(REGISTER), lists=size.rows(LISTS), seed=1, provinces=("12", "71"),
                rates=Rates().doubled() if errors == "doubled" else None, correlated=errors == "correlated",
            )  # fmt: skip
            settings = Settings(threads=size.threads)
            run(folder=folder, out=None, as_of=None, settings=settings, clock=time.monotonic, progress=_silent)
            rows += rows_of(errors=errors, folder=folder)
    return rows


def _silent(what: Any, done: int = 0, total: int | None = None) -> None:
    pass


if __name__ == "__main__":
    main_of(__doc__, measure)
