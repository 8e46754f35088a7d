"""The tables that a run writes: people, links, gaps and pairs to look at. Their columns are a contract: docs/reference/run.md."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from jangkau.gaps.gap import Members, People
from jangkau.gaps.membership import Matches
from jangkau.gaps.people import Rows
from jangkau.linkage.method import MISSING, Method
from jangkau.linkage.weights import Weights
from jangkau.outputs import write_parquet

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

NIK_WORDS = {
    1: "NIK sama",
    2: "NIK beda satu angka",
    3: "NIK beda satu angka di nomor urut",
    4: "NIK beda dua angka",
    5: "NIK berbeda",
    MISSING: "NIK tidak ada",
}
NAME_WORDS = {
    1: "nama sama", 2: "nama termuat di nama lain", 3: "nama hampir sama", 4: "nama mirip", 5: "satu kata nama sama", 6: "nama berbeda",
    MISSING: "nama tidak ada",
}  # fmt: skip
BORN_WORDS = {
    1: "tanggal lahir sama", 2: "tanggal dan bulan lahir tertukar", 3: "tanggal lahir beda satu bagian", 4: "tahun lahir sama", 5: "tahun lahir sama",
    6: "tanggal lahir berbeda", MISSING: "tanggal lahir tidak ada",
}  # fmt: skip
REGION_WORDS = {1: "kabupaten/kota sama", 2: "provinsi sama", 3: "provinsi berbeda", MISSING: "wilayah tidak ada"}
PHONE_WORDS = {1: "nomor HP sama", 2: "nomor HP berbeda", MISSING: "nomor HP tidak ada"}
SEX_WORDS = {1: "jenis kelamin sama", 2: "jenis kelamin berbeda", MISSING: "jenis kelamin tidak ada"}


def person_ids(*, connection: duckdb.DuckDBPyConnection, id_key: str | None) -> list[str]:
    """An opaque id for each person, from his own rows: a keyed hash of the smallest content digest among them.

    Without ``id_key`` (run.yaml) the key follows from the whole register, so that nobody can make an id from a NIK alone.
    """
    if id_key is None:
        (total,) = connection.execute(
            "SELECT sum(md5_number_lower(ref)::HUGEINT) FROM record WHERE side = 1"
        ).fetchone() or (0,)
        id_key = str(total)
    key = blake2b(id_key.encode(), digest_size=32).digest()
    anchors = connection.execute("SELECT anchor FROM person ORDER BY person").fetchall()
    return ["p" + blake2b(anchor.encode(), key=key, digest_size=12).hexdigest() for (anchor,) in anchors]


def register_result(
    *,
    connection: duckdb.DuckDBPyConnection,
    people: People,
    matches: Matches,
    members: Members,
    protected: Floats,
    ids: list[str],
    method: Method,
) -> None:
    """Make the table result: one line per person with id, status, probabilities, best candidate and what it rests on."""
    has = people.top >= 0
    top = np.maximum(people.top, 0)
    candidate = np.where(has, matches.record[top], -1) if len(matches.record) else np.full(len(has), -1)
    linked = people.linked >= method.high
    candidate = np.where(linked & has, members.best_row[np.maximum(candidate, 0)], candidate)
    levels = {
        f: getattr(matches.levels, f)[top] if len(matches.record) else np.zeros(len(has), np.uint8)
        for f in ("nik", "name", "born", "region")
    }
    decision = np.where(linked, "match", np.where(people.linked > method.low, "doubtful", "none"))
    table = pa.table(
        {
            "person": people.label,
            "person_id": ids,
            "status": pa.array(people.status.tolist(), pa.string()),
            "probability": np.round(protected, 6),
            "linked": np.round(people.linked, 6),
            "candidate": pa.array(candidate, pa.int32()),
            "decision": pa.array(decision.tolist(), pa.string()),
            "reason": pa.array(_reasons(has, levels), pa.string()),
            "duty": pa.array(people.duty.tolist(), pa.string()),
            "not_working": people.not_working,
        }
    )
    connection.register("result_arrow", table)
    connection.execute("CREATE OR REPLACE TABLE result AS SELECT * FROM result_arrow ORDER BY person")
    connection.unregister("result_arrow")


def _reasons(has: npt.NDArray[np.bool_], levels: dict[str, npt.NDArray[np.uint8]]) -> list[str]:
    words = {"nik": NIK_WORDS, "name": NAME_WORDS, "born": BORN_WORDS, "region": REGION_WORDS}
    said: dict[tuple[int, ...], str] = {}
    reasons = []
    for present, *pattern in zip(has.tolist(), *(levels[f].tolist() for f in words), strict=True):
        if not present:
            reasons.append("tidak ada calon di register")
            continue
        key = tuple(pattern)
        if key not in said:
            said[key] = "; ".join(words[f][level] for f, level in zip(words, key, strict=True))
        reasons.append(said[key])
    return reasons


def write_tables(*, connection: duckdb.DuckDBPyConnection, folder: Path) -> int:
    """Write people.parquet, links.parquet and gaps.parquet; returns how many people are in the gap."""
    connection.execute(
        """
        CREATE OR REPLACE TABLE whole AS
        SELECT r.*, p.* EXCLUDE (person), c.kpj, m.segmen AS segment, m.paid_through, k.name AS region_name
        FROM result AS r JOIN person AS p USING (person)
        LEFT JOIN record AS c ON c.rid = r.candidate
        LEFT JOIN protection AS m ON m.file_no = c.file_no AND m.line = c.line
        LEFT JOIN (SELECT code, any_value(name) AS name FROM known_region GROUP BY code) AS k ON k.code = p.region_code
        """
    )
    linked = "CASE WHEN decision = 'none' THEN NULL ELSE {} END AS {}"
    member = ", ".join(
        linked.format(source, name)
        for source, name in (("kpj", "kpj"), ("segment", "segment"), ("paid_through", "paid_until"))
    )
    queries = {
        "people": f"SELECT person_id, nik, name, birth_date, sex, region_code, lists, status, probability, {member}, duty FROM whole ORDER BY person_id",
        "links": "SELECT l.file_name AS file, l.line, w.person_id, w.kpj, w.linked AS probability, w.decision, w.reason "
        "FROM list_row AS l JOIN whole AS w USING (person) ORDER BY l.file_name, l.line",
        "gaps": f"SELECT person_id, nik, name, birth_date, sex, region_code, region_name, coalesce(b.branches, []::VARCHAR[]) AS branches, lists, status, "
        f"probability, {member}, duty, phone, kur_type, plafon, last_list_date, not_working FROM whole LEFT JOIN "
        "(SELECT region_code, list_sort(list(branch)) AS branches FROM branch_region GROUP BY 1) AS b USING (region_code) "
        "WHERE status IN ('lapsed', 'not_found', 'doubtful') ORDER BY region_code NULLS LAST, name NULLS LAST, person_id",
    }
    return [
        write_parquet(table=connection.sql(q).to_arrow_table(), path=folder / f"{n}.parquet")
        for n, q in queries.items()
    ][-1]


def write_doubtful(
    *,
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    people: People,
    matches: Matches,
    rows: Rows,
    weights: Weights,
    method: Method,
) -> int:
    """Write doubtful.parquet: undecided pairs of a person and a member, or of two people, side by side with the evidence."""
    chosen = (matches.probability > method.low) & (matches.probability < method.high)
    evidence = {
        f"evidence_{f}": _evidence(weights, matches, f, chosen)
        for f in ("nik", "name", "born", "sex", "region", "phone")
    }
    table = pa.table(
        {
            "kind": pa.array(["member"] * int(chosen.sum()), pa.string()),
            "person": matches.person[chosen],
            "left_rid": matches.person[chosen],
            "right_rid": matches.record[chosen],
            "probability": np.round(matches.probability[chosen], 6),
            **evidence,
        }
    )
    between = pa.table(
        {
            "kind": pa.array(["same_person"] * len(rows.undecided_a), pa.string()),
            "person": rows.person[rows.undecided_a],
            "left_rid": rows.undecided_a,
            "right_rid": rows.undecided_b,
            "probability": np.round(rows.undecided_p, 6),
            **{name: pa.nulls(len(rows.undecided_a), pa.string()) for name in evidence},
        }
    )
    connection.register("doubtful_arrow", pa.concat_tables([table, between]))
    fields = ", ".join(
        f"{side}.{column} AS {name}_{label}"
        for column, label in (
            ("nik", "nik"),
            ("nama", "name"),
            ("born", "birth_date"),
            ("sex", "sex"),
            ("region4", "region_code"),
            ("phone", "phone"),
        )
        for name, side in (("left", "x"), ("right", "y"))
    )
    names = ", ".join(evidence)
    query = (
        f"SELECT x.ref AS left, y.ref AS right, d.kind, r.person_id, d.probability, lx.file_name AS left_file, x.line AS left_line, "
        f"ly.file_name AS right_file, y.line AS right_line, y.kpj AS right_kpj, m.state AS right_state, {fields}, {names} FROM doubtful_arrow AS d "
        "JOIN (SELECT record.*, a.nama FROM record JOIN accepted_row AS a USING (file_no, line)) AS x ON x.rid = d.left_rid "
        "JOIN (SELECT record.*, a.nama FROM record JOIN accepted_row AS a USING (file_no, line)) AS y ON y.rid = d.right_rid "
        "JOIN source_file AS lx ON lx.file_no = x.file_no JOIN source_file AS ly ON ly.file_no = y.file_no "
        "LEFT JOIN protection AS m ON m.file_no = y.file_no AND m.line = y.line JOIN result AS r ON r.person = d.person "
        "ORDER BY d.kind, r.person_id, x.ref, y.ref"
    )
    written = write_parquet(table=connection.sql(query).to_arrow_table(), path=folder / "doubtful.parquet")
    connection.unregister("doubtful_arrow")
    return written


def _evidence(weights: Weights, matches: Matches, field: str, chosen: npt.NDArray[np.bool_]) -> pa.Array:
    words = {
        "nik": NIK_WORDS,
        "name": NAME_WORDS,
        "born": BORN_WORDS,
        "sex": SEX_WORDS,
        "region": REGION_WORDS,
        "phone": PHONE_WORDS,
    }[field]
    levels = matches.levels.field(field)[chosen]
    value = weights.of_field(name=field, patterns=matches.levels)[chosen]
    return pa.array(
        [f"{words[level]} ({v / np.log(2):+.1f})" for level, v in zip(levels.tolist(), value.tolist(), strict=True)],
        pa.string(),
    )
