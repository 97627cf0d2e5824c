"""Each platform's own keychain is chosen, and its errors are understood.

Windows and macOS are stood in for below keyring's own classes, at the few system calls that those
make, with the names, numbers and habits of the real ones.
"""

# ruff: noqa: ARG002, ARG005 - the stand-ins take what the real ones take

import errno
import sys
import threading
import types
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import jeepney
import keyring.backends.kwallet
import keyring.backends.macOS
import keyring.backends.Windows
import keyring.errors
import pytest
import secretstorage

from deepbrain_desktop.account import KeychainEntry
from deepbrain_desktop.studios.credentials import Secret
from deepbrain_desktop.system import keychain_backends
from deepbrain_desktop.system.keychain import Keychain
from deepbrain_desktop.system.keychain_backends import platform_backend
from deepbrain_desktop.system.keychain_calls import KeychainLimits
from deepbrain_desktop.system.keychain_errors import (
    KeychainBroken,
    KeychainDenied,
    KeychainError,
    KeychainLocked,
    KeychainSilent,
    KeychainUnavailable,
    KeyTooLong,
    NoResourcesForKeychain,
)
from deepbrain_desktop.system.keychain_failures import explain
from deepbrain_desktop.waiting import Cancellation, Cancelled

ENTRY = KeychainEntry("DeepBrain Desktop", "first")
OTHER = KeychainEntry("DeepBrain Desktop", "second")


class Attentive:
    """A waiter that notes when a question may be open."""

    def __init__(self) -> None:
        self.open = 0
        self.asked = 0

    @contextmanager
    def prompting(self) -> Iterator[None]:
        self.open += 1
        self.asked += 1
        yield
        self.open -= 1

    def hang_up_with(self, hang_up: Any) -> None:
        pass


def keychain_of(platform: str) -> Keychain:
    return Keychain(backend=lambda waiter: platform_backend(waiter, platform))


# Windows


class WindowsError(Exception):
    """pywintypes.error."""

    def __init__(self, winerror: int, funcname: str, strerror: str) -> None:
        super().__init__(winerror, funcname, strerror)
        self.winerror, self.funcname, self.strerror = winerror, funcname, strerror


WindowsError.__module__ = "win32ctypes.pywin32.pywintypes"
WindowsError.__qualname__ = WindowsError.__name__ = "error"


class CredentialManager:
    """The part of win32cred that keyring uses."""

    CRED_TYPE_GENERIC = 1
    CRED_PERSIST_SESSION = 1
    CRED_PERSIST_LOCAL_MACHINE = 2
    CRED_PERSIST_ENTERPRISE = 3

    def __init__(self) -> None:
        self.kept: dict[str, dict[str, Any]] = {}
        self.writes = 0
        self.refusal: int | None = None

    def CredRead(self, Type: int, TargetName: str) -> dict[str, Any]:
        if TargetName not in self.kept:
            raise WindowsError(1168, "CredRead", "Element not found.")
        return self.kept[TargetName]

    def CredWrite(self, credential: dict[str, Any], flags: int) -> None:
        self.writes += 1
        if self.refusal is not None:
            raise WindowsError(self.refusal, "CredWrite", credential["CredentialBlob"])
        blob = credential["CredentialBlob"].encode("utf-16-le")
        if len(blob) > 2560:
            raise WindowsError(1783, "CredWrite", "The stub received bad data.")
        self.kept[credential["TargetName"]] = credential | {"CredentialBlob": blob}

    def CredDelete(self, Type: int, TargetName: str) -> None:
        if self.kept.pop(TargetName, None) is None:
            raise WindowsError(1168, "CredDelete", "Element not found.")


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> CredentialManager:
    store = CredentialManager()
    pywintypes = types.SimpleNamespace(error=WindowsError)
    monkeypatch.setattr(keyring.backends.Windows, "win32cred", store, raising=False)
    monkeypatch.setattr(keyring.backends.Windows, "pywintypes", pywintypes, raising=False)
    return store


def test_windows_keeps_reads_and_removes(windows):
    keychain, key = keychain_of("win32"), Secret("κλειδί 🔑")
    assert keychain.name(Cancellation()) == "Windows Credential Manager"
    assert keychain.read(ENTRY, Cancellation()) is None
    keychain.save(ENTRY, key, Cancellation())
    assert keychain.read(ENTRY, Cancellation()) == key
    keychain.remove(ENTRY, Cancellation())
    assert windows.kept == {}


def test_windows_keys_do_not_roam(windows, monkeypatch):
    monkeypatch.setenv("KEYRING_PROPERTY_PERSIST", "enterprise")
    keychain_of("win32").save(ENTRY, Secret("key"), Cancellation())
    (kept,) = windows.kept.values()
    assert kept["Persist"] == CredentialManager.CRED_PERSIST_LOCAL_MACHINE


def test_windows_keeps_two_accounts_of_one_service_apart(windows):
    keychain = keychain_of("win32")
    keychain.save(ENTRY, Secret("one"), Cancellation())
    (first,) = windows.kept
    keychain.save(OTHER, Secret("two"), Cancellation())
    assert first in windows.kept
    assert windows.kept[first]["UserName"] == ENTRY.user
    keychain.save(ENTRY, Secret("three"), Cancellation())
    assert len(windows.kept) == 2
    assert keychain.read(ENTRY, Cancellation()) == Secret("three")
    assert keychain.read(OTHER, Cancellation()) == Secret("two")


def test_windows_keeps_no_copy_of_a_replaced_key(windows):
    keychain = keychain_of("win32")
    keychain.save(ENTRY, Secret("old"), Cancellation())
    keychain.save(ENTRY, Secret("new"), Cancellation())
    assert "old".encode("utf-16-le") not in [
        each["CredentialBlob"] for each in windows.kept.values()
    ]


@pytest.mark.parametrize("key", ["x" * 1281, "😀" * 640 + "x"])
def test_a_key_too_long_for_windows_is_refused_before_the_store_is_touched(windows, key):
    with pytest.raises(KeyTooLong):
        keychain_of("win32").save(ENTRY, Secret(key), Cancellation())
    assert windows.writes == 0


@pytest.mark.parametrize("key", ["x" * 1280, "😀" * 640])
def test_the_longest_key_that_windows_takes_is_kept(windows, key):
    keychain = keychain_of("win32")
    keychain.save(ENTRY, Secret(key), Cancellation())
    assert keychain.read(ENTRY, Cancellation()) == Secret(key)


@pytest.mark.parametrize(
    ("number", "error"),
    [
        (5, KeychainDenied),
        (1312, KeychainUnavailable),
        (1783, KeyTooLong),
        (8, NoResourcesForKeychain),
        (87, KeychainBroken),
    ],
)
def test_windows_errors_are_told_apart(windows, number, error):
    windows.refusal = number
    with pytest.raises(error) as caught:
        keychain_of("win32").save(ENTRY, Secret("hush"), Cancellation())
    assert "hush" not in repr(caught.value)
    if error is KeychainBroken:
        assert caught.value.code == number


def test_a_failed_save_on_windows_puts_the_old_key_back(windows, monkeypatch):
    keychain = keychain_of("win32")
    keychain.save(ENTRY, Secret("old"), Cancellation())
    write = windows.CredWrite

    def refuse_once(*arguments: Any) -> None:
        monkeypatch.setattr(windows, "CredWrite", write)
        raise WindowsError(1450, "CredWrite", "Insufficient system resources.")

    monkeypatch.setattr(windows, "CredWrite", refuse_once)
    with pytest.raises(KeychainBroken):
        keychain.save(ENTRY, Secret("new"), Cancellation())
    assert keychain.read(ENTRY, Cancellation()) == Secret("old")


# macOS


def mac_api(store: dict[tuple[str, str], str], refusal: list[int]) -> types.ModuleType:
    """keyring.backends.macOS.api on a dictionary; ``refusal`` holds the status it answers with."""
    api = types.ModuleType("keyring.backends.macOS.api")
    # Its classes must bear that module's name, so they are made in it.
    exec(
        "class Error(Exception): pass\n"
        "class NotFound(Error): pass\n"
        "class KeychainDenied(Error): pass\n"
        "class SecAuthFailure(Error): pass\n",
        vars(api),
    )

    def check(status: int) -> None:
        kinds = {-25300: api.NotFound, -128: api.KeychainDenied}
        kinds |= dict.fromkeys((-25293, -67030), api.SecAuthFailure)
        if status:
            raise kinds.get(status, api.Error)(status, "words")

    def find(_keychain: None, service: str, user: str) -> str:
        check(refusal[0] if refusal else 0 if (service, user) in store else -25300)
        return store[service, user]

    def delete(_keychain: None, service: str, user: str) -> None:
        check(refusal[0] if refusal else 0 if (service, user) in store else -25300)
        del store[service, user]

    def put(_keychain: None, service: str, user: str, text: str) -> None:
        check(refusal[0] if refusal else 0)
        store[service, user] = text

    api.find_generic_password, api.delete_generic_password = find, delete
    api.set_generic_password = put
    return api


@pytest.fixture
def mac(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    refusal: list[int] = []
    monkeypatch.setattr(keyring.backends.macOS, "api", mac_api({}, refusal), raising=False)
    return refusal


def test_macos_keeps_reads_and_removes(mac, monkeypatch):
    monkeypatch.setattr(keyring.backends.macOS.Keyring, "keychain", "/some/other.keychain")
    keychain, key = keychain_of("darwin"), Secret("κλειδί 🔑")
    assert keychain.name(Cancellation()) == "macOS Keychain"
    assert keychain.read(ENTRY, Cancellation()) is None
    keychain.save(ENTRY, key, Cancellation())
    keychain.save(OTHER, Secret("other"), Cancellation())
    assert keychain.read(ENTRY, Cancellation()) == key
    keychain.remove(ENTRY, Cancellation())
    keychain.remove(ENTRY, Cancellation())
    assert keychain.read(ENTRY, Cancellation()) is None
    assert keychain.read(OTHER, Cancellation()) == Secret("other")


@pytest.mark.parametrize("act", ["read", "save", "remove"])
@pytest.mark.parametrize(
    ("status", "error"),
    [
        (-128, KeychainDenied),
        (-25293, KeychainDenied),
        (-25308, KeychainDenied),
        (-67030, KeychainDenied),
        (-25307, KeychainUnavailable),
        (-108, NoResourcesForKeychain),
        (-25244, KeychainBroken),
    ],
)
def test_macos_errors_are_told_apart(mac, act, status, error):
    mac.append(status)
    arguments = (Secret("key"),) if act == "save" else ()
    with pytest.raises(error) as caught:
        getattr(keychain_of("darwin"), act)(ENTRY, *arguments, Cancellation())
    if error is KeychainBroken:
        assert caught.value.code == status


def test_any_call_on_macos_may_open_a_question(mac):
    waiter = Attentive()
    backend = platform_backend(waiter, "darwin")
    for call in (lambda: backend.write(ENTRY, "x"), lambda: backend.read(ENTRY)):
        asked = waiter.asked
        call()
        assert waiter.asked > asked
    backend.delete(ENTRY)
    assert waiter.open == 0


def test_a_question_within_a_question_is_one_question():
    # Deleting looks first whether there is anything, and both may ask.
    limits = KeychainLimits(call=0.05, prompt=10.0)
    seen = []

    class Nested:
        name, longest = "nested", None

        def __init__(self, waiter: Any) -> None:
            self._waiter = waiter

        def read(self, entry: KeychainEntry) -> str:
            with self._waiter.prompting():
                with self._waiter.prompting():
                    pass
                seen.append(self._waiter._line.prompting)
            seen.append(self._waiter._line.prompting)
            return "key"

        def close(self) -> None:
            pass

    assert Keychain(limits, Nested).read(ENTRY, Cancellation()) == Secret("key")
    assert seen == [True, False]


def test_a_call_given_up_while_macos_asks_writes_nothing(mac, monkeypatch):
    api = keyring.backends.macOS.api  # type: ignore[attr-defined]
    find, written = api.find_generic_password, []
    asked, answered = threading.Event(), threading.Event()

    def ask(*arguments: Any) -> str:
        asked.set()
        answered.wait(10)
        return find(*arguments)

    monkeypatch.setattr(api, "find_generic_password", ask)
    monkeypatch.setattr(api, "set_generic_password", lambda *arguments: written.append(arguments))
    keychain, cancellation = keychain_of("darwin"), Cancellation()
    saved: list[BaseException] = []

    def save(entry: KeychainEntry) -> None:
        try:
            keychain.save(entry, Secret("key"), cancellation)
        except Cancelled as cancelled:
            saved.append(cancelled)

    savers = [threading.Thread(target=save, args=(entry,)) for entry in (ENTRY, OTHER)]
    savers[0].start()
    assert asked.wait(10)
    savers[1].start()
    cancellation.request()
    for saver in savers:
        saver.join(10)
    assert len(saved) == 2
    answered.set()
    assert keychain.read(ENTRY, Cancellation()) is None
    assert written == []


def test_a_call_given_up_in_the_queue_never_asks():
    begun: list[str] = []
    entered, released = threading.Event(), threading.Event()

    class Slow:
        name, longest = "slow", None

        def __init__(self, waiter: Any) -> None:
            pass

        def read(self, entry: KeychainEntry) -> str:
            begun.append(entry.user)
            entered.set()
            released.wait(10)
            return "key"

        def close(self) -> None:
            pass

    keychain, cancellation = Keychain(backend=Slow), Cancellation()
    first = threading.Thread(target=keychain.read, args=(ENTRY, Cancellation()))
    first.start()
    assert entered.wait(10)
    threading.Timer(0.05, cancellation.request).start()
    with pytest.raises(Cancelled):
        keychain.read(OTHER, cancellation)
    released.set()
    first.join(10)
    assert keychain.read(ENTRY, Cancellation()) == Secret("key")
    assert begun == [ENTRY.user, ENTRY.user]


def test_a_thread_that_cannot_start_is_an_error_of_this_call_only(mac, monkeypatch):
    def refuse(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    keychain = keychain_of("darwin")
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        with pytest.raises(NoResourcesForKeychain):
            keychain.read(ENTRY, Cancellation())
    assert keychain.read(ENTRY, Cancellation()) is None


def test_without_apples_interface_there_is_no_keychain(monkeypatch):
    monkeypatch.delattr(keyring.backends.macOS, "api", raising=False)
    with pytest.raises(KeychainUnavailable):
        keychain_of("darwin").name(Cancellation())


def test_without_windows_interface_there_is_an_error_of_ours():
    with pytest.raises(KeychainError):
        keychain_of("win32").name(Cancellation())


# KWallet's own interface


class Wallet:
    """The part of KWallet's D-Bus interface that keyring uses."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def networkWallet(self) -> str:
        return "kdewallet"

    def isOpen(self, handle: int) -> bool:
        return True

    def open(self, wallet: str, window: int, program: str) -> int:
        return 7

    def hasFolder(self, handle: int, folder: str, program: str) -> bool:
        return False

    def hasEntry(self, handle: int, folder: str, key: str, program: str) -> bool:
        return (folder, key) in self.kept

    def readPassword(self, handle: int, folder: str, key: str, program: str) -> str:
        return self.kept[folder, key]

    def writePassword(self, handle: int, folder: str, key: str, text: str, program: str) -> int:
        self.kept[folder, key] = text
        return 0

    def removeEntry(self, handle: int, folder: str, key: str, program: str) -> int:
        del self.kept[folder, key]
        return 0


@pytest.fixture
def wallet(monkeypatch: pytest.MonkeyPatch) -> Wallet:
    """A bus with KWallet on it but no Secret Service."""
    wallet = Wallet()

    class Bus:
        def name_has_owner(self, name: str) -> bool:
            return name == "org.kde.kwalletd5"

        def list_activatable_names(self) -> list[str]:
            return ["org.kde.kwalletd5"]

        def get_object(self, name: str, path: str) -> None:
            return None

    dbus = types.SimpleNamespace(
        SessionBus=lambda mainloop: Bus(),
        Interface=lambda remote, interface: wallet,
        DBusException=type("DBusException", (Exception,), {}),
    )
    monkeypatch.setattr(keyring.backends.kwallet, "dbus", dbus, raising=False)
    monkeypatch.setattr(keyring.backends.kwallet, "DBusGMainLoop", lambda: None, raising=False)
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    return wallet


def test_an_old_kwallet_is_used_where_there_is_no_secret_service(wallet):
    keychain = keychain_of("linux")
    assert keychain.name(Cancellation()) == "KDE Wallet"
    keychain.save(ENTRY, Secret("key"), Cancellation())
    assert wallet.kept == {(ENTRY.service, ENTRY.user): "key"}
    assert keychain.read(ENTRY, Cancellation()) == Secret("key")
    keychain.remove(ENTRY, Cancellation())
    assert wallet.kept == {}


def test_a_kwallet_that_stays_closed_is_locked(wallet, monkeypatch):
    monkeypatch.setattr(wallet, "open", lambda *_: -1)
    with pytest.raises(KeychainLocked):
        keychain_of("linux").read(ENTRY, Cancellation())


# The environment


@pytest.mark.parametrize("platform", ["win32", "darwin", "linux"])
def test_the_environment_cannot_bend_a_backend(windows, mac, wallet, monkeypatch, platform):
    # keyring sets any attribute that such a variable names.
    monkeypatch.setenv("KEYRING_PROPERTY_GET_PASSWORD", "bent")
    monkeypatch.setenv("KEYRING_PROPERTY_PERSIST", "session")
    keychain = keychain_of(platform)
    keychain.save(ENTRY, Secret("key"), Cancellation())
    assert keychain.read(ENTRY, Cancellation()) == Secret("key")


# What foreign errors mean


def bus_error(name: str) -> jeepney.DBusErrorResponse:
    call = jeepney.new_method_call(jeepney.DBusAddress("/", "a.b", "a.b"), "Call")
    call.header.serial = 1
    return jeepney.DBusErrorResponse(jeepney.new_error(call, name, "s", ("hush",)))


@pytest.mark.parametrize(
    ("failure", "error"),
    [
        (TimeoutError("hush"), KeychainSilent),
        (keyring.errors.KeyringLocked("hush"), KeychainLocked),
        (keyring.errors.NoKeyringError("hush"), KeychainUnavailable),
        (MemoryError("hush"), NoResourcesForKeychain),
        (OSError(errno.EMFILE, "hush"), NoResourcesForKeychain),
        (keyring.errors.InitError("hush"), KeychainBroken),
        (secretstorage.LockedException("hush"), KeychainLocked),
        (secretstorage.PromptDismissedException("hush"), KeychainLocked),
        (secretstorage.ItemNotFoundException("hush"), KeychainBroken),
        (ConnectionResetError(104, "hush"), KeychainBroken),
        (ModuleNotFoundError("hush"), KeychainBroken),
        (UnicodeEncodeError("utf-8", "hush\ud800", 4, 5, "hush"), KeychainBroken),
        (bus_error("org.freedesktop.Secret.Error.IsLocked"), KeychainLocked),
        (bus_error("org.freedesktop.DBus.Error.ServiceUnknown"), KeychainUnavailable),
        (bus_error("org.freedesktop.DBus.Error.Spawn.ChildExited"), KeychainUnavailable),
        (bus_error("org.freedesktop.DBus.Error.AccessDenied"), KeychainUnavailable),
        (bus_error("org.freedesktop.DBus.Error.TimedOut"), KeychainSilent),
        (bus_error("org.freedesktop.DBus.Error.NoReply"), KeychainBroken),
        (bus_error("org.freedesktop.DBus.Error.Failed"), KeychainBroken),
    ],
    ids=lambda value: getattr(value, "name", None) or getattr(value, "__name__", repr(value)),
)
def test_a_foreign_error_becomes_ours_without_its_words(failure, error):
    problem = explain(failure)
    assert type(problem) is error
    assert "hush" not in repr(vars(problem)) + repr(problem.args)


def test_the_cause_of_a_foreign_error_says_more_than_the_error():
    failure = keyring.errors.InitError("hush")
    failure.__cause__ = bus_error("org.freedesktop.DBus.Error.ServiceUnknown")
    assert type(explain(failure)) is KeychainUnavailable


def test_causes_that_go_in_a_circle_are_no_trap():
    failure = ValueError()
    failure.__cause__ = RuntimeError()
    failure.__cause__.__cause__ = failure
    assert type(explain(failure)) is KeychainBroken


def test_every_reason_is_unlike_every_other():
    reasons = [kind.reason for kind in KeychainError.__subclasses__()]
    assert reasons
    assert len(reasons) == len(set(reasons))


def test_the_running_platform_is_the_one_that_is_asked():
    assert platform_backend.__defaults__ == (sys.platform,)
    assert keychain_backends.platform_backend is platform_backend
