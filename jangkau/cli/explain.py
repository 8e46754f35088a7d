"""`jangkau link explain`: why two rows are one person or not, in words and bits; Indonesian with English beside."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from jangkau.complaints import Complaint, Language, Text

if TYPE_CHECKING:
    from jangkau.linkage.explain import Candidate, Explanation

_ROW = Text("Baris kiri {id}", "Left row {id}")
_ONE_FILE_ROW = Text("Baris {id}", "Row {id}")
_PRESENT = Text("peluang ada di kanan: {p}", "probability of being on the right: {p}")
_REPEATED = Text("peluang muncul lagi lebih bawah: {p}", "probability of appearing again further down: {p}")
_TIES = Text("{n} calon terbaik sama kuat", "{n} best candidates are equally good")
_NOBODY = Text("Tidak ada calon.", "There is no candidate.")
_KEYS = Text(
    "{n} dari {all} blok dapat mencarinya; tidak ada baris yang cukup mirip.",
    "{n} of {all} blocks could look for it; no row was alike enough.",
)
_NO_KEY = Text(
    "Tidak ada blok yang dapat mencarinya: baris ini terlalu kosong.",
    "No block could look for it: the row is too empty.",
)
_EMPTY = Text("kosong atau tidak dapat dipahami: {names}", "empty or not understood: {names}")
_DECISIONS = {
    "match": Text("cocok", "match"),
    "review": Text("perlu diperiksa", "to be reviewed"),
    "no": Text("bukan", "no match"),
    "never": Text("tidak dibandingkan", "not compared"),
}
_CHANCE = Text("peluang {p}: {decision}", "probability {p}: {decision}")
_BELOW = Text("peluang di bawah {low}: {decision}", "probability below {low}: {decision}")
_PRIOR = Text("sebelum dibandingkan", "before comparing")
_SUM = Text("jumlah: {odds}", "sum: {odds}")
_MISSING = Text("tidak dapat dibandingkan: {names}", "could not be compared: {names}")
_FOUND_BY = Text("ditemukan lewat: {blocks}", "found through: {blocks}")
_MORE_BLOCKS = Text("; dan {n} blok lain", "; and {n} other blocks")
_NARROW, _BLOCKS_SHOWN = 100, 3


def explain(*, words: Sequence[str], language: Language) -> int:
    """Print the evidence; ``words``: DIR LEFT_ID [RIGHT_ID]. Complaint for an unknown id or folder."""
    if len(words) not in (2, 3):
        raise Complaint(
            what=Text("Perintah ini belum lengkap.", "This command is not complete."),
            where="jangkau link explain",
            why=Text("Perlu folder dan id kiri.", "It takes a folder and a left id."),
            do=Text("jangkau link explain DIR ID_KIRI [ID_KANAN]", "jangkau link explain DIR LEFT_ID [RIGHT_ID]"),
        )
    from jangkau.linkage.explain import explain as explained

    found = explained(folder=Path(words[0]), left_id=words[1], right_id=words[2] if len(words) == 3 else None)
    for problem in found.problems:
        print(problem.message(language), file=sys.stderr)
    for line in _lines(found):
        print(line)
    return 0


def _lines(found: Explanation) -> list[str]:
    from jangkau.charts import wording

    row = _ONE_FILE_ROW if found.same_file else _ROW
    present = _REPEATED if found.same_file else _PRESENT
    p = wording.likelihood(value=found.probability)
    lines = [_beside(_joined(row.format(id=found.shown), _with(present, p=p)))]
    if found.ties > 1 and len(found.candidates) > 1:
        lines.append(_beside(_TIES.format(n=found.ties)))
    if not found.candidates:
        lines.append(_beside(_NOBODY))
        if found.searched is not None:
            why = _KEYS if found.searched else _NO_KEY
            lines.append(_beside(why.format(n=found.searched, all=found.blocks)))
            if found.missing:
                lines.append(_beside(_EMPTY.format(names=", ".join(found.missing))))
    for place, one in enumerate(found.candidates, start=1):
        lines += ["", *_candidate(one, place, found.low)]
    return lines


def _candidate(one: Candidate, place: int, low: float) -> list[str]:
    from jangkau.charts import wording
    from jangkau.linkage.evidence import sentence

    if one.probability is not None:
        chance, p = _CHANCE, wording.likelihood(value=one.probability)
    else:
        chance, p = _BELOW, wording.level(value=low)
    decision = _DECISIONS[one.decision]
    head = _with(chance, p=p, low=p, decision=decision)
    lines = [f"{place}. {one.shown}", _beside(head, indent=3)]
    lines += [_beside(note, indent=3) for note in one.notes]
    said = sentence(weighed=one.weighed)
    lines += _folded(said.id) + _folded(said.en)
    lines += ["", _ledger(one.weighed.prior, _PRIOR)]
    lines += [_ledger(item.bits, item.words) for item in one.weighed.evidence]
    odds = wording.likelihood(value=one.weighed.probability)
    lines += ["   " + "─" * 7, _ledger(one.weighed.bits, _with(_SUM, odds=odds))]
    if one.weighed.missing:
        lines.append(_beside(_MISSING.format(names=", ".join(one.weighed.missing)), indent=3))
    if one.found_by:
        said = _with(_FOUND_BY, blocks=_blocks(one))
        lines += _folded(said.id) + _folded(said.en)
    return lines


def _blocks(one: Candidate) -> Text:
    shown, more = one.found_by[:_BLOCKS_SHOWN], len(one.found_by) - _BLOCKS_SHOWN
    rest = _MORE_BLOCKS.format(n=more) if more > 0 else Text("", "")
    return Text("; ".join(b.id for b in shown) + rest.id, "; ".join(b.en for b in shown) + rest.en)


def _ledger(bits: float, said: Text) -> str:
    from jangkau.charts import wording

    amount = wording.bits(value=bits).id.rjust(7)
    return f"   {amount}  {_beside(said, width=46, under=12)}"


def _with(text: Text, **values: Text) -> Text:
    """Each language filled with its own words."""
    return Text(
        text.id.format(**{name: value.id for name, value in values.items()}),
        text.en.format(**{name: value.en for name, value in values.items()}),
    )


def _joined(first: Text, second: Text) -> Text:
    return Text(f"{first.id}, {second.id}", f"{first.en}, {second.en}")


def _beside(text: Text, *, indent: int = 0, width: int = 56, under: int | None = None) -> str:
    """Indonesian, and English beside it, or below it where there is no room."""
    start = " " * indent
    if text.id == text.en:
        return start + text.id
    if _terminal() >= _NARROW and len(text.id) <= width:
        return f"{start}{text.id.ljust(width)}  {text.en}"
    return f"{start}{text.id}\n{' ' * (indent if under is None else under)}{text.en}"


def _folded(words: str) -> list[str]:
    import textwrap

    return textwrap.wrap(words, width=_terminal(), initial_indent="   ", subsequent_indent="     ")


def _terminal() -> int:
    return max(60, min(shutil.get_terminal_size(fallback=(120, 24)).columns, 140))
