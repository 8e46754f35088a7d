"""Reads of the review: the next pair for a reader, both its sides, his own decisions, and how readers agree."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from jangkau.platform.registry.models import Run
from jangkau.platform.registry.words import EVIDENCE_OF, FIELD

HEADS = ("analyst", "regional_office", "branch_head")
"""Who settles what two readers see differently."""
_MINE = (
    "EXISTS (SELECT 1 FROM registry_decision AS d WHERE d.left_ref = least(p.left_ref, p.right_ref) "
    "AND d.right_ref = greatest(p.left_ref, p.right_ref) AND d.by_id = %s AND d.undone_at IS NULL)"
)
_WAITING = "(p.state = 'open' OR p.state = 'second' OR (p.state = 'disputed' AND %s))"


@dataclass(frozen=True)
class Field:
    """One field of both records: what they say, whether it differs, what that means and how much it weighs."""

    code: str
    left: str
    right: str
    differs: bool
    said: str
    bits: float


@dataclass(frozen=True)
class PairShown:
    """A doubtful pair as a reader sees it. ``reading``: which reader he would be."""

    pk: int
    kind: str
    state: str
    answer: str
    reading: int
    probability: float
    right_state: str
    left_place: str
    right_place: str
    fields: tuple[Field, ...]
    person: str
    mine: bool


@dataclass(frozen=True)
class Progress:
    """How many pairs the reader sees, how many of them are decided, and how many wait for him."""

    pairs: int
    decided: int
    waiting: int


@dataclass(frozen=True)
class Agreement:
    """How two readers of the same pairs agree: pairs, the share agreed, and Cohen's kappa (None where chance alone
    would agree always)."""

    pairs: int
    share: float | None
    kappa: float | None


def next_pair(*, run: Run, user: int, role: str, after: int = 0) -> int | None:
    """The next pair that waits for this reader, after one; from the start again when there is none behind it."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT p.id FROM registry_pair AS p WHERE p.run_id = %s AND p.state <> 'decided' AND {_WAITING} "
            f"AND NOT {_MINE} ORDER BY p.id <= %s, p.id LIMIT 1",
            [run.pk, role in HEADS, user, after],
        )
        found = cursor.fetchone()
    return found[0] if found else None


def progress(*, run: Run, user: int, role: str) -> Progress:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(*) FILTER (WHERE p.state = 'decided'), "
            f"count(*) FILTER (WHERE p.state <> 'decided' AND {_WAITING} AND NOT {_MINE}) "
            "FROM registry_pair AS p WHERE p.run_id = %s",
            [role in HEADS, user, run.pk],
        )
        return Progress(*cursor.fetchone())


def pair(*, number: int, user: int) -> PairShown | None:
    """A pair, as far as the scope sees it."""
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT p.id, p.kind, p.state, p.answer, p.probability, p.right_state, p."left", p."right", p.evidence, '
            f"p.person, {_MINE} FROM registry_pair AS p WHERE p.id = %s",
            [user, number],
        )
        found = cursor.fetchone()
    if found is None:
        return None
    pk, kind, state, answer, probability, right_state, left, right, evidence, who, mine = found
    left, right, evidence = (_parsed(one) for one in (left, right, evidence))
    return PairShown(
        pk=pk, kind=kind, state=state, answer=answer, reading={"open": 1, "second": 2, "disputed": 3}.get(state, 0),
        probability=probability, right_state=right_state, left_place=_place(left), right_place=_place(right),
        fields=tuple(_field(code, left, right, evidence) for code in FIELD), person=str(who), mine=mine,
    )  # fmt: skip


def _parsed(value: Any) -> dict[str, Any]:
    import json

    said: dict[str, Any] = json.loads(value) if isinstance(value, str) else value
    return said


def _place(side: dict[str, Any]) -> str:
    return f"{side['file']}:{side['line']}"


def _field(code: str, left: dict[str, Any], right: dict[str, Any], evidence: dict[str, Any]) -> Field:
    said = evidence[EVIDENCE_OF[code]]
    one, two = (str(side.get(code) or "") for side in (left, right))
    differs = one != two
    if code == "nik" and one and two:
        differs = not said["text"].endswith("NIK sama")
    return Field(code, one, two, differs and bool(one) and bool(two), said["text"], said["bits"])


@dataclass(frozen=True)
class Said:
    """A decision of the reader's own."""

    pk: int
    pair: int | None
    answer: str
    reading: int
    at: datetime
    undone_at: datetime | None
    left_name: str
    right_name: str


def own_decisions(*, run: Run, user: int, most: int = 30) -> tuple[Said, ...]:
    """What the reader said last, with the pair in the current run if it is still there."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT d.id, p.id, d.answer, d.reading, d.at, d.undone_at, coalesce(p.\"left\" ->> 'name', ''), "
            "coalesce(p.\"right\" ->> 'name', '') FROM registry_decision AS d LEFT JOIN registry_pair AS p "
            "ON p.run_id = %s AND least(p.left_ref, p.right_ref) = d.left_ref "
            "AND greatest(p.left_ref, p.right_ref) = d.right_ref WHERE d.by_id = %s ORDER BY d.id DESC LIMIT %s",
            [run.pk, user, most],
        )
        return tuple(Said(*row) for row in cursor.fetchall())


def last_decision(*, user: int) -> int | None:
    """The reader's last decision that stands."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM registry_decision WHERE by_id = %s AND undone_at IS NULL ORDER BY id DESC LIMIT 1", [user]
        )
        found = cursor.fetchone()
    return found[0] if found else None


def pair_of(*, decision: int, run: Run) -> int | None:
    """The pair of a decision in a run, if it is there."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.id FROM registry_decision AS d JOIN registry_pair AS p ON p.run_id = %s "
            "AND least(p.left_ref, p.right_ref) = d.left_ref AND greatest(p.left_ref, p.right_ref) = d.right_ref "
            "WHERE d.id = %s",
            [run.pk, decision],
        )
        found = cursor.fetchone()
    return found[0] if found else None


def agreement() -> Agreement:
    """Of all pairs read twice whose decisions the scope sees."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.answer, b.answer, count(*) FROM registry_decision AS a JOIN registry_decision AS b "
            "USING (left_ref, right_ref) WHERE a.reading = 1 AND b.reading = 2 AND a.undone_at IS NULL "
            "AND b.undone_at IS NULL GROUP BY 1, 2"
        )
        return kappa(table={(one, two): many for one, two, many in cursor.fetchall()})


def kappa(*, table: dict[tuple[str, str], int]) -> Agreement:
    """Cohen (1960): the agreement beyond what two readers with these habits would reach by chance.

    >>> kappa(table={("same", "same"): 20, ("different", "different"): 15, ("same", "different"): 5,
    ...              ("different", "same"): 10})
    Agreement(pairs=50, share=0.7, kappa=0.4)
    """
    total = sum(table.values())
    if not total:
        return Agreement(0, None, None)
    share = sum(many for (one, two), many in table.items() if one == two) / total
    answers = {answer for both in table for answer in both}
    chance = sum(
        sum(many for (one, _), many in table.items() if one == answer)
        * sum(many for (_, two), many in table.items() if two == answer)
        for answer in answers
    ) / (total * total)
    return Agreement(total, share, None if chance == 1 else round((share - chance) / (1 - chance), 6))
