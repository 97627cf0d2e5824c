"""Each way a request can fail, reached for real, with its own words and way out."""

import ssl
from contextlib import closing
from socket import create_server

import pytest
import trustme
from ui.eyes import bar_of, in_list, readable, visible_text
from ui.stage import Clock, StagedKeychain, account, asking, new_key, with_key

from deepbrain_desktop.account import KeychainEntry, ServerKind, StoredKey
from deepbrain_desktop.studios.credentials import Secret
from deepbrain_desktop.studios.sandbox import Sandbox
from deepbrain_desktop.studios.scenarios import SANDBOX_USER_KEY
from deepbrain_desktop.system.keychain_errors import KeychainError, KeychainLocked
from deepbrain_desktop.ui.symbols import Symbol, Tone

KEY_PAGE = "Open the &key page"
AGAIN = "Try a&gain"
APP_ID = "&Change the app ID"
SERVER = "&Change the server"


# The keychain


def kept(keychain: StagedKeychain, sandbox: Sandbox) -> tuple[StoredKey, ...]:
    entry = KeychainEntry("DeepBrain Desktop: test", "test")
    keychain.keys[entry] = Secret(SANDBOX_USER_KEY)
    return (StoredKey(sandbox.server.host, entry),)


def test_waiting_for_the_keychain_is_said_after_half_a_second(open_studio, sandbox) -> None:
    keychain, clock = StagedKeychain(), Clock()
    studio = open_studio(
        asking(sandbox, "valid", keys=kept(keychain, sandbox)), keychain=keychain, elapsed=clock
    )
    keychain.waits = True
    studio.press("Ctrl+Return")
    assert not studio.sees("message")
    clock.advance(0.6)
    studio.wait(lambda: studio.sees("message"))
    assert studio.find("messageHeadline").text() == "Waiting for your keychain…"
    studio.click("cancel")
    assert not studio.sees("message")


@pytest.mark.parametrize(
    "kind", [each for each in KeychainError.__subclasses__() if each.__name__ != "KeychainBroken"]
)
def test_a_keychain_that_refuses_says_why(open_studio, sandbox, kind) -> None:
    keychain = StagedKeychain()
    studio = open_studio(asking(sandbox, "valid", keys=kept(keychain, sandbox)), keychain=keychain)
    keychain.failure = kind()
    studio.request()
    assert bar_of(studio).reason == kind.reason
    assert in_list(studio).short == "keychain"


def test_a_locked_keychain_can_be_tried_again(open_studio, sandbox) -> None:
    keychain = StagedKeychain()
    studio = open_studio(asking(sandbox, "valid", keys=kept(keychain, sandbox)), keychain=keychain)
    keychain.failure = KeychainLocked()
    studio.request()
    assert bar_of(studio).headline == "The keychain is locked"
    keychain.failure = None
    studio.click("messageAction")
    studio.wait_for_outcome()
    assert studio.sees("tokenStatus")


def test_a_key_that_is_gone_is_asked_for_anew(open_studio, sandbox) -> None:
    keychain = StagedKeychain()
    keys = kept(keychain, sandbox)
    studio = open_studio(asking(sandbox, "valid", keys=keys, remember=True), keychain=keychain)
    keychain.keys.clear()
    studio.request()
    assert bar_of(studio).reason == "KEYCHAIN-KEY-GONE"
    studio.click("messageAction")
    assert studio.focus == "userKey"
    assert not studio.sees("replaceKey")
    studio.type(SANDBOX_USER_KEY)
    assert studio.form.user_key_hint.text == "Saved on success"
    studio.request()
    studio.wait(lambda: studio.sees("replaceKey"))
    assert studio.form.user_key_hint.text == "Saved in GNOME Keyring"


@pytest.mark.parametrize("wish", ["forgetKey", "removeAccount"])
def test_a_key_that_is_gone_is_not_said_to_be_removed(open_studio, sandbox, wish: str) -> None:
    keychain = StagedKeychain()
    studio = open_studio(asking(sandbox, "valid", keys=kept(keychain, sandbox)), keychain=keychain)
    studio.click(wish)
    assert "removed from GNOME Keyring" in studio.dialog().informativeText()
    studio.press("Esc")
    keychain.keys.clear()
    studio.request()
    studio.click(wish)
    assert "was not found in GNOME Keyring" in studio.dialog().informativeText()
    studio.press("Esc")


def test_a_key_that_was_not_saved_is_told_beside_its_field(open_studio, sandbox) -> None:
    keychain = StagedKeychain()
    studio = open_studio(asking(sandbox, "valid", remember=True), keychain=keychain)
    with_key(studio)
    keychain.failure = KeychainLocked()
    studio.click("saveKey")
    studio.wait(lambda: studio.current.key_problem is not None)
    assert studio.form.user_key_hint.text.startswith("Not saved, kept until you quit")
    assert studio.find("userKey").text() == SANDBOX_USER_KEY


# The request failed


@pytest.mark.parametrize(
    ("scenario", "reason", "short", "words", "action"),
    [
        ("invalid", "API-4000", "values refused", "did not accept the form", APP_ID),
        ("refused", "API-4010", "key refused", "App ID or user key not accepted", KEY_PAGE),
        ("forbidden", "API-4030", "not allowed", "may not create session tokens", KEY_PAGE),
        ("not-found", "API-4040", "not found", "does not know this app ID", APP_ID),
        ("service-error", "API-5000", "service error", "internal error", AGAIN),
        ("unknown-code", "API-7777", "refused", "code 7777", AGAIN),
        ("maintenance", "HTTP-503", "service error", "Service unavailable (503)", AGAIN),
        ("no-token", "API-NO-TOKEN", "unexpected answer", "but no token", AGAIN),
        ("garbled", "API-FORMAT", "unexpected answer", "Unexpected answer", AGAIN),
        ("empty", "HTTP-EMPTY", "unexpected answer", "empty", AGAIN),
        ("not-http", "HTTP-GARBLED", "unexpected answer", "Not an API answer", SERVER),
        ("redirect", "HTTP-REDIRECT", "unexpected answer", "redirect; not followed", SERVER),
        ("huge", "HTTP-TOO-LARGE", "unexpected answer", "too large", SERVER),
        ("too-long-token", "API-TOKEN-LENGTH", "unexpected answer", "too long", AGAIN),
        ("silent", "NET-SILENT", "timed out", "No answer", AGAIN),
        ("closed", "NET-CLOSED", "connection lost", "closed the connection", AGAIN),
        ("cut", "NET-INCOMPLETE", "connection lost", "incomplete", AGAIN),
        ("reset", "NET-LOST", "connection lost", "was lost", AGAIN),
        ("dripping", "NET-TIMEOUT", "timed out", "too long", AGAIN),
    ],
)
def test_a_failure_says_what_it_is_and_what_to_do(
    open_studio, sandbox, scenario, reason, short, words, action
) -> None:
    studio = open_studio(asking(sandbox, scenario))
    with_key(studio)
    studio.request()
    bar = bar_of(studio)
    assert (bar.reason, bar.action) == (reason, action)
    assert words in bar.headline
    assert bar.advice
    status = in_list(studio)
    assert (status.symbol, status.tone, status.short) == (Symbol.CROSS, Tone.BAD, short)
    assert bar.headline in studio.find("message").accessibleDescription()
    assert not studio.sees("copyToken")


def test_a_port_where_nothing_listens_is_unreachable(open_studio) -> None:
    with closing(create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    studio = open_studio(
        account(
            "Here", "studiov3.a@b.example", server=ServerKind.OTHER, remember=False,
            address=f"http://127.0.0.1:{port}",
        )
    )  # fmt: skip
    with_key(studio)
    studio.request()
    assert bar_of(studio).reason == "NET-REFUSED"
    assert in_list(studio).short == "unreachable"


def test_a_certificate_that_nobody_vouches_for_stops_the_request(open_studio) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    with Sandbox(tls=context) as secure:
        studio = open_studio(asking(secure, "valid"))
        with_key(studio)
        studio.request()
        assert secure.posts == 0
    bar = bar_of(studio)
    assert bar.reason.startswith("TLS-")
    assert bar.headline == "The server’s identity could not be confirmed"
    assert in_list(studio).short == "certificate"


def test_a_rate_limit_counts_down_and_sends_nothing_by_itself(open_studio, sandbox) -> None:
    clock = Clock()
    studio = open_studio(asking(sandbox, "rate-limited"), elapsed=clock)
    with_key(studio)
    studio.request()
    assert bar_of(studio).reason == "API-4290"
    assert bar_of(studio).action == ""
    button = studio.find("requestToken")
    assert not button.isEnabled()
    assert button.text() == "Wait 5 s"
    posts = sandbox.posts
    studio.press("Ctrl+Return", "Return")
    clock.advance(3.7)
    studio.wait(lambda: button.text() == "Wait 2 s")
    clock.advance(3)
    studio.wait(button.isEnabled)
    assert button.text() == "&Request token"
    assert sandbox.posts == posts


def test_a_fault_of_the_program_is_not_said_to_have_sent_nothing(
    open_studio, sandbox, monkeypatch
) -> None:
    studio = open_studio(asking(sandbox, "valid"))
    issue = studio.issuing.issue

    def stumble(*asked: object) -> None:
        issue(*asked)
        raise ValueError

    monkeypatch.setattr(studio.issuing, "issue", stumble)
    with_key(studio)
    posts = sandbox.posts
    studio.request()
    assert sandbox.posts == posts + 1
    assert bar_of(studio).reason == "PROGRAM"
    assert in_list(studio).short == "failed"


def test_details_show_what_is_known_and_stay_open(open_studio, sandbox) -> None:
    studio = open_studio(asking(sandbox, "refused"), asking(sandbox, "forbidden"))
    with_key(studio)
    studio.request()
    assert "HTTP status" not in visible_text(studio.window)
    studio.press("Ctrl+I")
    seen = visible_text(studio.window)
    for each in ("API-4010", "401", "4010", "Invalid credentials", "ms"):
        assert each in seen
    studio.press("Ctrl+PgDown")
    with_key(studio)
    studio.request()
    assert "API-4030" in visible_text(studio.window)
    assert "Invalid credentials" not in visible_text(studio.window)


def test_details_tell_the_app_id_that_was_asked_with_although_the_form_was_edited(
    open_studio, sandbox
) -> None:
    studio = open_studio(asking(sandbox, "refused"))
    with_key(studio)
    studio.request()
    studio.press("Ctrl+I")
    studio.fill("appId", "studiov3.another@sandbox.example")
    assert dict(studio.page.details.facts)["App ID"] == "studiov3.refused@sandbox.example"


def test_a_key_that_was_asked_with_as_app_id_is_not_seen_once_that_is_mended(
    open_studio, sandbox
) -> None:
    key = new_key()
    studio = open_studio(asking(sandbox, "refused", app_id=key))
    with_key(studio)
    studio.request()
    studio.press("Ctrl+I")
    studio.fill("appId", "studiov3.refused@sandbox.example")
    assert "API-4010" in readable(studio.window)
    assert key not in readable(studio.window)


def test_each_account_keeps_its_own_state(open_studio, sandbox) -> None:
    studio = open_studio(asking(sandbox, "slow"), asking(sandbox, "refused"))
    with_key(studio)
    studio.press("Ctrl+Return", "Ctrl+PgDown")
    with_key(studio)
    studio.request()
    assert bar_of(studio).reason == "API-4010"
    studio.press("Ctrl+PgUp")
    studio.wait_for_outcome()
    assert studio.find("tokenStatus").text() == "Valid"
    studio.press("Ctrl+PgDown")
    assert bar_of(studio).reason == "API-4010"
