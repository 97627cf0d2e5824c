"""What a request brought: the token's state, its clock, and what it says."""

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from deepbrain_desktop.session.state import AccountState, Granted
from deepbrain_desktop.studios.decoded import ExpiryNotStated, ExpiryStated, ExpiryUnreadable
from deepbrain_desktop.ui import meanings
from deepbrain_desktop.ui.copy_buttons import CopyButtons
from deepbrain_desktop.ui.entry_table import EntryTable
from deepbrain_desktop.ui.facts_view import FactsView
from deepbrain_desktop.ui.fonts import scaled
from deepbrain_desktop.ui.lifetime_bar import LifetimeBar
from deepbrain_desktop.ui.message_bar import announce
from deepbrain_desktop.ui.naming import named
from deepbrain_desktop.ui.plain_text import ElidedLabel, TextLabel, make_faint, plain_tip
from deepbrain_desktop.ui.remarks import remarks_on
from deepbrain_desktop.ui.report import granted_facts, history_line
from deepbrain_desktop.ui.status import status_of
from deepbrain_desktop.ui.symbols import SymbolLabel
from deepbrain_desktop.ui.times import is_today, local, relative, utc
from deepbrain_desktop.ui.token_view import TokenView


class ResultView(QWidget):
    """Shows a granted token; emits what is to be copied."""

    copy_wanted = Signal(object, bool)
    """Carries the Form, and whether code is to hold the token itself."""
    rows_copy_wanted = Signal(str)

    def __init__(self, elapsed: Callable[[], float], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._elapsed = elapsed
        self._granted: Granted | None = None
        self._word = ""
        self._symbol = SymbolLabel(24)
        self.status = TextLabel(name="tokenStatus")
        self.status.setFont(scaled(self.status.font(), 1.35, bold=True))
        self.clock = TextLabel(name="countdown")
        self.clock.setFont(scaled(self.clock.font(), 1.35))
        self.bar = LifetimeBar()
        self.expiry = ElidedLabel(name="expiry")
        self.expiry.setAccessibleName("Expiry")
        self.copy = CopyButtons()
        self.copy.copy_wanted.connect(self.copy_wanted)
        self.lease = ElidedLabel(name="lease")
        self.lease.setAccessibleName("Clipboard")
        self.remarks = ElidedLabel(name="remarks")
        self.remarks.setAccessibleName("Remarks")
        self.claims = EntryTable("Claims", "Claim", meanings.CLAIMS, self._now)
        self.header = EntryTable("Header", "Parameter", meanings.HEADER, self._now)
        for table in (self.claims, self.header):
            table.copy_wanted.connect(self.rows_copy_wanted)
        self.token = TokenView()
        self.token.copy_wanted.connect(self.copy.token.click)
        self.request = FactsView("Request", "request")
        self._lay_out()

    def display(self, account: AccountState, granted: Granted) -> None:
        """Show this token of this account."""
        if granted is not self._granted:
            self._granted = granted
            self._word = ""
            self.claims.show_entries(granted.decoded.claims)
            self.header.show_entries(granted.decoded.header)
            self.token.show_token(granted.token)
            self.copy.offer_claims(granted.decoded.claims_json is not None)
        facts = granted_facts(granted)
        earlier = tuple(("", history_line(row)) for row in account.history[1:11])
        if earlier:
            facts = (*facts, ("Earlier", earlier[0][1]), *earlier[1:])
        remarks = remarks_on(granted, account)
        facts = (*facts, *(("Remark", each) for each in remarks))
        self.request.show_facts(facts)
        self.remarks.setVisible(bool(remarks))
        more = f"   (+{len(remarks) - 1} more)" if len(remarks) > 1 else ""
        self.remarks.show_text((remarks[0] + more) if remarks else "")
        self.remarks.setToolTip(plain_tip(*remarks))
        self.tick(account)

    def tick(self, account: AccountState) -> None:
        """Show how things stand this very second."""
        status = status_of(account, self._elapsed())
        self._symbol.show_symbol(status.symbol, status.tone)
        self.status.setText(status.word)
        self.status.setAccessibleName("Token status")
        self.status.setAccessibleDescription(f"{status.word}. {status.clock}")
        self.clock.setText(status.clock)
        self.bar.show_share(status.fraction, status.tone)
        if self._granted:
            self.expiry.show_text(_expiry_line(self._granted, self._now()))
        if status.word != self._word:
            announce(self.status, f"Token: {status.word}. {status.clock}".rstrip(". "))
            self._word = status.word
        for table in (self.claims, self.header):
            table.refresh_times()

    def forget(self) -> None:
        """Drop the token: another account, or nothing, is shown now."""
        self._granted = None
        self.token.forget()
        self.claims.show_entries(())
        self.header.show_entries(())

    def show_lease(self, text: str) -> None:
        """Say what of ours is on the clipboard."""
        self.lease.show_text(text)

    def _now(self) -> float:
        return self._granted.service_time.now(self._elapsed()) if self._granted else 0.0

    def _lay_out(self) -> None:
        status = QHBoxLayout()
        status.setSpacing(8)
        status.addWidget(self._symbol)
        status.addWidget(self.status)
        status.addSpacing(16)
        status.addWidget(self.clock)
        status.addStretch()
        copy = QHBoxLayout()
        copy.setSpacing(12)
        copy.addWidget(self.copy)
        self._shortcut = TextLabel("Ctrl+Shift+C")
        make_faint(self._shortcut)
        copy.addWidget(self._shortcut)
        copy.addWidget(self.lease, 1)
        self.tabs = named(QTabWidget(documentMode=True), "resultTabs")
        self.tabs.setIconSize(QSize(0, 0))
        for number, (page, words) in enumerate(
            (
                (self.claims, "Claims"),
                (self.header, "Header"),
                (self.token, "Token"),
                (self.request, "Request"),
            )
        ):
            self.tabs.addTab(page, words)
            self.tabs.setTabToolTip(number, f"{words} (Alt+{number + 1})")
        unchecked = TextLabel("Decoded only: signature not checked", name="unchecked")
        unchecked.setAlignment(Qt.AlignmentFlag.AlignRight)
        make_faint(unchecked)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(status)
        column.addWidget(self.bar)
        column.addWidget(self.expiry)
        column.addLayout(copy)
        column.addWidget(self.remarks)
        column.addWidget(self.tabs, 1)
        column.addWidget(unchecked)


def _expiry_line(granted: Granted, now: float) -> str:
    match granted.decoded.expiry:
        case ExpiryStated(at):
            today = is_today(at, now)
            word = "Expires" if at > now else "Expired"
            here = local(at, with_date=not today)
            return f"{word} {here} · {utc(at, with_date=not today)} · {relative(at, now)}"
        case ExpiryNotStated():
            return "No expiry stated: its lifetime is unknown"
        case ExpiryUnreadable(value):
            return f"Expiry not readable: {value}"
