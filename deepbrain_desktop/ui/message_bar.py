"""The bar in which the window speaks: what happened, what to do, and the button that does it."""

from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QColor,
    QPainter,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from deepbrain_desktop.ui.naming import named
from deepbrain_desktop.ui.plain_text import TextLabel, WrappedLabel, make_faint
from deepbrain_desktop.ui.symbols import Symbol, SymbolLabel, Tone, tone_color


@dataclass(frozen=True, slots=True)
class Message:
    """What the bar says, and which buttons stand beside it."""

    symbol: Symbol
    tone: Tone
    headline: str
    advice: str
    reason: str = ""
    action: str | None = None
    has_details: bool = False
    dismissible: bool = False


class MessageBar(QWidget):
    """Shows one message at a time and says it aloud to assistive technology."""

    acted = Signal()
    dismissed = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setAccessibleName(name.capitalize())
        self._message: Message | None = None
        self._has_width = False
        self._symbol = SymbolLabel(20)
        self._headline = WrappedLabel(name=f"{name}Headline")
        font = self._headline.font()
        font.setBold(True)
        self._headline.setFont(font)
        self._advice = WrappedLabel(name=f"{name}Advice")
        self.action = named(QPushButton(), f"{name}Action")
        self.action.clicked.connect(self.acted)
        self.dismiss = named(QPushButton("Dis&miss"), f"{name}Dismiss")
        self.dismiss.clicked.connect(self.dismissed)
        self._lay_out()
        self.hide()

    def show_message(self, message: Message | None) -> None:
        """Say this, or nothing: then the bar is not there."""
        if message == self._message:
            return
        self._message = message
        self.setVisible(message is not None)
        if message is None:
            self.setAccessibleDescription("")
            return
        self._show_parts(message)
        words = f"{message.headline}. {message.advice}"
        self.setAccessibleDescription(words)
        self.update()
        self._take_height()
        announce(self, words)

    def _show_parts(self, message: Message) -> None:
        self._symbol.show_symbol(message.symbol, message.tone)
        self._headline.setText(message.headline)
        self._advice.setText(message.advice)
        self.action.setText(message.action or "")
        self.action.setVisible(message.action is not None)
        self.dismiss.setVisible(message.dismissible)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Be as high as the words need at this width; layouts around do not ask for that."""
        super().resizeEvent(event)
        self._has_width = True
        self._take_height()

    def _take_height(self) -> None:
        if self._has_width:
            self.setMinimumHeight(max(0, self._row.heightForWidth(self.width())))
            # Qt does not tell a widget that is about to be shown that this has made it higher.
            self._row.setGeometry(self.rect())

    def paintEvent(self, _event: object) -> None:
        """Paint a quiet frame in the message's tone."""
        if self._message is None:
            return
        color = tone_color(self._message.tone, self.palette())
        fill = QColor(color)
        fill.setAlphaF(0.08)
        edge = QColor(color)
        edge.setAlphaF(0.45)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(edge, 1))
        painter.setBrush(fill)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.end()

    def _lay_out(self) -> None:
        self._buttons = QHBoxLayout()
        self._buttons.setContentsMargins(0, 8, 0, 0)
        self._buttons.setSpacing(8)
        self._buttons.addWidget(self.action)
        self._buttons.addWidget(self.dismiss)
        self._buttons.addStretch()
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self._headline)
        words.addWidget(self._advice)
        words.addLayout(self._buttons)
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(16, 12, 16, 12)
        row.setSpacing(12)
        row.addWidget(self._symbol, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)


class FailureBar(MessageBar):
    """The bar for what became of a request: offers the details, and a report for others."""

    details_toggled = Signal(bool)
    report_wanted = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self.details = named(QPushButton("Detai&ls"), "details")
        self.details.setCheckable(True)
        self.details.setAccessibleName("Details")
        self.details.toggled.connect(self.details_toggled)
        self.report = named(QPushButton("Cop&y report"), "copyReport")
        self.report.setAccessibleName("Copy report")
        self.report.clicked.connect(self.report_wanted)
        self._reason = TextLabel(name="reason")
        make_faint(self._reason)
        self._buttons.insertWidget(1, self.details)
        self._buttons.insertWidget(2, self.report)
        self._buttons.addWidget(self._reason)

    def _show_parts(self, message: Message) -> None:
        super()._show_parts(message)
        self._reason.setText(message.reason)
        self._reason.setVisible(bool(message.reason))
        self.details.setVisible(message.has_details)
        self.report.setVisible(message.has_details)


def announce(widget: QWidget, words: str) -> None:
    """Have a screen reader say this, whatever has the focus."""
    QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, words))
