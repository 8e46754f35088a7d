"""The home of a platform: one folder with its database, its files and its secrets."""

from __future__ import annotations

import json
import os
import secrets
import stat
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

from jangkau.complaints import Complaint, Text

DEFAULT = "jangkau-home"
_SECRETS = "secrets.json"


@dataclass(frozen=True)
class Secrets:
    """What nobody else may know: the keys of sessions and of scopes, the password of the web's database role."""

    session_key: str
    scope_key: str
    web_password: str


@dataclass(frozen=True)
class Home:
    """Where things lie in the folder."""

    folder: Path

    @property
    def postgres(self) -> Path:
        return self.folder / "postgres"

    @property
    def deliveries(self) -> Path:
        """Bytes as they were sent, by hash."""
        return self.folder / "deliveries"

    @property
    def runs(self) -> Path:
        return self.folder / "runs"

    @property
    def exports(self) -> Path:
        return self.folder / "exports"

    @property
    def metrics(self) -> Path:
        """Counters of the web's processes, while they run: in memory where that can be had. They are mapped files, and
        writing to one on a full disk kills the process."""
        name = sha256(str(self.folder).encode()).hexdigest()[:16]
        memory = Path("/dev/shm") / f"jangkau-{os.geteuid()}-{name}"  # noqa: S108 - ours alone, as is seen to
        try:
            memory.mkdir(mode=0o700, exist_ok=True)
            found = memory.lstat()
        except OSError:
            return self.folder / "metrics"
        ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o077
        return memory if ours else self.folder / "metrics"

    @property
    def uploads(self) -> Path:
        """Files on their way in."""
        return self.folder / "uploads"

    def secrets(self) -> Secrets:
        """Read the secrets, or make them the first time. They are never printed and never change."""
        path = self.folder / _SECRETS
        try:
            return Secrets(**json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError:
            pass
        except (ValueError, TypeError):
            raise Complaint(
                what=Text("Berkas rahasia rusak.", "The file of secrets is broken."),
                where=str(path),
                why=Text("Isinya tidak terbaca.", "It cannot be read."),
                do=Text("Pulihkan dari cadangan.", "Restore it from a backup."),
            ) from None
        made = Secrets(secrets.token_urlsafe(48), secrets.token_urlsafe(48), secrets.token_urlsafe(24))
        beside = path.with_suffix(f".{os.getpid()}")
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(asdict(made), file)
        try:
            os.link(beside, path)  # another process may have been first: then its secrets hold
        except FileExistsError:
            pass
        finally:
            beside.unlink()
        return Secrets(**json.loads(path.read_text(encoding="utf-8")))


def open_home(*, folder: Path) -> Home:
    """The home in a folder, made when it is not there. Complaint when it cannot be written."""
    home = Home(folder.resolve())
    try:
        home.folder.mkdir(parents=True, exist_ok=True, mode=0o711)
        for part in (home.deliveries, home.runs, home.exports, home.uploads, home.metrics):
            part.mkdir(exist_ok=True, mode=0o700)
    except OSError as error:
        raise Complaint(
            what=Text("Folder rumah tidak dapat dibuat.", "The home folder cannot be made."),
            where=str(home.folder),
            why=Text(error.strerror or "", error.strerror or ""),
            do=Text("Pilih folder lain dengan --home.", "Choose another folder with --home."),
        ) from None
    return home
