"""Person ids from one run to the next: an id goes to the person with most of its rows, and to nobody else after him."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from jangkau.gaps.earlier import DIGEST, RETIRED, Earlier
from jangkau.gaps.statements import statement
from jangkau.outputs import write_parquet

CHANGES = ("kept", "merged", "split", "new", "gone")


@dataclass(frozen=True)
class IdChanges:
    """How many ids were kept, how many people hold several earlier ids (merged), how many earlier ids went to several
    people (split), how many people are new and how many ids have nobody left (gone)."""

    kept: int
    merged: int
    split: int
    new: int
    gone: int

    def as_dict(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in CHANGES}


def carry_over(
    *, connection: duckdb.DuckDBPyConnection, earlier: Earlier, id_key: str | None, another: Callable[[str, int], str]
) -> None:
    """Give each person in person_name his earlier id if there is one that is his to keep.

    ``another(anchor, number)`` makes further ids from the smallest digest of a person, for whoever's own id was
    somebody else's before. ``id_key`` is the digest of the key: under another key nobody keeps an id.
    """
    earlier.load(connection=connection)
    connection.execute(statement(name="earlier_ids").format(digest=DIGEST))
    if earlier.id_key != id_key:
        connection.execute("DELETE FROM carried; DELETE FROM id_known; DELETE FROM retired_id")
    connection.execute(
        "UPDATE person_name AS p SET person_id = c.person_id FROM carried AS c WHERE c.person = p.person"
    )
    clashing = connection.execute(
        "SELECT person, anchor, (SELECT count(*) FROM person AS q WHERE q.anchor = p.anchor) "
        "FROM person_name JOIN person AS p USING (person) "
        "WHERE person NOT IN (SELECT person FROM carried) AND person_id IN (FROM id_known) ORDER BY person_id"
    ).fetchall()
    for person, anchor, number in clashing:
        taken = True
        while taken:
            number += 1
            one = another(anchor, number)
            (taken,) = connection.execute(
                "SELECT $1 IN (FROM id_known) OR $1 IN (SELECT person_id FROM person_name)", [one]
            ).fetchall()[0]
        connection.execute("UPDATE person_name SET person_id = ? WHERE person = ?", [one, person])


def write_changes(*, connection: duckdb.DuckDBPyConnection, folder: Path) -> IdChanges:
    """Write id_changes.parquet and the ids that are no longer in use."""
    connection.execute(f"CREATE OR REPLACE TABLE id_change AS {statement(name='id_changes')}")
    changes = connection.sql(
        "SELECT previous_person_id, person_id, change, rows FROM id_change "
        "ORDER BY previous_person_id NULLS LAST, person_id NULLS LAST, change"
    )
    write_parquet(table=changes.to_arrow_table(), path=folder / "id_changes.parquet")
    retired = connection.sql(statement(name="retired_ids")).to_arrow_table()
    if len(retired):
        write_parquet(table=retired, path=folder / RETIRED)
    counted = connection.sql(
        "SELECT change, count(DISTINCT CASE change WHEN 'split' THEN previous_person_id WHEN 'gone' "
        "THEN previous_person_id ELSE person_id END) FROM id_change GROUP BY change"
    ).fetchall()
    return IdChanges(**{**dict.fromkeys(CHANGES, 0), **dict(counted)})
