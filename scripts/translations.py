"""The English of the platform's pages: Indonesian texts are collected from code and templates into one catalogue.

    .venv/bin/python scripts/translations.py           # bring django.po up to date and compile it to django.mo
    .venv/bin/python scripts/translations.py --check   # every text has its English, and both files are up to date

Indonesian is what stands in the code, so it needs no catalogue of its own. gettext's programs are not needed.
"""

from __future__ import annotations

import ast
import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
PLATFORM = ROOT / "jangkau" / "platform"
FOLDER = PLATFORM / "web" / "locale" / "en" / "LC_MESSAGES"
PO, MO = FOLDER / "django.po", FOLDER / "django.mo"
BEGIN = datetime(2021, 4, 1, tzinfo=UTC)
CALLS = {"_", "gettext", "gettext_lazy", "ngettext", "pgettext"}
_TAG = re.compile(r"""\{%\s*(?:translate|trans)\s+(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')""")
_BLOCK = re.compile(
    r"\{%\s*blocktrans(?:late)?\b([^%]*)%\}(.*?)(?:\{%\s*plural\s*%\}(.*?))?\{%\s*endblocktrans(?:late)?\s*%\}", re.S
)
_VARIABLE = re.compile(r"\{\{\s*([^}|\s]+)[^}]*\}\}")


def texts() -> Iterator[tuple[str, str, int]]:
    """Text, file and line of all that is said to people, in the order of the files."""
    for path in sorted(PLATFORM.rglob("*.py")):
        if "migrations" not in path.parts:
            yield from _of_code(path)
    for path in sorted([*PLATFORM.rglob("*.html"), *PLATFORM.rglob("templates/**/*.txt")]):
        yield from _of_template(path)


def _of_code(path: Path) -> Iterator[tuple[str, str, int]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and node.args and ast.unparse(node.func).rsplit(".", 1)[-1] in CALLS:
            for value in node.args[:2]:
                if isinstance(value, ast.Constant) and isinstance(value.value, str):
                    yield value.value, str(path.relative_to(ROOT)), node.lineno


def _of_template(path: Path) -> Iterator[tuple[str, str, int]]:
    source = path.read_text(encoding="utf-8")
    where = str(path.relative_to(ROOT))
    for found in _TAG.finditer(source):
        # Django doubles a % of a template before it looks a text up
        yield (found[1] or found[2]).replace("%", "%%"), where, source.count("\n", 0, found.start()) + 1
    for found in _BLOCK.finditer(source):
        for text in (found[2], found[3]):
            if text:
                said = _VARIABLE.sub(r"%(\1)s", text.replace("%", "%%"))
                if "trimmed" in found[1]:
                    said = " ".join(line.strip() for line in said.strip().splitlines())
                yield said, where, source.count("\n", 0, found.start()) + 1


def collected() -> Catalog:
    """The catalogue as it should be: every text once, with the English that is known of it."""
    before = read_po(io.BytesIO(PO.read_bytes()), locale="en") if PO.exists() else Catalog(locale="en")
    now = Catalog(
        locale="en", fuzzy=False, header_comment="# English of the platform's pages; see scripts/translations.py."
    )
    for text, where, _line in texts():
        known = before.get(text)
        now.add(text, known.string if known else "", locations=[(where, 0)])
    now.creation_date = now.revision_date = None  # type: ignore[assignment]
    return now


def written(catalog: Catalog) -> tuple[bytes, bytes]:
    """Both files, the same for the same catalogue."""
    po, mo = io.BytesIO(), io.BytesIO()
    write_po(po, catalog, omit_header=False, sort_output=True, width=0, include_lineno=False)
    text = re.sub(
        rb'"(?:POT-Creation-Date|PO-Revision-Date|Generated-By|Project-Id-Version|Report-Msgid-Bugs-To|Last-Translator|Language-Team):[^\n]*\n',
        b"",
        po.getvalue(),
    )
    compiled = read_po(io.BytesIO(text), locale="en")
    compiled.creation_date = compiled.revision_date = BEGIN  # the same for the same texts, whenever they are written
    write_mo(mo, compiled)
    return text, mo.getvalue()


def main() -> int:
    catalog = collected()
    po, mo = written(catalog)
    lacking = [str(message.id) for message in catalog if message.id and not message.string]
    if "--check" in sys.argv:
        stale = [
            path.name for path, content in ((PO, po), (MO, mo)) if not path.exists() or path.read_bytes() != content
        ]
        for text in lacking:
            print(f"no English: {text}")
        for name in stale:
            print(f"{name} is not up to date: run scripts/translations.py")
        return 1 if lacking or stale else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    PO.write_bytes(po)
    MO.write_bytes(mo)
    print(f"{len(list(catalog))} texts, {len(lacking)} without English")
    return 0


if __name__ == "__main__":
    sys.exit(main())
