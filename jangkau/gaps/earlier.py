"""An earlier run as the one before this one: which id its rows had, and which ids were given before it.

`state/` in a run's folder is for the next run alone: digests of rows and ids that are no longer in use.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from jangkau.complaints import Complaint, Text
from jangkau.gaps.records import REF
from jangkau.gaps.statements import quoted
from jangkau.outputs import manifest, recover, write_json, write_parquet
from jangkau.outputs.manifest import Manifest

STATE_VERSION = 1
"""Goes up when the digest of a row is made in another way."""
ROWS, RETIRED, ABOUT = "state/rows.parquet", "state/retired.parquet", "state/about.json"
DIGEST = f"CAST('0x' || substr({REF}, 1, 16) AS UBIGINT)"


@dataclass(frozen=True)
class Earlier:
    """A finished run. ``digest`` covers everything that is read of it."""

    folder: Path
    digest: str
    id_key: str | None

    def load(self, *, connection: duckdb.DuckDBPyConnection) -> None:
        """Make earlier_link, earlier_person and retired_id."""
        links, rows, people = (quoted(text=self.folder / name) for name in ("links.parquet", ROWS, "people.parquet"))
        connection.execute(
            "CREATE OR REPLACE TABLE earlier_link AS SELECT l.file, l.line, l.person_id, r.row "
            f"FROM (SELECT file, line, person_id FROM read_parquet({links})) AS l "
            f"POSITIONAL JOIN (SELECT row FROM read_parquet({rows})) AS r"
        )
        connection.execute(
            "CREATE OR REPLACE VIEW earlier_person AS "
            f"SELECT person_id, nik, name, birth_date FROM read_parquet({people})"
        )
        connection.execute("CREATE OR REPLACE TABLE retired_id (person_id VARCHAR, row UBIGINT)")
        if (self.folder / RETIRED).is_file():
            connection.execute(
                f"INSERT INTO retired_id SELECT * FROM read_parquet({quoted(text=self.folder / RETIRED)})"
            )


def open_earlier(*, folder: Path) -> Earlier:
    """Look at the folder of an earlier run; Complaint when it is none, or was made by another version."""
    if folder.is_dir() or folder.parent.is_dir():
        recover(target=folder)
    written = manifest.read(folder=folder)
    if written is None or not {"people.parquet", "links.parquet"} <= set(written.outputs):
        raise _no_run(folder)
    if not manifest.whole(folder=folder):
        raise _broken(folder)
    if _version(folder) != STATE_VERSION or not _as_many(folder):
        raise _another_version(folder)
    return Earlier(folder, _digest(written), _key(written))


def write_digests(*, connection: duckdb.DuckDBPyConnection, folder: Path, order: npt.NDArray[np.int64]) -> None:
    """Write the digest of every list row for the run after this one. ``order``: record ids as in links.parquet."""
    (folder / ROWS).parent.mkdir(exist_ok=True)
    rows = connection.execute(f"SELECT {DIGEST} AS row FROM list_row_read").fetchnumpy()["row"]
    write_parquet(table=pa.table({"row": rows[order]}), path=folder / ROWS)
    write_json(value={"version": STATE_VERSION}, path=folder / ABOUT)


def _version(folder: Path) -> object:
    try:
        value = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return value.get("version") if isinstance(value, dict) else None


def _as_many(folder: Path) -> bool:
    """Do rows and links stand side by side?"""
    try:
        rows, links = (pq.read_metadata(folder / name).num_rows for name in (ROWS, "links.parquet"))
    except (OSError, ValueError):
        return False
    return bool(rows == links)


def _digest(written: Manifest) -> str:
    read = {name: written.outputs.get(name) for name in ("people.parquet", "links.parquet", ROWS, RETIRED)}
    return sha256(json.dumps(read, sort_keys=True).encode()).hexdigest()


def _key(written: Manifest) -> str | None:
    key = written.work.settings.get("id_key")
    return None if key is None else str(key)


def _no_run(folder: Path) -> Complaint:
    return Complaint(
        what=Text("Folder ini bukan hasil jangkau run.", "This folder is no result of jangkau run."),
        where=f"--previous {folder}",
        why=Text(
            "Tidak ada manifest.json, people.parquet dan links.parquet dari sebuah pekerjaan yang selesai.",
            "It has no manifest.json, people.parquet and links.parquet of a finished run.",
        ),
        do=Text(
            "Sebut folder hasil yang ditulis oleh jangkau run, atau hapus --previous.",
            "Name a folder that jangkau run wrote its results to, or leave out --previous.",
        ),
    )


def _broken(folder: Path) -> Complaint:
    return Complaint(
        what=Text("Hasil sebelumnya tidak lengkap.", "The earlier results are not complete."),
        where=f"--previous {folder}",
        why=Text("Ada berkas hasil yang sudah dipindahkan.", "Some of its files have been moved away."),
        do=Text("Kembalikan berkasnya, atau hapus --previous.", "Put them back, or leave out --previous."),
    )


def _another_version(folder: Path) -> Complaint:
    return Complaint(
        what=Text("Hasil sebelumnya dibuat oleh versi lain.", "The earlier results were made by another version."),
        where=f"--previous {folder}",
        why=Text(
            "Barisnya tidak dapat dikenali lagi oleh versi ini.", "This version cannot tell which of its rows is which."
        ),
        do=Text(
            "Jalankan pekerjaan sebelumnya sekali lagi dengan versi ini, atau hapus --previous.",
            "Do the earlier run once more with this version, or leave out --previous.",
        ),
    )
