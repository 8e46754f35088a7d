"""The figures of a run: summary.json, from the whole down to each group of people."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from jangkau.gaps.estimate import Estimate, expected
from jangkau.gaps.gap import DUTIES, STATUSES, People

Ints = npt.NDArray[np.int64]

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
        _places_in(people.status, STATUSES),
        _places_in(people.duty, DUTIES),
        chance,
        common_deviation,
        float(chance[people.eligible].sum()),
        published,
    )


def _places_in(values: npt.NDArray[np.object_], names: tuple[str, ...]) -> npt.NDArray[np.int8]:
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


def groups(*, connection: duckdb.DuckDBPyConnection, figures: Figures, people: Ints) -> dict[str, list[dict[str, Any]]]:
    """All the by_ lists of summary.json; a person counts once in every group he is in. ``people``: their labels."""
    kinds: dict[str, tuple[str, Callable[[tuple[Any, ...]], dict[str, Any]]]] = {
        "by_list": (
            "SELECT person, file_name, institution FROM list_row",
            lambda k: {"file": k[0], "institution": k[1]},
        ),
        "by_institution": (
            "SELECT person, institution FROM list_row",
            lambda k: {"institution": k[0], "himbara": himbara(institution=k[0])},
        ),
        "by_region": (
            "SELECT p.person, p.region_code, any_value(k.name) FROM person AS p "
            "LEFT JOIN known_region AS k ON k.code = p.region_code GROUP BY ALL",
            lambda k: {"region_code": k[0], "name": k[1]},
        ),
        "by_branch": (
            "SELECT p.person, b.branch FROM person AS p "
            "LEFT JOIN branch_region AS b ON b.region_code = p.region_code "
            "WHERE (SELECT count(*) FROM branch_region) > 0",
            lambda k: {"branch": k[0]},
        ),
        "by_kur_type": ("SELECT person, skema FROM list_row WHERE layout = 'kur'", lambda k: {"skema": k[0]}),
        "by_period": (
            "SELECT person, year(tanggal) || '-Q' || quarter(tanggal) FROM list_row "
            "WHERE layout IN ('kur', 'prakerja')",
            lambda k: {"quarter": k[0]},
        ),
    }
    return {name: _groups(connection, figures, people, query, label) for name, (query, label) in kinds.items()}


def _groups(
    connection: duckdb.DuckDBPyConnection,
    figures: Figures,
    people: Ints,
    query: str,
    label: Callable[[tuple[Any, ...]], dict[str, Any]],
) -> list[dict[str, Any]]:
    found = people_by(connection=connection, query=query, people=people)
    found.sort(key=lambda one: tuple((v is None, "" if v is None else str(v)) for v in one[0]))
    return [{**label(key), **figures.group(places)} for key, places in found]


def people_by(*, connection: duckdb.DuckDBPyConnection, query: str, people: Ints) -> list[tuple[tuple[Any, ...], Ints]]:
    """The places of people by what ``query`` says of them: its first column is the person, the others are the key.

    ``people`` are the labels of all, in order. A person whom the query gives a key twice counts once.
    """
    place_of = np.zeros(int(people[-1]) + 1 if len(people) else 1, dtype=np.int64)
    place_of[people] = np.arange(len(people))
    table = connection.sql(query).to_arrow_table()
    code = np.zeros(table.num_rows, dtype=np.int64)
    for column in table.columns[1:]:
        encoded = column.combine_chunks().dictionary_encode(null_encoding="encode")
        code = code * (len(encoded.dictionary) + 1) + encoded.indices.to_numpy(zero_copy_only=False)
    if not len(code):
        return []
    codes, first, code = np.unique(code, return_index=True, return_inverse=True)
    both = np.unique(code * len(people) + place_of[table.column(0).to_numpy()])
    parts = np.split(both % len(people), np.searchsorted(both, np.arange(1, len(codes)) * len(people)))
    keys = [table.slice(int(row), 1).to_pylist()[0] for row in first]
    return [(tuple(key.values())[1:], part) for key, part in zip(keys, parts, strict=True)]
