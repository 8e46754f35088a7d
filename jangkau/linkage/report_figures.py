"""model.json turned into what the report of a link shows: shares, bars, verdicts; no layout."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from jangkau.charts import wording
from jangkau.charts.bars import Piece
from jangkau.complaints import Text
from jangkau.linkage import report_charts as charts
from jangkau.linkage import report_words as words
from jangkau.linkage.evidence_words import counted_as
from jangkau.linkage.report_charts import BAND, Point

Model = Mapping[str, Any]
COUNTS_FROM = 0.01
"""A tenth is judged when it holds at least this share of the pairs,"""
FEWEST = 30
"""and this many: of two pairs both right nobody learns anything."""


@dataclass(frozen=True)
class Level:
    """One level of agreement of one field; ``rare`` and ``common`` bound a weight that depends on what else is seen."""

    words: Text
    weight: Text
    m: Text
    u: Text
    bar: Markup
    spread: Text | None


@dataclass(frozen=True)
class Field:
    """One field with its levels, how its m and u were obtained, and how many rows have it."""

    name: str
    kind: Text
    m_by: Text
    u_by: Text
    levels: tuple[Level, ...]
    filled: tuple[float, float]


@dataclass(frozen=True)
class Block:
    """What one block brought."""

    words: Text
    pairs: int
    matches: float
    alone: float
    keys: int
    rows: int
    bar: Markup


@dataclass(frozen=True)
class Tenth:
    """One line of the calibration: ``verdict`` is ok, out or few."""

    name: Text
    point: Point
    pairs: int
    verdict: str


def row_pieces(*, model: Model) -> tuple[tuple[Piece, Text], ...]:
    """The left rows in their four kinds, each with what it means."""
    low, high = (wording.level(value=model["review"][name]) for name in ("low", "high"))
    return tuple(
        (
            Piece(kind, label, float(model["rows"][kind])),
            Text(meaning.id.format(low=low.id, high=high.id), meaning.en.format(low=low.en, high=high.en)),
        )
        for kind, (label, meaning) in words.ROWS.items()
    )


def fields(*, model: Model) -> tuple[Field, ...]:
    """Every field; bars of all of them are drawn to one scale."""
    ranges = [[_range(model, place, level) for level in one["levels"]] for place, one in enumerate(model["fields"])]
    every = [
        bound
        for one, field in zip(model["fields"], ranges, strict=True)
        for level, pair in enumerate(field, start=1)
        for bound in pair
        if _there(one, level)
    ]
    low, high = min([*every, -1.0]), max([*every, 1.0])
    return tuple(
        Field(
            name=one["name"],
            kind=words.KINDS.get(one["kind"], Text(one["kind"], one["kind"])),
            m_by=words.WAYS[one["m_by"]],
            u_by=words.WAYS[one["u_by"]],
            levels=tuple(
                _level(one, level, ranges[place][k], low, high)
                for k, level in enumerate(one["levels"])
                if _there(one, level["level"])
            ),
            filled=(one["filled"]["left"], one["filled"]["right"]),
        )
        for place, one in enumerate(model["fields"])
    )


def _there(field: Model, level: int) -> bool:
    """A level that the method counts as another one does not occur."""
    return not field.get("counts_as") or bool(field["counts_as"][level] == level)


def _level(field: Model, level: Model, bounds: tuple[float, float], low: float, high: float) -> Level:
    group = [field["levels"][each - 1] for each in counted_as(counts_as=field.get("counts_as"), level=level["level"])]
    spread = None
    if bounds[1] - bounds[0] >= 0.1:
        least, most = (wording.bits(value=bound) for bound in bounds)
        spread = Text(f"{least.id} sampai {most.id}", f"{least.en} to {most.en}")
    return Level(
        words=Text(" atau ".join(one["id"] for one in group), " or ".join(one["en"] for one in group)),
        weight=wording.bits(value=level["weight"]),
        m=wording.share(value=level["m"]),
        u=wording.share(value=level["u"]),
        bar=charts.weight_bar(weight=level["weight"], least=bounds[0], most=bounds[1], low=low, high=high),
        spread=spread,
    )


def _range(model: Model, place: int, level: Model) -> tuple[float, float]:
    """From the least to the most that this level can weigh, in bits: it varies where fields hang together."""
    one, tables, number = model["fields"][place], model["dependence"], level["level"]
    found = [level["weight"]]
    first = next(k for k, other in enumerate(model["fields"]) if other["kind"] == one["kind"]) == place
    if first and one["kind"] == "nik" and tables["nik_by_birth_date"]:
        found += _bits(tables["nik_by_birth_date"][number][:4])
    if first and one["kind"] == "person_name" and tables["name_by_rarity"] and number <= 2:
        shares = tables["rarity"]["share"]
        used = [k for k, share in enumerate(shares) if share > 0] or range(len(shares))
        found += _bits(tables["name_by_rarity"][number][k] for k in used)
    if first and one["kind"] == "person_name" and tables["names_in_one_region"] and number >= 3:
        found.append(tables["names_in_one_region"][number] / math.log(2))
    if first and one["kind"] == "phone" and tables["phone_by_region"]:
        found += _bits(tables["phone_by_region"][number][1:4])
    if one["name"] in tables["near_nik"]:
        found.append(tables["near_nik"][one["name"]][number] / math.log(2))
    return min(found), max(found)


def _bits(values: Any) -> list[float]:
    return [value / math.log(2) for value in values]


def tenths(*, model: Model) -> tuple[Tenth, ...]:
    """The calibration, with what chance alone would do to each share (95 %, Wilson 1927)."""
    entries = model["calibration"]
    whole = sum(one["pairs"] for one in entries)
    made = []
    for one in entries:
        counts = one["pairs"] >= max(COUNTS_FROM * whole, FEWEST)
        low, high = wilson(share=one["observed"], count=one["pairs"])
        fits = abs(one["observed"] - one["expected"]) <= BAND
        point = Point(one["expected"], one["observed"], low, high, one["pairs"] / max(whole, 1), counts)
        start, end = 10 * one["tenth"], 10 * one["tenth"] + 10
        name = Text(f"{start}\N{EN DASH}{end}{wording.NO_BREAK}%", f"{start}\N{EN DASH}{end}%")
        made.append(Tenth(name, point, one["pairs"], "few" if not counts else "ok" if fits else "out"))
    return tuple(made)


def verdict(*, tenths: tuple[Tenth, ...]) -> Text:
    """One sentence: how far the shares lie apart on average, and which tenths lie outside the band."""
    judged = [one for one in tenths if one.verdict != "few"]
    if not judged:
        return Text("Terlalu sedikit pasangan untuk menilai.", "Too few pairs to judge.")
    apart = sum(one.point.size * abs(one.point.observed - one.point.expected) for one in tenths)
    said = Text(f"{100 * apart:.1f}".replace(".", ","), f"{100 * apart:.1f}")
    out = [one.name for one in judged if one.verdict == "out"]
    if not out:
        return Text(
            f"Jujur: semua {len(judged)} persepuluhan yang dapat dinilai ada di dalam pita 0,02; rata-rata selisih "
            f"{said.id} poin.",
            f"Honest: all {len(judged)} tenths that can be judged lie within the band of 0.02; {said.en} points apart "
            "on average.",
        )
    return Text(
        f"Rata-rata selisih {said.id} poin. {len(out)} dari {len(judged)} persepuluhan di luar pita 0,02: pasangan "
        f"tanpa nomor di {', '.join(one.id for one in out)} perlu dibaca dengan hati-hati.",
        f"{said.en} points apart on average. {len(out)} of {len(judged)} tenths lie outside the band of 0.02: read "
        f"pairs without identifier at {', '.join(one.en for one in out)} with care.",
    )


def wilson(*, share: float, count: int) -> tuple[float, float]:
    """The 95 % interval of a share seen among ``count`` (Wilson 1927)."""
    if count <= 0:
        return 0.0, 1.0
    z = 1.96
    middle = (share + z * z / (2 * count)) / (1 + z * z / count)
    reach = z / (1 + z * z / count) * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    return max(0.0, middle - reach), min(1.0, middle + reach)


def blocks(*, model: Model) -> tuple[Block, ...]:
    """What every block brought, in the order of the method."""
    largest = max([one["matches"] for one in model["blocks"]] + [1e-9])
    return tuple(
        Block(
            words=words.block(parts=one["parts"]),
            pairs=one["pairs"],
            matches=one["matches"],
            alone=one["matches_alone"],
            keys=one["keys_left_out"],
            rows=one["rows_left_out"],
            bar=charts.block_bar(matches=one["matches"], alone=one["matches_alone"], largest=largest),
        )
        for one in model["blocks"]
    )


def rarities(*, model: Model) -> tuple[tuple[Text, Text, Text, Text], ...]:
    """How much an equal name weighs by how common it is: class in words, share of people, weights of equal and held."""
    tables = model["dependence"]
    if not tables["name_by_rarity"]:
        return ()
    log2 = math.log(2)
    return tuple(
        (
            wording.one_in(many=10 ** (k / 2)),
            wording.percent(part=share, whole=1),
            wording.bits(value=tables["name_by_rarity"][1][k] / log2),
            wording.bits(value=tables["name_by_rarity"][2][k] / log2),
        )
        for k, share in enumerate(tables["rarity"]["share"])
        if share > 0
    )


def nik_table(*, model: Model) -> tuple[tuple[Text, tuple[Text, ...]], ...]:
    """The weight of each level of the NIK by what the birth dates say."""
    table = model["dependence"]["nik_by_birth_date"]
    if not table:
        return ()
    nik = next(one for one in model["fields"] if one["kind"] == "nik")
    levels = nik["levels"]
    return tuple(
        (
            Text(level["id"], level["en"]),
            tuple(wording.bits(value=value / math.log(2)) for value in table[level["level"]]),
        )
        for level in levels
        if _there(nik, level["level"])
    )
