"""Dialogs: for decisions and for reading; opened, never waited for."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QIcon
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QMessageBox,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from deepbrain_desktop import product
from deepbrain_desktop.studios.pasting import looks_secret
from deepbrain_desktop.ui.bounded_edit import BoundedEdit, utf16_units
from deepbrain_desktop.ui.hint_line import HintLine
from deepbrain_desktop.ui.names import LONGEST_NAME
from deepbrain_desktop.ui.naming import named
from deepbrain_desktop.ui.plain_text import TextLabel, breakable
from deepbrain_desktop.ui.symbols import Tone
from deepbrain_desktop.ui.wording import Refusal, describe_refusal


def ask(
    parent: QWidget, question: str, detail: str, verb: str, agreed: Callable[[], None]
) -> QMessageBox:
    """Ask before something that cannot be taken back; ``agreed`` is called for ``verb``."""
    words = breakable(question)
    box = QMessageBox(QMessageBox.Icon.Warning, product.NAME, words, parent=parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setInformativeText(detail)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    go = box.addButton(verb, QMessageBox.ButtonRole.DestructiveRole)
    stay = box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(stay)
    box.setEscapeButton(stay)
    go.clicked.connect(agreed)
    box.open()
    return box


def tell(parent: QWidget, words: str) -> QMessageBox:
    """Say why it cannot go on."""
    box = QMessageBox(QMessageBox.Icon.Critical, product.NAME, words, parent=parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()
    return box


def ask_name(parent: QWidget, name: str, chosen: Callable[[str], object]) -> QDialog:
    """Ask for an account's name; ``chosen`` is called with what was entered."""
    dialog = named(QDialog(parent), "nameDialog")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle("Rename account")
    # A list written by others may have a longer one.
    field = BoundedEdit("name", max(LONGEST_NAME, utf16_units(name)))
    field.setAccessibleName("Name")
    field.show_text(name)
    field.selectAll()
    field.setMinimumWidth(320)
    hint = HintLine("nameHint")
    field.taken.connect(lambda _: hint.show_text("", Tone.NEUTRAL))
    field.refused.connect(lambda why: hint.show_text(describe_refusal(why), Tone.BAD))
    label = TextLabel("&Name")
    label.setBuddy(field)
    standard = QDialogButtonBox.StandardButton
    buttons = QDialogButtonBox(standard.Ok | standard.Cancel)

    def finish() -> None:
        if looks_secret(field.text()):
            hint.show_text(describe_refusal(Refusal.SECRET), Tone.BAD)
        else:
            dialog.accept()

    buttons.accepted.connect(finish)
    buttons.rejected.connect(dialog.reject)
    dialog.accepted.connect(lambda: chosen(field.text()))
    column = QVBoxLayout(dialog)
    column.setContentsMargins(24, 16, 24, 16)
    column.setSpacing(2)
    for part in (label, field, hint, buttons):
        column.addWidget(part)
    dialog.open()
    return dialog


def show_text(
    parent: QWidget | None,
    title: str,
    headline: str,
    text: str,
    copy: Callable[[str], object],
    icon: QIcon | None = None,
) -> QDialog:
    """Show text that can be read and copied: versions, or what is known of a crash."""
    dialog = named(QDialog(parent), "textDialog")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle(title)
    column = QVBoxLayout(dialog)
    column.setContentsMargins(24, 24, 24, 16)
    column.setSpacing(16)
    if icon is not None and not icon.isNull():
        picture = TextLabel()
        picture.setPixmap(icon.pixmap(64, 64))
        column.addWidget(picture, 0, Qt.AlignmentFlag.AlignHCenter)
    words = TextLabel(headline)
    words.setWordWrap(True)
    column.addWidget(words)
    body = named(QPlainTextEdit(text, readOnly=True), "dialogText")
    body.setAccessibleName(title)
    body.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
    body.setMinimumSize(480, 200)
    column.addWidget(body)
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    copy_button = buttons.addButton("&Copy", QDialogButtonBox.ButtonRole.ActionRole)
    copy_button.setObjectName("copyText")
    copy_button.clicked.connect(lambda: copy(text))
    buttons.rejected.connect(dialog.reject)
    column.addWidget(buttons)
    QWidget.setTabOrder(body, copy_button)
    buttons.button(QDialogButtonBox.StandardButton.Close).setDefault(True)
    dialog.open()
    return dialog
