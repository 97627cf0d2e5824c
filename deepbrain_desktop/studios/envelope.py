"""The service's answer, read strictly: a token, or the reason why it is none.

``{"code": int, "data": object | null, "message": string | null}``; code 1000 alone is success
(https://docs.aistudios.com/reference/interactive-avatar). What is not strictly a success is a
failure.
"""

import json
import math
import re
from dataclasses import dataclass, field
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import NoReturn

from deepbrain_desktop.studios.credentials import Secret
from deepbrain_desktop.studios.errors import (
    EmptyAnswer,
    HttpFailed,
    ProxySignInNeeded,
    Redirected,
    ServiceRefused,
    StudiosError,
    TokenMissing,
    TokenNotPrintable,
    TokenTooLong,
    UnexpectedAnswer,
)
from deepbrain_desktop.studios.traces import has_trace

SUCCESS = 1000
RATE_LIMITED = 4290
DOCUMENTED_CODES = frozenset({4000, 4010, 4030, 4040, RATE_LIMITED, 5000})

LONGEST_MESSAGE = 300
"""Characters."""
_SHORTEST_SECRET = 4
"""Characters; what is shorter may stand in any word."""
_LARGEST_CODE = 10**9

SHORTEST_PAUSE, USUAL_PAUSE, LONGEST_PAUSE = 1, 30, 300
"""Seconds to wait after "too many requests", whatever Retry-After says."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """A parsed envelope."""

    code: int
    message: str | None
    data: object = field(repr=False)

    @property
    def token(self) -> Secret:
        """The token as it came, good or not; empty where there is none."""
        return Secret(_token_in(self.data))


def read_envelope(body: bytes) -> Envelope | None:
    """Return the envelope in ``body``; None where that is not exactly one.

    Refuses what json.loads is lenient about: other encodings than UTF-8, a byte order mark,
    NaN and Infinity, and names that occur twice, of which the last would win.
    """
    try:
        value = json.loads(
            body.decode("utf-8"), object_pairs_hook=_without_duplicates, parse_constant=_refuse
        )
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict):
        return None
    code, message = value.get("code"), value.get("message")
    if type(code) is not int or abs(code) > _LARGEST_CODE:  # True is an int as well
        return None
    return Envelope(code, message if isinstance(message, str) else None, value.get("data"))


def _without_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a name occurs twice")
    return value


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def failure_by_head(status: int) -> StudiosError | None:
    """Return the failure that a status is, whatever its body; None where the body counts."""
    if 300 <= status < 400:
        return Redirected()
    if status == 407:
        return ProxySignInNeeded()
    if status in (204, 205):
        return EmptyAnswer()
    return None


def failure_of(
    status: int, body: bytes, envelope: Envelope | None, retry_after: int
) -> StudiosError | None:
    """Return the failure that an answer is, apart from its token; None for a success.

    ``retry_after`` (seconds) goes into errors that ask for a pause.
    """
    if envelope is not None:
        expected = status == 200 or envelope.code in DOCUMENTED_CODES
        if envelope.code != SUCCESS and expected:
            return ServiceRefused(
                envelope.code, retry_after if envelope.code == RATE_LIMITED else None
            )
    if status == 200 and not body:
        return EmptyAnswer()
    if not 200 <= status < 300:
        return HttpFailed(status, retry_after if status == 429 else None)
    return UnexpectedAnswer() if status != 200 or envelope is None else None


def token_from(data: object, longest: int) -> Secret:
    """Return the token in the data of a successful envelope, of at most ``longest`` characters.

    Raises TokenMissing, TokenTooLong or TokenNotPrintable.
    """
    token = _token_in(data)
    if not token:
        raise TokenMissing
    if len(token) > longest:
        raise TokenTooLong
    if not (token.isascii() and token.isprintable()) or " " in token:
        raise TokenNotPrintable
    return Secret(token)


def _token_in(data: object) -> str:
    token = data.get("session_token") if isinstance(data, dict) else None
    return token if isinstance(token, str) else ""


_TOKEN_SHAPE = re.compile(r"eyJ[\w-]{5,}+(?:\.[\w-]*+)*", re.ASCII)
"""A JSON object in base64url and what follows it (RFC 7515, section 7.1)."""
_MARK = str(Secret(""))


def shown_message(message: str | None, *secrets: Secret) -> str | None:
    """Return the service's words without tokens and ``secrets``, should it repeat them, and cut.

    Where a secret is still to be found in them, spelt in another way, nothing of them is left.
    """
    if message is None:
        return None
    texts = [secret.reveal() for secret in secrets]
    known = [text for text in texts if len(text) >= _SHORTEST_SECRET]
    for text in known:
        message = message.replace(text, _MARK)
    message = _TOKEN_SHAPE.sub(_MARK, message)[:LONGEST_MESSAGE]
    return _MARK if any(has_trace(message, text) for text in known) else message


_DATE = re.compile(
    r"\w+, \d\d?[ -]\w{3}[ -]\d{2,4} [\d:]{8} (?:GMT|UTC|[+-]\d{4})"
    r"|\w{3} \w{3} [ \d]\d [\d:]{8} \d{4}",
    re.ASCII,
)
"""The forms of RFC 9110, section 5.6.7. email.utils takes the first of several dates, too, and
any zone that it has not heard of for UTC."""


def seconds_since_epoch(date: str | None) -> float | None:
    """Return the time that an HTTP date says; None where it is absent or says no certain one."""
    if date is None or not _DATE.fullmatch(date.strip()):
        return None
    try:
        moment = parsedate_to_datetime(date)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def pause_from(retry_after: str | None, now: float) -> int:
    """Return the seconds that a Retry-After header asks for, 1 to 300; 30 where it is odd.

    ``now``, on the clock of whoever sent the header, counts for a date.
    """
    text = (retry_after or "").strip()
    if text.isascii() and text.isdecimal():
        return _clamped(int(text)) if len(text) < 10 else LONGEST_PAUSE
    date = seconds_since_epoch(text)
    return USUAL_PAUSE if date is None else _clamped(math.ceil(date - now))


def _clamped(seconds: int) -> int:
    return max(SHORTEST_PAUSE, min(seconds, LONGEST_PAUSE))
