"""The one accent of the window: its primary button, in the palette's own highlight colour."""

from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QPushButton, QWidget

ROOMY = 32
"""Height, in device-independent pixels, of buttons and fields that are used all day."""


def make_roomy(widget: QWidget) -> None:
    """Give a button or field its height, which large letters may exceed."""
    widget.setMinimumHeight(max(ROOMY, widget.sizeHint().height()))


_CONTRAST = 9.2
"""Between the button's colour and its text. Styles lighten the colour, Fusion by most: of this, 4.5
are left where the text is light, which is what text takes to be read (WCAG 2.2, 1.4.3)."""
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
        text = palette.color(active, roles.HighlightedText)
        accent = _set_off(palette.color(active, roles.Highlight), text)
        for group in (active, QPalette.ColorGroup.Inactive):
            palette.setColor(group, roles.Button, accent)
            palette.setColor(group, roles.ButtonText, text)
        self.setPalette(palette)


def _set_off(color: QColor, text: QColor) -> QColor:
    """The colour, as much darker or lighter as it takes to read the text on it."""
    is_light = _luminance(text) > _luminance(color)
    for _ in range(20):
        if _contrast(color, text) >= _CONTRAST:
            break
        color = color.darker(106) if is_light else color.lighter(106)
    return color


def _contrast(one: QColor, other: QColor) -> float:
    """Contrast ratio, 1 to 21 (WCAG 2.2)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: QColor) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.2)."""
    shares = ((0.2126, color.redF()), (0.7152, color.greenF()), (0.0722, color.blueF()))
    return sum(
        share * (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4)
        for share, value in shares
    )
