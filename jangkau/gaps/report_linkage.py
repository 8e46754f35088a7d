"""What the report says of the linkage: do the methods agree, what did reviewers find, who is missed more often."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jangkau import places
from jangkau.charts import wording
from jangkau.complaints import Text
from jangkau.gaps import report_words as words
from jangkau.gaps.groups import below

FALSE_LINKS = 0.02
"""From this share of implied false links on, members claimed by two people are an alarm."""


@dataclass(frozen=True)
class Missed:
    """A group that is missed more often than others: what kind, which one, its recall, how many people."""

    kind: Text
    name: Text
    recall: Text
    precision: Text
    people: int


def agreement(*, unprotected: Mapping[str, Any], quality: Mapping[str, Any]) -> Text:
    """One sentence: the methods agree, or which of them contradict the published figure and by how much."""
    named = quality.get("disagree") or []
    others = {one["method"]: one for one in unprotected.get("alternatives") or ()}
    against = [others[name] for name in named if name in others]
    if not against:
        return Text(
            "Cara-cara hitung ini sepakat: selisihnya kecil dan selangnya bersinggungan.",
            "These methods agree: they lie close together and their intervals meet.",
        )
    estimate = unprotected["estimate"]

    def said(language: int) -> str:
        parts = []
        for one in against:
            method = words.METHODS.get(one["method"], Text(one["method"], one["method"]))
            difference = wording.signed(value=one["estimate"] - estimate)
            parts.append(f"{(method.id, method.en)[language].lower()} ({(difference.id, difference.en)[language]})")
        return "; ".join(parts)

    return Text(
        f"PERHATIAN: cara hitung tidak sepakat. Berbeda dari angka yang dipakai: {said(0)}. Jangan pakai angka ini "
        "tanpa menyebut perbedaan itu; tarik sampel telaah untuk memutuskan.",
        f"NOTE: the methods do not agree. Different from the figure used: {said(1)}. Do not use this figure without "
        "saying so; draw a review sample to settle it.",
    )


def reviewed(*, quality: Mapping[str, Any]) -> Text:
    """What the figure rests on: a review sample, or the model alone."""
    reviews = quality.get("reviews")
    if not reviews:
        return Text(
            "Belum ada orang yang memeriksa sampel; angka ini bersandar pada model saja.",
            "Nobody has reviewed a sample yet; this figure rests on the model alone.",
        )
    drawn, answered, open_ = (
        wording.count(value=n) for n in (reviews["drawn"], reviews["answered"], reviews["cannot_tell"])
    )
    return Text(
        f"Penelaah memeriksa sampel acak {drawn.id} orang tanpa melihat dugaan komputer: {answered.id} terjawab, "
        f"{open_.id} tidak dapat dipastikan. Angka ini dikoreksi dengan jawaban mereka.",
        f"Reviewers looked at a random sample of {drawn.en} people without seeing what the computer thought: "
        f"{answered.en} answered, {open_.en} could not be told. The figure is corrected by their answers.",
    )


def alarm(*, quality: Mapping[str, Any]) -> Text | None:
    """Members whom two people claim, if there are so many that false links must be behind them."""
    duplicates = quality.get("duplicate_links") or {}
    if duplicates.get("implied_false_share", 0.0) < FALSE_LINKS:
        return None
    n = wording.count(value=duplicates["claimed_again"])
    share = wording.percent(part=duplicates["implied_false_share"], whole=1)
    return Text(
        f"{n.id} kecocokan menuju peserta yang sudah dicocokkan dengan orang lain. Bila register memuat tiap peserta "
        f"sekali, sekitar {share.id} kecocokan keliru.",
        f"{n.en} links go to a member whom somebody else is linked to. If the register has each member once, about "
        f"{share.en} of the links are wrong.",
    )


def missed_more(*, quality: Mapping[str, Any]) -> tuple[Missed, ...]:
    """Every group whose recall is more than one point below that of the whole, worst first."""
    return tuple(
        Missed(
            words.GROUPS.get(one["group"], Text(one["group"], one["group"])),
            _value(one["group"], one["value"]),
            wording.percent(part=one["recall"], whole=1),
            wording.percent(part=one["precision"], whole=1) if one["precision"] is not None else Text("", ""),
            one["people"],
        )
        for one in below(quality=quality)
    )


def overall(*, quality: Mapping[str, Any]) -> Text | None:
    """Recall and precision of the whole in one sentence; None where there is no member to find."""
    if quality.get("recall") is None or quality.get("precision") is None:
        return None
    recall, precision = (wording.percent(part=quality[name], whole=1) for name in ("recall", "precision"))
    return Text(
        f"Diperkirakan {recall.id} peserta di daftar ditemukan, dan {precision.id} kecocokan benar.",
        f"An estimated {recall.en} of the members on the lists were found, and {precision.en} of the links are right.",
    )


def _value(kind: str, value: str | None) -> Text:
    if value is None:
        return words.UNKNOWN_GROUP
    if kind == "region":
        name = places.region_name(value) or value
        return Text(f"{name} ({value})", f"{name} ({value})")
    return words.GROUP_VALUES.get(value, Text(value, value)) if kind in ("sex", "name") else Text(value, value)
