"""The keychain that belongs to this platform.

``keyring.get_keyring()`` is never asked: a package that happens to be installed, an environment
variable or a configuration file can make it choose a plaintext file. The platform's own class is
taken instead, and nothing where that does not work.
"""

import functools
import sys
import types
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol

from deepbrain_desktop.account import KeychainEntry
from deepbrain_desktop.system.keychain_errors import KeychainUnavailable
from deepbrain_desktop.system.keychain_failures import explain, explain_silence

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend


class Waiter(Protocol):
    """Whoever waits for a call to the keychain, as the backend sees them."""

    def prompting(self) -> AbstractContextManager[None]:
        """Mark the time in which the person may be looking at a question of the system's."""

    def hang_up_with(self, hang_up: Callable[[], None]) -> None:
        """Name what ends the call from another thread when nobody waits for it any more."""


class Backend(Protocol):
    """A platform's keychain for the length of one call. May raise anything: see ``explain``."""

    @property
    def longest(self) -> int | None:
        """UTF-16 units of the longest text that can be kept; None where there is no such limit."""

    @property
    def name(self) -> str:
        """What the person knows it by."""

    def unlock(self, *, create: bool) -> None:
        """Make it ready, which may ask the person; ``create`` a missing collection as well."""

    def read(self, entry: KeychainEntry) -> str | None:
        """The text kept under ``entry``; None where there is none."""

    def write(self, entry: KeychainEntry, text: str) -> None:
        """Keep ``text`` under ``entry``, in the place of what is there."""

    def delete(self, entry: KeychainEntry) -> None:
        """Delete whatever is kept under ``entry``, if anything is."""

    def close(self) -> None:
        """Give back what was opened."""


def platform_backend(waiter: Waiter, platform: str = sys.platform) -> Backend:
    """The keychain of ``platform``, a value of ``sys.platform``.

    Raises KeychainUnavailable where there is none; other exceptions are for ``explain``.
    """
    match platform:
        case "win32":
            return WindowsBackend()
        case "darwin":
            return MacBackend(waiter)
        case _:
            return _free_desktop_backend(waiter)


def _free_desktop_backend(waiter: Waiter) -> Backend:
    try:
        _find_session_bus()
        from deepbrain_desktop.system.secret_service import SecretServiceBackend

        return SecretServiceBackend(waiter)
    except Exception as failure:
        problem = explain(failure)
        # An old KWallet speaks only a language of its own; a new one is a Secret Service.
        if not isinstance(problem, KeychainUnavailable) or not _kwallet_answers():
            raise
    return KWalletBackend(waiter)


def _find_session_bus() -> None:
    """Raise a KeychainError where nobody could answer; what would ask costs 8 MB of memory."""
    from jeepney.bus import get_bus
    from jeepney.io.blocking import prep_socket

    try:
        prep_socket(get_bus("SESSION"), timeout=1.0).close()
    except (OSError, KeyError, ValueError, RuntimeError) as failure:
        raise explain_silence(failure) from None


def _kwallet_answers() -> bool:
    from keyring.backends.kwallet import DBusKeyring

    return bool(DBusKeyring.viable)


class _KeyringBackend:
    """A backend on top of one class of the library keyring."""

    name: str
    longest: int | None = None

    def __init__(self, keyring: "KeyringBackend") -> None:
        self._keyring = keyring

    def unlock(self, *, create: bool) -> None:
        """Nothing: these keychains ask when they are used."""

    def read(self, entry: KeychainEntry) -> str | None:
        """See Backend."""
        return self._keyring.get_password(entry.service, entry.user)

    def write(self, entry: KeychainEntry, text: str) -> None:
        """See Backend."""
        self._keyring.set_password(entry.service, entry.user, text)

    def delete(self, entry: KeychainEntry) -> None:
        """See Backend."""
        if self.read(entry) is not None:
            self._keyring.delete_password(entry.service, entry.user)

    def close(self) -> None:
        """Nothing is held between calls."""


class WindowsBackend(_KeyringBackend):
    """Windows Credential Manager, kept on this computer.

    keyring moves a credential to a compound name when another user's is saved under the same
    target, and leaves a copy of the old text there when the same user's is. So every entry gets
    a target of its own, and the old credential is deleted before a new one is written.
    """

    name = "Windows Credential Manager"
    longest = 1280
    """CRED_MAX_CREDENTIAL_BLOB_SIZE is 2,560 bytes of UTF-16."""

    def __init__(self) -> None:
        from keyring.backends.Windows import WinVaultKeyring

        keyring = _without_environment(WinVaultKeyring)()
        # The default would roam: be copied to every computer of the person's domain.
        keyring.persist = "local machine"  # type: ignore[attr-defined]
        super().__init__(keyring)

    def read(self, entry: KeychainEntry) -> str | None:
        """See Backend."""
        return super().read(_own_target(entry))

    def write(self, entry: KeychainEntry, text: str) -> None:
        """See Backend."""
        self.delete(entry)
        super().write(_own_target(entry), text)

    def delete(self, entry: KeychainEntry) -> None:
        """See Backend."""
        target = _own_target(entry)
        if super().read(target) is not None:
            self._keyring.delete_password(target.service, target.user)


def _own_target(entry: KeychainEntry) -> KeychainEntry:
    return KeychainEntry(f"{entry.service} ({entry.user})", entry.user)


class _AskingBackend(_KeyringBackend):
    """A keychain that may ask the person at any call, and does not say when."""

    def __init__(self, keyring: "KeyringBackend", waiter: Waiter) -> None:
        super().__init__(keyring)
        self._waiter = waiter

    def read(self, entry: KeychainEntry) -> str | None:
        """See Backend."""
        with self._waiter.prompting():
            return super().read(entry)

    def write(self, entry: KeychainEntry, text: str) -> None:
        """See Backend."""
        with self._waiter.prompting():
            super().write(entry, text)

    def delete(self, entry: KeychainEntry) -> None:
        """See Backend."""
        with self._waiter.prompting():
            super().delete(entry)


class MacBackend(_AskingBackend):
    """The login keychain of macOS."""

    name = "macOS Keychain"

    def __init__(self, waiter: Waiter) -> None:
        from keyring.backends import macOS

        if not hasattr(macOS, "api"):
            raise KeychainUnavailable
        keyring = _without_environment(macOS.Keyring)()
        keyring.keychain = None  # type: ignore[attr-defined]  # set by KEYCHAIN_PATH
        super().__init__(keyring, waiter)


class KWalletBackend(_AskingBackend):
    """KWallet through its own interface."""

    name = "KDE Wallet"

    def __init__(self, waiter: Waiter) -> None:
        from keyring.backends.kwallet import DBusKeyring

        super().__init__(_without_environment(DBusKeyring)(), waiter)


@functools.cache
def _without_environment(kind: "type[KeyringBackend]") -> "type[KeyringBackend]":
    """``kind``, but deaf to the environment's KEYRING_PROPERTY_… variables."""
    deafness: dict[str, object] = {"set_properties_from_env": lambda _self: None}
    return types.new_class(kind.__name__, (kind,), exec_body=lambda body: body.update(deafness))
