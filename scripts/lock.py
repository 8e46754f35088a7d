"""For maintainers: write requirements/jangkau.lock and requirements/wheels.json from pyproject.toml.

Needs uv on the path; which package index is asked is uv's and pip's own setting and is written nowhere. The wheels
file records the wheels of each locked version, so that the tests can say, without network, that every package installs
on Windows and Linux by wheel alone.

    .venv/bin/python scripts/lock.py            # after a change of pyproject.toml
    .venv/bin/python scripts/lock.py --upgrade  # newer versions of everything
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements" / "jangkau.lock"
WHEELS = ROOT / "requirements" / "wheels.json"

# One lock for every system and every Python from 3.11 on.
COMPILE = ["uv", "pip", "compile", "--universal", "--python-version", "3.11", "--no-header", "--no-annotate", "--quiet"]


def write_lock(*, upgrade: bool) -> None:
    """Names, versions and hashes; no addresses."""
    command = [*COMPILE, "pyproject.toml", "--extra", "dev", "--generate-hashes", "--no-emit-index-url"]
    subprocess.run([*command, *(["--upgrade"] if upgrade else []), "-o", str(LOCK)], cwd=ROOT, check=True)


def write_wheels() -> dict[str, dict[str, str]]:
    """For each `name==version` of the lock: file name of each wheel -> SHA-256."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "pylock.toml"
        subprocess.run([*COMPILE, str(LOCK), "--format", "pylock.toml", "-o", str(path)], cwd=ROOT, check=True)
        packages = tomllib.loads(path.read_text(encoding="utf-8"))["packages"]
    found = {
        f"{package['name']}=={package['version']}": {
            wheel["url"].rsplit("/", 1)[1]: wheel["hashes"]["sha256"] for wheel in package.get("wheels", [])
        }
        for package in packages
    }
    WHEELS.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return found


def main() -> None:
    """Write both files and say how much they hold."""
    write_lock(upgrade="--upgrade" in sys.argv)
    found = write_wheels()
    print(f"{len(found)} packages, {sum(map(len, found.values()))} wheels")


if __name__ == "__main__":
    main()
