"""The keychain's faults: a real gnome-keyring that is locked, frozen, killed, emptied, changed."""

import contextlib
import os
import secrets
import socket
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import jeepney
import keyring.errors
import pytest
import secretstorage
from faults.keeping import entry_of, forget, is_saved, key_words, remembering, replace_key, settle
from faults.process_scene import ProcessScene
from faults.scene import Scene
from keyring_daemon import KeyringDaemon, eventually, prompter, running_keyring
from keyring_prompt import Prompt
from PySide6.QtWidgets import QApplication
from ui.stage import new_key
from x_server import running_x_server

from deepbrain_desktop.account import KeychainEntry
from deepbrain_desktop.system.keychain import Keychain
from deepbrain_desktop.system.keychain_backends import Waiter, platform_backend
from deepbrain_desktop.system.keychain_calls import KeychainLimits

LIMITS = KeychainLimits(call=1.0, prompt=5.0)
"""Seconds, where the program has 3 and 30."""


@pytest.fixture
def scene(keyring_daemon, open_scene, server) -> Scene:
    """A window whose account has its key in the keychain."""
    scene = open_scene(keychain=Keychain(LIMITS), account_=remembering(server))
    assert is_saved(scene)
    return scene


@dataclass(frozen=True)
class Fault:
    """What befalls the daemon for the length of a block, and what the person then reads."""

    id: str
    during: Callable[[KeyringDaemon], contextlib.AbstractContextManager[None]]
    reasons: str
    """One, or where that depends on the moment several."""
    says: str

    def __str__(self) -> str:
        return self.id


@contextlib.contextmanager
def locked(daemon: KeyringDaemon) -> Iterator[None]:
    daemon.lock()
    yield
    daemon.unlock()


@contextlib.contextmanager
def frozen(daemon: KeyringDaemon) -> Iterator[None]:
    daemon.freeze()
    yield
    daemon.thaw()


@contextlib.contextmanager
def dead(daemon: KeyringDaemon) -> Iterator[None]:
    daemon.kill()
    yield
    daemon.restart()


@contextlib.contextmanager
def dying(daemon: KeyringDaemon) -> Iterator[None]:
    """Frozen, so that the call is under way, then killed."""
    daemon.freeze()
    end = threading.Timer(LIMITS.call / 4, daemon.kill)
    end.start()
    yield
    end.join()
    daemon.restart()


@contextlib.contextmanager
def off_the_bus(_daemon: KeyringDaemon) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/at/all")
        yield


@contextlib.contextmanager
def silent_bus(_daemon: KeyringDaemon) -> Iterator[None]:
    with (
        tempfile.TemporaryDirectory() as room,
        contextlib.closing(socket.socket(socket.AF_UNIX)) as bus,
        pytest.MonkeyPatch.context() as environment,
    ):
        bus.bind(f"{room}/bus")
        bus.listen()
        environment.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={room}/bus")
        yield


FAULTS = (
    Fault("K1-bus-gone", off_the_bus, "KEYCHAIN-NONE", "No keychain here"),
    Fault("K5-locked-nobody-can-ask", locked, "KEYCHAIN-LOCKED", "locked"),
    Fault("K6-frozen", frozen, "KEYCHAIN-TIMEOUT", "does not answer"),
    Fault("K6-bus-frozen", silent_bus, "KEYCHAIN-TIMEOUT", "does not answer"),
    Fault("K8-killed", dead, "KEYCHAIN-NONE", "No keychain here"),
    Fault("K8-killed-mid-call", dying, "KEYCHAIN-ERROR KEYCHAIN-NONE", "eychain"),
)


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_key_that_cannot_be_read_is_said_and_nothing_is_sent(
    scene, keyring_daemon, fault: Fault
) -> None:
    with fault.during(keyring_daemon):
        outcome = scene.attempt(posts=0)
    assert outcome.reason in fault.reasons.split()
    assert fault.says in outcome.headline
    assert is_saved(scene)


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_key_that_cannot_be_saved_is_used_said_and_saved_later(
    scene, keyring_daemon, fault: Fault
) -> None:
    old = scene.key
    entry = entry_of(scene)
    with fault.during(keyring_daemon):
        key, outcome = replace_key(scene)
    assert outcome.reason == "OK"
    assert scene.server.keys[-1] == key
    assert key_words(scene).startswith("Not saved, kept until you quit")
    assert key_words(scene).endswith(tuple(f"({each})" for each in fault.reasons.split()))
    assert keyring_daemon.lookup(entry.service, entry.user) == old
    assert scene.attempt().reason == "OK"
    assert is_saved(scene)
    assert keyring_daemon.lookup(entry.service, entry.user) == key


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_key_that_cannot_be_removed_is_said_and_removed_later(
    scene, keyring_daemon, fault: Fault
) -> None:
    entry = entry_of(scene)
    with fault.during(keyring_daemon):
        words = forget(scene)
    assert words.startswith("Key NOT removed from the keychain")
    assert words.endswith(tuple(f"({each})" for each in fault.reasons.split()))
    assert entry_of(scene) == entry
    assert keyring_daemon.lookup(entry.service, entry.user) == scene.key
    forget(scene)
    assert keyring_daemon.count(entry.service, entry.user) == 0
    assert not scene.studio.current.account.keys
    replace_key(scene)


class FrozenOnceWritten:
    """The platform's keychain, whose daemon stops when it has been given its first key."""

    def __init__(self, waiter: Waiter, freezing: Iterator[Callable[[], None]]) -> None:
        self._real = platform_backend(waiter)
        self._freezing = freezing

    def __getattr__(self, name: str) -> object:
        return getattr(self._real, name)

    def write(self, entry: KeychainEntry, text: str) -> None:
        self._real.write(entry, text)
        next(self._freezing, lambda: None)()


@pytest.mark.parametrize("end", ["K8-forgotten", "K8-found"])
def test_a_key_written_by_a_keychain_that_dies_before_it_says_so_is_not_lost_sight_of(
    keyring_daemon, open_scene, server, end: str
) -> None:
    freezing = iter([keyring_daemon.freeze])
    keychain = Keychain(LIMITS, lambda waiter: FrozenOnceWritten(waiter, freezing))
    scene = open_scene(keychain=keychain, account_=remembering(server))
    settle(scene)
    assert key_words(scene).endswith("(KEYCHAIN-TIMEOUT)")
    entry = entry_of(scene)
    keyring_daemon.restart()
    assert keyring_daemon.lookup(entry.service, entry.user) == scene.key
    if end == "K8-forgotten":
        forget(scene)
        assert keyring_daemon.count(entry.service, entry.user) == 0
        assert not scene.studio.current.account.keys
        replace_key(scene)
    else:
        scene.type_key("")
        assert is_saved(scene)
        assert scene.attempt().reason == "OK"


def test_K6_the_wait_is_said_and_can_be_cancelled(scene, keyring_daemon) -> None:
    with frozen(keyring_daemon):
        scene.studio.press("Ctrl+Return")
        scene.studio.wait(lambda: "Waiting for your keychain" in scene.studio.find("busy").text())
        scene.studio.press("Esc")
        assert not scene.studio.sees("cancel")
        assert scene.attempt(posts=0).reason == "KEYCHAIN-TIMEOUT"


def test_K6_frozen_while_it_is_looked_for_holds_up_nobody(
    keyring_daemon, open_scene, server
) -> None:
    with frozen(keyring_daemon):
        scene = open_scene(keychain=Keychain(LIMITS), account_=remembering(server))
        assert scene.attempt().reason == "OK"


def test_K6_a_bus_that_says_nothing_before_the_start_holds_up_nobody(
    outside: ProcessScene, tmp_path
) -> None:
    place = f"{tmp_path}/bus"
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as bus:
        bus.bind(place)
        bus.listen()
        outside.start(DBUS_SESSION_BUS_ADDRESS=f"unix:path={place}")
        outside.type(outside.key)
        outside.good_request()
        outside.end()


def test_K1_a_keychain_that_comes_after_the_window_is_found_by_the_next_request(
    keyring_daemon, open_scene, server
) -> None:
    with dead(keyring_daemon):
        scene = open_scene(keychain=Keychain(LIMITS), account_=remembering(server))
        assert "there is no usable keychain here" in key_words(scene)
    assert scene.attempt().reason == "OK"
    scene.studio.wait(lambda: key_words(scene) == "Saved with the next request")
    assert scene.attempt().reason == "OK"
    assert is_saved(scene)


@pytest.fixture
def prompted(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[KeyringDaemon, Prompt]]:
    """A keyring that can ask, on a screen of its own."""
    if prompter() is None:
        pytest.skip("gcr-prompter is not installed")
    with running_x_server() as display, running_keyring(display) as daemon:
        for name, value in daemon.environment.items():
            monkeypatch.setenv(name, value)
        yield daemon, Prompt(display)


ANSWERS = {
    "K5-prompt-dismissed": "KEYCHAIN-LOCKED",
    "K5-prompt-answered": "OK",
    "K8-killed-while-it-asks": "KEYCHAIN-ERROR",
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_a_prompt_is_waited_for(prompted, open_scene, server, answer: str) -> None:
    daemon, prompt = prompted
    scene = open_scene(keychain=Keychain(LIMITS), account_=remembering(server))
    assert is_saved(scene)
    daemon.lock()

    def react() -> None:
        assert eventually(lambda: prompt.visible)
        if answer == "K5-prompt-answered":
            prompt.answer(daemon.password)
        elif answer == "K5-prompt-dismissed":
            prompt.dismiss()
        else:
            daemon.restart()

    posts = 1 if ANSWERS[answer] == "OK" else 0
    assert scene.attempt(posts=posts, meanwhile=react).reason == ANSWERS[answer]
    if daemon.locked:
        daemon.unlock()


# Changed by others


@dataclass(frozen=True)
class Change:
    """What others put in the place of the key, and what becomes of a request then."""

    id: str
    text: bytes
    reason: str = "KEYCHAIN-KEY-GONE"

    def __str__(self) -> str:
        return self.id


CHANGES = (
    Change("K12-another-key", str(new_key()).encode(), "OK"),
    Change("K12-empty", b""),
    Change("K12-two-lines", b"one\ntwo"),
    Change("K12-header-injection", b"x\r\nX-Evil: 1"),
    Change("K12-long", b"k" * 100_000),
    Change("K12-not-ascii", "schlüssel 🔑".encode(), "OK"),
    Change("K12-no-text", b"\xff\xfe\x00", "KEYCHAIN-ERROR"),
)


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_what_lies_in_the_keychain_now_is_what_counts(
    scene, keyring_daemon, change: Change
) -> None:
    entry = entry_of(scene)
    store = ["secret-tool", "store", "--label=x", "service", entry.service, "username", entry.user]
    environment = os.environ | keyring_daemon.environment
    subprocess.run(store, input=change.text, env=environment, check=True)
    outcome = scene.attempt(posts=1 if change.reason == "OK" else 0)
    assert outcome.reason == change.reason
    if change.reason == "OK":
        assert scene.server.keys[-1].encode() == change.text
    else:
        key, _ = replace_key(scene)
        assert keyring_daemon.lookup(entry.service, entry.user) == key


def test_K12_a_newer_duplicate_is_the_one_used_and_none_outlives_a_removal(
    scene, keyring_daemon
) -> None:
    entry, newer = entry_of(scene), new_key()
    scene.keep_secret(newer)
    keyring_daemon.store(entry.service, entry.user, newer, "application", "another")
    assert keyring_daemon.count(entry.service, entry.user) == 2
    assert scene.attempt().reason == "OK"
    assert scene.server.keys[-1] == newer
    forget(scene)
    assert keyring_daemon.count(entry.service, entry.user) == 0
    replace_key(scene)


@pytest.mark.parametrize("way", ["K12-removed", "K12-emptied"])
def test_a_key_that_others_removed_is_asked_for(scene, keyring_daemon, way: str) -> None:
    entry = entry_of(scene)
    if way == "K12-emptied":
        keyring_daemon.restart_empty()
    else:
        keyring_daemon.clear(entry.service, entry.user)
    outcome = scene.attempt(posts=0)
    assert outcome.reason == "KEYCHAIN-KEY-GONE"
    assert scene.studio.find("messageAction").text().replace("&", "") == "Type the key"
    assert not scene.studio.sees("replaceKey")
    assert key_words(scene) == "Not found in GNOME Keyring"
    assert replace_key(scene)[1].reason == "OK"
    # An empty keyring has to be made first, and nobody is here who could be asked for that.
    assert is_saved(scene) == (way == "K12-removed")


def test_K12_a_key_that_is_back_is_used(scene, keyring_daemon) -> None:
    entry = entry_of(scene)
    keyring_daemon.clear(entry.service, entry.user)
    assert scene.attempt(posts=0).reason == "KEYCHAIN-KEY-GONE"
    keyring_daemon.store(entry.service, entry.user, scene.key)
    assert scene.attempt().reason == "OK"
    assert is_saved(scene)


# Two accounts


def test_K14_two_accounts_with_one_app_id_keep_two_keys(scene, keyring_daemon) -> None:
    first, old = entry_of(scene), scene.key
    scene.studio.press("Ctrl+D")
    scene.studio.wait(lambda: len(scene.studio.state.accounts) == 2)
    key = new_key()
    scene.type_key(key)
    assert scene.attempt().reason == "OK"
    assert is_saved(scene)
    second = entry_of(scene)
    assert keyring_daemon.lookup(first.service, first.user) == old
    assert keyring_daemon.lookup(second.service, second.user) == key
    forget(scene)
    assert keyring_daemon.lookup(first.service, first.user) == old
    scene.studio.press("Ctrl+PgUp")
    assert scene.attempt().reason == "OK"
    assert scene.server.keys[-1] == old


NAMES = {
    "K20-emoji": "🔑👩‍🚀",
    "K20-quotes": 'O\'Brien "x" `y` $(z) \\',
    "K20-right-to-left": "عربي\u202eabc",
    "K20-nothing-but-space": "   ",
    "K20-very-long": "n" * 5000,
    "K20-surrogate": "a\ud800b",
    "K20-control": "a\x00\x1b[31mb",
}


@pytest.mark.parametrize("name", NAMES)
def test_any_name_of_an_account_will_do(keyring_daemon, open_scene, server, name: str) -> None:
    given = remembering(server, NAMES[name])
    scene = open_scene(keychain=Keychain(LIMITS), account_=given)
    assert is_saved(scene)
    assert scene.attempt().reason == "OK"
    assert scene.server.keys[-1] == scene.key
    entry = entry_of(scene)
    assert NAMES[name] not in entry.service + entry.user or not NAMES[name].strip()
    forget(scene)
    assert keyring_daemon.count(entry.service, entry.user) == 0
    replace_key(scene)


# The list of accounts that tells of the keys


def test_K15_a_key_that_cannot_be_noted_is_not_saved(keyring_daemon, open_scene, server) -> None:
    scene = open_scene(keychain=Keychain(LIMITS), account_=remembering(server))
    assert is_saved(scene)
    entry = entry_of(scene)
    forget(scene)
    scene.studio.wait(lambda: not scene.studio.current.account.keys)
    with unwritable(scene):
        key, outcome = replace_key(scene)
        assert outcome.reason == "OK"
        assert "KEYCHAIN-NOT-NOTED" in key_words(scene)
        assert keyring_daemon.count(entry.service, entry.user) == 0
        assert "could not be saved" in scene.studio.find("noticeHeadline").text()
    assert scene.attempt().reason == "OK"
    assert is_saved(scene)
    assert keyring_daemon.lookup(entry.service, entry.user) == key


@contextlib.contextmanager
def unwritable(scene: Scene) -> Iterator[None]:
    """A file stands where the folder of the list was; root's privileges are no help there."""
    folder = scene.accounts_path.parent
    away = folder.with_name(secrets.token_hex(4))
    settle(scene)
    folder.rename(away)
    folder.write_bytes(b"")
    yield
    folder.unlink()
    away.rename(folder)


# What a backend may raise, and what it may not be chosen by


class Fickle:
    """A keychain in memory that fails in a way of its own."""

    name, longest = "Fickle", None

    def __init__(self) -> None:
        self.kept: dict[KeychainEntry, str] = {}
        self.failure: BaseException | None = None
        self.failing = "read"
        self.under_way = 0

    def opened(self, _waiter: Waiter) -> "Fickle":
        self._do("open")
        return self

    def unlock(self, *, create: bool) -> None:  # noqa: ARG002 - as the real ones
        self._do("unlock")

    def read(self, entry: KeychainEntry) -> str | None:
        self._do("read")
        return self.kept.get(entry)

    def write(self, entry: KeychainEntry, text: str) -> None:
        self._do("write")
        self.kept[entry] = text

    def delete(self, entry: KeychainEntry) -> None:
        self._do("delete")
        self.kept.pop(entry, None)

    def close(self) -> None:
        self._do("close")

    def _do(self, what: str) -> None:
        self.under_way += 1
        assert self.under_way == 1, "K19: two calls at once"
        try:
            if self.failure is not None and what == self.failing:
                raise self.failure
        finally:
            self.under_way -= 1


class Abrupt(BaseException):
    """What no ``except Exception`` would hear of."""


HUSH = secrets.token_urlsafe(32)


def bus_error(name: str) -> BaseException:
    call = jeepney.new_method_call(jeepney.DBusAddress("/x", "x.x", "x.x"), "x")
    message = jeepney.new_error(call, name, "s", (HUSH,))
    return jeepney.DBusErrorResponse(message)


FOREIGN = {
    "K9-not-available": secretstorage.exceptions.SecretServiceNotAvailableException(HUSH),
    "K9-bus-no-reply": bus_error("org.freedesktop.DBus.Error.NoReply"),
    "K9-item-not-found": secretstorage.exceptions.ItemNotFoundException(HUSH),
    "K9-init-error": keyring.errors.InitError(HUSH),
    "K9-set-error": keyring.errors.PasswordSetError(HUSH),
    "K9-os-error": OSError(5, HUSH),
    "K9-key-error": KeyError(HUSH),
    "K9-decode-error": UnicodeDecodeError("utf-8", HUSH.encode(), 0, 1, HUSH),
    "K9-module-not-found": ModuleNotFoundError(HUSH),
    "K9-recursion": RecursionError(HUSH),
    "K9-out-of-memory": MemoryError(HUSH),
    "K9-base-exception": Abrupt(HUSH),
    "K9-exit": SystemExit(HUSH),
    "K9-interrupt": KeyboardInterrupt(HUSH),
    "K9-generator-exit": GeneratorExit(HUSH),
    "K9-group": BaseExceptionGroup(HUSH, [ValueError(HUSH), Abrupt(HUSH)]),
    "K9-no-repr": type("Rude", (Exception,), {"__repr__": None, "__str__": None})(HUSH),
}


@pytest.mark.parametrize("failure", FOREIGN)
def test_whatever_a_backend_raises_is_a_failure_in_our_words(
    open_scene, server, failure: str
) -> None:
    backend = Fickle()
    scene = open_scene(keychain=Keychain(LIMITS, backend.opened), account_=remembering(server))
    assert is_saved(scene)
    scene.keep_secret(HUSH)
    backend.failure = FOREIGN[failure]
    assert scene.attempt(posts=0).reason.startswith("KEYCHAIN-")
    for backend.failing in ("write", "close", "open", "unlock"):
        key, outcome = replace_key(scene)
        assert outcome.reason == "OK"
        assert "KEYCHAIN-" in key_words(scene)
    for backend.failing in ("delete", "unlock"):
        assert forget(scene).startswith("Key NOT removed")
    backend.failure = None
    assert list(backend.kept.values()) == [scene.key]
    assert scene.attempt().reason == "OK"
    assert is_saved(scene)
    assert list(backend.kept.values()) == [key]


def test_K16_a_removal_that_was_only_claimed_is_not_believed(open_scene, server) -> None:
    backend = Fickle()
    scene = open_scene(keychain=Keychain(LIMITS, backend.opened), account_=remembering(server))
    assert is_saved(scene)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backend, "delete", lambda _entry: None)
        assert "KEYCHAIN-NOT-REMOVED" in forget(scene)
        scene.studio.press("Ctrl+Shift+Backspace")
        assert "could not be removed" in scene.studio.dialog().informativeText()
        scene.studio.press("Esc")
        scene.studio.wait(lambda: not QApplication.activeModalWidget())


def test_K3_a_saving_that_was_only_claimed_is_not_believed(open_scene, server) -> None:
    backend = Fickle()
    scene = open_scene(keychain=Keychain(LIMITS, backend.opened), account_=remembering(server))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backend, "write", lambda _entry, _text: None)
        _, outcome = replace_key(scene)
        assert outcome.reason == "OK"
        assert "KEYCHAIN-NOT-KEPT" in key_words(scene)


def test_K13_a_key_too_long_for_the_store_is_said_before_it_is_called(open_scene, server) -> None:
    backend = Fickle()
    backend.longest = 1280
    scene = open_scene(keychain=Keychain(LIMITS, backend.opened), account_=remembering(server))
    assert is_saved(scene)
    old = dict(backend.kept)
    key = "🔑" * 640 + "k"  # 1,281 units of UTF-16
    scene.keep_secret(key)
    scene.studio.paste("userKey", key)
    assert scene.attempt().reason == "OK"
    settle(scene)
    assert "KEYCHAIN-KEY-LENGTH" in key_words(scene)
    assert backend.kept == old


def test_K19_ten_accounts_at_once_call_one_after_the_other(open_scene, server) -> None:
    backend = Fickle()
    scene = open_scene(keychain=Keychain(LIMITS, backend.opened), account_=remembering(server))
    session = scene.studio.session
    for number in range(10):
        added = session.accounts.add(remembering(server, f"Account {number}"))
        session.keys.type_key(added, new_key())
        session.requests.request_token(added)
    scene.studio.wait(lambda: all(each.history for each in session.state.accounts))
    scene.studio.wait(lambda: not any(each.saving_key for each in session.state.accounts))
    assert {each.key_problem for each in session.state.accounts} == {None}
    assert len(backend.kept) == 11


LURES = {
    "K2-plaintext-installed": "lure.Keyring",
    "K3-null": "keyring.backends.null.Keyring",
    "K3-fail": "keyring.backends.fail.Keyring",
    "K3-no-such-module": "no.such.Backend",
    "K3-garbage": "\udcff;'\"",
}
LURE = """
from pathlib import Path
from keyring.backend import KeyringBackend

class Keyring(KeyringBackend):
    priority = 1000

    def set_password(self, *arguments):
        Path({kept!r}).write_text(repr(arguments))

    def get_password(self, *arguments):
        return None
"""


@pytest.mark.parametrize("lure", LURES)
def test_nobody_talks_it_into_another_store(
    open_scene, server, tmp_path, monkeypatch, lure: str
) -> None:
    kept, site = tmp_path / "plaintext", tmp_path / "site"
    information = site / "lure-1.0.dist-info"
    information.mkdir(parents=True)
    (site / "lure.py").write_text(LURE.format(kept=str(kept)))
    (information / "METADATA").write_text("Name: lure\nVersion: 1.0\n")
    (information / "entry_points.txt").write_text("[keyring.backends]\nlure = lure\n")
    configuration = tmp_path / "python_keyring"
    configuration.mkdir()
    chosen = LURES[lure].encode("utf-8", "surrogateescape")
    (configuration / "keyringrc.cfg").write_bytes(b"[backend]\ndefault-keyring=" + chosen)
    monkeypatch.syspath_prepend(str(site))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", LURES[lure])
    scene = open_scene(keychain=Keychain(LIMITS), account_=remembering(server))
    assert scene.studio.state.keychain.problem.reason == "KEYCHAIN-NONE"
    assert "there is no usable keychain here" in key_words(scene)
    assert not is_saved(scene)
    assert not kept.exists()
