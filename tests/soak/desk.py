"""The real program in a window, worked without pytest, and what the process holds on to."""

import ctypes
import gc
import os
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QPixmapCache
from PySide6.QtWidgets import QApplication

from deepbrain_desktop import app
from deepbrain_desktop.account import Account, ServerKind
from deepbrain_desktop.session.issuing import Issuing
from deepbrain_desktop.session.state import AccountState, State
from deepbrain_desktop.studios.client import Limits, StudiosClient
from deepbrain_desktop.studios.credentials import Server
from deepbrain_desktop.system import clock
from deepbrain_desktop.system.lazy_keychain import NoKeychain
from deepbrain_desktop.system.preferences import Preferences

PATIENCE = 10.0
"""Seconds after which what is waited for will not come any more."""


def until(condition: Callable[[], object], what: str) -> None:
    """Let the program run until something is so. Raises TimeoutError."""
    deadline = time.monotonic() + PATIENCE
    pause = threading.Event()
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(what)
        QCoreApplication.processEvents()
        pause.wait(0.001)


def run_for(seconds: float) -> None:
    """Let the program run for a time."""
    ends = time.monotonic() + seconds
    until(lambda: time.monotonic() >= ends, "the end of a pause")


def asking(server: Server, app_id: str, name: str = "") -> Account:
    """An account that asks a server of this machine and keeps no key."""
    return Account(
        uuid.uuid4().hex, name or app_id, app_id, ServerKind.OTHER, server.origin, remember=False
    )


class Desk:
    """A program of these accounts, with its window on the screen."""

    def __init__(
        self,
        *accounts: Account,
        limits: Limits = Limits(),  # noqa: B008 - frozen
        elapsed: Callable[[], float] = clock.elapsed,
        wall: Callable[[], float] = clock.wall,
    ) -> None:
        issuing = Issuing(elapsed, wall, lambda: StudiosClient(limits, wall=wall))
        shelf = app.MemoryShelf(accounts)
        self.program = app.build(
            app.Parts(shelf, NoKeychain(), Preferences(), None, issuing, elapsed, wall)
        )
        self.session = self.program.session
        self.page = self.program.workspace.page
        self.program.window.show()

    @property
    def state(self) -> State:
        return self.session.state

    @property
    def current(self) -> AccountState:
        assert self.state.current is not None
        return self.state.current

    def close(self) -> None:
        """Close as a person does, and drop all."""
        self.program.window.close()
        self.program.shut_down()
        self.program.window.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _give_back_what_is_free() -> None:
    """What is measured afterwards is what the program holds on to, and not what is cached for it.

    Qt keeps up to 10 MiB of painted buttons, by palette, and the C library what was freed in
    between of what was not (malloc_trim(3)).
    """
    QPixmapCache.clear()
    ctypes.CDLL(None).malloc_trim(0)


@dataclass(frozen=True)
class Belongings:
    """What a process holds on to, when what is over has had time to end."""

    kib: float
    """Resident memory."""
    descriptors: int
    threads: int
    windows: int
    widgets: int

    @classmethod
    def now(cls) -> "Belongings":
        gc.collect()
        for _ in range(3):
            QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
            QApplication.processEvents()
        _give_back_what_is_free()
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return cls(
            pages * os.sysconf("SC_PAGESIZE") / 1024,
            len(list(Path("/proc/self/fd").iterdir())),
            threading.active_count(),
            len(QApplication.topLevelWidgets()),
            len(QApplication.allWidgets()),
        )

    @classmethod
    def settled(cls, before: "Belongings") -> "Belongings":
        """Those of now, or of a little later where threads or sockets are still about to end."""
        deadline = time.monotonic() + PATIENCE
        found = cls.now()
        while found.more_than(before) and time.monotonic() < deadline:
            threading.Event().wait(0.02)
            found = cls.now()
        return found

    def more_than(self, before: "Belongings") -> bool:
        mine, theirs = self.counted, before.counted
        return any(mine[name] > theirs[name] for name in mine)

    @property
    def counted(self) -> dict[str, int]:
        """All but the memory."""
        return {
            "descriptors": self.descriptors,
            "threads": self.threads,
            "top-level widgets": self.windows,
            "widgets in all": self.widgets,
        }
