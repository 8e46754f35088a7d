"""`jangkau deliver`: hand in a list from the command line, as the upload page does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jangkau.cli.serve import add_home
from jangkau.complaints import Complaint, Text

if TYPE_CHECKING:
    import argparse
    from datetime import date
    from pathlib import Path

    from jangkau.cli.parser import Parser
    from jangkau.platform.home import Home
    from jangkau.platform.intake.actions import HandedIn
    from jangkau.platform.offices.models import Institution

HELP = Text("kirim daftar atau register ke platform", "hand in a list or a register")
LAYOUTS = ("kur", "prakerja", "non_asn", "village", "register")
KEPT_DAYS = 365


def add_arguments(parser: Parser) -> None:
    """FILE --institution BRI [--layout kur] [--purpose ...] [--legal-basis ...] [--agreement ...] [--retention DAY]."""
    parser.add_argument("file", metavar="FILE", help=Text("berkas daftar", "the file"))
    parser.add_argument(
        "--institution",
        required=True,
        metavar="BRI",
        help=Text("kode atau nama lembaga pengirim", "code or name of the institution that sends it"),
    )
    parser.add_argument(
        "--layout",
        choices=LAYOUTS,
        default="",
        help=Text("jenis daftar (bawaan: dikenali)", "kind of list (default: recognised)"),
    )
    parser.add_argument(
        "--purpose",
        default="Menemukan pekerja yang belum terlindungi",
        help=Text("tujuan pengolahan", "purpose of processing"),
    )
    parser.add_argument("--legal-basis", default="Inpres 2/2021", help=Text("dasar hukum", "legal basis"))
    parser.add_argument("--agreement", default="", help=Text("nomor perjanjian", "number of the agreement"))
    parser.add_argument(
        "--results-allowed",
        action="store_true",
        help=Text("lembaga boleh mengunduh hasilnya", "the institution may download results"),
    )
    parser.add_argument(
        "--retention",
        metavar="TTTT-BB-HH",
        help=Text("simpan sampai tanggal ini (bawaan: setahun)", "keep until (default: a year)"),
    )
    parser.add_argument("--due", metavar="TTTT-BB-HH", help=Text("jatuh tempo kiriman", "day it was due"))
    parser.add_argument(
        "--by", metavar="EMAIL", help=Text("pengguna yang mengirim; orang lain menyetujuinya", "user who sends it")
    )
    add_home(parser)  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    """Hand the file in; Complaint for what the user can mend. The same file again says so and changes nothing."""
    import os
    from pathlib import Path

    from jangkau.platform.serving import Serving, database_of, set_up

    file = Path(arguments.file)
    if not file.is_file():
        raise Complaint(
            what=Text("Berkas tidak ditemukan.", "The file is not there."),
            where=file.name,
            why=Text("Tidak ada berkas dengan nama ini.", "There is no file of this name."),
            do=Text("Periksa nama dan foldernya.", "Check its name and folder."),
        )
    serving = Serving(home=Path(arguments.home), database_url=os.environ.get("DATABASE_URL") or None)
    with database_of(serving=serving) as (home, databases):
        set_up(home=home, databases=databases)
        _migrate_when_new()
        done = _deliver(file, home, arguments)
        number, when = done.delivery.pk, done.delivery.sent_at.date()
    if done.again:
        told = Text(
            f"Berkas yang sama persis sudah dikirim pada {when} (kiriman {number}). Tidak ada yang berubah.",
            f"The very same file was delivered on {when} (delivery {number}). Nothing has changed.",
        )
    else:
        told = Text(
            f"Kiriman {number} diterima dan akan diperiksa.", f"Delivery {number} is taken and will be checked."
        )
    print(told.in_(arguments.lang))
    return 0


def _migrate_when_new() -> None:
    """Only where something is missing: making policies anew would wait for every upload that is under way."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from jangkau.platform.serving import migrate

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        migrate()


def _deliver(file: Path, home: Home, arguments: argparse.Namespace) -> HandedIn:
    """As the upload page does it, in the name of nobody or of the user that is named."""
    from datetime import timedelta

    from django.utils import timezone

    from jangkau.platform.intake.actions import Terms, Upload, hand_in
    from jangkau.platform.offices.models import User

    by = User.objects.filter(email__iexact=arguments.by, is_active=True).first() if arguments.by else None
    if arguments.by and by is None:
        raise _unknown("--by", arguments.by)
    now = timezone.now()
    terms = Terms(
        purpose=arguments.purpose, legal_basis=arguments.legal_basis, agreement_number=arguments.agreement,
        results_allowed=arguments.results_allowed, due_on=_day("--due", arguments.due),
        retention_until=_day("--retention", arguments.retention) or now.date() + timedelta(days=KEPT_DAYS),
    )  # fmt: skip
    institution = _institution(arguments.institution)
    copy, digest, size = _copied(file, home)
    try:
        return hand_in(
            upload=Upload(copy, file.name, digest, size), institution=institution, layout=arguments.layout,
            terms=terms, now=now, by=by,
        )  # fmt: skip
    finally:
        copy.unlink(missing_ok=True)


def _institution(said: str) -> Institution:
    from django.db.models import Q

    from jangkau.platform.offices.models import Institution

    found = list(Institution.objects.filter(Q(code__iexact=said) | Q(name__iexact=said))[:2])
    if len(found) != 1:
        raise _unknown("--institution", said)
    return found[0]


def _copied(file: Path, home: Home) -> tuple[Path, str, int]:
    """A copy on the disk of the home, its SHA-256 and its size. Complaint when the disk is full."""
    import hashlib
    import os
    import tempfile
    from pathlib import Path

    from jangkau.outputs.disk import disk_full

    handle, name = tempfile.mkstemp(dir=home.uploads)
    copy, hashed, size = Path(name), hashlib.sha256(), 0
    try:
        with file.open("rb") as source, os.fdopen(handle, "wb") as target:
            while block := source.read(2**20):
                target.write(block)
                hashed.update(block)
                size += len(block)
    except OSError as error:
        copy.unlink(missing_ok=True)
        if full := disk_full(error, where=file.name):
            raise full from None
        raise
    return copy, hashed.hexdigest(), size


def _day(where: str, said: str | None) -> date | None:
    from datetime import date

    try:
        return date.fromisoformat(said) if said else None
    except ValueError:
        raise Complaint(
            what=Text("Ini bukan tanggal.", "This is not a date."),
            where=where,
            why=Text("Tanggal ditulis TTTT-BB-HH.", "A date is written YYYY-MM-DD."),
            do=Text("Tulis misalnya 2027-12-31.", "Write for example 2027-12-31."),
        ) from None


def _unknown(where: str, said: str) -> Complaint:
    return Complaint(
        what=Text(f"“{said}” tidak dikenal di platform ini.", f"“{said}” is not known to this platform."),
        where=where,
        why=Text(
            "Lembaga dan pengguna dibuat oleh administrator.", "Institutions and users are made by an administrator."
        ),
        do=Text("Periksa ejaannya, atau mintalah dibuatkan.", "Check the spelling, or have it made."),
    )
