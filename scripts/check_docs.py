"""Checks what no compiler does: links of the documentation lead somewhere, texts for users are in both languages."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LINK = re.compile(r"(?<!`)!?\[[^\]]*\]\(([^)\s]+)\)")
CODE_BLOCK = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)


def pages(*, root: Path = ROOT) -> list[Path]:
    """Every Markdown page of the project."""
    return sorted([*root.glob("*.md"), *(root / "docs").rglob("*.md")])


def anchors(text: str) -> set[str]:
    """The anchors that headings get on the usual hosts of Git repositories."""
    headings = re.findall(r"^#+ +(.*)$", CODE_BLOCK.sub("", text), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def broken_links(*, page: Path, root: Path = ROOT) -> Iterator[str]:
    """Links of a page to files or headings that are not there; addresses on the web are not visited."""
    text = CODE_BLOCK.sub("", page.read_text(encoding="utf-8"))
    for link in LINK.findall(text):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.exists() or not target.is_relative_to(root):
            yield f"{page.relative_to(root)}: {link} leads nowhere"
        elif anchor and target.suffix == ".md" and anchor not in anchors(target.read_text(encoding="utf-8")):
            yield f"{page.relative_to(root)}: {link}: no such heading"


def incomplete_texts(*, source: str) -> Iterator[int]:
    """Lines where a Text lacks a language, or says the same in both where it is a sentence."""
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and ast.unparse(node.func) in ("Text", "complaints.Text")):
            continue
        if any(isinstance(value, ast.Starred) for value in node.args):
            continue
        given = dict(zip(("id", "en"), node.args, strict=False))
        given |= {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
        words = [ast.unparse(given[side]) if side in given else "''" for side in ("id", "en")]
        constants = [isinstance(given.get(side), ast.Constant) for side in ("id", "en")]
        same = all(constants) and words[0] == words[1] and len(words[0].split()) > 4
        if (words[0] == "''") != (words[1] == "''") or same:
            yield node.lineno


def main() -> int:
    """Print what is wrong; 1 if anything is."""
    wrong = [line for page in pages() for line in broken_links(page=page)]
    for path in sorted((ROOT / "jangkau").rglob("*.py")):
        lines = incomplete_texts(source=path.read_text(encoding="utf-8"))
        wrong += [f"{path.relative_to(ROOT)}:{line}: a text is not in both languages" for line in lines]
    print("\n".join(wrong) or f"{len(pages())} pages: every link leads somewhere; every text is in both languages")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
