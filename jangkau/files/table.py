"""What every kind of file looks like once it is open: numbered rows of text, in batches."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt
import pyarrow as pa

# A cell longer than this is no cell of a list: Excel itself stops at 32,767 characters.
LONGEST_CELL = 30_000
PREVIEW_ROWS = 60

BrokenCode = Literal["ragged", "unclosed_quote", "cell_too_long", "nul_byte", "broken_text"]
# What the cells of a column were before they became text. A CSV has only text.
Kind = Literal["text", "integer", "float", "date", "boolean", "empty", "other"]


@dataclass(frozen=True)
class Row:
    """A row as sent. ``line`` is where it starts and ``last`` where it ends, as the sender's editor counts."""

    line: int
    cells: tuple[str, ...]
    last: int


@dataclass(frozen=True)
class Preview:
    """The first rows of a table; of one sheet, where a file has sheets."""

    sheet: str | None
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class BrokenRow:
    """A row that cannot be taken apart, or holds what no cell may hold. ``cells`` is None where it could not be
    split."""

    line: int
    raw: str
    cells: tuple[str, ...] | None
    column: int | None
    code: BrokenCode


@dataclass(frozen=True)
class Batch:
    """Some rows in file order. ``cells`` has string columns c0, c1, ..., or dictionaries of strings; ``numbers`` says,
    for columns in which some cells were numbers and not text, which; ``errors`` are cells with a formula error, as
    (line, column)."""

    cells: pa.Table
    line: pa.Int64Array
    broken: tuple[BrokenRow, ...] = ()
    numbers: Mapping[int, npt.NDArray[np.bool_]] = field(default_factory=dict)


@dataclass(frozen=True)
class Piece:
    """A batch still to be made, by any thread. ``done`` is how many bytes of the file are behind us."""

    make: Callable[[], Batch]
    done: int


class Table(Protocol):
    """An open file. Closed by ``open_table``."""

    format: str

    @property
    def encoding(self) -> str:
        """As read; known for certain once all rows have been."""
        ...

    @property
    def previews(self) -> tuple[Preview, ...]:
        """One preview, or one for each visible sheet."""
        ...

    def kind(self, *, column: int) -> Kind:
        """What the cells of a column are in the file, where the file says."""
        ...

    def formula_errors(self, *, sheet: str | None, columns: frozenset[int]) -> tuple[str, ...]:
        """Addresses such as ``B4`` of cells in these columns whose formula gave an error."""
        ...

    def pieces(self, *, sheet: str | None, after: int, columns: int) -> Iterator[Piece]:
        """The rows after line ``after``, each of ``columns`` cells; wholly empty rows may be among them."""
        ...


@runtime_checkable
class ByColumn(Table, Protocol):
    """A table whose columns and rows can be read alone, much cheaper than the whole."""

    @property
    def count(self) -> int:
        """Rows, header rows that stand among them included."""
        ...

    def column(self, *, column: int, after: int) -> Iterator[tuple[int, pa.Array]]:
        """The cells of one column after line ``after``, each part with the line of its first cell."""
        ...

    def rows(self, *, lines: npt.NDArray[np.int64]) -> Iterator[Batch]:
        """The rows of these lines, in order of the file."""
        ...


def blank(cells: tuple[str, ...]) -> bool:
    return not any(cell.strip() for cell in cells)
