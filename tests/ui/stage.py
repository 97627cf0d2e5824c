"""The real program in a window, the person who works it, and what stands around the two."""

import threading
import uuid
import warnings
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QDragEnterEvent, QDropEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot
from ui.others import PATIENCE, offered

from deepbrain_desktop import app
from deepbrain_desktop.account import Account, KeychainEntry, ServerKind
from deepbrain_desktop.session.issuing import Issuing
from deepbrain_desktop.session.state import AccountState, Requesting, State
from deepbrain_desktop.studios.client import Limits, StudiosClient
from deepbrain_desktop.studios.credentials import Secret
from deepbrain_desktop.studios.sandbox import Sandbox
from deepbrain_desktop.studios.scenarios import SANDBOX_USER_KEY
from deepbrain_desktop.system import clock
from deepbrain_desktop.system.preferences import Preferences
from deepbrain_desktop.waiting import Cancellation, Cancelled

LIMITS = Limits(connect=2.0, idle=0.4, total=2.0)


class Clock:
    """An elapsed clock that stands still until it is set forward."""

    def __init__(self) -> None:
        self._now = clock.elapsed()

    def __call__(self) -> float:
        return self._now

    def advance(self, seconds: float) -> None:
        self._now += seconds


class StagedKeychain:
    """A keychain in memory that asks, waits or refuses as a test wants it."""

    label = "GNOME Keyring"

    def __init__(self) -> None:
        self.keys: dict[KeychainEntry, Secret] = {}
        self.failure: Exception | None = None
        self.waits = False

    def name(self, _cancellation: Cancellation) -> str:
        return self.label

    def read(self, entry: KeychainEntry, cancellation: Cancellation) -> Secret | None:
        self._behave(cancellation)
        return self.keys.get(entry)

    def save(self, entry: KeychainEntry, key: Secret, cancellation: Cancellation) -> None:
        self._behave(cancellation)
        self.keys[entry] = key

    def remove(self, entry: KeychainEntry, cancellation: Cancellation) -> None:
        self._behave(cancellation)
        self.keys.pop(entry, None)

    def _behave(self, cancellation: Cancellation) -> None:
        if self.waits:
            cancelled = threading.Event()
            cancellation.subscribe(cancelled.set)
            cancelled.wait(PATIENCE / 1000)
            raise Cancelled
        if self.failure is not None:
            raise self.failure


class Studio:
    """A program built as the real one is, and a person before it."""

    def __init__(
        self,
        bot: QtBot,
        *accounts: Account,
        keychain: object = None,
        preferences: Preferences | None = None,
        shelf: object = None,
        elapsed: Callable[[], float] = clock.elapsed,
        log_folder: Path | None = None,
        selected: str | None = None,
        limits: Limits = LIMITS,
    ) -> None:
        self.bot = bot
        self.keychain = keychain or StagedKeychain()
        self.preferences = preferences or Preferences()
        self.shelf = shelf or app.MemoryShelf(accounts)
        self.limits = limits
        self.issuing = Issuing(elapsed, clock.wall, lambda: StudiosClient(self.limits))
        self.program = app.build(
            app.Parts(
                self.shelf, self.keychain, self.preferences, log_folder, self.issuing, elapsed
            ),
            selected,
        )
        self.window = self.program.window
        self.page = self.program.workspace.page
        self.form = self.page.form
        self.list = self.program.workspace.list
        self.session = self.program.session
        self.window.show()
        self.take_keyboard(self.window)
        self.session.keys.look_for_keychain()
        self.wait(lambda: self.state.keychain.name or self.state.keychain.problem)

    @property
    def state(self) -> State:
        return self.session.state

    @property
    def current(self) -> AccountState:
        assert self.state.current is not None
        return self.state.current

    @property
    def result(self):
        assert self.page.result is not None
        return self.page.result

    @property
    def token(self) -> str:
        return self.current.phase.token.reveal()

    def close(self) -> None:
        self.window.close()
        self.program.shut_down()
        self.window.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    # The person's eyes

    def wait(self, condition: Callable[[], object]) -> None:
        self.bot.waitUntil(lambda: bool(condition()), timeout=PATIENCE)

    def wait_for_outcome(self) -> None:
        self.wait(lambda: not isinstance(self.current.phase, Requesting))

    def find(self, name: str) -> QWidget:
        """The one visible widget of this object name."""
        found = [each for each in self.window.findChildren(QWidget, name) if each.isVisible()]
        assert len(found) == 1, f"{name}: {found}"
        return found[0]

    def sees(self, name: str) -> bool:
        return any(each.isVisible() for each in self.window.findChildren(QWidget, name))

    @property
    def focus(self) -> str:
        """The object name of what has the keyboard."""
        widget = QApplication.focusWidget()
        return widget.objectName() if widget else ""

    # The person's hands

    def take_keyboard(self, window: QWidget) -> None:
        """Come to the front; no window manager is here that would do so by itself."""
        assert QTest.qWaitForWindowExposed(window, PATIENCE)
        window.activateWindow()
        self.wait(lambda: QApplication.activeWindow() is window)

    def press(self, *keys: str) -> None:
        """Press keys (``Tab``, ``Ctrl+Return``), wherever the keyboard goes."""
        if QApplication.activeWindow() is None:
            self.take_keyboard(self.window)  # a window manager would hand it back
        for each in keys:
            stroke = QKeySequence(each)[0]
            self.bot.keyClick(self._target(), stroke.key(), stroke.keyboardModifiers())

    def type(self, text: str) -> None:
        self.bot.keyClicks(self._target(), text)

    def click(self, name: str) -> None:
        """Click in the middle of a control that can be seen and used."""
        widget = self.find(name)
        assert widget.isEnabled(), f"{name} is disabled"
        self.click_at(widget, widget.rect().center())

    def click_at(self, widget: QWidget, place: QPoint) -> None:
        self.bot.mouseClick(widget, Qt.MouseButton.LeftButton, pos=place)

    def fill(self, name: str, text: str) -> None:
        """Click into a field and replace what stands there."""
        self.click(name)
        self.press("Ctrl+A", "Delete")
        self.type(text)

    def paste(self, name: str, text: str) -> None:
        """Press Ctrl+V in a field, with the text from another program on the clipboard."""
        self.click(name)
        with offered(self.bot, text):
            self.press("Ctrl+V")

    def ask_for_menu(self, name: str) -> QWidget:
        """Open a control's context menu, as the menu key does."""
        widget = self.find(name)
        place = widget.rect().center()
        reason = QContextMenuEvent.Reason.Keyboard
        event = QContextMenuEvent(reason, place, widget.mapToGlobal(place))
        QApplication.sendEvent(widget, event)
        self.wait(QApplication.activePopupWidget)
        return QApplication.activePopupWidget()

    def drop(self, widget: QWidget, text: str) -> bool:
        """Let go of dragged text over a widget; whether it was taken."""
        data = QMimeData()
        data.setText(text)
        place = widget.rect().center()
        buttons = (Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
        with warnings.catch_warnings():
            # The one constructor that PySide6 6.11 has is deprecated in 6.12.
            warnings.simplefilter("ignore", DeprecationWarning)
            enter = QDragEnterEvent(place, Qt.DropAction.CopyAction, data, *buttons)
        QApplication.sendEvent(widget, enter)
        if not enter.isAccepted():
            return False
        drop = QDropEvent(QPointF(place), Qt.DropAction.CopyAction, data, *buttons)
        QApplication.sendEvent(widget, drop)
        return drop.isAccepted()

    def request(self) -> None:
        """Press Ctrl+Return and wait for what comes of it."""
        self.press("Ctrl+Return")
        self.wait_for_outcome()

    def choose(self, menu: QMenu, name: str) -> None:
        """Open a menu and click an entry of it."""
        menu.popup(self.window.mapToGlobal(QPoint(10, 10)))
        self.bot.waitExposed(menu)
        action = next(each for each in menu.actions() if each.objectName() == name)
        assert action.isEnabled(), f"{name} is disabled"
        self.click_at(menu, menu.actionGeometry(action).center())

    def menu(self, title: str) -> QMenu:
        """The menu of the menu bar with this title, without its mnemonic."""
        bar = self.window.menuBar().actions()
        return next(each.menu() for each in bar if each.text().replace("&", "") == title)

    def dialog(self, name: str = "") -> QWidget:
        """The dialog that is open, with the keyboard in it."""
        self.wait(QApplication.activeModalWidget)
        dialog = QApplication.activeModalWidget()
        assert not name or dialog.objectName() == name
        self.take_keyboard(dialog)
        return dialog

    def _target(self) -> QWidget:
        popup = QApplication.activePopupWidget()
        return popup or QApplication.focusWidget() or QApplication.activeWindow() or self.window


# Accounts


def new_key() -> str:
    return str(uuid.uuid4())


def account(name: str, app_id: str = "", **more: object) -> Account:
    return Account(uuid.uuid4().hex, name, app_id, **more)


def asking(sandbox: Sandbox, scenario: str, name: str = "", **more: object) -> Account:
    """An account that asks a sandbox as if it were a server of one's own, and keeps no key."""
    defaults = {
        "app_id": f"studiov3.{scenario}@sandbox.example",
        "server": ServerKind.OTHER,
        "address": sandbox.server.origin,
        "remember": False,
    }
    return account(name or scenario, **{**defaults, **more})


def with_key(studio: Studio) -> None:
    """Type the sandbox's key."""
    studio.fill("userKey", SANDBOX_USER_KEY)
