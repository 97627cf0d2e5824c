"""A key that is held down asks for something once."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QWindow
from PySide6.QtWidgets import QApplication

_KINDS = (QEvent.Type.KeyPress, QEvent.Type.KeyRelease, QEvent.Type.ShortcutOverride)
_RETURNS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_GO_ON = (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp)
"""Keys of shortcuts that go on while they are held down: from account to account."""


class HeldKeys(QObject):
    """Takes from the window that has the keyboard each repetition that would ask for more.

    That is of Return and Enter, of the space bar where it writes nothing, and of all keys as
    shortcuts. With it one long press would be many requests or many accounts, or would agree to
    the dialog that the first of them opened. Letters, arrows and the like go on.

    X11 repeats a key by a release and a press of the same time. Qt knows that for a repetition
    only where it has both at once, which on a busy computer it has not. And the letter of a button
    (Alt+R) is a shortcut that Qt repeats in any case.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._released: tuple[int, int] | None = None
        """The key that was released last, and when."""
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.focusWindowChanged.connect(self._watch)
            self._watch(application.focusWindow())

    def _watch(self, window: QWindow | None) -> None:
        if window is not None:
            window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: ARG002 - any window
        """Let every event pass but these."""
        if event.type() not in _KINDS or not isinstance(event, QKeyEvent):
            return False
        this = (event.key(), event.timestamp())
        if event.type() is QEvent.Type.KeyRelease:
            self._released = this
            return False
        is_repeated = event.isAutoRepeat() or (this[1] != 0 and this == self._released)
        if is_repeated and _counts_once(event):
            event.accept()
            return True
        return False


def _counts_once(event: QKeyEvent) -> bool:
    if event.type() is QEvent.Type.ShortcutOverride:
        # Accepted, it is no shortcut, and comes as a key that is pressed.
        return event.key() not in _GO_ON
    return event.key() in _RETURNS or (event.key() == Qt.Key.Key_Space and not _is_writing())


def _is_writing() -> bool:
    focus = QApplication.focusWidget()
    return focus is not None and focus.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
