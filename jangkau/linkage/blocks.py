"""Which pairs are compared when a method file does not say: the blocks that its kinds of fields bring."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jangkau.linkage.method import Field

Parts = tuple[tuple[str, str], ...]
MOST_BLOCKS = 30
"""As many as a 32-bit mask holds with room to spare."""


def default_blocks(*, fields: Sequence[Field]) -> tuple[Parts, ...]:
    """Each block leaves something out, so that an error there does not lose the pair; none of them is so wide that a
    whole country falls into it. Identifier first, then name with date, then place, phone and text. A method with very
    many fields gets the first ones only. What each of them finds and costs: docs/explanation/linkage.md."""
    of = {kind: [one.name for one in fields if one.kind.name == kind] for kind in _KINDS}
    names, dates = of["person_name"], of["date"]
    places = of["region"] + of["code"]
    found: list[Parts] = []
    for nik in of["nik"]:
        found.append(((nik, "whole"),))
        found.append(((nik, "without_serial"),))
        found += [((nik, "without_region"), (name, "first")) for name in names]
    for number in of["identifier"]:
        found.append(((number, "whole"),))
        found += [((number, "head"), (date, "year")) for date in dates]
        found += [((number, "head"), (name, word)) for name in names for word in ("first", "last")]
    for phone in of["phone"]:
        found.append(((phone, "whole"),))
    for name in names:
        for date in dates:
            found.append(((date, "unordered"), (name, "last")))
            if not of["region"]:  # in a country of millions these two hold more strangers than all others together
                found.append(((date, "unordered"), (name, "first")))
                found.append(((date, "year"), (name, "whole")))
        for place in places:
            found.append(((name, "whole"), (place, "whole")))
            for date in dates:
                found += [((place, "whole"), (date, part), (name, "first")) for part in ("month_day", "year_month")]
                part, word = ("year_month", "last") if place in of["region"] else ("year_day", "first")
                found.append(((place, "whole"), (date, part), (name, word)))
    for code in of["code"]:
        found += [((code, "whole"), (name, word)) for name in names for word in ("first", "last")]
        found += [((text, "whole"), (code, "whole")) for text in of["text"]]
    for date in dates:
        for place in places:
            sexes = tuple((sex, "whole") for sex in of["sex"][:1])
            found.append(((date, "unordered"), (place, "whole"), *sexes))
    for text in of["text"]:
        found += [((text, "whole"), (name, word)) for name in names for word in ("first", "last")]
        found += [((text, "whole"), (date, "year")) for date in dates]
        found += [((text, "first"), (date, "unordered")) for date in dates]
    if names and not (dates or places or of["text"]):
        found += [((name, "whole"),) for name in names]
    if of["text"] and not (names or dates):
        found += [((text, "whole"),) for text in of["text"]]
    if dates and not (names or places or of["text"] or found):
        found += [((date, "whole"),) for date in dates]
    return tuple(dict.fromkeys(found))[:MOST_BLOCKS]


_KINDS = ("nik", "identifier", "person_name", "date", "sex", "region", "phone", "code", "text")
