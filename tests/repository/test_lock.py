"""The lock installs on Windows and Linux by wheel alone, and holds no address."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.tags import Tag, compatible_tags, cpython_tags
from packaging.utils import parse_wheel_filename

ROOT = Path(__file__).resolve().parents[2]
LOCK = (ROOT / "requirements" / "jangkau.lock").read_text(encoding="utf-8")
WHEELS: dict[str, dict[str, str]] = json.loads((ROOT / "requirements" / "wheels.json").read_text(encoding="utf-8"))

PYTHONS = [(3, 11), (3, 12), (3, 13), (3, 14)]
WINDOWS = ["win_amd64"]
# glibc 2.28 is that of RHEL 8, Debian 10 and everything since.
LINUX = [f"manylinux_2_{minor}_x86_64" for minor in range(28, 4, -1)] + ["manylinux2014_x86_64", "manylinux2010_x86_64"]


@dataclass(frozen=True)
class Locked:
    name: str
    version: str
    marker: Marker | None
    hashes: frozenset[str]

    def wanted(self, *, python: tuple[int, int], platform: str) -> bool:
        if self.marker is None:
            return True
        version = ".".join(map(str, python))
        return self.marker.evaluate(
            {
                "python_version": version,
                "python_full_version": f"{version}.0",
                "sys_platform": platform,
                "platform_system": {"win32": "Windows", "linux": "Linux"}[platform],
                "platform_python_implementation": "CPython",
                "implementation_name": "cpython",
            }
        )


def locked() -> list[Locked]:
    found = []
    for entry in re.split(r"\n(?=\S)", LOCK.replace("\\\n", " ")):
        requirement, *hashes = entry.split("--hash=sha256:")
        name, _, rest = requirement.strip().partition("==")
        version, _, marker = rest.partition(";")
        digests = frozenset(digest.strip() for digest in hashes)
        found.append(Locked(name, version.strip(), Marker(marker) if marker.strip() else None, digests))
    return found


def tags(*, python: tuple[int, int], platforms: list[str]) -> set[Tag]:
    return {*cpython_tags(python, platforms=platforms), *compatible_tags(python, platforms=platforms)}


@pytest.mark.parametrize(("platform", "platforms"), [("win32", WINDOWS), ("linux", LINUX)])
@pytest.mark.parametrize("python", PYTHONS)
def test_every_locked_package_has_a_wheel(python: tuple[int, int], platform: str, platforms: list[str]) -> None:
    fitting = tags(python=python, platforms=platforms)
    lacking = [
        f"{package.name} {package.version}"
        for package in locked()
        if package.wanted(python=python, platform=platform)
        and not any(
            parse_wheel_filename(name)[3] & fitting and digest in package.hashes
            for name, digest in WHEELS[f"{package.name}=={package.version}"].items()
        )
    ]
    assert lacking == []


def test_every_locked_package_has_hashes() -> None:
    assert len(locked()) > 20
    assert [package.name for package in locked() if not package.hashes] == []


def test_the_wheels_file_is_of_this_lock() -> None:
    assert {f"{package.name}=={package.version}" for package in locked()} == set(WHEELS)


@pytest.mark.parametrize("python", PYTHONS)
def test_everything_the_project_asks_for_is_locked_within_its_limits(python: tuple[int, int]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = [*project["project"]["dependencies"], *project["project"]["optional-dependencies"]["dev"]]
    asked += project["build-system"]["requires"]
    here = {package.name: package.version for package in locked() if package.wanted(python=python, platform="linux")}
    for line in asked:
        requirement = Requirement(line)
        assert requirement.specifier.contains(here[requirement.name]), line


@pytest.mark.parametrize("path", sorted((ROOT / "requirements").iterdir()), ids=lambda path: str(path.name))
def test_no_address_is_in_the_requirements(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"://|--(extra-)?index-url|--find-links|@\s", text)
