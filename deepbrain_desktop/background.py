"""Run a blocking call off the GUI thread and deliver its one outcome on it.

A worker thread holds plain values only and never touches a Qt object: it leaves its outcome in a
queue and wakes the GUI thread through a socket. So a thread that is still blocked when the process
ends cannot hurt it, and nothing wakes up while nothing is under way.
"""

import contextlib
import socket
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any, Generic, Protocol, TypeVar

from PySide6.QtCore import QObject, QSocketNotifier, Slot

from deepbrain_desktop import threads

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Ok(Generic[T_co]):
    """The call returned ``value``."""

    value: T_co


@dataclass(frozen=True, slots=True)
class Err:
    """The call raised ``error``, whatever that is."""

    error: BaseException


class NoThread(Exception):
    """The system had no thread, or no memory for one, to run the call on."""


class Executor(Protocol):
    """Runs calls somewhere and delivers exactly one outcome for each."""

    def run(self, call: Callable[[], T], deliver: Callable[[Ok[T] | Err], None]) -> None:
        """Run ``call``; later call ``deliver`` on the GUI thread with what came of it."""


class Background(QObject):
    """An executor with a daemon thread for each call."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._numbers = count()
        self._deliveries: dict[int, Callable[[Any], None]] = {}
        self._inbox: deque[tuple[int, Ok[Any] | Err]] = deque()
        self._ear, self._bell = socket.socketpair()
        self._ear.setblocking(False)
        self._bell.setblocking(False)
        self._notifier = QSocketNotifier(self._ear.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._collect)

    def run(self, call: Callable[[], T], deliver: Callable[[Ok[T] | Err], None]) -> None:
        """Run ``call`` on a thread of its own; see Executor."""
        number = next(self._numbers)
        self._deliveries[number] = deliver
        arguments = (call, number, self._inbox, self._bell)
        try:
            threads.start(
                threading.Thread(target=_work, args=arguments, name="background", daemon=True)
            )
        except (RuntimeError, MemoryError):
            _post(self._inbox, self._bell, number, Err(NoThread()))

    def close(self) -> None:
        """Deliver nothing any more. Calls under way go on alone and are dropped."""
        self._deliveries.clear()
        self._notifier.setEnabled(False)
        self._ear.close()
        self._bell.close()

    @Slot()
    def _collect(self) -> None:
        with contextlib.suppress(OSError):
            self._ear.recv(4096)
        try:
            # Only what is here now: what arrives meanwhile waits until the window had its turn.
            for _ in range(len(self._inbox)):
                if not self._inbox:
                    # A delivery with an event loop of its own has taken them.
                    break
                number, outcome = self._inbox.popleft()
                deliver = self._deliveries.pop(number, None)
                if deliver is not None:
                    deliver(outcome)
        finally:
            if self._inbox:
                _ring(self._bell)


class Lane:
    """An executor that runs its calls on another one, strictly one after the other."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor
        self._waiting: deque[tuple[Callable[[], Any], Callable[[Any], None]]] = deque()
        self._busy = False

    def run(self, call: Callable[[], T], deliver: Callable[[Ok[T] | Err], None]) -> None:
        """Run ``call`` after those before it; see Executor."""
        self._waiting.append((call, deliver))
        self._start_next()

    def _start_next(self) -> None:
        if self._busy or not self._waiting:
            return
        self._busy = True
        call, deliver = self._waiting.popleft()

        def ended(outcome: Ok[Any] | Err) -> None:
            self._busy = False
            try:
                deliver(outcome)
            finally:
                self._start_next()

        self._executor.run(call, ended)


def _work(
    call: Callable[[], Any],
    number: int,
    inbox: deque[tuple[int, Ok[Any] | Err]],
    bell: socket.socket,
) -> None:
    outcome: Ok[Any] | Err
    try:
        outcome = Ok(call())
    except BaseException as error:  # noqa: BLE001 - every way to end is an outcome
        outcome = Err(error)
    _post(inbox, bell, number, outcome)


def _post(
    inbox: deque[tuple[int, Ok[Any] | Err]],
    bell: socket.socket,
    number: int,
    outcome: Ok[Any] | Err,
) -> None:
    inbox.append((number, outcome))
    _ring(bell)


def _ring(bell: socket.socket) -> None:
    # A full pipe has already woken the reader; a closed one has nobody left to wake.
    with contextlib.suppress(OSError):
        bell.send(b"\0")
