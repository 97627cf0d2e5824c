"""A server on loopback that misbehaves to the byte, and what the client's tests share with it."""

import contextlib
import socket
import ssl
import struct
import threading
import time
import uuid
from pathlib import Path

from deepbrain_desktop.studios.client import Limits, StudiosClient
from deepbrain_desktop.studios.credentials import Credentials, Secret, Server
from deepbrain_desktop.waiting import Cancellation

PATIENCE = 10
"""Seconds after which a test has failed; nothing is expected to take them."""
RELAXED = Limits(connect=PATIENCE, idle=PATIENCE, total=PATIENCE)
APP_ID = "studiov3.user@example.com"


def no_proxies(_url):
    return {}


class Peer:
    """One accepted connection, seen from the server."""

    def __init__(self, connection, server):
        self._connection = connection
        self._server = server

    def read_request(self):
        """Read head and body; b"" where the client left before their end."""
        data = b""
        while b"\r\n\r\n" not in data:
            data += (piece := self.read())
            if not piece:
                return b""
        head, _, body = data.partition(b"\r\n\r\n")
        length = 0
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        while len(body) < length:
            body += (piece := self.read())
            if not piece:
                return b""
        self._server.note_request()
        return head + b"\r\n\r\n" + body

    def read(self):
        piece = self._connection.recv(65536)
        self._server.note_bytes(piece)
        return piece

    def send(self, data):
        self._connection.sendall(data)

    @property
    def stopping(self):
        return self._server.stopping.is_set()

    def pause(self, seconds):
        """Return after that time, or at once when the server stops."""
        self._server.stopping.wait(seconds)

    def wait_for_the_end(self):
        """Return when the client has left or the server stops."""
        with contextlib.suppress(OSError):
            while self.read():
                pass

    def reset(self):
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._connection.close()

    def relay(self, port):
        """Carry bytes to and from another port of this machine until one side ends."""
        with _connect(port) as far:
            back = threading.Thread(target=self._carry, args=(far, self._connection))
            back.start()
            self._carry(self._connection, far)
            back.join()

    @staticmethod
    def _carry(source, target):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)


class RawServer:
    """Runs ``script`` with a Peer for each connection; use it in a ``with`` statement."""

    peer = Peer

    def __init__(self, script, tls=None):
        self._script = script
        self._tls = tls
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=256)
        self._threads = []
        self._connections = []
        self._arrival = threading.Condition()
        self.port = self._socket.getsockname()[1]
        self.stopping = threading.Event()
        self.received = []
        """Every piece that came in: over TLS, after the handshake."""
        self.requests = 0
        self.accepted = 0

    @property
    def server(self):
        return Server(f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}")

    def note_bytes(self, piece):
        with self._arrival:
            self.received.append(piece)
            self._arrival.notify_all()

    def note_request(self):
        with self._arrival:
            self.requests += 1
            self._arrival.notify_all()

    def wait_for(self, what):
        """Whether ``what()`` has become true, looked at whenever something comes in."""
        with self._arrival:
            return self._arrival.wait_for(what, PATIENCE)

    def wait_for_bytes(self, pieces):
        """Whether that many pieces have come in."""
        return self.wait_for(lambda: len(self.received) >= pieces)

    def __enter__(self):
        self._acceptor = threading.Thread(target=self._accept)
        self._acceptor.start()
        return self

    def __exit__(self, *_):
        self.stopping.set()
        _connect(self.port).close()
        self._acceptor.join()
        self._socket.close()
        for connection in self._connections:
            with contextlib.suppress(OSError):
                socket.socket.shutdown(connection, socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()

    def _accept(self):
        while True:
            connection, _ = self._socket.accept()
            if self.stopping.is_set():
                connection.close()
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self._tls:
                connection = self._tls.wrap_socket(
                    connection, server_side=True, do_handshake_on_connect=False
                )
            thread = threading.Thread(target=self._serve, args=(connection,))
            self._connections.append(connection)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection):
        with self._arrival:
            self.accepted += 1
            self._arrival.notify_all()
        with connection, contextlib.suppress(OSError):
            if isinstance(connection, ssl.SSLSocket):
                connection.do_handshake()
            self._script(self.peer(connection, self))


def _connect(port):
    """Connect without a name look-up, which a test may have made odd."""
    connection = socket.socket()
    connection.connect(("127.0.0.1", port))
    return connection


def head(status=200, *lines, reason="Reason"):
    fields = "".join(f"{line}\r\n" for line in lines)
    return f"HTTP/1.1 {status} {reason}\r\n{fields}\r\n".encode("latin-1")


def sending(*pieces, then=None):
    """A script: read the request, send the pieces, do ``then``."""

    def script(peer):
        if peer.read_request():
            for piece in pieces:
                peer.send(piece)
            if then:
                then(peer)

    return script


def answering(status, body=b"", *lines):
    return sending(head(status, f"Content-Length: {len(body)}", *lines) + body)


def success(token):
    return b'{"code":1000,"data":{"session_token":"%s"},"message":"ok"}' % token.encode()


def credentials_for(server, key=None):
    return Credentials(APP_ID, Secret(key or str(uuid.uuid4())), server)


def ask(server, limits=RELAXED, **options):
    """Request a token of ``server`` and return the grant. Raises what the client raises."""
    client = StudiosClient(limits, **{"proxies": no_proxies, **options})
    return client.request_token(credentials_for(server))


class Asking:
    """A request on a thread of its own, to be cancelled from outside."""

    def __init__(self, server, limits=RELAXED):
        self.cancellation = Cancellation()
        self.outcome = None
        self._client = StudiosClient(limits, proxies=no_proxies)
        self._credentials = credentials_for(server)
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self):
        try:
            self.outcome = self._client.request_token(self._credentials, self.cancellation)
        except Exception as error:  # noqa: BLE001 - it is what is looked at
            self.outcome = error

    def cancel(self):
        """Cancel; return the seconds that this took."""
        began = time.monotonic()
        self.cancellation.request()
        self._thread.join(PATIENCE)
        return time.monotonic() - began


def wait_for_the_abandoned(before):
    """Wait until each thread that a client started and left since ``before`` has ended."""
    abandoned = [each for each in set(threading.enumerate()) - before if each.name == "abandonable"]
    for thread in abandoned:
        thread.join(PATIENCE / 2)
        assert not thread.is_alive(), "the abandoned thread goes on"


@contextlib.contextmanager
def black_hole():
    """A port of this machine that swallows the packets of whoever connects (Linux)."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        while True:  # fill its queue
            filler = stack.enter_context(socket.socket())
            filler.settimeout(0.2)
            try:
                filler.connect(listener.getsockname())
            except TimeoutError:
                break
        yield listener.getsockname()[1]


@contextlib.contextmanager
def nothing_left_behind():
    """Fail unless threads and file descriptors return to where they were."""
    threads, files = set(threading.enumerate()), descriptors()
    yield
    deadline = time.monotonic() + PATIENCE
    for thread in set(threading.enumerate()) - threads:
        thread.join(max(0, deadline - time.monotonic()))
        assert not thread.is_alive(), f"{thread.name} goes on"
    assert descriptors() <= files


def descriptors():
    """How many file descriptors are open; 0 where that cannot be seen."""
    listing = Path("/proc/self/fd")
    return len(list(listing.iterdir())) if listing.is_dir() else 0
