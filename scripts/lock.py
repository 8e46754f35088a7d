"""For maintainers: write requirements/*.lock and requirements/wheels.json from pyproject.toml.

Everything is resolved at once, so that the parts never disagree; then each part gets the file that pip installs:
jangkau.lock what everybody has, spark.lock and yardsticks.lock what these add (docs/decisions/locks.md). Needs uv on
the path; which package index is asked is uv's and pip's own setting and is written nowhere. The wheels file records
the wheels of each version in jangkau.lock, so that the tests can say, without network, that every package installs
on Windows and Linux by wheel alone.

    .venv/bin/python scripts/lock.py            # after a change of pyproject.toml
    .venv/bin/python scripts/lock.py --upgrade  # newer versions of everything
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
REQUIREMENTS = ROOT / "requirements"
LOCK = REQUIREMENTS / "jangkau.lock"
WHEELS = REQUIREMENTS / "wheels.json"

# What everybody has: the engine, the platform, the test tools.
COMMON = ["dev", "platform"]
# What has an install target of its own -> the extras of pyproject.toml in it. PySpark is a source archive: what builds
# it is a part of its own, because it must be installed before.
PARTS = {"spark-build": ["spark-build"], "spark": ["spark"], "yardsticks": ["yardsticks"]}

# One lock for every system and every Python from 3.11 on.
COMPILE = ["uv", "pip", "compile", "--universal", "--python-version", "3.11", "--no-header", "--no-annotate", "--quiet"]


def resolve(*, extras: list[str], into: Path, options: list[str]) -> None:
    """Names, versions and hashes of the project's dependencies and some extras; no addresses."""
    asked = [word for extra in extras for word in ("--extra", extra)]
    command = [*COMPILE, "pyproject.toml", *asked, "--generate-hashes", "--no-emit-index-url", *options]
    subprocess.run([*command, "-o", str(into)], cwd=ROOT, check=True)


def entries(*, lock: str) -> list[str]:
    """The entries of a lock, each with its hashes."""
    return [entry.rstrip("\n") for entry in re.split(r"\n(?=\S)", lock) if entry.strip()]


def write_locks(*, upgrade: bool) -> None:
    """Resolve all parts together, then write what each of them installs."""
    with tempfile.TemporaryDirectory() as name:
        together, part = Path(name) / "together.lock", Path(name) / "part.lock"
        # uv keeps the versions that it finds in the file it is about to write.
        together.write_text("".join(path.read_text("utf-8") for path in sorted(REQUIREMENTS.glob("*.lock"))), "utf-8")
        extras = [*COMMON, *(extra for names in PARTS.values() for extra in names)]
        resolve(extras=extras, into=together, options=["--upgrade"] if upgrade else [])
        as_resolved = ["--constraint", str(together)]
        LOCK.unlink(missing_ok=True)
        resolve(extras=COMMON, into=LOCK, options=as_resolved)
        installed = set(entries(lock=LOCK.read_text("utf-8")))
        for title, names in PARTS.items():
            part.unlink(missing_ok=True)
            resolve(extras=[*COMMON, *names], into=part, options=as_resolved)
            added = [entry for entry in entries(lock=part.read_text("utf-8")) if entry not in installed]
            (REQUIREMENTS / f"{title}.lock").write_text("\n".join(added) + "\n", "utf-8")


def write_wheels() -> dict[str, dict[str, str]]:
    """For each `name==version` of jangkau.lock: file name of each wheel -> SHA-256."""
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
    """Write all files and say how much they hold."""
    write_locks(upgrade="--upgrade" in sys.argv)
    found = write_wheels()
    print(f"{len(found)} packages, {sum(map(len, found.values()))} wheels")
    for title in PARTS:
        print(f"{title}: {len(entries(lock=(REQUIREMENTS / f'{title}.lock').read_text('utf-8')))} packages more")


if __name__ == "__main__":
    main()
