"""Answers framed, packed or dated in odd ways: an answer whose end is in doubt is not used."""

import gzip
import time
import zlib
from email.utils import formatdate

import pytest
from faults.fault_server import answer
from faults.scene import Scene
from faults.served import IMPATIENT, Fault, each_of, fails, whole
from studios.made_tokens import token_of
from studios.raw_server import Peer, head, sending, success

GOOD = success(token_of({"exp": int(time.time()) + 86_400}))
PACKED = gzip.compress(GOOD)
CHUNKED = "Transfer-Encoding: chunked"
GZIP = "Content-Encoding: gzip"


def framed(name: str, reason: str, *lines: str, body: bytes = GOOD, number: str = "H15") -> Fault:
    """Send a success under these headers, with no length but what they say, and close."""
    return Fault(f"{number}-{name}", sending(head(200, *lines) + body), reason)


def packed(name: str, body: bytes, encoding: str = "gzip", reason: str = "API-FORMAT") -> Fault:
    return Fault(f"H5-{name}", whole(body, 200, f"Content-Encoding: {encoding}"), reason)


def chunks(body: bytes, extension: bytes = b"", trailers: bytes = b"") -> bytes:
    pieces = [body[at : at + 100] for at in range(0, len(body), 100)]
    sized = (b"%x%s\r\n%s\r\n" % (len(each), extension, each) for each in pieces)
    return b"".join(sized) + b"0\r\n" + trailers + b"\r\n"


def begun(name: str, data: bytes, reason: str) -> Fault:
    """Send this instead of an answer, and wait."""
    return Fault(f"H15-{name}", sending(data, then=Peer.wait_for_the_end), reason, "", IMPATIENT)


def plain(**replacements: bytes) -> bytes:
    """A good answer with parts of its status line replaced."""
    line = {"version": b"HTTP/1.1", "status": b"200"} | replacements
    return answer(GOOD).replace(b"HTTP/1.1 200", line["version"] + b" " + line["status"], 1)


# What cannot be told to be whole


@each_of(
    framed("length-negative", "HTTP-GARBLED", "Content-Length: -1"),
    framed("length-with-a-plus", "HTTP-GARBLED", f"Content-Length: +{len(GOOD)}"),
    framed("length-in-hex", "HTTP-GARBLED", f"Content-Length: 0x{len(GOOD):x}"),
    framed("length-with-a-point", "HTTP-GARBLED", f"Content-Length: {len(GOOD)}.0"),
    framed("length-empty", "HTTP-GARBLED", "Content-Length:"),
    framed("length-of-5000-digits", "HTTP-GARBLED", f"Content-Length: {'9' * 5000}"),
    framed("lengths-that-differ", "HTTP-GARBLED", f"Content-Length: {len(GOOD)}, 5"),
    framed("length-of-18-digits", "NET-INCOMPLETE", f"Content-Length: {'9' * 18}", number="N11"),
    framed("length-one-short", "API-FORMAT", f"Content-Length: {len(GOOD) - 1}"),
    framed("length-zero", "HTTP-EMPTY", "Content-Length: 0", number="H9"),
    framed("gzip-for-the-way", "HTTP-GARBLED", "Transfer-Encoding: gzip, chunked"),
    framed("chunked-twice", "HTTP-GARBLED", "Transfer-Encoding: chunked, chunked"),
    framed("chunked-in-two-lines", "HTTP-GARBLED", CHUNKED, CHUNKED, body=chunks(GOOD)),
    framed("coding-unknown", "HTTP-GARBLED", "Transfer-Encoding: xchunked"),
    framed("chunk-of-16-f", "NET-INCOMPLETE", CHUNKED, body=b"f" * 16 + b"\r\n" + GOOD),
    framed("chunk-of-400-f", "NET-INCOMPLETE", CHUNKED, body=b"f" * 400 + b"\r\n" + GOOD),
    framed("chunk-without-size", "NET-INCOMPLETE", CHUNKED, body=b"\r\n" + GOOD),
    framed("chunk-longer-than-said", "NET-INCOMPLETE", CHUNKED, body=b"5\r\n" + GOOD + b"\r\n0"),
    framed("chunk-with-64-KB-beside-it", "HTTP-GARBLED", CHUNKED,
           body=chunks(GOOD, b";" + b"a" * 70_000)),
)  # fmt: skip
def test_an_answer_whose_end_is_in_doubt_is_not_used(scene: Scene, fault: Fault) -> None:
    fails(scene, fault)


@each_of(
    packed("cut-before-its-sum", PACKED[:-8]),
    packed("cut-in-its-length", PACKED[:-1]),
    packed("with-a-wrong-length", PACKED[:-4] + bytes(4)),
    packed("with-more-behind-it", PACKED + b"more"),
    packed("and-again", PACKED * 2),
    packed("in-halves", gzip.compress(GOOD[:20]) + gzip.compress(GOOD[20:])),
    packed("twice-and-saying-so", gzip.compress(PACKED), "gzip, gzip"),
    packed("a-thousand-times-it-says", PACKED, ", ".join(["gzip"] * 1000)),
    packed("bomb-in-a-bomb", gzip.compress(gzip.compress(bytes(2**27))), "gzip, gzip"),
    packed("deflate-with-a-wrong-sum", zlib.compress(GOOD)[:-4] + bytes(4), "deflate"),
    packed("deflate-cut", zlib.compress(GOOD)[:-1], "deflate"),
    packed("deflate-bomb", zlib.compress(bytes(2**27)), "deflate", "HTTP-TOO-LARGE"),
    packed("brotli-it-says", GOOD, "br"),
    packed("zstd-it-says", GOOD, "zstd"),
    packed("nobody-knows", GOOD, "rot13"),
    packed("256-KB-of-noughts-and-one", gzip.compress(bytes(2**18 + 1)), reason="HTTP-TOO-LARGE"),
    Fault("H5-without-saying-so", whole(PACKED), "API-FORMAT"),
)
def test_a_packed_answer_is_whole_or_not_used(scene: Scene, fault: Fault) -> None:
    fails(scene, fault)


@each_of(
    Fault("H15-no-status", sending(plain(status=b"")), "HTTP-GARBLED"),
    Fault("H15-status-of-letters", sending(plain(status=b"2OO")), "HTTP-GARBLED"),
    Fault("H15-status-99", sending(plain(status=b"99")), "HTTP-GARBLED"),
    Fault("H15-status-negative", sending(plain(status=b"-200")), "HTTP-GARBLED"),
    Fault("H15-version-2", sending(plain(version=b"HTTP/2.0")), "HTTP-GARBLED"),
    Fault("H15-shoutcast", sending(plain(version=b"ICY")), "HTTP-GARBLED"),
    Fault("H15-reason-of-70-KB", sending(plain(status=b"200 " + b"R" * 70_000)), "HTTP-GARBLED"),
    Fault("H15-mark-in-front", sending(b"\xef\xbb\xbf" + plain()), "HTTP-GARBLED"),
    Fault("H15-empty-line-in-front", sending(b"\r\n" + plain()), "HTTP-GARBLED"),
    Fault("H15-10000-headers", whole(GOOD, 200, *["X: y"] * 10_000), "HTTP-GARBLED"),
    Fault("H15-header-without-colon", whole(GOOD, 200, "nonsense"), "HTTP-GARBLED"),
    Fault("H15-header-without-name", whole(GOOD, 200, ": y"), "HTTP-GARBLED"),
    Fault("H15-a-foretaste-with-a-body", sending(head(100) + b"abc" + plain()), "HTTP-GARBLED"),
    Fault("N9-only-a-foretaste", sending(head(100)), "NET-CLOSED"),
    begun("http-2-frames", b"\0\0\x12\x04\0\0\0\0\0" + b"\0\x03\0\0\0\x64" * 3, "NET-SILENT"),
    begun("a-line-without-end", b"HTTP/1.1 200", "NET-SILENT"),
    Fault("H9-204-with-a-body", whole(GOOD, 204), "HTTP-EMPTY"),
    Fault("H9-205-with-a-body", whole(GOOD, 205), "HTTP-EMPTY"),
    Fault("H1-304-with-a-body", whole(GOOD, 304), "HTTP-REDIRECT"),
    Fault("H1-300-with-choices", whole(GOOD, 300, "Location: /a", "Location: /b"), "HTTP-REDIRECT"),
    Fault("H11-426-upgrade", whole(b"", 426, "Upgrade: TLS/1.2"), "HTTP-426"),
    Fault("H11-431-after-our-headers", whole(b"", 431), "HTTP-431"),
    Fault("N14-407-from-the-service", whole(b"", 407, "Proxy-Authenticate: Basic"),
          "PROXY-SIGN-IN"),
)  # fmt: skip
def test_what_is_no_answer_of_the_api_is_not_used(scene: Scene, fault: Fault) -> None:
    fails(scene, fault)


# What is odd and does no harm

HARMLESS = {
    "H15-no-length": head(200) + GOOD,
    "H15-one-length-twice": head(200, f"Content-Length: {len(GOOD)}, {len(GOOD)}") + GOOD,
    "H15-length-beside-chunks": head(200, "Content-Length: 3", CHUNKED) + chunks(GOOD),
    "H15-chunks-with-extensions": head(200, CHUNKED) + chunks(GOOD, b';a="b"'),
    "H15-1000-trailers": head(200, CHUNKED) + chunks(GOOD, trailers=b"X: y\r\n" * 1000),
    "H15-identity": answer(GOOD, 200, "Transfer-Encoding: identity", "Content-Encoding: identity"),
    "H15-early-hints": head(103, "Link: </a>; rel=preload") + answer(GOOD),
    "H15-processing": head(102) + head(100, "X: y") * 50 + answer(GOOD),
    "H15-http-1.0": answer(GOOD).replace(b"HTTP/1.1", b"HTTP/1.0"),
    "H15-reason-in-latin-1": answer(GOOD).replace(b"Reason", b"\xff\x1b[2J"),
    "H15-lines-of-lf": answer(GOOD).replace(b"\r\n", b"\n"),
    "H15-two-answers": answer(GOOD) + answer(success("another.token.altogether")),
    "H15-another-charset": answer(GOOD, 200, "Content-Type: text/html; charset=utf-7"),
    "H15-cookies-and-hints": answer(
        GOOD, 200, "Set-Cookie: a=b", "Refresh: 0; url=http://evil.example",
        "Location: http://evil.example", "Alt-Svc: h3=\":9\"",
    ),
    "H5-gzip": answer(PACKED, 200, GZIP),
    "H5-gzip-in-chunks": head(200, CHUNKED, GZIP) + chunks(PACKED),
    "H5-x-gzip": answer(PACKED, 200, "Content-Encoding: X-GZIP"),
    "H5-deflate": answer(zlib.compress(GOOD), 200, "Content-Encoding: deflate"),
    "H5-bare-deflate": answer(zlib.compress(GOOD)[2:-4], 200, "Content-Encoding: deflate"),
}  # fmt: skip


@pytest.mark.parametrize("data", HARMLESS.values(), ids=HARMLESS.keys())
def test_an_odd_answer_that_is_whole_brings_its_token(scene: Scene, data: bytes) -> None:
    outcome = scene.attempt_with(sending(data))
    assert outcome.reason == "OK"
    assert outcome.token.encode() in GOOD


DATES = {
    "missing": "",
    "no-date": "yesterday",
    "1970": formatdate(0, usegmt=True),
    "year-1": "Mon, 01 Jan 0001 00:00:00 GMT",
    "year-9999": "Fri, 31 Dec 9999 23:59:59 GMT",
    "year-10000": "Fri, 31 Dec 10000 23:59:59 GMT",
    "no-such-day": "Sun, 99 Nov 2026 99:99:99 GMT",
    "no-such-zone": "Sun, 22 Nov 2026 22:00:00 -9999",
    "zone-by-name": "Sun, 22 Nov 2026 22:00:00 KST",
    "two-that-differ": "Sun, 22 Nov 2026 22:00:00 GMT\r\nDate: Sun, 22 Nov 2026 21:00:00 GMT",
    "60-KB": "x" * 60_000,
    "digits": "1795331052",
}


@pytest.mark.parametrize("date", DATES.values(), ids=[f"J18-{name}" for name in DATES])
def test_a_date_that_is_nobodys_clock_does_not_count(scene: Scene, date: str) -> None:
    assert scene.attempt_with(whole(GOOD, 200, f"Date: {date}")).reason == "OK"
    assert scene.studio.find("tokenStatus").text() == "Valid"
    assert "clock" not in scene.words.lower()
