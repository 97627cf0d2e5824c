"""Tells of a key that was not saved, or not removed, whichever account is on the page."""

from PySide6.QtCore import QObject, Signal, Slot

from deepbrain_desktop.session import Session
from deepbrain_desktop.session.state import State
from deepbrain_desktop.system.keychain_errors import KeychainError
from deepbrain_desktop.ui.names import display_name
from deepbrain_desktop.ui.wording import describe_key_problem


class KeyNews(QObject):
    """What stands beside the key's field as well, but is not spoken there."""

    told = Signal(str)
    """A sentence for a moment."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._known: dict[str, KeychainError | None] = {}
        session.state_changed.connect(self._follow)

    @Slot(object)
    def _follow(self, state: State) -> None:
        before = self._known
        self._known = {each.id: each.key_problem for each in state.accounts}
        for each in state.accounts:
            problem = each.key_problem
            if problem is not None and problem is not before.get(each.id):
                words = describe_key_problem(problem, removing=each.removal_failed)
                self.told.emit(f"{words} · {display_name(each.account)}")
