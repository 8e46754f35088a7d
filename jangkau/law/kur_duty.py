"""Whether the KUR rule makes a borrower join: must, may, none or unknown, by type, loan size and date of agreement."""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@cache
def _rules() -> tuple[dict[str, Any], ...]:
    return tuple(yaml.safe_load((files("jangkau.law") / "duties" / "kur.yaml").read_text(encoding="utf-8")))


def kur_duty(*, skema: str | None, plafon: int | None, agreed: date | None) -> str:
    """The KUR rule for one loan. Unknown when type or date is not given or no regulation could be read.

    >>> kur_duty(skema="kecil", plafon=200_000_000, agreed=date(2023, 3, 1))
    'must'
    """
    for rule in _rules():
        until = rule["valid_until"]
        if agreed is None or agreed < rule["valid_from"] or (until is not None and agreed >= until):
            continue
        above = rule.get("above", {}).get(skema)
        if above and plafon is not None and plafon > above["plafon"]:
            return str(above["participation"])
        return str(rule["participation"].get(skema, "unknown"))
    return "unknown"


def kur_duty_sql(*, skema: str, plafon: str, agreed: str) -> str:
    """The same as a SQL expression over three columns."""
    cases = []
    for rule in _rules():
        until = f" AND {agreed} < DATE '{rule['valid_until']}'" if rule["valid_until"] else ""
        dated = f"{agreed} >= DATE '{rule['valid_from']}'{until}"
        for name, above in rule.get("above", {}).items():
            cases.append(
                f"WHEN {dated} AND {skema} = '{name}' AND {plafon} > {above['plafon']} THEN '{above['participation']}'"
            )
        cases += [
            f"WHEN {dated} AND {skema} = '{name}' THEN '{value}'" for name, value in rule["participation"].items()
        ]
    return f"(CASE {' '.join(cases)} ELSE 'unknown' END)"
