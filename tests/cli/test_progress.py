"""Progress says what, how far and how long still."""

from __future__ import annotations

import io

import pytest

from jangkau.cli.progress import Progress, duration
from jangkau.complaints import Language, Text

READ = Text("Membaca kur.csv", "Reading kur.csv")
LINK = Text("Mencocokkan", "Linking")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that the test turns: clock[0] is the time in seconds."""
    time = [0.0]
    monkeypatch.setattr("jangkau.cli.progress.time.monotonic", lambda: time[0])
    return time


def test_away_from_a_terminal_each_step_is_a_line(clock: list[float]) -> None:
    stream = io.StringIO()
    with Progress(language="en", stream=stream) as progress:
        progress(READ, 0, 100)
        clock[0] = 1.5
        progress(READ, 50, 100)
        progress(LINK)
        clock[0] = 66.5
    assert stream.getvalue().splitlines() == ["Reading kur.csv: done in 1.5 s", "Linking: done in 1 min 5 s"]


def test_a_long_step_says_how_far_and_how_long_still(clock: list[float]) -> None:
    stream = io.StringIO()
    with Progress(language="id", stream=stream) as progress:
        progress(READ, 0, 400)
        clock[0] = 30.0
        progress(READ, 100, 400)
        progress(READ, 101, 400)
    assert stream.getvalue().splitlines()[0] == "Membaca kur.csv: 25 %, sekitar 1 menit 30 detik lagi"
    assert len(stream.getvalue().splitlines()) == 2


def test_a_step_that_failed_is_not_called_done(clock: list[float]) -> None:
    stream = io.StringIO()
    with pytest.raises(KeyError), Progress(language="en", stream=stream) as progress:
        progress(READ)
        raise KeyError
    assert stream.getvalue() == ""


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_on_a_terminal_a_bar_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    stream = Terminal()
    with Progress(language="en", stream=stream) as progress:
        progress(READ, 5, 10)
        progress(LINK, 10, 10)
    assert "Reading kur.csv" in stream.getvalue()
    assert "100%" in stream.getvalue()


@pytest.mark.parametrize(
    ("seconds", "language", "text"),
    [(0.44, "id", "0,4 detik"), (12.2, "en", "12 s"), (59.7, "en", "1 min 0 s"), (3780, "id", "1 jam 3 menit")],
)
def test_a_duration_is_told_as_people_say_it(seconds: float, language: Language, text: str) -> None:
    assert duration(seconds=seconds, language=language) == text
