"""Signals that ask a process to end, as a call on the Qt event loop."""

import contextlib
import signal
import socket
from collections.abc import Callable
from types import FrameType

from PySide6.QtCore import QObject, QSocketNotifier, Slot


class EndingSignals(QObject):
    """Calls ``ended`` on the event loop for each SIGINT, SIGTERM and (where there is one) SIGHUP.

    Python runs a signal's handler only between two instructions of its own, which an idle event
    loop never reaches. The interpreter therefore writes to a socket the loop listens to
    (``signal.set_wakeup_fd``); nothing wakes up in between. A signal that was ignored from the
    start stays so: that is what ``nohup`` is for. To be made on the main thread.
    """

    def __init__(self, ended: Callable[[], object], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ended = ended
        self._ear, self._bell = socket.socketpair()
        self._ear.settimeout(0)
        self._bell.settimeout(0)
        self._notifier = QSocketNotifier(self._ear.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._hear)
        self._before_fd = signal.set_wakeup_fd(self._bell.fileno(), warn_on_full_buffer=False)
        self._before = {
            each: signal.signal(each, _noted)
            for each in _ending_signals()
            if signal.getsignal(each) is not signal.SIG_IGN
        }

    def close(self) -> None:
        """Give the signals back to who handled them before. Closing again does nothing."""
        for each, handler in self._before.items():
            signal.signal(each, signal.SIG_DFL if handler is None else handler)
        self._before = {}
        if self._bell.fileno() >= 0:
            signal.set_wakeup_fd(self._before_fd)
            self._notifier.setEnabled(False)
            self._ear.close()
            self._bell.close()

    @Slot()
    def _hear(self) -> None:
        numbers = b""
        with contextlib.suppress(BlockingIOError):
            numbers = self._ear.recv(4096)
        if any(number in self._before for number in numbers):
            self._ended()


def _ending_signals() -> tuple[signal.Signals, ...]:
    names = ("SIGINT", "SIGTERM", "SIGHUP")
    return tuple(getattr(signal, name) for name in names if hasattr(signal, name))


def _noted(number: int, frame: FrameType | None) -> None:
    """Stands in for the default, which would end the process here and now."""
