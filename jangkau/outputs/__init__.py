"""All-or-nothing writing: a folder that is wholly there or not at all, digests, and the manifest of a run."""

from jangkau.outputs.disk import disk_full
from jangkau.outputs.manifest import MANIFEST, Manifest, Work
from jangkau.outputs.swap import recover, staging
from jangkau.outputs.writing import sha256, write_json, write_parquet

__all__ = [
    "MANIFEST",
    "Manifest",
    "Work",
    "disk_full",
    "recover",
    "sha256",
    "staging",
    "write_json",
    "write_parquet",
]
