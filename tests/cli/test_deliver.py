"""`jangkau deliver`: the same action as the upload page, from the command line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

KUR = (
    "NIK,Nama,Tanggal Lahir,Skema,Plafon,Tanggal Akad,Bank\n"
    "1272015204900002,SITI AMINAH,1990-04-12,kecil,60000000,2021-02-06,BRI\n"
)


def _jangkau(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    known = {name: value for name, value in os.environ.items() if not name.startswith(("JANGKAU", "DATABASE_URL"))}
    return subprocess.run(
        [sys.executable, "-m", "jangkau", "deliver", *words, "--home", str(home)],
        capture_output=True, text=True, check=False, env=known, timeout=300,
    )  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rumah")
    for above in (folder, *folder.parents[:2]):
        above.chmod(0o711)  # the server runs as another user when we are root
    return folder


def test_a_file_is_delivered_and_told_when_it_comes_again(home: Path, tmp_path: Path) -> None:
    from jangkau.platform.database import embedded, with_database
    from jangkau.platform.home import Home

    file = tmp_path / "kur_bri.csv"
    file.write_text(KUR)
    unknown = _jangkau(home, str(file), "--institution", "BRI", "--layout", "kur")
    assert (unknown.returncode, "tidak dikenal" in unknown.stderr) == (2, True), unknown.stderr
    with embedded(home=Home(home)) as server:
        with psycopg.connect(with_database(address=server.address, database="jangkau"), autocommit=True) as connection:
            connection.execute(
                "INSERT INTO offices_institution (code, name, kind, region) VALUES ('bri', 'Bank BRI', 'bank', '')"
            )
        first = _jangkau(home, str(file), "--institution", "BRI", "--layout", "kur")
        again = _jangkau(home, str(file), "--institution", "Bank BRI", "--layout", "kur")
        with psycopg.connect(with_database(address=server.address, database="jangkau")) as connection:  # left running
            rows = connection.execute("SELECT layout, state, file_name FROM intake_delivery").fetchall()
            jobs = connection.execute("SELECT task_name FROM procrastinate_jobs").fetchall()
    assert (first.returncode, again.returncode) == (0, 0), first.stderr + again.stderr
    assert "diterima dan akan diperiksa" in first.stdout
    assert "Tidak ada yang berubah" in again.stdout
    assert rows == [("kur", "received", "kur_bri.csv")]
    assert jobs == [("intake.check",)]
    assert next(home.glob("deliveries/??/*/*.csv")).read_text() == KUR
    assert list((home / "uploads").iterdir()) == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["tidak-ada.csv", "--institution", "BRI"], "Berkas tidak ditemukan"),
        (["tidak-ada.csv"], "Belum diisi"),
        (["tidak-ada.csv", "--institution", "BRI", "--layout", "lain"], "pilih salah satu"),
    ],
)
def test_what_is_missing_is_told(home: Path, words: list[str], told: str) -> None:
    answer = _jangkau(home, *words)
    assert answer.returncode == 2
    assert told in answer.stderr
    assert "Traceback" not in answer.stderr
