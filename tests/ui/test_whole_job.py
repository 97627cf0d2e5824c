"""From the first start to a token on another program's clipboard."""

from keyring_daemon import KeyringDaemon
from ui.others import pasted
from ui.stage import StagedKeychain, account, asking, new_key, with_key

from deepbrain_desktop.account import KeychainEntry, ServerKind, StoredKey
from deepbrain_desktop.session.state import Granted, KeyPlace, Stopped
from deepbrain_desktop.studios.scenarios import DEFAULT, SANDBOX_USER_KEY
from deepbrain_desktop.system.lazy_keychain import LazyKeychain, NoKeychain


def test_the_first_start_puts_the_cursor_into_the_app_id_and_says_where_to_look(studio) -> None:
    assert studio.focus == "appId"
    assert studio.form.app_id.text() == ""
    assert "Api Key" in studio.find("startWords").text()
    assert studio.sees("openKeyPage")
    assert studio.sees("trySandbox")
    assert not studio.sees("copyToken")


def test_the_first_token_takes_app_id_tab_key_and_return(studio, qtbot) -> None:
    studio.form.server.setFocus()
    studio.press("S")
    assert studio.form.server.currentText() == "Sandbox"
    studio.press("Tab")
    assert studio.focus == "appId"
    studio.type(DEFAULT.app_id)
    studio.press("Tab")
    assert studio.focus == "userKey"
    studio.type(SANDBOX_USER_KEY)
    studio.press("Return")
    studio.wait_for_outcome()
    assert isinstance(studio.current.phase, Granted)
    studio.press("Ctrl+Shift+C")
    assert pasted(qtbot) == studio.token


def test_every_day_two_shortcuts_lead_from_the_window_to_the_token(open_studio, sandbox) -> None:
    chosen = asking(sandbox, "valid")
    studio = open_studio(asking(sandbox, "refused"), chosen, selected="valid")
    studio.session.keys.type_key(chosen.id, SANDBOX_USER_KEY)
    studio.press("Ctrl+Return")
    studio.wait_for_outcome()
    studio.press("Ctrl+Shift+C")
    assert pasted(studio.bot) == studio.token


def test_a_key_pressed_after_the_start_does_not_take_the_place_of_a_saved_one(open_studio) -> None:
    host = "ai-streamer.deepbrain.io"
    kept = (StoredKey(host, KeychainEntry("DeepBrain Desktop: test", "test")),)
    studio = open_studio(account("A", "studiov3.a@b.example", keys=kept))
    assert studio.focus == "appId"
    studio.type("x")
    assert studio.current.key_place is KeyPlace.KEYCHAIN


def test_the_start_puts_the_cursor_where_a_key_is_missing(open_studio) -> None:
    studio = open_studio(account("A", "studiov3.a@b.example"))
    assert studio.focus == "userKey"


def test_return_in_a_field_goes_to_what_is_missing_and_sends_nothing(open_studio, sandbox) -> None:
    studio = open_studio(asking(sandbox, "valid"))
    before = sandbox.posts
    studio.click("appId")
    studio.press("Return")
    assert studio.focus == "userKey"
    assert studio.form.user_key_hint.text == "Enter the user key first."
    assert sandbox.posts == before


def test_one_click_on_the_sandbox_brings_a_token(studio) -> None:
    studio.click("trySandbox")
    studio.wait_for_outcome()
    assert isinstance(studio.current.phase, Granted)
    assert studio.find("tokenStatus").text() == "Valid"
    assert [each.account.name for each in studio.state.accounts] == ["Sandbox"]


def test_the_sandbox_needs_no_keychain_and_no_network(open_studio, monkeypatch) -> None:
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    studio = open_studio(keychain=NoKeychain())
    studio.click("trySandbox")
    studio.wait_for_outcome()
    assert isinstance(studio.current.phase, Granted)


def test_the_menu_tries_the_sandbox_too(studio) -> None:
    studio.choose(studio.menu("File"), "addSandbox")
    studio.wait_for_outcome()
    assert isinstance(studio.current.phase, Granted)


def test_the_sandbox_is_found_again_and_not_added_twice(studio) -> None:
    studio.click("trySandbox")
    studio.wait_for_outcome()
    studio.choose(studio.menu("File"), "addSandbox")
    studio.wait_for_outcome()
    assert len(studio.state.accounts) == 1


def test_escape_cancels(open_studio, sandbox) -> None:
    studio = open_studio(asking(sandbox, "silent"))
    with_key(studio)
    studio.press("Ctrl+Return")
    assert studio.sees("cancel")
    assert studio.sees("progress")
    studio.press("Esc")
    assert isinstance(studio.current.phase, Stopped)
    assert not studio.sees("cancel")
    assert studio.find("startWords").text() == "Cancelled. No token was kept."


def test_a_click_cancels(open_studio, sandbox) -> None:
    studio = open_studio(asking(sandbox, "silent"))
    with_key(studio)
    studio.click("requestToken")
    studio.click("cancel")
    assert isinstance(studio.current.phase, Stopped)


def test_a_storm_of_return_makes_one_request(open_studio, sandbox) -> None:
    studio = open_studio(asking(sandbox, "slow"))
    with_key(studio)
    before = sandbox.posts
    for _ in range(20):
        studio.press("Return", "Ctrl+Return")
    studio.wait_for_outcome()
    assert sandbox.posts == before + 1


def test_with_a_real_keyring_the_key_is_typed_once_and_kept(
    open_studio, keyring_daemon: KeyringDaemon, sandbox
) -> None:
    kept = asking(sandbox, "valid", remember=True)
    studio = open_studio(kept, keychain=LazyKeychain())
    assert studio.find("remember").text() == "Remem&ber in GNOME Keyring"
    with_key(studio)
    studio.press("Return")
    studio.wait_for_outcome()
    studio.wait(lambda: studio.current.key_place is KeyPlace.KEYCHAIN)
    assert studio.find("userKey").text() == ""
    assert studio.form.user_key_hint.text == "Saved in GNOME Keyring"
    (stored,) = studio.current.account.keys
    assert keyring_daemon.lookup(stored.entry.service, stored.entry.user) == SANDBOX_USER_KEY

    again = open_studio(studio.current.account, keychain=LazyKeychain())
    again.request()
    assert isinstance(again.current.phase, Granted)
    again.click("forgetKey")
    again.dialog()
    again.press("Alt+F")
    again.wait(lambda: again.current.key_place is KeyPlace.NOWHERE)
    assert keyring_daemon.count(stored.entry.service, stored.entry.user) == 0


def test_a_saved_key_can_be_replaced(open_studio, sandbox) -> None:
    keychain = StagedKeychain()
    studio = open_studio(asking(sandbox, "valid", remember=True), keychain=keychain)
    studio.fill("userKey", new_key())
    studio.click("saveKey")
    studio.wait(lambda: studio.sees("replaceKey"))
    studio.click("replaceKey")
    assert studio.focus == "userKey"
    studio.type(SANDBOX_USER_KEY)
    studio.press("Return")
    studio.wait_for_outcome()
    assert isinstance(studio.current.phase, Granted)
    studio.wait(lambda: studio.sees("replaceKey"))
    assert [each.reveal() for each in keychain.keys.values()] == [SANDBOX_USER_KEY]


def test_a_saved_key_is_not_replaced_by_one_that_the_service_refuses(open_studio, sandbox) -> None:
    keychain = StagedKeychain()
    studio = open_studio(asking(sandbox, "valid", remember=True), keychain=keychain)
    studio.fill("userKey", SANDBOX_USER_KEY)
    studio.click("saveKey")
    studio.wait(lambda: studio.sees("replaceKey"))
    studio.click("replaceKey")
    studio.type(new_key())
    assert studio.find("userKeyHint").accessibleDescription() == "Replaces the saved one on success"
    studio.press("Return")
    studio.wait_for_outcome()
    assert studio.find("reason").text() == "API-4010"
    assert [each.reveal() for each in keychain.keys.values()] == [SANDBOX_USER_KEY]
    studio.fill("userKey", "")
    studio.request()
    assert isinstance(studio.current.phase, Granted)


def test_a_foreign_host_is_named_and_confirmed_once(open_studio) -> None:
    elsewhere = {"server": ServerKind.OTHER, "address": "https://streamer.invalid"}
    studio = open_studio(account("Partner", "studiov3.a@b.example", remember=False, **elsewhere))
    with_key(studio)
    studio.press("Ctrl+Return")
    assert "streamer.invalid" in studio.find("messageHeadline").text()
    studio.click("messageAction")
    studio.wait_for_outcome()
    assert studio.find("reason").text() == "NET-DNS"
    studio.request()
    assert studio.find("reason").text() == "NET-DNS"
