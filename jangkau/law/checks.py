"""What makes a law file refused: overlaps, holes, regulations cited outside their life, reliefs without an order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import combinations, pairwise

from jangkau.complaints import Complaint, Text
from jangkau.law.blocks import refused
from jangkau.law.citations import within_life
from jangkau.law.months import KNOWN_FROM, KNOWN_UNTIL
from jangkau.law.values import Instrument, Law, Place, Relief, Rule, Value

# The printed BPU table leaves Rp999 between one bracket and the next; a wider hole is a slip of the pen.
WIDEST_HOLE = 999


def check(*, law: Law) -> None:
    """Complaint with file and line for the first thing that is wrong."""
    for instrument in law.instruments.values():
        _instrument(instrument, law)
    for series in law.series.values():
        _periods(series.id, series.begins, series.values)
        for value in series.values:
            _rests(value)
            _brackets(value)
            _slices(value)
    for name, rules in law.rules.items():
        _periods(name, KNOWN_FROM, rules)
        for rule in rules:
            _rests(rule)
    for relief in (*law.reliefs, *law.deferrals):
        _relief(relief)
    for kind in (law.reliefs, law.deferrals):
        for one, other in combinations(kind, 2):
            _order(one, other)


def _fault(place: Place, id_: str, en: str) -> Complaint:
    return refused(place=place, why=Text(id_, en))


def _instrument(one: Instrument, law: Law) -> None:
    for name in (*one.amends, *one.ends):
        if name not in law.instruments:
            raise _fault(one.place, f"Peraturan {name} tidak ada.", f"There is no regulation {name}.")
    if one.ended is not None and one.ended <= one.in_force:
        raise _fault(one.place, f"{one.id} berakhir sebelum berlaku.", f"{one.id} ends before it begins.")
    if one.signed is not None and one.signed > one.in_force:
        raise _fault(one.place, f"{one.id} berlaku sebelum ditetapkan.", f"{one.id} is in force before it is signed.")
    if one.reaches_back_to is not None and one.reaches_back_to > one.in_force:
        raise _fault(
            one.place,
            f"{one.id}: reaches_back_to harus sebelum in_force.",
            f"{one.id}: reaches_back_to must lie before in_force.",
        )
    for name in one.ends:
        if law.instruments[name].ended != one.in_force:
            raise _fault(
                one.place,
                f"{one.id} mengakhiri {name}, tetapi {name} berakhir {law.instruments[name].ended}.",
                f"{one.id} ends {name}, but {name} ends on {law.instruments[name].ended}.",
            )


def _periods(name: str, begins: date, values: Sequence[Rule]) -> None:
    """One value for every day from the beginning of the series to the end of the known law."""
    for value in values:
        if value.valid_until is not None and value.valid_until <= value.valid_from:
            raise _fault(value.place, f"{name}: berakhir sebelum mulai.", f"{name}: it ends before it begins.")
    first, last = values[0], values[-1]
    if first.valid_from != begins:
        raise _hole(first.place, name, min(first.valid_from, begins), max(first.valid_from, begins))
    for one, following in pairwise(values):
        if one.valid_until is None or one.valid_until > following.valid_from:
            raise _fault(
                following.place,
                f"{name}: dua nilai berlaku pada {following.valid_from} (lihat {one.place}).",
                f"{name}: two values are in force on {following.valid_from} (see {one.place}).",
            )
        if one.valid_until < following.valid_from:
            raise _hole(following.place, name, one.valid_until, following.valid_from)
    if last.valid_until is not None and last.valid_until < KNOWN_UNTIL:
        raise _hole(last.place, name, last.valid_until, KNOWN_UNTIL)


def _hole(place: Place, name: str, start: date, end: date) -> Complaint:
    last = end - timedelta(days=1)
    return _fault(
        place,
        f"{name}: tidak ada nilai dari {start} sampai {last}.",
        f"{name}: there is no value from {start} to {last}.",
    )


def _rests(rule: Rule) -> None:
    """A regulation is cited within its life; one that is read back, for days before it only."""
    cited = rule.instrument
    if rule.read_back:
        if cited is None or rule.valid_until is None or rule.valid_until > cited.reaches_from:
            raise _fault(
                rule.place,
                "read_back hanya untuk waktu sebelum peraturan itu berlaku.",
                "read_back is for the time before the regulation only.",
            )
    elif cited is not None:
        within_life(place=rule.place, cited=cited, start=rule.valid_from, end=rule.valid_until)


def _brackets(value: Value) -> None:
    rows = value.brackets
    if not rows:
        return
    if rows[0].lower != 0 or rows[-1].upper is not None:
        raise _fault(
            value.place,
            "Golongan harus mulai dari 0 dan yang terakhir tanpa batas atas.",
            "Brackets must begin at 0 and the last must have no upper limit.",
        )
    for one, following in pairwise(rows):
        if one.upper is None or one.upper < one.lower or one.upper >= following.lower:
            raise _fault(
                value.place,
                f"Golongan {one.number} dan {following.number} tumpang tindih.",
                f"Brackets {one.number} and {following.number} overlap.",
            )
        if following.lower - one.upper - 1 > WIDEST_HOLE:
            raise _fault(
                value.place,
                f"Ada lubang antara golongan {one.number} dan {following.number}.",
                f"There is a hole between brackets {one.number} and {following.number}.",
            )
        if following.number != one.number + 1 or following.base < one.base:
            raise _fault(
                value.place,
                f"Golongan {following.number} tidak urut.",
                f"Bracket {following.number} is out of order.",
            )


def _slices(value: Value) -> None:
    if not value.slices:
        return
    starts = [one.above for one in value.slices]
    if starts[0] != 0 or any(one >= following for one, following in pairwise(starts)):
        raise _fault(value.place, "Lapisan harus mulai dari 0 dan naik.", "Slices must begin at 0 and rise.")


def _relief(one: Relief) -> None:
    if one.valid_until <= one.valid_from:
        raise _fault(one.place, f"{one.id}: berakhir sebelum mulai.", f"{one.id}: it ends before it begins.")
    within_life(place=one.place, cited=one.instrument, start=one.valid_from, end=one.valid_until)
    if (one.unsettled_payers or not one.settled) and one.question is None:
        raise _fault(
            one.place,
            f"{one.id}: yang belum jelas memerlukan question.",
            f"{one.id}: what is not settled needs a question.",
        )


def _order(one: Relief, other: Relief) -> None:
    """Two reliefs that could apply to the same facts must say which comes first."""
    apart = (
        one.valid_until <= other.valid_from
        or other.valid_until <= one.valid_from
        or not set(one.segments) & set(other.segments)
        or not set(one.programmes) & set(other.programmes)
        or (one.sector is not None and other.sector is not None and one.sector != other.sector)
        or {one.labour_intensive, other.labour_intensive} == {True, False}
    )
    if not apart and (one.order is None or other.order is None or one.order == other.order):
        raise _fault(
            other.place,
            f"{one.id} dan {other.id} dapat berlaku bersama, tetapi urutannya (order) tidak disebut.",
            f"{one.id} and {other.id} can apply to the same facts, but no order is stated.",
        )
