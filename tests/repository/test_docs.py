"""The checks of `make check` find what they are for."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def check() -> ModuleType:
    spec = importlib.util.spec_from_file_location("check_docs", ROOT / "scripts" / "check_docs.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("link", "broken"),
    [
        ("docs/there.md", False),
        ("docs/there.md#a-heading-here", False),
        ("#read-me", False),
        ("https://example.org/x", False),
        ("docs/gone.md", True),
        ("docs/there.md#no-heading", True),
        ("../outside.md", True),
    ],
)
def test_a_link_that_leads_nowhere_is_found(check: ModuleType, tmp_path: Path, link: str, broken: bool) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "there.md").write_text("# A heading, here\n")
    page = tmp_path / "README.md"
    page.write_text(f"# Read me\n\n[words]({link})\n")
    assert bool(list(check.broken_links(page=page, root=tmp_path))) is broken


@pytest.mark.parametrize(
    ("source", "incomplete"),
    [
        ('Text("Berkas kosong.", "The file is empty.")', False),
        ('Text(id="Berkas kosong.", en=f"{name} is empty.")', False),
        ('Text("CSV", "CSV")', False),
        ('Text("Berkas kosong.", "")', True),
        ('Text(id="Berkas kosong.")', True),
        ('Text("The file is empty, sir.", "The file is empty, sir.")', True),
    ],
)
def test_a_text_that_lacks_a_language_is_found(check: ModuleType, source: str, incomplete: bool) -> None:
    assert bool(list(check.incomplete_texts(source=source))) is incomplete
