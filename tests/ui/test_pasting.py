"""Pasted and dropped text that holds both values fills both fields, and only those."""

import json

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDropEvent, QInputMethodEvent
from PySide6.QtWidgets import QApplication
from ui.eyes import readable
from ui.others import offered
from ui.stage import Studio, account, new_key

APP_ID = "studiov3.customer@example.com"
BOTH = {
    "JSON": lambda key: json.dumps({"appId": APP_ID, "userKey": key}),
    "cURL": lambda key: (
        "curl -X POST 'https://ai-streamer.deepbrain.io/api/v2/sessions/token' \\\n"
        " -H 'Content-Type: application/json' \\\n"
        f' -d \'{{"appId": "{APP_ID}", "userKey": "{key}"}}\''
    ),
    "two lines": lambda key: f"{APP_ID}\n{key}\n",
    "two lines, swapped": lambda key: f"{key}\n{APP_ID}",
    "assignments": lambda key: f"appId={APP_ID} userKey={key}",
    "prose": lambda key: f"App ID: {APP_ID}\r\nUser key: {key}\r\n",
}


@pytest.fixture(params=BOTH.values(), ids=BOTH)
def both(request) -> tuple[str, str]:
    """Text that holds both, and the key in it."""
    key = new_key()
    return request.param(key), key


def assert_filled(studio: Studio, key: str) -> None:
    assert studio.find("appId").text() == APP_ID
    assert studio.find("userKey").text() == key
    assert studio.current.account.app_id == APP_ID
    assert studio.current.typed_key.reveal() == key
    assert key not in readable(studio.window)


@pytest.mark.parametrize("name", ["appId", "userKey"])
def test_pasting_both_into_either_field_fills_both(open_studio, both, name) -> None:
    text, key = both
    studio = open_studio(account("A"))
    studio.paste(name, text)
    assert_filled(studio, key)


@pytest.mark.parametrize("name", ["appId", "userKey"])
def test_pasting_both_beside_older_text_replaces_it(open_studio, both, name) -> None:
    text, key = both
    studio = open_studio(account("A", "studiov3.older@example.com"))
    studio.fill("userKey", "older")
    studio.paste(name, text)
    assert_filled(studio, key)


def test_pasting_the_same_again_leaves_the_fields_as_they_are(open_studio, both) -> None:
    text, key = both
    studio = open_studio(account("A"))
    studio.paste("appId", text)
    studio.paste("appId", text)
    assert_filled(studio, key)


def test_ctrl_shift_v_fills_both_from_anywhere(open_studio, both) -> None:
    text, key = both
    studio = open_studio(account("A"))
    studio.click("filter")
    with offered(studio.bot, text):
        studio.press("Ctrl+Shift+V")
    assert_filled(studio, key)


@pytest.mark.parametrize("name", ["appId", "userKey"])
def test_dropping_both_on_a_field_fills_both(open_studio, both, name) -> None:
    text, key = both
    studio = open_studio(account("A"))
    assert studio.drop(studio.find(name), text)
    assert_filled(studio, key)


def test_dropping_both_on_the_window_fills_both(open_studio, both) -> None:
    text, key = both
    studio = open_studio(account("A"))
    assert studio.drop(studio.window, text)
    assert_filled(studio, key)


@pytest.mark.parametrize("name", ["appId", "userKey"])
def test_the_middle_button_pastes_as_safely(open_studio, both, name) -> None:
    text, key = both
    studio = open_studio(account("A"))
    with offered(studio.bot, text, "primary"):
        field = studio.find(name)
        studio.bot.mouseClick(field, Qt.MouseButton.MiddleButton, pos=QPoint(20, 10))
    assert_filled(studio, key)


@pytest.mark.parametrize("name", ["appId", "userKey"])
def test_the_menus_paste_as_safely(open_studio, both, name) -> None:
    text, key = both
    studio = open_studio(account("A"))
    studio.click(name)
    with offered(studio.bot, text):
        studio.choose(studio.menu("Edit"), "paste")
    assert_filled(studio, key)


@pytest.mark.parametrize("name", ["appId", "userKey"])
def test_the_context_menu_pastes_as_safely(open_studio, both, name) -> None:
    text, key = both
    studio = open_studio(account("A"))
    studio.click(name)
    with offered(studio.bot, text):
        studio.ask_for_menu(name)
        studio.press("P")
        studio.wait(lambda: not QApplication.activePopupWidget())
    assert_filled(studio, key)


@pytest.mark.parametrize("name", ["appId", "userKey"])
def test_an_input_method_that_commits_both_fills_both(open_studio, both, name) -> None:
    text, key = both
    studio = open_studio(account("A"))
    studio.click(name)
    event = QInputMethodEvent()
    event.setCommitString(text)
    QApplication.sendEvent(studio.find(name), event)
    assert_filled(studio, key)


@pytest.mark.parametrize("way", ["keys", "menu", "context menu", "drop"])
def test_a_short_key_in_an_assignment_never_stands_in_the_app_id(open_studio, way) -> None:
    studio = open_studio(account("A"))
    seen: list[str] = []
    studio.find("appId").textChanged.connect(seen.append)
    studio.click("appId")
    if way == "drop":
        studio.drop(studio.find("appId"), "userKey=k-42")
    else:
        with offered(studio.bot, "userKey=k-42"):
            if way == "keys":
                studio.press("Shift+Insert")
            elif way == "menu":
                studio.choose(studio.menu("Edit"), "paste")
            else:
                studio.ask_for_menu("appId")
                studio.press("P")
                studio.wait(lambda: not QApplication.activePopupWidget())
    assert studio.find("userKey").text() == "k-42"
    assert not seen


def test_undo_after_an_input_method_never_brings_the_key(open_studio, both) -> None:
    text, key = both
    studio = open_studio(account("A"))
    studio.click("appId")
    event = QInputMethodEvent()
    event.setCommitString(text)
    QApplication.sendEvent(studio.find("appId"), event)
    for _ in range(3):
        studio.press("Ctrl+Z")
        assert key not in studio.find("appId").text()


def test_after_both_were_filled_undo_in_the_app_id_never_brings_the_key(open_studio, both) -> None:
    text, key = both
    studio = open_studio(account("A", "studiov3.older@example.com"))
    studio.paste("appId", text)
    seen = []
    for _ in range(5):
        studio.press("Ctrl+Z")
        seen.append(studio.find("appId").text())
    for _ in range(5):
        studio.press("Ctrl+Shift+Z")
        seen.append(studio.find("appId").text())
    assert "studiov3.older@example.com" in seen
    assert not [each for each in seen if key in each]


def test_a_lone_value_is_pasted_where_the_cursor_stands_and_trimmed(open_studio) -> None:
    studio = open_studio(account("A"))
    studio.paste("appId", f"  {APP_ID}\n")
    assert studio.find("appId").text() == APP_ID
    key = new_key()
    studio.paste("userKey", f"{key}\r\n")
    assert studio.find("userKey").text() == key


def test_a_key_alone_in_an_assignment_goes_to_its_own_field(open_studio) -> None:
    studio = open_studio(account("A", APP_ID))
    key = new_key()
    studio.paste("appId", f"userKey={key}")
    assert_filled(studio, key)


def test_what_holds_neither_is_said_and_changes_nothing(open_studio) -> None:
    studio = open_studio(account("A", APP_ID))
    with offered(studio.bot, "nothing of the kind"):
        studio.press("Ctrl+Shift+V")
    assert studio.window.statusBar().currentMessage() == "No app ID and no user key in this text"
    assert studio.find("appId").text() == APP_ID


def test_a_picture_cannot_be_dropped(open_studio) -> None:
    studio = open_studio(account("A"))
    data = QMimeData()
    data.setData("image/png", b"\x89PNG")
    event = QDropEvent(
        QPointF(5, 5),
        Qt.DropAction.CopyAction,
        data,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
        QEvent.Type.Drop,
    )
    QApplication.sendEvent(studio.find("appId"), event)
    assert studio.find("appId").text() == ""
