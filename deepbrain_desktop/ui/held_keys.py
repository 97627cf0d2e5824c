"""Return that is held down counts once."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QWindow

_KINDS = (QEvent.Type.KeyPress, QEvent.Type.KeyRelease, QEvent.Type.ShortcutOverride)
_RETURNS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class HeldKeys(QObject):
    """Takes each repetition of Return or Enter from the window that has the keyboard.

    With it one long press would be many requests, or would agree to the dialog that the first of
    them opened. X11 repeats a key by a release and a press of the same time. Qt knows that for a
    repetition only where it has both at once, which on a busy computer it has not.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._released_at = 0
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
        if event.key() not in _RETURNS:
            return False
        if event.type() is QEvent.Type.KeyRelease:
            self._released_at = event.timestamp()
            return False
        repeated = event.isAutoRepeat() or (
            event.timestamp() != 0 and event.timestamp() == self._released_at
        )
        if repeated:
            event.accept()
        return repeated
