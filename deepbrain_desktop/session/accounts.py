"""The list of accounts: choosing, editing and keeping it."""

import logging
import threading
import uuid
from collections.abc import Callable
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer

from deepbrain_desktop.account import Account, ServerKind
from deepbrain_desktop.background import Err, Lane, NoThread, Ok
from deepbrain_desktop.session.notices import Notice, NoticeKind
from deepbrain_desktop.session.ports import AccountsShelf, World
from deepbrain_desktop.session.state import (
    AccountState,
    Field,
    Requesting,
)
from deepbrain_desktop.session.store import Store
from deepbrain_desktop.studios.pasting import looks_secret
from deepbrain_desktop.system.accounts_errors import AccountsNotSaved, Cause
from deepbrain_desktop.waiting import Cancellation, call_within

SAVE_DELAY = 500
"""Milliseconds without an edit after which the list is written."""
FLUSH_LIMIT = 1.5
"""Seconds that the end of the program may wait for the disk."""

_log = logging.getLogger(__name__)
_FLAWED_BY = {
    "app_id": (Field.APP_ID,),
    "address": (Field.ADDRESS, Field.USER_KEY),
    "server": (Field.ADDRESS, Field.USER_KEY),
}
"""Fields whose flaw an edit may cure; whether a key is needed depends on the server."""
_HOST = ("address", "server")


class Accounts:
    """Intents that concern the list. The list always has at least one account, if a blank one."""

    def __init__(self, store: Store, world: World) -> None:
        self._store = store
        self._shelf = world.shelf
        self._writing = _Writing(world.shelf)
        self._lane = Lane(world.executor)
        self._saved: tuple[Account, ...] = ()
        self._asked: tuple[Account, ...] = ()
        """What was last to be written; the writing may not have ended yet."""
        self._frozen = False
        self._delay = QTimer(store)
        self._delay.setSingleShot(True)
        self._delay.setInterval(SAVE_DELAY)
        self._delay.timeout.connect(self.save)

    def open(self, selected: str | None) -> None:
        """Read the list and select the account that was selected last."""
        reading = self._shelf.read()
        notice = None
        if reading.newer:
            notice = Notice(NoticeKind.ACCOUNTS_NEWER, self._shelf.path)
        elif reading.damaged is not None:
            notice = Notice(NoticeKind.ACCOUNTS_DAMAGED, reading.damaged)
        elif reading.unreadable:
            notice = Notice(NoticeKind.ACCOUNTS_UNREADABLE, self._shelf.path)
        self._frozen = reading.newer or reading.unreadable
        self._saved = self._asked = reading.accounts
        accounts = tuple(map(AccountState, reading.accounts)) or (_blank(),)
        ids = [each.id for each in accounts]
        self._store.put(
            accounts=accounts, selected=selected if selected in ids else ids[0], notice=notice
        )

    def select(self, account_id: str) -> None:
        """Show this account."""
        if self._store.find(account_id):
            self._store.put(selected=account_id)

    def miss(self, name: str) -> None:
        """Say that no account is called so, unless something is said that may be why."""
        if self._store.state.notice is None:
            self._store.put(notice=Notice(NoticeKind.ACCOUNT_UNKNOWN, name=name))

    def add(self, account: Account | None = None) -> str:
        """Append an account (a blank one, or a copy of the one given) and select it; its id."""
        state = self._store.state
        blank = next((each for each in state.accounts if each.is_blank), None)
        if account is None and blank is not None:
            self._store.put(selected=blank.id)
            return blank.id
        added = AccountState(replace(account, id=_new_id()) if account else _blank().account)
        kept = tuple(each for each in state.accounts if account is None or not each.is_blank)
        self._store.put(accounts=(*kept, added), selected=added.id)
        self.save()
        return added.id

    def duplicate(self, account_id: str, name: str) -> None:
        """Append a copy under ``name``, without the key and the trust given to the other."""
        found = self._store.find(account_id)
        if found:
            self.add(replace(found.account, name=name, keys=(), trusted_host=None))

    def edit(self, account_id: str, **changes: Any) -> None:  # noqa: ANN401 - fields of Account
        """Change fields of an account. What a request under way was made with stays as it is."""
        found = self._store.find(account_id)
        if found is None or (isinstance(found.phase, Requesting) and _FLAWED_BY.keys() & changes):
            return
        # Which key is saved for another server is not known before it is read.
        elsewhere = found.typed_key is None and not changes.keys().isdisjoint(_HOST)
        edited = {field for name in changes for field in _FLAWED_BY.get(name, ())}
        self._store.put_account(
            account_id,
            account=replace(found.account, **changes),
            flaws=tuple(flaw for flaw in found.flaws if flaw[0] not in edited),
            key_mark=None if elsewhere else found.key_mark,
        )
        self._delay.start()

    def drop(self, account_id: str) -> None:
        """Take an account off the list; its neighbour is selected."""
        state = self._store.state
        ids = [each.id for each in state.accounts]
        if account_id not in ids:
            return
        kept = tuple(each for each in state.accounts if each.id != account_id) or (_blank(),)
        selected = state.selected
        if selected == account_id:
            selected = kept[min(ids.index(account_id), len(kept) - 1)].id
        self._store.put(accounts=kept, selected=selected)
        self.save()

    def dismiss_notice(self) -> None:
        """The person has read it."""
        self._store.put(notice=None)

    def save(self, done: Callable[[bool], None] | None = None) -> None:
        """Write the list off the GUI thread; ``done`` hears whether it is safely kept."""
        self._delay.stop()
        if self._frozen:
            if done:
                done(False)
            return
        accounts = self._to_keep()
        if accounts == self._asked and done is None:
            return
        self._asked = accounts
        write = self._writing.of(accounts)

        def written(outcome: Ok[Any] | Err) -> None:
            self._note(accounts, outcome)
            if done:
                done(isinstance(outcome, Ok))

        self._lane.run(write, written)

    def flush(self) -> None:
        """Write what is not written yet, now and once, within FLUSH_LIMIT seconds."""
        self._delay.stop()
        accounts = self._to_keep()
        if self._frozen or accounts == self._saved:
            return
        # Whatever comes of it: the end does not wait twice for a disk that hangs.
        self._saved = accounts
        try:
            call_within(FLUSH_LIMIT, self._writing.of(accounts), Cancellation())
        except Exception as error:  # noqa: BLE001 - nothing may stand in the way of the end
            _log.error("accounts not saved at exit: %s", type(error).__name__)

    def _note(self, accounts: tuple[Account, ...], outcome: Ok[Any] | Err) -> None:
        notice = self._store.state.notice
        match outcome:
            case Ok(None):
                self._saved = accounts
                if notice and notice.kind is NoticeKind.ACCOUNTS_NOT_SAVED:
                    self._store.put(notice=None)
            case Ok(conflict):
                self._saved = accounts
                self._store.put(notice=Notice(NoticeKind.ACCOUNTS_CONFLICT, conflict))
            case Err(error):
                _log.error("accounts not saved: %s", type(error).__name__)
                if self._asked is accounts:
                    self._asked = self._saved
                notice = Notice(NoticeKind.ACCOUNTS_NOT_SAVED, cause=_cause(error))
                self._store.put(notice=notice)

    def _to_keep(self) -> tuple[Account, ...]:
        return tuple(
            _without_stray_secrets(each.account)
            for each in self._store.state.accounts
            if not each.is_blank
        )


class _Writing:
    """Writes lists in the order they were made in, whichever thread comes to it first."""

    def __init__(self, shelf: AccountsShelf) -> None:
        self._shelf = shelf
        self._numbers = count()
        self._newest = -1
        self._lock = threading.Lock()

    def of(self, accounts: tuple[Account, ...]) -> Callable[[], Path | None]:
        """A call that writes this list, unless a later one was written by then."""
        number = next(self._numbers)

        def write() -> Path | None:
            with self._lock:
                if number < self._newest:
                    return None
                self._newest = number
                return self._shelf.write(accounts)

        return write


def _cause(error: BaseException) -> Cause:
    match error:
        case AccountsNotSaved(cause=cause):
            return cause
        case NoThread() | MemoryError():
            return Cause.RESOURCES
    return Cause.OTHER


def _without_stray_secrets(account: Account) -> Account:
    """Leave a key that was put into the wrong field out of what is written to the disk."""
    return replace(
        account,
        name=_unless_secret(account.name),
        app_id=_unless_secret(account.app_id),
        address=_unless_secret(account.address),
    )


def _unless_secret(text: str) -> str:
    return "" if looks_secret(text) else text


def _new_id() -> str:
    return uuid.uuid4().hex


def _blank() -> AccountState:
    return AccountState(Account(_new_id(), name="", server=ServerKind.PRODUCTION))
