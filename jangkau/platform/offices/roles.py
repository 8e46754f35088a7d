"""Roles: what each may see. Pages read this table; scope_people() of the database says the same, held by a test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from jangkau.complaints import Text


@dataclass(frozen=True)
class Role:
    """What somebody is. ``people``: which people he sees: all, those of his office's regions, those of his own lists,
    or none. ``figures``: which aggregates: all, those of his regions, those of his own lists, or none."""

    code: str
    name: Text
    people: str
    figures: str

    @property
    def needs_second_factor(self) -> bool:
        """Who sees people signs in with two factors."""
        return self.people != "none" or self.code == "administrator"


_ROLES = (
    Role("analyst", Text("Analis nasional", "National analyst"), "all", "all"),
    Role("regional_office", Text("Kantor wilayah", "Regional office"), "office", "office"),
    Role("branch_head", Text("Kepala cabang", "Head of branch"), "office", "office"),
    Role("branch_officer", Text("Petugas cabang", "Branch officer"), "office", "office"),
    Role("bank_officer", Text("Petugas bank", "Bank officer"), "lists", "lists"),
    Role("institution_officer", Text("Petugas kementerian atau pemda", "Ministry or local officer"), "staff", "region"),
    Role("prosecutor", Text("Jaksa", "Prosecutor"), "none", "region"),
    Role("board", Text("Dewan Pengawas", "Supervisory board"), "none", "all"),
    Role("auditor", Text("Auditor", "Auditor"), "none", "none"),
    Role("administrator", Text("Administrator", "Administrator"), "none", "none"),
)  # fmt: skip
ROLES: Final = {role.code: role for role in _ROLES}
AT_OFFICES: Final = ("regional_office", "branch_head", "branch_officer")
AT_INSTITUTIONS: Final = ("bank_officer", "institution_officer", "prosecutor")
SEE_PEOPLE: Final = tuple(code for code, role in ROLES.items() if role.people != "none")
SEE_REGIONS: Final = tuple(code for code, role in ROLES.items() if role.people in ("all", "office"))
"""Those who see people wherever they are listed: they decide about doubtful pairs."""
SEE_LISTS: Final = tuple(code for code, role in ROLES.items() if role.people in ("all", "lists", "staff"))
SEE_FIGURES: Final = tuple(code for code, role in ROLES.items() if role.figures != "none")
