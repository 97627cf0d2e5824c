"""The keychain without its weight: the real one is loaded by the first call, on a worker."""

import threading
from typing import TYPE_CHECKING

from deepbrain_desktop.account import KeychainEntry
from deepbrain_desktop.studios.credentials import Secret
from deepbrain_desktop.system.keychain_errors import KeychainUnavailable, NoResourcesForKeychain
from deepbrain_desktop.waiting import Cancellation

if TYPE_CHECKING:
    from deepbrain_desktop.system.keychain import Keychain


class LazyKeychain:
    """Passes every call on to the operating system's keychain."""

    def __init__(self) -> None:
        self._keychain: Keychain | None = None
        self._lock = threading.Lock()

    def name(self, cancellation: Cancellation) -> str:
        """See Keychain.name."""
        return self._real().name(cancellation)

    def read(self, entry: KeychainEntry, cancellation: Cancellation) -> Secret | None:
        """See Keychain.read."""
        return self._real().read(entry, cancellation)

    def save(self, entry: KeychainEntry, key: Secret, cancellation: Cancellation) -> None:
        """See Keychain.save."""
        self._real().save(entry, key, cancellation)

    def remove(self, entry: KeychainEntry, cancellation: Cancellation) -> None:
        """See Keychain.remove."""
        self._real().remove(entry, cancellation)

    def _real(self) -> "Keychain":
        with self._lock:
            if self._keychain is None:
                try:
                    from deepbrain_desktop.system.keychain import Keychain
                except OSError:
                    raise NoResourcesForKeychain from None

                self._keychain = Keychain()
            return self._keychain


class NoKeychain:
    """Stands for a run in which nothing is kept."""

    def name(self, _cancellation: Cancellation) -> str:
        """There is none. Raises KeychainUnavailable."""
        raise KeychainUnavailable

    def read(self, _entry: KeychainEntry, _cancellation: Cancellation) -> Secret | None:
        """There is none. Raises KeychainUnavailable."""
        raise KeychainUnavailable

    def save(self, _entry: KeychainEntry, _key: Secret, _cancellation: Cancellation) -> None:
        """There is none. Raises KeychainUnavailable."""
        raise KeychainUnavailable

    def remove(self, _entry: KeychainEntry, _cancellation: Cancellation) -> None:
        """There is none. Raises KeychainUnavailable."""
        raise KeychainUnavailable
