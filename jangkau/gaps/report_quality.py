"""The quality profile of one file, as the report shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jangkau.charts import wording
from jangkau.complaints import Text
from jangkau.gaps import report_words as words

_SHOWN_WITH_NIK = frozenset({"nik_missing", "nik_damaged", "nik_repeated"})
_WITHOUT_ENCODING = frozenset({"parquet", "xlsx", "xls"})
Counted = tuple[tuple[Text, int], ...]


@dataclass(frozen=True)
class FileQuality:
    """What came in one file and in what state."""

    file: str
    layout: Text
    institution: str
    read: int
    accepted: int
    refused: int
    nik_valid: int
    nik_damaged: int
    nik_missing: int
    duplicates: int
    made_of: str
    missing: Counted
    ages: Counted
    repairs: Counted
    flags: Counted
    refusals: Counted
    unknown_columns: tuple[str, ...]
    empty_columns: tuple[str, ...]

    @property
    def nik_share(self) -> Text:
        """Valid NIKs among accepted rows."""
        return wording.percent(part=self.nik_valid, whole=self.accepted)

    def whole_percent(self, n: int) -> str:
        """Share of the accepted rows in whole per cents, which both languages write alike; '<1' for a few."""
        share = 100 * n / self.accepted if self.accepted else 0
        return "<1" if 0 < share < 0.5 else str(round(share))

    @property
    def largest_age(self) -> int:
        """The largest age group, to scale the bars; at least 1."""
        return max((n for _, n in self.ages), default=0) or 1


def file_quality(*, profile: Mapping[str, Any], labels: Mapping[str, Text]) -> FileQuality:
    """Counts of nothing are left out; codes without words are shown as they are."""
    layout = str(profile.get("layout") or "")
    kind = str(profile.get("format") or "")
    made_of = (kind, profile.get("encoding") if kind.lower() not in _WITHOUT_ENCODING else None)
    missing = dict(profile.get("missing") or {})
    empty = sorted(name for name, n in missing.items() if n and n == profile.get("accepted"))
    flags = {code: n for code, n in (profile.get("flags") or {}).items() if code not in _SHOWN_WITH_NIK}
    return FileQuality(
        file=str(profile["file"]),
        layout=words.LAYOUTS.get(layout, Text(layout, layout)),
        institution=str(profile.get("institution") or ""),
        read=int(profile.get("read") or 0),
        accepted=int(profile.get("accepted") or 0),
        refused=int(profile.get("refused") or 0),
        nik_valid=int(profile.get("nik_valid") or 0),
        nik_damaged=int(profile.get("nik_damaged") or 0),
        nik_missing=int(profile.get("nik_missing") or 0),
        duplicates=int(profile.get("duplicates") or 0),
        made_of=", ".join(str(one) for one in made_of if one),
        missing=_counted({name: n for name, n in missing.items() if name not in empty}, {}, often_first=True),
        ages=tuple((_age(code), int(n)) for code, n in (profile.get("ages") or {}).items()),
        repairs=_counted(profile.get("repairs"), labels, often_first=True),
        flags=_counted(flags, labels, often_first=True),
        refusals=_counted(profile.get("refusals"), labels, often_first=True),
        unknown_columns=tuple(str(one) for one in profile.get("unknown_columns") or ()),
        empty_columns=tuple(empty),
    )


def _counted(counts: Mapping[str, int] | None, labels: Mapping[str, Text], *, often_first: bool) -> Counted:
    found = [(str(code), int(n)) for code, n in (counts or {}).items() if n]
    if often_first:
        found.sort(key=lambda one: (-one[1], one[0]))
    return tuple((labels.get(code, Text(code, code)), n) for code, n in found)


def _age(code: str) -> Text:
    return Text("tidak diketahui", "unknown") if code == "unknown" else _same(code.replace("-", "\N{EN DASH}"))


def _same(words_: str) -> Text:
    return Text(words_, words_)
