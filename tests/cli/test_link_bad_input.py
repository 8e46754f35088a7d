"""`jangkau link` with input that is wrong: one plain message, exit 2 and nothing left; or handled, and said."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from jangkau.cli import main
from tests.cli.test_link import FIELDS, LEFT, METHOD, RIGHT, Folder, Row, matches

LABELS = {"id": ("Masalah", "Di", "Sebab", "Saran"), "en": ("Problem", "Where", "Why", "What to do")}
FEW_LEFT, FEW_RIGHT = LEFT[:40], RIGHT[:240]
DUMMY = "3171234501900001"
Complains = Callable[..., str]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


@pytest.fixture
def complains(folder: Folder, capsys: pytest.CaptureFixture[str]) -> Complains:
    """Links; expects exit 2, one whole message in each language and no results. Gives the English one."""
    right = folder.csv("right.csv", FEW_RIGHT)

    def expect(*files: Path, says: str, method: bytes | None = None, words: Sequence[str] = (), **given: Any) -> str:
        out, asked = folder.path / "out", folder.method(**given)
        if method is not None:
            asked.write_bytes(method)
        before = {path.name for path in folder.path.iterdir()}
        every = files or (folder.csv("left.csv", FEW_LEFT), right)
        every = every if len(every) == 2 else (every[0], right)
        for language in ("id", "en"):
            arguments = ["link", *map(str, every), "--method", str(asked), "--out", str(out), "--lang", language]
            code = main([*arguments, *words])
            message = capsys.readouterr().err
            shown = [line for line in message.splitlines() if " : " in line]
            assert code == 2, message
            assert [line.split(" : ")[0].strip() for line in shown] == list(LABELS[language]), message
            assert all(line.split(" : ", 1)[1].strip() for line in shown), message
            assert not out.exists()
        assert re.search(says, message), message
        left = {path.name for path in folder.path.iterdir()} - before
        assert left <= {"left.csv", ".out.lock"}, left
        return message

    return expect


@pytest.fixture
def says(folder: Folder, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[Path, str]]:
    """Links; gives the folder of results and what was said in English."""

    def run(left: Sequence[Row], right: Sequence[Row], **given: Any) -> tuple[Path, str]:
        files = folder.csv("left.csv", left), folder.csv("right.csv", right)
        out = folder.link(*files, words=["--lang", "en"], **given)
        return out, capsys.readouterr().out

    return run


def fields(**changes: dict[str, object]) -> list[dict[str, object]]:
    return [field | changes.get(str(field["kind"]), {}) for field in FIELDS]


def with_words(**words: Any) -> bytes:
    return yaml.safe_dump(METHOD | words).encode()


def of_fields(*entries: dict[str, object]) -> bytes:
    return with_words(fields=list(entries))


NAME: dict[str, object] = {"name": "nama", "kind": "person_name"}
METHODS = {
    "column that is not there": (
        with_words(fields=fields(person_name={"name": "nma"})),
        "no column 'nma'(.*\n)+.*'nama'",
    ),
    "id column that is not there": (with_words(left_id="idd"), "no column 'idd'"),
    "unknown kind": (of_fields(NAME | {"kind": "person_nam"}), "'person_nam' is not known(.*\n)+.*'person_name'"),
    "unknown word": (with_words(one_to_on=True), "'one_to_on'(.*\n)+.*'one_to_one'"),
    "unknown word of a field": (of_fields(NAME | {"knd": 1}), "'knd'(.*\n)+.*'kind'"),
    "no fields": (b"left_id: id\n", "names no fields"),
    "empty": (b"", "names no fields"),
    "a list": (b"- a\n", "names no fields"),
    "not YAML": (b"left_id: id\nfields:\n  - {name: nik\n  - x\n", "line 5"),
    "a key twice": (b"left_id: id\nfields: [{name: nik, kind: nik}]\nleft_id: x\n", "line 3(.*\n)+?.*twice"),
    "not text": (b"\xff\xfe\x00", "not proper YAML"),
    "a field twice": (of_fields(NAME, NAME), "'nama' is there twice"),
    "nothing to block on": (of_fields({"name": "jenis_kelamin", "kind": "sex"}), "No block is possible"),
    "format of dates": (with_words(fields=fields(date={"format": "%d %b %Y"})), "format of dates"),
    "format without parts": (with_words(fields=fields(date={"format": "tanggal"})), "format of dates"),
    "block of an unknown field": (with_words(blocks=[["nikk"]]), "no field 'nikk'(.*\n)+.*'nik'"),
    "block of an unknown part": (with_words(blocks=[["nama.frst"]]), "no part 'frst'(.*\n)+.*'first'"),
    "blocks that are none": (with_words(blocks="nik"), "blocks cannot be understood"),
    "limits the wrong way round": (with_words(review={"low": 0.9, "high": 0.1}), "0 < low < high < 1"),
    "limits that are no pair": (with_words(review=0.5), "0 < low < high < 1"),
    "limits by another name": (with_words(review={"lo": 0.1}), "'lo'(.*\n)+.*'low'"),
    "levels left out": (with_words(fields=fields(sex={"levels": [1]})), "levels 1 to 2, each once"),
    "shares of too few levels": (with_words(fields=fields(nik={"m": [0.9, 0.1]})), "6 numbers above 0"),
    "shares that are no numbers": (of_fields(NAME | {"u": [float("nan")] * 6}), "6 numbers above 0"),
    "veto on an unknown field": (with_words(vetoes=[{"jenis": 2}]), "no field 'jenis'"),
    "veto on an unknown level": (with_words(vetoes=[{"jenis_kelamin": 7}]), "veto on 'jenis_kelamin'"),
    "vetoes that are no list": (with_words(vetoes=5), "vetoes cannot be understood"),
}


@pytest.mark.parametrize(("method", "words"), METHODS.values(), ids=METHODS)
def test_a_method_that_is_wrong_is_explained(complains: Complains, method: bytes, words: str) -> None:
    complains(method=method, says=words)


def test_a_method_file_that_is_not_there_is_named(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    left = folder.csv("left.csv", FEW_LEFT)
    for method in ("nope.yaml", "."):
        words = ["--method", method, "--out", str(folder.path / "out"), "--lang", "en"]
        assert main(["link", str(left), *words]) == 2
        assert re.search(rf"method file cannot be read\.\nWhere      : {re.escape(method)}", capsys.readouterr().err)


@pytest.mark.parametrize(
    ("column", "kind"),
    [("nama", "nik"), ("nama", "date"), ("nama", "phone"), ("tanggal_lahir", "sex")],
)
def test_a_kind_that_does_not_fit_the_data_is_told(complains: Complains, column: str, kind: str) -> None:
    entry: dict[str, object] = {"name": column, "as": "x", "kind": kind}
    complains(
        method=of_fields({"name": "nik", "kind": "nik"}, entry), says=f"What is in 'x' is no {kind}(.*\n)+.*of 40"
    )


def test_a_kind_that_does_not_fit_the_right_is_told_before_the_search(folder: Folder, complains: Complains) -> None:
    turned = [row | {"tanggal_lahir": "/".join(reversed((row["tanggal_lahir"] or "").split("-")))} for row in FEW_RIGHT]
    files = folder.csv("left.csv", FEW_LEFT), folder.csv("turned.csv", turned)
    complains(*files, says="'tanggal_lahir' is no date(.*\n)Where.*turned.csv")
    complains(*files, says="turned.csv", fields=fields(date={"inside": "nik"}))


def csv_bytes(folder: Folder, rows: Sequence[Row]) -> bytes:
    return folder.csv("left.csv", rows).read_bytes()


def parquet_bytes(**columns: pa.Array) -> bytes:
    stream = io.BytesIO()
    whole = {name: pa.array([row[name] for row in FEW_LEFT]) for name in FEW_LEFT[0]}
    pq.write_table(pa.table(whole | columns), stream)
    return stream.getvalue()


FILES: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "empty": (lambda _: b"", "file is empty"),
    "blank": (lambda _: b"\n\n", "file is empty"),
    "header only": (lambda text: text.splitlines(keepends=True)[0], "has no rows"),
    "another encoding": (lambda text: text.replace(b"BUDI", b"B\xdcDI", 1), "not UTF-8(.*\n)+.*line \\d"),
    "UTF-16": (lambda text: text.decode().encode("utf-16"), "no UTF-8 CSV"),
    "a line cut short": (lambda text: text + b"99999,x,y\r\n", "Line 42 (.*\n)+.*3 cells, the header has 7"),
    "a quote not closed": (lambda text: text + b'99999,"x,y\r\n', "Line 42 (.*\n)+.*quote is not closed"),
    "a column twice": (lambda text: text.replace(b"no_hp", b"nama", 1), "'nama' is there twice"),
    "ids twice": (lambda text: text + b"".join(text.splitlines(keepends=True)[1:4]), "not unique(.*\n)+.*3 rows"),
    "no id": (lambda text: text.replace(b"\n00203", b"\n", 1), "has gaps(.*\n)+.*1 row"),
    "Parquet cut off": (lambda _: parquet_bytes()[:-200], "Parquet file is broken"),
    "Parquet with lists": (lambda _: parquet_bytes(nama=pa.array([["A"]] * 40)), "'nama' cannot be read as text"),
    "Parquet without rows": (lambda _: empty_parquet(), "has no rows"),
    "another kind of file": (lambda _: b"PK\x03\x04\0\0\0\0workbook", "no UTF-8 CSV"),
}


def empty_parquet() -> bytes:
    stream = io.BytesIO()
    pq.write_table(pa.table({name: pa.array([], pa.string()) for name in LEFT[0]}), stream)
    return stream.getvalue()


@pytest.mark.parametrize(("spoil", "words"), FILES.values(), ids=FILES)
def test_a_file_that_is_wrong_is_explained(
    folder: Folder, complains: Complains, spoil: Callable[[bytes], bytes], words: str
) -> None:
    rows = [row | {"nama": f"BUDI {row['nama']}"} for row in FEW_LEFT]
    bad = folder.path / "bad.csv"
    bad.write_bytes(spoil(csv_bytes(folder, rows)))
    assert "bad.csv" in complains(bad, says=words)


def test_ids_of_the_right_are_checked_too(folder: Folder, complains: Complains) -> None:
    twice = folder.csv("twice.csv", [*FEW_RIGHT, FEW_RIGHT[0]])
    complains(folder.csv("left.csv", FEW_LEFT), twice, says="'kpj' is not unique(.*\n)Where.*twice.csv(.*\n).*1 row")


def test_one_file_named_twice_and_a_file_that_is_not_there_are_told(folder: Folder, complains: Complains) -> None:
    left = folder.csv("left.csv", FEW_LEFT)
    complains(left, left, says="same file(.*\n)+.*once to find duplicates")
    complains(folder.path / "gone.csv", says="not there(.*\n)Where.*gone.csv")
    complains(folder.path, says="not there")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--threads", "0"], "from 1 to"),
        (["--threads", "x"], "from 1 to"),
        (["--memory", "abc"], "--memory abc(.*\n)+.*--memory 6GB"),
        (["--memory", "nanGB"], "cannot be understood"),
        (["--memory", "1MB"], r"Even the smallest file takes \d\.\d GB(.*\n)+.*--memory \d\.\dGB"),
        (["--engine", "abacus"], "'abacus' is not known"),
    ],
)
def test_settings_that_make_no_sense_are_told(complains: Complains, words: list[str], told: str) -> None:
    complains(says=told, words=words)


def test_a_memory_limit_too_small_for_the_list_says_how_much(
    folder: Folder, complains: Complains, monkeypatch: pytest.MonkeyPatch
) -> None:
    from jangkau.linkage import link

    monkeypatch.setattr(link, "memory_needed", lambda **given: 10**9 + given["rows"] * 10**8)
    complains(says=r"40 rows on the left take about 5\.0 GB(.*\n)+.*--memory 5\.0GB", words=["--memory", "4GB"])


def test_the_folder_of_another_run_is_kept_unless_forced(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    left, right = folder.csv("left.csv", FEW_LEFT), folder.csv("right.csv", FEW_RIGHT)
    out = folder.link(left, right)
    before = (out / "links.parquet").read_bytes()
    folder.csv("left.csv", FEW_LEFT[:30])
    arguments = ["link", str(left), str(right), "--method", str(folder.method()), "--out", str(out), "--lang", "en"]
    assert main(arguments) == 2
    assert "belongs to another run" in capsys.readouterr().err
    assert (out / "links.parquet").read_bytes() == before
    assert main([*arguments, "--force"]) == 0
    assert pq.read_metadata(out / "left.parquet").num_rows == 30


def test_a_folder_of_somebodys_own_is_not_touched(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    own = folder.path / "own"
    own.mkdir()
    (own / "letter.txt").write_text("keep")
    files = folder.csv("left.csv", FEW_LEFT), folder.csv("right.csv", FEW_RIGHT)
    words = ["--method", str(folder.method()), "--out", str(own), "--lang", "en"]
    assert main(["link", *map(str, files), *words]) == 2
    assert "did not write" in capsys.readouterr().err
    assert [path.name for path in own.iterdir()] == ["letter.txt"]


def test_a_field_without_any_value_is_dropped_and_told(says: Callable[..., tuple[Path, str]]) -> None:
    out, said = says([row | {"kode_wilayah": None} for row in LEFT], RIGHT)
    assert "left.csv: the field 'kode_wilayah' is empty in every row and is not used" in said
    assert len(matches(out)) == 300
    assert {len(row["pattern"].partition(".")[0]) for row in pq.read_table(out / "links.parquet").to_pylist()} == {4}


def test_a_field_empty_on_the_right_alone_is_told(says: Callable[..., tuple[Path, str]]) -> None:
    out, said = says(LEFT, [row | {"jenis_kelamin": ""} for row in RIGHT])
    assert "right.csv: the field 'jenis_kelamin' is empty in every row" in said
    assert len(matches(out)) == 300


def test_fewer_than_a_hundred_equal_numbers_train_by_em_and_it_is_said(
    says: Callable[..., tuple[Path, str]],
) -> None:
    few = [row if k < 60 else row | {"nik": None} for k, row in enumerate(LEFT)]
    out, said = says(few, RIGHT)
    assert "Fewer than 100 pairs with equal numbers" in said
    assert "EM" in said
    assert len(matches(out)) >= 295


@pytest.mark.parametrize("side", ["left", "right", "both"])
@pytest.mark.parametrize(("column", "value"), [("nik", DUMMY), ("tanggal_lahir", "1970-01-01")])
def test_a_value_that_dominates_a_block_neither_makes_nor_loses_pairs(
    says: Callable[..., tuple[Path, str]], side: str, column: str, value: str
) -> None:
    def filled(rows: Sequence[Row]) -> list[dict[str, str | None]]:
        return [dict(row) | ({column: value} if k % 3 == 0 else {}) for k, row in enumerate(rows)]

    left = filled(LEFT) if side != "right" else LEFT
    out, said = says(left, filled(RIGHT) if side != "left" else RIGHT)
    found = matches(out)
    assert {a for a, b in found if a != b} == set()
    assert len(found) >= 297
    if side != "right":
        assert f"left.csv: 167 rows share their '{column}' with too many others" in said
        assert value not in said


def test_a_block_whose_values_too_many_share_is_told(says: Callable[..., tuple[Path, str]]) -> None:
    crowded = [row | {"kode_wilayah": "3171"} for row in LEFT]
    blocks = [["kode_wilayah"], ["nama"], ["nik"]]
    out, said = says(crowded, [row | {"kode_wilayah": "3171"} for row in RIGHT], blocks=blocks)
    assert re.search(
        r"Block kode_wilayah: values shared by too many rows are left out \(1 of them, in 500 rows\)", said
    )
    assert len(matches(out)) == 300
