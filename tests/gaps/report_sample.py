"""Invented summaries and profiles for looking at the report; nobody in them exists."""

from __future__ import annotations

import random
from typing import Any

from jangkau import places

BANKS = ("BRI", "Mandiri", "BNI", "BTN", "BSI", "Bank Sumut", "Bank SulutGo", "Pegadaian", "BCA", "BPR Nusamba")
LAYOUTS = ("kur", "kur", "kur", "prakerja", "non_asn", "village")


def sample_summary(*, rows: int = 150_000, regions: int = 48, lists: int = 8, seed: int = 1, branches: int = 6) -> Any:
    """A summary.json whose figures hang together, with that many groups of each kind."""
    chance = random.Random(seed)
    people = max(round(rows * 0.87), 3)
    whole = _group(chance, people, 0.62)
    refused = round(rows * 0.004)
    status, estimate = whole["status"], whole["unprotected"]["estimate"]
    codes = [one for one in places.regencies() if regions > 60 or one.province in {"12", "71"}][:regions]
    weights = [chance.lognormvariate(0, 0.8) for _ in codes]
    by_region = [
        {
            "region_code": one.code,
            "name": one.name,
            **_group(chance, people * w / sum(weights), chance.uniform(0.45, 0.8)),
        }
        for one, w in zip(codes, weights, strict=True)
    ]
    by_region.append({"region_code": None, "name": None, **_group(chance, people * 0.01, 0.7)})
    files = [_file(i) for i in range(lists)]
    names = sorted({one["institution"] for one in files})
    return {
        "as_of": "2021-04-30",
        "rows": {"read": rows, "accepted": rows - refused, "refused": refused},
        "register": {"read": 2 * rows, "accepted": 2 * rows - 20, "refused": 20},
        **whole,
        "in_grace": round(status["protected"] * 0.04),
        "not_working": round(estimate * 0.2),
        "unprotected": {
            **whole["unprotected"],
            "level": 0.95,
            "method": "calibrated_sum",
            "alternatives": [
                {"method": "capture_recapture", "estimate": round(estimate * 1.001), "low": round(estimate * 0.99),
                 "high": round(estimate * 1.01)},
                {"method": "model_sum", "estimate": round(estimate * 1.002), "low": round(estimate * 1.001),
                 "high": round(estimate * 1.003)},
            ],
            "sensitivity": [
                {"what": "bpu_without_grace", "estimate": round(estimate * 1.011),
                 "article": "Permenaker 5/2021; Perdir 22/PERDIR.02/072022", "verified": False},
                {"what": "no_age_limits", "estimate": round(estimate * 1.02), "article": "Permenaker 5/2021",
                 "verified": False},
            ],
        },
        "waterfall": [
            {"step": "rows", "value": rows - refused},
            {"step": "same_person_again", "value": people - rows + refused},
            {"step": "people", "value": people},
            {"step": "not_eligible", "value": -status["not_eligible"]},
            {"step": "protected", "value": -status["protected"]},
            {"step": "undecided_and_missed",
             "value": estimate - (people - status["not_eligible"] - status["protected"])},
            {"step": "unprotected", "value": estimate},
        ],
        "linkage_quality": {
            "people": people, "links": round(people * 0.3), "recall": 0.993, "precision": 0.9996,
            "groups": [
                {"group": "list", "value": files[0]["file"], "people": people // 2, "links": people // 6,
                 "recall": 0.994, "precision": 0.9997},
                {"group": "name", "value": "one_word", "people": people // 12, "links": people // 40, "recall": 0.97,
                 "precision": 0.998},
                {"group": "region", "value": "1272", "people": people // 40, "links": people // 120, "recall": 0.981,
                 "precision": 0.999},
            ],
            "duplicate_links": {"links": round(people * 0.3), "claimed_again": 2, "implied_false_share": 0.0001},
            "disagree": [],
            "reviews": None,
        },
        "by_list": [{**one, **_group(chance, people / lists * 1.1, 0.65)} for one in files],
        "by_institution": [
            {"institution": one, "himbara": one in {"BRI", "Mandiri", "BNI", "BTN"},
             **_group(chance, people / len(names) * chance.uniform(0.3, 2), 0.66)}
            for one in names
        ],
        "by_region": by_region,
        "by_branch": [
            {"branch": one, **_group(chance, people / 12, 0.65)}
            for one in ("Pematangsiantar", "Manado", "Medan Utara", "Binjai", "Kisaran", "Bitung")[:branches]
        ],
        "by_kur_type": [
            {"skema": one, **_group(chance, people * part, 0.66)}
            for one, part in (("mikro", 0.5), ("super_mikro", 0.12), ("kecil", 0.05), ("khusus", 0.004), ("pmi", 6e-4))
        ],
        "by_period": [
            {"quarter": f"{year}-Q{quarter}", **_group(chance, people * chance.uniform(0.1, 0.3), 0.66)}
            for year, quarter in ((2020, 1), (2020, 2), (2020, 3), (2020, 4), (2021, 1), (2021, 2))
        ],
    }  # fmt: skip


def sample_profile(
    *, file: str = "kur_bri.txt", institution: str = "BRI", layout: str = "kur", read: int = 62_340
) -> Any:
    """A quality profile as ``lists.Profile.as_dict`` gives it."""
    ages = {"<17": 0.001, "17-24": 0.14, "25-34": 0.27, "35-44": 0.26, "45-54": 0.18, "55-64": 0.1, "65+": 0.02,
            "unknown": 0.029}  # fmt: skip
    return {
        "file": file, "layout": layout, "institution": institution,
        "read": read, "accepted": read - read // 200, "refused": read // 200,
        "nik_valid": round(read * 0.93), "nik_damaged": round(read * 0.02), "nik_missing": round(read * 0.045),
        "missing": {"nik": round(read * 0.045), "tanggal_lahir": round(read * 0.02), "no_hp": round(read * 0.31)},
        "duplicates": round(read * 0.012),
        "ages": {code: round(read * part) for code, part in ages.items()},
        "repairs": {"apostrophe": round(read * 0.2), "case": round(read * 0.5)},
        "flags": {"nik_kk_swapped": round(read * 0.003), "birth_contradicts_nik": round(read * 0.01)},
        "refusals": {"impossible_date": read // 300, "ragged": read // 600},
        "unknown_columns": ["No", "Keterangan"], "encoding": "Windows-1252", "format": "TXT |",
    }  # fmt: skip


def sample_profiles(*, summary: Any) -> list[Any]:
    """One profile per list of the summary, and the register's first."""
    found = [
        sample_profile(file="register.parquet", institution="", layout="register", read=summary["register"]["read"])
    ]
    for i, one in enumerate(summary["by_list"]):
        layout = LAYOUTS[i % len(LAYOUTS)]
        found.append(sample_profile(file=one["file"], institution=one["institution"], layout=layout))
    return found


def _file(i: int) -> dict[str, str]:
    kind = LAYOUTS[i % len(LAYOUTS)]
    who = (
        BANKS[i % len(BANKS)]
        if kind == "kur"
        else {"prakerja": "Prakerja", "non_asn": "Pemprov Sumatera Utara", "village": "Dinas PMD Kab. Simalungun"}[kind]
    )
    ending = ("txt", "csv", "xlsx")[i % 3]
    return {"file": f"{kind}_{who.lower().replace(' ', '_')}_{2020 + i // 8}.{ending}", "institution": who}


def _group(chance: random.Random, people: float, gap: float) -> dict[str, Any]:
    people = max(round(people), 1)
    not_eligible = round(people * 0.018)
    protected = round(people * (1 - gap) * 0.9)
    doubtful = round(people * 0.005)
    lapsed = round((people - not_eligible - protected - doubtful) * 0.1)
    estimate = people - not_eligible - protected - round(doubtful * 0.4)
    half = max(round(estimate * chance.uniform(0.003, 0.012)), 1)
    unmet = round(people * 0.002)
    may = round(people * 0.02)
    return {
        "people": people,
        "status": {
            "protected": protected, "lapsed": lapsed,
            "not_found": people - protected - lapsed - doubtful - not_eligible,
            "doubtful": doubtful, "not_eligible": not_eligible,
        },
        "unprotected": {"estimate": estimate, "low": max(estimate - half, 0), "high": estimate + half},
        "duty": {"unmet": unmet, "met": 0, "may": may, "none": 0, "unknown": people - unmet - may},
    }  # fmt: skip
