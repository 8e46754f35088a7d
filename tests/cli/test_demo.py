"""`jangkau demo` on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from jangkau.cli import main

SMALL = ("--register", "1000", "--lists", "600", "--provinces", "71")


def test_it_prints_rows_per_file_and_errors_by_kind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", str(tmp_path / "contoh"), *SMALL, "--lang", "en"]) == 0
    printed = capsys.readouterr().out
    assert "kur_bri.txt" in printed
    assert "1,000 rows" in printed
    assert "nik_missing" in printed
    assert "not protected" in printed


def test_a_rate_can_be_set(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        main(["demo", str(tmp_path / "contoh"), *SMALL, "--rate", "nik_missing=0", "--rate", "name_changed=0.5"]) == 0
    )
    of_lists = capsys.readouterr().out.split("(register)")[0]
    assert "nik_missing" not in of_lists
    assert "name_typing" in of_lists


def test_errors_can_be_doubled_and_a_rate_still_set(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = [
        "demo",
        str(tmp_path / "contoh"),
        *SMALL,
        "--errors",
        "doubled",
        "--rate",
        "name_changed=0",
        "--lang",
        "en",
    ]
    assert main(words) == 0
    of_lists = capsys.readouterr().out.split("(register)")[0]
    assert "name_typing" not in of_lists
    share = next(line.split()[2] for line in of_lists.splitlines() if "nik_missing" in line)
    assert float(share) > 7


def test_errors_can_come_together(tmp_path: Path) -> None:
    for errors in ("default", "correlated"):
        assert main(["demo", str(tmp_path / errors), *SMALL, "--errors", errors]) == 0
    usual, together = ((tmp_path / errors / "kur_bri.txt").read_bytes() for errors in ("default", "correlated"))
    assert usual != together


@pytest.mark.parametrize(
    "setting", ["nik_missing", "nik_missing=banyak", "tidak_ada=0.1", "nik_missing=7", "nik_wrong=nan"]
)
def test_a_rate_that_makes_no_sense_is_said_to_make_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], setting: str
) -> None:
    assert main(["demo", str(tmp_path / "contoh"), *SMALL, "--rate", setting]) == 2
    assert "--rate" in capsys.readouterr().err
    assert not (tmp_path / "contoh").exists()


def test_a_file_in_the_place_of_the_folder_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "contoh").write_text("penting")
    assert main(["demo", str(tmp_path / "contoh"), *SMALL]) == 2
    assert (tmp_path / "contoh").read_text() == "penting"
    assert "Folder" in capsys.readouterr().err
