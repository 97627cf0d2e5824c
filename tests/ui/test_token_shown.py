"""The token is nowhere to be read until it is asked for, and then not for long."""

import uuid

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from ui.eyes import accessible, readable
from ui.others import pasted
from ui.stage import Studio, asking, with_key

from deepbrain_desktop.ui import token_view


@pytest.fixture
def granted(open_studio, sandbox) -> Studio:
    """A window with a token, whose Token page is open."""
    studio = open_studio(asking(sandbox, "valid"), asking(sandbox, "short"))
    with_key(studio)
    studio.request()
    studio.press("Alt+3")
    return studio


def parts(studio: Studio) -> list[str]:
    return [studio.token, *studio.token.split(".")]


def nowhere(studio: Studio) -> bool:
    seen = readable(studio.window) + str(accessible(studio.window))
    return not [each for each in parts(studio) if each in seen]


def test_the_token_is_masked_until_it_is_asked_for(granted) -> None:
    assert nowhere(granted)
    assert set(granted.find("tokenText").toPlainText()) == {"•"}
    granted.press("Alt+K")
    granted.wait(lambda: granted.result.token.is_shown)
    assert granted.find("tokenText").toPlainText() == granted.token
    assert granted.find("showToken").text() == "Hide to&ken"
    granted.press("Alt+K")
    granted.wait(lambda: nowhere(granted))


def test_its_three_parts_are_told_apart_without_colour(granted) -> None:
    granted.click("showToken")
    document = granted.find("tokenText").document()
    styles, block = [], document.begin()
    iterator = block.begin()
    while not iterator.atEnd():
        styles.append(iterator.fragment().charFormat().underlineStyle())
        iterator += 1
    marked = [each for each in styles if each.value]
    assert len(marked) == len(set(marked)) == 3
    assert "dashes" in granted.find("tokenLegend").text()


def test_the_token_is_masked_again_after_a_while(granted) -> None:
    assert token_view.SHOWN_FOR == 30_000
    timer = granted.result.token._timer
    granted.click("showToken")
    assert timer.isActive()
    assert timer.interval() == token_view.SHOWN_FOR
    timer.start(1)
    granted.wait(lambda: nowhere(granted))
    assert not granted.find("showToken").isChecked()


def test_the_token_is_masked_on_another_account_and_back(granted) -> None:
    granted.click("showToken")
    token = granted.token
    granted.press("Ctrl+PgDown")
    assert token not in readable(granted.window)
    granted.press("Ctrl+PgUp")
    assert nowhere(granted)


def test_another_token_comes_masked(granted) -> None:
    granted.click("showToken")
    first = granted.token
    granted.request()
    assert granted.token != first
    assert nowhere(granted)
    assert first not in readable(granted.window)


def test_no_other_page_shows_the_token(granted) -> None:
    for keys in ("Alt+1", "Alt+2", "Alt+4"):
        granted.press(keys)
        assert nowhere(granted)


def test_no_selection_carries_a_shown_token_away(granted) -> None:
    granted.click("showToken")
    text = granted.find("tokenText").viewport()
    place = QPoint(20, 10)
    granted.bot.mousePress(text, Qt.MouseButton.LeftButton, pos=place)
    granted.bot.mouseMove(text, QPoint(200, 30))
    granted.bot.mouseRelease(text, Qt.MouseButton.LeftButton, pos=QPoint(200, 30))
    granted.bot.mouseDClick(text, Qt.MouseButton.LeftButton, pos=place)
    granted.find("tokenText").setFocus()
    granted.press("Ctrl+A")
    assert pasted(granted.bot, "primary") == ""
    assert pasted(granted.bot) == ""


def test_ctrl_c_on_the_token_copies_it_on_loan(granted) -> None:
    granted.press("Tab")
    if granted.focus != "tokenText":
        granted.press("Tab")
    assert granted.focus == "tokenText"
    granted.press("Ctrl+C")
    assert pasted(granted.bot) == granted.token
    assert pasted(granted.bot, target="x-kde-passwordManagerHint") == "secret"
    assert granted.sees("lease")


def test_a_long_token_is_shown_without_a_stall(open_studio, sandbox) -> None:
    studio = open_studio(asking(sandbox, "long-token"))
    with_key(studio)
    studio.request()
    studio.press("Alt+3")
    studio.click("showToken")
    assert len(studio.find("tokenText").toPlainText()) == len(studio.token)
    assert 16_380 <= len(studio.token) <= 16_384
    assert QApplication.activeWindow() is studio.window


def test_a_token_of_a_key_that_was_replaced_says_so(open_studio, sandbox) -> None:
    studio = open_studio(asking(sandbox, "valid"))
    with_key(studio)
    studio.request()
    assert not studio.sees("remarks")
    studio.fill("userKey", str(uuid.uuid4()))
    assert "previous user key" in studio.find("remarks").text()
    with_key(studio)
    assert not studio.sees("remarks")


def test_a_locked_screen_leaves_nothing_to_be_read_or_pasted(granted) -> None:
    granted.click("showToken")
    granted.click("showKey")
    granted.press("Ctrl+Shift+C")
    key = granted.find("userKey").text()
    assert pasted(granted.bot) == granted.token
    granted.program.screen_lock.locked.emit()
    assert not [part for part in (*parts(granted), key) if part in readable(granted.window)]
    assert pasted(granted.bot) == ""
