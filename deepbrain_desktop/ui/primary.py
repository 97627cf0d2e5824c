"""The one accent of the window: its primary button, in the palette's own highlight colour."""

from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QPushButton, QWidget

ROOMY = 32
"""Height, in device-independent pixels, of buttons and fields that are used all day."""


def make_roomy(widget: QWidget) -> None:
    """Give a button or field its height, which large letters may exceed."""
    widget.setMinimumHeight(max(ROOMY, widget.sizeHint().height()))


def make_primary(button: QPushButton) -> None:
    """Colour a button as the one to press; styles that draw default buttons themselves do so."""
    font = button.font()
    font.setBold(True)
    button.setFont(font)
    make_roomy(button)
    palette = button.palette()
    for group in (QPalette.ColorGroup.Active, QPalette.ColorGroup.Inactive):
        highlight = palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.Highlight)
        palette.setColor(group, QPalette.ColorRole.Button, highlight)
        text = palette.color(QPalette.ColorGroup.Active, QPalette.ColorRole.HighlightedText)
        palette.setColor(group, QPalette.ColorRole.ButtonText, text)
    button.setPalette(palette)
