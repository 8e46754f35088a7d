"""What a folder asks for: with run.yaml, without it, with files below it and things in it that are no lists."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from jangkau.complaints import Complaint
from jangkau.gaps.folder import read_plan
from jangkau.gaps.plan import Plan

from .office import AS_OF, BUDI, SITI, Folder


@pytest.fixture
def good(folder: Folder) -> Folder:
    return folder.register(BUDI.row("register")).list("kur", BUDI.row("kur"))


def names(plan: Plan) -> tuple[list[str], list[str]]:
    return [source.name for source in plan.register], [source.name for source in plan.lists]


class TestWithoutRunYaml:
    def test_files_are_recognised_by_their_headers(self, good: Folder) -> None:
        good.list("prakerja", SITI.row("prakerja"), name="a.csv").list("village", SITI.row("village"), name="b.txt")
        plan = read_plan(folder=good.path, as_of=AS_OF)
        assert names(plan) == (["register.csv"], ["a.csv", "b.txt", "kur.csv"])
        assert [source.layout for source in plan.lists] == ["prakerja", "village", "kur"]

    def test_truth_out_and_hidden_things_are_never_read(self, good: Folder) -> None:
        for name in ("truth/people.csv", "out/kur.csv", ".cache/kur.csv", ".kur.csv", "~$kur.csv", "a/truth/kur.csv"):
            good.write(name, "tidak dapat dibaca")
        assert names(read_plan(folder=good.path, as_of=AS_OF)) == (["register.csv"], ["kur.csv"])

    def test_lists_in_folders_below_are_read(self, good: Folder) -> None:
        good.list("kur", SITI.row("kur"), name="2020/medan/kur.csv")
        assert names(read_plan(folder=good.path, as_of=AS_OF)) == (["register.csv"], ["2020/medan/kur.csv", "kur.csv"])

    def test_results_of_an_earlier_run_under_another_name_are_not(self, good: Folder) -> None:
        good.run(out=good.path / "hasil")
        (good.path / "run.yaml").unlink()
        assert names(read_plan(folder=good.path, as_of=AS_OF)) == (["register.csv"], ["kur.csv"])

    def test_what_is_no_list_is_passed_over_with_a_word(self, good: Folder) -> None:
        good.write("surat pengantar.pdf", b"%PDF")
        plan = read_plan(folder=good.path, as_of=AS_OF)
        assert [warning.en for warning in plan.warnings] == ["surat pengantar.pdf is passed over: it is not a list."]

    def test_branches_and_decisions_are_found_by_name(self, good: Folder) -> None:
        branches = good.write("branches.csv", "branch,region_code\n")
        decisions = good.write("decisions.csv", "left,right,same,by,at\n")
        plan = read_plan(folder=good.path, as_of=AS_OF)
        assert (plan.branches, plan.decisions_file) == (branches, decisions)

    def test_the_sender_is_the_bank_that_the_rows_name_most_or_the_name_of_the_file(self, good: Folder) -> None:
        good.list("kur", *(SITI.row("kur", bank=bank) for bank in ("BNI", "Bank Nagari", "BNI")), name="x.csv")
        good.list("prakerja", SITI.row("prakerja"), name="prakerja_2020.csv").plan(lists=good.lists)
        (good.path / "run.yaml").unlink()
        good.plan = lambda **_: good  # type: ignore[method-assign]
        assert good.jangkau("--as-of", "2021-04-30") == 0
        result = good.result()
        senders = {entry["file"]: entry["institution"] for entry in result.summary["by_list"]}
        assert senders == {"kur.csv": "BRI", "x.csv": "BNI", "prakerja_2020.csv": "prakerja_2020"}

    def test_the_same_figures_come_out_as_with_run_yaml(self, good: Folder) -> None:
        with_file = good.run().summary
        (good.path / "run.yaml").unlink()
        good.plan = lambda **_: good  # type: ignore[method-assign]
        assert good.run(as_of=AS_OF, force=True).summary == with_file


class TestWithRunYaml:
    def test_only_what_it_names_is_read(self, good: Folder) -> None:
        good.plan().write("lain.csv", "tidak dapat dibaca")
        assert names(read_plan(folder=good.path, as_of=None)) == (["register.csv"], ["kur.csv"])

    def test_layout_and_institution_may_be_left_out(self, good: Folder) -> None:
        good.plan(register="register.csv", lists="kur.csv")
        plan = read_plan(folder=good.path, as_of=None)
        assert (plan.lists[0].layout, plan.lists[0].institution) == (None, None)

    def test_an_as_of_given_outranks_it(self, good: Folder) -> None:
        assert read_plan(folder=good.plan().path, as_of=date(2020, 12, 31)).as_of == date(2020, 12, 31)

    @pytest.mark.parametrize("text", ["2021-04-30", "2021-04-30 00:00:00", "'2021-04-30'"])
    def test_a_date_may_be_written_as_yaml_has_it(self, good: Folder, text: str) -> None:
        good.write("run.yaml", f"as_of: {text}\nregister: register.csv\nlists: kur.csv\n")
        assert read_plan(folder=good.path, as_of=None).as_of == AS_OF

    def test_backslashes_of_windows_are_read(self, good: Folder) -> None:
        good.list("kur", SITI.row("kur"), name="sub/kur2.csv")
        good.plan(lists=[{"file": "sub\\kur2.csv"}, {"file": ".\\kur.csv"}])
        assert names(read_plan(folder=good.path, as_of=None))[1] == ["kur.csv", "sub/kur2.csv"]

    def test_the_order_of_files_decides_nothing(self, good: Folder) -> None:
        good.list("prakerja", SITI.row("prakerja"))
        first = read_plan(folder=good.plan().path, as_of=None)
        assert read_plan(folder=good.plan(lists=good.lists[::-1]).path, as_of=None) == first


class TestBranches:
    @pytest.mark.parametrize(
        "content",
        [
            "branch,region_code\nPematangsiantar,1272\n",
            "region_code;keterangan;branch\r\n12.72;x;Pematangsiantar\r\n",
            "\ufeffBranch\tRegion_Code\nPematangsiantar\t1272\n\n",
            "branch,region_code\nPematangsiantar,1272\n".encode("utf-16"),
        ],
    )
    def test_are_read_as_people_send_them(self, good: Folder, content: str | bytes) -> None:
        good.write("cabang.csv", content)
        result = good.plan(branches="cabang.csv").run()
        assert result.group("by_branch", branch="Pematangsiantar")["people"] == 1

    def test_may_be_none_yet(self, good: Folder) -> None:
        good.write("cabang.csv", "branch,region_code\n")
        assert good.plan(branches="cabang.csv").run().summary["by_branch"] == []

    @pytest.mark.parametrize(
        ("content", "says"),
        [
            (b"", "empty"),
            (b"cabang,kode\nPematangsiantar,1272\n", "branch, region_code is missing"),
            (b"branch,region_code,branch\na,1272,b\n", "twice"),
            (b"branch,region_code\nMedan,12\n", "fewer than four digits"),
            (b"branch,region_code\n,1271\n", "no name"),
            (b"branch,region_code\nMedan,1271,x,y\n", "cannot be split"),
            (b"branch,region_code\nMe\x00dan,1271\n", "cannot be split"),
        ],
    )
    def test_that_cannot_be_understood(self, good: Folder, content: bytes, says: str) -> None:
        good.write("cabang.csv", content)
        with pytest.raises(Complaint, match=says):
            good.plan(branches="cabang.csv").run()
        assert not (good.path / "out").exists()


def test_a_second_run_is_not_done_again(good: Folder) -> None:
    assert not good.run().done_before
    assert good.run().done_before
    assert not good.run(force=True).done_before


CHANGES: dict[str, Callable[[Folder], object]] = {
    "list": lambda folder: folder.write("kur.csv", (folder.path / "kur.csv").read_bytes() + b"\n"),
    "register": lambda folder: folder.write("register.csv", (folder.path / "register.csv").read_bytes() + b"\n"),
    "institution": lambda folder: folder.plan(lists=[{"file": "kur.csv", "layout": "kur", "institution": "BNI"}]),
    "as_of": lambda folder: folder.plan(as_of="2021-03-31"),
    "key": lambda folder: folder.plan(id_key="kunci"),
    "branches": lambda folder: folder.write("branches.csv", "branch,region_code\nMedan,1271\n"),
    "decisions": lambda folder: folder.write("decisions.csv", "left,right,same\nkur.csv:2,00000000000,ya\n"),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_second_run_is_done_when_something_changed(good: Folder, what: str) -> None:
    good.settings |= {"branches": "branches.csv", "decisions": "decisions.csv"}
    good.write("branches.csv", "branch,region_code\n")
    good.write("decisions.csv", "left,right,same\n")
    good.run()
    CHANGES[what](good)
    assert not good.run().done_before
    assert good.run().done_before


def test_a_second_run_is_done_when_an_output_is_gone(good: Folder) -> None:
    result = good.run()
    (result.out / "links.parquet").unlink()
    assert not good.run().done_before


class TestColumnsMappedByHand:
    def test_a_list_is_read_by_them(self, folder: Folder) -> None:
        row = BUDI.row("kur")
        folder.register(BUDI.row("register"))
        folder.write("kur.csv", ",".join({**row, "nomor": ""}) + "\n" + ",".join([*row.values(), SITI.nik]) + "\n")
        entry = {"file": "kur.csv", "layout": "kur", "columns": {"nik": "Nomor"}}
        (person,) = folder.plan(lists=[entry]).run().people
        assert person["nik"] == SITI.nik

    def test_another_mapping_is_other_work(self, good: Folder) -> None:
        good.run()
        entry = {"file": "kur.csv", "layout": "kur", "columns": {"jenis_kelamin": ""}}
        assert not good.plan(lists=[entry]).run().done_before

    @pytest.mark.parametrize("columns", [["nama"], {"namanya": "Nasabah"}])
    def test_an_unclear_mapping_is_told(self, good: Folder, columns: object) -> None:
        good.plan(lists=[{"file": "kur.csv", "layout": "kur", "columns": columns}])
        with pytest.raises(Complaint) as told:
            read_plan(folder=good.path, as_of=AS_OF)
        assert "columns" in told.value.where
