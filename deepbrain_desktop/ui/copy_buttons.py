"""The button that copies the token, and the menu of the forms it comes in."""

from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QToolButton, QWidget

from deepbrain_desktop.studios.snippets import CODE_FORMS, Form
from deepbrain_desktop.ui.naming import named
from deepbrain_desktop.ui.primary import make_roomy

_ENTRIES = {
    Form.TOKEN: "&Token",
    Form.HEADER: "&Authorization header",
    Form.ENVIRONMENT: "&Environment line",
    Form.CURL: "&cURL: Start Session",
    Form.PYTHON: "&Python: Start Session",
    Form.NODE: "&Node: Start Session",
    Form.CLAIMS: "Claims as &JSON",
}
FORM_NAMES = {form: words.replace("&", "") for form, words in _ENTRIES.items()}
_PLAIN = (Form.TOKEN, Form.HEADER, Form.ENVIRONMENT)


class CopyButtons(QWidget):
    """A button that copies the token, and one beside it that offers every form.

    Two widgets, because a tool button with a menu has no press action on Linux's accessibility
    bus.
    """

    copy_wanted = Signal(object, bool)
    """Carries the Form, and whether code is to hold the token itself."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.token = named(QPushButton("Copy token"), "copyToken")
        self.token.setAccessibleName("Copy token")
        make_roomy(self.token)
        self.token.clicked.connect(self._copy_token)
        self.forms = named(QToolButton(), "copyForms")
        self.forms.setAccessibleName("Copy as")
        self.forms.setShortcut("Ctrl+Alt+C")
        self.forms.setToolTip("Copy as… (Ctrl+Alt+C)")
        self.forms.setArrowType(Qt.ArrowType.DownArrow)
        self.forms.setMinimumHeight(self.token.minimumHeight())
        self.forms.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._menu = QMenu(self)
        for form in _PLAIN:
            self._add(self._menu, form, with_token=True)
        self._menu.addSeparator()
        for form in CODE_FORMS:
            self._add(self._menu, form, with_token=False)
        with_token = self._menu.addMenu("&With the token")
        for form in CODE_FORMS:
            self._add(with_token, form, with_token=True)
        self._menu.addSeparator()
        self._claims = self._add(self._menu, Form.CLAIMS, with_token=False)
        self.forms.clicked.connect(self._open_menu)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(self.token)
        row.addWidget(self.forms)

    def offer_claims(self, offered: bool) -> None:  # noqa: FBT001 - a property
        """Offer the claims, or not where they could not be read."""
        self._claims.setEnabled(offered)

    def _add(self, menu: QMenu, form: Form, *, with_token: bool) -> QAction:
        action = menu.addAction(_ENTRIES[form])
        action.setObjectName(f"copy-{form.value}{'-with-token' if with_token else ''}")
        action.triggered.connect(partial(self._copy, form, with_token))
        return action

    def _copy(self, form: Form, with_token: bool, _checked: bool = False) -> None:  # noqa: FBT001, FBT002
        self.copy_wanted.emit(form, with_token)

    @Slot()
    def _open_menu(self) -> None:
        # Not as the button's own menu, which would run an event loop of its own.
        self._menu.popup(self.forms.mapToGlobal(self.forms.rect().bottomLeft()))

    @Slot()
    def _copy_token(self) -> None:
        self.copy_wanted.emit(Form.TOKEN, True)
