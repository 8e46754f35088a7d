"""Two names side by side, in words: which words are spellings of one another, which stand on one side only."""

from __future__ import annotations

import re
from dataclasses import dataclass

from jangkau.complaints import Text
from jangkau.persons.names import TITLES_BEFORE, fold

LONGEST = 60


@dataclass(frozen=True)
class _Word:
    """A word as it was written, and as it is read; ``read`` is empty for a title."""

    written: str
    read: str


def compared(*, level: int, left: str, right: str) -> Text | None:
    """What to say of two names at this level of agreement; None when there is nothing to add."""
    ours, theirs = _words(left), _words(right)
    pairs, mine, other = _matched(ours, theirs)
    if level == 1:
        return _spellings(ours, theirs, pairs)
    if level == 2:
        if mine and other:  # an initial, or the beginning of a word
            return Text(f"{_joined(mine)} = {_joined(other)}", f"{_joined(mine)} = {_joined(other)}")
        alone = _joined(mine or other)
        return Text(f"tanpa {alone}", f"without {alone}") if alone else None
    if level in (3, 4) and (mine or other):
        a, b = _joined(mine) or "–", _joined(other) or "–"
        return Text(f"{a} ~ {b}", f"{a} ~ {b}")
    if level == 5:
        shared = _joined([one for one, _ in pairs])
        return Text(shared, shared) if shared else None
    whole = f"{_shown(left)} / {_shown(right)}"
    return Text(whole, whole)


def _words(name: str) -> list[_Word]:
    written = [word for word in re.split(r"[\s,;/]+", name) if re.search(r"\w", word)]
    words: list[_Word] = []
    begun = False
    for k, word in enumerate(written):
        plain = re.sub(r"\W", "", word).upper()
        title = not begun and plain in TITLES_BEFORE and k + 1 < len(written)
        begun = begun or not title
        # behind another word a title is folded away, and a lone M is a letter and not Muhammad
        first = not any(one.read for one in words)
        read = "" if title else fold(word) if first else fold(f"BUDI {word}").partition(" ")[2]
        words.append(_Word(word, read))
    return words


def _matched(ours: list[_Word], theirs: list[_Word]) -> tuple[list[tuple[_Word, _Word]], list[_Word], list[_Word]]:
    """Words that are read alike in pairs, the others of either side; titles are left out."""
    free = [word for word in theirs if word.read]
    pairs, mine = [], []
    for word in ours:
        if not word.read:
            continue
        partner = next((one for one in free if one.read == word.read), None)
        if partner is None:
            mine.append(word)
        else:
            free.remove(partner)
            pairs.append((word, partner))
    return pairs, mine, free


def _spellings(ours: list[_Word], theirs: list[_Word], pairs: list[tuple[_Word, _Word]]) -> Text:
    """'Moh. = Muhammad' or 'equal'; titles that were left out; words in another order."""
    said = [f"{_shown(a.written)} = {_shown(b.written)}" for a, b in pairs if _bare(a.written) != _bare(b.written)]
    spelt = ", ".join(said)
    id_, en = [spelt or "sama"], [spelt or "equal"]
    titles = ", ".join(dict.fromkeys(_shown(word.written) for word in (*ours, *theirs) if not word.read))
    if titles:
        id_.append(f"tanpa gelar {titles}")
        en.append(f"title {titles} left out")
    if [a.read for a, _ in pairs] != [word.read for word in theirs if word.read]:
        id_.append("urutan kata lain")
        en.append("words in another order")
    return Text(", ".join(id_), ", ".join(en))


def _bare(word: str) -> str:
    return re.sub(r"\W", "", word).upper()


def _joined(words: list[_Word]) -> str:
    return " ".join(_shown(word.written) for word in words)


def _shown(text: str) -> str:
    """Never a number: what stands in a column of names may be a NIK."""
    clean = re.sub(r"\d[\d.\-\s]{3,}\d", "…", " ".join(text.split()))
    return clean if len(clean) <= LONGEST else clean[: LONGEST - 1] + "…"
