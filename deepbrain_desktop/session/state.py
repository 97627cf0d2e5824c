"""The state of the program as frozen values: what the window shows, and nothing else."""

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from deepbrain_desktop.account import Account, KeychainEntry, ServerKind, StoredKey
from deepbrain_desktop.session.notices import Notice
from deepbrain_desktop.studios.credentials import (
    PRODUCTION,
    Flaw,
    InvalidValue,
    Secret,
    Server,
    parse_server,
)
from deepbrain_desktop.studios.errors import HttpFailed, ServiceRefused, StudiosError
from deepbrain_desktop.studios.exchange import Exchange
from deepbrain_desktop.system.clock import ServiceTime
from deepbrain_desktop.system.keychain_errors import KeychainError

if TYPE_CHECKING:
    from deepbrain_desktop.studios.decoded import DecodedToken

SANDBOX_HOST = "sandbox"


class SessionError(Exception):
    """Why a request failed in this program's own hands; ``reason`` is its stable id."""

    reason: str


class KeyNotFound(SessionError):
    """The keychain that answers does not hold the key that was saved."""

    reason = "KEYCHAIN-KEY-GONE"


class HostNotTrusted(SessionError):
    """The person has not yet agreed to send this account's key to ``host``."""

    reason = "HOST-NOT-CONFIRMED"

    def __init__(self, host: str) -> None:
        super().__init__(self.reason)
        self.host = host


class Unforeseen(SessionError):
    """A fault of this program; ``kind`` is the name of the exception's type."""

    reason = "PROGRAM"

    def __init__(self, kind: str) -> None:
        super().__init__(self.reason)
        self.kind = kind


Problem = StudiosError | KeychainError | SessionError


class Attempt:
    """One click on Request token: the ticket by which a late answer is recognised."""

    __slots__ = ()


class Awaited(Enum):
    """Whom a request under way is waiting for."""

    KEYCHAIN = "keychain"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Untried:
    """There is no request whose end could be shown."""


@dataclass(frozen=True, slots=True)
class Requesting:
    """A request is under way."""

    attempt: Attempt
    since: float
    """On the elapsed clock."""
    awaited: Awaited


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request is made with, told apart without holding the key."""

    app_id: str
    host: str | None
    key_mark: int | None = None
    """``hash`` of the key, which Python salts anew for each process; None while it is unknown."""

    def has_key_of(self, other: "Asked") -> bool:
        """Whether both have the same key, as far as that is known."""
        return None in (self.key_mark, other.key_mark) or self.key_mark == other.key_mark

    def is_of(self, other: "Asked") -> bool:
        """Whether the service would take both for one, as far as that is known."""
        same = (self.app_id, self.host) == (other.app_id, other.host)
        return same and self.has_key_of(other)


@dataclass(frozen=True, slots=True)
class Granted:
    """The service issued a token."""

    app_id: str
    """What it was asked for with; the form may have been edited since."""
    asked_host: str | None
    """``AccountState.host`` of that moment."""
    token: Secret
    decoded: "DecodedToken"
    exchange: Exchange
    service_time: ServiceTime
    received: float
    """On the service's clock."""
    key_mark: int | None = None
    """See Asked."""

    @property
    def asked(self) -> Asked:
        """What it was asked for with."""
        return Asked(self.app_id, self.asked_host, self.key_mark)


@dataclass(frozen=True, slots=True)
class Failed:
    """The request brought no token."""

    problem: Problem
    at: float
    """Wall clock."""
    not_before: float | None = None
    """On the elapsed clock: when the service wants to be asked again, if it said so."""
    asked: Asked | None = None
    """What with; the form may have been edited since."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """The person cancelled the request."""


Phase = Untried | Requesting | Granted | Failed | Stopped


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One finished request of this run."""

    at: float
    """Wall clock."""
    outcome: str
    """``OK``, ``CANCELLED`` or a reason id."""
    seconds: float | None


class KeyPlace(Enum):
    """Where the key for a request would come from."""

    NOWHERE = "nowhere"
    TYPED = "typed"
    KEYCHAIN = "keychain"
    MISSING = "not found in the keychain"
    """It was saved, but the keychain had none when it was last asked. Another one may have it."""
    BUILT_IN = "built in"


class Field(Enum):
    """A field of the form that can hold a value which cannot be sent."""

    APP_ID = "app id"
    USER_KEY = "user key"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class AccountState:
    """One account with all that is known of it in this run."""

    account: Account
    typed_key: Secret | None = None
    """What stands in the key field; kept in memory only."""
    key_mark: int | None = None
    """Of the key that the next request would use; see Asked."""
    missing: frozenset[KeychainEntry] = frozenset()
    """Where the keychain had no key when it was last asked for one."""
    saving_key: Secret | None = None
    """What was typed and is on its way into the keychain."""
    removing: bool = False
    key_problem: KeychainError | None = None
    """Why the last saving or removing of the key failed."""
    removal_failed: bool = False
    """Whether it was removing, so that the key is still in the keychain."""
    flaws: tuple[tuple[Field, Flaw], ...] = ()
    phase: Phase = field(default_factory=Untried)
    history: tuple[HistoryRow, ...] = ()
    """Newest first."""

    @property
    def is_blank(self) -> bool:
        """Whether nothing was entered yet."""
        fresh = Account(self.account.id, "", remember=self.account.remember)
        return self.account == fresh and not self.typed_key

    @property
    def is_busy(self) -> bool:
        """Whether what its credentials are needed for is under way; they stay as they are then."""
        return self.removing or isinstance(self.phase, Requesting)

    @property
    def id(self) -> str:
        """The account's id."""
        return self.account.id

    @property
    def host(self) -> str | None:
        """The host that a key would be sent to; None while the address is not one."""
        if self.account.server is ServerKind.SANDBOX:
            return SANDBOX_HOST
        try:
            return self.server().host
        except InvalidValue:
            return None

    def server(self) -> Server:
        """The server to ask, unless it is the sandbox. Raises InvalidValue."""
        if self.account.server is ServerKind.OTHER:
            return parse_server(self.account.address)
        return PRODUCTION

    @property
    def stored_key(self) -> StoredKey | None:
        """Where the key for the present host is saved, if it is."""
        return next((key for key in self.account.keys if key.host == self.host), None)

    @property
    def key_place(self) -> KeyPlace:
        """Where the key for a request would come from."""
        if self.typed_key:
            return KeyPlace.TYPED
        if self.account.server is ServerKind.SANDBOX:
            return KeyPlace.BUILT_IN
        if self.stored_key is None:
            return KeyPlace.NOWHERE
        is_missing = self.stored_key.entry in self.missing
        return KeyPlace.MISSING if is_missing else KeyPlace.KEYCHAIN

    @property
    def asked(self) -> Asked:
        """What the next request would be made with."""
        return Asked(self.account.app_id.strip(), self.host, self.key_mark)

    @property
    def paused_until(self) -> float | None:
        """On the elapsed clock: until when the service wants no request made with this."""
        match self.phase:
            case Failed(not_before=float(moment), asked=asked):
                return moment if asked is None or asked.is_of(self.asked) else None
        return None

    def flaw(self, where: Field) -> Flaw | None:
        """What is wrong with the value in a field, as found when it was last to be sent."""
        return dict(self.flaws).get(where)


@dataclass(frozen=True, slots=True)
class KeychainState:
    """What is known of the system's keychain: nothing yet, its name, or why it cannot be used."""

    name: str | None = None
    problem: KeychainError | None = None


@dataclass(frozen=True, slots=True)
class State:
    """Everything."""

    accounts: tuple[AccountState, ...] = ()
    selected: str | None = None
    keychain: KeychainState = field(default_factory=KeychainState)
    notice: Notice | None = None

    def find(self, account_id: str | None) -> AccountState | None:
        """The account with this id."""
        return next((each for each in self.accounts if each.id == account_id), None)

    @property
    def current(self) -> AccountState | None:
        """The selected account."""
        return self.find(self.selected)


def retry_after(problem: Problem) -> int | None:
    """Seconds that the service wants to be left alone."""
    return problem.retry_after if isinstance(problem, HttpFailed | ServiceRefused) else None


def exchange_of(problem: Problem) -> Exchange | None:
    """What is known of the request that failed, if one was made."""
    return problem.exchange if isinstance(problem, StudiosError) else None
