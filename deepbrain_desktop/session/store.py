"""Holds the one state and says when it has changed."""

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from deepbrain_desktop.session.state import AccountState, State


class Store(QObject):
    """The state; only the session's own parts put a new one."""

    changed = Signal(object)
    """Carries the State."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = State()
        self._telling = False

    @property
    def state(self) -> State:
        """The state as it is now."""
        return self._state

    def put(self, **changes: Any) -> None:  # noqa: ANN401 - the fields of State
        """Change fields of the state, and say so.

        Where a listener puts a state itself, all hear of it after all have heard of this one: the
        last state that anybody hears of is the newest.
        """
        state = replace(self._state, **changes)
        if state == self._state:
            return
        self._state = state
        if not self._telling:
            self._tell()

    def put_account(self, account_id: str, **changes: Any) -> None:  # noqa: ANN401 - of AccountState
        """Change fields of one account's state; of an account that is gone, nothing."""
        self.put(
            accounts=tuple(
                replace(each, **changes) if each.id == account_id else each
                for each in self._state.accounts
            )
        )

    def find(self, account_id: str) -> AccountState | None:
        """The account with this id."""
        return self._state.find(account_id)

    def _tell(self) -> None:
        self._telling = True
        told = None
        try:
            while told is not self._state:
                told = self._state
                self.changed.emit(told)
        finally:
            self._telling = False
