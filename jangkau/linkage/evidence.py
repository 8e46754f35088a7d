"""What speaks for and against two records being one person, in words and in bits that add up to the published odds.

``weigh`` takes the pattern of a pair; with the records themselves the words say more (which digit, which word of the
name). No NIK, number or telephone is ever put into words; of records only words of names are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from jangkau.charts import wording
from jangkau.complaints import Text
from jangkau.linkage import evidence_words as words
from jangkau.linkage.kinds import MISSING
from jangkau.linkage.method import Method
from jangkau.linkage.weights import Patterns, Weights, spread

Record = Mapping[str, str | None]
BIT = float(np.log(2.0))
_RELATED = Text("dapat juga saudara kembar, kerabat atau orang senama", "could be a twin, a relative or a namesake")
_ALIKE = Text("nama, tanggal, wilayah dan nomor bersama-sama", "name, date, area and number together")
_COMPETITORS = Text("ada calon lain (satu lawan satu)", "other candidates compete (one to one)")
_NEGLIGIBLE = 1e-12


@dataclass(frozen=True)
class Evidence:
    """What one field says: ``bits`` (log2 of the likelihood ratio), for one person when above 0. ``field`` is empty for
    what several fields say together."""

    field: str
    level: int
    words: Text
    bits: float


@dataclass(frozen=True)
class Weighed:
    """A pair weighed: ``prior`` and the bits of ``evidence`` (strongest for first, strongest against last) add up to
    log2 of the odds; ``missing``: fields that one side lacks."""

    prior: float
    evidence: tuple[Evidence, ...]
    missing: tuple[str, ...]

    @property
    def bits(self) -> float:
        return self.prior + sum(one.bits for one in self.evidence)

    @property
    def probability(self) -> float:
        return float(1.0 / (1.0 + np.exp2(-self.bits)))


def weigh(
    *,
    method: Method,
    weights: Weights,
    pattern: int,
    rarity: int,
    left: Record | None = None,
    right: Record | None = None,
    published: float | None = None,
) -> Weighed:
    """Weigh a pair by its pattern and the class of rarity of its name, as links.parquet has them.

    ``left``, ``right``: the records (column to text), for words that say more. ``published``: the probability that was
    told, where competitors changed it (one to one).
    """
    levels = spread(patterns=np.array([pattern], np.int64), fields=len(method.fields))
    pair = Patterns(levels, np.array([rarity], np.uint8), np.ones(1))
    found, missing = [], []
    for place, one in enumerate(method.fields):
        level = int(levels[0, place])
        if level == MISSING:
            missing.append(one.name)
            continue
        bits = float(weights.of_field(place=place, patterns=pair)[0]) / BIT
        said = words.of_field(method=method, place=place, level=level, left=left, right=right)
        if place == method.first("person_name") and level == 1:
            said = _with_rarity(said, rarity)
        found.append(Evidence(one.name, level, said, bits))
    prior = weights.prior_log_odds / BIT
    total = float(weights.log_odds(patterns=pair)[0]) / BIT
    beyond = total - prior - sum(one.bits for one in found)
    found += _together(_RELATED if beyond < 0 else _ALIKE, beyond)
    if published is not None and 0.0 < published < 1.0 and method.one_to_one:
        found += _together(_COMPETITORS, float(np.log2(published) - np.log2(1.0 - published)) - total)
    return Weighed(prior, tuple(sorted(found, key=lambda one: -one.bits)), tuple(missing))


def _together(said: Text, bits: float) -> list[Evidence]:
    return [Evidence("", 0, said, bits)] if abs(bits) > _NEGLIGIBLE else []


def _with_rarity(said: Text, rarity: int) -> Text:
    share = wording.one_in(many=10 ** (rarity / 2))
    return Text(f"{said.id}, dipakai {share.id}", f"{said.en}, borne by {share.en}")


def sentence(*, weighed: Weighed) -> Text:
    """'NIK differs in one digit (+9.1), birth date equal (+7.4), name: Moh. = Muhammad (+3.2)'."""
    said = [(one.words, wording.bits(value=one.bits)) for one in weighed.evidence]
    return Text(
        ", ".join(f"{words.id} ({bits.id})" for words, bits in said),
        ", ".join(f"{words.en} ({bits.en})" for words, bits in said),
    )
