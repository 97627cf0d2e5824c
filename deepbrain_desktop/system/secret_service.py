"""The keychain of a Linux desktop: whichever program answers for org.freedesktop.secrets."""

import contextlib
import socket
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import secretstorage
from jeepney import MatchRule, Message
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, Proxy
from keyring.backends import SecretService
from secretstorage.util import BUS_NAME

from deepbrain_desktop.account import KeychainEntry
from deepbrain_desktop.system.keychain_backends import Waiter
from deepbrain_desktop.system.keychain_errors import KeychainLocked, KeychainUnavailable
from deepbrain_desktop.system.keychain_failures import explain_silence

_NAMES = {
    "gnome-keyring-d": "GNOME Keyring",  # the kernel keeps 15 characters
    "kwalletd5": "KDE Wallet",
    "kwalletd6": "KDE Wallet",
    "ksecretd": "KDE Wallet",
    "keepassxc": "KeePassXC",
}
_DEPARTURE = MatchRule(
    type="signal",
    sender=message_bus.bus_name,
    interface=message_bus.interface,
    member="NameOwnerChanged",
)
_DEPARTURE.add_arg_condition(0, BUS_NAME)


class SecretServiceBackend:
    """A Secret Service over one D-Bus connection, which lives as long as this object.

    Entries are found by keyring's attributes ``service`` and ``username``, so that its command
    line and other programs find them too. They are kept in the default collection, and found in
    the others as well, which may have been the default one; nobody is asked to unlock those.
    Raises KeychainUnavailable where none answers.
    """

    longest = None

    def __init__(self, waiter: Waiter) -> None:
        self._waiter = waiter
        self._connection = _connect(waiter)
        try:
            self._collection = self._default_collection()
        except BaseException:
            self.close()
            raise

    @property
    def name(self) -> str:
        """The name of the program that answers, as far as it is known."""
        with contextlib.suppress(Exception):
            bus = Proxy(message_bus, self._connection)
            (process,) = bus.GetConnectionUnixProcessID(BUS_NAME)
            return _NAMES[Path(f"/proc/{process}/comm").read_text().strip()]
        return "Secret Service"

    def close(self) -> None:
        """Close the connection."""
        with contextlib.suppress(OSError):
            self._connection.close()

    def unlock(self, *, create: bool) -> None:
        """Unlock the default collection, which asks the person where it is locked.

        Raises KeychainLocked where that was declined or nothing here can ask.
        """
        if self._collection is None and create:
            self._collection = secretstorage.get_default_collection(self._connection)
        if self._collection is None or not self._collection.is_locked():
            return
        self._collection.unlock()
        if self._collection.is_locked():
            raise KeychainLocked

    def read(self, entry: KeychainEntry) -> str | None:
        """The text of the newest item of this entry, one of the default collection first.

        Raises KeychainLocked where all lie locked in other collections.
        """
        self.unlock(create=False)
        here, elsewhere = self._items(entry)
        if here and here[0].is_locked():  # KeePassXC asks for each item
            here[0].unlock()
        newest = next(iter(here + elsewhere), None)
        if newest is None:
            return None
        if newest.is_locked():
            raise KeychainLocked
        return newest.get_secret().decode()

    def write(self, entry: KeychainEntry, text: str) -> None:
        """See Backend."""
        if self._collection is None:
            raise KeychainUnavailable
        keyring = _OneCollection(self._waiter, self._collection.collection_path)
        keyring.set_password(entry.service, entry.user, text)  # type: ignore[no-untyped-call]
        # What else was saved under the same two attributes would come back one day.
        here, elsewhere = self._items(entry)
        for item in here[1:] + [each for each in elsewhere if not each.is_locked()]:
            item.delete()

    def delete(self, entry: KeychainEntry) -> None:
        """See Backend. Raises what means KeychainLocked where a locked item is left."""
        here, elsewhere = self._items(entry)
        for item in here + elsewhere:
            item.delete()

    def _items(
        self, entry: KeychainEntry
    ) -> tuple[list[secretstorage.Item], list[secretstorage.Item]]:
        """The items of this entry in the default collection and elsewhere, the newest first.

        Elsewhere the locked ones come last.
        """
        attributes = {"service": entry.service, "username": entry.user}
        found = sorted(
            secretstorage.search_items(self._connection, attributes), key=_age, reverse=True
        )
        if self._collection is None:
            ours = set()
        else:
            ours = {item.item_path for item in self._collection.search_items(attributes)}
        here = [item for item in found if item.item_path in ours]
        elsewhere = [item for item in found if item.item_path not in ours]
        return here, sorted(elsewhere, key=secretstorage.Item.is_locked)

    def _default_collection(self) -> secretstorage.Collection | None:
        # Unlike get_default_collection this asks nobody to create one.
        try:
            return secretstorage.Collection(self._connection)
        except secretstorage.ItemNotFoundException:
            return None


class _OneCollection(SecretService.Keyring):
    """keyring's own Secret Service class, on one collection.

    The library's own way to open it asks for a missing one, and leaks the connection on failure.
    """

    def __init__(self, waiter: Waiter, path: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._waiter = waiter
        self._path = path

    def set_properties_from_env(self) -> None:
        """Ignore KEYRING_PROPERTY_…, which could choose a collection that is not kept."""

    def get_preferred_collection(self) -> secretstorage.Collection:
        """The collection on a new connection, which keyring closes."""
        connection = _connect(self._waiter)
        try:
            return secretstorage.Collection(connection, self._path)
        except BaseException:
            connection.close()
            raise


def _connect(waiter: Waiter) -> DBusConnection:
    try:
        connection = secretstorage.dbus_init()
    except Exception as failure:  # noqa: BLE001 - no address, no socket, an unknown transport
        raise explain_silence(failure) from None
    prompts = _Prompts(connection, waiter)
    connection.filter = prompts.listen
    connection.recv_until_filtered = prompts.answer
    waiter.hang_up_with(prompts.hang_up)
    return connection


class _Prompts:
    """Knows when a prompt of the service's is open, and that it is gone with the service.

    SecretStorage listens for signals only while it waits for a prompt to be answered.
    """

    def __init__(self, connection: DBusConnection, waiter: Waiter) -> None:
        self._connection = connection
        self._listen = connection.filter
        self._waiter = waiter
        self._is_open = False
        self._departures: deque[Message] = deque()

    @contextlib.contextmanager
    def listen(self, rule: MatchRule) -> Iterator[deque[Message]]:
        """Stand in for DBusConnection.filter."""
        Proxy(message_bus, self._connection).AddMatch(_DEPARTURE)
        with (
            self._waiter.prompting(),
            self._listen(_DEPARTURE, queue=self._departures),
            self._listen(rule) as signals,
        ):
            self._is_open = True
            try:
                yield signals
            finally:
                self._is_open = False

    def answer(self, signals: deque[Message], *, timeout: float | None = None) -> Message:
        """Stand in for DBusConnection.recv_until_filtered, which would wait for the dead.

        Raises SecretServiceNotAvailableException where the service has left the bus.
        """
        while not signals:
            if self._departures:
                raise secretstorage.SecretServiceNotAvailableException
            self._connection.recv_messages(timeout=timeout)
        return signals.popleft()

    def hang_up(self) -> None:
        """End the connection from another thread, unless a prompt is open.

        gnome-keyring 42 fails an assertion after a prompt was dismissed, and may crash when the
        program that owns one goes away. So an open prompt stays until the person answers it, and
        the next call waits for that answer as well.
        """
        if not self._is_open:
            with contextlib.suppress(OSError):
                self._connection.sock.shutdown(socket.SHUT_RDWR)


def _age(item: secretstorage.Item) -> tuple[int, int, int, str]:
    path = item.item_path
    # Times have a grain of a second; gnome-keyring numbers its items upwards.
    return item.get_modified(), item.get_created(), len(path), path
