"""What is kept of a review: the key of a sample, which stays with the analyst, and reviews.json in the folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from jangkau.complaints import Complaint, Text
from jangkau.outputs import write_json

KEY = "review_key.json"
REVIEWS = "reviews.json"
MADE_BY = "jangkau review"


@dataclass(frozen=True)
class Candidate:
    """A member shown beside a person: his letter on the sheet, his KPJ, was he protected on the date of the run."""

    letter: str
    kpj: str
    protected: bool


@dataclass(frozen=True)
class Item:
    """A person drawn. ``rows`` are his rows as file:line; ``expected`` P(not protected) before anybody looked;
    ``linked`` the KPJ the run linked him to, None without a link."""

    code: str
    person_id: str
    stratum: int
    expected: float
    linked: str | None
    rows: tuple[str, ...]
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True)
class Frame:
    """What the sample was drawn from: digests of lists and register, people and sums of P(not protected) by stratum.

    ``once`` is the share of the unprotected who are counted once, by the run's own estimate of rows left apart.
    """

    as_of: str
    population: Mapping[str, str]
    people: tuple[int, ...]
    expected: tuple[float, ...]
    once: float


@dataclass(frozen=True)
class Key:
    """A sample: its name, its frame and its items, with the seed it was drawn by. ``folder``: from the key's place."""

    sample: str
    seed: int
    folder: str
    frame: Frame
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Reviewed:
    """An answered item. ``unprotected`` and ``member`` are None where nobody could tell.

    ``same`` and ``different`` are KPJ; they are facts for the linkage of the next run.
    """

    code: str
    stratum: int
    expected: float
    linked: str | None
    rows: tuple[str, ...]
    unprotected: bool | None
    member: bool | None
    same: tuple[str, ...]
    different: tuple[str, ...]
    at: str


@dataclass(frozen=True)
class Batch:
    """The answers to one sample so far, out of ``drawn`` people."""

    sample: str
    frame: Frame
    drawn: int
    reviewed: tuple[Reviewed, ...]


def write_key(*, key: Key, path: Path) -> None:
    write_json(value={"made_by": MADE_BY, **asdict(key)}, path=path)


def read_key(*, path: Path) -> Key:
    """Raises Complaint for a file that is not there or is no key."""
    data = _json(path)
    try:
        items = tuple(
            Item(
                **{**item, "rows": tuple(item["rows"]), "candidates": tuple(Candidate(**c) for c in item["candidates"])}
            )
            for item in data["items"]
        )
        return Key(data["sample"], data["seed"], data["folder"], _frame(data["frame"]), items)
    except (KeyError, TypeError, ValueError):
        raise _broken(path) from None


def read_reviews(*, path: Path | None) -> tuple[Batch, ...]:
    """The reviews of a folder; none without the file. Raises Complaint for a file that was meddled with."""
    if path is None or not path.is_file():
        return ()
    data = _json(path)
    try:
        return tuple(
            Batch(
                batch["sample"],
                _frame(batch["frame"]),
                batch["drawn"],
                tuple(
                    Reviewed(**{**one, **{name: tuple(one[name]) for name in ("rows", "same", "different")}})
                    for one in batch["reviewed"]
                ),
            )
            for batch in data["batches"]
        )
    except (KeyError, TypeError, ValueError):
        raise _broken(path) from None


def keep_reviews(*, path: Path, batch: Batch) -> Batch:
    """Add answers to reviews.json; a later answer to an item takes the place of an earlier one. Gives the whole batch.

    All or nothing: the new file is moved over the old one. The same answers twice leave the same file.
    """
    batches = {one.sample: one for one in read_reviews(path=path)}
    before = batches.get(batch.sample)
    answers = {one.code: one for one in (*(before.reviewed if before else ()), *batch.reviewed)}
    whole = replace(batch, reviewed=tuple(answers[code] for code in sorted(answers)))
    batches[batch.sample] = whole
    partial = path.with_name(f".{path.name}.partial")
    try:
        write_json(
            value={"made_by": MADE_BY, "batches": [asdict(batches[name]) for name in sorted(batches)]}, path=partial
        )
        partial.replace(path)
    except OSError as error:
        raise cannot_write(path, error) from None
    return whole


def cannot_write(path: Path, error: OSError) -> Complaint:
    reason = error.strerror or type(error).__name__
    return Complaint(
        what=Text("Hasil telaah tidak dapat ditulis.", "The review cannot be written."),
        where=str(path),
        why=Text(f"Sistem menjawab: {reason}.", f"The system answered: {reason}."),
        do=Text("Periksa hak tulis dan sisa ruang disk.", "Check that you may write there and that the disk has room."),
    )


def _frame(data: Mapping[str, Any]) -> Frame:
    frame = Frame(**data)
    return replace(frame, people=tuple(frame.people), expected=tuple(frame.expected))


def _json(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["made_by"] != MADE_BY:
            raise _broken(path)
    except FileNotFoundError:
        raise Complaint(
            what=Text("Berkas kunci sampel tidak ditemukan.", "The key of the sample is not there."),
            where=str(path),
            why=Text(
                "Tanpa kunci, jawaban tidak dapat dikembalikan ke orangnya.",
                "Without it the answers cannot be brought back to their people.",
            ),
            do=Text(
                f"Taruh {KEY} di samping lembar, atau sebut dengan --key.",
                f"Put {KEY} beside the sheets, or name it with --key.",
            ),
        ) from None
    except (OSError, ValueError, KeyError, TypeError):
        raise _broken(path) from None
    result: dict[str, Any] = data
    return result


def _broken(path: Path) -> Complaint:
    return Complaint(
        what=Text("Berkas telaah tidak dapat dibaca.", "A file of the review cannot be read."),
        where=path.name,
        why=Text("Isinya bukan yang ditulis jangkau.", "It does not hold what jangkau wrote."),
        do=Text(
            "Ambil dari cadangan, atau buat sampel baru dengan: jangkau review sample FOLDER",
            "Take it from a backup, or draw a new sample: jangkau review sample FOLDER",
        ),
    )
