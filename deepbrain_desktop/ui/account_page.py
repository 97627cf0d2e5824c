"""The page of the selected account: form, request, message, result."""

import math
from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from deepbrain_desktop.session.state import (
    AccountState,
    Failed,
    Granted,
    HistoryRow,
    Requesting,
    State,
    Stopped,
)
from deepbrain_desktop.ui.credentials_form import CredentialsForm
from deepbrain_desktop.ui.facts_view import Facts, FactsView
from deepbrain_desktop.ui.fonts import scaled
from deepbrain_desktop.ui.message_bar import FailureBar, MessageBar, announce
from deepbrain_desktop.ui.messages import message_for, notice_for
from deepbrain_desktop.ui.names import display_name
from deepbrain_desktop.ui.naming import named
from deepbrain_desktop.ui.plain_text import ElidedLabel, TextLabel, make_faint
from deepbrain_desktop.ui.primary import PrimaryButton, make_roomy
from deepbrain_desktop.ui.report import failure_facts, milliseconds
from deepbrain_desktop.ui.result_view import ResultView
from deepbrain_desktop.ui.start_page import StartPage
from deepbrain_desktop.ui.status import waits_for_keychain
from deepbrain_desktop.ui.times import local


class AccountPage(QWidget):
    """Shows one account. Its parts emit what the person wants; the window passes it on."""

    result_made = Signal(object)
    """Carries the ResultView, which is made when it is needed first."""

    def __init__(self, elapsed: Callable[[], float], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._elapsed = elapsed
        self.result: ResultView | None = None
        self._spoken_of: Stopped | None = None
        self.name = ElidedLabel(name="accountName")
        self.name.setFont(scaled(self.name.font(), 1.5, bold=True))
        self.form = CredentialsForm()
        self.request = named(PrimaryButton("&Request token"), "requestToken")
        self.request.setAccessibleName("Request token")
        # "Wait 5 s" is shorter, and nothing beside it is to move.
        self.request.setMinimumWidth(self.request.sizeHint().width())
        self.shortcut = TextLabel("Ctrl+Return")
        self.cancel = named(QPushButton("&Cancel"), "cancel")
        self.cancel.setAccessibleName("Cancel")
        make_roomy(self.cancel)
        self.progress = named(QProgressBar(textVisible=False), "progress")
        self.progress.setRange(0, 0)
        self.progress.setFixedSize(96, 6)
        self.progress.setAccessibleName("Waiting")
        self.busy = TextLabel(name="busy")
        self.last = TextLabel(name="last")
        self.bar = FailureBar("message")
        self.notice = MessageBar("notice")
        self.stack = QStackedWidget()
        self.start = StartPage()
        self.details = FactsView("Failure details", "failureDetails")
        self.stack.addWidget(self.start)
        self._trouble = QWidget()
        trouble = QVBoxLayout(self._trouble)
        trouble.setContentsMargins(0, 0, 0, 0)
        trouble.setSpacing(8)
        trouble.addWidget(self.bar)
        trouble.addWidget(self.details, 1)
        self.stack.addWidget(self._trouble)
        self._lay_out()

    @property
    def shows_result(self) -> bool:
        """Whether a token is on the page."""
        return self.result is not None and self.stack.currentWidget() is self.result

    def display(self, state: State, account: AccountState) -> None:
        """Show this account."""
        focused = self._focused()
        self.name.show_text(display_name(account.account))
        self.form.display(account, state.keychain)
        message = message_for(account, self._elapsed())
        self.bar.show_message(message)
        self.notice.show_message(notice_for(state))
        self._render_result(account, speaks=message is not None)
        self.tick(account)
        if focused is not None and self._focused() is not focused:
            self._pass_focus_on()

    def tick(self, account: AccountState) -> None:
        """Show how things stand this very second."""
        requesting = isinstance(account.phase, Requesting)
        waiting = self._waiting(account)
        self.request.setEnabled(not requesting and not account.removing and waiting == 0)
        self.request.setText(f"Wait {waiting} s" if waiting else "&Request token")
        self.shortcut.setVisible(not requesting)
        for part in (self.cancel, self.progress, self.busy):
            part.setVisible(requesting)
        if isinstance(account.phase, Requesting):
            self.busy.setText(self._busy_words(account.phase))
        self.last.setText(_last_words(account.history))
        if isinstance(account.phase, Granted) and self.result:
            self.result.tick(account)

    def _focused(self) -> QWidget | None:
        """What of this page has the keyboard while the window is active, if it can be used."""
        found = self.window().focusWidget()
        is_here = found is not None and self.isAncestorOf(found) and self._can_be_used(found)
        return found if is_here else None

    def _can_be_used(self, part: QWidget) -> bool:
        return part.isEnabled() and part.isVisibleTo(self)

    def _pass_focus_on(self) -> None:
        """Put the focus, as what had it is gone, on what can be done now.

        Qt would put it on what comes next by Tab, which may be at the other end of the window.
        """
        for part in (self.cancel, self.request, self.form.app_id):
            if self._can_be_used(part):
                part.setFocus()
                return

    def _waiting(self, account: AccountState) -> int:
        until = account.paused_until
        return 0 if until is None else max(0, math.ceil(until - self._elapsed()))

    def _busy_words(self, phase: Requesting) -> str:
        since = self._elapsed() - phase.since
        if waits_for_keychain(phase, self._elapsed()):
            return f"Waiting for your keychain… {since:.0f} s"
        return f"Requesting… {since:.0f} s"

    def _render_result(self, account: AccountState, *, speaks: bool) -> None:
        if isinstance(account.phase, Granted):
            result = self._result()
            result.display(account, account.phase)
            self.stack.setCurrentWidget(result)
            return
        if self.result:
            self.result.forget()
        if speaks:
            facts: Facts = ()
            if isinstance(account.phase, Failed) and self.bar.details.isChecked():
                facts = failure_facts(account.phase)
            self.details.show_facts(facts)
            self.stack.setCurrentWidget(self._trouble)
            return
        match account.phase:
            case Requesting():
                words = ""
            case Stopped():
                words = "Cancelled. No token was kept."
            case _:
                words = "The token will be shown here."
        is_blank = account.is_blank and not isinstance(account.phase, Requesting)
        self.start.display(is_blank=is_blank, words=words)
        self.stack.setCurrentWidget(self.start)
        if isinstance(account.phase, Stopped) and account.phase is not self._spoken_of:
            self._spoken_of = account.phase
            announce(self, words)

    def _result(self) -> ResultView:
        if self.result is None:
            self.result = ResultView(self._elapsed)
            self.stack.addWidget(self.result)
            self.result_made.emit(self.result)
        return self.result

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.name, 1)
        server = TextLabel("&Server")
        server.setBuddy(self.form.server)
        head.setSpacing(8)
        head.addWidget(server)
        head.addWidget(self.form.server)
        act = QHBoxLayout()
        act.setSpacing(8)
        for part in (self.request, self.shortcut, self.cancel, self.progress, self.busy):
            act.addWidget(part)
        act.addStretch()
        act.addWidget(self.last)
        for faint in (self.shortcut, self.last, server):
            make_faint(faint)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 12)
        column.setSpacing(8)
        column.addLayout(head)
        column.addSpacing(4)
        column.addWidget(self.form)
        column.addLayout(act)
        column.addSpacing(8)
        column.addWidget(self.stack, 1)
        column.addWidget(self.notice)


def _last_words(history: tuple[HistoryRow, ...]) -> str:
    if not history or history[0].seconds is None:
        return ""
    latest = history[0]
    seconds = latest.seconds or 0.0
    return f"Last: {milliseconds(seconds)}, {local(latest.at, with_date=False)[:8]}"
