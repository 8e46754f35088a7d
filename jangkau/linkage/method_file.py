"""A method file read and checked: what is wrong is said with the place, the reason and the word that was meant."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from datetime import date
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from jangkau.complaints import Complaint, Text
from jangkau.linkage import levels
from jangkau.linkage.blocks import MOST_BLOCKS, default_blocks
from jangkau.linkage.kinds import KINDS
from jangkau.linkage.method import LATEST_BIRTH, Block, Field, Method, Veto

MOST_FIELDS = 18
_WORDS = (
    *("left_id", "right_id", "fields", "one_to_one", "review", "blocks", "largest_block", "random_pairs", "vetoes"),
)
_FIELD_WORDS = ("name", "as", "kind", "format", "inside", "latest", "levels", "m", "u")
_JOINED = ("person_name", "text", "identifier", "code")
_SEE = Text("Lihat docs/reference/method.md untuk bentuknya.", "See docs/reference/method.md for the form.")


def load(*, name: str = "jamsostek") -> Method:
    """Read ``linkage/methods/<name>.yaml``."""
    return understood(
        content=(files("jangkau.linkage") / "methods" / f"{name}.yaml").read_bytes(), where=f"{name}.yaml"
    )


def read(*, path: Path) -> Method:
    """Read a method file; Complaint for whatever does not fit."""
    try:
        content = path.read_bytes()
    except OSError:
        raise Complaint(
            what=Text("Berkas metode tidak dapat dibaca.", "The method file cannot be read."),
            where=path.name or str(path),
            why=Text(
                "Tidak ada berkas itu, atau tidak boleh dibuka.", "There is no such file, or it may not be opened."
            ),
            do=Text("Periksa nama berkasnya.", "Check the name of the file."),
        ) from None
    return understood(content=content, where=path.name)


def near(*, word: object, known: Sequence[str]) -> Text | None:
    """'Did you mean': the known word that is nearest, if one is near."""
    found = difflib.get_close_matches(str(word), [str(k) for k in known], n=1, cutoff=0.5)
    return Text(f"Mungkin maksudnya {found[0]!r}?", f"Did you mean {found[0]!r}?") if found else None


def understood(*, content: bytes, where: str) -> Method:
    """A method from the bytes of its file; ``where`` is how a complaint calls the file."""
    data = _yaml(content, where)
    _check_words(data, _WORDS, where)
    fields = tuple(_field(entry, where) for entry in data["fields"])
    fields = tuple(sorted(fields, key=lambda one: one.kind.name != "nik"))
    _check_fields(fields, where)
    low, high = _review(data.get("review"), where)
    left_id = str(data.get("left_id") or "id")
    return Method(
        left_id=left_id,
        right_id=str(data.get("right_id") or left_id),
        fields=fields,
        blocks=_blocks(data.get("blocks"), fields, where),
        low=low,
        high=high,
        one_to_one=_yes_or_no(data.get("one_to_one", False), "one_to_one", where),
        largest_block=_whole(data.get("largest_block", 200), "largest_block", where),
        random_pairs=_whole(data.get("random_pairs", 200_000), "random_pairs", where),
        vetoes=_vetoes(data.get("vetoes"), fields, where),
        digest=sha256(content.replace(b"\r\n", b"\n")).hexdigest(),
    )


class _Words(yaml.SafeLoader):
    """YAML in which no, n, y and on are words: a column of numbers is often called `no`. A key may stand once only."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value]
        for place, (key, _) in enumerate(node.value):
            if key.value in keys[:place]:
                raise yaml.MarkedYAMLError(problem="twice", problem_mark=key.start_mark)
        return super().construct_mapping(node, deep)


_Words.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for letter, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Words.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|True|TRUE|false|False|FALSE)$"), [*"tTfF"])


def _yaml(content: bytes, where: str) -> dict[str, Any]:
    try:
        data = yaml.load(content, Loader=_Words)  # noqa: S506 - a SafeLoader
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark is not None else 1
        twice = getattr(error, "problem", "") == "twice"
        raise _wrong(
            f"{where}, baris/line {line}",
            Text("Berkas metode bukan YAML yang benar.", "The method file is not proper YAML."),
            Text("Sebuah kata ada dua kali di sini.", "A word stands here twice.")
            if twice
            else Text("Baris ini tidak dapat dipahami.", "This line cannot be understood."),
        ) from None
    if not isinstance(data, dict) or not isinstance(data.get("fields"), list) or not data["fields"]:
        raise _wrong(
            where,
            Text("Metode tidak menyebut fields.", "The method names no fields."),
            Text("Tanpa fields tidak ada yang dibandingkan.", "Without fields there is nothing to compare."),
        )
    return data


def _wrong(where: str, what: Text, why: Text, do: Text = _SEE) -> Complaint:
    return Complaint(what=what, where=where, why=why, do=do)


def _known(known: Sequence[str]) -> Text:
    return Text(f"Yang dikenal: {', '.join(known)}.", f"Known are: {', '.join(known)}.")


def _check_words(entry: Mapping[str, Any], known: Sequence[str], where: str) -> None:
    for word in entry:
        if word not in known:
            what = Text(f"Kata {word!r} tidak dikenal.", f"The word {word!r} is not known.")
            raise _wrong(where, what, _known(known), near(word=word, known=known) or _SEE)


def _field(entry: Any, where: str) -> Field:
    if not isinstance(entry, dict) or not entry.get("name") or "kind" not in entry:
        raise _wrong(
            where,
            Text("Sebuah field tidak lengkap.", "A field is not complete."),
            Text("Setiap field perlu name dan kind.", "Every field needs a name and a kind."),
        )
    columns = entry["name"] if isinstance(entry["name"], list) else [entry["name"]]
    name = str(entry.get("as") or "+".join(map(str, columns)))
    here = f"{where}, {name}"
    _check_words(entry, _FIELD_WORDS, here)
    kind = KINDS.get(str(entry["kind"]))
    if kind is None:
        what = Text(f"Jenis {entry['kind']!r} tidak dikenal.", f"The kind {entry['kind']!r} is not known.")
        raise _wrong(here, what, _known(tuple(KINDS)), near(word=entry["kind"], known=tuple(KINDS)) or _SEE)
    if len(columns) > 1 and kind.name not in _JOINED:
        raise _wrong(
            here,
            Text("Beberapa kolom tidak dapat digabung di sini.", "Several columns cannot be joined here."),
            Text(f"Hanya {', '.join(_JOINED)} boleh digabung.", f"Only {', '.join(_JOINED)} may be joined."),
        )
    counts_as = levels.put_together(value=entry.get("levels"), kind=kind, where=f"{here}, levels")
    m, u = (levels.known_shares(value=entry.get(name), kind=kind, where=f"{here}, {name}") for name in ("m", "u"))
    return Field(
        name=name,
        columns=tuple(map(str, columns)),
        kind=levels.pooled(kind=kind, counts_as=counts_as),
        format=_format(str(entry.get("format", "%Y-%m-%d")), here),
        inside=entry.get("inside"),
        latest=_latest(entry.get("latest"), here),
        m=levels.added_up(shares=m, counts_as=counts_as) if m and counts_as else m,
        u=levels.added_up(shares=u, counts_as=counts_as) if u and counts_as else u,
        counts_as=counts_as,
    )


def _format(text: str, where: str) -> str:
    found = sorted(re.findall("%(.)", text))
    if found not in (["Y", "d", "m"], ["Y"]) or re.sub("%.", "", text).strip(" -/.,T_") != "":
        raise _wrong(
            where,
            Text("Format tanggal ini tidak dapat dipakai.", "This format of dates cannot be used."),
            Text("Perlu %Y, %m dan %d, masing-masing sekali.", "It needs %Y, %m and %d, each once."),
            Text("Misalnya %Y-%m-%d, %d/%m/%Y atau %Y%m%d.", "For example %Y-%m-%d, %d/%m/%Y or %Y%m%d."),
        )
    return text


def _latest(value: Any, where: str) -> int:
    if value is None:
        return LATEST_BIRTH
    if isinstance(value, date):
        return value.year * 10000 + value.month * 100 + value.day
    raise _wrong(
        where,
        Text("latest bukan tanggal.", "latest is not a date."),
        Text("Isinya tanggal lahir terakhir yang mungkin.", "It is the latest possible birth date."),
        Text("Misalnya latest: 2010-12-31.", "For example latest: 2010-12-31."),
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _check_fields(fields: tuple[Field, ...], where: str) -> None:
    names = [one.name for one in fields]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice or len(fields) > MOST_FIELDS:
        raise _wrong(
            where,
            Text(f"Field {twice!r} ada dua kali.", f"The field {twice!r} is there twice.")
            if twice
            else Text("Terlalu banyak field.", "Too many fields."),
            Text(f"Paling banyak {MOST_FIELDS}, masing-masing sekali.", f"At most {MOST_FIELDS}, each once."),
        )
    niks = [one.name for one in fields if one.kind.name == "nik"]
    for one in fields:
        if one.inside is not None and (one.inside not in niks or one.kind.name not in ("date", "sex")):
            raise _wrong(
                f"{where}, {one.name}",
                Text("inside tidak dapat dipakai di sini.", "inside cannot be used here."),
                Text(
                    "Hanya date dan sex dapat dibaca dari field nik.", "Only date and sex can be read from a field nik."
                ),
            )


def _blocks(entries: Any, fields: tuple[Field, ...], where: str) -> tuple[Block, ...]:
    if entries is not None and (not isinstance(entries, list) or not entries):
        raise _wrong(
            f"{where}, blocks",
            Text("blocks tidak dapat dipahami.", "blocks cannot be understood."),
            Text(
                "Perlu daftar; setiap blok daftar bagian field.", "It is a list; each block a list of parts of fields."
            ),
        )
    if entries:
        blocks = tuple(_block(entry, fields, where) for entry in entries)
    else:
        blocks = tuple(Block(_block_name(parts), parts) for parts in default_blocks(fields=fields))
    if not blocks:
        raise no_block(where=where)
    if len(blocks) > MOST_BLOCKS:
        raise _wrong(
            f"{where}, blocks",
            Text(f"Terlalu banyak blok: {len(blocks)}.", f"Too many blocks: {len(blocks)}."),
            Text(f"Paling banyak {MOST_BLOCKS}.", f"At most {MOST_BLOCKS}."),
            Text("Tulis blocks sendiri, atau kurangi fields.", "Write blocks of your own, or use fewer fields."),
        )
    return blocks


def no_block(*, where: str) -> Complaint:
    """Nothing that is there tells people apart."""
    return Complaint(
        what=Text("Tidak ada blok yang mungkin.", "No block is possible."),
        where=where,
        why=Text(
            "Fields ini tidak membedakan orang: setiap baris harus dibandingkan dengan setiap baris.",
            "These fields do not tell people apart: every row would have to be compared with every row.",
        ),
        do=Text(
            "Tambahkan field nik, identifier, person_name, date, phone atau text.",
            "Add a field nik, identifier, person_name, date, phone or text.",
        ),
    )


def _block_name(parts: Sequence[tuple[str, str]]) -> str:
    return " & ".join(name if part == "whole" else f"{name}.{part}" for name, part in parts)


def _block(entry: Any, fields: tuple[Field, ...], where: str) -> Block:
    by_name = {one.name: one for one in fields}
    parts = []
    for text in map(str, entry if isinstance(entry, list) else [entry]):
        name, _, part = (text, "", "whole") if text in by_name else text.rpartition(".")
        if not name:
            name, part = text, "whole"
        if name not in by_name:
            what = Text(f"Field {name!r} tidak ada.", f"There is no field {name!r}.")
            raise _wrong(
                f"{where}, blocks", what, _known(tuple(by_name)), near(word=name, known=tuple(by_name)) or _SEE
            )
        known = tuple(by_name[name].kind.parts)
        if part not in known:
            what = Text(f"Bagian {part!r} tidak ada pada {name!r}.", f"{name!r} has no part {part!r}.")
            raise _wrong(f"{where}, blocks", what, _known(known), near(word=part, known=known) or _SEE)
        parts.append((name, part))
    return Block(_block_name(parts), tuple(parts))


def _review(value: Any, where: str) -> tuple[float, float]:
    if value is not None and not isinstance(value, dict):
        value = {"low": None}
    value = value or {}
    _check_words(value, ("low", "high"), f"{where}, review")
    low, high = value.get("low", 0.05), value.get("high", 0.95)
    if not (_is_number(low) and _is_number(high) and 0 < low < high < 1):
        raise _wrong(
            f"{where}, review",
            Text("Batas review tidak dapat dipakai.", "The limits of review cannot be used."),
            Text("Perlu 0 < low < high < 1.", "It takes 0 < low < high < 1."),
        )
    return float(low), float(high)


def _yes_or_no(value: Any, name: str, where: str) -> bool:
    if isinstance(value, bool):
        return value
    raise _wrong(
        f"{where}, {name}",
        Text("Nilainya tidak dapat dipakai.", "This value cannot be used."),
        Text("Perlu true atau false.", "It must be true or false."),
    )


def _whole(value: Any, name: str, where: str) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    raise _wrong(
        f"{where}, {name}",
        Text("Bilangan tidak dapat dipakai.", "This number cannot be used."),
        Text("Perlu bilangan bulat di atas 0.", "It must be a whole number above 0."),
    )


def _vetoes(entries: Any, fields: tuple[Field, ...], where: str) -> tuple[Veto, ...]:
    if entries is not None and not isinstance(entries, list):
        raise _wrong(
            f"{where}, vetoes",
            Text("vetoes tidak dapat dipahami.", "vetoes cannot be understood."),
            Text("Perlu daftar, misalnya - {sex: 2}.", "It is a list, for example - {sex: 2}."),
        )
    return tuple(_veto(entry, fields, where) for entry in entries or ())


def _veto(entry: Any, fields: tuple[Field, ...], where: str) -> Veto:
    by_name = {one.name: one for one in fields}
    vetoed = []
    for name, value in entry.items() if isinstance(entry, dict) else ():
        if name not in by_name:
            what = Text(f"Field {name!r} tidak ada.", f"There is no field {name!r}.")
            raise _wrong(
                f"{where}, vetoes", what, _known(tuple(by_name)), near(word=name, known=tuple(by_name)) or _SEE
            )
        wanted = value if isinstance(value, list) else [value]
        known = by_name[name].kind.levels
        if not wanted or not all(isinstance(level, int) and 1 <= level <= len(known) for level in wanted):
            raise _wrong(
                f"{where}, vetoes",
                Text(f"Larangan pada {name!r} tidak dapat dipakai.", f"The veto on {name!r} cannot be used."),
                Text(
                    "Tulis field dan tingkatnya, misalnya {sex: 2}.", "Write fields and levels, for example {sex: 2}."
                ),
            )
        counts_as = by_name[name].counts_as or range(len(known) + 1)
        vetoed.append((str(name), tuple(sorted({counts_as[level] for level in wanted}))))
    if not vetoed:
        raise _wrong(
            f"{where}, vetoes",
            Text("Sebuah larangan kosong.", "A veto is empty."),
            Text("Tulis field dan tingkatnya, misalnya {sex: 2}.", "Write fields and levels, for example {sex: 2}."),
        )
    return Veto(tuple(vetoed))
