"""The file that says which institutions have single sign-on: what it may hold, and what is refused with its reason."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from jangkau.complaints import Complaint
from jangkau.platform.single_sign_on import Provider, read

BRI = {
    "institution": "bri",
    "server": "https://login.contoh.id/realms/staf",
    "client_id": "jangkau",
    "secret": "rahasia",
}


def written(path: Path, told: object, mode: int = 0o600) -> Path:
    path.write_text(yaml.safe_dump(told), encoding="utf-8")
    path.chmod(mode)
    return path


def test_without_a_file_nobody_has_single_sign_on(tmp_path: Path) -> None:
    assert read(path=tmp_path / "tidak-ada.yaml") == ()


def test_a_provider_asks_for_no_second_factor_unless_the_file_says_so(tmp_path: Path) -> None:
    (one,) = read(path=written(tmp_path / "a.yaml", [BRI]))
    assert one == Provider("bri", "BRI", BRI["server"], "jangkau", "rahasia", second_factor=False, trust_email=False)
    (one,) = read(path=written(tmp_path / "b.yaml", [BRI | {"second_factor": True, "name": "Akun BRI"}]))
    assert (one.second_factor, one.app["name"]) == (True, "Akun BRI")


def test_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Complaint) as told:
        read(path=written(tmp_path / "a.yaml", [BRI], mode=0o644))
    assert "chmod 600" in told.value.do.id


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"bri": BRI}, "bukan daftar"),
        (["bri"], "lembaga ke-1"),
        ([BRI, BRI], "dua kali"),
        ([{**BRI, "secret": ""}], "secret"),
        ([{**BRI, "sekret": "x"}], "sekret"),
        ([{**BRI, "institution": "BRI!"}], "huruf kecil"),
        ([{**BRI, "server": "http://login.contoh.id"}], "https"),
        ([{**BRI, "second_factor": "ya"}], "true atau false"),
    ],
)
def test_a_mistake_in_the_file_is_named(told: object, why: str, tmp_path: Path) -> None:
    with pytest.raises(Complaint) as complaint:
        read(path=written(tmp_path / "a.yaml", told))
    assert why in complaint.value.why.id


def test_a_complaint_never_tells_the_secret(tmp_path: Path) -> None:
    with pytest.raises(Complaint) as told:
        read(path=written(tmp_path / "a.yaml", [BRI | {"lain": 1}]))
    assert "rahasia" not in str(told.value)
