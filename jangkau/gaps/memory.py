"""One limit of memory for a whole run: what the linkage and the figures hold is taken from what DuckDB may have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass

import duckdb
import numpy as np
import pyarrow as pa

from jangkau.complaints import Complaint, Text
from jangkau.linkage.link import memory_limit, memory_needed
from jangkau.linkage.method import Method

MB = 10**6
PROCESS = 600 * MB
"""Python, its libraries and the batches that are on their way."""
LEAST = 150 * MB
"""DuckDB gets no less than this for each thread, however little is left: with less its sorts cannot spill."""
SORTED_ROW = 500
"""Bytes that a list row takes while it is sorted, measured: 370."""
TRACKED = 0.7
"""The share of its memory that DuckDB counts; strings of aggregates and buffers of its readers come on top.
With 0.8 a run of 13 million rows took 8.19 GB where 8 were allowed."""
DEFAULT, PER_INPUT_BYTE = 8_000 * MB, 5
"""Without --memory: up to 8 GB, or five times the input where that is more, and never more than the machine has."""


@dataclass(frozen=True)
class Budget:
    """The bytes that the process may use, shared out step by step by moving DuckDB's limit."""

    connection: duckdb.DuckDBPyConnection
    limit: int
    threads: int

    def for_sql(self, *held: object) -> None:
        """DuckDB works and the rest of the process only holds arrays: it gets what these leave."""
        self._grant(int((self.limit - PROCESS - size_of(*held)) * TRACKED))

    def for_arrays(self) -> None:
        """NumPy or the linkage works: DuckDB keeps as little as it can, the rest of its pages go to disk."""
        self._grant(0)

    def passes(self, *, rows: int) -> int:
        """In how many parts to sort list rows, so that each fits into what DuckDB has."""
        return max(1, -(-rows * SORTED_ROW // max(self.limit - PROCESS, self.threads * LEAST)))

    def check(self, *, method: Method, rows: int) -> None:
        """Complain when the linkage of so many list rows does not fit; told before the long steps begin."""
        lines = memory_needed(method=method, rows=rows, threads=self.threads) - memory_needed(
            method=method, rows=0, threads=self.threads
        )
        if lines + LEAST // 2 > self.limit:
            raise _too_small(self.limit, PROCESS + lines + self.threads * LEAST)

    def _grant(self, share: int) -> None:
        megabytes = max(share, self.threads * LEAST) // MB
        try:
            self.connection.execute(f"SET memory_limit = '{megabytes}MB'")
        except duckdb.OutOfMemoryException:
            # More is in use this moment than it may keep: it stays as it was until the next step asks.
            return


def budget(*, connection: duckdb.DuckDBPyConnection, memory: str | None, inputs: int) -> Budget:
    """The budget of a run. ``memory``: as given (8GB), None for a limit by the machine; ``inputs``: bytes of all input
    files. Complaint for a limit that is no size, or is none at all."""
    machine, threads = connection.execute(
        "SELECT current_setting('memory_limit'), current_setting('threads')"
    ).fetchall()[0]
    limit = memory_limit(text=memory)
    if limit is None:
        limit = min(_bytes(str(machine)), max(DEFAULT, inputs * PER_INPUT_BYTE))
    if limit <= 0:
        raise _too_small(limit, PROCESS + int(threads) * LEAST)
    return Budget(connection, limit, int(threads))


def _bytes(text: str) -> int:
    """What DuckDB says it may use by itself, four fifths of the machine: '12.4 GiB'."""
    return memory_limit(text=text.replace("bytes", "")) or 0


def size_of(*values: object) -> int:
    """Bytes of all arrays in these facts, each counted once."""
    return sum(dict(_sizes(values)).values())


def _sizes(value: object) -> Iterator[tuple[int, int]]:
    """Identity and bytes of each array; of a part of an array, those of the whole."""
    if isinstance(value, np.ndarray):
        while isinstance(value.base, np.ndarray):
            value = value.base
        # an object array counts its pointers: what they point to are a few words, shared by all
        yield id(value), value.nbytes
    elif isinstance(value, pa.Array):
        yield id(value), value.nbytes
    elif isinstance(value, (tuple, list)):
        for one in value:
            yield from _sizes(one)
    elif is_dataclass(value) and not isinstance(value, type):
        for one in fields(value):
            yield from _sizes(getattr(value, one.name))


def _too_small(limit: int, needed: int) -> Complaint:
    size = f"{-(-needed // 10**8) / 10:.1f}GB"
    return Complaint(
        what=Text("Memori tidak cukup.", "There is not enough memory."),
        where=f"--memory {limit // MB}MB",
        why=Text(f"Pekerjaan ini memerlukan sekitar {size}.", f"This work takes about {size}."),
        do=Text(f"Beri --memory {size} atau lebih.", f"Give --memory {size} or more."),
    )
