"""The doctor says in plain words what is lacking."""

from __future__ import annotations

import sys
from importlib import metadata
from pathlib import Path

import pytest

from jangkau.cli import doctor, main


def test_a_good_machine_is_told_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", str(tmp_path), "--lang", "en"]) == 0
    shown = capsys.readouterr().out
    assert "lacking" not in shown
    assert "ready" in shown
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_lacking(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", str(tmp_path / "none"), "--lang", "en"]) == 1
    assert "cannot be written" in capsys.readouterr().out


def test_a_package_that_is_missing_is_named_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        "jangkau.cli.doctor.metadata.requires", lambda _: ["no-such-package<3,>=2.0", "pytest; extra == 'dev'"]
    )
    assert main(["doctor", "--lang", "en"]) == 1
    shown = capsys.readouterr().out
    assert 'pip install "no-such-package<3,>=2.0"' in shown
    assert "pytest" not in shown


def test_a_library_that_does_not_start_is_told_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    assert main(["doctor", "--lang", "en"]) == 1
    assert "DuckDB does not work" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("version", "limits", "within"),
    [
        ("2.0.0", ">=2.0,<3", True),
        ("3.0.0", ">=2.0,<3", False),
        ("1.9", "<3,>=2.0", False),
        ("6.0.2", ">=6.0.2", True),
        ("6.0.1", ">=6.0.2", False),
        ("2.10", ">=2.9", True),
        ("26.0.1", "", True),
    ],
)
def test_a_version_is_held_against_its_limits(version: str, limits: str, within: bool) -> None:
    assert doctor._within(version, limits) is within


def test_the_limits_of_this_project_are_of_the_forms_the_doctor_reads() -> None:
    for line in metadata.requires("jangkau") or []:
        _, limits = doctor._requirement(line)
        assert all(limit.startswith((">=", "<")) for limit in filter(None, limits.split(","))), line
