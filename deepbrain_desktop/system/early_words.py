"""What Qt says before there is a log: kept until there is one, not printed."""

from collections import deque
from typing import NamedTuple

from PySide6.QtCore import QMessageLogContext, QtMsgType

from deepbrain_desktop.system.console import complain

MOST = 100
"""Messages that are kept; the oldest go first."""


class Said(NamedTuple):
    """One message of Qt's."""

    kind: QtMsgType
    category: str
    message: str


class EarlyWords:
    """A message handler for qInstallMessageHandler, which keeps what it is told.

    Starting, Qt complains of a locale, a style, a scale or a bus that it cannot use and goes on
    without. What it dies of is printed, as it would be without this.
    """

    def __init__(self) -> None:
        self.said: deque[Said] = deque(maxlen=MOST)

    def __call__(self, kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
        """Keep a message, or print the last one."""
        if kind is QtMsgType.QtFatalMsg:
            complain(message)
        self.said.append(Said(kind, context.category or "default", message))
