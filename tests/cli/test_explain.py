"""`jangkau link explain` from outside: evidence in both languages, no NIK, and one plain message for what is wrong."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from jangkau.cli import main
from tests.linkage.folders import FIELDS, KNOWN, made, tables

LABELS = {"id": ("Masalah", "Di", "Sebab", "Saran"), "en": ("Problem", "Where", "Why", "What to do")}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(folder=tmp_path_factory.mktemp("tautan")).out


def explained(capsys: pytest.CaptureFixture[str], *words: object) -> str:
    assert main(["link", "explain", *map(str, words)]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    return said.out


def test_the_evidence_is_in_indonesian_with_english_beside(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = explained(capsys, folder, "digit", "R-digit")
    one_line = " ".join(said.split())
    assert re.search(r"NIK berbeda satu angka \(ke-10, bulan lahir\) \(\+\d+,\d\)", one_line)
    assert re.search(r"NIK differs in one digit \(the 10th, month of birth\) \(\+\d+\.\d\)", one_line)
    assert one_line.index("NIK berbeda satu angka") < one_line.index("NIK differs in one digit")


def test_the_ledger_adds_up(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = explained(capsys, folder, "moh", "R-moh")
    amounts = [
        float(found.replace(",", ".").replace("−", "-")) for found in re.findall(r"^ +([+−]?\d+,\d)  ", said, re.M)
    ]
    assert len(amounts) >= 6
    assert sum(amounts[:-1]) == pytest.approx(amounts[-1], abs=0.06 * len(amounts))


def test_without_a_right_id_every_candidate_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "1. R-held" in explained(capsys, folder, "held")


def test_no_nik_is_printed_even_where_it_is_the_id(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    left, right = tables(count=450)
    niks = [row for row in left if row["nik"]], [row for row in right if row["nik"]]
    fields = [dict(one) for one in FIELDS]
    out = made(folder=tmp_path, left=niks[0], right=niks[1], fields=fields, left_id="nik", right_id="nik").out
    said = "".join(explained(capsys, out, ours["nik"]) for ours, _ in KNOWN.values() if "nik" in ours)
    assert "NIK differs in one digit" in " ".join(said.split())
    assert not re.search(r"\d{12}", said)


def test_a_row_that_nothing_can_find_says_why(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = explained(capsys, folder, "empty")
    assert "No block could look for it" in said
    assert "no_hp" in said


def test_what_is_wrong_is_one_plain_message(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in ([folder], [tmp_path, "1"], [folder, "nobody"], [folder, "moh", "nobody"], [folder, "1", "2", "3"]):
        for language in ("id", "en"):
            assert main(["link", "explain", *map(str, words), "--lang", language]) == 2
            said = capsys.readouterr().err
            assert [line.split(" : ")[0].strip() for line in said.splitlines()] == list(LABELS[language])


def test_a_file_that_is_gone_is_told_beside_the_evidence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    left, right = tables(count=450)
    out = made(folder=tmp_path, left=left, right=right).out
    (tmp_path / "left.parquet").unlink()
    assert main(["link", "explain", str(out), "moh", "--lang", "en"]) == 0
    said = capsys.readouterr()
    assert "left.parquet is no longer in its place" in said.err
    assert "name equal" in said.out
