"""The demo on the platform: offices, institutions and one account for each role, all invented, and the run of the demo.

Accounts for demonstration need no second factor. They exist only in a home whose users are all of this kind, so a real
home never has one.
"""

from __future__ import annotations

import csv
import hashlib
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from jangkau import places
from jangkau.complaints import Complaint, Text
from jangkau.platform.coverage.jobs import take_folder
from jangkau.platform.intake.actions import Terms, Upload, accept, hand_in
from jangkau.platform.intake.jobs import check_delivery
from jangkau.platform.intake.models import Delivery
from jangkau.platform.offices.actions import FIRST
from jangkau.platform.offices.events import record
from jangkau.platform.offices.models import Institution, Office, OfficeRegion, User
from jangkau.platform.registry.actions import register_finished
from jangkau.platform.registry.models import Run

BEGIN = date(2020, 1, 1)
_DOMAIN = "peragaan.invalid"
HOME_BRANCH = "Pematangsiantar"
BANK, OTHER_BANK = "BRI", "Mandiri"


@dataclass(frozen=True)
class Account:
    """Who can be tried: address, password, and what he is."""

    email: str
    password: str
    role: Text
    place: str


_PEOPLE = (
    ("analis", "analyst", None),
    ("kanwil", "regional_office", "office:above"),
    ("kepala", "branch_head", "office:branch"),
    ("petugas", "branch_officer", "office:branch"),
    ("manado", "branch_officer", "office:Manado"),
    ("bank", "bank_officer", f"institution:{BANK}"),
    ("pemeriksa", "bank_officer", f"institution:{BANK}"),
    ("banklain", "bank_officer", f"institution:{OTHER_BANK}"),
    ("pemda", "institution_officer", "institution:Pemerintah Daerah"),
    ("jaksa", "prosecutor", "institution:Kejaksaan Negeri Pematangsiantar"),
    ("dewas", "board", None),
    ("auditor", "auditor", None),
    ("admin", "administrator", None),
)
_NAMES = {
    "analis": "Ayu Lestari", "kanwil": "Bonar Siregar", "kepala": "Rosmawati Damanik", "petugas": "Jhonson Purba",
    "manado": "Meiske Wowor", "bank": "Dewi Anggraini", "pemeriksa": "Rizal Harahap", "banklain": "Sinta Wijaya",
    "pemda": "Tigor Saragih", "jaksa": "Hendra Nasution", "dewas": "Maria Latumahina", "auditor": "Bambang Sutejo",
    "admin": "Putri Maharani",
}  # fmt: skip


@transaction.atomic
def prepare(*, folder: Path) -> tuple[Account, ...]:
    """Offices, institutions and accounts of the demo in ``folder``; the same again when called again.

    Complaint when the home has users of its own: a real home gets no accounts that everybody knows.
    """
    if User.objects.exclude(email=FIRST).filter(for_demonstration=False).exists():
        raise Complaint(
            what=Text("Data peragaan tidak dimuat.", "The demo is not loaded."),
            where=str(settings.HOME.folder),
            why=Text("Rumah ini mempunyai pengguna sungguhan.", "This home has users of its own."),
            do=Text("Beri folder lain dengan --home.", "Give another folder with --home."),
        )
    User.objects.filter(email=FIRST).delete()
    offices = _offices(folder / "branches.csv")
    plan = yaml.safe_load((folder / "run.yaml").read_text(encoding="utf-8"))
    institutions = _institutions(senders=[one["institution"] for one in plan["lists"]])
    return tuple(_account(name, role, where, offices, institutions) for name, role, where in _PEOPLE)


def load(*, folder: Path, now: datetime, say: Callable[[Text], None]) -> tuple[Account, ...]:
    """The whole demo: accounts, the lists of ``folder`` as accepted deliveries, its run, and the figures. What is there
    already is left as it is. Complaint when the folder holds no finished run."""
    accounts = prepare(folder=folder)
    plan = yaml.safe_load((folder / "run.yaml").read_text(encoding="utf-8"))
    say(Text("Memuat kiriman peragaan ...", "Loading the deliveries of the demo ..."))
    _deliver(folder, plan, now)
    if not Run.objects.filter(current=True).exists():
        say(Text("Memuat hasil hitungan ...", "Loading the results of the run ..."))
        analyst = User.objects.get(email=f"analis@{_DOMAIN}")
        run = register_finished(folder=folder / "out", as_of=plan["as_of"], by=analyst)
        take_folder(run=run.pk, folder=run.out, by=analyst.pk)
    return accounts


def _deliver(folder: Path, plan: dict[str, Any], now: datetime) -> None:
    """Each list as its institution would hand it in, and as somebody else accepts it; the register likewise."""
    lists = [*plan["lists"], plan["register"] | {"institution": "BPJS Ketenagakerjaan"}]
    bank, checker = (User.objects.get(email=f"{name}@{_DOMAIN}") for name in ("bank", "pemeriksa"))
    analyst = User.objects.get(email=f"analis@{_DOMAIN}")
    for one in lists:
        institution = Institution.objects.get(name=one["institution"])
        sender = bank if institution == bank.institution else None
        source = folder / one["file"]
        incoming = settings.HOME.uploads / f"peragaan-{institution.pk}{''.join(source.suffixes)}"
        shutil.copyfile(source, incoming)
        with incoming.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        upload = Upload(path=incoming, name=one["file"], digest=digest, size=incoming.stat().st_size)
        with transaction.atomic():
            delivery = hand_in(
                upload=upload, institution=institution, layout=one["layout"], terms=_terms(now), now=now, by=sender
            ).delivery
        incoming.unlink(missing_ok=True)
        if delivery.state == Delivery.State.RECEIVED:
            check_delivery(number=delivery.pk)
            delivery.refresh_from_db()
        if delivery.state == Delivery.State.CHECKED:
            accept(delivery=delivery, now=now, by=checker if sender else analyst)


def _offices(path: Path) -> dict[str, Office]:
    """Branches and the regions they serve, each below the regional office of its province."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    offices: dict[str, Office] = {}
    for row in rows:
        province = row["region_code"][:2]
        above, _ = Office.objects.get_or_create(
            code=f"kanwil-{province}",
            defaults={
                "name": f"Kantor Wilayah {places.province_name(province) or province}",
                "kind": Office.Kind.REGIONAL,
            },
        )
        branch, _ = Office.objects.get_or_create(
            code=row["branch"].lower().replace(" ", "-"), defaults={"name": row["branch"], "above": above}
        )
        OfficeRegion.objects.get_or_create(
            office=branch, region=row["region_code"], defaults={"period": DateRange(BEGIN, None)}
        )
        offices[row["branch"]] = branch
    return offices


def _institutions(*, senders: list[str]) -> dict[str, Institution]:
    """Those of the demo's accounts, and whoever else sends a list: the banks of the invented provinces."""
    kinds = Institution.Kind
    known = (
        (BANK, kinds.BANK, ""),
        (OTHER_BANK, kinds.BANK, ""),
        ("BNI", kinds.BANK, ""),
        ("Prakerja", kinds.MINISTRY, ""),
        ("Pemerintah Daerah", kinds.LOCAL_GOVERNMENT, "1272"),
        ("Pemerintah Desa", kinds.LOCAL_GOVERNMENT, "1208"),
        ("Kejaksaan Negeri Pematangsiantar", kinds.PROSECUTOR, "1272"),
        ("BPJS Ketenagakerjaan", kinds.MINISTRY, ""),
    )
    named = {name for name, _, _ in known}
    banks = [(name, kinds.BANK, "") for name in dict.fromkeys(senders) if name not in named]
    return {
        name: Institution.objects.get_or_create(
            code=name.lower().replace(" ", "-"), defaults={"name": name, "kind": kind, "region": region}
        )[0]
        for name, kind, region in (*known, *banks)
    }


def _account(
    name: str, role: str, where: str | None, offices: dict[str, Office], institutions: dict[str, Institution]
) -> Account:
    office: Office | None = None
    institution: Institution | None = None
    kind, _, place = (where or "").partition(":")
    if kind == "office":
        branch = offices[HOME_BRANCH] if place in ("branch", "above") else offices[place]
        office = branch.above if place == "above" else branch
    elif kind == "institution":
        institution = institutions[place]
    email = f"{name}@{_DOMAIN}"
    password = _password(name)
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User(
            email=email, name=_NAMES[name], role=role, office=office, institution=institution, for_demonstration=True
        )
        user.set_password(password)
        user.save()
        record(verb="invited", thing="user", thing_id=user.pk, role=role)
    return Account(email, password, user.kind.name, str(office or institution or ""))


def _terms(now: datetime) -> Terms:
    return Terms(
        purpose="Mencari debitur dan pekerja yang belum terlindungi (peragaan)",
        legal_basis="Inpres 2/2021",
        agreement_number="PERAGAAN-1",
        results_allowed=True,
        retention_until=now.date() + timedelta(days=365),
    )


def _password(name: str) -> str:
    """Of this home alone, and the same at every start."""
    return "peragaan-" + sha256(f"{settings.SCOPE_KEY}:{name}".encode()).hexdigest()[:8]
