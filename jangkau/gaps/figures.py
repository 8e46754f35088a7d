"""The figures of a run: summary.json, from the whole down to each group of people."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from jangkau.gaps.estimate import Estimate, expected
from jangkau.gaps.facts import Coded, Group, PersonFacts, RowFacts, RowsOfPeople
from jangkau.gaps.facts import groups as by_value
from jangkau.gaps.gap import DUTIES, STATUSES, People

Ints = npt.NDArray[np.int64]

Key = tuple[Any, ...]

LEVEL = 0.95
# State banks (Himbara). Membership unverified in the reference; written as banks sign their lists.
HIMBARA = frozenset({"BRI", "MANDIRI", "BNI", "BTN", "RAKYAT INDONESIA", "NEGARA INDONESIA", "TABUNGAN NEGARA"})
_LEGAL_FORM = frozenset({"PT", "BANK", "PERSERO", "TBK"})


@dataclass(frozen=True)
class Figures:
    """What is needed to count any group: people, the chance that each is not protected, and the error they share.

    ``status`` and ``duty`` are places in STATUSES and DUTIES. ``published`` is the estimate of the whole where it does
    not follow from the chances alone (a review sample).
    """

    eligible: npt.NDArray[np.bool_]
    status: npt.NDArray[np.int8]
    duty: npt.NDArray[np.int8]
    chance: npt.NDArray[np.float64]
    common_deviation: float
    whole: float
    published: Estimate | None = None

    def estimate(self, places: Ints | None = None) -> Estimate:
        """Of the people at these places, or of everybody."""
        if places is None and self.published is not None:
            return self.published
        chosen = self.chance if places is None else self.chance[places]
        eligible = self.eligible if places is None else self.eligible[places]
        return expected(chance=chosen[eligible], common_deviation=self.common_deviation, whole=self.whole)

    def group(self, places: Ints | None = None) -> dict[str, Any]:
        """people, status, unprotected and duty of the people at these places, or of everybody."""
        status, duty = (column if places is None else column[places] for column in (self.status, self.duty))
        return {
            "people": len(status),
            "status": counted(status, STATUSES),
            "unprotected": self.estimate(places).as_dict(),
            "duty": counted(duty, DUTIES),
        }


def figures_of(
    *, people: People, chance: npt.NDArray[np.float64], common_deviation: float, published: Estimate | None = None
) -> Figures:
    """``chance`` is the chance of each person that he is not protected and counted once."""
    return Figures(
        people.eligible,
        places_in(values=people.status, names=STATUSES),
        places_in(values=people.duty, names=DUTIES),
        chance,
        common_deviation,
        float(chance[people.eligible].sum()),
        published,
    )


def places_in(*, values: npt.NDArray[np.object_], names: tuple[str, ...]) -> npt.NDArray[np.int8]:
    """The place of each value among names."""
    place = np.zeros(len(values), dtype=np.int8)
    for number, name in enumerate(names):
        place[values == name] = number
    return place


def counted(places: npt.NDArray[np.int8], names: tuple[str, ...]) -> dict[str, int]:
    """How often each of ``names`` occurs; every name stands, also with 0."""
    return dict(zip(names, np.bincount(places, minlength=len(names)).tolist(), strict=True))


def himbara(*, institution: str) -> bool:
    """Is this one of the state banks, however it signs."""
    words = re.findall(r"[A-Z0-9]+", institution.upper())
    return " ".join(word for word in words if word not in _LEGAL_FORM) in HIMBARA


def waterfall(*, accepted: int, people: int, status: dict[str, int], estimate: float) -> list[dict[str, Any]]:
    """From rows to unprotected people; each step is what is taken away or added, named ones stand for themselves."""
    left = people - status["not_eligible"] - status["protected"]
    return [
        {"step": "rows", "value": accepted},
        {"step": "same_person_again", "value": people - accepted},
        {"step": "people", "value": people},
        {"step": "not_eligible", "value": -status["not_eligible"]},
        {"step": "protected", "value": -status["protected"]},
        {"step": "undecided_and_missed", "value": round(estimate) - left},
        {"step": "unprotected", "value": round(estimate)},
    ]


@dataclass(frozen=True)
class Files:
    """Names and institutions of the files by number; register files have theirs too."""

    names: tuple[str, ...]
    institutions: tuple[str, ...]
    layouts: tuple[str, ...]

    def of_layout(self, *layouts: str) -> npt.NDArray[np.bool_]:
        return np.array([layout in layouts for layout in self.layouts], dtype=bool)


def groups(
    *,
    connection: duckdb.DuckDBPyConnection,
    figures: Figures,
    facts: PersonFacts,
    rows: RowsOfPeople,
    row_facts: RowFacts,
    files: Files,
) -> dict[str, list[dict[str, Any]]]:
    """All the by_ lists of summary.json; a person counts once in every group he is in."""
    names = dict(connection.execute("SELECT code, any_value(name) FROM known_region GROUP BY code").fetchall())
    file = row_facts.file.code
    by_region = list(by_value(coded=facts.region))
    institutions = Coded(file, files.institutions)
    in_kur, dated = (files.of_layout(*layouts)[file] for layouts in (("kur",), ("kur", "prakerja")))
    return {
        "by_list": _told(
            figures,
            (
                ((files.names[number], files.institutions[number]), at)
                for number, at in rows.groups(coded=row_facts.file)
            ),
            lambda k: {"file": k[0], "institution": k[1]},
        ),
        "by_institution": _told(
            figures,
            (((name,), at) for name, at in rows.groups(coded=institutions)),
            lambda k: {"institution": k[0], "himbara": himbara(institution=k[0])},
        ),
        "by_region": _told(
            figures,
            (((code, names.get(code)), at) for code, at in by_region),
            lambda k: {"region_code": k[0], "name": k[1]},
        ),
        "by_branch": _told(figures, _by_branch(connection, by_region), lambda k: {"branch": k[0]}),
        "by_kur_type": _told(
            figures,
            (((kind,), at) for kind, at in rows.groups(coded=row_facts.skema, of=in_kur)),
            lambda k: {"skema": k[0]},
        ),
        "by_period": _told(
            figures,
            (((quarter,), at) for quarter, at in rows.groups(coded=row_facts.quarter, of=dated)),
            lambda k: {"quarter": k[0]},
        ),
    }


def _by_branch(connection: duckdb.DuckDBPyConnection, by_region: Sequence[Group]) -> Iterator[tuple[Key, Ints]]:
    """A branch has the people of all its regions; None those of regions without a branch."""
    pairs = connection.execute("SELECT DISTINCT branch, region_code FROM branch_region").fetchall()
    branches: dict[str, list[str | None]] = {}
    for branch, region in pairs:
        branches.setdefault(region, []).append(branch)
    found: dict[str | None, list[Ints]] = {}
    for region, places in by_region if pairs else ():
        for branch in branches.get(region, [None]):
            found.setdefault(branch, []).append(places)
    for branch, parts in found.items():
        yield (branch,), np.sort(np.concatenate(parts))


def _told(
    figures: Figures, found: Iterable[tuple[Key, Ints]], label: Callable[[Key], dict[str, Any]]
) -> list[dict[str, Any]]:
    ordered = sorted(found, key=lambda one: tuple((v is None, "" if v is None else str(v)) for v in one[0]))
    return [{**label(key), **figures.group(places)} for key, places in ordered]
