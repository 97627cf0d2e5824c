"""Keep user keys in the system's keychain: bounded in time, verified, and nowhere else.

Foreign code is slow, may open a dialog, and must not be called from two threads at once. So all
of it runs on one daemon thread, which lives only while there is something to do; who calls waits
no longer than the limits say, and can stop waiting at once.
"""

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from deepbrain_desktop.account import KeychainEntry
from deepbrain_desktop.studios.credentials import Secret
from deepbrain_desktop.system.keychain_backends import Backend, Waiter, platform_backend
from deepbrain_desktop.system.keychain_errors import (
    KeychainError,
    KeychainLocked,
    KeychainSilent,
    KeyNotKept,
    KeyNotRemoved,
    KeyTooLong,
    NoResourcesForKeychain,
)
from deepbrain_desktop.system.keychain_failures import explain
from deepbrain_desktop.waiting import Cancellation, Cancelled

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class KeychainLimits:
    """How long a caller waits, in seconds."""

    call: float = 3.0
    """For the keychain to answer."""
    prompt: float = 30.0
    """For the person to answer the keychain's own question."""


class Keychain:
    """The system's keychain.

    Every method blocks and is called on a worker thread; any number may call at once. They raise
    a KeychainError, or Cancelled as soon as ``cancellation`` is requested, and nothing else.
    """

    def __init__(
        self,
        limits: KeychainLimits = KeychainLimits(),
        backend: Callable[[Waiter], Backend] = platform_backend,
    ) -> None:
        self._backend = backend
        self._line = _Line(limits)
        self._jobs: deque[_Job[Any]] = deque()
        self._working = False

    def name(self, cancellation: Cancellation) -> str:
        """What the person knows it by. Raises KeychainUnavailable where there is none."""
        return self._do(lambda backend, _: backend.name, cancellation)

    def read(self, entry: KeychainEntry, cancellation: Cancellation) -> Secret | None:
        """The key that is kept under ``entry`` now; None where there is none."""
        text = self._do(lambda backend, _: Secret(backend.read(entry) or ""), cancellation)
        return text or None

    def save(self, entry: KeychainEntry, key: Secret, cancellation: Cancellation) -> None:
        """Keep ``key`` under ``entry`` in the place of what is there, and read it back.

        Where that fails or nobody waits for it any more, what was there before is put back, now
        or as soon as the keychain answers again: what was not reported as saved is not saved.
        """

        def save(backend: Backend, job: "_Job[None]") -> None:
            if backend.longest is not None and _utf_16_units(key) > backend.longest:
                raise KeyTooLong
            backend.unlock(create=True)
            before = _text_before(backend, entry)
            job.pass_point_of_no_return(lambda again: _put_back(again, entry, before))
            backend.write(entry, key.reveal())
            if Secret(backend.read(entry) or "") != key:
                raise KeyNotKept

        self._do(save, cancellation)

    def remove(self, entry: KeychainEntry, cancellation: Cancellation) -> None:
        """Remove what is kept under ``entry``, if anything is, and look that it is gone.

        A removal that nobody waits for any more is not taken back.
        """

        def remove(backend: Backend, job: "_Job[None]") -> None:
            backend.unlock(create=False)
            job.pass_point_of_no_return()
            backend.delete(entry)
            if backend.read(entry) is not None:
                raise KeyNotRemoved

        self._do(remove, cancellation)

    def _do(self, work: "Callable[[Backend, _Job[T]], T]", cancellation: Cancellation) -> T:
        cancellation.raise_if_requested()
        job = _Job(work, self._line)
        self._enqueue(job)
        return job.wait(cancellation)

    def _enqueue(self, job: "_Job[Any]") -> None:
        with self._line.changed:
            self._jobs.append(job)
            if self._working:
                return
            self._working = True
        try:
            threading.Thread(target=self._work, name="keychain", daemon=True).start()
        except (RuntimeError, MemoryError):
            pass
        else:
            return
        with self._line.changed:
            self._working = False
            abandoned, self._jobs = self._jobs, deque()
        for each in abandoned:
            each.deliver(None, NoResourcesForKeychain())

    def _work(self) -> None:
        while True:
            with self._line.changed:
                if not self._jobs:
                    self._working = False
                    return
                job = self._jobs.popleft()
            if not job.abandoned:
                self._run(job)
            del job

    def _run(self, job: "_Job[Any]") -> None:
        value, problem = None, None
        try:
            with closing(self._backend(job)) as backend:
                value = job.work(backend, job)
        except BaseException as failure:  # noqa: BLE001 - foreign code raises what it likes
            problem = explain(failure)
        if problem is not None:
            self._undo(job)
        if not job.deliver(value, problem) and problem is None:
            self._undo(job)

    def _undo(self, job: "_Job[Any]") -> None:
        if job.undo is None:
            return
        with contextlib.suppress(BaseException), closing(self._backend(job)) as backend:
            job.undo(backend)


def _utf_16_units(key: Secret) -> int:
    return len(key.reveal().encode("utf-16-le", "surrogatepass")) // 2


def _text_before(backend: Backend, entry: KeychainEntry) -> Secret:
    # Bytes that are no text cannot be put back, and must not be in the way of a key for ever.
    with contextlib.suppress(UnicodeDecodeError):
        return Secret(backend.read(entry) or "")
    return Secret("")


def _put_back(backend: Backend, entry: KeychainEntry, before: Secret) -> None:
    if before:
        backend.write(entry, before.reveal())
    else:
        backend.delete(entry)


class _Line:
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


class _Job(Generic[T]):
    """One call, between the thread that waits for it and the one that does it."""

    def __init__(self, work: "Callable[[Backend, _Job[T]], T]", line: _Line) -> None:
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
                    if cancellation.requested:
                        return Cancelled()
                    return KeychainLocked() if self._line.prompting else KeychainSilent()
                self._line.changed.wait(left)
            return self._problem

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

    def pass_point_of_no_return(self, undo: Callable[[Backend], None] | None = None) -> None:
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
