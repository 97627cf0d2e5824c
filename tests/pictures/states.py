"""Brings a real window into each state of the screen and takes its picture."""

import os
import sys
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import trustme
from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from deepbrain_desktop import app, start
from deepbrain_desktop.account import Account, KeychainEntry, ServerKind, StoredKey
from deepbrain_desktop.session.issuing import Issuing
from deepbrain_desktop.session.notices import Notice, NoticeKind
from deepbrain_desktop.session.state import AccountState, Requesting
from deepbrain_desktop.studios.client import Limits, StudiosClient
from deepbrain_desktop.studios.credentials import Secret
from deepbrain_desktop.studios.sandbox import Sandbox
from deepbrain_desktop.studios.scenarios import SCENARIOS
from deepbrain_desktop.system import clock
from deepbrain_desktop.system.keychain_errors import KeychainLocked
from deepbrain_desktop.system.lazy_keychain import NoKeychain
from deepbrain_desktop.system.preferences import Preferences
from deepbrain_desktop.ui.icon import application_icon
from deepbrain_desktop.waiting import Cancellation, Cancelled

PATIENCE = 20.0


class StagedKeychain:
    """A keychain that is there, and asks, waits or refuses as the picture wants it."""

    def __init__(self) -> None:
        self.behaviour: Callable[[Cancellation], Secret | None] = lambda _: None

    def name(self, _cancellation: Cancellation) -> str:
        return "GNOME Keyring"

    def read(self, _entry: KeychainEntry, cancellation: Cancellation) -> Secret | None:
        return self.behaviour(cancellation)

    def save(self, _entry: KeychainEntry, _key: Secret, _cancellation: Cancellation) -> None:
        return None

    def remove(self, _entry: KeychainEntry, _cancellation: Cancellation) -> None:
        return None


def wait_forever(cancellation: Cancellation) -> Secret | None:
    stopped = threading.Event()
    cancellation.subscribe(stopped.set)
    stopped.wait(PATIENCE)
    raise Cancelled


def locked(_cancellation: Cancellation) -> Secret | None:
    raise KeychainLocked


def dark_palette() -> QPalette:
    """What a dark desktop hands to Qt; bare X11 has no theme that would."""
    palette = QPalette(QColor("#2b2b2e"))
    roles = QPalette.ColorRole
    placeholder = QColor("#ffffff")
    placeholder.setAlphaF(0.55)
    for role, color in (
        (roles.Base, QColor("#1e1e20")),
        (roles.AlternateBase, QColor("#252528")),
        (roles.Highlight, QColor("#2f6fd6")),
        (roles.HighlightedText, QColor("#ffffff")),
        (roles.PlaceholderText, placeholder),
    ):
        palette.setColor(role, color)
    faint = QColor("#8a8a8e")
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, faint)
    return palette


def account(name: str, app_id: str = "", **more: object) -> Account:
    return Account(uuid.uuid4().hex, name, app_id, **more)


class Studio:
    """One program on the screen, and the means to bring it where a picture wants it."""

    def __init__(self, folder: Path, keychain: object) -> None:
        self._folder = folder
        self.keychain = keychain
        limits = Limits(connect=1.0, idle=0.6, total=1.2)
        issuing = Issuing(clock.elapsed, clock.wall, lambda: StudiosClient(limits))
        parts = app.Parts(app.MemoryShelf(), keychain, Preferences(), None, issuing)
        self.program = app.build(parts)
        self.program.window.show()
        self.program.session.keys.look_for_keychain()
        self.wait(lambda: self.program.session.state.keychain != type(self.state.keychain)())

    @property
    def state(self):
        return self.program.session.state

    @property
    def current(self) -> AccountState:
        return self.state.current

    def wait(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE
        while not condition():
            if time.monotonic() > deadline:
                raise SystemExit(f"waited in vain for the state of {self.current}")
            QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)

    def pause(self, milliseconds: int) -> None:
        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()

    def add(self, new: Account) -> str:
        return self.program.session.accounts.add(new)

    def request(self, *, ends: bool = True) -> None:
        self.program.workspace.page.request.click()
        if ends:
            self.wait(lambda: not isinstance(self.current.phase, Requesting))

    def take(self, name: str) -> None:
        self.pause(60)
        if not self.program.window.grab().save(str(self._folder / f"{name}.png")):
            raise SystemExit(f"{name} was not saved")

    def close(self) -> None:
        self.program.window.close()
        self.program.shut_down()
        self.program.window.deleteLater()


def of_sandbox(name: str, title: str) -> Account:
    scenario = next(each for each in SCENARIOS if each.name == name)
    return account(title, scenario.app_id, server=ServerKind.SANDBOX, remember=False)


TOKENS = (
    ("valid", "QA team"),
    ("expiring", "Acme GmbH"),
    ("expired", "Old demo"),
    ("no-expiry", "Partner portal"),
    ("not-yet-valid", "Launch day"),
    ("opaque", "Legacy"),
    ("odd-claims", "Curious"),
)
FAILURES = (
    ("refused", "한빛미디어"),
    ("forbidden", "Free plan"),
    ("silent", "Slow link"),
    ("rate-limited", "Load test"),
    ("service-error", "Staging"),
    ("garbled", "Captive portal"),
    ("hostile-message", "Hostile"),
)


def with_keychain(folder: Path) -> None:
    studio = Studio(folder, StagedKeychain())
    pages = studio.program.workspace.page
    studio.take("no-account")
    entry = KeychainEntry("DeepBrain Desktop: ai-streamer.deepbrain.io (demo)", "demo")
    kept = (StoredKey("ai-streamer.deepbrain.io", entry),)
    studio.add(account("QA team", "studiov3.qa@example.com", keys=kept))
    studio.take("ready")
    studio.keychain.behaviour = wait_forever
    studio.request(ends=False)
    studio.pause(1200)
    studio.take("keychain-waiting")
    pages.cancel.click()
    studio.take("cancelled")
    studio.keychain.behaviour = locked
    studio.request()
    studio.take("keychain-locked")
    studio.keychain.behaviour = lambda _: None
    studio.request()
    studio.take("keychain-key-not-found")
    studio.program.session.accounts.drop(studio.current.id)
    for name, title in TOKENS:
        studio.add(of_sandbox(name, title))
        studio.request()
        studio.take(f"token-{name}")
    for name, title in FAILURES:
        studio.add(of_sandbox(name, title))
        studio.request()
        studio.take(f"failure-{name}")
    studio.program.session.accounts.select(studio.state.accounts[len(TOKENS)].id)
    pages.bar.details.click()
    studio.take("failure-details")
    pages.bar.details.click()
    first = studio.state.accounts[0].id
    studio.program.session.accounts.select(first)
    pages.result.copy.token.click()
    studio.take("copied")
    for number, tab in enumerate(("claims", "header", "token", "request")):
        pages.result.tabs.setCurrentIndex(number)
        studio.take(f"tab-{tab}")
    pages.result.tabs.setCurrentIndex(2)
    pages.result.token.reveal.click()
    studio.take("tab-token-shown")
    pages.result.token.reveal.click()
    pages.result.tabs.setCurrentIndex(0)
    studio.add(of_sandbox("slow", "Slow answer"))
    studio.request(ends=False)
    studio.pause(400)
    studio.take("requesting")
    pages.cancel.click()
    servers(studio)
    studio.close()


def servers(studio: Studio) -> None:
    elsewhere = {"server": ServerKind.OTHER, "remember": False}
    app_id = "studiov3.support@example.com"
    key = str(uuid.uuid4())
    new = studio.add(account("New server", app_id, address="https://127.0.0.1:9", **elsewhere))
    studio.program.session.keys.type_key(new, key)
    studio.request()
    studio.take("failure-unreachable")
    studio.program.session.accounts.edit(new, address="https://streamer.partner.example")
    studio.request()
    studio.take("host-not-confirmed")
    studio.program.session.accounts.edit(new, address="http://streamer.partner.example/path")
    studio.program.session.accounts.edit(new, app_id="two\nlines")
    studio.request()
    studio.take("flaws")
    with ExitStack() as stack:
        import ssl

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
        sandbox = stack.enter_context(Sandbox(tls=context))
        studio.program.session.accounts.edit(new, address=sandbox.server.origin, app_id=app_id)
        studio.request()
        studio.take("failure-certificate")


def without_keychain(folder: Path) -> None:
    studio = Studio(folder, NoKeychain())
    new = studio.add(account("Typed key", "studiov3.qa@example.com"))
    studio.program.session.keys.type_key(new, str(uuid.uuid4()))
    studio.take("no-keychain")
    store = studio.program.session._store
    path = Path("/home/jo/.config/deepbrain-desktop/accounts.damaged-20261122-161204.json")
    store.put(notice=Notice(NoticeKind.ACCOUNTS_DAMAGED, path))
    studio.take("accounts-damaged")
    studio.program.workspace._about()
    studio.pause(100)
    for window in QApplication.topLevelWidgets():
        if window.objectName() == "textDialog":
            window.grab().save(str(folder / "about.png"))
            window.close()
    studio.close()


def main() -> None:
    theme, folder = sys.argv[1], Path(sys.argv[2])
    application = start.make_application()
    application.setWindowIcon(application_icon())
    if theme == "dark":
        application.setPalette(dark_palette())
    with_keychain(folder)
    without_keychain(folder)
    application.processEvents()


if __name__ == "__main__":
    main()
    sys.stdout.flush()
    os._exit(0)
