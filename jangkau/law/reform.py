"""A reform as data: other values, reliefs, subsidies and floors laid over the law; refused with file and line."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from itertools import combinations
from pathlib import Path
from typing import Literal

from jangkau.complaints import Complaint, Text
from jangkau.law.blocks import Block, read_blocks, refused
from jangkau.law.incomes import IncomeRow, read_income_rows
from jangkau.law.months import KNOWN_UNTIL
from jangkau.law.reform_checks import beside_the_law, overlaid, period, told_apart
from jangkau.law.reform_conditions import EVERYBODY, When, read_when
from jangkau.law.values import PAYERS, PROGRAMMES, Bracket, Instrument, Law, Place, Relief, Series, Value

Kind = Literal["change", "relief", "subsidy", "floor"]
_SEGMENTS = ("BPU", "PU")
_PERIOD = ("valid_from", "valid_until", "when", "order")
# A proposal may be finer than today's law; more digits than this are a slip of the pen.
_DECIMALS = 6


@dataclass(frozen=True)
class Measure:
    """One block of a reform: what it does, to which programmes, from when to when, for whom. One kind's fields are set.

    A ``change`` puts ``value`` in the place of what ``series`` says. A ``relief`` leaves a part of the contribution,
    in place of the law's own relief or (``beside`` "after") of what that leaves. A ``subsidy`` has ``payer`` pay
    ``share``. A ``floor`` is the least ``amount`` of a contribution, or the least ``income`` that counts.
    """

    kind: Kind
    id: str
    segments: tuple[str, ...]
    programmes: tuple[str, ...]
    valid_from: date
    valid_until: date | None
    when: When
    place: Place
    order: int | None = None
    series: str | None = None
    value: Value | None = None
    over_all: bool = False
    relief: Relief | None = None
    beside: str | None = None
    share: Decimal | None = None
    payer: str | None = None
    amount: int | None = None
    income: int | None = None

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day < self.valid_until)


@dataclass(frozen=True)
class Reform:
    """The measures of one file; ``thresholds`` are shares above which a burden is counted as heavy."""

    title: Text
    file: str
    measures: tuple[Measure, ...]
    incomes: tuple[IncomeRow, ...] = ()
    incomes_source: str | None = None
    thresholds: dict[str, Decimal] = field(default_factory=dict)


THE_LAW = Reform(title=Text("Hukum yang berlaku", "The law as it stands"), file="", measures=())


def read_reform(*, path: Path, law: Law) -> Reform:
    """The reform in a file. Complaint with file and line when it names what is not there or overlaps the law."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise Complaint(
            what=Text("Berkas usulan tidak terbaca.", "The reform file cannot be read."),
            where=str(path),
            why=Text("Berkas tidak ada atau bukan teks UTF-8.", "It is not there or is no UTF-8 text."),
            do=Text("Periksa nama berkasnya.", "Check the name of the file."),
        ) from None
    try:
        return _reform(read_blocks(text=text, file=path.name), path, law)
    except Complaint as found:
        raise Complaint(
            what=Text("Usulan ditolak.", "The reform is refused."),
            where=found.where,
            why=found.why,
            do=Text(
                "Perbaiki di baris itu; bentuknya ada di docs/reference/reform.md.",
                "Mend it on that line; docs/reference/reform.md has the format.",
            ),
        ) from None


def _reform(blocks: list[Block], path: Path, law: Law) -> Reform:
    title, measures = Text(path.stem, path.stem), []
    rows: tuple[IncomeRow, ...] = ()
    source: str | None = None
    thresholds: dict[str, Decimal] = {}
    for block in blocks:
        if "reform" in block:
            block.only("reform")
            title = block.both("reform")
        elif "incomes" in block:
            rows, source = read_income_rows(block=block, folder=path.parent)
        elif "thresholds" in block:
            block.only("thresholds")
            inner = block["thresholds"]
            if not isinstance(inner, Block):
                raise block.fault(
                    "'thresholds' harus berisi income, instalment.", "'thresholds' holds income, instalment."
                )
            inner.only("income", "instalment")
            thresholds = {name: inner.fraction(name, _DECIMALS) for name in inner}
        else:
            measures.append(_measure(block, law))
    if not measures:
        place = blocks[0].place if blocks else Place(path.name, 1)
        raise refused(place=place, why=Text("Usulan ini tidak mengubah apa pun.", "This reform changes nothing."))
    _checked(measures, law)
    return Reform(title, path.name, tuple(measures), rows, source, thresholds)


def _checked(measures: list[Measure], law: Law) -> None:
    names: set[str] = set()
    for one in measures:
        period(measure=one)
        if one.kind != "change" and one.id in names:
            raise _fault(one, f"{one.id} tertulis dua kali.", f"{one.id} is written twice.")
        names.add(one.id)
        if one.kind == "change":
            overlaid(law=law, measures=(one,))
        if one.kind == "relief":
            beside_the_law(measure=one, law=law)
    for one, other in combinations(measures, 2):
        told_apart(one=one, other=other)


def _fault(one: Measure, id_: str, en: str) -> Complaint:
    return refused(place=one.place, why=Text(id_, en))


def _measure(block: Block, law: Law) -> Measure:
    kinds = {"change": _change, "relief": _relief, "subsidy": _subsidy, "floor": _floor}
    for name, read in kinds.items():
        if name in block:
            return read(block, law)
    listed = ", ".join(("reform", *kinds, "incomes", "thresholds"))
    raise block.fault(f"Blok harus salah satu dari: {listed}.", f"A block is one of: {listed}.")


def _frame(block: Block, law: Law, kind: Kind, *, segments: tuple[str, ...] = ("BPU",)) -> Measure:
    """Whom a measure is for and when; programmes that the segment does not have are refused."""
    if "segments" in block:
        segments = block.words("segments", _SEGMENTS)
    start = block.day("valid_from")
    programmes = block.words("programmes", PROGRAMMES) if "programmes" in block else ("JKK", "JKM")
    for segment in segments:
        offered = law.series[f"{segment.lower()}.open"].on(start)
        for programme in programmes if kind != "change" else ():
            if offered is not None and programme not in offered.programmes:
                raise block.fault(f"{segment} tidak memiliki {programme}.", f"{segment} has no {programme}.")
    block.need("valid_until")
    return Measure(
        kind=kind,
        id=block.text(kind),
        segments=segments,
        programmes=programmes,
        valid_from=start,
        valid_until=block.day_or_none("valid_until"),
        when=read_when(block=block["when"], place=block.place) if "when" in block else EVERYBODY,
        order=block.rupiah("order") if "order" in block else None,
        place=block.place,
    )


def _proposal(block: Block) -> Instrument:
    """A reform is cited by its file and line: it is no regulation, and nothing that rests on it is verified."""
    start = block.day("valid_from")
    return Instrument(
        "usulan", "Usulan", "Usulan", None, start, None, None, (), (), str(block.place), False, block.place
    )


def _change(block: Block, law: Law) -> Measure:
    name = block.text("change")
    if name not in law.series:
        raise block.fault(f"Hukum tidak memiliki nilai {name}.", f"The law has no value {name}.")
    series = law.series[name]
    if series.kind == "slices" or series.segment not in _SEGMENTS:
        raise block.fault(
            f"{name} tidak dapat diubah di sini: simulasi menghitung BPU dan PU.",
            f"{name} cannot be changed here: a simulation prices BPU and PU.",
        )
    block.only("change", series.kind, "over_all", *_PERIOD)
    return replace(
        _frame(block, law, "change", segments=(series.segment,)),
        series=name,
        value=_value(block, series),
        over_all=block.flag("over_all") if "over_all" in block else False,
    )


def _value(block: Block, series: Series) -> Value:
    kind = series.kind
    block.need(kind)
    rows: tuple[Bracket, ...] = ()
    if kind == "brackets":
        given = block["brackets"]
        if not isinstance(given, list) or not given or not all(isinstance(row, Block) for row in given):
            raise block.fault("'brackets' harus daftar.", "'brackets' must be a list.")
        rows = tuple(_bracket(row, place + 1) for place, row in enumerate(given))
    return Value(
        valid_from=block.day("valid_from"),
        valid_until=block.day_or_none("valid_until"),
        instrument=_proposal(block),
        article=str(block.place),
        verified=False,
        source=str(block.place),
        place=block.place,
        rate=block.fraction("rate", _DECIMALS) if kind == "rate" else None,
        amount=block.rupiah("amount") if kind == "amount" else None,
        brackets=rows,
        programmes=block.words("programmes", PROGRAMMES) if kind == "programmes" else (),
    )


def _bracket(row: Block, number: int) -> Bracket:
    row.only("from", "to", "base")
    return Bracket(
        number, row.rupiah("from"), None if row.need("to") is None else row.rupiah("to"), row.rupiah("base"), False
    )


def _relief(block: Block, law: Law) -> Measure:
    block.only("relief", "multiplier", "segments", "programmes", "beside", *_PERIOD)
    frame = _frame(block, law, "relief")
    beside = block.text("beside") if "beside" in block else None
    if beside not in (None, "instead", "after"):
        raise block.fault("'beside' harus instead atau after.", "'beside' must be instead or after.")
    relief = Relief(
        id=frame.id,
        deferral=False,
        instrument=_proposal(block),
        cite=f"Usulan {frame.id}",
        article=str(block.place),
        segments=frame.segments,
        programmes=frame.programmes,
        multiplier=block.fraction("multiplier", _DECIMALS),
        valid_from=frame.valid_from,
        valid_until=frame.valid_until or KNOWN_UNTIL,
        who=Text(frame.id, frame.id),
        verified=False,
        source=str(block.place),
        place=block.place,
    )
    return replace(frame, relief=relief, beside=beside)


def _subsidy(block: Block, law: Law) -> Measure:
    block.only("subsidy", "payer", "share", "programmes", *_PERIOD)
    payer = block.text("payer")
    if payer not in PAYERS[2:]:
        listed = ", ".join(PAYERS[2:])
        raise block.fault(f"Pembayar {payer} tidak ada: {listed}.", f"There is no payer {payer}: {listed}.")
    return replace(_frame(block, law, "subsidy"), payer=payer, share=block.fraction("share", _DECIMALS))


def _floor(block: Block, law: Law) -> Measure:
    block.only("floor", "amount", "income", "programmes", *_PERIOD)
    if ("amount" in block) == ("income" in block):
        raise block.fault("Batas bawah menyebut amount atau income.", "A floor has an amount or an income.")
    if "income" in block and "programmes" in block:
        raise block.fault(
            "Batas bawah income berlaku untuk semua program.", "A floor of income is for every programme."
        )
    return replace(
        _frame(block, law, "floor"),
        amount=block.rupiah("amount") if "amount" in block else None,
        income=block.rupiah("income") if "income" in block else None,
    )
