"""`jangkau backup save|restore FILE`: the platform's database as one file, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jangkau.cli.serve import add_home
from jangkau.complaints import Text

if TYPE_CHECKING:
    import argparse

    from jangkau.cli.parser import Parser

HELP = Text("cadangkan atau pulihkan basis data platform", "back up or restore the platform's database")
_SAVED = Text(
    "{file}: {megabytes} MB. Cadangkan juga folder {home}.", "{file}: {megabytes} MB. Back up the folder {home}, too."
)
_RESTORED = Text("Dipulihkan dari {file}. Jalankan: jangkau serve", "Restored from {file}. Run: jangkau serve")


def add_arguments(parser: Parser) -> None:
    """save|restore FILE [--home FOLDER]."""
    parser.add_argument("what", metavar="save|restore", choices=("save", "restore"),
                        help=Text("simpan ke berkas baru, atau isi basis data kosong darinya",
                                  "write a new file, or fill an empty database from it"))  # fmt: skip
    parser.add_argument("file", metavar="BERKAS", help=Text("berkas cadangan", "the backup's file"))
    add_home(parser)


def run(arguments: argparse.Namespace) -> int:
    """Save or restore; Complaint for what does not fit."""
    import os
    from pathlib import Path

    from jangkau.platform import backup
    from jangkau.platform.serving import Serving, database_of

    path, words = Path(arguments.file), {"file": arguments.file, "home": arguments.home}
    serving = Serving(home=Path(arguments.home), database_url=os.environ.get("DATABASE_URL") or None)
    with database_of(serving=serving) as (_, databases):
        if arguments.what == "restore":
            backup.load(databases=databases, source=path)
            print(_RESTORED.in_(arguments.lang).format(**words))
            return 0
        size = backup.save(databases=databases, target=path)
    print(_SAVED.in_(arguments.lang).format(**words, megabytes=-(-size // 10**6)))
    return 0
