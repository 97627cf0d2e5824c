"""A stand-in for AI Studios on loopback: real sockets, real HTTP, accounts for every outcome.

``python -m deepbrain_desktop.studios.sandbox`` serves it on a terminal.
"""

import json
import math
import os
import selectors
import socket
import ssl
import struct
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Container, Iterator, Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import BinaryIO

from deepbrain_desktop import threads
from deepbrain_desktop.studios.credentials import Server
from deepbrain_desktop.studios.sandbox_answers import (
    Answer,
    Behaviour,
    Pause,
    Reset,
    Step,
    envelope,
)
from deepbrain_desktop.studios.sandbox_service import Request, Service
from deepbrain_desktop.studios.scenarios import SANDBOX_USER_KEY, SCENARIOS

_LONGEST_LINE = 64 * 1024
_MOST_HEADERS = 100
_LONGEST_BODY = 64 * 1024


class Sandbox:
    """The server; ``start`` and ``stop`` it, or use it in a ``with`` statement.

    ``tls`` serves https instead of http. ``now`` is the clock (seconds since the epoch) of the
    Date header and of the claims. Pauses in answers are multiplied by ``pace``. ``behaviours``
    adds accounts of one's own, by app id, and ``user_keys`` are the keys that are accepted.
    ``remembered`` is how many requests are kept, with all that was in them; else none is, as
    somebody may ask with a real key.
    """

    def __init__(
        self,
        *,
        tls: ssl.SSLContext | None = None,
        now: Callable[[], float] = time.time,
        pace: float = 1,
        behaviours: Mapping[str, Behaviour] = MappingProxyType({}),
        user_keys: Container[object] = (SANDBOX_USER_KEY,),
        remembered: int = 0,
    ) -> None:
        self._tls = tls
        self._now = now
        self._pace = pace
        self._own = behaviours, user_keys
        self._running: _Listener | None = None
        self._arrival = threading.Condition()
        self._received: deque[Request] = deque(maxlen=remembered)
        self._posts = 0

    def __enter__(self) -> "Sandbox":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def server(self) -> Server:
        """Where it listens. Raises RuntimeError while it does not."""
        if self._running is None:
            raise RuntimeError("the sandbox is not running")
        return self._running.server

    @property
    def posts(self) -> int:
        """How many POST requests were received, to whatever path."""
        with self._arrival:
            return self._posts

    @property
    def requests_seen(self) -> tuple[Request, ...]:
        """The last requests, oldest first, as many as are remembered."""
        with self._arrival:
            return tuple(self._received)

    def wait_for_posts(self, count: int, seconds: float) -> bool:
        """Whether ``count`` POST requests in all have come in before ``seconds`` have passed."""
        with self._arrival:
            return self._arrival.wait_for(lambda: self._posts >= count, seconds)

    def start(self) -> None:
        """Listen on a free port of 127.0.0.1. Raises OSError where there is none."""
        if self._running is None:
            listener = _Listener(self._tls, self._serve)
            self._service = Service(listener.server.origin, self._now, *self._own)
            listener.start()
            self._running = listener

    def stop(self) -> None:
        """Break every connection off and return when no thread and no socket is left."""
        if self._running is not None:
            self._running.stop()
            self._running = None

    def _serve(self, connection: socket.socket) -> None:
        """Answer what comes in on ``connection`` until either side has had enough."""
        with connection.makefile("rb") as reader:
            while True:
                try:
                    request = _read_request(reader)
                except _Unreadable as unreadable:
                    refusal = envelope(400, 4000, str(unreadable))
                    connection.sendall(refusal.encoded(self._now(), last=True))
                    return
                if request is None:
                    return
                self._remember(request)
                reply = self._service.reply(request)
                if not isinstance(reply, Answer):
                    self._play(reply, connection)
                    return
                last = request.headers.get("connection", "").lower() == "close"
                connection.sendall(reply.encoded(self._now(), last=last))
                if last:
                    return

    def _remember(self, request: Request) -> None:
        with self._arrival:
            self._received.append(request)
            self._posts += request.method == "POST"
            self._arrival.notify_all()

    def _play(self, steps: Iterator[Step], connection: socket.socket) -> None:
        for step in steps:
            match step:
                case bytes():
                    connection.sendall(step)
                case Answer():
                    connection.sendall(step.encoded(self._now(), last=True))
                case Pause(seconds) if _is_left_within(seconds * self._pace, connection):
                    return
                case Reset():
                    linger = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)


class _Listener:
    """A listening socket, a thread that accepts, and a thread for each connection.

    Blocking throughout, so that an idle sandbox never wakes the processor. Threads hold no Qt
    object and are daemons: they cannot hurt a process that ends without ``stop``.
    """

    def __init__(self, tls: ssl.SSLContext | None, serve: Callable[[socket.socket], None]) -> None:
        self._tls = tls
        self._serve = serve
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=256)
        self._socket.settimeout(0)
        scheme = "http" if tls is None else "https"
        self.server = Server(f"{scheme}://127.0.0.1:{self._socket.getsockname()[1]}")
        self._stopping = threading.Event()
        self._waker, self._wakened = socket.socketpair()
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._socket, selectors.EVENT_READ)
        self._selector.register(self._wakened, selectors.EVENT_READ)
        self._connections: dict[threading.Thread, socket.socket] = {}
        self._acceptor = threading.Thread(target=self._accept, name="sandbox", daemon=True)

    def start(self) -> None:
        threads.start(self._acceptor)

    def stop(self) -> None:
        self._stopping.set()
        self._waker.send(b"!")
        self._acceptor.join()
        for connection in self._connections.values():
            with suppress(OSError):
                # Not SSLSocket's own shutdown, which takes the TLS state from under its reader.
                socket.socket.shutdown(connection, socket.SHUT_RDWR)
        for thread in self._connections:
            thread.join()
        for ours in (self._selector, self._socket, self._waker, self._wakened):
            ours.close()

    def _accept(self) -> None:
        while True:
            self._selector.select()
            if self._stopping.is_set():
                return
            try:
                self._begin(self._socket.accept()[0])
            except (OSError, RuntimeError):  # no file descriptor or thread is to be had
                self._stopping.wait(0.05)

    def _begin(self, connection: socket.socket) -> None:
        for thread in [t for t in self._connections if not t.is_alive()]:
            del self._connections[thread]
        try:
            connection.settimeout(None)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._tls is not None:
                # The first read shakes hands, on the connection's own thread.
                connection = self._tls.wrap_socket(
                    connection, server_side=True, do_handshake_on_connect=False
                )
            thread = threading.Thread(
                target=self._run, args=(connection,), name="sandbox-connection", daemon=True
            )
            threads.start(thread)
        except BaseException:
            connection.close()
            raise
        self._connections[thread] = connection

    def _run(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):  # the client left, or the sandbox is stopping
            self._serve(connection)


class _Unreadable(Exception):
    """What came in is not a request that this server reads."""


def _read_request(reader: BinaryIO) -> Request | None:
    """The next request; None where the connection has ended.

    Raises _Unreadable, and ConnectionError where it ends in the middle of a request.
    """
    first = reader.read(1)
    if not first:
        return None
    if not first.isalpha():  # TLS, say, which would wait for its answer in vain
        raise _Unreadable("not HTTP")
    words = (first + _read_line(reader)).decode("latin-1").split()
    if len(words) != 3 or not words[1].startswith("/") or not words[2].startswith("HTTP/1."):
        raise _Unreadable("not an HTTP request")
    path, _, query = words[1].partition("?")
    headers: dict[str, str] = {}
    while line := _read_line(reader).rstrip(b"\r\n"):
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.lower()] = value.strip()
        if len(headers) > _MOST_HEADERS:
            raise _Unreadable("too many headers")
    length = headers.get("content-length", "0")
    if "transfer-encoding" in headers or not (length.isascii() and length.isdecimal()):
        raise _Unreadable("Content-Length is required")
    if len(length) > 9 or int(length) > _LONGEST_BODY:
        raise _Unreadable("too large")
    body = reader.read(int(length))
    if len(body) < int(length):
        raise ConnectionError
    return Request(words[0], path, query, headers, _parse(body))


def _parse(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _read_line(reader: BinaryIO) -> bytes:
    line = reader.readline(_LONGEST_LINE)
    if len(line) == _LONGEST_LINE:
        raise _Unreadable("line too long")
    if not line.endswith(b"\n"):
        raise ConnectionError
    return line


def _is_left_within(seconds: float, connection: socket.socket) -> bool:
    """Wait for ``seconds``, or until the client has gone or the sandbox stops."""
    with selectors.DefaultSelector() as selector:
        selector.register(connection, selectors.EVENT_READ)
        return bool(selector.select(None if math.isinf(seconds) else seconds))


def main() -> None:
    """Serve until interrupted, saying where and for whom."""
    with Sandbox() as sandbox, suppress(KeyboardInterrupt):
        accounts = "".join(f"  {each.app_id:44}{each.summary}\n" for each in SCENARIOS)
        sys.stdout.write(f"{sandbox.server.origin}\nuserKey {SANDBOX_USER_KEY}\n{accounts}")
        sys.stdout.flush()
        while True:
            time.sleep(60)


if __name__ == "__main__":
    main()
