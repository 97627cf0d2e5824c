"""A key that is held down counts once, however X11 tells that it is held."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget
from ui.stage import Studio, asking, with_key

Kind = QEvent.Type
RETURNS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


def tell(window: QWidget, kind: Kind, at: int, key: Qt.Key, *, repeats: bool = False) -> bool:
    """What the display server has to tell at this millisecond; whether it was taken."""
    text = chr(key).lower() if key < Qt.Key.Key_Escape else "\r"
    event = QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, text, repeats)
    event.setTimestamp(at)
    event.ignore()
    QApplication.sendEvent(window.windowHandle(), event)
    return event.isAccepted()


def repeat(window: QWidget, at: int, key: Qt.Key, *, flagged: bool) -> None:
    """Once more, as X11 tells it: Qt has flagged it, or has not."""
    tell(window, Kind.KeyRelease, at, key, repeats=flagged)
    tell(window, Kind.KeyPress, at, key, repeats=flagged)


@pytest.fixture
def studio(open_studio, sandbox) -> Studio:
    studio = open_studio(asking(sandbox, "valid"))
    with_key(studio)
    studio.take_keyboard(studio.window)
    studio.find("userKey").setFocus()
    return studio


@pytest.mark.parametrize("flagged", [True, False], ids=["known", "not known"])
@pytest.mark.parametrize("key", RETURNS)
def test_a_long_press_is_one_request_and_the_next_press_another(studio, key, flagged) -> None:
    tell(studio.window, Kind.KeyPress, 1000, key)
    studio.wait_for_outcome()
    for at in range(1600, 1900, 40):
        repeat(studio.window, at, key, flagged=flagged)
        studio.wait_for_outcome()
    assert len(studio.current.history) == 1
    tell(studio.window, Kind.KeyRelease, 1911, key)
    tell(studio.window, Kind.KeyPress, 1990, key)
    studio.wait_for_outcome()
    assert len(studio.current.history) == 2


def test_a_repetition_is_no_shortcut(studio) -> None:
    override = Kind.ShortcutOverride
    assert not tell(studio.window, override, 1000, Qt.Key.Key_Return)
    tell(studio.window, Kind.KeyRelease, 1600, Qt.Key.Key_Return)
    assert tell(studio.window, override, 1600, Qt.Key.Key_Return)
    assert not tell(studio.window, override, 1700, Qt.Key.Key_Return)


@pytest.mark.parametrize("key", [Qt.Key.Key_R, Qt.Key.Key_D, Qt.Key.Key_F2])
@pytest.mark.parametrize("flagged", [True, False], ids=["known", "not known"])
def test_no_shortcut_is_repeated(studio, key, flagged) -> None:
    override = Kind.ShortcutOverride
    studio.find("requestToken").setFocus()
    tell(studio.window, Kind.KeyRelease, 1600, key, repeats=flagged)
    assert tell(studio.window, override, 1600, key, repeats=flagged)
    assert not tell(studio.window, override, 1700, key)


def test_one_goes_on_from_account_to_account_while_the_keys_are_held(studio) -> None:
    tell(studio.window, Kind.KeyRelease, 1600, Qt.Key.Key_PageDown)
    assert not tell(studio.window, Kind.ShortcutOverride, 1600, Qt.Key.Key_PageDown)


@pytest.mark.parametrize("flagged", [True, False], ids=["known", "not known"])
def test_the_space_bar_held_on_a_button_is_one_click(studio, flagged) -> None:
    studio.find("requestToken").setFocus()
    tell(studio.window, Kind.KeyPress, 1000, Qt.Key.Key_Space)
    for at in range(1600, 1900, 40):
        repeat(studio.window, at, Qt.Key.Key_Space, flagged=flagged)
        studio.wait_for_outcome()
    tell(studio.window, Kind.KeyRelease, 1911, Qt.Key.Key_Space)
    studio.wait_for_outcome()
    assert len(studio.current.history) == 1


@pytest.mark.parametrize("flagged", [True, False], ids=["known", "not known"])
def test_a_long_press_does_not_answer_the_dialog_that_it_opened(studio, flagged) -> None:
    studio.press("F2")
    dialog = studio.dialog("nameDialog")
    repeat(dialog, 1600, Qt.Key.Key_Return, flagged=flagged)
    assert dialog.isVisible()
    tell(dialog, Kind.KeyRelease, 1911, Qt.Key.Key_Return)
    tell(dialog, Kind.KeyPress, 1990, Qt.Key.Key_Return)
    studio.wait(lambda: not QApplication.activeModalWidget())


def test_letters_repeat_themselves(studio) -> None:
    before = studio.find("userKey").text()
    for at in range(1600, 1800, 40):
        repeat(studio.window, at, Qt.Key.Key_A, flagged=False)
    assert studio.find("userKey").text() == f"{before}aaaaa"
    repeat(studio.window, 1900, Qt.Key.Key_Space, flagged=True)
    repeat(studio.window, 1940, Qt.Key.Key_Space, flagged=False)
    assert studio.find("userKey").text() == f"{before}aaaaa  "
