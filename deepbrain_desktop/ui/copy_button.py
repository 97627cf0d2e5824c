"""The button that copies the token, and the menu of the other forms it comes in."""

from functools import partial

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from deepbrain_desktop.studios.snippets import CODE_FORMS, Form

FORM_NAMES = {
    Form.TOKEN: "Token",
    Form.HEADER: "Authorization header",
    Form.ENVIRONMENT: "Environment line",
    Form.CURL: "cURL: Start Session",
    Form.PYTHON: "Python: Start Session",
    Form.NODE: "Node: Start Session",
    Form.CLAIMS: "Claims as JSON",
}
_PLAIN = (Form.TOKEN, Form.HEADER, Form.ENVIRONMENT)


class CopyButton(QToolButton):
    """Copies the token when pressed; its menu offers every form."""

    copy_wanted = Signal(object, bool)
    """Carries the Form, and whether code is to hold the token itself."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText("Copy token")
        self.setObjectName("copyToken")
        self.setAccessibleName("Copy token")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        self.clicked.connect(self._copy_token)
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
        self.setMenu(self._menu)

    def offer_claims(self, offered: bool) -> None:  # noqa: FBT001 - a property
        """Offer the claims, or not where they could not be read."""
        self._claims.setEnabled(offered)

    def _add(self, menu: QMenu, form: Form, *, with_token: bool) -> QAction:
        action = menu.addAction(FORM_NAMES[form])
        action.setObjectName(f"copy-{form.value}{'-with-token' if with_token else ''}")
        action.triggered.connect(partial(self._copy, form, with_token))
        return action

    def _copy(self, form: Form, with_token: bool, _checked: bool = False) -> None:  # noqa: FBT001, FBT002
        self.copy_wanted.emit(form, with_token)

    @Slot()
    def _copy_token(self) -> None:
        self.copy_wanted.emit(Form.TOKEN, True)
