"""Weights estimated from the data, without any labelled pair.

The identifier is the training set: on pairs whose identifier agrees, the m of every other field is counted (each where
the others speak for the pair, so that somebody else's number does not spoil it). u comes from random pairs; of names,
from how common each is. The identifier's own m is counted where everything else makes the pair certain. How many pairs
match follows from those with the same identifier; where too few have one, EM finds it. Fellegi and Sunter 1969; EM on
counted patterns after Enamorado, Fifield and Imai 2019. docs/explanation/linkage.md has the formulae.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from jangkau.linkage import strangers
from jangkau.linkage.index import CLASSES
from jangkau.linkage.kinds import MISSING
from jangkau.linkage.method import Method
from jangkau.linkage.watched import Watched
from jangkau.linkage.weights import (
    CONTEXT_OF_BORN,
    FAR,
    SMALLEST_U,
    Floats,
    Patterns,
    Places,
    Rarity,
    Weights,
    log_ratio,
    padded,
    places,
)

M_WEIGHT, U_WEIGHT, U_NIK_WEIGHT = 30.0, 300.0, 1e4
"""What the beliefs are worth, in pairs."""
ENOUGH_IDENTICAL, ENOUGH_COMPARABLE = 100, 0.05
"""With fewer pairs of equal identifiers, or identifiers on both sides of a smaller share of pairs, EM is asked."""
CERTAIN = np.log(1000.0)

# One row a level of nearness of NIKs (equal, one slip, one slip in the serial, next serial, two slips); columns: birth
# date equal, one part apart, same year, other.
U_NIK_BELIEF = (
    (1e-6, 1e-7, 1e-8, 1e-9),
    (2e-4, 1e-5, 1e-6, 1e-8),
    (2e-3, 1e-6, 1e-7, 1e-8),
    (2e-3, 1e-6, 1e-7, 1e-8),
    (2e-3, 5e-5, 1e-5, 1e-7),
)
NEAR_BELIEF = {"sex": (0.95, 0.05), "region": (0.70, 0.22, 0.08)}


@dataclass(frozen=True)
class Sides:
    """How many pairs there are in all, the share of them with the anchor on both sides, the most that can match."""

    all_pairs: float
    comparable: float
    most: float


def estimate(
    *,
    method: Method,
    tally: Patterns,
    kept: Patterns,
    described: npt.NDArray[np.bool_],
    random: Patterns,
    regional: Patterns,
    rarity: Rarity,
    sides: Sides,
    together: bool = True,
    seen_apart: Watched | None = None,
) -> Weights:
    """Weights for one kind of pairs.

    ``tally``: compared pairs, counted by pattern: what strangers look like. ``kept``: those worth keeping, with the
    rarity of their names; ``described``: which of them a block without the anchor found. ``random``: pairs drawn at
    random; ``regional``: pairs drawn at random within one region. ``together``: also what fields say together, where
    matches are among the kept; ``seen_apart``: which of them are strangers' that can be watched.
    """
    at = places(method=method)
    draft = _draft(method, at, tally, random, rarity, sides)
    identical = _identical(draft, kept)
    if at.anchor is None or identical < ENOUGH_IDENTICAL or sides.comparable < ENOUGH_COMPARABLE:
        how = {k: ("EM" if k.endswith(".m") and v != "given" else v) for k, v in draft.how.items()}
        draft = replace(draft, how={**how, "training": f"EM: {identical:.0f} pairs of equal identifiers"})
        return strangers.weighed(
            weights=_dependent(draft, tally, regional),
            kept=kept,
            random=random,
            seen_apart=seen_apart,
            step=lambda weights, seen, p: _next(method, weights, seen, p, tally, regional),
        )
    weights = _dependent(_counted(method, draft, tally, kept, described, identical, sides), tally, regional)
    weights = replace(weights, namesakes=_namesakes(weights, kept))
    if not together:
        return weights
    return strangers.weighed(weights=weights, kept=kept, random=random, seen_apart=seen_apart)


def _draft(method: Method, at: Places, tally: Patterns, random: Patterns, rarity: Rarity, sides: Sides) -> Weights:
    """m from beliefs, u from random pairs."""
    how = {}
    m, u = [], []
    likely = _belief_sum(method, random) >= np.log(max(sides.all_pairs / sides.most, 2.0))
    for place, one in enumerate(method.fields):
        m.append(padded(values=np.array(one.m or one.kind.m)))
        counts = random.counted(place, ~likely)[1 : len(one.kind.levels) + 1]
        given = one.u is not None
        u.append(padded(values=np.array(one.u) if given else _share(counts, one.kind.u, U_WEIGHT)))
        how[f"{one.name}.u"] = "given" if given else "random pairs"
        how[f"{one.name}.m"] = "given" if one.m is not None else "belief"
    table = tuple(log_ratio(m=a, u=b) for a, b in zip(m, u, strict=True))
    weights = Weights(
        at, tuple(one.kind.name for one in method.fields), tuple(m), tuple(u), table, None, {}, None, None, None,
        np.zeros(CLASSES), rarity, max(min(sides.most, sides.all_pairs) / 2, 0.5), sides.all_pairs, sides.most, how,
    )  # fmt: skip
    return weights.retabled()


def _belief_sum(method: Method, patterns: Patterns) -> Floats:
    total = np.zeros(len(patterns))
    for place, one in enumerate(method.fields):
        total += log_ratio(
            m=padded(values=np.array(one.m or one.kind.m)), u=padded(values=np.array(one.u or one.kind.u))
        )[patterns.of(place)]
    return total


def _identical(weights: Weights, kept: Patterns) -> float:
    """Pairs of equal anchor for which the rest speaks."""
    anchor = weights.places.anchor
    if anchor is None:
        return 0.0
    same = (kept.of(anchor) == 1) & (weights.others(patterns=kept, without=(anchor,)) > 0)
    return float(kept.count[same].sum())


def _counted(
    method: Method,
    draft: Weights,
    tally: Patterns,
    kept: Patterns,
    described: npt.NDArray[np.bool_],
    identical: float,
    sides: Sides,
) -> Weights:
    """m of each field where the anchor and the rest agree; then the anchor's own."""
    anchor = draft.places.anchor
    assert anchor is not None  # noqa: S101 - the caller asks for EM otherwise
    m, how = list(draft.m), dict(draft.how)
    same = kept.of(anchor) == 1
    for place, one in enumerate(method.fields):
        if place == anchor or one.m is not None:
            continue
        rest = draft.others(patterns=kept, without=(anchor, place))
        counts = kept.counted(place, same & (rest > _enough(draft, anchor, place)))[1 : len(one.kind.levels) + 1]
        m[place] = padded(values=_share(counts.astype(np.float64), one.kind.m, M_WEIGHT))
        how[f"{one.name}.m"] = f"pairs of equal {method.fields[anchor].name}"
    weights = replace(draft, m=tuple(m), how=how).retabled()
    weights = _with_anchor(method, weights, tally, kept, described)
    matching = identical / (float(weights.m[anchor][1]) * sides.comparable)
    return replace(weights, matching_pairs=float(min(max(matching, 0.5), sides.most)))


def _enough(weights: Weights, anchor: int, place: int) -> float:
    """How much the other fields must say: half of the best they could, and no more than a factor of a hundred."""
    best = sum(float(t[1:].max()) for k, t in enumerate(weights.table) if k not in (anchor, place))
    return min(best / 2, float(np.log(100.0)))


def _with_anchor(
    method: Method, weights: Weights, tally: Patterns, kept: Patterns, described: npt.NDArray[np.bool_]
) -> Weights:
    """m of the anchor from pairs that everything else makes certain; u of a NIK from pairs whose names have nothing in
    common, by what the birth dates say."""
    at = weights.places
    anchor = at.anchor
    assert anchor is not None  # noqa: S101
    one = method.fields[anchor]
    m, u, how = list(weights.m), list(weights.u), dict(weights.how)
    if one.m is None:
        odds = weights.others(patterns=kept, without=(anchor,)) + weights.prior_log_odds
        certain = described & (odds > CERTAIN)
        if at.nik is not None and at.name is not None:
            certain &= weights.against_twins(patterns=kept, without=(anchor,)) > CERTAIN
        m[anchor] = padded(
            values=_share(kept.counted(anchor, certain)[1 : len(one.kind.levels) + 1], one.kind.m, M_WEIGHT)
        )
        how[f"{one.name}.m"] = "pairs that the other fields make certain"
    nik = None
    if one.kind.name == "nik" and one.u is None and at.born is not None and at.name is not None:
        by_context = _nik_u(weights, tally)
        nik, u[anchor] = _nik_ratio(m[anchor], by_context), by_context[:, 4].copy()
        how[f"{one.name}.u"] = "pairs of unlike names, by agreement of the birth dates"
    elif one.u is None:
        against = (tally.of(anchor) == 1) & (
            weights.others(patterns=tally, without=(anchor,)) + weights.prior_log_odds < -5
        )
        seen = float(tally.count[against].sum())
        u[anchor] = u[anchor].copy()
        u[anchor][1] = (seen + one.kind.u[0] * U_NIK_WEIGHT) / (weights.all_pairs + U_NIK_WEIGHT)
    return replace(replace(weights, m=tuple(m), u=tuple(u), how=how).retabled(), nik=nik)


def _nik_u(weights: Weights, tally: Patterns) -> Floats:
    """u of the NIK by what the birth dates say (columns; the last one: not known), counted on pairs of unlike names."""
    at = weights.places
    assert at.name is not None and at.born is not None and at.nik is not None  # noqa: S101
    strangers = tally.of(at.name) >= 5
    strangers &= tally.of(at.name) != MISSING
    names_apart = float(weights.u[at.name][5] + weights.u[at.name][6])
    born = weights.u[at.born]
    shares = (float(born[1]), float(born[2] + born[3]), float(born[4] + born[5]), float(born[6]))
    context = CONTEXT_OF_BORN[tally.of(at.born)]
    u = np.ones((MISSING + 1, 5))
    for column, share in enumerate(shares):
        pairs = weights.all_pairs * share * names_apart
        for level in range(1, FAR):
            seen = float(tally.count[strangers & (tally.of(at.nik) == level) & (context == column)].sum())
            u[level, column] = (seen + U_NIK_BELIEF[level - 1][column] * U_NIK_WEIGHT) / (pairs + U_NIK_WEIGHT)
    u[:FAR, 4] = u[:FAR, :4] @ np.array(shares)
    return u


def _nik_ratio(m: Floats, u: Floats) -> Floats:
    ratio: Floats = np.log(m[:, None] / np.maximum(u, SMALLEST_U))
    ratio[0] = ratio[FAR + 1 :] = 0.0
    return ratio


def _near(weights: Weights, tally: Patterns) -> dict[int, Floats]:
    """Region and sex of strangers whose NIKs are near: born in one district, they often live in one too."""
    at = weights.places
    if at.nik is None or at.name is None or weights.nik is None:
        return {}
    name, nik = tally.of(at.name), tally.of(at.nik)
    strangers = (name >= 5) & (name != MISSING) & (nik >= 2) & (nik < FAR)
    near = {}
    for kind, place in (("region", at.region), ("sex", at.sex)):
        if place is not None:
            belief = NEAR_BELIEF[kind]
            u = padded(values=_share(tally.counted(place, strangers)[1 : len(belief) + 1], belief, M_WEIGHT))
            near[place] = log_ratio(m=weights.m[place], u=u)
    return near


def _phone(weights: Weights, tally: Patterns) -> Floats | None:
    """Telephones of people who are not one, by region: counted where the names have nothing in common and the NIKs (or
    else the birth dates) are far apart, over all such pairs there are."""
    at = weights.places
    other = at.born if at.nik is None else at.nik
    if at.phone is None or at.region is None or at.name is None or other is None:
        return None
    name, region = tally.of(at.name), tally.of(at.region)
    strangers = (name == 6) & (tally.of(other) == FAR) & (tally.of(at.phone) == 1)
    there = weights.all_pairs * float(weights.u[at.name][6]) * float(weights.u[other][FAR])
    ratio = np.repeat(weights.table[at.phone][:, None], MISSING + 1, axis=1)
    for level in (1, 2, 3):
        pairs = there * float(weights.u[at.region][level])
        seen = float(tally.count[strangers & (region == level)].sum())
        u = (seen + 1.0) / (pairs + 1.0)
        ratio[1, level] = np.log(weights.m[at.phone][1] / max(u, SMALLEST_U))
    return ratio


def _neighbours(weights: Weights, regional: Patterns) -> Floats | None:
    """Names of strangers in one region, from pairs drawn at random within regions."""
    at = weights.places
    if at.name is None or at.region is None or not len(regional):
        return None
    odds = weights.others(patterns=regional, without=()) + weights.prior_log_odds
    counts = regional.counted(at.name, odds < -2.0)[1:7]
    u = padded(values=(counts + U_WEIGHT * weights.u[at.name][1:7]) / (counts.sum() + U_WEIGHT))
    return log_ratio(m=weights.m[at.name], u=u)


def _namesakes(weights: Weights, kept: Patterns) -> Floats:
    """By how much (log) strangers share whole name and birth date more often than independence has it, by rarity.

    Counted where both NIKs are there and far apart, less the matches among them (people with a second NIK).
    """
    at = weights.places
    if at.nik is None or at.name is None or at.born is None or weights.nik is None:
        return np.zeros(CLASSES)
    nik = kept.of(at.nik)
    both = (kept.of(at.name) == 1) & (kept.of(at.born) == 1) & (nik != MISSING)
    far, close = (
        np.bincount(kept.rarity[both & here], weights=kept.count[both & here], minlength=CLASSES)
        for here in (nik == FAR, nik < FAR)
    )
    m_far = weights.m[at.nik][FAR]
    strangers = np.maximum(far - close * m_far / (1.0 - m_far), 0.0)
    expected = weights.all_pairs * weights.u[at.born][1] * weights.rarity.whole * weights.rarity.share
    more: Floats = np.maximum(np.log((strangers + 1.0) / (expected + 1.0)), 0.0)
    return more


def _next(method: Method, weights: Weights, seen: Patterns, p: Floats, tally: Patterns, regional: Patterns) -> Weights:
    """One step of EM: m and the number of matching pairs from the probabilities of before, u as it was drawn.

    m of a field is counted only where the others alone say that a pair is likelier one person than not. A level that by
    belief speaks against one person is mostly seen of strangers, and its m is never raised above the belief.
    """
    m = []
    for place, one in enumerate(method.fields):
        if one.m is not None:
            m.append(weights.m[place])
            continue
        speaks = weights.prior_log_odds + weights.others(patterns=seen, without=(place,)) > 0
        counts = np.bincount(seen.of(place), weights=seen.count * p * speaks, minlength=MISSING + 1)
        share = _share(counts[1 : len(one.kind.levels) + 1].astype(np.float64), one.kind.m, M_WEIGHT)
        belief = np.array(one.kind.m)
        against = belief < weights.u[place][1 : len(belief) + 1]
        share = np.where(against, np.minimum(share, belief), share)
        share[0] += 1.0 - share.sum()
        m.append(padded(values=share))
    matching = float(min(max((seen.count * p).sum(), 0.5), weights.most))
    return _dependent(replace(weights, m=tuple(m), matching_pairs=matching).retabled(), tally, regional)


def _dependent(weights: Weights, tally: Patterns, regional: Patterns) -> Weights:
    """With the tables of fields that hang together, as m is now."""
    at = weights.places
    nik = weights.nik
    if at.nik is not None and at.born is not None and at.name is not None and "training" in weights.how:
        nik = _nik_ratio(weights.m[at.nik], _nik_u(weights, tally))
    weights = replace(weights, nik=nik)
    weights = replace(weights, near=_near(weights, tally), phone=_phone(weights, tally))
    return replace(weights, neighbours=_neighbours(weights, regional))


def _share(counts: Floats, belief: tuple[float, ...], weight: float) -> Floats:
    share: Floats = (counts + weight * np.array(belief)) / (counts.sum() + weight * sum(belief))
    return share
