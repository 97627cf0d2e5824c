"""What the session needs of the world, as protocols: real in the program, scripted in tests."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from deepbrain_desktop.account import Account, KeychainEntry
from deepbrain_desktop.background import Executor
from deepbrain_desktop.studios.credentials import Secret, Server
from deepbrain_desktop.studios.exchange import Exchange
from deepbrain_desktop.system.clock import ServiceTime
from deepbrain_desktop.waiting import Cancellation

if TYPE_CHECKING:
    from deepbrain_desktop.studios.decoded import DecodedToken
    from deepbrain_desktop.system.accounts_file import Reading


@dataclass(frozen=True, slots=True)
class Issued:
    """A token with what it says and when, on the service's clock, it came."""

    token: Secret
    decoded: "DecodedToken"
    exchange: Exchange
    service_time: ServiceTime
    received: float


class TokenSource(Protocol):
    """Asks a server for a session token. Blocks."""

    def issue(
        self, app_id: str, user_key: Secret, server: Server | None, cancellation: Cancellation
    ) -> Issued:
        """Ask ``server``, or the sandbox for None. Raises StudiosError or Cancelled."""


class Keychain(Protocol):
    """The operating system's keychain. Blocks; raises KeychainError or Cancelled."""

    def name(self, cancellation: Cancellation) -> str:
        """Name it as the person knows it."""

    def read(self, entry: KeychainEntry, cancellation: Cancellation) -> Secret | None:
        """Return the key, or None where there is none."""

    def save(self, entry: KeychainEntry, key: Secret, cancellation: Cancellation) -> None:
        """Keep the key; on an error nothing has changed."""

    def remove(self, entry: KeychainEntry, cancellation: Cancellation) -> None:
        """Remove the key, if it is there."""


class AccountsShelf(Protocol):
    """Where the list of accounts is kept between runs. Blocks."""

    @property
    def path(self) -> Path | None:
        """The file, if it is one."""

    def read(self) -> "Reading":
        """Return what is there."""

    def write(self, accounts: Iterable[Account]) -> Path | None:
        """Keep the list. Returns where a foreign change was set aside; raises AccountsNotSaved."""


@dataclass(frozen=True, slots=True)
class World:
    """Everything outside that a session works with."""

    executor: Executor
    shelf: AccountsShelf
    keychain: Keychain
    tokens: TokenSource
    wall: Callable[[], float]
    """Epoch seconds on this computer's clock."""
    elapsed: Callable[[], float]
    """Seconds that never jump and count on through a suspend."""
