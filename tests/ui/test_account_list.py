"""The list: chosen, filtered, added to, renamed, duplicated and cleared by the person alone."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QLabel
from ui.eyes import readable, visible_text
from ui.others import pasted
from ui.stage import StagedKeychain, Studio, account, asking, new_key, with_key

from deepbrain_desktop.account import Account, KeychainEntry, StoredKey
from deepbrain_desktop.session.state import Requesting, Stopped
from deepbrain_desktop.studios.credentials import Secret
from deepbrain_desktop.system.keychain_errors import KeychainLocked
from deepbrain_desktop.ui.names import display_name

THREE = ("Alpha", "Beta", "Gamma")


@pytest.fixture
def three(open_studio) -> Studio:
    return open_studio(*(account(each, f"studiov3.{each}@x.example") for each in THREE))


def rows(studio: Studio) -> list[str]:
    model = studio.list.view.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def spoken(studio: Studio) -> list[str]:
    """The rows as a screen reader tells them."""
    model = studio.list.view.model()
    role = Qt.ItemDataRole.AccessibleTextRole
    return [model.index(row, 0).data(role) for row in range(model.rowCount())]


def chosen(studio: Studio) -> str:
    return display_name(studio.current.account)


def test_the_shown_account_is_marked_in_the_list(three) -> None:
    assert rows(three) == list(THREE)
    assert three.list.view.currentIndex().data() == chosen(three) == "Alpha"
    assert three.find("accountName").text() == "Alpha"


def test_a_click_and_the_arrows_choose_an_account(three) -> None:
    view = three.list.view
    place = view.visualRect(view.model().index(2, 0)).center()
    three.click_at(view.viewport(), place)
    assert chosen(three) == "Gamma"
    three.press("Up")
    assert chosen(three) == "Beta"
    assert three.find("appId").text() == "studiov3.Beta@x.example"


def test_ctrl_page_down_and_up_go_round(three) -> None:
    seen = []
    for keys in ("Ctrl+PgDown", "Ctrl+PgDown", "Ctrl+PgDown", "Ctrl+PgUp"):
        three.press(keys)
        seen.append(chosen(three))
    assert seen == ["Beta", "Gamma", "Alpha", "Gamma"]
    assert three.list.view.currentIndex().data() == "Gamma"


def test_filtering_shows_fewer_rows_and_leaves_the_page_alone(three) -> None:
    three.press("Ctrl+F")
    three.type("gam")
    assert rows(three) == ["Gamma"]
    assert chosen(three) == "Alpha"
    three.press("Ctrl+A", "Delete")
    assert rows(three) == list(THREE)
    assert three.list.view.currentIndex().data() == "Alpha"


def test_a_filter_is_typed_anew_with_the_same_keys_and_emptied_by_esc(three) -> None:
    three.press("Ctrl+F")
    three.type("x")
    three.press("Tab", "Ctrl+F")
    three.type("y")
    assert three.find("filter").text() == "y"
    three.press("Esc")
    assert three.find("filter").text() == ""
    assert three.focus == "filter"
    assert three.list.view.model().rowCount() == 3


def test_esc_empties_the_filter_before_it_cancels_a_request(open_studio, sandbox) -> None:
    studio = open_studio(asking(sandbox, "dripping"))
    with_key(studio)
    studio.press("Ctrl+Return", "Ctrl+F")
    studio.type("drip")
    studio.press("Esc")
    assert studio.find("filter").text() == ""
    assert isinstance(studio.current.phase, Requesting)
    studio.press("Esc")
    assert isinstance(studio.current.phase, Stopped)


def test_a_filtered_row_can_be_chosen(three) -> None:
    three.press("Ctrl+F")
    three.type("BET")
    view = three.list.view
    three.click_at(view.viewport(), view.visualRect(view.model().index(0, 0)).center())
    assert chosen(three) == "Beta"


def test_the_filter_gives_way_to_an_account_that_it_would_hide(three) -> None:
    three.press("Ctrl+F")
    three.type("gam")
    three.press("Ctrl+N")
    assert three.find("filter").text() == ""
    assert rows(three) == [*THREE, "New account"]
    assert three.list.view.currentIndex().data() == "New account"


def test_a_new_account_has_the_cursor_in_its_app_id_and_is_added_once(three) -> None:
    three.press("Ctrl+N", "Ctrl+N")
    assert three.focus == "appId"
    assert len(three.state.accounts) == 4
    three.type("studiov3.new@x.example")
    assert rows(three)[-1] == "new@x.example"
    three.click("addAccount")
    assert len(three.state.accounts) == 5


def test_f2_renames(three) -> None:
    three.press("F2")
    dialog = three.dialog()
    assert dialog.windowTitle().startswith("Rename account")
    three.type("Delta")
    three.press("Return")
    assert rows(three) == ["Delta", "Beta", "Gamma"]
    assert three.find("accountName").text() == "Delta"


def test_a_key_is_not_taken_for_a_name_and_that_is_said(three) -> None:
    three.press("F2")
    dialog = three.dialog()
    key = new_key()
    three.type(f'"{key}",')
    three.press("Return")
    assert "looks like a user key" in visible_text(dialog)
    assert rows(three) == list(THREE)
    three.press("Ctrl+A")
    three.type("Delta")
    three.press("Return")
    assert rows(three) == ["Delta", "Beta", "Gamma"]


def test_escape_leaves_the_name(three) -> None:
    three.press("F2")
    three.dialog()
    three.type("Delta")
    three.press("Esc")
    assert rows(three) == list(THREE)


def test_a_double_click_renames(three) -> None:
    view = three.list.view
    place = view.visualRect(view.model().index(0, 0)).center()
    three.click_at(view.viewport(), place)
    three.bot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    three.dialog()
    three.press("Esc")


def test_a_name_in_korean_is_taken_from_the_input_method(three) -> None:
    three.press("F2")
    dialog = three.dialog()
    event = QInputMethodEvent()
    event.setCommitString("한빛미디어")
    QApplication.sendEvent(QApplication.focusWidget(), event)
    three.press("Return")
    assert not dialog.isVisible()
    assert chosen(three) == "한빛미디어"


def test_looking_at_the_name_makes_none_of_the_mail_address(open_studio) -> None:
    studio = open_studio(account("", "studiov3.first@b.example"))
    studio.press("F2")
    studio.dialog()
    studio.press("Return")
    studio.fill("appId", "studiov3.second@b.example")
    assert studio.find("accountName").text() == "second@b.example"


def test_a_name_that_others_made_longer_is_not_cut_and_can_be_shortened(open_studio) -> None:
    studio = open_studio(account("한" * 250, "studiov3.a@b.example"))
    studio.press("F2")
    studio.dialog()
    studio.press("Return")
    assert studio.current.account.name == "한" * 250
    studio.press("F2")
    studio.dialog()
    studio.press("End", "Backspace", "Return")
    assert studio.current.account.name == "한" * 249


def test_a_copy_has_everything_but_the_key(open_studio, sandbox) -> None:
    studio = open_studio(asking(sandbox, "valid", "One"))
    with_key(studio)
    studio.press("Ctrl+D")
    assert rows(studio) == ["One", "One (copy)"]
    assert chosen(studio) == "One (copy)"
    assert studio.find("address").text() == sandbox.server.origin
    assert studio.find("userKey").text() == ""


def kept(keychain: StagedKeychain) -> tuple[StoredKey, ...]:
    entry = KeychainEntry("DeepBrain Desktop: test", "test")
    keychain.keys[entry] = Secret("kept")
    return (StoredKey("ai-streamer.deepbrain.io", entry),)


def test_removing_asks_first_and_return_means_no(three) -> None:
    three.press("Ctrl+Shift+Backspace")
    dialog = three.dialog()
    assert dialog.text() == "Remove “Alpha”?"
    three.press("Return")
    assert not dialog.isVisible()
    three.click("removeAccount")
    three.dialog()
    three.press("Esc")
    assert rows(three) == list(THREE)


def test_removing_takes_the_key_out_of_the_keychain(open_studio) -> None:
    keychain = StagedKeychain()
    studio = open_studio(
        account("A", "studiov3.a@b.example", keys=kept(keychain)), account("B"), keychain=keychain
    )
    studio.press("Ctrl+Shift+Backspace")
    assert "GNOME Keyring" in studio.dialog().informativeText()
    studio.press("Alt+R")
    studio.wait(lambda: rows(studio) == ["B"])
    assert not keychain.keys


def test_a_key_that_stays_keeps_the_account_until_it_is_let_go(open_studio) -> None:
    keychain = StagedKeychain()
    studio = open_studio(
        account("A", "studiov3.a@b.example", keys=kept(keychain)), account("B"), keychain=keychain
    )
    keychain.failure = KeychainLocked()
    studio.press("Ctrl+Shift+Backspace")
    studio.dialog()
    studio.press("Alt+R")
    studio.wait(lambda: studio.current.removal_failed)
    assert rows(studio) == ["A", "B"]
    assert studio.form.user_key_hint.text.startswith("Key NOT removed")
    studio.press("Ctrl+Shift+Backspace")
    assert "could not be removed" in studio.dialog().informativeText()
    studio.press("Alt+R")
    studio.wait(lambda: rows(studio) == ["B"])


def test_a_key_that_stays_is_told_though_another_account_is_shown(open_studio, sandbox) -> None:
    keychain = StagedKeychain()
    first = asking(sandbox, "valid", "A", keys=kept(keychain))
    studio = open_studio(first, account("B"), keychain=keychain)
    with_key(studio)
    studio.request()
    keychain.failure = KeychainLocked()
    studio.click("forgetKey")
    studio.dialog()
    studio.press("Alt+F")
    studio.wait(lambda: not QApplication.activeModalWidget())
    studio.press("Ctrl+PgDown")
    assert chosen(studio) == "B"
    studio.wait(lambda: spoken(studio)[0] == "A, key not removed")
    said = studio.window.statusBar().currentMessage()
    assert said.startswith("Key NOT removed from the keychain: The keychain is locked")
    assert said.endswith(" · A")
    studio.press("Ctrl+PgUp")
    assert studio.find("tokenStatus").text() == "Valid"
    keychain.failure = None
    studio.click("forgetKey")
    studio.dialog()
    studio.press("Alt+F")
    studio.wait(lambda: not keychain.keys)
    studio.wait(lambda: "left" in spoken(studio)[0])


def test_removing_the_last_account_leaves_the_first_start(open_studio) -> None:
    studio = open_studio(account("A", "studiov3.a@b.example"))
    studio.press("Ctrl+Shift+Backspace")
    studio.dialog()
    studio.press("Alt+R")
    studio.wait(lambda: studio.sees("trySandbox"))
    assert not studio.find("removeAccount").isEnabled()


HOSTILE = {
    "HTML": "<b>bold</b><img src='x'><h1>Sign in</h1>",
    "entities": "&amp;&lt;b&gt; & more && most",
    "bidi": "user\u202egpj.exe\u2066",
    "long": "N" * 10_000,
    "emoji": "👩\u200d💻 고객 🇰🇷",
    "control": "bell\x07 line\nline\ttab",
    "blank": "\u3164\u2800",
}


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_name_is_shown_as_what_it_is(open_studio, name) -> None:
    studio = open_studio(account(name, name), account("B"))
    shown = display_name(studio.current.account)
    assert shown.isprintable()
    assert 0 < len(shown) <= 300
    assert rows(studio)[0] == shown
    label = studio.find("accountName")
    assert label.textFormat() is Qt.TextFormat.PlainText
    assert label.accessibleDescription() == shown
    row = studio.list.view.model().index(0, 0)
    tip = row.data(Qt.ItemDataRole.ToolTipRole)
    assert tip is None or ("<" not in tip and len(tip) <= 300)
    assert "<" not in label.toolTip()
    width = studio.window.width()
    studio.press("Ctrl+Shift+Backspace")
    dialog = studio.dialog()
    assert shown[:20] in dialog.text()
    for each in dialog.findChildren(QLabel):
        assert each.textFormat() is Qt.TextFormat.PlainText or "<" not in each.text()
    assert dialog.width() <= width
    studio.press("Esc")
    assert "\u202e" not in readable(studio.window).replace(studio.form.app_id.text(), "")


def many(count: int) -> list[Account]:
    return [account(f"Account {n:04}", f"studiov3.{n}@x.example") for n in range(count)]


def test_a_thousand_accounts_are_not_rebuilt_for_one_change(open_studio, sandbox) -> None:
    studio = open_studio(asking(sandbox, "valid", "Account 0999"), *many(999))
    model = studio.list.view.model().sourceModel()
    resets: list[object] = []
    changed: list[int] = []
    model.modelReset.connect(lambda: resets.append(None))
    model.dataChanged.connect(lambda first, *_: changed.append(first.row()))
    with_key(studio)
    studio.request()
    studio.press("Ctrl+PgDown", "Ctrl+PgDown", "Ctrl+F")
    studio.type("0777")
    assert rows(studio) == ["Account 0777"]
    assert not resets
    assert set(changed) == {0}
    assert len(changed) <= 3


def test_a_thousand_accounts_are_painted_by_the_screenful(open_studio) -> None:
    studio = open_studio(*many(1000))
    painted: set[int] = set()
    model = studio.list.view.model().sourceModel()
    answer = model.data

    def count(index, role=Qt.ItemDataRole.DisplayRole):
        painted.add(index.row())
        return answer(index, role)

    model.data = count
    studio.list.view.viewport().update()
    studio.bot.waitUntil(lambda: bool(painted))
    assert len(painted) < 50


def test_what_an_account_shows_is_gone_from_the_page_of_another(open_studio, sandbox) -> None:
    studio = open_studio(asking(sandbox, "valid", "One"), account("Two", "studiov3.2@x.example"))
    with_key(studio)
    studio.request()
    studio.press("Ctrl+PgDown")
    seen = visible_text(studio.window)
    assert "studiov3.valid@sandbox.example" not in seen
    assert "Claims" not in seen
    studio.press("Ctrl+Shift+C")
    assert pasted(studio.bot) == ""


def test_an_account_whose_row_leaves_the_filter_stays_the_one_that_is_typed_into(
    open_studio,
) -> None:
    studio = open_studio(
        account("", "studiov3.qa@example.com"), account("QA team", "studiov3.z@example.com")
    )
    studio.press("Ctrl+F")
    studio.type("qa")
    studio.fill("appId", "studiov3.new@x.com")
    first, second = studio.state.accounts
    assert studio.current.id == first.id
    assert first.account.app_id == "studiov3.new@x.com"
    assert second.account.app_id == "studiov3.z@example.com"


def test_looking_at_another_account_changes_nothing_in_the_first(open_studio) -> None:
    studio = open_studio(account("Alpha", "studiov3.a@x.example"), account("Beta", "b"))
    studio.request()
    before = studio.current
    assert before.flaws
    studio.press("Ctrl+PgDown", "Ctrl+PgUp")
    assert studio.current == before
