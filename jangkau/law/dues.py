"""What a million own-account workers owe for a month, from columns in memory: the tariff in a compiled loop.

The same tables as `sql/price.sql`, and the same answers, for whoever has the columns at hand and needs the totals
alone: `price.sql` says everything that is known of a charge, and takes more than ten times as long.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit

from jangkau.law.facts import MOST
from jangkau.law.tariff import BITS, OPEN, OVER, Cell, Tariff
from jangkau.law.values import PAYERS, PROGRAMMES, SECTORS

Codes = npt.NDArray[np.int8]
Flags = npt.NDArray[np.bool_]
Rupiah = npt.NDArray[np.int64]

REFUSED = -1
_MOST = MOST["income"]
_ALL = OPEN - 1
_PAID = ("JKK", "JKM", "JHT")
_CHARGED = sum(BITS[programme] for programme in _PAID)
# Which of the three a sum of programmes holds.
_EACH = np.array([[charged & BITS[programme] > 0 for programme in _PAID] for charged in range(_CHARGED + 1)], np.int64)
_SECTORS, _PAYERS = len(SECTORS) + 1, len(PAYERS) + 1
_CELLS = 4 * _SECTORS * _PAYERS


@dataclass(frozen=True)
class Workers:
    """Own-account workers, one in each place of every column.

    ``income``: rupiah a month. ``sector`` and ``payer``: 0 is not known, n the n-th of SECTORS and of PAYERS.
    ``asked``: the programmes asked for, a sum of ``tariff.BITS``; 0 is nobody said, so the compulsory ones.
    """

    income: Rupiah
    sector: Codes
    payer: Codes
    asked: Codes
    in_arrears: Flags
    employs_others: Flags


def dues(*, tariff: Tariff, workers: Workers) -> Rupiah:
    """The total of each worker in rupiah; REFUSED where a fact is missing or impossible, which `price.sql` names.

    What the law leaves open is left out, as in `charges`. ValueError when a code is none, or columns differ in length.

    >>> from datetime import date
    >>> from jangkau.law.tariff import tariff
    >>> codes, no = np.array([2, 2], np.int8), np.zeros(2, bool)
    >>> asked = np.array([0, 7], np.int8)  # the compulsory programmes; JKK, JKM and JHT
    >>> some = Workers(np.array([1_000_000, 20_199_999]), codes, codes - 1, asked, no, no)
    >>> dues(tariff=tariff(month=date(2026, 5, 1)), workers=some).tolist()
    [8400, 495900]
    """
    _check(workers)
    steps = [one for one in tariff.bases if one.step >= 0]
    bases = sorted({one.base or 0 for one in steps})
    return _totals(
        np.ascontiguousarray(workers.income, np.int64),
        workers.sector,
        workers.payer,
        workers.asked,
        workers.in_arrears,
        workers.employs_others,
        _asks(tariff),
        _sums(tariff, bases),
        np.array([bases.index(one.base or 0) for one in steps], np.int64),
        steps[0].width,
    )


def _check(workers: Workers) -> None:
    size = len(workers.income)
    for name, codes, most in (
        ("sector", workers.sector, len(SECTORS)),
        ("payer", workers.payer, len(PAYERS)),
        ("asked", workers.asked, (1 << len(PROGRAMMES)) - 1),
    ):
        if size and (len(codes) != size or codes.min() < 0 or codes.max() > most):
            raise ValueError(f"{name}: codes from 0 to {most}, one for each of {size} workers")
    if {len(workers.in_arrears), len(workers.employs_others)} != {size}:
        raise ValueError(f"in_arrears, employs_others: one for each of {size} workers")


def _asks(tariff: Tariff) -> Codes:
    """For each cell and sum of programmes asked for, those charged; one more than any such sum when it is refused."""
    compulsory = {one.employs_others: one.compulsory & _ALL for one in tariff.offers if one.segment == "BPU"}
    found = np.full((_CELLS, _ALL + 1), _CHARGED + 1, np.int8)
    for cell in _cells(tariff):
        for asked in range(_ALL + 1):
            named = asked or compulsory[cell.employs_others]
            if not named & (~cell.offered | cell.no_payer | cell.no_sector):
                found[_place(cell), asked] = named & ~cell.unknown
    return found


def _sums(tariff: Tariff, bases: list[int]) -> Rupiah:
    """Rupiah for each cell, sum of JKK, JKM and JHT charged, and base; each rounded once, half a rupiah up."""
    found = np.full((_CELLS, _CHARGED + 2, len(bases)), REFUSED, np.int64)
    for cell in _cells(tariff):
        exact = np.outer((cell.jkk, cell.jkm, cell.jht), bases) + np.array([[0], [cell.jkm_rupiah * OVER], [0]])
        found[_place(cell), : _CHARGED + 1] = _EACH @ ((exact + OVER // 2) // OVER)
    return found


def _cells(tariff: Tariff) -> list[Cell]:
    return [cell for cell in tariff.cells if cell.segment == "BPU"]


def _place(cell: Cell) -> int:
    sector = SECTORS.index(cell.sector) + 1 if cell.sector else 0
    payer = PAYERS.index(cell.payer) + 1 if cell.payer else 0
    kind = cell.in_arrears * 2 + cell.employs_others
    return (kind * _SECTORS + sector) * _PAYERS + payer


# Compiled code is kept under the module's name: that of `python -m doctest FILE` would spoil every later import.
@njit(cache=__name__ == "jangkau.law.dues", nogil=True, error_model="numpy")
def _totals(
    income: Rupiah,
    sector: Codes,
    payer: Codes,
    asked: Codes,
    in_arrears: Flags,
    employs_others: Flags,
    asks: Codes,
    sums: Rupiah,
    steps: Rupiah,
    width: int,
) -> Rupiah:
    found = np.empty(len(income), np.int64)
    last = len(steps) - 1
    for i in range(len(income)):
        kind = in_arrears[i] * 2 + employs_others[i]
        place = (kind * _SECTORS + sector[i]) * _PAYERS + payer[i]
        charged = asks[place, asked[i]]
        if 0 <= income[i] <= _MOST:
            found[i] = sums[place, charged, steps[min(last, income[i] // width)]]
        else:
            found[i] = REFUSED
    return found
