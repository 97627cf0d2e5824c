"""When the desktop turns dark or light, the window looks as if it had been opened so."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QImage, QPalette
from PySide6.QtWidgets import QApplication, QWidget
from ui.others import offered
from ui.stage import Clock, Studio, account, asking, with_key

from deepbrain_desktop.session.notices import Notice, NoticeKind
from deepbrain_desktop.system.accounts_errors import Cause
from deepbrain_desktop.ui.symbols import Tone, tone_color

CHANGES = [("light", "dark"), ("dark", "light")]
PARTS = {
    # what has no words of this very moment in it, by the state that shows it
    "blank": ("mainWindow",),
    "refused field": ("appId", "appIdHint", "userKeyHint", "requestToken", "accounts"),
    "granted": ("lifetime", "requestToken", "copyToken", "accounts", "addAccount", "removeAccount"),
    "failed": ("message", "requestToken", "accounts"),
    "notice": ("notice",),
}


def palette(kind: str) -> QPalette:
    made = QPalette(QColor("#efefef" if kind == "light" else "#2b2b2e"))
    accent = "#308cc6" if kind == "light" else "#d67f2f"
    made.setColor(QPalette.ColorRole.Highlight, QColor(accent))
    made.setColor(QPalette.ColorRole.HighlightedText, QColor("#ffffff"))
    return made


@pytest.fixture(autouse=True)
def _palette_of_before(qapp) -> Iterator[None]:
    before, flashing = QApplication.palette(), QApplication.cursorFlashTime()
    QApplication.setCursorFlashTime(0)
    yield
    QApplication.setPalette(before)
    QApplication.setCursorFlashTime(flashing)


def in_state(open_studio, sandbox, state: str) -> Studio:
    clock = Clock()
    if state in {"blank", "notice"}:
        studio = open_studio(elapsed=clock)
        if state == "notice":
            notice = Notice(NoticeKind.ACCOUNTS_NOT_SAVED, cause=Cause.NO_SPACE)
            studio.session._store.put(notice=notice)
        return studio
    if state == "refused field":
        studio = open_studio(account("A", "someone@example.org"), elapsed=clock)
        studio.click("userKey")
        with offered(studio.bot, "x" * 40_000):
            studio.press("Ctrl+V")
        return studio
    studio = open_studio(asking(sandbox, "valid" if state == "granted" else "refused"))
    with_key(studio)
    studio.request()
    return studio


def look(studio: Studio, name: str) -> QImage:
    widget = studio.window if name == "mainWindow" else studio.window.findChild(QWidget, name)
    return widget.grab().toImage()


def change(studio: Studio, kind: str) -> None:
    QApplication.setPalette(palette(kind))
    studio.bot.waitUntil(
        lambda: studio.window.palette().window().color() == palette(kind).window().color()
    )
    QApplication.processEvents()


@pytest.mark.parametrize(("before", "after"), CHANGES)
@pytest.mark.parametrize("state", PARTS)
def test_every_part_looks_as_if_opened_in_the_new_theme(
    open_studio, sandbox, state, before, after
) -> None:
    QApplication.setPalette(palette(after))
    opened_so = in_state(open_studio, sandbox, state)
    expected = {name: look(opened_so, name) for name in PARTS[state]}
    opened_so.window.hide()
    QApplication.setPalette(palette(before))
    studio = in_state(open_studio, sandbox, state)
    earlier = {name: look(studio, name) for name in PARTS[state]}
    change(studio, after)
    for name in PARTS[state]:
        assert earlier[name] != expected[name], f"{name} has no colours at all"
        assert look(studio, name) == expected[name], name


@pytest.mark.parametrize(("before", "after"), CHANGES)
def test_a_token_that_is_shown_is_told_apart_in_the_new_colours(
    open_studio, sandbox, before, after
) -> None:
    QApplication.setPalette(palette(before))
    studio = in_state(open_studio, sandbox, "granted")
    studio.press("Alt+3")
    studio.click("showToken")
    change(studio, after)
    text = studio.find("tokenText")
    cursor = text.cursorForPosition(QPoint(20, 10))
    cursor.movePosition(cursor.MoveOperation.Right)
    assert cursor.charFormat().foreground().color() == tone_color(Tone.BUSY, palette(after))
