"""What a block of the law rests on: its days, regulation, article and source, read or refused with file and line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from jangkau.complaints import Complaint, Text
from jangkau.law.blocks import Block, refused
from jangkau.law.values import Instrument, Place

# How a block says that nobody has seen the number of the article; an answer shows it so.
UNSEEN = "pasal belum dilihat / article not seen"
FIELDS = ("valid_from", "valid_until", "instrument", "article", "verified", "source", "read_back", "publication")
_NUMBER = re.compile(r"\bPasal \d|\bLampiran\b|\blampiran\b|\bbutir \d|\bhuruf [a-z]\b|\bp\d")


def resting_on(
    *, block: Block, instruments: Mapping[str, Instrument], known: bool = True, articled: bool = True
) -> dict[str, Any]:
    """The fields of a `Rule`. What is not ``known`` may rest on no regulation and is never verified.

    ``articled``: the block names its article itself, not the parts in it.
    """
    block.need("valid_until")
    name = block.need("instrument")
    publication = block.text("publication") if "publication" in block else None
    verified = block.flag("verified")
    read_back = block.flag("read_back") if "read_back" in block else False
    if verified and read_back:
        raise block.fault("Yang dibaca mundur tidak terverifikasi.", "What is read back is not verified.")
    if verified and not known:
        raise block.fault("Yang tidak diketahui tidak terverifikasi.", "What is not known is not verified.")
    instrument = None
    if name is not None or (known and publication is None):
        instrument = instrument_of(block=block, instruments=instruments)
    start, end = block.day("valid_from"), block.day_or_none("valid_until")
    article = None
    if articled and instrument is not None:
        article = article_of(block=block, instrument=instrument, instruments=instruments, days=(start, end))
    elif articled and block.need("article") is not None:
        raise block.fault("Ada article tanpa instrument.", "There is an article and no instrument.")
    return {
        "valid_from": start,
        "valid_until": end,
        "instrument": instrument,
        "article": article,
        "verified": verified,
        "source": block.text("source"),
        "place": block.place,
        "read_back": read_back,
        "publication": publication,
    }


def instrument_of(*, block: Block, instruments: Mapping[str, Instrument]) -> Instrument:
    """The regulation that a block cites. Complaint when it is not among the instruments."""
    name = block.text("instrument")
    if name not in instruments:
        raise block.fault(
            f"Peraturan {name} tidak ada di instruments.", f"There is no regulation {name} in instruments."
        )
    return instruments[name]


def article_of(
    *,
    block: Block,
    instrument: Instrument,
    instruments: Mapping[str, Instrument],
    days: tuple[date, date | None],
) -> str:
    """The article. Complaint when it has no number and does not say so, or names a regulation outside its life."""
    article = block.text("article")
    if UNSEEN not in article and not _NUMBER.search(f"{instrument.name} {article}"):
        raise block.fault(
            f"'{article}' tidak menyebut nomor pasal; tulis juga \"{UNSEEN}\".",
            f"'{article}' names no number of an article; write \"{UNSEEN}\" too.",
        )
    for other in instruments.values():
        if other.name in article and other is not instrument and re.search(rf"\b{re.escape(other.name)}\b", article):
            within_life(place=block.place, cited=other, start=days[0], end=days[1])
    return article


def within_life(*, place: Place, cited: Instrument, start: date, end: date | None) -> None:
    """Complaint when a regulation is cited for days on which it is not in force."""
    if start < cited.reaches_from:
        raise _fault(
            place,
            f"{cited.name} dikutip untuk {start}, tetapi baru berlaku {cited.reaches_from} ({cited.place}).",
            f"{cited.name} is cited for {start}, but is in force from {cited.reaches_from} only ({cited.place}).",
        )
    if cited.ended is not None and (end is None or end > cited.ended):
        raise _fault(
            place,
            f"{cited.name} dikutip sampai {end or 'seterusnya'}, tetapi berakhir {cited.ended} ({cited.place}).",
            f"{cited.name} is cited until {end or 'ever'}, but ends on {cited.ended} ({cited.place}).",
        )


def _fault(place: Place, id_: str, en: str) -> Complaint:
    return refused(place=place, why=Text(id_, en))
