"""`jangkau run` from outside: what it says and leaves, and one plain message for every file or folder that is wrong."""

from __future__ import annotations

import gzip
import io
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jangkau.cli import main
from jangkau.complaints import Text
from jangkau.gaps.steps import Clockwork
from tests.gaps.office import BUDI, COLUMNS, SITI, Folder, Result, as_csv

LABELS = {"id": ("Masalah", "Di", "Sebab", "Saran"), "en": ("Problem", "Where", "Why", "What to do")}


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "kantor")


@pytest.fixture
def good(folder: Folder) -> Folder:
    """One list and a register with which nothing is wrong."""
    return folder.register(BUDI.row("register")).list("kur", BUDI.row("kur"), SITI.row("kur"))


@pytest.fixture
def complains(capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Runs; expects exit code 2, one whole message in both languages and nothing left. Gives the English one."""

    def expect(folder: Folder, *words: str, says: str) -> str:
        before = listing(folder.path)
        for language in ("id", "en"):
            code = folder.jangkau(*words, "--lang", language)
            message = capsys.readouterr().err
            shown = [line for line in message.splitlines() if " : " in line]
            assert code == 2, message
            assert [line.split(" : ")[0].strip() for line in shown] == list(LABELS[language]), message
            assert all(line.split(" : ", 1)[1].strip() for line in shown), message
            assert "Traceback" not in message
        assert re.search(says, message, re.IGNORECASE), message
        assert listing(folder.path) - before <= {"run.yaml", ".out.lock"}
        return message

    return expect


def listing(path: Path) -> set[str]:
    return {found.relative_to(path).as_posix() for found in path.rglob("*")} if path.is_dir() else set()


def workbook(*rows: list[object]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def zipped(*members: tuple[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return stream.getvalue()


def kur(*columns: str) -> bytes:
    return as_csv([BUDI.row("kur")], columns or COLUMNS["kur"]).encode()


def excel(**cells: object) -> bytes:
    row = BUDI.row("kur") | cells
    return workbook(list(row), list(row.values()))


def parquet(**columns: pa.Array) -> bytes:
    stream = io.BytesIO()
    row = {name: pa.array([value]) for name, value in BUDI.row("kur").items()}
    pq.write_table(pa.table(row | columns), stream)
    return stream.getvalue()


# Excel writes a workbook with a password as an OLE file that holds a stream of this name.
LOCKED = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 504 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600

BAD_FILES = {
    "empty": ("kur.csv", b"", "empty"),
    "header only": ("kur.csv", kur().splitlines()[0], "header only"),
    "no recognisable header": ("kur.csv", b"apel,jeruk\n1,2\n3,4\n", "header"),
    "required column missing": (
        "kur.csv",
        kur(*(c for c in COLUMNS["kur"] if c != "bank")),
        "required column missing: bank",
    ),
    "which header looks like it": (
        "kur.csv",
        kur().replace(b"bank", b"bnk"),
        "looks like bank",
    ),
    "same column twice": ("kur.csv", kur().replace(b"pekerjaan", b"No. KTP"), "same column twice: nik"),
    "password-protected XLSX": ("kur.xlsx", LOCKED, "password|cannot be opened|damaged"),
    "corrupt XLSX": ("kur.xlsx", excel()[:-600], "damaged|corrupt|cannot be opened"),
    "formulas with errors in a required column": ("kur.xlsx", excel(bank="=1/0"), "formula"),
    "zip with a path outside": ("kur.zip", zipped(("../kur.csv", kur())), "outside"),
    "zip bomb": ("kur.zip", zipped(("kur.csv", kur() + b" " * (128 * 2**20))), "bomb|grows|unpack"),
    "zip with several files": ("kur.zip", zipped(("a.csv", kur()), ("b.csv", kur())), "several"),
    "truncated gz": ("kur.csv.gz", gzip.compress(kur() * 50)[:-20], "incomplete|truncated|ends|whole"),
    "Parquet of a type that cannot be converted": (
        "kur.parquet",
        parquet(nik=pa.array([[1, 2]])),
        "type of column nik",
    ),
    "all rows refused": ("kur.csv", kur().replace(b"2021-02-01", b"2021-02-31"), "all rows"),
}


@pytest.mark.parametrize("fault", BAD_FILES)
def test_a_bad_list_is_one_message(folder: Folder, complains: Callable[..., str], fault: str) -> None:
    name, content, says = BAD_FILES[fault]
    folder.register(BUDI.row("register"))
    folder.write(name, content)
    folder.lists.append({"file": name, "layout": "kur"})
    assert name in complains(folder, says=says)


@pytest.mark.parametrize("fault", ["empty", "header only", "no recognisable header", "truncated gz"])
def test_a_bad_list_that_must_be_recognised_is_one_message(
    folder: Folder, complains: Callable[..., str], fault: str
) -> None:
    name, content, says = BAD_FILES[fault]
    folder.register(BUDI.row("register"))
    folder.write(name, content)
    folder.plan = lambda **_: folder  # type: ignore[method-assign]
    assert name in complains(folder, "--as-of", "2021-04-30", says=says)


class TestFolder:
    def test_that_is_not_there(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["run", str(tmp_path / "tidak-ada"), "--lang", "en"]) == 2
        assert "no such folder" in capsys.readouterr().err

    def test_that_is_a_file(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (tmp_path / "kur.csv").write_bytes(kur())
        assert main(["run", str(tmp_path / "kur.csv"), "--lang", "en"]) == 2
        assert "not a folder" in capsys.readouterr().err

    def test_without_register(self, folder: Folder, complains: Callable[..., str]) -> None:
        complains(folder.list("kur", BUDI.row("kur")), says="no membership register")

    def test_without_register_to_recognise(self, good: Folder, complains: Callable[..., str]) -> None:
        (good.path / "register.csv").unlink()
        good.plan = lambda **_: good  # type: ignore[method-assign]
        complains(good, "--as-of", "2021-04-30", says="no membership register")

    def test_without_lists(self, folder: Folder, complains: Callable[..., str]) -> None:
        complains(folder.register(BUDI.row("register")), says="no list")

    def test_that_is_empty(self, folder: Folder, complains: Callable[..., str]) -> None:
        folder.plan = lambda **_: folder  # type: ignore[method-assign]
        complains(folder, "--as-of", "2021-04-30", says="no membership register")


class TestAsOf:
    def test_nowhere(self, good: Folder, complains: Callable[..., str]) -> None:
        complains(good.plan(as_of=None), says="no as_of")

    def test_nowhere_and_no_run_yaml(self, good: Folder, complains: Callable[..., str]) -> None:
        good.plan = lambda **_: good  # type: ignore[method-assign]
        complains(good, says="no as_of")

    @pytest.mark.parametrize(
        "day", ["1900-01-01", "1977-01-01", "1990-01-01", "2010-06-30", "2030-01-01", "9999-12-31"]
    )
    def test_before_or_after_everything(self, good: Folder, complains: Callable[..., str], day: str) -> None:
        assert day in complains(good, "--as-of", day, says="as_of does not fit")

    @pytest.mark.parametrize("day", ["30-04-2021", "kemarin", "2021-02-30", ""])
    def test_that_is_no_date(self, good: Folder, complains: Callable[..., str], day: str) -> None:
        complains(good, "--as-of", day, says="YYYY-MM-DD")

    def test_that_is_no_date_in_run_yaml(self, good: Folder, complains: Callable[..., str]) -> None:
        complains(good.plan(as_of="akhir April"), says="not a date")

    def test_on_the_command_line_goes_before_run_yaml(self, good: Folder) -> None:
        assert good.jangkau("--as-of", "2021-03-31") == 0
        assert Result(good.path / "out").summary["as_of"] == "2021-03-31"


class TestRunYaml:
    @pytest.mark.parametrize(
        ("text", "says"),
        [
            ("", "table of name: value"),
            ("- a\n- b\n", "table of name: value"),
            ("hanya kata", "table of name: value"),
            ("as_of: [2021", "not valid YAML"),
            ("as_of: 2021-04-30\nlists:\n\t- {file: kur.csv}\n", "tab"),
            ("as_of: 2021-04-31\n", "date that does not exist"),
            ("as_of: 2021-04-30\nregisters: x.csv\n", "perhaps it should be: register"),
            ("as_of: 2021-04-30\nas_of: 2021-05-31\n", "twice"),
            ("as_of: 2021-04-30\nregister: 7\n", "each entry needs 'file'"),
            ("as_of: 2021-04-30\nlists: [{layout: kur}]\n", "each entry needs 'file'"),
            ("as_of: 2021-04-30\nlists: [{file: kur.csv, layot: kur}]\n", "perhaps it should be: layout"),
            ("as_of: 2021-04-30\nlists: [{file: kur.csv, layout: koperasi}]\n", "no such layout"),
            ("as_of: 2021-04-30\nlists: [{file: kurr.csv}]\n", r"spelling.*kur\.csv"),
            ("as_of: 2021-04-30\nregister: {file: register.csv, layout: kur}\n", "no such layout"),
            ("as_of: 2021-04-30\nlists: ['" + "k" * 4000 + "']\n", "is not there"),
            ("as_of: 2021-04-30\nlists: ['kur.csv\\0']\n", "is not there"),
            ("as_of: 2021-04-30\nbranches: tidak-ada.csv\nlists: kur.csv\nregister: register.csv\n", "is not there"),
            (b"as_of: 2021-04-30\n# \xff\xfe\n", "not valid YAML"),
        ],
    )
    def test_that_cannot_be_understood(
        self, good: Folder, complains: Callable[..., str], text: str | bytes, says: str
    ) -> None:
        good.write("run.yaml", text)
        assert "run.yaml" in complains(good, says=says)

    def test_with_a_byte_order_mark_and_windows_line_ends(self, good: Folder) -> None:
        lines = ["as_of: 2021-04-30", "register: {file: register.csv}", "lists:", "  - file: kur.csv", ""]
        good.write("run.yaml", b"\xef\xbb\xbf" + "\r\n".join(lines).encode())
        assert good.jangkau() == 0

    def test_from_a_windows_editor_in_utf_16(self, good: Folder) -> None:
        good.write("run.yaml", "as_of: 2021-04-30\nregister: register.csv\nlists: kur.csv\n".encode("utf-16"))
        assert good.jangkau() == 0

    def test_under_another_name_is_not_overlooked(self, good: Folder, complains: Callable[..., str]) -> None:
        (good.plan().path / "run.yaml").rename(good.path / "run.yml")
        good.plan = lambda **_: good  # type: ignore[method-assign]
        complains(good, "--as-of", "2021-04-30", says="rename it to run.yaml")

    def test_that_calls_a_list_a_register(self, good: Folder, complains: Callable[..., str]) -> None:
        good.registers[:] = [{"file": "kur.csv"}]
        complains(good, says="required column missing")

    def test_that_calls_a_register_a_list(self, good: Folder, complains: Callable[..., str]) -> None:
        good.list("kur", SITI.row("kur"), name="lain.csv")
        good.lists[0] = {"file": "register.csv"}
        complains(good, says="it is a register, not a list")

    @pytest.mark.parametrize("name", ["truth/kur.csv", "out/kur.csv", "./sub/../truth/kur.csv"])
    def test_may_not_name_truth_or_out(self, good: Folder, complains: Callable[..., str], name: str) -> None:
        good.write(name.rsplit("/", 2)[-2] + "/kur.csv", kur())
        good.lists.append({"file": name})
        complains(good, says="never read")


class TestPaths:
    def test_a_list_outside_the_folder_is_read_if_it_is_named_and_called_by_its_bare_name(self, good: Folder) -> None:
        outside = good.path.parent / "lain.csv"
        outside.write_text(as_csv([SITI.row("prakerja")], COLUMNS["prakerja"]), encoding="utf-8")
        good.lists.append({"file": "../lain.csv", "layout": "prakerja"})
        before = {path.name for path in good.path.parent.iterdir()}
        assert good.jangkau() == 0
        result = Result(good.path / "out")
        assert [entry["file"] for entry in result.summary["by_list"]] == ["kur.csv", "lain.csv"]
        assert str(outside.parent) not in (good.path / "out" / "manifest.json").read_text(encoding="utf-8")
        assert {path.name for path in good.path.parent.iterdir()} == before

    def test_refused_rows_of_a_list_outside_are_written_inside(self, good: Folder) -> None:
        rows = [SITI.row("prakerja"), SITI.row("prakerja", nik=None, tanggal_lahir=None)]
        outside = good.path.parent / "lain.csv"
        outside.write_text(as_csv(rows, COLUMNS["prakerja"]), encoding="utf-8")
        good.lists.append({"file": str(outside), "layout": "prakerja"})
        assert good.jangkau() == 0
        assert (good.path / "out" / "refused" / "lain.csv.csv").is_file()

    def test_two_files_of_one_name_are_told(self, good: Folder, complains: Callable[..., str]) -> None:
        (good.path.parent / "kur.csv").write_bytes(kur())
        good.lists.append({"file": "../kur.csv", "layout": "kur"})
        complains(good, says="same name")

    def test_a_folder_named_like_a_list(self, good: Folder, complains: Callable[..., str]) -> None:
        (good.path / "lagi.csv").mkdir()
        good.lists.append({"file": "lagi.csv", "layout": "kur"})
        complains(good, says="is not there")

    def test_blanks_quotes_and_letters_of_other_scripts(self, tmp_path: Path) -> None:
        folder = Folder(tmp_path / "data 'Céleste' 数据")
        folder.register(BUDI.row("register"), name="registér 'a'.csv").list(
            "kur", BUDI.row("kur"), name='kur "b" é.csv'
        )
        assert folder.jangkau() == 0
        assert Result(folder.path / "out").summary["by_list"][0]["file"] == 'kur "b" é.csv'

    def test_out_goes_where_it_is_told(self, good: Folder, tmp_path: Path) -> None:
        assert good.jangkau("--out", str(tmp_path / "a" / "hasil")) == 0
        assert (tmp_path / "a" / "hasil" / "summary.json").is_file()
        assert not (good.path / "out").exists()

    def test_out_is_never_the_folder_itself(self, good: Folder, complains: Callable[..., str]) -> None:
        complains(good, "--out", str(good.path), says="did not write")
        assert (good.path / "kur.csv").is_file()

    def test_out_that_holds_other_things_is_left_alone(self, good: Folder, complains: Callable[..., str]) -> None:
        other = good.path.parent / "foto"
        other.mkdir()
        (other / "anak.jpg").write_bytes(b"x")
        complains(good, "--out", str(other), says="did not write")
        assert listing(other) == {"anak.jpg"}


class TestSameFileTwice:
    def test_named_twice_counts_once(self, good: Folder, capsys: pytest.CaptureFixture[str]) -> None:
        good.lists.append(good.lists[0])
        assert good.jangkau("--lang", "en") == 0
        assert "kur.csv is listed twice; it counts once." in capsys.readouterr().out
        assert Result(good.path / "out").summary["rows"]["read"] == 2

    def test_under_two_names_counts_once(self, good: Folder, capsys: pytest.CaptureFixture[str]) -> None:
        shutil.copy(good.path / "kur.csv", good.path / "salinan.csv")
        good.lists.append({"file": "salinan.csv", "layout": "kur"})
        assert good.jangkau() == 0
        assert "salinan.csv isinya sama persis dengan kur.csv; dihitung sekali." in capsys.readouterr().out
        assert Result(good.path / "out").summary["rows"]["read"] == 2

    def test_the_register_too(self, good: Folder) -> None:
        good.registers *= 2
        assert good.jangkau() == 0
        assert Result(good.path / "out").summary["register"]["read"] == 21


class TestSettings:
    @pytest.mark.parametrize("number", ["0", "-1", "dua", "1000000", "2.5"])
    def test_threads_that_cannot_be(self, good: Folder, complains: Callable[..., str], number: str) -> None:
        complains(good, f"--threads={number}", says="from 1 to")

    @pytest.mark.parametrize("size", ["nonsense", "8", "banyak GB"])
    def test_memory_that_cannot_be(self, good: Folder, complains: Callable[..., str], size: str) -> None:
        complains(good, "--memory", size, says="memory limit cannot be understood")

    def test_memory_that_is_not_enough(self, good: Folder, complains: Callable[..., str]) -> None:
        complains(good, "--memory", "0GB", says="not enough memory")

    def test_little_memory_is_enough_for_little(self, good: Folder) -> None:
        assert good.jangkau("--memory", "100MB", "--threads", "1") == 0


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
class TestPermissions:
    """Root may everything, so he runs without that power."""

    def run(self, folder: Folder, *words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "jangkau", "run", str(folder.path), "--lang", "en", *words]
        if os.geteuid() == 0:
            power = "-dac_override,-dac_read_search"
            if not shutil.which("setpriv"):
                pytest.skip("without setpriv root can read everything")
            command = ["setpriv", f"--inh-caps={power}", f"--bounding-set={power}", "--", *command]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    def test_a_file_that_may_not_be_read(self, good: Folder) -> None:
        (good.plan().path / "kur.csv").chmod(0)
        answer = self.run(good, "--out", str(good.path.parent / "hasil"))
        assert (answer.returncode, "cannot be opened" in answer.stderr) == (2, True), answer.stderr

    def test_a_folder_that_may_not_be_written(self, good: Folder) -> None:
        good.plan().path.chmod(0o555)
        answer = self.run(good)
        assert (answer.returncode, "cannot be written" in answer.stderr) == (2, True), answer.stderr

    def test_a_folder_that_may_not_be_written_is_enough_with_out_elsewhere(self, good: Folder) -> None:
        elsewhere = good.path.parent / "boleh"
        elsewhere.mkdir()
        good.plan().path.chmod(0o555)
        answer = self.run(good, "--out", str(elsewhere / "hasil"))
        assert answer.returncode == 0, answer.stderr
        assert listing(good.path) == {"kur.csv", "register.csv", "run.yaml"}


class TestChanging:
    """A file that changes after the input files were looked at, for each of the two runs anew."""

    @pytest.mark.parametrize("change", ["grows", "vanishes", "is replaced"])
    def test_file_is_told(
        self, good: Folder, complains: Callable[..., str], change: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = good.path / "kur.csv"
        whole = path.read_bytes()
        step = Clockwork.step

        @contextmanager
        def meddled_with(clockwork: Clockwork, name: str, what: Text) -> Iterator[None]:
            if name == "hash":
                path.write_bytes(whole)
            elif name == "read":
                if change == "grows":
                    path.write_bytes(whole + whole.splitlines()[1] + b"\n")
                elif change == "vanishes":
                    path.unlink()
                else:
                    path.write_bytes(whole.replace(b"SIREGAR", b"SINAGA"))
            try:
                with step(clockwork, name, what):
                    yield
            finally:
                if not path.exists():
                    path.write_bytes(whole)

        monkeypatch.setattr(Clockwork, "step", meddled_with)
        complains(good, says="changed|not there")


class TestWords:
    def test_the_result_is_shown_in_indonesian_unless_asked(
        self, good: Folder, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert good.jangkau() == 0
        shown = capsys.readouterr()
        assert "1 orang belum terlindungi per 2021-04-30" in shown.out
        assert "1272 Kota Pematangsiantar" in shown.out
        assert str(good.path / "out" / "report.html") in shown.out
        assert "Membaca kur.csv" in shown.err

    def test_lang_en_changes_words_and_no_file(self, good: Folder, capsys: pytest.CaptureFixture[str]) -> None:
        assert good.jangkau() == 0
        before = Result(good.path / "out").json("manifest.json")["outputs"]
        assert good.jangkau("--lang", "en", "--force") == 0
        assert "1 people are not protected on 2021-04-30" in capsys.readouterr().out
        assert Result(good.path / "out").json("manifest.json")["outputs"] == before

    def test_refused_rows_do_not_stop_the_run(self, good: Folder, capsys: pytest.CaptureFixture[str]) -> None:
        good.list("prakerja", SITI.row("prakerja", tanggal_lahir="31-02-1990"), BUDI.row("prakerja"))
        assert good.jangkau() == 0
        assert "1 baris ditolak" in capsys.readouterr().out
        refused = (good.path / "out" / "refused" / "prakerja.csv.csv").read_text(encoding="utf-8-sig")
        assert "31-02-1990" in refused

    def test_a_second_run_says_that_there_is_nothing_to_do(
        self, good: Folder, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert good.jangkau("--lang", "en") == 0
        capsys.readouterr()
        assert good.jangkau("--lang", "en") == 0
        shown = capsys.readouterr().out
        assert "unchanged" in shown
        assert "1 people are not protected" in shown
