"""Files on their way in: straight to the disk of the home, hashed while they are written, and never half kept."""

from __future__ import annotations

import hashlib
import logging
from contextlib import suppress
from typing import Any

from django.core.files.uploadedfile import TemporaryUploadedFile
from django.core.files.uploadhandler import SkipFile, StopUpload, TemporaryFileUploadHandler
from django.http import HttpRequest

from jangkau.complaints import Complaint
from jangkau.platform.intake import refusing
from jangkau.platform.intake.actions import complaint_of

MOST = 2 * 2**30
"""Bytes of a file."""
FORM = 2_000_000
"""Bytes that the rest of the form may take."""
PATHS = ("/kiriman/baru/", "/pekerja/")
log = logging.getLogger(__name__)


class ToHome(TemporaryFileUploadHandler):
    """Writes an upload to the home. What goes wrong is said by `refusal_of`, so that the page can tell it."""

    chunk_size = 2**20

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,  # noqa: N803 - what Django calls it
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        self._announced = content_length

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        if self.request is None or self.request.path not in PATHS:
            raise SkipFile
        if self._announced > MOST + FORM:
            self._refuse(refusing.too_large())
        self._hash, self._size = hashlib.sha256(), 0
        try:
            super().new_file(*args, **kwargs)
        except OSError as error:
            self._refuse(complaint_of(error=error))

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self._size += len(raw_data)
        if self._size > MOST:
            self._refuse(refusing.too_large())
        try:
            self.file.write(raw_data)
        except OSError as error:
            self._refuse(complaint_of(error=error))
        self._hash.update(raw_data)

    def file_complete(self, file_size: int) -> TemporaryUploadedFile:
        try:
            self.file.flush()
        except OSError as error:
            self._refuse(complaint_of(error=error))
        file = super().file_complete(file_size)
        assert isinstance(file, TemporaryUploadedFile)  # noqa: S101 - what the handler makes
        file.digest = self._hash.hexdigest()  # type: ignore[attr-defined]
        return file

    def _refuse(self, complaint: Complaint) -> None:
        log.warning("an upload was refused: %s", complaint.what.en)
        file = getattr(self, "file", None)
        if file is not None:
            with suppress(OSError):  # what is still in memory finds no room either
                file.close()  # removes it
        assert self.request is not None  # noqa: S101 - a handler of a request
        self.request.META["jangkau.upload_refused"] = complaint
        # The rest is read and thrown away, so that the browser gets to see the page; unless that would take for ever.
        raise StopUpload(connection_reset=self._announced > 4 * MOST)


def refusal_of(*, request: HttpRequest) -> Complaint | None:
    """Why the file of this request was not taken."""
    request.FILES  # noqa: B018 - reads the upload, when nobody has yet
    found: Complaint | None = request.META.get("jangkau.upload_refused")
    return found
