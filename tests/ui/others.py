"""Other programs on the same clipboard."""

import subprocess

from PySide6.QtGui import QClipboard
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

PATIENCE = 10_000
"""Milliseconds that a test waits before it fails."""


def pasted(bot: QtBot, selection: str = "clipboard", target: str = "UTF8_STRING") -> str:
    """What another program gets when it pastes; nothing where nobody offers text."""
    command = ["xclip", "-selection", selection, "-out", "-target", target]
    reader = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    bot.waitUntil(lambda: reader.poll() is not None, timeout=PATIENCE)
    found, _ = reader.communicate()
    return found.decode()


class offered:  # noqa: N801 - reads like a function in a with statement
    """Text on the clipboard that another program put there, for the length of a block."""

    def __init__(self, bot: QtBot, text: str, selection: str = "clipboard") -> None:
        self._bot = bot
        command = ["xclip", "-selection", selection, "-in", "-quiet"]
        self._owner = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        self._text = text
        self._mode = (
            QClipboard.Mode.Selection if selection == "primary" else QClipboard.Mode.Clipboard
        )

    def __enter__(self) -> None:
        assert self._owner.stdin is not None
        self._owner.stdin.write(self._text.encode())
        self._owner.stdin.close()
        board = QApplication.clipboard()
        self._bot.waitUntil(lambda: board.text(self._mode) == self._text, timeout=PATIENCE)

    def __exit__(self, *_: object) -> None:
        self._owner.kill()
        self._owner.wait()
        if self._owner.stderr is not None:
            self._owner.stderr.close()
