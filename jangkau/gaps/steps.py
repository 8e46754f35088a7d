"""The steps of a run: told to whoever watches, timed with the clock that was passed in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from jangkau.complaints import Text

# Seconds of each step of a run of 300,000 x 150,000 rows (benchmarks/main_job.py); they only tell how long is left.
STEPS = {
    "hash": 0.1,
    "read": 6.0,
    "prepare": 3.5,
    "members": 5.4,
    "people": 1.6,
    "estimate": 0.4,
    "write": 1.0,
    "workbooks": 2.4,
    "report": 0.3,
}


class Progress(Protocol):
    def __call__(self, what: Text, done: int = 0, total: int | None = None) -> None: ...


@dataclass
class Clockwork:
    """Times each step with the clock that was passed in; says which step of how many it is and how long is left."""

    clock: Callable[[], float]
    progress: Progress
    timings: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str, what: Text) -> Iterator[None]:
        self.progress(self._placed(name, what))
        began = self.clock()
        yield
        self.timings[name] = round(self.timings.get(name, 0.0) + self.clock() - began, 3)

    def _placed(self, name: str, what: Text) -> Text:
        number = f"{list(STEPS).index(name) + 1}/{len(STEPS)}"
        known = sum(STEPS[done] for done in self.timings)
        if known <= STEPS["hash"]:
            return Text(f"{number} {what.id}", f"{number} {what.en}")
        done = set(self.timings)
        seconds = round(sum(self.timings.values()) / known * sum(s for step, s in STEPS.items() if step not in done))
        left = Text(f"{seconds} detik", f"{seconds} s") if seconds < 100 else _minutes(seconds)
        return Text(f"{number} {what.id} (sekitar {left.id} lagi)", f"{number} {what.en} (about {left.en} left)")


def _minutes(seconds: int) -> Text:
    return Text(f"{round(seconds / 60)} menit", f"{round(seconds / 60)} min")
