"""What one worker or contract owes for a month, by whom, under which article, or which question keeps it open."""

from __future__ import annotations

from datetime import date

from jangkau.complaints import Complaint, Text
from jangkau.law.facts import Facts, check, within
from jangkau.law.loading import law as the_law
from jangkau.law.months import month_end
from jangkau.law.owed import Charge, Charges, Unknown, by_payer
from jangkau.law.segments import reckon
from jangkau.law.values import Law

__all__ = ["Charge", "Charges", "Facts", "Unknown", "by_payer", "charges", "charges_over"]


def charges(*, facts: Facts, month: date, law: Law | None = None) -> Charges:
    """The charges for the contribution month that ``month`` lies in. Complaint for a fact missing or wrong.

    The law in force on the last day of the month decides.

    >>> from datetime import date
    >>> facts = Facts(segment="BPU", income=1_000_000, sector="other", payer="worker")
    >>> owed = charges(facts=facts, month=date(2026, 5, 1))
    >>> [(c.programme, c.amount, c.relief) for c in owed.charges]
    [('JKK', 5000, 'PP 50/2025'), ('JKM', 3400, 'PP 50/2025')]
    >>> charges(facts=facts, month=date(2026, 3, 1)).total
    16800
    """
    check(facts=facts)
    within(day=month, option="--month")
    return reckon(facts=facts, month=month.replace(day=1), day=month_end(month=month), law=law or the_law())


def charges_over(*, facts: Facts, month: date, months: int, law: Law | None = None) -> tuple[Charges, ...]:
    """The charges of ``months`` months from ``month`` on, each by its own law.

    >>> from datetime import date
    >>> facts = Facts(segment="BPU", income=1_000_000, sector="other", payer="worker")
    >>> [one.total for one in charges_over(facts=facts, month=date(2026, 11, 1), months=3)]
    [8400, 8400, 16800]
    """
    if type(months) is not int or months < 1:
        raise Complaint(
            what=Text(f"--months {months} tidak mungkin.", f"--months {months} is impossible."),
            where="--months",
            why=Text("Banyaknya bulan paling sedikit 1.", "There is at least one month."),
            do=Text("Isi misalnya 1, 3, 6 atau 12.", "Give for example 1, 3, 6 or 12."),
        )
    if months > 1 and facts.segment in ("JAKON", "PMI"):
        raise Complaint(
            what=Text(f"--months tidak berlaku untuk {facts.segment}.", f"{facts.segment} has no --months."),
            where="--months",
            why=Text("Iurannya sekali untuk seluruh kontrak.", "Its contribution is paid once for the whole contract."),
            do=Text("Hapus --months.", "Leave --months out."),
        )
    first = month.year * 12 + month.month - 1
    if first + months - 1 >= 9999 * 12 + 12:
        within(day=date(9999, 12, 1), option="--months")
    places = [divmod(first + step, 12) for step in range(min(months, 200))]
    days = [date(year, place + 1, 1) for year, place in places]
    within(day=days[0], option="--month")
    within(day=days[-1], option="--months")
    return tuple(charges(facts=facts, month=day, law=law) for day in days)
