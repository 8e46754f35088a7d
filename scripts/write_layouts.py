"""For maintainers: write docs/reference/layouts.md from the layouts, and the words for repairs, flags and refusals.

.venv/bin/python scripts/write_layouts.py
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from jangkau.lists import flags, layouts

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "reference" / "layouts.md"

TYPES = {
    "amount": "rupiah, with or without thousands separators",
    "birth_date": "date; a year alone is accepted and flagged",
    "boolean": "ya or tidak, 1 or 0",
    "date": "date",
    "digits": "number kept as text",
    "end_date": "date",
    "month": "month, `2021-04`",
    "months": "number of months",
    "name": "name",
    "nik": "NIK",
    "phone": "telephone number",
    "region": "Kemendagri code with or without dots",
    "scheme": "super_mikro, mikro, kecil, khusus, pmi, or words that mean them",
    "segment": "PU, BPU, JAKON, PMI",
    "sex": "L or P, or words that mean them",
    "start_date": "date",
    "text": "text",
    "upper": "text",
    "wave": "number of the batch",
}

HEAD = """# Layouts of lists

Written by `scripts/write_layouts.py` from `jangkau/lists/layouts/*.yaml`; a test fails when the two differ.

The layout of a file is recognised from its headings, or named in `run.yaml`. Headings are compared without case, spaces
and signs: `NO_KTP`, `No. KTP` and `no ktp` are the same, and what stands in brackets may be left out. Columns in
**bold** must be there; their cells may be empty. A row needs a NIK, or a name and a birth date. Other columns are
ignored and counted.

Dates are read as `17/08/1985`, `17-08-85`, `1985-08-17`, `17 Agustus 1985` and as numbers of Excel.
"""


def page() -> str:
    """The whole page."""
    parts = [HEAD]
    shared = _yaml("shared")
    for name in layouts.NAMES:
        parts += [f"## {name}\n", "| column | what stands in it | headings it is known by |\n|---|---|---|"]
        given = {column["name"]: {**shared.get(column["name"], {}), **column} for column in _yaml(name)}
        for column in layouts.load(name).columns:
            title = f"**{column.name}**" if column.required else column.name
            aliases = ", ".join(given[column.name].get("aliases", ()))
            parts.append(f"| {title} | {TYPES[column.type]} | {aliases} |")
        parts.append("")
    for title, intro, names in (
        ("Repairs", "Made because they cannot be wrong, and counted.", flags.REPAIRS),
        ("Flags", "The row is accepted as it is and marked.", flags.FLAGS),
        ("Refusals", "The row is written to `refused/FILE.csv`.", flags.REFUSALS),
    ):
        parts += [f"## {title}\n", f"{intro}\n", "| code | Indonesian | English |\n|---|---|---|"]
        parts += [f"| `{name}` | {flags.LABELS[name].id} | {flags.LABELS[name].en} |" for name in names]
        parts.append("")
    return "\n".join(parts)


def _yaml(name: str) -> Any:
    folder = Path(layouts.__file__).parent
    return yaml.safe_load((folder / f"{name}.yaml").read_text(encoding="utf-8"))["columns"]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
