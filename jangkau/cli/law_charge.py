"""`jangkau law charge`: what one worker or contract owes, by whom, under which article."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from jangkau.complaints import Language, Text

if TYPE_CHECKING:
    import argparse

    from jangkau.cli.parser import Parser
    from jangkau.law.charges import Charge, Charges, Facts

HELP = Text("iuran satu pekerja atau kontrak, dengan pasalnya", "what one worker or contract owes, with its article")
_HEADS = (
    Text("Program", "Programme"),
    Text("Pembayar", "Payer"),
    Text("Jumlah", "Amount"),
    Text("Dasar", "Base"),
    Text("Tarif", "Rate"),
    Text("Keringanan", "Relief"),
    Text("Terverifikasi", "Verified"),
    Text("Pasal", "Article"),
)
_TOTAL = Text("Jumlah", "Total")
_WITHOUT = Text("Jumlah tanpa {names}, yang belum jelas", "Total without {names}, still open")
_YES_NO = {True: Text("ya", "yes"), False: Text("belum", "no")}


def add_arguments(parser: Parser) -> None:
    """The facts of one case; all are read as text here, so that a slip gets one clear answer."""
    helps = {
        "--segment": Text("PU, BPU, JAKON atau PMI", "PU, BPU, JAKON or PMI"),
        "--month": Text("bulan iuran: 2026-05", "the month of the contribution: 2026-05"),
        "--months": Text("banyaknya bulan mulai --month", "how many months from --month on"),
        "--programmes": Text("misalnya JKK,JKM,JHT (bawaan: yang wajib)", "such as JKK,JKM,JHT (default: compulsory)"),
        "--payer": Text(
            "pembayar: self, employer, bank, apbn, apbd, village, donor",
            "who pays: self, employer, bank, apbn, apbd, village, donor",
        ),
        "--sector": Text("transport atau other", "transport or other"),
        "--income": Text("BPU: penghasilan sebulan", "BPU: monthly income"),
        "--wage": Text("PU: upah sebulan; JAKON: upah", "PU: monthly wage; JAKON: wages"),
        "--jkk-class": Text("PU: tingkat risiko 1 sampai 5", "PU: class of risk 1 to 5"),
        "--scale": Text("PU: skala micro, small, medium, large", "PU: scale micro, small, medium, large"),
        "--contract-value": Text("JAKON: nilai kontrak tanpa PPN", "JAKON: contract value without VAT"),
        "--contract-months": Text("PMI: lama kontrak", "PMI: months of the contract"),
    }
    flags = {
        "--labour-intensive": Text(
            "PU: semua syarat PP 7/2025 dan 36/2025 terpenuhi", "PU: all conditions of PP 7/2025 and 36/2025 are met"
        ),
        "--in-arrears": Text("ada iuran lama yang belum dibayar", "earlier contributions are unpaid"),
        "--employs-others": Text("BPU yang juga pemberi kerja", "BPU who is an employer"),
        "--individual": Text("PMI tanpa pelaksana penempatan", "PMI without an agency"),
        "--json": Text("cetak sebagai JSON", "print as JSON"),
    }
    for name, help_ in helps.items():
        parser.add_argument(name, help=help_)
    for name, help_ in flags.items():
        parser.add_argument(name, action="store_true", help=help_)


def run(arguments: argparse.Namespace) -> int:
    """Print the charges; Complaint for whatever is missing or wrong."""
    from jangkau.law.charges import charges_over
    from jangkau.law.facts import missing, read_amount, read_month

    facts = facts_of(arguments)
    if arguments.month is None:
        raise missing(fact="month", why=Text("Hukum bulan itulah yang berlaku.", "The law of that month decides."))
    month = read_month(text=arguments.month)
    months = None if arguments.months is None else read_amount(text=arguments.months, fact="months")
    several = charges_over(facts=facts, month=month, months=1 if months is None else months)
    if arguments.json:
        print(
            json.dumps(as_json(several=several, over=months is not None, language=arguments.lang), ensure_ascii=False)
        )
    else:
        _print(facts, several, arguments.lang)
    return 0


def facts_of(arguments: argparse.Namespace) -> Facts:
    """The facts as typed."""
    from jangkau.law.facts import Facts, among, missing, read_amount, segment_named
    from jangkau.law.values import PAYERS

    if arguments.segment is None:
        raise missing(fact="segment", why=Text("Tiap segmen punya aturannya.", "Each segment has its own rules."))
    segment = segment_named(name=arguments.segment)
    amounts = {
        name: read_amount(text=text, fact=name)
        for name in ("income", "wage", "jkk_class", "contract_value", "contract_months")
        if (text := getattr(arguments, name)) is not None
    }
    payer = arguments.payer
    if payer is not None:
        among(fact="payer", value=payer, choices=("self", *PAYERS))
        payer = "worker" if payer == "self" else payer
    programmes = None
    if arguments.programmes is not None:
        programmes = tuple(word.strip().upper() for word in arguments.programmes.split(",") if word.strip())
    return Facts(
        segment=segment,
        scale=arguments.scale,
        sector=arguments.sector,
        payer=payer,
        programmes=programmes,
        labour_intensive=arguments.labour_intensive,
        in_arrears=arguments.in_arrears,
        employs_others=arguments.employs_others,
        individual=arguments.individual,
        **amounts,
    )


def as_json(*, several: tuple[Charges, ...], over: bool, language: Language) -> dict[str, Any]:
    """The answer as JSON holds it: of one month, or of all with `months` beside; total is the sum of charges."""
    from jangkau.law.charges import by_payer

    every = [charge for owed in several for charge in owed.charges]
    said: dict[str, Any] = {"month": f"{several[0].month:%Y-%m}", "segment": several[0].segment}
    said["charges"] = [_charge(charge, owed, over) for owed in several for charge in owed.charges]
    said["total"] = sum(charge.amount for charge in every)
    said["by_payer"] = by_payer(charges=every)
    said["verified"] = all(owed.verified for owed in several)
    said["unknown"] = [
        {
            **({"month": f"{owed.month:%Y-%m}"} if over else {}),
            "programme": one.programme,
            "question": one.question.in_(language),
            "source": one.source,
        }
        for owed in several
        for one in owed.unknown
    ]
    said["complete"] = not said["unknown"]
    for name in ("assumed", "notes"):
        texts = [text.in_(language) for owed in several for text in getattr(owed, name)]
        said[name] = list(dict.fromkeys(texts))
    if over:
        said["months"] = [as_json(several=(owed,), over=False, language=language) for owed in several]
    return said


def _charge(charge: Charge, owed: Charges, over: bool) -> dict[str, Any]:
    said: dict[str, Any] = {"month": f"{owed.month:%Y-%m}"} if over else {}
    return said | {
        "programme": charge.programme,
        "payer": charge.payer,
        "amount": charge.amount,
        "base": charge.base,
        "rate": None if charge.rate is None else str(charge.rate),
        "bracket": charge.bracket,
        "relief": charge.relief,
        "article": charge.article,
        "verified": charge.verified,
        "full_amount": charge.full_amount,
        "deferred": charge.deferred,
        "source": charge.source,
    }


def _print(facts: Facts, several: tuple[Charges, ...], language: Language) -> None:
    from jangkau.cli.table import Column, number, table
    from jangkau.law.charges import by_payer
    from jangkau.law.explaining import explain

    columns = [Column(head.in_(language), figures=place in (2, 3, 4)) for place, head in enumerate(_HEADS)]
    for owed in several:
        print(f"{owed.segment} {owed.month:%Y-%m}")
        rows = [_row(charge, language) for charge in owed.charges]
        print(table(columns=columns, rows=rows))
        print()
    every = [charge for owed in several for charge in owed.charges]
    names = ", ".join(dict.fromkeys(one.programme for owed in several for one in owed.unknown))
    label = _WITHOUT.format(names=names) if names else _TOTAL
    paid = "; ".join(f"{who} {number(value=sum_, language=language)}" for who, sum_ in by_payer(charges=every).items())
    total = number(value=sum(charge.amount for charge in every), language=language)
    print(f"{label.in_(language)}: {total}{f' ({paid})' if paid else ''}")
    print()
    for step, text in enumerate(explain(facts=facts, owed=several[0]), start=1):
        print(f"{step}. {text.in_(language)}")


def _row(charge: Charge, language: Language) -> list[str]:
    from jangkau.cli.table import number
    from jangkau.law.wording import percent

    return [
        charge.programme,
        charge.payer,
        number(value=charge.amount, language=language),
        number(value=charge.base, language=language),
        "–" if charge.rate is None else percent(rate=charge.rate).in_(language),
        charge.relief or "–",
        _YES_NO[charge.verified].in_(language),
        charge.article,
    ]
