"""A tiny office for tests: hand-made lists and a register, a run over them, what came out. All people are invented."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from jangkau.cli import main
from jangkau.complaints import Text
from jangkau.gaps.run import Outcome, Settings, run

AS_OF = date(2021, 4, 30)
_PERSON = ["nik", "nama", "tanggal_lahir", "jenis_kelamin"]
_MEMBERSHIP = ["segmen", "tanggal_mulai", "lunas_sampai", "tanggal_berhenti"]
COLUMNS = {
    "register": ["kpj", *_PERSON, *_MEMBERSHIP, "kode_wilayah", "nama_ibu", "meninggal"],
    "kur": [*_PERSON, "kode_wilayah", "skema", "plafon", "tanggal_akad", "bank", "pekerjaan", "meninggal"],
    "prakerja": [*_PERSON, "gelombang", "tanggal_penetapan", "kode_wilayah", "status_bekerja", "pekerjaan"],
    "non_asn": [*_PERSON, "instansi", "tanggal_mulai", "kode_wilayah", "pekerjaan"],
    "village": [*_PERSON, "jabatan", "kode_desa", "pekerjaan"],
}
USUAL = {
    "register": {"segmen": "BPU", "tanggal_mulai": "2019-01-01", "lunas_sampai": "2021-04"},
    "kur": {"skema": "mikro", "plafon": "25000000", "tanggal_akad": "2021-02-01", "bank": "BRI"},
    "prakerja": {"gelombang": "4", "tanggal_penetapan": "2020-08-10", "status_bekerja": "ya"},
    "non_asn": {"instansi": "Dinas Pasar", "tanggal_mulai": "2018-01-01"},
    "village": {"jabatan": "Kaur Umum", "kode_desa": "12.08.01.2001"},
}


@dataclass(frozen=True)
class Somebody:
    """A person who exists only here. The NIK follows from birth date, sex and number, as NIKs do."""

    name: str
    born: date
    sex: str = "L"
    number: int = 1
    district: str = "127201"
    region: str = "1272"

    @property
    def nik(self) -> str:
        day = self.born.day + (40 if self.sex == "P" else 0)
        return f"{self.district}{day:02d}{self.born:%m%y}{self.number:04d}"

    @property
    def kpj(self) -> str:
        return f"{int(self.nik[6:12]) * 10 + self.number:011d}"

    def row(self, layout: str, **cells: str | None) -> dict[str, str]:
        """His row of a list; ``cells`` are what is different on this one (None: empty)."""
        usual = USUAL[layout] | {
            "kpj": self.kpj,
            "nik": self.nik,
            "nama": self.name,
            "tanggal_lahir": self.born.isoformat(),
            "jenis_kelamin": self.sex,
            "kode_wilayah": self.region,
        }
        given = {name: value or "" for name, value in cells.items()}
        assert set(given) <= set(COLUMNS[layout]), f"{layout} has no {set(given) - set(COLUMNS[layout])}"
        return {name: (usual | given).get(name, "") for name in COLUMNS[layout]}

    def called(self, name: str) -> Somebody:
        return replace(self, name=name)

    def born_on(self, day: date) -> Somebody:
        return replace(self, born=day)


BUDI = Somebody("BUDI HARTONO SIREGAR", date(1985, 8, 17), "L", 11)
SITI = Somebody("SITI AMINAH PURBA", date(1990, 4, 12), "P", 12)
JONI = Somebody("JONI PARLINDUNGAN DAMANIK", date(1978, 11, 3), "L", 13)
RINA = Somebody("RINA MARLINA TAMPUBOLON", date(1982, 1, 25), "P", 14)
# Others who fill the register, so that a name is not rare because there are only three.
CROWD = tuple(
    Somebody(name, date(1960 + 3 * i % 40, 1 + i % 12, 1 + 7 * i % 28), "LP"[i % 2], 100 + i, "127102", "1271")
    for i, name in enumerate(
        (
            "TUGIMAN RASYID", "NURLELA HASIBUAN", "POLTAK SIMANJUNTAK", "DEWI LESTARI GINTING", "AGUS SALIM NASUTION",
            "MARIA WALANDOUW", "FERRY RUMENGAN", "SRI WAHYUNI", "HASAN BASRI LUBIS", "YULIANA MANOPPO", "KARTIKA SARI",
            "RUDI HERMAWAN", "LINDA TAMBUNAN", "EKO PRASETYO", "ROSDIANA SITEPU", "MANGASI SINAGA", "FATIMAH ZAHRA",
            "DARWIN SEMBIRING", "NOVITA LUMENTUT", "ZULKIFLI HARAHAP",
        )
    )
)  # fmt: skip


class Folder:
    """A folder of an office. Lists are written as CSV; ``run.yaml`` names them unless told otherwise."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(parents=True, exist_ok=True)
        self.lists: list[dict[str, str]] = []
        self.registers: list[dict[str, str]] = []
        self.settings: dict[str, object] = {"as_of": AS_OF.isoformat()}

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def register(self, *rows: Mapping[str, str], name: str = "register.csv", crowd: bool = True) -> Folder:
        others = [person.row("register", lunas_sampai="2021-06") for person in CROWD] if crowd else []
        self.write(name, as_csv([*rows, *others], COLUMNS["register"]))
        self.registers.append({"file": name, "layout": "register"})
        return self

    def list(
        self, layout: str, *rows: Mapping[str, str], name: str = "", institution: str = "", without: Sequence[str] = ()
    ) -> Folder:
        name = name or f"{layout}.csv"
        self.write(name, as_csv(rows, [column for column in COLUMNS[layout] if column not in without]))
        entry = {"file": name, "layout": layout}
        self.lists.append(entry | ({"institution": institution} if institution else {}))
        return self

    def plan(self, **settings: object) -> Folder:
        """Write run.yaml. Done by ``run`` and ``jangkau`` when it is not there."""
        value: dict[str, object] = {**self.settings, "register": self.registers, "lists": self.lists, **settings}
        # JSON is YAML
        self.write("run.yaml", json.dumps({k: v for k, v in value.items() if v is not None}))
        return self

    def run(
        self, *, as_of: date | None = None, out: Path | None = None, force: bool = False, previous: Path | None = None
    ) -> Result:
        """Through the API."""
        if not (self.path / "run.yaml").exists():
            self.plan()
        outcome = run(
            folder=self.path,
            out=out,
            as_of=as_of,
            settings=Settings(threads=1, force=force, previous=previous),
            clock=lambda: 0.0,
            progress=quiet,
        )
        return Result(outcome.out, outcome)

    def result(self) -> Result:
        """What the last run left in ``out``."""
        return Result(self.path / "out")

    def jangkau(self, *words: str) -> int:
        """Through the command line, in this process: the exit code."""
        if not (self.path / "run.yaml").exists():
            self.plan()
        return main(["run", str(self.path), *words])


def quiet(what: Text, done: int = 0, total: int | None = None) -> None:
    """Progress that nobody sees."""


def as_csv(rows: Sequence[Mapping[str, str]], columns: Sequence[str], delimiter: str = ",") -> str:
    stream = io.StringIO()
    writer = csv.DictWriter(stream, columns, extrasaction="ignore", delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


class Result:
    """What a run left."""

    def __init__(self, out: Path, outcome: Outcome | None = None) -> None:
        self.out = out
        self.done_before = outcome is not None and outcome.done_before
        self.warnings = outcome.warnings if outcome else ()
        self.summary: dict[str, Any] = self.json("summary.json")

    def json(self, name: str) -> dict[str, Any]:
        value: dict[str, Any] = json.loads((self.out / name).read_text(encoding="utf-8"))
        return value

    def rows(self, name: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = pq.read_table(self.out / f"{name}.parquet").to_pylist()
        return rows

    @property
    def people(self) -> list[dict[str, Any]]:
        return self.rows("people")

    def person(self, somebody: Somebody) -> dict[str, Any]:
        """The one person with this NIK."""
        found = [row for row in self.people if row["nik"] == somebody.nik]
        assert len(found) == 1, f"{len(found)} people"
        return found[0]

    def status(self, somebody: Somebody) -> str:
        return str(self.person(somebody)["status"])

    def group(self, by: str, **key: object) -> dict[str, Any]:
        """The entry of a ``by_`` list with this key."""
        found = [entry for entry in self.summary[by] if all(entry[k] == v for k, v in key.items())]
        assert len(found) == 1, f"{len(found)} of {by} with {key}: {[list(e.values())[:2] for e in self.summary[by]]}"
        entry: dict[str, Any] = found[0]
        return entry
