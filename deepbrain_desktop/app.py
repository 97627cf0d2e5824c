"""The composition root: builds the parts in a window, wires them and shuts them down."""

import codecs
import logging
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtGui import QGuiApplication

from deepbrain_desktop import __version__, product
from deepbrain_desktop.account import Account, ServerKind
from deepbrain_desktop.background import Background
from deepbrain_desktop.crashes import CrashNotices
from deepbrain_desktop.session import Session
from deepbrain_desktop.session.issuing import Issuing
from deepbrain_desktop.session.ports import AccountsShelf, Keychain, World
from deepbrain_desktop.studios.scenarios import DEFAULT
from deepbrain_desktop.system import clock, hardening, logs
from deepbrain_desktop.system.accounts_file import AccountsFile, Reading
from deepbrain_desktop.system.clipboard import Clipboard
from deepbrain_desktop.system.lazy_keychain import LazyKeychain, NoKeychain
from deepbrain_desktop.system.paths import Paths
from deepbrain_desktop.system.preferences import Preferences
from deepbrain_desktop.system.screen_lock import ScreenLock
from deepbrain_desktop.ui.held_keys import HeldKeys
from deepbrain_desktop.ui.icon import application_icon
from deepbrain_desktop.ui.main_window import MainWindow
from deepbrain_desktop.ui.names import display_name
from deepbrain_desktop.ui.surroundings import Surroundings
from deepbrain_desktop.ui.workspace import Workspace

_CODECS = ("idna", "utf-16-le", "utf-8-sig")
"""Of hosts' names, of the length of what is typed, and of the list of accounts."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Parts:
    """What differs between the program, its trial run and its tests."""

    shelf: AccountsShelf
    keychain: Keychain
    preferences: Preferences
    log_folder: Path | None
    issuing: Issuing | None = None
    elapsed: Callable[[], float] = clock.elapsed
    wall: Callable[[], float] = clock.wall


def user_parts(paths: Paths, preferences: Preferences | None = None) -> Parts:
    """Parts that keep what the person enters."""
    kept = preferences or Preferences(paths.preferences)
    return Parts(AccountsFile(paths.accounts), LazyKeychain(), kept, paths.logs)


def sandbox_parts(paths: Paths, preferences: Preferences | None = None) -> Parts:
    """Parts that keep nothing, with a sandbox account to begin with."""
    account = Account("0" * 32, "Sandbox", DEFAULT.app_id, ServerKind.SANDBOX, remember=False)
    return Parts(MemoryShelf((account,)), NoKeychain(), preferences or Preferences(), paths.logs)


class MemoryShelf:
    """Holds accounts for this run only."""

    def __init__(self, accounts: tuple[Account, ...] = ()) -> None:
        self._accounts = accounts

    @property
    def path(self) -> None:
        """Nowhere."""

    def read(self) -> Reading:
        """Return what was put there."""
        return Reading(self._accounts)

    def write(self, accounts: Iterable[Account]) -> None:
        """Put the list there."""
        self._accounts = tuple(accounts)


@dataclass(frozen=True, slots=True)
class Program:
    """The parts of a running program."""

    session: Session
    window: MainWindow
    workspace: Workspace
    clipboard: Clipboard
    elapsed: Callable[[], float]
    background: Background
    issuing: Issuing
    preferences: Preferences
    log_folder: Path | None
    crashes: CrashNotices
    screen_lock: ScreenLock

    def settle_in(self) -> None:
        """Do what can wait until the window is filled."""
        if self.log_folder is not None:
            logs.configure(self.log_folder)
            logs.route_qt_messages()
        hardening.conceal_memory(os.environ)
        _log.info("%s %s started", product.NAME, __version__)
        QGuiApplication.setWindowIcon(application_icon())
        self.background.run(self._load_ahead, _ignore)
        self.session.keys.look_for_keychain()
        self.screen_lock.listen()

    def _load_ahead(self) -> None:
        """Load what is used later: by then an update may have replaced the files that it is in."""
        for each in _CODECS:
            codecs.lookup(each)
        _versions()
        self.issuing.prepare()

    def raise_window(self, account: str) -> None:
        """Come to the front, with the account of this name if one was given."""
        select_by_name(self.session, account)
        self.window.bring_to_front()

    def shut_down(self) -> None:
        """Stop everything; nothing of ours stays on the clipboard."""
        self.clipboard.clear()
        self.session.shut_down()
        self.preferences.last_account = self.session.state.selected
        self.preferences.save()
        self.background.close()
        self.issuing.close()
        self.screen_lock.close()
        self.crashes.close()


def build(parts: Parts, account: str | None = None, window: MainWindow | None = None) -> Program:
    """Wire a program of these parts, in a window of its own unless there is one already."""
    window = window or MainWindow(parts.preferences)
    background = Background(window)
    issuing = parts.issuing or Issuing(parts.elapsed, parts.wall)
    world = World(background, parts.shelf, parts.keychain, issuing, parts.wall, parts.elapsed)
    session = Session(world, window)
    session.accounts.open(parts.preferences.last_account)
    select_by_name(session, account)
    system_clipboard = QGuiApplication.clipboard()
    clipboard = Clipboard(system_clipboard, parts.elapsed, parts.wall, window)
    around = Surroundings(
        clipboard,
        system_clipboard,
        parts.preferences,
        parts.elapsed,
        _versions,
        parts.log_folder,
    )
    workspace = Workspace(window, session, around)
    HeldKeys(window)
    screen_lock = ScreenLock(window)
    screen_lock.locked.connect(workspace.conceal)
    return Program(
        session,
        window,
        workspace,
        clipboard,
        parts.elapsed,
        background,
        issuing,
        parts.preferences,
        parts.log_folder,
        CrashNotices(workspace.show_crash),
        screen_lock,
    )


def select_by_name(session: Session, name: str | None) -> None:
    """Select the account with this name, as it is kept or shown, or app id; else say so."""
    wanted = (name or "").strip()
    if not wanted:
        return
    for each in session.state.accounts:
        account = each.account
        if wanted in (account.name.strip(), display_name(account), account.app_id.strip()):
            session.accounts.select(each.id)
            return
    session.accounts.miss(wanted)


def _versions() -> tuple[str, ...]:
    from deepbrain_desktop.system.versions import versions

    return versions()


def _ignore(_outcome: object) -> None:
    """Loading ahead of need has no outcome that anybody waits for."""
