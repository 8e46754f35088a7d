"""A sender's desk: write a file, have it read, look at what came out. All people are invented."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from jangkau import lists
from jangkau.lists.flags import names

KUR = ("NIK", "Nama", "Tanggal Lahir", "Skema", "Plafon", "Tanggal Akad", "Bank")
BUDI = ("1272011708850001", "BUDI SANTOSO", "1985-08-17", "mikro", "25000000", "2021-01-05", "BRI")
SITI = ("1272015204900002", "SITI AMINAH", "1990-04-12", "kecil", "60000000", "2021-02-06", "BRI")


class Desk:
    """Reads what is sent to it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.accepted, self.refused = folder / "accepted.parquet", folder / "refused.csv"

    def send(self, data: bytes | str, name: str = "list.csv") -> Path:
        path = self.folder / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return path

    def read(
        self,
        data: bytes | str | Path,
        name: str = "list.csv",
        layout: str | None = None,
        columns: dict[str, str] | None = None,
    ) -> lists.Reading:
        return lists.read(
            path=data if isinstance(data, Path) else self.send(data, name),
            layout=layout,
            institution="BRI",
            accepted=self.accepted,
            refused=self.refused,
            connection=duckdb.connect(),
            as_of=date(2021, 4, 30),
            columns=columns,
        )

    def rows(self) -> list[dict[str, Any]]:
        """Accepted rows, flags by name."""
        rows = pq.read_table(self.accepted).to_pylist()
        return [row | {"flags": set(names(row["flags"]))} for row in rows]

    def row(self, **cells: str) -> dict[str, Any]:
        """Budi's row with some cells changed (by header), as it is accepted."""
        self.read(kur(change(BUDI, **cells)))
        return self.rows()[0]

    def refused_rows(self) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(self.refused.read_text("utf-8-sig"), newline="")))

    def refusal(self, **cells: str) -> dict[str, str]:
        """Budi's row with some cells changed, sent beside Siti's good one, as it is refused."""
        reading = self.read(kur(SITI, change(BUDI, **cells)))
        assert (reading.counts.read, reading.counts.accepted, reading.counts.refused) == (2, 1, 1)
        (row,) = self.refused_rows()
        assert row["_baris"] == "3"
        return row


def change(row: Sequence[str], **cells: str) -> tuple[str, ...]:
    """``nama="X"`` changes the cell under ``Nama``; ``tanggal_lahir`` that under ``Tanggal Lahir``."""
    header = [name.lower().replace(" ", "_") for name in KUR]
    return tuple(cells.get(name, cell) for name, cell in zip(header, row, strict=True))


def kur(*rows: Sequence[str], header: Sequence[str] = KUR, delimiter: str = ",") -> str:
    """A KUR list as CSV."""
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter, lineterminator="\n").writerows([header, *rows])
    return stream.getvalue()
