"""Filled sheets read back: what reviewers found out about each person, brought to his place by the key."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from jangkau.complaints import Complaint, Text
from jangkau.gaps.office_tables import read_office_table
from jangkau.gaps.review import sheets as columns
from jangkau.gaps.review.kept import KEY, REVIEWS, Batch, Item, Reviewed, keep_reviews, read_key

_SAME = frozenset({"sama", "same", "s", "ya", "yes", "y", "1"})
_DIFFERENT = frozenset({"beda", "berbeda", "different", "lain", "b", "tidak", "no", "n", "0"})
_UNSURE = frozenset({"tidak tahu", "tidaktahu", "tt", "ragu", "cannot tell", "unknown", "unsure", "?"})
_YES, _NO = frozenset({"ya", "yes", "y", "1"}), frozenset({"tidak", "no", "n", "t", "0"})
_MOST_NAMED = 5


@dataclass
class _Said:
    """What the sheets say of one person: a word for each member shown, protected or not, other KPJ found."""

    decided: dict[str, str] = field(default_factory=dict)
    protected: str = ""
    kpj: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Imported:
    """How the answers of a sample stand after an import, in people. ``partly`` were begun and not finished."""

    drawn: int
    answered: int
    cannot_tell: int
    partly: int
    reviews: Path


def import_sheets(*, sheets: Sequence[Path], key: Path | None, folder: Path | None, at: str) -> Imported:
    """Read filled sheets and keep their answers in ``folder``/reviews.json, where the next run finds them.

    ``at`` is the day of the import, as 2021-05-31. Raises Complaint for a sheet that cannot be read, an item that is
    not in the sample, a word that is not known, or two answers that contradict each other; nothing is kept then.
    """
    place = _key_of(sheets, key, folder)
    sample = read_key(path=place)
    home = folder or Path(os.path.normpath(place.parent / sample.folder))
    if not home.is_dir():
        raise _no_folder(home)
    said: dict[str, _Said] = {}
    items = {item.code: item for item in sample.items}
    for path in sheets:
        _read(path, items, said)
    reviewed = tuple(one for code in sorted(said) if (one := _judged(items[code], said[code], at)) is not None)
    batch = Batch(sample.sample, sample.frame, len(sample.items), reviewed)
    whole = keep_reviews(path=home / REVIEWS, batch=batch)
    told = sum(one.unprotected is not None for one in whole.reviewed)
    begun = sum(bool(any(one.decided.values()) or one.protected or one.kpj) for one in said.values())
    return Imported(len(sample.items), told, len(whole.reviewed) - told, begun - len(reviewed), home / REVIEWS)


def _key_of(paths: Sequence[Path], key: Path | None, folder: Path | None) -> Path:
    """The key that was named, or the one beside the sheets, or the one in the folder's own place for samples."""
    if key is not None:
        return key / KEY if key.is_dir() else key
    places = [path.parent / KEY for path in paths]
    places += [folder / "review" / KEY] if folder else []
    return next((place for place in places if place.is_file()), places[0])


def _read(path: Path, items: Mapping[str, Item], said: dict[str, _Said]) -> None:
    rows = read_office_table(
        path=path, required=(columns.CODE, columns.LETTER, columns.DECISION), optional=(columns.PROTECTED, columns.KPJ)
    )
    for line, row in rows:
        code, letter = row[columns.CODE].lower(), row[columns.LETTER].upper()
        if not (code or letter) and not row[columns.DECISION]:
            continue  # a note below the table
        item = items.get(code)
        if item is None or letter not in {*(one.letter for one in item.candidates), *({} if item.candidates else "-")}:
            raise _unknown(path, line, f"{row[columns.CODE]} {row[columns.LETTER]}".strip())
        one = said.setdefault(code, _Said())
        decided = _word(path, line, columns.DECISION, row[columns.DECISION], _SAME, _DIFFERENT)
        one.decided[letter] = _agreed(path, line, code, one.decided.get(letter, ""), decided)
        protected = _word(path, line, columns.PROTECTED, row[columns.PROTECTED], _YES, _NO)
        one.protected = _agreed(path, line, code, one.protected, protected)
        if kpj := "".join(c for c in row[columns.KPJ] if c.isalnum()):
            one.kpj.add(kpj)
            if len(one.kpj) > 1:
                raise _contradiction(path, line, code)


def _word(path: Path, line: int, column: str, value: str, yes: frozenset[str], no: frozenset[str]) -> str:
    """yes, no, unsure, or nothing."""
    word = " ".join(value.lower().split())
    if not word or word in yes | no | _UNSURE:
        return "" if not word else "yes" if word in yes else "no" if word in no else "unsure"
    allowed = ("sama, beda, tidak tahu", "same, different, cannot tell")
    if column == columns.PROTECTED:
        allowed = ("ya, tidak, tidak tahu", "yes, no, cannot tell")
    raise Complaint(
        what=Text("Sebuah jawaban tidak dapat dipahami.", "An answer cannot be understood."),
        where=f"{path.name}: {line}",
        why=Text(f"Kolom {column} berisi kata yang tidak dikenal.", f"Column {column} holds a word that is not known."),
        do=Text(f"Pilih salah satu: {allowed[0]}.", f"Choose one of: {allowed[1]}."),
    )


def _agreed(path: Path, line: int, code: str, before: str, now: str) -> str:
    """Two answers to one question: the same, or one of them is none, or one of them could not tell."""
    if before in ("yes", "no") and now in ("yes", "no") and before != now:
        raise _contradiction(path, line, code)
    return now if now in ("yes", "no") or not before else before


def _judged(item: Item, said: _Said, at: str) -> Reviewed | None:
    """What follows from the answers; None while some member shown to the reviewer has no answer yet.

    Same as a member: protected or not by that member's dates. Same as nobody: not protected, unless he was found by
    another way.
    """
    same = [one for one in item.candidates if said.decided.get(one.letter) == "yes"]
    words = [said.decided.get(one.letter, "") for one in item.candidates]
    if not same and not said.protected and (not words or "" in words):
        return None
    if not same and not said.protected and said.kpj:
        raise _unsaid(item.code)
    unprotected, member = _found(said, [one.protected for one in same], words)
    return Reviewed(
        item.code,
        item.stratum,
        item.expected,
        item.linked,
        item.rows,
        unprotected,
        member,
        tuple(sorted({*(one.kpj for one in same), *said.kpj})),
        tuple(one.kpj for one in item.candidates if said.decided.get(one.letter) == "no"),
        at,
    )


def _found(said: _Said, same: list[bool], words: list[str]) -> tuple[bool | None, bool | None]:
    """Unprotected? A member at all? None: nobody can tell."""
    if same:
        return not any(same) and said.protected != "yes", True
    member: bool | None = bool(said.kpj) or said.protected == "yes"
    if said.protected == "unsure" or (said.protected == "" and "unsure" in words):
        return None, member or None
    if said.protected == "no" and "unsure" in words:
        return True, member or None
    return said.protected != "yes", member


def _unknown(path: Path, line: int, what: str) -> Complaint:
    return Complaint(
        what=Text("Sebuah baris tidak ada dalam sampel ini.", "A line is not of this sample."),
        where=f"{path.name}: {line}",
        why=Text(f"Kode dan calon {what!r} tidak dikenal kuncinya.", f"Code and letter {what!r} are not in its key."),
        do=Text(
            "Kembalikan kolom kode dan calon seperti semula, atau sebut kunci yang benar dengan --key.",
            "Put the columns kode and calon back as they were, or name the right key with --key.",
        ),
    )


def _contradiction(path: Path, line: int, code: str) -> Complaint:
    return Complaint(
        what=Text("Dua jawaban bertentangan.", "Two answers contradict each other."),
        where=f"{path.name}: {line}",
        why=Text(
            f"Untuk {code} sudah ada jawaban yang lain, di lembar ini atau di lembar penelaah lain.",
            f"There is another answer for {code}, on this sheet or on that of another reviewer.",
        ),
        do=Text(
            "Sepakati bersama, samakan kedua lembar (atau tulis 'tidak tahu'), lalu impor lagi.",
            "Settle it together, make both sheets say the same (or 'cannot tell'), and import again.",
        ),
    )


def _unsaid(code: str) -> Complaint:
    return Complaint(
        what=Text("Sebuah jawaban belum lengkap.", "An answer is not complete."),
        where=code,
        why=Text(
            "KPJ ditemukan, tetapi terlindungi atau tidak belum diisi.", "A KPJ was found, but not if it protects."
        ),
        do=Text("Isi kolom terlindungi: ya, tidak, atau tidak tahu.", "Fill terlindungi: yes, no, or cannot tell."),
    )


def _no_folder(folder: Path) -> Complaint:
    return Complaint(
        what=Text("Folder asal sampel tidak ditemukan.", "The folder of the sample is not there."),
        where=str(folder),
        why=Text("Sampel atau foldernya sudah dipindahkan.", "The sample or its folder was moved."),
        do=Text("Sebut foldernya dengan --folder FOLDER.", "Name it with --folder FOLDER."),
    )
