"""Foreign text made safe to show: one line, nothing invisible, not too long, never markup."""

import re

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from deepbrain_desktop.studios.decoded import shown


def one_line(text: str) -> str:
    """Trim, escape what is invisible or reorders text, and cut at 300 characters."""
    return shown(text.strip())


_BREAK = "\u200b"
_LONG_WORD = re.compile(r"\S{41,}")
_SEAM = re.compile(r"(?<=[/\\@._-])(?=[^/\\@._-])|(?<=[^/\\@._-]{24})(?=[^/\\@._-])")


def breakable(text: str) -> str:
    """``text`` for several lines: a word that may be longer than one can be broken.

    It is where its parts meet, as those of a path or a host do, and in parts that are long
    themselves. Else the end of a host's name, by which one knows whose it is, would not be seen.
    """
    return _LONG_WORD.sub(lambda word: _SEAM.sub(_BREAK, word[0]), text)


def plain_tip(*lines: str) -> str:
    """Lines for a tool tip, which guesses markup: what might be taken for it is left out."""
    return "\n".join(each for each in lines if "<" not in each)


class TextLabel(QLabel):
    """A label that takes every text as plain text."""

    def __init__(self, text: str = "", parent: QWidget | None = None, *, name: str = "") -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)
        if name:
            self.setObjectName(name)


class WrappedLabel(TextLabel):
    """A label of several lines, on which no word is cut."""

    def __init__(self, text: str = "", parent: QWidget | None = None, *, name: str = "") -> None:
        super().__init__(text, parent, name=name)
        self.setWordWrap(True)

    def setText(self, text: str) -> None:
        """Say this."""
        super().setText(breakable(text))
        self.setAccessibleName(text)

    def text(self) -> str:
        """What it says."""
        return super().text().replace(_BREAK, "")


def make_faint(label: QLabel) -> None:
    """Write a label in the palette's faint colour, whatever palette it gets later."""
    label.setForegroundRole(QPalette.ColorRole.PlaceholderText)


class ElidedLabel(TextLabel):
    """A label that asks for no width and cuts its text with an ellipsis."""

    def __init__(self, text: str = "", parent: QWidget | None = None, *, name: str = "") -> None:
        self._whole = text
        super().__init__(text, parent, name=name)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def show_text(self, text: str) -> None:
        """Show this text, as much of it as fits."""
        if text != self._whole:
            self._whole = text
            self._cut()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut anew."""
        super().resizeEvent(event)
        self._cut()

    def _cut(self) -> None:
        width = self.contentsRect().width()
        self.setText(self.fontMetrics().elidedText(self._whole, Qt.TextElideMode.ElideRight, width))
        self.setAccessibleDescription(self._whole)
        is_whole = self.text() == self._whole
        self.setToolTip(plain_tip("" if is_whole else self._whole))
