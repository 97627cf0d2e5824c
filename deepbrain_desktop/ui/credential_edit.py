"""Fields for the two credentials: pasted text that holds both fills both, and the key stays in."""

import contextlib
from collections.abc import Iterator

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QLineEdit, QMenu, QWidget

from deepbrain_desktop.studios.pasting import find_credentials
from deepbrain_desktop.ui.bounded_edit import BoundedEdit


class CredentialEdit(BoundedEdit):
    """A field that hands credentials on which it finds in what is pasted or dropped.

    So a key never stands in a field that is not masked, nor in what the field can undo.
    """

    credentials_pasted = Signal(object)
    """Carries a Found."""

    def take(self, text: str) -> None:
        """Take what somebody pasted or dropped."""
        found = find_credentials(text)
        if found is None:
            super().take(text)
        else:
            self.credentials_pasted.emit(found)

    def _is_plain(self, text: str) -> bool:
        return find_credentials(text) is None and super()._is_plain(text)


class KeyEdit(CredentialEdit):
    """A masked field. Also while it is shown, its text is not copied, cut or selected out."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent=parent)
        self._shown = False
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setInputMethodHints(
            Qt.InputMethodHint.ImhHiddenText
            | Qt.InputMethodHint.ImhSensitiveData
            | Qt.InputMethodHint.ImhNoPredictiveText
            | Qt.InputMethodHint.ImhNoAutoUppercase
        )

    @Slot(bool)
    def unmask(self, shown: bool) -> None:  # noqa: FBT001 - a slot
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
