"""Who sends lists: files by institution with their share of rows, their offices, and which offices are careless."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from jangkau import places
from jangkau.demo.land import Land
from jangkau.demo.rates import Rates

Ints = npt.NDArray[np.int32]

BRI, MANDIRI, BNI, REGIONAL, PRAKERJA_2020, PRAKERJA_2021, NON_ASN, VILLAGE = range(8)
KUR_FILES = (BRI, MANDIRI, BNI, REGIONAL)

LISTS = (
    *("kur_bri", "kur_mandiri", "kur_bni", "kur_bank_daerah"),
    *("prakerja_2020", "prakerja_2021", "tenaga_non_asn", "perangkat_desa"),
)

# Share of first rows. KUR 2020 to April 2021 about 8.1 million, Prakerja 5.5 + 2.4 million (figures.yaml); BRI 85 % of
# borrowers, BNI and Mandiri about 5 % each (2020 to 15 Sep); non-ASN and village lists: assumption.
SHARES = np.array([0.365, 0.042, 0.042, 0.026, 0.30, 0.125, 0.06, 0.04])

# On which list a person appears again, by the first one (assumption). Rows: first; columns: again.
AGAIN = np.array(
    [
        (0.55, 0.05, 0.05, 0.03, 0.20, 0.08, 0.02, 0.02),
        (0.12, 0.50, 0.04, 0.02, 0.20, 0.08, 0.02, 0.02),
        (0.12, 0.04, 0.50, 0.02, 0.20, 0.08, 0.02, 0.02),
        (0.14, 0.03, 0.03, 0.48, 0.20, 0.08, 0.02, 0.02),
        (0.70, 0.08, 0.08, 0.05, 0.00, 0.03, 0.04, 0.02),
        (0.70, 0.08, 0.08, 0.05, 0.03, 0.00, 0.04, 0.02),
        (0.46, 0.07, 0.07, 0.06, 0.16, 0.06, 0.08, 0.04),
        (0.60, 0.04, 0.04, 0.06, 0.10, 0.04, 0.10, 0.02),
    ]
)

REGIONAL_BANKS = {
    "11": "Bank Aceh Syariah",
    "12": "Bank Sumut",
    "13": "Bank Nagari",
    "14": "Bank Riau Kepri",
    "15": "Bank Jambi",
    "16": "Bank Sumsel Babel",
    "17": "Bank Bengkulu",
    "18": "Bank Lampung",
    "19": "Bank Sumsel Babel",
    "21": "Bank Riau Kepri",
    "31": "Bank DKI",
    "32": "Bank BJB",
    "33": "Bank Jateng",
    "34": "Bank BPD DIY",
    "35": "Bank Jatim",
    "36": "Bank Banten",
    "51": "BPD Bali",
    "52": "Bank NTB Syariah",
    "53": "Bank NTT",
    "61": "Bank Kalbar",
    "62": "Bank Kalteng",
    "63": "Bank Kalsel",
    "64": "Bank Kaltimtara",
    "65": "Bank Kaltimtara",
    "71": "Bank SulutGo",
    "72": "Bank Sulteng",
    "73": "Bank Sulselbar",
    "74": "Bank Sultra",
    "75": "Bank SulutGo",
    "76": "Bank Sulselbar",
    **dict.fromkeys(("81", "82"), "Bank Maluku Malut"),
    **dict.fromkeys(("91", "92", "93", "94", "95", "96"), "Bank Papua"),
}
DEPARTMENTS = ("Dinas Pendidikan", "Dinas Kesehatan", "RSUD", "Sekretariat Daerah", "Satpol PP", "Dinas Pekerjaan Umum")
VILLAGES_PER_DISTRICT = 8


@dataclass(frozen=True)
class Offices:
    """Every office of every file: bank branch, regency, department or village. `first[file, regency]` opens a run."""

    first: Ints
    count: Ints
    file: Ints
    regency: Ints
    within: Ints  # number inside its file and regency
    careless: npt.NDArray[np.bool_]
    first_district: Ints  # by regency: position of its first district

    def of_rows(self, *, file: Ints, home: Ints, land: Land, rng: np.random.Generator) -> Ints:
        """The office that wrote each row: one of the home regency, larger ones more often; the own village."""
        regency = land.regency[home]
        position = (rng.random(len(file)) ** 1.5 * self.count[file, regency]).astype(np.int32)
        village = (home - self.first_district[regency]) * VILLAGES_PER_DISTRICT + rng.integers(
            0, VILLAGES_PER_DISTRICT, len(file)
        )
        return self.first[file, regency] + np.where(file == VILLAGE, village, position).astype(np.int32)


def offices_of(*, land: Land, rates: Rates, seed: int) -> Offices:
    """The offices of all regencies. Careless ones are taken evenly from the largest to the smallest."""
    districts = np.bincount(land.regency, minlength=len(land.regencies))
    one = np.ones_like(districts)
    per_file = (
        *(np.maximum(2, districts // 2), 1 + districts // 10, 1 + districts // 10, 1 + districts // 8),
        *(one, one, one * len(DEPARTMENTS), districts * VILLAGES_PER_DISTRICT),
    )
    count = np.array(per_file, np.int32) * np.isin(np.arange(len(districts)), land.regency[land.chosen])
    first = (np.cumsum(count.ravel()) - count.ravel()).reshape(count.shape).astype(np.int32)
    file, regency = (np.repeat(axis.ravel(), count.ravel()).astype(np.int32) for axis in np.indices(count.shape))
    within = (np.arange(len(file)) - first[file, regency]).astype(np.int32)
    inhabitants = np.bincount(land.regency, weights=land.weight)[regency]
    edges = ((within + 1) / count[file, regency]) ** (1 / 1.5) - (within / count[file, regency]) ** (1 / 1.5)
    share = np.where(file == VILLAGE, 1 / count[file, regency], edges)
    by_size = np.argsort(-SHARES[file] * inhabitants * share, kind="stable")
    careless = np.zeros(len(file), dtype=bool)
    if rates.careless_offices > 0:
        start = np.random.default_rng([seed, 5]).random() / rates.careless_offices
        careless[by_size[np.arange(start, len(file), 1 / rates.careless_offices).astype(np.int64)]] = True
    first_district = np.searchsorted(land.regency, np.arange(len(districts))).astype(np.int32)
    return Offices(first, count, file, regency, within, careless, first_district)


def branch_code(*, file: int, regency: str, within: int) -> str:
    """Code of a bank branch as the bank writes it, e.g. '1272-03'."""
    return f"{regency}-{within + 1:02d}" if file == BRI else f"{regency}{within + 1:03d}"


def department(*, regency: str, within: int) -> str:
    """'Dinas Kesehatan Kota Manado'."""
    return f"{DEPARTMENTS[within]} {places.region_name(regency)}"
