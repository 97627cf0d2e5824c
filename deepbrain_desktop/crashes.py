"""Exceptions that nobody caught: logged, and told once in words that can be copied."""

import contextlib
import logging
import sys
import threading
import traceback
from collections import deque
from collections.abc import Callable
from types import TracebackType

from PySide6.QtCore import QObject, QTimer, Slot

from deepbrain_desktop import __version__, product
from deepbrain_desktop.system.redaction import redact

MOST = 3
"""Notices shown in one run; what follows is logged only."""

_log = logging.getLogger(__name__)


class CrashNotices(QObject):
    """Takes the place of ``sys.excepthook`` and ``threading.excepthook`` until it is closed.

    Only types and places are told, never an exception's own words: they may hold a secret.
    """

    def __init__(self, show: Callable[[str], object], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._show = show
        self._shown = 0
        self._texts: deque[str] = deque()
        self._before = sys.excepthook, threading.excepthook
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._tell)
        sys.excepthook = self._caught
        threading.excepthook = self._caught_in_thread

    def close(self) -> None:
        """Give the hooks back."""
        sys.excepthook, threading.excepthook = self._before

    def _caught(
        self, kind: type[BaseException], _error: BaseException, trace: TracebackType | None
    ) -> None:
        _let_go()
        if issubclass(kind, KeyboardInterrupt):
            return
        text = _describe(kind, trace)
        _log.critical("uncaught: %s", text)
        if threading.current_thread() is threading.main_thread() and self._shown < MOST:
            self._shown += 1
            self._texts.append(text)
            self._timer.start(0)

    def _caught_in_thread(self, failure: threading.ExceptHookArgs) -> None:
        _log.critical("uncaught: %s", _describe(failure.exc_type, failure.exc_traceback))

    @Slot()
    def _tell(self) -> None:
        while self._texts:
            self._show(self._texts.popleft())


def log_unraisable(failure: "sys.UnraisableHookArgs") -> None:
    """Log an exception that cannot be raised (a finalizer's, say); for ``sys.unraisablehook``."""
    _log.critical("uncaught: %s", _describe(failure.exc_type, failure.exc_traceback))


def _let_go() -> None:
    """Drop what Python keeps of an exception for a debugger: all that was known where it arose."""
    for name in ("last_exc", "last_type", "last_value", "last_traceback"):
        with contextlib.suppress(AttributeError):
            delattr(sys, name)


def _describe(kind: type[BaseException], trace: TracebackType | None) -> str:
    places = [
        f"  {frame.filename.rpartition('deepbrain_desktop')[2]}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(trace)
    ]
    return redact("\n".join([f"{product.NAME} {__version__}: {kind.__name__}", *places]))
