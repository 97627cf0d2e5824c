"""A person before the program's window, on a display of the tests."""

import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import children

PATIENCE = 60.0
"""Seconds after which something does not happen any more."""

_PICTURE = """
import sys
from PySide6.QtGui import QGuiApplication
application = QGuiApplication(sys.argv)
assert application.primaryScreen().grabWindow(0).save(sys.argv[1])
"""
_COLOR = """
import sys
from PySide6.QtGui import QCursor, QGuiApplication
application = QGuiApplication(sys.argv)
place = QCursor.pos()
point = application.primaryScreen().grabWindow(0, place.x(), place.y(), 1, 1).toImage()
print(*point.pixelColor(0, 0).getRgb()[:3])
"""


def eventually(holds: Callable[[], object], what: str) -> object:
    """Wait for ``holds`` and return what it does."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        found = holds()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"in {PATIENCE:.0f} s there was not: {what}")


PROGRAM = r"^deepbrain-desktop(\.exe)?$"


class Person:
    """Types into the one window of the display, and looks at the screen.

    ``program`` is a pattern of the window's class: the program's own name, on Windows its file's.
    """

    def __init__(self, display: str, program: str = PROGRAM) -> None:
        self._program = program
        self._environment = {**os.environ, "DISPLAY": display}

    def find_window(self) -> str:
        """Wait for the window and give it the keyboard; its id."""
        window = self._window()
        self._do("windowfocus", "--sync", window)
        return window

    def click_title(self) -> None:
        """Click on the window's title until it is that of the active one: what Wine wants instead.

        An X server says that a window has the focus before Wine knows of it; but Wine draws titles
        of inactive windows in grey.
        """
        window = self._window()
        click = ("mousemove", "--sync", "--window", window, "300", "10", "click", "1")

        def is_active() -> bool:
            self._do(*click)
            red, green, blue = self._color_at_mouse()
            return not red == green == blue

        eventually(is_active, "the focus")

    def keys(self, *keys: str) -> None:
        """Press keys, one after the other."""
        self._do("key", "--delay", "50", *keys)

    def type(self, text: str) -> None:
        """Type text where the focus is."""
        self._do("type", "--delay", "5", text)

    def clipboard(self) -> str:
        """What can be pasted; nothing where there is no text."""
        return self._run("xclip", "-selection", "clipboard", "-out", "-target", "UTF8_STRING")

    def take_picture(self, file: Path) -> None:
        """Save what is on the screen."""
        file.parent.mkdir(parents=True, exist_ok=True)
        self._look(_PICTURE, file)

    def _color_at_mouse(self) -> tuple[int, ...]:
        return tuple(map(int, self._look(_COLOR).split()))

    def _look(self, script: str, *arguments: object) -> str:
        changes = {"DISPLAY": self._environment["DISPLAY"], "QT_QPA_PLATFORM": "xcb"}
        done = children.run(script, *arguments, changes=changes)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def _window(self) -> str:
        told = ("search", "--onlyvisible", "--class", self._program)
        return str(eventually(lambda: self._do(*told), "a window")).split()[0]

    def _do(self, *words: str) -> str:
        return self._run("xdotool", *words)

    def _run(self, *command: str) -> str:
        done = subprocess.run(
            command, env=self._environment, capture_output=True, text=True, timeout=30, check=False
        )
        return done.stdout.strip()
