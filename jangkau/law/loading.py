"""The law from its files: every regulation, value, relief and rule, read, checked and kept with file and line."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import cast, get_args

from jangkau.complaints import Text
from jangkau.law.blocks import Block, read_blocks, refused
from jangkau.law.checks import check
from jangkau.law.citations import FIELDS, article_of, instrument_of, resting_on
from jangkau.law.months import KNOWN_FROM
from jangkau.law.rules import FILES, read_rule
from jangkau.law.values import (
    PAYERS,
    PROGRAMMES,
    SECTORS,
    SEGMENTS,
    Bracket,
    Instrument,
    Kind,
    Law,
    Place,
    Relief,
    Rule,
    Series,
    Slice,
    Value,
)

RATES = ("bpu", "pu", "jp", "jkp", "jakon", "pmi", "programmes")
_OF_KIND = {"brackets": ("brackets", "hole")}


@cache
def law() -> Law:
    """The law that this version carries."""
    return load(folder=files("jangkau.law"))


def load(*, folder: Traversable) -> Law:
    """The law in ``folder`` (instruments, rates, duties). Complaint with file and line for whatever is wrong."""
    instruments: dict[str, Instrument] = {}
    for path in sorted((folder / "instruments").iterdir(), key=lambda path: path.name):
        if path.name.endswith(".yaml"):
            for block in _blocks(folder, f"instruments/{path.name}"):
                one = _instrument(block)
                if one.id in instruments:
                    raise block.fault(f"{one.id} tertulis dua kali.", f"{one.id} is written twice.")
                instruments[one.id] = one
    series: dict[str, Series] = {}
    for name in RATES:
        for block in _blocks(folder, f"rates/{name}.yaml"):
            item = _series(block, instruments)
            if item.id in series:
                raise block.fault(f"{item.id} tertulis dua kali.", f"{item.id} is written twice.")
            series[item.id] = item
    rules: dict[str, tuple[Rule, ...]] = {}
    for file, names in FILES.items():
        for block in _blocks(folder, file):
            name, rule = read_rule(file=file, block=block, instruments=instruments)
            rules[name] = (*rules.get(name, ()), rule)
        for name in names:
            if name not in rules:
                raise refused(
                    place=Place(f"law/{file}", 1),
                    why=Text(f"{name}: tidak ada nilai sama sekali.", f"{name}: there is no value at all."),
                )
    whole = Law(
        instruments=instruments,
        series=series,
        reliefs=tuple(_relief(block, instruments) for block in _blocks(folder, "rates/reliefs.yaml")),
        deferrals=tuple(_relief(block, instruments) for block in _blocks(folder, "rates/deferrals.yaml")),
        rules=rules,
    )
    check(law=whole)
    return whole


def _blocks(folder: Traversable, name: str) -> list[Block]:
    return read_blocks(text=folder.joinpath(*name.split("/")).read_text(encoding="utf-8"), file=f"law/{name}")


def _instrument(block: Block) -> Instrument:
    block.only(
        *("id", "name", "title", "signed", "in_force", "reaches_back_to", "ended"),
        *("amends", "ends", "published", "verified"),
    )
    return Instrument(
        id=block.text("id"),
        name=block.text("name"),
        title=block.text("title"),
        signed=block.day_or_none("signed"),
        in_force=block.day("in_force"),
        reaches_back_to=block.day_or_none("reaches_back_to"),
        ended=block.day_or_none("ended"),
        amends=block.words("amends"),
        ends=block.words("ends"),
        published=block.text("published"),
        verified=block.flag("verified"),
        place=block.place,
    )


def _series(block: Block, instruments: dict[str, Instrument]) -> Series:
    block.only("series", "segment", "programme", "payer", "what", "kind", "decimals", "begins", "covers", "values")
    kind = block.text("kind")
    if kind not in get_args(Kind):
        raise block.fault(f"Jenis {kind} tidak ada.", f"There is no kind {kind}.")
    for name, among in (("segment", SEGMENTS), ("programme", PROGRAMMES), ("payer", PAYERS)):
        if block.get(name) is not None and block[name] not in among:
            raise block.fault(f"{name}: {block[name]} tidak dikenal.", f"{name}: there is no {block[name]}.")
    decimals = block.rupiah("decimals") if kind in ("rate", "slices") else 0
    values = block.need("values")
    if not isinstance(values, list) or not values or not all(isinstance(value, Block) for value in values):
        raise block.fault("'values' harus daftar nilai.", "'values' must be a list of values.")
    return Series(
        id=block.text("series"),
        segment=block.text("segment"),
        programme=block.need("programme"),
        payer=block.get("payer"),
        what=block.both("what"),
        kind=cast(Kind, kind),
        decimals=decimals,
        begins=block.day_or_none("begins") or KNOWN_FROM,
        values=tuple(_value(value, cast(Kind, kind), decimals, instruments) for value in values),
        place=block.place,
        covers=block.words("covers", PROGRAMMES) if "covers" in block else (),
    )


def _value(block: Block, kind: Kind, decimals: int, instruments: dict[str, Instrument]) -> Value:
    known = "unknown" not in block
    block.only(*FIELDS, *(_OF_KIND.get(kind, (kind,)) if known else ("unknown",)))
    return Value(
        **resting_on(block=block, instruments=instruments, known=known),
        rate=block.fraction("rate", decimals) if known and kind == "rate" else None,
        amount=block.rupiah("amount") if known and kind == "amount" else None,
        brackets=tuple(_bracket(row) for row in _rows(block, "brackets")) if known and kind == "brackets" else (),
        hole=block.both("hole") if known and kind == "brackets" else None,
        slices=tuple(_slice(row, decimals) for row in _rows(block, "slices")) if known and kind == "slices" else (),
        programmes=block.words("programmes", PROGRAMMES) if known and kind == "programmes" else (),
        unknown=None if known else block.both("unknown"),
    )


def _rows(block: Block, name: str) -> list[Block]:
    rows = block.need(name)
    if not isinstance(rows, list) or not rows or not all(isinstance(row, Block) for row in rows):
        raise block.fault(f"{name!r} harus daftar.", f"{name!r} must be a list.")
    return rows


def _bracket(row: Block) -> Bracket:
    row.only("bracket", "from", "to", "base", "verified")
    upper = None if row.need("to") is None else row.rupiah("to")
    return Bracket(row.rupiah("bracket"), row.rupiah("from"), upper, row.rupiah("base"), row.flag("verified"))


def _slice(row: Block, decimals: int) -> Slice:
    row.only("above", "rate")
    return Slice(row.rupiah("above"), row.fraction("rate", decimals))


def _relief(block: Block, instruments: dict[str, Instrument]) -> Relief:
    deferral = "deferral" in block
    multiplier = "pay_now" if deferral else "multiplier"
    block.only(
        *("deferral" if deferral else "relief", multiplier, "decimals", "instrument", "cite", "article", "segments"),
        *("programmes", "valid_from", "valid_until", "who", "verified", "source", "when", "paid_up_to", "not_paid_by"),
        *("unsettled_payers", "question", "assumed", "order", "settled"),
    )
    when = block.inner("when", "sector", "labour_intensive")
    if "sector" in when and when["sector"] not in SECTORS:
        raise block.fault(f"Sektor {when['sector']} tidak ada.", f"There is no sector {when['sector']}.")
    instrument = instrument_of(block=block, instruments=instruments)
    days = block.day("valid_from"), block.day("valid_until")
    return Relief(
        id=block.text("deferral" if deferral else "relief"),
        deferral=deferral,
        instrument=instrument,
        cite=block.text("cite"),
        article=article_of(block=block, instrument=instrument, instruments=instruments, days=days),
        segments=block.words("segments", SEGMENTS),
        programmes=block.words("programmes", PROGRAMMES),
        multiplier=block.fraction(multiplier, block.rupiah("decimals")),
        valid_from=days[0],
        valid_until=days[1],
        who=block.both("who"),
        verified=block.flag("verified"),
        source=block.text("source"),
        place=block.place,
        sector=when.get("sector"),
        labour_intensive=when.flag("labour_intensive") if "labour_intensive" in when else None,
        paid_up_to=block.text("paid_up_to") if "paid_up_to" in block else None,
        not_paid_by=block.words("not_paid_by", PAYERS) if "not_paid_by" in block else (),
        unsettled_payers=block.words("unsettled_payers", PAYERS) if "unsettled_payers" in block else (),
        question=block.both_or_none("question"),
        assumed=block.both_or_none("assumed"),
        order=block.rupiah("order") if "order" in block else None,
        settled=block.flag("settled") if "settled" in block else True,
    )
