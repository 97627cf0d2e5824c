"""The network's faults, each from the keys that a person presses to the words that they read."""

import contextlib
import random
import socket
import threading
from collections.abc import Callable, Iterator

import pytest
from faults.scene import APP_ID, Scene
from faults.served import IMPATIENT, SHORT, Fault, dripping, each_of, fails, whole
from studios.raw_server import Peer, black_hole, head, sending
from ui.stage import account

from deepbrain_desktop.account import ServerKind
from deepbrain_desktop.studios.client import Limits

CHUNKED = head(200, "Transfer-Encoding: chunked")
HALF = b'{"code":1000,'

SILENT = Fault(
    "N5-silent", sending(then=Peer.wait_for_the_end), "NET-SILENT", "No answer", IMPATIENT
)
CUT = Fault("N11-cut", sending(head(200, "Content-Length: 100") + HALF), "NET-INCOMPLETE")
CLOSED = Fault("N9-closed-before-a-byte", sending(), "NET-CLOSED", "closed the connection")
RESET = Fault(
    "N12-reset", sending(head(200, "Content-Length: 100"), then=Peer.reset), "NET-LOST", "lost"
)


ODD = (
    Fault("redirect", whole(b"", 307, "Location: /"), "HTTP-REDIRECT"),
    Fault("refused", whole(b'{"code":4010,"data":null,"message":"no"}', 401), "API-4010"),
    Fault("maintenance", whole(b"<html>", 503), "HTTP-503"),
    Fault("garbled", sending(b"nonsense\r\n"), "HTTP-GARBLED"),
    Fault("empty", whole(b""), "HTTP-EMPTY"),
    Fault("no token", whole(b'{"code":1000,"data":null}'), "API-NO-TOKEN"),
)


def drip(name: str, *pieces: bytes) -> Fault:
    return Fault(name, dripping(*pieces), "NET-TIMEOUT", "took too long", SHORT)


@each_of(
    SILENT,
    Fault(
        "N5-silent-in-its-answer",
        sending(head(200, "Content-Length: 9") + b"{", then=Peer.wait_for_the_end),
        "NET-INCOMPLETE",
        "incomplete",
        IMPATIENT,
    ),
    drip("N6-status-line-drips", b"H"),
    drip("N6-header-drips", b"HTTP/1.1 200 OK\r\nX: ", b"y"),
    drip("N6-headers-drip", b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
    drip("N7-body-drips", head(200, "Content-Length: 9999"), b" "),
    drip("N7-chunks-drip", CHUNKED, b"1\r\n \r\n"),
    drip("N8-endless-continue", b"HTTP/1.1 100 Continue\r\n\r\n"),
    CLOSED,
    CUT,
    Fault("N11-cut-in-a-chunk", sending(CHUNKED + b"64\r\n" + HALF), "NET-INCOMPLETE"),
    Fault("N11-no-last-chunk", sending(CHUNKED + b"2\r\n{}\r\n"), "NET-INCOMPLETE"),
    Fault("N11-cut-in-the-head", sending(b"HTTP/1.1 200 OK\r\nConte"), "NET-INCOMPLETE"),
    RESET,
    Fault("N12-reset-in-a-chunk", sending(CHUNKED + b"64\r\n{", then=Peer.reset), "NET-LOST"),
)  # fmt: skip
def test_a_fault_of_the_network_is_said_once_and_passes(scene: Scene, fault: Fault) -> None:
    fails(scene, fault)


# Finding the host

Lookup = Callable[..., list[object]]


@pytest.fixture
def named(open_scene, server) -> Scene:
    """A window whose server has a name that needs to be looked up."""
    address = f"http://localhost:{server.port}"
    return open_scene(
        account_=account("Named", APP_ID, server=ServerKind.OTHER, address=address, remember=False)
    )


@contextlib.contextmanager
def resolving(monkeypatch: pytest.MonkeyPatch, look_up: Lookup) -> Iterator[None]:
    """Nothing outside can make a look-up of names fail, or hang."""
    with monkeypatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", look_up)
        yield


def ports(*numbers: int) -> Lookup:
    """The name has these ports of this machine as its addresses."""
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", each)) for each in numbers]
    return lambda *_: found


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(socket.gaierror(socket.EAI_NONAME, "unknown"), id="N1-no-such-name"),
        pytest.param(socket.gaierror(socket.EAI_AGAIN, "try again"), id="N1-no-name-server"),
        pytest.param(socket.gaierror(socket.EAI_FAIL, "failed"), id="N1-name-server-fails"),
        pytest.param(UnicodeError("label empty or too long"), id="N1-no-name-at-all"),
    ],
)
def test_a_name_that_does_not_resolve(named: Scene, monkeypatch, error) -> None:
    asked = []

    def look_up(*arguments: object) -> list[object]:
        asked.append(arguments)
        raise error

    with resolving(monkeypatch, look_up):
        outcome = named.attempt(posts=0)
    assert outcome.reason == "NET-DNS"
    assert outcome.headline.startswith("Can’t find localhost")
    assert len(asked) == 1


@pytest.fixture
def hanging() -> Iterator[tuple[threading.Event, Lookup]]:
    """A look-up that begins, and hangs until the test is over."""
    begun, released = threading.Event(), threading.Event()

    def look_up(*_: object) -> list[object]:
        begun.set()
        released.wait(10)
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    yield begun, look_up
    released.set()


def test_n2_a_look_up_that_hangs_ends_at_the_total_limit(
    named: Scene, monkeypatch, hanging
) -> None:
    _, look_up = hanging
    with resolving(monkeypatch, look_up), named.limited(SHORT):
        outcome = named.attempt(posts=0)
    assert outcome.reason == "NET-TIMEOUT"
    assert "DNS" in outcome.advice


SWALLOWED = Limits(connect=0.3)


def unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def test_n3_a_refused_connection(named: Scene, monkeypatch) -> None:
    with resolving(monkeypatch, ports(unused_port())):
        outcome = named.attempt(posts=0)
    assert (outcome.reason, "refused" in outcome.headline) == ("NET-REFUSED", True)


def test_n4_the_second_address_is_tried_when_the_first_swallows(named: Scene, monkeypatch) -> None:
    with (
        black_hole() as hole,
        resolving(monkeypatch, ports(hole, named.server.port)),
        named.limited(SWALLOWED),
    ):
        assert named.attempt().reason == "OK"


def test_n4_the_second_address_is_tried_when_the_first_refuses(named: Scene, monkeypatch) -> None:
    with resolving(monkeypatch, ports(unused_port(), named.server.port)):
        assert named.attempt().reason == "OK"


def test_n4_one_address_that_swallows(named: Scene, monkeypatch) -> None:
    with black_hole() as hole, resolving(monkeypatch, ports(hole)), named.limited(SWALLOWED):
        assert named.attempt(posts=0).reason == "NET-CONNECT-TIMEOUT"


def test_n4_many_addresses_that_swallow_end_at_the_total_limit(named: Scene, monkeypatch) -> None:
    with black_hole() as hole, resolving(monkeypatch, ports(*[hole] * 9)), named.limited(SHORT):
        assert named.attempt(posts=0).reason == "NET-TIMEOUT"


# Addresses that no key is sent to


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("http://service.example", id="N16-plain-http"),
        pytest.param("https://someone:secret@service.example", id="N16-user-info"),
        pytest.param("https://service.example/api?x=1", id="N16-path-and-query"),
        pytest.param("ftp://service.example", id="N16-another-scheme"),
        pytest.param("https://service.example:99999", id="N16-no-such-port"),
        pytest.param("http://127.0.0.1.service.example", id="N16-looks-like-this-computer"),
        pytest.param("http://2130706433", id="N16-a-number-for-a-host"),
        pytest.param("javascript:alert(1)", id="N16-a-script"),
    ],
)
def test_no_key_leaves_for_such_an_address(scene: Scene, address) -> None:
    before = scene.studio.current.account.address
    scene.studio.fill("address", address)
    outcome = scene.attempt(posts=0, sends=False)
    assert outcome.token is None
    assert scene.studio.form.address_hint.text
    assert scene.studio.find("address").text() == address
    scene.studio.fill("address", before)


def test_n16_a_host_that_nobody_confirmed_is_named_first(scene: Scene) -> None:
    before = scene.studio.current.account.address
    scene.studio.fill("address", "https://service.invalid")
    outcome = scene.attempt(posts=0, sends=False)
    assert outcome.reason == "HOST-NOT-CONFIRMED"
    assert "service.invalid" in outcome.headline
    scene.studio.fill("address", before)


# All together


def test_n19_any_mix_of_faults_has_one_outcome_each(scene: Scene, full) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chosen = random.Random(seed)
    for _ in range(1000 if full else 40):
        fails(scene, chosen.choice([SILENT, CUT, CLOSED, RESET, *ODD]))
