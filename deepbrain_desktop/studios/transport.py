"""How one POST travels: without retry or redirection, trusting whom the operating system trusts.

The adapter of requests is used without a Session: what follows redirections, reads ~/.netrc, keeps
cookies and takes certificate files from the environment is the Session, and only the Session.
"""

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import cast
from urllib.parse import urlsplit

import requests
import truststore
from requests.adapters import HTTPAdapter
from requests.utils import get_environ_proxies, select_proxy
from urllib3.connectionpool import ConnectionPool, HTTPConnectionPool
from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from deepbrain_desktop.studios.credentials import Server
from deepbrain_desktop.studios.failures import Phase, ProxyKindUnknown, ProxyMalformed
from deepbrain_desktop.studios.packing import unpacked
from deepbrain_desktop.studios.wire import PlainConnection, SecureConnection, Wire


def system_proxies(url: str) -> Mapping[str, str]:
    """Proxies that this computer sets for ``url``, by scheme; none for itself. May block.

    They come from the environment, the Windows registry and the settings of macOS.
    """
    parts = urlsplit(url)
    if Server(f"{parts.scheme}://{parts.netloc}").is_loopback:
        return {}
    return get_environ_proxies(url)


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is posted."""

    url: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


class Answer:
    """Status, headers and, on demand, the body of an answer. To be closed."""

    def __init__(self, response: requests.Response, adapter: HTTPAdapter) -> None:
        self._response = response
        self._adapter = adapter

    @property
    def status(self) -> int:
        """HTTP status."""
        return self._response.status_code

    def header(self, name: str) -> str | None:
        """Value of a header, several that differ joined by commas; None where it is absent."""
        return ", ".join(dict.fromkeys(self._response.raw.headers.getlist(name))) or None

    def read(self, most: int) -> bytes:
        """Read the unpacked body up to ``most`` bytes; never unpacks more. May raise anything."""
        packed = b""
        while len(packed) < most and (piece := self._read_packed(most - len(packed))):
            packed += piece
        return unpacked(packed, self.header("Content-Encoding"), most)

    def _read_packed(self, most: int) -> bytes:
        return cast(bytes, self._response.raw.read(most, decode_content=False))

    def close(self) -> None:
        """Give up what has not been read and close the connection."""
        self._response.close()
        self._adapter.close()


def post(
    wire: Wire, parcel: Parcel, timeouts: tuple[float, float], proxies: Mapping[str, str]
) -> Answer:
    """Send one POST and return its answer, of which only the head has been read.

    ``timeouts`` are the seconds for connecting to each address and for each read. Raises whatever
    requests, urllib3 and the standard library raise.
    """
    request = requests.PreparedRequest()
    request.prepare(method="POST", url=parcel.url, headers=parcel.headers, data=parcel.body)
    proxy = _usable_proxy(select_proxy(parcel.url, dict(proxies)))
    adapter = _Adapter(wire)
    try:
        response = adapter.send(
            request,
            stream=True,
            timeout=timeouts,
            proxies={"all": proxy} if proxy else None,
        )
    except BaseException:
        adapter.close()
        raise
    wire.phase = Phase.READING
    return Answer(response, adapter)


def _usable_proxy(proxy: str | None) -> str | None:
    if not proxy:
        return None
    address = proxy if "://" in proxy else f"http://{proxy}"
    try:
        parts = parse_url(address)
        (parts.host or "").encode("idna")
    except (LocationParseError, ValueError):
        raise ProxyMalformed from None
    if parts.scheme not in ("http", "https"):
        raise ProxyKindUnknown
    if not parts.host:
        raise ProxyMalformed
    return address


def _trust() -> ssl.SSLContext:
    """Return a fresh context that trusts whom the operating system trusts.

    Never shared: truststore holds a context's lock during the handshake, so that one silent
    server would stop all others. On Linux SSL_CERT_FILE and SSL_CERT_DIR name the store.
    """
    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


class _Adapter(HTTPAdapter):
    """Connects through a wire; certificates are checked against the system's store alone."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._pools: list[HTTPConnectionPool] = []
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def get_connection_with_tls_context(
        self,
        request: requests.PreparedRequest,
        verify: bool | str | None,  # noqa: FBT001 - the base class's signature
        proxies: Mapping[str, str] | None = None,
        cert: tuple[str, str] | str | None = None,
    ) -> ConnectionPool:
        found = super().get_connection_with_tls_context(request, verify, proxies, cert)
        pool = cast(HTTPConnectionPool, found)
        self._pools.append(pool)
        kind: type[PlainConnection] = PlainConnection
        if pool.scheme == "https":
            kind = SecureConnection
            pool.conn_kw["ssl_context"] = _trust()
        pool.ConnectionCls = cast(type[PlainConnection], partial(_connection, kind, self._wire))
        return pool

    def proxy_manager_for(self, proxy: str, **options: object) -> object:
        if proxy.lower().startswith("https:"):
            options["proxy_ssl_context"] = _trust()
        try:
            return super().proxy_manager_for(proxy, **options)
        except UnicodeError:  # the sign-in has characters beyond Latin-1
            raise ProxyMalformed from None

    def close(self) -> None:
        """Close what the base class leaves to the garbage collector: the pooled connections."""
        super().close()
        for pool in self._pools:
            pool.close()

    def cert_verify(self, conn: HTTPConnectionPool, url: str, verify: object, cert: object) -> None:
        """Not as the base class does, which adds certifi's list to the system's store."""


def _connection(
    kind: Callable[..., PlainConnection], wire: Wire, **options: object
) -> PlainConnection:
    connection = kind(**options)
    connection.wire = wire
    return connection
