"""Small symbols, painted: crisp at every scale, in any palette, whatever fonts there are."""

from enum import Enum

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolButton, QWidget

from deepbrain_desktop.system.appearance import is_dark


class Symbol(Enum):
    """What is drawn; each state has a shape of its own, as colour alone tells nothing."""

    CHECK = "check"
    CROSS = "cross"
    RING = "ring"
    WARNING = "warning"
    CLOCK = "clock"
    DOTS = "dots"
    QUESTION = "question"
    PLUS = "plus"
    MINUS = "minus"


class Tone(Enum):
    """How a state feels."""

    NEUTRAL = "neutral"
    BUSY = "busy"
    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


_LIGHT = {
    Tone.BUSY: "#0b62c4",
    Tone.GOOD: "#1a7f37",
    Tone.WARNING: "#8a5a00",
    Tone.BAD: "#c2242f",
}
_DARK = {
    Tone.BUSY: "#6cb0ff",
    Tone.GOOD: "#4ec46a",
    Tone.WARNING: "#e0a83a",
    Tone.BAD: "#ff7b74",
}


def tone_color(tone: Tone, palette: QPalette) -> QColor:
    """The colour of a tone on this palette's background."""
    if tone is Tone.NEUTRAL:
        return palette.color(QPalette.ColorRole.PlaceholderText)
    return QColor((_DARK if is_dark(palette) else _LIGHT)[tone])


def paint_symbol(painter: QPainter, symbol: Symbol, box: QRectF, color: QColor) -> None:
    """Draw a symbol into a square box."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(box.topLeft())
    painter.scale(box.width() / 16, box.height() / 16)
    painter.setPen(
        QPen(color, 1.8, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    )
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if symbol in _RINGED:
        painter.drawEllipse(QPointF(8, 8), 6.6, 6.6)
    for line in _LINES.get(symbol, ()):
        painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in line]))
    if symbol is Symbol.QUESTION:
        bow = QPainterPath(QPointF(6, 6.4))
        bow.cubicTo(QPointF(6, 3.6), QPointF(10, 3.6), QPointF(10, 6.4))
        bow.cubicTo(QPointF(10, 8), QPointF(8, 7.8), QPointF(8, 9.4))
        painter.drawPath(bow)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    for x, y in _DOTS.get(symbol, ()):
        painter.drawEllipse(QPointF(x, y), 1.1, 1.1)
    painter.restore()


_RINGED = {Symbol.CHECK, Symbol.CROSS, Symbol.RING, Symbol.CLOCK, Symbol.QUESTION}
_LINES: dict[Symbol, tuple[tuple[tuple[float, float], ...], ...]] = {
    Symbol.CHECK: (((4.9, 8.3), (7.1, 10.5), (11.2, 5.9)),),
    Symbol.CROSS: (((5.6, 5.6), (10.4, 10.4)), ((10.4, 5.6), (5.6, 10.4))),
    Symbol.WARNING: (((8, 1.8), (14.8, 13.8), (1.2, 13.8), (8, 1.8)), ((8, 6.2), (8, 9.4))),
    Symbol.CLOCK: (((8, 4.4), (8, 8), (10.6, 9.6)),),
    Symbol.PLUS: (((8, 3), (8, 13)), ((3, 8), (13, 8))),
    Symbol.MINUS: (((3, 8), (13, 8)),),
}
_DOTS: dict[Symbol, tuple[tuple[float, float], ...]] = {
    Symbol.WARNING: ((8, 11.6),),
    Symbol.QUESTION: ((8, 11.6),),
    Symbol.DOTS: ((3.6, 8), (8, 8), (12.4, 8)),
}


class SymbolButton(QToolButton):
    """A button with nothing but a symbol, painted in whatever palette and scale there is."""

    def __init__(self, symbol: Symbol, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._symbol = symbol
        self.setAutoRaise(True)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the button, and the symbol on it."""
        super().paintEvent(event)
        box = QRectF(0, 0, 16, 16)
        box.moveCenter(QRectF(self.rect()).center())
        painter = QPainter(self)
        color = self.palette().color(QPalette.ColorRole.WindowText)
        paint_symbol(painter, self._symbol, box, color)
        painter.end()


class SymbolLabel(QWidget):
    """Shows one symbol; the words beside it carry the meaning for assistive technology."""

    def __init__(self, size: int = 16, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._symbol, self._tone = Symbol.RING, Tone.NEUTRAL
        self.setFixedSize(size, size)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_symbol(self, symbol: Symbol, tone: Tone) -> None:
        """Show this symbol in this tone."""
        if (symbol, tone) != (self._symbol, self._tone):
            self._symbol, self._tone = symbol, tone
            self.update()

    def paintEvent(self, _event: object) -> None:
        """Paint the symbol."""
        painter = QPainter(self)
        color = tone_color(self._tone, self.palette())
        paint_symbol(painter, self._symbol, QRectF(self.rect()), color)
        painter.end()
