"""The window as a whole: at rest when nobody looks, and the next day as it was left."""

import os
import re
import threading
import time
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QFile, QIODevice, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPlainTextEdit
from ui.eyes import readable
from ui.others import pasted
from ui.stage import Clock, Studio, account, asking, new_key, with_key

from deepbrain_desktop import __version__, app, product
from deepbrain_desktop.crashes import MOST
from deepbrain_desktop.system.accounts_file import AccountsFile
from deepbrain_desktop.system.lazy_keychain import NoKeychain
from deepbrain_desktop.system.preferences import Preferences
from deepbrain_desktop.ui.icon import application_icon
from deepbrain_desktop.ui.main_window import MainWindow
from deepbrain_desktop.ui.ticking import Ticking

LONGEST_STALL = 0.25
"""Seconds that the window may be held up."""
ICONS = Path(__file__).parents[2] / "resources" / "icons"


def granted(open_studio, sandbox, scenario: str = "valid", **more: object) -> Studio:
    studio = open_studio(asking(sandbox, scenario), **more)
    with_key(studio)
    studio.request()
    return studio


def awake(studio: Studio) -> list[QTimer]:
    return [each for each in studio.window.findChildren(Ticking)[0].children() if each.isActive()]


def ticks_of(studio: Studio) -> list[float]:
    """The moments of the ticks from now on, as they come."""
    ticks: list[float] = []
    ticking = studio.window.findChildren(Ticking)[0]
    ticking.ticked.connect(lambda: ticks.append(time.monotonic()))
    return ticks


# At rest


def test_while_a_countdown_is_seen_there_is_one_tick_a_second(open_studio, sandbox) -> None:
    studio = granted(open_studio, sandbox)
    ticks = ticks_of(studio)
    studio.wait(lambda: len(ticks) == 3)
    assert all(later - sooner > 0.9 for sooner, later in pairwise(ticks))


def test_there_is_one_tick_a_second_however_many_countdowns_there_are(open_studio, sandbox) -> None:
    clock = Clock()
    names = "A", "B"
    tried = [asking(sandbox, "valid", name) for name in names]
    studio = open_studio(*tried, asking(sandbox, "valid", "untried"), elapsed=clock)
    for _ in names:
        with_key(studio)
        studio.request()
        clock.advance(0.5)
        studio.press("Ctrl+PgDown")
    ticks = ticks_of(studio)
    studio.wait(lambda: len(ticks) == 2)
    assert ticks[1] - ticks[0] > 0.9


def test_how_long_ago_a_token_was_issued_is_told_also_where_it_has_no_expiry(
    open_studio, sandbox
) -> None:
    clock = Clock()
    studio = granted(open_studio, sandbox, "no-expiry", elapsed=clock)
    told: list[str] = []
    model = studio.find("claims").model()
    model.dataChanged.connect(lambda index: told.append(index.data()))
    clock.advance(7200)
    studio.wait(lambda: told)
    assert "2 hours ago" in told[0]


@pytest.mark.parametrize("way", ["hide", "showMinimized"])
def test_nothing_ticks_while_the_window_is_not_seen(open_studio, sandbox, way) -> None:
    studio = granted(open_studio, sandbox)
    studio.press("Ctrl+Shift+C")
    assert len(awake(studio)) == 1
    getattr(studio.window, way)()
    studio.wait(lambda: not awake(studio))
    studio.window.showNormal()
    studio.wait(lambda: len(awake(studio)) == 1)


@pytest.mark.parametrize("scenario", ["opaque", "encrypted", "refused"])
def test_nothing_ticks_where_nothing_moves(open_studio, sandbox, scenario) -> None:
    assert not awake(granted(open_studio, sandbox, scenario))


def test_at_the_first_start_nothing_ticks(studio) -> None:
    assert not awake(studio)


def test_a_disk_that_hangs_does_not_hold_the_window_up_as_a_preference_is_chosen(
    open_studio, tmp_path, monkeypatch
) -> None:
    answers = threading.Event()
    monkeypatch.setattr(os, "fsync", lambda _: answers.wait(30))
    studio = open_studio(preferences=Preferences(tmp_path / "preferences.ini"))
    actions = studio.program.workspace.actions_by_name

    def held_up(name: str) -> float:
        began = time.perf_counter()
        actions[name].trigger()
        return time.perf_counter() - began

    assert min(map(held_up, ("lifetime15", "lifetime30", "lifetime300"))) < LONGEST_STALL
    answers.set()


# The start


def test_a_window_that_becomes_active_while_it_is_filled_has_a_cursor(qtbot) -> None:
    window = MainWindow(Preferences())
    window.show()
    assert QTest.qWaitForWindowExposed(window)
    parts = app.Parts(app.MemoryShelf(), NoKeychain(), Preferences(), None)
    program = app.build(parts, window=window)
    # Qt gives the focus only to what is shown when the window becomes active.
    shown = window.focusWidget().objectName(), window.focusWidget().isVisible()
    window.close()
    program.shut_down()
    window.deleteLater()
    assert shown == ("appId", True)


# The next day


def test_place_splitter_account_and_preferences_are_as_they_were_left(
    open_studio, tmp_path
) -> None:
    accounts = (account("A", "studiov3.a@b.example"), account("B", "studiov3.b@b.example"))
    file = tmp_path / "preferences.ini"
    studio = open_studio(*accounts, preferences=Preferences(file))
    studio.window.setGeometry(40, 30, 1010, 655)
    studio.program.workspace.splitter.setSizes([300, 700])
    studio.press("Ctrl+PgDown")
    lifetimes = next(each.menu() for each in studio.menu("Tools").actions() if each.menu())
    studio.choose(lifetimes, "lifetime300")
    sizes = studio.program.workspace.splitter.sizes()
    place = studio.window.geometry()
    studio.window.close()
    studio.program.shut_down()

    again = open_studio(*accounts, preferences=Preferences(file))
    assert again.current.account.name == "B"
    assert again.window.size() == place.size()
    assert again.program.workspace.splitter.sizes() == sizes
    assert [each.text() for each in lifetimes.actions() if each.isChecked()] == ["5 minutes"]
    assert again.preferences.clipboard_lifetime == 300


def test_accounts_are_there_again_and_no_key_is_in_any_file(open_studio, tmp_path) -> None:
    shelf, key = AccountsFile(tmp_path / "accounts.json"), new_key()
    studio = open_studio(shelf=shelf, preferences=Preferences(tmp_path / "preferences.ini"))
    studio.press("Ctrl+N")
    studio.type("studiov3.new@x.example")
    studio.press("Tab")
    studio.type(key)
    studio.window.close()
    studio.program.shut_down()
    for each in tmp_path.rglob("*"):
        assert key.encode() not in each.read_bytes()
    again = open_studio(shelf=AccountsFile(tmp_path / "accounts.json"))
    assert again.find("appId").text() == "studiov3.new@x.example"
    assert again.find("userKey").text() == ""


# Notices


def test_a_notice_stays_until_it_is_dismissed(open_studio, tmp_path) -> None:
    path = tmp_path / "accounts.json"
    path.write_text("{broken")
    studio = open_studio(shelf=AccountsFile(path))
    assert studio.find("noticeHeadline").text() == "The list of accounts was damaged"
    assert str(tmp_path) in studio.find("noticeAdvice").text()
    assert studio.sees("trySandbox")
    studio.press("Alt+M")
    studio.wait(lambda: not studio.sees("notice"))


def test_a_list_that_cannot_be_saved_is_told_and_the_window_goes_on(open_studio, sandbox) -> None:
    class FullShelf(app.MemoryShelf):
        def write(self, _accounts: object) -> None:
            raise OSError("no space")

    studio = open_studio(shelf=FullShelf((asking(sandbox, "valid"),)))
    studio.click("appId")
    studio.press("End")
    studio.type("x")
    studio.wait(lambda: studio.sees("notice"))
    assert studio.find("noticeHeadline").text() == "The list of accounts could not be saved"
    studio.press("Backspace")
    with_key(studio)
    studio.request()
    assert studio.find("tokenStatus").text() == "Valid"


# About, and faults of our own


def test_about_tells_versions_that_can_be_copied(studio) -> None:
    studio.choose(studio.menu("Help"), "about")
    dialog = studio.dialog("textDialog")
    text = dialog.findChild(QPlainTextEdit, "dialogText").toPlainText()
    assert __version__ in text
    assert "PySide6" in text
    assert product.NAME in dialog.windowTitle()
    studio.press("Alt+C")
    studio.wait(lambda: QGuiApplication.clipboard().text())
    assert pasted(studio.bot) == text
    studio.press("Tab", "Tab", "Tab", "Return")
    studio.wait(lambda: not QApplication.activeModalWidget())


def test_a_fault_in_a_slot_is_told_once_without_secrets_and_the_window_goes_on(
    open_studio, sandbox
) -> None:
    studio = open_studio(asking(sandbox, "valid"))
    with_key(studio)
    secret = studio.current.typed_key.reveal()

    def fail() -> None:
        raise ValueError(secret)

    studio.page.shortcut.destroyed.connect(fail)
    QTimer.singleShot(0, fail)
    dialog = studio.dialog("textDialog")
    text = dialog.findChild(QPlainTextEdit, "dialogText").toPlainText()
    assert "ValueError" in text
    assert "fail" in text
    assert secret not in text
    assert secret not in readable(dialog)
    studio.press("Alt+C")
    studio.wait(lambda: QGuiApplication.clipboard().text())
    assert pasted(studio.bot) == text
    studio.press("Esc")
    studio.wait(lambda: not dialog.isVisible())
    studio.page.shortcut.destroyed.disconnect(fail)
    studio.request()
    assert studio.find("tokenStatus").text() == "Valid"


def test_a_fault_that_comes_again_and_again_does_not_fill_the_screen(studio) -> None:
    def fail() -> None:
        raise ValueError

    for _ in range(MOST + 5):
        QTimer.singleShot(0, fail)
    studio.bot.wait(100)
    dialogs = [each for each in studio.window.children() if each.objectName() == "textDialog"]
    assert len(dialogs) == MOST
    for each in dialogs:
        each.close()


# Resources


def test_the_embedded_icons_are_the_files(studio) -> None:
    listed = re.findall(r">icons/(.+)</file>", (ICONS.parent / "app.qrc").read_text())
    assert len(listed) >= 6
    for each in map(ICONS.joinpath, listed):
        embedded = QFile(f":/icons/{each.name}")
        assert embedded.open(QIODevice.OpenModeFlag.ReadOnly), each.name
        assert embedded.readAll().data() == each.read_bytes()
        embedded.close()
    assert {size.width() for size in application_icon().availableSizes()} >= {16, 32, 48, 256}
    assert studio.window.windowTitle() == product.NAME
