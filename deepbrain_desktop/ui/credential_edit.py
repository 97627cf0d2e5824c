"""Fields for the two credentials: pasted text that holds both fills both, and the key stays in."""

import contextlib
from collections.abc import Iterator
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import (
    QAccessible,
    QContextMenuEvent,
    QInputMethodEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
)
from PySide6.QtWidgets import QLineEdit, QMenu, QStyle, QWidget

from deepbrain_desktop.studios.pasting import find_credentials
from deepbrain_desktop.ui.bounded_edit import BoundedEdit, is_written
from deepbrain_desktop.ui.disguise import Disguise

_Query = Qt.InputMethodQuery
_TEXTS = (
    _Query.ImSurroundingText,
    _Query.ImTextBeforeCursor,
    _Query.ImTextAfterCursor,
    _Query.ImCurrentSelection,
)
_PLACES_IN_TEXT = (_Query.ImCursorPosition, _Query.ImAnchorPosition, _Query.ImAbsolutePosition)
_OF_A_PASSWORD = (
    Qt.InputMethodHint.ImhHiddenText
    | Qt.InputMethodHint.ImhSensitiveData
    | Qt.InputMethodHint.ImhNoPredictiveText
    | Qt.InputMethodHint.ImhNoAutoUppercase
)


@contextlib.contextmanager
def _unheard() -> Iterator[None]:
    """Tell assistive technology nothing for a moment; what is there then it may ask for.

    Qt tells it of what is put in and of what is taken out, and with it whoever listens.
    """
    is_active = QAccessible.isActive()
    QAccessible.setActive(False)
    try:
        yield
    finally:
        QAccessible.setActive(is_active)


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
    """A masked field. Also while it is shown, its text is not copied, cut or selected out.

    Qt tells assistive technology, and with it whoever listens on the accessibility bus, each
    character that is put into a field or taken out of it, masked or not. So unless it is shown,
    Qt holds the key in disguise.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent=parent)
        self._shown = False
        self._disguise = Disguise()
        self.setEchoMode(QLineEdit.EchoMode.Password)

    @Slot(bool)
    def unmask(self, shown: bool) -> None:  # noqa: FBT001 - a slot
        """Let the text be read, or mask it again."""
        text = self.text()
        self._shown = shown
        self.deselect()
        self._mask(masked=not shown)
        self._hold(text)

    def text(self) -> str:
        """The key."""
        held = super().text()
        return held if self._shown else self._disguise.take_off(held)

    def setText(self, text: str | None) -> None:
        """Put this key in the place of what is there."""
        # In symbols of its own: of the same text as before Qt would not say that it has changed.
        with _unheard():
            super().setText(self._disguised(text or ""))
        self._disguise.keep_to(super().text())

    def insert(self, text: str) -> None:
        """Put text where the cursor stands."""
        super().insert(self._disguised(text))

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
        typed = event.text()
        if is_written(typed):
            typed = self._disguised(typed)
        key, modifiers, repeated = event.key(), event.modifiers(), event.isAutoRepeat()
        disguised = QKeyEvent(event.type(), key, modifiers, typed, repeated, event.count())
        with self._masked():
            super().keyPressEvent(disguised)
        event.setAccepted(disguised.isAccepted())

    def inputMethodQuery(self, query: Qt.InputMethodQuery, *argument: Any) -> Any:  # noqa: ANN401
        """Tell an input method that this is a password, and nothing of it.

        Of a field that is not masked Qt would say that there is nothing to hide, and what stands
        in it.
        """
        if query is _Query.ImHints:
            return _OF_A_PASSWORD.value
        if query in _TEXTS:
            return ""
        return 0 if query in _PLACES_IN_TEXT else super().inputMethodQuery(query, *argument)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Take what an input method composes; what is not composed yet is masked as well."""
        preedit = event.preeditString()
        if not self._shown:
            dot = self.style().styleHint(QStyle.StyleHint.SH_LineEdit_PasswordCharacter, None, self)
            preedit = chr(dot) * len(preedit)
        disguised = QInputMethodEvent(preedit, event.attributes())
        start, length = event.replacementStart(), event.replacementLength()
        disguised.setCommitString(self._disguised(event.commitString()), start, length)
        super().inputMethodEvent(disguised)
        event.setAccepted(disguised.isAccepted())

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

    def _is_plain(self, text: str) -> bool:
        return self._shown and super()._is_plain(text)

    def _settle(self) -> None:
        held = super().text()
        if not self._shown and not self._disguise.covers(held):
            # Assistive technology has put it in.
            self._hold(self.text())
        self._disguise.keep_to(super().text())
        super()._settle()

    def _disguised(self, text: str) -> str:
        return text if self._shown else self._disguise.put_on(text)

    def _hold(self, text: str) -> None:
        cursor = self.cursorPosition()
        with QSignalBlocker(self):
            self.setText(text)
        self.setCursorPosition(cursor)

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
