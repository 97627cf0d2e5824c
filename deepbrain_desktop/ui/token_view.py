"""The token itself: masked until asked for, its three parts told apart."""

from PySide6.QtCore import QEvent, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFont,
    QFontDatabase,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QTextCharFormat,
    QTextOption,
)
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from deepbrain_desktop.studios.credentials import Secret
from deepbrain_desktop.ui.naming import named
from deepbrain_desktop.ui.plain_text import TextLabel
from deepbrain_desktop.ui.symbols import Tone, tone_color

SHOWN_FOR = 30_000
"""Milliseconds that a token stays readable, and that the window may lack the focus meanwhile."""

_UNDERLINES = (
    QTextCharFormat.UnderlineStyle.SingleUnderline,
    QTextCharFormat.UnderlineStyle.DashUnderline,
    QTextCharFormat.UnderlineStyle.DotLine,
)
_TONES = (Tone.BUSY, Tone.GOOD, Tone.WARNING)


class _TokenText(QPlainTextEdit):
    """Read-only text that no key, menu, drag or selection carries away."""

    copy_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, readOnly=True)
        self.setObjectName("tokenText")
        self.setAccessibleName("Token text")
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.setWordWrapMode(QTextOption.WrapMode.WrapAnywhere)
        self.setUndoRedoEnabled(False)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameShape(QPlainTextEdit.Shape.NoFrame)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy by the window's own protected way."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_wanted.emit()
            return
        super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Select nothing."""
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer nothing: the copy menu is beside."""
        event.accept()


class TokenView(QWidget):
    """Shows or masks the token."""

    copy_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("token")
        self.setAccessibleName("Token")
        self._token: Secret | None = None
        self._text = _TokenText()
        self._text.copy_wanted.connect(self.copy_wanted)
        self.reveal = named(QPushButton("Show to&ken"), "showToken")
        self.reveal.setCheckable(True)
        self.reveal.toggled.connect(self._show)
        self._legend = TextLabel(name="tokenLegend")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SHOWN_FOR)
        self._timer.timeout.connect(self.conceal)
        top = QHBoxLayout()
        top.setContentsMargins(8, 8, 8, 0)
        top.addWidget(self.reveal)
        top.addSpacing(8)
        top.addWidget(self._legend, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(top)
        column.addWidget(self._text)

    @property
    def is_shown(self) -> bool:
        """Whether the token can be read."""
        return bool(self.reveal.isChecked())

    def show_token(self, token: Secret) -> None:
        """Take this token, masked."""
        if token is not self._token:
            self._token = token
            self.conceal()
            self._render()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the palette."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self.is_shown:
            self._render()

    @Slot()
    def conceal(self) -> None:
        """Hide the token."""
        self.reveal.setChecked(False)

    def forget(self) -> None:
        """Drop the token."""
        self._token = None
        self.conceal()
        self._render()

    @Slot(bool)
    def _show(self, shown: bool) -> None:  # noqa: FBT001 - a slot
        self.reveal.setText("Hide to&ken" if shown else "Show to&ken")
        if shown:
            self._timer.start()
        else:
            self._timer.stop()
        self._render()

    def _render(self) -> None:
        text = self._token.reveal() if self._token else ""
        parts = text.split(".") if text else []
        self._legend.setText(_legend(len(text), len(parts), shown=self.is_shown))
        self._text.clear()
        if not self.is_shown:
            self._text.setPlainText("•" * min(len(text), 240))
            return
        cursor = self._text.textCursor()
        for number, part in enumerate(parts):
            if number:
                cursor.insertText(".", QTextCharFormat())
            cursor.insertText(part, self._format(number) if len(parts) == 3 else QTextCharFormat())

    def _format(self, number: int) -> QTextCharFormat:
        color = tone_color(_TONES[number], self.palette())
        style = QTextCharFormat()
        style.setForeground(color)
        line = QColor(color)
        line.setAlphaF(0.5)
        style.setUnderlineColor(line)
        style.setUnderlineStyle(_UNDERLINES[number])
        style.setFontWeight(QFont.Weight.Normal)
        return style


def _legend(length: int, parts: int, *, shown: bool) -> str:
    if not shown or parts != 3:
        return f"{length:,} characters in {parts} part{'' if parts == 1 else 's'}"
    return "Header: line · payload: dashes · signature: dots   (hidden again after 30 s)"
