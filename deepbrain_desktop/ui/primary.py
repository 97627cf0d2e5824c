"""The one accent of the window: its primary button, in the palette's own highlight colour."""

from PySide6.QtCore import QEvent
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QPushButton, QWidget

ROOMY = 32
"""Height, in device-independent pixels, of buttons and fields that are used all day."""


def make_roomy(widget: QWidget) -> None:
    """Give a button or field its height, which large letters may exceed."""
    widget.setMinimumHeight(max(ROOMY, widget.sizeHint().height()))


_WITH_DEFAULT_BUTTONS = ("macos", "windows11", "windowsvista")
"""Styles that draw default buttons themselves: by the system's theme, whatever the palette says."""


class PrimaryButton(QPushButton):
    """The one to press; styles that draw default buttons themselves do so."""

    def __init__(self, words: str, parent: QWidget | None = None) -> None:
        super().__init__(words, parent)
        font = self.font()
        font.setBold(True)
        self.setFont(font)
        self.setDefault(True)
        make_roomy(self)
        self._color()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette and the style."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            self._color()

    def _color(self) -> None:
        if self.style().objectName() in _WITH_DEFAULT_BUTTONS:
            # Only its text would be coloured, to be read on a highlight that is not there.
            self.setPalette(QPalette())
            return
        # A palette that is as before changes nothing, so this ends.
        palette = self.palette()
        active, roles = QPalette.ColorGroup.Active, QPalette.ColorRole
        for group in (active, QPalette.ColorGroup.Inactive):
            for role, accent in (
                (roles.Button, roles.Highlight),
                (roles.ButtonText, roles.HighlightedText),
            ):
                palette.setColor(group, role, palette.color(active, accent))
        self.setPalette(palette)
