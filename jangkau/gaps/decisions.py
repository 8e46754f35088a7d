"""What reviewers decided about doubtful pairs: facts for this run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb

from jangkau.complaints import Complaint, Text
from jangkau.gaps.office_tables import read_office_table
from jangkau.gaps.people import Decided
from jangkau.gaps.plan import Settled
from jangkau.gaps.review.kept import read_reviews

YES, NO = (
    frozenset({"1", "y", "ya", "yes", "true", "same", "sama"}),
    frozenset({"0", "t", "n", "tidak", "no", "false", "different", "beda", "berbeda"}),
)
COLUMNS = ("left", "right", "same", "by", "at")


Entry = tuple[str, str, str, bool]
"""When it was decided (sorts as text), the two references, and whether they are one person."""


def references(*, path: Settled) -> tuple[str, ...]:
    """Every digest, KPJ and file:line that a decision names."""
    return tuple(sorted({reference for _, left, right, _ in _latest(path).values() for reference in (left, right)}))


def _latest(settled: Settled) -> dict[frozenset[str], Entry]:
    """The last word about each pair of references."""
    latest: dict[frozenset[str], Entry] = {}
    for entry in (*_decided(settled.decisions), *_reviewed(settled)):
        pair = frozenset(entry[1:3])
        if pair not in latest or entry[0] >= latest[pair][0]:
            latest[pair] = entry
    return latest


def read_decisions(*, path: Settled, connection: duckdb.DuckDBPyConnection) -> tuple[Decided, int]:
    """The decisions that concern records of this run, and how many concern none.

    Those of decisions.csv: ``left`` and ``right`` are references as doubtful.parquet gives them, a KPJ, or file:line.
    And those of review samples, about lines of files that are what they were. The latest ``at`` counts.
    """
    latest = _latest(path)
    if not latest:
        return Decided(), 0
    places = _places(connection, {ref for _, left, right, _ in latest.values() for ref in (left, right)})
    same: list[tuple[int, int]] = []
    different: list[tuple[int, int]] = []
    unknown = 0
    for _, left, right, is_same in sorted(latest.values()):
        pairs = [(x, y) for x in places.get(left, []) for y in places.get(right, []) if x != y]
        unknown += not pairs
        (same if is_same else different).extend(pairs)
    return Decided(tuple(same), tuple(different)), unknown


def _decided(path: Path | None) -> Iterator[Entry]:
    if path is None:
        return
    for line, row in read_office_table(path=path, required=COLUMNS[:3], optional=COLUMNS[3:]):
        left, right, word = (row[c] for c in COLUMNS[:3])
        if not (left and right):
            raise _unclear(path, line, Text("Kolom left atau right kosong.", "Column left or right is empty."))
        if word.lower() not in YES | NO:
            raise _unclear(path, line, Text("Kolom same harus ya atau tidak.", "Column same must be yes or no."))
        yield row["at"], left, right, word.lower() in YES


def _reviewed(settled: Settled) -> Iterator[Entry]:
    for batch in read_reviews(path=settled.reviews):
        for one in batch.reviewed:
            row = next((row for row in one.rows if _as_it_was(row, batch.frame.population, settled.digests)), None)
            for kpjs, is_same in ((one.same, True), (one.different, False)):
                if row is not None:
                    yield from ((one.at, row, kpj, is_same) for kpj in kpjs)


def _as_it_was(row: str, then: Mapping[str, str], now: Mapping[str, str]) -> bool:
    """Is the file of a line the very one that reviewers saw; in another one the line may be somebody else."""
    file = row.rpartition(":")[0]
    return file in then and then[file] == now.get(file)


def _places(connection: duckdb.DuckDBPyConnection, references: set[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    query = """
        WITH wanted AS (SELECT unnest(?::VARCHAR[]) AS ref)
        SELECT w.ref, r.rid FROM wanted AS w JOIN record AS r ON r.ref = w.ref
        UNION SELECT w.ref, r.rid FROM wanted AS w JOIN record AS r ON r.kpj = w.ref
        UNION SELECT w.ref, r.rid FROM wanted AS w
            JOIN source_file AS f ON starts_with(w.ref, f.file_name || ':')
            JOIN record AS r ON r.file_no = f.file_no
                AND r.line = TRY_CAST(substr(w.ref, length(f.file_name) + 2) AS BIGINT)
        ORDER BY 1, 2
    """
    wanted = sorted(references)
    for reference, rid in connection.execute(query, [wanted]).fetchall():
        found.setdefault(reference, []).append(rid)
    return found


def _unclear(path: Path, line: int, why: Text) -> Complaint:
    return Complaint(
        what=Text("Sebuah keputusan tidak dapat dipahami.", "A decision cannot be understood."),
        where=f"{path.name}: {line}",
        why=why,
        do=Text(
            "Kolomnya: left, right, same, by, at; left dan right disalin dari doubtful.parquet.",
            "Its columns: left, right, same, by, at; copy left and right from doubtful.parquet.",
        ),
    )
