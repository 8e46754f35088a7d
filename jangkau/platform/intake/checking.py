"""`python -m jangkau.platform.intake.checking`: read one delivery with the engine, in a process of its own.

Told on stdin as JSON what to read; says on stdout how far it is (per cent, a line each) and leaves in the folder
preview.json, accepted.parquet, refused.csv and, last, result.json. Knows no database. Safe to kill and to repeat: each
file appears whole or not at all, and same bytes give the same files.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import traceback
import zipfile
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from jangkau.complaints import Complaint, Text

PREVIEW, ACCEPTED, REFUSED, RESULT = "preview.json", "accepted.parquet", "refused.csv", "result.json"
MEMORY = "2GB"


@dataclass(frozen=True)
class Asked:
    """What to read. ``layout`` "": recognise it. ``remembered``: mappings by hand of this institution, by layout."""

    path: str
    folder: str
    name: str
    institution: str
    layout: str
    columns: dict[str, str]
    remembered: dict[str, dict[str, str]]
    as_of: str


def main() -> int:
    """Check what stdin asks for. 0 when there is a result, be it a complaint."""
    from jangkau.outputs.disk import disk_full

    asked = Asked(**json.load(sys.stdin))
    folder = Path(asked.folder)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _remove_parts(folder)  # of a check that was killed
    os.environ["TMPDIR"] = str(folder)  # what is unpacked on the way holds people too
    try:
        result = check(asked=asked)
    except Complaint as complaint:
        result = {"complaint": as_dict(complaint=replaced(complaint, asked)), "notes": notes(path=Path(asked.path))}
    except Exception as error:
        if disk_full(error, where="jangkau") is None:
            # Its own words may be somebody's name or NIK, and so may a traceback's.
            sys.stderr.write(json.dumps({"level": "error", "logger": __name__, "error": type(error).__name__,
                                         "at_line": _place(error)}) + "\n")  # fmt: skip
            return 70
        _say(json.dumps({"full": True}))
        return 1
    finally:
        _remove_parts(folder)
    _write(folder / RESULT, result)
    return 0


def _remove_parts(folder: Path) -> None:
    for part in folder.iterdir():
        if not (part.suffix[1:].isdigit() or part.name.startswith("jangkau-")):
            continue
        if part.is_dir():
            shutil.rmtree(part, ignore_errors=True)
        else:
            part.unlink(missing_ok=True)


def check(*, asked: Asked) -> dict[str, Any]:
    """Preview and read; the result. Complaint for what is wrong with the file as a whole."""
    import duckdb

    from jangkau.lists import read

    path, folder = Path(asked.path), Path(asked.folder)
    layout, columns = _seen(asked)
    accepted, refused = (folder / f"{name}.{os.getpid()}" for name in (ACCEPTED, REFUSED))
    with duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": str(folder / f"spill.{os.getpid()}")}) as db:
        reading = read(
            path=path, layout=layout, institution=asked.institution, accepted=accepted, refused=refused, connection=db,
            as_of=date.fromisoformat(asked.as_of), threads=2, progress=_Told(path.stat().st_size), columns=columns,
        )  # fmt: skip
    accepted.replace(folder / ACCEPTED)
    if reading.refused:
        refused.replace(folder / REFUSED)
    else:
        (folder / REFUSED).unlink(missing_ok=True)
    return {
        "layout": reading.layout, "columns": columns, "counts": asdict(reading.counts),
        "profile": replace(reading.profile, file=asked.name).as_dict(), "notes": notes(path=path),
    }  # fmt: skip


def _seen(asked: Asked) -> tuple[str | None, dict[str, str]]:
    """Layout and mapping to read with; the preview is written on the way. What is remembered counts when the header
    alone does not tell."""
    from jangkau.lists import FirstRows, first_rows, usable

    path, folder = Path(asked.path), Path(asked.folder)

    def looked(layout: str, columns: dict[str, str]) -> FirstRows:
        seen = first_rows(path=path, layout=layout or None, columns=columns)
        _write(folder / PREVIEW, seen.as_dict())
        return seen

    seen = looked(asked.layout, {})
    columns = usable(columns=asked.columns, header=seen.header)
    if columns:
        seen = looked(asked.layout, columns)
    if not asked.columns and (seen.missing or not seen.columns):
        for layout, known in sorted(asked.remembered.items()):
            by_hand = usable(columns=known, header=seen.header)
            if by_hand and asked.layout in ("", layout):
                again = looked(layout, by_hand)
                if not again.missing:
                    return layout, by_hand
        seen = looked(asked.layout, {})
    return asked.layout or (seen.layout if seen.columns and not seen.missing else None), columns


class _Told:
    """Says how far the reading is; ends it when whoever asked has gone."""

    def __init__(self, size: int) -> None:
        self._size, self._said, self._asker = max(size, 1), -1, os.getppid()

    def __call__(self, done: int) -> None:
        if os.getppid() != self._asker:
            raise SystemExit(1)
        percent = min(99, 100 * done // self._size)
        if percent != self._said:
            self._said = percent
            _say(str(percent))


def notes(*, path: Path) -> list[str]:
    """What a workbook carries beside its cells: it is never run and never followed, but its sender should know."""
    found: list[str] = []
    with suppress(zipfile.BadZipFile, OSError, ValueError), zipfile.ZipFile(path) as archive:
        names = [name.lower() for name in archive.namelist()]
        if any(name.endswith("vbaproject.bin") for name in names):
            found.append("macro")
        if any("externallinks/" in name for name in names):
            found.append("external_link")
    return found


def replaced(complaint: Complaint, asked: Asked) -> Complaint:
    """The complaint about the file under the name its sender gave it."""
    ours, name = Path(asked.path).name, asked.name
    return Complaint(
        what=complaint.what,
        where=complaint.where.replace(ours, name),
        why=complaint.why,
        do=Text(complaint.do.id.replace(ours, name), complaint.do.en.replace(ours, name)),
    )


def as_dict(*, complaint: Complaint) -> dict[str, Any]:
    """A complaint as it is kept."""
    return {"what": asdict(complaint.what), "where": complaint.where, "why": asdict(complaint.why),
            "do": asdict(complaint.do)}  # fmt: skip


def _place(error: Exception) -> str:
    trace = traceback.extract_tb(error.__traceback__)
    return f"{Path(trace[-1].filename).name}:{trace[-1].lineno}" if trace else "?"


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _write(path: Path, value: object) -> None:
    beside = path.with_name(f"{path.name}.{os.getpid()}")
    beside.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    beside.replace(path)


if __name__ == "__main__":
    sys.exit(main())
