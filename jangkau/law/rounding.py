"""The one rounding of the law: half a rupiah goes up."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal


def rupiah(*, exact: Decimal) -> int:
    """Whole rupiah. No official rule for contributions was found; one public calculator rounds to the rupiah.

    >>> rupiah(exact=Decimal("10962.5"))
    10963
    """
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))
