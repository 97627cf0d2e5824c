"""Lend a secret to the clipboard: marked as one, for a time, and taken back only while ours.

What is promised. After its time, or after ``clear``, whoever pastes gets nothing from us: the
owner is asked at paste time, and the answer then is empty even where the timer is late (a computer
that slept) or the system did not let us empty the clipboard (Wayland, without the focus).
What another program has copied is neither read nor removed, and X11's PRIMARY is never touched.

What cannot be promised. A program that read the secret in time may keep it: a clipboard manager
that ignores the marks, and on macOS the system itself once somebody has pasted (``clear`` removes
that). If this process is killed, X11 and Wayland lose the content with it; Windows and macOS may
keep what was already pasted.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QClipboard, QGuiApplication

from deepbrain_desktop.system.concealment import Concealment, for_this_platform

_LONGEST_TIMER = 2**31 - 1  # milliseconds


@dataclass(frozen=True, slots=True)
class Lease:
    """That something of ours is on the clipboard."""

    label: str
    """What was copied, e.g. "Token"."""
    ends_at: float | None
    """When it leaves, in seconds on the clock ``elapsed``; None: when the program quits."""


class Clipboard(QObject):
    """Copies secrets for a time. Lives on the GUI thread.

    ``elapsed`` and ``wall`` are clocks in seconds: one that never goes back, and the time of day.
    A lease is over when either says so, because the first may stand still while the computer
    sleeps and the second may be set back.

    Quitting the event loop clears. A program that ends in another way calls ``clear`` first: Qt
    hands what is left to the clipboard manager, and asks Python for it when Python has gone.
    """

    lease_changed = Signal(object)
    """Lease | None: what ``lease`` is from now on."""

    def __init__(
        self,
        clipboard: QClipboard,
        elapsed: Callable[[], float],
        wall: Callable[[], float] = time.time,
        parent: QObject | None = None,
        concealment: Concealment | None = None,
    ) -> None:
        super().__init__(parent)
        self._clipboard = clipboard
        self._elapsed = elapsed
        self._wall = wall
        self._concealment = concealment or for_this_platform()
        self._lease: Lease | None = None
        self._secret: _Secret | None = None
        self._timer = QTimer(self, singleShot=True, timerType=Qt.TimerType.CoarseTimer)
        self._timer.timeout.connect(self._look)
        clipboard.dataChanged.connect(self._look)
        application = QCoreApplication.instance()
        if application is not None:
            application.aboutToQuit.connect(self.clear)
        if isinstance(application, QGuiApplication):
            application.applicationStateChanged.connect(self._look)

    @property
    def lease(self) -> Lease | None:
        """The lease that runs now; None as soon as its time is over, however late the timer."""
        return None if self._secret is None or self._secret.over else self._lease

    def copy(self, text: str, label: str, lifetime: float | None) -> bool:
        """Put ``text`` on the clipboard for ``lifetime`` seconds (None: until the program quits).

        An earlier lease is over, and this one starts anew. False where the clipboard could not be
        taken: then nothing of ours is there and there is no lease.
        """
        self._forget()
        ends_at = None if lifetime is None else self._elapsed() + lifetime
        secret = _Secret(text, _time_left(lifetime, self._elapsed, self._wall))
        taken = self._concealment.offer(self._clipboard, secret)
        if taken:
            self._secret = secret
            self._lease = Lease(label, ends_at)
            self._start_timer()
        else:
            secret.drop()
        self.lease_changed.emit(self._lease)
        return taken

    @Slot()
    def clear(self) -> None:
        """End the lease, and empty the clipboard if it is still ours. Does nothing without one."""
        if self._secret is None:
            return
        self._forget()
        if self._concealment.still_ours(self._clipboard):
            self._concealment.withdraw(self._clipboard)
        self.lease_changed.emit(None)

    @Slot()
    def _look(self) -> None:
        if self._secret is None:
            return
        if self._secret.over or not self._concealment.still_ours(self._clipboard):
            self.clear()
        else:
            self._start_timer()

    def _start_timer(self) -> None:
        remaining = self._secret.remaining() if self._secret is not None else math.inf
        if remaining < math.inf:
            self._timer.start(min(max(1, math.ceil(remaining * 1000)), _LONGEST_TIMER))

    def _forget(self) -> None:
        self._timer.stop()
        self._lease = None
        secret, self._secret = self._secret, None
        if secret is not None:
            secret.drop()


class _Secret:
    """A text that is forgotten when its time is over; the answer to whoever pastes."""

    def __init__(self, text: str, remaining: Callable[[], float]) -> None:
        self._text: str | None = text
        self.remaining = remaining

    def __call__(self) -> str | None:
        if self.over:
            self.drop()
        return self._text

    @property
    def over(self) -> bool:
        return self._text is None or self.remaining() <= 0

    def drop(self) -> None:
        self._text = None


def _time_left(lifetime: float | None, *clocks: Callable[[], float]) -> Callable[[], float]:
    """Seconds until the first of ``clocks`` says that ``lifetime`` is over; inf for None."""
    if lifetime is None:
        return lambda: math.inf
    ends = [(clock, clock() + lifetime) for clock in clocks]
    return lambda: min(end - clock() for clock, end in ends)
