"""A link again after 2 % changed: `jangkau link --previous` beside a full link of the same files, and the same answer.

    python -m benchmarks.incremental [--scale 0.1] [--threads 2]

1 million list rows x 5 million of the register. Twice: a register of which 2 % changed (half of them say something
else, a quarter went, a quarter came), and a list that grew by 2 %. Wall seconds of whole processes that took turns,
compiled code in its cache, files read once before. The issue sets no ratio: what is judged is that links, left rows and
model are the same byte for byte.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.invented import invented_pair
from benchmarks.processes import Measured, link_command, measured, warm_files, warm_kernels
from benchmarks.rows import Row, Size, main_of

LEFT, RIGHT = 1_000_000, 5_000_000
SHARE = 0.02
ANSWER = ("links.parquet", "left.parquet", "model.json")


def measure(size: Size) -> list[Row]:
    """The rows of the table."""
    warm_kernels(folder=size.folder, threads=size.threads)
    rows = size.rows(LEFT), size.rows(RIGHT)
    pair = invented_pair(folder=size.folder / f"smaller_{size.scale:g}", left_rows=rows[0], right_rows=rows[1], seed=1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        left, right = folder / "left.parquet", folder / "right.parquet"
        pq.write_table(_grown(pq.read_table(pair.left), "rec_id"), left)
        pq.write_table(_next_month(pq.read_table(pair.right)), right)
        first = _linked(pair.left, pair.right, folder / "before", size.threads)
        found = [Row(f"jangkau link, {rows[0]:,} x {rows[1]:,}", _told(first))]
        found += _turn("2 % of the register changed", pair.left, right, folder, size.threads)
        found += _turn("the list grew by 2 %", left, pair.right, folder, size.threads)
        return found


def _turn(what: str, left: Path, right: Path, folder: Path, threads: int) -> list[Row]:
    """A full link and one that uses the earlier one."""
    full = _linked(left, right, folder / "full", threads)
    again = _linked(left, right, folder / "again", threads, previous=folder / "before")
    same = all((folder / "full" / name).read_bytes() == (folder / "again" / name).read_bytes() for name in ANSWER)
    return [
        Row(f"{what}: in full", _told(full)),
        Row("- with --previous", f"{_told(again)}; {again.seconds / full.seconds:.2f} of that"),
        Row("- the same answer", "byte for byte" if same else "NOT the same", "byte for byte", same),
    ]


def _linked(left: Path, right: Path, out: Path, threads: int, previous: Path | None = None) -> Measured:
    warm_files(left, right)
    command = link_command(files=[left, right], method="people", out=out, threads=threads)
    return measured(command=[*command, "--force", *(("--previous", str(previous)) if previous else ())])


def _grown(table: pa.Table, ids: str) -> pa.Table:
    """With rows of other people at the end: their names and birth dates from two rows of the table."""
    draw = np.random.default_rng(7)
    more = round(len(table) * SHARE)
    one, other = (table.take(pa.array(draw.integers(0, len(table), more))) for _ in range(2))
    for column in ("tanggal_lahir", "nik"):
        one = _with(one, column, other.column(column).combine_chunks())
    named = pc.binary_join_element_wise("new", pa.array(np.arange(more)).cast(pa.string()), "-")
    return pa.concat_tables([table, _with(one, ids, named)])


def _next_month(table: pa.Table) -> pa.Table:
    """Half of the 2 % have another telephone and a word more in their name, a quarter went, a quarter came."""
    draw = np.random.default_rng(8)
    chance = draw.random(len(table)) / SHARE
    changed = pa.array(chance < 0.5)
    name, phone = table.column("nama").combine_chunks(), table.column("no_hp").combine_chunks()
    table = _with(table, "nama", pc.if_else(changed, pc.binary_join_element_wise(name, "ABADI", " "), name))
    table = _with(table, "no_hp", pc.if_else(changed, pc.binary_join_element_wise("0899", phone, ""), phone))
    came = _grown(table, "kpj").slice(len(table), round(len(table) * SHARE / 4))
    return pa.concat_tables([table.filter(pa.array((chance < 0.5) | (chance >= 0.75))), came])


def _with(table: pa.Table, name: str, values: pa.Array) -> pa.Table:
    return table.set_column(table.schema.get_field_index(name), name, values)


def _told(spent: Measured) -> str:
    return f"{spent.seconds:.1f} s, {spent.peak:.2f} GB"


if __name__ == "__main__":
    main_of(__doc__, measure)
