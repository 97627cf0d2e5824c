"""A field that takes a text whole, or not at all: never cut, and never without a word."""

import sys
import unicodedata

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import (
    QClipboard,
    QContextMenuEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
)
from PySide6.QtWidgets import QLineEdit, QMenu, QWidget

from deepbrain_desktop.studios.pasting import LONGEST_VALUE
from deepbrain_desktop.ui.wording import Refusal

_ALT_WRITES = sys.platform == "darwin"
"""Whether Alt writes, as Option does on a Mac; elsewhere it chooses menus and buttons by letter."""


class BoundedEdit(QLineEdit):
    """Holds up to ``most`` UTF-16 units, as QLineEdit counts; looks at text before it takes it.

    QLineEdit would cut silently what is longer. What another one's code puts in unseen (an input
    method, assistive technology) is taken out again, and what stood there before is back.
    """

    taken = Signal(str)
    """What stands in the field now, by anybody's doing but the program's own."""
    refused = Signal(object)
    """Carries a Refusal; the field holds what it held."""

    def __init__(self, name: str, most: int = LONGEST_VALUE, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self._most = most
        self._whole = ""
        # What reaches this was cut, or is too long in any case; a pair of units is cut as one.
        self.setMaxLength(most + 2)
        self.textChanged.connect(self._changed)

    def show_text(self, text: str, *, undoable: bool = False) -> None:
        """Show the program's own text, which is no wish of anybody's."""
        self._whole = text
        if self.text() == text:
            return
        with QSignalBlocker(self):
            if undoable:
                self.selectAll()
                self.insert(text)
            else:
                self.setText(text)

    def take(self, text: str) -> None:
        """Put text that somebody pasted or dropped where the cursor stands, if all of it fits."""
        text = text.strip()
        if self.isReadOnly():
            self.refused.emit(Refusal.BUSY)
        elif self._fits(text):
            self.insert(text)
        else:
            self.refused.emit(Refusal.TOO_LONG)

    def paste(self) -> None:
        """Take what is on the clipboard."""
        self.take(QGuiApplication.clipboard().text())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Look at what is pasted; leave letters that choose something to others."""
        if event.matches(QKeySequence.StandardKey.Paste):
            self.paste()
            event.accept()
        elif _chooses(event):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Look at what X11's middle button pastes."""
        clipboard = QGuiApplication.clipboard()
        if event.button() is Qt.MouseButton.MiddleButton and clipboard.supportsSelection():
            self.take(clipboard.text(QClipboard.Mode.Selection))
            event.accept()
            return
        super().mouseReleaseEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Look at what is dropped."""
        text = event.mimeData().text()
        if self._is_plain(text):
            super().dropEvent(event)
            return
        super().dragLeaveEvent(QDragLeaveEvent())  # takes the cursor of the drag away
        self.take(text)
        event.acceptProposedAction()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what every field offers.

        Qt's own menu would look first whether there is something to paste, and wait 15 seconds
        for a program that holds the clipboard and does not answer.
        """
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        writes, has_selection = not self.isReadOnly(), self.hasSelectedText()
        for words, act, does_something in (
            ("&Undo", self.undo, writes and self.isUndoAvailable()),
            ("&Redo", self.redo, writes and self.isRedoAvailable()),
            ("Cu&t", self.cut, writes and has_selection),
            ("&Copy", self.copy, has_selection),
            ("&Paste", self.paste, writes),
            ("&Delete", self.del_, writes and has_selection),
            ("Select &all", self.selectAll, self.text() != ""),
        ):
            menu.addAction(words, act).setEnabled(does_something)
        menu.popup(event.globalPos())

    def _is_plain(self, text: str) -> bool:
        """Whether Qt may drop the text by itself, where the mouse points."""
        return self._fits(text)

    def _fits(self, text: str) -> bool:
        if len(text) > self._most:
            return False
        kept = self.text()[: self.selectionStart()] + self.text()[self.selectionEnd() :]
        return utf16_units((kept if self.hasSelectedText() else self.text()) + text) <= self._most

    @Slot()
    def _changed(self) -> None:
        self._settle()

    def _settle(self) -> None:
        text = self.text()
        if utf16_units(text) > self._most:
            self.show_text(self._whole)
            self.refused.emit(Refusal.TOO_LONG)
        else:
            self._whole = text
            self.taken.emit(text)


def _chooses(event: QKeyEvent) -> bool:
    """Whether a key is Alt with a letter, which Qt writes where nothing has that letter now."""
    alt, control = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
    # Both together are AltGr on Windows.
    is_alt = event.modifiers() & (alt | control) == alt
    return is_alt and not _ALT_WRITES and is_written(event.text())


def is_written(text: str) -> bool:
    """Whether a key of this text writes it, and does not do something else."""
    return text != "" and unicodedata.category(text[0]) != "Cc"


def utf16_units(text: str) -> int:
    """How long it is, as QLineEdit counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
