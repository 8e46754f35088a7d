"""The one kind of error a user sees: what, where, why, what to do; in Indonesian and English."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Language = Literal["id", "en"]


@dataclass(frozen=True)
class Text:
    """A sentence for users in both languages; Indonesian first, as everywhere."""

    id: str
    en: str

    def in_(self, language: Language) -> str:
        return self.id if language == "id" else self.en

    def format(self, **values: object) -> Text:
        return Text(self.id.format(**values), self.en.format(**values))


class Complaint(Exception):  # noqa: N818 - the office's word; it is shown to people, not caught by type
    """Something the user can mend. The command line prints it and exits with 2; no traceback.

    ``where`` is a file, line or setting name, never personal data.
    """

    def __init__(self, *, what: Text, where: str, why: Text, do: Text) -> None:
        super().__init__(what.en)
        self.what, self.where, self.why, self.do = what, where, why, do

    def message(self, language: Language = "id") -> str:
        """Four short lines: what, where, why, what to do."""
        labels = ("Masalah", "Di", "Sebab", "Saran") if language == "id" else ("Problem", "Where", "Why", "What to do")
        lines = (self.what.in_(language), self.where, self.why.in_(language), self.do.in_(language))
        width = max(len(label) for label in labels)
        return "\n".join(f"{label:<{width}} : {line}" for label, line in zip(labels, lines, strict=True))

    def __str__(self) -> str:
        return self.message("en")
