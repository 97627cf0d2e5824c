"""A service on loopback that is good until it is told to misbehave, to the byte."""

import contextlib
import json
import secrets
import socket
import ssl
import time
import uuid
from collections.abc import Callable, Iterator

from studios.made_tokens import token_of
from studios.raw_server import Peer, RawServer, head, success

Script = Callable[[Peer], None]


class NotingPeer(Peer):
    """Notes what it sends."""

    def __init__(self, connection: socket.socket, server: "FaultServer") -> None:
        super().__init__(connection, server)
        self._sent = bytearray()
        server.sent.append(self._sent)

    def send(self, data: bytes) -> None:
        self._sent += data
        super().send(data)


class FaultServer(RawServer):
    """Grants every request a token of its own, except while it misbehaves."""

    peer = NotingPeer

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        super().__init__(self._play, tls)
        self._behaviour: Script = self.grant
        self.tokens: dict[str, str] = {}
        """The app id that each token was issued for."""
        self.sent: list[bytearray] = []
        """What was sent, connection by connection."""
        self.keys: list[str] = []
        """The user key of each request that was granted."""

    @property
    def origin(self) -> str:
        return self.server.origin

    @contextlib.contextmanager
    def misbehaving(self, script: Script) -> Iterator[None]:
        """Let ``script`` answer every connection for the length of a block."""
        self._behaviour = script
        yield
        self._behaviour = self.grant

    def present(self, tls: ssl.SSLContext) -> None:
        """Prove to be who this certificate says, from the next connection on."""
        self._tls = tls

    @contextlib.contextmanager
    def presenting(self, tls: ssl.SSLContext) -> Iterator[None]:
        """Prove to be somebody else for the length of a block."""
        before, self._tls = self._tls, tls
        yield
        self._tls = before

    def grant(self, peer: Peer) -> None:
        """Read a request and answer it as the service would."""
        request = peer.read_request()
        if request:
            body = json.loads(request.partition(b"\r\n\r\n")[2])
            self.keys.append(body["userKey"])
            peer.send(answer(success(self.issue(body["appId"]))))

    def issue(self, app_id: str, **claims: object) -> str:
        """A token that was never issued before."""
        now = int(time.time())
        fresh = {"appId": app_id, "iat": now, "exp": now + 3600, "jti": str(uuid.uuid4())}
        token = token_of(fresh | claims, signature=secrets.token_bytes(32))
        self.tokens[token] = app_id
        return token

    def _play(self, peer: Peer) -> None:
        self._behaviour(peer)


def answer(body: bytes, status: int = 200, *lines: str) -> bytes:
    """A whole answer with its length."""
    return head(status, f"Content-Length: {len(body)}", *lines) + body
