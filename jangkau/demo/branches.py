"""Branch offices of the invented provinces. All invented except Pematangsiantar and Manado, and marked so."""

from __future__ import annotations

import csv
from pathlib import Path

from jangkau import places
from jangkau.demo.land import Land

# Known: Pematangsiantar serves the city and Kab. Simalungun; Manado serves the city.
KNOWN = {"Pematangsiantar": ("1272", "1208"), "Manado": ("7171",)}
REGENCIES_OF_A_BRANCH = 3


def write_branches(*, path: Path, land: Land) -> None:
    """branch, region_code, invented: every regency has a branch, one of each province two."""
    regencies = sorted(
        places.current_code(land.regencies[number]) for number in set(land.regency[land.chosen].tolist())
    )
    rows = [(branch, code, "false") for branch, codes in KNOWN.items() for code in codes if code in regencies]
    served = {code for _, code, _ in rows}
    for province in sorted({code[:2] for code in regencies}):
        open_ = [code for code in regencies if code[:2] == province and code not in served]
        # Cities first: the branch has its seat there and serves the regencies around it.
        open_.sort(key=lambda code: (code[2] != "7", code))
        seats = open_[: max(1, -(-len(open_) // REGENCIES_OF_A_BRANCH))]
        for number, code in enumerate(open_):
            rows.append((_seat(seats[number % len(seats)]), code, "true"))
        if len(seats) > 1:
            rows.append((_seat(seats[1]), open_[0], "true"))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("branch", "region_code", "invented"))
        writer.writerows(rows)


def _seat(code: str) -> str:
    name = places.region_name(code) or code
    return name.removeprefix("Kota ").removeprefix("Kab. ").removeprefix("Adm. ")
