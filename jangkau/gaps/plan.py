"""What a run reads: the files, the date, and what is said about them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from jangkau.complaints import Complaint, Text

SET_ASIDE = frozenset({"out", "truth"})
LAYOUTS = ("register", "kur", "prakerja", "non_asn", "village")


@dataclass(frozen=True)
class Source:
    """A file to read. ``name`` is what outputs call it: its path in the folder, with forward slashes; the bare name of
    a file that lies outside. layout None: recognise it. ``columns`` are those mapped by hand: our name and the sender's
    header ("" for a column not to be read)."""

    name: str
    path: Path
    layout: str | None
    institution: str | None
    columns: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Settled:
    """Where it is written what people settled: decisions about doubtful pairs, answers to review samples.

    ``digests`` are those of the run's files: an answer about a line holds while its file is what it was.
    """

    decisions: Path | None
    reviews: Path | None
    digests: Mapping[str, str]


@dataclass(frozen=True)
class Plan:
    """What a run reads. Sources stand in the order of their names, so that the order in which they are listed decides
    nothing. ``warnings`` are shown and change no figure. ``digests`` are those of register and lists, once known."""

    folder: Path
    as_of: date
    register: tuple[Source, ...]
    lists: tuple[Source, ...]
    branches: Path | None
    decisions_file: Path | None
    id_key: str | None
    warnings: tuple[Text, ...] = ()
    reviews: Path | None = None
    digests: Mapping[str, str] = field(default_factory=dict)

    @property
    def decisions(self) -> Settled:
        """What people settled, for the linkage."""
        return Settled(self.decisions_file, self.reviews, self.digests)

    @property
    def office_tables(self) -> tuple[tuple[str, Path], ...]:
        """Branches, decisions and reviews, with their names."""
        paths = (self.branches, self.decisions_file, self.reviews)
        return tuple((name_in(folder=self.folder, path=path), path) for path in paths if path)

    @property
    def inputs(self) -> tuple[tuple[str, Path], ...]:
        """Every input with its name in the manifest."""
        return (*((s.name, s.path) for s in self.register + self.lists), *self.office_tables)

    def with_only(self, *, sources: Collection[Source], warnings: Iterable[Text]) -> Plan:
        """The same plan with these sources alone, and more to warn of."""
        return replace(
            self,
            register=tuple(source for source in self.register if source in sources),
            lists=tuple(source for source in self.lists if source in sources),
            warnings=(*self.warnings, *warnings),
        )


def name_in(*, folder: Path, path: Path) -> str:
    """How outputs call a file: never by a path of this machine."""
    if path.is_relative_to(folder):
        return path.relative_to(folder).as_posix()
    return path.name


def no_date(*, where: str) -> Complaint:
    return Complaint(
        what=Text("Tanggal acuan (as_of) tidak disebut di mana pun.", "No as_of date is given anywhere."),
        where=where,
        why=Text("Terlindungi atau tidak selalu pada suatu tanggal.", "Protected or not is always a matter of a date."),
        do=Text(
            "Tulis as_of: 2021-04-30 di run.yaml, atau pakai --as-of 2021-04-30.",
            "Write as_of: 2021-04-30 in run.yaml, or use --as-of 2021-04-30.",
        ),
    )
