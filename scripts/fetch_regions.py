"""Rebuilds the tables of regencies and districts from the npm package idn-area-data. For maintainers; needs npm.

    python scripts/fetch_regions.py            # the version pinned below
    python scripts/fetch_regions.py --version 4.0.1

Only codes and names of regencies and districts are kept; the data is under the ODbL, so the tables stay under it too
(see the NOTICE beside them). provinces.csv and papua_2022.csv are kept by hand and only checked here.
"""

from __future__ import annotations

import argparse
import csv
import io
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

PINNED = "4.0.1"
TABLES = Path(__file__).resolve().parent.parent / "jangkau" / "places" / "tables"


def _fetch(*, version: str, folder: Path) -> tarfile.TarFile:
    subprocess.run(
        ["npm", "pack", f"idn-area-data@{version}", "--pack-destination", str(folder)],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return tarfile.open(next(folder.glob("idn-area-data-*.tgz")))


def _rows(archive: tarfile.TarFile, name: str) -> list[dict[str, str]]:
    member = archive.extractfile(f"package/data/{name}.csv")
    if member is None:
        raise SystemExit(f"{name}.csv is not in the package")
    return list(csv.DictReader(io.TextIOWrapper(member, encoding="utf-8", newline="")))


def _digits(code: str) -> str:
    return code.replace(".", "")


def display_name(name: str) -> str:
    """'Kabupaten Administrasi Kepulauan Seribu' -> 'Kab. Adm. Kepulauan Seribu'; 'Kota Manado' stays."""
    return name.replace("Kabupaten ", "Kab. ").replace(" Administrasi ", " Adm. ")


def _write(path: Path, header: list[str], rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(sorted(rows))
    print(f"{path.name}: {len(rows)} rows")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--version", default=PINNED)
    version = parser.parse_args().version
    with tempfile.TemporaryDirectory() as folder, _fetch(version=version, folder=Path(folder)) as archive:
        regencies = [[_digits(row["code"]), display_name(row["name"])] for row in _rows(archive, "regencies")]
        districts = [[_digits(row["code"]), row["name"]] for row in _rows(archive, "districts")]
        provinces = {row["code"] for row in _rows(archive, "provinces")}
    # BPS numbers regions differently (its 1101 is Simeulue); this is how one tells the two tables apart.
    if dict(regencies).get("1101") != "Kab. Aceh Selatan":
        raise SystemExit("1101 is not Kab. Aceh Selatan: these are not Kemendagri codes; nothing written")
    with (TABLES / "provinces.csv").open(encoding="utf-8", newline="") as file:
        if {row["code"] for row in csv.DictReader(file)} != provinces:
            raise SystemExit("the provinces of the package differ from provinces.csv; mend that table first")
    _write(TABLES / "regencies.csv", ["code", "name"], regencies)
    _write(TABLES / "districts.csv", ["code", "name"], districts)
    return 0


if __name__ == "__main__":
    sys.exit(main())
