"""The KUR rule in a word: must, may, none or unknown, by type, loan size and date of agreement; also as SQL."""

from __future__ import annotations

from datetime import date

from jangkau.law.loading import law
from jangkau.law.rules import TYPES, KurRule, TypeRule, Word, rules_of

__all__ = ["TYPES", "KurRule", "TypeRule", "Word", "kur_duty", "kur_duty_sql", "kur_rules"]


def kur_rules() -> tuple[KurRule, ...]:
    """All of ``law/duties/kur.yaml``."""
    return rules_of(law=law(), name="kur", kind=KurRule)


def kur_duty(*, skema: str | None, plafon: int | None, agreed: date | None) -> Word:
    """The KUR rule for one loan. Unknown when type or date is not given or no regulation could be read.

    >>> kur_duty(skema="kecil", plafon=200_000_000, agreed=date(2023, 3, 1))
    'must'
    """
    if skema is None or agreed is None:
        return "unknown"
    rule = next((rule for rule in kur_rules() if rule.holds_on(agreed)), None)
    of_type = rule.types.get(skema) if rule else None
    return of_type.of(plafon=plafon) if of_type else "unknown"


def kur_duty_sql(*, skema: str, plafon: str, agreed: str) -> str:
    """The same as a SQL expression over three columns."""
    cases = []
    for rule in kur_rules():
        until = f" AND {agreed} < DATE '{rule.valid_until}'" if rule.valid_until else ""
        dated = f"{agreed} >= DATE '{rule.valid_from}'{until}"
        for name, of_type in rule.types.items():
            larger = f" AND {plafon} > {of_type.duty_above}" if of_type.duty_above is not None else ""
            cases.append(f"WHEN {dated} AND {skema} = '{name}'{larger} THEN '{of_type.duty}'")
    return f"(CASE {' '.join(cases)} ELSE 'unknown' END)"
