"""An empty office folder for each test of a run."""

from __future__ import annotations

from pathlib import Path

import pytest

from .office import Folder


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "kantor")
