"""The manifest of a run: what went in, which code, law and method, and the digest of everything that came out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from jangkau.outputs.writing import sha256, write_json

MANIFEST = "manifest.json"
MADE_BY = "jangkau"
# The report shows how long things took and may change its looks: it is no figure.
NOT_DIGESTED = frozenset({MANIFEST, "report.html"})


@dataclass(frozen=True)
class Work:
    """Everything that decides the result of a run: two runs with equal work have equal outputs."""

    inputs: Mapping[str, str]  # name within the folder -> SHA-256
    as_of: str
    versions: Mapping[str, str]  # code, law, method
    seed: int
    settings: Mapping[str, str | int | bool | None] = field(default_factory=dict)  # only what changes an output


@dataclass(frozen=True)
class Manifest:
    """What `manifest.json` says. Timings are seconds by step, measured by the caller: no clock is read here."""

    work: Work
    timings: Mapping[str, float]
    outputs: Mapping[str, str]  # path with forward slashes -> SHA-256

    def as_dict(self) -> dict[str, object]:
        """The JSON of the manifest; names sorted, so that two manifests can be compared line by line."""
        work = asdict(self.work)
        for name in ("inputs", "versions", "settings"):
            work[name] = dict(sorted(work[name].items()))
        return {
            "made_by": MADE_BY,
            **work,
            "timings": dict(self.timings),
            "outputs": dict(sorted(self.outputs.items())),
        }


def build(*, folder: Path, work: Work, timings: Mapping[str, float]) -> Manifest:
    """The manifest of a folder of finished outputs; reads each of them once for its digest."""
    outputs = {name: sha256(path=folder / name) for name in files_in(folder=folder) if name not in NOT_DIGESTED}
    return Manifest(work=work, timings=timings, outputs=outputs)


def write(*, manifest: Manifest, folder: Path) -> None:
    """Write it as the last file of a run: a folder without it was not finished."""
    write_json(value=manifest.as_dict(), path=folder / MANIFEST)


def read(*, folder: Path) -> Manifest | None:
    """The manifest of an earlier run; None when there is none, or when it is not ours or not whole."""
    try:
        value = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if value["made_by"] != MADE_BY:
            return None
        work = Work(**{name: value[name] for name in ("inputs", "as_of", "versions", "seed", "settings")})
        manifest = Manifest(work=work, timings=value["timings"], outputs=value["outputs"])
        manifest.as_dict()
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return manifest


def same_work(*, folder: Path, work: Work) -> bool:
    """Has this very work been done into this folder, and is every output still there?"""
    manifest = read(folder=folder)
    return manifest is not None and manifest.work == work and whole(folder=folder)


def whole(*, folder: Path) -> bool:
    """Is the folder a finished run with every output still in its place?"""
    manifest = read(folder=folder)
    return manifest is not None and all((folder / name).is_file() for name in manifest.outputs)


def files_in(*, folder: Path) -> list[str]:
    """Every file below a folder, as sorted paths with forward slashes."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
