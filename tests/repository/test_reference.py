"""The reference pages say what the code does."""

from __future__ import annotations

import importlib.util
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_of_layouts_is_what_the_layouts_say() -> None:
    spec = importlib.util.spec_from_file_location("write_layouts", ROOT / "scripts" / "write_layouts.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    written = (ROOT / "docs" / "reference" / "layouts.md").read_text(encoding="utf-8")
    assert written == module.page(), "run: .venv/bin/python scripts/write_layouts.py"
