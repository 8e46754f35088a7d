"""The reckoning as steps in plain Indonesian and English, to be read to a borrower."""

from __future__ import annotations

from dataclasses import replace

from jangkau.complaints import Complaint, Text
from jangkau.law.charges import Charge, Charges, Facts, charges_over
from jangkau.law.loading import law as the_law
from jangkau.law.months import month_end
from jangkau.law.segments import bracket_of
from jangkau.law.values import Law, Relief
from jangkau.law.wording import content, filled, money, percent

PERIODS = (1, 3, 6, 12)
INSURED_FOR = {
    "JKK": Text(
        "JKK: perawatan dan santunan bila celaka atau sakit karena kerja, juga bagi keluarga bila meninggal karenanya.",
        "JKK: care and compensation for an accident or illness from work, also for the family after a death from it.",
    ),
    "JKM": Text(
        "JKM: santunan bagi keluarga bila pekerja meninggal bukan karena kerja.",
        "JKM: money for the family when the worker dies from another cause than work.",
    ),
    "JHT": Text(
        "JHT: tabungan yang dibayarkan di hari tua, saat cacat total tetap, atau kepada keluarga bila meninggal.",
        "JHT: savings paid in old age, on permanent total disability, or to the family after a death.",
    ),
    "JP": Text(
        "JP: uang bulanan setelah pensiun atau cacat total tetap, lalu bagi keluarga.",
        "JP: a monthly pension after retirement or permanent total disability, then for the family.",
    ),
    "JKP": Text("JKP: bantuan bila kehilangan pekerjaan.", "JKP: support after the loss of the job."),
}
_PAYER = {
    "worker": Text("pekerja", "the worker"),
    "employer": Text("pemberi kerja", "the employer"),
    "bank": Text("bank", "the bank"),
    "apbn": Text("APBN", "the state budget (APBN)"),
    "apbd": Text("APBD", "the regional budget (APBD)"),
    "village": Text("desa", "the village"),
    "donor": Text("donatur", "the donor"),
}


def explain(*, facts: Facts, owed: Charges, law: Law | None = None) -> tuple[Text, ...]:
    """Steps: the income taken, the bracket, each charge with article, reliefs, what is open, periods, insurance.

    >>> from datetime import date
    >>> from jangkau.law.charges import charges
    >>> facts = Facts(segment="BPU", income=1_000_000, sector="other", payer="worker")
    >>> explain(facts=facts, owed=charges(facts=facts, month=date(2026, 5, 1)))[0].en
    'The monthly income taken: Rp1,000,000.'
    """
    known = law or the_law()
    steps = [*_taken(facts), *_bracket(facts, owed, known), *_slices(facts, owed, known)]
    steps += [_charge(charge) for charge in owed.charges]
    steps += _reliefs(facts, owed, known)
    steps += [
        Text(
            f"{one.programme} belum dapat dihitung: {one.question.id} ({one.source})",
            f"{one.programme} cannot be reckoned yet: {one.question.en} ({one.source})",
        )
        for one in owed.unknown
    ]
    steps += [Text(f"Dianggap: {one.id}", f"Taken for granted: {one.en}") for one in owed.assumed]
    steps += owed.notes
    if owed.segment in ("BPU", "PU"):
        steps += _periods(facts, owed, law)
    steps += [INSURED_FOR[programme] for programme in owed.programmes]
    if not owed.verified:
        steps.append(
            Text(
                "Belum semua dasar hukumnya terverifikasi; bandingkan dengan sumber resmi sebelum dipakai.",
                "Not all it rests on is verified; compare with the official source before it is used.",
            )
        )
    return tuple(steps)


def _taken(facts: Facts) -> list[Text]:
    said = {
        "income": Text("Penghasilan sebulan yang dipakai: {amount}.", "The monthly income taken: {amount}."),
        "wage": Text("Upah sebulan yang dipakai: {amount}.", "The monthly wage taken: {amount}."),
        "contract_value": Text(
            "Nilai kontrak tanpa PPN yang dipakai: {amount}.", "The contract value without VAT taken: {amount}."
        ),
    }
    steps = [
        filled(form=form, amount=money(amount=getattr(facts, name)))
        for name, form in said.items()
        if getattr(facts, name) is not None
    ]
    if facts.contract_months is not None:
        steps.append(
            Text(f"Lama kontrak: {facts.contract_months} bulan.", f"The contract: {facts.contract_months} months.")
        )
    return steps


def _bracket(facts: Facts, owed: Charges, law: Law) -> list[Text]:
    if facts.income is None or not any(charge.bracket for charge in owed.charges):
        return []
    table = law.series["bpu.brackets"].on(month_end(month=owed.month))
    if table is None:
        return []
    bracket, _ = bracket_of(table=table, income=facts.income)
    upper = (
        filled(form=Text("sampai {amount}", "to {amount}"), amount=money(amount=bracket.upper))
        if bracket.upper is not None
        else Text("ke atas", "and more")
    )
    form = Text(
        "Penghasilan itu masuk golongan {n} ({lower} {upper}); dasar iurannya {base} ({cited}).",
        "That income falls in bracket {n} ({lower} {upper}), whose base is {base} ({cited}).",
    )
    return [
        filled(
            form=form,
            n=bracket.number,
            lower=money(amount=bracket.lower),
            upper=upper,
            base=money(amount=bracket.base),
            cited=table.cited,
        )
    ]


def _slices(facts: Facts, owed: Charges, law: Law) -> list[Text]:
    """The rates of each slice of a construction contract."""
    if facts.contract_value is None:
        return []
    form = Text("{p}, tiap lapisan nilai kontrak: {rates}.", "{p}, each slice of the contract value: {rates}.")
    steps = []
    for programme in dict.fromkeys(charge.programme for charge in owed.charges):
        value = law.series[f"jakon.{programme}"].on(month_end(month=owed.month))
        if value is not None:
            steps.append(filled(form=form, p=programme, rates=content(value=value)))
    return steps


def _charge(charge: Charge) -> Text:
    who = _PAYER[charge.payer]
    if charge.rate is not None and charge.base is not None:
        how = filled(
            form=Text("{rate} dari {base}", "{rate} of {base}"),
            rate=percent(rate=charge.rate),
            base=money(amount=charge.base),
        )
    elif charge.base is not None:
        how = filled(form=Text("menurut lapisan dari {base}", "by slices of {base}"), base=money(amount=charge.base))
    else:
        how = Text("jumlah tetap", "a fixed amount")
    full = money(amount=charge.full_amount)
    # A migrant worker has several amounts for the same two programmes: before work, during and after it.
    name = charge.what if "+" in charge.programme else charge.programme
    text = filled(form=Text("{name}: {how} = {full}", "{name}: {how} = {full}"), name=name, how=how, full=full)
    if charge.relief:
        text = filled(
            form=Text("{text}; keringanan {relief}: {left}", "{text}; relief of {relief}: {left}"),
            text=text,
            relief=charge.relief,
            left=money(amount=charge.amount),
        )
    if charge.deferred:
        text = filled(
            form=Text("{text}; {later} boleh dibayar kemudian", "{text}; {later} may be paid later"),
            text=text,
            later=money(amount=charge.deferred),
        )
    mark = Text("", "") if charge.verified else Text(" Belum terverifikasi.", " Not verified.")
    return filled(
        form=Text("{text}. Dibayar oleh {who}. {article}.{mark}", "{text}. Paid by {who}. {article}.{mark}"),
        text=text,
        who=who,
        article=charge.article,
        mark=mark,
    )


def _reliefs(facts: Facts, owed: Charges, law: Law) -> list[Text]:
    """Until when each relief that was used goes on, and for whom it is."""
    used = {(charge.relief, charge.programme) for charge in owed.charges if charge.relief}
    found: dict[str, Relief] = {}
    for relief in law.reliefs:
        cited = any(cite == relief.cite and programme in relief.programmes for cite, programme in used)
        meant = relief.sector in (None, facts.sector) and owed.segment in relief.segments
        if cited and meant and relief.holds_on(month_end(month=owed.month)):
            found[relief.id] = relief
    form = Text(
        "Keringanan {cite} berlaku untuk iuran {first} sampai {last}, bagi {who}.",
        "The relief of {cite} holds for contributions of {first} to {last}, for {who}.",
    )
    steps = []
    for relief in found.values():
        last = relief.valid_until.year * 12 + relief.valid_until.month - 2
        steps.append(
            filled(
                form=form,
                cite=relief.cite,
                first=f"{relief.valid_from:%Y-%m}",
                last=f"{last // 12}-{last % 12 + 1:02d}",
                who=relief.who,
            )
        )
    return steps


def _periods(facts: Facts, owed: Charges, law: Law | None) -> list[Text]:
    """What it costs from this month on, each month by its own law, as far as the law is known."""
    parts: list[Text] = []
    if facts.segment == "BPU" and facts.payer is None:
        facts = replace(facts, payer="worker")  # as was assumed for the month itself
    for months in PERIODS:
        try:
            several = charges_over(facts=facts, month=owed.month, months=months, law=law)
        except Complaint as complaint:
            # The law is not known so far ahead, or a later month needs a fact that this one did not.
            form = Text("{n} bulan belum dapat dihitung ({why})", "{n} months cannot be reckoned ({why})")
            why = Text(complaint.what.id.rstrip("."), complaint.what.en.rstrip("."))
            parts.append(filled(form=form, n=months, why=why))
            break
        total = money(amount=sum(one.total for one in several))
        open_ = any(one.unknown for one in several)
        more = Text(" (tanpa yang belum jelas)", " (without what is open)") if open_ else Text("", "")
        form = Text("{n} bulan {total}{more}", "{n} months {total}{more}")
        if months == 1:
            form = Text("{n} bulan {total}{more}", "{n} month {total}{more}")
        parts.append(filled(form=form, n=months, total=total, more=more))
    return [
        Text(
            f"Biaya mulai {owed.month:%Y-%m}: {'; '.join(part.id for part in parts)}.",
            f"Cost from {owed.month:%Y-%m} on: {'; '.join(part.en for part in parts)}.",
        )
    ]
