"""Doubtful pairs of a run as rows of registry_pair: both records, what differs, how much it weighs."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from datetime import date
from hashlib import md5, sha256
from typing import Any

import duckdb

FIELDS = ("name", "birth_date", "sex", "region_code", "phone")
EVIDENCE = ("nik", "name", "born", "sex", "region", "phone")
SAMPLE = 10
"""One pair of so many is read by two people."""
_HIDDEN = "•"
_MOST_DIFFERENT = 3
_WEIGHED = re.compile(r"^(.*) \(([+-][0-9.]+)\)$")


def pair_rows(*, duck: duckdb.DuckDBPyConnection, run: int) -> Iterator[tuple[Any, ...]]:
    """The rows in the order of the COPY of loading.py."""
    found = duck.execute(
        "SELECT d.*, l.person_id AS other_id, coalesce(g.region_code, h.region_code, '') AS place FROM doubtful AS d "
        "LEFT JOIN links AS l ON d.kind = 'same_person' AND l.file = d.right_file AND l.line = d.right_line "
        "LEFT JOIN gaps AS g ON g.person_id = d.person_id LEFT JOIN people AS h ON h.person_id = d.person_id "
        "ORDER BY abs(d.probability - 0.5), d.left, d.right"
    )
    columns = [one[0] for one in found.description]
    for values in iter(found.fetchone, None):
        yield _row(dict(zip(columns, values, strict=True)), run)


def person_uuid(*, person_id: str) -> uuid.UUID:
    """How pages call a person: nothing of the engine's id is told."""
    return uuid.UUID(md5(person_id.encode(), usedforsecurity=False).hexdigest())


def _row(said: dict[str, Any], run: int) -> tuple[Any, ...]:
    left_nik, right_nik = said["left_nik"] or "", said["right_nik"] or ""
    shown = side_by_side(left=left_nik, right=right_nik)
    sides = []
    for side, nik in zip(("left", "right"), shown, strict=True):
        values = {name: _plain(said[f"{side}_{name}"]) for name in FIELDS}
        sides.append(json.dumps({"file": said[f"{side}_file"], "line": said[f"{side}_line"], "nik": nik, **values}))
    return (
        run, said["left"], said["right"], said["kind"], person_uuid(person_id=said["person_id"]),
        person_uuid(person_id=said["other_id"]) if said["other_id"] else None, said["place"], said["probability"],
        said["right_state"] or "", *sides, json.dumps({name: _weighed(said[f"evidence_{name}"]) for name in EVIDENCE}),
        left_nik, right_nik, is_sampled(left=said["left"], right=said["right"]), "open", "",
    )  # fmt: skip


def is_sampled(*, left: str, right: str) -> bool:
    """Is a pair among those that two people read; always the same answer for the same records."""
    said = "|".join(sorted((left, right)))
    return int.from_bytes(sha256(said.encode()).digest()[:4], "big") % SAMPLE == 0


def side_by_side(*, left: str, right: str) -> tuple[str, str]:
    """Two NIKs, hidden but for what shows where they differ, as long as that is little.

    >>> side_by_side(left="3204445512930001", right="3204445512930003")
    ('3204••••••••••01', '3204••••••••••03')
    >>> side_by_side(left="3204445512930001", right="3204445512830001")
    ('3204••••••9•••01', '3204••••••8•••01')
    """
    different = [at for at in range(len(left)) if left[at] != right[at]] if len(left) == len(right) else []
    shown = set(different) if len(different) <= _MOST_DIFFERENT else set()
    return _hide(left, shown), _hide(right, shown)


def _hide(nik: str, shown: set[int]) -> str:
    if len(nik) < 8:
        return _HIDDEN * len(nik)
    keep = {0, 1, 2, 3, len(nik) - 2, len(nik) - 1} | shown
    return "".join(letter if at in keep else _HIDDEN for at, letter in enumerate(nik))


def _weighed(text: str | None) -> dict[str, Any]:
    found = _WEIGHED.match(text or "")
    return {"text": found[1], "bits": float(found[2])} if found else {"text": text or "", "bits": 0.0}


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return value.replace("\0", "") if isinstance(value, str) else value
