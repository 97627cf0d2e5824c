"""What a request for a session token needs: app id, user key and server, checked before use."""

import ipaddress
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import NoReturn
from urllib.parse import SplitResult, urlsplit

PRODUCTION_ORIGIN = "https://ai-streamer.deepbrain.io"
ISSUING_PATH = "/api/v2/sessions/token"

LONGEST_APP_ID = 320
"""Characters; the sample app id holds an e-mail address, and those end at 320."""
LONGEST_USER_KEY = 1280
"""Characters; Windows stores no more than 2,560 bytes of UTF-16 in one credential."""
LONGEST_ADDRESS = 2048
USER_KEY_SHAPE = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
"""That of a UUID, as in the documentation's sample."""


class Secret:
    """A text that shows itself only to who asks for it by ``reveal``.

    repr, str, format and a traceback that prints it show dots; pickling and copying it are
    refused. Its only attribute is a function, so that what walks through attributes (a JSON
    encoder's ``default``, a debugger's list, ``"{0._held}".format``) does not come upon the text.
    """

    __slots__ = ("_held",)

    def __init__(self, text: str) -> None:
        self._held: Callable[[], str] = lambda: text

    def reveal(self) -> str:
        """The text itself."""
        return self._held()

    def __repr__(self) -> str:
        return "Secret(••••)"

    def __str__(self) -> str:
        return "••••"

    def __format__(self, specification: str) -> str:
        return "••••"

    def __bool__(self) -> bool:
        return bool(self._held())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._held() == other._held()

    def __hash__(self) -> int:
        return hash(self._held())

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a secret is not pickled")


class Flaw(Enum):
    """Why a typed value cannot be sent."""

    EMPTY = "empty"
    TOO_LONG = "too long"
    SEVERAL_LINES = "several lines"
    CONTROL_CHARACTER = "control character"
    INVISIBLE_CHARACTER = "invisible character"
    NOT_AN_ADDRESS = "not an address"
    NOT_ENCRYPTED = "not encrypted"
    SCHEME = "scheme"
    USER_INFO = "user info"
    PATH = "path"
    LOOK_ALIKE = "look-alike"


class InvalidValue(ValueError):
    """A typed value that cannot be sent; ``flaw`` says why. The value itself is not carried."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(flaw.value)
        self.flaw = flaw


@dataclass(frozen=True, slots=True)
class Server:
    """An origin (scheme, host and port) that issues session tokens."""

    origin: str

    @property
    def host(self) -> str:
        """Host and, where it is not the scheme's own, port."""
        return self.origin.partition("://")[2]

    @property
    def is_production(self) -> bool:
        """Whether this is AI Studios' own host."""
        return self.origin == PRODUCTION_ORIGIN

    @property
    def is_loopback(self) -> bool:
        """Whether the server is on this very computer."""
        return is_loopback(urlsplit(self.origin).hostname or "")

    @property
    def token_url(self) -> str:
        """The address of Create Session Token."""
        return self.origin + ISSUING_PATH


PRODUCTION = Server(PRODUCTION_ORIGIN)


@dataclass(frozen=True, slots=True)
class Credentials:
    """A checked app id and user key, and the server they are meant for."""

    app_id: str
    user_key: Secret
    server: Server = PRODUCTION

    @classmethod
    def parse(cls, app_id: str, user_key: str, server: Server = PRODUCTION) -> "Credentials":
        """Credentials from typed text. Raises InvalidValue."""
        return cls(parse_app_id(app_id), Secret(parse_user_key(user_key)), server)


def parse_app_id(text: str) -> str:
    """The app id in ``text``, trimmed. Raises InvalidValue."""
    return _parse_line(text, LONGEST_APP_ID)


def parse_user_key(text: str) -> str:
    """The user key in ``text``, trimmed. Raises InvalidValue."""
    return _parse_line(text, LONGEST_USER_KEY)


def parse_server(address: str) -> Server:
    """The server at ``address``: https, or http on loopback, without user info, path or query.

    Raises InvalidValue.
    """
    text = _parse_line(address, LONGEST_ADDRESS)
    if any(character.isspace() for character in text):
        raise InvalidValue(Flaw.NOT_AN_ADDRESS)
    scheme, separator, _ = text.partition("://")
    if not separator:
        text, scheme = "https://" + text, "https"
    if scheme.lower() not in ("http", "https"):
        raise InvalidValue(Flaw.SCHEME)
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise InvalidValue(Flaw.NOT_AN_ADDRESS) from None
    _check_parts(parts, host, port)
    if ":" in host:
        host = f"[{host}]"
    default = 443 if parts.scheme == "https" else 80
    suffix = "" if port in (None, default) else f":{port}"
    return Server(f"{parts.scheme}://{host}{suffix}")


_LABEL = r"(?!-)[a-z0-9_-]{1,63}(?<!-)"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\.?", re.ASCII)


def _check_parts(parts: SplitResult, host: str, port: int | None) -> None:
    if "@" in parts.netloc:
        raise InvalidValue(Flaw.USER_INFO)
    if not host.isascii() or "xn--" in host:
        raise InvalidValue(Flaw.LOOK_ALIKE)
    # No zone ("%eth0"): it means something on one computer only.
    proper = _ip(host) and "%" not in host if ":" in host else _HOST.fullmatch(host)
    # What looks like a key is no host: everybody on the way to its name server would read it.
    is_key = USER_KEY_SHAPE.fullmatch(host.removesuffix("."))
    if len(host) > 253 or port == 0 or not proper or is_key:
        raise InvalidValue(Flaw.NOT_AN_ADDRESS)
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise InvalidValue(Flaw.PATH)
    if parts.scheme == "http" and not is_loopback(host):
        raise InvalidValue(Flaw.NOT_ENCRYPTED)


def is_loopback(host: str) -> bool:
    """Whether ``host``, a name or an address, means this very computer."""
    # 127.1.1.999 and the like are names that somebody else may answer to.
    address = _ip(host)
    return host == "localhost" if address is None else address.is_loopback


def _ip(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _parse_line(text: str, longest: int) -> str:
    line = text.strip()
    if not line:
        raise InvalidValue(Flaw.EMPTY)
    if len(line) > longest:
        raise InvalidValue(Flaw.TOO_LONG)
    if len(line.splitlines()) > 1:
        raise InvalidValue(Flaw.SEVERAL_LINES)
    for character in line:
        category = unicodedata.category(character)
        if category in ("Cc", "Cs"):
            raise InvalidValue(Flaw.CONTROL_CHARACTER)
        if category in ("Cf", "Zl", "Zp", "Co", "Cn"):
            raise InvalidValue(Flaw.INVISIBLE_CHARACTER)
    return line
