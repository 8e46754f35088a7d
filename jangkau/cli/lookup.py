"""`jangkau lookup`: one person looked up in a register; `jangkau lookup build` makes the index that takes."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jangkau.cli.run import threads_of
from jangkau.complaints import Complaint, Language, Text

if TYPE_CHECKING:
    import argparse

    from jangkau.linkage.lookup import Answer, Found, Person, Register
    from jangkau.linkage.lookup_build import Built

HELP = Text("cari satu orang dalam register", "look one person up in a register")
_DONE_BEFORE = Text(
    "Register dan metode tidak berubah: indeks yang sudah ada dipakai (--force untuk mengulang).",
    "Register and method are unchanged: the index is there already (--force does it again).",
)
_BUILT = Text(
    "{rows} baris register siap dicari; indeks {size} GB. Berikutnya: jangkau lookup {out}",
    "{rows} register rows are ready to be looked up; the index takes {size} GB. Next: jangkau lookup {out}",
)
_KEEP = Text(
    "Folder itu memuat data pribadi seluruh register: jaga seperti register itu sendiri.",
    "That folder holds the personal data of the whole register: guard it as the register itself.",
)
_NOTE = Text("Perhatian", "Note")
_REGISTER = Text("Register: {name}, {rows} baris.", "Register: {name}, {rows} rows.")
_WEIGHTS = {
    "model": Text(
        "Bobot dari model sebuah link; dianggap {share} % dari yang dicari ada di register.",
        "Weights from the model of a link; {share} % of those looked up are expected to be in the register.",
    ),
    "register": Text(
        "Bobot: orang yang berbeda dihitung dari register, salah tulis diandaikan; dianggap {share} % dari yang dicari "
        "ada di register.",
        "Weights: different people counted in the register, slips assumed; {share} % of those looked up are expected "
        "to be in the register.",
    ),
}
_ASK = Text("Isi yang diketahui, kosongkan yang lain; Ctrl-D untuk selesai.", "Give what is known; Ctrl-D to end.")
_PERSON = Text("Orang {n}", "Person {n}")
_PRESENT = Text("Peluang ada di register: {p}", "Probability of being in the register: {p}")
_NOBODY = Text("Tidak ditemukan ({n} baris dibandingkan).", "Nobody found ({n} rows compared).")
_MORE = Text("{n} orang lain juga mungkin; isi lebih banyak.", "{n} others may be meant too; give more.")
_DECISIONS = {
    "match": Text("cocok", "match"),
    "review": Text("perlu diperiksa", "to be reviewed"),
    "no": Text("bukan", "no"),
}
_PRIOR = Text("sebelum dibandingkan", "before comparing")
_WIDEST = 64
_HIDDEN = ("nik", "phone", "identifier")
"""Kinds whose values are not printed: the words say whether they agree."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    def text(id_: str, en: str) -> str:
        return Text(id_, en)  # type: ignore[return-value]

    parser.add_argument(
        "words",
        nargs="+",
        metavar="DIR",
        help=text(
            "folder indeks; atau: build REGISTER (CSV atau Parquet)",
            "folder of an index; or: build REGISTER (CSV, Parquet)",
        ),
    )
    parser.add_argument(
        "--from",
        dest="source",
        type=Path,
        metavar="FILE",
        help=text(
            "orang yang dicari, satu objek JSON per baris (bawaan: ditanyakan, atau dari masukan standar)",
            "whom to look up, one JSON object a line (default: asked for, or standard input)",
        ),
    )
    parser.add_argument("--json", action="store_true", help=text("jawab sebagai JSON", "answer as JSON"))
    parser.add_argument("--out", type=Path, metavar="DIR", help=text("build: folder indeks", "build: where to write"))
    parser.add_argument(
        "--method",
        type=Path,
        metavar="METHOD.yaml",
        help=text("build: berkas metode (bawaan: jamsostek)", "build: the method file (default: jamsostek)"),
    )
    parser.add_argument(
        "--id",
        dest="id_column",
        metavar="COLUMN",
        help=text("build: kolom id", "build: the id column"),
    )
    parser.add_argument(
        "--model",
        type=Path,
        metavar="DIR",
        help=text("build: hasil jangkau link yang bobotnya dipakai", "build: a jangkau link whose weights to use"),
    )
    parser.add_argument("--threads", type=threads_of, metavar="N", help=text("build: jumlah utas", "build: threads"))
    parser.add_argument("--memory", metavar="6GB", help=text("build: batas memori", "build: memory limit"))
    parser.add_argument(
        "--force", action="store_true", help=text("build: ulangi, atau timpa indeks lain", "build: again, or overwrite")
    )


def run(arguments: argparse.Namespace) -> int:
    words, language = arguments.words, arguments.lang
    if words[0] == "build" and not (len(words) == 1 and Path("build").is_dir()):
        if len(words) != 2 or arguments.out is None:
            raise _incomplete("jangkau lookup build", "jangkau lookup build REGISTER --out DIR [--method METHOD.yaml]")
        return _build(arguments, Path(words[1]), language)
    if len(words) != 1:
        raise _incomplete("jangkau lookup", "jangkau lookup DIR [--from FILE] [--json]")
    from jangkau.linkage.lookup import open_register

    with open_register(folder=Path(words[0])) as register:
        if not arguments.json:
            _print_register(register, language)
        for number, (where, person) in enumerate(_people(arguments.source, register, language), start=1):
            answer = _answer(register, person, where)
            if arguments.json:
                print(json.dumps(_as_json(register, answer), ensure_ascii=False), flush=True)
            else:
                _print_answer(register, answer, number, language)
    return 0


def _build(arguments: argparse.Namespace, register: Path, language: Language) -> int:
    from jangkau.cli.progress import Progress
    from jangkau.linkage.lookup_build import Settings, build

    with Progress(language=language) as progress:
        built = build(
            register=register,
            method=arguments.method,
            out=arguments.out,
            settings=Settings(
                arguments.threads, arguments.memory, arguments.model, arguments.id_column, arguments.force
            ),
            clock=time.monotonic,
            progress=progress,
        )
    _print_built(built, language)
    return 0


def _print_built(built: Built, language: Language) -> None:
    from jangkau.cli.table import number

    for note in built.notes:
        print(f"{_NOTE.in_(language)}: {note.in_(language)}")
    if built.done_before:
        print(_DONE_BEFORE.in_(language))
    rows = number(value=built.facts.rows, language=language)
    size = number(value=built.size / 1e9, language=language, decimals=1)
    print(_weights(built.facts.how, built.facts.coverage, language))
    print(_BUILT.in_(language).format(rows=rows, size=size, out=built.out))
    print(_KEEP.in_(language))


def _weights(how: str, coverage: float, language: Language) -> str:
    from jangkau.cli.table import number

    return _WEIGHTS[how].in_(language).format(share=number(value=100 * coverage, language=language))


def _print_register(register: Register, language: Language) -> None:
    from jangkau.cli.table import number

    facts = register.facts
    rows = number(value=facts.rows, language=language)
    print(_REGISTER.in_(language).format(name=facts.register, rows=rows))
    print(_weights(facts.how, facts.coverage, language))


def _people(source: Path | None, register: Register, language: Language) -> Iterator[tuple[str, Person]]:
    """Each person with the line he stands on: from a file, from standard input, or asked for at a terminal. Not
    from the command line, which the shell keeps and every user of the machine can see."""
    if source is None and sys.stdin.isatty():
        print(_ASK.in_(language), file=sys.stderr)
        yield from _asked(register)
        return
    name = "stdin" if source is None else source.name
    for number, line in enumerate(_lines(source), start=1):
        if line.strip():
            where = f"{name}, baris/line {number}"
            yield where, _understood(line, where)


def _asked(register: Register) -> Iterator[tuple[str, Person]]:
    while True:
        person: dict[str, str | int | None] = {}
        for column in register.method.columns:
            print(f"{column}: ", end="", file=sys.stderr, flush=True)
            line = sys.stdin.readline()
            if not line:
                print(file=sys.stderr)
                return
            person[column] = line.strip()
        if any(person.values()):
            yield "stdin", person


def _lines(source: Path | None) -> Iterator[str]:
    if source is None:
        yield from sys.stdin
        return
    try:
        with source.open(encoding="utf-8-sig") as file:
            yield from file
    except (OSError, UnicodeDecodeError):
        raise Complaint(
            what=Text("Berkas orang yang dicari tidak dapat dibaca.", "The file of people to look up cannot be read."),
            where=str(source),
            why=Text("Tidak ada berkas itu, atau bukan UTF-8.", "There is no such file, or it is not UTF-8."),
            do=Text("Tulis satu objek JSON per baris, UTF-8.", "Write one JSON object a line, as UTF-8."),
        ) from None


def _understood(line: str, where: str) -> Person:
    try:
        value: Any = json.loads(line)
    except ValueError:
        value = None
    if isinstance(value, dict) and all(_plain(v) for v in value.values()):
        return value
    raise Complaint(
        what=Text("Baris ini tidak dapat dipahami.", "This line cannot be understood."),
        where=where,
        why=Text("Bukan objek JSON dengan teks di dalamnya.", "It is no JSON object of texts."),
        do=Text(
            'Tulis misalnya {"nama": "...", "tanggal_lahir": "1990-12-25"}.',
            'Write for example {"nama": "...", "tanggal_lahir": "1990-12-25"}.',
        ),
    )


def _plain(value: object) -> bool:
    return value is None or (isinstance(value, (str, int)) and not isinstance(value, bool))


def _answer(register: Register, person: Person, where: str) -> Answer:
    try:
        return register.answer(person=person)
    except Complaint as complaint:
        raise Complaint(
            what=complaint.what, where=f"{where}: {complaint.where}", why=complaint.why, do=complaint.do
        ) from None


def _print_answer(register: Register, answer: Answer, number: int, language: Language) -> None:
    from jangkau.charts import wording
    from jangkau.cli.table import number as written

    print()
    present = _PRESENT.in_(language).format(p=wording.likelihood(value=answer.present).in_(language))
    print(f"{_PERSON.in_(language).format(n=number)}. {present}")
    for note in answer.notes:
        print(f"  {_NOTE.in_(language)}: {note.in_(language)}")
    if not answer.found:
        print(f"  {_NOBODY.in_(language).format(n=written(value=answer.compared, language=language))}")
    for found in answer.found:
        _print_found(register, found, language)
    if answer.more:
        print(f"  {_MORE.in_(language).format(n=written(value=answer.more, language=language))}")


def _print_found(register: Register, found: Found, language: Language) -> None:
    from jangkau.charts import wording

    decision = _DECISIONS[found.decision].in_(language)
    print(f"  {found.id}  {wording.likelihood(value=found.probability).in_(language)}  {decision}")
    print(f"    {' · '.join(value for value in _shown(register, found).values() if value)}")
    lines = [(_PRIOR, found.weighed.prior), *((one.words, one.bits) for one in found.evidence)]
    width = min(max(len(words.id) for words, _ in lines), _WIDEST)
    for words, bits in lines:
        print(f"    {wording.bits(value=bits).in_(language):>6}  {words.id:<{width}}  {words.en}")


def _shown(register: Register, found: Found) -> dict[str, str | None]:
    """What the register says of somebody, without the numbers that open other doors."""
    hidden = {column for one in register.method.fields if one.kind.name in _HIDDEN for column in one.columns}
    hidden.add(register.facts.id_column)
    return {name: value for name, value in found.record.items() if name not in hidden}


def _as_json(register: Register, answer: Answer) -> dict[str, object]:
    return {
        "present": round(answer.present, 6),
        "compared": answer.compared,
        "found": [
            {
                "id": found.id,
                "probability": round(found.probability, 6),
                "decision": found.decision,
                "record": _shown(register, found),
                "prior_bits": round(found.weighed.prior, 2),
                "evidence": [
                    {"field": one.field, "id": one.words.id, "en": one.words.en, "bits": round(one.bits, 2)}
                    for one in found.evidence
                ],
            }
            for found in answer.found
        ],
        "more": answer.more,
        "notes": [{"id": note.id, "en": note.en} for note in answer.notes],
        "weights": register.facts.how,
        "expected": register.facts.coverage,
    }


def _incomplete(where: str, example: str) -> Complaint:
    return Complaint(
        what=Text("Perintah ini belum lengkap.", "This command is not complete."),
        where=where,
        why=Text("Ada yang kurang, atau terlalu banyak.", "Something is missing, or too much."),
        do=Text(example.replace("METHOD", "METODE"), example),
    )
