"""The tutorial can be followed word for word."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "tutorial" / "first-gap.md").read_text(encoding="utf-8")
JANGKAU = f"{shlex.quote(sys.executable)} -m jangkau"


@pytest.mark.skipif(
    sys.platform == "win32", reason="the tutorial is for a POSIX shell; docs/howto/windows.md for Windows"
)
def test_every_step_works_and_leads_where_it_says(tmp_path: Path) -> None:
    said = ""
    for kind, block in re.findall(r"^```(\w*)\n(.*?)^```", PAGE, flags=re.DOTALL | re.MULTILINE):
        if kind == "yaml":
            (tmp_path / "gaji" / "run.yaml").write_text(block, encoding="utf-8")
        elif kind == "text":
            assert block in said
        elif block.strip() != "make":  # the environment that runs this test is the one it would make
            command = block.replace(".venv/bin/jangkau", JANGKAU)
            step = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False)
            assert step.returncode == 0, f"{block}{step.stderr}"
            said = step.stdout
    for name in re.findall(r"`(gaji/[^`]+)`", PAGE):
        assert (tmp_path / name).exists(), name
    assert (tmp_path / "gaji" / "out" / "gaps" / "1272-01.xlsx").exists()
    assert "28/02/1990" in (tmp_path / "gaji" / "koreksi.csv").read_text(encoding="utf-8-sig")
    assert "28/02/1990" not in (tmp_path / "gaji" / "out" / "refused" / "koreksi.csv.csv").read_text(
        encoding="utf-8-sig"
    )
