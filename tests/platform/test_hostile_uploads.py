"""Files that are no lists, sent through the form: each is kept as sent, told in Indonesian, and costs nobody else."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tests.platform.intake_desk import BUDI, HEADER, SITI, check, events, form, kur

if TYPE_CHECKING:
    from django.test import Client

    from jangkau.platform.offices.models import User

Make = Callable[..., Any]
LIST = kur(BUDI, SITI, alone=False)


def _zip(**files: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()


def _workbook(**more: bytes) -> bytes:
    import xlsxwriter

    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate((HEADER, BUDI, SITI)):
            sheet.write_row(at, 0, row)
    with zipfile.ZipFile(stream, "a") as archive:
        for name, data in more.items():
            archive.writestr(name, data)
    return stream.getvalue()


REFUSED = {
    "judul.csv": (",".join(HEADER).encode(), "hanya berisi judul"),
    "pisah.csv": (LIST.replace(b",", b"^"), "tidak dikenali"),
    "pdf.csv": (b"%PDF-1.7\n" + b"\0\xff" * 900, "bukan tabel"),
    "kembar.csv": (LIST.replace(b"Bank", b"NIK"), ""),
    "keluar.zip": (_zip(**{"../x.csv": LIST}), "tidak aman"),
    "dua.zip": (_zip(**{"a.csv": LIST, "b.csv": LIST}), "beberapa berkas"),
    "bom.zip": (_zip(**{"a.csv": b"0" * 300_000_000}), "tidak wajar"),
    "potong.csv.gz": (gzip.compress(LIST * 50)[:120], "terpotong"),
    "rusak.xlsx": (_workbook()[:900], "rusak"),
    "sandi.xlsx": (
        bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(4000),
        "kata sandi",
    ),
    "rusak.parquet": (b"PAR1" + bytes(300) + b"PAR1", "rusak"),
}
TAKEN = {
    "utf16.csv": (LIST.decode().encode("utf-16"), []),
    "windows.csv": (LIST.replace(b"SITI", b"SIT\xcd"), []),
    "makro.xlsm": (_workbook(**{"xl/vbaProject.bin": b"x"}), ["macro"]),
    "tautan.xlsx": (_workbook(**{"xl/externalLinks/externalLink1.xml": b"<x/>"}), ["external_link"]),
}


@pytest.fixture
def sent(
    browser_of: Callable[[User], Client], user: Make, institution: Make
) -> Callable[[str, bytes], tuple[Any, str]]:
    """A delivery sent through the form and checked, and what its page says."""
    from jangkau.platform.intake.models import Delivery

    bank = institution()
    client = browser_of(user("bank_officer", institution=bank))

    def send(name: str, data: bytes) -> tuple[Any, str]:
        assert client.post("/kiriman/baru/", form(data, name)).status_code == 302
        delivery = check(Delivery.objects.get(institution=bank))
        assert delivery.path.read_bytes() == data
        answer = client.get(f"/kiriman/{delivery.pk}/")
        assert answer.status_code == 200
        return delivery, answer.text

    return send


@pytest.mark.parametrize("name", list(REFUSED))
def test_what_is_no_list_is_refused_in_words(name: str, sent: Callable[..., tuple[Any, str]]) -> None:
    data, told = REFUSED[name]
    delivery, page = sent(name, data)
    assert delivery.state == "refused"
    assert told in page
    assert delivery.complaint["what"]["id"] in page
    assert events(delivery.pk) == ["delivered", "refused_file"]


@pytest.mark.parametrize("name", list(TAKEN))
def test_what_can_be_read_is_read_and_what_it_carries_is_said(name: str, sent: Callable[..., tuple[Any, str]]) -> None:
    data, notes = TAKEN[name]
    delivery, _ = sent(name, data)
    assert (delivery.state, delivery.rows_accepted) == ("checked", 2)
    assert delivery.profile["notes"] == notes
