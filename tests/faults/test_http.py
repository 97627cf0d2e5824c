"""HTTP's faults: whatever is not strictly an answer of the API is told, and nothing is believed."""

import gzip
import zlib
from email.utils import formatdate

import pytest
from faults.fault_server import FaultServer, answer
from faults.scene import Scene
from faults.served import SHORT, Fault, dripping, each_of, fails, whole
from studios.raw_server import Peer, head, sending, success
from ui.stage import Clock

TOKEN = "stolen.away.token"
GOOD = success(TOKEN)
HTML = b"<!doctype html><h1>Sorry</h1><a href='https://evil.example'>here</a>"
MEGABYTES = 200


def packed(megabytes: int) -> bytes:
    """So many megabytes of nothing, as gzip."""
    packer = zlib.compressobj(9, wbits=31)
    piece = b"\0" * 2**20
    return b"".join(packer.compress(piece) for _ in range(megabytes)) + packer.flush()


def endless(peer: Peer) -> None:
    """Send chunks for ever."""
    if peer.read_request():
        peer.send(head(200, "Transfer-Encoding: chunked"))
        while not peer.stopping:
            peer.send(b"8000\r\n" + b" " * 0x8000 + b"\r\n")


def endless_hints(peer: Peer) -> None:
    """Say for ever, without a pause, that an answer is to come."""
    if peer.read_request():
        while not peer.stopping:
            peer.send(head(103, "Link: </a>; rel=preload") * 3000)


ENCODED = {
    "two-lengths": head(200, "Content-Length: 3", f"Content-Length: {len(GOOD)}") + GOOD,
    "length-too-large": head(200, f"Content-Length: 1{'0' * 30}") + GOOD,
    "not-gzip": answer(GOOD, 200, "Content-Encoding: gzip"),
    "gzip-cut": answer(gzip.compress(GOOD)[:30], 200, "Content-Encoding: gzip"),
    "gzip-wrong-sum": answer(
        gzip.compress(GOOD)[:-8] + b"\0" * 8, 200, "Content-Encoding: gzip"
    ),
    "gzip-in-gzip": answer(gzip.compress(gzip.compress(GOOD)), 200, "Content-Encoding: gzip"),
    "not-chunks": head(200, "Transfer-Encoding: chunked") + GOOD,
    "chunk-minus-1": head(200, "Transfer-Encoding: chunked") + b"-1\r\n" + GOOD,
    "unknown-encoding": answer(b"\x1b\x03" + GOOD, 200, "Content-Encoding: br"),
}  # fmt: skip


@pytest.mark.parametrize("data", ENCODED.values(), ids=[f"H15-{name}" for name in ENCODED])
def test_a_body_that_is_not_what_its_head_says_brings_no_token(scene: Scene, data) -> None:
    outcome = scene.attempt_with(sending(data))
    assert outcome.token is None
    assert outcome.reason.startswith(("HTTP-", "NET-", "API-"))
    assert outcome.reason not in ("CLIENT-UNFORESEEN", "PROGRAM")


def redirected(status: int, *lines: str) -> Fault:
    return Fault(
        f"{'H2' if status in (307, 308) else 'H1'}-{status}",
        whole(HTML, status, *lines),
        "HTTP-REDIRECT",
        "not followed",
    )


@each_of(
    *(redirected(each, "Location: /api/v2/sessions/token") for each in (301, 302, 303, 307, 308)),
    Fault("H1-no-location", whole(b"", 302), "HTTP-REDIRECT"),
    Fault("H1-malformed-location", whole(b"", 302, "Location: http://[::1"), "HTTP-REDIRECT"),
    Fault("H1-location-of-64-KB", whole(b"", 302, f"Location: /{'x' * 60_000}"), "HTTP-REDIRECT"),
    Fault("H1-304", whole(b"", 304), "HTTP-REDIRECT"),
    Fault("H1-success-inside", whole(GOOD, 302, "Location: /"), "HTTP-REDIRECT"),
    Fault(
        "H4-gzip-bomb-in-a-redirect",
        whole(packed(MEGABYTES), 302, "Location: /", "Content-Encoding: gzip"),
        "HTTP-REDIRECT",
    ),
    Fault(
        "H5-gzip-bomb",
        whole(packed(MEGABYTES), 200, "Content-Encoding: gzip"),
        "HTTP-TOO-LARGE",
        "too large",
    ),
    Fault(
        "H5-gzip-bomb-in-a-failure",
        whole(packed(MEGABYTES), 500, "Content-Encoding: gzip"),
        "HTTP-500",
    ),
    Fault("H6-endless-hints", endless_hints, "HTTP-TOO-LARGE"),
    Fault("H6-endless-chunks", endless, "HTTP-TOO-LARGE", "too large"),
    Fault("H6-one-byte-too-many", whole(GOOD.ljust(256 * 1024 + 1)), "HTTP-TOO-LARGE"),
    Fault("H9-204", whole(b"", 204), "HTTP-EMPTY", "empty"),
    Fault("H9-205", whole(b"", 205), "HTTP-EMPTY"),
    Fault("H9-200-without-a-body", whole(b""), "HTTP-EMPTY"),
    Fault("H9-nothing-in-gzip", whole(b"", 200, "Content-Encoding: gzip"), "HTTP-EMPTY"),
    Fault("H9-nothing-in-chunks", sending(head(200, "Transfer-Encoding: chunked") + b"0\r\n\r\n"),
          "HTTP-EMPTY"),
    Fault("H10-502", whole(HTML, 502), "HTTP-502", "502"),
    Fault("H10-503", whole(HTML, 503), "HTTP-503", "Service unavailable"),
    Fault("H10-504", whole(HTML, 504), "HTTP-504", "504"),
    Fault("H11-400", whole(HTML, 400), "HTTP-400", "could not read"),
    Fault("H11-401", whole(HTML, 401), "HTTP-401", "Key rejected"),
    Fault("H11-401-whose-page-drips", dripping(head(401, "Content-Length: 99999"), b" "),
          "HTTP-401", "Key rejected", SHORT),
    *(Fault(f"H11-{each}", whole(HTML, each), f"HTTP-{each}", f"{each}")
      for each in (403, 404, 405, 413, 415, 418, 422, 451, 599)),
    Fault("H11-402", whole(HTML, 402), "HTTP-402", "Payment"),
    Fault("H11-511", whole(HTML, 511), "HTTP-511", "Your network asks for a sign-in"),
    Fault("H11-201-is-no-200", whole(GOOD, 201), "API-FORMAT"),
    Fault("H11-206-is-no-200", whole(GOOD, 206), "API-FORMAT"),
    Fault("H11-101-switches-protocols", whole(GOOD, 101), "HTTP-101"),
    Fault("H11-700-is-no-status", whole(GOOD, 700), "HTTP-700"),
    Fault("H13-5000", whole(b'{"code":5000,"data":null,"message":"ref 4711"}', 500), "API-5000"),
    Fault("H15-ssh", sending(b"SSH-2.0-OpenSSH_9.2\r\n"), "HTTP-GARBLED", "Not an API answer"),
    Fault("H15-smtp", sending(b"220 mail.example.org ESMTP\r\n"), "HTTP-GARBLED"),
    Fault("H15-bytes", sending(bytes(range(256)) + b"\n"), "HTTP-GARBLED"),
    Fault("H15-http-2", sending(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), "HTTP-GARBLED"),
    Fault("H15-http-0.9", sending(GOOD), "HTTP-GARBLED"),
    Fault("H15-long-header", sending(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 10**5 + b"\r\n\r\n"),
          "HTTP-GARBLED"),
    Fault("H15-1000-headers", sending(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1000 + b"\r\n" + GOOD),
          "HTTP-GARBLED"),
    Fault("H15-status-set-apart-by-no-space",
          sending(answer(GOOD).replace(b" 200 ", b" 200\x1e\x8e ", 1)), "HTTP-GARBLED"),
    Fault("H15-status-of-5-digits", sending(b"HTTP/1.1 99999 No\r\n\r\n"), "HTTP-GARBLED"),
)  # fmt: skip
def test_what_is_no_success_is_a_failure(scene: Scene, fault: Fault) -> None:
    fails(scene, fault)
    assert "evil.example" not in scene.words


def test_h2_no_key_goes_to_another_host(scene: Scene) -> None:
    with FaultServer() as attacker:
        place = f"Location: {attacker.origin}/api/v2/sessions/token"
        outcome = scene.attempt_with(whole(b"", 307, place, "Set-Cookie: a=b"))
        assert outcome.reason == "HTTP-REDIRECT"
        assert attacker.accepted == 0


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        pytest.param("Retry-After: 5", 5, id="H12-5"),
        pytest.param("Retry-After: -1", 30, id="H12-minus-1"),
        pytest.param("Retry-After: abc", 30, id="H12-abc"),
        pytest.param("Retry-After: 999999999", 300, id="H12-too-long"),
        pytest.param(f"Retry-After: {'9' * 5000}", 300, id="H12-5000-digits"),
        pytest.param("Retry-After: 1e9", 30, id="H12-exponent"),
        pytest.param("Retry-After: ٣", 30, id="H12-other-digits"),
        pytest.param(f"Retry-After: {formatdate(1_900_000_060, usegmt=True)}", 60, id="H12-date"),
        pytest.param("X: y", 30, id="H12-none"),
    ],
)
@pytest.mark.parametrize("coded", [True, False], ids=["coded", "html"])
def test_too_many_requests_pauses_for_a_bounded_time(open_scene, header, seconds, coded) -> None:
    clock = Clock()
    scene = open_scene(elapsed=clock)
    body = b'{"code":4290,"data":null,"message":"slow down"}' if coded else HTML
    date = f"Date: {formatdate(1_900_000_000, usegmt=True)}"
    lines = (header.encode().decode("latin-1"), date)
    outcome = scene.attempt_with(whole(body, 429, *lines))
    assert outcome.reason == ("API-4290" if coded else "HTTP-429")
    button = scene.studio.find("requestToken")
    assert not button.isEnabled()
    posts = scene.server.requests
    clock.advance(seconds - 2)
    scene.studio.press("Ctrl+Return")
    assert scene.server.requests == posts
    clock.advance(4)
    scene.studio.wait(button.isEnabled)


def test_h18_a_storm_of_keys_and_clicks_is_one_request(scene: Scene) -> None:
    posts = scene.server.requests
    for _ in range(50):
        scene.studio.press("Ctrl+Return", "Return")
    scene.studio.wait_for_outcome()
    assert scene.server.requests - posts <= 2, "the first answer may have come amid the storm"


@pytest.mark.parametrize("variable", [True, False], ids=["H17-NETRC", "H17-home"])
def test_a_netrc_entry_changes_nothing(scene: Scene, monkeypatch, tmp_path, variable) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    (folder / ".netrc").write_text("default login someone password swordfish\n")
    if variable:
        monkeypatch.setenv("NETRC", str(folder / ".netrc"))
    else:
        monkeypatch.setenv("HOME", str(folder))
    heard = len(scene.server.received)
    assert scene.attempt().reason == "OK"
    assert b"authorization" not in b"".join(scene.server.received[heard:]).lower()
