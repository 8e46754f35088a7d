"""The KUR rule in a word: must, may, none or unknown, by type, loan size and date of agreement; also as SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Literal, get_args

from jangkau.complaints import Text
from jangkau.law.dated import Block, bilingual, read_blocks, shipped

Word = Literal["must", "may", "none", "unknown"]
TYPES = ("super_mikro", "mikro", "kecil", "khusus", "pmi")
_FILE = "duties/kur.yaml"


@dataclass(frozen=True)
class TypeRule:
    """What a regulation says of one type. ``plafon_above`` and ``plafon_up_to``: the loans of the type, in rupiah.

    With ``duty_above`` the duty holds for larger loans only; what holds for the others is unknown.
    """

    duty: Word
    duty_above: int | None
    article: str | None
    plafon_above: int | None
    plafon_up_to: int | None
    question: Text | None
    note: Text | None

    def of(self, *, plafon: int | None) -> Word:
        """The duty of a loan; unknown where it hangs on a size that is not given."""
        if self.duty_above is None or (plafon is not None and plafon > self.duty_above):
            return self.duty
        return "unknown"


@dataclass(frozen=True)
class KurRule:
    """One regulation while it was in force."""

    block: Block
    certain_from: date | None
    question: Text | None
    notes: tuple[Text, ...]
    types: Mapping[str, TypeRule]


@cache
def kur_rules() -> tuple[KurRule, ...]:
    """All of ``law/duties/kur.yaml``."""
    return tuple(_rule(block) for block in shipped(name=_FILE))


def read_kur_rules(*, text: str) -> tuple[KurRule, ...]:
    """Rules from YAML; ValueError with the line of a block that cannot be law."""
    return tuple(_rule(block) for block in read_blocks(file=_FILE, text=text))


def _rule(block: Block) -> KurRule:
    question = block.text(name="question")
    types = {name: _type_rule(block, name, said, question) for name, said in block.values["types"].items()}
    notes = tuple(Text(note["id"], note["en"]) for note in block.values.get("notes", ()))
    return KurRule(block, block.values.get("certain_from"), question, notes, types)


def _type_rule(block: Block, name: str, said: dict[str, Any], question: Text | None) -> TypeRule:
    plafon = said.get("plafon", {})
    rule = TypeRule(
        duty=said["duty"],
        duty_above=said.get("duty_above"),
        article=said.get("article"),
        plafon_above=plafon.get("above"),
        plafon_up_to=plafon.get("up_to"),
        question=bilingual(value=said.get("question")) or question,
        note=bilingual(value=said.get("note")),
    )
    if name not in TYPES:
        raise block.fault(why=f"{name} is no type of KUR")
    if rule.duty not in get_args(Word):
        raise block.fault(why=f"{name}: {rule.duty} is no duty")
    if rule.duty != "unknown" and not (rule.article and block.instrument):
        raise block.fault(why=f"{name}: the duty '{rule.duty}' cites no article")
    if (rule.duty == "unknown" or rule.duty_above is not None) and rule.question is None:
        raise block.fault(why=f"{name}: the duty is unknown and no question is stated")
    return rule


def kur_duty(*, skema: str | None, plafon: int | None, agreed: date | None) -> Word:
    """The KUR rule for one loan. Unknown when type or date is not given or no regulation could be read.

    >>> kur_duty(skema="kecil", plafon=200_000_000, agreed=date(2023, 3, 1))
    'must'
    """
    if skema is None or agreed is None:
        return "unknown"
    rule = next((rule for rule in kur_rules() if rule.block.holds_on(day=agreed)), None)
    of_type = rule.types.get(skema) if rule else None
    return of_type.of(plafon=plafon) if of_type else "unknown"


def kur_duty_sql(*, skema: str, plafon: str, agreed: str) -> str:
    """The same as a SQL expression over three columns."""
    cases = []
    for rule in kur_rules():
        until = f" AND {agreed} < DATE '{rule.block.valid_until}'" if rule.block.valid_until else ""
        dated = f"{agreed} >= DATE '{rule.block.valid_from}'{until}"
        for name, of_type in rule.types.items():
            larger = f" AND {plafon} > {of_type.duty_above}" if of_type.duty_above is not None else ""
            cases.append(f"WHEN {dated} AND {skema} = '{name}'{larger} THEN '{of_type.duty}'")
    return f"(CASE {' '.join(cases)} ELSE 'unknown' END)"
