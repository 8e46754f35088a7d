"""Text in two languages as HTML and as SVG: both are printed, CSS shows the chosen one. Everything is escaped here."""

from __future__ import annotations

from markupsafe import Markup, escape

from jangkau.complaints import Text


def both(text: Text | str) -> Markup:
    """HTML for running text. Words that are the same in both languages are printed once.

    ``i`` is the element for words in another voice or language, and the shortest one: a table of 514 regions has some
    two thousand pairs.
    """
    if isinstance(text, str):
        return escape(text)
    if text.id == text.en:
        return escape(text.id)
    return Markup("<i lang=id>{}</i><i lang=en>{}</i>").format(text.id, text.en)


def breakable(name: str) -> Markup:
    """A file name that may be broken after an underscore instead of anywhere."""
    return escape(name).replace("_", Markup("_<wbr>"))


def svg_text(text: Text, *, x: float, y: float, kind: str, width: int | None = None, leading: int = 18) -> Markup:
    """SVG text at (x, y), broken into lines of at most ``width`` characters, once per language that differs."""
    if text.id == text.en:
        return _lines(text.id, Markup(""), x, y, kind, width, leading)
    indonesian = _lines(text.id, Markup(' lang="id"'), x, y, kind, width, leading)
    return indonesian + _lines(text.en, Markup(' lang="en"'), x, y, kind, width, leading)


def fold_lines(words: str, *, width: int) -> tuple[str, ...]:
    """Break at spaces; a word longer than the width keeps a line of its own (SVG cannot break it)."""
    lines: list[str] = []
    for word in words.split(" "):
        if lines and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += " " + word
        else:
            lines.append(word)
    return tuple(lines)


def number(value: float) -> str:
    """A coordinate with at most one decimal: shorter, and the same on every machine."""
    return f"{value:.1f}".removesuffix(".0")


def _lines(words: str, lang: Markup, x: float, y: float, kind: str, width: int | None, leading: int) -> Markup:
    lines = fold_lines(words, width=width) if width else (words,)
    spans = Markup("").join(
        Markup('<tspan x="{}" dy="{}">{}</tspan>').format(number(x), 0 if i == 0 else leading, line)
        for i, line in enumerate(lines)
    )
    inside = spans if len(lines) > 1 else escape(lines[0])
    return Markup('<text class="{}"{} x="{}" y="{}">{}</text>').format(kind, lang, number(x), number(y), inside)
