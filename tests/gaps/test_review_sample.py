"""A review from end to end: drawn from a run, filled blindly, read back, used by the next run."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from jangkau.cli import main

from .office import BUDI, CROWD, JONI, RINA, SITI, Folder, Result, Somebody

PAID, LAPSED = "00000000201", "00000000202"
NAMESAKE = Somebody(BUDI.name, BUDI.born, "L", 77, "127305")
Row = dict[str, Any]


def written(path: Path) -> Folder:
    """Budi without NIK, who is one of two members; Siti protected; Joni in no register; five of the crowd protected;
    Rina a soldier."""
    folder = Folder(path)
    folder.register(
        BUDI.row("register", kpj=PAID, lunas_sampai="2021-05", nama_ibu="LASMI"),
        NAMESAKE.row("register", kpj=LAPSED, lunas_sampai="2018-01", nama_ibu="RUKIAH"),
        SITI.row("register"),
    )
    rows = [SITI.row("kur"), JONI.row("kur"), RINA.row("kur", pekerjaan="TNI"), *(who.row("kur") for who in CROWD[:5])]
    return folder.list("kur", BUDI.row("kur", nik=None, kode_wilayah=None), *rows).plan()


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Run, and one sample drawn; tests work on copies."""
    folder = written(tmp_path_factory.mktemp("review") / "kantor")
    folder.run()
    assert review("sample", folder.path) == 0
    return folder.path


@pytest.fixture
def office(once: Path, tmp_path: Path) -> Folder:
    """Run, no sample drawn."""
    shutil.copytree(once, tmp_path / "kantor", ignore=shutil.ignore_patterns("review"))
    return Folder(tmp_path / "kantor")


@pytest.fixture
def drawn(once: Path, tmp_path: Path) -> Folder:
    """Run, and everybody drawn."""
    shutil.copytree(once, tmp_path / "kantor")
    return Folder(tmp_path / "kantor")


def review(*words: object) -> int:
    return main(["review", *map(str, words)])


def key(folder: Folder) -> dict[str, Any]:
    value: dict[str, Any] = json.loads((folder.path / "review" / "review_key.json").read_text(encoding="utf-8"))
    return value


def sheet(folder: Folder, name: str = "telaah-1.xlsx") -> list[Row]:
    rows = openpyxl.load_workbook(folder.path / "review" / name).worksheets[0].iter_rows(values_only=True)
    head = [str(cell) for cell in next(rows)]
    return [dict(zip(head, row, strict=True)) for row in rows]


def lines_of(rows: list[Row], somebody: Somebody) -> list[Row]:
    return [row for row in rows if row["Nama (daftar)"] == somebody.name]


def truth(folder: Folder, rows: list[Row], *, budi: str = PAID) -> Iterator[Row]:
    """What a reviewer who knows everybody would write; ``budi`` is who Budi is."""
    kpj_of = {SITI.name: SITI.kpj, BUDI.name: budi, **{who.name: who.kpj for who in CROWD}}
    shown = {(item["code"], one["letter"]): one["kpj"] for item in key(folder)["items"] for one in item["candidates"]}
    for row in rows:
        right = shown.get((row["kode"], row["calon"])) == kpj_of.get(row["Nama (daftar)"])
        yield row | ({"terlindungi": "tidak"} if row["calon"] == "-" else {"keputusan": "sama" if right else "beda"})


def fill(folder: Folder, rows: Iterator[Row] | list[Row], name: str = "isi.csv") -> Path:
    rows = list(rows)
    path = folder.path / "review" / name
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def reviewed(folder: Folder, rows: Iterator[Row] | list[Row]) -> Result:
    assert review("import", fill(folder, rows)) == 0
    return folder.run()


class TestTheSheets:
    def test_everybody_eligible_is_there_when_the_sample_is_as_large(self, drawn: Folder) -> None:
        people = {row["Nama (daftar)"] for row in sheet(drawn)}
        assert people == {BUDI.name, SITI.name, JONI.name, *(who.name for who in CROWD[:5])}

    def test_they_are_blind(self, drawn: Folder) -> None:
        book = openpyxl.load_workbook(drawn.path / "review" / "telaah-1.xlsx")
        words = {
            str(cell).lower() for page in book.worksheets for row in page.iter_rows(values_only=True) for cell in row
        }
        assert not any(
            re.search(r"peluang|probab|stratum|doubtful|lapsed|p[0-9a-f]{24}|0\.\d|" + PAID, word) for word in words
        )

    def test_who_may_be_one_of_two_stands_beside_both(self, drawn: Folder) -> None:
        beside = {row["NIK (register)"] for row in lines_of(sheet(drawn), BUDI)}
        assert len(beside) == 2

    def test_the_key_knows_how_likely_each_is_and_how_many_there_are(self, drawn: Folder) -> None:
        found = key(drawn)
        assert sum(found["frame"]["people"]) == 8
        assert sum(found["frame"]["expected"]) == pytest.approx(sum(item["expected"] for item in found["items"]))
        assert not re.search(r"(?<![\d.])\d{16}(?!\d)", json.dumps(found["items"])), "no NIK in the key"

    def test_each_reviewer_has_a_copy_in_another_order(self, office: Folder) -> None:
        assert review("sample", office.path, "--reviewers", 2) == 0
        one, two = sheet(office), sheet(office, "telaah-2.xlsx")
        assert one != two
        assert sorted(map(str, one)) == sorted(map(str, two))

    def test_the_same_seed_draws_the_same_sheet(self, office: Folder, tmp_path: Path) -> None:
        for name, seed in (("a", 5), ("b", 5), ("c", 6)):
            assert review("sample", office.path, "--size", 4, "--seed", seed, "--out", tmp_path / name) == 0
        a, b, c = ((tmp_path / name / "telaah-1.xlsx").read_bytes() for name in "abc")
        assert a == b != c

    def test_a_smaller_sample_is_as_large_as_asked(self, office: Folder) -> None:
        assert review("sample", office.path, "--size", 5) == 0
        assert len({row["kode"] for row in sheet(office)}) == 5

    def test_a_sample_is_never_overwritten(self, drawn: Folder, capsys: pytest.CaptureFixture[str]) -> None:
        before = (drawn.path / "review" / "review_key.json").read_bytes()
        assert review("sample", drawn.path, "--seed", 2) == 2
        assert "sudah ada sampel" in capsys.readouterr().err
        assert (drawn.path / "review" / "review_key.json").read_bytes() == before

    def test_without_a_run_there_is_nothing_to_draw_from(
        self, office: Folder, capsys: pytest.CaptureFixture[str]
    ) -> None:
        shutil.rmtree(office.path / "out")
        assert review("sample", office.path, "--lang", "en") == 2
        assert "no result to review" in capsys.readouterr().err

    def test_of_lists_that_changed_no_sample_is_drawn(self, office: Folder, capsys: pytest.CaptureFixture[str]) -> None:
        office.write("kur.csv", (office.path / "kur.csv").read_bytes() + b"\n")
        assert review("sample", office.path, "--lang", "en") == 2
        assert "changed since the run" in capsys.readouterr().err

    def test_sheets_are_no_lists(self, drawn: Folder) -> None:
        (drawn.path / "run.yaml").unlink()
        assert main(["run", str(drawn.path), "--as-of", "2021-04-30"]) == 0
        assert drawn.result().summary["rows"]["read"] == 9


class TestTheAnswers:
    def test_publish_the_difference_estimator(self, drawn: Folder) -> None:
        before = drawn.result().summary
        after = reviewed(drawn, truth(drawn, sheet(drawn))).summary
        assert before["unprotected"]["method"] == "calibrated_sum"
        assert before["linkage_quality"]["reviews"] is None
        assert after["unprotected"]["method"] == "difference_estimator"
        assert {one["method"] for one in after["unprotected"]["alternatives"]} == {
            "calibrated_sum", "capture_recapture", "model_sum",
        }  # fmt: skip
        assert all(set(one) == {"method", "estimate", "low", "high"} for one in after["unprotected"]["alternatives"])
        assert after["linkage_quality"]["reviews"] == {
            "drawn": 8, "answered": 8, "cannot_tell": 0, "recall": pytest.approx(6 / 7, abs=1e-3), "precision": 1.0,
        }  # fmt: skip

    def test_where_everybody_was_looked_at_the_figure_is_what_they_found(self, drawn: Folder) -> None:
        assert reviewed(drawn, truth(drawn, sheet(drawn))).summary["unprotected"]["estimate"] == 1

    def test_the_other_namesake_makes_one_more(self, drawn: Folder) -> None:
        assert reviewed(drawn, truth(drawn, sheet(drawn), budi=LAPSED)).summary["unprotected"]["estimate"] == 2

    def test_are_facts_for_the_linkage(self, drawn: Folder) -> None:
        assert {row["name"]: row["status"] for row in drawn.result().people}[BUDI.name] == "doubtful"
        after = reviewed(drawn, truth(drawn, sheet(drawn)))
        (budi,) = (row for row in after.people if row["name"] == BUDI.name)
        assert (budi["status"], budi["kpj"]) == ("protected", PAID)

    def test_regions_add_up_to_the_whole(self, drawn: Folder) -> None:
        summary = reviewed(drawn, truth(drawn, sheet(drawn))).summary
        total = sum(one["unprotected"]["estimate"] for one in summary["by_region"])
        assert total == pytest.approx(summary["unprotected"]["estimate"], abs=1)

    def test_do_not_correct_another_population(self, drawn: Folder) -> None:
        """A list that grew: the sample says nothing of the newcomers, and line numbers may be other people's."""
        path = fill(drawn, truth(drawn, sheet(drawn)))
        assert review("import", path) == 0
        drawn.write("kur.csv", (drawn.path / "kur.csv").read_text().replace("2021-02-01", "2021-02-02"))
        result = drawn.run()
        assert result.summary["unprotected"]["method"] == "calibrated_sum"
        assert {row["name"]: row["status"] for row in result.people}[BUDI.name] == "doubtful"

    def test_change_the_run_that_was_done_before(self, drawn: Folder) -> None:
        assert drawn.run().done_before
        assert not reviewed(drawn, truth(drawn, sheet(drawn))).done_before
        assert drawn.run().done_before

    def test_may_come_piece_by_piece_and_twice(self, drawn: Folder) -> None:
        rows = list(truth(drawn, sheet(drawn)))
        first, second = fill(drawn, rows[:4], "a.csv"), fill(drawn, rows[4:], "b.csv")
        assert review("import", first, second) == 0
        whole = (drawn.path / "reviews.json").read_bytes()
        assert review("import", second) == review("import", first) == 0
        assert (drawn.path / "reviews.json").read_bytes() == whole

    def test_a_sheet_may_be_sorted_and_have_more_columns(self, drawn: Folder) -> None:
        book = openpyxl.load_workbook(drawn.path / "review" / "telaah-1.xlsx")
        page = book.worksheets[0]
        rows = list(truth(drawn, sheet(drawn)))
        page.delete_rows(1, page.max_row)
        page.append(["Warna", *rows[0]])
        for row in reversed(rows):
            page.append(["biru", *row.values()])
        book.save(drawn.path / "review" / "isi.xlsx")
        assert review("import", drawn.path / "review" / "isi.xlsx") == 0
        assert drawn.run().summary["linkage_quality"]["reviews"]["answered"] == 8

    def test_who_cannot_be_told_is_counted(self, drawn: Folder) -> None:
        rows = [row | {"keputusan": "tidak tahu"} if row["Nama (daftar)"] == BUDI.name else row
                for row in truth(drawn, sheet(drawn))]  # fmt: skip
        found = reviewed(drawn, rows).summary["linkage_quality"]["reviews"]
        assert (found["answered"], found["cannot_tell"]) == (7, 1)

    def test_a_member_found_by_another_way_is_a_fact_too(self, drawn: Folder) -> None:
        other = CROWD[9]
        rows = [row | {"keputusan": "beda" if row["keputusan"] else "", "terlindungi": "ya", "kpj ditemukan": other.kpj}
                if row["Nama (daftar)"] == JONI.name else row for row in truth(drawn, sheet(drawn))]  # fmt: skip
        after = reviewed(drawn, rows)
        assert after.person(JONI)["kpj"] == other.kpj
        assert after.summary["unprotected"]["estimate"] == 0

    def test_of_a_sheet_that_is_empty_there_are_none(self, drawn: Folder, capsys: pytest.CaptureFixture[str]) -> None:
        assert review("import", drawn.path / "review" / "telaah-1.xlsx", "--lang", "en") == 0
        assert "Of 8 people: 0 answered, 0 cannot be told, 8 open (0 of them begun)" in capsys.readouterr().out
        assert drawn.run().summary["unprotected"]["method"] == "calibrated_sum"

    def test_the_folder_may_be_named_among_the_sheets(self, drawn: Folder, tmp_path: Path) -> None:
        path = fill(drawn, truth(drawn, sheet(drawn)))
        moved = tmp_path / "dari-penelaah.csv"
        path.rename(moved)
        assert review("import", drawn.path, moved) == 0
        assert (drawn.path / "reviews.json").is_file()


def unknown_item(rows: list[Row]) -> list[Row]:
    return [rows[0] | {"kode": "ffffff-0001"}, *rows[1:]]


def unknown_letter(rows: list[Row]) -> list[Row]:
    return [rows[0] | {"calon": "Z"}, *rows[1:]]


def unknown_word(rows: list[Row]) -> list[Row]:
    return [rows[0] | {"keputusan": "mungkin"}, *rows[1:]]


def contradiction(rows: list[Row]) -> list[Row]:
    (row, *_) = (row for row in rows if row.get("keputusan") == "sama")
    return [*rows, row | {"keputusan": "beda"}]


def two_answers(rows: list[Row]) -> list[Row]:
    first, second = (row for row in rows if row["Nama (daftar)"] == BUDI.name)
    return [first | {"terlindungi": "ya"}, second | {"terlindungi": "tidak"}]


def kpj_alone(rows: list[Row]) -> list[Row]:
    return [row | {"keputusan": "beda", "kpj ditemukan": "123"} for row in rows if row["Nama (daftar)"] == BUDI.name]


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (unknown_item, "not of this sample"),
        (unknown_letter, "not of this sample"),
        (unknown_word, "cannot be understood"),
        (contradiction, "contradict each other"),
        (two_answers, "contradict each other"),
        (kpj_alone, "not complete"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_kept(
    drawn: Folder, spoil: Callable[[list[Row]], list[Row]], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = fill(drawn, spoil(list(truth(drawn, sheet(drawn)))))
    assert review("import", path, "--lang", "en") == 2
    assert says in capsys.readouterr().err
    assert not (drawn.path / "reviews.json").exists()


def test_two_reviewers_who_contradict_each_other_are_told_where(
    drawn: Folder, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = list(truth(drawn, sheet(drawn)))
    one = fill(drawn, rows, "satu.csv")
    two = fill(drawn, [row | {"keputusan": "beda"} for row in rows], "dua.csv")
    assert review("import", one, two, "--lang", "en") == 2
    said = capsys.readouterr().err
    assert "dua.csv: " in said
    assert any(row["kode"] in said for row in rows)


def test_cannot_tell_gives_way_to_whoever_could(drawn: Folder) -> None:
    rows = list(truth(drawn, sheet(drawn)))
    unsure = [row | {"keputusan": "ragu"} if row["calon"] != "-" else row for row in rows]
    assert review("import", fill(drawn, unsure, "satu.csv"), fill(drawn, rows, "dua.csv")) == 0
    assert drawn.run().summary["linkage_quality"]["reviews"]["answered"] == 8


def test_without_the_key_nothing_is_read(drawn: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    path = fill(drawn, truth(drawn, sheet(drawn)))
    (drawn.path / "review" / "review_key.json").unlink()
    assert review("import", path, "--lang", "en") == 2
    assert "key of the sample is not there" in capsys.readouterr().err


def test_reviews_that_were_meddled_with_are_told(drawn: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    drawn.write("reviews.json", "{}")
    assert drawn.jangkau("--lang", "en") == 2
    assert "file of the review cannot be read" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["--size", "0"], ["--reviewers", "99"], ["--seed", "-1"]])
def test_numbers_that_make_no_sense_are_told(drawn: Folder, words: list[str]) -> None:
    assert review("sample", drawn.path, *words) == 2


def test_review_alone_shows_its_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert review() == 2
    assert "import" in capsys.readouterr().err


def test_where_nothing_can_be_written_is_told(drawn: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    taken = drawn.write("berkas", "x")
    assert review("sample", drawn.path, "--out", taken / "review", "--lang", "en") == 2
    assert "cannot be written" in capsys.readouterr().err
