"""summary.json of a run as entries: one for each group of people, with its counts; provinces added up from their
regencies."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from jangkau import places
from jangkau.platform.coverage.models import Kind

STATUSES = ("protected", "lapsed", "not_found", "doubtful", "not_eligible")
UNKNOWN = "-"
"""Key of those whose group nobody knows."""
Summary = Mapping[str, Any]


@dataclass(frozen=True)
class Entry:
    """A group of people. ``above``: the province of a regency; ``institution``: the slug of whose list it is."""

    kind: str
    key: str
    name: str
    people: int
    status: Mapping[str, int]
    estimate: int
    low: int | None
    high: int | None
    unmet: int
    above: str = ""
    institution: str = ""

    @property
    def eligible(self) -> int:
        return self.people - self.status["not_eligible"]


def slug(*, words: str) -> str:
    """As coverage_slug() of the database makes it."""
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")


def entries_of(*, summary: Summary) -> tuple[Entry, ...]:
    """All groups of a summary, the whole first. ``by_sex`` and ``by_age`` are read where they are there."""
    return tuple(
        one
        for part in (
            [_entry(summary, Kind.WHOLE, "", "")],
            _regions(summary.get("by_region") or ()),
            _institutions(summary),
            (_entry(e, Kind.BRANCH, slug(words=e["branch"] or "") or UNKNOWN, e["branch"] or "")
             for e in summary.get("by_branch") or ()),
            _plain(summary, Kind.KUR_TYPE, "by_kur_type", "skema"),
            _plain(summary, Kind.QUARTER, "by_period", "quarter"),
            _plain(summary, Kind.SEX, "by_sex", "sex"),
            _plain(summary, Kind.AGE, "by_age", "age"),
        )
        for one in part
    )  # fmt: skip


def _entry(e: Summary, kind: str, key: str, name: str, above: str = "", institution: str = "") -> Entry:
    unprotected = e.get("unprotected") or {}
    return Entry(
        kind=kind,
        key=key,
        name=name,
        people=int(e["people"]),
        status={code: int(e["status"].get(code) or 0) for code in STATUSES},
        estimate=round(unprotected.get("estimate") or 0),
        low=_whole(unprotected.get("low")),
        high=_whole(unprotected.get("high")),
        unmet=int((e.get("duty") or {}).get("unmet") or 0),
        above=above,
        institution=institution,
    )


def _plain(summary: Summary, kind: str, part: str, name: str) -> Iterable[Entry]:
    return (_entry(e, kind, str(e[name] or UNKNOWN), str(e[name] or "")) for e in summary.get(part) or ())


def _institutions(summary: Summary) -> Iterable[Entry]:
    for e in summary.get("by_institution") or ():
        key = slug(words=e["institution"] or "") or UNKNOWN
        yield _entry(e, Kind.INSTITUTION, key, e["institution"] or "", institution=key)
    for e in summary.get("by_list") or ():
        key = slug(words=e.get("institution") or "") or UNKNOWN
        yield _entry(e, Kind.LIST, e["file"][:160], e["file"][:160], above=key, institution=key)


def _regions(found: Iterable[Summary]) -> Iterable[Entry]:
    """Each person lives in one region, so provinces are sums; adding up bounds can only make an interval wider."""
    regions = [
        _entry(e, Kind.REGION, e["region_code"] or UNKNOWN, e.get("name") or e["region_code"] or "",
               above=(e["region_code"] or "")[:2])
        for e in found
    ]  # fmt: skip
    names = {row.code: row.name for row in places.provinces(on=date.max)}
    for code in sorted({one.above for one in regions if one.above}):
        yield _added([one for one in regions if one.above == code], code, names.get(code, code))
    yield from regions


def _added(parts: list[Entry], code: str, name: str) -> Entry:
    lows, highs = [one.low for one in parts if one.low is not None], [one.high for one in parts if one.high is not None]
    return Entry(
        kind=Kind.PROVINCE,
        key=code,
        name=name,
        people=sum(one.people for one in parts),
        status={status: sum(one.status[status] for one in parts) for status in STATUSES},
        estimate=sum(one.estimate for one in parts),
        low=sum(lows) if len(lows) == len(parts) else None,
        high=sum(highs) if len(highs) == len(parts) else None,
        unmet=sum(one.unmet for one in parts),
    )


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)
