"""One window for each user: a second start asks the first to come to the front."""

import contextlib
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, Slot

from deepbrain_desktop.system.paths import create_owner_only
from deepbrain_desktop.system.whole_file import look

PATIENCE = 1.0
"""Seconds that a second start waits for the first to react."""
_LONGEST = 4096
"""Bytes of a request."""


class Instance(QObject):
    """This start of the program, among those that share ``folder``.

    The lock belongs to the operating system (flock, LockFile), which releases it when the process
    ends in whatever way. QLockFile writes down a process id instead and judges by the name of
    the program under that id, which it cannot read of a process that conceals its memory; an id
    that another such process has got meanwhile would keep the lock for ever.

    A request is a file in a folder that the first start watches (inotify on Linux: no wake-ups
    while nothing happens) and removes when it has acted on it.
    """

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self._requests = folder / "requests"
        self._lock: int | None = None
        self._watcher: QFileSystemWatcher | None = None
        self._raised: Callable[[str], object] = _nothing

    def claim(self) -> bool:
        """Whether this start is the first, and stays so until ``close`` or the end of the process.

        Where the folder cannot be used nobody can tell, and each start is the first.
        """
        if self._lock is not None:
            return True
        try:
            create_owner_only(self._requests)
            lock = os.open(self._folder / "instance.lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError:
            return True
        if not _try_lock(lock):
            os.close(lock)
            return False
        self._lock = lock
        with contextlib.suppress(OSError):
            for leftover in self._requests.iterdir():
                leftover.unlink()
        return True

    def listen(self, raised: Callable[[str], object]) -> None:
        """Call ``raised`` with the account's name, or "", whenever a later start asks for it."""
        if self._lock is None:
            return
        self._raised = raised
        self._watcher = QFileSystemWatcher([str(self._requests)], self)
        self._watcher.directoryChanged.connect(self._answer)
        self._answer()

    def ask_first_to_raise(self, account: str = "", patience: float = PATIENCE) -> bool:
        """Ask the first start to come to the front, and say whether it did within ``patience``.

        Blocks the calling thread for so many seconds at most.
        """
        name = f"{os.getpid()}-{time.monotonic_ns()}"
        request = self._requests / f"{name}.request"
        draft = self._requests / f"{name}.draft"
        try:
            draft.write_bytes(account.encode("utf-8", "replace")[:_LONGEST])
            draft.replace(request)
            deadline = time.monotonic() + patience
            while request.exists() and time.monotonic() < deadline:
                time.sleep(0.01)
            request.unlink()
        except FileNotFoundError:
            return True
        except OSError:
            return False
        return False

    def close(self) -> None:
        """Let another start be the first. Closing again does nothing."""
        if self._watcher is not None:
            self._watcher.removePath(str(self._requests))
            self._watcher.deleteLater()
            self._watcher = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    @Slot()
    def _answer(self) -> None:
        try:
            requests = sorted(self._requests.glob("*.request"))
        except OSError:
            return
        for request in requests:
            try:
                account = look(request, _LONGEST).content.decode("utf-8", "replace")
                request.unlink()
            except OSError:
                continue
            self._raised(account)


if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: int) -> bool:
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(file: int) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            # A file system without locks: nobody can tell.
            return True
        return True


def _nothing(account: str) -> None:
    """Nobody listens yet, or any more."""
