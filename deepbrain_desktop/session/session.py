"""The one object that moves the program from state to state: intents in, one signal out."""

from PySide6.QtCore import QObject, SignalInstance

from deepbrain_desktop.session.accounts import Accounts
from deepbrain_desktop.session.keys import Keys
from deepbrain_desktop.session.ports import World
from deepbrain_desktop.session.requests import Requests
from deepbrain_desktop.session.state import State
from deepbrain_desktop.session.store import Store


class Session:
    """Accounts, keys and requests over one shared state."""

    def __init__(self, world: World, parent: QObject | None = None) -> None:
        self._store = Store(parent)
        self.accounts = Accounts(self._store, world)
        self.keys = Keys(self._store, world, self.accounts)
        self.requests = Requests(self._store, world, self.accounts, self.keys)

    @property
    def state(self) -> State:
        """The state as it is now."""
        return self._store.state

    @property
    def state_changed(self) -> SignalInstance:
        """Emitted with the new State whenever it differs from the one before."""
        return self._store.changed

    def remove(self, account_id: str, *, leave_keys: bool = False) -> None:
        """Remove an account and, before it, its keys; where those stay, so does the account."""
        self.requests.cancel(account_id)
        if leave_keys:
            self.keys.stop_saving(account_id)
            self.accounts.drop(account_id)
        else:
            self.keys.forget(account_id, lambda: self.accounts.drop(account_id))

    def shut_down(self) -> None:
        """Stop what is under way and write what is not written yet."""
        self.requests.shut_down()
        self.keys.shut_down()
        self.accounts.flush()
