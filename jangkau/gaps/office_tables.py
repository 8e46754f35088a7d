"""Small tables that the office keeps itself: branches and decisions, as CSV or whatever Excel makes of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from jangkau.complaints import Complaint, Text
from jangkau.files import Row, open_table


def read_office_table(
    *, path: Path, required: Sequence[str], optional: Sequence[str] = ()
) -> Iterator[tuple[int, Mapping[str, str]]]:
    """The rows of a table as (line, cells by column); a column that is not there gives ''. Empty rows are left out.

    Any delimiter, encoding and format that a list may have. Raises Complaint for a file that cannot be read, lacks a
    required column, has one twice, or holds a broken row.
    """
    with open_table(path=path) as table:
        preview = next((p for p in table.previews if _header(p.rows, required)), table.previews[0])
        header = _header(preview.rows, required) or next((row for row in preview.rows if any(row.cells)), None)
        if header is None:
            raise _unreadable(path, 1, *_lacking(required))
        names = [cell.strip().strip("\ufeff").lower() for cell in header.cells]
        lacking = [name for name in required if name not in names]
        if lacking:
            raise _unreadable(path, header.line, *_lacking(lacking))
        twice = [name for name in (*required, *optional) if names.count(name) > 1]
        if twice:
            raise _unreadable(
                path, header.line, f"Kolom {twice[0]} ada dua kali.", f"Column {twice[0]} is there twice."
            )
        place = {name: names.index(name) for name in (*required, *optional) if name in names}
        for piece in table.pieces(sheet=preview.sheet, after=header.last, columns=len(names)):
            batch = piece.make()
            if batch.broken:
                line = batch.broken[0].line
                raise _unreadable(
                    path, line, "Baris ini tidak dapat dipisah menjadi sel.", "The row cannot be split into its cells."
                )
            cells = [column.to_pylist() for column in batch.cells.columns]
            for index, line in enumerate(batch.line.to_pylist()):
                row = {name: (cells[at][index] or "").strip() for name, at in place.items()}
                if any(row.values()):
                    yield line, {name: row.get(name, "") for name in (*required, *optional)}


def _header(rows: Sequence[Row], required: Sequence[str]) -> Row | None:
    """The first row that names every required column."""
    return next((row for row in rows if set(required) <= {c.strip().strip("\ufeff").lower() for c in row.cells}), None)


def _lacking(names: Sequence[str]) -> tuple[str, str]:
    return f"Kolom {', '.join(names)} tidak ada.", f"Column {', '.join(names)} is missing."


def _unreadable(path: Path, line: int, why_id: str, why_en: str) -> Complaint:
    return Complaint(
        what=Text(f"{path.name} tidak dapat dipahami.", f"{path.name} cannot be understood."),
        where=f"{path.name}: {line}",
        why=Text(why_id, why_en),
        do=Text(
            "Perbaiki baris itu; kolom-kolomnya ada di docs/reference/run.md.",
            "Mend that line; docs/reference/run.md names the columns.",
        ),
    )
