"""Which relief, if any, the facts bring for a programme on a day."""

from __future__ import annotations

from datetime import date

from jangkau.complaints import Text
from jangkau.law.facts import Facts, missing
from jangkau.law.values import Law, Relief


class Question(Exception):  # noqa: N818 - no error: the law, as read, does not say
    """Whether the relief applies is not settled."""

    def __init__(self, *, text: Text, source: str) -> None:
        super().__init__(text.en)
        self.text, self.source = text, source


def relief_for(
    *, law: Law, facts: Facts, programme: str, day: date, payer: str, deferrals: bool = False
) -> Relief | None:
    """The relief that applies, lowest order first. Question where that is not settled, Complaint for a fact missing."""
    in_force = [
        relief
        for relief in (law.deferrals if deferrals else law.reliefs)
        if relief.holds_on(day) and facts.segment in relief.segments and programme in relief.programmes
    ]
    for relief in sorted(in_force, key=lambda one: one.order or 0):
        if _applies(relief, facts, payer):
            if not relief.settled or payer in relief.unsettled_payers:
                raise Question(text=relief.question or relief.who, source=relief.source)
            return relief
    return None


def _applies(relief: Relief, facts: Facts, payer: str) -> bool:
    if relief.not_paid_by and facts.payer is None:
        raise missing(
            fact="payer",
            why=Text(
                f"Keringanan {relief.cite} bergantung pada siapa yang membayar.",
                f"The relief of {relief.cite} depends on who pays.",
            ),
        )
    if payer in relief.not_paid_by:
        return False
    if relief.sector is not None and facts.sector is None:
        raise missing(
            fact="sector",
            why=Text(
                f"Keringanan {relief.cite} bergantung pada sektor.",
                f"The relief of {relief.cite} depends on the sector.",
            ),
        )
    return (
        relief.sector in (None, facts.sector)
        and relief.labour_intensive in (None, facts.labour_intensive)
        and not (relief.paid_up_to is not None and facts.in_arrears)
    )
