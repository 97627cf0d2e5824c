"""The system's trust store alone decides who may see a key; before that nothing is sent."""

import re
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme
from studios.raw_server import (
    PATIENCE,
    RELAXED,
    Asking,
    Peer,
    RawServer,
    answering,
    ask,
    credentials_for,
    head,
    no_proxies,
    nothing_left_behind,
    sending,
    success,
)

import deepbrain_desktop.studios.transport
from deepbrain_desktop.studios import errors
from deepbrain_desktop.studios.client import Limits, StudiosClient
from deepbrain_desktop.studios.credentials import Server
from deepbrain_desktop.studios.errors import CertificateFlaw
from deepbrain_desktop.studios.failures import Phase, failure_from
from deepbrain_desktop.studios.sandbox import Sandbox
from deepbrain_desktop.waiting import Cancelled

pytestmark = pytest.mark.skipif(
    not ssl.get_default_verify_paths().openssl_cafile_env, reason="the store is not OpenSSL's"
)
GRANTING = answering(200, success("t"))


@pytest.fixture(autouse=True)
def _leaves_nothing():
    with nothing_left_behind():
        yield


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture(autouse=True)
def _trusted(authority, tmp_path, monkeypatch):
    """Make the private authority one of the system's store, and the only one."""
    file = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(file)
    empty = tmp_path / "no-authorities"
    empty.mkdir()
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    monkeypatch.setenv("SSL_CERT_DIR", str(empty))


def context_with(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def good_context(authority):
    return context_with(authority.issue_cert("127.0.0.1", "localhost"))


def self_signed_context(tmp_path):
    """An authority's own certificate, presented as if it were a server's."""
    other = trustme.CA()
    file = tmp_path / "self-signed.pem"
    file.write_bytes(other.private_key_pem.bytes() + other.cert_pem.bytes())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


def test_a_server_that_the_system_trusts_is_asked(authority):
    with RawServer(GRANTING, good_context(authority)) as raw:
        assert ask(raw.server).token.reveal() == "t"
        assert ask(Server(f"https://localhost:{raw.port}")).token.reveal() == "t"


def test_the_sandbox_is_asked_over_tls(authority):
    with Sandbox(tls=good_context(authority)) as sandbox, pytest.raises(errors.ServiceRefused):
        ask(sandbox.server)


def rejected(context, server=None):
    """Ask; see that nothing of ours came through the handshake; return the flaw."""
    with RawServer(GRANTING, context) as raw:
        with pytest.raises(errors.CertificateRejected) as caught:
            ask(server(raw.port) if server else raw.server)
        assert raw.accepted == 1
    assert b"".join(raw.received) == b""
    assert caught.value.reason == caught.value.flaw.value == str(caught.value)
    assert caught.value.exchange.status is None
    return caught.value.flaw


def test_t1_a_self_signed_certificate(tmp_path):
    assert rejected(self_signed_context(tmp_path)) is CertificateFlaw.SELF_SIGNED


def test_t2_an_expired_certificate(authority):
    now = datetime.now(UTC)
    old = authority.issue_cert(
        "127.0.0.1", not_before=now - timedelta(2), not_after=now - timedelta(1)
    )
    assert rejected(context_with(old)) is CertificateFlaw.EXPIRED


def test_t2_a_certificate_from_the_future(authority):
    now = datetime.now(UTC)
    future = authority.issue_cert(
        "127.0.0.1", not_before=now + timedelta(1), not_after=now + timedelta(2)
    )
    assert rejected(context_with(future)) is CertificateFlaw.NOT_YET_VALID


@pytest.mark.parametrize(
    ("names", "host"),
    [(["example.org"], "127.0.0.1"), (["example.org"], "localhost"), (["127.0.0.2"], "127.0.0.1")],
    ids=["T4-name-for-address", "T4-other-name", "T4-other-address"],
)
def test_a_certificate_of_another_host(names, host, authority):
    context = context_with(authority.issue_cert(*names))
    flaw = rejected(context, lambda port: Server(f"https://{host}:{port}"))
    assert flaw is CertificateFlaw.WRONG_HOST


def test_t4_a_common_name_is_no_host_name(authority):
    context = context_with(authority.issue_cert("example.org", common_name="localhost"))
    flaw = rejected(context, lambda port: Server(f"https://localhost:{port}"))
    assert flaw is CertificateFlaw.WRONG_HOST


@pytest.mark.parametrize("shows_its_root", [True, False])
def test_t5_an_authority_that_is_not_trusted(shows_its_root, tmp_path):
    inspector = trustme.CA()
    certificate = inspector.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.bytes()
    file = tmp_path / "inspected.pem"
    file.write_bytes(certificate + (inspector.cert_pem.bytes() if shows_its_root else b""))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    assert rejected(context) is CertificateFlaw.UNKNOWN_ISSUER


@pytest.mark.filterwarnings("ignore:.*TLSv1:DeprecationWarning")
@pytest.mark.parametrize(
    "version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1], ids="T6-{0.name}".format
)
def test_a_server_that_speaks_only_old_tls(version, authority):
    context = good_context(authority)
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = version
    with RawServer(GRANTING, context) as raw, pytest.raises(errors.SecureConnectionFailed):
        ask(raw.server)
    assert b"".join(raw.received) == b""


@pytest.mark.parametrize(
    "version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids="{0.name}".format
)
def test_current_tls_is_spoken(version, authority):
    context = good_context(authority)
    context.minimum_version = context.maximum_version = version
    with RawServer(GRANTING, context) as raw:
        assert ask(raw.server).token


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
@pytest.mark.parametrize("exists", [True, False], ids=["T8-attacker", "T8-missing"])
def test_certificate_files_of_other_programs_are_ignored(
    variable, exists, authority, tmp_path, monkeypatch
):
    attacker = trustme.CA()
    file = tmp_path / "attacker.pem"
    if exists:
        attacker.cert_pem.write_to_path(file)
    monkeypatch.setenv(variable, str(file))
    flaw = rejected(context_with(attacker.issue_cert("127.0.0.1")))
    assert flaw is CertificateFlaw.UNKNOWN_ISSUER
    with RawServer(GRANTING, good_context(authority)) as raw:
        assert ask(raw.server).token


def test_t8_certifis_list_is_not_trusted(authority, tmp_path, monkeypatch):
    file = tmp_path / "certifi.pem"
    attacker = trustme.CA()
    attacker.cert_pem.write_to_path(file)
    monkeypatch.setattr("certifi.where", lambda: str(file))
    monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", str(file))
    flaw = rejected(context_with(attacker.issue_cert("127.0.0.1")))
    assert flaw is CertificateFlaw.UNKNOWN_ISSUER


@pytest.mark.parametrize(
    "content", [None, b"", b"nonsense"], ids=["T8-missing", "T8-empty", "T8-broken"]
)
def test_a_trust_store_that_cannot_be_read_trusts_nobody(content, authority, tmp_path, monkeypatch):
    file = tmp_path / "store.pem"
    if content is not None:
        file.write_bytes(content)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with RawServer(GRANTING, good_context(authority)) as raw:
        with pytest.raises((errors.CertificateRejected, errors.SecureConnectionFailed)):
            ask(raw.server)
        assert b"".join(raw.received) == b""


def test_t10_nothing_in_the_library_turns_checks_off():
    folder = Path(deepbrain_desktop.studios.transport.__file__).parent
    files = list(folder.glob("*.py"))
    assert len(files) > 5
    switches = re.compile(r"verify\s*=\s*False|CERT_NONE|CERT_OPTIONAL|check_hostname|_unverified")
    assert not [file.name for file in files if switches.search(file.read_text("utf-8"))]


@pytest.fixture
def contexts(monkeypatch):
    """The client's contexts, as they are when a handshake begins."""
    found = []

    def noting(original):
        def wrap(context, *arguments, **options):
            if not options.get("server_side"):
                checks = (context.verify_mode, context.check_hostname, context.minimum_version)
                found.append((context.sslsocket_class.__module__.partition(".")[0], *checks))
            return original(context, *arguments, **options)

        return wrap

    for name in ("wrap_socket", "wrap_bio"):
        monkeypatch.setattr(ssl.SSLContext, name, noting(getattr(ssl.SSLContext, name)))
    return found


STRICT = ("truststore", ssl.CERT_REQUIRED, True, ssl.TLSVersion.TLSv1_2)


def test_t10_the_systems_store_is_asked_about_every_server(authority, contexts):
    with RawServer(GRANTING, good_context(authority)) as raw:
        ask(raw.server)
    assert contexts == [STRICT]


def test_t10_the_systems_store_is_asked_about_every_proxy(authority, contexts):
    service = context_with(authority.issue_cert("service.example"))
    with (
        RawServer(tunnel, good_context(authority)) as proxy,
        RawServer(GRANTING, service) as raw,
    ):
        server = Server(f"https://service.example:{raw.port}")
        ask(server, proxies=lambda _url: {"https": proxy.server.origin})
    assert contexts == [STRICT, STRICT]


# Handshakes that fail


BROKEN = {
    "plain-http": head(400) + b"this is the http port",
    "closed": b"",
    "alert": bytes.fromhex("15030300020228"),
    "nonsense": b"\0" * 64,
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_handshake_is_said_to_be_one(data):
    def script(peer):
        peer.read()
        peer.send(data)

    with RawServer(script) as raw, pytest.raises(errors.SecureConnectionFailed):
        ask(Server(f"https://127.0.0.1:{raw.port}"))


def test_a_reset_handshake_is_a_broken_one():
    def script(peer):
        peer.read()
        peer.reset()

    with RawServer(script) as raw, pytest.raises(errors.SecureConnectionFailed):
        ask(Server(f"https://127.0.0.1:{raw.port}"))


def test_a_silent_handshake_is_a_broken_one():
    with RawServer(Peer.wait_for_the_end) as raw, pytest.raises(errors.SecureConnectionFailed):
        ask(Server(f"https://127.0.0.1:{raw.port}"), Limits(connect=0.1))


def test_a_silent_server_does_not_hold_up_another_request(authority):
    with (
        RawServer(Peer.wait_for_the_end) as silent,
        RawServer(GRANTING, good_context(authority)) as good,
    ):
        waiting = Asking(Server(f"https://127.0.0.1:{silent.port}"))
        assert silent.wait_for_bytes(1)
        assert ask(good.server, Limits(total=PATIENCE / 2)).token
        waiting.cancel()
        assert type(waiting.outcome) is Cancelled


# Over TLS as without


@pytest.mark.parametrize(
    ("script", "kind"),
    [
        (sending(), errors.ClosedWithoutAnswer),
        (sending(head(200, "Content-Length: 100") + b"{"), errors.IncompleteAnswer),
        (sending(head(307, "Location: /")), errors.Redirected),
        (sending(b"nonsense\r\n"), errors.NotHttp),
        (sending(then=Peer.wait_for_the_end), errors.AnswerTimedOut),
        (
            sending(head(200, "Content-Length: 9"), then=Peer.wait_for_the_end),
            errors.IncompleteAnswer,
        ),
    ],
    ids=["N9", "N11", "H2", "H15", "N5", "N5-body"],
)
def test_faults_are_told_apart_over_tls_too(script, kind, authority):
    with RawServer(script, good_context(authority)) as raw:
        with pytest.raises(kind) as caught:
            ask(raw.server, Limits(idle=0.3))
        assert raw.requests == 1
    assert type(caught.value) is kind


def test_u2_cancelled_while_waiting_over_tls(authority):
    with RawServer(sending(then=Peer.wait_for_the_end), good_context(authority)) as raw:
        times = []
        for number in range(1, 4):
            asking = Asking(raw.server)
            assert raw.wait_for(lambda wanted=number: raw.requests == wanted)
            times.append(asking.cancel())
            assert type(asking.outcome) is Cancelled
    assert min(times) <= 0.2


# Through proxies


def tunnel(peer):
    """A proxy that connects to the port asked for, on this machine, whatever the name."""
    request = b""
    while b"\r\n\r\n" not in request:
        request += peer.read()
    port = int(re.match(rb"CONNECT service\.example:(\d+) ", request)[1])
    peer.send(head(200))
    peer.relay(port)


@pytest.mark.parametrize("secure", [False, True], ids=["http-proxy", "https-proxy"])
def test_a_token_comes_through_a_proxy_that_sees_nothing_of_it(secure, authority):
    service = context_with(authority.issue_cert("service.example"))
    with (
        RawServer(tunnel, good_context(authority) if secure else None) as proxy,
        RawServer(GRANTING, service) as raw,
    ):
        grant = ask(
            Server(f"https://service.example:{raw.port}"),
            proxies=lambda _url: {"https": proxy.server.origin},
        )
        assert grant.token.reveal() == "t"
        assert raw.requests == 1
        assert b"userKey" not in b"".join(proxy.received)


@pytest.mark.parametrize("secure", [False, True], ids=["http-proxy", "https-proxy"])
def test_a_proxy_cannot_pass_for_the_service(secure, authority):
    pretender = context_with(trustme.CA().issue_cert("service.example"))
    with (
        RawServer(tunnel, good_context(authority) if secure else None) as proxy,
        RawServer(GRANTING, pretender) as raw,
    ):
        with pytest.raises(errors.CertificateRejected):
            ask(
                Server(f"https://service.example:{raw.port}"),
                proxies=lambda _url: {"https": proxy.server.origin},
            )
        assert b"".join(raw.received) == b""


def test_a_proxy_that_cannot_prove_itself_has_failed():
    untrusted = context_with(trustme.CA().issue_cert("127.0.0.1"))
    with RawServer(tunnel, untrusted) as proxy:
        with pytest.raises(errors.ProxyFailed):
            ask(
                Server("https://service.example"),
                proxies=lambda _url: {"https": proxy.server.origin},
            )
        assert b"".join(proxy.received) == b""


def test_a_refusal_that_comes_after_our_side_of_the_handshake_is_one_of_the_handshake():
    alert = ssl.SSLError(1, "[SSL] alert")
    alert.reason = "TLSV13_ALERT_CERTIFICATE_REQUIRED"
    assert type(failure_from(alert, Phase.ASKING)) is errors.SecureConnectionFailed
    assert type(failure_from(alert, Phase.READING)) is errors.ConnectionLost


@pytest.mark.parametrize("secure", [True, False], ids=["https", "http"])
def test_an_answer_counts_though_its_server_does_not_take_the_rest_of_the_request(
    authority, secure
):
    def script(peer):
        peer.read()
        peer.send(head(429, "Content-Length: 0", "Retry-After: 7"))

    with RawServer(script, good_context(authority) if secure else None) as raw:
        more_than_fits = credentials_for(raw.server, "k" * 2**24)
        with pytest.raises(errors.HttpFailed) as caught:
            StudiosClient(RELAXED, proxies=no_proxies).request_token(more_than_fits)
    assert (caught.value.status, caught.value.retry_after) == (429, 7)
