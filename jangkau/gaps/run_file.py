"""run.yaml: which files a run reads and what they are, read and checked word by word."""

from __future__ import annotations

import difflib
import os
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml

from jangkau.complaints import Complaint, Text
from jangkau.gaps.plan import LAYOUTS, SET_ASIDE, Plan, Source, name_in, no_date
from jangkau.lists import column_names

RUN_FILE = "run.yaml"
KEYS = ("as_of", "register", "lists", "branches", "decisions", "id_key")
SOURCE_KEYS = ("file", "layout", "institution", "columns")
_EXAMPLE = Text("Contoh ada di docs/reference/run.md.", "docs/reference/run.md has an example.")


def read_run_file(*, folder: Path, as_of: date | None) -> Plan:
    """The plan that run.yaml asks for. Complaint for whatever cannot be understood in it."""
    data = _parsed(folder / RUN_FILE)
    if not isinstance(data, dict):
        raise _unclear(
            RUN_FILE, Text("Isinya bukan daftar nama: nilai.", "It is not a table of name: value."), _EXAMPLE
        )
    _check_keys(data, KEYS, RUN_FILE)
    day = as_of or _date(data.get("as_of"))
    register, seen_register = _sources(folder, data.get("register"), "register")
    lists, seen_lists = _sources(folder, data.get("lists"), "lists")
    _check_names(register + lists)
    id_key = data.get("id_key")
    return Plan(
        folder=folder,
        as_of=day,
        register=register,
        lists=lists,
        branches=_optional(folder, data.get("branches"), "branches"),
        decisions_file=_optional(folder, data.get("decisions"), "decisions"),
        id_key=None if id_key is None else str(id_key),
        warnings=seen_register + seen_lists,
    )


def _unclear(where: str, why: Text, do: Text) -> Complaint:
    return Complaint(
        what=Text("run.yaml tidak dapat dipahami.", "run.yaml cannot be understood."), where=where, why=why, do=do
    )


class _Loader(yaml.SafeLoader):
    """YAML in which a name that stands twice is a fault: the first would silently be lost, with the lists in it."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"{key.value} twice", key.start_mark)
            seen.add(key.value if isinstance(key.value, str) else "")
        return super().construct_mapping(node, deep)


def _parsed(path: Path) -> object:
    try:
        # bytes: PyYAML then sees UTF-8 and UTF-16, with and without a byte order mark
        return yaml.load(path.read_bytes(), _Loader)  # noqa: S506 - a SafeLoader
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f": {mark.line + 1}" if mark else ""
        why = Text("Isinya bukan YAML yang sah.", "It is not valid YAML.")
        if mark and "\\t" in str(error):
            why = Text("Ada tab; YAML hanya mengenal spasi.", "There is a tab; YAML knows spaces only.")
        elif str(getattr(error, "problem", "")).endswith(" twice"):
            why = Text("Nama di baris ini ada dua kali.", "The name on this line is there twice.")
        elif isinstance(error, ValueError) and not isinstance(error, UnicodeDecodeError):
            why = Text("Di dalamnya ada tanggal yang tidak ada.", "It holds a date that does not exist.")
        raise _unclear(
            RUN_FILE + line,
            why,
            Text(f"Perbaiki berkas itu. {_EXAMPLE.id}", f"Mend the file. {_EXAMPLE.en}"),
        ) from None


def _check_keys(value: dict[object, object], known: tuple[str, ...], where: str) -> None:
    for key in value:
        if key not in known:
            near = difflib.get_close_matches(str(key), known, 1)
            hint = near[0] if near else ", ".join(known)
            raise _unclear(
                f"{where}: {key}",
                Text("Nama ini tidak dikenal.", "This name is not known."),
                Text(f"Barangkali maksudnya: {hint}", f"Perhaps it should be: {hint}"),
            )


def _date(value: object) -> date:
    if value is None:
        raise no_date(where=RUN_FILE)
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise _unclear(
            f"{RUN_FILE}: as_of",
            Text("Ini bukan tanggal.", "This is not a date."),
            Text("Tulis sebagai TTTT-BB-HH, misalnya 2021-04-30.", "Write it as YYYY-MM-DD, for example 2021-04-30."),
        ) from None


def _sources(folder: Path, value: Any, key: str) -> tuple[tuple[Source, ...], tuple[Text, ...]]:
    """The sources under a key, each file once, in the order of their names."""
    entries = value if isinstance(value, list) else [] if value is None else [value]
    sources = [_source(folder, entry, key) for entry in entries]
    sources.sort(key=lambda s: (s.name, s.layout or "", s.institution or ""))
    kept: dict[Path, Source] = {}
    warnings: list[Text] = []
    for source in sources:
        if kept.setdefault(source.path.resolve(), source) is not source:
            warnings.append(
                Text(
                    f"{source.name} disebut dua kali; dihitung sekali.",
                    f"{source.name} is listed twice; it counts once.",
                )
            )
    return tuple(kept.values()), tuple(warnings)


def _source(folder: Path, entry: object, key: str) -> Source:
    item = {"file": entry} if isinstance(entry, str) else entry
    where = f"{RUN_FILE}: {key}"
    if not isinstance(item, dict) or not isinstance(item.get("file"), str):
        raise _unclear(
            where,
            Text("Tiap butir perlu 'file'.", "Each entry needs 'file'."),
            Text(
                "Tulis {file: nama.csv, layout: kur, institution: BRI}.",
                "Write {file: name.csv, layout: kur, institution: BRI}.",
            ),
        )
    _check_keys(item, SOURCE_KEYS, where)
    usual, known = ("register", ("register",)) if key == "register" else (None, LAYOUTS[1:])
    layout = item.get("layout") or usual
    if layout is not None and layout not in known:
        raise _unclear(
            f"{where}: layout: {layout}",
            Text("Tata letak ini tidak ada di sini.", "There is no such layout here."),
            Text(f"Yang dikenal: {', '.join(known)}.", f"Known are: {', '.join(known)}."),
        )
    path = _named_file(folder, item["file"], key)
    institution = item.get("institution")
    named = None if institution is None else " ".join(str(institution).split()) or None
    columns = _columns(item.get("columns"), layout, where)
    return Source(name_in(folder=folder, path=path), path, layout, named, columns)


def _columns(value: object, layout: str | None, where: str) -> tuple[tuple[str, str], ...]:
    """Columns mapped by hand: our name -> the header in the file, or nothing for a column not to be read."""
    if value is None:
        return ()
    if not isinstance(value, dict) or layout is None:
        raise _unclear(
            f"{where}: columns",
            Text("'columns' berisi nama kita: judul di berkas, dan perlu 'layout'.",
                 "'columns' holds our name: the header in the file, and needs 'layout'."),
            Text("Tulis layout: kur dan columns: {nama: Nama Customer}.",
                 "Write layout: kur and columns: {nama: Nama Customer}."),
        )  # fmt: skip
    _check_keys(value, column_names(layout=layout), f"{where}: columns")
    return tuple(sorted((str(name), str(header or "")) for name, header in value.items()))


def _named_file(folder: Path, name: str, key: str) -> Path:
    """The file that run.yaml names. It may lie outside the folder (a register on a shared disk): it is only read, and
    outputs call it by its bare name."""
    path = Path(os.path.normpath(folder / name.replace("\\", "/")))
    base = Path(os.path.normpath(folder))
    where = f"{RUN_FILE}: {key}: {name}"
    if path.is_relative_to(base):
        path = folder / path.relative_to(base)
        if SET_ASIDE & set(path.relative_to(folder).parts[:-1]):
            raise _unclear(
                where,
                Text("truth/ dan out/ tidak pernah dibaca.", "truth/ and out/ are never read."),
                Text("Pindahkan berkas itu ke luar folder tersebut.", "Move the file out of that folder."),
            )
    if not _is_file(path):
        near = difflib.get_close_matches(path.name, _names(path.parent), 1)
        hint = f" ({near[0]}?)" if near else ""
        raise Complaint(
            what=Text("Berkas yang disebut di run.yaml tidak ada.", "A file named in run.yaml is not there."),
            where=where,
            why=Text("Tidak ada berkas dengan nama itu di folder.", "The folder has no file of that name."),
            do=Text(f"Periksa ejaan nama berkas{hint}.", f"Check the spelling of the name{hint}."),
        )
    return path


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that is too long for this disk
        return False


def _names(folder: Path) -> list[str]:
    try:
        return sorted(path.name for path in folder.iterdir() if path.is_file())
    except OSError:
        return []


def _check_names(sources: tuple[Source, ...]) -> None:
    """Two files of one name could not be told apart in the results."""
    paths: dict[str, Path] = {}
    for source in sources:
        if paths.setdefault(source.name, source.path).resolve() != source.path.resolve():
            raise _unclear(
                f"{RUN_FILE}: {source.name}",
                Text("Dua berkas bernama sama.", "Two files have the same name."),
                Text("Ganti nama salah satunya.", "Rename one of them."),
            )


def _optional(folder: Path, value: object, key: str) -> Path | None:
    return None if value is None else _named_file(folder, str(value), key)
