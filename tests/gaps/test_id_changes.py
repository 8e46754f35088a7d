"""Person ids from one run to the next: kept, merged, split, new and gone; never given to somebody else."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jangkau.complaints import Complaint

from .office import BUDI, CROWD, JONI, RINA, SITI, Folder, Result

BUDI_WITHOUT_NIK = BUDI.row("kur", nik=None, nama="BUDI SUSANTO", kode_wilayah="7171")
BRIDGE = BUDI.row("prakerja", nama="BUDI SUSANTO", kode_wilayah="7171")
OTHERS = [who.row("kur") for who in CROWD[:5]]


class Office:
    """Runs one after the other over a folder whose lists change; each result has a folder of its own."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder.register(SITI.row("register"))
        self.runs: list[Result] = []

    def lists(self, **lists: list[dict[str, str]]) -> Office:
        self.folder.lists.clear()
        for layout, rows in lists.items():
            self.folder.list(layout, *rows)
        self.folder.plan()
        return self

    def settings(self, **settings: object) -> Office:
        self.folder.plan(**settings)
        return self

    def run(self, *, alone: bool = False) -> Result:
        previous = self.runs[-1].out if self.runs and not alone else None
        out = self.folder.path.parent / f"hasil{len(self.runs)}{'-sendiri' if alone else ''}"
        result = self.folder.run(out=out, previous=previous)
        if not alone:
            self.runs.append(result)
        return result

    def decide(self, same: str, *pairs: tuple[str, str]) -> Office:
        self.folder.write("decisions.csv", "\n".join(["left,right,same", *(f"{x},{y},{same}" for x, y in pairs), ""]))
        return self.settings(decisions="decisions.csv")


@pytest.fixture
def office(folder: Folder) -> Office:
    return Office(folder)


def changes(result: Result, *, but_kept: bool = True) -> list[tuple[str | None, str | None, str, int]]:
    rows = result.rows("id_changes")
    assert list(rows[0]) == ["previous_person_id", "person_id", "change", "rows"]
    return [tuple(row.values()) for row in rows if not (but_kept and row["change"] == "kept")]


def id_at(result: Result, line: int, file: str = "kur.csv") -> str:
    (found,) = [row["person_id"] for row in result.rows("links") if (row["file"], row["line"]) == (file, line)]
    return str(found)


def named(result: Result) -> dict[tuple[Any, ...], str]:
    """The id of each person by everything else that is said of him."""
    return {tuple(str(v) for k, v in row.items() if k != "person_id"): row["person_id"] for row in result.people}


def test_without_an_earlier_run_there_is_no_file_of_changes(office: Office) -> None:
    result = office.lists(kur=OTHERS).run()
    assert not (result.out / "id_changes.parquet").exists()
    assert "id_changes" not in result.summary


def test_people_whose_rows_stay_keep_their_ids(office: Office) -> None:
    before = office.lists(kur=OTHERS).run()
    after = office.run()
    assert named(after) == named(before)
    assert changes(after) == []
    assert after.summary["id_changes"] == {"kept": 5, "merged": 0, "split": 0, "new": 0, "gone": 0}
    assert [row["rows"] for row in after.rows("id_changes")] == [1] * 5


def test_new_people_and_those_who_are_gone_are_said(office: Office) -> None:
    before = office.lists(kur=[*OTHERS, SITI.row("kur")]).run()
    after = office.lists(kur=OTHERS, prakerja=[RINA.row("prakerja")]).run()
    siti, rina = before.person(SITI)["person_id"], after.person(RINA)["person_id"]
    assert changes(after) == [(siti, None, "gone", 0), (None, rina, "new", 0)]
    assert {k: v for k, v in after.summary["id_changes"].items() if v} == {"kept": 5, "new": 1, "gone": 1}


def test_an_id_is_kept_when_a_new_row_would_have_given_another(office: Office) -> None:
    """Ids follow from the smallest digest of the rows: of many new rows of Budi's one has a smaller one."""
    before = office.lists(kur=[*OTHERS, BUDI.row("kur")]).run()
    more = [BUDI.row("kur", tanggal_akad=f"2021-01-{day:02d}") for day in range(1, 20)]
    office.lists(kur=[*OTHERS, BUDI.row("kur"), *more])
    assert office.run(alone=True).person(BUDI)["person_id"] != before.person(BUDI)["person_id"]
    after = office.run()
    assert after.person(BUDI)["person_id"] == before.person(BUDI)["person_id"]
    assert changes(after) == []


def test_a_new_list_that_bridges_two_people_merges_them(office: Office) -> None:
    before = office.lists(kur=[*OTHERS, BUDI.row("kur"), BUDI_WITHOUT_NIK]).run()
    two = {id_at(before, 7), id_at(before, 8)}
    assert len(two) == 2
    after = office.lists(kur=[*OTHERS, BUDI.row("kur"), BUDI_WITHOUT_NIK], prakerja=[BRIDGE]).run()
    one = id_at(after, 7)
    assert one == id_at(after, 8) == id_at(after, 2, "prakerja.csv") == min(two)
    assert changes(after) == [(each, one, "merged", 1) for each in sorted(two)]
    assert after.summary["id_changes"] | {"kept": 0} == {"kept": 0, "merged": 1, "split": 0, "new": 0, "gone": 0}


def test_a_decision_that_two_are_one_merges_them_under_the_id_with_more_rows(office: Office) -> None:
    rows = [*OTHERS, BUDI_WITHOUT_NIK, BUDI.row("kur"), BUDI.row("kur", tanggal_akad="2021-01-05")]
    before = office.lists(kur=rows).decide("tidak", ("kur.csv:7", "kur.csv:8"), ("kur.csv:7", "kur.csv:9")).run()
    other, budi = id_at(before, 7), id_at(before, 8)
    assert other != budi == id_at(before, 9)
    after = office.decide("ya", ("kur.csv:7", "kur.csv:8")).run()
    assert {id_at(after, line) for line in (7, 8, 9)} == {budi}
    assert sorted(changes(after)) == sorted([(other, budi, "merged", 1), (budi, budi, "merged", 2)])


@pytest.fixture
def split(office: Office) -> Office:
    """Two runs: Budi on two lines, then told apart."""
    other = BUDI.row("kur", nama="BUDI HARTONO SIREGAR SH", tanggal_akad="2021-01-05")
    office.lists(kur=[*OTHERS, BUDI.row("kur"), BUDI.row("kur", tanggal_akad="2021-01-04"), other]).run()
    office.decide("tidak", ("kur.csv:9", "kur.csv:7"), ("kur.csv:9", "kur.csv:8")).run()
    return office


def test_a_decision_that_one_is_two_splits_him_and_most_rows_keep_the_id(split: Office) -> None:
    before, after = split.runs
    (one,) = {id_at(before, line) for line in (7, 8, 9)}
    assert id_at(after, 7) == id_at(after, 8) == one
    assert id_at(after, 9) not in named(before).values()
    assert sorted(changes(after)) == sorted([(one, one, "split", 2), (one, id_at(after, 9), "split", 1)])
    assert after.summary["id_changes"] | {"kept": 0} == {"kept": 0, "merged": 0, "split": 1, "new": 0, "gone": 0}


def test_an_id_never_goes_to_somebody_else_whichever_part_had_given_it(office: Office) -> None:
    """One line of three is told apart, each in turn: the one that the id was made from gets another id."""
    rows = [BUDI.row("kur", tanggal_akad=f"2021-01-0{day}") for day in (1, 2, 3)]
    before = office.lists(kur=[*OTHERS, *rows]).run()
    (one,) = {id_at(before, line) for line in (7, 8, 9)}
    alone = set()
    for apart in (7, 8, 9):
        rest = [line for line in (7, 8, 9) if line != apart]
        office.decide("tidak", *((f"kur.csv:{apart}", f"kur.csv:{line}") for line in rest))
        office.runs[1:] = []
        out = office.folder.path.parent / f"pisah{apart}"
        after = office.folder.run(out=out, previous=before.out)
        assert {id_at(after, line) for line in rest} == {one}
        assert id_at(after, apart) != one
        alone.add(id_at(office.run(alone=True), apart))
    assert one in alone  # without the earlier run one of them would have got it


def test_a_person_both_merged_and_split_has_a_line_for_each(office: Office) -> None:
    rows = [SITI.row("kur"), BUDI.row("kur"), BUDI.row("kur", tanggal_akad="2021-01-04"), BUDI.row("kur", plafon="1")]
    before = office.lists(kur=[*OTHERS, *rows]).run()
    siti, budi = id_at(before, 7), id_at(before, 8)
    office.folder.write(
        "decisions.csv",
        "left,right,same\nkur.csv:7,kur.csv:10,ya\nkur.csv:10,kur.csv:8,tidak\nkur.csv:10,kur.csv:9,tidak\n"
        "kur.csv:7,kur.csv:8,tidak\nkur.csv:7,kur.csv:9,tidak\n",
    )
    after = office.settings(decisions="decisions.csv").run()
    assert {id_at(after, 8), id_at(after, 9)} == {budi}
    assert id_at(after, 7) == id_at(after, 10) == siti
    assert sorted(changes(after)) == sorted(
        [(budi, budi, "split", 2), (budi, siti, "merged", 1), (budi, siti, "split", 1), (siti, siti, "merged", 1)]
    )


def test_an_id_that_went_is_not_given_to_another_and_comes_back_with_its_row(split: Office) -> None:
    one, other = id_at(split.runs[1], 7), id_at(split.runs[1], 9)
    rows = [*OTHERS, BUDI.row("kur"), BUDI.row("kur", tanggal_akad="2021-01-04")]
    gone = split.lists(kur=rows).settings().run()
    assert changes(gone) == [(other, None, "gone", 0)]
    assert id_at(gone, 7) == one
    far = BUDI.row("kur", nama="BUDI HARTONO SIREGAR SH", tanggal_akad="2021-01-05")
    split.lists(kur=[*rows, far])
    back = split.decide("tidak", ("kur.csv:9", "kur.csv:7"), ("kur.csv:9", "kur.csv:8")).run()
    assert (id_at(back, 7), id_at(back, 9)) == (one, other)
    assert changes(back) == [(None, other, "new", 0)]


def test_somebody_whose_rows_are_all_sent_in_other_words_keeps_his_id(office: Office) -> None:
    before = office.lists(kur=[*OTHERS, BUDI.row("kur")]).run()
    after = office.lists(kur=[*OTHERS, BUDI.row("kur", plafon="26000000")]).run()
    budi = before.person(BUDI)["person_id"]
    assert after.person(BUDI)["person_id"] == budi
    assert (budi, budi, "kept", 0) in changes(after, but_kept=False)


def test_rows_of_equal_content_told_apart_keep_their_places(office: Office) -> None:
    office.lists(kur=[*OTHERS, BUDI.row("kur"), BUDI.row("kur")])
    before = office.decide("tidak", ("kur.csv:7", "kur.csv:8")).run()
    two = [id_at(before, line) for line in (7, 8)]
    assert len(set(two)) == 2
    office.lists(kur=[*OTHERS, BUDI.row("kur"), BUDI.row("kur")], prakerja=[JONI.row("prakerja")])
    after = office.settings(decisions="decisions.csv").run()
    assert [id_at(after, line) for line in (7, 8)] == two
    assert [change for *_, change, _ in changes(after)] == ["new"]


def test_everything_but_ids_is_as_in_a_run_alone(office: Office) -> None:
    office.lists(kur=[*OTHERS, BUDI.row("kur"), BUDI_WITHOUT_NIK]).run()
    office.lists(kur=[*OTHERS[1:], BUDI.row("kur"), BUDI_WITHOUT_NIK], prakerja=[BRIDGE, SITI.row("prakerja")])
    alone, after = office.run(alone=True), office.run()
    for name in ("people", "links", "gaps", "doubtful"):
        rows = [
            sorted(str({k: v for k, v in row.items() if k != "person_id"}) for row in result.rows(name))
            for result in (alone, after)
        ]
        assert rows[0] == rows[1]
    assert {k: v for k, v in after.summary.items() if k != "id_changes"} == alone.summary


def test_another_key_gives_everybody_another_id_and_says_whose_was_which(office: Office) -> None:
    before = office.lists(kur=OTHERS).run()
    after = office.settings(id_key="rahasia").run()
    assert not set(named(before).values()) & set(named(after).values())
    whose = {old: new for old, new, _, _ in changes(after, but_kept=False)}
    assert whose == {one: named(after)[said] for said, one in named(before).items()}
    assert after.summary["id_changes"]["kept"] == 5


def test_the_folder_of_the_earlier_run_may_be_the_one_written_to(folder: Folder) -> None:
    folder.register().list("kur", *OTHERS, SITI.row("kur"))
    siti = folder.run().person(SITI)["person_id"]
    folder.list("prakerja", SITI.row("prakerja")).plan()
    words = ("--previous", str(folder.path / "out"))
    assert folder.jangkau(*words) == 0
    result = folder.result()
    assert (result.person(SITI)["person_id"], changes(result)) == (siti, [])
    assert folder.jangkau(*words) == 0
    assert result.json("manifest.json") == folder.result().json("manifest.json"), "it was done again"


def test_the_summary_on_screen_counts_the_ids(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    folder.register().list("kur", *OTHERS).run()
    folder.list("prakerja", RINA.row("prakerja")).plan()
    assert folder.jangkau("--previous", str(folder.path / "out"), "--lang", "en") == 0
    assert "Person ids: 5 kept, 0 merged from several, 0 split, 1 new, 0 gone" in capsys.readouterr().out


def _of_another_version(out: Path) -> None:
    path = out / "state" / "about.json"
    path.write_text(json.dumps({"version": 0}), encoding="utf-8")


def _without_rows(out: Path) -> None:
    (out / "links.parquet").unlink()


def _no_manifest(out: Path) -> None:
    (out / "manifest.json").unlink()


def _no_folder(out: Path) -> None:
    shutil.rmtree(out)


def _another_commands(out: Path) -> None:
    value = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    value["outputs"] = {"left.parquet": value["outputs"]["links.parquet"]}
    (out / "manifest.json").write_text(json.dumps(value), encoding="utf-8")


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (_no_folder, "no result of jangkau run"),
        (_no_manifest, "no result of jangkau run"),
        (_another_commands, "no result of jangkau run"),
        (_without_rows, "not complete"),
        (_of_another_version, "another version"),
    ],
)
def test_a_folder_that_is_no_earlier_run_is_a_complaint(
    folder: Folder, spoil: Callable[[Path], None], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = folder.register().list("kur", *OTHERS).run(out=folder.path.parent / "lama")
    spoil(before.out)
    with pytest.raises(Complaint) as complaint:
        folder.run(previous=before.out)
    assert says in complaint.value.what.en
    assert folder.jangkau("--previous", str(before.out)) == 2
    assert "--previous" in capsys.readouterr().err
    assert not (folder.path / "out").exists()
