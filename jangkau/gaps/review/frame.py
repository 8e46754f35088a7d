"""What a sample is drawn from: the people of a finished run, how likely each is unprotected, who keyed his rows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow.parquet as pq

from jangkau.complaints import Complaint, Text
from jangkau.gaps.alternatives import CALIBRATED_SUM
from jangkau.gaps.review.strata import Flags, Floats
from jangkau.gaps.tables import OFFICE_PRIOR, OFFICES
from jangkau.lists import Reading
from jangkau.outputs import manifest

SHOWN = ("nik", "nama", "tanggal_lahir", "jenis_kelamin", "kode_wilayah", "no_hp")
"""Columns of lists and register that reviewers compare."""


@dataclass(frozen=True)
class Run:
    """A finished run: its folder of results, its date, the digests of its inputs, and what it counted."""

    out: Path
    as_of: str
    inputs: dict[str, str]
    summary: dict[str, Any]

    @property
    def calibrated(self) -> float:
        """The run's own estimate, whatever it published."""
        gap = self.summary["unprotected"]
        every = [{"method": gap["method"], "estimate": gap["estimate"]}, *gap["alternatives"]]
        return float(next(one["estimate"] for one in every if one["method"] == CALIBRATED_SUM))


@dataclass(frozen=True)
class Frame:
    """The eligible people of a run, in the order of their ids; arrays of one length."""

    person_id: list[str]
    expected: Floats
    candidate: Flags
    poor: Flags


def read_run(*, out: Path) -> Run:
    """The results of an earlier run. Raises Complaint when there are none, or when they are not whole."""
    written = manifest.read(folder=out)
    if written is None or not manifest.whole(folder=out):
        raise Complaint(
            what=Text("Belum ada hasil untuk ditelaah.", "There is no result to review."),
            where=str(out),
            why=Text("Di sini tidak ada hasil 'jangkau run' yang utuh.", "There is no whole result of 'jangkau run'."),
            do=Text(
                "Jalankan dahulu: jangkau run FOLDER; bila hasilnya di tempat lain, sebut dengan --results.",
                "First run: jangkau run FOLDER; if the results lie elsewhere, name them with --results.",
            ),
        )
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    return Run(out, written.work.as_of, dict(written.work.inputs), summary)


def load_lists(*, connection: duckdb.DuckDBPyConnection, readings: Sequence[Reading]) -> None:
    """Make list_line: each accepted row of a list with what reviewers see, who keyed it, and its faults."""
    parts = []
    for number, reading in enumerate(readings):
        if reading.layout == "register":
            continue
        names = set(pq.read_schema(reading.accepted).names)
        path = str(reading.accepted).replace("'", "''")
        file = reading.file.replace("'", "''")
        office = OFFICES.get(reading.layout, "NULL")
        has_birth_date = reading.counts.accepted > reading.profile.missing.get("tanggal_lahir", 0)
        parts.append(
            f"SELECT '{file}' AS file, line, '{number}/' || coalesce(CAST({office} AS VARCHAR), '') AS office, "
            f"{shown(names=names)}, CAST(nik IS NULL OR NOT nik_valid AS INTEGER) + "
            f"CAST(coalesce(lahir_presisi <> 'day', {has_birth_date}) AS INTEGER) AS faults "
            f"FROM read_parquet('{path}')"
        )
    connection.execute("CREATE OR REPLACE TABLE list_line AS " + " UNION ALL ".join(parts))


def shown(*, names: set[str]) -> str:
    """The columns that reviewers compare, as text; NULL for those a file lacks."""
    return ", ".join(f"{f'CAST({c} AS VARCHAR)' if c in names else 'CAST(NULL AS VARCHAR)'} AS {c}" for c in SHOWN)


def frame_of(*, connection: duckdb.DuckDBPyConnection, run: Run) -> Frame:
    """The eligible people of the run. Needs list_line; leaves run_link (file, line, person_id, kpj, decision)."""
    connection.execute(
        "CREATE OR REPLACE TABLE run_link AS SELECT file, line, person_id, kpj, decision FROM read_parquet(?)",
        [str(run.out / "links.parquet")],
    )
    columns = connection.execute(
        f"""
        WITH overall AS (SELECT sum(faults) / count(*) AS rate FROM list_line),
        office AS (
            SELECT office, (sum(faults) + {OFFICE_PRIOR} * any_value(o.rate)) / (count(*) + {OFFICE_PRIOR})
                > 2 * any_value(o.rate) AS poor
            FROM list_line, overall AS o GROUP BY office
        ),
        row_of AS (
            SELECT person_id, bool_and(poor) AS poor, bool_or(kpj IS NOT NULL) AS candidate
            FROM run_link JOIN list_line USING (file, line) JOIN office USING (office) GROUP BY person_id
        )
        SELECT p.person_id, 1 - p.probability AS expected, r.candidate, r.poor
        FROM read_parquet(?) AS p JOIN row_of AS r USING (person_id)
        WHERE p.status <> 'not_eligible' ORDER BY p.person_id
        """,
        [str(run.out / "people.parquet")],
    ).fetchnumpy()
    return Frame(
        columns["person_id"].tolist(),
        np.asarray(columns["expected"], dtype=np.float64),
        *(np.asarray(np.ma.filled(columns[name], False), dtype=bool) for name in ("candidate", "poor")),
    )
