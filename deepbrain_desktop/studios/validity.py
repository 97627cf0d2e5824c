"""Whether a token is valid at a moment, and for how long: pure arithmetic on the service's clock.

Only what the token says of itself is looked at; its signature is not checked, and the service may
refuse a token for other reasons.
"""

from dataclasses import dataclass, field
from typing import assert_never

from deepbrain_desktop.studios.decoded import (
    DecodedToken,
    ExpiryNotStated,
    ExpiryStated,
    ExpiryUnreadable,
)

EXPIRING_SHARE = 0.1
"""The last share of the lifetime that counts as expiring …"""
LONGEST_EXPIRING = 300.0
"""… but no more than so many seconds."""


@dataclass(frozen=True, slots=True)
class Valid:
    """Valid for ``left`` more seconds, ``fraction`` (0 to 1) of its lifetime."""

    left: float
    fraction: float


@dataclass(frozen=True, slots=True)
class Expiring:
    """Valid, and close to its end: ``left`` seconds, ``fraction`` (0 to 1) of its lifetime."""

    left: float
    fraction: float


@dataclass(frozen=True, slots=True)
class Expired:
    """It ended ``ago`` seconds ago."""

    ago: float


@dataclass(frozen=True, slots=True)
class NotYetValid:
    """It begins in ``wait`` seconds."""

    wait: float


@dataclass(frozen=True, slots=True)
class LifetimeUnknown:
    """Its claims state no expiry, which does not mean that it never expires."""


@dataclass(frozen=True, slots=True)
class ExpiryNotReadable:
    """Its claims state an expiry that is no moment; ``value`` is safe to show."""

    value: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Opaque:
    """Its claims cannot be read."""


Validity = Valid | Expiring | Expired | NotYetValid | LifetimeUnknown | ExpiryNotReadable | Opaque


def validity(decoded: DecodedToken, now: float, since: float) -> Validity:
    """The validity at ``now`` of a token that arrived at ``since``, both in epoch seconds.

    ``exp`` itself is expired already and ``nbf`` itself is valid already (RFC 7519, 4.1.4, 4.1.5).
    The lifetime begins at ``iat``, or at ``since`` where that is missing or later than ``since``.
    """
    if decoded.claims_json is None:
        return Opaque()
    end = ends_at(decoded)
    if end is not None and now >= end:
        return Expired(now - end)
    if decoded.not_before is not None and now < decoded.not_before:
        return NotYetValid(decoded.not_before - now)
    return _running(decoded, now, since)


def _running(decoded: DecodedToken, now: float, since: float) -> Validity:
    match decoded.expiry:
        case ExpiryNotStated():
            return LifetimeUnknown()
        case ExpiryUnreadable(value):
            return ExpiryNotReadable(value)
        case ExpiryStated(end):
            left = end - now
            lifetime = end - _start(decoded, since)
            fraction = min(left / lifetime, 1.0) if lifetime > 0 else 1.0
            if now >= _expiring_from(decoded, end, since):
                return Expiring(left, fraction)
            return Valid(left, fraction)
        case _ as never:
            assert_never(never)


def ends_at(decoded: DecodedToken) -> float | None:
    """The stated expiry in epoch seconds; None where there is none that can be read."""
    return decoded.expiry.at if isinstance(decoded.expiry, ExpiryStated) else None


def next_change(decoded: DecodedToken, now: float, since: float) -> float | None:
    """Seconds from ``now`` until ``validity`` returns another kind; None if it never will."""
    end = ends_at(decoded)
    match validity(decoded, now, since):
        case Valid() if end is not None:
            return _expiring_from(decoded, end, since) - now
        case Expiring(left=left):
            return left
        case NotYetValid(wait=wait):
            return wait if end is None else min(wait, end - now)
        case _:
            return None


def issued_ahead(decoded: DecodedToken, now: float) -> float | None:
    """Seconds by which ``iat`` lies after ``now``: a hint at a wrong clock. None if it does not."""
    if decoded.issued_at is None or decoded.issued_at <= now:
        return None
    return decoded.issued_at - now


def _start(decoded: DecodedToken, since: float) -> float:
    if decoded.issued_at is None or decoded.issued_at > since:
        return since
    return decoded.issued_at


def _expiring_from(decoded: DecodedToken, end: float, since: float) -> float:
    lifetime = max(end - _start(decoded, since), 0.0)
    return end - min(lifetime * EXPIRING_SHARE, LONGEST_EXPIRING)
