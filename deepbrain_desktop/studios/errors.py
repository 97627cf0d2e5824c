"""Everything that can go wrong between asking for a token and holding one, as types.

Each class is one cause with one piece of advice; ``reason`` is its short, stable id. No error
carries a user key, a token or a sentence: words are found in ``ui/wording`` alone.
"""

from enum import Enum

from deepbrain_desktop.studios.exchange import Exchange


class StudiosError(Exception):
    """A request for a session token that did not bring one."""

    reason: str

    def __init__(self, exchange: Exchange | None = None) -> None:
        super().__init__()
        self.exchange = exchange

    def __str__(self) -> str:
        return self.reason


# Network


class NameNotFound(StudiosError):
    """The host's name does not resolve."""

    reason = "NET-DNS"


class ConnectionRefused(StudiosError):
    """The host answers, but nothing listens on the port."""

    reason = "NET-REFUSED"


class NetworkUnreachable(StudiosError):
    """There is no way to the host from here."""

    reason = "NET-UNREACHABLE"


class ConnectTimedOut(StudiosError):
    """No address of the host accepted a connection in time."""

    reason = "NET-CONNECT-TIMEOUT"


class AnswerTimedOut(StudiosError):
    """The host took the request and then stayed silent for the idle limit."""

    reason = "NET-SILENT"


class DeadlinePassed(StudiosError):
    """The whole request took longer than the total limit, whatever it was busy with."""

    reason = "NET-TIMEOUT"


class ClosedWithoutAnswer(StudiosError):
    """The connection was closed before the first byte of an answer."""

    reason = "NET-CLOSED"


class ConnectionLost(StudiosError):
    """The connection was reset or broke in the middle of an answer."""

    reason = "NET-LOST"


class IncompleteAnswer(StudiosError):
    """The answer ended, or went on no more for the idle limit, before it was whole."""

    reason = "NET-INCOMPLETE"


class ProxySignInNeeded(StudiosError):
    """The proxy answered 407."""

    reason = "PROXY-SIGN-IN"


class ProxyFailed(StudiosError):
    """The proxy cannot be reached or would not connect to the host."""

    reason = "PROXY-FAILED"


class ProxyNotSupported(StudiosError):
    """The proxy set on this computer is of a kind (SOCKS, say) that is not supported."""

    reason = "PROXY-KIND"


class SystemResourcesLow(StudiosError):
    """No file descriptor, thread or memory was to be had for the request."""

    reason = "SYSTEM-RESOURCES"


# TLS


class CertificateFlaw(Enum):
    """Why a certificate was not accepted."""

    SELF_SIGNED = "TLS-SELF-SIGNED"
    EXPIRED = "TLS-EXPIRED"
    NOT_YET_VALID = "TLS-NOT-YET-VALID"
    WRONG_HOST = "TLS-HOST"
    UNKNOWN_ISSUER = "TLS-ISSUER"
    OTHER = "TLS-CERTIFICATE"


class CertificateRejected(StudiosError):
    """The server could not prove its identity; nothing was sent. ``flaw`` says why."""

    reason = "TLS-CERTIFICATE"

    def __init__(self, flaw: CertificateFlaw, exchange: Exchange | None = None) -> None:
        super().__init__(exchange)
        self.flaw = flaw
        self.reason = flaw.value


class SecureConnectionFailed(StudiosError):
    """No TLS: an old protocol, a plain-text port, a handshake that breaks or never ends."""

    reason = "TLS-HANDSHAKE"


# HTTP


class Redirected(StudiosError):
    """The service answered with a redirection, which is never followed with a key in hand."""

    reason = "HTTP-REDIRECT"


class HttpFailed(StudiosError):
    """An HTTP status that is not success, without an envelope that would say more."""

    reason = "HTTP"

    def __init__(
        self, status: int, retry_after: int | None = None, exchange: Exchange | None = None
    ) -> None:
        super().__init__(exchange)
        self.status = status
        self.retry_after = retry_after
        """Seconds to wait, 1 to 300; only for 429."""
        self.reason = f"HTTP-{status}"


class AnswerTooLarge(StudiosError):
    """The decoded body is larger than the limit."""

    reason = "HTTP-TOO-LARGE"


class EmptyAnswer(StudiosError):
    """HTTP success without a body."""

    reason = "HTTP-EMPTY"


class NotHttp(StudiosError):
    """What answered does not speak HTTP."""

    reason = "HTTP-GARBLED"


# The service's envelope


class UnexpectedAnswer(StudiosError):
    """HTTP success, but not the envelope that the service documents."""

    reason = "API-FORMAT"


class ServiceRefused(StudiosError):
    """The envelope carries a code other than success."""

    reason = "API"

    def __init__(
        self, code: int, retry_after: int | None = None, exchange: Exchange | None = None
    ) -> None:
        super().__init__(exchange)
        self.code = code
        self.retry_after = retry_after
        """Seconds to wait, 1 to 300; only for 4290."""
        self.reason = f"API-{code}"


class TokenMissing(StudiosError):
    """Success was reported, but no token came with it."""

    reason = "API-NO-TOKEN"


class TokenNotPrintable(StudiosError):
    """The token holds white space, control or non-ASCII characters."""

    reason = "API-TOKEN-CHARACTERS"


class TokenTooLong(StudiosError):
    """The token is longer than the limit."""

    reason = "API-TOKEN-LENGTH"


# Ours


class AddressNotAllowed(StudiosError):
    """The server is not one that a key may be sent to; nothing was sent."""

    reason = "CLIENT-ADDRESS"


class UnforeseenFailure(StudiosError):
    """Something that nobody thought of. Only the name of its type is kept."""

    reason = "CLIENT-UNFORESEEN"

    def __init__(self, kind: str, exchange: Exchange | None = None) -> None:
        super().__init__(exchange)
        self.kind = kind
