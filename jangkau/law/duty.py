"""Who must join: what the KUR rule makes of a borrower, and beside it what every own-account worker owes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from jangkau.complaints import Complaint, Text
from jangkau.law.facts import within
from jangkau.law.kur_duty import kur_rules
from jangkau.law.loading import law
from jangkau.law.rules import TYPES, GeneralRule, KurRule, TypeRule, Word, rule_on

OLD_NAMES = {"tki": "pmi"}
# Twenty times the largest KUR there ever was: such a number has zeros too many.
ABSURD_PLAFON = 10_000_000_000

_BEFORE_LAW = Text("Peraturan KUR tanggal ini belum dibaca.", "The KUR regulation of this date has not been read.")
_NOT_NAMED = Text(
    "{instrument}, sejauh terbaca, tidak memuat jenis KUR ini.",
    "{instrument}, as far as it was read, does not name this type of KUR.",
)
_UNCERTAIN_START = Text(
    "Hari mulai berlakunya {instrument} belum pasti: dibaca mulai {read}, terlihat berlaku pada {seen}.",
    "The day {instrument} took effect is not confirmed: read as from {read}, seen in force on {seen}.",
)
_NOT_OF_TYPE = Text(
    "Plafon ini tidak termasuk jenis KUR tersebut menurut {instrument}; jawaban mengikuti jenisnya.",
    "{instrument} has no loan of this size in that type of KUR; the answer follows the type.",
)
_EMPLOYER = Text(
    "Peminjam yang mempekerjakan orang: menurut satu sumber JHT juga wajib dan iurannya "
    "mengikuti upah terendah pekerjanya; praktik KUR memungut Rp16.800. Belum diputuskan.",
    "A borrower who employs others: one source has JHT compulsory too, with contributions "
    "on the lowest wage of his workers; KUR practice takes Rp16,800. Not settled.",
)
_EMPLOYED = Text(
    "Peminjam yang juga pekerja penerima upah tetap didaftarkan sebagai BPU (PROBIS p82).",
    "A borrower who is a wage earner as well is registered as BPU too (PROBIS p82).",
)


@dataclass(frozen=True)
class LoanFacts:
    """One KUR loan: its type, its ceiling in rupiah (needed where the law asks for it) and the day it was agreed.

    ``employer``: the borrower employs others; None when nobody said.
    """

    kur: str
    plafon: int | None
    agreed: date
    employer: bool | None = None


@dataclass(frozen=True)
class GeneralDuty:
    """What the law makes an own-account worker join, KUR or not."""

    duty: Word
    programmes: tuple[str, ...]
    voluntary: tuple[str, ...]
    article: str
    instrument: str
    verified: bool
    source: str
    question: Text | None
    notes: tuple[Text, ...]


@dataclass(frozen=True)
class Duty:
    """The KUR rule for one loan, alone; ``question`` says what is open when it is unknown."""

    duty: Word
    kur: str
    article: str | None
    instrument: str | None
    verified: bool
    source: str
    question: Text | None
    notes: tuple[Text, ...]
    general_duty: GeneralDuty


def duty(*, facts: LoanFacts, as_of: date) -> Duty:
    """The duty of a borrower: the KUR rule by the day the loan was agreed, the general duty on ``as_of``.

    >>> found = duty(facts=LoanFacts("kecil", 200_000_000, date(2023, 3, 1)), as_of=date(2023, 3, 1))
    >>> found.duty, found.article, found.verified
    ('must', 'Permenko 1/2023 Pasal 26(8)', True)
    >>> found.general_duty.programmes
    ('JKK', 'JKM')

    Complaint for an unknown type, a ceiling that is missing where the law asks for it, negative or absurd, and for a
    day of which no law is known.
    """
    kur = kur_type(name=facts.kur)
    within(day=facts.agreed, option="--agreed")
    within(day=as_of, option="--as-of")
    _refuse_plafon(facts.plafon)
    general = general_duty(as_of=as_of, employer=facts.employer)
    rule = next((rule for rule in kur_rules() if rule.holds_on(facts.agreed)), None)
    if rule is None:
        return Duty("unknown", kur, None, None, False, "", _BEFORE_LAW, (), general)
    of_type = rule.types.get(kur)
    if of_type is None:
        question = rule.question or _BEFORE_LAW
        if rule.regulation:
            question = _NOT_NAMED.format(instrument=rule.regulation)
        return Duty("unknown", kur, None, rule.regulation, False, rule.source, question, rule.notes, general)
    return _of_type(kur, facts, rule, of_type, general)


def _of_type(kur: str, facts: LoanFacts, rule: KurRule, of_type: TypeRule, general: GeneralDuty) -> Duty:
    if of_type.duty_above is not None and facts.plafon is None:
        raise _missing_plafon(kur, rule)
    word = of_type.of(plafon=facts.plafon)
    known = word != "unknown"
    doubts = _doubts(facts, rule, of_type)
    about = tuple(note for note in (of_type.note,) if note)
    return Duty(
        duty=word,
        kur=kur,
        article=f"{rule.regulation} {of_type.article}" if known else None,
        instrument=rule.regulation,
        verified=known and rule.verified and not doubts,
        source=rule.source,
        question=None if known else of_type.question,
        notes=(*rule.notes, *about, *doubts) if known else rule.notes,
        general_duty=general,
    )


def _doubts(facts: LoanFacts, rule: KurRule, of_type: TypeRule) -> tuple[Text, ...]:
    """What takes the certainty from an answer: a rule not yet seen in force, a loan that its type does not have."""
    doubts = []
    if rule.certain_from is not None and facts.agreed < rule.certain_from:
        read, seen = rule.valid_from.isoformat(), rule.certain_from.isoformat()
        doubts.append(_UNCERTAIN_START.format(instrument=rule.regulation, read=read, seen=seen))
    if facts.plafon is not None:
        low, high = of_type.plafon_above, of_type.plafon_up_to
        if (low is not None and facts.plafon <= low) or (high is not None and facts.plafon > high):
            doubts.append(_NOT_OF_TYPE.format(instrument=rule.regulation))
    return tuple(doubts)


def general_duty(*, as_of: date, employer: bool | None = None) -> GeneralDuty:
    """What an own-account worker must join on a day; whether an employer must join JHT as well is an open question."""
    within(day=as_of, option="--as-of")
    rule = rule_on(law=law(), name="bpu.duty", kind=GeneralRule, day=as_of)
    if rule.instrument is None:  # what is known cites one
        raise KeyError(as_of)
    return GeneralDuty(
        duty="must",
        programmes=rule.compulsory,
        voluntary=() if employer else rule.voluntary,
        article=rule.cited,
        instrument=rule.instrument.name,
        verified=rule.verified,
        source=rule.source,
        question=_EMPLOYER if employer else None,
        notes=(_EMPLOYED,),
    )


def kur_type(*, name: str) -> str:
    """The type as the data names it; Complaint when there is no such type."""
    plain = name.strip().lower().replace("-", "_").replace(" ", "_")
    plain = OLD_NAMES.get(plain, plain)
    if plain in TYPES:
        return plain
    raise Complaint(
        what=Text(f"Tidak ada jenis KUR '{name}'.", f"There is no KUR type '{name}'."),
        where="--kur",
        why=Text("Jenis KUR: " + ", ".join(TYPES), "KUR types: " + ", ".join(TYPES)),
        do=Text(
            "Pilih salah satu jenis itu (tki adalah nama lama pmi).", "Choose one of them (tki is an old name of pmi)."
        ),
    )


def _refuse_plafon(plafon: int | None) -> None:
    if plafon is None or 0 < plafon <= ABSURD_PLAFON:
        return
    raise Complaint(
        what=Text(f"Plafon {plafon} tidak masuk akal.", f"A loan of {plafon} makes no sense."),
        where="--plafon",
        why=Text(
            "Plafon KUR lebih dari nol; paling besar pernah Rp500.000.000.",
            "A KUR loan is more than zero; the largest ever was Rp500,000,000.",
        ),
        do=Text("Tulis plafon dalam rupiah, angka saja.", "Give the loan's ceiling in rupiah, digits only."),
    )


def _missing_plafon(kur: str, rule: KurRule) -> Complaint:
    return Complaint(
        what=Text("Plafon belum diberikan.", "The loan's ceiling (plafon) is not given."),
        where="--plafon",
        why=Text(
            f"{rule.regulation} mewajibkan peminjam KUR {kur} menurut besar plafon.",
            f"Under {rule.regulation} the duty of a KUR {kur} borrower hangs on the size of the loan.",
        ),
        do=Text("Beri plafon dalam rupiah.", "Give the loan's ceiling in rupiah."),
    )
