"""The bar that shrinks with a token's lifetime, in the tone of its state."""

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QProgressBar, QWidget

from deepbrain_desktop.ui.symbols import Tone, tone_color

_WHOLE = 1000


class LifetimeBar(QProgressBar):
    """Shows a share between 0 and 1, or is not there."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tone = Tone.NEUTRAL
        self.setObjectName("lifetime")
        self.setAccessibleName("Share of the lifetime left")
        self.setTextVisible(False)
        self.setRange(0, _WHOLE)
        self.setFixedHeight(6)

    def show_share(self, share: float | None, tone: Tone) -> None:
        """Show this share in this tone; None hides the bar."""
        self.setVisible(share is not None)
        self.setValue(round(_WHOLE * (share or 0.0)))
        if tone is not self._tone:
            self._tone = tone
            self._color()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._color()

    def _color(self) -> None:
        # A palette that is as before changes nothing, so this ends.
        palette = self.palette()
        color = tone_color(self._tone, palette)
        palette.setColor(palette.ColorRole.Highlight, color)
        palette.setColor(palette.ColorRole.Accent, color)
        self.setPalette(palette)
