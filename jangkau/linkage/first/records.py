"""Rows of all files as records to compare: cleaned NIK, folded name, birth date, sex, region, phone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path

import duckdb
import pyarrow as pa

from jangkau.linkage.first.method import Method
from jangkau.persons import names, nik

LIST, REGISTER = 0, 1


@dataclass(frozen=True)
class SourceFile:
    """One accepted file. ``office`` is a SQL expression for who keyed the row (a branch, an agency), for its habits of
    error."""

    accepted: Path
    side: int
    layout: str
    institution: str
    columns: tuple[str, ...]
    office: str


def prepare(
    *, connection: duckdb.DuckDBPyConnection, sources: Sequence[SourceFile], method: Method, latest: date
) -> int:
    """Make the table ``record`` from accepted Parquet files; returns the number of records.

    ``latest`` bounds the century of a NIK's birth year. Tables left behind: accepted_row, folded_name, record.
    """
    connection.execute(
        "CREATE OR REPLACE TABLE accepted_row AS " + " UNION ALL ".join(map(_select, range(len(sources)), sources))
    )
    _fold_names(connection)
    sql = (files("jangkau.linkage.first") / "sql" / "records.sql").read_text(encoding="utf-8")
    connection.execute(sql.format(nik_birth_date=nik.birth_date("a.nik", latest), nik_sex=nik.sex("a.nik")))
    _rarity(connection, method)
    (count,) = connection.execute("SELECT count(*) FROM record").fetchone() or (0,)
    return int(count)


def _select(file_no: int, source: SourceFile) -> str:
    content = ", ".join(
        f"coalesce(CAST({c} AS VARCHAR), '')"
        for c in source.columns
        if c not in ("line", "flags", "nik_valid", "lahir_presisi")
    )
    label = f"{source.layout}/{source.institution}".replace("'", "''")
    kpj = "kpj" if source.side == REGISTER else "CAST(NULL AS VARCHAR)"
    path = str(source.accepted).replace("'", "''")
    return (
        f"SELECT CAST({file_no} AS SMALLINT) AS file_no, line, CAST({source.side} AS TINYINT) AS side, "
        f"md5(concat_ws(chr(31), '{label}', {content})) AS ref, {kpj} AS kpj, "
        f"'{file_no}/' || coalesce({source.office}, '') AS office, nik, nik_valid, nama, tanggal_lahir, lahir_presisi, "
        f"jenis_kelamin, kode_wilayah, no_hp FROM read_parquet('{path}')"
    )


def _fold_names(connection: duckdb.DuckDBPyConnection) -> None:
    distinct = connection.sql("SELECT DISTINCT nama FROM accepted_row WHERE nama IS NOT NULL").to_arrow_table()
    column = distinct.column("nama").combine_chunks() if distinct.num_rows else pa.array([], pa.string())
    folded = pa.table({"nama": column, "folded": names.fold_column(column)})
    connection.register("folded_name_arrow", folded)
    connection.execute(
        "CREATE OR REPLACE TABLE folded_name AS SELECT nama, folded, string_split(folded, ' ') AS tokens, "
        "array_to_string(list_sort(tokens), ' ') AS words, tokens[1] AS first_word, tokens[-1] AS last_word "
        # a name without a letter is no name: it must not bring its bearers together
        "FROM folded_name_arrow WHERE folded <> ''"
    )
    connection.unregister("folded_name_arrow")


def _rarity(connection: duckdb.DuckDBPyConnection, method: Method) -> None:
    """Add tokens, name_class and words_class, in half powers of ten.

    name_class: how rare the whole name is; words_class: how rare it is that a name holds all its words, were words
    independent. Sums of whole numbers (twentieths of a power of ten): threads change nothing.
    """
    last = method.name_rarity_classes - 1
    classed = f"CAST(least({last}, greatest(0, floor(2 * log10(t.n / CAST(%s AS DOUBLE))))) AS UTINYINT)"
    connection.execute(
        f"""
        CREATE OR REPLACE TABLE word_count AS
            SELECT word, count(*) AS n FROM (SELECT unnest(string_split(name, ' ')) AS word FROM record) GROUP BY word;
        CREATE OR REPLACE TABLE name_rarity AS
            WITH t AS (SELECT count(*) AS n FROM record WHERE name IS NOT NULL),
            whole AS (SELECT words, count(*) AS n FROM record WHERE words IS NOT NULL GROUP BY words),
            held AS (SELECT words, sum(CAST(round(20 * log10(t.n / CAST(w.n AS DOUBLE))) AS INTEGER)) // 10 AS class
                     FROM (SELECT words, unnest(string_split(words, ' ')) AS word FROM whole)
                     JOIN word_count AS w USING (word), t GROUP BY words)
            SELECT words, string_split(words, ' ') AS tokens, whole.n AS bearers, {classed % "whole.n"} AS name_class,
                CAST(least({last}, greatest(0, held.class)) AS UTINYINT) AS words_class
            FROM whole JOIN held USING (words), t;
        CREATE OR REPLACE TABLE record AS
            SELECT r.*, n.tokens, n.name_class, n.words_class
            FROM record AS r LEFT JOIN name_rarity AS n USING (words) ORDER BY rid;
        """
    )
