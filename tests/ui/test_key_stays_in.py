"""The user key is never seen unless asked for, and never leaves its field."""

import pytest
from PySide6.QtCore import QCoreApplication, QPoint, Qt
from PySide6.QtGui import QCursor, QInputMethodQueryEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from ui.eyes import accessible, readable
from ui.others import offered, pasted
from ui.stage import StagedKeychain, Studio, account, asking, new_key

MARKER = "what was there before"


@pytest.fixture
def typed(open_studio, sandbox) -> tuple[Studio, str]:
    """A window with a key in its field, which has the focus."""
    studio, key = open_studio(asking(sandbox, "refused")), new_key()
    studio.fill("userKey", key)
    return studio, key


def assert_clipboards_untouched(studio: Studio, key: str) -> None:
    for selection in ("clipboard", "primary"):
        found = pasted(studio.bot, selection)
        assert key not in found
        assert not found or found not in key


def test_the_key_is_masked(typed) -> None:
    studio, key = typed
    field = studio.find("userKey")
    assert field.echoMode() is QLineEdit.EchoMode.Password
    assert set(field.displayText()) == {"●"}
    assert key not in readable(studio.window)


def test_a_masked_key_is_edited_where_the_cursor_stands_and_held_in_disguise(open_studio) -> None:
    studio = open_studio(account("A", "studiov3.a@b.example"))
    studio.fill("userKey", "abc-def")
    field = studio.find("userKey")
    studio.press("Left", "Left", "Backspace")
    studio.type("XY")
    studio.press("Home", "Delete", "Shift+Right")
    studio.type("Z")
    assert field.text() == "Zc-XYef"
    assert not set(QLineEdit.text(field)) & set("abcdefXYZ-")
    studio.click("showKey")
    assert field.displayText() == "Zc-XYef"
    studio.click("showKey")
    assert not set(QLineEdit.text(field)) & set("abcdefXYZ-")
    assert field.text() == "Zc-XYef"


def test_a_key_put_in_the_place_of_another_as_long_is_the_one_that_counts(typed) -> None:
    studio, _ = typed
    for newer in (new_key(), new_key()):
        studio.find("userKey").setText(newer)
        assert studio.find("userKey").text() == newer
        assert studio.current.typed_key.reveal() == newer


def test_showing_is_offered_only_while_there_is_something_typed(open_studio) -> None:
    studio = open_studio(account("A", "studiov3.a@b.example"))
    assert not studio.find("showKey").isEnabled()
    studio.fill("userKey", "abc")
    assert studio.find("showKey").isEnabled()
    studio.click("showKey")
    assert studio.find("userKey").displayText() == "abc"
    studio.press("Alt+U", "Ctrl+A", "Delete")
    assert not studio.find("showKey").isEnabled()
    assert not studio.find("showKey").isChecked()
    studio.type("def")
    assert "def" not in readable(studio.window)


def test_a_shown_key_is_masked_when_the_window_or_the_account_changes(open_studio) -> None:
    studio = open_studio(account("A", "studiov3.a@b.example"), account("B"))
    studio.press("Ctrl+PgDown")
    other = new_key()
    studio.fill("userKey", other)
    studio.press("Ctrl+PgUp")
    key = new_key()
    studio.fill("userKey", key)
    studio.click("showKey")
    assert key in readable(studio.window)
    studio.press("Ctrl+PgDown")
    assert key not in readable(studio.window)
    assert other not in readable(studio.window)
    studio.press("Ctrl+PgUp")
    assert key not in readable(studio.window)
    studio.click("showKey")
    studio.choose(studio.menu("Help"), "about")
    studio.dialog("textDialog")
    studio.wait(lambda: key not in readable(studio.window))
    studio.press("Esc")


def test_a_saved_key_is_in_no_text_of_the_window(open_studio, sandbox) -> None:
    keychain = StagedKeychain()
    studio = open_studio(asking(sandbox, "refused", remember=True), keychain=keychain)
    key = new_key()
    studio.fill("userKey", key)
    studio.click("saveKey")
    studio.wait(lambda: studio.sees("replaceKey"))
    assert key in {each.reveal() for each in keychain.keys.values()}
    assert not studio.sees("showKey")
    assert studio.find("userKey").text() == ""
    studio.press("Ctrl+Z", "Ctrl+Z")
    assert studio.find("userKey").text() == ""
    studio.request()
    studio.press("Ctrl+I")
    assert key not in readable(studio.window)
    assert key not in str(accessible(studio.window))


@pytest.mark.parametrize("shown", [False, True], ids=["masked", "shown"])
@pytest.mark.parametrize(
    "keys",
    ["Ctrl+C", "Ctrl+X", "Ctrl+Insert", "Shift+Delete", "Ctrl+K", "Ctrl+U", "Shift+Home"],
)
def test_no_keys_carry_the_key_away(typed, keys, shown) -> None:
    studio, key = typed
    if shown:
        studio.click("showKey")
        studio.press("Alt+U")
    studio.press("Ctrl+A", keys)
    assert_clipboards_untouched(studio, key)
    studio.press("Home", keys)
    assert_clipboards_untouched(studio, key)
    studio.press("End", keys)
    assert_clipboards_untouched(studio, key)


@pytest.mark.parametrize("name", ["copy", "cut"])
def test_the_edit_menu_carries_no_key_away(typed, name) -> None:
    studio, key = typed
    studio.click("showKey")
    studio.press("Alt+U", "Ctrl+A")
    studio.choose(studio.menu("Edit"), name)
    assert_clipboards_untouched(studio, key)
    assert studio.find("userKey").text() == key


@pytest.mark.parametrize("shown", [False, True], ids=["masked", "shown"])
def test_no_selection_with_the_mouse_carries_the_key_away(typed, shown) -> None:
    studio, key = typed
    if shown:
        studio.click("showKey")
    field = studio.find("userKey")
    left, right = QPoint(4, field.height() // 2), QPoint(field.width() - 4, field.height() // 2)
    studio.bot.mousePress(field, Qt.MouseButton.LeftButton, pos=left)
    studio.bot.mouseMove(field, right)
    studio.bot.mouseRelease(field, Qt.MouseButton.LeftButton, pos=right)
    studio.bot.mouseDClick(field, Qt.MouseButton.LeftButton, pos=left)
    studio.click_at(field, left)
    assert_clipboards_untouched(studio, key)
    studio.press("Ctrl+A")
    studio.bot.mousePress(field, Qt.MouseButton.LeftButton, pos=left)
    studio.bot.mouseMove(studio.form.app_id, QPoint(4, 4))
    studio.bot.mouseRelease(studio.form.app_id, Qt.MouseButton.LeftButton)
    assert_clipboards_untouched(studio, key)
    assert studio.find("appId").text() == "studiov3.refused@sandbox.example"
    QCursor.setPos(0, 0)
    QTest.qWait(0)


@pytest.mark.parametrize("shown", [False, True], ids=["masked", "shown"])
def test_the_context_menu_only_puts_text_in(typed, shown) -> None:
    studio, _ = typed
    if shown:
        studio.click("showKey")
    menu = studio.ask_for_menu("userKey")
    assert [each.text() for each in menu.actions()] == ["&Paste", "C&lear"]
    studio.press("L")
    studio.wait(lambda: studio.current.typed_key is None)
    assert studio.find("userKey").text() == ""


@pytest.mark.parametrize("shown", [False, True], ids=["masked", "shown"])
def test_an_input_method_is_told_of_a_password_and_nothing_of_it(typed, shown) -> None:
    studio, key = typed
    if shown:
        studio.click("showKey")
        assert studio.find("userKey").displayText() == key
    studio.press("Alt+U", "End", "Left")
    query = QInputMethodQueryEvent(Qt.InputMethodQuery.ImQueryAll)
    QCoreApplication.sendEvent(studio.find("userKey"), query)
    hints = Qt.InputMethodHint.ImhHiddenText | Qt.InputMethodHint.ImhSensitiveData
    assert query.value(Qt.InputMethodQuery.ImHints) & hints.value == hints.value
    answers = {each: query.value(each) for each in Qt.InputMethodQuery}
    assert {each for each in answers.values() if isinstance(each, str)} == {""}
    assert answers[Qt.InputMethodQuery.ImCursorPosition] == 0


def test_forgetting_a_typed_key_empties_the_field_and_what_it_can_undo(typed) -> None:
    studio, _ = typed
    studio.click("forgetKey")
    studio.wait(lambda: studio.current.typed_key is None)
    assert studio.find("userKey").text() == ""
    studio.press("Alt+U", "Ctrl+Z")
    assert studio.find("userKey").text() == ""


@pytest.mark.parametrize("shown", [False, True], ids=["masked", "shown"])
@pytest.mark.parametrize("how", ["forget", "clear", "delete", "leave"])
def test_what_stood_for_a_key_stands_for_nothing_once_that_is_gone(open_studio, how, shown) -> None:
    studio = open_studio(account("A", "studiov3.a@b.example"), account("B"))
    key = new_key()
    studio.fill("userKey", key)
    field = studio.find("userKey")
    disguised = QLineEdit.text(field)
    if shown:
        studio.click("showKey")
    match how:
        case "forget":
            studio.click("forgetKey")
        case "clear":
            field.clear_as_typed()
        case "delete":
            studio.press("Alt+U", "Ctrl+A", "Delete")
        case "leave":
            studio.press("Ctrl+PgDown")
    studio.wait(lambda: studio.current.typed_key is None)
    QLineEdit.setText(field, disguised)  # as assistive technology would
    assert field.text() == disguised


def test_what_others_have_copied_is_left_alone(typed) -> None:
    studio, key = typed
    with offered(studio.bot, MARKER):
        studio.press("Alt+U", "Ctrl+A", "Ctrl+C", "Ctrl+X")
        assert pasted(studio.bot) == MARKER
    assert studio.find("userKey").text() == key


def test_the_report_of_a_failure_holds_no_key(typed) -> None:
    studio, key = typed
    studio.request()
    studio.click("copyReport")
    report = pasted(studio.bot)
    assert "API-4010" in report
    assert key not in report
    assert "refused@sandbox.example" not in report
    assert QApplication.clipboard().text() == report
