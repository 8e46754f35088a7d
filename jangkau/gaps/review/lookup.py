"""Whom a reviewer is shown beside a person: the members the run thought of, and the nearest others of the register."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from jangkau.gaps.review.frame import SHOWN, Run, shown
from jangkau.law.protection import Membership, protection
from jangkau.lists import Reading

MOST = 3
"""Members shown for one person: the best candidates of the run, then whoever is nearest, so that all look alike."""
NEAR_NAME, NEAR_ENOUGH = 0.75, 0.8
_MEMBERSHIP = ("segmen", "tanggal_mulai", "lunas_sampai", "tanggal_berhenti")


@dataclass(frozen=True)
class Member:
    """A member as the register writes him, each column with every way it is written; ``kpjs`` are all of his."""

    kpj: str
    kpjs: tuple[str, ...]
    protected: bool
    written: dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Person:
    """A person drawn, as his rows write him; ``linked`` is the KPJ that the run linked him to."""

    person_id: str
    rows: tuple[str, ...]
    linked: str | None
    written: dict[str, tuple[str, ...]]


def people_drawn(*, connection: duckdb.DuckDBPyConnection, person_ids: Sequence[str]) -> list[Person]:
    """The rows of these people, in the order given. Needs list_line and run_link; leaves drawn_line."""
    connection.register("drawn_arrow", pa.table({"person_id": pa.array(person_ids, pa.string())}))
    connection.execute(
        f"CREATE OR REPLACE TABLE drawn_line AS SELECT person_id, file, line, decision, kpj, {', '.join(SHOWN)} "
        "FROM run_link JOIN list_line USING (file, line) JOIN drawn_arrow USING (person_id) ORDER BY file, line"
    )
    connection.unregister("drawn_arrow")
    lines: dict[str, list[dict[str, str | int | None]]] = {}
    table = connection.sql("SELECT * FROM drawn_line ORDER BY file, line").to_arrow_table()
    for line in table.to_pylist():
        lines.setdefault(line["person_id"], []).append(line)
    return [
        Person(
            person_id,
            tuple(f"{line['file']}:{line['line']}" for line in lines[person_id]),
            next((str(line["kpj"]) for line in lines[person_id] if line["decision"] == "match"), None),
            _written(lines[person_id]),
        )
        for person_id in person_ids
    ]


def load_register(*, connection: duckdb.DuckDBPyConnection, readings: Sequence[Reading]) -> None:
    """Make register_line, a view of the accepted rows of the register."""
    parts = []
    for reading in readings:
        if reading.layout == "register":
            names = set(pq.read_schema(reading.accepted).names)
            dates = ", ".join(c if c in names else f"CAST(NULL AS DATE) AS {c}" for c in _MEMBERSHIP)
            path = str(reading.accepted).replace("'", "''")
            parts.append(f"SELECT kpj, {dates}, {shown(names=names)} FROM read_parquet('{path}')")
    connection.execute("CREATE OR REPLACE VIEW register_line AS " + " UNION ALL ".join(parts))


def candidates(*, connection: duckdb.DuckDBPyConnection, run: Run, as_of: date) -> dict[str, list[Member]]:
    """For each person of drawn_line the members to show, at most MOST, nobody twice."""
    wanted = _thought_of(connection, run)
    for person_id, near in _nearest(connection).items():
        wanted.setdefault(person_id, []).extend(near)
    members = _members(connection, {kpj for kpjs in wanted.values() for kpj in kpjs}, as_of)
    shown_to: dict[str, list[Member]] = {}
    for person_id, kpjs in wanted.items():
        chosen: list[Member] = []
        for kpj in kpjs:
            if kpj in members and not any(kpj in other.kpjs for other in chosen) and len(chosen) < MOST:
                chosen.append(members[kpj])
        shown_to[person_id] = chosen
    return shown_to


def _thought_of(connection: duckdb.DuckDBPyConnection, run: Run) -> dict[str, list[str]]:
    """The candidates of the run, likeliest first."""
    rows = connection.execute(
        """
        SELECT person_id, kpj FROM (
            SELECT person_id, kpj, 2.0 AS probability FROM drawn_line WHERE kpj IS NOT NULL
            UNION ALL
            SELECT person_id, right_kpj, probability FROM read_parquet(?)
            WHERE kind = 'member' AND right_kpj IS NOT NULL AND person_id IN (SELECT person_id FROM drawn_line)
        ) GROUP BY person_id, kpj ORDER BY person_id, max(probability) DESC, kpj
        """,
        [str(run.out / "doubtful.parquet")],
    ).fetchall()
    found: dict[str, list[str]] = {}
    for person_id, kpj in rows:
        found.setdefault(person_id, []).append(kpj)
    return found


def _nearest(connection: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """Members who share a NIK, most of one, the birth date or the whole name; the nearest by name, date and NIK.

    Broader than the blocks of the linkage, and without its weights: a look-up as a clerk would do it.
    """
    keys = (
        "substr(nik, 1, 12)",
        "substr(nik, 7, 10)",
        "tanggal_lahir",
        "nama || coalesce(substr(kode_wilayah, 1, 2), '')",
        "split_part(nama, ' ', 1) || substr(tanggal_lahir, 1, 4) || substr(kode_wilayah, 1, 4)",
    )
    same = " UNION ".join(
        f"SELECT d.person_id, r.kpj, d.nik AS nik1, r.nik AS nik2, d.nama AS nama1, r.nama AS nama2, "
        f"d.tanggal_lahir AS born1, r.tanggal_lahir AS born2 FROM (SELECT *, {key} AS key FROM drawn_line) AS d "
        f"JOIN (SELECT *, {key} AS key FROM register_line) AS r ON r.key = d.key"
        for key in keys
    )
    rows = connection.execute(
        f"""
        WITH near AS (
            SELECT person_id, kpj, coalesce(jaro_winkler_similarity(nama1, nama2), 0) AS likeness,
                CASE WHEN length(nik1) = length(nik2) THEN 16 - hamming(nik1, nik2) ELSE 0 END AS digits,
                coalesce(born1 = born2, FALSE) AS born
            FROM ({same})
        ), ranked AS (
            SELECT person_id, kpj, max(likeness + 0.5 * CAST(born AS INTEGER) + digits / 16.0) AS score FROM near
            WHERE likeness >= {NEAR_NAME} OR digits >= 14 GROUP BY person_id, kpj HAVING score >= {NEAR_ENOUGH}
        )
        SELECT person_id, kpj FROM ranked
        QUALIFY row_number() OVER (PARTITION BY person_id ORDER BY score DESC, kpj) <= {MOST}
        ORDER BY person_id, score DESC, kpj
        """
    ).fetchall()
    found: dict[str, list[str]] = {}
    for person_id, kpj in rows:
        found.setdefault(person_id, []).append(kpj)
    return found


def _members(connection: duckdb.DuckDBPyConnection, kpjs: set[str], as_of: date) -> dict[str, Member]:
    """Each KPJ with all rows of its member: the same KPJ, or the same NIK with the same birth date or name."""
    connection.register("kpj_arrow", pa.table({"kpj": pa.array(sorted(kpjs), pa.string())}))
    table = connection.sql(
        f"""
        WITH asked AS (SELECT r.* FROM register_line AS r JOIN kpj_arrow USING (kpj))
        SELECT asked.kpj AS asked, r.kpj, {", ".join("r." + c for c in (*_MEMBERSHIP, *SHOWN))}
        FROM asked JOIN register_line AS r ON r.nik = asked.nik
            AND (r.tanggal_lahir = asked.tanggal_lahir OR r.nama = asked.nama OR r.kpj = asked.kpj)
        UNION
        SELECT asked.kpj, asked.kpj, {", ".join("asked." + c for c in (*_MEMBERSHIP, *SHOWN))} FROM asked
        ORDER BY ALL
        """
    ).to_arrow_table()
    connection.unregister("kpj_arrow")
    lines: dict[str, list[dict[str, object]]] = {}
    for line in table.to_pylist():
        lines.setdefault(line["asked"], []).append(line)
    return {
        kpj: Member(
            kpj,
            tuple(sorted({str(line["kpj"]) for line in rows})),
            any(_protected(line, as_of) for line in rows),
            _written(rows),
        )
        for kpj, rows in lines.items()
    }


def _protected(line: dict[str, object], as_of: date) -> bool:
    started, paid, ended = (
        value if isinstance(value := line[name], date) else None
        for name in ("tanggal_mulai", "lunas_sampai", "tanggal_berhenti")
    )
    membership = Membership(str(line["segmen"]), started, paid, ended)
    return protection(membership=membership, as_of=as_of).counts_as_protected


def _written(lines: Sequence[dict[str, object]] | Sequence[dict[str, str | int | None]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(dict.fromkeys(str(line[name]) for line in lines if line[name])) for name in SHOWN}
