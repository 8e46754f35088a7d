"""No test file is lost silently."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOT_OURS = {".venv", "build", "dist", "demo", "node_modules"}


def python_files() -> list[Path]:
    return [
        path
        for path in sorted(ROOT.rglob("*.py"))
        if not NOT_OURS & set(path.relative_to(ROOT).parts[:1]) and not path.relative_to(ROOT).parts[0].startswith(".")
    ]


def holds_tests(path: Path) -> bool:
    """Does a file define anything that pytest would run, whatever the file is called?"""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return any(isinstance(node, ast.FunctionDef) and node.name.startswith("test_") for node in ast.walk(tree))


def test_every_file_with_tests_is_collected(request: pytest.FixtureRequest) -> None:
    config = request.config
    narrowed = config.getoption("keyword") or config.getoption("markexpr") or config.getoption("lf", default=False)
    if config.args_source is not config.ArgsSource.TESTPATHS or narrowed:
        pytest.skip("only a part of the suite was asked for")
    collected = {item.path for item in request.session.items}
    lost = [str(path.relative_to(ROOT)) for path in python_files() if holds_tests(path) and path not in collected]
    assert lost == []


def test_every_test_file_holds_tests() -> None:
    empty = [str(path.relative_to(ROOT)) for path in (ROOT / "tests").rglob("test_*.py") if not holds_tests(path)]
    assert empty == []


def test_tests_mirror_the_package() -> None:
    packages = {path.name for path in (ROOT / "jangkau").iterdir() if path.is_dir()}
    folders = {path.name for path in (ROOT / "tests").iterdir() if path.is_dir() and not path.name.startswith("__")}
    assert folders - packages <= {"repository", "cases"}
