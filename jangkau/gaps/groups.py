"""Who is missed more often: recall and precision of the links by group, estimated without the truth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from jangkau.gaps.alternatives import Found
from jangkau.gaps.estimate import missed
from jangkau.gaps.facts import PersonFacts, RowFacts, RowsOfPeople
from jangkau.gaps.facts import groups as by_value

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

KINDS = ("list", "office", "region", "sex", "age", "name")
BELOW = 0.01
"""A group is named when its recall is more than this below that of the whole."""
FEW_LINKS = 200.0
"""Links by which a small group is drawn to what its mix of offices and birth dates would have it miss."""
SMALL_OFFICE = 100
"""Offices with fewer people than this are not listed."""
CELLS = 4
AGES = ((17, "<17"), (25, "17-24"), (35, "25-34"), (45, "35-44"), (55, "45-54"), (65, "55-64"))
OLDEST = "65+"


@dataclass(frozen=True)
class Quality:
    """Links made, links that should have been made, and how sure: of some of the people."""

    people: int
    accepted: int
    right: float
    members: float

    @property
    def recall(self) -> float | None:
        return self.right / self.members if self.members > 0.5 else None

    @property
    def precision(self) -> float | None:
        return self.right / self.accepted if self.accepted else None

    def as_dict(self) -> dict[str, Any]:
        def rounded(share: float | None) -> float | None:
            return None if share is None else round(share, 4)

        return {
            "people": self.people,
            "links": self.accepted,
            "recall": rounded(self.recall),
            "precision": rounded(self.precision),
        }


def age_group(*, as_of: date) -> str:
    """SQL: the group of a birth_date; NULL without one."""
    age = f"date_sub('year', birth_date, DATE '{as_of.isoformat()}')"
    bands = " ".join(f"WHEN {age} < {limit} THEN '{name}'" for limit, name in AGES)
    return f"CASE WHEN birth_date IS NULL THEN NULL {bands} ELSE '{OLDEST}' END"


def memberships(
    *, facts: PersonFacts, rows: RowsOfPeople, row_facts: RowFacts, files: Sequence[str]
) -> dict[str, list[tuple[Any, Ints]]]:
    """Kind -> (value, places of its people), values in order. ``files``: their names by number."""
    found = {
        "list": [(files[number], places) for number, places in rows.groups(coded=row_facts.file)],
        "office": [
            (f"{files[int(number)]}: {name}", places)
            for (number, _, name), places in (
                (office.partition("/"), places) for office, places in rows.groups(coded=row_facts.office)
            )
            if name and len(places) >= SMALL_OFFICE
        ],
        **{kind: list(by_value(coded=getattr(facts, kind))) for kind in ("region", "sex", "age", "name")},
    }
    return {kind: sorted(some, key=lambda one: (one[0] is None, str(one[0]))) for kind, some in found.items()}


def linkage_quality(
    *, found: Found, low: float, high: float, memberships: Mapping[str, Iterable[tuple[Any, Ints]]]
) -> dict[str, Any]:
    """The whole and each group of each kind; a person counts in every group he is in.

    ``memberships``: kind -> (value, places of its people). ``low`` and ``high`` are the borders of the method: a link
    is made from ``high`` on, looked at from ``low`` on.
    """
    usual, whole = _whole(found, low, high)
    groups = []
    for kind in KINDS:
        for value, places in memberships.get(kind, ()):
            quality = _group(found, places, low, high, usual)
            groups.append({"group": kind, "value": value, **quality.as_dict()})
    return {**whole.as_dict(), "groups": groups}


def below(*, quality: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The groups whose recall is more than one point below the whole, worst first."""
    whole = quality.get("recall")
    if whole is None:
        return []
    named = [one for one in quality["groups"] if one["recall"] is not None and one["recall"] < whole - BELOW]
    return sorted(named, key=lambda one: (one["recall"], one["group"], str(one["value"])))


def _whole(found: Found, low: float, high: float) -> tuple[Floats, Quality]:
    """For each cell the links missed for one link that was found; and the quality of everybody."""
    linked = found.linked >= low
    captures, despite = found.captures(of=linked, cell=found.cell, weight=found.linked)
    unseen = missed(captures=captures, cells=CELLS, despite=despite)
    seen = np.bincount(found.cell[linked], weights=found.linked[linked], minlength=CELLS)
    missing = unseen.with_identifier + unseen.without_identifier
    made = found.linked >= high
    right = float(found.linked[made].sum())
    quality = Quality(len(linked), int(np.count_nonzero(made)), right, float(seen.sum() + missing.sum()))
    return missing / np.maximum(seen, 1.0), quality


def _group(found: Found, places: Ints, low: float, high: float, usual: Floats) -> Quality:
    """Links of the group, with what its own two captures say it missed; a small group is drawn to the usual."""
    here = places[found.linked[places] >= low]
    captures, despite = found.captures(of=here, cell=found.cell, weight=found.linked)
    own = missed(captures=captures, cells=CELLS, despite=despite).total
    seen = found.linked[here]
    believed = float((seen * usual[found.cell[here]]).sum())
    weight = len(here) / (len(here) + FEW_LINKS)
    made = seen >= high
    return Quality(
        len(places),
        int(np.count_nonzero(made)),
        float(seen[made].sum()),
        float(seen.sum()) + weight * own + (1.0 - weight) * believed,
    )


def duplicate_links(*, member: Ints, probability: Floats, high: float, members: int) -> dict[str, Any]:
    """Members to whom two or more people are linked, though the register knows each once (Blakely and Salmond 2002).

    A wrong link lands on a member whom somebody else holds as often as members are held at all, so that the false
    links are about the surplus over that share. An alarm, not a figure: people known to be one member were joined
    before, and a wrong link prefers members that are like somebody.
    """
    sure = probability >= high
    links = int(np.count_nonzero(sure))
    claims = np.bincount(member[sure]) if links else np.zeros(0, dtype=np.int64)
    held = int(np.count_nonzero(claims))
    surplus = int((np.maximum(claims, 1) - 1).sum())
    share = held / members if members else 0.0
    false = surplus / share if share > 0 else 0.0
    return {
        "links": links,
        "claimed_again": surplus,
        "implied_false_share": round(min(false / links, 1.0), 4) if links else 0.0,
    }
