"""Which pairs of records are compared at all: those that share the key of a block."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from jangkau.linkage.first.method import Method
from jangkau.linkage.first.records import LIST


@dataclass(frozen=True)
class BlockYield:
    """What a block brought: pairs, and keys left out because too many records share them."""

    block: str
    pairs: int
    keys_left_out: int


def find(*, connection: duckdb.DuckDBPyConnection, method: Method, right: int, into: str) -> tuple[BlockYield, ...]:
    """Write pairs (a on a list, b on side ``right``, blocks: bit mask) into the table ``into``.

    ``right`` is LIST (both on lists, each pair once) or REGISTER. Every pair stands once, whatever the blocks that
    found it.
    """
    yields = []
    connection.execute(f"CREATE OR REPLACE TABLE {into}_found (a INTEGER, b INTEGER, block UTINYINT)")
    for number, block in enumerate(method.blocks):
        same_side = right == LIST
        connection.execute(
            f"""
            CREATE OR REPLACE TEMP TABLE block_key AS
                SELECT hash(key) AS key, rid, side
                FROM (SELECT {block.key} AS key, rid, side FROM record WHERE side IN ({LIST}, {right}))
                WHERE key IS NOT NULL;
            CREATE OR REPLACE TEMP TABLE block_size AS
                SELECT key, count(*) FILTER (side = {LIST}) AS n_left, count(*) FILTER (side = {right}) AS n_right
                FROM block_key GROUP BY key HAVING n_left > 0 AND n_right > {1 if same_side else 0};
            INSERT INTO {into}_found
                SELECT x.rid, y.rid, {number} FROM block_size AS s
                JOIN block_key AS x ON x.key = s.key AND x.side = {LIST}
                JOIN block_key AS y ON y.key = s.key AND y.side = {right} {"AND x.rid < y.rid" if same_side else ""}
                WHERE s.n_left * s.n_right <= {method.largest_block * (2 if same_side else 1)};
            """
        )
        left_out = connection.execute(
            f"SELECT count(*) FROM block_size WHERE n_left * n_right > {method.largest_block * (2 if same_side else 1)}"
        ).fetchone()
        pairs = connection.execute(f"SELECT count(*) FROM {into}_found WHERE block = {number}").fetchone()
        yields.append(BlockYield(block.name, int((pairs or (0,))[0]), int((left_out or (0,))[0])))
    connection.execute(
        f"CREATE OR REPLACE TABLE {into} AS SELECT a, b, CAST(bit_or(1::INTEGER << block) AS INTEGER) AS blocks "
        f"FROM {into}_found GROUP BY a, b; DROP TABLE {into}_found"
    )
    return tuple(yields)
