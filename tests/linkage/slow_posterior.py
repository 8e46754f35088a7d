"""Probabilities once more, pair by pair and row by row in plain Python, from weights that are given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp, log

from jangkau.linkage.method import Method
from jangkau.linkage.weights import TWIN, TWINS, Weights

MISSING = 9
NEAR_NIK = (2, 3, 4, 5)


def log_odds(levels: Sequence[int], rarity: int, weights: Weights, method: Method) -> float:
    """That two records are one person: prior, plus what each field says where fields hang together."""
    of = _first_of_each_kind(levels, method)
    born = _birth_date(levels, method)
    total = log(weights.matching_pairs / max(weights.all_pairs - weights.matching_pairs, 1.0))
    seen: set[str] = set()
    for place, (field, level) in enumerate(zip(method.fields, levels, strict=True)):
        kind = field.kind.name
        first = kind not in seen
        seen.add(kind)
        said = 0.0 if level == MISSING else log(weights.m[place][level] / max(weights.u[place][level], 1e-10))
        if first and kind == "nik" and weights.nik is not None:
            said = weights.nik[level][_context(born)]
        elif first and kind == "person_name":
            said = _of_name(level, rarity, born, of, weights, said)
        elif first and kind == "phone" and weights.phone is not None:
            said = weights.phone[level][of["region"]]
        elif first and kind in ("region", "sex") and place in weights.near and of["nik"] in NEAR_NIK:
            said = weights.near[place][level]
        total += said
    total += _together(of, born, rarity, weights)
    number = of.get("nik", of.get("identifier"))
    if born is not None and number != 1 and ("nik" in of or (born == 1 and len(weights.cells))):
        total -= log(1 + exp(total - _against_twins(of, weights, method)))
    return total


def _together(of: Mapping[str, int], born: int | None, rarity: int, weights: Weights) -> float:
    """What the levels of name, birth date, area and sex say together; and the number where others are damaged."""
    name, when = of.get("person_name", MISSING), born or MISSING
    area = of["region"] if "region" in of else of.get("code", MISSING)
    code = name * 12 + (rarity if name <= 2 else 0)
    for level in (when, area, of.get("sex", MISSING)):
        code = code * 10 + level
    known = dict(zip(weights.cells.tolist(), weights.beyond.tolist(), strict=True))
    total = float(known.get(code, 0.0))
    number = of["nik"] if "nik" in of else of.get("identifier")
    if weights.care is not None and number is not None:
        total += float(weights.care[_state(name)][number]) + float(weights.care[3 + _state(when)][number])
    return total


def _state(level: int) -> int:
    """Equal, damaged, missing."""
    return 0 if level == 1 else 2 if level == MISSING else 1


def _first_of_each_kind(levels: Sequence[int], method: Method) -> dict[str, int]:
    found: dict[str, int] = {}
    for field, level in zip(method.fields, levels, strict=True):
        found.setdefault(field.kind.name, level)
    return found


def _birth_date(levels: Sequence[int], method: Method) -> int | None:
    """The level of the date that stands in the first NIK too, or else of the first date."""
    nik = next((field.name for field in method.fields if field.kind.name == "nik"), None)
    dates = [k for k, field in enumerate(method.fields) if field.kind.name == "date"]
    dates.sort(key=lambda k: nik is None or method.fields[k].inside != nik)
    return levels[dates[0]] if dates else None


def _context(born: int | None) -> int:
    """Equal, one part apart, same year, further apart, not known."""
    return {1: 0, 2: 1, 3: 1, 4: 2, 5: 2, 6: 3}.get(born or MISSING, 4)


def _of_name(level: int, rarity: int, born: int | None, of: Mapping[str, int], weights: Weights, said: float) -> float:
    """Equal or held: by how common the name is, less what namesakes share. Unlike in one region: names are regional."""
    assert weights.by_rarity is not None
    if level in (1, 2):
        return float(weights.by_rarity[level][rarity]) - (weights.namesakes[rarity] if level == born == 1 else 0.0)
    if weights.neighbours is not None and of.get("region") == 1:
        return float(weights.neighbours[level])
    return said


def _against_twins(of: Mapping[str, int], weights: Weights, method: Method) -> float:
    """One person against two twins who are both recorded."""
    total = log(weights.matching_pairs / weights.most / TWINS)
    total -= float(weights.twins[of.get("person_name", MISSING)])
    for kind, shares in TWIN.items():
        level = of.get(kind, MISSING)
        if level != MISSING:
            place = next(k for k, field in enumerate(method.fields) if field.kind.name == kind)
            total += log(weights.m[place][level] / shares[level - 1])
    if weights.twins_phone is not None and "phone" in of:
        total += float(weights.twins_phone[of["phone"]])
    if "nik" not in of and "identifier" in of and of["identifier"] != MISSING:
        place = next(k for k, field in enumerate(method.fields) if field.kind.name == "identifier")
        total += log(weights.m[place][of["identifier"]] / max(weights.u[place][of["identifier"]], 1e-10))
    return total


def presence(candidates: Mapping[int, Sequence[float]], left: int, right: int, found: float) -> list[float]:
    """That each left row is on the right at all, from the log likelihood ratios of its candidates.

    P = pi S / (1 - pi + pi S), where S is the sum of ratios over the size of the right side plus the share of true
    pairs that were not found; pi is where it equals the mean of P.
    """
    sums = [
        sum(exp(min(one, 60.0)) for one in candidates.get(k, ())) / right + max(1 - found, 0.0) for k in range(left)
    ]
    pi = 0.5
    for _ in range(200):
        before = pi
        pi = min(max(sum(pi * s / (1 - pi + pi * s) for s in sums) / left, 1e-9), 1 - 1e-9)
        if abs(pi - before) < 1e-9:
            break
    return [pi * s / (1 - pi + pi * s) for s in sums]


def partners(pairs: Mapping[tuple[int, int], float]) -> dict[tuple[int, int], float]:
    """One to one: the likeliest pair first, then the likeliest of those whose rows are both free; with
    probabilities that count the competitors of either row in."""
    odds = {pair: min(p / max(1 - p, 1e-15), 1e15) for pair, p in pairs.items()}

    def shared(pair: tuple[int, int]) -> float:
        rivals = [sum(o for other, o in odds.items() if other[side] == pair[side]) for side in (0, 1)]
        return odds[pair] / (1 + max(rivals))

    chosen: dict[tuple[int, int], float] = {}
    for pair in sorted(pairs, key=lambda one: (-shared(one), one)):
        if not any(pair[0] == a or pair[1] == b for a, b in chosen):
            chosen[pair] = shared(pair)
    return chosen
