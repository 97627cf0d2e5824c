"""The main job of every day, with a keychain, a clipboard and TLS that are real."""

import ssl
import stat
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme
from program.running import Home, account, assert_clean, eventually
from program.screen import clipboard

from deepbrain_desktop.studios.sandbox import Sandbox

APP_ID = "studiov3.valid@sandbox.example"
SERVICE, USER = "DeepBrain Desktop: program test", APP_ID


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def key() -> str:
    """A user key that nobody knows but the service."""
    return str(uuid.uuid4())


@pytest.fixture
def service(authority, key) -> Iterator[Sandbox]:
    """The sandbox over TLS, as this test's own process serves it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with Sandbox(tls=context, user_keys=[key], remembered=1) as running:
        yield running


@pytest.fixture
def trusting(authority, room: Path) -> dict[str, str]:
    """Environment in which the operating system trusts the test's authority, and nobody else."""
    file, none = room / "authority.pem", room / "none"
    authority.cert_pem.write_to_path(file)
    none.mkdir()
    return {"SSL_CERT_FILE": str(file), "SSL_CERT_DIR": str(none)}


def with_a_saved_key(home: Home, service: Sandbox, keyring, key: str) -> None:
    """Leave the account and its key as an earlier run would have left them."""
    host = service.server.host
    stored = {"host": host, "service": SERVICE, "user": USER}
    keyring.store(SERVICE, USER, key)
    home.keep_accounts(
        account("Mine", APP_ID, server="other", address=service.server.origin, keys=[stored])
    )


def test_from_the_first_start_to_a_forgotten_key(
    home, open_window, keyring, service, trusting, key, room
):
    key_log = room / "tls-keys"
    surroundings = {**trusting, "SSLKEYLOGFILE": str(key_log)}

    # The first day: what is typed ends in the keychain, and nowhere else.
    running, window = open_window(home, **surroundings)
    window.choose("Server", "Other address")
    window.type("Server address", service.server.origin)
    window.type("App ID", APP_ID)
    window.type("User key", key)
    window.press("Request token")
    window.look("Token status", words="Valid")
    window.look("User key", words="Saved in GNOME Keyring")
    (kept,) = home.kept_accounts()
    (stored,) = kept["keys"]
    assert keyring.lookup(stored["service"], stored["user"]) == key
    assert service.requests_seen[-1].body == {"appId": APP_ID, "userKey": key}
    assert_clean(running.end())
    assert stat.S_IMODE(home.accounts.stat().st_mode) == 0o600
    assert stat.S_IMODE(home.config.stat().st_mode) == 0o700
    assert not home.files_with(key)

    # Every day: two keys to the clipboard.
    running, window = open_window(home, **surroundings)
    window.look("App ID", words=APP_ID)
    window.keys("ctrl+Return")
    window.look("Token status", words="Valid")
    window.keys("ctrl+shift+c")
    window.look("Clipboard", words="leaves the clipboard in")
    token = clipboard()
    assert token.count(".") == 2
    assert service.posts == 2
    assert service.requests_seen[-1].body == {"appId": APP_ID, "userKey": key}

    # The last day: the key is gone from everywhere, the token from the clipboard.
    window.press("Forget", role="push button")
    window.press("Forget", within="alert")
    eventually(lambda: keyring.lookup(stored["service"], stored["user"]) is None, "the removal")
    assert clipboard() == ""
    window.look("App ID", words=APP_ID)
    window.keys("ctrl+shift+c")
    window.look("Clipboard", words="leaves the clipboard in")
    assert clipboard() == token
    window.keys("ctrl+q")
    assert_clean(running.wait())
    assert clipboard() == ""
    assert not [*home.files_with(key), *home.files_with(token)]
    assert home.kept_accounts()[0]["keys"] == []
    assert not key_log.exists()


def test_a_locked_keychain_is_said_and_nothing_hangs(
    home, open_window, keyring, service, trusting, key
):
    with_a_saved_key(home, service, keyring, key)
    keyring.lock()
    try:
        running, window = open_window(home, **trusting)
        window.press("Request token")
        window.look("Message", words="The keychain is locked")
        keyring.unlock()
        window.press("Request token")
        window.look("Token status", words="Valid")
        assert_clean(running.end())
    finally:
        keyring.unlock()


def test_a_frozen_keychain_leaves_the_window_usable(
    home, open_window, keyring, service, trusting, key
):
    with_a_saved_key(home, service, keyring, key)
    running, window = open_window(home, **trusting)
    keyring.freeze()
    try:
        window.press("Request token")
        window.look("Message", words="Waiting for your keychain")
        window.press("Cancel")
        window.gone("Cancel")
        window.press("Request token")
        window.look("Message", words="The keychain does not answer")
    finally:
        keyring.thaw()
    window.press("Request token")
    window.look("Token status", words="Valid")
    assert service.posts == 1
    assert_clean(running.end())


def test_without_a_keychain_the_key_is_kept_until_the_end_and_the_window_says_so(
    home, open_window, keyring, service, trusting, key
):
    keyring.kill()
    try:
        home.keep_accounts(account("Mine", APP_ID, server="other", address=service.server.origin))
        running, window = open_window(home, **trusting)
        window.type("User key", key)
        window.look("User key", words="Kept until you quit: there is no usable keychain here")
        window.press("Request token")
        window.look("Token status", words="Valid")
        window.press("Request token")
        assert service.wait_for_posts(2, seconds=5)
        assert_clean(running.end())
    finally:
        keyring.restart()
    assert home.kept_accounts()[0]["keys"] == []
    assert not home.files_with(key)


def test_a_key_that_stays_in_the_keychain_is_spoken_of(
    home, open_window, screen, keyring, service, trusting, key
):
    with_a_saved_key(home, service, keyring, key)
    keyring.lock()
    try:
        _, window = open_window(home, **trusting)
        with screen.listening() as heard:
            window.press("Forget")
            window.press("Forget", within="alert")
            window.look("User key", words="Key NOT removed")
        assert [each for each in heard if each.startswith("Key NOT removed from the keychain")]
    finally:
        keyring.unlock()
