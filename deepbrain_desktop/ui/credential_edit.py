"""Fields for the two credentials: pasted text that holds both fills both, and the key stays in."""

import contextlib
from collections.abc import Iterator

from PySide6.QtCore import Qt, Signal, Slot
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

from deepbrain_desktop.studios.pasting import find_credentials


class CredentialEdit(QLineEdit):
    """A field that looks at text before it takes it.

    Credentials in what is pasted or dropped are handed on, so that a key never stands in a field
    that is not masked, nor in what the field can undo.
    """

    credentials_pasted = Signal(object)
    """Carries a Found."""

    def paste(self) -> None:
        """Take what is on the clipboard."""
        self._take(QGuiApplication.clipboard().text())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Look at what is pasted."""
        if event.matches(QKeySequence.StandardKey.Paste):
            self.paste()
            event.accept()
            return
        super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Look at what X11's middle button pastes."""
        clipboard = QGuiApplication.clipboard()
        if event.button() is Qt.MouseButton.MiddleButton and clipboard.supportsSelection():
            self._take(clipboard.text(QClipboard.Mode.Selection))
            event.accept()
            return
        super().mouseReleaseEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Look at what is dropped."""
        if find_credentials(event.mimeData().text()) is None:
            super().dropEvent(event)
            return
        super().dragLeaveEvent(QDragLeaveEvent())  # takes the cursor of the drag away
        self._take(event.mimeData().text())
        event.acceptProposedAction()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what every field offers."""
        menu = self.createStandardContextMenu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for action in menu.actions():
            if action.objectName() == "edit-paste":
                action.triggered.disconnect()
                action.triggered.connect(self.paste)
        menu.popup(event.globalPos())

    def _take(self, text: str) -> None:
        if self.isReadOnly():
            return
        found = find_credentials(text)
        if found is None:
            self.insert(text.strip())
        else:
            self.credentials_pasted.emit(found)


class KeyEdit(CredentialEdit):
    """A masked field. Also while it is shown, its text is not copied, cut or selected out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = False
        self.setObjectName("userKey")
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setInputMethodHints(
            Qt.InputMethodHint.ImhHiddenText
            | Qt.InputMethodHint.ImhSensitiveData
            | Qt.InputMethodHint.ImhNoPredictiveText
            | Qt.InputMethodHint.ImhNoAutoUppercase
        )

    @Slot(bool)
    def show_text(self, shown: bool) -> None:  # noqa: FBT001 - a slot
        """Let the text be read, or mask it again."""
        self._shown = shown
        self.deselect()
        self._mask(masked=not shown)

    def copy(self) -> None:
        """Copy nothing."""

    def cut(self) -> None:
        """Cut nothing."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take every key but those that copy."""
        keys = QKeySequence.StandardKey
        if event.matches(keys.Copy) or event.matches(keys.Cut):
            event.accept()
            return
        with self._masked():
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Take a click."""
        with self._masked():
            super().mouseReleaseEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer only what puts text in."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("&Paste", self.paste)
        menu.addAction("C&lear", self.clear_as_typed)
        menu.popup(event.globalPos())

    @Slot()
    def clear_as_typed(self) -> None:
        """Empty the field as if the person had deleted the text."""
        self.clear()
        self.textEdited.emit("")

    @contextlib.contextmanager
    def _masked(self) -> Iterator[None]:
        """Be masked for a moment too short to be seen.

        What is selected in a field that is not goes to X11's PRIMARY, and what is deleted to the
        end of the line to the clipboard.
        """
        self._mask(masked=True)
        try:
            yield
        finally:
            self._mask(masked=not self._shown)

    def _mask(self, *, masked: bool) -> None:
        mode = QLineEdit.EchoMode.Password if masked else QLineEdit.EchoMode.Normal
        if mode is not self.echoMode():
            self.setEchoMode(mode)
