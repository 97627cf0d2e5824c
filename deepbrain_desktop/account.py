"""An account as the person keeps it: everything but its key."""

from dataclasses import dataclass, field
from enum import Enum


class ServerKind(Enum):
    """Which server an account asks; values are what the accounts file holds."""

    PRODUCTION = "production"
    SANDBOX = "sandbox"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class KeychainEntry:
    """Where in the keychain a key lies. Names no secret."""

    service: str
    user: str


@dataclass(frozen=True, slots=True)
class StoredKey:
    """That a key for ``host`` was saved, and where."""

    host: str
    entry: KeychainEntry


@dataclass(frozen=True, slots=True)
class Account:
    """One account. App id and address are kept as typed, so that nothing typed is lost."""

    id: str
    """Opaque and constant; 32 hexadecimal digits."""
    name: str
    app_id: str = ""
    server: ServerKind = ServerKind.PRODUCTION
    address: str = ""
    """Address of a server of one's own; kept while another kind is chosen."""
    remember: bool = True
    """Whether a typed key is to be saved in the keychain."""
    trusted_host: str | None = None
    """The host that the person agreed to send this account's key to."""
    keys: tuple[StoredKey, ...] = field(default=())
    """At most one a host."""
