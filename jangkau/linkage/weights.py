"""Fellegi-Sunter weights estimated from the data, without any labelled pair.

The identifier is the training set: on pairs whose identifier agrees, the m of every other field is counted (each where
the others speak for the pair, so that somebody else's number does not spoil it). u comes from random pairs; of names,
from how common each is. The identifier's own m is counted where everything else makes the pair certain. How many pairs
match follows from those with the same identifier; where too few have one, EM finds it. Fellegi and Sunter 1969; EM on
counted patterns after Enamorado, Fifield and Imai 2019. docs/explanation/linkage.md has the formulae.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from jangkau.linkage.index import CLASSES
from jangkau.linkage.kinds import MISSING
from jangkau.linkage.method import Method

Floats = npt.NDArray[np.float64]
Levels = npt.NDArray[np.uint8]

M_WEIGHT, U_WEIGHT, U_NIK_WEIGHT = 30.0, 300.0, 1e4
"""What the beliefs are worth, in pairs."""
SMALLEST_U = 1e-10
ENOUGH_IDENTICAL, ENOUGH_COMPARABLE = 100, 0.05
"""With fewer pairs of equal identifiers, or identifiers on both sides of a smaller share of pairs, EM is asked."""
EM_ITERATIONS = 60
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
FAR = 6
# Twins on record together, and how they look: about one birth in sixty is one of twins, and one village registers both.
# Serials follow each other, names are alike by intention. Assumptions, checked against invented twins only.
TWINS = 0.01
TWIN = {
    "nik": (1e-6, 1e-3, 0.02, 0.6, 0.02, 0.359),
    "person_name": (1e-3, 0.02, 0.15, 0.15, 0.35, 0.329),
    "sex": (0.65, 0.35),
}
CONTEXT_OF_BORN = np.array([4, 0, 1, 1, 2, 2, 3, 4, 4, 4])
NEAR_BELIEF = {"sex": (0.95, 0.05), "region": (0.70, 0.22, 0.08)}


@dataclass(frozen=True)
class Patterns:
    """Pairs by their agreement: ``levels`` (n, fields), the class of rarity of the name that agrees, and how many pairs
    each line stands for."""

    levels: Levels
    rarity: Levels
    count: Floats

    def __len__(self) -> int:
        return len(self.levels)

    def at(self, where: npt.NDArray[np.int64]) -> Patterns:
        """Some of them."""
        return Patterns(self.levels[where], self.rarity[where], self.count[where])

    def of(self, place: int | None) -> Levels:
        """The levels of one field; all missing when the method has no such field."""
        return self.levels[:, place] if place is not None else np.full(len(self), MISSING, np.uint8)

    def counted(self, place: int, where: npt.NDArray[np.bool_]) -> Floats:
        """Pairs by level of one field."""
        found = np.bincount(self.levels[where, place], weights=self.count[where], minlength=MISSING + 1)
        return found.astype(np.float64)


def spread(*, patterns: npt.NDArray[np.int64], fields: int) -> Levels:
    """Decimal patterns as levels by field."""
    out = np.empty((len(patterns), fields), np.uint8)
    rest = patterns.copy()
    for place in reversed(range(fields)):
        rest, digit = np.divmod(rest, 10)
        out[:, place] = digit
    return out


@dataclass(frozen=True)
class Rarity:
    """For each class of rarity: the chance that a second person bears the same whole name, or a name that holds all its
    words; and the share of people whose whole name is of that class."""

    whole: Floats
    words: Floats
    share: Floats


@dataclass(frozen=True)
class Places:
    """Which field plays which part; None where the method has no such field."""

    anchor: int | None
    nik: int | None
    name: int | None
    born: int | None
    sex: int | None
    region: int | None
    phone: int | None


def places(*, method: Method) -> Places:
    """The birth date is the date that the NIK tells too, or else the first date."""
    nik = method.first("nik")
    inside = None if nik is None else method.fields[nik].name
    dates = [k for k, one in enumerate(method.fields) if one.kind.name == "date"]
    born = next((k for k in dates if inside is not None and method.fields[k].inside == inside), method.first("date"))
    return Places(
        method.anchor,
        nik,
        method.first("person_name"),
        born,
        method.first("sex"),
        method.first("region"),
        method.first("phone"),
    )


@dataclass(frozen=True)
class Weights:
    """Log likelihood ratios by level (index 0 unused, MISSING is 0) and the prior odds of a random pair.

    Five dependences are modelled where the fields for it are there, because a flat model counts the same evidence
    twice. ``nik`` depends on what the birth dates say (columns: equal, one part apart, same year, further apart, not
    known): NIKs of one district and day differ in the serial alone, so that nearness says little where the birth date
    is known to be the same. ``near`` replaces region and sex where the NIKs are near, for the same reason.
    ``phone`` (level, level of region) knows that relatives and neighbours share a telephone.
    ``neighbours`` replaces unlike names where the region is one: names are regional. ``namesakes`` is taken off where
    whole name and birth date agree: more strangers share both than chance would have. ``by_rarity`` (level, class) and
    ``namesakes`` (class) follow how common the name is. Beside strangers there are twins: where the birth date agrees
    and the NIK does not, odds are held against theirs.
    """

    places: Places
    kinds: tuple[str, ...]
    m: tuple[Floats, ...]
    u: tuple[Floats, ...]
    table: tuple[Floats, ...]
    nik: Floats | None
    near: dict[int, Floats]
    phone: Floats | None
    neighbours: Floats | None
    by_rarity: Floats | None
    namesakes: Floats
    rarity: Rarity
    matching_pairs: float
    all_pairs: float
    most: float
    how: dict[str, str] = field(default_factory=dict)

    @property
    def prior_log_odds(self) -> float:
        return float(np.log(self.matching_pairs / max(self.all_pairs - self.matching_pairs, 1.0)))

    def of_field(self, *, place: int, patterns: Patterns) -> Floats:
        """The log likelihood ratio that one field adds to each pair."""
        at = self.places
        levels = patterns.of(place)
        if place == at.nik and self.nik is not None:
            told: Floats = self.nik[levels, CONTEXT_OF_BORN[patterns.of(at.born)]]
            return told
        if place == at.name and self.by_rarity is not None:
            ratio = self.by_rarity[levels, patterns.rarity]
            if at.born is not None:
                both = (levels == 1) & (patterns.of(at.born) == 1)
                ratio = ratio - np.where(both, self.namesakes[patterns.rarity], 0.0)
            if self.neighbours is None:
                return ratio
            return np.where((patterns.of(at.region) == 1) & (levels >= 3), self.neighbours[levels], ratio)
        if place == at.phone and self.phone is not None:
            return self.phone[levels, patterns.of(at.region)]
        if place in self.near:
            nik = patterns.of(at.nik)
            return np.where((nik >= 2) & (nik < FAR), self.near[place][levels], self.table[place][levels])
        return self.table[place][levels]

    def log_odds(self, *, patterns: Patterns, without: tuple[int, ...] = ()) -> Floats:
        """Posterior log odds that each pair is one person; ``without`` leaves fields out."""
        total = np.full(len(patterns), self.prior_log_odds)
        for place in range(len(self.kinds)):
            if place not in without:
                total += self.of_field(place=place, patterns=patterns)
        at = self.places
        if at.name is not None and at.born is not None and at.anchor == at.nik and at.born not in without:
            twins = (patterns.of(at.born) == 1) & (patterns.of(at.nik) != 1)
            if twins.any():
                total[twins] -= np.logaddexp(0.0, total[twins] - self._against_twins(patterns, without)[twins])
        return total

    def _against_twins(self, patterns: Patterns, without: tuple[int, ...]) -> Floats:
        """Log odds of one person against two twins, both of whom are recorded."""
        total = np.full(len(patterns), np.log(self.matching_pairs / self.most / TWINS))
        at = self.places
        for kind, place in (("nik", at.nik), ("person_name", at.name), ("sex", at.sex)):
            if place is not None and place not in without:
                twin = TWIN[kind]
                ratio = np.zeros(MISSING + 1)
                ratio[1 : len(twin) + 1] = np.log(self.m[place][1 : len(twin) + 1] / np.array(twin))
                total += ratio[patterns.of(place)]
        return total


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
) -> Weights:
    """Weights for one kind of pairs.

    ``tally``: compared pairs, counted by pattern: what strangers look like. ``kept``: those worth keeping, with the
    rarity of their names; ``described``: which of them a block without the anchor found. ``random``: pairs drawn at
    random; ``regional``: pairs drawn at random within one region.
    """
    at = places(method=method)
    draft = _draft(method, at, tally, random, rarity, sides)
    identical = _identical(draft, kept)
    if at.anchor is None or identical < ENOUGH_IDENTICAL or sides.comparable < ENOUGH_COMPARABLE:
        weights = _expected(method, draft, tally, kept, identical)
    else:
        weights = _counted(method, draft, tally, kept, described, identical, sides)
    weights = replace(
        weights, near=_near(weights, tally), neighbours=_neighbours(weights, regional), phone=_phone(weights, tally)
    )
    return replace(weights, namesakes=_namesakes(weights, kept))


def _draft(method: Method, at: Places, tally: Patterns, random: Patterns, rarity: Rarity, sides: Sides) -> Weights:
    """m from beliefs, u from random pairs."""
    how = {}
    m, u = [], []
    likely = _belief_sum(method, random) >= np.log(max(sides.all_pairs / sides.most, 2.0))
    for place, one in enumerate(method.fields):
        m.append(_padded(np.array(one.m or one.kind.m)))
        counts = random.counted(place, ~likely)[1 : len(one.kind.levels) + 1]
        given = one.u is not None
        u.append(_padded(np.array(one.u) if given else _share(counts, one.kind.u, U_WEIGHT)))
        how[f"{one.name}.u"] = "given" if given else "random pairs"
        how[f"{one.name}.m"] = "given" if one.m is not None else "belief"
    table = tuple(_ratio(a, b) for a, b in zip(m, u, strict=True))
    weights = Weights(
        at, tuple(one.kind.name for one in method.fields), tuple(m), tuple(u), table, None, {}, None, None, None,
        np.zeros(CLASSES), rarity, max(min(sides.most, sides.all_pairs) / 2, 0.5), sides.all_pairs, sides.most, how,
    )  # fmt: skip
    return _with_tables(weights)


def _with_tables(weights: Weights) -> Weights:
    """The tables of ratios again after m or u changed."""
    table = tuple(_ratio(m, u) for m, u in zip(weights.m, weights.u, strict=True))
    name = weights.places.name
    by_rarity = None
    if name is not None:
        by_rarity = np.repeat(table[name][:, None], CLASSES, axis=1)
        by_rarity[1] = np.log(weights.m[name][1] / np.maximum(weights.rarity.whole, SMALLEST_U))
        by_rarity[2] = np.log(weights.m[name][2] / np.maximum(weights.rarity.words, SMALLEST_U))
    return replace(weights, table=table, by_rarity=by_rarity)


def _belief_sum(method: Method, patterns: Patterns) -> Floats:
    total = np.zeros(len(patterns))
    for place, one in enumerate(method.fields):
        total += _ratio(_padded(np.array(one.m or one.kind.m)), _padded(np.array(one.u or one.kind.u)))[
            patterns.of(place)
        ]
    return total


def _others(weights: Weights, patterns: Patterns, *without: int | None) -> Floats:
    """The sum of the ratios of all fields but some."""
    total = np.zeros(len(patterns))
    for place in range(len(weights.kinds)):
        if place not in without:
            total += weights.of_field(place=place, patterns=patterns)
    return total


def _identical(weights: Weights, kept: Patterns) -> float:
    """Pairs of equal anchor for which the rest speaks."""
    anchor = weights.places.anchor
    if anchor is None:
        return 0.0
    same = (kept.of(anchor) == 1) & (_others(weights, kept, anchor) > 0)
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
        rest = _others(draft, kept, anchor, place)
        counts = kept.counted(place, same & (rest > _enough(draft, anchor, place)))[1 : len(one.kind.levels) + 1]
        m[place] = _padded(_share(counts.astype(np.float64), one.kind.m, M_WEIGHT))
        how[f"{one.name}.m"] = f"pairs of equal {method.fields[anchor].name}"
    weights = _with_tables(replace(draft, m=tuple(m), how=how))
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
        odds = _others(weights, kept, anchor) + weights.prior_log_odds
        certain = described & (odds > CERTAIN)
        m[anchor] = _padded(_share(kept.counted(anchor, certain)[1 : len(one.kind.levels) + 1], one.kind.m, M_WEIGHT))
        how[f"{one.name}.m"] = "pairs that the other fields make certain"
    nik = None
    if one.kind.name == "nik" and one.u is None and at.born is not None and at.name is not None:
        by_context = _nik_u(weights, tally)
        nik, u[anchor] = _nik_ratio(m[anchor], by_context), by_context[:, 4].copy()
        how[f"{one.name}.u"] = "pairs of unlike names, by agreement of the birth dates"
    elif one.u is None:
        against = (tally.of(anchor) == 1) & (_others(weights, tally, anchor) + weights.prior_log_odds < -5)
        seen = float(tally.count[against].sum())
        u[anchor] = u[anchor].copy()
        u[anchor][1] = (seen + one.kind.u[0] * U_NIK_WEIGHT) / (weights.all_pairs + U_NIK_WEIGHT)
    return replace(_with_tables(replace(weights, m=tuple(m), u=tuple(u), how=how)), nik=nik)


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
            u = _padded(_share(tally.counted(place, strangers)[1 : len(belief) + 1], belief, M_WEIGHT))
            near[place] = _ratio(weights.m[place], u)
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
    odds = _others(weights, regional) + weights.prior_log_odds
    counts = regional.counted(at.name, odds < -2.0)[1:7]
    u = _padded((counts + U_WEIGHT * weights.u[at.name][1:7]) / (counts.sum() + U_WEIGHT))
    return _ratio(weights.m[at.name], u)


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


def _expected(method: Method, draft: Weights, tally: Patterns, kept: Patterns, identical: float) -> Weights:
    """m and the number of matching pairs by EM on counted patterns, u as drawn: where lists hardly share a number."""
    weights, at = draft, draft.places
    knows_births = at.nik is not None and at.born is not None and at.name is not None
    by_context = _nik_u(draft, tally) if knows_births else None
    for _ in range(EM_ITERATIONS):
        weights = replace(weights, phone=_phone(weights, tally))
        p = kept.count / (1.0 + np.exp(-weights.log_odds(patterns=kept)))
        matching = float(min(max(p.sum(), 0.5), weights.most))
        m = []
        for place, one in enumerate(method.fields):
            if one.m is not None:
                m.append(weights.m[place])
                continue
            counts = np.bincount(kept.of(place), weights=p, minlength=MISSING + 1)[1 : len(one.kind.levels) + 1]
            m.append(_padded(_share(counts.astype(np.float64), one.kind.m, M_WEIGHT)))
        done = abs(matching - weights.matching_pairs) < 1e-6 * matching
        weights = _with_tables(replace(weights, m=tuple(m), matching_pairs=matching))
        if by_context is not None and at.nik is not None:
            weights = replace(weights, nik=_nik_ratio(m[at.nik], by_context))
        if done:
            break
    how = {k: ("EM" if k.endswith(".m") and v != "given" else v) for k, v in weights.how.items()}
    return replace(weights, how={**how, "training": f"EM: {identical:.0f} pairs of equal identifiers"})


def _share(counts: Floats, belief: tuple[float, ...], weight: float) -> Floats:
    share: Floats = (counts + weight * np.array(belief)) / (counts.sum() + weight * sum(belief))
    return share


def _ratio(m: Floats, u: Floats) -> Floats:
    ratio: Floats = np.log(m / np.maximum(u, SMALLEST_U))
    return ratio


def _padded(values: Floats) -> Floats:
    """Levels 1..n at index 1..n; 1.0 at 0 and up to MISSING, so that a missing field says nothing."""
    out = np.ones(MISSING + 1)
    out[1 : len(values) + 1] = values
    return out
