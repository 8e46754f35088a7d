"""The law of own-account workers (BPU) written for OpenFisca-core, as one writes for it: the yardstick of the law.

Numbers come from the same files (jangkau/law/rates): a rate, an amount or a bracket is never written twice. What is
written here is what OpenFisca asks for: variables, and formulas over whole columns. Two systems: the bare rule (base
of the bracket times rate, and JKM flat), and the whole of it (who pays, sector, reliefs, programmes asked for, what
the law leaves open), which is what price.sql answers. Of two ways that OpenFisca has, the faster is taken: columns are
given as arrays of its own kinds, and the simulation is built for a count of people, not from a million dictionaries.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
from openfisca_core.entities import build_entity
from openfisca_core.indexed_enums import Enum
from openfisca_core.parameters import ParameterNode
from openfisca_core.periods import MONTH
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

from jangkau.law.loading import law
from jangkau.law.values import PAYERS, SECTORS, Relief

BEGAN = "2015-07-01"
Columns = Mapping[str, npt.NDArray[Any]]
Person = build_entity(key="person", plural="persons", label="own-account worker", is_person=True)
Sector = Enum("Sector", [(one, one) for one in SECTORS])
Payer = Enum("Payer", [(one, one) for one in PAYERS])
TAKES = ("takes_jkk", "takes_jkm", "takes_jht")


def _input(kind: type, **more: Any) -> dict[str, Any]:
    return {"value_type": kind, "entity": Person, "definition_period": MONTH, **more}


def _amount(formula: Any) -> dict[str, Any]:
    return _input(float, formula=formula)


def _variables(described: Mapping[str, dict[str, Any]]) -> list[type[Variable]]:
    return [type(name, (Variable,), body) for name, body in described.items()]


def _base(persons: Any, period: Any, parameters: Any) -> Any:
    return parameters(period).bpu.base.calc(persons("income", period))


def _total(persons: Any, period: Any) -> Any:
    return persons("jkk", period) + persons("jkm", period) + persons("jht", period)


BARE = {
    "income": _input(float),
    "base": _amount(_base),
    "jkk": _amount(lambda persons, period, law: persons("base", period) * law(period).bpu.jkk),
    "jkm": _amount(lambda persons, period, law: persons.filled_array(law(period).bpu.jkm)),
    "jht": _amount(lambda persons, period, law: persons("base", period) * law(period).bpu.jht),
    "total": _amount(_total),
}


def _of_sector(persons: Any, period: Any, parameters: Any) -> Any:
    """What a relief for a sector leaves of JKK and JKM, whoever pays."""
    relief = parameters(period).bpu.relief
    return np.where(persons("sector", period) == Sector.transport, relief.transport, relief.other)


def _left(persons: Any, period: Any, parameters: Any) -> Any:
    """What reliefs leave of JKK and JKM: a sector's is not for money of the state, the others not for arrears."""
    payer = persons("payer", period)
    state = (payer == Payer.apbn) + (payer == Payer.apbd)
    left = np.where(state, 1, persons("of_sector", period))
    return left * np.where(persons("in_arrears", period), 1, parameters(period).bpu.relief.everybody)


def _open(persons: Any, period: Any) -> Any:
    """The law leaves JKK and JKM open: whoever employs others, and money of a village while a sector has a relief."""
    by_village = persons("payer", period) == Payer.village
    return persons("employs_others", period) + by_village * (persons("of_sector", period) < 1)


def _takes(name: str) -> Any:
    def formula(persons: Any, period: Any, parameters: Any) -> Any:
        said = parameters(period).bpu.compulsory
        must = np.where(persons("employs_others", period), said.employer[name], said.alone[name])
        return np.where(persons("named", period), persons(name, period), must)

    return formula


def _jkk(persons: Any, period: Any, parameters: Any) -> Any:
    exact = persons("base", period) * parameters(period).bpu.jkk * persons("left", period)
    return np.floor(exact + 0.5) * persons("asked_jkk", period) * ~persons("open", period)


def _jkm(persons: Any, period: Any, parameters: Any) -> Any:
    exact = parameters(period).bpu.jkm * persons("left", period)
    return np.floor(exact + 0.5) * persons("asked_jkm", period) * ~persons("open", period)


def _jht(persons: Any, period: Any, parameters: Any) -> Any:
    return np.floor(persons("base", period) * parameters(period).bpu.jht + 0.5) * persons("asked_jht", period)


WHOLE = {
    "income": _input(float),
    "sector": _input(Enum, possible_values=Sector, default_value=Sector.other),
    "payer": _input(Enum, possible_values=Payer, default_value=Payer.worker),
    **{name: _input(bool) for name in ("in_arrears", "employs_others", "named", *TAKES)},
    **{f"asked_{name[6:]}": _input(bool, formula=_takes(name)) for name in TAKES},
    "of_sector": _amount(_of_sector),
    "left": _amount(_left),
    "open": _input(bool, formula=_open),
    "base": _amount(_base),
    "jkk": _amount(_jkk),
    "jkm": _amount(_jkm),
    "jht": _amount(_jht),
    "total": _amount(_total),
}


def system(*, described: Mapping[str, dict[str, Any]]) -> TaxBenefitSystem:
    """A tax and benefit system with these variables and the law of own-account workers as its parameters."""
    made = TaxBenefitSystem([Person])
    made.parameters = ParameterNode("", data={"bpu": _parameters()})
    made.add_variables(*_variables(described))
    return made


def _parameters() -> dict[str, Any]:
    known = law()
    rate = {name: known.series[f"bpu.{name}"].values[0] for name in ("JKK", "JKM", "JHT")}
    brackets = known.series["bpu.brackets"].values[0].brackets
    return {
        "jkk": _always(float(rate["JKK"].rate or 0)),
        "jkm": _always(rate["JKM"].amount),
        "jht": _always(float(rate["JHT"].rate or 0)),
        "compulsory": {"alone": _compulsory("bpu.compulsory"), "employer": _compulsory("bpu.compulsory.employer")},
        "base": {
            "metadata": {"type": "single_amount"},
            "brackets": [
                {"threshold": {BEGAN: {"value": row.lower}}, "amount": {BEGAN: {"value": row.base}}} for row in brackets
            ],
        },
        "relief": {name: _relief(name if name != "everybody" else None) for name in (*SECTORS, "everybody")},
    }


def _always(value: object) -> dict[str, Any]:
    return {"values": {BEGAN: {"value": value}}}


def _compulsory(series: str) -> dict[str, Any]:
    """Whether a programme is: JKK and JKM where the law does not say."""
    return {
        name: {
            "values": {
                one.valid_from.isoformat(): {"value": name[6:].upper() in (one.programmes or ("JKK", "JKM"))}
                for one in law().series[series].values
            }
        }
        for name in TAKES
    }


def _relief(sector: str | None) -> dict[str, Any]:
    """What the reliefs of a sector, or of everybody, leave of JKK and JKM: 1 where there is none."""
    known: dict[str, Any] = {BEGAN: {"value": 1.0}}
    for one in law().reliefs:
        if "BPU" in one.segments and one.sector == sector:
            known |= _from_until(one)
    return {"values": known}


def _from_until(one: Relief) -> dict[str, Any]:
    return {
        one.valid_from.isoformat(): {"value": float(one.multiplier)},
        one.valid_until.isoformat(): {"value": 1.0},
    }


def totals(*, of: TaxBenefitSystem, columns: Columns, month: date) -> npt.NDArray[np.float32]:
    """What each of these people owes for a month: a simulation built, its columns given, the total calculated."""
    period = f"{month:%Y-%m}"
    simulation = SimulationBuilder().build_default_simulation(of, len(columns["income"]))
    for name, column in columns.items():
        simulation.set_input(name, period, column)
    found: npt.NDArray[np.float32] = simulation.calculate("total", period)
    return found
