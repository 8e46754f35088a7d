"""The comparison of two records a second time: slow and obvious. Levels as docs/explanation/linkage.md has them."""

from __future__ import annotations

from datetime import date
from typing import Any

MISSING = 9


def damerau(x: str, y: str) -> int:
    """Fewest insertions, deletions, changes and exchanges of neighbours that turn one text into the other."""
    last: dict[str, int] = {}
    far = len(x) + len(y)
    table = [[far] * (len(y) + 2) for _ in range(len(x) + 2)]
    for i in range(len(x) + 1):
        table[i + 1][1] = i
    for j in range(len(y) + 1):
        table[1][j + 1] = j
    for i, c in enumerate(x, start=1):
        match = 0
        for j, d in enumerate(y, start=1):
            k, n = last.get(d, 0), match
            change = table[i][j] + (c != d)
            match = j if c == d else match
            exchange = table[k][n] + (i - k - 1) + 1 + (j - n - 1)
            table[i + 1][j + 1] = min(change, table[i + 1][j] + 1, table[i][j + 1] + 1, exchange)
        last[c] = i
    return table[-1][-1]


def jaro_winkler(x: str, y: str) -> float:
    """Jaro's likeness with Winkler's premium of 0.1 for each of up to four equal first letters (above 0.7)."""
    if not x or not y:
        return float(x == y)
    reach = max(max(len(x), len(y)) // 2 - 1, 0)
    used = [False] * len(y)
    mine = []
    for i, c in enumerate(x):
        for j in range(max(0, i - reach), min(len(y), i + reach + 1)):
            if not used[j] and y[j] == c:
                used[j] = True
                mine.append(c)
                break
    theirs = [c for c, taken in zip(y, used, strict=True) if taken]
    if not mine:
        return 0.0
    out_of_place = sum(c != d for c, d in zip(mine, theirs, strict=True)) // 2
    n = len(mine)
    jaro = (n / len(x) + n / len(y) + (n - out_of_place) / n) / 3
    prefix = next((i for i, (c, d) in enumerate(zip(x[:4], y[:4], strict=False)) if c != d), min(len(x), len(y), 4))
    return jaro + 0.1 * prefix * (1 - jaro) if jaro > 0.7 else jaro


def nik_level(x: str | None, y: str | None) -> int:
    if not x or not y:
        return MISSING
    if x == y:
        return 1
    unlike = sum(c != d for c, d in zip(x, y, strict=False))
    if len(x) == len(y) and unlike > 2:
        return 5
    slips = damerau(x, y)
    if slips <= 1:
        return 3 if len(x) == len(y) and x[:12] == y[:12] else 2
    return 4 if slips == 2 else 5


def name_level(x: dict[str, Any], y: dict[str, Any]) -> int:
    mine, theirs = (x["name"] or "").split(), (y["name"] or "").split()
    if not mine or not theirs:
        return MISSING
    if sorted(mine) == sorted(theirs):
        return 1
    short, long = sorted((" ".join(mine), " ".join(theirs)), key=len)
    if set(mine) <= set(theirs) or set(theirs) <= set(mine) or (len(short) >= 6 and long.startswith(short)):
        return 2
    alike = likeness(x, y)
    if alike >= 0.93:
        return 3
    if alike >= 0.86:
        return 4
    return 5 if mine[0] == theirs[0] or mine[-1] == theirs[-1] else 6


def likeness(x: dict[str, Any], y: dict[str, Any]) -> float:
    """The better of the likeness as written and with words in alphabetical order."""
    mine, theirs = x["name"] or "", y["name"] or ""
    in_order = [" ".join(sorted(name.split())) for name in (mine, theirs)]
    return max(jaro_winkler(mine, theirs), jaro_winkler(*in_order))


def born_level(x: dict[str, Any], y: dict[str, Any], nik: int) -> int:
    days = []
    for record in (x, y):
        born = record["born"]
        if born is None and nik in (5, MISSING):
            born = record["nik_born"]
        days.append(born)
    one, other = days
    if one is None or other is None:
        return MISSING
    if any(r["born"] is not None and not r["born_to_the_day"] for r in (x, y)):
        return 4 if one.year == other.year else 6
    return _born_level_of_days(one, other)


def _born_level_of_days(one: date, other: date) -> int:
    if one == other:
        return 1
    if (one.year, one.day, one.month) == (other.year, other.month, other.day):
        return 2
    if (one.year == other.year) + (one.month == other.month) + (one.day == other.day) == 2:
        return 3
    return 5 if one.year == other.year else 6


def region_level(x: str | None, y: str | None) -> int:
    if x is None or y is None:
        return MISSING
    return 1 if x == y else 2 if x[:2] == y[:2] else 3


def same_level(x: str | None, y: str | None) -> int:
    if x is None or y is None:
        return MISSING
    return 1 if x == y else 2


def levels(x: dict[str, Any], y: dict[str, Any]) -> dict[str, int]:
    """All levels of a pair of records."""
    nik = nik_level(x["nik"], y["nik"])
    return {
        "nik": nik,
        "name": name_level(x, y),
        "born": born_level(x, y, nik),
        "sex": same_level(x["sex"], y["sex"]),
        "region": region_level(x["region4"], y["region4"]),
        "phone": same_level(x["phone"], y["phone"]),
    }


def rarity(x: dict[str, Any], y: dict[str, Any]) -> int:
    """Of the name that agrees: the class of the whole name, or of a name that holds all words of the shorter one."""
    if sorted(x["name"].split()) == sorted(y["name"].split()):
        return int(x["name_class"])
    shorter = min((x, y), key=lambda r: (len(r["name"].split()), len(r["name"])))
    return int(shorter["words_class"])
