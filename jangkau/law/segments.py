"""How each segment is charged: BPU by income bracket, PU by wage, JAKON by slices of a contract, PMI by its months."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from jangkau.complaints import Complaint, Text
from jangkau.law.facts import Facts, missing, option
from jangkau.law.owed import Charges
from jangkau.law.reckoning import Reckoning
from jangkau.law.rounding import rupiah
from jangkau.law.values import PROGRAMMES, Bracket, Law, Value
from jangkau.law.wording import filled, money


def reckon(*, facts: Facts, month: date, day: date, law: Law) -> Charges:
    """The charges of checked facts by the law in force on ``day``."""
    work = Reckoning(facts=facts, day=day, law=law)
    programmes, confirmed = _programmes(work)
    {"BPU": _bpu, "PU": _pu, "JAKON": _jakon, "PMI": _pmi}[facts.segment](work, programmes)
    return Charges(
        month=month,
        segment=facts.segment,
        programmes=programmes,
        charges=tuple(work.charges),
        unknown=tuple(work.unknown),
        assumed=tuple(work.assumed),
        notes=tuple(work.notes),
        programmes_verified=confirmed,
    )


def _programmes(work: Reckoning) -> tuple[tuple[str, ...], bool]:
    """The programmes asked for, or those compulsory, in the order of the law; and whether that is confirmed."""
    facts, segment = work.facts, work.facts.segment
    if facts.programmes is not None:
        offered = work.series(f"{segment.lower()}.open").on(work.day)
        for programme in facts.programmes:
            if offered is None or programme not in offered.programmes:
                listed = ", ".join(offered.programmes) if offered else ""
                raise Complaint(
                    what=Text(
                        f"{segment} tidak memiliki {programme} pada {work.day:%Y-%m}.",
                        f"{segment} had no {programme} in {work.day:%Y-%m}.",
                    ),
                    where=option("programmes"),
                    why=Text("Program itu bukan untuk segmen ini.", "That programme is not for this segment."),
                    do=Text(f"Pilih dari: {listed}.", f"Choose from: {listed}."),
                )
        return tuple(one for one in PROGRAMMES if one in facts.programmes), True
    name = f"{segment.lower()}.compulsory"
    if segment == "PU":
        if facts.scale is None:
            work.assume(
                Text(
                    "Skala pemberi kerja tidak disebut: dianggap menengah atau besar (JKK, JKM, JHT, JP wajib).",
                    "The employer's scale is not given: taken as medium or large (JKK, JKM, JHT, JP compulsory).",
                )
            )
        name = f"{name}.{facts.scale or 'large'}"
    if segment == "BPU" and facts.employs_others:
        name = f"{name}.employer"
    value = work.value(name, "JHT")
    if value is None:
        return ("JKK", "JKM"), False
    if not value.verified:
        form = Text(
            "Program wajib menurut {cited} (belum terverifikasi).", "Compulsory programmes by {cited} (not verified)."
        )
        work.assume(filled(form=form, cited=value.cited))
    return value.programmes, value.verified


def bracket_of(*, table: Value, income: int) -> tuple[Bracket, Bracket | None]:
    """The bracket of an income; and the next one when the income falls in the printed hole below it."""
    found = max((row for row in table.brackets if row.lower <= income), key=lambda row: row.lower)
    if found.upper is None or income <= found.upper:
        return found, None
    return found, next(row for row in table.brackets if row.number == found.number + 1)


def _bpu(work: Reckoning, programmes: tuple[str, ...]) -> None:
    facts = work.facts
    payer = facts.payer
    if payer is None:
        payer = "worker"
        work.assume(Text("Pembayar tidak disebut: dianggap peserta sendiri.", "No payer given: the worker is taken."))
    for programme in programmes:
        if facts.employs_others and programme != "JHT":
            work.value(f"bpu.{programme}.employer", programme)
            continue
        series = work.series(f"bpu.{programme}")
        value = work.value(series.id, programme)
        if value is None:
            continue
        if value.amount is not None:
            work.add(programme=programme, payer=payer, what=series.what, exact=Decimal(value.amount), rests_on=(value,))
            continue
        table = work.value("bpu.brackets", programme)
        if table is None or value.rate is None or facts.income is None:
            continue
        bracket, above = bracket_of(table=table, income=facts.income)
        if above is not None and table.hole is not None and bracket.upper is not None:
            limits = {"below": money(amount=bracket.upper), "above": money(amount=above.lower)}
            work.assume(filled(form=table.hole, **limits))
        work.add(
            programme=programme,
            payer=payer,
            what=series.what,
            exact=bracket.base * value.rate,
            base=bracket.base,
            rate=value.rate,
            bracket=bracket,
            rests_on=(value, table),
            verified=above is None,
        )


def _pu(work: Reckoning, programmes: tuple[str, ...]) -> None:
    facts = work.facts
    wage = facts.wage or 0
    if facts.payer is not None:
        _divided(work, facts.payer)
    if "JKK" in programmes and facts.jkk_class is None:
        raise missing(
            fact="jkk_class",
            why=Text("Tarif JKK menurut tingkat risiko usaha (1 sampai 5).", "JKK goes by class of risk (1 to 5)."),
        )
    for programme in programmes:
        base, ceiling = wage, None
        if programme in ("JP", "JKP"):
            ceiling = work.value(f"pu.{programme}.ceiling", programme)
            if ceiling is None or ceiling.amount is None:
                continue
            base = min(wage, ceiling.amount)
        for name in _PARTS[programme]:
            series = work.series(f"pu.{name}".format(jkk_class=facts.jkk_class))
            value = work.value(series.id, programme)
            if value is None or value.rate is None:
                continue
            work.add(
                programme=programme,
                payer=series.payer or "employer",
                what=series.what,
                exact=base * value.rate,
                base=base,
                rate=value.rate,
                rests_on=(value,) if ceiling is None else (value, ceiling),
            )
    if "JKP" in programmes or facts.programmes is None:
        _recomposition(work, wage)


def _divided(work: Reckoning, payer: str) -> None:
    """Who pays for a wage earner is for the law to say, not for the one who asks."""
    if payer not in ("worker", "employer"):
        raise Complaint(
            what=Text(f"Iuran PU tidak dibayar oleh {payer}.", f"PU is not paid by {payer}."),
            where="--payer",
            why=Text(
                "Hukum membagi iuran PU antara pemberi kerja dan pekerja.",
                "The law divides PU contributions between employer and worker.",
            ),
            do=Text("Hapus --payer.", "Leave --payer out."),
        )
    work.assume(
        Text(
            "--payer tidak dipakai: hukum membagi iuran PU antara pemberi kerja dan pekerja.",
            "--payer plays no part: the law divides PU contributions between employer and worker.",
        )
    )


_PARTS = {
    "JKK": ("JKK.{jkk_class}",),
    "JKM": ("JKM",),
    "JHT": ("JHT.employer", "JHT.worker"),
    "JP": ("JP.employer", "JP.worker"),
    "JKP": ("JKP.employer", "JKP.worker"),
}


def _recomposition(work: Reckoning, wage: int) -> None:
    """Where the money of JKP comes from: a note, for none of it is asked of worker or employer."""
    parts = [work.series(f"pu.JKP.{name}").on(work.day) for name in ("ceiling", "state", "from_JKK", "from_JKM")]
    if any(part is None for part in parts):
        return
    ceiling, *rates = parts
    base = min(wage, (ceiling.amount if ceiling else None) or 0)
    state, jkk, jkm = (rupiah(exact=base * ((one.rate if one else None) or Decimal(0))) for one in rates)
    form = Text(
        "JKP tidak menambah iuran: negara membayar {state}, {jkk} diambil dari iuran JKK dan {jkm} dari iuran JKM, "
        "dari dasar {base} (di luar total; belum terverifikasi).",
        "JKP adds no charge: the state pays {state}, {jkk} is taken out of the JKK contribution and {jkm} out of JKM, "
        "of a base of {base} (outside the total; not verified).",
    )
    amounts = {"state": state, "jkk": jkk, "jkm": jkm, "base": base}
    work.notes.append(filled(form=form, **{name: money(amount=amount) for name, amount in amounts.items()}))


def _jakon(work: Reckoning, programmes: tuple[str, ...]) -> None:
    facts = work.facts
    payer = facts.payer or "employer"
    for programme in programmes:
        by_wage = facts.wage is not None
        series = work.series(f"jakon.{programme}.wages" if by_wage else f"jakon.{programme}")
        value = work.value(series.id, programme)
        if value is None:
            continue
        whole = facts.wage if facts.wage is not None else facts.contract_value or 0
        exact, rate = whole * (value.rate or Decimal(0)), value.rate
        if not by_wage:
            exact = Decimal(0)
            tops = [one.above for one in value.slices[1:]] + [whole]
            for one, top in zip(value.slices, tops, strict=True):
                exact += max(0, min(whole, top) - one.above) * one.rate
            reached = [one for one in value.slices if one.above < whole]
            rate = reached[0].rate if len(reached) == 1 else None
        work.add(
            programme=programme,
            payer=payer,
            what=series.what,
            exact=exact,
            base=whole,
            rate=rate,
            rests_on=(value,),
        )


def _pmi(work: Reckoning, programmes: tuple[str, ...]) -> None:
    facts, months = work.facts, work.facts.contract_months or 0
    payer = facts.payer or "worker"
    if "JHT" in programmes:
        _pmi_savings(work)
    if not {"JKK", "JKM"} & set(programmes):
        return
    if not {"JKK", "JKM"} <= set(programmes):
        raise Complaint(
            what=Text("JKK dan JKM PMI tidak dapat dipisahkan.", "JKK and JKM of PMI cannot be told apart."),
            where="--programmes",
            why=Text("Hukum menyebut satu jumlah untuk keduanya.", "The law names one amount for both."),
            do=Text("Tulis --programmes JKK,JKM.", "Write --programmes JKK,JKM."),
        )
    names = [] if facts.individual else ["pmi.before"]
    term = next((one for one in (24, 12, 6) if one == months or (one == 24 and months > 24)), None)
    if term is not None:
        names += [f"pmi.contract.{term}", *(["pmi.extra_month"] if months > term else [])]
    for name in names:
        series = work.series(name)
        value = work.value(name, "JKK+JKM")
        if value is None or value.amount is None:
            continue
        times = months - 24 if name == "pmi.extra_month" else 1
        work.add(
            programme="JKK+JKM",
            payer=payer,
            what=series.what,
            exact=Decimal(value.amount * times),
            rests_on=(value,),
        )
    if term is None and not work.unknown:
        question = Text(
            f"Kontrak {months} bulan: hukum menyebut jumlah untuk 6, 12 dan 24 bulan, dan Rp13.500 untuk tiap bulan "
            "kelebihan; apakah itu juga berlaku di antaranya, belum jelas.",
            f"A contract of {months} months: the law names amounts for 6, 12 and 24 months, and Rp13,500 for each "
            "month beyond; whether that also holds between them is not settled.",
        )
        work.open("JKK+JKM", question, "Permenaker 4/2023 Pasal 18(1)-(3)")


def _pmi_savings(work: Reckoning) -> None:
    """JHT of migrant workers is voluntary and its amount is theirs to choose: no charge, an open question."""
    least = work.value("pmi.JHT.least", "JHT")
    if least is not None:
        form = Text(
            "Iuran JHT PMI dipilih peserta, paling sedikit {least} sebulan.",
            "JHT of PMI is chosen by the worker, at least {least} a month.",
        )
        question = filled(form=form, least=money(amount=least.amount or 0))
        work.open("JHT", question, least.source)
