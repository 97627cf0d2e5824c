"""What the person can want of the selected account, from menu, key or button."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QUrl
from PySide6.QtGui import QClipboard, QDesktopServices
from PySide6.QtWidgets import QMainWindow

from deepbrain_desktop import product
from deepbrain_desktop.account import Account, ServerKind
from deepbrain_desktop.session import Session
from deepbrain_desktop.session.state import AccountState
from deepbrain_desktop.studios.pasting import LONGEST_TEXT, Found, find_credentials
from deepbrain_desktop.studios.scenarios import DEFAULT, Scenario
from deepbrain_desktop.ui import dialogs
from deepbrain_desktop.ui.copying import Copying
from deepbrain_desktop.ui.names import display_name
from deepbrain_desktop.ui.wording import (
    NOT_OPENED,
    NOT_OPENED_ADVICE,
    Refusal,
    describe_key_elsewhere,
    describe_key_left,
    describe_nothing_found,
    describe_opened,
)


class Intents:
    """Turns a wish into an intent of the session, after asking where nothing could be undone."""

    def __init__(
        self,
        window: QMainWindow,
        session: Session,
        copying: Copying,
        system_clipboard: QClipboard,
        settle: Callable[[Found, Refusal | None], object],
    ) -> None:
        self._window = window
        self._session = session
        self._copying = copying
        self._system_clipboard = system_clipboard
        self._settle = settle

    def with_current(self, intent: Callable[[str], object]) -> Callable[[], None]:
        """Bind an intent that takes an account's id to whichever is selected then."""

        def act() -> None:
            current = self._session.state.current
            if current is not None:
                intent(current.id)

        return act

    def add_account(self) -> None:
        """Begin a new account."""
        self._session.accounts.add()

    def try_sandbox(self, scenario: Scenario = DEFAULT) -> None:
        """Select a sandbox account, adding it where there is none, and request its token."""
        for each in self._session.state.accounts:
            account = each.account
            if account.server is ServerKind.SANDBOX and account.app_id == scenario.app_id:
                self._session.accounts.select(each.id)
                break
        else:
            name = "Sandbox" if scenario is DEFAULT else f"Sandbox: {scenario.summary}"
            account = Account("", name, scenario.app_id, ServerKind.SANDBOX)
            self._session.accounts.add(account)
        self.with_current(self._session.requests.request_token)()

    def rename(self, account_id: str) -> None:
        """Ask for a new name."""
        found = self._session.state.find(account_id)
        if found is None:
            return

        offered = found.account.name or display_name(found.account)

        def chosen(name: str) -> None:
            # What it is called for want of a name has to follow its app id.
            if name != offered:
                self._session.accounts.edit(account_id, name=name.strip())

        dialogs.ask_name(self._window, offered, chosen)

    def duplicate(self, account_id: str) -> None:
        """Add a copy."""
        found = self._session.state.find(account_id)
        if found and not found.is_blank:
            name = f"{display_name(found.account)} (copy)"
            self._session.accounts.duplicate(account_id, name)

    def remove(self, account_id: str) -> None:
        """Ask, then remove the account with its key."""
        found = self._session.state.find(account_id)
        if found is None or found.is_blank:
            return
        go = partial(self._removed, account_id, leave_keys=found.removal_failed)
        keychain = self._session.state.keychain.name or "the keychain"
        if found.removal_failed:
            verb, detail = (
                "&Remove, leave the key",
                describe_key_left(keychain),
            )
        elif _has_only_missing_keys(found):
            verb, detail = "&Remove", describe_key_elsewhere(keychain)
        elif found.account.keys:
            verb, detail = "&Remove", f"Its user key is removed from {keychain} as well."
        else:
            verb, detail = "&Remove", "No key is saved for it."
        question = f"Remove “{display_name(found.account)}”?"
        dialogs.ask(self._window, question, detail, verb, go)

    def forget_key(self, account_id: str) -> None:
        """Ask, then remove the key."""
        found = self._session.state.find(account_id)
        if found is None:
            return
        if not found.account.keys:
            self._forgotten(account_id)
            return
        keychain = self._session.state.keychain.name or "the keychain"
        detail = (
            describe_key_elsewhere(keychain)
            if _has_only_missing_keys(found)
            else f"It is removed from {keychain}. AI Studios shows a key only once."
        )
        question = f"Forget the user key of “{display_name(found.account)}”?"
        go = partial(self._forgotten, account_id)
        dialogs.ask(self._window, question, detail, "&Forget", go)

    def step(self, by: int) -> None:
        """Select the account so many rows on."""
        state = self._session.state
        ids = [each.id for each in state.accounts]
        if state.selected in ids:
            self._session.accounts.select(ids[(ids.index(state.selected) + by) % len(ids)])

    def paste_credentials(self) -> bool:
        """Fill both fields from the clipboard; whether there was something to fill them with."""
        return self.take_text(self._system_clipboard.text())

    def take_text(self, text: str) -> bool:
        """Fill the fields from text that holds credentials; whether it did."""
        found = find_credentials(text)
        if found is None:
            words = describe_nothing_found(len(text) > LONGEST_TEXT)
            self._window.statusBar().showMessage(words, 4000)
        else:
            self.fill(found)
        return found is not None

    def fill(self, found: Found) -> None:
        """Put found credentials into the selected account, unless it is busy with others."""
        current = self._session.state.current
        if current is None:
            return
        if current.is_busy:
            self._settle(found, Refusal.BUSY)
            return
        if found.app_id is not None:
            self._session.accounts.edit(current.id, app_id=found.app_id)
        if found.user_key is not None:
            self._session.keys.type_key(current.id, found.user_key.reveal())
        self._settle(found, None)

    def open_page(self, address: str) -> None:
        """Open a page in the system's browser; where that cannot be had, show where it is."""
        if QDesktopServices.openUrl(QUrl(address)):
            self._window.statusBar().showMessage(describe_opened(address), 4000)
        else:
            copy = partial(self._copying.copy_plainly, label="Address")
            dialogs.show_text(self._window, NOT_OPENED, NOT_OPENED_ADVICE, address, copy)

    def open_key_page(self) -> None:
        """Open the page that shows app id and user key."""
        self.open_page(product.KEY_PAGE)

    def _removed(self, account_id: str, *, leave_keys: bool) -> None:
        self._copying.clear()
        self._session.remove(account_id, leave_keys=leave_keys)

    def _forgotten(self, account_id: str) -> None:
        self._copying.clear()
        self._session.keys.forget(account_id)


def _has_only_missing_keys(found: AccountState) -> bool:
    entries = {key.entry for key in found.account.keys}
    return bool(entries) and entries <= found.missing
