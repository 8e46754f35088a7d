"""The results of a run as the engine leaves them, small and invented: for tests of what the platform makes of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from jangkau.outputs import Work, manifest

AS_OF = date(2021, 4, 30)
FIRST_NAMES = ("Sari", "Budi", "Wulan", "Agus", "Dewi", "Joko", "Rina", "Tono")


@dataclass(frozen=True)
class Made:
    """Somebody on the lists. ``status`` may be one of those outside the gap."""

    number: int
    region: str | None
    lists: tuple[str, ...]
    status: str = "not_found"
    kur_type: str | None = "mikro"
    sex: str = "P"
    born: date | None = date(1985, 5, 17)
    name: str | None = None

    @property
    def person_id(self) -> str:
        return f"p{self.number:024d}"

    @property
    def nik(self) -> str:
        return f"{self.region or '9999'}01570585{self.number:04d}"

    @property
    def called(self) -> str:
        return self.name or f"{FIRST_NAMES[self.number % len(FIRST_NAMES)]} Contoh {self.number}"


@dataclass(frozen=True)
class Doubt:
    """A pair: a person's row and a member, or the rows of two people."""

    left: Made
    right: Made | None = None
    state: str = "active"
    probability: float = 0.5
    marker: str = ""

    @property
    def references(self) -> tuple[str, str]:
        return f"{self.left.number:032x}", f"{self.right.number if self.right else 900_000 + self.left.number:032x}"


def sources(*, institutions: dict[str, str]) -> dict[str, str]:
    """Files and what they are, as the manifest says it; ``institutions``: file -> its name."""
    known = {
        f"source {file}": f"{'prakerja' if 'prakerja' in file else 'kur'}/{name}" for file, name in institutions.items()
    }
    return {**known, "source register.parquet": "register/"}


def write(
    *, folder: Path, people: Sequence[Made], doubts: Sequence[Doubt] = (), files: dict[str, str],
    digests: dict[str, str] | None = None,
) -> Path:  # fmt: skip
    """Write gaps, people, links, doubtful, summary and manifest; the folder. ``digests``: of the files that were read,
    where they stand for a delivery."""
    folder.mkdir(parents=True)
    gaps = [one for one in people if one.status in ("not_found", "lapsed", "doubtful")]
    with duckdb.connect() as duck:
        _people(duck, people, folder / "people.parquet")
        _gaps(duck, sorted(gaps, key=lambda one: (one.region or "z", one.called)), folder / "gaps.parquet")
        _links(duck, people, folder / "links.parquet")
        _doubtful(duck, doubts, folder / "doubtful.parquet")
    many = len(gaps)
    summary = {
        "as_of": AS_OF.isoformat(),
        "people": len(people),
        "rows": {"accepted": len(people), "refused": 0},
        "status": {"protected": 0},
        "unprotected": {"estimate": many, "low": many, "high": many},
    }
    (folder / "summary.json").write_text(json.dumps(summary))
    inputs = {"kur.csv": "0" * 64} | (digests or {})
    work = Work(inputs=inputs, as_of=AS_OF.isoformat(), versions={"code": "test"}, seed=0,
                settings=sources(institutions=files))  # fmt: skip
    manifest.write(manifest=manifest.build(folder=folder, work=work, timings={}), folder=folder)
    return folder


def _people(duck: duckdb.DuckDBPyConnection, people: Sequence[Made], path: Path) -> None:
    duck.execute("CREATE TABLE people (person_id VARCHAR, status VARCHAR, region_code VARCHAR)")
    duck.executemany("INSERT INTO people VALUES (?, ?, ?)", [(p.person_id, p.status, p.region) for p in people])
    duck.execute(f"COPY people TO '{path}' (FORMAT parquet)")


def _gaps(duck: duckdb.DuckDBPyConnection, people: Sequence[Made], path: Path) -> None:
    duck.execute(
        "CREATE TABLE gaps (person_id VARCHAR, nik VARCHAR, name VARCHAR, birth_date DATE, sex VARCHAR, "
        "region_code VARCHAR, lists VARCHAR[], status VARCHAR, probability DOUBLE, kpj VARCHAR, segment VARCHAR, "
        "paid_until DATE, duty VARCHAR, region_name VARCHAR, branches VARCHAR[], phone VARCHAR, kur_type VARCHAR, "
        "plafon BIGINT, last_list_date DATE, not_working BOOLEAN)"
    )
    rows: list[tuple[Any, ...]] = [
        (
            p.person_id, p.nik, p.called, p.born, p.sex, p.region, sorted(p.lists), p.status,
            0.4 if p.status == "doubtful" else 0.01, "123" if p.status == "lapsed" else None, None, None, "unmet", "",
            [], "0812", p.kur_type, 20_000_000 if p.kur_type else None, date(2020, 6, 1), None,
        )
        for p in people
    ]  # fmt: skip
    duck.executemany(f"INSERT INTO gaps VALUES ({', '.join('?' * 20)})", rows)
    duck.execute(f"COPY gaps TO '{path}' (FORMAT parquet)")


def _links(duck: duckdb.DuckDBPyConnection, people: Sequence[Made], path: Path) -> None:
    duck.execute("CREATE TABLE links (file VARCHAR, line BIGINT, person_id VARCHAR, decision VARCHAR, reason VARCHAR)")
    rows = [
        (file, p.number + 1, p.person_id, "none", "NIK berbeda; nama sama; tanggal lahir sama")
        for p in people
        for file in p.lists
    ]
    duck.executemany("INSERT INTO links VALUES (?, ?, ?, ?, ?)", rows)
    duck.execute(f"COPY links TO '{path}' (FORMAT parquet)")


def _doubtful(duck: duckdb.DuckDBPyConnection, doubts: Sequence[Doubt], path: Path) -> None:
    sides = ", ".join(
        f"{side}_file VARCHAR, {side}_line BIGINT, {side}_nik VARCHAR, {side}_name VARCHAR, {side}_birth_date DATE, "
        f"{side}_sex VARCHAR, {side}_region_code VARCHAR, {side}_phone VARCHAR"
        for side in ("left", "right")
    )
    evidence = ", ".join(f"evidence_{name} VARCHAR" for name in ("nik", "name", "born", "sex", "region", "phone"))
    duck.execute(
        f'CREATE TABLE doubtful ("left" VARCHAR, "right" VARCHAR, kind VARCHAR, person_id VARCHAR, '
        f"probability DOUBLE, right_state VARCHAR, {sides}, {evidence})"
    )
    said = ("NIK berbeda (-5.8)", "nama sama (+10.2)", *["tanggal lahir sama (+14.7)"] * 4)
    rows: list[tuple[Any, ...]] = []
    for one in doubts:
        left = one.left
        right = one.right
        rows.append(
            (
                *one.references, "same_person" if right else "member", left.person_id, one.probability,
                None if right else one.state,
                left.lists[0], left.number + 1, left.nik, left.called, left.born, left.sex, left.region, "",
                right.lists[0] if right else "register.parquet", right.number + 1 if right else 77,
                right.nik if right else left.nik[:12] + "9999", left.called, left.born, left.sex, left.region, "",
                *said,
            )
        )  # fmt: skip
    if rows:
        duck.executemany(f"INSERT INTO doubtful VALUES ({', '.join('?' * len(rows[0]))})", rows)
    duck.execute(f"COPY doubtful TO '{path}' (FORMAT parquet)")
