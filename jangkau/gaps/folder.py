"""What a folder asks for: run.yaml read and checked, or the files in it recognised."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml

from jangkau.complaints import Complaint, Text
from jangkau.lists import recognise

RUN_FILE = "run.yaml"
SET_ASIDE = frozenset({"out", "truth"})
READABLE = (".csv", ".txt", ".xlsx", ".xls", ".xlsm", ".parquet", ".zip", ".gz")
LAYOUTS = ("register", "kur", "prakerja", "non_asn", "village")
KEYS = {"as_of", "register", "lists", "branches", "decisions", "id_key"}


@dataclass(frozen=True)
class Source:
    """A file to read. ``name`` is its path in the folder, with forward slashes; layout None: recognise it."""

    name: str
    path: Path
    layout: str | None
    institution: str | None


@dataclass(frozen=True)
class Plan:
    """What a run reads. ``warnings`` are shown and change no figure."""

    folder: Path
    as_of: date
    register: tuple[Source, ...]
    lists: tuple[Source, ...]
    branches: Path | None
    decisions: Path | None
    id_key: str | None
    warnings: tuple[Text, ...] = ()

    @property
    def inputs(self) -> tuple[tuple[str, Path], ...]:
        """Every input with its name in the manifest."""
        files = [(s.name, s.path) for s in self.register + self.lists]
        return tuple(files + [(p.name, p) for p in (self.branches, self.decisions) if p])

    def without(self, names: frozenset[str], warnings: tuple[Text, ...]) -> Plan:
        """The same plan with these lists left out."""
        return replace(
            self, lists=tuple(s for s in self.lists if s.name not in names), warnings=self.warnings + warnings
        )


def read_plan(*, folder: Path, as_of: date | None) -> Plan:
    """The plan of a folder; ``as_of`` given here outranks run.yaml. Complaint for anything that cannot be understood."""
    if not folder.is_dir():
        raise Complaint(
            what=Text("Folder tidak ditemukan.", "There is no such folder."),
            where=str(folder),
            why=Text("Jalur ini bukan folder.", "This path is not a folder."),
            do=Text(
                "Periksa nama folder, atau buat contoh dengan: jangkau demo FOLDER",
                "Check its name, or make an example: jangkau demo FOLDER",
            ),
        )
    plan = _from_yaml(folder, as_of) if (folder / RUN_FILE).is_file() else _recognised(folder, as_of)
    if not plan.register:
        raise Complaint(
            what=Text("Folder ini tidak berisi register kepesertaan.", "This folder has no membership register."),
            where=str(folder),
            why=Text(
                "Tanpa register tidak dapat dikatakan siapa yang terlindungi.",
                "Without the register nobody can say who is protected.",
            ),
            do=Text(
                "Taruh berkas register (kolom kpj, nik, nama, tanggal_lahir, segmen, tanggal_mulai, lunas_sampai) di folder ini, dan sebut di run.yaml.",
                "Put the register file (columns kpj, nik, nama, tanggal_lahir, segmen, tanggal_mulai, lunas_sampai) here and name it in run.yaml.",
            ),
        )
    if not plan.lists:
        raise Complaint(
            what=Text("Folder ini tidak berisi daftar satu pun.", "This folder has no list."),
            where=str(folder),
            why=Text("Tidak ada orang yang dapat dicari di register.", "There is nobody to look for in the register."),
            do=Text(
                "Tambahkan paling sedikit satu daftar (KUR, Prakerja, non-ASN, desa).",
                "Add at least one list (KUR, Prakerja, non-ASN, village).",
            ),
        )
    return plan


def _setting_error(where: str, why: Text, do: Text) -> Complaint:
    return Complaint(
        what=Text("run.yaml tidak dapat dipahami.", "run.yaml cannot be understood."), where=where, why=why, do=do
    )


def _from_yaml(folder: Path, as_of: date | None) -> Plan:
    where = RUN_FILE
    try:
        data = yaml.safe_load((folder / RUN_FILE).read_text(encoding="utf-8-sig"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f" line {mark.line + 1}" if mark else ""
        raise _setting_error(
            where + line,
            Text("Isinya bukan YAML yang sah.", "It is not valid YAML."),
            Text(
                "Perbaiki baris itu; contoh ada di docs/reference/run.md.",
                "Mend that line; docs/reference/run.md has an example.",
            ),
        ) from None
    if not isinstance(data, dict):
        raise _setting_error(
            where,
            Text("Isinya bukan daftar nama: nilai.", "It is not a table of name: value."),
            Text("Lihat contoh di docs/reference/run.md.", "See the example in docs/reference/run.md."),
        )
    for key in data:
        if key not in KEYS:
            near = difflib.get_close_matches(str(key), KEYS, 1)
            hint = near[0] if near else ", ".join(sorted(KEYS))
            raise _setting_error(
                f"{where}: {key}",
                Text("Nama ini tidak dikenal.", "This name is not known."),
                Text(f"Barangkali maksudnya: {hint}", f"Perhaps it should be: {hint}"),
            )
    day = as_of or _date(data.get("as_of"), where)
    register, seen_register = _sources(folder, data.get("register"), "register", "register")
    lists, seen_lists = _sources(folder, data.get("lists"), "lists", None)
    id_key = data.get("id_key")
    return Plan(
        folder, day, register, lists,
        _optional(folder, data.get("branches"), "branches"),
        _optional(folder, data.get("decisions"), "decisions"),
        str(id_key) if id_key is not None else None,
        seen_register + seen_lists,
    )  # fmt: skip


def _date(value: object, where: str) -> date:
    if value is None:
        raise Complaint(
            what=Text("Tanggal acuan (as_of) tidak disebut di mana pun.", "No as_of date is given anywhere."),
            where=where,
            why=Text(
                "Terlindungi atau tidak selalu pada suatu tanggal.", "Protected or not is always a matter of a date."
            ),
            do=Text(
                "Tulis as_of: 2021-04-30 di run.yaml, atau pakai --as-of 2021-04-30.",
                "Write as_of: 2021-04-30 in run.yaml, or use --as-of 2021-04-30.",
            ),
        )
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise _setting_error(
            f"{where}: as_of",
            Text("Ini bukan tanggal.", "This is not a date."),
            Text("Tulis sebagai TTTT-BB-HH, misalnya 2021-04-30.", "Write it as YYYY-MM-DD, for example 2021-04-30."),
        ) from None


def _sources(folder: Path, value: Any, key: str, layout: str | None) -> tuple[tuple[Source, ...], tuple[Text, ...]]:
    entries = value if isinstance(value, list) else [] if value is None else [value]
    sources: list[Source] = []
    warnings: list[Text] = []
    for entry in entries:
        item = {"file": entry} if isinstance(entry, str) else entry
        if not isinstance(item, dict) or not isinstance(item.get("file"), str):
            raise _setting_error(
                f"{RUN_FILE}: {key}",
                Text("Tiap butir perlu 'file'.", "Each entry needs 'file'."),
                Text(
                    "Tulis {file: nama.csv, layout: kur, institution: BRI}.",
                    "Write {file: name.csv, layout: kur, institution: BRI}.",
                ),
            )
        unknown = set(item) - {"file", "layout", "institution"}
        if unknown:
            raise _setting_error(
                f"{RUN_FILE}: {key}: {min(map(str, unknown))}",
                Text("Nama ini tidak dikenal.", "This name is not known."),
                Text("Yang dikenal: file, layout, institution.", "Known are: file, layout, institution."),
            )
        wanted = item.get("layout") or layout
        if wanted is not None and wanted not in LAYOUTS:
            raise _setting_error(
                f"{RUN_FILE}: {key}: layout {wanted}",
                Text("Tata letak ini tidak dikenal.", "This layout is not known."),
                Text(f"Yang dikenal: {', '.join(LAYOUTS)}.", f"Known are: {', '.join(LAYOUTS)}."),
            )
        path = _inside(folder, item["file"], key)
        name = item["file"].replace("\\", "/").removeprefix("./")
        if any(s.path.resolve() == path.resolve() for s in sources):
            warnings.append(
                Text(f"{name} disebut dua kali; dihitung sekali.", f"{name} is listed twice; it counts once.")
            )
            continue
        institution = item.get("institution")
        sources.append(Source(name, path, wanted, None if institution is None else str(institution)))
    return tuple(sources), tuple(warnings)


def _inside(folder: Path, name: str, key: str) -> Path:
    path = folder / name.replace("\\", "/")
    if not path.is_file():
        others = [p.name for p in folder.iterdir() if p.is_file()]
        near = difflib.get_close_matches(Path(name).name, others, 1)
        hint = f" ({near[0]}?)" if near else ""
        raise Complaint(
            what=Text("Berkas yang disebut di run.yaml tidak ada.", "A file named in run.yaml is not there."),
            where=f"{RUN_FILE}: {key}: {name}",
            why=Text("Tidak ada berkas dengan nama itu di folder.", "The folder has no file of that name."),
            do=Text(f"Periksa ejaan nama berkas{hint}.", f"Check the spelling of the name{hint}."),
        )
    return path


def _optional(folder: Path, value: object, key: str) -> Path | None:
    return None if value is None else _inside(folder, str(value), key)


def _recognised(folder: Path, as_of: date | None) -> Plan:
    register: list[Source] = []
    lists: list[Source] = []
    warnings: list[Text] = []
    day = _date(as_of, str(folder))
    for path in sorted(folder.iterdir(), key=lambda p: p.name):
        if (
            path.name.startswith((".", "~$"))
            or path.name in SET_ASIDE
            or path.is_dir()
            or path.name in ("branches.csv", "decisions.csv")
        ):
            continue
        if not path.name.lower().endswith(READABLE):
            warnings.append(
                Text(f"{path.name} dilewati: bukan daftar.", f"{path.name} is passed over: it is not a list.")
            )
            continue
        layout = recognise(path=path)
        (register if layout == "register" else lists).append(Source(path.name, path, layout, None))
    branches, decisions = (folder / name for name in ("branches.csv", "decisions.csv"))
    return Plan(
        folder, day, tuple(register), tuple(lists),
        branches if branches.is_file() else None, decisions if decisions.is_file() else None, None, tuple(warnings),
    )  # fmt: skip
