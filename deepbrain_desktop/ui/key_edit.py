"""The field for the user key: masked, and never a way out for what stands in it."""

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import (
    QContextMenuEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
)
from PySide6.QtWidgets import QLineEdit, QMenu, QWidget


class KeyEdit(QLineEdit):
    """A masked field. Also while it is shown, its text is not copied, cut or selected out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("userKey")
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setInputMethodHints(
            Qt.InputMethodHint.ImhHiddenText
            | Qt.InputMethodHint.ImhSensitiveData
            | Qt.InputMethodHint.ImhNoPredictiveText
            | Qt.InputMethodHint.ImhNoAutoUppercase
        )

    @property
    def is_shown(self) -> bool:
        """Whether the text can be read."""
        return self.echoMode() is QLineEdit.EchoMode.Normal

    @Slot(bool)
    def show_text(self, shown: bool) -> None:  # noqa: FBT001 - a slot
        """Let the text be read, or mask it again."""
        self.deselect()
        mode = QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password
        self.setEchoMode(mode)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take every key but those that copy."""
        copies = (QKeySequence.StandardKey.Copy, QKeySequence.StandardKey.Cut)
        if any(event.matches(each) for each in copies):
            event.accept()
            return
        super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Take a click; a shown selection would go to X11's PRIMARY here."""
        if self.is_shown:
            event.accept()
            return
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
