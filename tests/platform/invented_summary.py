"""A summary.json of invented people, as small or as large as a test asks."""

from __future__ import annotations

import random
from typing import Any

from jangkau import places

STATUSES = ("protected", "lapsed", "not_found", "doubtful", "not_eligible")


def group(people: int, *, protected: int = 20, **named: Any) -> dict[str, Any]:
    """So many people, of whom ``protected`` per cent are protected and one in fifty is out of scope."""
    status = {"protected": people * protected // 100, "lapsed": people // 10, "doubtful": people // 400,
              "not_eligible": people // 50}  # fmt: skip
    status["not_found"] = people - sum(status.values())
    return {**named, **_rest(people, {code: status[code] for code in STATUSES}, people // 4)}


def _rest(people: int, status: dict[str, int], unmet: int) -> dict[str, Any]:
    gap = people - status["protected"] - status["not_eligible"]
    duty = {"unmet": unmet, "met": 0, "may": 0, "none": people - unmet, "unknown": 0}
    unprotected = {"estimate": gap, "low": gap * 99 // 100, "high": gap * 101 // 100}
    return {"people": people, "status": status, "unprotected": unprotected, "duty": duty}  # fmt: skip


def _sum(groups: list[dict[str, Any]]) -> dict[str, Any]:
    status = {code: sum(one["status"][code] for one in groups) for code in STATUSES}
    return _rest(sum(one["people"] for one in groups), status, sum(one["duty"]["unmet"] for one in groups))


def summary(
    *, as_of: str = "2021-04-30", regions: dict[str, int] | None = None, banks: dict[str, int] | None = None,
    protected: int = 20,
) -> dict[str, Any]:  # fmt: skip
    """The whole is the sum of its regions; each bank has one list."""
    given = regions or {"1272": 4000, "1208": 3000, "1271": 9000, "7171": 5000, "7172": 60}
    by_region = [
        group(people, protected=protected, region_code=code, name=places.region_name(code))
        for code, people in given.items()
    ]
    whole = _sum(by_region)
    kept = {"BRI": 12_000, "Mandiri": 6_000} if banks is None else banks
    estimate = whole["unprotected"]["estimate"]
    return {
        "as_of": as_of,
        "rows": {"read": whole["people"] + 700, "accepted": whole["people"] + 600, "refused": 100},
        "register": {"read": 90_000, "accepted": 89_990, "refused": 10},
        **whole,
        "unprotected": {**whole["unprotected"], "level": 0.95, "method": "calibrated_sum", "alternatives": [],
                        "sensitivity": []},
        "waterfall": [
            {"step": "rows", "value": whole["people"] + 600},
            {"step": "same_person_again", "value": -600},
            {"step": "people", "value": whole["people"]},
            {"step": "not_eligible", "value": -whole["status"]["not_eligible"]},
            {"step": "protected", "value": -whole["status"]["protected"]},
            {"step": "unprotected", "value": estimate},
        ],
        "by_region": by_region,
        "by_institution": [group(people, institution=name, himbara=True) for name, people in kept.items()],
        "by_list": [group(people, institution=name, file=f"kur_{name.lower()}.csv") for name, people in kept.items()],
        "by_branch": [],
        "by_kur_type": [group(whole["people"] // 2, skema=kind) for kind in ("mikro", "kecil")],
        "by_period": [group(whole["people"] // 4, quarter=f"2020-Q{n}") for n in (1, 2, 3, 4)],
    }  # fmt: skip


def country(*, seed: int = 1) -> dict[str, Any]:
    """As large as the real one: 514 regencies and cities, 45 institutions, 300 branches."""
    chance = random.Random(seed)
    regions = {one.code: int(chance.lognormvariate(0, 1) * 25_000) + 5 for one in places.regencies()}
    made = summary(regions=regions, banks={f"Bank Daerah {n}": 40_000 + n for n in range(45)})
    made["by_branch"] = [group(80_000 + n, branch=f"Cabang {n}") for n in range(300)]
    return made
