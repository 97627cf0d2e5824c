"""Find the moments that a token's claims name: when it ends, begins and was issued."""

import math
from dataclasses import dataclass

from deepbrain_desktop.studios.decoded import (
    EARLIEST_INSTANT,
    END_OF_INSTANTS,
    Expiry,
    ExpiryNotStated,
    ExpiryStated,
    ExpiryUnreadable,
    Note,
    Remark,
    shown,
)
from deepbrain_desktop.studios.faithful_json import Json, Number, display

FIRST_MEANT = 946_684_800.0
"""2000-01-01T00:00:00Z. No token was issued before (JWT is of 2010), so an earlier ``exp`` or
``iat`` is a lifetime in seconds, a -1 or 0 for "never", or a slip, and says no moment."""
LAST_MEANT = 4_102_444_800.0
"""2100-01-01T00:00:00Z. What is past the year 9999 in seconds, but between these two in another
unit, was meant in that."""
_UNITS = {"milliseconds": 1e3, "microseconds": 1e6, "nanoseconds": 1e9}
"""Other units of time, and how many of them make a second."""

MOMENTS = frozenset({"exp", "iat", "nbf", "auth_time", "updated_at", "toe"})
"""Claims registered at IANA (JSON Web Token Claims) whose values are seconds since the epoch."""


@dataclass(frozen=True, slots=True)
class Times:
    """The moments of one token, in epoch seconds."""

    expiry: Expiry
    not_before: float | None
    issued_at: float | None


def read_times(claims: dict[str, Json], remarks: list[Remark]) -> Times:
    """The moments in ``claims``; what is odd about them is added to ``remarks``."""
    expiry: Expiry = ExpiryNotStated()
    if "exp" in claims:
        end = _moment(claims, "exp", Note.EXPIRY_UNREADABLE, remarks, FIRST_MEANT)
        expiry = ExpiryUnreadable(display(claims["exp"])) if end is None else ExpiryStated(end)
    issued_at = _moment(claims, "iat", Note.ISSUED_AT_UNREADABLE, remarks, FIRST_MEANT)
    not_before = _moment(claims, "nbf", Note.NOT_BEFORE_UNREADABLE, remarks)
    if isinstance(expiry, ExpiryStated):
        for name, start in (("iat", issued_at), ("nbf", not_before)):
            if start is not None and expiry.at <= start:
                remarks.append(Remark(Note.EXPIRES_BEFORE_START, _told(claims, name)))
    return Times(expiry, not_before, issued_at)


def _moment(
    claims: dict[str, Json],
    name: str,
    unreadable: Note,
    remarks: list[Remark],
    earliest: float = EARLIEST_INSTANT,
) -> float | None:
    if name not in claims:
        return None
    value = claims[name]
    moment = instant(value)
    if moment is not None and moment >= earliest:
        return moment
    remarks.append(Remark(unreadable, _told(claims, name)))
    number = _number(value)
    if number is None:
        return None
    if not isinstance(value, Number):
        remarks.append(Remark(Note.TIME_AS_TEXT, _told(claims, name)))
    for unit, size in _UNITS.items():
        if number >= END_OF_INSTANTS and FIRST_MEANT <= number / size < LAST_MEANT:
            remarks.append(Remark(Note.TIME_IN_ANOTHER_UNIT, f"{_told(claims, name)}, {unit}"))
    return None


def instant(value: Json) -> float | None:
    """``value`` in epoch seconds, where it is a number that ``datetime`` can show."""
    number = _number(value) if isinstance(value, Number) else None
    if number is None or not EARLIEST_INSTANT <= number < END_OF_INSTANTS:
        return None
    return number


def _number(value: Json) -> float | None:
    try:
        number = float(value) if isinstance(value, str) else math.nan
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _told(claims: dict[str, Json], name: str) -> str:
    return shown(f"{name} {display(claims[name])}")
