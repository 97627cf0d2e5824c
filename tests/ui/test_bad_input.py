"""Whatever is typed: a word beside the field before anything is sent, and nothing typed is lost."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QInputMethodEvent, QWheelEvent
from PySide6.QtWidgets import QApplication
from ui.stage import Studio, account, asking, new_key, with_key

from deepbrain_desktop.account import ServerKind
from deepbrain_desktop.session.state import Failed, Granted
from deepbrain_desktop.studios.scenarios import SANDBOX_USER_KEY

HINTS = {"appId": "app_id_hint", "userKey": "user_key_hint", "address": "address_hint"}
BAD = {
    "empty": "",
    "blank": "   \t ",
    "several lines": "one\ntwo\nthree",
    "10,000 characters": "x" * 10_000,
    "control": "bell\x07and nul\x00",
    "bidi": "user\u202egpj.exe\u2066",
    "zero width": "a\u200bb",
}


def put(studio: Studio, name: str, text: str) -> None:
    """Have text in a field as an input method puts it there; keys have no such characters."""
    studio.click(name)
    studio.press("Ctrl+A", "Delete")
    event = QInputMethodEvent()
    event.setCommitString(text)
    QApplication.sendEvent(studio.find(name), event)


def hint(studio: Studio, name: str) -> str:
    return getattr(studio.form, HINTS[name]).text


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
@pytest.mark.parametrize("name", HINTS)
def test_what_cannot_be_sent_is_told_beside_its_field_and_not_sent(
    open_studio, sandbox, name, text
) -> None:
    studio = open_studio(asking(sandbox, "valid"))
    with_key(studio)
    put(studio, name, text)
    before, shown = sandbox.posts, studio.find(name).text()
    studio.press("Ctrl+Return")
    assert hint(studio, name), text
    assert studio.focus == name
    assert studio.find(name).text() == shown
    assert sandbox.posts == before
    assert not isinstance(studio.current.phase, Granted | Failed)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("http://example.org", "Only https"),
        ("ftp://example.org", "https://"),
        ("javascript://alert", "https://"),
        ("https://me:word@example.org", "@"),
        ("https://example.org/path", "after the host"),
        ("https://example.org?query=1", "after the host"),
        ("https://example.org#part", "after the host"),
        ("https://xn--mgbh0fb.example", "look-alike"),
        ("https://аpple.example", "look-alike"),
        ("https://", "not an address"),
        ("https://a b", "not an address"),
        ("https://host:99999", "not an address"),
        ("http://127.0.0.1.example.org", "Only https"),
    ],
)
def test_a_bad_address_is_refused_beside_the_field(open_studio, sandbox, address, words) -> None:
    studio = open_studio(asking(sandbox, "valid", address=address))
    with_key(studio)
    before = sandbox.posts
    studio.request()
    assert words in hint(studio, "address")
    assert studio.find("address").text() == address
    assert sandbox.posts == before
    assert not isinstance(studio.current.phase, Failed)


def test_the_word_goes_when_the_text_is_mended(open_studio, sandbox) -> None:
    studio = open_studio(asking(sandbox, "valid", app_id=""))
    with_key(studio)
    studio.press("Ctrl+Return")
    assert hint(studio, "appId") == "Enter the app ID first."
    studio.type("studiov3.valid@sandbox.example")
    assert hint(studio, "appId") == ""
    studio.request()
    assert isinstance(studio.current.phase, Granted)


def test_white_space_around_the_values_is_no_matter(open_studio, sandbox) -> None:
    studio = open_studio(asking(sandbox, "valid", app_id="  studiov3.valid@sandbox.example  "))
    studio.fill("userKey", f" {SANDBOX_USER_KEY} ")
    studio.request()
    assert isinstance(studio.current.phase, Granted)


@pytest.mark.parametrize(
    ("app_id", "key", "name", "words"),
    [
        ("someone@example.org", "", "appId", "Unusual"),
        (str(new_key()), "", "appId", "swapped"),
        ("", "studiov3.a@b.example", "userKey", "swapped"),
        ("", "not-a-uuid", "userKey", "Unusual"),
        ("", "eyJhbGciOiJub25lIn0.e30.", "userKey", "token"),
    ],
)
def test_an_unusual_shape_gets_a_hint_and_stops_nothing(
    open_studio, sandbox, app_id, key, name, words
) -> None:
    studio = open_studio(asking(sandbox, "valid", app_id=app_id or "studiov3.a@b.example"))
    studio.fill("userKey", key or SANDBOX_USER_KEY)
    assert words in hint(studio, name)
    assert studio.find(name).accessibleDescription() == hint(studio, name)
    before = sandbox.posts
    studio.request()
    assert sandbox.posts == before + 1


def test_switching_accounts_keeps_everything_that_was_typed(open_studio) -> None:
    first = account("First", server=ServerKind.OTHER)
    studio = open_studio(first, account("Second"))
    key = new_key()
    studio.fill("appId", "studiov3.half@typ")
    studio.fill("userKey", key)
    studio.fill("address", "https://half.exam")
    studio.press("Ctrl+PgDown")
    assert studio.form.app_id.text() == studio.form.user_key.text() == ""
    studio.fill("userKey", "other")
    studio.press("Ctrl+PgUp")
    assert studio.form.app_id.text() == "studiov3.half@typ"
    assert studio.form.user_key.text() == key
    assert studio.form.address.text() == "https://half.exam"


def test_choosing_another_server_keeps_the_address(open_studio, sandbox) -> None:
    studio = open_studio(asking(sandbox, "valid"))
    studio.form.server.setFocus()
    studio.press("Home")
    assert studio.current.account.server is ServerKind.PRODUCTION
    assert not studio.sees("address")
    studio.press("End")
    assert studio.find("address").text() == sandbox.server.origin


def test_a_wheel_that_turns_above_the_server_chooses_no_other(open_studio) -> None:
    studio = open_studio(account("A", "studiov3.a@b.example"))
    server, down = studio.find("server"), QPoint(0, -120)
    place = QPointF(server.rect().center())
    nothing = (Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier)
    for focus in ("appId", "server"):
        studio.find(focus).setFocus()
        turn = QWheelEvent(
            place,
            server.mapToGlobal(place),
            QPoint(),
            down,
            *nothing,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(server, turn)
        assert studio.current.account.server is ServerKind.PRODUCTION
        assert server.currentText() == "Production"


@pytest.mark.parametrize("name", [*HINTS, "filter"])
def test_alt_with_a_letter_that_nothing_has_writes_nothing(open_studio, sandbox, name) -> None:
    studio = open_studio(asking(sandbox, "valid"))
    studio.click(name)
    before = studio.find(name).text()
    studio.press("Alt+X", "Alt+Shift+X", "Alt+3")
    assert studio.find(name).text() == before
    studio.press("Ctrl+Alt+X", "X")
    assert len(studio.find(name).text()) == len(before) + 2


def test_undo_in_the_app_id_brings_back_what_stood_there(open_studio) -> None:
    studio = open_studio(account("A"))
    studio.click("appId")
    studio.type("abc")
    studio.press("Ctrl+Z")
    assert studio.find("appId").text() == ""
    assert studio.current.account.app_id == ""
    studio.press("Ctrl+Shift+Z")
    assert studio.current.account.app_id == "abc"


def test_undo_never_brings_what_another_account_held(open_studio) -> None:
    studio = open_studio(account("A"), account("B"))
    studio.fill("appId", "of A")
    studio.press("Ctrl+PgDown")
    studio.click("appId")
    for _ in range(3):
        studio.press("Ctrl+Z")
        assert studio.find("appId").text() == ""
        assert studio.current.account.app_id == ""


def test_while_requesting_nothing_typed_gets_in(open_studio, sandbox) -> None:
    studio = open_studio(asking(sandbox, "slow"))
    with_key(studio)
    studio.press("Ctrl+Return")
    studio.click("appId")
    studio.type("more")
    assert studio.find("appId").text() == "studiov3.slow@sandbox.example"
    assert studio.find("server").isEnabled() is False
    studio.wait_for_outcome()
    assert studio.form.app_id.focusPolicy() != Qt.FocusPolicy.NoFocus
