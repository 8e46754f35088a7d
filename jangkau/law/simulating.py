"""A simulation from files to a folder: summary.json, tables, the page, and the manifest that says what made them."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

import jangkau
from jangkau.complaints import Complaint, Language, Text
from jangkau.law.facts import among, missing, within
from jangkau.law.simulation import Priced, Question, price_people
from jangkau.law.simulation_figures import all_groups, histogram, payers, summary, thresholds
from jangkau.law.simulation_report import BINS, render
from jangkau.law.values import PROGRAMMES
from jangkau.outputs import Work, manifest, sha256, staging, write_json, write_parquet


@dataclass(frozen=True)
class Outcome:
    """The folder and what `summary.json` in it says."""

    out: Path
    summary: dict[str, Any]


def simulate(*, question: Question, out: Path, language: Language = "id") -> Outcome:
    """Price everybody under both laws and write the folder, wholly or not at all. Complaint for bad input."""
    within(day=question.month, option="--month")
    if question.programmes is not None:
        for programme in question.programmes:
            among(fact="programmes", value=programme, choices=PROGRAMMES)
        if not question.programmes:
            raise missing(fact="programmes", why=Text("Tidak ada program yang disebut.", "No programme is named."))
    _there(question.people)
    with staging(target=out) as folder:
        priced = price_people(question=question)
        groups = all_groups(priced=priced, limits=thresholds(priced=priced))
        said = summary(priced=priced, question=question, groups=groups)
        _write(priced, said, groups, folder, language)
        names = ["people", "reform", *(["baseline"] if question.baseline else [])]
        work = Work(
            inputs={name: sha256(path=getattr(question, name)) for name in names},
            as_of=said["month"],
            versions={"code": jangkau.__version__},
            seed=0,
            settings={"programmes": ",".join(question.programmes or ()) or None},
        )
        manifest.write(manifest=manifest.build(folder=folder, work=work, timings={}), folder=folder)
    return Outcome(out, said)


def _there(path: Path) -> None:
    if not path.is_file():
        raise Complaint(
            what=Text("Berkas orang tidak ada.", "The people file is not there."),
            where=str(path),
            why=Text("Tidak ada berkas dengan nama itu.", "There is no file of that name."),
            do=Text("Periksa namanya.", "Check its name."),
        )


def _write(
    priced: Priced, said: dict[str, Any], groups: list[dict[str, Any]], folder: Path, language: Language
) -> None:
    write_json(value=said, path=folder / "summary.json")
    for name, rows in (("payers", payers(priced=priced)), ("groups", groups)):
        write_parquet(table=pa.Table.from_pylist(rows), path=folder / f"{name}.parquet")
        _csv(rows, folder / f"{name}.csv")
    people = priced.people.db.sql(
        """SELECT line, person_id, income, estimated AS income_estimated, worker_baseline, worker_reform,
            worker_reform - worker_baseline AS worker_change, total_baseline, total_reform, known
        FROM priced_middle ORDER BY line"""
    ).to_arrow_table()
    write_parquet(table=people, path=folder / "people.parquet")
    bins = {
        of: histogram(priced=priced, level="middle", edges=edges, of=of)
        for of, edges in BINS.items()
        if of == "income" or priced.people.has_instalments
    }
    page = render(summary=said, groups=groups, bins=bins, language=language)
    (folder / "report.html").write_text(page, encoding="utf-8", newline="\n")


def _csv(rows: Sequence[dict[str, Any]], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, fieldnames=list(rows[0]) if rows else ["empty"], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
