"""The lock installs by wheel alone on Windows and Linux; what its parts add agrees with it; no address is in them."""

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
REQUIREMENTS = ROOT / "requirements"
PARTS = ["spark", "spark-build", "yardsticks"]
WHEELS: dict[str, dict[str, str]] = json.loads((REQUIREMENTS / "wheels.json").read_text(encoding="utf-8"))

PYTHONS = [(3, 11), (3, 12), (3, 13), (3, 14)]
WINDOWS = ["win_amd64"]
# glibc 2.28 is that of RHEL 8, Debian 10 and everything since.
LINUX = [f"manylinux_2_{minor}_x86_64" for minor in range(28, 4, -1)] + [
    "manylinux2014_x86_64",
    "manylinux2010_x86_64",
    "manylinux1_x86_64",
]


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


def locked(part: str = "jangkau") -> list[Locked]:
    found = []
    lock = (REQUIREMENTS / f"{part}.lock").read_text(encoding="utf-8")
    for entry in re.split(r"\n(?=\S)", lock.replace("\\\n", " ")):
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


@pytest.mark.parametrize(("part", "least"), [("jangkau", 40), ("spark", 4), ("spark-build", 1), ("yardsticks", 8)])
def test_every_locked_package_has_hashes(part: str, least: int) -> None:
    assert len(locked(part)) >= least
    assert [package.name for package in locked(part) if not package.hashes] == []


@pytest.mark.parametrize("part", PARTS)
def test_a_part_adds_to_the_lock_and_repeats_nothing_of_it(part: str) -> None:
    everywhere = {package.name for package in locked() if package.marker is None}
    assert [package.name for package in locked(part) if package.name in everywhere] == []


@pytest.mark.parametrize("part", PARTS)
def test_what_a_part_needs_on_more_systems_than_the_lock_has_the_version_of_the_lock(part: str) -> None:
    common = {(package.name, package.marker): package.version for package in locked()}
    names = {name for name, _ in common}
    again = [package for package in locked(part) if package.name in names]
    assert [one.name for one in again if one.version not in {v for (n, _), v in common.items() if n == one.name}] == []


def test_two_parts_ask_for_the_same_version_of_what_they_share() -> None:
    spark = {package.name: package.version for package in locked("spark")}
    yardsticks = {package.name: package.version for package in locked("yardsticks")}
    shared = spark.keys() & yardsticks.keys()
    assert "pandas" in shared
    assert [name for name in shared if spark[name] != yardsticks[name]] == []


def test_the_wheels_file_is_of_this_lock() -> None:
    assert {f"{package.name}=={package.version}" for package in locked()} == set(WHEELS)


@pytest.mark.parametrize("extra", ["dev", "platform", *PARTS])
@pytest.mark.parametrize("python", PYTHONS)
def test_everything_the_project_asks_for_is_locked_within_its_limits(python: tuple[int, int], extra: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = [*project["project"]["dependencies"], *project["project"]["optional-dependencies"][extra]]
    asked += project["build-system"]["requires"]
    files = ["jangkau"] if extra in ("dev", "platform") else ["jangkau", extra]
    here = {
        package.name: package.version
        for file in files
        for package in locked(file)
        if package.wanted(python=python, platform="linux")
    }
    for line in asked:
        requirement = Requirement(line)
        assert requirement.specifier.contains(here[requirement.name]), line


@pytest.mark.parametrize("path", sorted(REQUIREMENTS.iterdir()), ids=lambda path: str(path.name))
def test_no_address_is_in_the_requirements(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"://|--(extra-)?index-url|--find-links|@\s", text)
