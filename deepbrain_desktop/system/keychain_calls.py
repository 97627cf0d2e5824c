"""A call to the keychain, between the thread that waits for it and the one that does it."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from deepbrain_desktop.system.keychain_errors import (
    KeychainError,
    KeychainLocked,
    KeychainSilent,
    SavingCutShort,
)
from deepbrain_desktop.waiting import Cancellation, Cancelled

if TYPE_CHECKING:
    from deepbrain_desktop.system.keychain_backends import Backend

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class KeychainLimits:
    """How long a caller waits, in seconds."""

    call: float = 3.0
    """For the keychain to answer."""
    prompt: float = 30.0
    """For the person to answer the keychain's own question."""


LIMITS = KeychainLimits()


class Line:
    """What all who wait for the keychain have in common."""

    def __init__(self, limits: KeychainLimits) -> None:
        self.changed = threading.Condition()
        """Guards every field of the line and of its jobs."""
        self._limits = limits
        self._questions = 0
        self._questions_changed = 0.0

    @property
    def prompting(self) -> bool:
        """Whether the person may be looking at a question of the keychain's."""
        return self._questions > 0

    @contextlib.contextmanager
    def question(self) -> Iterator[None]:
        """The time in which the keychain may be asking the person."""
        self._count(1)
        try:
            yield
        finally:
            self._count(-1)

    def _count(self, more: int) -> None:
        with self.changed:
            self._questions += more
            self._questions_changed = time.monotonic()
            self.changed.notify_all()

    def deadline(self, since: float) -> float:
        """Until when a call that was made at ``since`` is waited for, as things stand."""
        limit = self._limits.prompt if self.prompting else self._limits.call
        return max(since, self._questions_changed) + limit

    def wake(self) -> None:
        """Let all who wait look again."""
        with self.changed:
            self.changed.notify_all()


class Job(Generic[T]):
    """One call, between the thread that waits for it and the one that does it."""

    def __init__(self, work: "Callable[[Backend, Job[T]], T]", line: Line) -> None:
        self.work = work
        self.abandoned = False
        self.undo: Callable[[Backend], None] | None = None
        self._line = line
        self._since = time.monotonic()
        self._hang_up: Callable[[], None] | None = None
        self._returnable = True
        self._ended = False
        self._value: T | None = None
        self._problem: KeychainError | None = None

    # On the thread that waits

    def wait(self, cancellation: Cancellation) -> T:
        """What the call came to. Raises a KeychainError, or Cancelled."""
        cancellation.subscribe(self._line.wake)
        try:
            problem = self._outcome(cancellation)
        finally:
            cancellation.unsubscribe(self._line.wake)
        if problem is not None:
            raise problem
        return self._value  # type: ignore[return-value]  # set with no problem

    def _outcome(self, cancellation: Cancellation) -> KeychainError | Cancelled | None:
        with self._line.changed:
            while not self._ended:
                left = self._line.deadline(self._since) - time.monotonic()
                if cancellation.requested or left <= 0:
                    self._abandon()
                    return self._why_abandoned(cancellation)
                self._line.changed.wait(left)
            return self._problem

    def _why_abandoned(self, cancellation: Cancellation) -> KeychainError | Cancelled:
        unsettled = self.undo is not None
        if cancellation.requested:
            return SavingCutShort() if unsettled else Cancelled()
        problem = KeychainLocked() if self._line.prompting else KeychainSilent()
        problem.unsettled = unsettled
        return problem

    def _abandon(self) -> None:
        self.abandoned = True
        if self._hang_up is not None:
            self._hang_up()

    # On the keychain thread

    def prompting(self) -> AbstractContextManager[None]:
        """See Waiter."""
        return self._line.question()

    def hang_up_with(self, hang_up: Callable[[], None]) -> None:
        """See Waiter. Heeded up to the point of no return."""
        with self._line.changed:
            if not self._returnable:
                return
            self._hang_up = hang_up
            if self.abandoned:
                hang_up()

    def pass_point_of_no_return(self, undo: "Callable[[Backend], None] | None" = None) -> None:
        """From here on the call is not cut off but runs to its end, and may be undone.

        Raises Cancelled where nobody waits for it any more.
        """
        with self._line.changed:
            if self.abandoned:
                raise Cancelled
            self._hang_up, self._returnable, self.undo = None, False, undo

    def deliver(self, value: T | None, problem: KeychainError | None) -> bool:
        """Hand over what the call came to; False where nobody waits for it any more."""
        with self._line.changed:
            if self.abandoned:
                return False
            self._ended, self._value, self._problem = True, value, problem
            self._line.changed.notify_all()
            return True
