"""The window's frame: on the screen before anything else is loaded, and told what happens to it."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtWidgets import QMainWindow

from deepbrain_desktop import product
from deepbrain_desktop.system.preferences import Preferences

if TYPE_CHECKING:
    from PySide6.QtGui import (
        QCloseEvent,
        QDragEnterEvent,
        QDropEvent,
        QHideEvent,
        QPaintEvent,
        QShowEvent,
    )


class MainWindow(QMainWindow):
    """An empty frame where the person left it; a Workspace fills it.

    Imports next to nothing, so that it is painted hardly later than a window without a program.
    """

    painted = Signal()
    """The window can be seen; emitted once."""
    visibility_changed = Signal()
    """It was shown, hidden, minimised or restored."""
    deactivated = Signal()
    """Another window has the keyboard now."""
    text_dropped = Signal(str)
    closed = Signal()

    def __init__(self, preferences: Preferences) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self.setWindowTitle(product.NAME)
        self.setAcceptDrops(True)
        self._preferences = preferences
        self._was_painted = False
        self.resize(960, 680)
        if preferences.window_geometry:
            self.restoreGeometry(preferences.window_geometry)

    @property
    def can_be_seen(self) -> bool:
        """Whether it is on the screen at all."""
        return self.isVisible() and not self.isMinimized()

    def bring_to_front(self) -> None:
        """Show it above the others."""
        if self.isMinimized():
            self.showNormal()
        self.show()
        self.raise_()
        self.activateWindow()

    def paintEvent(self, event: "QPaintEvent") -> None:
        """Paint, and say so the first time."""
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            QTimer.singleShot(0, self, self.painted.emit)

    def closeEvent(self, event: "QCloseEvent") -> None:
        """Remember where it was, and say that it is going."""
        self._preferences.window_geometry = bytes(self.saveGeometry().data())
        event.accept()
        self.closed.emit()

    def showEvent(self, event: "QShowEvent") -> None:
        """Say so."""
        super().showEvent(event)
        self.visibility_changed.emit()

    def hideEvent(self, event: "QHideEvent") -> None:
        """Say so."""
        super().hideEvent(event)
        self.visibility_changed.emit()

    def changeEvent(self, event: QEvent) -> None:
        """Say what changed."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowStateChange:
            self.visibility_changed.emit()
        elif event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow():
            self.deactivated.emit()

    def dragEnterEvent(self, event: "QDragEnterEvent") -> None:
        """Take text."""
        if event.mimeData().hasText():
            event.acceptProposedAction()

    def dropEvent(self, event: "QDropEvent") -> None:
        """Hand dropped text on."""
        event.acceptProposedAction()
        self.text_dropped.emit(event.mimeData().text())
