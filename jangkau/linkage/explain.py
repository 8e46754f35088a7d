"""Why two rows of a link are one person or not: the evidence of a pair, from the folder that a link left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from jangkau.complaints import Complaint, Text
from jangkau.linkage import explain_files as files
from jangkau.linkage import explain_pairs as pairs
from jangkau.linkage import pattern_text
from jangkau.linkage.evidence import Record, Weighed, weigh
from jangkau.linkage.explain_files import Folder, Rows
from jangkau.linkage.index import CLASSES
from jangkau.linkage.link import NO
from jangkau.linkage.weights import Patterns, spread

NEVER = "never"
"""The decision on a pair that was never compared."""


@dataclass(frozen=True)
class Candidate:
    """One pair explained. ``shown``: the right id as it may be printed (never a whole NIK); ``probability``: None where
    it was not told (below the lower limit, or never compared); ``decision``: match, review, no or never; ``found_by``:
    the blocks that have both rows."""

    right_id: str
    shown: str
    probability: float | None
    decision: str
    weighed: Weighed
    found_by: tuple[Text, ...]
    notes: tuple[Text, ...]


@dataclass(frozen=True)
class Explanation:
    """All that is known of one left row: the probability that it is on the right at all, and its candidates, likeliest
    first. ``searched``: how many blocks could look for it, None when its file is not there; ``problems``: files that
    cannot be read again, so that words say less."""

    left_id: str
    shown: str
    probability: float
    ties: int
    candidates: tuple[Candidate, ...]
    searched: int | None
    missing: tuple[str, ...]
    blocks: int
    low: float
    same_file: bool
    problems: tuple[Complaint, ...]


def explain(*, folder: Path, left_id: str, right_id: str | None = None) -> Explanation:
    """Explain one pair, or all candidates of a left row. Complaint for an unknown id, or a folder that is no link."""
    opened = files.open_folder(folder=folder)
    row = _left_row(opened, left_id)
    told = _told(opened, left_id)
    if right_id is not None:
        told = [one for one in told if one["other"] == right_id]
    wanted = [one["other"] for one in told]
    best = row["best_right_id"]
    extra = [right_id] if right_id is not None and not told else [best] if not told and best is not None else []
    rows, problems = _rows(opened, left_id, [*wanted, *extra], right_id)
    candidates = [_candidate(opened, left_id, one, rows) for one in told]
    for other in extra:
        found = _untold(opened, left_id, other, row, rows)
        if found is not None:
            candidates.append(found)
        elif right_id is not None:
            raise problems[0] if problems else files.unknown_right(folder=opened, wanted=right_id)
    stale = [one for one in candidates if one.notes and one.notes[0] is _CHANGED]
    if stale:
        problems = (*problems, files.changed(opened))
    line = rows.left.get(left_id)
    searched, missing = (None, ()) if line is None else pairs.searched(folder=opened, left=line)
    return Explanation(
        left_id=left_id,
        shown=files.shown_id(folder=opened, side="left", text=left_id),
        probability=float(row["probability"]),
        ties=int(row["ties"]),
        candidates=tuple(sorted(candidates, key=lambda one: -one.weighed.bits)),
        searched=searched,
        missing=missing,
        blocks=len(opened.method.blocks),
        low=opened.method.low,
        same_file=opened.same_file,
        problems=tuple(problems),
    )


_CHANGED = Text(
    "berkasnya tampaknya berubah sejak ditautkan: rincian tidak ditampilkan",
    "the files seem to have changed since they were linked: details are not shown",
)
_FILLER = Text(
    "{name} dianggap kosong: isiannya sama dengan terlalu banyak baris lain",
    "{name} counts as missing: too many other rows have the same",
)
_VETOED = Text("dilarang oleh metode (vetoes)", "forbidden by the method (vetoes)")
_NOT_COMPARED = Text(
    "tidak pernah dibandingkan: tidak ada blok yang sama; bobot di bawah hanya pengandaian",
    "never compared: no block has both; the weights below are what would have been",
)
_AVERAGE = Text(
    "kelangkaan namanya tidak tersimpan: bobot nama adalah rata-rata",
    "how rare the name is was not kept: its weight is an average",
)


def _left_row(opened: Folder, left_id: str) -> dict[str, Any]:
    found = files.matching(path=opened.left, column="left_id", wanted=left_id)
    if not found:
        raise files.unknown_left(folder=opened, wanted=left_id)
    return found[0]


def _told(opened: Folder, left_id: str) -> list[dict[str, Any]]:
    """The pairs of this row in links.parquet; inside one file it may stand on either side."""
    sides = (("left_id", "right_id"), ("right_id", "left_id"))
    return [
        pair | {"other": pair[other], "turned": column == "right_id"}
        for column, other in (sides if opened.same_file else sides[:1])
        for pair in files.matching(path=opened.links, column=column, wanted=left_id)
    ]


def _rows(opened: Folder, left_id: str, others: list[str], right_id: str | None) -> tuple[Rows, tuple[Complaint, ...]]:
    """The records that are wanted, as far as their files are there."""
    problems: list[Complaint] = []
    found: list[Mapping[str, Record]] = []
    for side, wanted in (("left", [left_id]), ("right", others)):
        try:
            found.append(files.records(folder=opened, side=side, wanted=wanted) if wanted else {})
        except Complaint as complaint:
            problems.append(complaint)
            found.append({})
    if not problems and (left_id not in found[0] or (right_id is None and any(o not in found[1] for o in others))):
        problems.append(files.changed(opened))
    return Rows(found[0], found[1]), tuple(problems)


def _candidate(opened: Folder, left_id: str, pair: Mapping[str, Any], rows: Rows) -> Candidate:
    pattern, rarity = pattern_text.read(text=pair["pattern"])
    left, right = rows.left.get(left_id), rows.right.get(pair["other"])
    notes: tuple[Text, ...] = ()
    found_by: tuple[Text, ...] = ()
    if left is not None and right is not None:
        # inside one file the earlier row was the first one
        first, second = (right, left) if pair["turned"] else (left, right)
        seen = pairs.as_stored(folder=opened, left=first, right=second, pattern=pattern)
        if seen is None:
            left = right = None
            notes = (_CHANGED,)
        else:
            left, right = (seen.right, seen.left) if pair["turned"] else (seen.left, seen.right)
            found_by = pairs.shared_blocks(folder=opened, left=seen.left, right=seen.right)
            notes = tuple(_FILLER.format(name=name) for name in seen.fillers)
    weighed = weigh(
        method=opened.method,
        weights=opened.weights,
        pattern=pattern,
        rarity=rarity,
        left=left,
        right=right,
        published=float(pair["probability"]),
    )
    shown = files.shown_id(folder=opened, side="right", text=pair["other"])
    return Candidate(pair["other"], shown, float(pair["probability"]), pair["decision"], weighed, found_by, notes)


def _untold(opened: Folder, left_id: str, other: str, row: Mapping[str, Any], rows: Rows) -> Candidate | None:
    """A pair that links.parquet does not have: below the lower limit, vetoed, or never compared."""
    left, right = rows.left.get(left_id), rows.right.get(other)
    if left is None or right is None:
        return None
    pattern = pairs.pattern_of(folder=opened, left=left, right=right)
    found_by = pairs.shared_blocks(folder=opened, left=left, right=right)
    levels = spread(patterns=np.array([pattern], np.int64), fields=len(opened.method.fields))[0]
    notes: list[Text] = []
    probability = float(row["best_probability"]) if other == row["best_right_id"] else None
    rarity = _rarity(opened, levels, probability)
    name = opened.method.first("person_name")
    if rarity is None:
        notes.append(_AVERAGE)
    weighed = weigh(
        method=opened.method,
        weights=opened.weights if rarity is not None or name is None else files.average(opened.weights, name),
        pattern=pattern,
        rarity=rarity or 0,
        left=left,
        right=right,
    )
    vetoed = any(
        all(levels[opened.place(name)] in allowed for name, allowed in veto.levels) for veto in opened.method.vetoes
    )
    if vetoed:
        notes.insert(0, _VETOED)
    if not found_by:
        notes.insert(0, _NOT_COMPARED)
    shown = files.shown_id(folder=opened, side="right", text=other)
    return Candidate(other, shown, probability, NO if found_by else NEVER, weighed, found_by, tuple(notes))


def _rarity(opened: Folder, levels: Any, probability: float | None) -> int | None:
    """The class of rarity by which the pair has this probability; None when it cannot be told and matters."""
    name = opened.method.first("person_name")
    if name is None or levels[name] not in pattern_text.BY_RARITY:
        return 0
    if probability is None:
        return None
    pair = Patterns(np.repeat(levels[None, :], CLASSES, axis=0), np.arange(CLASSES, dtype=np.uint8), np.ones(CLASSES))
    p = 1.0 / (1.0 + np.exp(-opened.weights.log_odds(patterns=pair)))
    nearest = int(np.argmin(np.abs(p - probability)))
    return nearest if abs(p[nearest] - probability) <= 1e-9 else None
