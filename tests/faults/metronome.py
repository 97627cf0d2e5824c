"""Tells a window that stalls from a machine that stalls.

A gap in the window's beat counts only as far as a bare process beside it had none at that time,
and no thread of ours stood in line for a processor.
"""

import contextlib
import functools
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from faults.bare_metronome import BEAT, NOTED
from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

T = TypeVar("T")
Gap = tuple[float, float]
"""Begin and end on the monotonic clock."""


FEWEST = 400
"""Beats of two seconds: tests act without a pause, and whom they stand for looks on as well."""


class WatchedBot:
    """A bot whose every move counts for a metronome."""

    def __init__(self, bot: QtBot, metronome: "Metronome") -> None:
        self._bot, self._metronome = bot, metronome

    def __getattr__(self, name: str) -> Callable[..., object]:
        return self._metronome.watched(getattr(self._bot, name))

    def keyClicks(self, widget: QWidget, text: str) -> None:
        """Type; between two keys the window has its turn, as it has before a person."""
        for each in text:
            self._metronome.watched(self._bot.keyClicks)(widget, each)
            self._metronome.watched(QApplication.processEvents)()


@dataclass(frozen=True)
class Stalls:
    """Seconds for which the window did not answer."""

    longest: float
    percentile_99: float
    """Of all beats."""


class Metronome(QObject):
    """Beats on the GUI thread, with a bare process beside it."""

    def __init__(self) -> None:
        super().__init__()
        self._gaps: list[tuple[Gap, float]] = []
        """Each with the seconds in it for which a thread of ours stood in line."""
        self._waits = stood_in_line()
        self._beats = 0
        self._bare = subprocess.Popen(
            [sys.executable, "-I", "-S", Path(__file__).with_name("bare_metronome.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._bare.stdout is not None
        assert self._bare.stdout.readline() == "beating\n"
        self._last = self._rested = time.monotonic()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._timer.start(round(BEAT * 1000))

    def watched(self, move: Callable[..., T]) -> Callable[..., T]:
        """``move`` as it is, but only within such moves does a gap count.

        What a test does in between, waiting for another program perhaps, is not the window's.
        """

        @functools.wraps(move)
        def counting(*arguments: object, **options: object) -> T:
            self._last += time.monotonic() - self._rested
            self._waits = stood_in_line()
            try:
                return move(*arguments, **options)
            finally:
                self._rested = time.monotonic()

        return counting

    def stop(self) -> Stalls:
        """Stop both; tell what was the window's own."""
        self.watched(self._beat)()
        self._timer.stop()
        told, _ = self._bare.communicate("")
        machine = [tuple(map(float, line.split())) for line in told.splitlines()]
        own = sorted((_own(*gap, machine) for gap in self._gaps), reverse=True)
        hundredth = max(self._beats, FEWEST) // 100
        return Stalls(max(own, default=0.0), own[hundredth] if hundredth < len(own) else 0.0)

    def _beat(self) -> None:
        now = time.monotonic()
        self._beats += 1
        waits = stood_in_line()
        if now - self._last > NOTED:
            self._gaps.append(((self._last, now), waits - self._waits))
        self._last, self._waits = now, waits


def _own(gap: Gap, waited: float, machine: Sequence[Gap]) -> float:
    begin, end = gap
    shared = sum(max(0.0, min(end, their[1]) - max(begin, their[0])) for their in machine)
    return max(0.0, end - begin - max(shared, waited))


def stood_in_line() -> float:
    """Seconds that our threads and children had to wait for a processor so far, all in all.

    From schedstats (Linux), 0 elsewhere. Of all threads, because the window waits for the one
    that has the interpreter's lock; of the children, because one of them is the X server. With
    what the host of a virtual machine took: a thread then seems to run that stands still.
    """
    found = _stolen()
    for task in Path("/proc/self/task").glob("*"):
        with contextlib.suppress(OSError):
            found += _waited(task)
            children = (task / "children").read_text().split()
            found += sum(_waited(Path("/proc", each)) for each in children)
    return found


def machine_is_pressed() -> bool:
    """Whether somebody had to wait for a processor half of the time lately (PSI, Linux)."""
    with contextlib.suppress(OSError):
        line = Path("/proc/pressure/cpu").read_text().splitlines()[0]
        return float(line.partition("avg10=")[2].split()[0]) > 50.0
    return False


def _stolen() -> float:
    with contextlib.suppress(OSError):
        of_all = Path("/proc/stat").read_text().splitlines()[0].split()
        return int(of_all[8]) / os.sysconf("SC_CLK_TCK")  # proc_stat(5): steal
    return 0.0


def _waited(task: Path) -> float:
    return int((task / "schedstat").read_text().split()[1]) / 1e9
