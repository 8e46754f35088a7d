"""The figures of a run: summary.json, from the whole down to each group of people."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from jangkau.gaps.estimate import Estimate, PersonDoubt, interval
from jangkau.gaps.gap import DUTIES, STATUSES, People

METHOD = "calibrated_sum_corrected_by_capture_recapture"
LEVEL = 0.95
# State banks (Himbara). Membership unverified in the reference; written as banks sign their lists.
HIMBARA = frozenset({"BRI", "MANDIRI", "BNI", "BTN", "RAKYAT INDONESIA", "NEGARA INDONESIA", "TABUNGAN NEGARA"})
_LEGAL_FORM = frozenset({"PT", "BANK", "PERSERO", "TBK"})


@dataclass(frozen=True)
class Figures:
    """What is needed to count any group: people, the doubt about each, and the error they share."""

    people: People
    doubt: PersonDoubt
    common_deviation: float

    def estimate(self, members: npt.NDArray[np.bool_]) -> Estimate:
        eligible = self.people.eligible
        whole = float(self.doubt.not_protected[eligible].sum())
        return interval(
            people=members & eligible, doubt=self.doubt, common_deviation=self.common_deviation, whole=whole
        )

    def group(self, members: npt.NDArray[np.bool_]) -> dict[str, Any]:
        """people, status, unprotected and duty of some of the people."""
        return {
            "people": int(np.count_nonzero(members)),
            "status": counted(self.people.status[members], STATUSES),
            "unprotected": self.estimate(members).as_dict(),
            "duty": counted(self.people.duty[members], DUTIES),
        }


def counted(values: npt.NDArray[np.object_], names: tuple[str, ...]) -> dict[str, int]:
    """How often each of ``names`` occurs; every name stands, also with 0."""
    counts = Counter(values.tolist())
    return {name: counts.get(name, 0) for name in names}


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


def groups(*, connection: duckdb.DuckDBPyConnection, figures: Figures) -> dict[str, list[dict[str, Any]]]:
    """All the by_ lists of summary.json; a person counts once in every group he is in."""
    kinds: dict[str, tuple[str, Callable[[tuple[Any, ...]], dict[str, Any]]]] = {
        "by_list": (
            "SELECT DISTINCT person, file_name, institution FROM list_row",
            lambda k: {"file": k[0], "institution": k[1]},
        ),
        "by_institution": (
            "SELECT DISTINCT person, institution FROM list_row",
            lambda k: {"institution": k[0], "himbara": himbara(institution=k[0])},
        ),
        "by_region": (
            "SELECT p.person, p.region_code, any_value(k.name) FROM person AS p "
            "LEFT JOIN known_region AS k ON k.code = p.region_code GROUP BY ALL",
            lambda k: {"region_code": k[0], "name": k[1]},
        ),
        "by_branch": (
            "SELECT DISTINCT p.person, b.branch FROM person AS p "
            "LEFT JOIN branch_region AS b ON b.region_code = p.region_code "
            "WHERE (SELECT count(*) FROM branch_region) > 0",
            lambda k: {"branch": k[0]},
        ),
        "by_kur_type": ("SELECT DISTINCT person, skema FROM list_row WHERE layout = 'kur'", lambda k: {"skema": k[0]}),
        "by_period": (
            "SELECT DISTINCT person, year(tanggal) || '-Q' || quarter(tanggal) FROM list_row "
            "WHERE layout IN ('kur', 'prakerja')",
            lambda k: {"quarter": k[0]},
        ),
    }
    return {name: _groups(connection, figures, query, label) for name, (query, label) in kinds.items()}


def _groups(
    connection: duckdb.DuckDBPyConnection,
    figures: Figures,
    query: str,
    label: Callable[[tuple[Any, ...]], dict[str, Any]],
) -> list[dict[str, Any]]:
    members: dict[tuple[Any, ...], list[int]] = {}
    for person, *labels in connection.execute(query).fetchall():
        members.setdefault(tuple(labels), []).append(person)
    result = []
    for key in sorted(members, key=lambda k: tuple((v is None, "" if v is None else str(v)) for v in k)):
        chosen = np.zeros(len(figures.people.label), dtype=bool)
        chosen[np.searchsorted(figures.people.label, np.array(members[key], dtype=np.int64))] = True
        result.append({**label(key), **figures.group(chosen)})
    return result
