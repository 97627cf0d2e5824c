"""Answers of a server, damaged in every layer, through the real client over loopback."""

import gzip
import itertools
import json
import random
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from fuzz.campaign import Judge, Target, by_damage, by_structure
from fuzz.mutation import damaged
from fuzz.oracle import rightful_tokens
from hypothesis import strategies as st
from studios.made_tokens import NOW, token_of
from studios.raw_server import (
    RELAXED,
    Peer,
    RawServer,
    credentials_for,
    no_proxies,
    nothing_left_behind,
)

from deepbrain_desktop.studios.client import Grant, StudiosClient
from deepbrain_desktop.studios.errors import StudiosError

TOKEN = token_of({"sub": "someone", "exp": NOW + 3600})


@dataclass(frozen=True)
class Sent:
    """What a server sends for a request before it hangs up."""

    pieces: tuple[bytes, ...]
    resets: bool = False


# Answers


def _envelope(**changes: object) -> bytes:
    fields = {"code": 1000, "data": {"session_token": TOKEN}, "message": "ok"}
    return json.dumps(fields | changes).encode()


def _answer(body: bytes, *headers: bytes, status: bytes = b"200 OK") -> bytes:
    lines = [b"HTTP/1.1 " + status, b"Content-Type: application/json", *headers]
    return b"\r\n".join([*lines, b"", body])


def _sized(body: bytes, *headers: bytes, status: bytes = b"200 OK") -> bytes:
    return _answer(body, b"Content-Length: %d" % len(body), *headers, status=status)


def _chunks(body: bytes, size: int = 40) -> bytes:
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(each), each) for each in pieces) + b"0\r\n\r\n"


_DATE = b"Date: Sun, 22 Nov 2026 07:04:12 GMT"
_CHUNKED = b"Transfer-Encoding: chunked"
_GZIP = b"Content-Encoding: gzip"
SAMPLES = (
    _sized(_envelope(), _DATE),
    _answer(_envelope()),  # ends with the connection
    _answer(_chunks(_envelope()), _CHUNKED),
    _sized(gzip.compress(_envelope(), mtime=0), _GZIP),
    _sized(zlib.compress(_envelope()), b"Content-Encoding: deflate"),
    _answer(_chunks(gzip.compress(_envelope(), mtime=0)), _CHUNKED, _GZIP),
    b"HTTP/1.1 100 Continue\r\n\r\n" + _sized(_envelope()),
    _sized(_envelope(code=4010, data=None, message="no"), status=b"401 Unauthorized"),
    _sized(_envelope(code=4290, data=None), b"Retry-After: 5", status=b"429 Too Many Requests"),
    _sized(b"<html>busy</html>", status=b"503 Service Unavailable"),
    _sized(b"", b"Location: http://127.0.0.1:9/", status=b"307 Temporary Redirect"),
)
WORDS = (
    b"200",
    b"204",
    b"302",
    b"407",
    b"HTTP/1.0",
    b"HTTP/2",
    b"Transfer-Encoding: chunked\r\n",
    b"Content-Length: 5\r\n",
    b"Content-Encoding: gzip, gzip\r\n",
    b"Content-Encoding: br\r\n",
    b"Retry-After: -1\r\n",
    b"Date: abc\r\n",
    b"Set-Cookie: a=b\r\n",
    b"X: " + b"y" * 70_000 + b"\r\n",
    b"X: y\r\n" * 120,
    b"ffffffff\r\n",
    b'"code":1000,',
    b'"code":true,',
    b'"session_token":"",',
    b'"session_token":"%s",' % (b"a" * 16_385),
    b"\\u0000",
    b"\\ud800",
)


def damaged_answer(rng: random.Random) -> Sent:
    """A sample, damaged in any of its layers, in pieces; now and then as it is, or reset."""
    data = rng.choice(SAMPLES)
    if rng.random() < 0.98:
        data = damaged(rng, data, SAMPLES, WORDS)
    cuts = sorted(rng.randint(0, len(data)) for _ in range(rng.choice((0, 0, 0, 1, 3))))
    edges = [0, *cuts, len(data)]
    pieces = tuple(data[a:b] for a, b in itertools.pairwise(edges) if a < b)
    return Sent(pieces, resets=rng.random() < 0.05)


_odd = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from([1000, 1000.0, "1000", 4010, 10**30, TOKEN, "", " ", "a" * 16_385]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=6,
)
_tokens = (
    st.just(TOKEN)
    | st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=60)
    | st.integers(16_380, 16_388).map("a".__mul__)
)
_BARE = {"code": 1000, "data": {"session_token": TOKEN}, "message": None}
_ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-32-be", "latin-1")
_STATUSES = (b"201 Created", b"204 No Content", b"401 Unauthorized", b"500 Oh")


@st.composite
def _odd_envelope(draw: st.DrawFn) -> Sent:
    """Right but for a part or two."""
    odd = draw(st.sets(st.sampled_from(["code", "data", "token", "text", "whole"]), max_size=2))
    fields = dict(_BARE, data={"session_token": draw(_tokens)}, message=draw(_odd))
    if "code" in odd:
        fields["code"] = draw(_odd)
    if "data" in odd:
        fields["data"] = draw(_odd)
    if "token" in odd:
        fields["data"] = {"session_token": draw(_odd), draw(st.text(max_size=4)): draw(_odd)}
    value = draw(_odd) if "whole" in odd else fields
    text = json.dumps(value, ensure_ascii=draw(st.booleans()))
    encoding, status = "utf-8", b"200 OK"
    if "text" in odd:
        text = draw(st.sampled_from(["", " ", "\n"])) + text.replace(
            "{", draw(st.sampled_from(["{", '{"code": 1000, ', "{{"])), 1
        )
        text += draw(st.sampled_from(["", "", "{}", "\n", "\0"]))
        encoding = draw(st.sampled_from(_ENCODINGS))
        status = draw(st.sampled_from((status, *_STATUSES)))
    return Sent((_sized(text.encode(encoding, "backslashreplace"), _DATE, status=status),))


# Judging


@contextmanager
def _client_and_server() -> Iterator[Judge]:
    """The real client before a server that sends one case at a time."""
    case = Sent(())

    def send(peer: Peer) -> None:
        if peer.read_request():
            for piece in case.pieces:
                peer.send(piece)
            if case.resets:
                peer.reset()

    def judge(sent: Sent) -> bool:
        nonlocal case
        case, before = sent, server.requests
        credentials = credentials_for(server.server)
        try:
            outcome = client.request_token(credentials)
        except StudiosError as error:
            outcome = error
        assert server.requests <= before + 1, "posted twice"
        if isinstance(outcome, Grant):
            _check_success(outcome, b"".join(sent.pieces))
        else:
            _check_failure(outcome, credentials.user_key.reveal())
        return isinstance(outcome, Grant)

    client = StudiosClient(RELAXED, proxies=no_proxies)
    with nothing_left_behind(), RawServer(send) as server:
        yield judge


def _check_success(grant: Grant, wire: bytes) -> None:
    token = grant.token.reveal()
    assert token in rightful_tokens(wire), f"false success: {token!r:.80}"


def _check_failure(error: StudiosError, user_key: str) -> None:
    assert error.exchange is not None
    assert user_key not in f"{error} {error!r} {error.exchange!r} {error.exchange.message}"
    assert error.__cause__ is error.__context__ is None


def _target(name: str, cases: Callable[[int], Iterator[Sent]]) -> Target:
    # The clock counts every thread: the client's, and the little that the server does.
    return Target(name, cases, _client_and_server, time.process_time)


DAMAGED = _target("answers, damaged bytes", by_damage(damaged_answer))
ENVELOPES = _target("answers, odd envelopes", by_structure(_odd_envelope()))
