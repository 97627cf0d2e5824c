"""Tells a window that stalls from a machine that stalls: a gap in the window's beat counts only as
far as a bare process beside it had none at that time.
"""

import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from faults.bare_metronome import BEAT, NOTED
from PySide6.QtCore import QObject, Qt, QTimer

Gap = tuple[float, float]
"""Begin and end on the monotonic clock."""


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
        self._gaps: list[Gap] = []
        self._beats = 0
        self._bare = subprocess.Popen(
            [sys.executable, "-I", "-S", Path(__file__).with_name("bare_metronome.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._bare.stdout is not None
        assert self._bare.stdout.readline() == "beating\n"
        self._last = time.monotonic()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._timer.start(round(BEAT * 1000))

    def forgive(self) -> None:
        """Leave out what has been since the last beat: it was the test's own doing."""
        self._last = time.monotonic()

    def stop(self) -> Stalls:
        """Stop both; tell what was the window's own."""
        self._beat()
        self._timer.stop()
        told, _ = self._bare.communicate("")
        machine = [tuple(map(float, line.split())) for line in told.splitlines()]
        own = sorted((_own(gap, machine) for gap in self._gaps), reverse=True)
        hundredth = self._beats // 100
        return Stalls(max(own, default=0.0), own[hundredth] if hundredth < len(own) else 0.0)

    def _beat(self) -> None:
        now = time.monotonic()
        self._beats += 1
        if now - self._last > NOTED:
            self._gaps.append((self._last, now))
        self._last = now


def _own(gap: Gap, machine: Sequence[Gap]) -> float:
    begin, end = gap
    shared = sum(max(0.0, min(end, their[1]) - max(begin, their[0])) for their in machine)
    return end - begin - shared
