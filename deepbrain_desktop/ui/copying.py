"""What goes to the clipboard, and what is said about how long it stays there."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QClipboard

from deepbrain_desktop.session.state import Granted, State
from deepbrain_desktop.studios.exchange import Exchange
from deepbrain_desktop.studios.snippets import CODE_FORMS, Form, snippet
from deepbrain_desktop.system.clipboard import Clipboard
from deepbrain_desktop.system.preferences import Preferences
from deepbrain_desktop.ui.copy_buttons import FORM_NAMES
from deepbrain_desktop.ui.times import clock_span
from deepbrain_desktop.ui.wording import COULD_NOT_COPY

_LONGEST_OWNER = 40
"""Characters of an account's name beside a countdown."""


class Copying(QObject):
    """Copies secrets on loan and everything else plainly."""

    words_changed = Signal(str)
    """What to say about the clipboard now."""
    told = Signal(str)
    """A sentence for a moment: that something was copied, or could not be."""

    def __init__(
        self,
        clipboard: Clipboard,
        system_clipboard: QClipboard,
        preferences: Preferences,
        elapsed: Callable[[], float],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._clipboard = clipboard
        self._system_clipboard = system_clipboard
        self._preferences = preferences
        self._elapsed = elapsed
        self._had_lease = False
        self._brought_by: Exchange | None = None
        """The request that brought what is on the clipboard; holds nothing of it."""
        self._is_earlier = False
        """Whether what that request brought is on no page any more."""
        clipboard.lease_changed.connect(self._lease_changed)

    @property
    def ends_at(self) -> float | None:
        """When what was copied leaves the clipboard, on the elapsed clock, if it does."""
        lease = self._clipboard.lease
        return None if lease is None else lease.ends_at

    @property
    def words(self) -> str:
        """What there is to say about the clipboard."""
        lease = self._clipboard.lease
        if lease is None:
            return ""
        what = f"{lease.label} (an earlier one)" if self._is_earlier else lease.label
        if lease.ends_at is None:
            return f"{what}: on the clipboard until you quit"
        left = max(0.0, lease.ends_at - self._elapsed())
        return f"{what}: leaves the clipboard in {clock_span(left + 0.5)}"

    def follow(self, state: State) -> None:
        """Tell what is on the clipboard from the token that its account has in this state."""
        phases = [each.phase for each in state.accounts]
        shown = [each.exchange for each in phases if isinstance(each, Granted)]
        self._is_earlier = all(each is not self._brought_by for each in shown)

    def copy_form(self, granted: Granted, form: Form, owner: str, *, with_token: bool) -> None:
        """Copy the token of the account named ``owner`` in one of its forms."""
        if form is Form.CLAIMS:
            self.copy_secret(granted, granted.decoded.claims_json or "", FORM_NAMES[form], owner)
            return
        origin = granted.exchange.origin
        if form in CODE_FORMS and not with_token:
            self.copy_plainly(snippet(form, origin, None), FORM_NAMES[form])
            return
        text = snippet(form, origin, granted.token)
        self.copy_secret(granted, text, FORM_NAMES[form], owner)

    def copy_secret(self, granted: Granted, text: str, label: str, owner: str) -> None:
        """Copy text of the account named ``owner`` that leaves the clipboard by itself."""
        whose = f"{label} of {_short(owner)}"
        self._brought_by, self._is_earlier = granted.exchange, False
        if self._clipboard.copy(text, whose, self._preferences.clipboard_lifetime):
            self.told.emit(f"{label} copied")
        else:
            self.told.emit(COULD_NOT_COPY)

    def copy_plainly(self, text: str, label: str) -> None:
        """Copy text that is no secret, to stay."""
        self._clipboard.clear()
        self._system_clipboard.setText(text)
        self.told.emit(f"{label} copied")

    @Slot()
    def clear(self) -> None:
        """Take back what of ours is on the clipboard."""
        self._clipboard.clear()

    @Slot(object)
    def _lease_changed(self, lease: object) -> None:
        if lease is None and self._had_lease:
            self.told.emit("Off the clipboard")
        self._had_lease = lease is not None
        self.words_changed.emit(self.words)


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_OWNER else f"{name[: _LONGEST_OWNER - 1].rstrip()}…"
