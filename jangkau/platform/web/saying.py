"""A text of both languages in that of the reader."""

from __future__ import annotations

from django.utils.translation import get_language

from jangkau.complaints import Language, Text


def language() -> Language:
    """That of the request: Indonesian unless the reader chose English."""
    return "en" if (get_language() or "id").startswith("en") else "id"


def said(*, text: Text) -> str:
    """The text as the reader reads it."""
    return text.in_(language())
