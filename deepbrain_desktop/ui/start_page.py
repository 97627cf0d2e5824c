"""What stands where the result will be, before there is one."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from deepbrain_desktop.ui.naming import named
from deepbrain_desktop.ui.plain_text import TextLabel, make_faint


class StartPage(QWidget):
    """Says where the two values are found, or that a token will appear here."""

    key_page_wanted = Signal()
    sandbox_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = TextLabel(name="startWords")
        self._words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._words.setWordWrap(True)
        make_faint(self._words)
        self.key_page = named(QPushButton("Open the key pa&ge"), "openKeyPage")
        self.key_page.clicked.connect(self.key_page_wanted)
        self.sandbox = named(QPushButton("Tr&y the sandbox"), "trySandbox")
        self.sandbox.clicked.connect(self.sandbox_wanted)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch()
        buttons.addWidget(self.key_page)
        buttons.addWidget(self.sandbox)
        buttons.addStretch()
        column = QVBoxLayout(self)
        column.setSpacing(16)
        column.addStretch(2)
        column.addWidget(self._words)
        column.addLayout(buttons)
        column.addStretch(3)

    def display(self, *, is_blank: bool, words: str) -> None:
        """Explain where to begin, or say ``words``."""
        first = (
            "App ID and user key are shown in AI Studios: account name, top right → Api Key.\n"
            "The user key is shown once, so keep it here."
        )
        self._words.setText(first if is_blank else words)
        self.key_page.setVisible(is_blank)
        self.sandbox.setVisible(is_blank)
