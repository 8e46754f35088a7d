"""The truth beside the invented files: who each row is, who is protected. `run` never reads it."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jangkau import places
from jangkau.demo.block import Block, Damaged, World
from jangkau.demo.columns import pick, texts
from jangkau.demo.damage import BIRTH_FATES, NAME_FATES, NIK_FATES
from jangkau.demo.naming import last_position, written
from jangkau.demo.people import AS_OF, INSURED_ELSEWHERE, KINSHIPS, OCCUPATIONS, ages_on
from jangkau.demo.senders import LISTS
from jangkau.demo.strain import batches

Flags = npt.NDArray[np.bool_]
Longs = npt.NDArray[np.int64]
YOUNGEST, TOO_OLD = 17, 65


def fates(damaged: Damaged) -> tuple[tuple[str, tuple[str, ...], npt.NDArray[np.int32]], ...]:
    """The three damaged fields: name, words for what can become of it, and the fate of each row."""
    return (
        ("nik", NIK_FATES, damaged.nik_fate),
        ("name", NAME_FATES, damaged.name_fate),
        ("birth", BIRTH_FATES, damaged.birth_fate),
    )


class Keeper:
    """Writes the truth as blocks come, and sums it up at the end."""

    def __init__(self, *, folder: Path, world: World) -> None:
        self._folder, self._world = folder, world
        self._writers: dict[str, pq.ParquetWriter] = {}
        self._refused: list[dict[str, object]] = []
        self._people: Counter[str] = Counter()
        self._regions: Counter[str] = Counter()
        self._regions_today = np.array([places.current_code(code) for code in world.land.regencies])

    def _write(self, name: str, table: pa.Table) -> None:
        if name not in self._writers:
            self._writers[name] = pq.ParquetWriter(self._folder / f"{name}.parquet", table.schema, compression="zstd")
        self._writers[name].write_table(table, row_group_size=250_000)

    def people(self, block: Block) -> None:
        """People on lists; who is in the register only stands in register_rows alone."""
        side, land = block.lists, self._world.land
        people, memberships = side.people, side.memberships
        age = ages_on(people.birth, AS_OF)
        eligible = (age >= YOUNGEST) & (age < TOO_OLD) & ~side.dead & (people.occupation < INSURED_ELSEWHERE)
        protected = side.protected
        member = np.bincount(memberships.owner, minlength=len(people)).astype(np.int32)
        region = self._regions_today[land.regency[people.home]]
        self._write(
            "people",
            pa.table(
                {
                    "person": people.person,
                    "nik": texts(people.nik),
                    "register_nik": texts(people.register_nik),
                    "name": pc.utf8_upper(written(people.tokens)),
                    "birth_date": pc.cast(pa.array(people.birth), pa.date32()),
                    "sex": pick(words=("L", "P"), index=people.female.astype(np.int32)),
                    "region4": pa.array(region),
                    "dead": side.dead,
                    "occupation": pick(words=OCCUPATIONS, index=people.occupation),
                    "eligible": eligible,
                    "protected": protected,
                    "memberships": member,
                    "age": pa.array(age.astype(np.int32)),
                    "words": (last_position(people.tokens) + 1).astype(np.int32),
                    "relative": pa.array(people.person[people.relative], mask=people.relative < 0),
                    "kinship": pick(words=KINSHIPS, index=people.kinship),
                }
            ),
        )
        unprotected = eligible & ~protected
        self._people += Counter(
            people=len(people),
            eligible=int(eligible.sum()),
            protected=int(protected.sum()),
            eligible_protected=int((eligible & protected).sum()),
            unprotected=int(unprotected.sum()),
            members=int((member > 0).sum()),
            members_with_several_kpj=int((member > 1).sum()),
        )
        self._regions.update(region[unprotected].tolist())

    def list_rows(self, file: str, block: Block, damaged: Damaged, at: Longs, lines: Longs) -> None:
        side = block.lists
        rows, memberships = side.rows, side.memberships
        starts = np.searchsorted(memberships.owner, np.arange(len(side.people) + 1))
        kpjs = pa.ListArray.from_arrays(pa.array(starts, pa.int32()), texts(memberships.kpj))
        names = pa.DictionaryArray.from_arrays(pa.array(np.zeros(len(at), np.int32)), pa.array([file]))
        person = side.people.person[rows.owner[at]]
        table = {
            "file": names.cast(pa.string()),
            "line": lines,
            "person": person,
            "kpjs": kpjs.take(pa.array(rows.owner[at])),
        }
        self._write("list_rows", pa.table(table))
        errors: dict[str, object] = {"file": table["file"], "line": lines, "office": rows.office[at]}
        errors["batch"] = batches(rows=rows)[at]
        errors |= {kind: pick(words=words, index=fate[at]) for kind, words, fate in fates(damaged)}
        self._write("errors", pa.table(errors))

    def register_rows(self, identity: pa.Table, first_line: int) -> None:
        lines = pa.array(np.arange(first_line, first_line + identity.num_rows))
        self._write("register_rows", identity.add_column(0, "line", lines))

    def refused(self, file: str, line: int, reason: str) -> None:
        self._refused.append({"file": file, "line": line, "reason": reason})

    def close(self) -> dict[str, object]:
        """Write offices, refused rows and summary.json; the summary."""
        offices = self._world.offices
        names = [of_file.to_pylist() for of_file in self._world.office_names]
        code = [names[file][number] for number, file in enumerate(offices.file.tolist())]
        table = {
            "office": np.arange(len(code), dtype=np.int32),
            "code": code,
            "list": pick(words=LISTS, index=offices.file),
            "region4": pa.array(self._regions_today[offices.regency]),
            "careless": offices.careless,
        }
        self._write("offices", pa.table(table))
        schema = pa.schema([("file", pa.string()), ("line", pa.int64()), ("reason", pa.string())])
        self._write("refused_rows", pa.Table.from_pylist(self._refused, schema=schema))
        for writer in self._writers.values():
            writer.close()
        summary: dict[str, object] = {"as_of": str(AS_OF), **self._people}
        summary["by_region"] = {code: int(self._regions[code]) for code in sorted(self._regions)}
        text = json.dumps(summary, indent=2, ensure_ascii=False) + "\n"
        (self._folder / "summary.json").write_text(text, encoding="utf-8", newline="\n")
        return summary
