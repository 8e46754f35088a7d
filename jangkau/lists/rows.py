"""A batch of rows as sent -> accepted rows and refused ones. What one cell cannot show is seen here."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jangkau.files import Batch
from jangkau.lists import nik_check
from jangkau.lists.ceilings import over_ceiling
from jangkau.lists.columns import TYPES, Reader, Values
from jangkau.lists.flags import REFUSALS, flag
from jangkau.lists.headings import Heading
from jangkau.lists.layouts import Layout
from jangkau.lists.nik_check import Niks

Mask = npt.NDArray[np.bool_]
Flags = npt.NDArray[np.uint32]

# Columns that every accepted list has, in this order; then come those of its own layout.
COMMON = (
    ("line", pa.int64()),
    ("nik", pa.string()),
    ("nik_valid", pa.bool_()),
    ("nama", pa.string()),
    ("tanggal_lahir", pa.date32()),
    ("lahir_presisi", pa.string()),
    ("jenis_kelamin", pa.string()),
    ("kode_wilayah", pa.string()),
    ("no_hp", pa.string()),
    ("pekerjaan", pa.string()),
    ("meninggal", pa.bool_()),
    ("flags", pa.int32()),
)
_NOBODY = 1 + REFUSALS.index("nobody")


@dataclass(frozen=True)
class RefusedRow:
    """``cells`` as sent, or () where the line could not be split; ``faults`` are (header, code)."""

    line: int
    cells: tuple[str, ...]
    faults: tuple[tuple[str, str], ...]
    raw: str = ""


@dataclass(frozen=True)
class Read:
    """A batch that has been read. ``niks`` are the valid NIKs of the accepted rows as numbers, 0 for others;
    ``missing`` counts empty cells of accepted rows."""

    accepted: pa.Table
    refused: list[RefusedRow]
    niks: npt.NDArray[np.int64]
    repairs: Counter[str]
    missing: Counter[str]


def schema(layout: Layout) -> pa.Schema:
    """The columns of an accepted list: a contract, see docs/reference/run.md."""
    common = {name for name, _ in COMMON}
    own = [(column.name, TYPES[column.type]) for column in layout.columns if column.name not in common]
    return pa.schema([*COMMON, *own])


class RowReader:
    """Reads batches of one file, on any thread."""

    def __init__(self, *, heading: Heading, latest: date) -> None:
        self._heading = heading
        self._schema = schema(heading.layout)
        self._columns = [c for c in heading.layout.columns if c.name in heading.columns]
        self._readers = {c.name: Reader(column=c, latest=latest) for c in self._columns}

    def __call__(self, batch: Batch) -> Read:
        values: dict[str, Values] = {}
        for name, reader in self._readers.items():
            position = self._heading.columns[name]
            cells = batch.cells.column(position).combine_chunks()
            cells = cells.chunk(0) if isinstance(cells, pa.ChunkedArray) else cells
            values[name] = reader(cells, numbers=batch.numbers.get(position))
        count = batch.cells.num_rows
        table = _Rows(values, count)
        good, refused = self._refused(batch, table)
        flags = table.flags()
        columns = [self._column(field, table, batch, flags) for field in self._schema]
        accepted = pa.Table.from_arrays(columns, schema=self._schema)
        niks = np.where(table.nik_valid, table.niks.number, 0)
        if not good.all():
            accepted = accepted.filter(pa.array(good))
        repairs: Counter[str] = sum((v.repairs for v in values.values()), Counter())
        return Read(
            accepted=accepted,
            refused=refused,
            niks=niks[good],
            repairs=repairs,
            missing=Counter({c.name: accepted.column(c.name).null_count for c in self._heading.layout.columns}),
        )

    def _column(self, field: pa.Field, table: _Rows, batch: Batch, flags: Flags) -> pa.Array:
        made = {
            "line": lambda: batch.line,
            "nik_valid": lambda: pa.array(table.nik_valid),
            "lahir_presisi": lambda: table.precision(),
            "kode_wilayah": lambda: table.values(
                "kode_wilayah" if "kode_wilayah" in table else "kode_desa", pa.string()
            ),
            "flags": lambda: pa.array(flags.astype(np.int32)),
        }
        return made[field.name]() if field.name in made else table.values(field.name, field.type)

    def _refused(self, batch: Batch, table: _Rows) -> tuple[Mask, list[RefusedRow]]:
        """Which rows are good; the others with all that is wrong in them. Wholly empty rows are neither."""
        nobody = ~table.has_nik & ~(table.present("nama") & table.present("tanggal_lahir"))
        codes = {name: v.refused for name, v in table.items() if v.refused is not None}
        bad = nobody.copy()
        for refused in codes.values():
            bad |= refused > 0
        rows: list[RefusedRow] = []
        header = self._heading.header
        at = np.flatnonzero(bad)
        raw = batch.cells.take(pa.array(at)).to_pydict() if len(at) else {}
        lines = batch.line.take(pa.array(at)).to_pylist()
        for order, index in enumerate(at.tolist()):
            cells = tuple(column[order] for column in raw.values())
            if not any(cell.strip() for cell in cells):
                continue
            faults = [
                (header[self._heading.columns[name]], REFUSALS[refused[index] - 1])
                for name, refused in codes.items()
                if refused[index]
            ]
            if nobody[index] and not (faults and table.present("nama")[index]):
                faults.append((header[self._heading.columns["nik"]], "nobody"))
            rows.append(RefusedRow(lines[order], cells, tuple(faults)))
        for broken in batch.broken:
            where = header[broken.column] if broken.column is not None and broken.column < len(header) else ""
            rows.append(RefusedRow(broken.line, broken.cells or (), ((where, broken.code),), broken.raw))
        rows.sort(key=lambda row: row.line)
        return ~bad, rows


class _Rows:
    """The values of a batch, and what they say of each other."""

    def __init__(self, values: dict[str, Values], count: int) -> None:
        self._values, self._count = values, count
        self.niks: Niks = nik_check.parts(column=self.values("nik", pa.string()))
        rounded = values["nik"].flags
        sound = np.ones(count, bool) if rounded is None else rounded & flag("nik_rounded") == 0
        self.nik_valid: Mask = self.niks.valid & sound
        self.has_nik: Mask = self.niks.sixteen & ~self.niks.same_digit

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def items(self) -> list[tuple[str, Values]]:
        return list(self._values.items())

    def values(self, name: str, kind: pa.DataType) -> pa.Array:
        return self._values[name].values if name in self._values else pa.nulls(self._count, kind)

    def precision(self) -> pa.Array:
        extra = self._values["tanggal_lahir"].extra if "tanggal_lahir" in self._values else None
        return extra if extra is not None else pa.nulls(self._count, pa.string())

    def present(self, name: str) -> Mask:
        if name not in self._values:
            return np.zeros(self._count, bool)
        return np.asarray(pc.is_valid(self._values[name].values))

    def flags(self) -> Flags:
        flags = np.zeros(self._count, np.uint32)
        for value in self._values.values():
            if value.flags is not None:
                flags |= value.flags
        missing = ~self.present("nik")
        for name, mask in (
            ("nik_missing", missing),
            ("nik_damaged", ~missing & ~self.nik_valid),
            ("nik_prefix_unknown", self.niks.sixteen & ~nik_check.known_prefix(niks=self.niks)),
            *self._contradictions(),
        ):
            flags |= np.where(mask, np.uint32(flag(name)), np.uint32(0))
        for name in ("kode_wilayah", "kode_desa"):
            if name in self:
                unknown = ~nik_check.known_region(column=self._values[name].values)
                flags |= np.where(unknown, np.uint32(flag("region_unknown")), np.uint32(0))
        if "plafon" in self and "skema" in self:
            agreed = self.values("tanggal_akad", pa.date32())
            over = over_ceiling(
                scheme=self._values["skema"].values, amount=self._values["plafon"].values, agreed=agreed
            )
            flags |= np.where(over, np.uint32(flag("plafon_over_ceiling")), np.uint32(0))
        return flags

    def _contradictions(self) -> list[tuple[str, Mask]]:
        found: list[tuple[str, Mask]] = []
        if "jenis_kelamin" in self:
            sex = self._values["jenis_kelamin"].values
            differs = np.asarray(pc.is_valid(sex)) & (
                np.asarray(pc.fill_null(pc.equal(sex, "P"), False)) != self.niks.female
            )
            found.append(("sex_contradicts_nik", self.niks.valid & differs))
        if "tanggal_lahir" not in self:
            return found
        agrees = self._agrees(self.niks)
        born = self.present("tanggal_lahir")
        found.append(("birth_contradicts_nik", self.niks.valid & born & ~agrees))
        if "no_kk" in self:
            card = nik_check.parts(column=self._values["no_kk"].values)
            swapped = born & ~agrees & self._agrees(card) & card.valid & self.niks.sixteen
            found.append(("nik_kk_swapped", swapped))
        return found

    def _agrees(self, niks: Niks) -> Mask:
        """Whether the birth date fits the one in the number, as far as it is known."""
        days = pc.fill_null(self._values["tanggal_lahir"].values.cast(pa.int32()), 0).to_numpy()
        born = nik_check.two_digit_dates(days=days)
        agrees: Mask = niks.born == born
        precision = self._values["tanggal_lahir"].extra
        if precision is None:
            return agrees
        rough = np.flatnonzero(np.asarray(pc.fill_null(pc.not_equal(precision, "day"), False)))
        if len(rough):
            months = (niks.month == born // 100 % 100) | np.asarray(pc.equal(precision, "year").fill_null(False))
            agrees[rough] = ((niks.year == born // 10_000) & months)[rough]
        return agrees
