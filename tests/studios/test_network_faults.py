"""Each way in which a network fails ends in one clear outcome, in time, after at most one POST."""

import random
import socket
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import children
import pytest
from studios.raw_server import (
    PATIENCE,
    RELAXED,
    Asking,
    Peer,
    RawServer,
    answering,
    ask,
    black_hole,
    head,
    nothing_left_behind,
    sending,
    success,
    wait_for_the_abandoned,
)

from deepbrain_desktop.studios import errors
from deepbrain_desktop.studios.client import Limits, StudiosClient
from deepbrain_desktop.studios.credentials import Credentials, Server
from deepbrain_desktop.studios.sandbox import Sandbox
from deepbrain_desktop.studios.scenarios import SANDBOX_USER_KEY, SCENARIOS
from deepbrain_desktop.studios.transport import system_proxies
from deepbrain_desktop.waiting import Cancelled

NOWHERE = Server("https://service.invalid")


@pytest.fixture(autouse=True)
def _leaves_nothing():
    with nothing_left_behind():
        yield


@pytest.fixture(autouse=True)
def _no_proxy_is_set(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def resolving(monkeypatch):
    """Let each name resolve to the given ports of this machine."""

    def resolve_to(*ports):
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port)) for port in ports]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_: found)

    return resolve_to


@pytest.fixture
def hanging_lookup(monkeypatch):
    """A name look-up that hangs until the test ends it: nothing outside can make one hang."""
    begun, released = threading.Event(), threading.Event()
    original = socket.getaddrinfo

    def look_up(*arguments):
        begun.set()
        released.wait(PATIENCE)
        return original(*arguments)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    yield begun, released
    released.set()


def failure(server, limits=RELAXED, **options):
    began = time.monotonic()
    with pytest.raises(errors.StudiosError) as caught:
        ask(server, limits, **options)
    error = caught.value
    assert error.exchange.host == server.host
    assert 0 <= error.exchange.seconds <= time.monotonic() - began
    return error


def failure_of_script(script, limits=RELAXED):
    with RawServer(script) as raw:
        error = failure(raw.server, limits)
        assert raw.requests == 1
        assert raw.accepted == 1
    return error


def unused_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


# Reaching the host


@pytest.mark.parametrize("number", [socket.EAI_NONAME, socket.EAI_AGAIN, socket.EAI_FAIL])
def test_n1_a_name_that_does_not_resolve(number, monkeypatch):
    asked = []

    def look_up(*arguments):
        asked.append(arguments)
        raise socket.gaierror(number, "not known")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    assert type(failure(NOWHERE)) is errors.NameNotFound
    assert len(asked) == 1


def test_n2_a_hanging_look_up_ends_at_the_total_limit(hanging_lookup):
    began = time.monotonic()
    assert type(failure(NOWHERE, Limits(total=0.2))) is errors.DeadlinePassed
    assert time.monotonic() - began < PATIENCE / 2


def test_n2_a_request_that_was_given_up_during_the_look_up_is_never_sent(hanging_lookup):
    _, released = hanging_lookup
    with RawServer(answering(200, success("t"))) as raw:
        before = set(threading.enumerate())
        assert type(failure(raw.server, Limits(total=0.1))) is errors.DeadlinePassed
        abandoned = set(threading.enumerate()) - before
        assert abandoned
        released.set()
        for thread in abandoned:
            thread.join(PATIENCE)
        assert raw.requests == 0
        assert b"".join(raw.received) == b""


def test_n3_a_refused_connection():
    assert type(failure(Server(f"http://127.0.0.1:{unused_port()}"))) is errors.ConnectionRefused


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux drops what its queue cannot hold")
class TestSwallowedPackets:
    def test_n4_the_second_address_is_tried(self, resolving):
        with black_hole() as hole, RawServer(answering(200, success("t"))) as raw:
            resolving(hole, raw.port)
            assert ask(raw.server, Limits(connect=0.2)).token.reveal() == "t"

    def test_n4_an_address_that_refuses_is_passed_over(self, resolving):
        with RawServer(answering(200, success("t"))) as raw:
            resolving(unused_port(), raw.port)
            assert ask(raw.server).token.reveal() == "t"

    def test_n4_no_address_answers(self, resolving):
        with black_hole() as hole:
            resolving(hole, hole)
            assert type(failure(NOWHERE, Limits(connect=0.1))) is errors.ConnectTimedOut

    def test_n4_many_addresses_are_bounded_by_the_total_limit(self, resolving):
        with black_hole() as hole:
            resolving(*[hole] * 4)
            error = failure(NOWHERE, Limits(connect=0.2, total=0.3))
        assert type(error) is errors.DeadlinePassed
        assert error.exchange.seconds < PATIENCE / 2


# Waiting for the answer


def test_n5_a_silent_server():
    error = failure_of_script(sending(then=Peer.wait_for_the_end), Limits(idle=0.1))
    assert type(error) is errors.AnswerTimedOut


def test_n5_a_server_that_falls_silent_in_its_answer():
    script = sending(head(200, "Content-Length: 9") + b"{", then=Peer.wait_for_the_end)
    error = failure_of_script(script, Limits(idle=0.1))
    assert type(error) is errors.IncompleteAnswer
    assert error.exchange.status == 200


def dripping(start, drop):
    def script(peer):
        peer.read_request()
        peer.send(start)
        while not peer.stopping:
            peer.send(drop)
            peer.pause(0.02)

    return script


DRIPS = {
    "N6-head": dripping(b"HTTP/1.1 200 OK\r\nX: ", b"y"),
    "N6-headers": dripping(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
    "N7-body": dripping(head(200, "Content-Length: 100000"), b" "),
    "N7-chunks": dripping(head(200, "Transfer-Encoding: chunked"), b"1\r\n \r\n"),
    "N8-100-continue": dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
}


@pytest.mark.parametrize("script", DRIPS.values(), ids=DRIPS.keys())
def test_a_dripping_answer_ends_at_the_total_limit(script):
    error = failure_of_script(script, Limits(total=0.4))
    assert type(error) is errors.DeadlinePassed
    assert 0.3 < error.exchange.seconds < PATIENCE / 2


def test_the_thread_that_a_deadline_leaves_behind_ends_too():
    before = set(threading.enumerate())
    with RawServer(sending(then=Peer.wait_for_the_end)) as raw:
        assert type(failure(raw.server, Limits(total=0.1))) is errors.DeadlinePassed
        wait_for_the_abandoned(before)


def test_the_deadline_leaves_what_is_known():
    error = failure_of_script(DRIPS["N7-body"], Limits(total=0.3))
    assert error.exchange.status == 200


def test_a_status_that_says_enough_counts_at_the_deadline_as_well():
    script = dripping(head(429, "Content-Length: 100000", "Retry-After: 7"), b" ")
    error = failure_of_script(script, Limits(total=0.3))
    assert (type(error), error.reason, error.retry_after) == (errors.HttpFailed, "HTTP-429", 7)


def flooding(start, wave):
    def script(peer):
        peer.read_request()
        peer.send(start)
        while not peer.stopping:
            peer.send(wave * 3000)

    return script


FLOODS = {
    "N8-100-continue": flooding(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "N8-103-early-hints": flooding(b"", b"HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n"),
    "H6-trailers": flooding(head(200, "Transfer-Encoding: chunked") + b"0\r\n", b"X: y\r\n"),
}


@pytest.mark.parametrize("script", FLOODS.values(), ids=FLOODS.keys())
def test_a_flood_is_cut_off_before_it_keeps_the_processor_busy(script):
    assert type(failure_of_script(script, Limits(total=2))) is errors.AnswerTooLarge


# Connections that end


def test_n9_closed_before_any_byte():
    assert type(failure_of_script(sending())) is errors.ClosedWithoutAnswer


def test_n9_closed_before_the_request_was_read():
    with RawServer(lambda _peer: None) as raw:
        error = failure(raw.server)
        assert raw.accepted == 1
    assert type(error) in (errors.ClosedWithoutAnswer, errors.ConnectionLost)


INCOMPLETE = {
    "N11-body": head(200, "Content-Length: 100") + b'{"code":1000}',
    "N11-chunk": head(200, "Transfer-Encoding: chunked") + b"64\r\n" + b'{"code":1000}',
    "N11-last-chunk": head(200, "Transfer-Encoding: chunked") + b"2\r\n{}\r\n",
    "N11-headers": b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n",
    "N11-header": b"HTTP/1.1 200 OK\r\nContent-Le",
    "N11-status-line": b"HTTP/1.1 200 OK\r\n",
    "N11-in-status-line": b"HTTP/1.1 20",
    "N11-in-version": b"HTT",
}


@pytest.mark.parametrize("data", INCOMPLETE.values(), ids=INCOMPLETE.keys())
def test_an_answer_that_ends_too_early_is_incomplete(data):
    assert type(failure_of_script(sending(data))) is errors.IncompleteAnswer


@pytest.mark.parametrize(
    "data", [b"", b"HTTP/1.1 200 OK\r\n", head(200, "Content-Length: 100") + b"{"],
    ids=["N12-before", "N12-in-head", "N12-in-body"],
)  # fmt: skip
def test_a_reset_connection_is_lost(data):
    def then(peer):
        peer.pause(0.05)  # a reset overtakes what the client has not read yet
        peer.reset()

    assert type(failure_of_script(sending(data, then=then))) is errors.ConnectionLost


# Proxies


def proxied(port, sign_in=""):
    return lambda _url: {"https": f"http://{sign_in}127.0.0.1:{port}"}


REFUSALS = {
    "N14-407": (head(407, "Proxy-Authenticate: Basic"), errors.ProxySignInNeeded),
    "N14-403": (head(403), errors.ProxyFailed),
    "N14-403-in-other-words": (b"HTTP/1.1 403 login failed: 407\r\n\r\n", errors.ProxyFailed),
    "N14-502": (head(502), errors.ProxyFailed),
    "N14-302": (head(302, "Location: https://example.org/"), errors.ProxyFailed),
    "N14-closed": (b"", errors.ProxyFailed),
    "N14-garbled": (b"nonsense\r\n", errors.ProxyFailed),
}


@pytest.mark.parametrize(("data", "kind"), REFUSALS.values(), ids=REFUSALS.keys())
def test_a_proxy_that_does_not_connect(data, kind):
    with RawServer(sending(data)) as proxy:
        error = failure(NOWHERE, proxies=proxied(proxy.port))
        assert proxy.accepted == 1
        assert b"".join(proxy.received).startswith(b"CONNECT service.invalid:443 HTTP/1.")
        assert b"userKey" not in b"".join(proxy.received)
    assert type(error) is kind


def test_a_proxy_that_is_silent():
    with RawServer(Peer.wait_for_the_end) as proxy:
        error = failure(NOWHERE, Limits(connect=0.1), proxies=proxied(proxy.port))
    assert type(error) is errors.ProxyFailed


def test_a_proxy_that_cannot_be_reached():
    error = failure(NOWHERE, proxies=proxied(unused_port()))
    assert type(error) is errors.ProxyFailed


def test_n15_a_proxys_password_goes_to_the_proxy_and_nowhere_else(caplog):
    with RawServer(sending(head(407))) as proxy, caplog.at_level("DEBUG"):
        error = failure(NOWHERE, proxies=proxied(proxy.port, "user:open-sesame@"))
        assert b"Proxy-Authorization: Basic " in b"".join(proxy.received)
    assert "open-sesame" not in f"{error!r} {error} {error.exchange} {caplog.text}"


@pytest.mark.parametrize("scheme", ["socks4", "socks5", "socks5h", "SOCKS5", "ftp", "pac+http"])
def test_n18_a_proxy_of_another_kind_is_said_to_be_so(scheme):
    error = failure(NOWHERE, proxies=lambda _url: {"https": f"{scheme}://127.0.0.1:1080"})
    assert type(error) is errors.ProxyNotSupported


@pytest.mark.parametrize(
    "address",
    [
        "http://",
        "http://:8080",
        "http://a:b:c",
        "http://[::1",
        "http://x:99999",
        "http://proxy..example:8080",
        "http://someone:%E2%82%AC@127.0.0.1:9",
    ],
)
def test_a_proxy_that_cannot_be_read_has_failed(address):
    assert type(failure(NOWHERE, proxies=lambda _url: {"https": address})) is errors.ProxyFailed


def test_the_proxies_of_this_computer_are_used_but_not_for_itself(monkeypatch):
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    monkeypatch.setenv("http_proxy", "http://proxy.example:3128")
    monkeypatch.setenv("no_proxy", "direct.example")
    assert system_proxies("https://service.example/")["https"] == "http://proxy.example:3128"
    for address in (
        "https://direct.example/",
        "http://127.0.0.1:8/",
        "http://localhost/",
        "http://[::1]:9/",
    ):
        assert not system_proxies(address)


def test_the_proxy_of_the_environment_is_asked(monkeypatch):
    with RawServer(sending(head(407))) as proxy:
        monkeypatch.setenv("https_proxy", f"127.0.0.1:{proxy.port}")
        with pytest.raises(errors.ProxySignInNeeded):
            StudiosClient(RELAXED).request_token(Credentials.parse("a", "k", NOWHERE))


# This machine


def test_o6_no_thread_is_to_be_had(monkeypatch):
    def start(_thread):
        raise RuntimeError("can't start new thread")

    server = Server("http://127.0.0.1:9")
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", start)
        error = failure(server)
    assert type(error) is errors.SystemResourcesLow


_WITHOUT_DESCRIPTORS = """
import os, resource, sys
from deepbrain_desktop.studios.client import StudiosClient
from deepbrain_desktop.studios.credentials import Credentials, parse_server
import encodings.idna
highest = max(int(name) for name in os.listdir("/proc/self/fd"))
resource.setrlimit(resource.RLIMIT_NOFILE, (highest + int(sys.argv[2]), highest + 99))
try:
    StudiosClient().request_token(Credentials.parse("a", "k", parse_server(sys.argv[1])))
    sys.stdout.write("Granted")
except Exception as error:
    sys.stdout.write(type(error).__name__)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="/proc")
@pytest.mark.parametrize("spare", [0, 1])
def test_o6_no_file_descriptor_is_to_be_had(spare):
    with RawServer(answering(200, success("t"))) as raw:
        done = children.run(_WITHOUT_DESCRIPTORS, raw.server.origin, spare)
        assert (done.stdout, done.stderr) == ("SystemResourcesLow", "")
        assert raw.requests == 0


def test_o6_no_memory_is_to_be_had():
    def proxies(_url):
        raise MemoryError

    assert type(failure(NOWHERE, proxies=proxies)) is errors.SystemResourcesLow


# Cancel


def cancelled_within(asking_in_phase):
    """Cancel up to three requests; return the shortest time (a loaded machine may be late)."""
    times = []
    while len(times) < 3 and not (times and times[-1] <= 0.2):
        asking = asking_in_phase()
        times.append(asking.cancel())
        assert type(asking.outcome) is Cancelled
        assert asking.outcome.__context__ is None
    return min(times)


def test_u2_cancelled_during_the_look_up(hanging_lookup):
    begun, _ = hanging_lookup

    def looking_up():
        begun.clear()
        asking = Asking(NOWHERE)
        assert begun.wait(PATIENCE)
        return asking

    assert cancelled_within(looking_up) <= 0.2


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux drops what its queue cannot hold")
def test_u2_cancelled_while_connecting(monkeypatch):
    connecting = threading.Event()
    original = socket.getaddrinfo

    def look_up(*arguments):
        connecting.set()
        return original(*arguments)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with black_hole() as hole:

        def connect():
            connecting.clear()
            asking = Asking(Server(f"http://127.0.0.1:{hole}"), Limits(connect=0.5))
            assert connecting.wait(PATIENCE)
            return asking

        assert cancelled_within(connect) <= 0.2


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_u2_cancelled_while_the_server_is_silent(scheme):
    """Over https that is the handshake, which the server never answers."""
    with RawServer(Peer.wait_for_the_end) as raw:

        def waiting():
            begun = len(raw.received)
            asking = Asking(Server(f"{scheme}://127.0.0.1:{raw.port}"))
            assert raw.wait_for_bytes(begun + 1)
            return asking

        before = set(threading.enumerate())
        assert cancelled_within(waiting) <= 0.2
        wait_for_the_abandoned(before)


@pytest.mark.parametrize("name", DRIPS)
def test_u2_cancelled_while_the_answer_drips(name):
    with RawServer(DRIPS[name]) as raw:

        def waiting():
            wanted = raw.requests + 1
            asking = Asking(raw.server)
            assert raw.wait_for(lambda: raw.requests == wanted)
            return asking

        before = set(threading.enumerate())
        assert cancelled_within(waiting) <= 0.2
        wait_for_the_abandoned(before)
        assert raw.requests <= 3


def test_u3_a_request_after_a_cancelled_one_gets_its_own_answer():
    turns = iter([Peer.wait_for_the_end, None])

    def script(peer):
        peer.read_request()
        turn = next(turns)
        if turn:
            turn(peer)
        body = success("second")
        peer.send(head(200, f"Content-Length: {len(body)}") + body)

    with RawServer(script) as raw:
        asking = Asking(raw.server)
        assert raw.wait_for(lambda: raw.requests == 1)
        asking.cancel()
        assert type(asking.outcome) is Cancelled
        assert ask(raw.server).token.reveal() == "second"


# All together


def test_n19_a_thousand_mixed_faults_have_one_outcome_each():
    chosen = random.Random(19).choices(SCENARIOS, k=1000)
    outcomes = []
    client = StudiosClient(Limits(idle=0.1, total=0.2))

    def request(scenario):
        try:
            client.request_token(
                Credentials.parse(scenario.app_id, SANDBOX_USER_KEY, sandbox.server)
            )
        except errors.StudiosError as error:
            outcomes.append((scenario.name, error.reason))
        else:
            outcomes.append((scenario.name, "granted"))

    with Sandbox(pace=0.05) as sandbox:
        with ThreadPoolExecutor(16) as pool:
            list(pool.map(request, chosen))
        assert len(outcomes) == 1000
        assert sandbox.posts <= 1000
    assert not [each for each in outcomes if each[1] == "CLIENT-UNFORESEEN"]
