"""One line of small text below a field, which keeps its place while it is empty."""

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from deepbrain_desktop.ui.fonts import scaled
from deepbrain_desktop.ui.plain_text import ElidedLabel
from deepbrain_desktop.ui.symbols import Symbol, SymbolLabel, Tone, tone_color

_SYMBOLS = {Tone.BAD: Symbol.CROSS, Tone.WARNING: Symbol.WARNING}


class HintLine(QWidget):
    """Symbol and text in one tone."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._symbol = SymbolLabel(12)
        self._label = ElidedLabel(name=name)
        self._tone = Tone.NEUTRAL
        self._label.setFont(scaled(self._label.font(), 0.9))
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 0, 0, 6)
        row.setSpacing(6)
        row.addWidget(self._symbol)
        row.addWidget(self._label, 1)
        self.setFixedHeight(self._label.fontMetrics().height() + 8)
        self.show_text("", Tone.NEUTRAL)
        self._color()

    @property
    def text(self) -> str:
        """What it says."""
        return self._label.accessibleDescription()

    def show_text(self, text: str, tone: Tone) -> None:
        """Say this, in this tone."""
        self._symbol.setVisible(bool(text) and tone in _SYMBOLS)
        self._symbol.show_symbol(_SYMBOLS.get(tone, Symbol.RING), tone)
        self._label.show_text(text)
        if tone is not self._tone:
            self._tone = tone
            self._color()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._color()

    def _color(self) -> None:
        palette = self.palette()
        color = tone_color(self._tone, palette)
        palette.setColor(palette.ColorRole.WindowText, color)
        self._label.setPalette(palette)
