"""What the sandbox answers for each of its accounts, down to the bytes on the wire."""

import gzip
import json
import math
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from email.utils import formatdate
from http import HTTPStatus

from deepbrain_desktop.studios.sandbox_turn import Turn, base64url

SUCCESS = 1000
LONGEST_TOKEN = 16 * 1024

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """A well-formed HTTP answer, after which the connection may be used again."""

    status: int
    body: bytes
    content_type: str = "application/json"
    headers: Headers = ()
    clock_offset: float = 0
    """Seconds by which the Date header is ahead of the sandbox's clock."""

    def encoded(self, now: float, *, last: bool = False) -> bytes:
        """Head and body; ``last`` says that the connection ends with it."""
        length = ("Content-Length", str(len(self.body)))
        closing: Headers = (("Connection", "close"),) if last else ()
        headers = (("Content-Type", self.content_type), length, *self.headers, *closing)
        return head(self.status, now + self.clock_offset, *headers) + self.body


@dataclass(frozen=True, slots=True)
class Pause:
    """Nothing is sent for some seconds, or until the client leaves."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Reset:
    """The connection is broken off with a TCP reset."""


Step = bytes | Answer | Pause | Reset
Reply = Answer | Iterator[Step]
"""An answer, or the steps of something worse, after which the connection is closed."""


Behaviour = Callable[[Turn], Reply]


def head(status: int, now: float, *headers: tuple[str, str]) -> bytes:
    """Status line and headers, with the blank line that ends them."""
    fields = (("Server", "sandbox"), ("Date", formatdate(now, usegmt=True)), *headers)
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields)
    return f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n{lines}\r\n".encode("latin-1")


def envelope(
    status: int, code: int, message: str | None, data: object = None, headers: Headers = ()
) -> Answer:
    """The service's envelope, which every answer of its API has."""
    body = json.dumps({"code": code, "data": data, "message": message}, separators=(",", ":"))
    return Answer(status, body.encode(), headers=headers)


def carrying(token: object, message: str = "Session token has been created") -> Answer:
    """Success, with ``token`` in it."""
    return envelope(200, SUCCESS, message, {"session_token": token})


def valid(turn: Turn) -> Answer:
    """A token for the next hour."""
    return carrying(turn.sign(turn.claims()))


def _lasting(*, age: int = 0, lifetime: int = 3600) -> Behaviour:
    return lambda turn: carrying(turn.sign(turn.claims(age=age, lifetime=lifetime)))


def _not_yet_valid(turn: Turn) -> Answer:
    start = int(turn.now) + 600
    return carrying(turn.sign(turn.claims() | {"nbf": start, "exp": start + 3600}))


def _without_expiry(turn: Turn) -> Answer:
    claims = turn.claims()
    del claims["exp"]
    return carrying(turn.sign(claims))


def _encrypted(_: Turn) -> Answer:
    header = json.dumps({"alg": "RSA-OAEP-256", "enc": "A256GCM", "typ": "JWT"}).encode()
    parts = (header, *(secrets.token_bytes(size) for size in (256, 12, 200, 16)))
    return carrying(".".join(map(base64url, parts)))


def _odd_claims(turn: Turn) -> Answer:
    nested: object = "bottom"
    for _ in range(200):
        nested = [nested]
    odd = {
        "exp": "tomorrow",
        "iat": True,
        "nbf": 10**30,
        "aud": ["a", 1, None, {}],
        "name": "👩\u200d💻 고객 \U0001f1f0\U0001f1f7",
        "html": "<b>bold</b><img src=x onerror=alert(1)><a href='https://example.org'>link</a>",
        "bidi": "user\u202egpj.exe\u202c\u2066\u2069",
        "control": "bell\x07 nul\x00 tab\t line\nline \x1b[31mred\x1b[0m",
        "surrogate": "\ud800",
        "big": 10**400,
        "float": 1.7976931348623157e308,
        "negative zero": -0.0,
        "deep": nested,
        "": "a name of nothing",
        "null": None,
    }
    return carrying(turn.sign(turn.claims() | odd))


def _of_length(length: int) -> Behaviour:
    def behave(turn: Turn) -> Answer:
        claims = turn.claims() | {f"claim_{n:03}": "twelve chars" for n in range(300)}
        claims["filler"] = ""
        header, payload, signature = turn.sign(claims).split(".")
        wanted = (length - len(header) - len(signature) - 2) * 3 // 4
        claims["filler"] = "x" * (wanted - len(payload) * 3 // 4)
        return carrying(turn.sign(claims))

    return behave


def _on_clock(offset: int) -> Behaviour:
    """Date header and claims, both by a clock that is ``offset`` seconds ahead."""
    return lambda turn: replace(valid(replace(turn, now=turn.now + offset)), clock_offset=offset)


def _refusing(status: int, code: int, message: str, headers: Headers = ()) -> Behaviour:
    return lambda _: envelope(status, code, message, headers=headers)


_HOSTILE_MESSAGE = (
    "<h1>Sign in again</h1><a href='https://example.org/?steal'>here</a><script>alert(1)</script>"
    "\u202e\u2066reversed\u2069\u202c \x1b[2J\x1b[31mred\x1b[0m\x08\x08\x08\x00\r\n\ud800 %s {0} & "
).ljust(10_000, "!")

_MAINTENANCE = Answer(
    503,
    b"<!doctype html><title>Maintenance</title><h1>We will be back soon</h1>",
    "text/html; charset=utf-8",
    (("Retry-After", "120"),),
)


def _redirecting(turn: Turn) -> Answer:
    return Answer(307, b"", headers=(("Location", turn.origin + "/elsewhere"),))


def _huge(turn: Turn) -> Answer:
    return carrying(turn.sign(turn.claims()), "!" * 300 * 1024)


def _endless(turn: Turn) -> Iterator[Step]:
    headers = (("Content-Type", "application/json"), ("Transfer-Encoding", "chunked"))
    yield head(200, turn.now, *headers)
    while True:
        yield b"2000\r\n" + b" " * 0x2000 + b"\r\n"


def _bomb(_: Turn) -> Answer:
    packed = gzip.compress(b" " * 1_000_000, mtime=0) * 200
    return Answer(200, packed, headers=(("Content-Encoding", "gzip"),))


def _slow(turn: Turn) -> Iterator[Step]:
    yield Pause(3)
    yield valid(turn)


def _silent(_: Turn) -> Iterator[Step]:
    yield Pause(math.inf)


def _drip(text: bytes) -> Iterator[Step]:
    for byte in text:
        yield bytes((byte,))
        yield Pause(0.1)


def _dripping(turn: Turn) -> Iterator[Step]:
    start, blank_line, body = valid(turn).encoded(turn.now, last=True).partition(b"\r\n\r\n")
    yield start + blank_line
    yield Pause(0.1)
    yield from _drip(body)


def _continuing(_: Turn) -> Iterator[Step]:
    while True:
        yield b"HTTP/1.1 100 Continue\r\n\r\n"
        yield Pause(0.1)


def _cut(turn: Turn) -> Iterator[Step]:
    yield valid(turn).encoded(turn.now, last=True)[:-20]


def _broken_off(turn: Turn) -> Iterator[Step]:
    yield from _cut(turn)
    yield Pause(0.05)  # a reset overtakes what the client has not read yet
    yield Reset()


BEHAVIOURS: Mapping[str, Behaviour] = {
    "valid": valid,
    "short": _lasting(lifetime=60),
    "expiring": _lasting(age=3600 - 180),
    "expired": _lasting(age=3600 + 600),
    "not-yet-valid": _not_yet_valid,
    "no-expiry": _without_expiry,
    "opaque": lambda _: carrying(secrets.token_urlsafe(48)),
    "encrypted": _encrypted,
    "odd-claims": _odd_claims,
    "long-token": _of_length(LONGEST_TOKEN),
    "clock-ahead": _on_clock(300),
    "clock-behind": _on_clock(-300),
    "slow": _slow,
    "invalid": _refusing(422, 4000, "Validation failed"),
    "refused": _refusing(401, 4010, "Invalid credentials"),
    "forbidden": _refusing(403, 4030, "Forbidden"),
    "not-found": _refusing(404, 4040, "Not found"),
    "rate-limited": _refusing(429, 4290, "Too many requests", (("Retry-After", "5"),)),
    "service-error": _refusing(500, 5000, "Internal error"),
    "maintenance": lambda _: _MAINTENANCE,
    "hostile-message": _refusing(401, 4010, _HOSTILE_MESSAGE),
    "unknown-code": _refusing(200, 7777, "Something new"),
    "code-mismatch": _refusing(200, 4010, "Invalid credentials"),
    "no-token": lambda _: envelope(200, SUCCESS, "Session token has been created"),
    "too-long-token": _of_length(LONGEST_TOKEN + 1),
    "unprintable-token": lambda turn: carrying(turn.sign(turn.claims()) + "\r\nX-Injected: 1"),
    "garbled": lambda _: Answer(200, b'{"code":1000,"data":{"session_tok'),
    "not-http": lambda _: iter((b"SSH-2.0-sandbox\r\n",)),
    "empty": lambda _: Answer(200, b""),
    "redirect": _redirecting,
    "huge": _huge,
    "endless": _endless,
    "bomb": _bomb,
    "silent": _silent,
    "dripping": _dripping,
    "dripping-head": lambda turn: _drip(valid(turn).encoded(turn.now, last=True)),
    "continuing": _continuing,
    "cut": _cut,
    "closed": lambda _: iter(()),
    "reset": _broken_off,
}
"""What happens for each scenario, by its name."""
