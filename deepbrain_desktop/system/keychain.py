"""Keep user keys in the system's keychain: bounded in time, verified, and nowhere else.

Foreign code is slow, may open a dialog, and must not be called from two threads at once. So all
of it runs on one daemon thread, which lives only while there is something to do; who calls waits
no longer than the limits say, and can stop waiting at once.
"""

import contextlib
import threading
from collections import deque
from collections.abc import Callable
from contextlib import closing
from typing import Any, TypeVar

from deepbrain_desktop import threads
from deepbrain_desktop.account import KeychainEntry
from deepbrain_desktop.studios.credentials import Secret
from deepbrain_desktop.system.keychain_backends import Backend, Waiter, platform_backend
from deepbrain_desktop.system.keychain_calls import LIMITS, Job, KeychainLimits, Line
from deepbrain_desktop.system.keychain_errors import (
    KeychainLocked,
    KeyNotKept,
    KeyNotRemoved,
    KeyTooLong,
    NoResourcesForKeychain,
)
from deepbrain_desktop.system.keychain_failures import explain
from deepbrain_desktop.waiting import Cancellation

T = TypeVar("T")


class Keychain:
    """The system's keychain.

    Every method blocks and is called on a worker thread; any number may call at once. They raise
    a KeychainError, or Cancelled as soon as ``cancellation`` is requested, and nothing else.
    """

    def __init__(
        self,
        limits: KeychainLimits = LIMITS,
        backend: Callable[[Waiter], Backend] = platform_backend,
    ) -> None:
        self._backend = backend
        self._line = Line(limits)
        self._jobs: deque[Job[Any]] = deque()
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
        or as soon as the keychain answers again, in one attempt. As long as that has not worked,
        the error is SavingCutShort or a KeychainError that is ``unsettled``.
        """

        def save(backend: Backend, job: Job[None]) -> None:
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

        def remove(backend: Backend, job: Job[None]) -> None:
            backend.unlock(create=False)
            job.pass_point_of_no_return()
            backend.delete(entry)
            if backend.read(entry) is not None:
                raise KeyNotRemoved

        self._do(remove, cancellation)

    def _do(self, work: Callable[[Backend, Job[T]], T], cancellation: Cancellation) -> T:
        cancellation.raise_if_requested()
        job = Job(work, self._line)
        self._enqueue(job)
        return job.wait(cancellation)

    def _enqueue(self, job: Job[Any]) -> None:
        with self._line.changed:
            self._jobs.append(job)
            if self._working:
                return
            self._working = True
        try:
            threads.start(threading.Thread(target=self._work, name="keychain", daemon=True))
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

    def _run(self, job: Job[Any]) -> None:
        value, problem = None, None
        try:
            with closing(self._backend(job)) as backend:
                value = job.work(backend, job)
        except BaseException as failure:  # noqa: BLE001 - foreign code raises what it likes
            problem = explain(failure)
        if problem is not None:
            problem.unsettled = not self._undo(job)
        if not job.deliver(value, problem) and problem is None:
            self._undo(job)

    def _undo(self, job: Job[Any]) -> bool:
        """Whether everything is as it was before the job."""
        if job.undo is None:
            return True
        with contextlib.suppress(BaseException), closing(self._backend(job)) as backend:
            job.undo(backend)
            return True
        return False


def _utf_16_units(key: Secret) -> int:
    return len(key.reveal().encode("utf-16-le", "surrogatepass")) // 2


def _text_before(backend: Backend, entry: KeychainEntry) -> Secret:
    # Bytes that are no text cannot be put back, and must not be in the way of a key for ever; nor
    # must a key in a collection that is locked and not the default one, where nothing changes it.
    with contextlib.suppress(UnicodeDecodeError, KeychainLocked):
        return Secret(backend.read(entry) or "")
    return Secret("")


def _put_back(backend: Backend, entry: KeychainEntry, before: Secret) -> None:
    if before:
        backend.write(entry, before.reveal())
    else:
        backend.delete(entry)
    if Secret(backend.read(entry) or "") != before:
        raise KeyNotKept
