"""Amounts, rates and values in words, in Indonesian and English."""

from __future__ import annotations

from decimal import Decimal

from jangkau.complaints import Text
from jangkau.law.values import Relief, Value

_SEGMENTS = {
    "PU": Text("pekerja penerima upah dan pemberi kerjanya", "wage earners and their employers"),
    "BPU": Text("pekerja bukan penerima upah", "own-account workers"),
    "JAKON": Text("proyek jasa konstruksi", "construction projects"),
    "PMI": Text("pekerja migran", "migrant workers"),
}

PAYERS = {
    "worker": Text("Pekerja", "Worker"),
    "employer": Text("Pemberi kerja", "Employer"),
    "bank": Text("Bank penyalur", "Bank"),
    "apbn": Text("APBN (negara)", "APBN (state)"),
    "apbd": Text("APBD (daerah)", "APBD (local government)"),
    "village": Text("Desa", "Village"),
    "donor": Text("Donatur", "Donor"),
}


def segment_of(*, segment: str) -> Text:
    """Who is meant by a segment."""
    return _SEGMENTS[segment]


def money(*, amount: int) -> Text:
    """Rp1.000.000 in Indonesian and Rp1,000,000 in English."""
    return Text("Rp" + f"{amount:,}".replace(",", "."), f"Rp{amount:,}")


def percent(*, rate: Decimal) -> Text:
    """0.0024 as 0,24% and 0.24%."""
    text = f"{(rate * 100).normalize():f}%"
    return Text(text.replace(".", ","), text)


def filled(*, form: Text, **values: Text | str | int) -> Text:
    """A form filled in each language with its own words."""
    return Text(
        form.id.format(**{name: one.id if isinstance(one, Text) else one for name, one in values.items()}),
        form.en.format(**{name: one.en if isinstance(one, Text) else one for name, one in values.items()}),
    )


def listed(*, texts: list[Text], between: str = "; ") -> Text:
    """Texts one after the other."""
    return Text(between.join(text.id for text in texts), between.join(text.en for text in texts))


def content(*, value: Value | Relief) -> Text:
    """What a value or relief says: the rate, the amount, the table."""
    if isinstance(value, Relief):
        if not value.settled:
            return value.question or value.who
        left = percent(rate=value.multiplier)
        form = Text("{left} dari iuran biasa", "{left} of the normal contribution")
        if value.deferral:
            form = Text(
                "{left} dibayar sekarang, sisanya boleh kemudian", "{left} is paid now, the rest may come later"
            )
        return filled(form=form, left=left)
    if value.unknown is not None:
        return filled(form=Text("tidak diketahui: {why}", "unknown: {why}"), why=value.unknown)
    if value.rate is not None:
        return percent(rate=value.rate)
    if value.amount is not None:
        return money(amount=value.amount)
    if value.brackets:
        first, last = value.brackets[0], value.brackets[-1]
        form = Text("{n} golongan, dasar {low} sampai {high}", "{n} brackets, bases from {low} to {high}")
        return filled(form=form, n=len(value.brackets), low=money(amount=first.base), high=money(amount=last.base))
    if value.slices:
        form = Text("di atas {above}: {rate}", "above {above}: {rate}")
        rows = [filled(form=form, above=money(amount=one.above), rate=percent(rate=one.rate)) for one in value.slices]
        return listed(texts=rows)
    words = ", ".join(value.programmes)
    return Text(words, words)
