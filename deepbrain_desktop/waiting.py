"""Wait for a blocking call no longer than wanted, and be able to stop waiting at once.

Neither a name look-up nor a keychain that has stopped answering can be interrupted; they can only
be abandoned. So the call runs on a daemon thread of its own, which holds no Qt object and
therefore cannot hurt a process that ends meanwhile.
"""

import threading
from collections.abc import Callable
from typing import TypeVar

from deepbrain_desktop import threads

T = TypeVar("T")


class Cancelled(Exception):
    """The person (or the end of the program) asked to stop."""


class GaveUp(Exception):
    """The call did not return within its limit; it may still be running."""


class Cancellation:
    """A request to stop, which any thread may make and any thread may listen to."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requested = False
        self._listeners: list[Callable[[], None]] = []

    @property
    def requested(self) -> bool:
        """Whether somebody asked to stop."""
        return self._requested

    def request(self) -> None:
        """Ask to stop. Listeners are called once, on this thread; asking again does nothing."""
        with self._lock:
            if self._requested:
                return
            self._requested = True
            listeners, self._listeners = self._listeners, []
        for listener in listeners:
            listener()

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Call ``listener`` when a stop is requested: at once where that has happened already."""
        with self._lock:
            if not self._requested:
                self._listeners.append(listener)
                return
        listener()

    def raise_if_requested(self) -> None:
        """Raise Cancelled where a stop was requested."""
        if self._requested:
            raise Cancelled

    def unsubscribe(self, listener: Callable[[], None]) -> None:
        """Do not call ``listener`` any more."""
        with self._lock:
            if listener in self._listeners:
                self._listeners.remove(listener)


def call_within(limit: float, call: Callable[[], T], cancellation: Cancellation) -> T:
    """Return what ``call`` returns, or raise what it raises, unless that takes too long.

    Raises Cancelled as soon as ``cancellation`` is requested, GaveUp after ``limit`` seconds.
    In both cases ``call`` goes on alone and whatever it comes to is dropped. Where the request
    came before, ``call`` is not made.
    """
    cancellation.raise_if_requested()
    ended = threading.Event()
    results: list[T] = []
    failures: list[BaseException] = []

    def work() -> None:
        try:
            results.append(call())
        except BaseException as failure:  # noqa: BLE001 - handed to the waiting thread as it is
            failures.append(failure)
        finally:
            ended.set()

    cancellation.subscribe(ended.set)
    try:
        threads.start(threading.Thread(target=work, name="abandonable", daemon=True))
        in_time = ended.wait(limit)
        cancellation.raise_if_requested()
        if not in_time:
            raise GaveUp
    finally:
        cancellation.unsubscribe(ended.set)
    if failures:
        raise failures[0]
    return results[0]
