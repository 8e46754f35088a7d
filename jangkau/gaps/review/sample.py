"""Draw a review sample from a finished run: blind sheets for the reviewers, a key for the analyst."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from pathlib import Path

import duckdb
import numpy as np

from jangkau.complaints import Complaint, Language, Text
from jangkau.gaps.folder import Plan, read_plan
from jangkau.gaps.inputs import digests, read_all
from jangkau.gaps.review import frame as frames
from jangkau.gaps.review import kept
from jangkau.gaps.review.kept import cannot_write
from jangkau.gaps.review.lookup import Member, Person, candidates, load_register, people_drawn
from jangkau.gaps.review.sheets import NOBODY, Line, write_sheet
from jangkau.gaps.review.strata import Drawn, draw, stratum_of
from jangkau.gaps.steps import Progress

FOLDER = "review"
SIZE = 400
SHEET = "telaah-{number}.xlsx"
_LETTERS = "ABCDEFGH"


@dataclass(frozen=True)
class Wanted:
    """What to draw: how many people, by which seed, for how many reviewers, in which language."""

    size: int = SIZE
    seed: int = 1
    reviewers: int = 1
    language: Language = "id"


@dataclass(frozen=True)
class Written:
    """The sheets and the key of a sample, with the numbers of people drawn and of lines to decide."""

    sheets: tuple[Path, ...]
    key: Path
    people: int
    lines: int


def draw_sample(*, folder: Path, out: Path | None, results: Path | None, wanted: Wanted, progress: Progress) -> Written:
    """Draw people from the run in ``results`` (``folder``/out) and write sheets and key to ``out`` (``folder``/review).

    Raises Complaint when there is no run, when its lists have changed since, or when ``out`` holds a sample already.
    """
    target = out or folder / FOLDER
    run = frames.read_run(out=results or folder / "out")
    as_of = date.fromisoformat(run.as_of)
    plan = _same_files(folder, run, as_of)
    _refuse_to_overwrite(target)
    try:
        target.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(target, error) from None
    with tempfile.TemporaryDirectory(prefix=".jangkau-", dir=target) as name, duckdb.connect() as connection:
        scratch = Path(name)
        connection.execute("SET temp_directory = ?", [str(scratch / "spill")])
        readings = read_all(
            connection=connection, plan=plan, threads=None, out=scratch, scratch=scratch, progress=progress
        )
        progress(Text("Menarik sampel", "Drawing the sample"))
        frames.load_lists(connection=connection, readings=readings)
        frame = frames.frame_of(connection=connection, run=run)
        if not frame.person_id:
            raise _nobody(folder)
        stratum = stratum_of(expected=frame.expected, candidate=frame.candidate, poor=frame.poor)
        drawn = draw(stratum=stratum, expected=frame.expected, size=wanted.size, seed=wanted.seed)
        people = people_drawn(
            connection=connection, person_ids=[frame.person_id[place] for place in drawn.places.tolist()]
        )
        load_register(connection=connection, readings=readings)
        members = candidates(connection=connection, run=run, as_of=as_of)
    shown = [_shuffled(members.get(one.person_id, []), wanted.seed, one.person_id) for one in people]
    key = _key(folder, target, run, plan, frame, drawn, people, shown, wanted.seed)
    return _write(target, key, people, shown, wanted)


def _same_files(folder: Path, run: frames.Run, as_of: date) -> Plan:
    plan, _ = digests(plan=read_plan(folder=folder, as_of=as_of))
    now = plan.digests
    if any(run.inputs.get(name) != digest for name, digest in now.items()):
        raise Complaint(
            what=Text("Daftar atau register sudah berubah sejak dihitung.", "Lists or register changed since the run."),
            where=next(name for name, digest in now.items() if run.inputs.get(name) != digest),
            why=Text(
                "Sampel harus ditarik dari orang-orang yang dihitung.",
                "A sample must be of the people that were counted.",
            ),
            do=Text("Jalankan lagi: jangkau run FOLDER", "Run again: jangkau run FOLDER"),
        )
    return plan


def _refuse_to_overwrite(target: Path) -> None:
    if (target / kept.KEY).exists():
        raise Complaint(
            what=Text("Di sini sudah ada sampel.", "There is a sample here already."),
            where=str(target),
            why=Text(
                "Kuncinya akan hilang, dan dengannya semua jawaban.", "Its key would be lost, and every answer with it."
            ),
            do=Text("Pilih folder lain dengan --out.", "Choose another folder with --out."),
        )


def _nobody(folder: Path) -> Complaint:
    return Complaint(
        what=Text("Tidak ada orang yang dapat ditarik.", "There is nobody to draw."),
        where=str(folder),
        why=Text("Tidak seorang pun memenuhi syarat.", "Nobody is eligible."),
        do=Text("Periksa daftar dan tanggal acuannya.", "Check the lists and the date."),
    )


def _shuffled(members: list[Member], seed: int, person_id: str) -> list[Member]:
    """In an order that says nothing about which the run thought likeliest."""
    own = int.from_bytes(blake2b(f"{seed}/{person_id}".encode(), digest_size=8).digest(), "big")
    return [members[place] for place in np.random.default_rng(own).permutation(len(members)).tolist()]


def _key(
    folder: Path,
    target: Path,
    run: frames.Run,
    plan: Plan,
    frame: frames.Frame,
    drawn: Drawn,
    people: list[Person],
    shown: list[list[Member]],
    seed: int,
) -> kept.Key:
    whole = dict(plan.digests)
    said = "\n".join([run.as_of, str(seed), *whole.values(), *(one.person_id for one in people)])
    sample = blake2b(said.encode(), digest_size=3).hexdigest()
    order = np.random.default_rng(seed).permutation(len(people))
    total = float(frame.expected.sum())
    items = tuple(
        kept.Item(
            f"{sample}-{number + 1:04d}",
            one.person_id,
            stratum,
            float(frame.expected[place]),
            one.linked,
            one.rows,
            tuple(kept.Candidate(_LETTERS[at], m.kpj, m.protected) for at, m in enumerate(members)),
        )
        for number, one, members, stratum, place in zip(
            np.argsort(order).tolist(), people, shown, drawn.stratum.tolist(), drawn.places.tolist(), strict=True
        )
    )
    return kept.Key(
        sample,
        seed,
        _from(target, folder),
        kept.Frame(
            run.as_of,
            whole,
            tuple(drawn.people.tolist()),
            tuple(drawn.expected.tolist()),
            min(run.calibrated / total, 1.0) if total else 1.0,
        ),
        items,
    )


def _from(target: Path, folder: Path) -> str:
    """The way from the key to the folder, so that both can be moved together; whole if they lie on two disks."""
    try:
        return Path(os.path.relpath(folder.resolve(), target.resolve())).as_posix()
    except ValueError:
        return folder.resolve().as_posix()


def _write(target: Path, key: kept.Key, people: list[Person], shown: list[list[Member]], wanted: Wanted) -> Written:
    lines = [
        [
            Line(item.code, candidate.letter, one.written, member.written)
            for candidate, member in zip(item.candidates, members, strict=True)
        ]
        or [Line(item.code, NOBODY, one.written, None)]
        for item, one, members in zip(key.items, people, shown, strict=True)
    ]
    lines.sort(key=lambda one: one[0].code)
    sheets = []
    for number in range(1, wanted.reviewers + 1):
        order = np.random.default_rng([wanted.seed, number]).permutation(len(lines)).tolist()
        path = target / SHEET.format(number=number)
        each = [line for place in order for line in lines[place]]
        write_sheet(lines=each, path=path, as_of=key.frame.as_of, language=wanted.language)
        sheets.append(path)
    kept.write_key(key=key, path=target / kept.KEY)
    return Written(tuple(sheets), target / kept.KEY, len(people), sum(map(len, lines)))
