"""A field takes a text whole, or not at all and says so; what stood there before stays."""

import time

import pytest
from PySide6.QtGui import QAccessible, QClipboard, QInputMethodEvent
from PySide6.QtWidgets import QApplication
from ui.eyes import visible_text
from ui.others import offered
from ui.stage import Studio, account, asking, new_key, with_key

from deepbrain_desktop.account import ServerKind
from deepbrain_desktop.session.state import Requesting

FIELDS = {"appId": "app_id_hint", "userKey": "user_key_hint", "address": "address_hint"}
APP_ID = "studiov3.customer@example.com"
TOO_LONG = "x" * 40_000
BEFORE = "before"
KEPT = "far too long"
BUSY = "busy"


@pytest.fixture
def studio(open_studio) -> Studio:
    return open_studio(account("A", server=ServerKind.OTHER), account("B"))


def hint(studio: Studio, name: str) -> str:
    return getattr(studio.form, FIELDS[name]).text


def paste(studio: Studio, text: str) -> None:
    with offered(studio.bot, text):
        studio.press("Ctrl+V")


def paste_by_menu(studio: Studio, text: str) -> None:
    with offered(studio.bot, text):
        studio.choose(studio.menu("Edit"), "paste")


def drop(studio: Studio, text: str) -> None:
    studio.drop(studio.find(studio.focus), text)


def commit(studio: Studio, text: str) -> None:
    event = QInputMethodEvent()
    event.setCommitString(text)
    QApplication.sendEvent(studio.find(studio.focus), event)


def assist(studio: Studio, text: str) -> None:
    """As assistive technology puts it there."""
    field = QAccessible.queryAccessibleInterface(studio.find(studio.focus))
    field.setText(QAccessible.Text.Value, text)


WAYS = (paste, paste_by_menu, drop, commit, assist)


@pytest.mark.parametrize("text", [TOO_LONG, "😀" * 10_000], ids=["letters", "two units each"])
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", FIELDS)
def test_what_is_too_long_is_refused_beside_the_field(studio, name, way, text) -> None:
    studio.fill(name, BEFORE)
    way(studio, text)
    assert studio.find(name).text() == BEFORE
    assert KEPT in hint(studio, name)
    assert KEPT in studio.find(name).accessibleDescription()
    studio.type("!")
    assert studio.find(name).text() == f"{BEFORE}!"
    assert KEPT not in hint(studio, name)


@pytest.mark.parametrize("way", [paste, drop])
def test_what_was_typed_before_can_still_be_undone(studio, way) -> None:
    studio.click("appId")
    studio.type(BEFORE)
    way(studio, TOO_LONG)
    studio.press("Ctrl+Z")
    assert studio.find("appId").text() == ""


@pytest.mark.parametrize("name", FIELDS)
def test_what_fits_in_the_place_of_the_selection_is_taken(studio, name) -> None:
    studio.click(name)
    paste(studio, "a" * 16_000)
    assert len(studio.find(name).text()) == 16_000
    paste(studio, "b" * 16_000)
    assert KEPT in hint(studio, name)
    studio.press("Ctrl+A")
    paste(studio, "b" * 16_000)
    assert studio.find(name).text() == "b" * 16_000
    assert KEPT not in hint(studio, name)


@pytest.mark.parametrize("name", FIELDS)
def test_ten_million_characters_cost_no_more_than_handing_them_over(studio, name) -> None:
    studio.fill(name, BEFORE)
    with offered(studio.bot, "x" * 10_000_000):
        began = time.perf_counter()
        QApplication.clipboard().text(QClipboard.Mode.Clipboard)
        handed_over = time.perf_counter() - began
        began = time.perf_counter()
        studio.press("Ctrl+V")
        assert time.perf_counter() - began < 3 * handed_over + 0.5
    assert studio.find(name).text() == BEFORE
    assert KEPT in hint(studio, name)


def test_another_account_is_not_told_of_it(studio) -> None:
    studio.click("appId")
    paste(studio, TOO_LONG)
    studio.press("Ctrl+PgDown")
    assert hint(studio, "appId") == ""


def test_a_credential_that_could_not_be_shown_whole_is_none(studio) -> None:
    studio.click("appId")
    paste(studio, f"appId={TOO_LONG}")
    assert studio.find("appId").text() == studio.current.account.app_id == ""
    assert KEPT in hint(studio, "appId")


def test_a_text_too_long_to_look_through_is_said_to_be_so(studio) -> None:
    with offered(studio.bot, f"{APP_ID} {new_key()}" + " " * 70_000):
        studio.press("Ctrl+Shift+V")
    assert "too long" in studio.window.statusBar().currentMessage()


def test_a_filter_too_long_is_said_below(studio) -> None:
    studio.fill("filter", "B")
    paste(studio, TOO_LONG)
    assert studio.find("filter").text() == "B"
    assert KEPT in studio.window.statusBar().currentMessage()


def test_a_name_too_long_is_said_beside_it(studio) -> None:
    studio.press("F2")
    dialog = studio.dialog("nameDialog")
    studio.type(BEFORE)
    paste_into_dialog = "n" * 201
    with offered(studio.bot, paste_into_dialog):
        studio.press("Ctrl+V")
    assert KEPT in visible_text(dialog)
    studio.press("Return")
    assert studio.current.account.name == BEFORE


@pytest.mark.parametrize("way", ["drop", "both", "paste"])
def test_credentials_put_in_while_a_request_runs_are_refused_beside_the_field(
    open_studio, sandbox, way
) -> None:
    studio = open_studio(asking(sandbox, "slow"))
    with_key(studio)
    studio.press("Ctrl+Return")
    text = f"userKey={new_key()}"
    if way == "drop":
        assert studio.drop(studio.window, text)
    else:
        studio.click("userKey")
        with offered(studio.bot, text):
            studio.press("Ctrl+Shift+V" if way == "both" else "Ctrl+V")
    assert isinstance(studio.current.phase, Requesting)
    assert BUSY in hint(studio, "userKey")
    assert hint(studio, "appId") == ""
    studio.wait_for_outcome()
    assert BUSY in hint(studio, "userKey")
    with offered(studio.bot, text):
        studio.press("Ctrl+Shift+V")
    assert studio.find("userKey").text() == text.partition("=")[2]
    assert BUSY not in hint(studio, "userKey")
