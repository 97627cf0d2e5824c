"""What the window has to say at a moment of the service's clock: written from the promise."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import jwt

SLACK = 2.0
"""Seconds: the service tells its time in whole ones, and a second may turn between two looks."""
LONGEST_EXPIRING = 300.0


@dataclass(frozen=True)
class Expected:
    """What is held for an account: a token as it says itself, and when it came."""

    token: str
    came: float
    """On the service's clock."""

    def judge(self, now: float, word: str, shown: str, expiry: str, zone: ZoneInfo) -> str:
        """What is wrong about what the window says at ``now``; nothing where all is right."""
        claims = _claims(self.token)
        if claims is None:
            return "" if word == "Opaque token" else f"{word} for an opaque token"
        end, start = claims.get("exp"), claims.get("nbf")
        if word not in {self._word(claims, now + slack) for slack in (-SLACK, 0.0, SLACK)}:
            return f"{word}, and not {self._word(claims, now)}"
        away = {
            "Valid": lambda: end - now,
            "Expiring": lambda: end - now,
            "Expired": lambda: now - end,
            "Not yet valid": lambda: start - now,
        }.get(word)
        if away is not None and abs(_seconds(shown) - away()) > SLACK:
            return f"{shown} where {away():.0f} s are right"
        if end is not None:
            there = datetime.fromtimestamp(end, UTC)
            here = there.astimezone(zone)
            hours = here.utcoffset().total_seconds() / 3600
            moment = f"{here:%H:%M:%S} (UTC+{hours:.0f})"
            if (
                moment not in expiry
                or f"{datetime.fromtimestamp(end, UTC):%H:%M:%SZ}" not in expiry
            ):
                return f"{expiry} where {moment} is right"
        return ""

    @property
    def changes(self) -> list[float]:
        """When another word is due, on the service's clock."""
        claims = _claims(self.token) or {}
        return sorted({*filter(None, (claims.get("nbf"), claims.get("exp"))), *self._last(claims)})

    def _last(self, claims: dict[str, float]) -> list[float]:
        """When the last tenth of the lifetime begins, of which 300 seconds count at most."""
        if "exp" not in claims:
            return []
        lifetime = claims["exp"] - min(claims.get("iat", self.came), self.came)
        return [claims["exp"] - min(lifetime / 10, LONGEST_EXPIRING)]

    def _word(self, claims: dict[str, float], now: float) -> str:
        end, start = claims.get("exp"), claims.get("nbf")
        if end is not None and now >= end:
            return "Expired"
        if start is not None and now < start:
            return "Not yet valid"
        if end is None:
            return "Lifetime unknown"
        return "Expiring" if now >= self._last(claims)[0] else "Valid"


def _claims(token: str) -> dict[str, float] | None:
    try:
        return jwt.decode(token, options={"verify_signature": False})
    except jwt.InvalidTokenError:
        return None


def _seconds(shown: str) -> float:
    """Read ``2 d 03:05:00 ago``, ``54:12 left`` and the like."""
    days = re.search(r"([\d,]+) d", shown)
    clock = re.search(r"\d+(?::\d\d)+", shown)
    seconds = 0
    for part in clock.group().split(":") if clock else ():
        seconds = seconds * 60 + int(part)
    return seconds + (int(days.group(1).replace(",", "")) * 86_400 if days else 0)


@dataclass(frozen=True)
class Lease:
    """A token on the clipboard; over when either of the computer's clocks says so."""

    elapsed: float
    wall: float
    lifetime: float

    def left(self, elapsed: float, wall: float) -> float:
        return self.lifetime - max(elapsed - self.elapsed, wall - self.wall)

    def judge(self, elapsed: float, wall: float, said: str, pasted: str, token: str) -> str:
        """What is wrong about what the window says and the clipboard gives."""
        if self.left(elapsed, wall) <= 0:
            if pasted:
                return "still on the clipboard"
            return f"“{said}” where nothing is lent" if said else ""
        if pasted != token:
            return "not on the clipboard any more" if not pasted else "another token is"
        if abs(_seconds(said) - (self.lifetime - (elapsed - self.elapsed))) > SLACK:
            return f"“{said}”"
        return ""
