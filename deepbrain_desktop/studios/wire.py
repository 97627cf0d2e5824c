"""Connections of urllib3 that another thread can cut off, and that say how far they have come."""

import http.client
import io
import re
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, cast

from urllib3.connection import BaseSSLError, HTTPConnection, HTTPSConnection
from urllib3.exceptions import HeaderParsingError
from urllib3.util.response import assert_header_parsing

from deepbrain_desktop.studios.credentials import is_loopback
from deepbrain_desktop.studios.errors import AddressNotAllowed
from deepbrain_desktop.studios.failures import (
    AnswerWithoutEnd,
    HeadCutShort,
    Phase,
    TunnelFailed,
)

LONGEST_ANSWER = 2**20
"""Bytes of all that comes for one answer: heads, the sizes of chunks and trailers included."""
MOST_HEADS = 1000
"""Of one answer. Reading more would keep the processor from the window."""


class Wire:
    """The sockets of one request, which any thread may cut off, and how far it has come.

    Closing a socket does nothing to a read that blocks on it; shutting down a duplicate ends that
    at once, a TLS handshake included. A name look-up and a TCP connect run on regardless, but
    nothing is sent afterwards.
    """

    def __init__(self, elapsed: Callable[[], float] = time.monotonic) -> None:
        self.elapsed = elapsed
        self.phase = Phase.STARTING
        self.asked_at: float | None = None
        """On the elapsed clock, when the connection was ready for the request."""
        self._lock = threading.Lock()
        self._duplicates: list[socket.socket] = []
        self._cut = False

    def hold(self, connected: socket.socket) -> None:
        """Keep a duplicate of ``connected``. Raises OSError where the wire is cut already."""
        with self._lock:
            if self._cut:
                raise ConnectionAbortedError("nobody waits for this any more")
            self._duplicates.append(connected.dup())

    def cut(self) -> None:
        """Break off whatever is going on, and whatever is begun later."""
        with self._lock:
            self._cut = True
            for duplicate in self._duplicates:
                with suppress(OSError):  # not connected any more
                    duplicate.shutdown(socket.SHUT_RDWR)
                duplicate.close()
            self._duplicates.clear()


class _Metered(io.RawIOBase):
    """A file of which LONGEST_ANSWER bytes can be read. Raises AnswerWithoutEnd beyond them."""

    def __init__(self, file: io.RawIOBase) -> None:
        self._file = file
        self._left = LONGEST_ANSWER

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:  # noqa: ANN401 - io's own
        count = self._file.readinto(buffer)
        self._left -= count or 0
        if self._left < 0:
            raise AnswerWithoutEnd
        return count

    def close(self) -> None:
        self._file.close()
        super().close()


class _Lines:
    """A file that is read by lines, and the last of those."""

    def __init__(self, file: io.BufferedReader) -> None:
        self.file = file
        self.last = b""

    def readline(self, limit: int) -> bytes:
        self.last = self.file.readline(limit)
        return self.last

    def flush(self) -> None:
        self.file.flush()

    def close(self) -> None:
        self.file.close()


class _AnswerHead(http.client.HTTPResponse):
    """Refuses a head that was cut short, holds other lines than headers, or leaves the end open."""

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - http.client's own
        super().__init__(*arguments, **options)
        self._lines = _Lines(io.BufferedReader(_Metered(self.fp.detach())))
        self._heads = 0
        self.fp = cast(io.BufferedReader, self._lines)

    def begin(self) -> None:
        self._begin()
        while 100 < self.status < 200 and self.status != http.HTTPStatus.SWITCHING_PROTOCOLS:
            # Only a foretaste (RFC 9110, section 15.2); without headers it begins anew.
            self.headers = self.msg = cast(http.client.HTTPMessage, None)
            self._begin()
        if not _says_where_it_ends(self.msg):
            raise http.client.HTTPException("no way to tell the end of the body")

    def _read_status(self) -> tuple[str, int, str]:
        self._heads += 1
        if self._heads > MOST_HEADS:
            raise AnswerWithoutEnd
        found: tuple[str, int, str] = super()._read_status()  # type: ignore[misc]
        if not _STATUS_LINE.match(self._lines.last):
            raise http.client.BadStatusLine("")  # which would quote the line
        return found

    def _begin(self) -> None:
        lines = self._lines
        self.fp = cast(io.BufferedReader, lines)
        try:
            super().begin()
        except http.client.RemoteDisconnected:
            raise
        except http.client.BadStatusLine:
            if not lines.last.endswith(b"\n") and b"HTTP/".startswith(lines.last[:5]):
                raise HeadCutShort from None
            raise
        if not self.isclosed():
            self.fp = lines.file
        if lines.last not in (b"\r\n", b"\n"):
            raise HeadCutShort
        try:
            assert_header_parsing(self.msg)
        except HeaderParsingError:
            # urllib3 would log those lines, which may hold the token, and go on without them.
            raise http.client.HTTPException("not only headers") from None


_STATUS_LINE = re.compile(rb"HTTP/\S+[ \t]+\d{3}(?:[ \t]|\r?\n)")
"""What http.client takes for one is set apart by whatever Unicode counts among white space."""
_LENGTH = re.compile(r"\d{1,18}", re.ASCII)


def _says_where_it_ends(headers: http.client.HTTPMessage) -> bool:
    """Whether the end of the body can be told (RFC 9112, section 6.3).

    http.client overlooks lengths that are none and transfer codings that it does not know.
    """
    codings = [each.strip().lower() for each in headers.get_all("Transfer-Encoding", [])]
    if codings not in ([], ["identity"]):
        return codings == ["chunked"]
    lines = headers.get_all("Content-Length", [])
    lengths = {each.strip() for line in lines for each in line.split(",")}
    return len(lengths) <= 1 and all(map(_LENGTH.fullmatch, lengths))


class PlainConnection(HTTPConnection):
    """An http connection on a wire, to this very computer."""

    response_class = _AnswerHead
    wire: Wire
    phase_after_tcp = Phase.ASKING
    may_leave = False
    """Whether the other end may be another computer."""

    def connect(self) -> None:
        """Connect, and note when that is done."""
        self.wire.phase = Phase.CONNECTING
        super().connect()
        self.wire.phase = Phase.ASKING
        self.wire.asked_at = self.wire.elapsed()

    def _new_conn(self) -> socket.socket:
        connected = super()._new_conn()
        try:
            self._check_peer(connected)
            self.wire.hold(connected)
        except BaseException:
            connected.close()
            raise
        self.wire.phase = self.phase_after_tcp
        return connected

    def _check_peer(self, connected: socket.socket) -> None:
        # Whoever answers for names may have placed localhost elsewhere.
        if not (self.may_leave or is_loopback(connected.getpeername()[0])):
            raise AddressNotAllowed

    def _tunnel(self) -> None:
        try:
            super()._tunnel()
        except (OSError, http.client.HTTPException) as refusal:
            # "Tunnel connection failed: 407 …" is all that http.client says.
            sign_in = str(refusal).startswith("Tunnel connection failed: 407")
            raise TunnelFailed(sign_in=sign_in) from None


class SecureConnection(PlainConnection, HTTPSConnection):
    """An https connection on a wire."""

    phase_after_tcp = Phase.SECURING
    may_leave = True

    def send(self, data: Any) -> None:  # noqa: ANN401 - http.client's own
        """Send ``data``. Raises BrokenPipeError, after which there may be an answer to read."""
        try:
            super().send(data)
        except BaseSSLError:
            raise BrokenPipeError from None
