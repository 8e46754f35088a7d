"""How an answer about the law is shown: as JSON, or as lines in both languages."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from jangkau.complaints import Language, Text

AS_JSON = Text("tampilkan sebagai JSON", "show as JSON")
_YES = Text("ya", "yes")
_NO = Text("belum pasti", "not confirmed")


def as_json(*, values: Mapping[str, Any]) -> str:
    """One line of JSON; dates as ISO, sentences in both languages."""
    return json.dumps(values, default=_plain, ensure_ascii=False)


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Text):
        return {"id": value.id, "en": value.en}
    raise TypeError(type(value).__name__)


def lines(*, rows: list[tuple[Text, Text | str | None]], language: Language) -> str:
    """Label and value under each other; what has no value is left out. The other language stands beside the label."""
    other: Language = "en" if language == "id" else "id"
    shown = []
    for label, value in rows:
        if value is None:
            continue
        names = f"{label.in_(language)} ({label.in_(other)})"
        shown.append((names, value if isinstance(value, str) else value.in_(language)))
        if isinstance(value, Text) and value.id != value.en:
            shown.append(("", value.in_(other)))
    width = max(len(names) for names, _ in shown)
    return "\n".join(f"{names:<{width}}  {value}" for names, value in shown)


def certainty(*, verified: bool) -> Text:
    return _YES if verified else _NO
