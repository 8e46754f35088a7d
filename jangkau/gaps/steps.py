"""The steps of a run: told to whoever watches, timed with the clock that was passed in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from jangkau.complaints import Text


class Progress(Protocol):
    def __call__(self, what: Text, done: int = 0, total: int | None = None) -> None: ...


@dataclass
class Clockwork:
    """Times each step with the clock that was passed in."""

    clock: Callable[[], float]
    progress: Progress
    timings: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str, what: Text) -> Iterator[None]:
        self.progress(what)
        began = self.clock()
        yield
        self.timings[name] = round(self.timings.get(name, 0.0) + self.clock() - began, 3)
