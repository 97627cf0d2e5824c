"""What an account's state is called, wherever it is shown."""

from dataclasses import dataclass
from typing import assert_never

from deepbrain_desktop.session.state import (
    AccountState,
    Awaited,
    Failed,
    Granted,
    Requesting,
    Stopped,
    Unforeseen,
    Untried,
)
from deepbrain_desktop.studios import validity as validities
from deepbrain_desktop.studios.errors import (
    AnswerTimedOut,
    CertificateRejected,
    ClosedWithoutAnswer,
    ConnectionLost,
    ConnectTimedOut,
    DeadlinePassed,
    HttpFailed,
    IncompleteAnswer,
    ServiceRefused,
    StudiosError,
)
from deepbrain_desktop.studios.validity import Validity, validity
from deepbrain_desktop.system.keychain_errors import KeychainError
from deepbrain_desktop.ui.symbols import Symbol, Tone
from deepbrain_desktop.ui.times import clock_span, short_span

SLOW_KEYCHAIN = 0.5
"""Seconds after which waiting for the keychain is said."""


@dataclass(frozen=True, slots=True)
class Status:
    """A state as symbol, word and colour together, and its clock where it has one."""

    symbol: Symbol
    tone: Tone
    word: str
    short: str
    """For the list of accounts."""
    clock: str = ""
    fraction: float | None = None
    """Share of the lifetime that is left."""


def status_of(account: AccountState, elapsed: float) -> Status:
    """Name the state of an account at a moment of the elapsed clock."""
    if account.removing:
        return Status(Symbol.DOTS, Tone.BUSY, "Removing the key…", "removing…")
    match account.phase:
        case Untried():
            return Status(Symbol.RING, Tone.NEUTRAL, "Not tried", "not tried")
        case Requesting():
            return Status(Symbol.DOTS, Tone.BUSY, "Requesting…", "requesting…")
        case Stopped():
            return Status(Symbol.RING, Tone.NEUTRAL, "Cancelled", "cancelled")
        case Granted():
            return _token_status(validity_of(account.phase, elapsed))
        case Failed():
            return Status(Symbol.CROSS, Tone.BAD, "Failed", _short_failure(account.phase))
        case _ as never:
            assert_never(never)


def row_status(account: AccountState, elapsed: float) -> Status:
    """Name it for the list: there a key that was to go and did not comes first.

    Its account may have been to go with it, and another one be on the page by now.
    """
    if account.key_problem is not None and account.removal_failed:
        return Status(Symbol.CROSS, Tone.BAD, "Key not removed", "key not removed")
    return status_of(account, elapsed)


def validity_of(granted: Granted, elapsed: float) -> Validity:
    """Judge a token by the service's clock."""
    return validity(granted.decoded, granted.service_time.now(elapsed), granted.received)


def waits_for_keychain(phase: Requesting, elapsed: float) -> bool:
    """Whether a request has been waiting for the keychain for so long that it is to be said."""
    return phase.awaited is Awaited.KEYCHAIN and elapsed - phase.since >= SLOW_KEYCHAIN


def _token_status(judged: Validity) -> Status:
    match judged:
        case validities.Valid(left=left, fraction=fraction):
            return Status(
                Symbol.CHECK,
                Tone.GOOD,
                "Valid",
                f"{short_span(left)} left",
                f"{clock_span(left)} left",
                fraction,
            )
        case validities.Expiring(left=left, fraction=fraction):
            return Status(
                Symbol.WARNING,
                Tone.WARNING,
                "Expiring",
                f"{clock_span(left)} left",
                f"{clock_span(left)} left",
                fraction,
            )
        case validities.Expired(ago=ago):
            return Status(
                Symbol.CROSS, Tone.BAD, "Expired", "expired", f"{clock_span(ago)} ago", 0.0
            )
        case validities.NotYetValid(wait=wait):
            return Status(
                Symbol.CLOCK,
                Tone.WARNING,
                "Not yet valid",
                "not yet valid",
                f"valid in {clock_span(wait)}",
            )
        case validities.LifetimeUnknown():
            return Status(Symbol.QUESTION, Tone.WARNING, "Lifetime unknown", "lifetime unknown")
        case validities.ExpiryNotReadable():
            return Status(Symbol.QUESTION, Tone.WARNING, "Expiry not readable", "expiry unreadable")
        case validities.Opaque():
            return Status(Symbol.QUESTION, Tone.WARNING, "Opaque token", "opaque token")
        case _ as never:
            assert_never(never)


def _short_failure(failed: Failed) -> str:
    match failed.problem:
        case ServiceRefused(code=code) if code in _SHORT_CODES:
            return _SHORT_CODES[code]
        case HttpFailed(status=status):
            return _SHORT_STATUSES.get(status, "service error" if status >= 500 else "refused")
        case ServiceRefused():
            return "refused"
        case StudiosError(reason=reason) as problem:
            kind = _SHORT_KINDS.get(reason.partition("-")[0], "failed")
            return _SHORT_TYPES.get(type(problem), kind)
        case KeychainError():
            return "keychain"
        case Unforeseen():
            return "failed"
    return "not sent"


_SHORT_CODES = {
    4000: "values refused",
    4010: "key refused",
    4030: "not allowed",
    4040: "not found",
    4290: "rate limited",
    5000: "service error",
}
_SHORT_STATUSES = {
    401: "key refused",
    402: "payment",
    403: "not allowed",
    404: "not found",
    429: "rate limited",
    511: "network sign-in",
}
_SHORT_TYPES: dict[type[StudiosError], str] = {
    CertificateRejected: "certificate",
    DeadlinePassed: "timed out",
    ConnectTimedOut: "timed out",
    AnswerTimedOut: "timed out",
    ClosedWithoutAnswer: "connection lost",
    ConnectionLost: "connection lost",
    IncompleteAnswer: "connection lost",
}
_SHORT_KINDS = {
    "NET": "unreachable",
    "PROXY": "proxy",
    "TLS": "no secure connection",
    "HTTP": "unexpected answer",
    "API": "unexpected answer",
}
