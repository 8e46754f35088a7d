"""Files whose bytes follow from their content alone: Parquet, JSON, and their digests."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

# Fixed, because the borders of row groups are part of the bytes. DuckDB's own size, so that it reads them in parallel.
ROW_GROUP = 122_880


def sha256(*, path: Path) -> str:
    """Digest of a file, as 64 hexadecimal digits; read in pieces, whatever its size."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write_json(*, value: object, path: Path) -> None:
    """Write JSON that people can read and compare: two spaces, keys in the order given, a line break at the end."""
    text = json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def write_parquet(*, table: pa.Table | pa.RecordBatchReader, path: Path) -> int:
    """Write rows as Parquet and return how many: same rows, same bytes, however they arrive in batches.

    A reader is streamed: at most one row group and one batch are in memory.
    """
    schema = _plain_schema(table.schema)
    batches = table.to_batches() if isinstance(table, pa.Table) else table
    rows = 0
    # store_schema would keep pandas metadata and Arrow's own types; plain Parquet is what every reader knows.
    with pq.ParquetWriter(path, schema, compression="zstd", compression_level=3, store_schema=False) as writer:
        for group in _groups(batches, schema):
            writer.write_table(group, row_group_size=ROW_GROUP)
            rows += group.num_rows
    return rows


def _plain_schema(schema: pa.Schema) -> pa.Schema:
    """The schema without metadata; dictionary columns by their values, since batches have different dictionaries."""
    fields = []
    for field in schema:
        kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        fields.append(pa.field(field.name, kind, nullable=field.nullable))
    return pa.schema(fields)


def _groups(batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.Table]:
    """Tables of exactly ROW_GROUP rows, the last one shorter, each in one piece: pages break where pieces end."""
    waiting: list[pa.RecordBatch] = []
    count = 0
    for batch in batches:
        waiting.append(batch)
        count += batch.num_rows
        if count < ROW_GROUP:
            continue
        table = pa.Table.from_batches(waiting)
        whole = count - count % ROW_GROUP
        for start in range(0, whole, ROW_GROUP):
            yield table.slice(start, ROW_GROUP).cast(schema).combine_chunks()
        waiting = table.slice(whole).to_batches()
        count -= whole
    if count:
        yield pa.Table.from_batches(waiting).cast(schema).combine_chunks()
