"""What is being done, how far it is and how long it still takes, on the error stream."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self, TextIO

from jangkau.cli.table import number
from jangkau.complaints import Language, Text

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

# A log of a night's run should show life, and not be a thousand lines.
_LINE_EVERY_SECONDS = 15.0
_STILL = Text("{share} %, sekitar {left} lagi", "{share} %, about {left} more")
_DONE = Text("selesai dalam {spent}", "done in {spent}")


class Progress:
    """Call it with what is being done, how much of it is done, and how much there is, if that is known.

    A new `what` ends the step before it. On a terminal this draws a bar; elsewhere it writes lines.
    """

    def __init__(self, *, language: Language, stream: TextIO | None = None) -> None:
        self.language = language
        self.stream = stream or sys.stderr
        self._bar = _bar(self.stream) if self.stream.isatty() else None
        self._task: object = None
        self._what: Text | None = None
        self._began = self._spoke = 0.0

    def __enter__(self) -> Self:
        if self._bar:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._end_step()
        if self._bar:
            self._bar.stop()

    def __call__(self, what: Text, done: int = 0, total: int | None = None) -> None:
        if what != self._what:
            self._end_step()
            self._begin_step(what, total)
        if self._bar:
            self._bar.update(self._task, completed=done, total=total)  # type: ignore[arg-type]
        else:
            self._line(done, total)

    def _begin_step(self, what: Text, total: int | None) -> None:
        self._what = what
        self._began = self._spoke = time.monotonic()
        if self._bar:
            self._task = self._bar.add_task(what.in_(self.language), total=total)

    def _end_step(self) -> None:
        if self._what is None:
            return
        spent = duration(seconds=time.monotonic() - self._began, language=self.language)
        if self._bar:
            self._bar.update(self._task, total=1, completed=1)  # type: ignore[arg-type]
        else:
            self._say(_DONE.format(spent=spent))
        self._what = None

    def _line(self, done: int, total: int | None) -> None:
        now = time.monotonic()
        if not total or not done or now - self._spoke < _LINE_EVERY_SECONDS:
            return
        self._spoke = now
        left = (now - self._began) * (total - done) / done
        share = number(value=100 * done / total, language=self.language)
        self._say(_STILL.format(share=share, left=duration(seconds=left, language=self.language)))

    def _say(self, text: Text) -> None:
        if self._what is not None:
            print(f"{self._what.in_(self.language)}: {text.in_(self.language)}", file=self.stream, flush=True)


def duration(*, seconds: float, language: Language) -> str:
    """A length of time as people say it: 0,4 detik, 2 menit 5 detik, 1 jam 3 menit."""
    second, minute, hour = ("detik", "menit", "jam") if language == "id" else ("s", "min", "h")
    if seconds < 10:
        return f"{number(value=seconds, language=language, decimals=1)} {second}"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} {second}"
    if whole < 3600:
        return f"{whole // 60} {minute} {whole % 60} {second}"
    return f"{whole // 3600} {hour} {whole % 3600 // 60} {minute}"


def _bar(stream: TextIO) -> Bar:
    # rich takes 50 ms to load: only where there is a terminal to draw on.
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(compact=True),
        console=Console(file=stream),
    )
