"""The report of a link: a page for people, from the model alone."""

from __future__ import annotations

import html
import json
from typing import Any


def render(*, model: dict[str, Any]) -> str:
    """One self-contained page."""
    return (
        f"<!doctype html><meta charset=utf-8><title>link</title><pre>{html.escape(json.dumps(model, indent=1))}</pre>"
    )
