"""`jangkau lookup` on the command line."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jangkau.cli import main

NIK, PHONE, KPJ = "3271014606600041", "081210324679", "20000001517"
PERSON = {"nik": NIK, "nama": "Yuli Putri", "tanggal_lahir": "1960-06-06", "kode_wilayah": "3271", "no_hp": PHONE}


@pytest.fixture(scope="module")
def register(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirty invented people of one regency."""
    path = tmp_path_factory.mktemp("lookup") / "register.parquet"
    first = ["YULI", "BUDI", "SITI", "AGUS", "RINA"]
    last = ["PUTRI", "SANTOSO", "LUBIS", "KUSUMA", "WIJAYA", "NASUTION"]
    rows = [(f, s) for f in first for s in last]
    table = {
        "kpj": [str(20_000_001_517 + k)[:11] for k in range(30)],
        "nik": [NIK, *(f"32710{k % 9 + 1}{k % 27 + 1:02d}0{k % 9 + 1}{60 + k:02d}{k + 1:04d}" for k in range(1, 30))],
        "nama": [f"{f} {s}" for f, s in rows],
        "tanggal_lahir": ["1960-06-06", *(f"{1960 + k}-0{k % 9 + 1}-{k % 27 + 1:02d}" for k in range(1, 30))],
        "jenis_kelamin": ["P", *("L" for _ in range(29))],
        "kode_wilayah": ["3271"] * 30,
        "no_hp": [PHONE, *(f"0813{20_000_000 + 7919 * k}" for k in range(1, 30))],
    }
    pq.write_table(pa.table({name: pa.array(values, pa.string()) for name, values in table.items()}), path)
    return path


@pytest.fixture(scope="module")
def folder(register: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("index") / "index"
    assert main(["lookup", "build", str(register), "--out", str(out), "--threads", "1"]) == 0
    return out


def typed(monkeypatch: pytest.MonkeyPatch, text: str, *, terminal: bool = False) -> None:
    stream = io.StringIO(text)
    monkeypatch.setattr(stream, "isatty", lambda: terminal)
    monkeypatch.setattr("sys.stdin", stream)


def test_building_says_what_is_there_how_it_weighs_and_that_it_must_be_guarded(
    register: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["lookup", "build", str(register), "--out", str(tmp_path / "i"), "--threads", "1", "--lang", "en"]
    assert main(words) == 0
    printed = capsys.readouterr().out
    assert "30 register rows" in printed
    assert "slips assumed; 50 %" in printed
    assert "personal data" in printed
    assert main(words) == 0
    assert "there already" in capsys.readouterr().out


def test_somebody_is_found_and_the_evidence_stands_in_both_languages(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed(monkeypatch, json.dumps(PERSON) + "\n")
    assert main(["lookup", str(folder)]) == 0
    printed = capsys.readouterr().out
    assert KPJ in printed
    assert "YULI PUTRI · 1960-06-06 · P · 3271" in printed
    line = next(line for line in printed.splitlines() if "NIK sama" in line)
    assert line.index("NIK sama") < line.index("NIK equal")
    assert "register.parquet, 30 baris" in printed


def test_neither_nik_nor_phone_is_printed(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for words in (["lookup", str(folder)], ["lookup", str(folder), "--json"]):
        typed(monkeypatch, json.dumps(PERSON) + "\n")
        assert main(words) == 0
        everything = capsys.readouterr()
        assert NIK not in everything.out + everything.err
        assert PHONE not in everything.out + everything.err


def test_json_has_one_answer_a_line(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stranger = {"nama": "YOHANA WAROMI", "tanggal_lahir": "1988-08-05", "kode_wilayah": "9108"}
    source = tmp_path / "people.jsonl"
    source.write_text(f"{json.dumps(PERSON)}\n\n{json.dumps(stranger)}\n", encoding="utf-8")
    assert main(["lookup", str(folder), "--from", str(source), "--json"]) == 0
    known, unknown = map(json.loads, capsys.readouterr().out.splitlines())
    assert known["found"][0]["id"] == KPJ
    assert known["found"][0]["decision"] == "match"
    assert known["found"][0]["record"]["nama"] == "YULI PUTRI"
    assert {"field": "nik", "id": "NIK sama", "en": "NIK equal"}.items() <= known["found"][0]["evidence"][0].items()
    assert unknown["found"] == []
    assert unknown["present"] < 0.5
    assert (known["weights"], known["expected"]) == ("register", 0.5)


def test_at_a_terminal_each_field_is_asked_for(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed(monkeypatch, f"{NIK}\nyuli putri\n\n\n\n\n", terminal=True)
    assert main(["lookup", str(folder), "--lang", "en"]) == 0
    everything = capsys.readouterr()
    assert "tanggal_lahir: " in everything.err
    assert KPJ in everything.out
    assert "name equal" in everything.out


@pytest.mark.parametrize(
    "line", ['{"nik": "3271014606600041"', '["3271014606600041"]', '{"nik": {"a": 1}}', '{"nik": 1.5}', '{"nik": true}']
)
def test_a_line_that_is_no_person_is_told_by_its_number_and_not_repeated(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], line: str
) -> None:
    typed(monkeypatch, f"\n{line}\n")
    assert main(["lookup", str(folder), "--lang", "en"]) == 2
    everything = capsys.readouterr()
    assert "line 2" in everything.err
    assert NIK not in everything.out + everything.err


def test_a_person_who_cannot_be_searched_is_told_with_his_line(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed(monkeypatch, '{"jenis_kelamin": "L"}\n')
    assert main(["lookup", str(folder), "--lang", "en"]) == 2
    error = capsys.readouterr().err
    assert "line 1" in error
    assert "nama + kode_wilayah" in error


def test_a_folder_that_is_no_index_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lookup", str(tmp_path), "--lang", "en"]) == 2
    assert "no index of a register" in capsys.readouterr().err


def test_a_file_of_people_that_is_not_there_is_told(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["lookup", str(folder), "--from", str(tmp_path / "gone"), "--lang", "en"]) == 2
    assert "cannot be read" in capsys.readouterr().err


@pytest.mark.parametrize("more", [["build"], ["build", "a", "b", "--out", "c"], ["build", "register.csv"]])
def test_an_incomplete_build_is_told_with_an_example(more: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lookup", *more, "--lang", "en"]) == 2
    assert "build REGISTER --out DIR" in capsys.readouterr().err


def test_a_nik_on_the_command_line_is_not_taken_nor_repeated(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lookup", str(folder), NIK]) == 2
    everything = capsys.readouterr()
    assert NIK not in everything.out + everything.err
