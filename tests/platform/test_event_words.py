"""Whatever is recorded has a name for the auditor, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from jangkau.platform.offices.event_words import THINGS, VERBS

PLATFORM = Path(__file__).resolve().parents[2] / "jangkau" / "platform"


def recorded(pattern: str) -> set[str]:
    sources = [path.read_text(encoding="utf-8") for ending in ("py", "sql") for path in PLATFORM.rglob(f"*.{ending}")]
    return {code for source in sources for code in re.findall(pattern, source)}


def test_every_event_that_is_recorded_has_a_name() -> None:
    verbs = {code for told in recorded(r"verb=([^,\n]+)") for code in re.findall(r"\"([a-z_]+)\"", told)}
    verbs |= recorded(r"offices_record\('([a-z_]+)'")
    assert len(verbs) > 30
    assert verbs <= set(VERBS)


def test_everything_that_events_are_about_has_a_name() -> None:
    assert recorded(r"thing=\"([a-z_]+)\"") <= set(THINGS)


@pytest.mark.parametrize("words", [VERBS, THINGS])
def test_names_are_in_both_languages(words: dict[str, object]) -> None:
    assert all(getattr(text, "id", "") and getattr(text, "en", "") for text in words.values())
