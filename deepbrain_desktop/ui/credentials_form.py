"""The form: app id, user key and server of the selected account."""

from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QWidget,
)

from deepbrain_desktop.account import ServerKind
from deepbrain_desktop.session.state import (
    AccountState,
    Field,
    KeychainState,
    KeyPlace,
)
from deepbrain_desktop.studios.pasting import Found, find_credentials
from deepbrain_desktop.ui.bounded_edit import BoundedEdit
from deepbrain_desktop.ui.credential_edit import CredentialEdit, KeyEdit
from deepbrain_desktop.ui.field_hints import field_hints
from deepbrain_desktop.ui.hint_line import HintLine
from deepbrain_desktop.ui.message_bar import announce
from deepbrain_desktop.ui.naming import named
from deepbrain_desktop.ui.plain_text import TextLabel
from deepbrain_desktop.ui.primary import make_roomy
from deepbrain_desktop.ui.wording import Refusal, describe_refusal

_SERVERS = {
    ServerKind.PRODUCTION: "Production",
    ServerKind.SANDBOX: "Sandbox",
    ServerKind.OTHER: "Other address",
}


class CredentialsForm(QWidget):
    """Shows an account's credentials; emits what the person does to them."""

    app_id_edited = Signal(str)
    key_edited = Signal(str)
    credentials_pasted = Signal(object)
    """Carries a Found."""
    server_chosen = Signal(object)
    """Carries a ServerKind."""
    address_edited = Signal(str)
    remember_toggled = Signal(bool)
    save_wanted = Signal()
    forget_wanted = Signal()
    submitted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._account: AccountState | None = None
        self._keychain = KeychainState()
        self._refusals: dict[Field, Refusal] = {}
        """Why a field did not take what was put into it last."""
        self.app_id = CredentialEdit("appId")
        self.app_id.setPlaceholderText("studiov3.name@company.com")
        self.app_id.setAccessibleName("App ID")
        self.app_id.taken.connect(self._edit_app_id)
        self.app_id.returnPressed.connect(self.submitted)
        self.app_id_hint = HintLine("appIdHint")
        self.user_key = KeyEdit("userKey")
        self.user_key.setAccessibleName("User key")
        self.user_key.taken.connect(self._edit_key)
        self.user_key.returnPressed.connect(self.submitted)
        self.user_key_hint = HintLine("userKeyHint")
        for field in (self.app_id, self.user_key):
            field.credentials_pasted.connect(self.credentials_pasted)
        self.show_key = named(QToolButton(), "showKey")
        self.show_key.setText("Sho&w")
        self.show_key.setCheckable(True)
        self.show_key.setAccessibleName("Show user key")
        self.show_key.toggled.connect(self.user_key.unmask)
        self.save_key = named(QPushButton("Save &now"), "saveKey")
        self.save_key.clicked.connect(self.save_wanted)
        self.replace_key = named(QPushButton("Re&place"), "replaceKey")
        self.replace_key.clicked.connect(self.user_key.setFocus)
        self.forget_key = named(QPushButton("F&orget"), "forgetKey")
        self.forget_key.clicked.connect(self.forget_wanted)
        self.remember = named(QCheckBox("Remem&ber"), "remember")
        self.remember.setAccessibleName("Remember")
        self.remember.clicked.connect(self.remember_toggled)
        self.server = named(_Choice(), "server")
        self.server.setAccessibleName("Server")
        for kind, words in _SERVERS.items():
            self.server.addItem(words, kind)
        self.server.activated.connect(self._choose_server)
        self.address = BoundedEdit("address")
        self.address.setPlaceholderText("https://host.example")
        self.address.setAccessibleName("Server address")
        self.address.taken.connect(self._edit_address)
        self.address.returnPressed.connect(self.submitted)
        self.address_hint = HintLine("addressHint")
        self._address_label = _label("A&ddress", self.address)
        self.app_id.refused.connect(partial(self._refuse, Field.APP_ID))
        self.user_key.refused.connect(partial(self._refuse, Field.USER_KEY))
        self.address.refused.connect(partial(self._refuse, Field.ADDRESS))
        self._lay_out()

    def display(self, account: AccountState, keychain: KeychainState) -> None:
        """Show this account."""
        is_other = self._account is None or account.id != self._account.id
        self._account, self._keychain = account, keychain
        if is_other:
            self.show_key.setChecked(False)
            self._refusals.clear()
        busy = account.is_busy
        typed = account.typed_key.reveal() if account.typed_key else ""
        self.app_id.show_text(account.account.app_id, undoable=not is_other)
        self.user_key.show_text(typed)
        self.address.show_text(account.account.address)
        for field in (self.app_id, self.user_key, self.address):
            field.setReadOnly(busy)
        self.server.setCurrentIndex(list(_SERVERS).index(account.account.server))
        self.server.setEnabled(not busy)
        for part in (self.address, self.address_hint, self._address_label):
            part.setVisible(account.account.server is ServerKind.OTHER)
        self._render_key(account, keychain, typed, busy=busy)
        self._render_hints(account, keychain)

    def focus_next_empty(self) -> None:
        """Put the cursor where something is missing, or into the app id."""
        account = self._account
        places = (KeyPlace.NOWHERE, KeyPlace.MISSING)
        has_key = account is None or account.key_place not in places
        # What is typed by mistake into the key's field would take a saved one's place.
        field = self.app_id if has_key or not self.app_id.text().strip() else self.user_key
        field.setFocus()

    def focus_flaw(self, account: AccountState) -> None:
        """Put the cursor where something is that cannot be sent."""
        for where, field in (
            (Field.APP_ID, self.app_id),
            (Field.USER_KEY, self.user_key),
            (Field.ADDRESS, self.address),
        ):
            if account.flaw(where) is not None:
                if field.hasFocus():
                    # Else what describes it is spoken as the cursor comes to it.
                    announce(field, field.accessibleDescription())
                field.setFocus()
                return

    def _render_key(
        self, account: AccountState, keychain: KeychainState, typed: str, *, busy: bool
    ) -> None:
        place = account.key_place
        saved = place is KeyPlace.KEYCHAIN
        self.user_key.setPlaceholderText(
            {
                KeyPlace.KEYCHAIN: "•" * 24,
                KeyPlace.BUILT_IN: "Public sandbox key",
            }.get(place, "00000000-0000-0000-0000-000000000000")
        )
        sandbox = account.account.server is ServerKind.SANDBOX
        savable = bool(typed) and keychain.name is not None and not sandbox
        self.show_key.setVisible(not saved)
        self.show_key.setEnabled(bool(typed))
        if not typed and self.show_key.isChecked():
            self.show_key.setChecked(False)
        self.save_key.setVisible(savable)
        self.save_key.setEnabled(not account.saving_key and not busy)
        self.replace_key.setVisible(saved)
        self.replace_key.setEnabled(not busy)
        self.forget_key.setVisible(bool(account.account.keys) or bool(typed))
        self.forget_key.setEnabled(not busy and not account.saving_key)
        usable = keychain.problem is None and not sandbox
        self.remember.setChecked(account.account.remember and usable)
        self.remember.setEnabled(keychain.name is not None and not saved and not sandbox)
        self.remember.setText(f"Remem&ber in {keychain.name}" if keychain.name else "Remem&ber")

    def _render_hints(self, account: AccountState, keychain: KeychainState) -> None:
        hints = field_hints(account, self.user_key.text(), keychain, self._refusals)
        for where, field, line in (
            (Field.APP_ID, self.app_id, self.app_id_hint),
            (Field.USER_KEY, self.user_key, self.user_key_hint),
            (Field.ADDRESS, self.address, self.address_hint),
        ):
            line.show_text(*hints[where])
            field.setAccessibleDescription(line.text)

    def settle(self, found: Found, refusal: Refusal | None) -> None:
        """Say that found credentials were not taken, or stop saying so."""
        for where, value in ((Field.APP_ID, found.app_id), (Field.USER_KEY, found.user_key)):
            if value is not None and refusal is not None:
                self._refuse(where, refusal)
            elif value is not None:
                self._accept(where)

    def _refuse(self, where: Field, refusal: Refusal) -> None:
        self._refusals[where] = refusal
        self._render_again()
        announce(self, describe_refusal(refusal))

    def _accept(self, where: Field) -> None:
        if self._refusals.pop(where, None):
            self._render_again()

    def _render_again(self) -> None:
        if self._account is not None:
            self._render_hints(self._account, self._keychain)

    @Slot(str)
    def _edit_app_id(self, text: str) -> None:
        self._accept(Field.APP_ID)
        if not self._hand_on(text):
            self.app_id_edited.emit(text)

    @Slot(str)
    def _edit_key(self, text: str) -> None:
        self._accept(Field.USER_KEY)
        if not self._hand_on(text):
            self.key_edited.emit(text)

    @Slot(str)
    def _edit_address(self, text: str) -> None:
        self._accept(Field.ADDRESS)
        self.address_edited.emit(text)

    def _hand_on(self, text: str) -> bool:
        """Hand credentials on that an input method or assistive technology put into a field."""
        found = find_credentials(text) if len(text) > 40 else None
        if found is None or self._account is None:
            return False
        typed = self._account.typed_key
        self.app_id.show_text(self._account.account.app_id)
        self.user_key.show_text(typed.reveal() if typed else "")
        self.credentials_pasted.emit(found)
        return True

    @Slot(int)
    def _choose_server(self, index: int) -> None:
        self.server_chosen.emit(self.server.itemData(index))

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        key = QHBoxLayout()
        key.setSpacing(8)
        key.addWidget(self.user_key, 1)
        for button in (self.show_key, self.save_key, self.replace_key, self.forget_key):
            key.addWidget(button)
        grid.addWidget(_label("App &ID", self.app_id), 0, 0)
        grid.addWidget(self.app_id, 0, 1)
        grid.addWidget(self.app_id_hint, 1, 1)
        grid.addWidget(_label("&User key", self.user_key), 2, 0)
        grid.addLayout(key, 2, 1)
        grid.addWidget(self.user_key_hint, 3, 1)
        grid.addWidget(self.remember, 4, 1, Qt.AlignmentFlag.AlignLeft)
        grid.setRowMinimumHeight(5, 4)
        grid.addWidget(self._address_label, 6, 0)
        grid.addWidget(self.address, 6, 1)
        grid.addWidget(self.address_hint, 7, 1)
        for roomy in (self.app_id, self.user_key, self.address, self.server):
            make_roomy(roomy)
        for button in (self.show_key, self.save_key, self.replace_key, self.forget_key):
            make_roomy(button)


class _Choice(QComboBox):
    """Chosen from by clicks and keys: a wheel that turns above it is not meant for it."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Choose nothing."""
        event.ignore()


def _label(words: str, buddy: QWidget) -> QLabel:
    label = TextLabel(words)
    label.setBuddy(buddy)
    return label
