"""Person ids from one run to the next: an id goes to the person with most of its rows, and to nobody else after him."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import duckdb
import pyarrow as pa

from jangkau.gaps.earlier import DIGEST, RETIRED, Earlier
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
    *,
    connection: duckdb.DuckDBPyConnection,
    earlier: Earlier,
    id_key: str | None,
    derived: Sequence[str],
    another: Callable[[str, int], str],
) -> list[str]:
    """The id of each person, in the order of people: his earlier one if there is one that is his to keep.

    ``derived``: ids that follow from people's own rows; ``another(anchor, number)`` makes further ones from the anchor
    of a person, for whoever's derived id was somebody else's before. ``id_key`` is the digest of the key: under
    another key nobody keeps an id. Leaves shared and person_now behind for ``write_changes``.
    """
    earlier.load(connection=connection)
    people = connection.sql("SELECT person FROM person ORDER BY person").to_arrow_table()
    connection.register("derived_arrow", pa.table({"person": people.column(0), "person_id": pa.array(derived)}))
    connection.execute(_sql("earlier_ids").format(digest=DIGEST))
    if earlier.id_key != id_key:
        connection.execute("DELETE FROM carried; DELETE FROM id_known; DELETE FROM retired_id")
    connection.execute(
        "CREATE OR REPLACE TABLE person_now AS SELECT person, coalesce(c.person_id, d.person_id) AS person_id "
        "FROM derived_arrow AS d LEFT JOIN carried AS c USING (person)"
    )
    _rename(connection, another)
    connection.unregister("derived_arrow")
    found = connection.sql("SELECT person_id FROM person_now ORDER BY person").to_arrow_table()
    ids: list[str] = found.column(0).to_pylist()
    return ids


def _rename(connection: duckdb.DuckDBPyConnection, another: Callable[[str, int], str]) -> None:
    """People without an earlier id, whose derived id is or was somebody else's, get the next one that is free."""
    clashing = connection.execute(
        "SELECT person, anchor, (SELECT count(*) FROM person AS q WHERE q.anchor = p.anchor) "
        "FROM person_now JOIN person AS p USING (person) "
        "WHERE person NOT IN (SELECT person FROM carried) AND person_id IN (FROM id_known) ORDER BY person_id"
    ).fetchall()
    for person, anchor, number in clashing:
        taken = True
        while taken:
            number += 1
            one = another(anchor, number)
            (taken,) = connection.execute(
                "SELECT $1 IN (FROM id_known) OR $1 IN (SELECT person_id FROM person_now)", [one]
            ).fetchall()[0]
        connection.execute("UPDATE person_now SET person_id = ? WHERE person = ?", [one, person])


def write_changes(*, connection: duckdb.DuckDBPyConnection, folder: Path) -> IdChanges:
    """Write id_changes.parquet and the ids that are no longer in use."""
    connection.execute(f"CREATE OR REPLACE TABLE id_change AS {_sql('id_changes')}")
    changes = connection.sql(
        "SELECT previous_person_id, person_id, change, rows FROM id_change "
        "ORDER BY previous_person_id NULLS LAST, person_id NULLS LAST, change"
    )
    write_parquet(table=changes.to_arrow_table(), path=folder / "id_changes.parquet")
    retired = connection.sql(_sql("retired_ids")).to_arrow_table()
    if len(retired):
        write_parquet(table=retired, path=folder / RETIRED)
    counted = connection.sql(
        "SELECT change, count(DISTINCT CASE change WHEN 'split' THEN previous_person_id WHEN 'gone' "
        "THEN previous_person_id ELSE person_id END) FROM id_change GROUP BY change"
    ).fetchall()
    return IdChanges(**{**dict.fromkeys(CHANGES, 0), **dict(counted)})


def _sql(name: str) -> str:
    return (files("jangkau.gaps") / "sql" / f"{name}.sql").read_text(encoding="utf-8")
