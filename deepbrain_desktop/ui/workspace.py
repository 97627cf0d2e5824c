"""What fills the window: it shows the session's state and passes on what the person wants."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QSplitter

from deepbrain_desktop import product
from deepbrain_desktop.session import Session
from deepbrain_desktop.session.state import AccountState, Failed, Granted, State
from deepbrain_desktop.studios.scenarios import DEFAULT
from deepbrain_desktop.studios.snippets import Form
from deepbrain_desktop.ui import dialogs
from deepbrain_desktop.ui.account_list import AccountList
from deepbrain_desktop.ui.account_page import AccountPage
from deepbrain_desktop.ui.copying import Copying
from deepbrain_desktop.ui.intents import Intents
from deepbrain_desktop.ui.key_news import KeyNews
from deepbrain_desktop.ui.main_window import MainWindow
from deepbrain_desktop.ui.menus import TABS, add_sandbox_menu, fill_menus, offer
from deepbrain_desktop.ui.message_bar import announce
from deepbrain_desktop.ui.names import display_name
from deepbrain_desktop.ui.plain_text import TextLabel
from deepbrain_desktop.ui.report import support_report
from deepbrain_desktop.ui.result_view import ResultView
from deepbrain_desktop.ui.surroundings import Surroundings
from deepbrain_desktop.ui.ticking import Ticking
from deepbrain_desktop.ui.wording import CRASHED, CRASHED_ADVICE, Action, describe_refusal, explain


class Workspace(QObject):
    """Fills a window, renders the session's state in it; every action ends in an intent."""

    def __init__(self, window: MainWindow, session: Session, around: Surroundings) -> None:
        super().__init__(window)
        self.window = window
        self._session = session
        self._around = around
        self.copying = Copying(
            around.clipboard, around.system_clipboard, around.preferences, around.elapsed, self
        )
        self.list = AccountList()
        self.page = AccountPage(around.elapsed)
        self.intents = Intents(
            window, session, self.copying, around.system_clipboard, self.page.form.settle
        )
        self.splitter = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False)
        self.splitter.addWidget(self.list)
        self.splitter.addWidget(self.page)
        self.splitter.setStretchFactor(1, 1)
        self.splitter.setSizes([216, 744])
        if around.preferences.splitter_state:
            self.splitter.restoreState(around.preferences.splitter_state)
        window.setCentralWidget(self.splitter)
        window.statusBar().setSizeGripEnabled(False)
        self._lease = TextLabel(name="leaseElsewhere")
        self._lease.setAccessibleName("Clipboard")
        self._lease.setContentsMargins(0, 0, 8, 0)
        window.statusBar().addPermanentWidget(self._lease)
        self.actions_by_name = fill_menus(window, self._wishes())
        self._fill_lately()
        self._connect()
        self._ticking = Ticking(self)
        self._ticking.ticked.connect(self._render_again)
        session.state_changed.connect(self.render_state)
        self._follow_clock()
        # Its parent would show it later. A window that becomes active before has no cursor.
        self.splitter.show()
        self.page.form.focus_next_empty()

    @Slot(object)
    def render_state(self, state: State) -> None:
        """Show the state."""
        current = state.current
        if current is None:
            return
        self.list.display(state, self._around.elapsed())
        self.page.display(state, current)
        self._enable(current)
        self.copying.follow(state)
        self._show_lease(self.copying.words)

    @Slot()
    def conceal(self) -> None:
        """Leave no secret to be read or pasted: the person has gone."""
        self._mask_key()
        if self.page.result:
            self.page.result.token.conceal()
        self.copying.clear()

    def show_crash(self, text: str) -> None:
        """Say that something went wrong, in words that can be copied."""
        dialogs.show_text(
            self.window,
            CRASHED,
            CRASHED_ADVICE,
            text,
            partial(self.copying.copy_plainly, label="Report"),
        )

    def _wishes(self) -> dict[str, Callable[[], object]]:
        intents, session = self.intents, self._session
        current = intents.with_current
        return {
            "addAccount": self._add_account,
            "addSandbox": partial(intents.try_sandbox, DEFAULT),
            "quit": self.window.close,
            "pasteCredentials": intents.paste_credentials,
            "find": self.list.begin_filter,
            "requestToken": current(self._request),
            "cancel": current(session.requests.cancel),
            "copyToken": partial(self._copy, Form.TOKEN, with_token=True),
            "renameAccount": current(intents.rename),
            "duplicateAccount": current(intents.duplicate),
            "removeAccount": current(intents.remove),
            "forgetKey": current(intents.forget_key),
            "nextAccount": partial(intents.step, 1),
            "previousAccount": partial(intents.step, -1),
            "copyReport": self._copy_report,
            "clearClipboard": self.copying.clear,
            "openKeyPage": intents.open_key_page,
            "openLogFolder": self._open_log_folder,
            "showDetails": self.page.bar.details.click,
            "documentation": partial(intents.open_page, product.DOCUMENTATION),
            "about": self._about,
            **{name: partial(self._show_tab, number) for number, name in enumerate(TABS)},
        }

    def _connect(self) -> None:
        session, intents, form = self._session, self.intents, self.page.form
        accounts, keys, current = session.accounts, session.keys, intents.with_current
        self.window.visibility_changed.connect(self._follow_clock)
        self.window.deactivated.connect(self._mask_key)
        self.window.text_dropped.connect(intents.take_text)
        self.window.closed.connect(self._remember_layout)
        self.window.statusBar().messageChanged.connect(self._say_aloud)
        self.list.selected.connect(accounts.select)
        self.list.filter.refused.connect(lambda why: self._tell(describe_refusal(why)))
        self.list.add_wanted.connect(self._add_account)
        self.list.remove_wanted.connect(current(intents.remove))
        self.list.rename_wanted.connect(current(intents.rename))
        self.page.request.clicked.connect(current(self._request))
        self.page.cancel.clicked.connect(current(session.requests.cancel))
        form.submitted.connect(current(self._request))
        form.app_id_edited.connect(lambda text: current(partial(accounts.edit, app_id=text))())
        form.key_edited.connect(lambda text: current(partial(_swap, keys.type_key, text))())
        form.address_edited.connect(lambda text: current(partial(accounts.edit, address=text))())
        form.server_chosen.connect(lambda kind: current(partial(accounts.edit, server=kind))())
        form.remember_toggled.connect(lambda on: current(partial(accounts.edit, remember=on))())
        form.credentials_pasted.connect(intents.fill)
        form.save_wanted.connect(current(keys.save))
        form.forget_wanted.connect(current(intents.forget_key))
        self.page.bar.acted.connect(self._act_on_message)
        self.page.bar.report_wanted.connect(self._copy_report)
        self.page.notice.dismissed.connect(accounts.dismiss_notice)
        self.page.bar.details_toggled.connect(self._render_again)
        self.page.start.key_page_wanted.connect(intents.open_key_page)
        self.page.start.sandbox_wanted.connect(intents.try_sandbox)
        self.page.result_made.connect(self._result_made)
        self.copying.words_changed.connect(self._show_lease)
        self.copying.told.connect(self._tell)
        KeyNews(session, self).told.connect(self._tell)

    @Slot(object)
    def _result_made(self, result: ResultView) -> None:
        result.copy_wanted.connect(lambda form, with_token: self._copy(form, with_token=with_token))
        result.rows_copy_wanted.connect(self._copy_rows)

    def _request(self, account_id: str) -> None:
        self._session.requests.request_token(account_id)
        found = self._session.state.find(account_id)
        if found is not None:
            self.page.form.focus_flaw(found)

    def _copy(self, form: Form, *, with_token: bool) -> None:
        current = self._session.state.current
        if current and isinstance(current.phase, Granted):
            owner = display_name(current.account)
            self.copying.copy_form(current.phase, form, owner, with_token=with_token)

    @Slot(str)
    def _copy_rows(self, text: str) -> None:
        current = self._session.state.current
        if current and isinstance(current.phase, Granted):
            owner = display_name(current.account)
            self.copying.copy_secret(current.phase, text, "Rows", owner)

    @Slot()
    def _copy_report(self) -> None:
        state = self._session.state
        if state.current:
            report = support_report(state.current, state.keychain, self._around.versions())
            self.copying.copy_plainly(report, "Report")

    @Slot()
    def _act_on_message(self) -> None:
        current = self._session.state.current
        if current is None or not isinstance(current.phase, Failed):
            return
        form = self.page.form
        match explain(current.phase.problem).action:
            case Action.TRY_AGAIN:
                self._request(current.id)
            case Action.TRUST_HOST:
                self._session.requests.trust_host(current.id)
            case Action.OPEN_KEY_PAGE:
                self.intents.open_key_page()
            case Action.TYPE_KEY:
                form.user_key.setFocus()
            case Action.EDIT_APP_ID:
                form.app_id.setFocus()
                form.app_id.selectAll()
            case Action.EDIT_SERVER:
                (form.address if form.address.isVisible() else form.server).setFocus()

    @Slot()
    def _add_account(self) -> None:
        self.intents.add_account()
        self.page.form.app_id.setFocus()

    @Slot()
    def _render_again(self) -> None:
        self.render_state(self._session.state)

    @Slot(str)
    def _show_lease(self, words: str) -> None:
        beside_token = self.page.shows_result
        if self.page.result:
            self.page.result.show_lease(words if beside_token else "")
        self._lease.setText("" if beside_token else words)
        self.actions_by_name["clearClipboard"].setEnabled(bool(words))
        elapsed = self._around.elapsed()
        self._ticking.follow(self._session.state, elapsed, self.copying.ends_at)

    @Slot(str)
    def _tell(self, words: str) -> None:
        self.window.statusBar().showMessage(words, 4000)

    @Slot(str)
    def _say_aloud(self, words: str) -> None:
        if words:
            announce(self.window, words)

    @Slot()
    def _follow_clock(self) -> None:
        self._ticking.rest(resting=not self.window.can_be_seen)
        self._render_again()

    @Slot()
    def _mask_key(self) -> None:
        self.page.form.show_key.setChecked(False)

    @Slot()
    def _remember_layout(self) -> None:
        self._around.preferences.splitter_state = bytes(self.splitter.saveState().data())

    def _enable(self, current: AccountState) -> None:
        offer(self.actions_by_name, current)
        self.actions_by_name["requestToken"].setEnabled(self.page.request.isEnabled())
        self.list.remove_button.setEnabled(not current.is_blank)

    def _fill_lately(self) -> None:
        add_sandbox_menu(self.window, self.actions_by_name["quit"], self.intents.try_sandbox)
        lifetime = self._around.preferences.clipboard_lifetime
        for name, action in self.actions_by_name.items():
            if name.startswith("lifetime"):
                action.setChecked(action.data() == lifetime)
                action.triggered.connect(partial(self._choose_lifetime, action))

    def _choose_lifetime(self, action: QAction, _checked: bool = True) -> None:  # noqa: FBT001, FBT002
        self._around.preferences.clipboard_lifetime = action.data()
        self._around.preferences.save(patience=0)

    def _show_tab(self, number: int) -> None:
        if self.page.result and self.page.shows_result:
            self.page.result.tabs.setCurrentIndex(number)
            self.page.result.tabs.currentWidget().setFocus()

    @Slot()
    def _open_log_folder(self) -> None:
        if self._around.log_folder:
            self.intents.open_page(self._around.log_folder.as_uri())

    @Slot()
    def _about(self) -> None:
        dialogs.show_text(
            self.window,
            f"About {product.NAME}",
            f"{product.NAME} requests, shows and copies AI Studios session tokens.",
            "\n".join(self._around.versions()),
            partial(self.copying.copy_plainly, label="Versions"),
            QApplication.windowIcon(),
        )


def _swap(intent: Callable[[str, str], object], text: str, account_id: str) -> None:
    intent(account_id, text)
