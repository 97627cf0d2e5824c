"""Foreign exceptions of sockets, ssl, http.client, urllib3 and requests → one StudiosError each.

Which one depends on the exception and on how far the request had come: a reset connection means
something else during the TLS handshake than in the middle of an answer.
"""

import errno
import socket
import ssl
from collections.abc import Iterator
from enum import IntEnum
from http.client import HTTPException, IncompleteRead, RemoteDisconnected

import requests
import urllib3.exceptions
import urllib3.util.ssl_match_hostname

from deepbrain_desktop.studios.errors import (
    AnswerTimedOut,
    AnswerTooLarge,
    CertificateFlaw,
    CertificateRejected,
    ClosedWithoutAnswer,
    ConnectionLost,
    ConnectionRefused,
    ConnectTimedOut,
    IncompleteAnswer,
    NameNotFound,
    NetworkUnreachable,
    NotHttp,
    ProxyFailed,
    ProxyNotSupported,
    ProxySignInNeeded,
    SecureConnectionFailed,
    StudiosError,
    SystemResourcesLow,
    UnexpectedAnswer,
    UnforeseenFailure,
)


class Phase(IntEnum):
    """How far a request has come."""

    STARTING = 0
    CONNECTING = 1
    """Name look-up and TCP."""
    SECURING = 2
    """The TLS handshake."""
    ASKING = 3
    """Sending, and waiting for the end of the head of the answer."""
    READING = 4
    """The body of the answer."""


class ProxyKindUnknown(Exception):
    """The proxy is neither an http nor an https one."""


class ProxyMalformed(Exception):
    """The proxy's address cannot be read."""


class TunnelFailed(OSError):
    """The proxy did not connect through to the host."""

    def __init__(self, *, sign_in: bool) -> None:
        super().__init__("no tunnel through the proxy")
        self.sign_in = sign_in
        """Whether it asks for a sign-in (407)."""


class HeadCutShort(HTTPException):
    """The answer ended inside its status line or headers, which http.client takes for their end."""


class AnswerWithoutEnd(HTTPException):
    """The answer went on beyond what any has: in its bytes, or in what precedes it."""


def failure_from(error: BaseException, phase: Phase) -> StudiosError:
    """Return the typed error for ``error``, holding on to nothing of it but, at most, its type."""
    # requests wraps everything in exceptions that are OSErrors by name and say nothing themselves.
    chain = [link for link in _chain(error) if not isinstance(link, requests.RequestException)]
    for judge in _JUDGES:
        for link in chain:
            verdict = judge(link, phase)
            if verdict is not None:
                return verdict
    return UnforeseenFailure(type(error).__name__)


_LONGEST_CHAIN = 50


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield the error and what it wraps, outermost first.

    requests and urllib3 keep the wrapped one in ``args`` and ``reason`` as well as in the cause.
    """
    waiting: list[object] = [error]
    seen: set[int] = set()
    while waiting and len(seen) < _LONGEST_CHAIN:
        link = waiting.pop(0)
        if not isinstance(link, BaseException) or id(link) in seen:
            continue
        seen.add(id(link))
        yield link
        waiting += [*link.args, getattr(link, "reason", None), link.__cause__, link.__context__]


_RESOURCES = {errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOBUFS}


def _of_this_machine(link: BaseException, _: Phase) -> StudiosError | None:
    match link:
        case MemoryError():
            return SystemResourcesLow()
        case socket.gaierror(errno=socket.EAI_MEMORY):
            return SystemResourcesLow()
        case socket.gaierror():  # its numbers are not those of errno
            return None
        case OSError(errno=number) if number in _RESOURCES:
            return SystemResourcesLow()
        case RuntimeError() if "start new thread" in str(link):
            return SystemResourcesLow()
    return None


def _of_the_tunnel(link: BaseException, _: Phase) -> StudiosError | None:
    match link:
        case TunnelFailed(sign_in=True):
            return ProxySignInNeeded()
    return None


def _of_the_proxy(link: BaseException, _: Phase) -> StudiosError | None:
    match link:
        case TunnelFailed() | ProxyMalformed() | urllib3.exceptions.ProxyError():
            return ProxyFailed()
        case ProxyKindUnknown():
            return ProxyNotSupported()
    return None


def _of_certificates(link: BaseException, _: Phase) -> StudiosError | None:
    match link:
        case ssl.SSLCertVerificationError():
            return CertificateRejected(_flaw(getattr(link, "verify_code", None)))
        case urllib3.util.ssl_match_hostname.CertificateError():
            return CertificateRejected(CertificateFlaw.WRONG_HOST)
    return None


def _of_tls(link: BaseException, phase: Phase) -> StudiosError | None:
    match link:
        case OSError() if phase is Phase.SECURING:  # silence included: nothing was asked yet
            return SecureConnectionFailed()
        case ssl.SSLError(reason=str(alert)) if phase is Phase.ASKING and "_ALERT_" in alert:
            # With TLS 1.3 a server refuses the handshake after our side of it has ended.
            return SecureConnectionFailed()
        case ssl.SSLError():
            return ConnectionLost()
    return None


_FLAWS = {
    # https://docs.openssl.org/master/man3/X509_STORE_CTX_get_error/
    2: CertificateFlaw.UNKNOWN_ISSUER,
    9: CertificateFlaw.NOT_YET_VALID,
    10: CertificateFlaw.EXPIRED,
    18: CertificateFlaw.SELF_SIGNED,
    19: CertificateFlaw.UNKNOWN_ISSUER,  # a chain that ends in a root that is not trusted
    20: CertificateFlaw.UNKNOWN_ISSUER,
    21: CertificateFlaw.UNKNOWN_ISSUER,
    62: CertificateFlaw.WRONG_HOST,
    64: CertificateFlaw.WRONG_HOST,
    # Windows, winerror.h: CERT_E_EXPIRED, _UNTRUSTEDROOT, _CHAINING, _CN_NO_MATCH
    0x800B0101: CertificateFlaw.EXPIRED,
    0x800B0109: CertificateFlaw.UNKNOWN_ISSUER,
    0x800B010A: CertificateFlaw.UNKNOWN_ISSUER,
    0x800B010F: CertificateFlaw.WRONG_HOST,
    # macOS, SecBase.h: errSecCertificateExpired, …NotValidYet, …NotTrusted, …HostNameMismatch
    -67818: CertificateFlaw.EXPIRED,
    -67819: CertificateFlaw.NOT_YET_VALID,
    -67843: CertificateFlaw.UNKNOWN_ISSUER,
    -67602: CertificateFlaw.WRONG_HOST,
}


def _flaw(verify_code: object) -> CertificateFlaw:
    if isinstance(verify_code, int):
        return _FLAWS.get(verify_code, CertificateFlaw.OTHER)
    return CertificateFlaw.OTHER


def _of_http(link: BaseException, _: Phase) -> StudiosError | None:
    match link:
        case RemoteDisconnected():
            return ClosedWithoutAnswer()
        case AnswerWithoutEnd():
            return AnswerTooLarge()
        case HeadCutShort() | IncompleteRead():
            return IncompleteAnswer()
        case urllib3.exceptions.DecodeError():
            return UnexpectedAnswer()
        case HTTPException() | urllib3.exceptions.InvalidHeader():
            return NotHttp()
    return None


def _of_the_network(link: BaseException, phase: Phase) -> StudiosError | None:
    connecting = phase <= Phase.CONNECTING
    match link:
        case socket.gaierror():
            return NameNotFound()
        case UnicodeError() | urllib3.exceptions.LocationValueError() if connecting:
            return NameNotFound()
        case TimeoutError() if phase is Phase.READING:
            return IncompleteAnswer()
        case TimeoutError():
            return ConnectTimedOut() if connecting else AnswerTimedOut()
        case ConnectionRefusedError():
            return ConnectionRefused()
        case OSError():
            return NetworkUnreachable() if connecting else ConnectionLost()
    return None


_JUDGES = (
    _of_this_machine,
    _of_the_tunnel,
    _of_the_proxy,
    _of_certificates,
    _of_tls,
    _of_http,
    _of_the_network,
)
"""The first that recognises any link of the chain decides."""
