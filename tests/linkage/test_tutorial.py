"""The tutorial on two lists can be followed word for word."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = (Path(__file__).parents[2] / "docs" / "tutorial" / "two-lists.md").read_text(encoding="utf-8")
JANGKAU = f"{shlex.quote(sys.executable)} -m jangkau"


@pytest.mark.skipif(sys.platform == "win32", reason="the tutorial is for a POSIX shell")
def test_every_step_works_and_leads_where_it_says(tmp_path: Path) -> None:
    said = ""
    for kind, block in re.findall(r"^```(\w*)\n(.*?)^```", PAGE, flags=re.DOTALL | re.MULTILINE):
        if kind == "yaml":
            (tmp_path / "dua" / "cara.yaml").write_text(block, encoding="utf-8")
        elif kind == "text":
            assert block.strip() in said
        else:
            command = block.replace(".venv/bin/jangkau", JANGKAU)
            step = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False)
            assert step.returncode == 0, f"{block}{step.stderr}"
            said = step.stdout
    for name in re.findall(r"`(dua/[^`]+)`", PAGE):
        assert (tmp_path / name).exists(), name
