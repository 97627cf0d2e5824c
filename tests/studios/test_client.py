"""What the client sends, what it makes of HTTP answers, and what its errors keep to themselves."""

import gc
import json
import secrets
import socket
import threading
import time
import traceback
import uuid
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate

import pytest
from studios.raw_server import (
    APP_ID,
    PATIENCE,
    RELAXED,
    Peer,
    RawServer,
    answering,
    ask,
    credentials_for,
    descriptors,
    head,
    no_proxies,
    nothing_left_behind,
    sending,
    success,
    wait_for_the_abandoned,
)

from deepbrain_desktop.studios import errors
from deepbrain_desktop.studios.client import Limits, StudiosClient
from deepbrain_desktop.studios.credentials import PRODUCTION, Credentials, Secret, Server
from deepbrain_desktop.studios.sandbox import Sandbox
from deepbrain_desktop.studios.scenarios import SANDBOX_USER_KEY, SCENARIOS
from deepbrain_desktop.studios.transport import Parcel, post
from deepbrain_desktop.studios.wire import Wire
from deepbrain_desktop.waiting import Cancellation, Cancelled


@pytest.fixture(autouse=True)
def _leaves_nothing():
    with nothing_left_behind():
        yield


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(pace=0.01) as running:
        yield running


def ask_sandbox(sandbox, name, limits=RELAXED):
    [scenario] = [each for each in SCENARIOS if each.name == name]
    credentials = Credentials.parse(scenario.app_id, SANDBOX_USER_KEY, sandbox.server)
    return StudiosClient(limits).request_token(credentials)


def failure(script, limits=RELAXED, *, posts=1):
    """Ask a server with this script; return the error and see that it was asked once."""
    with RawServer(script) as raw:
        with pytest.raises(errors.StudiosError) as caught:
            ask(raw.server, limits)
        assert raw.requests == posts
        assert raw.accepted == 1
    return caught.value


# What is sent


def test_one_post_goes_out_exactly_as_documented():
    seen = []

    def script(peer):
        seen.append(peer.read_request())
        body = success("t")
        peer.send(head(200, f"Content-Length: {len(body)}") + body)

    key = 'k"/\\ключ ' + str(uuid.uuid4())
    with RawServer(script) as raw:
        client = StudiosClient(user_agent="check/1.2", proxies=no_proxies)
        client.request_token(credentials_for(raw.server, key))
    [request] = seen
    top, _, body = request.partition(b"\r\n\r\n")
    line, *fields = top.decode().split("\r\n")
    headers = {
        name.lower(): value for name, _, value in (field.partition(": ") for field in fields)
    }
    assert line == "POST /api/v2/sessions/token HTTP/1.1"
    assert headers["host"] == raw.server.host
    assert headers["content-type"] == "application/json"
    assert headers["user-agent"] == "check/1.2"
    assert set(headers) == {
        "host", "content-type", "content-length", "user-agent", "accept", "accept-encoding"
    }  # fmt: skip
    assert json.loads(body) == {"appId": APP_ID, "userKey": key}


def test_a18_production_is_asked_at_its_documented_address():
    assert PRODUCTION.token_url == "https://ai-streamer.deepbrain.io/api/v2/sessions/token"


@pytest.mark.parametrize(
    "origin",
    [
        "http://ai-streamer.deepbrain.io",
        "https://user:pass@ai-streamer.deepbrain.io",
        "https://ai-streamer.deepbrain.io/other",
        "ftp://127.0.0.1",
        "https://аi-streamer.deepbrain.io",
        "nonsense",
        "",
    ],
    ids=lambda origin: "N16-" + ascii(origin).replace("\\", "_"),
)
def test_a_key_never_starts_towards_an_address_that_is_not_allowed(origin, monkeypatch):
    monkeypatch.setattr("socket.getaddrinfo", None)  # so that trying would be seen
    with pytest.raises(errors.AddressNotAllowed) as caught:
        ask(Server(origin))
    assert caught.value.reason == "CLIENT-ADDRESS"


def own_address():
    """One under which other computers reach this one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing
        except OSError:
            pytest.skip("this computer is on no network")
        return probe.getsockname()[0]


def test_no_key_goes_in_clear_to_a_localhost_that_is_another_computer(monkeypatch):
    with socket.create_server((own_address(), 0)) as listener:
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", listener.getsockname())]
        monkeypatch.setattr("socket.getaddrinfo", lambda *_: found)
        with pytest.raises(errors.AddressNotAllowed):
            ask(Server(f"http://localhost:{listener.getsockname()[1]}"))
        connection, _ = listener.accept()
        with connection:
            assert connection.recv(1) == b""


@pytest.mark.parametrize("variable", ["NETRC", "HOME"])
def test_h17_a_netrc_entry_adds_no_authorization(variable, tmp_path, monkeypatch):
    file = tmp_path / ".netrc"
    file.write_text(f"machine 127.0.0.1 login somebody password {uuid.uuid4()}\n")
    file.chmod(0o600)
    monkeypatch.setenv(variable, str(file if variable == "NETRC" else tmp_path))
    with RawServer(answering(200, success("t"))) as raw:
        ask(raw.server)
        assert b"authorization" not in b"".join(raw.received).lower()


def test_several_threads_may_share_a_client(sandbox):
    client = StudiosClient(RELAXED)
    before = sandbox.posts

    def request(_):
        credentials = Credentials.parse(SCENARIOS[0].app_id, SANDBOX_USER_KEY, sandbox.server)
        return client.request_token(credentials).token

    with ThreadPoolExecutor(8) as pool:
        tokens = set(pool.map(request, range(40)))
    assert len(tokens) == 40
    assert sandbox.posts - before == 40


# What comes back


def test_a_grant_holds_the_token_and_what_is_known_of_the_exchange(sandbox):
    before = time.time()
    grant = ask_sandbox(sandbox, "valid")
    after = time.time()
    assert grant.token.reveal().count(".") == 2
    assert grant.token.reveal() not in repr(grant)
    assert before <= grant.received_at <= after
    assert grant.exchange.host == sandbox.server.host
    assert 0 < grant.exchange.seconds <= after - before + 0.1
    assert (grant.exchange.status, grant.exchange.code) == (200, 1000)
    assert abs(grant.exchange.clock_offset) < 5


@pytest.mark.parametrize(("name", "offset"), [("clock-ahead", 300), ("clock-behind", -300)])
def test_the_offset_of_the_services_clock_comes_from_its_date(name, offset, sandbox):
    assert ask_sandbox(sandbox, name).exchange.clock_offset == pytest.approx(offset, abs=5)


def test_the_offset_is_that_of_the_middle_of_the_request():
    now = 1_900_000_000
    body = success("t")
    lines = (f"Content-Length: {len(body)}", f"Date: {formatdate(now, usegmt=True)}")
    with RawServer(sending(head(200, *lines) + body)) as raw:
        grant = ask(raw.server)
    assert grant.exchange.clock_offset == pytest.approx(now + 0.5 - grant.received_at, abs=0.001)


def test_a_token_is_received_in_the_middle_of_the_request():
    moments = []

    def script(peer):
        peer.read_request()
        moments.append(time.time())
        peer.pause(0.2)
        moments.append(time.time())
        body = success("t")
        peer.send(head(200, f"Content-Length: {len(body)}") + body)

    with RawServer(script) as raw:
        received_at = ask(raw.server).received_at
    asked, answered = moments
    assert asked < received_at < answered


@pytest.mark.parametrize(
    "line",
    [
        "X: y",
        "Date: ",
        "Date: yesterday",
        "Date: " + "9" * 300,
        "Date: Sun, 99 Nov 9999 99:99:99 GMT",
        "Date: Sun, 22 Nov 2026 22:00:00",
        "Date: Mon, 23 Nov 2026 07:00:00 KST",
        "Date: Sun, 22 Nov 2026 22:00:00 GMT, Sun, 22 Nov 2026 21:00:00 GMT",
        "Date: Sun, 22 Nov 2026 22:00:00 GMT\r\nDate: Sun, 22 Nov 2026 21:00:00 GMT",
    ],
)
def test_without_a_certain_date_the_offset_is_unknown(line):
    with RawServer(answering(200, success("t"), line)) as raw:
        assert ask(raw.server).exchange.clock_offset is None


@pytest.mark.parametrize(
    "date",
    [
        "Sun, 22 Nov 2026 22:00:00 GMT",
        "Sun, 22 Nov 2026 22:00:00 GMT\r\nDate: Sun, 22 Nov 2026 22:00:00 GMT",
        "Mon, 23 Nov 2026 07:00:00 +0900",
        "Sunday, 22-Nov-26 22:00:00 GMT",
        "Sun Nov 22 22:00:00 2026",
    ],
)
def test_a_date_in_any_form_of_http_tells_the_offset(date):
    with RawServer(answering(200, success("t"), f"Date: {date}")) as raw:
        grant = ask(raw.server)
    assert round(grant.received_at + grant.exchange.clock_offset - 0.5) == 1_795_384_800


def test_a_failure_knows_the_clock_as_well(sandbox):
    with pytest.raises(errors.ServiceRefused) as caught:
        ask_sandbox(sandbox, "refused")
    assert abs(caught.value.exchange.clock_offset) < 5


SANDBOX_FAILURES = {
    "invalid": errors.ServiceRefused,
    "refused": errors.ServiceRefused,
    "forbidden": errors.ServiceRefused,
    "not-found": errors.ServiceRefused,
    "rate-limited": errors.ServiceRefused,
    "service-error": errors.ServiceRefused,
    "maintenance": errors.HttpFailed,
    "hostile-message": errors.ServiceRefused,
    "unknown-code": errors.ServiceRefused,
    "code-mismatch": errors.ServiceRefused,
    "no-token": errors.TokenMissing,
    "too-long-token": errors.TokenTooLong,
    "unprintable-token": errors.TokenNotPrintable,
    "garbled": errors.UnexpectedAnswer,
    "not-http": errors.NotHttp,
    "empty": errors.EmptyAnswer,
    "redirect": errors.Redirected,
    "huge": errors.AnswerTooLarge,
    "endless": errors.AnswerTooLarge,
    "bomb": errors.AnswerTooLarge,
    "cut": errors.IncompleteAnswer,
    "closed": errors.ClosedWithoutAnswer,
    "reset": errors.ConnectionLost,
}
ENDLESS = {"silent", "dripping", "dripping-head", "continuing"}


@pytest.mark.parametrize("name", [each.name for each in SCENARIOS if each.name not in ENDLESS])
def test_each_sandbox_account_ends_as_it_says_after_one_post(name, sandbox):
    before = sandbox.posts
    expected = SANDBOX_FAILURES.get(name)
    if expected is None:
        assert ask_sandbox(sandbox, name).token
    else:
        with pytest.raises(errors.StudiosError) as caught:
            ask_sandbox(sandbox, name)
        assert type(caught.value) is expected
    assert sandbox.posts - before == 1


@pytest.mark.skipif(not descriptors(), reason="/proc")
def test_closing_an_answer_closes_its_connection_at_once():
    with RawServer(
        sending(head(200, "Content-Length: 2") + b"{}", then=Peer.wait_for_the_end)
    ) as raw:
        wire = Wire()
        answer = post(wire, Parcel(raw.server.token_url, {}, b"{}"), (PATIENCE, PATIENCE), {})
        assert answer.read(10) == b"{}"
        held = descriptors()
        answer.close()
        assert descriptors() == held - 1
        assert answer.status == 200  # it is still there: no garbage collector did this
        wire.cut()


# HTTP


@pytest.mark.parametrize(
    "status", [300, 301, 302, 303, 304, 305, 307, 308, 399], ids="H1/H2-{}".format
)
@pytest.mark.parametrize("place", ["elsewhere", "here", "nowhere", "garbled"])
def test_a_redirection_is_not_followed(status, place):
    with RawServer(answering(200, success("stolen"))) as other:
        targets = {
            "elsewhere": f"Location: {other.server.origin}/api/v2/sessions/token",
            "here": "Location: /api/v2/sessions/token",
            "nowhere": "X: y",
            "garbled": "Location: http://[::1",
        }
        error = failure(answering(status, b"", targets[place]))
        assert other.accepted == 0
    assert type(error) is errors.Redirected
    assert error.exchange.status == status


def test_h4_the_body_of_a_redirection_is_not_even_read():
    script = sending(
        head(307, "Location: /", "Content-Encoding: gzip", "Content-Length: 99999999"),
        then=Peer.wait_for_the_end,
    )
    assert type(failure(script)) is errors.Redirected


def test_h5_what_unpacks_to_200_mb_is_not_unpacked(sandbox):
    import resource

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(errors.AnswerTooLarge):
        ask_sandbox(sandbox, "bomb")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000  # KiB


def test_h6_an_endless_answer_ends_at_the_limit(sandbox):
    began = time.monotonic()
    with pytest.raises(errors.AnswerTooLarge) as caught:
        ask_sandbox(sandbox, "endless")
    assert time.monotonic() - began < PATIENCE / 2
    assert caught.value.exchange.status == 200


@pytest.mark.parametrize("size", [256 * 1024, 256 * 1024 + 1])
def test_the_body_may_be_as_long_as_the_limit_and_no_longer(size):
    body = success("t").ljust(size)
    with RawServer(answering(200, body)) as raw:
        if size <= 256 * 1024:
            assert ask(raw.server).token.reveal() == "t"
        else:
            with pytest.raises(errors.AnswerTooLarge):
                ask(raw.server)


@pytest.mark.parametrize("status", [200, 204, 205], ids="H9-{}".format)
def test_an_answer_without_a_body_is_empty(status):
    assert type(failure(answering(status))) is errors.EmptyAnswer


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br"], ids="H9-{}".format)
def test_an_answer_without_a_body_is_empty_however_it_is_packed(encoding):
    script = answering(200, b"", f"Content-Encoding: {encoding}")
    assert type(failure(script)) is errors.EmptyAnswer


HTML = b"<!doctype html><h1>Sorry</h1>"


@pytest.mark.parametrize(
    "status",
    [
        400,
        401,
        402,
        403,
        404,
        405,
        408,
        413,
        415,
        418,
        422,
        451,
        500,
        501,
        502,
        503,
        504,
        511,
        599,
        999,
    ],
    ids="H10/H11-{}".format,
)
@pytest.mark.parametrize(
    "body", [HTML, b"", b"{}", b"\xff" * 300_000], ids=["html", "none", "json", "huge"]
)
def test_a_failed_status_without_an_envelope_speaks_for_itself(status, body):
    error = failure(answering(status, body))
    assert type(error) is errors.HttpFailed
    assert (error.status, error.reason, error.retry_after) == (status, f"HTTP-{status}", None)
    assert error.exchange.message is None


@pytest.mark.parametrize(
    "script",
    [
        sending(head(503, "Content-Length: 100") + b"<html>"),
        sending(head(503, "Content-Length: 100") + b"<html>", then=Peer.reset),
        sending(head(503, "Content-Encoding: gzip") + b"nonsense"),
        sending(head(503, "Transfer-Encoding: chunked") + b"zz\r\n"),
    ],
    ids=["cut", "reset", "not-gzip", "not-chunks"],
)
def test_a_failed_status_counts_though_its_body_breaks(script):
    error = failure(script)
    assert type(error) is errors.HttpFailed
    assert error.status == 503


def test_h11_407_is_the_proxys_wish_for_a_sign_in():
    assert type(failure(answering(407))) is errors.ProxySignInNeeded


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("Retry-After: 5", 5),
        (f"Retry-After: {formatdate(1_900_000_060, usegmt=True)}", 60),
        ("Retry-After: -1", 30),
        ("Retry-After: abc", 30),
        ("Retry-After: 999999999", 300),
        ("Retry-After: 0", 1),
        ("X: y", 30),
    ],
    ids=["H12-5", "H12-date", "H12--1", "H12-abc", "H12-999999999", "H12-0", "H12-none"],
)
@pytest.mark.parametrize("coded", [True, False], ids=["4290", "html"])
def test_too_many_requests_says_how_long_to_wait_by_the_services_clock(header, seconds, coded):
    body = b'{"code":4290,"data":null,"message":"slow down"}' if coded else HTML
    date = f"Date: {formatdate(1_900_000_000, usegmt=True)}"
    error = failure(answering(429, body, header, date))
    assert type(error) is (errors.ServiceRefused if coded else errors.HttpFailed)
    assert error.retry_after in (seconds, seconds + 1, seconds - 1)


NOT_HTTP = {
    "ssh": b"SSH-2.0-OpenSSH_9.2\r\n",
    "smtp": b"220 mail.example.org ESMTP\r\n",
    "bytes": bytes(range(256)) + b"\n",
    "without-a-line": b"nonsense",
    "status-text": b"HTTP/1.1 OK\r\n\r\n",
    "status-0": b"HTTP/1.1 0 No\r\n\r\n",
    "status-set-apart-by-no-space": b"HTTP/1.1\x1f200\x1e\x8e OK\r\nContent-Length: 2\r\n\r\n{}",
    "status-huge": b"HTTP/1.1 99999 No\r\n\r\n",
    "html-only": HTML,
    "long-line": b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000 + b"\r\n\r\n",
    "many-headers": b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n",
    "no-header": b"HTTP/1.1 200 OK\r\nnonsense\r\nX: y\r\n\r\n" + success("a.b.c"),
    "two-lengths": head(200, "Content-Length: 3", "Content-Length: 5") + b"12345",
}


@pytest.mark.parametrize("data", NOT_HTTP.values(), ids=[f"H15-{name}" for name in NOT_HTTP])
def test_what_is_not_http_is_said_to_be_so(data):
    assert type(failure(sending(data))) is errors.NotHttp


def test_nothing_of_a_head_that_cannot_be_read_is_logged(caplog):
    caplog.set_level(0)
    token = secrets.token_urlsafe(9)
    failure(sending(b"HTTP/1.1 200 OK\r\nX: y\r\nno header: " + success(token) + b"\r\n\r\n"))
    failure(sending(b"HTTP/1.1 200 OK\r\nX: y\r\nno header " + success(token) + b"\r\n\r\n"))
    assert token not in caplog.text


# Errors and secrets


@pytest.mark.parametrize(
    ("script", "limits"),
    [
        (answering(401, b'{"code":4010,"data":null,"message":"no"}'), RELAXED),
        (answering(500, HTML), RELAXED),
        (answering(307, b"", "Location: /"), RELAXED),
        (sending(b"nonsense\r\n"), RELAXED),
        (sending(), RELAXED),
        (sending(head(200, "Content-Length: 100"), then=Peer.reset), RELAXED),
        (sending(then=Peer.wait_for_the_end), Limits(idle=0.1)),
        (sending(then=Peer.wait_for_the_end), Limits(total=0.1)),
    ],
    ids=["refused", "status", "redirect", "garbled", "closed", "reset", "silent", "deadline"],
)
def test_an_error_leads_to_no_secret(script, limits):
    key = str(uuid.uuid4())
    with RawServer(script) as raw:
        with pytest.raises(errors.StudiosError) as caught:
            StudiosClient(limits, proxies=no_proxies).request_token(
                credentials_for(raw.server, key)
            )
        raw.received.clear()
        error = caught.value
        assert error.__cause__ is None
        assert error.__context__ is None
        ours = error.__traceback__.tb_next  # without the frame of this test, which has the key
        whole = traceback.TracebackException(type(error), error, ours, capture_locals=True)
        assert key not in "".join(whole.format())
        frames = list(traceback.walk_tb(error.__traceback__))
        assert frames[-1][0].f_code.co_name == "request_token"
        error.__traceback__ = None
        assert not [text for text in _texts_behind(error) if key in text]


def _texts_behind(error):
    """Every text that the error holds, directly or through what it holds."""
    waiting, seen = [error], set()
    while waiting:
        item = waiting.pop()
        if id(item) in seen or isinstance(item, type):
            continue
        seen.add(id(item))
        if isinstance(item, str | bytes):
            yield repr(item)
        if isinstance(item, Secret):
            yield item.reveal()
        waiting += [each for each in gc.get_referents(item) if not callable(each)]


def test_what_nobody_foresaw_is_a_typed_error_with_nothing_but_a_name(sandbox):
    def proxies(_url):
        raise ZeroDivisionError("with a secret in its text")

    with pytest.raises(errors.UnforeseenFailure) as caught:
        ask(sandbox.server, proxies=proxies)
    assert caught.value.kind == "ZeroDivisionError"
    assert caught.value.reason == "CLIENT-UNFORESEEN"
    assert caught.value.args == ()
    assert caught.value.exchange.host == sandbox.server.host


def test_even_an_exit_on_the_worker_is_one_outcome(sandbox):
    def proxies(_url):
        raise SystemExit

    with pytest.raises(errors.UnforeseenFailure):
        ask(sandbox.server, proxies=proxies)


def test_a_header_that_cannot_be_sent_is_a_typed_error(sandbox):
    before = sandbox.posts
    for agent in ("line\r\nbreak", "ключ"):
        with pytest.raises(errors.StudiosError):
            ask(sandbox.server, user_agent=agent)
    assert sandbox.posts == before


def test_a_request_that_was_cancelled_before_it_began_does_not_begin():
    begun = []

    def proxies(url):
        begun.append(url)
        return {}

    cancellation = Cancellation()
    cancellation.request()
    before = set(threading.enumerate())
    with RawServer(answering(200, success("t"))) as raw:
        with pytest.raises(Cancelled) as caught:
            StudiosClient(proxies=proxies).request_token(credentials_for(raw.server), cancellation)
        wait_for_the_abandoned(before)
        assert raw.accepted == 0
    assert begun == []
    assert caught.value.__context__ is None


def test_a_cancellation_outlives_a_request_without_following_it(sandbox):
    cancellation = Cancellation()
    credentials = Credentials.parse(SCENARIOS[0].app_id, SANDBOX_USER_KEY, sandbox.server)
    grant = StudiosClient().request_token(credentials, cancellation)
    cancellation.request()
    assert grant.token
